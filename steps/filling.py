"""What missing values are filled with: typical values of groups, the values beside a gap, points on a line. Used by ``fillna``."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps import ordering
from steps.arrow import arrow, blank, is_text
from steps.base import StepError, numbers
from steps.grouping import by_codes
from steps.scaling import floats


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
    values = arrow(numbers(df, name))
    count = len(values) - values.null_count
    if not count:
        return {}
    with np.errstate(all="ignore"):  # checked below
        if codes is None:
            result = {0: pc.mean(values).as_py() if mean else _median(floats(df, name).copy(), count)}
        else:
            x, size = floats(df, name), int(codes.max()) + 1
            groups = by_codes(x, codes, size)
            found = (groups.mean() if mean else groups.median()).to_numpy()
            has = np.zeros(size, bool)
            has[codes if count == len(x) else codes[~np.isnan(x)]] = True
            result = dict(zip(np.flatnonzero(has).tolist(), found[has].tolist(), strict=True))
    if not np.isfinite(list(result.values())).all():
        raise StepError("holds numbers too large to be averaged", column=name, remedy="Choose another way to fill.")
    return result


def _median(x: np.ndarray, count: int) -> float:
    """The middle one of ``count`` numbers, or the mean of the two in the middle; the rest are NaN. ``x`` is put in order."""
    middle = count // 2
    x.partition(middle)  # at one place: several times as fast as np.median
    return float(x[middle] if count % 2 else (x[:middle].max() + x[middle]) / 2) + 0.0  # no minus zero


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


class Gaps(NamedTuple):
    """The rows without a value, and for each the nearest row before and after it in its group that has one, -1 where there is none.

    ``since`` and ``until`` say how many rows that is away in the order.
    """

    rows: np.ndarray
    before: np.ndarray
    after: np.ndarray
    since: np.ndarray
    until: np.ndarray


def between(known: np.ndarray, codes: np.ndarray, order: np.ndarray) -> Gaps:
    """The gaps of rows that are in an order, group by group."""
    at = np.flatnonzero(~known[order])
    starts, stops = np.diff(at, prepend=-2) != 1, np.diff(at, append=len(order) + 1) != 1  # of gaps one after the other
    run = np.cumsum(starts) - 1
    before, after, rows = at[starts][run] - 1, at[stops][run] + 1, order[at]
    return Gaps(rows, _same_group(before, rows, codes, order), _same_group(after, rows, codes, order), at - before, after - at)


def _same_group(places: np.ndarray, rows: np.ndarray, codes: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The rows at some places of an order, -1 where the place is outside it or the row is of another group than ``rows``."""
    inside = (places >= 0) & (places < len(order))
    found = order[np.where(inside, places, 0)]
    return np.where(inside & (codes[found] == codes[rows]), found, -1)


def at_rows(values: pa.Array, rows: np.ndarray, length: int) -> pa.Array:
    """A column with the values at these rows, missing elsewhere."""
    place = np.full(length, -1)
    place[rows] = np.arange(len(rows))
    return values.take(pa.array(place, mask=place < 0))


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
