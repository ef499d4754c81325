"""One column in one Arrow file, mapped when read: the file is the memory."""

import os
import secrets
from pathlib import Path

import pyarrow as pa


def save_column(values: pa.Array | pa.ChunkedArray, path: Path) -> None:
    """Write a column as one uncompressed Arrow IPC file with one record batch; atomic, so that no half file is seen."""
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    batch = pa.record_batch([whole], names=["c"])
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    with pa.OSFile(str(temporary), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)
    os.replace(temporary, path)


def load_column(path: Path) -> pa.ChunkedArray:
    """The column as mapped memory: nothing is read before it is used, nothing is copied to the heap."""
    with pa.memory_map(str(path), "rb") as source:
        table = pa.ipc.open_file(source).read_all()
    return table.column(0)
