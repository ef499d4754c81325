"""A delimited text file as a table: header, names, notes, records left out."""

from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from io_utils.bytes_in import FileBytes
from io_utils.csv_own import Cell, records
from io_utils.csv_read import Parsed, parse
from io_utils.encoding import to_utf8
from io_utils.errors import ReadError
from io_utils.options import Limits, Note, Progress, RawLine, ReadOptions
from io_utils.tables import column_names, frame, free_name, rows_named, set_aside_frame

HEAD = 1 << 20  # bytes looked at for the header; a header further down is looked for in more
LOOKED_AT = 100  # records in which a header is looked for by its names


class Line(NamedTuple):
    """A record at the beginning of the file: its row number, cells, text, and the byte where the next one starts."""

    number: int
    cells: list[Cell]
    text: str
    next: int


class Header(NamedTuple):
    """The names, the records above them, the row number of the header (0: none) and the byte where the data starts."""

    cells: list[Cell]
    above: list[Line]
    row: int
    start: int


def read_csv(
    file: FileBytes, options: ReadOptions, limits: Limits, progress: Progress
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note], ReadOptions]:
    """The table, the records left out, the notes, and the options with the header that was found."""
    progress(0.05, "Checking the text")
    body = to_utf8(file, options.encoding, options.delimiter, options.quote)
    header = find_header(file, body, options)
    width = max(len(header.cells), 1)
    if width > limits.columns:
        raise ReadError(
            f"{file.name}, row {max(header.row, 1)}: {width:,} columns, but at most {limits.columns:,} can be read. "
            "Check the delimiter, or turn rows and columns round before loading."
        )
    progress(0.2, "Reading the rows")
    parsed = parse(body.slice(header.start), width, header.row + 1, options.delimiter, options.quote)
    if len(parsed.columns) > limits.columns:
        raise ReadError(f"{file.name}: a row has {len(parsed.columns):,} cells, but at most {limits.columns:,} columns can be read.")
    progress(0.9, "Building the table")
    names, notes = column_names(header.cells, header.row) if header.row else ([f"column_{i + 1}" for i in range(width)], [])
    names, notes, columns = settle_width(names, notes, parsed, header)
    table = frame(dict(zip(names, columns, strict=True)), parsed.rows)
    if not len(table):
        notes.append(Note(text=f"{file.name} has a header but no rows below it.", kind="warning", row=header.row or None))
    above = [(a.number, "above the header" if a.text.strip() else "blank line", a.text) for a in header.above]
    aside = set_aside_frame([*above, *((row, "blank line", text) for row, text in parsed.blank)], file.name, None)
    found = tuple(names[: len(header.cells)]) if header.row else None
    return table, aside, notes, options.model_copy(update={"header_row": header.row, "columns": found})


def head_lines(body: pa.Buffer, options: ReadOptions, count: int) -> list[Line]:
    """The first records of UTF-8 text."""
    size = HEAD
    while True:
        text = body.slice(0, min(size, body.size)).to_pybytes().decode("utf-8", "ignore")
        whole = size >= body.size
        lines: list[Line] = []
        byte = done = 0
        for record in records(text, options.delimiter, options.quote):
            if record.end >= len(text) - 2 and not whole:
                break  # the record may go on behind what was looked at
            after = record.end + (2 if text.startswith("\r\n", record.end) else 1)
            byte += len(text[done:after].encode())
            done = after
            lines.append(Line(len(lines) + 1, record.cells, text[record.start : record.end], byte))
            if len(lines) == count:
                return lines
        if whole:
            return lines
        size *= 8


def find_header(file: FileBytes, body: pa.Buffer, options: ReadOptions) -> Header:
    """The header: by the names it had last time if there are any, else by its row number."""
    lines = head_lines(body, options, max(options.header_row, LOOKED_AT))
    filled = [line for line in lines if line.text.strip()]
    if not filled and len(lines) < max(options.header_row, LOOKED_AT):
        raise ReadError(f"{file.name}: the file holds only blank lines. Export or copy it again.")
    if not options.header_row:
        return Header(filled[0].cells if filled else [None], [], 0, 0)
    row = options.header_row
    if options.columns:
        wanted = set(options.columns)
        same = [line.number for line in lines if wanted <= {cell for cell in line.cells if cell}]
        row = row if row in same else next(iter(same), row)
    if row > len(lines):
        raise ReadError(
            f"{file.name}: the header should be in row {row:,}, but the file has {len(lines):,} rows. Choose another header row."
        )
    line = lines[row - 1]
    if not line.text.strip():
        raise ReadError(f"{file.name}, row {row:,}: the header row is blank. Choose another header row.")
    return Header(line.cells, lines[: row - 1], row, min(line.next, body.size))


def settle_width(
    names: list[str], notes: list[Note], parsed: Parsed, header: Header
) -> tuple[list[str], list[Note], list[pa.ChunkedArray]]:
    """Names and notes for records longer or shorter than the header; columns without a name and without a value go."""
    columns, width = list(parsed.columns), len(names)
    long = {r: n for r, n in parsed.ragged.items() if n > width}
    while len(columns) > width and columns[-1].null_count == len(columns[-1]):
        columns.pop()
    if len(columns) == width and long:
        notes.append(Note(text=f"{rows_named(list(long))}: ends with empty extra cells, which are left out.", row=next(iter(long))))
    elif long:
        for number in range(1, len(columns) - width + 1):
            name = f"extra_{number}"
            names.append(name if name not in names else free_name(name, set(names)))
        row, cells = next(iter(long.items()))
        kept = f'column "{names[width]}"' if len(names) == width + 1 else f'columns "{names[width]}" to "{names[-1]}"'
        place = "the header has" if header.row else "the first row has"
        notes.append(
            Note(
                text=f"{rows_named(list(long))}: {cells} cells{' in the first of them' if len(long) > 1 else ''}, but {place} {width}. "
                f"The extra cells are kept in {kept}.",
                row=row,
                kind="warning",
            )
        )
    while header.row and len(columns) == width > 1 and not (header.cells[width - 1] or "").strip() and all_missing(columns[-1]):
        columns.pop()
        gone = names.pop()
        width -= 1
        notes = [n for n in notes if n.column != gone]
        notes.append(Note(text=f"Column {width + 1} has no name and no value; it is left out.", row=header.row))
    short = {r: n for r, n in parsed.ragged.items() if n < width}
    if short:
        row, cells = next(iter(short.items()))
        notes.append(
            Note(
                text=f"{rows_named(list(short))}: {cells} {'cell' if cells == 1 else 'cells'}"
                f"{' in the first of them' if len(short) > 1 else ''}, but {width} columns. The cells not there are missing.",
                row=row,
                kind="warning",
            )
        )
    return names, notes, columns


def all_missing(column: pa.ChunkedArray) -> bool:
    """Whether no cell of the column is filled."""
    return column.null_count == len(column)


def raw_csv_lines(file: FileBytes, options: ReadOptions, first: int, count: int) -> list[RawLine]:
    """Records as they stand, by row number."""
    body = to_utf8(file, options.encoding, options.delimiter, options.quote)
    return [RawLine(line.number, line.text) for line in head_lines(body, options, first + count - 1)[first - 1 :]]
