"""The cells of a worksheet's XML, found by whole columns of bytes: fast, for XML written plainly, as all known writers do.

Anything else (comments, prefixes, other attributes, entities of its own) raises NotPlain; ``xlsx_parse`` then reads the sheet
with an XML parser. Both give the same.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from io_utils.workbook.address import MAX_ROW

NUMBER, SHARED, TEXT, INLINE, BOOLEAN, ERROR, ISO_DATE = range(7)  # the types of ECMA-376, 18.18.11
TYPES = {"n": NUMBER, "s": SHARED, "str": TEXT, "inlineStr": INLINE, "b": BOOLEAN, "e": ERROR, "d": ISO_DATE}
LT, GT, SPACE, QUOTE, SLASH, EQUALS = b'<> "/='
PAD = bytes(32)
MAX_STYLE_DIGITS = 5
POWERS = np.array([10, 100, 1000, 10_000, 100_000, 1_000_000])


class NotPlain(Exception):
    """The XML is not written plainly."""


class Raw(NamedTuple):
    """Cells with a value or a formula, as they stand: type (see above), style, the value's text (None: no value)."""

    row: np.ndarray
    column: np.ndarray
    type: np.ndarray
    style: np.ndarray
    value: pa.Array
    formula: np.ndarray


def scan(xml: bytes, row: int) -> tuple[Raw, int]:
    """The cells of whole ``<row>`` elements, the row before them being ``row``; and the last row.

    Raises NotPlain.
    """
    b = np.frombuffer(xml + PAD, np.uint8)
    lt, gt = np.flatnonzero(b == LT), np.flatnonzero(b == GT)
    if len(lt) != len(gt) or (lt > gt).any() or (gt[:-1] > lt[1:]).any():
        raise NotPlain
    first, second = b[lt + 1], b[lt + 2]
    closes = first == SLASH
    bare = (second == GT) | (second == SPACE) | (second == SLASH)
    is_c, is_v, is_f, is_t = ((first == ord(letter)) & bare for letter in "cvft")
    is_row = (first == ord("r")) & (second == ord("o"))
    is_is = (first == ord("i")) & (second == ord("s"))
    if not (closes | is_c | is_v | is_f | is_t | is_row | is_is).all():
        raise NotPlain
    rows, last = row_numbers(b, lt[is_row], row)
    at = np.flatnonzero(is_c)
    if not len(at):
        return Raw(*(np.empty(0, "int32"),) * 4, pa.array([], pa.string()), np.empty(0, bool)), last
    own_row = np.cumsum(is_row)[at] - 1
    if own_row[0] < 0:
        raise NotPlain
    own = np.cumsum(is_c) - 1  # which cell a tag is in
    open_value = (is_v | is_t) & (b[gt - 1] != SLASH)
    text_tag = np.flatnonzero(is_t)
    if len(text_tag) and not is_is[text_tag - 1].all():
        raise NotPlain
    value_tag = np.flatnonzero(open_value)
    value_cell = own[value_tag]
    if len(value_tag):
        unclosed = value_tag[-1] + 1 >= len(lt) or not closes[value_tag + 1].all()
        if unclosed or value_cell[0] < 0 or (np.diff(value_cell) < 1).any():
            raise NotPlain
    column, kind, style = attributes(b, lt[at] + 2, rows[own_row])
    formula = np.zeros(len(at), bool)
    formula[own[is_f]] = True
    filled = formula.copy()
    filled[value_cell] = True
    kept = np.flatnonzero(filled)
    value = pieces(xml, gt[value_tag] + 1, lt[value_tag + 1] if len(value_tag) else gt[value_tag])
    if len(value) != len(kept):  # formulas without a value
        place = np.full(len(at), -1)
        place[value_cell] = np.arange(len(value_cell))
        value = value.take(pa.array(place[kept], mask=place[kept] < 0))
    return Raw(rows[own_row][kept], column[kept], kind[kept], style[kept], value, formula[kept]), last


def row_numbers(b: np.ndarray, at: np.ndarray, before: int) -> tuple[np.ndarray, int]:
    """The numbers of rows, from ``r="12"``, which stands first."""
    if not len(at):
        return np.empty(0, "int32"), before
    start = at + 5
    told = (b[at + 4] == SPACE) & (b[start] == ord("r")) & (b[start + 1] == EQUALS) & (b[start + 2] == QUOTE)
    if not told.all():
        raise NotPlain
    number, end = digits(b, start + 3, 7)
    if not (b[end] == QUOTE).all() or not number.all() or number.max() > MAX_ROW:
        raise NotPlain
    return number.astype("int32"), int(number[-1])


