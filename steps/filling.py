"""What missing values are filled with: typical values of groups, the values beside a gap, points on a line. Used by ``fillna``."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps import ordering
from steps.arrow import arrow, blank, flags, is_text
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


def commonest(values: pa.ChunkedArray, codes: np.ndarray | None = None) -> dict[int, str]:
    """For each group (0 if there are none) the value that is there most often, as text; of several the smallest.

    Groups without a value are left out.
    """
    keys = values.cast(pa.large_string()) if pa.types.is_boolean(values.type) else values
    if codes is None:
        counted = pc.value_counts(keys)
        counted = counted.filter(counted.field(0).is_valid())
        different, counts = counted.field(0), counted.field(1)
        if not len(different):
            return {}
        most = different.filter(pc.equal(counts, pc.max(counts)))
        return {0: most.take(pc.array_sort_indices(most)[:1]).cast(pa.large_string())[0].as_py()}
    coded = keys.combine_chunks().dictionary_encode()
    found = pa.table({"code": codes, "value": coded.indices}).filter(coded.indices.is_valid())
    counted = found.group_by(["code", "value"]).aggregate([([], "count_all")])
    counted = counted.set_column(counted.column_names.index("value"), "value", coded.dictionary.take(counted["value"]))
    counted = counted.sort_by([("code", "ascending"), ("count_all", "descending"), ("value", "ascending")])
    group = counted["code"].to_numpy()
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else np.zeros(0, "int64")
    said = counted["value"].take(pa.array(first)).cast(pa.large_string()).to_pylist()
    return dict(zip(group[first].tolist(), said, strict=True))


def middles(df: pd.DataFrame, name: str, mean: bool, codes: np.ndarray | None = None) -> dict[int, float]:
    """For each group (0 if there are none) the average or the median of a number column. Groups without a value are left out.

    Raises StepError if a result is not finite.
    """
    values = arrow(numbers(df, name)).combine_chunks()
    result: dict[Any, float]  # pandas calls its keys hashable
    with np.errstate(all="ignore"):  # checked below
        if values.null_count == len(values):
            result = {}
        elif codes is None:
            result = {0: pc.mean(values).as_py() if mean else float(np.median(values.drop_null().to_numpy()))}
        else:
            groups = pd.Series(values.drop_null().to_numpy()).groupby(codes[flags(values.is_valid())], sort=True)
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
    if by is None:
        return ordering.in_order(codes) if codes.any() else np.arange(len(codes))
    order = pc.array_sort_indices(by.combine_chunks()).to_numpy().astype("int64")  # stable, missing last
    return order[ordering.in_order(codes[order])]


def out_of_order(by: pa.ChunkedArray) -> int:
    """How many rows have a smaller value than the row above."""
    known = by.drop_null().combine_chunks()
    return int(pc.sum(pc.less(known[1:], known[:-1])).as_py() or 0) if len(known) > 1 else 0


def beside(known: np.ndarray, codes: np.ndarray, order: np.ndarray, forward: bool, limit: int | None) -> np.ndarray:
    """For each row without a value the nearest row before it (or after it) in its group that has one; -1 for all others."""
    way = order if forward else order[::-1]
    has = known[way]
    there, gaps = np.flatnonzero(has), np.flatnonzero(~has)
    before = np.cumsum(has)[gaps]  # how many values come before each gap
    found = np.full(len(way), -1)
    gaps, before = gaps[before > 0], before[before > 0]
    last = there[before - 1]
    near = codes[way[last]] == codes[way[gaps]]
    if limit is not None:
        near &= gaps - last <= limit
    found[way[gaps[near]]] = way[last[near]]
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
