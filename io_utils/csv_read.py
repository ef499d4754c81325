"""Delimited text to columns of text: Arrow's reader for what is plain, our own for the rest."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from io_utils.csv_own import Cell, Record, records
from io_utils.csv_scan import Scan, scan

TEXT = pa.large_string()
BATCH = 50_000  # records of our own reader kept as Python objects at once
BLOCK = 1 << 29  # bytes that Arrow parses at once
MAX_BLOCK = 1 << 29  # Arrow's blocks end at 2 GiB; twice the longest record must fit in


@dataclass
class Parsed:
    """Records as columns of text, without names; ``rows`` are spreadsheet row numbers.

    ``blank`` and ``ragged`` (row to number of cells) name the records left out as blank and those of another length.
    """

    columns: list[pa.ChunkedArray]
    rows: np.ndarray | range
    blank: list[tuple[int, str]] = field(default_factory=list)
    ragged: dict[int, int] = field(default_factory=dict)


def parse(body: pa.Buffer, width: int, first: int, delimiter: str, quote: str) -> Parsed:
    """The records of UTF-8 text whose header has ``width`` cells; ``first`` is the row number of the first record."""
    if not body.size:
        return Parsed([pa.chunked_array([], TEXT) for _ in range(width)], range(first, first))
    if len(delimiter.encode()) == 1 and len(quote.encode()) <= 1:
        facts = scan(np.frombuffer(body, np.uint8), ord(delimiter), ord(quote) if quote else None)
        if facts.plain and facts.longest < MAX_BLOCK and not (facts.quoted_returns and body.size > MAX_BLOCK):
            parsed = parse_plain(body, width, first, delimiter, quote, facts)
            if parsed is not None:
                return parsed
    return parse_any(str(body.to_pybytes(), "utf-8"), width, first, delimiter, quote)


def parse_plain(body: pa.Buffer, width: int, first: int, delimiter: str, quote: str, facts: Scan) -> Parsed | None:
    """By Arrow's reader; None if it finds other records than the scan."""
    if body[-1] == ord(delimiter):  # Arrow takes an empty cell that ends the file for a quoted one if one came before
        body = pa.py_buffer(body.to_pybytes() + b"\n")
    ragged: dict[int, list[Cell]] = {}
    blank: dict[int, str] = {int(b): "" for b in facts.blank}
    table = None
    if not len(facts.blank):
        try:
            table = arrow_csv(body, width, delimiter, quote, facts, None)
        except pa.ArrowInvalid:
            table = None  # a record of another length: one thread, so that Arrow tells which
    if table is None:

        def odd(row: pacsv.InvalidRow) -> str:
            if width > 1 and row.actual_columns == 1 and not row.text.strip():
                blank[row.number - 1] = row.text
            else:
                ragged[row.number - 1] = next(records(row.text, delimiter, quote)).cells
            return "skip"

        try:
            table = arrow_csv(body, width, delimiter, quote, facts, odd)
        except pa.ArrowInvalid:
            return None
    spaces = len(blank) - len(facts.blank)
    if table.num_rows + len(ragged) + spaces != facts.records:
        return None
    return put_together(table, ragged, blank, facts, first)


def arrow_csv(body: pa.Buffer, width: int, delimiter: str, quote: str, facts: Scan, odd: object) -> pa.Table:
    """Arrow's reader, every cell as text: missing where it is empty, empty text where it is quoted."""
    names = [str(i) for i in range(width)]
    # One block where the file allows it: columns come in one piece, and Arrow drops the LF of a quoted CR LF that blocks part.
    block = max(min(body.size + 1, BLOCK), 2 * facts.longest + 16)
    if facts.quoted_returns:
        block = max(block, body.size + 1)
    return pacsv.read_csv(
        pa.BufferReader(body),
        pacsv.ReadOptions(column_names=names, use_threads=odd is None, block_size=block),
        pacsv.ParseOptions(
            delimiter=delimiter,
            quote_char=quote or False,
            newlines_in_values=facts.quoted_newlines,
            ignore_empty_lines=False,
            invalid_row_handler=odd,
        ),
        pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, TEXT),
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
            check_utf8=False,  # checked before, on the whole file
        ),
    )


