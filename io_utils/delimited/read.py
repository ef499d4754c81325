"""A delimited text file as a table: header, names, notes, records left out."""

import csv
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.bytes_in import FileBytes
from io_utils.delimited.by_hand import BEYOND, Aside, positions, put_back
from io_utils.delimited.columns import parse
from io_utils.delimited.head import Header, Line, Part, chosen_part, find_header, head_lines
from io_utils.delimited.header import joined
from io_utils.delimited.lines import count_lines, line_ends_in, line_ends_within
from io_utils.delimited.own import Cell, Dialect
from io_utils.delimited.parsed import Parsed
from io_utils.delimited.rules import header_differences, lines_by_hand, settled
from io_utils.delimited.tail import Gone, cells_at, check_total, footer, repeated_headers, total_notes, totals
from io_utils.delimited.to_text import to_utf8
from io_utils.delimited.widths import settle_width
from io_utils.errors import ReadError
from io_utils.facts import Facts, Lines, Total
from io_utils.fingerprint import text_offsets
from io_utils.options import Limits, Note, Progress, RawLine, ReadOptions
from io_utils.tables import column_names, frame, rows_named, set_aside_frame

SPLIT = 1_000  # rows parted by another delimiter that are named


def read_csv(
    file: FileBytes, options: ReadOptions, limits: Limits, progress: Progress
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note], ReadOptions, Facts]:
    """The table, the records left out, the notes, the options with the header that was found, and facts about the file."""
    if len(file) > limits.size:
        raise ReadError(
            f"{file.name}: the file has {len(file):,} bytes, but at most {limits.size:,} can be read. Load it in parts."
            f"{limits.hint('size')}"
        )
    progress(0.05, "Checking the text")
    last_time = options
    options, differences = settled(file, options)
    options, by_hand = lines_by_hand(file, options)
    differences = [*differences, *by_hand]
    body, said = to_utf8(file, options)
    part = chosen_part(file, body, options)
    header = find_header(file, part, options)
    width = max(len(header.cells), 1)
    if width > limits.columns:
        raise ReadError(
            f"{file.name}, row {max(header.row, 1)}: {width:,} columns, but at most {limits.columns:,} can be read. "
            f"Check the delimiter, or turn rows and columns round before loading.{limits.hint('columns')}"
        )
    progress(0.2, "Reading the rows")
    rows = part.body.slice(header.start)
    dialect, split = Dialect.of(options), options.odd_rows == "split"
    parsed = parse(rows, width, header.last + 1, dialect, split=split, progress=lambda done: progress(0.2 + 0.7 * done, "Reading the rows"))
    check_limits(file, parsed, limits)
    progress(0.9, "Building the table")
    names, notes = column_names(header.cells, header.row) if header.row else ([f"column_{i + 1}" for i in range(width)], [])
    aside = [(line.number, reason_above(line, header.row), line.text) for line in (*part.above, *header.above)]
    aside += [(row, "comment" if text.strip() else "blank line", text) for row, text in parsed.blank]
    aside += [(line.number, "another table of the file" if line.text.strip() else "blank line", line.text) for line in part.below]
    parsed, gone, more, totals = without_other_lines(parsed, header, names, options)
    parsed, aside = put_back(parsed, aside + gone, options.put_back, width, dialect)
    names, notes, columns = settle_width(names, notes, parsed, header)
    if options.extra_cells == "leave_out" and len(columns) > len(names[:width]):
        notes, columns, names, extra = without_extra(notes, columns, names, width, parsed)
        aside += extra
    table = frame(dict(zip(names, columns, strict=True)), parsed.rows)
    told = descriptions(header, names, options)
    notes = [*said, *(Note(text=f"The header says of {n}: {t}.", column=n, row=header.row) for n, t in told.items()), *notes, *more]
    notes += split_notes(parsed)
    if not len(table):
        notes.append(Note(text=f"{file.name} has a header but no rows below it.", kind="warning", row=header.row or None))
    found = options.model_copy(update={"header_row": header.row, "columns": tuple(names[: len(header.cells)]) if header.row else None})
    differences += header_differences(last_time, header.row, found.columns or ())
    facts = Facts(
        lines=lines_of(file, body, found, table, aside, header),
        descriptions=told,
        totals=totals,
        differences=tuple(differences),
        split=dict(list(parsed.split.items())[:SPLIT]),
    )
    return table, set_aside_frame(aside, file.name, None), notes, found, facts


