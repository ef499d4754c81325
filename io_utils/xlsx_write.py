"""A table as an Excel workbook: typed cells, text that stays text, the same bytes for the same table."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import pairwise

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from io_utils.csv_write import value_texts
from io_utils.errors import WriteError
from io_utils.options import Note
from io_utils.tables import arrow, rows_named
from io_utils.target import Share, Target, Written, opened

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_TEXT = 32_767
EXACT = 10**15  # Excel keeps 15 digits
FIRST_DAY = date(1900, 3, 1)  # before, Excel's calendar is a day off
LAST_DAY = datetime(9999, 12, 31, 23, 59, 59)
SLICE = 16_384  # rows turned into Python values at once
CREATED = datetime(2000, 1, 1)  # in every file, so that the same table gives the same bytes
DATE, STAMP = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


def excel_notes(table: pd.DataFrame) -> list[Note]:
    """What Excel cannot hold of the table and how it is written instead; empty if nothing is lost."""
    notes = []
    for name in table.columns:
        values = arrow(table[name])
        for text, at in column_faults(values):
            rows = table.index[at].tolist()
            place = f'Column "{name}", {rows_named(rows, "row")}: ' if rows else f'Column "{name}": '
            notes.append(Note(text=place + text, column=str(name), row=rows[0] if rows else None, kind="warning"))
    sheets = -(-len(table) // (MAX_ROWS - 1))
    if sheets > 1:
        text = f"{len(table):,} rows are more than a sheet holds ({MAX_ROWS - 1:,}); they go on {sheets} sheets."
        notes.append(Note(text=text, kind="warning"))
    return notes


def column_faults(values: pa.ChunkedArray) -> Iterator[tuple[str, list[int]]]:
    """What Excel cannot hold of a column: a sentence, and the places of the values concerned (none: all)."""
    of = values.type
    if pa.types.is_integer(of) or pa.types.is_decimal(of):
        if at := places(too_long(values)):
            yield "numbers of more than 15 digits are written as text, because Excel would change their last digits.", at
    elif pa.types.is_timestamp(of) and of.tz:
        yield f"times with a time zone ({of.tz}) are written as text, because Excel has no time zones.", []
    elif pa.types.is_date(of) or pa.types.is_timestamp(of):
        if at := places(out_of_calendar(values)):
            yield "dates before 1 March 1900 are written as text, because Excel's calendar does not hold them.", at
        if pa.types.is_timestamp(of) and (at := places(pc.not_equal(pc.microsecond(values), 0))):
            yield "times are cut to milliseconds, because Excel holds no finer ones.", at
    elif pa.types.is_large_string(of):
        if at := places(pc.greater(pc.utf8_length(values), MAX_TEXT)):
            yield f"texts of more than {MAX_TEXT:,} characters do not fit in a cell of Excel.", at
        if at := places(pc.equal(values, "")):
            yield "empty text is written as an empty cell, because Excel does not tell it from a missing value.", at


def places(mask: pa.ChunkedArray) -> list[int]:
    """Where a condition is true."""
    return pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist()


def too_long(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whether whole numbers or decimals have more than 15 digits."""
    if pa.types.is_decimal(values.type):
        digits = pc.replace_substring_regex(values.cast(pa.large_string()), r"^-?0*\.?0*|\.|\.?0+$", "")
        return pc.greater(pc.utf8_length(digits), 15)
    return pc.or_(pc.greater_equal(values, EXACT), pc.less_equal(values, -EXACT))


