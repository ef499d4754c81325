"""The beginning of a delimited text: its first records, the header among them, and the part that holds the chosen table."""

from typing import NamedTuple

import pyarrow as pa

from io_utils.bytes_in import FileBytes
from io_utils.delimited.blocks import find_tables
from io_utils.delimited.header import joined
from io_utils.delimited.own import Cell, Dialect, records
from io_utils.errors import ReadError
from io_utils.options import ReadOptions

HEAD = 1 << 20  # bytes looked at for the header; a header further down is looked for in more
LOOKED_AT = 100  # records in which a header is looked for by its names


class Line(NamedTuple):
    """A record: its row number, cells, text, and the byte where the next one starts."""

    number: int
    cells: list[Cell]
    text: str
    next: int


class Header(NamedTuple):
    """The names, the records above them, the row of the header (0: none), its last row, and the byte where the data starts."""

    cells: list[Cell]
    above: list[Line]
    row: int
    last: int
    start: int
    lines: list[list[Cell]]


class Part(NamedTuple):
    """The part of the text that holds the chosen table: the bytes, the records above and below it."""

    body: pa.Buffer
    above: list[Line]
    below: list[Line]


def head_lines(body: pa.Buffer, options: ReadOptions, count: int, width: int = 0) -> list[Line]:
    """The first records of UTF-8 text; ``width`` is the number of cells of the table's records, if it is known."""
    size = HEAD
    dialect = Dialect.of(options)
    while True:
        text = body.slice(0, min(size, body.size)).to_pybytes().decode("utf-8", "ignore")
        whole = size >= body.size
        lines: list[Line] = []
        byte = done = 0
        for record in records(text, dialect, width):
            if record.end >= len(text) - 2 and not whole:
                break  # the record may go on behind what was looked at
            after = record.end + (2 if text.startswith("\r\n", record.end) else 1)
            byte += len(text[done:after].encode())
            done = after
            lines.append(Line(len(lines) + 1, record.cells, text[record.start : record.end], min(byte, body.size)))
            if len(lines) == count:
                return lines
        if whole:
            return lines
        size *= 8


def chosen_part(file: FileBytes, body: pa.Buffer, options: ReadOptions) -> Part:
    """The table that the options choose among several in the file; the whole text if they choose none."""
    if not options.table:
        return Part(body, [], [])
    lines = head_lines(body, options, 1 << 62)
    tables = find_tables([line.cells for line in lines])
    if options.table > len(tables):
        raise ReadError(f"{file.name}: table {options.table} was chosen, but there are {len(tables)} in the file. Choose another table.")
    here = tables[options.table - 1]
    start = lines[here.start - 1].next if here.start else 0
    return Part(body.slice(start, lines[here.stop - 1].next - start), lines[: here.start], lines[here.stop :])


def find_header(file: FileBytes, part: Part, options: ReadOptions) -> Header:
    """The header: by the names it had last time if there are any, else by its row number."""
    offset = len(part.above)
    count = max(options.header_row - offset + options.header_rows, LOOKED_AT)
    lines = [line._replace(number=line.number + offset) for line in head_lines(part.body, options, count)]
    filled = [line for line in lines if line.cells and line.text.strip()]
    if not filled and len(lines) < count:
        what = "blank lines and comments" if any(line.text.strip() for line in lines) else "blank lines"
        raise ReadError(f"{file.name}: the file holds only {what}. Export or copy it again.")
    if not options.header_row:
        return Header(filled[0].cells if filled else [None], [], 0, offset, 0, [])
    at = options.header_row - offset - 1
    if options.columns:
        same = by_names(lines, options)
        at = at if at in same else next(iter(same), at)
    if at >= len(lines) or at < 0:
        raise ReadError(
            f"{file.name}: the header should be in row {options.header_row:,}, but the file has {len(lines):,} rows. "
            "Choose another header row."
        )
    line = lines[at]
    if not line.text.strip():
        raise ReadError(f"{file.name}, row {line.number:,}: the header row is blank. Choose another header row.")
    if not line.cells:
        raise ReadError(f"{file.name}, row {line.number:,}: the header row is a comment. Choose another header row.")
    several = lines[at : at + options.header_rows]
    names, last = names_of(several, options) or [None], several[-1]
    return Header(names, lines[:at], line.number, last.number, last.next, [s.cells for s in several])


def names_of(lines: list[Line], options: ReadOptions) -> list[Cell]:
    """The names that the lines of a header give: joined, or those of one line."""
    if len(lines) == 1 or options.header_names == "first":
        return lines[0].cells
    return lines[-1].cells if options.header_names == "last" else joined([line.cells for line in lines])


def by_names(lines: list[Line], options: ReadOptions) -> list[int]:
    """The positions of lines that hold the names of last time."""
    wanted = set(options.columns or ())
    found = []
    for at in range(len(lines) - options.header_rows + 1):
        names = names_of(lines[at : at + options.header_rows], options)
        if wanted <= {name for name in names if name}:
            found.append(at)
    return found
