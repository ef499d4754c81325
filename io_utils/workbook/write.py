"""A table as an Excel workbook: typed cells, text that stays text, the same bytes for the same table."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from io_utils.delimited.write import value_texts
from io_utils.errors import WriteError
from io_utils.options import Note
from io_utils.tables import arrow, rows_named
from io_utils.target import Share, Target, Written, opened
from io_utils.workbook.address import column_letters
from io_utils.workbook.cells_xml import MAX_TEXT, out_of_calendar, over_length, sheet_rows, too_long

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
CREATED = datetime(2000, 1, 1)  # in every file, so that the same table gives the same bytes
FORMATS = ({"bold": True}, {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm:ss"})  # HEADER, DATE, STAMP


def excel_notes(table: pd.DataFrame) -> list[Note]:
    """What Excel cannot hold of the table and how it is written instead; empty if nothing is lost."""
    notes = []
    for name in table.columns:
        for text, at in column_faults(arrow(table[name])):
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
            yield "dates before 1 March 1900 or after 9999 are written as text, because Excel's calendar does not hold them.", at
        if pa.types.is_timestamp(of) and (at := places(pc.not_equal(pc.microsecond(values), 0))):
            yield "times are cut to milliseconds, because Excel holds no finer ones.", at
    elif pa.types.is_large_string(of):
        if at := over_length(values):
            yield f"texts of more than {MAX_TEXT:,} characters are cut, because a cell of Excel holds no more.", at
        if at := places(pc.equal(values, "")):
            yield "empty text is written as an empty cell, because Excel does not tell it from a missing value.", at


def places(mask: pa.ChunkedArray) -> list[int]:
    """Where a condition is true."""
    return pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist()


class TableSheet(Worksheet):
    """A worksheet whose rows are given as XML; see ``xlsx_cells`` for why."""

    rows: Iterator[str]

    def _write_sheet_data(self) -> None:
        self._xml_start_tag("sheetData")
        for piece in self.rows:
            self.fh.write(piece)
        self._xml_end_tag("sheetData")


def to_xlsx(
    table: pd.DataFrame, target: Target, *, sheet: str = "Table", allow_cut: bool = False, progress: Share | None = None
) -> Written:
    """Write a workbook: a bold frozen header with a filter, column widths by content, text always as text.

    What Excel cannot hold goes as text and is in the notes (the same as ``excel_notes``). A text longer than a cell holds
    raises WriteError, or is cut with ``allow_cut``. More rows than a sheet holds go on further sheets. The same table gives
    the same bytes.
    """
    if len(table.columns) > MAX_COLUMNS:
        raise WriteError(
            f"The table has {len(table.columns):,} columns; a sheet of Excel holds {MAX_COLUMNS:,}. Remove columns, or save as CSV."
        )
    written = Written(excel_notes(table))
    too_much = [name for name in table.columns if pa.types.is_large_string(arrow(table[name]).type) and over_length(arrow(table[name]))]
    if too_much and not allow_cut:
        rows = table.index[over_length(arrow(table[too_much[0]]))].tolist()
        raise WriteError(
            f'Column "{too_much[0]}", {rows_named(rows, "row")}: texts of more than {MAX_TEXT:,} characters do not fit in a cell of Excel. '
            "Shorten them, allow them to be cut, or save as CSV."
        )
    starts = [*range(0, max(len(table), 1), MAX_ROWS - 1), len(table)]
    with opened(target) as file:
        book = Workbook(file)
        book.use_zip64()  # a sheet's XML may pass 4 GB before it is packed
        book.set_properties({"created": CREATED})
        for look in FORMATS:
            book.add_format(look)._get_xf_index()  # fixes the positions that the cells' XML names
        try:
            for number, (start, stop) in enumerate(pairwise(starts), 1):
                page = book.add_worksheet(sheet if number == 1 else f"{sheet[:26]} {number}", TableSheet)
                fill(page, table.iloc[start:stop], start / max(len(table), 1), stop / max(len(table), 1), progress)
            book.close()
        except XlsxWriterException as error:
            raise WriteError(f'The workbook cannot be written: {error}. Choose another name than "{sheet}" for the sheet.') from error
    return written


def fill(page: TableSheet, table: pd.DataFrame, low: float, high: float, progress: Share | None) -> None:
    """Gives a sheet its look and its rows; ``low`` and ``high`` are the shares of the work before and after it."""
    columns = [arrow(table.iloc[:, i]) for i in range(len(table.columns))]
    names = [str(name) for name in table.columns]
    last, right = len(table), max(len(columns) - 1, 0)
    page.dim_rowmin, page.dim_rowmax, page.dim_colmin, page.dim_colmax = 0, last, 0, right
    page.freeze_panes(1, 0)
    for position, (name, values) in enumerate(zip(names, columns, strict=True)):
        page.set_column(position, position, width_of(name, values))
    if columns:
        page.autofilter(0, 0, last, right)
        page.ignore_errors({"number_stored_as_text": page_range(last, right)})
    page.rows = told(sheet_rows(names, columns, last), last, lambda done: progress(low + (high - low) * done) if progress else None)


def told(pieces: Iterator[str], rows: int, say: Callable[[float], None]) -> Iterator[str]:
    """The pieces, with the share of the rows said after each."""
    done = 0
    for piece in pieces:
        yield piece
        done += piece.count("<row ")
        say(min(1.0, done / (rows + 1)))


def page_range(last: int, right: int) -> str:
    """The range from A1 to a row and column, both from 0."""
    return f"A1:{column_letters(right + 1)}{last + 1}"


def width_of(name: str, values: pa.ChunkedArray) -> float:
    """A column width that shows most of the first values."""
    shown = value_texts(values.slice(0, 200).combine_chunks())
    longest = pc.max(pc.utf8_length(shown)).as_py() or 0
    return min(60, max(8, len(name) + 4, longest + 1))
