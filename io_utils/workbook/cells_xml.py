"""A table's rows as the XML of a worksheet, built from whole columns by Arrow.

xlsxwriter's own cell writing takes four times as long, rounds doubles to 16 digits, and takes a text such as ``<r>..</r>``
for markup. Source of the format: ECMA-376 part 1, 18.3 (cells) and 22.9.2.19 (escapes in text).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from io_utils.delimited.write import TEXT, join, joined_bytes, value_texts
from io_utils.workbook.address import column_letters

MAX_TEXT = 32_767  # UTF-16 units in a cell
EXACT = 10**15  # Excel keeps 15 digits
FIRST_DAY, LAST_DAY = date(1900, 3, 1), date(9999, 12, 31)  # before, Excel's calendar is a day off
EPOCH = 25_569  # 1970-01-01 as Excel counts days
SLICE = 16_384  # rows turned into XML at once
HEADER, DATE, STAMP = 1, 2, 3  # positions of the cell formats in the workbook
SPECIAL = r"[&<>\x00-\x08\x0b-\x1f\x{FFFE}\x{FFFF}]|_x[0-9A-Fa-f]{4}_"
ESCAPES = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def sheet_rows(names: Sequence[str], columns: Sequence[pa.ChunkedArray], size: int) -> Iterator[str]:
    """The rows of a sheet in pieces: the names, then ``size`` rows of the columns."""
    yield row_xml(1, [text_cells(pa.array([name], TEXT), HEADER) for name in names], 1)
    for start in range(0, size, SLICE):
        count = min(SLICE, size - start)
        yield row_xml(start + 2, [cells_xml(c.slice(start, SLICE).combine_chunks()) for c in columns], count)


def row_xml(first: int, cells: list[list[pa.Array | str]], count: int) -> str:
    """Rows from number ``first`` on; of each column the pieces of its cells' XML behind the reference, missing where no cell is."""
    numbers = pa.array(range(first, first + count)).cast(TEXT)
    pieces: list[pa.Array | str] = ['<row r="', numbers, '">']
    for position, parts in enumerate(cells, 1):
        cell = join(f'<c r="{column_letters(position)}', numbers, *parts)
        pieces.append(pc.fill_null(cell, "") if cell.null_count else cell)
    return joined_bytes([*pieces, "</row>\n"]).to_pybytes().decode()


def cells_xml(values: pa.Array) -> list[pa.Array | str]:
    """The pieces of each cell's XML, by the column's type; what Excel cannot hold as text."""
    of = values.type
    if pa.types.is_large_string(of):
        return text_cells(pc.if_else(pc.equal(values, ""), pa.scalar(None, TEXT), values))
    if pa.types.is_boolean(of):
        return ['" t="b"><v>', pc.if_else(values, pa.scalar("1", TEXT), pa.scalar("0", TEXT)), "</v></c>"]
    if pa.types.is_timestamp(of) and of.tz:
        return text_cells(value_texts(values))
    if pa.types.is_date(of):
        days = pc.add(values.cast(pa.int32()), EPOCH)
        return mixed(values, out_of_calendar(values), f'" s="{DATE}"><v>', days.cast(TEXT))
    if pa.types.is_timestamp(of):
        milliseconds = values.cast(pa.timestamp("ms"), safe=False).cast(pa.int64()).cast(pa.float64())
        moments = pc.add(pc.divide(milliseconds, 86_400e3), EPOCH)
        return mixed(values, out_of_calendar(values), f'" s="{STAMP}"><v>', moments.cast(TEXT))
    if pa.types.is_floating(of):
        return ['"><v>', value_texts(values), "</v></c>"]
    return mixed(values, too_long(values), '"><v>', value_texts(values))


def mixed(values: pa.Array, instead: pa.Array, start: str, numbers: pa.Array) -> list[pa.Array | str]:
    """Cells of numbers, but text where ``instead`` says so."""
    if not pc.any(instead).as_py():
        return [start, numbers, "</v></c>"]
    number, text = join(start, numbers, "</v></c>"), join(*text_cells(value_texts(values)))
    return [pc.if_else(pc.fill_null(instead, False), text, number)]


def text_cells(texts: pa.Array, style: int | None = None) -> list[pa.Array | str]:
    """Cells of text."""
    long = pc.fill_null(pc.greater(pc.utf8_length(texts), MAX_TEXT // 2), False)
    if long.true_count:
        texts = pc.replace_with_mask(texts, long, pa.array([cut(t) for t in texts.filter(long).to_pylist()], TEXT))
    special = pc.fill_null(pc.match_substring_regex(texts, SPECIAL), False)
    if special.true_count:
        texts = pc.replace_with_mask(texts, special, pa.array([escaped(t) for t in texts.filter(special).to_pylist()], TEXT))
    style_said = f' s="{style}"' if style else ""
    return [f'"{style_said} t="inlineStr"><is><t xml:space="preserve">', texts, "</t></is></c>"]


def escaped(text: str) -> str:
    """Text as XML, with control characters and what looks like an escape as Excel escapes them."""
    text = ESCAPES.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def units(text: str) -> int:
    """How many UTF-16 units a text has, which is how Excel counts."""
    return len(text) + sum(1 for sign in text if ord(sign) > 0xFFFF)


def cut(text: str) -> str:
    """The text as far as a cell holds it."""
    return text.encode("utf-16-le")[: 2 * MAX_TEXT].decode("utf-16-le", "ignore")


def too_long(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Whether whole numbers or decimals have more than 15 digits."""
    if pa.types.is_decimal(values.type):
        digits = pc.replace_substring_regex(values.cast(TEXT), r"^-|\.", "")
        return pc.greater(pc.utf8_length(pc.replace_substring_regex(digits, r"^0+", "")), 15)
    return pc.or_(pc.greater_equal(values, EXACT), pc.less_equal(values, -EXACT))


def out_of_calendar(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Whether dates lie before Excel's calendar, or after it."""
    days = values.cast(pa.date32(), safe=False)
    return pc.or_(pc.less(days, pa.scalar(FIRST_DAY)), pc.greater(days, pa.scalar(LAST_DAY)))


def over_length(values: pa.Array | pa.ChunkedArray) -> list[int]:
    """Where texts do not fit in a cell."""
    maybe = pc.indices_nonzero(pc.fill_null(pc.greater(pc.utf8_length(values), MAX_TEXT // 2), False)).to_pylist()
    return [at for at in maybe if units(values[at].as_py()) > MAX_TEXT]