def out_of_calendar(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whether dates lie before Excel's calendar, or after it."""
    days = values.cast(pa.date32(), safe=False)
    return pc.or_(pc.less(days, pa.scalar(FIRST_DAY)), pc.greater(days, pa.scalar(LAST_DAY.date())))


def to_xlsx(
    table: pd.DataFrame, target: Target, *, sheet: str = "Table", allow_cut: bool = False, progress: Share | None = None
) -> Written:
    """Write a workbook: a bold frozen header with a filter, column widths by content, text always as text.

    What Excel cannot hold goes as text and is in the notes (the same as ``excel_notes``). A text longer than a cell holds
    raises WriteError, or is cut with ``allow_cut``. More rows than a sheet holds go on further sheets. The same table gives
    the same bytes.
    """
    if len(table.columns) > MAX_COLUMNS:
        raise WriteError(f"The table has {len(table.columns):,} columns; a sheet of Excel holds {MAX_COLUMNS:,}. Remove columns, or save as CSV.")
    written = Written(excel_notes(table))
    too_much = [n for n in written.notes if "do not fit in a cell" in n.text]
    if too_much and not allow_cut:
        raise WriteError(f"{too_much[0].text} Shorten them, or allow them to be cut, or save as CSV.")
    with opened(target) as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False})
        book.set_properties({"created": CREATED})
        formats = {"header": book.add_format({"bold": True}), "date": book.add_format({"num_format": DATE}), "stamp": book.add_format({"num_format": STAMP})}
        starts = [*range(0, max(len(table), 1), MAX_ROWS - 1), len(table)]
        for number, (start, stop) in enumerate(pairwise(starts), 1):
            page = book.add_worksheet(sheet if number == 1 else f"{sheet[:28]} {number}")
            write_sheet(page, table.iloc[start:stop], formats, lambda n, start=start: progress and progress((start + n) / max(len(table), 1)))
        book.close()
    return written


def write_sheet(page: Worksheet, table: pd.DataFrame, formats: dict[str, object], say: Callable[[int], object]) -> None:
    """One sheet: header, then the cells row by row (constant memory asks for that order)."""
    columns = [arrow(table[name]) for name in table.columns]
    writers = [writer_of(page, values.type, formats) for values in columns]
    for position, (name, values) in enumerate(zip(table.columns, columns, strict=True)):
        page.set_column(position, position, width_of(str(name), values))
    page.freeze_panes(1, 0)
    if columns:
        page.autofilter(0, 0, len(table), len(columns) - 1)
        page.ignore_errors({"number_stored_as_text": f"A1:{xlsxwriter.utility.xl_rowcol_to_cell(len(table), len(columns) - 1)}"})
    for position, name in enumerate(table.columns):
        page.write_string(0, position, str(name)[:MAX_TEXT], formats["header"])
    for start in range(0, len(table), SLICE):
        cells = [excel_values(values.slice(start, SLICE)) for values in columns]
        for row, line in enumerate(zip(*cells, strict=True), start + 1):
            for position, value in enumerate(line):
                if value is not None:
                    writers[position](row, position, value)
        say(min(start + SLICE, len(table)))


def excel_values(values: pa.ChunkedArray) -> list[object]:
    """Values as Excel takes them; text where it cannot hold them."""
    of = values.type
    cells = values.to_pylist()
    if pa.types.is_integer(of) or pa.types.is_decimal(of):
        instead = too_long(values)
    elif pa.types.is_timestamp(of) and of.tz:
        return texts(values)
    elif pa.types.is_date(of) or pa.types.is_timestamp(of):
        instead = out_of_calendar(values)
    else:
        return cells
    for at, text in zip(found := places(instead), texts(values.take(pa.array(found, pa.int64()))), strict=True):
        cells[at] = text
    return cells


def texts(values: pa.ChunkedArray) -> list[object]:
    """Values as exact text."""
    return value_texts(values.combine_chunks()).to_pylist()


def writer_of(page: Worksheet, of: pa.DataType, formats: dict[str, object]) -> Callable[[int, int, object], object]:
    """How cells of a type are written; a text among them is a value that Excel cannot hold."""
    text = page.write_string
    if pa.types.is_large_string(of) or (pa.types.is_timestamp(of) and of.tz):
        return lambda row, column, value: value and text(row, column, value[:MAX_TEXT])
    if pa.types.is_boolean(of):
        return page.write_boolean
    if pa.types.is_date(of) or pa.types.is_timestamp(of):
        style = formats["date" if pa.types.is_date(of) else "stamp"]
        stamp = page.write_datetime
        return lambda row, column, value: text(row, column, value) if type(value) is str else stamp(row, column, value, style)
    number = page.write_number
    return lambda row, column, value: text(row, column, value) if type(value) is str else number(row, column, value)


def width_of(name: str, values: pa.ChunkedArray) -> float:
    """A column width that shows most of the first values."""
    shown = [len(t) for t in texts(values.slice(0, 200)) if t is not None]
    return min(60, max(8, len(name) + 4, *(n + 1 for n in shown))) if shown else min(60, max(8, len(name) + 4))
