"""Several tables in one file: where each begins and ends."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from io_utils.delimited.header import Cells, is_value, typed_columns, votes


def find_tables(rows: Sequence[Cells]) -> list[range]:
    """The tables among the records (positions from 0); one range if there is one table.

    A new table begins behind a blank line with a line of names above records of another length, or of the same length if
    the names stand above numbers or dates; without a blank line only where three records and more of one length follow
    three of another.
    """
    parts = [p for block in between_blanks(rows) for p in by_length(rows, block)]
    starts = [0]
    before: range | None = None
    title = None  # lines of one cell that may stand above the next table
    for part in parts:
        width = length(rows, part)
        if width < 2 or sum(1 for i in part if sum(1 for c in rows[i] if c) > 1) < 2:
            title = part.start if title is None else title
            continue
        if before is not None and new_table(rows, before, part):
            starts.append(title if title is not None and title > before.start else part.start)
        before, title = part, None
    return [range(a, b) for a, b in pairwise([*starts, len(rows)])]


def between_blanks(rows: Sequence[Cells]) -> list[range]:
    """The stretches of records between blank ones."""
    found: list[range] = []
    start = None
    for at, cells in enumerate([*rows, []]):
        filled = any(c and c.strip() for c in cells)
        if filled and start is None:
            start = at
        elif not filled and start is not None:
            found.append(range(start, at))
            start = None
    return found


def by_length(rows: Sequence[Cells], block: range) -> list[range]:
    """The block cut where three records and more of one length follow three and more of another."""
    lengths = [len(rows[i]) for i in block]
    cuts = [0]
    for at in range(3, len(block) - 2):
        before, after = set(lengths[at - 3 : at]), set(lengths[at : at + 3])
        if len(before) == len(after) == 1 and before != after and not any(map(is_value, rows[block[at]])):
            cuts.append(at)
    return [block[a:b] for a, b in pairwise([*cuts, len(block)])]


def length(rows: Sequence[Cells], block: range) -> int:
    """The most usual length of the block's records."""
    counts = Counter(len(rows[i]) for i in block)
    return max(counts, key=lambda w: (counts[w], w))


def new_table(rows: Sequence[Cells], before: range, part: range) -> bool:
    """Whether the block is a table of its own and not the one before it going on."""
    head, body = rows[part.start], [rows[i] for i in part[1:]]
    width = length(rows, part)
    if len(head) != width or any(map(is_value, head)) or not all(c and c.strip() for c in head) or len(set(head)) < width:
        return False
    if list(head) == list(rows[before.start]):
        return False
    if width != length(rows, before):
        return True
    typed = typed_columns(body, width)
    return bool(typed) and votes(head, body, typed) >= 1
