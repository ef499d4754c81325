"""What missing values are filled with: typical values of groups, the values beside a gap, points on a line. Used by ``fillna``."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import arrow, blank, is_text
from steps.base import StepError, numbers


def gaps(values: pa.ChunkedArray, blanks: bool) -> pa.ChunkedArray:
    """Where a column has no value; blank text counts if asked."""
    return pc.fill_null(blank(values), True) if blanks and is_text(values.type) else pc.is_null(values)


def without_blanks(values: pa.ChunkedArray, blanks: bool) -> pa.ChunkedArray:
    """The column with blank text turned to missing, if asked; the same memory where there is none."""
    if not (blanks and is_text(values.type)):
        return values
    empty = blank(values)
    return pc.if_else(empty, pa.scalar(None, values.type), values) if pc.any(empty).as_py() else values


def commonest(values: pa.ChunkedArray, codes: np.ndarray) -> dict[int, str]:
    """For each group the value that is there most often, as text; of several the smallest. Groups without a value are left out."""
    keys = values.cast(pa.large_string()) if pa.types.is_boolean(values.type) else values
    found = pa.table({"code": pa.chunked_array([pa.array(codes)]), "value": keys}).filter(keys.is_valid())
    counted = found.group_by(["code", "value"]).aggregate([([], "count_all")])
    order = [("code", "ascending"), ("count_all", "descending"), ("value", "ascending")]
    counted = counted.sort_by(order)
    group = counted["code"].to_numpy()
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else np.zeros(0, "int64")
    said = counted["value"].take(pa.array(first)).cast(pa.large_string()).to_pylist()
    return dict(zip(group[first].tolist(), said, strict=True))


def middles(df: pd.DataFrame, name: str, codes: np.ndarray, mean: bool) -> dict[int, float]:
    """For each group the average or the median of a number column. Groups without a value are left out.

    Raises StepError if a result is not finite.
    """
    x = np.asarray(arrow(numbers(df, name)).to_numpy(), "float64")
    known = ~np.isnan(x)
    result: dict[Any, float]  # pandas calls its keys hashable
    with np.errstate(all="ignore"):  # checked below
        if not codes.any():
            result = {0: float(x[known].mean() if mean else np.median(x[known]))} if known.any() else {}
        else:
            groups = pd.Series(x[known]).groupby(codes[known], sort=True)
            result = dict[Any, float]((groups.mean() if mean else groups.median()).to_dict())
    if not np.isfinite(list(result.values())).all():
        raise StepError("holds numbers too large to be averaged", column=name, remedy="Choose another way to fill.")
    return {int(code): float(value) for code, value in result.items()}


def rounded(value: float, of: pa.DataType) -> str:
    """A number as text that a whole-number or exact-decimal type holds."""
    if pa.types.is_integer(of):
        return str(min(max(round(value), -(2**63)), 2**63 - 1))
    with localcontext() as exact:
        exact.prec = 400
        return format(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-of.scale), ROUND_HALF_EVEN), "f")


def in_order(codes: np.ndarray, by: pa.ChunkedArray | None) -> np.ndarray:
    """Positions of the rows group by group, each group in the order of the column ``by`` (missing last), else as in the table."""
    if by is None and not codes.any():
        return np.arange(len(codes))
    if by is None:
        return np.argsort(codes, kind="stable")
    order = pc.array_sort_indices(by.combine_chunks()).to_numpy().astype("int64")  # stable, missing last
    return order[np.argsort(codes[order], kind="stable")]


def out_of_order(by: pa.ChunkedArray) -> int:
    """How many rows have a smaller value than the row above."""
    known = by.drop_null().combine_chunks()
    return int(pc.sum(pc.less(known[1:], known[:-1])).as_py() or 0) if len(known) > 1 else 0


def beside(known: np.ndarray, codes: np.ndarray, order: np.ndarray, forward: bool, limit: int | None) -> np.ndarray:
    """For each row the position of the nearest row before it (or after it) in its group that has a value; -1 where there is none."""
    way = order if forward else order[::-1]
    here = np.arange(len(way))
    last = np.maximum.accumulate(np.where(known[way], here, -1)) if len(way) else here
    near = (last >= 0) & (codes[way[last]] == codes[way]) if len(way) else last >= 0
    if limit is not None:
        near &= here - last <= limit
    found = np.full(len(way), -1)
    found[way] = np.where(near, way[last], -1) if len(way) else -1
    return found


def on_a_line(y: np.ndarray, before: np.ndarray, after: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Values on the straight line between the known values before and after; NaN where one of them or an ``x`` is missing."""
    inside = np.flatnonzero((before >= 0) & (after >= 0) & np.isnan(y))
    a, b = before[inside], after[inside]
    made = np.full(len(y), np.nan)
    with np.errstate(all="ignore"):  # 0 / 0 where both have the same x
        share = np.where(x[b] == x[a], 0.0, (x[inside] - x[a]) / (x[b] - x[a]))
        made[inside] = y[a] * (1 - share) + y[b] * share
    return made


def places(by: pa.ChunkedArray) -> np.ndarray:
    """The values of a number or date column as doubles to measure distances by; NaN where missing."""
    if pa.types.is_date(by.type):
        by = by.cast(pa.int32())
    elif pa.types.is_timestamp(by.type):
        by = by.cast(pa.int64())
        least = pc.min(by).as_py()
        by = by if least is None else pc.subtract(by.cast(pa.decimal128(20, 0)), pa.scalar(Decimal(least), pa.decimal128(20, 0)))
    if pa.types.is_decimal(by.type):
        by = by.cast(pa.large_string())
    return np.asarray(by.cast(pa.float64(), safe=False).to_numpy(), "float64")
