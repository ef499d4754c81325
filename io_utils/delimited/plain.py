"""Texts in dialects that Arrow's reader does not know, written so that it does, and the cells written back.

An escaped sign becomes one byte that is nowhere in the text, and so does a delimiter of several bytes; after the reading these
bytes become what they stand for. Spaces beside delimiters are taken out where they are in no quoted cell. The records and
cells of the text are the same as our own reader finds in the original.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.bytes_in import bytes_used
from io_utils.delimited.own import Cell, Dialect

UNUSED = bytes([*range(1, 9), *range(14, 28), 127])  # what may stand for something: no NUL, nothing that Python strips as white space
SPACE, LF, CR = 32, 10, 13
PART = 1 << 20  # bytes of lines from which spaces are taken at once


@dataclass(frozen=True)
class Plain:
    """A text in a dialect that Arrow knows, and how to write its cells and records back.

    ``cells`` and ``text`` say what each character that stands for something was, in a cell and in the file.
    """

    body: pa.Buffer
    dialect: Dialect
    cells: dict[int, str]
    text: dict[int, str]

    def cell(self, cell: Cell) -> Cell:
        """A cell as it is meant."""
        return cell.translate(self.cells) if cell and self.cells else cell

    def raw(self, text: str) -> str:
        """A record as it stands in the file."""
        return text.translate(self.text) if self.text else text

    def column(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """A column as it is meant."""
        single = {sign: was for sign, was in self.cells.items() if len(was.encode()) == 1}
        if single:
            table = bytes.maketrans(bytes(single), "".join(single.values()).encode())
            column = pa.chunked_array([translated(chunk, table) for chunk in column.chunks], column.type)
        for sign, was in self.cells.items():
            if sign not in single:
                column = pc.replace_substring(column, chr(sign), was)
        return column


def plain_form(body: pa.Buffer, dialect: Dialect) -> Plain | None:
    """The text in a dialect of one delimiter and no escape; None where that cannot be written."""
    if dialect.cuts or len(dialect.quote.encode()) > 1:
        return None
    several = len(dialect.delimiter.encode()) > 1
    signs = {*dialect.quote, *dialect.escape, *(" " if dialect.skip_space else "")}
    if several and (dialect.escape or signs & set(dialect.delimiter)):
        return None
    if not several and (not dialect.escape or find(body, dialect.escape) < 0):
        return Plain(body, dialect._replace(escape=""), {}, {})
    used = bytes_used(np.frombuffer(body, np.uint8))
    free = [sign for sign in UNUSED if not used[sign] and chr(sign) != dialect.delimiter]
    if len(free) < 6 or (dialect.escape and dialect.comment):  # a comment knows no escapes
        return None
    data = body.to_pybytes()
    if several:
        data = data.replace(dialect.delimiter.encode(), bytes([free[0]]))
        was = {free[0]: dialect.delimiter}
        return Plain(pa.py_buffer(data), dialect._replace(delimiter=chr(free[0])), was, was)
    cells: dict[int, str] = {}
    text: dict[int, str] = {}
    for meant in (dialect.escape, dialect.quote, dialect.delimiter, "\r\n", "\n", "\r"):  # pairs of escapes first: they end each other
        written = dialect.escape + meant
        if meant and written.encode() in data:
            sign = free.pop()
            data = data.replace(written.encode(), bytes([sign]))
            cells[sign], text[sign] = meant, written
    return Plain(pa.py_buffer(data), dialect._replace(escape=""), cells, text)


def find(body: pa.Buffer, sign: str) -> int:
    """Where a sign of one byte is first found; -1 if nowhere."""
    data = np.frombuffer(body, np.uint8)
    for start in range(0, len(data), 1 << 20):
        found = data[start : start + (1 << 20)] == ord(sign)
        if found.any():
            return start + int(found.argmax())
    return -1


def translated(chunk: pa.Array, table: bytes) -> pa.Array:
    """The texts with single bytes exchanged."""
    if chunk.offset:
        chunk = pa.concat_arrays([chunk])
    present, offsets, data = chunk.buffers()
    if data is None:
        return chunk
    changed = pa.py_buffer(data.to_pybytes().translate(table))
    return pa.LargeStringArray.from_buffers(len(chunk), offsets, changed, present, chunk.null_count)


def without_spaces(body: pa.Buffer, dialect: Dialect) -> pa.Buffer:
    """The text without the spaces beside delimiters and line ends that are in no quoted cell.

    Every quote must be at its place, and no cell may hold a line end.
    """
    data = np.frombuffer(body, np.uint8)
    parts = []
    start, size = 0, PART
    while start < len(data):
        piece = data[start : start + size]
        if start + size < len(data):
            text = piece.tobytes()
            end = max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
            if not end:
                size *= 8
                continue
            piece = piece[:end]
        parts.append(bare(piece, dialect))
        start, size = start + len(piece), PART
    return pa.py_buffer(np.concatenate(parts) if parts else b"")


def bare(data: np.ndarray, dialect: Dialect) -> np.ndarray:
    """Whole lines without the spaces beside delimiters and line ends."""
    spaces = data == SPACE
    if dialect.quote:
        quotes = data == ord(dialect.quote)
        if quotes.any():
            spaces &= (np.cumsum(quotes, dtype="uint8") & 1) == 0  # only the last bit counts: the sum may overflow
    edges = np.diff(np.concatenate([[0], spaces.view("int8"), [0]]).astype("int8"))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    border = np.zeros(256, bool)
    border[[ord(dialect.delimiter), LF, CR]] = True
    left = (starts == 0) | border[data[np.maximum(starts - 1, 0)]]
    right = (stops == len(data)) | border[data[np.minimum(stops, len(data) - 1)]]
    gone = left | right
    lengths = (stops - starts)[gone]
    begins = np.repeat(starts[gone], lengths)
    within = np.arange(len(begins)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    kept = np.ones(len(data), bool)
    kept[begins + within] = False
    return data[kept]
