"""Where the header of a delimited text is: found by what the columns below it hold.

A header is a line of words above columns of numbers or dates; lines above it are a preamble, several such lines are a header
over several lines. Where nothing tells, the first line that is as long as the table's records is the header.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from io_utils.delimited.dialect import DAY, NUMBER, TIME

Cells = Sequence[str | None]
BELOW = 60  # records below a line that tell what the columns hold
MOST = 3  # lines of a header
TYPED = 0.75  # share of a column's filled cells that must be numbers or dates
VALUE = re.compile(rf"(?:{NUMBER}|(?:{DAY})(?:[T ]+{TIME})?|{TIME})\Z")
NOTHING = re.compile(r"(?:n/?a|nan|none|null|nil|-+|\?+|tbc|tbd|unknown|\.+|#\w+[!?]?)\Z", re.IGNORECASE)


class Shape(NamedTuple):
    """The row of the header (from 1; 0: none), the lines it takes, how sure that is (0 to 1), and why."""

    header: int
    lines: int
    sure: float
    evidence: tuple[str, ...]


def find_header(rows: Sequence[Cells]) -> Shape:
    """The header of the first records of a file (blank ones without cells)."""
    filled = [i for i, cells in enumerate(rows) if any(c and c.strip() for c in cells)]
    if not filled:
        return Shape(1, 1, 0.1, ())
    width = table_width([rows[i] for i in filled])
    first = first_line(rows, filled, width)
    below = [rows[i] for i in filled if i > first and len(rows[i]) > width // 2]
    head = rows[first]
    body = [cells for cells in below[:BELOW] if list(cells) != list(head)]  # the header may be repeated
    preamble = (f"The first {first} lines are above the table: they have fewer cells than its rows.",) if first > filled[0] else ()
    if not body:
        alone = [c for c in head if c and c.strip()]
        named = width == 1 or not all(is_value(c) for c in alone)
        return Shape(first + 1 if named else 0, 1, 0.5, preamble)
    lines = 1
    while lines < MOST and len(body) > lines + 1:
        typed = typed_columns(body[lines:], width)
        if len(typed) < 2 or not is_name_line(body[lines - 1], typed, width):
            break
        lines += 1
    typed = typed_columns(body[lines - 1 :], width)
    vote = votes(body[lines - 2] if lines > 1 else head, body[lines - 1 :], typed)
    if vote < 0 and not preamble:
        return Shape(0, 1, min(0.9, 0.5 - vote / 4), (f"Line {first + 1} holds values like the lines below it: there is no header.",))
    said = ""
    if vote > 0:
        said = f"Line {first + 1} holds words above columns of numbers or dates: the header."
    several = (f"The header takes {lines} lines: words above columns of numbers or dates.",) if lines > 1 else ()
    return Shape(first + 1, lines, min(0.95, 0.6 + vote / 5), (*preamble, *(several or ((said,) if said else ()))))


def table_width(rows: Sequence[Cells]) -> int:
    """The length that most records have, longer ones before lines of one cell."""
    counts = Counter(map(len, rows[:200]))
    return max(counts, key=lambda w: (counts[w] * (w - 1) / w, counts[w]))


def first_line(rows: Sequence[Cells], filled: Sequence[int], width: int) -> int:
    """The first line of the table: as long as its records or nearly, with more than one filled cell, and records below it."""
    if width == 1:
        return filled[0]
    usual = sorted(sum(1 for c in rows[i] if c) for i in filled if len(rows[i]) == width)
    needed = min(max(2, usual[len(usual) // 2] // 2 + 1), width) if usual else 2
    for place, i in enumerate(filled):
        cells = rows[i]
        count = sum(1 for c in cells if c and c.strip())
        if len(cells) == width and count >= min(needed, 2 if width == 2 else needed):
            return i
        follows = filled[place + 1] if place + 1 < len(filled) else None
        near = max(2, (width + 1) // 2) <= len(cells) <= width + 2
        next_is_row = follows == i + 1 and len(rows[follows]) == width
        named = near and count > 1 and not any(is_value(c) for c in cells)
        upper = len(cells) == width and count > 1 and next_is_row and parents(cells, rows[i + 1])
        half = len(cells) == width == 2 and next_is_row and any(is_value(c) for c in rows[i + 1])
        if next_is_row and (named or upper or half):
            return i
    return filled[0]


def parents(cells: Cells, below: Cells) -> bool:
    """Whether a line of few words is the upper line of a header: its cells stand for several columns of the line below."""
    return not any(is_value(c) for c in (*cells, *below)) and sum(1 for c in below if c) > sum(1 for c in cells if c)


def is_value(cell: str | None) -> bool:
    """Whether a cell is a number or a date."""
    return bool(cell) and VALUE.match(str(cell).strip()) is not None


def typed_columns(rows: Sequence[Cells], width: int) -> list[int]:
    """The columns that hold numbers or dates."""
    found = []
    for column in range(width):
        cells = [c.strip() for row in rows if column < len(row) and (c := row[column]) and not NOTHING.match(c.strip())]
        if cells and sum(map(is_value, cells)) >= TYPED * len(cells):
            found.append(column)
    return found


def is_name_line(cells: Cells, typed: Sequence[int], width: int) -> bool:
    """Whether a line below the first belongs to the header: words, no value, in the columns of numbers and dates."""
    if not typed or len(cells) < width - 1:
        return False
    above = [cells[c] for c in typed if c < len(cells) and cells[c]]
    words = [c for c in above if c and re.search(r"[^\W\d_]|[%€$£°]", c) and not NOTHING.match(c.strip()) and not is_value(c)]
    return len(words) == len(above) and len(words) >= max(1, 0.6 * len(typed)) and not any(map(is_value, cells))


def votes(head: Cells, body: Sequence[Cells], typed: Sequence[int]) -> float:
    """How much tells for (above 0) and against the line being a header."""
    vote = 0.0
    for column in typed:
        cell = head[column] if column < len(head) else None
        if not cell or not cell.strip():
            vote -= 0.1
        elif not is_value(cell):
            vote += 1.0 if not NOTHING.match(cell.strip()) else -0.5
        else:
            year = re.match(r"(?:19|20)\d\d\Z", cell.strip()) is not None
            vote -= 0.0 if year and not any(r[column : column + 1] == [cell] for r in map(list, body)) else 1.0
    others = [c for c in range(len(head)) if c not in typed]
    for column in others:
        cell = (head[column] or "").strip()
        again = len(body) > 2 and any(column < len(row) and (row[column] or "").strip() == cell for row in body)
        if is_value(cell) or (cell and again):
            vote -= 0.5
    named = [c for c in head if c]
    return vote - (0.3 if len(set(named)) < len(named) and not typed else 0.0)


def joined(lines: Sequence[Cells]) -> list[str | None]:
    """One name a column from several lines: parents that stand for several columns are filled forward, then joined by a space."""
    width = max(map(len, lines))
    full = [[*line, *[None] * (width - len(line))] for line in lines]
    for upper, lower in pairwise(full):
        last = None
        for column in range(width):
            last = upper[column] if (upper[column] or "").strip() else last if lower[column] else None
            upper[column] = last
    names: list[str | None] = []
    for parts in zip(*full, strict=True):
        words = [p.strip() for p in parts if p and p.strip()]
        kept = [w for i, w in enumerate(words) if i == 0 or w != words[i - 1]]
        names.append(" ".join(kept) or None)
    return names
