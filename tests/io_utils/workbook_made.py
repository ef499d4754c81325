"""Workbooks drawn by chance whose every cell is known: types, formats, merged areas, hidden rows and columns, errors, both calendars."""

import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import openpyxl
import xlsxwriter
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

Value = str | int | float | bool | date | datetime | time | timedelta
ERRORS = ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")
FORMATS = {
    "day": "dd/mm/yyyy",
    "moment": "yyyy-mm-dd hh:mm:ss",
    "time": "hh:mm:ss",
    "lasting": "[h]:mm:ss",
    "number": "0.00",
    "plain": "General",
}
SIGNS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
ODD_TEXTS = (
    "007",
    "NA",
    "N/A",
    "TRUE",
    "1,5",
    "2024-01-31",
    " x ",
    "a\nb",
    "<&>\"'",
    "]]>",
    "_x000D_",
    "_x005F_",
    "x_x0041_",
    "=1+1",
    "\t",
    "ä\U0001f600",
    "#N/A",
    "1E5",
)
FIRST = datetime(1904, 1, 2)  # of the days that both calendars hold


@dataclass(frozen=True)
class Cell:
    """A cell: its value, the kind of its number format, whether it is an error's code, and whether a formula gives it."""

    value: Value
    form: str = "plain"
    error: bool = False
    formula: bool = False


@dataclass(frozen=True)
class Made:
    """A sheet: its cells by row and column from 1, merged areas, hidden rows and columns, the calendar."""

    cells: dict[tuple[int, int], Cell]
    merges: tuple[tuple[int, int, int, int], ...]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    since_1904: bool


def moments() -> st.SearchStrategy[datetime]:
    """Moments to the second that both calendars hold."""
    return st.datetimes(FIRST, datetime(9990, 1, 1)).map(lambda m: m.replace(microsecond=0))


def cells() -> st.SearchStrategy[Cell]:
    """Cells of every kind."""
    texts = st.sampled_from(ODD_TEXTS) | st.text(SIGNS, min_size=1, max_size=8)
    floats = st.floats(-1e12, 1e12, allow_nan=False).map(lambda f: float(f"{f:.15g}"))
    return st.one_of(
        texts.map(Cell),
        st.integers(-(10**15) + 1, 10**15 - 1).map(Cell),
        st.builds(Cell, floats | st.integers(-999, 999), st.just("number")),
        st.booleans().map(Cell),
        st.builds(Cell, moments().map(datetime.date), st.just("day")),
        st.builds(Cell, moments(), st.just("moment")),
        st.builds(Cell, st.times().map(lambda t: t.replace(microsecond=0)), st.just("time")),
        st.builds(Cell, st.integers(0, 10**7).map(lambda s: timedelta(seconds=s)), st.just("lasting")),
        st.sampled_from(ERRORS).map(lambda code: Cell(code, error=True)),
        st.integers(-99, 99).map(lambda n: Cell(n, formula=True)),
    )


@st.composite
def sheets(draw: st.DrawFn) -> Made:
    """A sheet of up to 12 x 6 cells somewhere near the corner."""
    down, right = draw(st.integers(0, 3)), draw(st.integers(0, 27))
    place = st.tuples(st.integers(1, 12).map(lambda r: r + down), st.integers(1, 6).map(lambda c: c + right))
    found = draw(st.dictionaries(place, cells(), min_size=1, max_size=40))
    corners = sorted(draw(st.lists(place, max_size=2, unique=True)))
    merges = tuple((r, c, r + 1, c + 1) for r, c in corners) if len(corners) < 2 or abs(corners[0][0] - corners[1][0]) > 1 else ()
    covered = {(r, c) for top, left, bottom, last in merges for r in range(top, bottom + 1) for c in range(left, last + 1)}
    covered -= {(top, left) for top, left, _, _ in merges}
    kept = {at: cell for at, cell in found.items() if at not in covered} or {(1, 1): Cell("x")}
    rows, columns = st.integers(1, 15), st.integers(1, 30)
    return Made(kept, merges, draw(st.frozensets(rows, max_size=3)), draw(st.frozensets(columns, max_size=3)), draw(st.booleans()))


def by_openpyxl(made: Made) -> bytes:
    """The workbook as openpyxl writes it."""
    book = openpyxl.Workbook()
    if made.since_1904:
        book.epoch = CALENDAR_MAC_1904
    page = book.active
    for (row, column), one in made.cells.items():
        cell = page.cell(row, column)
        cell.value = one.value
        cell.data_type = "e" if one.error else "s" if isinstance(one.value, str) else cell.data_type
        cell.number_format = FORMATS[one.form]
    for top, left, bottom, right in made.merges:
        page.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    for row in made.hidden_rows:
        page.row_dimensions[row].hidden = True
    for column in made.hidden_columns:
        page.column_dimensions[openpyxl.utils.get_column_letter(column)].hidden = True
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def by_xlsxwriter(made: Made, *, inline: bool = False) -> bytes:
    """The workbook as xlsxwriter writes it; ``inline`` writes texts in the sheet, row by row."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"default_date_format": "yyyy-mm-dd", "date_1904": made.since_1904, "constant_memory": inline})
    page = book.add_worksheet()
    looks = {name: book.add_format({"num_format": code}) for name, code in FORMATS.items()}
    for column in sorted(made.hidden_columns):
        page.set_column(column - 1, column - 1, None, None, {"hidden": True})
    for row in range(1, 40):
        if row in made.hidden_rows:
            page.set_row(row - 1, None, None, {"hidden": True})
        for column in range(1, 40):
            if (row, column) in made.cells:
                write(page, row - 1, column - 1, made.cells[row, column], looks)
    if not inline:  # merging writes cells again, which is too late there
        for top, left, bottom, right in made.merges:
            first = made.cells.get((top, left))
            page.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
            if first:
                write(page, top - 1, left - 1, first, looks)
    book.close()
    return data.getvalue()


def write(page: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell, looks: dict[str, xlsxwriter.format.Format]) -> None:
    """One cell."""
    value, look = cell.value, looks[cell.form]
    if cell.error or cell.formula:
        page.write_formula(row, column, "=1", look, value)
    elif isinstance(value, str):
        page.write_string(row, column, value, look)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, look)
    elif isinstance(value, int | float):
        page.write_number(row, column, value, look)
    else:
        page.write_datetime(row, column, value, look)


def told(cell: Cell) -> str | None:
    """What the table must say of a cell, as text; None for an error."""
    value = cell.value
    if cell.error:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, timedelta):
        seconds = value.days * 86_400 + value.seconds
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else str(value)
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    return str(value)
