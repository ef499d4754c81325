"""Columns of fixed width, a block of lines at once."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.delimited.own import Dialect
from io_utils.delimited.parsed import TEXT, Parsed, nothing
from io_utils.delimited.scan import whole_lines


def parse_fixed(body: pa.Buffer, width: int, first: int, dialect: Dialect, progress: Callable[[float], None] = nothing) -> Parsed:
    """The lines cut at the dialect's places, without the blanks around the cells; a cell where nothing is left is missing."""
    data = np.frombuffer(body, np.uint8)
    parts: list[list[pa.Array]] = []
    rows: list[np.ndarray] = []
    found = Parsed([], range(0))
    start, number = 0, first
    while start < len(data):
        progress(start / len(data))
        starts, ends, after = whole_lines(data, start)
        lines = texts_at(body.slice(start, after - start), starts - start, ends - start)
        blank = pc.equal(pc.utf8_trim_whitespace(lines), "").to_numpy(zero_copy_only=False)
        if dialect.comment:
            blank |= pc.starts_with(lines, dialect.comment).to_numpy(zero_copy_only=False)
        out = np.flatnonzero(blank)
        found.blank += zip((out + number).tolist(), lines.take(pa.array(out)).to_pylist(), strict=True)
        kept = lines.filter(pa.array(~blank))
        cells = [pc.utf8_trim(pc.utf8_slice_codeunits(kept, a, b), " ") for a, b in pairwise([*dialect.cuts, None])]
        parts.append([pc.if_else(pc.equal(c, ""), None, c) for c in cells])
        rows.append(np.flatnonzero(~blank) + number)
        start, number = after, number + len(starts)
    found.columns = [pa.chunked_array(column, TEXT) for column in zip(*parts, strict=True)]
    found.columns += [pa.chunked_array([pa.nulls(len(found.columns[0]), TEXT)])] * (width - len(found.columns))
    found.rows = np.concatenate(rows)
    return found


def texts_at(body: pa.Buffer, starts: np.ndarray, ends: np.ndarray) -> pa.Array:
    """The texts from each start to its end, in order; what lies between them is not in one."""
    bounds = np.column_stack([starts, ends]).ravel()
    bounds = np.append(bounds, ends[-1:]).astype("int64")
    both = pa.LargeStringArray.from_buffers(2 * len(starts), pa.py_buffer(bounds), body)
    return both.take(pa.array(np.arange(0, 2 * len(starts), 2)))
