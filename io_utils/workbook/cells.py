"""The cells of a sheet as whole columns: what kind each is, its number or text, and how Excel shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from io_utils.workbook.address import Box
from io_utils.workbook.number_format import NumberFormat

EMPTY, TEXT, NUMBER, YES_NO, DATE, TIME, DURATION, ERROR = range(8)
KINDS = {TEXT: "text", NUMBER: "numbers", YES_NO: "yes/no", DATE: "dates", TIME: "times", DURATION: "durations"}
DAY = 86_400_000  # milliseconds
SINCE_1900, SINCE_1904 = -25_569, -24_107  # days from 1970-01-01 to day 0 of the two calendars of Excel
LAST_DAY = 2_958_466  # 10000-01-01 in the calendar of 1900
EXACT = 2**53  # a workbook's numbers are doubles; beyond this whole numbers are not exact
Value = str | float | int | bool | date | datetime | time | timedelta | None


class Cells(NamedTuple):
    """Cells in the order in which a reader meets them.

    ``number`` holds numbers, 1 and 0 for yes and no, and milliseconds of dates (since 1970), times and durations. ``text`` is a
    place in the sheet's texts (also of an error's code), -1 for none. ``style`` is a place in the book's number formats.
    """

    row: np.ndarray
    column: np.ndarray
    kind: np.ndarray
    number: np.ndarray
    text: np.ndarray
    style: np.ndarray


class Column(NamedTuple):
    """One column of a sheet, a place for each row from the first; see Cells."""

    kind: np.ndarray
    number: np.ndarray
    text: np.ndarray
    style: np.ndarray

    def cut(self, rows: slice | np.ndarray) -> "Column":
        """Some of its rows."""
        return Column(self.kind[rows], self.number[rows], self.text[rows], self.style[rows])


@dataclass
class Facts:
    """What a sheet says besides its cells.

    ``exact`` holds whole numbers that a double cannot, as written, by row and column; ``unsaved`` are formulas without a result.
    """

    hidden_rows: list[np.ndarray] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    filtered: bool = False
    merges: list[Box] = field(default_factory=list)
    unsaved: list[tuple[int, int]] = field(default_factory=list)
    exact: dict[tuple[int, int], str] = field(default_factory=dict)
    since_1904: bool = False


@dataclass
class Grid:
    """A sheet: its columns from A on, its rows from 1 on, both as far as a value reaches."""

    columns: list[Column]
    rows: int
    texts: pa.ChunkedArray
    formats: Sequence[NumberFormat]
    facts: Facts


def empty_cells() -> Cells:
    """No cell."""
    none = np.empty(0, "int32")
    return Cells(none, none, np.empty(0, "uint8"), np.empty(0), none, none)


def joined_cells(parts: Sequence[Cells]) -> Cells:
    """The cells of several parts, without those that hold nothing."""
    if not parts:
        return empty_cells()
    whole = Cells(*(np.concatenate(field) for field in zip(*parts, strict=True)))
    filled = whole.kind != EMPTY
    return whole if filled.all() else Cells(*(values[filled] for values in whole))


def columns_of(cells: Cells) -> tuple[list[Column], int]:
    """The cells as columns, and the number of rows. A cell met twice is as it was last."""
    if not len(cells.row):
        return [], 0
    rows, width = int(cells.row.max()), int(cells.column.max())
    order = np.argsort(cells.column.astype("uint16"), kind="stable")
    ends = np.searchsorted(cells.column[order], np.arange(1, width + 2))
    columns = []
    for start, end in pairwise(ends):
        here = order[start:end]
        at = cells.row[here] - 1
        if end - start == rows and (at[1:] > at[:-1]).all():  # every row once, in order
            columns.append(Column(cells.kind[here], cells.number[here], cells.text[here], cells.style[here].astype("uint16")))
            continue
        column = Column(np.zeros(rows, "uint8"), np.zeros(rows), np.full(rows, -1, "int32"), np.zeros(rows, "uint16"))
        for values, found in zip(column, (cells.kind, cells.number, cells.text, cells.style), strict=True):
            values[at] = found[here]
        columns.append(column)
    return columns, rows


def moments(serials: np.ndarray, since_1904: bool) -> tuple[np.ndarray, np.ndarray]:
    """The kinds and milliseconds of numbers that a format shows as dates or times.

    Below 1 they are times; what no calendar of Excel holds stays a number. Excel's 1900 has a 29 February, so the days before
    it are one late. Milliseconds are the finest a double holds for sure.
    """
    day = np.floor(serials)
    ms = np.rint((serials - day) * DAY)
    late = (serials > 0) & (serials < 60) & (not since_1904)
    when = (day + (SINCE_1904 if since_1904 else SINCE_1900) + late) * DAY + ms
    last = LAST_DAY - (1462 if since_1904 else 0)
    is_time = (serials >= 0) & (serials < 1)
    no_date = (serials < 0) | (serials >= last) | ((day == 60) & (not since_1904))
    kinds = np.where(is_time, TIME, np.where(no_date, NUMBER, DATE)).astype("uint8")
    return kinds, np.where(is_time, np.minimum(ms, DAY - 1), np.where(no_date, serials, when))


def dated(cells: Cells, formats: Sequence[NumberFormat], since_1904: bool) -> Cells:
    """The cells with the numbers that a format shows as dates, times or durations turned into these."""
    kinds = np.array([("number", "date", "time", "duration").index(f.kind) for f in formats] or [0], "uint8")
    style = np.where(cells.style < len(kinds), cells.style, 0)
    of = np.where(cells.kind == NUMBER, kinds[style], 0)
    if not of.any():
        return cells
    kind, number = cells.kind.copy(), cells.number.copy()
    moment = np.flatnonzero((of == 1) | (of == 2))
    kind[moment], number[moment] = moments(number[moment], since_1904)
    lasting = np.flatnonzero(of == 3)
    kind[lasting], number[lasting] = DURATION, np.rint(number[lasting] * DAY)
    return cells._replace(kind=kind, number=number)


class Gather:
    """Collects cells one by one, for readers that meet Python values; texts get their place in ``texts``."""

    def __init__(self) -> None:
        self.row: list[int] = []
        self.column: list[int] = []
        self.kind: list[int] = []
        self.number: list[float] = []
        self.text: list[int] = []
        self.style: list[int] = []
        self.texts: list[str] = []
        self.places: dict[str, int] = {}
        self.facts = Facts()

    def add(self, row: int, column: int, kind: int, number: float = 0.0, style: int = 0) -> None:
        """A cell that holds a number, a yes/no, or milliseconds."""
        self.row.append(row)
        self.column.append(column)
        self.kind.append(kind)
        self.number.append(number)
        self.text.append(-1)
        self.style.append(style)

    def add_text(self, row: int, column: int, text: str, kind: int = TEXT, style: int = 0) -> None:
        """A cell that holds a text, or an error with its code; an empty text is no value."""
        if text == "":
            return
        self.add(row, column, kind, 0.0, style)
        self.text[-1] = self.places.setdefault(text, len(self.texts))
        if self.text[-1] == len(self.texts):
            self.texts.append(text)

    def add_value(self, row: int, column: int, value: Value, style: int = 0) -> None:
        """A cell that holds a Python value."""
        match value:
            case None:
                return
            case str():
                self.add_text(row, column, value, style=style)
            case bool():
                self.add(row, column, YES_NO, float(value), style)
            case int() | float():
                if isinstance(value, int) and abs(value) > EXACT and float(value) != value:
                    self.facts.exact[row, column] = str(value)
                self.add(row, column, NUMBER, float(value), style)
            case datetime():
                self.add(row, column, DATE, float((value - datetime(1970, 1, 1)) // timedelta(milliseconds=1)), style)
            case date():
                self.add(row, column, DATE, float((value - date(1970, 1, 1)).days * DAY), style)
            case time():
                self.add(row, column, TIME, float(time_ms(value)), style)
            case timedelta():
                self.add(row, column, DURATION, float(value // timedelta(milliseconds=1)), style)

    def hide(self, rows: Sequence[int]) -> None:
        """Rows that Excel does not show."""
        self.facts.hidden_rows.append(np.array(rows, "int64"))

    def cells(self) -> Cells:
        """What was collected."""
        return Cells(
            np.array(self.row, "int32"),
            np.array(self.column, "int32"),
            np.array(self.kind, "uint8"),
            np.array(self.number, "float64"),
            np.array(self.text, "int32"),
            np.array(self.style, "int32"),
        )

    def grid(self, formats: Sequence[NumberFormat] = (), since_1904: bool = False) -> Grid:
        """The sheet that was collected; with ``formats``, numbers shown as dates become dates."""
        cells = dated(self.cells(), formats, since_1904) if formats else self.cells()
        self.facts.since_1904 = since_1904
        columns, rows = columns_of(joined_cells([cells]))
        texts = pa.chunked_array([pa.array(self.texts, pa.large_string())], pa.large_string())
        return Grid(columns, rows, texts, formats, self.facts)


def time_ms(value: time) -> int:
    """Milliseconds since midnight."""
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 1000 + value.microsecond // 1000
