"""Rows of two tables with the same key: which belong together."""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from steps.arrow import arrow, casefolded, flags, is_date, is_number, is_text, repeats, without_spaces
from steps.base import ColumnName, OtherColumn, StepError, holds, require
from steps.ordering import in_order, plain
from steps.values import shortest

Compare = Literal["exact", "trim", "ignore_case"]
COMPARE_LABELS = {"exact": "As written", "trim": "Without spaces around it", "ignore_case": "Without spaces around it, in any case"}
TEXT = pa.large_string()


class KeyPair(BaseModel):
    """A column of this table, and the column of the other table that holds the same."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: ColumnName = Field(title="Column", description="The column of this table.")
    other: OtherColumn = Field("", title="Column there", description="The column of the other table; empty: of the same name.")

    @property
    def there(self) -> str:
        """The column of the other table."""
        return self.other or self.column


class Matches(NamedTuple):
    """A number for each different key, the same in both tables; -1 where a part of the key is missing."""

    left: np.ndarray
    right: np.ndarray
    different: int


class Found(NamedTuple):
    """For each row of the left table how many rows of the right one match, and the positions of those, left row by left row."""

    counts: np.ndarray
    positions: np.ndarray


def match_keys(df: pd.DataFrame, other: pd.DataFrame, pairs: list[KeyPair], compare: Compare) -> Matches:
    """Number the keys of two tables. Missing keys, and blank ones unless compared as written, match nothing.

    Numbers of all types are compared as numbers, dates with moments as moments. Raises StepError for a column that is
    absent or holds another kind than its partner.
    """
    left = right = np.empty(0, "int64")
    different = 0
    for at, pair in enumerate(pairs):
        require(df, pair.column)
        if pair.there not in other.columns:
            offered = ", ".join(other.columns[:12])
            raise StepError("is not in the other table", column=pair.there, remedy=f"Choose one of: {offered}.")
        own = _numbered(*_alike(arrow(df[pair.column]), arrow(other[pair.there]), pair, compare))
        if not at:
            left, right, different = own
            continue
        both = np.concatenate([_combined(right, own.right, own.different), _combined(left, own.left, own.different)])
        numbered, uniques = pd.factorize(both)
        numbered = np.where(both < 0, -1, numbered)
        right, left, different = numbered[: len(right)], numbered[len(right) :], len(uniques)
    return Matches(left, right, different)


def _numbered(a: pa.ChunkedArray, b: pa.ChunkedArray) -> Matches:
    """A number for each different value of two columns of one type."""
    if pa.types.is_integer(a.type) or is_date(a.type):
        one, other = (plain(v.combine_chunks()) for v in (a, b))
        ends = [x for v in (one, other) for x in pc.min_max(v).as_py().values() if x is not None]
        if ends and max(ends) - min(ends) <= 4 * (len(a) + len(b)):  # a place for each value there may be
            return Matches(_from(one, min(ends)), _from(other, min(ends)), max(ends) - min(ends) + 1)
    if repeats(a):
        coded, there = a.combine_chunks().dictionary_encode(), b.combine_chunks().dictionary_encode()
        at = pc.index_in(coded.dictionary, there.dictionary).cast(pa.int64())
        at = pc.coalesce(at, pa.array(len(there.dictionary) + np.arange(len(at))))  # of their own where the second column has none
        return Matches(_codes(at.take(coded.indices)), _codes(there.indices), len(there.dictionary) + len(at))
    whole = pa.chunked_array([*b.chunks, *a.chunks], type=a.type).combine_chunks().dictionary_encode()
    codes = _codes(whole.indices)
    return Matches(codes[len(b) :], codes[: len(b)], len(whole.dictionary))


def _from(values: pa.Array, least: int) -> np.ndarray:
    return np.where(flags(values.is_valid()), pc.fill_null(values, least).to_numpy().astype("int64") - least, -1)


def _codes(values: pa.Array) -> np.ndarray:
    return pc.fill_null(values.cast(pa.int64()), -1).to_numpy()


def find(matches: Matches) -> Found:
    """The rows of the right table that match each row of the left one, in their order."""
    usable = np.flatnonzero(matches.right >= 0)
    keys = matches.right[usable]
    counts = np.bincount(keys, minlength=matches.different + 1)
    has = matches.left >= 0
    found = np.where(has, counts[np.where(has, matches.left, 0)], 0)
    if counts.max(initial=0) <= 1:
        place = np.zeros(len(counts), "int64")
        place[keys] = usable
        return Found(found, place[matches.left[found == 1]])
    first = np.zeros(len(counts) + 1, "int64")
    np.cumsum(counts, out=first[1:])
    ordered = usable[in_order(keys)]
    starts = first[np.where(has, matches.left, 0)]
    within = np.arange(found.sum()) - np.repeat(np.cumsum(found) - found, found)
    return Found(found, ordered[np.repeat(starts, found) + within])


def unmatched(matches: Matches) -> np.ndarray:
    """Which rows of the right table have no row in the left one."""
    known = np.zeros(matches.different + 1, bool)
    known[matches.left[matches.left >= 0]] = True
    return (matches.right < 0) | ~known[matches.right]


def _combined(a: np.ndarray, b: np.ndarray, size: int) -> np.ndarray:
    return np.where((a < 0) | (b < 0), -1, a * max(1, size) + b)


def _alike(a: pa.ChunkedArray, b: pa.ChunkedArray, pair: KeyPair, compare: Compare) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """The two columns of a key in one type, by which they are compared."""
    if is_text(a.type) and is_text(b.type):
        return (a, b) if compare == "exact" else (_plain(a, compare), _plain(b, compare))
    if a.type == b.type:
        return a, b
    if is_number(a.type) and is_number(b.type):
        return _digits(a), _digits(b)
    if is_date(a.type) and is_date(b.type) and getattr(a.type, "tz", None) == getattr(b.type, "tz", None):
        return a.cast(pa.timestamp("us")), b.cast(pa.timestamp("us"))
    if a.null_count == len(a) or b.null_count == len(b):
        return pa.chunked_array([pa.nulls(len(a), TEXT)]), pa.chunked_array([pa.nulls(len(b), TEXT)])
    there = f'"{pair.there}" of the other table holds {holds(b.type)}'
    raise StepError(f"holds {holds(a.type)}, but {there}", column=pair.column, remedy="Make both the same with Change column types.")


def _plain(values: pa.ChunkedArray, compare: Compare) -> pa.ChunkedArray:
    trimmed = without_spaces(values)
    made = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, TEXT), trimmed) if pc.any(pc.equal(trimmed, "")).as_py() else trimmed
    return casefolded(made) if compare == "ignore_case" else made


def _digits(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers written so that equal ones are written alike, whatever their type."""
    text = shortest(values)
    if pa.types.is_decimal(values.type):
        text = pc.replace_substring_regex(text, r"(\.[0-9]*?)0+$", r"\1")
        text = pc.replace_substring_regex(text, r"\.$", "")
    return pc.if_else(pc.equal(text, "-0"), pa.scalar("0", TEXT), text)
