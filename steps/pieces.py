"""Lists of text pieces: one column for each place, or one row for each piece. Shared by steps that take text apart."""

import numpy as np
import pandas as pd
import pyarrow as pa

from steps.arrow import arrow


def bounds(lists: pa.LargeListArray | pa.ListArray) -> tuple[np.ndarray, np.ndarray]:
    """Where each row's pieces begin in ``lists.values``, and how many there are; a missing row has none."""
    offsets = lists.offsets.to_numpy().astype("int64")
    return offsets[:-1], np.where(np.asarray(lists.is_valid()), np.diff(offsets), 0)


def place(lists: pa.LargeListArray | pa.ListArray, at: int) -> pa.Array:
    """The piece at this place of each row, null where there are fewer."""
    first, count = bounds(lists)
    return lists.values.take(pa.array(first + at, mask=count <= at))


def one_row_each(df: pd.DataFrame, lists: pa.LargeListArray | pa.ListArray) -> tuple[pd.DataFrame, pa.Array]:
    """The table with one row for each piece (row numbers repeat), and the pieces; a row without a piece stays, with null."""
    first, count = bounds(lists)
    if (count <= 1).all():
        return df, place(lists, 0)
    times = np.maximum(count, 1)
    row = np.repeat(np.arange(len(times)), times)
    within = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    pieces = lists.values.take(pa.array(first[row] + within, mask=count[row] == 0))
    index, take = pd.Index(df.index.to_numpy()[row]), pa.array(row)
    columns = {n: pd.Series(v := arrow(df[n]).take(take), dtype=pd.ArrowDtype(v.type), index=index) for n in df.columns}
    return pd.DataFrame(columns, index=index, columns=df.columns), pieces
