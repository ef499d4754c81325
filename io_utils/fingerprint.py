"""A table's content as one digest, whatever way it lies in memory."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.tables import arrow


def content_hash(table: pd.DataFrame) -> str:
    """The sha256, in hex, of the table's names, types, row numbers and values, each exactly.

    Two tables have the same digest only if they are the same; chunks, offsets and bytes under missing values do not count.
    """
    columns = [arrow(table[name]) for name in table.columns]
    with ThreadPoolExecutor(2) as pool:  # hashing leaves Python's lock
        digests = list(pool.map(column_hash, columns))
    rows = hashlib.sha256(table.index.to_numpy("int64").tobytes()).hexdigest()
    content = [[str(n), str(c.type), d] for n, c, d in zip(table.columns, columns, digests, strict=True)]
    return hashlib.sha256(json.dumps([rows, len(table), content]).encode()).hexdigest()


def column_hash(values: pa.ChunkedArray) -> str:
    """The digest of a column: which values are missing, the lengths of texts, the values."""
    present, lengths, data = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
    for chunk in values.chunks:
        if not len(chunk):
            continue
        if values.null_count:
            present.update(pa.py_buffer(chunk.is_valid().to_numpy(zero_copy_only=False)))
        if pa.types.is_large_string(chunk.type):
            text_bytes(chunk, lengths, data)
        else:
            data.update(pa.py_buffer(fixed_bytes(chunk)))
    return "-".join(part.hexdigest() for part in (present, lengths, data))


def text_bytes(chunk: pa.Array, lengths: "hashlib._Hash", data: "hashlib._Hash") -> None:
    """Adds the lengths and bytes of texts; a missing one counts as no bytes."""
    offsets = text_offsets(chunk)
    sizes = np.diff(offsets)
    if chunk.null_count and sizes[chunk.is_null().to_numpy(zero_copy_only=False)].any():
        chunk = pc.fill_null(chunk, "")
        offsets = text_offsets(chunk)
        sizes = np.diff(offsets)
    lengths.update(pa.py_buffer(sizes))
    content = chunk.buffers()[2]
    if content is not None:
        data.update(content.slice(int(offsets[0]), int(offsets[-1] - offsets[0])))


def text_offsets(chunk: pa.Array) -> np.ndarray:
    """Where each text of the chunk begins, and where the last one ends."""
    return np.frombuffer(chunk.buffers()[1], "int64")[chunk.offset : chunk.offset + len(chunk) + 1]


def fixed_bytes(chunk: pa.Array) -> np.ndarray:
    """The values of fixed size as bytes, zero where missing."""
    if pa.types.is_boolean(chunk.type):
        return np.ascontiguousarray(pc.fill_null(chunk, False).to_numpy(zero_copy_only=False))
    size = chunk.type.byte_width
    raw = np.frombuffer(chunk.buffers()[1], np.uint8)[chunk.offset * size : (chunk.offset + len(chunk)) * size]
    if not chunk.null_count:
        return raw
    cells = raw.reshape(len(chunk), size).copy()
    cells[chunk.is_null().to_numpy(zero_copy_only=False)] = 0
    return cells
