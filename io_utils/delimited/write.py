"""A table as delimited text, exact or made safe for a spreadsheet, built from whole columns by Arrow."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.errors import WriteError
from io_utils.options import Note
from io_utils.tables import arrow, rows_named
from io_utils.target import Share, Target, Written, opened

SLICE = 131_072  # rows turned into text at once
TEXT = pa.large_string()
Made = TypeVar("Made")
# What a spreadsheet would run: = @ tab CR at the start, also after spaces or in full-width form; + and - unless the rest
# could be a number or a telephone number.
RISKY = r"^[\s\p{Z}\x{FEFF}]*[=@\x{FF1D}\x{FF20}]|^ *[\t\r]|^[\s\p{Z}\x{FEFF}]*[+\-\x{FF0B}\x{FF0D}](?:[^0-9 .,()/\-]|.*[^0-9 .,()/\-])"
SPREADSHEET_RISK = rf"(?s){RISKY}"


def to_csv(
    table: pd.DataFrame,
    target: Target,
    *,
    spreadsheet: bool = False,
    delimiter: str = ",",
    decimal: str = ".",
    bom: bool = False,
    progress: Share | None = None,
) -> Written:
    """Write UTF-8 text with LF line ends: missing as nothing, empty text as "", numbers and dates in shortest exact form.

    Read back it is the same table as text. With ``spreadsheet`` cells and column names that a spreadsheet would run get an
    apostrophe in front; they are counted and listed in the notes. Raises WriteError.
    """
    if len(delimiter.encode()) != 1 or delimiter in '"\r\n' or delimiter == decimal:
        raise WriteError(f'"{delimiter}" cannot part cells. Choose a comma, a semicolon, a tab or a vertical bar.')
    written = Written()
    names = [str(name) for name in table.columns]
    if spreadsheet:
        names = [safe_name(name, written) for name in names]
    columns = [arrow(table[name]) for name in table.columns]
    risky: dict[str, list[int]] = {}
    say = progress or (lambda share: None)

    def text_of(start: int) -> tuple[pa.Buffer, list[tuple[str, list[int]]]]:
        found = []
        cells = []
        for name, column in zip(names, columns, strict=True):
            values = column.slice(start, SLICE).combine_chunks()
            if spreadsheet and pa.types.is_large_string(values.type):
                values, at = neutralised(values)
                if at:
                    found.append((name, table.index[[start + i for i in at]].tolist()))
            cells.append(cell_texts(values, delimiter, decimal))
        return lines(cells, delimiter), found

    with opened(target) as file:
        file.write(b"\xef\xbb\xbf" if bom else b"")
        file.write(lines([cell_texts(pa.array([n], TEXT), delimiter, decimal) for n in names], delimiter))
        for done, (text, found) in enumerate(in_order(text_of, range(0, len(table), SLICE)), 1):
            file.write(text)
            for name, rows in found:
                risky.setdefault(name, []).extend(rows)
            say(min(1.0, done * SLICE / max(len(table), 1)))
    for name, rows in risky.items():
        cells_said = "1 cell" if len(rows) == 1 else f"{len(rows):,} cells"
        place = f'Column "{name}", {rows_named(rows, "row")}'
        text = f"{place}: {cells_said} that a spreadsheet would run as a formula; an apostrophe (') is put in front."
        written.notes.append(Note(text=text, column=name, row=rows[0], kind="warning"))
    if len(columns) == 1 and columns[0].null_count:
        text = "The table has one column: its missing values are blank lines in the file, which most programs leave out."
        written.notes.append(Note(text=text, column=names[0], kind="warning"))
    return written


def in_order(work: Callable[[int], Made], starts: range) -> Iterator[Made]:
    """What ``work`` makes of each start, in order; two threads work, and few results wait."""
    with ThreadPoolExecutor(2) as pool:
        waiting: deque[Future[Made]] = deque()
        for start in starts:
            waiting.append(pool.submit(work, start))
            if len(waiting) > 3:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def safe_name(name: str, written: Written) -> str:
    """A column name that a spreadsheet does not run."""
    if not pc.match_substring_regex(name, SPREADSHEET_RISK).as_py():
        return name
    text = f'The column name "{name}" would be run by a spreadsheet as a formula; it now begins with an apostrophe (\').'
    written.notes.append(Note(text=text, column=name, kind="warning"))
    return f"'{name}"


def neutralised(values: pa.Array) -> tuple[pa.Array, list[int]]:
    """The texts, those a spreadsheet would run with an apostrophe in front, and where these are."""
    risky = pc.fill_null(pc.match_substring_regex(values, SPREADSHEET_RISK), False)
    if not risky.true_count:
        return values, []
    marked = pc.if_else(risky, join("'", values), values)
    return marked, pc.indices_nonzero(risky).to_pylist()


def holds_any(texts: pa.Array, characters: str) -> bool:
    """Whether a text holds one of some ASCII characters, told from the column's bytes at once."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return False
    ends = np.frombuffer(offsets, "int64")[texts.offset : texts.offset + len(texts) + 1]
    wanted = np.zeros(256, bool)
    wanted[list(characters.encode())] = True
    return bool(wanted[np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]].any())


