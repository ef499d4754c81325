"""What charts show, counted here from whole columns: only ranges and counts leave, never the values of rows."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.profile import nice_edges
from steps.arrow import arrow

BARS = 24
APART = 20  # so much wider, one side would be a single bar in the ranges of the other
WIDEST = 64  # columns told apart in patterns of rows
PATTERNS = 8


class Side(NamedTuple):
    """Numbers in ranges: the edges, how many lie between each two (the last edge included), the smallest and the largest."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    least: float
    most: float


class Spread(NamedTuple):
    """Numbers before and after a step, in the same ranges unless one side is ``APART`` times as wide as the other."""

    before: Side
    after: Side

    @property
    def alike(self) -> bool:
        """Whether both are in the same ranges."""
        return self.before.edges == self.after.edges


class Box(NamedTuple):
    """The middle half of the numbers, the range that is usual, both ends, and how many lie below and above that range."""

    least: float
    low: float
    quartiles: tuple[float, float, float]
    high: float
    most: float
    below: int
    above: int


class Pattern(NamedTuple):
    """Rows in which just these columns are missing."""

    columns: tuple[str, ...]
    rows: int


def spread(before: pd.Series, after: pd.Series) -> Spread | None:
    """Both columns in ranges of equal width between round numbers; None unless each holds numbers, and not all the same one.

    Missing values and infinity are in no range.
    """
    was, now = _numbers(before), _numbers(after)
    if not len(was) or not len(now) or min(was.min(), now.min()) == max(was.max(), now.max()):
        return None
    wide = [float(x.max() / 2 - x.min() / 2) for x in (was, now)]  # halves: the distance may be more than a double holds
    if 0 < min(wide) < max(wide) / APART:
        return Spread(_side(was, was, was), _side(now, now, now))
    return Spread(_side(was, was, now), _side(now, was, now))


def _side(x: np.ndarray, one: np.ndarray, other: np.ndarray) -> Side:
    edges = nice_edges(float(min(one.min(), other.min())), float(max(one.max(), other.max())), BARS)
    counts = tuple(int(n) for n in np.histogram(x, edges)[0])
    return Side(tuple(float(e) for e in edges), counts, float(x.min()), float(x.max()))


def box(values: pd.Series, low: float | None, high: float | None) -> Box | None:
    """The numbers of a column against the range from ``low`` to ``high`` that is usual (None: open); None if there are no numbers."""
    x = _numbers(values)
    if not len(x):
        return None
    quartiles = tuple(float(q) for q in np.quantile(x, (0.25, 0.5, 0.75)))
    bottom, top = float(x.min()) if low is None else low, float(x.max()) if high is None else high
    assert len(quartiles) == 3
    return Box(float(x.min()), bottom, quartiles, top, float(x.max()), int((x < bottom).sum()), int((x > top).sum()))


def missing(table: pd.DataFrame) -> tuple[list[Pattern], int]:
    """Which columns are missing together, the commonest first and at most 8, and how many patterns there are.

    Rows without a missing value are a pattern without columns. Of more than 64 columns with missing values those with the
    most are told apart.
    """
    empty = {str(n): arrow(table[n]) for n in table.columns}
    some = sorted((n for n in empty if empty[n].null_count), key=lambda n: -empty[n].null_count)[:WIDEST]
    bits = np.zeros(len(table), np.uint64)
    for at, name in enumerate(some):
        bits |= pc.is_null(empty[name]).to_numpy().astype(np.uint64) << np.uint64(at)
    found, rows = np.unique(bits, return_counts=True)
    order = np.argsort(-rows, kind="stable")
    said = [Pattern(tuple(n for at, n in enumerate(some) if int(found[i]) >> at & 1), int(rows[i])) for i in order[:PATTERNS]]
    return said, len(found)


def _numbers(values: pd.Series) -> np.ndarray:
    """The numbers of a column as float64, without what is missing or infinite."""
    x = pc.cast(arrow(values), pa.float64(), safe=False).drop_null().to_numpy()
    return x[np.isfinite(x)]
