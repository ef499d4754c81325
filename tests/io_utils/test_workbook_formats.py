"""The same sheet in every format of workbooks; and pages and XML that are called .xls. Cells typed by hand."""

import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from python_calamine import CalamineWorkbook

from io_utils import PasswordNeeded, Read, ReadError, ReadOptions, SheetRule, WrongPassword, detect, raw_lines, read, sheets
from tests.io_utils.xlsb_made import xlsb

FILES = Path(__file__).parent / "files"
KINDS = {
    "text": ["007 ä", "NA", "  two  spaces  ", "both", None, "rich text", "line\nbreak"],
    "whole": [1, -20, 3_000_000_000, 7, 8, 9, 10],
    "part": [0.5, 0.001, 123456.789, None, None, None, None],
    "yes": [True, False, True, None, None, None, None],
    "day": [date(2024, 1, 31), date(1999, 12, 31), date(2040, 5, 20), None, None, None, None],
    "moment": [datetime(2024, 2, 29, 13, 5, 7), datetime(1999, 12, 31, 23, 59, 59), datetime(2024, 1, 1, 0, 0, 1), None, None, None, None],
    "time": ["09:30:00", "23:59:59", "00:00:01", None, None, None, None],
    "lasting": ["30:15:00", "0:30:00", "100:00:00", None, None, None, None],
    "mixed": ["1", "x", "TRUE", None, None, None, None],
    "share": [0.125, 0.5, 1.0, None, None, None, None],
    "price": [1234.5, 0.99, 1_000_000.0, None, None, None, None],
    "shown": [1.2345, 2.0, 2.5, None, None, None, None],
    "error": [2, -40, None, None, None, None, None],
}


def cells(found: Read) -> dict[str, list[object]]:
    return {str(name): [None if v is pd.NA else v for v in found.table[name].tolist()] for name in found.table.columns}


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_the_same_sheet_in_every_format(ending: str) -> None:
    found = read(FILES / f"kinds.{ending}")
    expected = dict(KINDS)
    if ending == "ods":  # LibreOffice wrote the yes/no as the numbers 1 and 0
        expected |= {"yes": [1, 0, 1, None, None, None, None], "mixed": ["1", "x", "1", None, None, None, None]}
    assert cells(found) == expected
    assert found.options.format == ending
    assert (found.options.header_row, found.options.header_rows) == (3, 1)
    assert found.table.index.tolist() == [4, 5, 6, 7, 8, 9, 10]
    assert found.set_aside[["line", "reason", "text"]].to_numpy().tolist() == [
        [1, "above the header", "Report of all kinds"],
        [2, "blank line", ""],
    ]
    said = [n.text for n in found.notes]
    assert 'Column "error", row 6: 1 cell holds the error #DIV/0!; the value is missing.' in said
    assert "1 row was hidden in Excel; it is included." in said
    assert 'Column "part" was hidden in Excel; it is included.' in said
    assert "The table has 1 merged area of cells; only the first cell of each has a value." in said
    assert 'Column "share" is shown in percent in Excel; the table holds the number, 0.5 for 50 %.' in said
    assert 'Column "shown" shows 2 decimals in Excel; the file holds more in 1 of 3 cells, first in row 4: 1.2345.' in said
    assert sum('"price" is shown in' in text for text in said) == 1


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_sheets_of_every_format(ending: str) -> None:
    assert [tuple(s)[:4] for s in sheets(FILES / f"kinds.{ending}")] == [
        ("Data", 10, 13, False),
        ("Secret", 2, 1, True),
        ("Empty", 0, 0, False),
    ]
    ways = detect(FILES / f"kinds.{ending}")
    assert [o.sheet.name for o in ways if o.sheet] == ["Data", "Secret", "Empty"]
    lines = raw_lines(FILES / f"kinds.{ending}", ways[0], first=3, count=2)
    assert (lines[0].number, lines[0].text[:16], lines[1].text[:14]) == (
        3,
        "text\twhole\tpart\t",
        "007 ä\t1\t0.5\tTR" if ending != "ods" else "007 ä\t1\t0.5\t1\t",
    )


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_hidden_left_out_and_merged_filled_in_every_format(ending: str) -> None:
    options = detect(FILES / f"kinds.{ending}")[0].model_copy(update={"hidden": "leave_out", "merged": "fill"})
    found = read(FILES / f"kinds.{ending}", options)
    assert found.table["text"].tolist() == ["007 ä", "  two  spaces  ", "both", "both", "rich text", "line\nbreak"]
    assert "part" not in found.table
    assert found.set_aside[["line", "reason"]].to_numpy().tolist() == [[1, "above the header"], [2, "blank line"], [5, "hidden in Excel"]]
    assert found.set_aside["text"].tolist()[2].startswith("NA\t-20\t0.001\t")


