"""Cells by their names: ``XFD1048576``, ``B4:H200``."""

import re
from typing import NamedTuple

from io_utils.errors import ReadError

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
CORNER = r"\$?([A-Za-z]{1,3})?\$?([0-9]{1,7})?"
RANGE = re.compile(rf"\s*{CORNER}(?:\s*(:)\s*{CORNER})?\s*\Z")


class Box(NamedTuple):
    """A rectangle of cells; rows and columns from 1, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int


def column_number(letters: bytes | str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper().encode() if isinstance(letters, str) else letters.upper():
        number = number * 26 + letter - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def box_of(text: str, where: str = "") -> Box:
    """The cells that a range names: ``B4:H200``, ``B:H``, ``4:200``, or ``B4`` for all from there on.

    Raises ReadError, beginning with ``where``, for anything else.
    """
    found = RANGE.match(text)
    if not found or not (found[1] or found[2]) or (found[3] and not (found[4] or found[5])):
        raise ReadError(f'{where}: "{text}" is no range of cells. Write it like B4:H200, B:H, or B4 for all from there on.')
    left = column_number(found[1]) if found[1] else 1
    right = column_number(found[4]) if found[4] else MAX_COLUMN
    top, bottom = int(found[2] or 1), int(found[5] or MAX_ROW)
    (top, bottom), (left, right) = sorted((top, bottom)), sorted((left, right))
    if top < 1:
        raise ReadError(f'{where}: "{text}" is no range of cells: rows begin at 1.')
    return Box(top, left, bottom, right)
