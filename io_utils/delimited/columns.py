"""Delimited text to columns of text: Arrow's reader for what is plain, our own for the rest."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from io_utils.delimited.dialect import TYPED
from io_utils.delimited.fixed_columns import parse_fixed
from io_utils.delimited.own import Cell, Dialect, NeedMore, records, swallows
from io_utils.delimited.parsed import TEXT, Parsed, nothing
from io_utils.delimited.plain import Plain, plain_form, without_spaces
from io_utils.delimited.scan import CR, LF, Damaged, ReadOne, Scan, Swallows, scan, scan_lines

BATCH = 50_000  # records of our own reader kept as Python objects at once
PART = 1 << 23  # bytes of text that our own reader looks at at once
WINDOW = 1 << 12  # bytes looked at for a damaged record, more if it is longer
OTHERS = (";", ",", "\t", "|", ":", " ")  # delimiters that a single row may have instead of the table's
BLOCK = 1 << 24  # bytes that one of Arrow's threads parses at once
MAX_BLOCK = 1 << 29  # Arrow's blocks end at 2 GiB; twice the longest record must fit in


def parse(
    body: pa.Buffer, width: int, first: int, dialect: Dialect, *, split: bool = False, progress: Callable[[float], None] = nothing
) -> Parsed:
    """The records of UTF-8 text whose header has ``width`` cells; ``first`` is the row number of the first record.

    With ``split`` a record that another delimiter parts into as many cells as the header has is parted there. ``progress``
    is told the share of the text that is read.
    """
    if not body.size:
        return Parsed([pa.chunked_array([], TEXT) for _ in range(width)], range(first, first))
    if dialect.cuts:
        return parse_fixed(body, width, first, dialect, progress)
    plain = plain_form(body, dialect)
    if plain is not None:
        facts = facts_of(plain, width, lambda at: progress(0.6 * at / body.size))
        if facts.plain and facts.longest < MAX_BLOCK and not (facts.quoted_returns and body.size > MAX_BLOCK):
            parsed = parse_plain(plain, width, first, dialect, facts, split=split)
            if parsed is not None:
                return parsed
    return parse_any(body, width, first, dialect, split=split, progress=progress)


def facts_of(plain: Plain, width: int, progress: Callable[[int], None]) -> Scan:
    """What the scan finds: by blocks if it can, line by line where much is damaged or the dialect asks for it."""
    data, dialect = np.frombuffer(plain.body, np.uint8), plain.dialect
    delimiter, quote = ord(dialect.delimiter), ord(dialect.quote) if dialect.quote else None
    read_one = one_reader(data, dialect, width)
    if not dialect.comment and not dialect.skip_space:
        facts = scan(data, delimiter, quote, read_one, swallow_test(data, dialect, width), progress)
        if facts.plain:
            return facts
    comment = dialect.comment.encode()
    return scan_lines(data, delimiter, quote, read_one, skip_space=dialect.skip_space, comment=comment, progress=progress)


def one_reader(data: np.ndarray, dialect: Dialect, width: int) -> ReadOne:
    """Reads the record of UTF-8 text that begins at a byte, looking no further than needed."""

    def read_one(start: int) -> Damaged:
        size = WINDOW
        while True:
            whole = start + size >= len(data)
            text = data[start : start + size].tobytes().decode("utf-8", "strict" if whole else "ignore")
            try:
                record = next(records(text, dialect, width, whole=whole))
            except NeedMore:
                record = None
            if record is not None and (whole or record.end < len(text) - 2):
                end = start + len(text[: record.end].encode())
                following = end + (2 if text.startswith("\r\n", record.end) else 1)
                return Damaged(record.cells, text[: record.end], start, min(following, len(data)))
            size *= 8

    return read_one


def swallow_test(data: np.ndarray, dialect: Dialect, width: int) -> Swallows | None:
    """Tells whether a quoted cell of a record swallowed lines that look like records; None where it cannot be told."""
    if width < 2 or not dialect.quote:
        return None

    def test(start: int, end: int) -> bool:
        text = data[start:end].tobytes().decode("utf-8")
        return any(cell and swallows(cell, dialect.delimiter, width) for record in records(text, dialect) for cell in record.cells)

    return test


def other_split(text: str, cells: int, width: int, dialect: Dialect) -> tuple[list[Cell], str] | None:
    """The cells of a record that another delimiter parts into as many as the header has, and that delimiter."""
    if cells == width or width < 2:
        return None
    if not dialect.skip_space and dialect.delimiter != " " and text.count(dialect.delimiter + " ") >= width - 1:
        spaced = list(records(text, dialect._replace(skip_space=True)))
        if len(spaced) == 1 and len(spaced[0].cells) == width:
            return spaced[0].cells, dialect.delimiter + " "
    if cells > (width + 1) // 2:
        return None
    for delimiter in OTHERS:
        if delimiter != dialect.delimiter and text.count(delimiter) >= width - 1 and (delimiter not in " :" or width > 3):
            found = list(records(text, dialect._replace(delimiter=delimiter)))
            likely = delimiter not in " :" or any(c and TYPED.match(c) for c in found[0].cells)
            if len(found) == 1 and len(found[0].cells) == width and likely:
                return found[0].cells, delimiter
    return None


def parse_plain(plain: Plain, width: int, first: int, dialect: Dialect, facts: Scan, *, split: bool = False) -> Parsed | None:
    """By Arrow's reader, the damaged records as the scan read them; None if it finds other records than the scan.

    ``dialect`` is that of the file, in which a record's own text is written.
    """
    body, simple = plain.body, plain.dialect
    ragged: dict[int, list[Cell]] = {}
    parted: dict[int, str] = {}
    blank: dict[int, str] = {int(b): "" for b in facts.blank}
    lengths: dict[int, int] = {}
    regular = np.arange(facts.records)
    if facts.damaged:
        regular = np.delete(regular, list(facts.damaged))
        body = without(body, list(facts.damaged.values()))
    if simple.skip_space:
        body = without_spaces(body, simple)
    simple = simple._replace(skip_space=False, comment="")  # what is left has neither

    def keep(number: int, cells: list[Cell], text: str) -> None:
        if not cells or (width > 1 and len(cells) == 1 and not text.strip()):
            blank[number] = plain.raw(text)
            return
        other = other_split(plain.raw(text), len(cells), width, dialect) if split else None
        ragged[number] = other[0] if other else cells
        if other:
            parted[number] = other[1]
        elif len(cells) != width:
            lengths[number] = len(cells)

    for number, one in facts.damaged.items():
        keep(number, one.cells, one.text)
    count = len(regular)
    if count and body[-1] == ord(simple.delimiter):  # Arrow takes an empty cell that ends the file for a quoted one if one came before
        body = pa.py_buffer(body.to_pybytes() + b"\n")
    table = None
    if not count:
        table = pa.table([pa.nulls(0, TEXT)] * width, [str(i) for i in range(width)])
    elif not len(facts.blank):
        try:
            table = arrow_csv(body, width, simple, facts, None)
        except pa.ArrowInvalid:
            table = None  # a record of another length: one thread, so that Arrow tells which
    if table is None:

        def odd(row: pacsv.InvalidRow) -> str:
            if row.number > count:
                raise pa.ArrowInvalid("more records than the scan found")
            keep(int(regular[row.number - 1]), next(records(row.text, simple)).cells, row.text)
            return "skip"

        try:
            table = arrow_csv(body, width, simple, facts, odd)
        except pa.ArrowInvalid:
            return None
    spaces = sum(1 for text in blank.values() if text)
    if table.num_rows + len(ragged) + spaces != facts.records:
        return None
    parsed = put_together(table, ragged, blank, facts, first)
    parsed.columns = [plain.column(c) for c in parsed.columns]
    parsed.ragged = {r + first: lengths[r] for r in sorted(lengths)}
    parsed.split = {r + first: parted[r] for r in sorted(parted)}
    return parsed


def without(body: pa.Buffer, damaged: list[Damaged]) -> pa.Buffer:
    """The text without the damaged records; a CR before one and a LF behind it stay two line ends."""
    data = memoryview(body)
    begins = [0, *(one.next for one in damaged)]
    ends = [*(one.start for one in damaged), body.size]
    pieces = [data[a:b] for a, b in zip(begins, ends, strict=True) if b > a]
    between = [b"\r" if one[-1] == CR and following[0] == LF else b"" for one, following in pairwise(pieces)]
    return pa.py_buffer(b"".join([p for pair in zip(pieces, [*between, b""], strict=False) for p in pair]))


def arrow_csv(body: pa.Buffer, width: int, dialect: Dialect, facts: Scan, odd: object) -> pa.Table:
    """Arrow's reader, every cell as text: missing where it is empty, empty text where it is quoted."""
    names = [str(i) for i in range(width)]
    # Blocks for several threads; one block where a CR stands in a quoted cell: Arrow drops the LF of a quoted CR LF that blocks part.
    block = max(min(body.size + 1, BLOCK), 2 * facts.longest + 16)
    if facts.quoted_returns:
        block = max(block, body.size + 1)
    return pacsv.read_csv(
        pa.BufferReader(body),
        pacsv.ReadOptions(column_names=names, use_threads=odd is None, block_size=block),
        pacsv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote or False,
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
        spaces = [b for b in blank if blank[b]]  # Arrow gives a row for a line of no characters
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


def parse_any(
    body: pa.Buffer, width: int, first: int, dialect: Dialect, *, split: bool = False, progress: Callable[[float], None] = nothing
) -> Parsed:
    """By our own reader."""
    batches: list[list[pa.Array]] = []
    numbers: list[int] = []
    found = Parsed([], range(0))
    waiting: list[list[Cell]] = []
    for number, (cells, text, at) in enumerate(each_record(body, dialect, width), first):
        if is_blank(cells, text, width, dialect):
            found.blank.append((number, text))
            continue
        if len(cells) != width:
            other = other_split(text, len(cells), width, dialect) if split else None
            if other:
                cells, found.split[number] = other
            else:
                found.ragged[number] = len(cells)
        numbers.append(number)
        waiting.append(cells)
        if len(waiting) == BATCH:
            batches.append(as_columns(waiting, width))
            waiting = []
            progress(at / body.size)
    batches.append(as_columns(waiting, width))
    found.columns, found.rows = join(batches), np.array(numbers, "int64")
    return found


def each_record(body: pa.Buffer, dialect: Dialect, width: int) -> Iterator[tuple[list[Cell], str, int]]:
    """The cells and the text of every record, and the byte where the part of the text that it is in begins."""
    data = memoryview(body)
    at, size = 0, PART
    while at < body.size:
        whole = at + size >= body.size
        text = str(data[at : at + size], "utf-8", "strict" if whole else "ignore")
        done = 0
        with contextlib.suppress(NeedMore):
            for record in records(text, dialect, width, whole=whole):
                if not whole and record.end >= len(text) - 2:
                    break  # it may go on behind this part
                yield record.cells, text[record.start : record.end], at
                done = record.end + (2 if text.startswith("\r\n", record.end) else 1)
        if whole:
            return
        at += len(text[:done].encode())
        size = PART if done else size * 8


def is_blank(cells: list[Cell], text: str, width: int, dialect: Dialect) -> bool:
    """Whether a record is a blank line: no character or, in a table of several columns, only white space."""
    return not cells or (not text.strip() and (bool(dialect.cuts) or (width > 1 and len(cells) == 1)))


def join(batches: Iterable[list[pa.Array]]) -> list[pa.ChunkedArray]:
    """Batches of columns as whole columns; narrow batches are filled with missing."""
    batches = list(batches)
    width = max(map(len, batches))
    return [pa.chunked_array([b[i] if i < len(b) else pa.nulls(len(b[0]), TEXT) for b in batches], TEXT) for i in range(width)]
