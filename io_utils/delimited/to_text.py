"""Bytes of any encoding to UTF-8 text; a byte that does not fit is refused, or shown, with its row, never replaced silently."""

import codecs

import pyarrow as pa

from io_utils.bytes_in import FileBytes
from io_utils.delimited.encoding import LABELS, first_bad
from io_utils.delimited.mojibake import mend
from io_utils.delimited.own import Dialect, line_number
from io_utils.errors import ReadError
from io_utils.options import Note, ReadOptions
from io_utils.tables import SHOWN, rows_named

BLOCK = 1 << 23


def to_utf8(file: FileBytes, options: ReadOptions) -> tuple[pa.Buffer, list[Note]]:
    """The text in UTF-8, without a byte order mark (no copy if it is UTF-8 already), and what there is to say about its bytes.

    Raises ReadError naming row and byte if a byte does not fit the encoding, unless the options say to show such bytes.
    """
    try:
        name = codecs.lookup(options.encoding).name
        "".encode(name)
    except LookupError as error:
        raise ReadError(f'{file.name}: there is no encoding "{options.encoding}". Choose another one.') from error
    notes: list[Note] = []
    whole = file.buffer()
    if name in ("utf-8", "utf-8-sig", "ascii"):
        body = whole.slice(3) if file.data[:3] == codecs.BOM_UTF8 else whole
        if not file.utf8:
            body = decoded(file, "utf-8", options, notes)
    else:
        body = decoded(file, options.encoding, options, notes)
    if options.mojibake:
        text, count = mend(str(body.to_pybytes(), "utf-8"))
        body = pa.py_buffer(text.encode())
        notes.append(Note(text=f"{count:,} places were UTF-8 read as Windows-1252 (Ã¤ for ä); they are set right."))
    return body, notes


def decoded(file: FileBytes, encoding: str, options: ReadOptions, notes: list[Note]) -> pa.Buffer:
    """The file as UTF-8; bytes that do not fit are refused or shown as ``\\xE4`` and noted."""
    decoder = codecs.getincrementaldecoder(encoding)()
    out = bytearray()
    try:
        for start in range(0, len(file), BLOCK):
            out += decoder.decode(file.data[start : start + BLOCK], final=start + BLOCK >= len(file)).encode("utf-8")
    except UnicodeError as error:
        if options.bad_bytes == "refuse":
            raise misfit(file, options) from error
        return shown(file, encoding, options, notes)
    return pa.py_buffer(bytes(out).removeprefix(codecs.BOM_UTF8))


def shown(file: FileBytes, encoding: str, options: ReadOptions, notes: list[Note]) -> pa.Buffer:
    """The file as UTF-8 with the bytes that do not fit written as ``\\xE4``, and a note that names their rows."""
    data = bytes(file.data)
    bad: list[tuple[int, int]] = []  # where bytes that do not fit begin and end

    def written(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        if data[error.start] in b"\r\n":
            return chr(data[error.start]), error.start + 1
        end = next((at for at in range(error.start + 1, error.end) if data[at] in b"\r\n"), error.end)  # a line end stays one
        bad.append((error.start, end))
        return "".join(f"\\x{byte:02X}" for byte in data[error.start : end]), end

    codecs.register_error("workbench.shown", written)
    text = data.decode(encoding, "workbench.shown").removeprefix("\ufeff")
    if not bad:
        return pa.py_buffer(text.encode("utf-8", "backslashreplace"))
    some = bad[: SHOWN + 1]
    rows = sorted({line_number(data[:start].decode(encoding, "ignore"), Dialect.of(options)) for start, _ in some})
    size = sum(end - start for start, end in bad)
    count = f"{size:,} bytes are" if size > 1 else "1 byte is"
    more = ", and more below" if len(bad) > len(some) else ""
    notes.append(
        Note(
            text=f"{rows_named(rows)}{more}: {count} not valid in {LABELS.get(encoding, encoding)} and shown as written, the first as "
            f"\\x{data[bad[0][0]]:02X}. Choose another encoding, or set the cells right.",
            row=rows[0],
            kind="warning",
        )
    )
    return pa.py_buffer(text.encode("utf-8", "backslashreplace"))


def misfit(file: FileBytes, options: ReadOptions) -> ReadError:
    """What to say when a byte does not fit the encoding chosen."""
    at = max(first_bad(file, options.encoding), 0)
    row = line_number(bytes(file.data[:at]).decode(options.encoding, "replace"), Dialect.of(options))
    label = LABELS.get(options.encoding, options.encoding)
    return ReadError(
        f"{file.name}, row {row:,}: byte {at + 1:,} (0x{file.data[at]:02X}) is not valid in {label}. "
        "Choose another encoding; the file's own is often Western European (Windows-1252)."
    )
