"""What is to be said about a sheet as it was read: errors, mixed columns, formats that hide digits, formulas without a result."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from io_utils.options import Note
from io_utils.tables import rows_named
from io_utils.workbook.address import column_letters
from io_utils.workbook.cells import DATE, DAY, DURATION, ERROR, KINDS, NUMBER, TIME, Column
from io_utils.workbook.number_format import NumberFormat
from io_utils.workbook.shape import Frame
from io_utils.workbook.to_arrow import kinds_in, value_text

LONG = 1e15  # numbers from here on have more than 15 digits


def mixed_note(name: str, column: Column) -> list[Note]:
    """What a column read as text holds, if it is not text alone."""
    kinds = kinds_in(column)
    if len(kinds) < 2 and not kinds.keys() & {TIME, DURATION}:
        return []
    held = ", ".join(f"{KINDS[kind]} ({count:,})" for kind, count in sorted(kinds.items(), key=lambda item: -item[1]))
    return [Note(text=f'Column "{name}" holds {held}; it is read as text.', column=name)]


def error_notes(name: str, column: Column, rows: np.ndarray, texts: pa.ChunkedArray) -> list[Note]:
    """One note for each code: where the error cells are, which are missing in the table."""
    at = np.flatnonzero(column.kind == ERROR)
    codes: dict[str, list[int]] = {}
    for place, code in zip(at, texts.take(pa.array(column.text[at])).to_pylist(), strict=True):
        codes.setdefault(code, []).append(int(rows[place]))
    notes = []
    for code, found in codes.items():
        cells = "1 cell holds" if len(found) == 1 else f"{len(found):,} cells hold"
        text = f'Column "{name}", {rows_named(found, "row")}: {cells} the error {code}; the value is missing.'
        notes.append(Note(text=text, column=name, row=found[0], kind="warning"))
    return notes


def unsaved_notes(frame: Frame, names: Sequence[str], rows: np.ndarray) -> list[Note]:
    """Formulas whose result is not in the file."""
    there = set(rows.tolist())
    found: dict[int, list[int]] = {}
    for row, column in frame.grid.facts.unsaved:
        if row in there and 0 <= column - frame.left < len(names):
            found.setdefault(column - frame.left, []).append(row)
    return [
        Note(
            text=f'Column "{names[at]}", {rows_named(sorted(where), "row")}: the result of '
            f"{'1 formula is' if len(where) == 1 else f'{len(where):,} formulas is'} not in the file; the value is missing. "
            "Open the file in Excel, save it, and load it again.",
            column=names[at],
            row=min(where),
            kind="warning",
        )
        for at, where in sorted(found.items())
    ]


def long_note(name: str, column: Column, rows: np.ndarray) -> list[Note]:
    """Numbers of more than 15 digits."""
    at = np.flatnonzero((column.kind == NUMBER) & (np.abs(column.number) >= LONG))
    if not len(at):
        return []
    text = (
        f'Column "{name}", {rows_named(rows[at].tolist(), "row")}: numbers of more than 15 digits. '
        "Excel keeps 15, so their last digits may have been lost before; numbers that are names of things are safe only as text."
    )
    return [Note(text=text, column=name, row=int(rows[at[0]]), kind="warning")]


def format_notes(name: str, column: Column, rows: np.ndarray, formats: Sequence[NumberFormat]) -> list[Note]:
    """What Excel shows in another way than the table does: percent, currencies, digits and times that a format hides."""
    notes = []
    is_number, is_date = column.kind == NUMBER, column.kind == DATE
    shown = [(formats[s], is_number & (column.style == s)) for s in np.unique(column.style[is_number]) if s < len(formats)]
    if any(f.percent for f, _ in shown):
        notes.append(Note(text=f'Column "{name}" is shown in percent in Excel; the table holds the number, 0.5 for 50 %.', column=name))
    signs = sorted({f.currency for f, _ in shown if f.currency})
    if signs:
        notes.append(Note(text=f'Column "{name}" is shown in {", ".join(signs)} in Excel; the table holds the number alone.', column=name))
    for form, cells in shown:
        if form.decimals is None:
            continue
        at = np.flatnonzero(cells)
        values = column.number[at]
        more = np.abs(values - np.round(values, form.decimals)) > 1e-12 * np.maximum(1.0, np.abs(values))
        if more.any():
            first = int(at[more][0])
            count = form.decimals - 2 if form.percent else form.decimals
            digits = "no decimals" if not count else "1 decimal" if count == 1 else f"{count} decimals"
            digits = f"percents with {digits}" if form.percent else digits
            text = (
                f'Column "{name}" shows {digits} in Excel; the file holds more in {int(more.sum()):,} of {len(at):,} cells, '
                f"first in row {int(rows[first]):,}: {value_text(NUMBER, float(column.number[first]))}."
            )
            notes.append(Note(text=text, column=name, row=int(rows[first])))
            break
    return notes + hidden_times(name, column, rows, formats, is_date)


def hidden_times(name: str, column: Column, rows: np.ndarray, formats: Sequence[NumberFormat], is_date: np.ndarray) -> list[Note]:
    """Dates whose format does not show the time they hold."""
    days = [s for s, f in enumerate(formats) if f.kind == "date" and not f.shows_time]
    at = np.flatnonzero(is_date & np.isin(column.style, days) & (column.number % DAY != 0))
    if not len(at):
        return []
    text = f'Column "{name}", {rows_named(rows[at].tolist(), "row")}: Excel shows the date only; the file holds a time too.'
    return [Note(text=text, column=name, row=int(rows[at[0]]))]


def sheet_notes(frame: Frame, merged: int, filled: bool, left_out: bool, hidden: int, names_hidden: Sequence[str]) -> list[Note]:
    """Hidden rows and columns, merged cells, and the calendar."""
    notes = []
    by = " by a filter" if frame.grid.facts.filtered else ""
    if hidden:
        were = "1 row was" if hidden == 1 else f"{hidden:,} rows were"
        they = ("it is" if hidden == 1 else "they are") + (" left out and listed" if left_out else " included")
        notes.append(Note(text=f"{were} hidden in Excel{by}; {they}.", kind="warning"))
    if names_hidden:
        named = ", ".join(f'"{n}"' for n in names_hidden)
        what = f"Column {named} was hidden in Excel; it is" if len(names_hidden) == 1 else f"Columns {named} were hidden in Excel; they are"
        notes.append(Note(text=f"{what} {'left out' if left_out else 'included'}.", kind="warning"))
    if merged:
        areas = "1 merged area" if merged == 1 else f"{merged:,} merged areas"
        how = "every cell has the value of its area" if filled else "only the first cell of each has a value"
        notes.append(Note(text=f"The table has {areas} of cells; {how}."))
    if frame.grid.facts.since_1904 and any((c.kind == DATE).any() for c in frame.columns):
        notes.append(Note(text="The workbook counts its days from 1904, as Excel for Mac did; its dates are read so."))
    return notes


def outside_note(grid_columns: Sequence[Column], frame: Frame) -> list[Note]:
    """Cells beside the range, in its rows."""
    last = frame.left + len(frame.columns) - 1
    rows = slice(frame.top - 1, frame.top - 1 + frame.rows)
    there = [i for i, c in enumerate(grid_columns, 1) if (i < frame.left or i > last) and (c.kind[rows] != 0).any()]
    if not there:
        return []
    named = ", ".join(column_letters(i) for i in there[:12]) + (f" and {len(there) - 12:,} more" if len(there) > 12 else "")
    return [Note(text=f"Column{'' if len(there) == 1 else 's'} {named}: outside the range, not read.")]
