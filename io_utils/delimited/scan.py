"""Which records of delimited text are plain, found by NumPy over the bytes: only plain ones go to Arrow's reader.

Plain means: every quote opens a cell right after a delimiter or a line end, closes one right before one, or is doubled inside
a quoted cell; none is left open; there is no NUL; no cell swallows lines that look like records. Arrow reads such text as our
own reader does, and damages the rest silently. A record that is not plain is read by our own reader; the scan goes on behind it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

BLOCK = 1 << 20
SMALL = 1 << 14  # the first block behind a damaged record; the next are twice as long each
SOME, MANY = 200, 50_000  # damaged records beyond which our own reader takes the whole text: if more than one in 20, or anyway
LF, CR = 10, 13


class Damaged(NamedTuple):
    """A record that is not plain: its cells and text, and the bytes it takes with its line end."""

    cells: list[str | None]
    text: str
    start: int
    next: int


ReadOne = Callable[[int], Damaged]
Swallows = Callable[[int, int], bool]


@dataclass(frozen=True)
class Scan:
    """Facts about a text: whether it could be parted into records, how many it has and which are blank (from 0).

    ``damaged`` are the records that are not plain, by number. ``quoted_newlines`` and ``quoted_returns`` say whether a line
    end, or a CR, stands in a quoted cell; ``longest`` is at least the bytes of the longest plain record.
    """

    plain: bool
    records: int = 0
    blank: np.ndarray = field(default_factory=lambda: np.empty(0, "int64"))
    quoted_newlines: bool = False
    quoted_returns: bool = False
    longest: int = 0
    damaged: dict[int, Damaged] = field(default_factory=dict)


NOT_PLAIN = Scan(plain=False)


def scan(data: np.ndarray, delimiter: int, quote: int | None, read_one: ReadOne | None = None, swallows: Swallows | None = None) -> Scan:
    """Facts about UTF-8 text (uint8), in one pass over blocks that fit the processor's cache.

    Without ``read_one``, which reads the record that begins at a byte, a text with a damaged record is not plain.
    ``swallows`` tells of a record of several lines whether a quoted cell in it swallowed other records.
    """
    size = len(data)
    opened, quoted_newlines, quoted_returns = 0, False, False  # quotes of the current record so far, odd inside a quoted cell
    at = last = records = longest = 0  # where the next block and the current record start
    step, inner = BLOCK, 0  # bytes of the next block; line ends in quoted cells of the current record before it
    blank: list[np.ndarray] = []
    damaged: dict[int, Damaged] = {}
    while at < size:
        block = data[at : at + step]
        stop = first_odd(data, block, at, opened, delimiter, quote)
        if stop is not None:
            block = block[: stop - at]
        ends, starts = line_ends(data, block, at)
        quotes = np.flatnonzero(block == quote) + at if quote is not None else ends[:0]
        if len(ends) and (len(quotes) or opened % 2):
            outside = (np.searchsorted(quotes, ends) + opened) % 2 == 0
            if not outside.all():
                within, bare = ends[~outside], ends[outside]
                quoted_newlines = True
                quoted_returns = quoted_returns or bool((data[within] == CR).any())
                starts = starts[outside]
                counts = np.bincount(np.searchsorted(bare, within), minlength=len(bare) + 1)
                counts[0] += inner
                inner, ends = int(counts[-1]), bare
                if swallows and (counts[:-1] >= 3).any():
                    begins = np.concatenate([[last], starts[:-1]])
                    wrong = next((int(i) for i in np.flatnonzero(counts[:-1] >= 3) if swallows(int(begins[i]), int(ends[i]))), None)
                    if wrong is not None:
                        stop, ends, starts = int(begins[wrong]), ends[:wrong], starts[:wrong]
            elif len(ends):
                inner = 0
        opened += len(quotes)
        if len(ends):
            begins = np.concatenate([[last], starts[:-1]])
            lengths = ends - begins
            longest = max(longest, int(lengths.max()))
            if not lengths.all():
                blank.append(np.flatnonzero(lengths == 0) + records)
            records += len(ends)
            last = int(starts[-1])
        at, step = at + step, min(step * 2, BLOCK)
        if stop is None and at >= size and (opened % 2 or (swallows and inner >= 3 and swallows(last, size))):
            stop = last  # a quote that nothing closes
        if stop is not None:
            if read_one is None or (len(damaged) >= SOME and len(damaged) > records // 20) or len(damaged) == MANY:
                return NOT_PLAIN
            damaged[records] = one = read_one(last)
            records += 1
            at = last = one.next
            opened, inner, step = 0, 0, min(SMALL, BLOCK)
    longest = max(longest, size - last)
    records += last < size
    return Scan(True, records, np.concatenate(blank) if blank else NOT_PLAIN.blank, quoted_newlines, quoted_returns, longest, damaged)


def first_odd(data: np.ndarray, block: np.ndarray, start: int, opened: int, delimiter: int, quote: int | None) -> int | None:
    """Where the first byte of the block lies that is not plain: a NUL, or a quote at no border and not doubled."""
    odd = [] if block.all() else [int(np.argmin(block != 0)) + start]
    quotes = np.flatnonzero(block == quote) + start
    if quote is not None and len(quotes):
        good = at_border(data, quotes, opened, delimiter)
        if not good.all():
            odd.append(int(quotes[np.argmin(good)]))
    return min(odd, default=None)


def line_ends(data: np.ndarray, block: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray]:
    """Where lines of the block end and where the next ones start; CR LF is one line end, which may straddle blocks."""
    feeds = np.flatnonzero(block == LF) + start
    returns = np.flatnonzero(block == CR) + start
    if not len(returns) and not (start and data[start - 1] == CR):
        return feeds, feeds + 1
    after = np.where(returns + 1 < len(data), data[np.minimum(returns + 1, len(data) - 1)], 0) == LF
    alone = feeds[(feeds == 0) | (data[np.maximum(feeds - 1, 0)] != CR)]
    ends = np.concatenate([alone, returns])
    starts = np.concatenate([alone + 1, returns + 1 + after])
    if not len(alone):
        return ends, starts
    order = np.argsort(ends, kind="stable")
    return ends[order], starts[order]


def at_border(data: np.ndarray, quotes: np.ndarray, opened: int, delimiter: int) -> np.ndarray:
    """For each quote of a block whether it opens or closes a cell, or is doubled; ``opened`` quotes come before."""
    good = np.empty(len(quotes), bool)
    opening, closing = quotes[opened % 2 :: 2], quotes[(opened + 1) % 2 :: 2]  # by parity: a doubled quote closes and opens
    before = data[np.maximum(opening - 1, 0)]
    good[opened % 2 :: 2] = (opening == 0) | is_border(before, delimiter) | (before == data[quotes[0]])
    after = data[np.minimum(closing + 1, len(data) - 1)]
    good[(opened + 1) % 2 :: 2] = (closing + 1 >= len(data)) | is_border(after, delimiter) | (after == data[quotes[0]])
    return good


def is_border(byte: np.ndarray, delimiter: int) -> np.ndarray:
    """Whether bytes are the delimiter or a line end."""
    return (byte == delimiter) | (byte == LF) | (byte == CR)
