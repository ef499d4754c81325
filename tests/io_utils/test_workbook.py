"""Workbooks to tables: made with openpyxl and by hand, cells typed by hand."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from io_utils import Limits, ReadError, ReadOptions, SheetRule, detect, raw_lines, read, sheets


def workbook(*rows: Sequence[object], first: str = "A1", **others: Sequence[Sequence[object]]) -> bytes:
    """A workbook with the rows in its first sheet from a cell on, and other sheets by name."""
    book = openpyxl.Workbook()
    page = book.active
    start = page[first]
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            cell = page.cell(start.row + down, start.column + right)
            if isinstance(value, str) and value.startswith("#"):
                cell.value, cell.data_type = value, "e"
            elif value is not None:
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    for name, cells in others.items():
        for cell_row in cells:
            (book[name] if name in book.sheetnames else book.create_sheet(name)).append(list(cell_row))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def xlsx(**choices: object) -> ReadOptions:
    return ReadOptions(format="xlsx", **choices)  # type: ignore[arg-type]  # the fields vary by test


NOON = datetime(2024, 1, 2, 12, 0)
COLUMNS: dict[str, tuple[list[object], pa.DataType, list[object]]] = {
    "whole numbers": ([1, 2.0, None], pa.int64(), [1, 2, None]),
    "numbers": ([1, 2.5], pa.float64(), [1.0, 2.5]),
    "beyond 2^53": ([1e17, 2], pa.float64(), [1e17, 2.0]),
    "yes/no": ([True, None, False], pa.bool_(), [True, None, False]),
    "dates": ([date(2024, 1, 2), date(1999, 12, 31)], pa.date32(), [date(2024, 1, 2), date(1999, 12, 31)]),
    "dates and times": ([date(2024, 1, 2), NOON], pa.timestamp("us"), [datetime(2024, 1, 2), NOON]),
    "text as written": (["007", " x ", "NA"], pa.large_string(), ["007", " x ", "NA"]),
    "long number as text": (["12345678901234567"], pa.large_string(), ["12345678901234567"]),
    "text that looks like a formula": (["=1+1"], pa.large_string(), ["=1+1"]),
    "mixed": (
        [1, 2.5, "x", True, date(2024, 1, 2), NOON, None],
        pa.large_string(),
        ["1", "2.5", "x", "TRUE", "2024-01-02", "2024-01-02 12:00:00", None],
    ),
    "times and durations": ([time(9, 30), timedelta(hours=30, minutes=5)], pa.large_string(), ["09:30:00", "30:05:00"]),
    "errors": ([1, "#N/A", 3], pa.int64(), [1, None, 3]),
}


@pytest.mark.parametrize(("cells", "of", "expected"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_keeps_the_type_its_cells_share(cells: list[object], of: pa.DataType, expected: list[object]) -> None:
    found = read(workbook(["id", "x"], *([i, c] for i, c in enumerate(cells))), name="t.xlsx").table
    values = pa.chunked_array(found["x"])
    assert (values.type, values.to_pylist()) == (of, expected)
    assert found.index.tolist() == list(range(2, 2 + len(cells)))


def test_a_column_of_mixed_cells_is_text_and_says_so() -> None:
    found = read(workbook(["x", "y"], [1, 1], [2, 2.5], ["a", 3], [True, 4]), name="t.xlsx")
    assert found.table["x"].tolist() == ["1", "2", "a", "TRUE"]
    assert found.table["y"].tolist() == [1, 2.5, 3, 4]
    assert [n.text for n in found.notes] == ['Column "x" holds numbers (2), text (1), yes/no (1); it is read as text.']


def test_error_cells_are_listed_with_their_code() -> None:
    found = read(workbook(["a", "b"], [1, "#N/A"], ["#DIV/0!", 2], ["#N/A", "#N/A"]), name="t.xlsx")
    assert found.table.isna().to_numpy().tolist() == [[False, True], [True, False], [True, True]]
    assert found.table.index.tolist() == [2, 3, 4]
    assert [(n.text, n.row, n.kind) for n in found.notes] == [
        ('Column "a", row 3: 1 cell holds the error #DIV/0!; the value is missing.', 3, "warning"),
        ('Column "a", row 4: 1 cell holds the error #N/A; the value is missing.', 4, "warning"),
        ('Column "b", rows 2, 4: 2 cells hold the error #N/A; the value is missing.', 2, "warning"),
    ]


def test_rows_have_the_numbers_of_the_spreadsheet_wherever_the_table_begins() -> None:
    found = read(workbook(["a", "b"], [1, 2], [None, None], [3, 4], first="C4"), name="t.xlsx")
    assert found.table.index.tolist() == [5, 7]
    assert found.table["a"].tolist() == [1, 3]
    assert found.options.header_row == 4
    assert found.set_aside[["sheet", "line", "reason"]].to_numpy().tolist() == [["Sheet", n, "blank line"] for n in (1, 2, 3, 6)]
    assert found.sources == [(5, 7, "t.xlsx", "Sheet", 5)]


def test_a_header_further_down() -> None:
    data = workbook(["Report 2024", None], [None, None], ["a", "b"], [1, 2])
    found = read(data, xlsx(header_row=3), name="t.xlsx")
    assert found.table.to_dict("list") == {"a": [1], "b": [2]}
    assert found.set_aside[["line", "reason", "text"]].to_numpy().tolist() == [
        [1, "above the header", "Report 2024"],
        [2, "blank line", ""],
    ]
    none = read(data, xlsx(header_row=0), name="t.xlsx").table
    assert (list(none.columns), none.index.tolist()) == (["column_1", "column_2"], [1, 3, 4])


def test_header_names_are_unique_text() -> None:
    found = read(workbook([2024, 2024, None, date(2024, 1, 2)], [1, 2, 3, 4]), xlsx(), name="t.xlsx").table
    assert list(found.columns) == ["2024", "2024_2", "column_3", "2024-01-02"]


def test_columns_without_name_and_value_are_left_out() -> None:
    assert list(read(workbook(["a", None, "c"], [1, None, None]), name="t.xlsx").table.columns) == ["a", "c"]


def hidden_first() -> bytes:
    book = openpyxl.Workbook()
    for name, value in (("Secret", 1), ("Empty", None), ("Data", 2), ("More", 3)):
        page = book.create_sheet(name)
        if value:
            page.append(["x"])
            page.append([value])
    del book["Sheet"]
    book["Secret"].sheet_state = "hidden"
    book.active = 1
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_the_first_visible_sheet_with_values_is_the_default() -> None:
    assert read(hidden_first(), name="t.xlsx").table["x"].tolist() == [2]
    assert [tuple(s) for s in sheets(hidden_first(), "t.xlsx")] == [
        ("Secret", 2, 1, True, False),
        ("Empty", 0, 0, False, False),
        ("Data", 2, 1, False, False),
        ("More", 2, 1, False, False),
    ]
    assert len(detect(hidden_first(), "t.xlsx")) == 4


RULES = {
    "name": (SheetRule(by="name", name="More"), 3),
    "position": (SheetRule(by="position", position=1), 1),
    "pattern": (SheetRule(by="pattern", pattern="^D"), 2),
    "only visible, several: the name it had": (SheetRule(by="only_visible", name="More"), 3),
}


@pytest.mark.parametrize(("rule", "value"), RULES.values(), ids=RULES)
def test_sheet_rules(rule: SheetRule, value: int) -> None:
    found = read(hidden_first(), xlsx(sheet=rule), name="t.xlsx")
    assert found.table["x"].tolist() == [value]
    assert found.options.sheet is not None
    assert found.options.sheet.by == rule.by


REFUSED = {
    "no such sheet": (xlsx(sheet=SheetRule(name="x")), 't.xlsx: there is no sheet "x". Choose one of: "Secret", "Empty", "Data", "More".'),
    "no such position": (xlsx(sheet=SheetRule(by="position", position=9)), "t.xlsx: there is no sheet number 9."),
    "several visible": (xlsx(sheet=SheetRule(by="only_visible")), "t.xlsx: 3 sheets are visible, not one."),
    "no pattern": (xlsx(sheet=SheetRule(by="pattern", pattern="(")), 't.xlsx: "(" is no valid pattern for a sheet name'),
    "empty sheet": (
        xlsx(sheet=SheetRule(name="Empty")),
        't.xlsx, sheet "Empty": the sheet is empty. Choose one of: "Secret", "Data", "More".',
    ),
    "header too low": (xlsx(sheet=SheetRule(name="Data"), header_row=5), "the header should be in row 5, but the sheet ends at row 2."),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses_sheets(options: ReadOptions, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(hidden_first(), options, name="t.xlsx")
    assert message in str(caught.value)


def without(data: bytes, part: str, instead: bytes | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
            elif instead is not None:
                new.writestr(name, instead)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
GOOD = workbook(["a"], [1])
BROKEN = {
    "cut short": (GOOD[:300], "the workbook is damaged"),
    "no sheet part": (without(GOOD, SHEET), "the workbook is damaged"),
    "no XML": (without(GOOD, "xl/workbook.xml", b"<a"), "the workbook is damaged"),
    "entities": (without(GOOD, "xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "the workbook is damaged"),
    "no workbook": (without(GOOD, "xl/workbook.xml"), "this is a zip archive without an Excel workbook in it"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "the workbook is damaged"),
    "binary": (b"\x01\x00" * 9, "this is not an Excel workbook, or it is damaged"),
}


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN)
def test_refuses_what_is_no_workbook(data: bytes, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(data, name="t.xlsx")
    assert f"t.xlsx: {message}" in str(caught.value)


def test_content_outranks_the_extension() -> None:
    assert read(GOOD, name="t.csv").table["a"].tolist() == [1]
    assert read(b"a,b\n1,2\n", name="t.xlsx").table["b"].tolist() == ["2"]


def test_a_stray_cell_far_away_is_refused() -> None:
    page = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">'
        b'<c r="XFD1048576" s="1"/><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(ReadError, match=r"cells are filled as far as XFD1048576, 17,179,869,184 cells in all"):
        read(without(GOOD, SHEET, page), name="t.xlsx")


def test_an_area_that_only_a_format_reaches_is_not_read() -> None:
    page = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData></worksheet>'
    )
    found = read(without(GOOD, SHEET, page), name="t.xlsx")
    assert found.table.to_dict("list") == {"a": [1]}
    assert found.set_aside.empty


def test_limits() -> None:
    with pytest.raises(ReadError, match="3 columns, but at most 2"):
        read(workbook(["a", "b", "c"], [1, 2, 3]), name="t.xlsx", limits=Limits(columns=2))
    with pytest.raises(ReadError, match="unpacks to"):
        read(GOOD, name="t.xlsx", limits=Limits(unpacked=10))


def test_raw_lines() -> None:
    lines = raw_lines(workbook(["a", "b"], [1, None], [None, True], first="B2"), xlsx(), "t.xlsx", first=2, count=3)
    assert [tuple(line) for line in lines] == [(2, "\ta\tb"), (3, "\t1"), (4, "\t\tTRUE")]


def test_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "täble.xlsx"
    path.write_bytes(GOOD)
    found = read(path)
    assert found.table["a"].tolist() == [1]
    assert found.table["a"].dtype == pd.ArrowDtype(pa.int64())
