"""Limit a step to the rows that match a condition, and put its work back into the whole table."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.changes import row_numbers
from steps.arrow import arrow, column, same_memory
from steps.base import Outcome, StepError


def put_back(df: pd.DataFrame, mask: np.ndarray, part: pd.DataFrame, made: Outcome) -> Outcome:
    """The whole table with the matching rows (``df[mask]``, given as ``part``) as the step made them.

    Raises StepError if the step made rows or took columns away, or gave a column another type than the rows outside the condition have.
    """
    after = made.table
    if not np.isin(after.index.to_numpy(), part.index.to_numpy()).all() or after.index.has_duplicates:
        raise StepError("makes new rows and cannot be limited to some rows", remedy='Clear "Only for rows where…".')
    if gone := [n for n in part.columns if n not in after.columns]:
        problem = f'takes away or renames the column "{gone[0]}" and cannot be limited to some rows'
        raise StepError(problem, remedy='Clear "Only for rows where…".')
    columns = {}
    same_rows = after.index.equals(part.index)
    where = pa.array(mask)
    if not same_rows:
        df, where = _same_rows(df, mask, after.index)
    for name in after.columns:
        new = arrow(after[name])
        old = arrow(df[name]) if name in df.columns else None
        if old is not None and same_rows and (same_memory(arrow(part[name]), new) or not len(part)):
            continue
        columns[name] = column(_replace(old, where, new, len(df), name), df)
    return replace(made, table=df.assign(**columns))


def _same_rows(df: pd.DataFrame, mask: np.ndarray, rows: pd.Index) -> tuple[pd.DataFrame, pa.Array]:
    """``df`` without the removed rows, the kept ones in the step's order within the places they had together."""
    numbers = row_numbers(df.index)
    stays = np.isin(numbers, rows.to_numpy()) & mask
    keep = ~mask | stays
    order = numbers[keep].copy()
    order[stays[keep]] = rows.to_numpy()
    return df[keep].set_axis(pd.Index(order, copy=False), axis=0), pa.array(stays[keep])


def _replace(old: pa.ChunkedArray | None, where: pa.Array, new: pa.ChunkedArray, length: int, name: str) -> pa.Array:
    if old is None:
        old = pa.chunked_array([pa.nulls(length, new.type)])
    if old.type != new.type:
        try:
            schemas = [pa.schema([("x", t)]) for t in (old.type, new.type)]
            both = pa.unify_schemas(schemas, promote_options="permissive").field(0).type
            old, new = old.cast(both), new.cast(both)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise StepError(
                f"would be {new.type} in the matching rows and {old.type} in the others", column=name,
                remedy="Write the result to a new column, or run the step on all rows.",
            ) from error  # fmt: skip
    return pc.replace_with_mask(old.combine_chunks(), where, new.combine_chunks())