def put_together(table: pa.Table, ragged: dict[int, list[Cell]], blank: dict[int, str], facts: Scan, first: int) -> Parsed:
    """Arrow's records and the ragged ones in the order of the file, without the blank ones."""
    columns = table.columns
    rows: np.ndarray | range = range(first, first + facts.records)
    if ragged or blank:
        kept = np.ones(facts.records, bool)
        kept[list(blank)] = False
        spaces = [b for b in blank if blank[b]]
        place = np.full(facts.records, -1, "int64")  # where each record lies in Arrow's table, then in the ragged ones
        regular = np.ones(facts.records, bool)
        regular[list(ragged)] = False
        regular[spaces] = False
        place[regular] = np.arange(table.num_rows)
        odd = sorted(ragged)
        place[odd] = table.num_rows + np.arange(len(odd))
        columns = [c.take(pa.array(place[kept])) for c in with_ragged(columns, [ragged[r] for r in odd])]
        rows = np.flatnonzero(kept) + first
    return Parsed(
        columns,
        rows,
        [(b + first, blank[b]) for b in sorted(blank)],
        {r + first: len(ragged[r]) for r in sorted(ragged)},
    )


def with_ragged(columns: list[pa.ChunkedArray], cells: list[list[Cell]]) -> list[pa.ChunkedArray]:
    """The columns with the ragged records after them, widened where needed."""
    size = len(columns[0])
    added = as_columns(cells, len(columns))
    wide = [*columns, *(pa.chunked_array([pa.nulls(size, TEXT)]) for _ in range(len(added) - len(columns)))]
    return [pa.chunked_array([*c.chunks, a]) for c, a in zip(wide, added, strict=True)]


def as_columns(cells: list[list[Cell]], width: int) -> list[pa.Array]:
    """Lists of cells as columns, at least ``width`` of them; short records are filled with missing."""
    width = max([width, *map(len, cells)])
    full = (c if len(c) == width else [*c, *[None] * (width - len(c))] for c in cells)
    turned = list(zip(*full, strict=True)) or [()] * width
    return [pa.array(column, TEXT) for column in turned]


def parse_any(text: str, width: int, first: int, delimiter: str, quote: str) -> Parsed:
    """By our own reader."""
    batches: list[list[pa.Array]] = []
    numbers: list[int] = []
    blank: list[tuple[int, str]] = []
    ragged: dict[int, int] = {}
    waiting: list[list[Cell]] = []
    for number, record in enumerate(records(text, delimiter, quote), first):
        if is_blank(record, text, width):
            blank.append((number, text[record.start : record.end]))
            continue
        if len(record.cells) != width:
            ragged[number] = len(record.cells)
        numbers.append(number)
        waiting.append(record.cells)
        if len(waiting) == BATCH:
            batches.append(as_columns(waiting, width))
            waiting = []
    batches.append(as_columns(waiting, width))
    return Parsed(join(batches), np.array(numbers, "int64"), blank, ragged)


def is_blank(record: Record, text: str, width: int) -> bool:
    """Whether a record is a blank line: no character or, in a table of several columns, only white space."""
    return not record.cells or (width > 1 and len(record.cells) == 1 and not text[record.start : record.end].strip())


def join(batches: Iterable[list[pa.Array]]) -> list[pa.ChunkedArray]:
    """Batches of columns as whole columns; narrow batches are filled with missing."""
    batches = list(batches)
    width = max(map(len, batches))
    return [pa.chunked_array([b[i] if i < len(b) else pa.nulls(len(b[0]), TEXT) for b in batches], TEXT) for i in range(width)]
