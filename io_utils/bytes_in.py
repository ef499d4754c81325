"""A file's bytes: mapped from disk or given, with the name to use in messages."""

import hashlib
import mmap
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from io_utils.errors import ReadError

BLOCK = 1 << 20


@dataclass(frozen=True)
class FileBytes:
    """The bytes of a file (mapped if it is on disk) and its name."""

    name: str
    data: mmap.mmap | bytes
    path: Path | None = None

    def __len__(self) -> int:
        return len(self.data)

    def array(self) -> np.ndarray:
        """The bytes as a NumPy array, without a copy."""
        return np.frombuffer(self.data, np.uint8)

    def buffer(self) -> pa.Buffer:
        """The bytes as an Arrow buffer, without a copy."""
        return pa.py_buffer(self.data)

    @cached_property
    def utf8(self) -> bool:
        """Whether all the bytes are valid UTF-8."""
        return is_utf8(self.buffer())


def bytes_used(data: np.ndarray) -> np.ndarray:
    """Which of the 256 bytes stand in the data, looked at in blocks that need no memory."""
    seen = np.zeros(256, bool)
    for start in range(0, len(data), BLOCK):
        seen[data[start : start + BLOCK]] = True
    return seen


def is_utf8(buffer: pa.Buffer) -> bool:
    """Whether all the bytes are valid UTF-8 (Arrow checks some gigabytes a second)."""
    offsets = pa.py_buffer(np.array([0, buffer.size], "int64").tobytes())
    try:
        pa.LargeBinaryArray.from_buffers(pa.large_binary(), 1, [None, offsets, buffer]).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def open_bytes(source: Path | str | bytes, name: str | None = None) -> FileBytes:
    """The bytes of a path or of bytes with a name. Raises ReadError if the file is not there or is empty."""
    if isinstance(source, bytes | bytearray | memoryview):
        data: mmap.mmap | bytes = bytes(source)
        found = FileBytes(name or "the file", data)
    else:
        path = Path(source)
        shown = name or path.name
        try:
            with path.open("rb") as file:
                if path.stat().st_size == 0:
                    raise ReadError(f"{shown}: the file is empty (0 bytes). Export or copy it again.")
                found = FileBytes(shown, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), path)
        except OSError as error:
            raise ReadError(f"{shown}: the file cannot be opened ({error.strerror}). Check that it is still there.") from error
    if not len(found):
        raise ReadError(f"{found.name}: the file is empty (0 bytes). Export or copy it again.")
    return found


def digest(source: Path | str | bytes | FileBytes) -> str:
    """The sha256 of the file's bytes, in hex."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    if isinstance(source, FileBytes):
        return hashlib.sha256(source.data).hexdigest()
    with Path(source).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
