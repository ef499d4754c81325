"""Workbooks that would hang, crash or fill the memory are refused or read at once."""

import io
import time
import zipfile

import openpyxl
import pytest
import xlsxwriter

from io_utils import Limits, ReadError, detect, read, sheets
from tests.io_utils.fuzz_workbooks import fuzz, one
from tests.io_utils.xlsb_made import xlsb

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"
DAMAGED = "the workbook is damaged and cannot be opened. Save it again in Excel, or get it again."
OPEN_DOCUMENT = (
    '<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><table:table table:name="a">{}</table:table></office:document>'
)


def plain() -> bytes:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    book.add_worksheet("Sheet").write_column(0, 0, ["a", 1])
    book.close()
    return data.getvalue()


def with_part(path: str, content: bytes, data: bytes | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data or plain())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != path:
                new.writestr(name, old.read(name))
        new.writestr(path, content)
    return out.getvalue()


def sheet(rows: str) -> bytes:
    return with_part(SHEET, f"<worksheet {NAMESPACE}><sheetData>{rows}</sheetData></worksheet>".encode())


ENTITIES = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
REFUSED = {
    "entities in a sheet": (with_part(SHEET, f'{ENTITIES}<worksheet {NAMESPACE}><sheetData/></worksheet>'.encode()), DAMAGED),
    "entities in the texts": (
        with_part("xl/sharedStrings.xml", f"{ENTITIES}<sst {NAMESPACE}><si><t>&b;</t></si></sst>".encode()), DAMAGED,
    ),
    "entities in an open document": ((ENTITIES + OPEN_DOCUMENT.format("<table:table-row/>")).encode(), DAMAGED),
    "entities in XML 2003": (
        (ENTITIES + '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">&b;</Workbook>').encode(), DAMAGED,
    ),
    "a text that is not there": (sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'), DAMAGED),
    "a sheet cut short": (with_part(SHEET, f'<worksheet {NAMESPACE}><sheetData><row r="1"><c r="A1"><v>1'.encode()), DAMAGED),
    "a column beyond the last": (sheet('<row r="1"><c r="XFE1"><v>1</v></c></row>'), "the sheet is empty"),
    "a cell repeated over a whole sheet": (
        OPEN_DOCUMENT.format(
            '<table:table-row table:number-rows-repeated="1048576">'
            '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/></table:table-row>'
        ).encode(),
        "cells are filled as far as XFD1048576, 17,179,869,184 cells in all",
    ),
    "a binary sheet cut short": (with_part("xl/worksheets/sheet1.bin", b"\x91\x01\x00\x00\xff", xlsb()), DAMAGED),
    "spans without end": (
        b"<table>" + b"<tr><td rowspan=1000 colspan=1000>x</td></tr>" * 30 + b"</table>", "more columns or rows than a sheet holds",
    ),
    "an old workbook of nothing": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000, DAMAGED),
}  # fmt: skip


@pytest.mark.parametrize(("data", "message"), REFUSED.values(), ids=REFUSED)
def test_is_refused_with_a_message(data: bytes, message: str) -> None:
    began = time.process_time()
    with pytest.raises(ReadError) as caught:
        read(data, name="t.xls")
    assert str(caught.value).startswith("t.xls")
    assert message in str(caught.value)
    assert time.process_time() - began < 10


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = with_part("xl/media/image.bin", bytes(30_000_000))
    assert len(data) < 100_000
    with pytest.raises(ReadError, match=r"t.xlsx: the workbook unpacks to 0.0 GB, more than can be read"):
        read(data, name="t.xlsx", limits=Limits(unpacked=20_000_000))


def test_empty_cells_that_a_format_made_are_passed_over() -> None:
    letters = [openpyxl.utils.get_column_letter(i) for i in range(1, 2001)]
    empty = "".join(f'<row r="{r}">' + "".join(f'<c r="{x}{r}" s="1"/>' for x in letters) + "</row>" for r in range(3, 203))
    data = sheet(f'<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>{empty}')
    found = read(data, name="t.xlsx")
    assert found.table.to_dict("list") == {"a": [1]}
    assert len(found.set_aside) == 0
    assert [tuple(s)[:3] for s in sheets(data, "t.xlsx")] == [("Sheet", 2, 1)]


def test_many_sheets_are_listed_and_the_first_is_read() -> None:
    book, data = openpyxl.Workbook(write_only=True), io.BytesIO()
    for number in range(300):
        book.create_sheet(f"s{number}").append(["a"])
    book.save(data)
    assert len(sheets(data.getvalue(), "t.xlsx")) == 300
    ways = detect(data.getvalue(), "t.xlsx")
    assert (len(ways), ways[0].sheet.name if ways[0].sheet else "") == (300, "s0")


def test_nothing_but_a_read_error_comes_out_of_damaged_workbooks() -> None:
    assert fuzz(20, files=300) == (300, [])


def test_what_the_fuzz_found_stays_right() -> None:
    assert one("7 195") < 10  # a binary sheet with a cell beyond the last column
    assert one("7 780") < 10
