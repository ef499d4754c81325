"""Exact differences of two tables by row number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import arrow, flags, same_memory

NONE = np.empty(0, "int64")


@dataclass(frozen=True)
class Changes:
    """What differs between two tables: row numbers, by kind of difference.

    ``removed`` in the order of the earlier table, ``added`` and ``moved`` in the order of the later one. ``moved`` are
    kept rows whose rank among the kept rows differs. ``cells`` maps a column (its later name) to the rows whose value
    differs. ``retyped`` maps a column to its types before and after.
    """

    removed: np.ndarray = field(default_factory=lambda: NONE)
    added: np.ndarray = field(default_factory=lambda: NONE)
    moved: np.ndarray = field(default_factory=lambda: NONE)
    cells: Mapping[str, np.ndarray] = field(default_factory=dict)
    retyped: Mapping[str, tuple[pa.DataType, pa.DataType]] = field(default_factory=dict)

    @property
    def rows(self) -> np.ndarray:
        """Numbers of the rows with a changed cell, ascending, each once."""
        return np.unique(np.concatenate([NONE, *self.cells.values()]))


@dataclass(frozen=True)
class Aligned:
    """Which rows two tables share: masks and positions to bring a column of each to the shared rows, in later order."""

    rows: np.ndarray
    stays: np.ndarray | None = None  # mask over the earlier table; None: all rows in the same order
    at: np.ndarray | None = None  # positions in the earlier table, where the order changed
    kept: np.ndarray | None = None  # mask over the later table, where rows were added

    def old(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """A column of the earlier table, at the shared rows."""
        if self.at is not None:
            return values.take(pa.array(self.at))
        return values if self.stays is None else values.filter(pa.array(self.stays))

    def new(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """A column of the later table, at the shared rows."""
        return values if self.kept is None else values.filter(pa.array(self.kept))


def diff(before: pd.DataFrame, after: pd.DataFrame, renamed: Mapping[str, str] | None = None) -> Changes:
    """The exact difference of two tables whose row numbers are unique.

    A cell changed when its value differs: a change of type alone does not count, missing equals missing, "" differs
    from missing. ``renamed`` maps earlier column names to later ones. Raises ValueError if row numbers repeat.
    """
    shared, removed, added, moved = align(before.index, after.index)
    earlier = {new: old for old, new in (renamed or {}).items()}
    cells, retyped = {}, {}
    for name in after.columns:
        old_name = earlier.get(name, name)
        if old_name not in before.columns or (old_name == name and name in (renamed or {})):
            continue
        a, b = arrow(before[old_name]), arrow(after[name])
        if a.type != b.type:
            retyped[name] = (a.type, b.type)
        if shared.stays is None and shared.kept is None and same_memory(a, b):
            continue
        if len(rows := shared.rows[differs(shared.old(a), shared.new(b))]):
            cells[name] = rows
    return Changes(removed, added, moved, cells, retyped)


def align(old_index: pd.Index, new_index: pd.Index) -> tuple[Aligned, np.ndarray, np.ndarray, np.ndarray]:
    """Shared rows of two tables, and the rows removed, added and moved."""
    if old_index is new_index or (isinstance(old_index, pd.RangeIndex) and old_index.equals(new_index)):
        return Aligned(new_index.to_numpy()), NONE, NONE, NONE
    old, new = old_index.to_numpy(), new_index.to_numpy()
    if np.array_equal(old, new):
        return Aligned(new), NONE, NONE, NONE
    place = np.full(max(old.max(initial=0), new.max(initial=0)) + 1, -1, "int64")
    place[old] = np.arange(len(old))
    kept = place[new] >= 0
    rows, added, at = new[kept], new[~kept], place[new[kept]]
    stays = np.zeros(len(old), bool)
    stays[at] = True
    if stays.sum() < len(at) or (place[old] != np.arange(len(old))).any():
        raise ValueError("row numbers repeat")
    moved = rows[at != np.flatnonzero(stays)]
    return Aligned(rows, stays, at if len(moved) else None, kept if len(added) else None), old[~stays], added, moved


def differs(a: pa.ChunkedArray, b: pa.ChunkedArray) -> np.ndarray:
    """Where two columns of equal length hold different values, as a NumPy bool array."""
    if a.type != b.type:
        a, b = _comparable(a, b)
    unequal = flags(pc.not_equal(a, b))
    return unequal | flags(pc.xor(pc.is_null(a), pc.is_null(b))) if a.null_count or b.null_count else unequal


def _comparable(a: pa.ChunkedArray, b: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Two columns of different types, brought to one in which equal values are equal."""
    text = pa.types.is_large_string
    if text(a.type):
        return _read_as(a, b)
    if text(b.type):
        other, this = _read_as(b, a)
        return this, other
    if pa.types.is_temporal(a.type) and pa.types.is_temporal(b.type):
        return a.cast(pa.timestamp("us"), safe=False), b.cast(pa.timestamp("us"), safe=False)
    return _plain_number(a), _plain_number(b)


def _read_as(text: pa.ChunkedArray, values: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Text and typed values as comparable columns: where the text reads as the value they are equal."""
    text = pc.utf8_trim_whitespace(text)
    written = values.cast(pa.large_string())
    if pa.types.is_boolean(values.type):
        return pc.utf8_lower(text), written
    if pa.types.is_temporal(values.type):
        return _plain_time(text), _plain_time(written)
    unequal = pc.fill_null(pc.not_equal(text, written), False)
    if not pc.any(unequal).as_py():
        return text, written
    # "12.50" and 12.5: both in their plain form, only where the shortest form is another
    return tuple(_replaced(v, unequal, _plain_number(v.filter(unequal))) for v in (text, written))


def _replaced(values: pa.ChunkedArray, where: pa.ChunkedArray, new: pa.ChunkedArray) -> pa.Array:
    return pc.replace_with_mask(values.combine_chunks(), where.combine_chunks(), new.combine_chunks())


def _plain_number(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as text without exponent or empty fraction, so that 2, 2.0, 2.00 and 2e0 are equal."""
    text = values.cast(pa.large_string())
    text = _without_exponent(text)
    cut = pc.replace_substring_regex(text, r"(\.[0-9]*?)0+$", r"\1")
    return pc.replace_substring_regex(pc.replace_substring_regex(cut, r"\.$", ""), r"^-0$", "0")


def _without_exponent(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Arrow writes doubles below 1e-6 and from 1e16 with an exponent; such text is written out in full."""
    far = pc.fill_null(pc.match_substring_regex(text, r"^-?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]{1,3}$"), False)
    if not pc.any(far).as_py():
        return text
    full = [format(Decimal(v), "f") for v in text.filter(far).to_pylist()]  # few: numbers this large or small are rare
    return pa.chunked_array([_replaced(text, far, pa.chunked_array([full], pa.large_string()))])


def _plain_time(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Timestamps as text with a space, seconds and no empty time of day or fraction, so that a date equals its midnight."""
    spaced = pc.replace_substring_regex(text, r"^(\d{4}-\d\d-\d\d)T", r"\1 ")
    full = pc.replace_substring_regex(spaced, r"^(\S+ \d\d:\d\d)($|Z|[+-])", r"\1:00\2")
    short = pc.replace_substring_regex(full, r"(\.[0-9]*?)0+($|Z|[+-])", r"\1\2")
    return pc.replace_substring_regex(pc.replace_substring_regex(short, r"\.($|Z|[+-])", r"\1"), r" 00:00:00$", "")
