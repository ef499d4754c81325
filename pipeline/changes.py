"""Exact differences of two tables by row number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import arrow, flags, is_date, is_text, same_memory, side_by_side

NONE = np.empty(0, "int64")
LARGE, MOMENT = pa.large_string(), pa.timestamp("us")
NUMBER = r"^(?P<sign>-?)(?P<whole>0|[1-9][0-9]*)(?:\.(?P<part>[0-9]*))?(?:[eE](?P<power>[+-]?[0-9]{1,4}))?$"
ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?"
EXACT_WHOLE = r"0|-?[1-9][0-9]{0,17}"
EXACT_DOUBLE = r"-?(0|[1-9][0-9]{0,6})(\.[0-9]{1,8})?|-?[1-9][0-9]{0,11}(\.[0-9]{1,3})?"  # up to 15 digits
OFFSET = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)"


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

    @cached_property
    def rows(self) -> np.ndarray:
        """Numbers of the rows with a changed cell, ascending, each once."""
        some = [rows for rows in self.cells.values() if len(rows)]
        changed = np.zeros(max((int(rows.max()) for rows in some), default=-1) + 1, bool)
        for rows in some:
            changed[rows] = True
        return np.flatnonzero(changed)


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
    known = origins(before, after, renamed or {})
    pairs = {name: (arrow(before[old]), arrow(after[name])) for name, old in known.items()}
    retyped = {name: (a.type, b.type) for name, (a, b) in pairs.items() if a.type != b.type}
    aligned = shared.stays is None
    compared = [name for name, (a, b) in pairs.items() if not (aligned and same_memory(a, b))]

    def changed(name: str) -> np.ndarray:
        a, b = pairs[name]
        return shared.rows[differs(shared.old(a), shared.new(b))]

    found = zip(compared, side_by_side(changed, compared), strict=True)
    return Changes(removed, added, moved, {name: rows for name, rows in found if len(rows)}, retyped)


def origins(before: pd.DataFrame, after: pd.DataFrame, renamed: Mapping[str, str]) -> dict[str, str]:
    """For each later column that was there before, the name it had."""
    earlier = {new: old for old, new in renamed.items() if old in before.columns and new in after.columns}
    kept = {name: name for name in after.columns if name in before.columns and name not in renamed}
    return {name: old for name in after.columns if (old := earlier.get(name, kept.get(name))) is not None}


def row_numbers(index: pd.Index) -> np.ndarray:
    """The row numbers as an array; a RangeIndex would keep the array it gives out for good."""
    return np.arange(index.start, index.stop, index.step) if isinstance(index, pd.RangeIndex) else index.to_numpy()


def align(old_index: pd.Index, new_index: pd.Index) -> tuple[Aligned, np.ndarray, np.ndarray, np.ndarray]:
    """Shared rows of two tables, and the rows removed, added and moved."""
    if old_index is new_index or (isinstance(old_index, pd.RangeIndex) and old_index.equals(new_index)):
        return Aligned(row_numbers(new_index)), NONE, NONE, NONE
    old, new = row_numbers(old_index), row_numbers(new_index)
    if np.array_equal(old, new):
        return Aligned(new), NONE, NONE, NONE
    if _increasing(old) and _increasing(new):
        return _align_increasing(old, new)
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


def _increasing(rows: np.ndarray) -> bool:
    return bool((rows[1:] > rows[:-1]).all())


def _align_increasing(old: np.ndarray, new: np.ndarray) -> tuple[Aligned, np.ndarray, np.ndarray, np.ndarray]:
    """The same where both go up: what both have is in the same order, and no number repeats."""
    top = max(old.max(initial=0), new.max(initial=0)) + 1
    there, here = np.zeros(top, bool), np.zeros(top, bool)
    there[old], here[new] = True, True
    stays, kept = here[old], there[new]
    if kept.all():
        return Aligned(new, stays), old[~stays], NONE, NONE
    return Aligned(new[kept], stays, None, kept), old[~stays], new[~kept], NONE


def differs(a: pa.ChunkedArray, b: pa.ChunkedArray) -> np.ndarray:
    """Where two columns of equal length hold different values, as a NumPy bool array."""
    if a.type == b.type and a.equals(b):  # compared as bytes: far faster than value by value
        return np.zeros(len(a), bool)
    unequal = flags(_unequal(a, b))
    return unequal | flags(pc.xor(pc.is_null(a), pc.is_null(b))) if a.null_count or b.null_count else unequal


def _unequal(a: pa.ChunkedArray, b: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where two columns, of one type or of two, hold different values; null where either is missing."""
    if a.type == b.type:
        return pc.not_equal(a, b)
    if is_text(a.type) or is_text(b.type):
        return _reads_otherwise(a, b) if is_text(a.type) else _reads_otherwise(b, a)
    if is_date(a.type) and is_date(b.type):
        return pc.not_equal(a.cast(MOMENT, safe=False), b.cast(MOMENT, safe=False))
    for whole, double in ((a, b), (b, a)):
        if pa.types.is_integer(whole.type) and pa.types.is_floating(double.type):
            inside = pc.and_(pc.greater_equal(double, -(2.0**63)), pc.less(double, 2.0**63))
            exact = pc.and_(pc.equal(pc.floor(double), double), inside)
            return pc.if_else(exact, pc.not_equal(pc.if_else(exact, double, None).cast(pa.int64()), whole), pc.is_valid(whole))
    return _written_otherwise(a.cast(LARGE), b.cast(LARGE))


