"""Columns of Arrow data with names and row numbers to the table that the rooms share."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pyarrow as pa

from io_utils.options import Note

SHOWN = 5  # rows named in a message before "and 12 more"


def arrow(values: pd.Series) -> pa.ChunkedArray:
    """The column as Arrow data, without copying."""
    return pa.chunked_array(values)


def index_of(rows: np.ndarray | range) -> pd.Index:
    """Row numbers as an index; a RangeIndex (no memory) where they are consecutive."""
    if isinstance(rows, range):
        return pd.RangeIndex(rows.start, rows.stop)
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
        return pd.RangeIndex(int(rows[0]), int(rows[-1]) + 1)
    return pd.RangeIndex(0) if not len(rows) else pd.Index(rows)


def frame(columns: Mapping[str, pa.ChunkedArray | pa.Array], rows: np.ndarray | range) -> pd.DataFrame:
    """Named Arrow columns as a table, each in one chunk, so that sums do not depend on where a reader cut it."""
    index = index_of(rows)
    with ThreadPoolExecutor(2) as pool:
        whole = dict(zip(columns, pool.map(one_chunk, columns.values()), strict=True))
    series = {name: pd.Series(values, dtype=pd.ArrowDtype(values.type), index=index) for name, values in whole.items()}
    return pd.DataFrame(series, index=index)


def one_chunk(values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """The column in one piece of memory; as it is if it is one."""
    return pa.chunked_array([values.combine_chunks()]) if isinstance(values, pa.ChunkedArray) and values.num_chunks != 1 else values


def set_aside_frame(lines: Iterable[tuple[int, str, str]], file: str, sheet: str | None) -> pd.DataFrame:
    """Records left out (row, reason, text), in row order."""
    found = sorted(lines)
    size = len(found)
    columns = {
        "file": pa.array([file] * size, pa.large_string()),
        "sheet": pa.array([sheet] * size, pa.large_string()),
        "line": pa.array([line for line, _, _ in found], pa.int64()),
        "reason": pa.array([reason for _, reason, _ in found], pa.large_string()),
        "text": pa.array([text for _, _, text in found], pa.large_string()),
    }
    return frame(columns, range(size))


def column_names(header: Sequence[str | None], row: int) -> tuple[list[str], list[Note]]:
    """Unique names that are not blank: a repeated one gets ``_2``, a blank one becomes ``column_3``; each is noted."""
    wanted = {name for name in header if name}
    taken: set[str] = set()
    names: list[str] = []
    notes: list[Note] = []
    for position, cell in enumerate(header, 1):
        name = cell if cell and cell.strip() else f"column_{position}"
        if name in taken or (name is not cell and name in wanted):
            name = free_name(name, taken | wanted)
        if not (cell and cell.strip()):
            notes.append(Note(text=f'Column {position} has no name in the header; it is called "{name}".', column=name, row=row))
        elif name != cell:
            notes.append(Note(text=f'Column {position} repeats the name "{cell}"; it is called "{name}".', column=name, row=row))
        taken.add(name)
        names.append(name)
    return names, notes


def free_name(name: str, taken: set[str]) -> str:
    """``name_2``, or the next number that is free."""
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def rows_named(rows: Sequence[int], word: str = "Row") -> str:
    """``Row 17`` or ``Rows 17, 30, 31 and 12 more``."""
    named = ", ".join(f"{r:,}" for r in rows[:SHOWN])
    more = f" and {len(rows) - SHOWN:,} more" if len(rows) > SHOWN else ""
    return f"{word}{'' if len(rows) == 1 else 's'} {named}{more}"
