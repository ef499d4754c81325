"""Which rows of a sheet are the table: the range, the header, rows hidden or blank, totals and what stands below."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.delimited.header import joined
from io_utils.delimited.tail import LAST, footer, number, totals
from io_utils.errors import ReadError
from io_utils.options import Note, ReadOptions
from io_utils.workbook.address import MAX_COLUMN, MAX_ROW, Box, box_of
from io_utils.workbook.cells import DATE, EMPTY, NUMBER, TEXT, Column, Grid
from io_utils.workbook.to_arrow import as_texts, row_texts

LOOKED_AT = 1_000  # rows in which a header is looked for by its names
Aside = list[tuple[int, str, str]]


class Frame(NamedTuple):
    """A part of a sheet: its columns, the first's number and the first row's, both from 1, and the rows hidden in it."""

    grid: Grid
    columns: list[Column]
    left: int
    top: int
    rows: int
    hidden: np.ndarray
    hidden_columns: tuple[int, ...] = ()

    def number(self, place: int) -> int:
        """The spreadsheet row of a place."""
        return place + self.top

    def texts(self, first: int, last: int) -> list[list[str | None]]:
        """The cells of some rows as text, by place."""
        return row_texts(self.columns, self.grid.texts, first, last)

    def texts_at(self, places: Sequence[int] | np.ndarray) -> list[list[str | None]]:
        """The cells of rows here and there as text, by place."""
        return row_texts([c.cut(np.array(places, "int64")) for c in self.columns], self.grid.texts, 0, len(places))

    def lines(self, places: Sequence[int] | np.ndarray) -> list[str]:
        """Rows here and there as lines, cells parted by tabs."""
        return ["\t".join(c or "" for c in cells).rstrip("\t") for cells in self.texts_at(places)]


class Header(NamedTuple):
    """The names of a header, its first row (0: none), the place after its last row, and its last line."""

    names: list[str | None]
    row: int
    after: int
    last: list[str | None]


def framed(grid: Grid, options: ReadOptions, where: str) -> tuple[Frame, Aside]:
    """The part of the sheet that the options choose, and the rows outside. Raises ReadError if no value is in it."""
    box = box_of(options.range, where) if options.range else Box(1, 1, MAX_ROW, MAX_COLUMN)
    top, bottom = (box.top, min(box.bottom, grid.rows)) if options.range else (1, grid.rows)
    columns = [c.cut(slice(top - 1, bottom)) for c in grid.columns[box.left - 1 : box.right]]
    filled = [bool((c.kind != EMPTY).any()) for c in columns]
    if not any(filled):
        raise ReadError(f"{where}: no cell of {options.range} holds a value. Choose another range.")
    first = 0 if options.range else filled.index(True)
    rows = bottom - top + 1
    hidden = np.zeros(rows, bool)
    numbers = np.concatenate([np.empty(0, "int64"), *grid.facts.hidden_rows])
    hidden[numbers[(numbers >= top) & (numbers <= bottom)] - top] = True
    left = box.left + first
    spans = grid.facts.hidden_columns
    gone = tuple(c for c in range(left, left + len(columns) - first) if any(a <= c <= b for a, b in spans) and filled[c - box.left])
    frame = Frame(grid, columns[first:], left, top, rows, hidden, gone)
    return frame, outside(grid, top, bottom) if options.range else []


def outside(grid: Grid, top: int, bottom: int) -> Aside:
    """The rows above and below a range."""
    whole = Frame(grid, grid.columns, 1, 1, grid.rows, np.zeros(grid.rows, bool))
    some = filled_rows(grid.columns, grid.rows)
    places = [*range(min(top - 1, grid.rows)), *range(bottom, grid.rows)]
    lines = zip(places, whole.lines(places), strict=True)
    return [(p + 1, "outside the range", line) if some[p] else (p + 1, "blank line", "") for p, line in lines]


def filled_rows(columns: Sequence[Column], rows: int) -> np.ndarray:
    """Which rows hold a value or an error."""
    some = np.zeros(rows, bool)
    for column in columns:
        some |= column.kind != EMPTY
    return some


def fill_merged(frame: Frame, first: int, last: int) -> int:
    """Give every cell of merged areas in some rows (by place) the value of the area's first cell; how many areas there are."""
    count = 0
    for box in frame.grid.facts.merges:
        top, bottom = max(box.top - frame.top, first), min(box.bottom - frame.top + 1, last)
        left, right = max(box.left - frame.left, 0), min(box.right - frame.left + 1, len(frame.columns))
        at, of = box.top - 1, box.left - 1
        if top >= bottom or left >= right or at >= frame.grid.rows or of >= len(frame.grid.columns):
            continue
        count += 1
        for column in frame.columns[left:right]:
            for values, source in zip(column, frame.grid.columns[of], strict=True):
                values[top:bottom] = source[at]
    return count


def merged_in(frame: Frame, first: int) -> int:
    """How many merged areas of more than one cell reach into the rows from a place on."""
    last_column = frame.left + len(frame.columns) - 1
    return sum(
        box.bottom - frame.top >= first and box.top - frame.top < frame.rows and box.left <= last_column and box.right >= frame.left
        for box in frame.grid.facts.merges
        if (box.top, box.left) != (box.bottom, box.right)
    )


