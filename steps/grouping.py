"""Rows that have the same values in some columns: their group, and its first row."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.typing import SeriesGroupBy

from steps.arrow import arrow, blank, flags, is_date, is_text, repeats, side_by_side, slices, whole
from steps.ordering import plain


class Groups(NamedTuple):
    """For each row the number of its group, in the order of first rows; and for each group the position of its first row."""

    codes: np.ndarray
    first: np.ndarray


def coded(values: pa.ChunkedArray) -> tuple[np.ndarray, pa.Array]:
    """A number for each different value in the order of first appearance, missing being one, and these values."""
    parts = side_by_side(_coded, slices(values) if repeats(values) else [values])
    known = parts[0].dictionary
    codes, end = np.empty(len(values), "int64"), 0
    for part in parts:
        own = part.indices.to_numpy()
        if end:  # few values, known already as a rule
            at = pc.index_in(part.dictionary, known)
            new = flags(at.is_null())
            number = pc.fill_null(at, 0).to_numpy().astype("int64")
            number[new] = np.arange(len(known), len(known) + np.count_nonzero(new))
            known = pa.concat_arrays([known, part.dictionary.filter(pa.array(new))])
            own = number[own]
        codes[end : end + len(own)] = own
        end += len(own)
    return codes, known


def _coded(values: pa.ChunkedArray) -> pa.DictionaryArray:
    return whole(values).dictionary_encode(null_encoding="encode")


def by_codes(values: np.ndarray, codes: np.ndarray, size: int) -> SeriesGroupBy:
    """Groups as pandas has them, of rows numbered already below ``size``; it need not number them again."""
    numbered = pd.Categorical.from_codes(codes, categories=pd.RangeIndex(size), validate=False)
    return pd.Series(values, copy=False).groupby(pd.CategoricalIndex(numbered), observed=False)


def codes_of(values: pa.ChunkedArray, blanks: bool = False) -> np.ndarray:
    """A number for each different value in the order of first appearance, missing being one, and blank text the same if asked."""
    codes, different = coded(values)
    if not blanks or not is_text(values.type):
        return codes
    empty = pc.fill_null(blank(different), True).to_numpy(zero_copy_only=False)
    if np.count_nonzero(empty) < 2:
        return codes
    first = np.argmax(empty)
    number = np.cumsum(~empty | (np.arange(len(empty)) == first)) - 1
    return np.where(empty, number[first], number)[codes]


def group(columns: list[pa.ChunkedArray], rows: int, blanks: bool = False) -> Groups:
    """The groups of rows that are equal in all columns, missing equal to missing; one group if there is no column."""
    codes = np.zeros(rows, "int64")
    for at, values in enumerate(columns):
        own = codes_of(values, blanks)
        codes = own if not at else both(codes, own)
    return Groups(codes, first_rows(codes))


def distinct(columns: list[pa.ChunkedArray], rows: int) -> tuple[np.ndarray, int]:
    """A number for each different row, in any order and some left out, and how many rows differ; most by the first columns."""
    codes, size, count = np.zeros(rows, "int64"), 1, min(1, rows)
    for values in columns:
        own, wide = _numbered(values)
        codes, size = codes * wide + own if size > 1 else own, size * wide
        if size > 4 * rows:  # too many to have a place each
            codes, size = pd.factorize(codes)[0], rows
        seen = np.zeros(size, bool)
        seen[codes] = True
        count = int(np.count_nonzero(seen))
        if count == rows:
            break
    return codes, count


def _numbered(values: pa.ChunkedArray) -> tuple[np.ndarray, int]:
    """A number for each different value, missing being one, and what all are below; numbers and dates near each other by themselves."""
    if len(values) and (pa.types.is_integer(values.type) or is_date(values.type)):
        found = plain(whole(values))
        low, high = pc.min_max(found).as_py().values()
        if low is not None and high - low <= 4 * len(found):
            codes = pc.fill_null(found, low).to_numpy().astype("int64") - low
            if found.null_count:
                codes[flags(found.is_null())] = high - low + 1
            return codes, high - low + 2
    codes = codes_of(values)
    return codes, int(codes.max(initial=-1)) + 1


def both(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """A number for each different pair of numbers, in the order of first appearance."""
    wide = int(other.max(initial=0)) + 1
    pairs = one * wide + other  # of fewer than 2^31 rows each: no overflow
    size = (int(one.max(initial=0)) + 1) * wide
    if size > 4 * len(pairs):
        return pd.factorize(pairs)[0]
    first = np.full(size, -1)  # few enough to have a place each
    first[pairs[::-1]] = np.arange(len(pairs) - 1, -1, -1)
    is_first = np.zeros(len(pairs), bool)
    is_first[first[first >= 0]] = True
    number = (np.cumsum(is_first) - 1)[first]
    return number[pairs]


def first_rows(codes: np.ndarray) -> np.ndarray:
    """For each number the position where it stands first; any position for a number that is left out."""
    first = np.empty(int(codes.max(initial=-1)) + 1, "int64")
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first


def heads(values: pa.ChunkedArray, groups: Groups, blanks: bool = False) -> pa.ChunkedArray:
    """The value of each group in a column that it is grouped by, blank text as missing if asked."""
    return _no_blanks(values.take(pa.array(groups.first))) if blanks else values.take(pa.array(groups.first))


def without_blanks(df: pd.DataFrame, name: str, wanted: bool = True) -> pa.ChunkedArray:
    """A column with blank text as missing, if that is wanted."""
    return _no_blanks(arrow(df[name])) if wanted else arrow(df[name])


def _no_blanks(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if not is_text(values.type):
        return values
    empty = blank(values)
    return pc.if_else(empty, pa.scalar(None, values.type), values) if pc.any(empty).as_py() else values
