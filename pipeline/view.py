"""What the grid shows: the whole table sorted and searched by Arrow kernels, then one page of it as text."""

import math
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.changes import Changes
from steps.arrow import arrow, is_text, per_unique

SIZE = 100  # rows on a page
MISSING = "(missing)"
EMPTY = "(empty text)"
WIDE = 1e10  # from here on Arrow writes doubles with an exponent
LARGE = pa.large_string()


@dataclass(frozen=True)
class Window:
    """One page of a table: its rows under their row numbers, and how many rows and pages there are in all."""

    rows: pd.DataFrame
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class ChangedWindow(Window):
    """A page of changed rows as text, changed cells as "old → new"; ``mask`` has the same shape and marks them."""

    mask: pd.DataFrame


def window(
    table: pd.DataFrame,
    *,
    sort: tuple[str, bool] | None = None,
    search: str = "",
    only: Iterable[int] | None = None,
    page: int = 1,
    size: int = SIZE,
) -> Window:
    """One page of the table, sorted, searched and limited to given row numbers as ``order`` says; pages count from 1."""
    return take(table, order(table, sort, search, only), page, size)


def order(
    table: pd.DataFrame, sort: tuple[str, bool] | None = None, search: str = "", only: Iterable[int] | None = None
) -> np.ndarray | None:
    """Positions of the rows to show, in the order to show them; None for all rows as they lie.

    ``sort`` is a column and whether it descends: stable, missing last, numbers by value, text without regard to case and
    then by code point. ``search`` finds literal text in any cell as ``as_text`` writes it, without regard to case.
    """
    positions = None if only is None else np.flatnonzero(np.isin(table.index.to_numpy(), np.asarray(list_of(only), "int64")))
    if search:
        found = _matches(table, search, positions)
        positions = np.flatnonzero(found) if positions is None else positions[found]
    if sort is None or sort[0] not in table.columns:
        return positions
    values = arrow(table[sort[0]])
    values = values if positions is None else values.take(pa.array(positions))
    ranks = _sorted(values, descending=sort[1])
    return ranks if positions is None else positions[ranks]


def take(table: pd.DataFrame, positions: np.ndarray | None, page: int = 1, size: int = SIZE) -> Window:
    """One page of the rows at the positions (None: all); a page outside 1..pages becomes the nearest one."""
    total = len(table) if positions is None else len(positions)
    pages = max(1, math.ceil(total / size))
    page = min(max(page, 1), pages)
    start, stop = (page - 1) * size, min(page * size, total)
    chosen = np.arange(start, stop) if positions is None else positions[start:stop]
    return Window(table.take(chosen), total, page, pages)


def list_of(rows: Iterable[int]) -> np.ndarray | list[int]:
    """Row numbers as something NumPy takes, whatever they came in."""
    return rows if isinstance(rows, np.ndarray) else list(rows)


def texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text without loss: dates in ISO form, doubles shortest, decimals with their scale, true and false."""
    of = values.type
    if is_text(of):
        return values
    if pa.types.is_timestamp(of):
        return _time_texts(values)
    written = values.cast(LARGE)
    if pa.types.is_floating(of):
        return _double_texts(values, written)
    if pa.types.is_decimal(of) and pc.any(pc.match_substring(written, "E")).as_py():
        return pa.chunked_array([per_unique(written, lambda v: None if v is None else format(Decimal(v), "f"), LARGE)])
    return written


def as_text(rows: pd.DataFrame) -> pd.DataFrame:
    """A few rows as Python text, None where missing (dtype object, same index and columns)."""
    columns = {n: pd.Series(texts(arrow(rows[n])).to_pylist(), index=rows.index, dtype=object) for n in rows.columns}
    return pd.DataFrame(columns, index=rows.index, columns=rows.columns)


def changed_window(
    before: pd.DataFrame,
    after: pd.DataFrame,
    changes: Changes,
    *,
    positions: np.ndarray | None = None,
    page: int = 1,
    size: int = SIZE,
    renamed: Mapping[str, str] | None = None,
) -> ChangedWindow:
    """One page of the rows of ``after`` in which a cell changed; changed cells read "old → new".

    ``positions`` (of ``order(after, only=changes.rows, ...)``) sorts or narrows them. ``renamed`` maps old column names to
    new ones. Spaces at the ends of a changed text and invisible signs are shown as signs, so that each change can be seen.
    A row that ``before`` does not have is marked as a whole.
    """
    at = order(after, only=changes.rows) if positions is None else positions
    found = take(after, at, page, size)
    old_names = {new: old for old, new in (renamed or {}).items()}
    numbers = found.rows.index.to_numpy()
    places = _places(before.index, numbers)
    shown = as_text(found.rows)
    mask = pd.DataFrame(False, index=shown.index, columns=shown.columns)
    for name in shown.columns:
        changed = np.isin(numbers, changes.cells.get(name, np.empty(0, "int64")))
        new_row = places < 0
        mask[name] = changed | new_row
        old_name = old_names.get(name, name)
        if changed.any() and old_name in before.columns:
            picked = changed & ~new_row
            old = texts(arrow(before[old_name]).take(pa.array(places[picked]))).to_pylist()
            values = shown[name].to_numpy(copy=True)
            values[picked] = [f"{seen(a)} → {seen(b)}" for a, b in zip(old, values[picked], strict=True)]
            shown[name] = pd.Series(values, index=shown.index, dtype=object)
    return ChangedWindow(shown, found.total, found.page, found.pages, mask)


def seen(text: str | None) -> str:
    """A cell in a sentence or beside its old value: missing and empty in words, spaces at the ends and inner runs as dots."""
    if text is None:
        return MISSING
    if text == "":
        return EMPTY
    body = text.strip(" ")
    lead = len(text) - len(text.lstrip(" ")) if body else len(text)
    tail = len(text) - lead - len(body)
    inner = "".join(signs(c) for c in body)
    while "  " in inner:
        inner = inner.replace("  ", "··")
    return "·" * lead + inner + "·" * tail


NAMED = {"\n": "↵", "\r": "␍", "\t": "⇥", "\xa0": "⍽", "\ufeff": "⟨BOM⟩", "\u200b": "⟨ZWSP⟩"}


def signs(char: str) -> str:
    """One character, or a sign for it where it could not be seen or would turn the direction of the text."""
    if char in NAMED:
        return NAMED[char]
    hidden = not char.isprintable() and char != " "
    return f"⟨U+{ord(char):04X}⟩" if hidden else char


def _places(index: pd.Index, numbers: np.ndarray) -> np.ndarray:
    """Positions of row numbers in an index that may be out of order; -1 where it lacks one."""
    if isinstance(index, pd.RangeIndex):
        return index.get_indexer(pd.Index(numbers))
    held = index.to_numpy()
    spots = np.flatnonzero(np.isin(held, numbers))
    lookup = dict(zip(held[spots].tolist(), spots.tolist(), strict=True))
    return np.array([lookup.get(n, -1) for n in numbers.tolist()], "int64")


def _sorted(values: pa.ChunkedArray, *, descending: bool) -> np.ndarray:
    way = "descending" if descending else "ascending"
    if not is_text(values.type):
        return pc.array_sort_indices(values.combine_chunks(), order=way).to_numpy()
    whole = values.combine_chunks()
    # One key per text: lower case first, then the text itself to settle what differs in case only.
    key = pc.binary_join_element_wise(pc.utf8_lower(whole), whole, pa.scalar("\x00", LARGE))
    return pc.array_sort_indices(key, order=way).to_numpy()


SIGNS = {"integer": "-0123456789", "number": "-+.0123456789e", "date": "-0123456789", "time": "-+.:0123456789 ", "boolean": "truefalse"}


def _may_hold(of: pa.DataType, wanted: str) -> bool:
    """Whether text with these characters can occur in a column of the type at all; spares writing the column."""
    if is_text(of):
        return True
    if pa.types.is_integer(of):
        kind = "integer"
    elif pa.types.is_boolean(of):
        kind = "boolean"
    elif pa.types.is_timestamp(of):
        kind = "time"
    else:
        kind = "date" if pa.types.is_date(of) else "number"
    return set(wanted) <= set(SIGNS[kind])


def _matches(table: pd.DataFrame, search: str, positions: np.ndarray | None) -> np.ndarray:
    """Which rows (of those at the positions) hold the text in any cell."""
    wanted = search.lower()
    length = len(table) if positions is None else len(positions)
    columns = [arrow(table[n]) for n in table.columns if _may_hold(table.dtypes[n].pyarrow_dtype, wanted)]

    def one(values: pa.ChunkedArray) -> np.ndarray:
        values = values if positions is None else values.take(pa.array(positions))
        found = pc.match_substring(texts(values), search, ignore_case=not search.isdecimal())
        return pc.fill_null(found, False).to_numpy()

    result = np.zeros(length, bool)
    with ThreadPoolExecutor(max_workers=4) as pool:
        for found in pool.map(one, columns):
            result |= found
    return result


def _double_texts(values: pa.ChunkedArray, written: pa.ChunkedArray) -> pa.ChunkedArray:
    """Doubles without an exponent up to 10^16, as people write amounts: Arrow starts exponents at 10^10."""
    size = pc.abs(values)
    wide = pc.fill_null(pc.and_(pc.greater_equal(size, WIDE), pc.less(size, 1e16)), False)
    if not pc.any(wide).as_py():
        return written
    exact = pc.if_else(wide, written, pa.scalar(None, LARGE)).cast(pa.decimal128(38, 7)).cast(LARGE)
    plain = pc.utf8_rtrim(pc.utf8_rtrim(exact, characters="0"), characters=".")
    return pc.if_else(wide, plain, written)


def _time_texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Timestamps as ISO text with a space, without an empty fraction, with the offset where the column has a zone."""
    local = values if values.type.tz is None else pc.local_timestamp(values)
    text = pc.replace_substring(local.cast(LARGE), ".000000", "")
    if values.type.tz is None:
        return text
    minutes = pc.divide(pc.subtract(local.cast(pa.int64()), values.cast(pa.timestamp("us")).cast(pa.int64())), 60_000_000)
    return pc.binary_join_element_wise(text, per_unique(minutes, _offset, LARGE), pa.scalar("", LARGE))


def _offset(minutes: int | None) -> str | None:
    if minutes is None:
        return None
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"
