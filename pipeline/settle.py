"""Bring what a step returned back to the types and row numbers of a table."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import arrow, column, same_memory

NONE = np.empty(0, "int64")


class NotATable(Exception):
    """What a step returned cannot be made a table; the message says why."""


def canonical(of: pa.DataType) -> pa.DataType:
    """The one type of a table that holds these values.

    Raises NotATable for lists, structs, binary, times and durations.
    """
    kinds = pa.types
    if kinds.is_dictionary(of):
        return canonical(of.value_type)
    if kinds.is_large_string(of) or kinds.is_string(of) or kinds.is_string_view(of) or kinds.is_null(of):
        return pa.large_string()
    if kinds.is_integer(of):
        return pa.int64()
    if kinds.is_floating(of):
        return pa.float64()
    if kinds.is_timestamp(of):
        return pa.timestamp("us", of.tz)
    if kinds.is_date(of):
        return pa.date32()
    if kinds.is_boolean(of) or kinds.is_decimal128(of):
        return of
    raise NotATable(f"a cell cannot hold a value of type {of}")


def settle(before: pd.DataFrame | None, after: pd.DataFrame) -> pd.DataFrame:
    """``after`` with every column Arrow-backed in a canonical type, in one chunk, NaN turned to null; unchanged columns are shared.

    Row numbers may repeat (the engine renumbers them), but must be int64. Raises NotATable where a value would change,
    a column name is missing, repeated or not text, or a double is infinite.
    """
    if after.index.dtype != np.dtype("int64"):
        raise NotATable(f"row numbers are {after.index.dtype}, not int64")
    if not after.columns.is_unique:
        raise NotATable("two columns have the same name")
    if wrong := [n for n in after.columns if not isinstance(n, str) or not n]:
        raise NotATable(f"{wrong[0]!r} is not a column name")
    fixed = {name: made for name in after.columns if (made := _settle_column(before, after, name)) is not None}
    return after.assign(**fixed) if fixed else after


def _settle_column(before: pd.DataFrame | None, after: pd.DataFrame, name: str) -> pd.Series | None:
    values = after[name]
    is_arrow = isinstance(values.dtype, pd.ArrowDtype)
    if is_arrow:
        if before is not None and name in before.columns and same_memory(arrow(before[name]), arrow(values)):
            return None
        given = arrow(values)
    else:
        given = _from_numpy(values, name)
    target = canonical(given.type)
    try:
        made = given if given.type == target else given.cast(target)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise NotATable(f'column "{name}" cannot be brought to {target} without changing a value ({error})') from error
    if pa.types.is_floating(made.type):
        made = _finite(made, name)
    if made.num_chunks != 1:  # one chunk: sums do not depend on where a column was cut, and a column is one file
        made = pa.chunked_array([made.combine_chunks()])
    return None if made is given and is_arrow else column(made, after)


def _from_numpy(values: pd.Series, name: str) -> pa.ChunkedArray:
    plain = values.astype(object) if isinstance(values.dtype, pd.CategoricalDtype) else values
    try:
        return pa.chunked_array([pa.array(plain, from_pandas=True)])
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise NotATable(f'column "{name}" holds values that do not go into one column ({error})') from error


def _finite(values: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """The doubles with NaN as null; one pass where all are finite."""
    if pc.all(pc.is_finite(values), skip_nulls=True, min_count=0).as_py():
        return values
    if pc.any(pc.is_inf(values)).as_py():
        raise NotATable(f'column "{name}" holds infinity; the step must reject such a value')
    return pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)


def renumber(table: pd.DataFrame, free: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, int]:
    """Give rows that repeat a row number, and rows made out of nothing (numbers below 0), the next free ones, in table order.

    Returns the table, the positions of the rows made from another one, the rows they came from, and the next free number.
    """
    if isinstance(table.index, pd.RangeIndex) and table.index.min() >= 0:
        return table, NONE, NONE, free
    rows = table.index.to_numpy()
    if not len(rows) or (rows[0] >= 0 and (np.diff(rows) > 0).all()):
        return table, NONE, NONE, free
    again = pd.Series(rows).duplicated().to_numpy() | (rows < 0)  # Index.duplicated would keep 58 MB inside the index
    made = int(again.sum())
    if not made:
        return table, NONE, NONE, free
    numbers = rows.copy()
    numbers[again] = np.arange(free, free + made)
    positions = np.flatnonzero(again & (rows >= 0))
    return table.set_axis(pd.Index(numbers, copy=False), axis=0), positions, rows[positions], free + made