def test_a_page_saved_as_a_workbook() -> None:
    found = read((FILES / "kinds.html").read_bytes(), name="report.xls")
    assert found.options.format == "html"
    assert found.table["price"].tolist()[:2] == ["1,234.50 €", "1,000,000.00 €"]  # hidden rows and columns are not in the page
    assert found.table["text"].tolist()[:2] == ["007 ä", "two spaces"]


def test_a_binary_workbook() -> None:
    found = read(xlsb(), name="t.xlsb")
    assert cells(found) == {
        "text": ["007", "x"], "n": [1.5, -2.0], "rk": [0.25, 3.0], "day": [datetime(2024, 1, 1), datetime(2024, 1, 2, 12)],
        "yes": [True, False], "error": [None, 2], "hidden": [1, 2],
    }  # fmt: skip
    assert [n.text for n in found.notes] == [
        'Column "day", row 3: Excel shows the date only; the file holds a time too.',
        'Column "error", row 2: 1 cell holds the error #N/A; the value is missing.',
        "1 row was hidden in Excel; it is included.",
        'Column "hidden" was hidden in Excel; it is included.',
        "The table has 1 merged area of cells; only the first cell of each has a value.",
    ]
    assert [tuple(s) for s in sheets(xlsb(), "t.xlsb")] == [("Dätä", 3, 7, False, False), ("Deep", 0, 0, True, True)]


def test_another_reader_finds_the_same_in_the_binary_workbook() -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(xlsb())).get_sheet_by_name("Dätä").to_python()
    assert rows[0] == ["text", "n", "rk", "day", "yes", "error", "hidden"]
    assert rows[1] == ["007", 1.5, 0.25, date(2024, 1, 1), True, "", 1.0]
    assert rows[2][:5] == ["x", -2.0, 3.0, datetime(2024, 1, 2, 12), False]


XML = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:x">
 <Styles><Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style><Style ss:ID="h"><NumberFormat ss:Format="[h]:mm:ss"/></Style>
  <Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style></Styles>
 <Worksheet ss:Name="A &amp; B"><Table>
  <Column ss:Index="3" ss:Hidden="1"/>
  <Row ss:Index="2"><Cell><Data ss:Type="String">id</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">n</Data></Cell>
   <Cell><Data ss:Type="String">day</Data></Cell><Cell><Data ss:Type="String">long</Data></Cell>
   <Cell><Data ss:Type="String">ok</Data></Cell></Row>
  <Row ss:Hidden="1"><Cell><Data ss:Type="String">007</Data><Comment><Data>a remark</Data></Comment></Cell>
   <Cell ss:Index="3" ss:StyleID="p"><Data ss:Type="Number">0.5</Data></Cell>
   <Cell ss:StyleID="d"><Data ss:Type="DateTime">2024-01-31T00:00:00.000</Data></Cell>
   <Cell ss:StyleID="h"><Data ss:Type="DateTime">1900-01-01T06:15:00.000</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>
  <Row><Cell ss:MergeAcross="1"><Data ss:Type="String">x<B> bold</B></Data></Cell><Cell><Data ss:Type="Error">#REF!</Data></Cell>
   <Cell ss:StyleID="d"><Data ss:Type="DateTime">2024-02-29T00:00:00.000</Data></Cell><Cell/><Cell ss:Formula="=1"/></Row>
 </Table></Worksheet>
 <Worksheet ss:Name="Gone"><Table><Row><Cell><Data ss:Type="Number">1</Data></Cell></Row></Table>
  <x:WorksheetOptions><x:Visible>SheetVeryHidden</x:Visible></x:WorksheetOptions></Worksheet>
