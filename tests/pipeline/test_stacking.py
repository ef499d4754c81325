"""Files put together by rules: where columns go, what the file's name says, and which sheets are read."""

import io
from pathlib import Path

import openpyxl
import pytest
from pydantic import ValidationError

from io_utils import ReadOptions, detect
from pipeline.stacking import FromName, StackOptions, StackRule, places, read_files, sheet_names
from steps.arrow import arrow

MAIN = ["id", "Amount", "city"]
PLACES = {
    "by name": ({}, ["city", "amount ", "id"], {"city": "city", "amount ": "Amount", "id": "id"}),
    "an extra column": ({}, ["id", "tip"], {"id": "id", "tip": "tip"}),
    "extra ones left out": ({"extra": "drop"}, ["id", "tip"], {"id": "id", "tip": None}),
    "said": ({"matches": {"town": "city", "x": None, "y": "z"}}, ["town", "x", "y"], {"town": "city", "x": None, "y": "z"}),
    "said, and the same name there, too": ({"matches": {"town": "city"}}, ["town", "city"], {"town": "city", "city": "city_2"}),
    "said of a column that is not there": ({"matches": {"town": "city"}}, ["city"], {"city": "city"}),
    "by position": ({"by": "position"}, ["a", "b"], {"a": "id", "b": "Amount"}),
    "more by position": ({"by": "position"}, ["a", "b", "c", "id"], {"a": "id", "b": "Amount", "c": "city", "id": "id_2"}),
}  # fmt: skip
NAMES = {
    "split": ({"mark": "_", "part": 2, "column": "month"}, "sales_2024-01.csv", {"month": "2024-01"}),
    "the last part": ({"mark": " ", "part": -1, "column": "c"}, "Sales North.xlsx", {"c": "North"}),
    "no such part": ({"mark": "_", "part": 3, "column": "c"}, "sales_1.csv", {"c": None}),
    "a pattern": ({"how": "pattern", "pattern": r"(?P<y>\d{4})-(?P<m>\d\d)"}, "s 2024-01.csv", {"y": "2024", "m": "01"}),
    "no match": ({"how": "pattern", "pattern": r"(?P<y>\d{4})"}, "sales.csv", {"y": None}),
}
BAD = {
    "no pattern": ({"how": "pattern", "pattern": "(?P<a>[)"}, "the pattern cannot be used"),
    "no named part": ({"how": "pattern", "pattern": "a(b)"}, "the pattern has no named part"),
    "part 0": ({"part": 0}, "say what parts the name"),
}


@pytest.mark.parametrize(("given", "columns", "expected"), PLACES.values(), ids=PLACES)
def test_where_columns_go(given, columns, expected):
    assert places(StackOptions(**given), MAIN, columns) == expected


@pytest.mark.parametrize(("given", "name", "expected"), NAMES.values(), ids=NAMES)
def test_columns_from_the_name(given, name, expected):
    assert FromName(**given).values(name) == expected


@pytest.mark.parametrize(("given", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_used_is_refused(given, message):
    with pytest.raises(ValidationError) as caught:
        FromName(**given)
    assert message in str(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sales_jan.csv").write_text("id,Amount\n1,10\n", "utf-8")
    (tmp_path / "sales_feb.csv").write_text("AMOUNT;id\n20;2\n", "utf-8")
    book = openpyxl.Workbook()
    book.active.title = "Jan"
    book.active.append(["id", "Amount"])
    book.active.append(["1", 10])
    feb, empty, hidden = book.create_sheet("Feb"), book.create_sheet("Empty"), book.create_sheet("Old")
    feb.append(["Amount", "id"])
    feb.append(["n/a", "2"])
    hidden.append(["id"])
    hidden.append(["9"])
    hidden.sheet_state = "hidden"
    assert empty.max_row == 1
    held = io.BytesIO()
    book.save(held)
    (tmp_path / "year.xlsx").write_bytes(held.getvalue())
    return tmp_path


def rows(found):
    return list(zip(*(arrow(found.table[n]).to_pylist() for n in found.table.columns), strict=True))


def test_files_written_otherwise_are_read_as_they_are(folder):
    january = detect(folder / "sales_jan.csv")[0]
    rule = StackRule(first=january, stack=StackOptions(from_name=FromName(mark="_", part=2, column="month")))
    found = read_files([folder / "sales_jan.csv", folder / "sales_feb.csv"], rule)
    assert list(found.table.columns) == ["id", "Amount", "source", "month"]
    assert rows(found) == [("1", "10", "sales_jan.csv", "jan"), ("2", "20", "sales_feb.csv", "feb")]


def test_one_file_by_a_rule_for_several_has_the_same_columns(folder):
    rule = StackRule(first=detect(folder / "sales_jan.csv")[0])
    assert rows(read_files([folder / "sales_jan.csv"], rule)) == [("1", "10", "sales_jan.csv")]


def test_several_files_by_a_rule_for_one_are_stacked(folder):
    found = read_files([folder / "sales_jan.csv", folder / "sales_feb.csv"], detect(folder / "sales_jan.csv")[0])
    assert [row[0] for row in rows(found)] == ["1", "2"]
    assert list(found.table.columns) == ["id", "Amount", "source"]


def test_a_header_that_stands_elsewhere_is_found(folder):
    (folder / "first.csv").write_text("Report of 2024,,\n,,\nid,Amount,city\n1,10,Lyon\n2,20,Rome\n", "utf-8")
    (folder / "second.csv").write_text("No.,sum,town\n3,30,York\n4,40,Rome\n", "utf-8")
    first = detect(folder / "first.csv")[0]
    assert first.header_row == 3
    rule = StackRule(
        first=first.model_copy(update={"columns": ("id", "Amount", "city")}),
        stack=StackOptions(matches={"No.": "id", "sum": "Amount", "town": "city"}, source=None),
    )
    found = rows(read_files([folder / "first.csv", folder / "second.csv"], rule))
    assert found == [("1", "10", "Lyon"), ("2", "20", "Rome"), ("3", "30", "York"), ("4", "40", "Rome")]


def test_all_sheets_are_stacked(folder):
    book = folder / "year.xlsx"
    assert sheet_names(book) == ["Jan", "Feb"]
    rule = StackRule(first=ReadOptions(format="xlsx"), stack=StackOptions(sheet="sheet"), sheets="all")
    found = read_files([book], rule)
    assert rows(found) == [("1", "10", "year.xlsx", "Jan"), ("2", "n/a", "year.xlsx", "Feb")]
    assert [(s.sheet, s.first, s.first_row) for s in found.sources] == [("Jan", 2, 2), ("Feb", 3, 2)]
    chosen = StackRule(first=ReadOptions(format="xlsx"), sheets=("Feb", "Old"))
    assert [row[0] for row in rows(read_files([book], chosen))] == ["n/a", None]
