"""The arithmetic of scaling: groups of rows, statistics of numbers, powers, ranks and row lengths. Missing is NaN here."""

import json
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import arrow, same_memory
from steps.base import numbers
from steps.bits import as_mask
from steps.grouping import codes_of, first_rows
from steps.ordering import in_order

MOST = 200_000  # values that decide a power; more are thinned evenly in order of size
GOLDEN = (5**0.5 - 1) / 2


class Groups(NamedTuple):
    """The group of each row as a number, and the groups' values as JSON text; a missing value is a group of its own."""

    codes: np.ndarray
    keys: list[str]

    def parts(self) -> list[np.ndarray]:
        """The positions of each group's rows, in order."""
        if not self.keys:
            return []
        sizes = np.bincount(self.codes, minlength=len(self.keys))
        return np.split(in_order(self.codes), np.cumsum(sizes)[:-1])


def group_codes(df: pd.DataFrame, names: list[str]) -> np.ndarray:
    """For each row the number of its values in some columns; 0 for all if there are none."""
    codes = np.broadcast_to(np.int64(0), len(df))
    for at, name in enumerate(names):
        own = codes_of(arrow(df[name]))
        codes = own if not at else _numbered(codes * (int(own.max(initial=0)) + 1) + own)
    return codes


def group_rows(df: pd.DataFrame, names: list[str]) -> Groups:
    """The rows by their values in some columns; one group without a key if there are none."""
    codes = group_codes(df, names)
    if not names:
        return Groups(codes, [])
    first = pa.array(first_rows(codes))
    keys = [arrow(df[name]).take(first).cast(pa.large_string()).to_pylist() for name in names]
    write = json.JSONEncoder(ensure_ascii=False).encode
    return Groups(codes, [write(list(key)) for key in zip(*keys, strict=True)])


class Memo:
    """Numbers the rows of a table, once for ``fit`` and ``apply`` of a step if both see the same columns."""

    def __init__(self) -> None:
        self._columns: list[pa.ChunkedArray] = []
        self._groups: Groups | None = None

    def rows(self, df: pd.DataFrame, names: list[str]) -> Groups:
        """As ``group_rows``."""
        columns = [arrow(df[name]) for name in names]
        known = self._groups is not None and len(columns) == len(self._columns) > 0
        if not known or not all(same_memory(a, b) for a, b in zip(columns, self._columns, strict=True)):
            self._columns, self._groups = columns, group_rows(df, names)
        assert self._groups is not None
        return self._groups

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Memo)  # what is remembered makes no difference between two steps

    __hash__ = None  # type: ignore[assignment]


def _numbered(codes: np.ndarray) -> np.ndarray:
    """The same codes from 0 on without gaps, in their order."""
    size = int(codes.max(initial=-1)) + 1
    if size > 4 * len(codes):
        return np.unique(codes, return_inverse=True)[1]
    used = np.zeros(size, bool)  # few enough to have a place each
    used[codes] = True
    return (np.cumsum(used) - 1)[codes]


def floats(df: pd.DataFrame, name: str) -> np.ndarray:
    """A numeric column as doubles, NaN where missing. Raises StepError if it is absent or not numeric."""
    values = arrow(numbers(df, name))
    return np.asarray((pc.fill_null(values, np.nan) if values.null_count else values).to_numpy(), "float64")  # itself it fills slowly


def missing_nan(values: np.ndarray) -> pa.Array:
    """Doubles as Arrow data, NaN as missing; in the same memory."""
    return doubles(values, ~np.isnan(values))


def doubles(values: np.ndarray, known: np.ndarray) -> pa.Array:
    """Doubles as Arrow data, missing where they are not known; in the same memory, several times as fast as ``pa.array``."""
    valid = None if known.all() else as_mask(known).buffers()[1]
    return pa.Array.from_buffers(pa.float64(), len(values), [valid, pa.py_buffer(np.ascontiguousarray(values))])


def ends(x: np.ndarray, groups: Groups) -> tuple[np.ndarray, np.ndarray]:
    """The smallest and the largest number of each group; NaN where it has none."""
    low, high = (np.full(len(groups.keys), np.nan) for _ in "ab")
    np.fmin.at(low, groups.codes, x)
    np.fmax.at(high, groups.codes, x)
    return low, high


def no_infinity(values: pa.Array | pa.ChunkedArray) -> bool:
    """Whether doubles have no infinity, told from their bytes at once; those of missing ones count, too."""
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    return not any(np.isinf(np.frombuffer(c.buffers()[1], "float64")[c.offset : c.offset + len(c)]).any() for c in chunks if len(c))


def yeo_johnson(x: np.ndarray, power: float) -> np.ndarray:
    """The power transformation of Yeo and Johnson (2000)."""
    up, down = np.maximum(x, 0), np.maximum(-x, 0)
    high = np.log1p(up) if abs(power) < 1e-12 else np.expm1(power * np.log1p(up)) / power
    low = np.log1p(down) if abs(power - 2) < 1e-12 else np.expm1((2 - power) * np.log1p(down)) / (2 - power)
    return np.where(x >= 0, high, np.where(np.isnan(x), np.nan, -low))


def best_power(x: np.ndarray) -> float:
    """The power between -5 and 5 that makes the numbers most like a normal distribution (maximum likelihood)."""
    if len(x) > MOST:
        x = np.sort(x)[np.linspace(0, len(x) - 1, MOST).astype("int64")]
    bend = (np.sign(x) * np.log1p(np.abs(x))).sum()

    def misfit(power: float) -> float:
        spread = yeo_johnson(x, power).var()
        return len(x) / 2 * np.log(spread) - (power - 1) * bend if 0 < spread < np.inf else np.inf

    low, high = -5.0, 5.0
    while high - low > 1e-9:
        a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        low, high = (low, b) if misfit(a) <= misfit(b) else (a, high)
    return (low + high) / 2


def average_ranks(x: np.ndarray, known: np.ndarray, groups: Groups) -> tuple[np.ndarray, np.ndarray]:
    """The rank of each number in its group from 1, ties sharing their average, and how many the group has; NaN where unknown."""
    at = np.flatnonzero(known)
    values, codes = x[at], groups.codes[at]
    order = np.lexsort((values, codes))
    values, codes = values[order], codes[order]
    new_group = np.r_[True, codes[1:] != codes[:-1]] if len(at) else np.zeros(0, bool)
    run = np.r_[True, (values[1:] != values[:-1]) | new_group[1:]] if len(at) else new_group
    starts = np.flatnonzero(run)
    ends = np.r_[starts[1:], len(at)]
    group_start = np.maximum.accumulate(np.where(new_group, np.arange(len(at)), 0))
    middle = (starts + ends - 1) / 2
    rank, count = np.full(len(x), np.nan), np.full(len(x), np.nan)
    rank[at[order]] = np.repeat(middle, ends - starts) - group_start + 1
    count[at] = np.bincount(groups.codes[at], minlength=len(groups.keys) or 1)[groups.codes[at]]
    return rank, count


def unit_rows(matrix: np.ndarray, norm: str) -> np.ndarray:
    """Each row divided by its length: the largest size, the sum of sizes (l1) or the root of the sum of squares (l2)."""
    largest = np.abs(matrix).max(axis=1, keepdims=True) if matrix.shape[1] else np.zeros((len(matrix), 1))
    part = matrix / np.where(largest == 0, 1, largest)  # first, or large numbers overflow when squared
    if norm == "max":
        return part
    length = np.abs(part).sum(axis=1, keepdims=True) if norm == "l1" else np.sqrt((part**2).sum(axis=1, keepdims=True))
    return part / np.where(length == 0, 1, length)
