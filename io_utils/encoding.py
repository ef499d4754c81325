"""Bytes to UTF-8 text: which encoding a file has, and turning it into UTF-8."""

import codecs

import numpy as np
import pyarrow as pa

from io_utils.bytes_in import FileBytes
from io_utils.csv_own import line_number
from io_utils.errors import ReadError

SAMPLE = 1 << 16
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 little-endian",
    "utf-16-be": "UTF-16 big-endian",
    "cp1252": "Western European (Windows-1252)",
    "latin-1": "Western European (ISO 8859-1)",
}


def detect_encodings(file: FileBytes) -> list[tuple[str, float, str]]:
    """Encodings that fit every byte, best first, each with confidence and evidence."""
    head = bytes(file.data[:SAMPLE])
    for mark, name in BOMS:
        if head.startswith(mark):
            return [(name, 1.0, f"The file begins with the byte order mark of {name.removesuffix('-sig').upper()}.")]
    wide = wide_encoding(head)
    if wide:
        return [(wide, 0.9, f"Every other byte is zero, as in {LABELS[wide]} text.")]
    if is_utf8(file.buffer()):
        ascii_only = bool(file.array()[:SAMPLE].max(initial=0) < 128) and bool(file.array().max(initial=0) < 128)
        said = "Every character is plain ASCII." if ascii_only else "Every byte sequence is valid UTF-8."
        return [("utf-8", 1.0 if ascii_only else 0.99, said)]
    return legacy(file)


def legacy(file: FileBytes) -> list[tuple[str, float, str]]:
    """The single-byte encodings left when the bytes are no UTF-8."""
    at = bad_utf8(file)
    said = f"Byte {at + 1:,} (0x{file.data[at]:02X}) is not valid UTF-8"
    used = np.bincount(file.array(), minlength=256)
    unknown = [b for b in (0x81, 0x8D, 0x8F, 0x90, 0x9D) if used[b]]
    latin = ("latin-1", 0.4, f"{said}, and every byte has a meaning in ISO 8859-1.")
    if unknown:
        return [(latin[0], latin[1], f"{said}; byte 0x{unknown[0]:02X} has no meaning in Windows-1252, so ISO 8859-1 was taken.")]
    return [("cp1252", 0.7, f"{said}; every byte has a meaning in Windows-1252."), latin]


def is_utf8(buffer: pa.Buffer) -> bool:
    """Whether all the bytes are valid UTF-8 (Arrow checks some gigabytes a second)."""
    offsets = pa.py_buffer(np.array([0, buffer.size], "int64").tobytes())
    try:
        pa.LargeBinaryArray.from_buffers(pa.large_binary(), 1, [None, offsets, buffer]).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def bad_utf8(file: FileBytes) -> int:
    """Where the first byte that is not UTF-8 lies."""
    return first_bad(file, "utf-8")


def first_bad(file: FileBytes, encoding: str) -> int:
    """The position of the first byte that does not fit the encoding, -1 if all fit."""
    decoder = codecs.getincrementaldecoder(encoding)()
    size, done = 1 << 20, 0
    for start in range(0, len(file), size):
        block = file.data[start : start + size]
        try:
            held = len(decoder.getstate()[0])
            decoder.decode(block, final=start + size >= len(file))
        except UnicodeDecodeError as error:
            return start - held + error.start
        done += len(block)
    return -1


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 without a byte order mark, if zero bytes show it plainly."""
    even, odd = head[0::2], head[1::2]
    if len(head) < 4 or not odd:
        return None
    low, high = even.count(0) / len(even), odd.count(0) / len(odd)
    if high > 0.4 and low < 0.05:
        return "utf-16-le"
    return "utf-16-be" if low > 0.4 and high < 0.05 else None


def to_utf8(file: FileBytes, encoding: str, delimiter: str = ",", quote: str = '"') -> pa.Buffer:
    """The text in UTF-8, without a byte order mark; no copy if it is UTF-8 already.

    Raises ReadError naming row and byte if a byte does not fit the encoding.
    """
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise ReadError(f'{file.name}: there is no encoding "{encoding}". Choose another one.') from error
    whole = file.buffer()
    if name in ("utf-8", "utf-8-sig", "ascii"):
        body = whole.slice(3) if file.data[:3] == codecs.BOM_UTF8 else whole
        if is_utf8(body):
            return body
        raise misfit(file, encoding, delimiter, quote)
    decoder = codecs.getincrementaldecoder(encoding)()
    out, size = bytearray(), 1 << 23
    try:
        for start in range(0, len(file), size):
            out += decoder.decode(file.data[start : start + size], final=start + size >= len(file)).encode("utf-8")
    except UnicodeError as error:
        raise misfit(file, encoding, delimiter, quote) from error
    return pa.py_buffer(bytes(out).removeprefix(codecs.BOM_UTF8))


def misfit(file: FileBytes, encoding: str, delimiter: str, quote: str) -> ReadError:
    """What to say when a byte does not fit the encoding chosen."""
    at = max(first_bad(file, encoding), 0)
    row = line_number(file.data[:at].decode(encoding, "replace"), delimiter, quote)
    label = LABELS.get(encoding, encoding)
    return ReadError(
        f"{file.name}, row {row:,}: byte {at + 1:,} (0x{file.data[at]:02X}) is not valid in {label}. "
        "Choose another encoding; the file's own is often Western European (Windows-1252)."
    )