def lines_of(file: FileBytes, body: pa.Buffer, options: ReadOptions, table: pd.DataFrame, aside: Aside, header: Header) -> Lines:
    """The file's lines counted on its bytes, beside what became of them."""
    lines = [text for _, reason, text in aside if reason != BEYOND]
    with ThreadPoolExecutor(1) as pool:
        in_file = pool.submit(count_lines, file, options.encoding, body, odd_bytes=options.bad_bytes == "show")
        inside = line_ends_within(table) + line_ends_in(text for _, _, text in aside)
        inside += line_ends_in(cell for cells in header.lines for cell in cells)
    return Lines(file=in_file.result(), rows=len(table), header=len(header.lines), left_out=len(lines), inside=inside)


def descriptions(header: Header, names: list[str], options: ReadOptions) -> dict[str, str]:
    """What the lines of the header say that are not the names, by column."""
    if options.header_names == "joined" or len(header.lines) < 2:
        return {}
    others = header.lines[1:] if options.header_names == "first" else header.lines[:-1]
    return {name: text for name, text in zip(names, joined(others), strict=False) if text}


def reason_above(line: Line, header: int) -> str:
    """Why a record above the data is left out."""
    return "blank line" if not line.text.strip() else "above the header" if header else "above the table"


def check_limits(file: FileBytes, parsed: Parsed, limits: Limits) -> None:
    """Raise ReadError if there are more columns or rows, or longer cells, than can be read."""
    if len(parsed.columns) > limits.columns:
        raise ReadError(
            f"{file.name}: a row has {len(parsed.columns):,} cells, but at most {limits.columns:,} columns can be read."
            f"{limits.hint('columns')}"
        )
    if len(parsed.rows) > limits.rows:
        raise ReadError(
            f"{file.name}: {len(parsed.rows):,} rows, but at most {limits.rows:,} can be read. Load the file in parts.{limits.hint('rows')}"
        )
    for number, column in enumerate(parsed.columns, 1):
        if longest_bytes(column) > limits.cell_length:
            lengths = pc.utf8_length(column)
            longest = pc.max(lengths).as_py() or 0
            if longest > limits.cell_length:
                row = int(parsed.rows[pc.index(lengths, longest).as_py()])
                raise ReadError(
                    f"{file.name}, row {row:,}: the cell in column {number} has {longest:,} characters, but at most {limits.cell_length:,} "
                    f"can be read. Check the quote sign: a quote that is not closed takes in the lines below it."
                    f"{limits.hint('cell_length')}"
                )


def longest_bytes(column: pa.ChunkedArray) -> int:
    """The most bytes that a cell of the column has."""
    return max((int(np.diff(text_offsets(chunk)).max()) for chunk in column.chunks if len(chunk)), default=0)


