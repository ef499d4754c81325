"""Cells of a workbook's column to one Arrow type, or to text where they differ."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pyarrow as pa
import pyarrow.compute as pc

Value = str | float | int | bool | date | datetime | time | timedelta
NAMES = {"text": "text", "number": "numbers", "yes/no": "yes/no", "date": "dates", "time": "times", "duration": "durations"}
KINDS: dict[type, str] = {
    str: "text",
    float: "number",
    int: "number",
    bool: "yes/no",
    date: "date",
    datetime: "date",
    time: "time",
    timedelta: "duration",
}
EXACT = 2**53  # a workbook's numbers are doubles; beyond this whole numbers are not exact


class ColumnBuilder:
    """Collects a column batch by batch; ``finish`` gives one Arrow column."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.batches: list[tuple[str | None, pa.Array]] = []  # kind (None: cells of several kinds, as text), values

    def add(self, cells: Sequence[Value]) -> None:
        """Add cells; an empty text is a cell without a value."""
        types = set(map(type, cells))
        kinds = {KINDS[t] for t in types}
        empty = cells.count("") if str in types else 0
        filled = [c if c != "" else None for c in cells] if empty else cells
        if empty and all(c is None or type(c) is not str for c in filled):
            kinds.discard("text")
        if len(kinds) == 1:
            kind = kinds.pop()
            self.counts[kind] += len(cells) - empty
            self.batches.append((kind, typed(filled, kind)))
            return
        self.counts.update(KINDS[type(c)] for c in filled if c is not None)
        texts = pa.array([None if c is None else cell_text(c) for c in filled], pa.large_string())
        self.batches.append((None, texts))

    def finish(self) -> pa.ChunkedArray:
        """The column in its one type, or as text if its cells differ."""
        if len(self.counts) == 1 and next(iter(self.counts)) not in ("time", "duration"):
            kind = next(iter(self.counts))
            one = [values if k == kind else pa.nulls(len(values), EMPTY[kind]) for k, values in self.batches]
            return narrowed(pa.chunked_array(one, EMPTY[kind]))
        texts = [values if k is None or k == "text" else as_text(values, k) for k, values in self.batches]
        return pa.chunked_array(texts, pa.large_string())


EMPTY = {"text": pa.large_string(), "number": pa.float64(), "yes/no": pa.bool_(), "date": pa.timestamp("us")}


def typed(cells: Sequence[Value | None], kind: str) -> pa.Array:
    """Cells of one kind as Arrow data; times and durations as text."""
    if kind in ("time", "duration"):
        return pa.array([None if c is None else cell_text(c) for c in cells], pa.large_string())
    if kind == "date":
        cells = [datetime(c.year, c.month, c.day) if type(c) is date else c for c in cells]
    if kind == "number":
        cells = [float(c) if isinstance(c, int) else c for c in cells]
    return pa.array(cells, EMPTY[kind])


def narrowed(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Doubles that are all whole as int64, timestamps that are all at midnight as date32; others as they are."""
    if pa.types.is_floating(values.type):
        whole = pc.and_(pc.equal(pc.floor(values), values), pc.less_equal(pc.abs(values), EXACT))
        return values.cast(pa.int64()) if pc.all(whole).as_py() is not False else values
    if pa.types.is_timestamp(values.type):
        days = values.cast(pa.date32(), safe=False)
        return days if pc.all(pc.equal(days.cast(values.type), values)).as_py() is not False else values
    return values


def as_text(values: pa.Array, kind: str) -> pa.Array:
    """A batch of one kind as the text it has in a mixed column."""
    if values.type == pa.large_string():
        return values
    return pa.array([None if v is None else cell_text(v) for v in values.to_pylist()], pa.large_string())


def cell_text(value: Value) -> str:
    """A cell as text: numbers in shortest form without ``.0``, TRUE or FALSE, ISO dates, times and durations as h:mm:ss."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case timedelta():
            return duration_text(value)
        case date() | time():
            return value.isoformat()
    return value


def duration_text(value: timedelta) -> str:
    """Hours, minutes and seconds; hours may exceed 24."""
    seconds = value // timedelta(seconds=1)
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
