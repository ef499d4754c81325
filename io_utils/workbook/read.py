"""A sheet of a workbook to a table, by the types of its cells."""

import numpy as np
import pandas as pd
import pyarrow as pa

from io_utils.bytes_in import FileBytes
from io_utils.errors import ReadError
from io_utils.options import Limits, Note, Progress, ReadOptions, SheetRule
from io_utils.tables import column_names, frame, set_aside_frame
from io_utils.workbook.cells import EMPTY, Grid
from io_utils.workbook.opened import open_book
from io_utils.workbook.say import (
    error_notes,
    format_notes,
    long_note,
    mixed_note,
    outside_note,
    sheet_notes,
    unsaved_notes,
)  # fmt: skip
from io_utils.workbook.shape import Aside, Frame, Header, fill_merged, filled_rows, find, framed, merged_in, not_rows
from io_utils.workbook.sheets import choose_sheet
from io_utils.workbook.to_arrow import to_arrow


def read_workbook(
    file: FileBytes, options: ReadOptions, limits: Limits, progress: Progress
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note], ReadOptions]:
    """The table, the rows left out, the notes, and the options with the sheet and header that were found."""
    book = open_book(file, limits)
    part = choose_sheet(book, options.sheet)
    where = f'{file.name}, sheet "{part.name}"'
    progress(0.05, f'Reading sheet "{part.name}"')
    grid = book.grid(part)
    if not grid.rows:
        others = ", ".join(f'"{p.name}"' for p in book.parts[:20] if p is not part)
        raise ReadError(f"{where}: the sheet is empty. " + (f"Choose one of: {others}." if others else "Choose another file."))
    if len(grid.columns) > limits.columns:
        raise ReadError(f"{where}: {len(grid.columns):,} columns, but at most {limits.columns:,} can be read.{limits.hint('columns')}")
    if grid.rows > limits.rows:
        raise ReadError(f"{where}: {grid.rows:,} rows, but at most {limits.rows:,} can be read.{limits.hint('rows')}")
    progress(0.7, "Building the table")
    table, aside, notes, header = shaped(grid, options, where)
    rule = (options.sheet or SheetRule(by="name")).model_copy(update={"name": part.name, "position": book.parts.index(part) + 1})
    found = tuple(table.columns) if header.row else None
    left = set_aside_frame(aside, file.name, part.name)
    return table, left, notes, options.model_copy(update={"sheet": rule, "header_row": header.row, "columns": found})


def shaped(grid: Grid, options: ReadOptions, where: str) -> tuple[pd.DataFrame, Aside, list[Note], Header]:
    """The table in a sheet, the rows that are not in it, the notes, and the header."""
    part, aside = framed(grid, options, where)
    left_out = options.hidden == "leave_out"
    some = filled_rows(part.columns, part.rows)
    usable = some & ~part.hidden if left_out else some
    header = find(part, options, usable, where)
    merged = merged_in(part, header.after)
    if merged and options.merged == "fill":
        fill_merged(part, header.after, part.rows)
        some = filled_rows(part.columns, part.rows)
        usable = some & ~part.hidden if left_out else some
    wide = [i + part.left for i in range(len(part.columns))]
    names, notes = column_names(header.names, header.row) if header.row else ([f"column_{i}" for i in wide], [])
    body = np.flatnonzero(usable)
    body = body[body >= header.after]
    gone, more = not_rows(part, body, header, options, names)
    aside += rows_aside(part, some, usable, gone, header)
    body = np.array([p for p in body if p not in gone], "int64") if gone else body
    table, said = to_table(part, body, names, header, left_out)
    notes = [n for n in notes if n.column in table.columns] + said + more + outside_note(grid.columns, part)
    hidden = int((part.hidden & some)[header.after :].sum())
    unseen = [names[c - part.left] for c in part.hidden_columns]
    notes += sheet_notes(part, merged, options.merged == "fill", left_out, hidden, unseen)
    if not len(table):
        notes.append(Note(text=f"{where} has a header but no rows below it.", kind="warning", row=header.row or None))
    return table, aside, notes, header


def rows_aside(part: Frame, some: np.ndarray, usable: np.ndarray, gone: dict[int, str], header: Header) -> Aside:
    """The rows that are not in the table, with the reason."""
    first = header.row - part.top if header.row else 0
    aside: Aside = [(part.number(int(p)), "blank line", "") for p in np.flatnonzero(~some) if p < first or p >= header.after]
    unseen = np.flatnonzero(some & ~usable)
    unseen = unseen[(unseen < first) | (unseen >= header.after)]
    above = np.flatnonzero(usable[:first])
    reasons = ["hidden in Excel"] * len(unseen) + ["above the header"] * len(above) + list(gone.values())
    places = [*unseen.tolist(), *above.tolist(), *gone]
    lines = zip(places, reasons, part.lines(places), strict=True)
    return aside + [(part.number(place), reason, line) for place, reason, line in lines]


def to_table(part: Frame, body: np.ndarray, names: list[str], header: Header, left_out: bool) -> tuple[pd.DataFrame, list[Note]]:
    """Some rows of a sheet as a table, and what is to be said of its columns."""
    whole = len(body) and body[-1] - body[0] == len(body) - 1
    chosen = slice(int(body[0]), int(body[-1]) + 1) if whole else body
    rows = body + part.top
    exact: dict[int, dict[int, str]] = {}
    for (row, column), text in part.grid.facts.exact.items():
        at = int(np.searchsorted(rows, row))
        if at < len(rows) and rows[at] == row:
            exact.setdefault(column - part.left, {})[at] = text
    found: dict[str, pa.Array] = {}
    notes: list[Note] = []
    for i, name in enumerate(names):
        cut = part.columns[i].cut(chosen)
        named = not header.row or header.names[i]
        if (left_out and i + part.left in part.hidden_columns) or not (named or (cut.kind != EMPTY).any()):
            continue
        found[name] = to_arrow(cut, part.grid.texts, exact.get(i, {}))
        notes += mixed_note(name, cut) + error_notes(name, cut, rows, part.grid.texts) + long_note(name, cut, rows)
        notes += format_notes(name, cut, rows, part.grid.formats)
    notes += unsaved_notes(part, names, rows)
    return frame(found, range(int(rows[0]), int(rows[-1]) + 1) if whole else rows), notes
