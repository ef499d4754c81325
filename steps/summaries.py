"""What can be worked out of the values of a group: sums, counts, averages, first and last values."""

from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import decimal_to_float, flags, is_number, no_nan
from steps.base import StepError, holds
from steps.bits import taken
from steps.grouping import Groups, codes_of
from steps.ordering import POSITION, in_order
from steps.values import shortest

Function = Literal[
    "sum", "mean", "weighted_mean", "median", "min", "max", "std", "rows", "count", "nunique", "first", "last", "share", "join"
]
LABELS: dict[str, str] = {
    "sum": "Sum", "mean": "Average", "weighted_mean": "Weighted average", "median": "Median", "min": "Smallest", "max": "Largest",
    "std": "Standard deviation", "rows": "Number of rows", "count": "Number of values", "nunique": "Number of different values",
    "first": "First value", "last": "Last value", "share": "Share of yes", "join": "Joined values",
}  # fmt: skip
LARGE = 300  # values of a group that are not sorted for the middle one
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
    codes, size = groups.codes, len(groups.first)
    if values.null_count:
        at = np.flatnonzero(flags(values.is_valid()))
        codes, values = codes[at], taken(values, at)
    if function == "count":
        return Summary(pa.array(np.bincount(codes, minlength=size)))
    if function == "nunique":
        return Summary(pa.array(_different(codes, codes_of(values), size)))
    if function in ("first", "last"):
        return Summary(values.take(_places(codes, size, function)))
    if function == "join":
        return Summary(_joined(shortest(values), codes, size, separator))
    if function in ("min", "max"):
        return Summary(_hashed(values, codes, size, function))
    if function == "sum" and not pa.types.is_floating(values.type):
        return Summary(_exact_sum(values, codes, size, name))
    doubles = values.cast(pa.int64()).cast(pa.float64()) if function == "share" else as_double(values)
    if function == "median":
        return Summary(*_finite(_median(doubles.to_numpy(), codes, size)))
    if function == "std":
        return Summary(*_finite(_hashed(doubles, codes, size, "stddev", pc.VarianceOptions(ddof=1))))
    total, count = _sums(doubles.to_numpy(), codes, size), np.bincount(codes, minlength=size)
    with np.errstate(all="ignore"):
        made = total if function == "sum" else total / count
    return Summary(*_finite(pa.chunked_array([pa.array(made, mask=count == 0)])))


def weighted_mean(values: pa.ChunkedArray, weights: pa.ChunkedArray, groups: Groups, name: str, weight: str) -> Summary:
    """The sum of value times weight over the sum of weights, of rows that have both; missing where the weights add up to 0."""
    require_suitable("weighted_mean", values.type, name)
    require_suitable("weighted_mean", weights.type, weight)
    x, w = as_double(values), as_double(weights)
    both = pc.and_(x.is_valid(), w.is_valid())
    codes, a, b = groups.codes[both.to_numpy()], x.filter(both).to_numpy(), w.filter(both).to_numpy()
    total = _sums(b, codes, len(groups.first))
    with np.errstate(all="ignore"):
        made = _sums(a * b, codes, len(groups.first)) / total
    return Summary(*_finite(pa.chunked_array([pa.array(made, mask=total == 0)])))


def _sums(values: np.ndarray, codes: np.ndarray, size: int) -> np.ndarray:
    """The sum of each group, added one by one in the order of the rows, so that it is always the same."""
    return np.bincount(codes, weights=values, minlength=size).astype("float64", copy=False)  # of no values it is int64


