"""Compressed streams by their first bytes, unpacked piece by piece.

Sources of the formats: RFC 1952 (gzip), RFC 8878 (zstd), the documentation of bzip2, xz and lz4.
"""

import bz2
import gzip
import io
import lzma
import mmap
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO, NamedTuple, cast

import pyarrow as pa

from io_utils.bytes_in import FileBytes
from io_utils.errors import ReadError
from io_utils.options import Limits

PIECE = 1 << 20
FREE = 1 << 26  # bytes that anything may unpack to before its ratio is looked at
XZ_MEMORY = 1 << 29
# What unpacking a damaged, cut off or strangely packed stream raises.
BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    pa.ArrowException,
)


class Codec(NamedTuple):
    """A kind of compression: how a stream of it begins, what people call it, its ending, and what opens it."""

    marks: tuple[bytes, ...]
    label: str
    ending: str
    pieces: Callable[[FileBytes], Iterator[bytes]]


def from_reader(opener: Callable[[BinaryIO], IO[bytes]]) -> Callable[[FileBytes], Iterator[bytes]]:
    """The pieces of a stream that Python's own module opens."""

    def pieces(file: FileBytes) -> Iterator[bytes]:
        with raw_bytes(file) as raw, opener(raw) as stream:
            yield from read_in_pieces(stream)

    return pieces


def raw_bytes(file: FileBytes) -> BinaryIO:
    """The packed bytes as a stream."""
    return file.path.open("rb") if file.path else io.BytesIO(file.data)


def read_in_pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """What a stream gives, piece by piece."""
    while piece := stream.read(PIECE):
        yield piece


def arrow_pieces(codec: str) -> Callable[[FileBytes], Iterator[bytes]]:
    """The pieces of a stream that Arrow opens; the last frame must be whole."""

    def pieces(file: FileBytes) -> Iterator[bytes]:
        with pa.CompressedInputStream(pa.BufferReader(file.buffer()), codec) as stream:
            yield from read_in_pieces(cast(IO[bytes], stream))

    return pieces


def xz_pieces(file: FileBytes) -> Iterator[bytes]:
    """The pieces of an xz stream, or of several one after the other, with a limit to the memory a stream may ask for."""
    with raw_bytes(file) as raw:
        rest, unpacker = b"", lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)
        while True:
            if unpacker.eof:
                rest = (unpacker.unused_data + (raw.read(PIECE) if len(unpacker.unused_data) < 6 else b"")).lstrip(b"\0")
                if not rest:
                    return
                unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)
            elif unpacker.needs_input:
                rest = raw.read(PIECE)
                if not rest:
                    raise EOFError
            piece = unpacker.decompress(rest, PIECE)
            rest = b""
            if piece:
                yield piece


CODECS = (
    Codec((b"\x1f\x8b\x08",), "gzip", ".gz", from_reader(lambda raw: cast(IO[bytes], gzip.GzipFile(fileobj=raw)))),
    Codec(tuple(b"BZh%d1AY&SY" % i for i in range(1, 10)), "bzip2", ".bz2", from_reader(lambda raw: bz2.BZ2File(raw))),
    Codec((b"\xfd7zXZ\0",), "xz", ".xz", xz_pieces),
    Codec((b"\x28\xb5\x2f\xfd",), "zstd", ".zst", arrow_pieces("zstd")),
    Codec((b"\x04\x22\x4d\x18",), "lz4", ".lz4", arrow_pieces("lz4")),
)


def codec_of(file: FileBytes) -> Codec | None:
    """The compression of the file by its first bytes; None if it is none of these."""
    head = bytes(file.data[:16])
    return next((c for c in CODECS if head.startswith(c.marks)), None)


def poured(pieces: Iterator[bytes], packed: int, name: str, limits: Limits) -> FileBytes:
    """What a stream of ``packed`` bytes unpacks to, in a temporary file that has no name and goes with its last use.

    Raises ReadError if it is damaged or grows beyond the limits.
    """
    size = 0
    with tempfile.TemporaryFile() as out:
        try:
            for piece in pieces:
                size += len(piece)
                if size > limits.unpacked:
                    raise ReadError(
                        f"{name}: it unpacks to more than {limits.unpacked:,} bytes, which is as many as can be read. Load it in parts."
                        f"{limits.hint('unpacked')}"
                    )
                if size > FREE and size > packed * limits.ratio:
                    raise ReadError(
                        f"{name}: {packed:,} bytes unpack to more than {size:,}, as in files made to do harm. "
                        "If you trust it, unpack it yourself and load what is inside."
                    )
                out.write(piece)
            out.flush()
            if size:
                return FileBytes(name, mmap.mmap(out.fileno(), 0, access=mmap.ACCESS_READ))
        except BROKEN as error:
            raise ReadError(
                f"{name}: it is damaged or cut off; it could be unpacked as far as byte {size:,}. Download or copy it again."
            ) from error
    raise ReadError(f"{name}: there is nothing in the compressed file (0 bytes). Export or copy it again.")