def without_other_lines(
    parsed: Parsed, header: Header, names: list[str], options: ReadOptions
) -> tuple[Parsed, Aside, list[Note], tuple[Total, ...]]:
    """The records without those that are no rows: the header again, a total, a footer, rows left out by hand.

    With them come what to say about them, and the file's own totals.
    """
    gone: list[Gone] = []
    notes: list[Note] = []
    sums: list[Total] = []
    rows = parsed.numbers
    if "repeated_header" in options.leave_out and header.row:
        gone += repeated_headers(parsed.columns, header.lines[-1])
    size = len(rows)
    if "footer" in options.leave_out:
        below = footer(parsed.columns, parsed.rows, len(header.cells), parsed.ragged)
        gone += below
        size = min([size, *(g.at for g in below)])
    gone = [g for g in gone if rows[g.at] not in options.put_back]
    if "total" in options.leave_out:
        for total in totals(parsed.columns, len(header.cells), size):
            row = int(rows[total.at])
            if row not in options.put_back:
                gone.append(total)
                sums += check_total(parsed.columns, names, total.at, total.cells, row, [g.at for g in gone])
                notes += total_notes(sums, row)
    by_hand = set(positions(parsed, options.left_out)) - {g.at for g in gone}
    at = sorted(by_hand)
    gone += [Gone(p, "left out by hand", cells) for p, cells in zip(at, cells_at(parsed.columns, at) if at else [], strict=True)]
    if not gone:
        return parsed, [], notes, tuple(sums)
    kept = np.ones(len(rows), bool)
    kept[[g.at for g in gone]] = False
    left = set(rows[~kept].tolist())
    aside = [(int(rows[g.at]), g.reason, written(g.cells, parsed, int(rows[g.at]), options)) for g in gone]
    mask = pa.array(kept)
    return (
        Parsed(
            [c.filter(mask) for c in parsed.columns],
            rows[kept],
            parsed.blank,
            {r: n for r, n in parsed.ragged.items() if r not in left},
            {r: d for r, d in parsed.split.items() if r not in left},
        ),
        aside,
        notes,
        tuple(sums),
    )


def written(cells: Sequence[Cell], parsed: Parsed, row: int, options: ReadOptions) -> str:
    """The cells as a line of the file."""
    cells = cells[: parsed.ragged.get(row, len(cells))]
    if len(options.delimiter) > 1 or not options.quote or options.cuts:
        return (options.delimiter if not options.cuts else "  ").join(c or "" for c in cells)
    out = io.StringIO()
    csv.writer(out, delimiter=options.delimiter, quotechar=options.quote, lineterminator="").writerow([c or "" for c in cells])
    return out.getvalue()


def without_extra(
    notes: list[Note], columns: list[pa.ChunkedArray], names: list[str], width: int, parsed: Parsed
) -> tuple[list[Note], list[pa.ChunkedArray], list[str], Aside]:
    """The columns without those for extra cells, which are listed instead."""
    extra = columns[width:]
    some = np.zeros(len(parsed.rows), bool)
    for column in extra:
        some |= pc.is_valid(column).to_numpy()
    at = np.flatnonzero(some)
    cells = zip(*(c.take(pa.array(at)).to_pylist() for c in extra), strict=True)
    aside = [(int(parsed.rows[p]), BEYOND, " | ".join(c for c in row if c)) for p, row in zip(at, cells, strict=True)]
    text = f"{rows_named([row for row, _, _ in aside])}: the cells beyond the header are left out and listed."
    kept = [n for n in notes if "extra cells are kept" not in n.text]
    return [*kept, Note(text=text, row=aside[0][0] if aside else None, kind="warning")], columns[:width], names[:width], aside


def split_notes(parsed: Parsed) -> list[Note]:
    """Which records another delimiter parts."""
    if not parsed.split:
        return []
    signs = ", ".join(sorted({repr(d) for d in parsed.split.values()}))
    text = f"{rows_named(list(parsed.split))}: the cells are parted by {signs}, not as in the other rows; they are read so."
    return [Note(text=text, row=next(iter(parsed.split)), kind="warning")]


def raw_csv_lines(file: FileBytes, options: ReadOptions, first: int, count: int) -> list[RawLine]:
    """Records as they stand, by row number."""
    body, _ = to_utf8(file, options)
    try:
        header = find_header(file, Part(body, [], []), options)
    except ReadError:  # the lines are looked at to see what is wrong
        header = None
    if options.table or header is None or not header.row or first + count - 1 <= header.last:
        lines = head_lines(body, options, first + count - 1)
    else:  # below the header the records are told as the table's are
        lines = head_lines(body, options, header.last)
        rest = head_lines(body.slice(header.start), options, first + count - 1 - header.last, len(header.cells))
        lines += [line._replace(number=line.number + header.last) for line in rest]
    return [RawLine(line.number, line.text) for line in lines[first - 1 :]]