def _different(codes: np.ndarray, own: np.ndarray, size: int) -> np.ndarray:
    """How many different values each group has."""
    wide = int(own.max(initial=0)) + 1
    pairs = codes * wide + own
    if size * wide <= 4 * len(pairs):
        seen = np.zeros(size * wide, bool)
        seen[pairs] = True
        return seen.reshape(size, wide).sum(axis=1)
    ordered = np.sort(pairs)
    return np.bincount(ordered[np.diff(ordered, prepend=-1) != 0] // wide, minlength=size)


def _places(codes: np.ndarray, size: int, which: str) -> pa.Array:
    """The position of the first or last value of each group, missing where there is none."""
    at = np.arange(len(codes))
    place = np.full(size, -1)
    place[codes if which == "last" else codes[::-1]] = at if which == "last" else at[::-1]
    return pa.array(place, mask=place < 0)


def _hashed(values: pa.ChunkedArray, codes: np.ndarray, size: int, kernel: str, options: object = None) -> pa.ChunkedArray:
    """An Arrow aggregation, one value for each of the groups; in one thread, so that it is always the same."""
    table = pa.table({"g": pa.array(codes), "v": values}).group_by("g", use_threads=False).aggregate([("v", kernel, options)])
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


def _exact_sum(values: pa.ChunkedArray, codes: np.ndarray, size: int, name: str) -> pa.ChunkedArray:
    """The sum of integers or decimals; the hash kernel wraps around silently, so that large integers are added as decimals."""
    if pa.types.is_decimal(values.type):
        wide = values.cast(pa.decimal256(76, values.type.scale))
        target = pa.decimal128(38, values.type.scale)
    else:
        low, high = (abs(x or 0) for x in pc.min_max(values).as_py().values())
        if max(low, high) * max(1, len(values)) < 2**63:
            return _whole_sums(values.to_numpy(), codes, size)
        wide, target = values.cast(pa.decimal256(38, 0)), pa.int64()
    try:
        return _hashed(wide, codes, size, "sum").cast(target)
    except pa.ArrowInvalid as error:
        raise StepError("the sum has too many digits", column=name, remedy="Make the column a number, or an exact decimal.") from error


def _whole_sums(values: np.ndarray, codes: np.ndarray, size: int) -> pa.ChunkedArray:
    """The sums of integers that are known to fit."""
    sums = np.zeros(size, "int64")
    np.add.at(sums, codes, values)
    return pa.chunked_array([pa.array(sums, mask=np.bincount(codes, minlength=size) == 0)])


def _median(doubles: np.ndarray, codes: np.ndarray, size: int) -> pa.ChunkedArray:
    """The middle value, or the mean of the two in the middle."""
    counts = np.bincount(codes, minlength=size)
    starts = np.cumsum(counts) - counts
    has = counts > 0
    made = np.full(size, np.nan)
    if LARGE * size < len(codes):
        low, high = _middles(doubles[in_order(codes)], starts[has].tolist(), counts[has].tolist())
    else:
        order = np.argsort(doubles)
        grouped = np.sort((codes[order] << 32) | np.arange(len(codes)))  # group by group, by size in each
        low, high = (doubles[order[grouped[(starts + at)[has]] & POSITION]] for at in ((counts - 1) // 2, counts // 2))
    with np.errstate(all="ignore"):
        made[has] = np.where(low == high, low, low / 2 + high / 2)  # halves of the smallest doubles are not exact
    return pa.chunked_array([pa.array(made, mask=~has)])


def _middles(ordered: np.ndarray, starts: list[int], counts: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """The two values in the middle of each group, the same one where their number is odd. ``ordered`` is put in order in part."""
    found = []
    for start, count in zip(starts, counts, strict=True):  # of large groups, which are not sorted for two of their values
        group, middle = ordered[start : start + count], count // 2
        group.partition(middle)
        found.append((group[middle] if count % 2 else group[:middle].max(), group[middle]))
    low, high = np.array(found, "float64").reshape(-1, 2).T
    return low, high


def _joined(texts: pa.ChunkedArray, codes: np.ndarray, size: int, separator: str) -> pa.ChunkedArray:
    counts = np.bincount(codes, minlength=size)
    ends = pa.array(np.r_[0, np.cumsum(counts)])
    lists = pa.LargeListArray.from_arrays(ends, texts.take(pa.array(in_order(codes))).combine_chunks(), mask=pa.array(counts == 0))
    return pa.chunked_array([pc.binary_join(lists, pa.scalar(separator, pa.large_string()))])


__all__ = ["LABELS", "Function", "Summary", "as_double", "summarise", "weighted_mean"]