def _reads_otherwise(text: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where a text, read as a value of the other column's type, is another value; null where either is missing."""
    if (unequal := _read_at_once(text, values)) is not None:
        return unequal
    text, of = pc.utf8_trim_whitespace(text), values.type
    if pa.types.is_boolean(of):
        return pc.not_equal(pc.utf8_lower(text), values.cast(LARGE))
    if is_date(of):
        zone = pa.types.is_timestamp(of) and of.tz is not None
        read = _moments(_only(text, ISO + OFFSET if zone else ISO, values), zone)
        unequal = pc.not_equal(read, values.cast(read.type))
        return pc.or_kleene(unequal, _open(unequal, text, values))  # what is not written as a date is another value
    if pa.types.is_decimal(of):
        return _written_otherwise(text, values.cast(LARGE))
    # Digits that a double or an integer holds exactly are read at once; all else ("1e5", "2.0" as a whole number) by its digits.
    unequal = pc.not_equal(_only(text, EXACT_WHOLE if pa.types.is_integer(of) else EXACT_DOUBLE, values).cast(of), values)
    rest = _open(unequal, text, values)
    return _put(unequal, rest, _written_otherwise(text.filter(rest), values.filter(rest).cast(LARGE)))


def _read_at_once(text: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Where the texts, read by Arrow as they stand, are other values; None where that does not decide it.

    Numbers of up to 15 characters are held exactly by a double, too.
    """
    of = values.type
    if pa.types.is_boolean(of):
        unequal = pc.not_equal(text, values.cast(LARGE))
        return None if pc.any(unequal).as_py() else unequal
    number = pa.types.is_integer(of) or pa.types.is_floating(of)
    if not number and of not in (pa.date32(), MOMENT):
        return None
    if number and (pc.max(pc.binary_length(text)).as_py() or 0) > 15:
        return None
    given = pc.if_else(values.is_valid(), text, pa.scalar(None, LARGE)) if values.null_count else text
    try:
        unequal = pc.not_equal(given.cast(of), values)
    except pa.ArrowInvalid:
        return None
    return pc.or_(unequal, _odd_start(given)) if number else unequal


def _odd_start(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where a number does not begin as one is written: Arrow reads 007 as 7, 0x1F as 31 and .5 as 0.5."""
    odd = pc.or_(pc.starts_with(text, "."), pc.starts_with(text, "-."))
    for zero in ("0", "-0"):
        begins = pc.starts_with(text, zero)
        if pc.any(begins).as_py():
            longer = pc.and_(begins, pc.greater(pc.binary_length(text), len(zero)))
            odd = pc.or_(odd, pc.and_(longer, pc.invert(pc.starts_with(text, f"{zero}."))))
    return odd


def _only(text: pa.ChunkedArray, pattern: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts that match a pattern as a whole, where the other column has a value; null elsewhere."""
    fits = pc.and_(pc.match_substring_regex(text, f"^({pattern})$"), values.is_valid())
    return pc.if_else(fits, text, pa.scalar(None, LARGE))


def _open(unequal: pa.ChunkedArray, text: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where both columns have a value, but how they compare is not known yet."""
    return pc.and_(unequal.is_null(), pc.and_(text.is_valid(), values.is_valid()))


def _moments(text: pa.ChunkedArray, zone: bool) -> pa.ChunkedArray:
    """ISO texts as timestamps, in UTC if they have an offset; null where a day or time does not exist."""
    of = pa.timestamp("us", "UTC") if zone else MOMENT
    try:
        return text.cast(of)
    except pa.ArrowInvalid:
        read = pd.to_datetime(pd.Series(text.to_pylist(), dtype=object), format="ISO8601", errors="coerce", utc=zone)
        return pa.chunked_array([pa.array(read, of, from_pandas=True)])


def _written_otherwise(a: pa.ChunkedArray, b: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where two texts of numbers are different numbers; null where either is missing."""
    unequal = pc.not_equal(a, b)
    rest = pc.fill_null(unequal, False)
    if not pc.any(rest).as_py():
        return unequal
    return _put(unequal, rest, pc.not_equal(_digits(a.filter(rest)), _digits(b.filter(rest))))


def _put(values: pa.ChunkedArray, where: pa.ChunkedArray, new: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([pc.replace_with_mask(values.combine_chunks(), where.combine_chunks(), new.combine_chunks())])


def _digits(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as their digits and a power of ten ("12.50" and "1.25E1" are both "125e-1"); any other text, "007" too, as it is."""
    sign, whole, part, power = (pc.struct_field(pc.extract_regex(text, NUMBER), [i]).cast(LARGE) for i in range(4))
    digits = _joined(whole, part)
    short = pc.utf8_rtrim(digits, "0")
    power = pc.utf8_ltrim(pc.if_else(pc.equal(power, ""), pa.scalar("0", LARGE), power), "+").cast(pa.int64())
    dropped = pc.subtract(pc.subtract(pc.utf8_length(digits), pc.utf8_length(short)), pc.utf8_length(part))
    written = _joined(sign, pc.utf8_ltrim(short, "0"), pa.scalar("e", LARGE), pc.add(power, dropped.cast(pa.int64())).cast(LARGE))
    return pc.coalesce(pc.if_else(pc.equal(pc.utf8_ltrim(short, "0"), ""), pa.scalar("0", LARGE), written), text)


def _joined(*parts: pa.ChunkedArray | pa.Scalar) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(*parts, pa.scalar("", LARGE))
