"""Rows that have the same values in some columns: their group, and its first row."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import arrow, blank, is_text


class Groups(NamedTuple):
    """For each row the number of its group, in the order of first rows; and for each group the position of its first row."""

    codes: np.ndarray
    first: np.ndarray


def codes_of(values: pa.ChunkedArray) -> np.ndarray:
    """A number for each different value, missing being one."""
    coded = values.combine_chunks().dictionary_encode(null_encoding="encode")
    return coded.indices.to_numpy(zero_copy_only=False).astype("int64", copy=False)


def group(columns: list[pa.ChunkedArray], rows: int) -> Groups:
    """The groups of rows that are equal in all columns, missing equal to missing; one group if there is no column."""
    codes = np.zeros(rows, "int64")
    for at, values in enumerate(columns):
        own = codes_of(values)
        codes = own if not at else pd.factorize(codes * (own.max(initial=0) + 1) + own)[0]
    first = np.empty(int(codes.max(initial=-1)) + 1, "int64")
    first[codes[::-1]] = np.arange(rows - 1, -1, -1)
    return Groups(codes, first)


def without_blanks(df: pd.DataFrame, name: str, wanted: bool = True) -> pa.ChunkedArray:
    """A column with blank text as missing, if that is wanted."""
    values = arrow(df[name])
    if not wanted or not is_text(values.type):
        return values
    empty = pc.fill_null(blank(values), False)
    return pc.if_else(empty, pa.scalar(None, values.type), values) if pc.any(empty).as_py() else values