def digits(b: np.ndarray, start: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The whole numbers that begin at some bytes, and where they end."""
    value, end = np.zeros(len(start), "int64"), start.copy()
    going = np.ones(len(start), bool)
    for _ in range(most):
        sign = b[end]
        going &= (sign >= 48) & (sign <= 57)
        if not going.any():
            break
        value = np.where(going, value * 10 + sign - 48, value)
        end = end + going
    return value, end


def attributes(b: np.ndarray, start: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The column, type and style of cells whose attributes begin at some bytes; ``row`` is the row each stands in."""
    size = len(start)
    column, kind, style = np.zeros(size, "int32"), np.zeros(size, "uint8"), np.zeros(size, "int32")
    row_digits = np.searchsorted(POWERS, row, "right") + 1
    p, here = start, np.arange(size)
    for _ in range(4):
        sign = b[p]
        going = sign == SPACE
        if not (going | (sign == GT) | (sign == SLASH)).all():
            raise NotPlain
        if not going.all():
            p, here = p[going], here[going]
        if not len(p):
            break
        name = b[p + 1]
        if not ((b[p + 2] == EQUALS) & (b[p + 3] == QUOTE)).all():
            raise NotPlain
        end = np.zeros(len(p), p.dtype)
        for letter in np.unique(name):
            chosen = np.flatnonzero(name == letter)
            of, v = here[chosen], p[chosen] + 4
            if letter == ord("r"):
                column[of], end[chosen] = letters(b, v, row[of], row_digits[of])
            elif letter == ord("s"):
                style[of], end[chosen] = digits(b, v, MAX_STYLE_DIGITS)
            elif letter == ord("t"):
                kind[of], end[chosen] = types(b, v)
            else:
                raise NotPlain
        if not (b[end] == QUOTE).all():
            raise NotPlain
        p = end + 1
    else:
        raise NotPlain
    if not column.all() or column.max() > 16_384:
        raise NotPlain
    return column, kind, style


def letters(b: np.ndarray, v: np.ndarray, row: np.ndarray, row_digits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The columns that references such as ``AB12`` name, and where these end; they must name the row they stand in."""
    one, two, three = (b[v + i].astype("int32") - 64 for i in range(3))
    has_two = (two >= 1) & (two <= 26)
    has_three = has_two & (three >= 1) & (three <= 26)
    if not ((one >= 1) & (one <= 26)).all():
        raise NotPlain
    column = np.where(has_two, one * 26 + two, one)
    column = np.where(has_three, column * 26 + three, column)
    end = v + 1 + has_two + has_three + row_digits
    if not (b[end - 1] - 48 == row % 10).all():
        raise NotPlain
    return column, end


def types(b: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The types that ``t="s"`` and the like name, and where these end."""
    first, alone = b[v], b[v + 1] == QUOTE
    kind, length = np.full(len(v), 255, "uint8"), np.ones(len(v), "int64")
    for letter, code in (("n", NUMBER), ("s", SHARED), ("b", BOOLEAN), ("e", ERROR), ("d", ISO_DATE)):
        kind[alone & (first == ord(letter))] = code
    string = ~alone & (first == ord("s")) & (b[v + 1] == ord("t"))
    kind[string], length[string] = TEXT, 3
    inline = ~alone & (first == ord("i"))
    kind[inline], length[inline] = INLINE, 9
    if (kind == 255).any():
        raise NotPlain
    return kind, v + length


def pieces(xml: bytes, start: np.ndarray, end: np.ndarray) -> pa.Array:
    """Pieces of the bytes as text, without a Python object for each."""
    if not len(start):
        return pa.array([], pa.string())
    borders = np.empty(2 * len(start), "int32")
    borders[0::2], borders[1::2] = start, end
    whole = pa.Array.from_buffers(pa.string(), len(borders) - 1, [None, pa.py_buffer(borders), pa.py_buffer(xml)])
    return whole.take(pa.array(np.arange(0, len(borders) - 1, 2)))
