"""A sheet's column to one Arrow type, or to text where its cells differ."""

import datetime as dt

import numpy as np
import pyarrow as pa

from io_utils.workbook.cells import DATE, DAY, DURATION, EMPTY, ERROR, EXACT, NUMBER, TEXT, TIME, YES_NO, Column

Exact = dict[int, str]  # whole numbers beyond what a double holds, as written, by place in the column


def kinds_in(column: Column) -> dict[int, int]:
    """How many cells of each kind there are; errors and empty cells do not count."""
    counts = np.bincount(column.kind, minlength=8)
    return {kind: int(n) for kind, n in enumerate(counts) if n and kind not in (EMPTY, ERROR)}


def to_arrow(column: Column, texts: pa.ChunkedArray, exact: Exact) -> pa.Array:
    """The column in the one type its cells share, else as text; without cells it is text."""
    kinds = set(kinds_in(column))
    if kinds == {NUMBER}:
        whole = numbers(column, exact)
        return as_texts(column, texts, exact) if whole is None else whole
    missing = ~np.isin(column.kind, list(kinds))
    if kinds == {YES_NO}:
        return pa.array(column.number != 0, pa.bool_(), mask=missing)
    if kinds == {DATE}:
        ms = column.number.astype("int64")
        if (np.where(missing, 0, ms) % DAY == 0).all():
            return pa.array((ms // DAY).astype("int32"), pa.int32(), mask=missing).cast(pa.date32())
        return pa.array(ms * 1000, pa.int64(), mask=missing).cast(pa.timestamp("us"))
    return as_texts(column, texts, exact)


def numbers(column: Column, exact: Exact) -> pa.Array | None:
    """Whole numbers as int64, others as doubles; None where neither holds a whole number as it is written."""
    missing = column.kind != NUMBER
    values = np.where(missing, 0.0, column.number)
    whole = bool((np.floor(values) == values).all())
    if not exact:
        if whole and float(np.abs(values).max(initial=0)) <= EXACT:
            return pa.array(values.astype("int64"), mask=missing)
        return pa.array(values, mask=missing)
    if not whole or any(not -(2**63) <= int(text) < 2**63 for text in exact.values()) or float(np.abs(values).max()) >= 2**63:
        return None
    integers = values.astype("int64")
    for at, text in exact.items():
        integers[at] = int(text)
    return pa.array(integers, mask=missing)


def as_texts(column: Column, texts: pa.ChunkedArray, exact: Exact) -> pa.Array:
    """Each cell as text; empty cells and errors are missing."""
    is_text = column.kind == TEXT
    places = column.text.astype("int64")
    if not kinds_in(column).keys() - {TEXT}:
        return one(texts.take(pa.array(places, mask=~is_text)))
    others = np.flatnonzero(~is_text & (column.kind != EMPTY) & (column.kind != ERROR))
    said = [exact.get(int(at)) or value_text(int(column.kind[at]), float(column.number[at])) for at in others]
    places[others] = len(texts) + np.arange(len(others))
    missing = (column.kind == EMPTY) | (column.kind == ERROR)
    both = pa.chunked_array([*texts.chunks, pa.array(said, pa.large_string())], pa.large_string())
    return one(both.take(pa.array(places, mask=missing)))


def one(values: pa.ChunkedArray) -> pa.Array:
    """In one piece of memory."""
    return values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)


def written(column: Column, texts: pa.ChunkedArray) -> pa.Array:
    """Each cell as it is to be shown beside others: as text, errors by their code."""
    shown = column._replace(kind=np.where(column.kind == ERROR, TEXT, column.kind).astype("uint8"))
    return as_texts(shown, texts, {})


def value_text(kind: int, number: float) -> str:
    """A cell as text: numbers in shortest form without ``.0``, TRUE or FALSE, ISO dates and times, durations as h:mm:ss."""
    if kind == NUMBER:
        return str(int(number)) if number.is_integer() and abs(number) < 1e16 else repr(number)
    if kind == YES_NO:
        return "TRUE" if number else "FALSE"
    if kind == DURATION:
        return duration_text(int(number))
    moment = dt.datetime(1970, 1, 1) + dt.timedelta(milliseconds=int(number))
    if kind == TIME:
        return shortened(moment.time().isoformat())
    return moment.date().isoformat() if kind == DATE and moment.time() == dt.time() else shortened(moment.isoformat(" "))


def shortened(said: str) -> str:
    """Milliseconds without the zeros of microseconds."""
    return said.removesuffix("000") if "." in said else said


def duration_text(ms: int) -> str:
    """Hours, minutes and seconds; hours may exceed 24."""
    sign, ms = ("-", -ms) if ms < 0 else ("", ms)
    seconds, rest = divmod(ms, 1000)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{rest:03}" if rest else "")


def row_texts(columns: list[Column], texts: pa.ChunkedArray, first: int, last: int) -> list[list[str | None]]:
    """The cells of some rows (places from ``first``, before ``last``) as text."""
    shown = [written(c.cut(slice(first, last)), texts).to_pylist() for c in columns]
    return [list(cells) for cells in zip(*shown, strict=True)] if columns else [[] for _ in range(max(0, last - first))]
