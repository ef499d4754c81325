"""Workbooks whose every cell is known are read exactly; both ways of reading agree; real files agree with openpyxl."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from io_utils import Limits, ReadError, ReadOptions, read
from io_utils.bytes_in import FileBytes, open_bytes
from io_utils.workbook.cells import ERROR, Grid
from io_utils.workbook.opened import open_book
from io_utils.workbook.to_arrow import row_texts
from io_utils.workbook.xlsx import Xlsx
from tests.io_utils.workbook_made import Cell, Made, by_openpyxl, by_xlsxwriter, sheets, told


def found_in(grid: Grid) -> dict[tuple[int, int], str]:
    """The cells of a sheet as text, errors by their code."""
    lines = row_texts(grid.columns, grid.texts, 0, grid.rows)
    return {(r, c): text for r, cells in enumerate(lines, 1) for c, text in enumerate(cells, 1) if text is not None}


def truth(made: Made, *, escaped: bool = True) -> dict[tuple[int, int], str]:
    texts = {at: told(cell) or str(cell.value) for at, cell in made.cells.items()}
    return texts if escaped else {at: meant_by(text) for at, text in texts.items()}


def meant_by(text: str) -> str:
    """What Excel takes a text for that was written without its escapes."""
    return text.replace("_x000D_", "\r").replace("_x005F_", "_").replace("_x0041_", "A")


def grids(data: bytes) -> list[Grid]:
    """The sheet by whole columns and by an XML parser."""
    book = Xlsx(FileBytes("t.xlsx", data), Limits())
    return [book._grid(book.parts[0], 10**6, way) for way in (book.scanned, book.parsed)]


def same_facts(grid: Grid, made: Made, merges: bool) -> None:
    there = {row for row, _ in made.cells}  # xlsxwriter writes no hidden row below the last cell
    hidden = {int(r) for rows in grid.facts.hidden_rows for r in rows}
    assert hidden & there == made.hidden_rows & there
    assert {c for first, last in grid.facts.hidden_columns for c in range(first, last + 1)} == made.hidden_columns
    assert sorted(map(tuple, grid.facts.merges)) == sorted(made.merges if merges else ())
    assert grid.facts.since_1904 == made.since_1904


@settings(max_examples=30, deadline=None)
@given(sheets(), st.booleans())
def test_xlsxwriter_is_read_exactly(made: Made, inline: bool) -> None:
    for grid in grids(by_xlsxwriter(made, inline=inline)):
        assert found_in(grid) == truth(made)
        same_facts(grid, made, merges=not inline)
        errors = {(r, c + 1) for c, column in enumerate(grid.columns) for r in range(1, grid.rows + 1) if column.kind[r - 1] == ERROR}
        assert errors == {at for at, cell in made.cells.items() if cell.error}


@settings(max_examples=30, deadline=None)
@given(sheets())
def test_openpyxl_is_read_exactly(made: Made) -> None:
    for grid in grids(by_openpyxl(made)):
        assert found_in(grid) == truth(made, escaped=False)
        same_facts(grid, made, merges=True)


@settings(max_examples=20, deadline=None)
@given(sheets())
def test_the_table_holds_every_cell_and_every_row_is_accounted_for(made: Made) -> None:
    found = read(by_xlsxwriter(made), ReadOptions(format="xlsx", header_row=0), name="t.xlsx")
    last = max(row for row, _ in made.cells)
    assert sorted([*found.table.index, *found.set_aside["line"]]) == list(range(1, last + 1))
    assert set(found.table.index) == {row for row, _ in made.cells}
    for (row, column), cell in made.cells.items():
        name = f"column_{column}"
        value = found.table[name].loc[row]
        assert (None if value is pd.NA or value is pd.NaT else as_text(value)) == told(cell)


def as_text(value: object) -> str:
    return told(Cell(value.to_pydatetime() if hasattr(value, "to_pydatetime") else value)) or ""  # type: ignore[arg-type]


def expected_by_openpyxl(value: object) -> str | None:
    """What a value that openpyxl found is as text."""
    match value:
        case None | "":
            return None
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            ms = value.replace(microsecond=round(value.microsecond / 1000) * 1000 % 1_000_000)
            return str(ms.date()) if ms.time() == time() else str(ms).removesuffix("000") if ms.microsecond else str(ms)
        case date():
            return str(value)
        case timedelta():
            return told(Cell(value))
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return str(value)


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")  # of extensions it does not know
def test_real_workbooks_have_the_cells_that_openpyxl_finds(real_files: Path) -> None:
    compared = 0
    for path in sorted([*real_files.rglob("*.xlsx"), *real_files.rglob("*.xlsm")]):
        try:
            book = Xlsx(open_bytes(path), Limits())
        except ReadError:
            continue
        other = openpyxl.load_workbook(path, data_only=True)
        for part in book.parts:
            grid = book.grid(part)
            rows = other[part.name].iter_rows(values_only=True)
            expected = {(r, c): t for r, cells in enumerate(rows, 1) for c, v in enumerate(cells, 1) if (t := expected_by_openpyxl(v))}
            assert found_in(grid) == expected, f"{path.name}, {part.name}"
            compared += len(expected)
    assert compared == 63_014


def test_real_old_workbooks_and_open_documents_have_the_cells_that_calamine_finds(real_files: Path) -> None:
    compared = 0
    for path in sorted([*real_files.rglob("*.xls"), *real_files.rglob("*.ods")]):
        if path.name in ("encrypted_no_password.xls", "large.ods"):  # protected; too long for each run
            continue
        book = open_book(open_bytes(path), Limits())
        other = CalamineWorkbook.from_path(str(path))
        for part in book.parts:
            if other.get_sheet_by_name(part.name).start is None:
                continue
            rows = other.get_sheet_by_name(part.name).to_python(skip_empty_area=False)
            expected = {(r, c): t for r, cells in enumerate(rows, 1) for c, v in enumerate(cells, 1) if (t := expected_by_openpyxl(v))}
            found = found_in(book.grid(part))
            expected = {at: t for at, t in expected.items() if not t.startswith("PT")}  # a duration it leaves as written
            assert {at: found.get(at) for at in expected} == expected, f"{path.name}, {part.name}"
            compared += len(expected)
    assert compared > 200
