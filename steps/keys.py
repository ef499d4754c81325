"""Rows of two tables with the same key: which belong together."""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from steps.arrow import SPACES, arrow, by_value, is_date, is_number, is_text, per_unique
from steps.base import ColumnName, OtherColumn, StepError, holds, require
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
        a, b = _alike(arrow(df[pair.column]), arrow(other[pair.there]), pair, compare)
        values = pa.chunked_array([*b.chunks, *a.chunks], type=a.type)
        coded = values.combine_chunks().dictionary_encode()
        codes = pc.fill_null(coded.indices.cast(pa.int64()), -1).to_numpy()
        own_right, own_left, own = codes[: len(b)], codes[len(b) :], len(coded.dictionary)
        if not at:
            left, right, different = own_left, own_right, own
            continue
        both = np.concatenate([_combined(right, own_right, own), _combined(left, own_left, own)])
        numbered, uniques = pd.factorize(both)
        numbered = np.where(both < 0, -1, numbered)
        right, left, different = numbered[: len(b)], numbered[len(b) :], len(uniques)
    return Matches(left, right, different)


def find(matches: Matches) -> Found:
    """The rows of the right table that match each row of the left one, in their order."""
    usable = np.flatnonzero(matches.right >= 0)
    keys = matches.right[usable]
    counts = np.bincount(keys, minlength=matches.different + 1)
    first = np.zeros(len(counts) + 1, "int64")
    np.cumsum(counts, out=first[1:])
    ordered = usable[np.argsort(keys, kind="stable")]
    has = matches.left >= 0
    found = np.where(has, counts[np.where(has, matches.left, 0)], 0)
    starts = first[np.where(has, matches.left, 0)]
    if found.max(initial=0) <= 1:
        return Found(found, ordered[starts[found == 1]])
    within = np.arange(found.sum()) - np.repeat(np.cumsum(found) - found, found)
    return Found(found, ordered[np.repeat(starts, found) + within])


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
    trimmed = by_value(values, lambda some: pc.utf8_trim(some, SPACES))
    made = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, TEXT), trimmed)
    return pa.chunked_array([per_unique(made, lambda v: None if v is None else v.casefold(), TEXT)]) if compare == "ignore_case" else made


def _digits(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers written so that equal ones are written alike, whatever their type."""
    text = shortest(values)
    if pa.types.is_decimal(values.type):
        text = pc.replace_substring_regex(text, r"(\.[0-9]*?)0+$", r"\1")
        text = pc.replace_substring_regex(text, r"\.$", "")
    return pc.if_else(pc.equal(text, "-0"), pa.scalar("0", TEXT), text)
