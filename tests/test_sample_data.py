"""The sample files are what their script makes, and hold the troubles their list names."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from sample_data.make import COLUMNS, HERE, make


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make(folder)
    return folder


def test_the_same_files_are_made_again(made: Path) -> None:
    names = sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
    kept = sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*") if path.suffix in {".csv", ".xlsx", ".md"})
    assert names == kept
    differ = [name for name in names if not name.endswith(".xlsx") and (made / name).read_bytes() != (HERE / name).read_bytes()]
    assert differ == []


@pytest.mark.parametrize("name", sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.xlsx")))
def test_the_same_workbooks_are_made_again(made: Path, name: str) -> None:
    def cells(path: Path) -> dict[str, list[tuple[object, ...]]]:
        book = openpyxl.load_workbook(path, data_only=True)
        return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}

    assert cells(made / name) == cells(HERE / name)


@pytest.fixture(scope="module")
def demo() -> list[list[str]]:
    """The demo file's lines: index 0 is row 1."""
    return list(csv.reader(io.StringIO((HERE / "orders_demo.csv").read_text(encoding="utf-8"), newline="")))


def test_the_demo_file_holds_what_its_list_says(demo: list[list[str]]) -> None:
    at = {name: position for position, name in enumerate(COLUMNS)}
    assert demo[0] == COLUMNS
    assert len(demo) == 302
    assert demo[2 - 1][at["order_id"]] == "0001043"
    assert demo[4 - 1][at["city"]] == " Berlin"
    assert demo[39 - 1][at["note"]] == "Leave at the door\nRing twice"
    assert demo[44 - 1][at["amount"]] == "€1,197.60"
    assert (demo[44 - 1][at["quantity"]], demo[44 - 1][at["unit_price"]]) == ("24", "49.90")
    assert demo[55 - 1][at["city"]] == "MÃ¼nchen"
    assert demo[83 - 1][at["amount"]] == "(28.00)"
    assert demo[94 - 1][at["note"]] == "=1+1"
    assert demo[142 - 1][at["quantity"]] == "1200"
    assert demo[171 - 1][-1] == "flat 3"
    assert [number for number, cells in enumerate(demo, 1) if len(cells) == 15] == [171]
    assert [number for number, cells in enumerate(demo, 1) if not cells] == [187]
    assert demo[46 - 1] == demo[45 - 1]
    assert demo[251 - 1] == demo[90 - 1]
    assert demo[302 - 1][0] == "Total"


def test_one_column_is_ready_to_be_typed(demo: list[list[str]]) -> None:
    quantities = [cells[6] for cells in demo[1:] if cells]
    assert [value for value in quantities if value and not value.isdigit()] == []
    assert quantities.count("") == 7  # six orders and the total line


def test_the_workbooks_hold_their_errors() -> None:
    sheet = openpyxl.load_workbook(HERE / "troubles" / "error_cells.xlsx", data_only=True).active
    assert [sheet["B3"].value, sheet["B4"].value, sheet["B5"].value] == ["#DIV/0!", "#N/A", 0.25]
    demo = openpyxl.load_workbook(HERE / "orders_demo.xlsx", data_only=True)["Orders"]
    assert [demo["A2"].value, demo["F13"].value, demo["D21"].value, demo["D29"].value] == ["0001043", "#DIV/0!", "two", None]