def cell_texts(values: pa.Array, delimiter: str, decimal: str) -> pa.Array:
    """Values as they stand in the file: quoted where needed, missing as nothing."""
    texts = value_texts(values, decimal)
    quotable = f'[{re.escape(delimiter)}"\\r\\n]'
    if pa.types.is_large_string(values.type) or decimal != ".":
        quote = pc.match_substring_regex(texts, quotable) if holds_any(texts, f'{delimiter}"\r\n') else None
        if quote is not None and quote.true_count:
            doubled = join('"', pc.replace_substring(texts, '"', '""'), '"')
            texts = pc.if_else(quote, doubled, texts)
        empty = pc.equal(texts, "")
        if empty.true_count:
            texts = pc.if_else(empty, pa.scalar('""', TEXT), texts)
    return pc.fill_null(texts, "") if texts.null_count else texts


def value_texts(values: pa.Array, decimal: str = ".") -> pa.Array:
    """Values as exact text: doubles in shortest form, TRUE and FALSE, ISO dates; missing stays missing."""
    of = values.type
    if pa.types.is_large_string(of):
        return values
    if pa.types.is_boolean(of):
        return pc.if_else(values, pa.scalar("TRUE", TEXT), pa.scalar("FALSE", TEXT))
    if pa.types.is_timestamp(of):
        return stamp_texts(values)
    texts = values.cast(TEXT)
    if pa.types.is_floating(of):
        texts = double_texts(values, texts)
    if decimal != "." and (pa.types.is_floating(of) or pa.types.is_decimal(of)):
        texts = pc.replace_substring(texts, ".", decimal)
    return texts


def double_texts(values: pa.Array, texts: pa.Array) -> pa.Array:
    """Arrow's shortest text of doubles, written out where it uses an exponent."""
    long = pc.fill_null(pc.match_substring(texts, "e"), False)
    if not long.true_count:
        return texts
    plain = pa.array([without_exponent(v) for v in values.filter(long).to_pylist()], TEXT)
    return pc.replace_with_mask(texts, long, plain)


def without_exponent(value: float) -> str:
    """The shortest exact digits, with an exponent only from 1e21 on and below 1e-6."""
    text = repr(value)
    if "e" not in text or not 1e-6 <= abs(value) < 1e21:
        return text.removesuffix(".0")
    return format(Decimal(text), "f")


def stamp_texts(values: pa.Array) -> pa.Array:
    """Timestamps as ISO text without a fraction that is zero; with a zone as local time and offset."""
    whole = pc.equal(pc.microsecond(values), 0)
    whole = pc.and_(whole, pc.equal(pc.millisecond(values), 0))
    texts = values.cast(TEXT)
    return pc.if_else(whole, pc.replace_substring(texts, ".000000", ""), texts)


def lines(cells: list[pa.Array], delimiter: str) -> pa.Buffer:
    """Columns of cell texts as the bytes of lines."""
    if not cells:
        return pa.py_buffer(b"")
    return joined_bytes([*cells[:-1], join(cells[-1], "\n")], delimiter)


def join(*pieces: pa.Array | str, between: str = "") -> pa.Array:
    """Texts joined row by row; missing where one of them is."""
    return pc.binary_join_element_wise(*(pa.scalar(p, TEXT) if isinstance(p, str) else p for p in (*pieces, between)))


def joined_bytes(pieces: list[pa.Array | str], between: str = "") -> pa.Buffer:
    """Texts joined row by row, as one run of bytes: the data of the joined Arrow array."""
    joined = join(*pieces, between=between)
    _, offsets, data = joined.buffers()
    ends = np.frombuffer(offsets, "int64")[joined.offset :]
    return data.slice(int(ends[0]), int(ends[len(joined)] - ends[0]))