</Workbook>"""


def test_xml_spreadsheet_2003() -> None:
    found = read(XML.encode(), ReadOptions(format="xml", header_row=2), name="t.xls")
    assert cells(found) == {
        "id": ["007", "x bold"],
        "n": [0.5, None],
        "day": [date(2024, 1, 31), date(2024, 2, 29)],
        "long": ["30:15:00", None],
        "ok": [True, None],
    }
    assert [n.text for n in found.notes][-7:] == [
        'Column "n", row 4: 1 cell holds the error #REF!; the value is missing.',
        'Column "n" is shown in percent in Excel; the table holds the number, 0.5 for 50 %.',
        'Column "long" holds durations (1); it is read as text.',
        'Column "ok", row 4: the result of 1 formula is not in the file; the value is missing. '
        "Open the file in Excel, save it, and load it again.",
        "1 row was hidden in Excel; it is included.",
        'Column "n" was hidden in Excel; it is included.',
        "The table has 1 merged area of cells; only the first cell of each has a value.",
    ]
    assert detect(XML.encode(), "t.xls")[0].format == "xml"
    assert [tuple(s) for s in sheets(XML.encode(), "t.xls")] == [("A & B", 4, 6, False, False), ("Gone", 1, 1, True, True)]


PAGE = """<html><head><meta charset="windows-1252"><style>td {color: red}</style></head><body><p>Not this</p>
<table><tr><td>menu</td></tr></table>
<table border=1><caption>Sales  2024</caption><tr><th>Städt<th>a &amp; b<th colspan=2>both</tr>
<tr style="display:none"><td>York</td><td>1<br>2</td><td rowspan="2">x</td><td>  007 </td></tr>
<tr><td>Bath<span style="display: none">9<span>9</span></span><td>&nbsp;<td>8</tr></table></body></html>"""


def test_a_page_with_tables() -> None:
    found = read(PAGE.encode("cp1252"), name="export.xls")
    assert cells(found) == {"Städt": ["York", "Bath"], "a & b": ["1\n2", None], "both": ["x", None], "column_4": ["007", "8"]}
    assert "1 row was hidden in Excel; it is included." in [n.text for n in found.notes]
    assert [s.name for s in sheets(PAGE.encode("cp1252"), "export.xls")] == ["Table 1", "Sales 2024"]
    other = read(PAGE.encode("cp1252"), ReadOptions(format="html", header_row=0, sheet=SheetRule(name="Table 1")), name="export.xls")
    assert other.table.to_dict("list") == {"column_1": ["menu"]}


def test_a_page_without_a_table_is_refused() -> None:
    with pytest.raises(ReadError) as caught:
        read(b"<!DOCTYPE html><html><body>Please log in</body></html>", name="export.xls")
    assert str(caught.value) == "export.xls: this is a web page (HTML) without a table in it. Choose a CSV file or an Excel workbook."


def locked(password: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append([1])
    plain, out = io.BytesIO(), io.BytesIO()
    book.save(plain)
    OOXMLFile(plain).encrypt(password, out)
    return out.getvalue()


def test_a_workbook_with_a_password() -> None:
    data = locked("sesam öffne dich")
    with pytest.raises(PasswordNeeded) as caught:
        read(data, name="t.xlsx")
    assert str(caught.value) == "t.xlsx: the workbook is protected by a password. Type the password to open it."
    with pytest.raises(WrongPassword) as wrong:
        read(data, name="t.xlsx", password="Sesam")
    assert str(wrong.value) == "t.xlsx: this is not the password of the workbook. Check capital letters, and type it again."
    found = read(data, name="t.xlsx", password="sesam öffne dich")
    assert found.table["a"].tolist() == [1]
    assert "sesam" not in found.options.model_dump_json()
    assert detect(data, "t.xlsx", password="sesam öffne dich")[0].format == "xlsx"
    assert sheets(data, "t.xlsx", password="sesam öffne dich")[0].rows == 2
    assert raw_lines(data, found.options, "t.xlsx", password="sesam öffne dich")[1].text == "1"


def test_a_password_for_a_workbook_without_one_does_no_harm() -> None:
    assert read(FILES / "kinds.xls", password="x").table["whole"].tolist()[0] == 1


def test_excels_own_password_is_not_asked_for() -> None:
    assert read(locked("VelvetSweatshop"), name="t.xlsx").table["a"].tolist() == [1]