def find(frame: Frame, options: ReadOptions, usable: np.ndarray, where: str) -> Header:
    """The header: by the names it had last time, else by its row. Raises ReadError if it cannot be there."""
    if not options.header_row:
        return Header([], 0, 0, [])
    last = frame.number(frame.rows - 1)
    candidates = np.flatnonzero(usable)
    at = options.header_row - frame.top
    if at >= frame.rows:
        raise ReadError(
            f"{where}: the header should be in row {options.header_row:,}, but the sheet ends at row {last:,}. Choose another header row."
        )
    if at <= 0:  # where the header should be in the first row, it is in the first row with a value
        at = int(candidates[0]) if len(candidates) else 0
    if options.columns:
        same = by_names(frame, options, usable)
        at = at if at in same else next(iter(same), at)
    if not len(candidates) or not usable[at]:
        raise ReadError(f"{where}, row {frame.number(at):,}: the header row is blank. Choose another header row.")
    return header_at(frame, at, options)


def header_at(frame: Frame, at: int, options: ReadOptions) -> Header:
    """The header that begins at a place. A merged cell names all columns it spans."""
    after = min(at + options.header_rows, frame.rows)
    copy = [Column(*(values[at:after].copy() for values in c)) for c in frame.columns]
    part = frame._replace(columns=copy, top=frame.number(at), rows=after - at)
    if after - at > 1:
        fill_merged(part, 0, after - at)
    lines = part.texts(0, after - at)
    if len(lines) == 1 or options.header_names == "first":
        names = lines[0]
    else:
        names = lines[-1] if options.header_names == "last" else joined(lines)
    return Header([n or None for n in names], frame.number(at), after, frame.texts(after - 1, after)[0])


def by_names(frame: Frame, options: ReadOptions, usable: np.ndarray) -> list[int]:
    """The places where a header with the names of last time begins."""
    wanted = set(options.columns or ())
    found = []
    lines = frame.texts(0, min(frame.rows, LOOKED_AT))
    for at, cells in enumerate(lines):
        if usable[at] and (options.header_rows > 1 or wanted <= {c for c in cells if c}):
            names = header_at(frame, at, options).names
            if wanted <= {n for n in names if n}:
                found.append(at)
    return found


def not_rows(
    frame: Frame, body: np.ndarray, header: Header, options: ReadOptions, names: Sequence[str]
) -> tuple[dict[int, str], list[Note]]:
    """The places among ``body`` that are no rows (the header again, a total, a footer) with the reason; and what to say of totals."""
    gone: dict[int, str] = {}
    if "repeated_header" in options.leave_out and header.row:
        gone = dict.fromkeys(repeated(frame, body, header.last), "the header again")
    tail = body[-LAST - 1 :]
    if not len(tail):
        return gone, []
    lines = frame.texts_at(tail)
    columns = [pa.chunked_array([pa.array(cells, pa.large_string())]) for cells in zip(*lines, strict=True)]
    size, width = len(tail), len(frame.columns)
    if "footer" in options.leave_out:
        apart = [p for p, before in zip(tail[1:], tail, strict=False) if p - before > 1]  # a sheet tells no short row from a gap
        ragged = {int(p) + frame.top: 1 for p in apart}
        for line in footer(columns, tail + frame.top, width, ragged):
            gone[int(tail[line.at])] = line.reason
            size = min(size, line.at)
    notes: list[Note] = []
    if "total" in options.leave_out:
        for line in totals(columns, width, size):
            at = int(tail[line.at])
            gone[at] = line.reason
            notes = total_notes(frame, np.array([p for p in body if p < at and p not in gone], "int64"), at, names)
    return gone, notes


def repeated(frame: Frame, body: np.ndarray, header: Sequence[str | None]) -> list[int]:
    """The places of rows that say the same as the header."""
    named = [i for i, cell in enumerate(header) if cell]
    if len(named) < min(2, len(header)):
        return []
    at = body
    for i in named:
        cells = frame.columns[i].cut(at)
        if not len(at) or not (cells.kind == TEXT).any():
            return []
        same = pc.fill_null(pc.equal(as_texts(cells, frame.grid.texts, {}), header[i]), False)
        at = at[same.to_numpy(zero_copy_only=False)]
    return [int(p) for p in at]


def total_notes(frame: Frame, body: np.ndarray, at: int, names: Sequence[str]) -> list[Note]:
    """Whether the rows add up to the sheet's own total, column by column."""
    row, said = frame.number(at), frame.texts_at([at])[0]
    notes = []
    for name, column, text in zip(names, frame.columns, said, strict=True):
        kinds = column.kind[body]
        if number(text) is None or not (kinds == NUMBER).any() or np.isin(kinds, (TEXT, DATE)).any():
            continue
        found, wanted = float(column.number[body][kinds == NUMBER].sum()), float(number(text) or 0)
        same = abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))
        what = "the same" if same else f"{found:,.10g}"
        note = f"Row {row:,} is a total and is left out: it says {text}; the rows of {name} add up to {what}."
        notes.append(Note(text=note, column=name, row=row, kind="info" if same else "warning"))
    return notes or [Note(text=f"Row {row:,} is a total and is left out.", row=row)]
