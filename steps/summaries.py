"""What can be worked out of the values of a group: sums, counts, averages, first and last values."""

from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import decimal_to_float, is_number, no_nan
from steps.base import StepError, holds
from steps.grouping import Groups
from steps.values import shortest

Function = Literal[
    "sum", "mean", "weighted_mean", "median", "min", "max", "std", "rows", "count", "nunique", "first", "last", "share", "join"
]
LABELS: dict[str, str] = {
    "sum": "Sum", "mean": "Average", "weighted_mean": "Weighted average", "median": "Median", "min": "Smallest", "max": "Largest",
    "std": "Standard deviation", "rows": "Number of rows", "count": "Number of values", "nunique": "Number of different values",
    "first": "First value", "last": "Last value", "share": "Share of yes", "join": "Joined values",
}  # fmt: skip
NUMERIC = ("sum", "mean", "weighted_mean", "median", "std")


class Summary(NamedTuple):
    """One value for each group; ``too_large`` is true where it is beyond the largest double and therefore missing."""

    values: pa.Array | pa.ChunkedArray
    too_large: np.ndarray | None = None


def as_double(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as doubles; integers above 2^53 become the nearest."""
    if pa.types.is_floating(values.type):
        return values
    return decimal_to_float(values) if pa.types.is_decimal(values.type) else values.cast(pa.float64(), safe=False)


def require_suitable(function: str, of: pa.DataType, name: str) -> None:
    """Raise StepError if the function does not go with the type of the column."""
    wanted = "numbers" if function in NUMERIC and not is_number(of) else None
    wanted = "yes/no values" if function == "share" and not pa.types.is_boolean(of) else wanted
    if wanted:
        raise StepError(
            f"holds {holds(of)}, not {wanted}, which {LABELS[function].lower()} needs",
            column=name, remedy="Make it one first with Change column types, or choose another summary.",
        )  # fmt: skip


def summarise(function: str, values: pa.ChunkedArray, groups: Groups, name: str, separator: str = ", ") -> Summary:
    """The function of the values of each group, missing ones left out; missing where there is none, 0 for counts."""
    require_suitable(function, values.type, name)
    codes = pa.array(groups.codes)
    if values.null_count:
        codes, values = codes.filter(values.is_valid()), values.drop_null()
    size = len(groups.first)
    if function == "median":
        return Summary(*_finite(_median(as_double(values), codes.to_numpy(), size)))
    if function == "join":
        return Summary(_joined(shortest(values), codes, size, separator))
    if function == "sum" and not pa.types.is_floating(values.type):
        return Summary(_exact_sum(values, codes, size, name))
    if function in ("mean", "std", "share", "sum"):
        doubles = values.cast(pa.int64()).cast(pa.float64()) if function == "share" else as_double(values)
        options = pc.VarianceOptions(ddof=1) if function == "std" else None
        return Summary(*_finite(_hashed(doubles, codes, size, {"std": "stddev", "share": "mean"}.get(function, function), options)))
    if function in ("first", "last"):  # by position: the kernel knows no decimals
        places = pa.chunked_array([pa.array(np.arange(len(values)))])
        return Summary(values.take(_hashed(places, codes, size, "min" if function == "first" else "max")))
    kernel = {"nunique": "count_distinct"}.get(function, function)
    made = _hashed(values, codes, size, kernel)
    return Summary(pc.fill_null(made, 0) if function in ("count", "nunique") else made)


def weighted_mean(values: pa.ChunkedArray, weights: pa.ChunkedArray, groups: Groups, name: str, weight: str) -> Summary:
    """The sum of value times weight over the sum of weights, of rows that have both; missing where the weights add up to 0."""
    require_suitable("weighted_mean", values.type, name)
    require_suitable("weighted_mean", weights.type, weight)
    x, w = as_double(values), as_double(weights)
    both = pc.and_(x.is_valid(), w.is_valid())
    codes, x, w = pa.array(groups.codes).filter(both.combine_chunks()), x.filter(both), w.filter(both)
    total = _hashed(w, codes, len(groups.first), "sum")
    product = _hashed(pc.multiply(x, w), codes, len(groups.first), "sum")
    return Summary(*_finite(pc.divide(product, pc.if_else(pc.equal(total, 0.0), pa.scalar(None, pa.float64()), total))))


def _hashed(values: pa.ChunkedArray, codes: pa.Array, size: int, kernel: str, options: object = None) -> pa.ChunkedArray:
    """An Arrow aggregation, one value for each of the groups; in one thread, so that sums and firsts are always the same."""
    table = pa.table({"g": codes, "v": values}).group_by("g", use_threads=False).aggregate([("v", kernel, options)])
    found = table.column("g")
    made = table.column(f"v_{kernel}")
    if len(found) == size and pc.all(pc.equal(found, pa.array(np.arange(size))), min_count=0).as_py():
        return made
    return made.take(pc.index_in(pa.array(np.arange(size)), found.combine_chunks()))


def _finite(values: pa.ChunkedArray) -> tuple[pa.ChunkedArray, np.ndarray | None]:
    """Doubles with what is no number as missing, and where they are too large for a double."""
    infinite = pc.fill_null(pc.invert(pc.is_finite(values)), False)
    some = pc.and_(infinite, pc.is_valid(values))
    if not pc.any(some, min_count=0).as_py():
        return values, None
    values = no_nan(values)
    large = pc.fill_null(pc.is_inf(values), False)
    too_large = large.to_numpy() if isinstance(large, pa.ChunkedArray) else large.to_numpy(zero_copy_only=False)
    return pc.if_else(large, pa.scalar(None, pa.float64()), values), too_large if too_large.any() else None


def _exact_sum(values: pa.ChunkedArray, codes: pa.Array, size: int, name: str) -> pa.ChunkedArray:
    """The sum of integers or decimals; the hash kernel wraps around silently, so that large integers are added as decimals."""
    if pa.types.is_decimal(values.type):
        wide = values.cast(pa.decimal256(76, values.type.scale))
        target = pa.decimal128(38, values.type.scale)
    else:
        low, high = (abs(x or 0) for x in pc.min_max(values).as_py().values())
        if max(low, high) * max(1, len(values)) < 2**63:
            return _hashed(values, codes, size, "sum")
        wide, target = values.cast(pa.decimal256(38, 0)), pa.int64()
    try:
        return _hashed(wide, codes, size, "sum").cast(target)
    except pa.ArrowInvalid as error:
        raise StepError("the sum has too many digits", column=name, remedy="Make the column a number, or an exact decimal.") from error


def _median(values: pa.ChunkedArray, codes: np.ndarray, size: int) -> pa.Array:
    """The middle value, or the mean of the two in the middle."""
    doubles = values.to_numpy()
    order = np.lexsort((doubles, codes))
    ordered, counts = doubles[order], np.bincount(codes, minlength=size)
    starts = np.cumsum(counts) - counts
    has = counts > 0
    made = np.full(size, np.nan)
    low = ordered[(starts + (counts - 1) // 2)[has]]
    high = ordered[(starts + counts // 2)[has]]
    made[has] = low / 2 + high / 2
    same = low == high  # halves of the smallest doubles are not exact
    made[np.flatnonzero(has)[same]] = low[same]
    return pa.array(made, from_pandas=True)


def _joined(texts: pa.ChunkedArray, codes: pa.Array, size: int, separator: str) -> pa.ChunkedArray:
    lists = _hashed(texts, codes, size, "list")
    joined = pc.binary_join(lists.combine_chunks().cast(pa.list_(pa.large_string())), pa.scalar(separator, pa.large_string()))
    return pa.chunked_array([joined])


__all__ = ["LABELS", "Function", "Summary", "as_double", "summarise", "weighted_mean"]
