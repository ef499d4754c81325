"""Which records of delimited text are plain, found by NumPy over the bytes: only plain ones go to Arrow's reader.

Plain means: every quote opens a cell right after a delimiter or a line end, closes one right before one, or is doubled inside
a quoted cell; none is left open; there is no NUL; no cell swallows lines that look like records. Arrow reads such text as our
own reader does, and damages the rest silently. A record that is not plain is read by our own reader; the scan goes on behind it.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

BLOCK = 1 << 20
AHEAD = 4  # blocks that are looked through ahead, in threads
SMALL = 1 << 14  # the first block behind a damaged record; the next are twice as long each
SOME, MANY = 200, 5_000  # damaged records beyond which the scan gives up: if more than one in 20, or anyway
LINES = 1 << 22  # bytes of a block of whole lines
LF, CR, SPACE = 10, 13, 32


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


def silent(done: int) -> None:
    """Says nothing."""


NOT_PLAIN = Scan(plain=False)


class Signs(NamedTuple):
    """Where in a block quotes lie, lines end and the next ones start, and the first NUL (None if there is none)."""

    quotes: np.ndarray
    ends: np.ndarray
    starts: np.ndarray
    nul: int | None

    @classmethod
    def of(cls, data: np.ndarray, start: int, stop: int, quote: int | None) -> "Signs":
        """Look through a block."""
        block = data[start:stop]
        quotes = np.flatnonzero(block == quote) + start if quote is not None else NOT_PLAIN.blank
        return cls(quotes, *line_ends(data, block, start), None if block.min(initial=1) else int(block.argmin()) + start)

    def before(self, stop: int) -> "Signs":
        """Those that lie before a byte."""
        lines = np.searchsorted(self.ends, stop)
        return Signs(self.quotes[: np.searchsorted(self.quotes, stop)], self.ends[:lines], self.starts[:lines], None)


class Blocks:
    """The signs in the blocks of a text; those of whole blocks are looked for ahead, in threads."""

    def __init__(self, data: np.ndarray, quote: int | None, pool: ThreadPoolExecutor) -> None:
        self.data, self.quote, self.pool = data, quote, pool
        self.begun: dict[int, Future[Signs]] = {}

    def signs(self, start: int, stop: int) -> Signs:
        """What lies in a block."""
        if start % BLOCK or stop - start != BLOCK:
            return Signs.of(self.data, start, stop, self.quote)
        for at in range(start, min(start + AHEAD * BLOCK, len(self.data)), BLOCK):
            if at not in self.begun:
                self.begun[at] = self.pool.submit(Signs.of, self.data, at, at + BLOCK, self.quote)
        return self.begun.pop(start).result()


def scan(
    data: np.ndarray,
    delimiter: int,
    quote: int | None,
    read_one: ReadOne | None = None,
    swallows: Swallows | None = None,
    progress: Callable[[int], None] = silent,
) -> Scan:
    """Facts about UTF-8 text (uint8), in one pass over blocks that fit the processor's cache.

    Without ``read_one``, which reads the record that begins at a byte, a text with a damaged record is not plain.
    ``swallows`` tells of a record of several lines whether a quoted cell in it swallowed other records.
    """
    with ThreadPoolExecutor(2) as pool:
        return scan_blocks(data, Blocks(data, quote, pool), delimiter, read_one, swallows, progress)


def scan_blocks(
    data: np.ndarray, blocks: Blocks, delimiter: int, read_one: ReadOne | None, swallows: Swallows | None, progress: Callable[[int], None]
) -> Scan:
    """The facts from the signs in the blocks."""
    size = len(data)
    opened, quoted_newlines, quoted_returns = 0, False, False  # quotes of the current record so far, odd inside a quoted cell
    at = last = records = longest = 0  # where the next block and the current record start
    step, inner = BLOCK, 0  # bytes of the next block; line ends in quoted cells of the current record before it
    blank: list[np.ndarray] = []
    damaged: dict[int, Damaged] = {}
    while at < size:
        progress(at)
        step = min(step, BLOCK - at % BLOCK)  # behind a damaged record, back to whole blocks
        signs = blocks.signs(at, at + step)
        stop = first_odd(data, signs, opened, delimiter)
        quotes, ends, starts, _ = signs if stop is None else signs.before(stop)
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


def first_odd(data: np.ndarray, signs: Signs, opened: int, delimiter: int) -> int | None:
    """Where the first byte of a block lies that is not plain: a NUL, or a quote at no border and not doubled."""
    odd = [] if signs.nul is None else [signs.nul]
    if len(signs.quotes):
        good = at_border(data, signs.quotes, opened, delimiter)
        if not good.all():
            odd.append(int(signs.quotes[np.argmin(good)]))
    return min(odd, default=None)


def line_ends(data: np.ndarray, block: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray]:
    """Where lines of the block end and where the next ones start; CR LF is one line end, which may straddle blocks."""
    feeds = np.flatnonzero(block == LF) + start
    returned = block == CR
    if not returned.any() and not (start and data[start - 1] == CR):
        return feeds, feeds + 1
    returns = np.flatnonzero(returned) + start
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


def scan_lines(
    data: np.ndarray,
    delimiter: int,
    quote: int | None,
    read_one: ReadOne,
    *,
    skip_space: bool = False,
    comment: bytes = b"",
    progress: Callable[[int], None] = silent,
) -> Scan:
    """The same facts line by line, for texts with many damaged records, with comments, or with spaces beside delimiters.

    A line that is plain when it begins outside quotes is a record; from any other line on, ``read_one`` reads a record,
    of as many lines as it takes. Not plain if more than one record in four would be read so.
    """
    records = longest = start = 0
    blank: list[np.ndarray] = []
    damaged: dict[int, Damaged] = {}
    while start < len(data):
        progress(start)
        starts, ends, after = whole_lines(data, start)
        odd = np.flatnonzero(odd_lines(data, starts, ends, delimiter, quote, skip_space, comment)).tolist()
        longest = max(longest, int((ends - starts).max()))
        line = 0
        for at in [*odd, len(starts)]:
            if at < line:
                continue  # it is in a record read already
            empty = np.flatnonzero(ends[line:at] == starts[line:at])
            if len(empty):
                blank.append(empty + records)
            records += at - line
            if at == len(starts):
                break
            damaged[records] = one = read_one(int(starts[at]))
            records += 1
            if len(damaged) > max(SOME, records // 4):
                return NOT_PLAIN
            line = int(np.searchsorted(starts, one.next))
            after = max(after, one.next)
        start = after
    return Scan(True, records, np.concatenate(blank) if blank else NOT_PLAIN.blank, False, False, longest, damaged)


def whole_lines(data: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Where the lines of the next block begin and end (without line end), and where the next block begins."""
    size = LINES
    while True:
        stop = min(start + size, len(data))
        ends, starts = line_ends(data, data[start:stop], start)
        if len(ends) or stop == len(data):
            break
        size *= 8
    begins = np.concatenate([[start], starts])
    if stop == len(data) and begins[-1] < stop:
        return begins, np.concatenate([ends, [stop]]), stop
    return begins[:-1], ends, int(begins[-1])


def odd_lines(
    data: np.ndarray, starts: np.ndarray, ends: np.ndarray, delimiter: int, quote: int | None, skip_space: bool, comment: bytes
) -> np.ndarray:
    """Which lines are no plain records of their own: a NUL, quotes that are not at their place, a comment, only spaces."""
    odd = np.zeros(len(starts), bool)
    block = data[starts[0] : ends[-1]]
    if not block.min(initial=1):
        odd[np.searchsorted(starts, np.flatnonzero(block == 0) + starts[0], "right") - 1] = True
    if comment:
        fits = ends - starts >= len(comment)
        for place, sign in enumerate(comment):
            fits &= data[np.minimum(starts + place, len(data) - 1)] == sign
        odd |= fits
    if skip_space:
        lead = np.flatnonzero((ends > starts) & (data[np.minimum(starts, len(data) - 1)] == SPACE))
        odd[lead[beyond(data, starts[lead], 1) >= ends[lead]]] = True
    if quote is None:
        return odd
    quotes = np.flatnonzero(block == quote) + starts[0]
    if not len(quotes):
        return odd
    line = np.searchsorted(starts, quotes, "right") - 1
    first = np.searchsorted(quotes, starts)  # the line's first quote
    nth = np.arange(len(quotes)) - first[line]
    before, after = quotes - 1, quotes + 1
    if skip_space:
        before, after = beyond(data, before, -1), beyond(data, after, 1)
    byte = np.where(before < starts[line], LF, data[np.maximum(before, 0)])
    opens = is_border(byte, delimiter) | ((data[np.maximum(quotes - 1, 0)] == quote) & (quotes > starts[line]))
    byte = np.where(after >= ends[line], LF, data[np.minimum(after, len(data) - 1)])
    closes = is_border(byte, delimiter) | ((data[np.minimum(quotes + 1, len(data) - 1)] == quote) & (quotes + 1 < ends[line]))
    odd[line[~np.where(nth % 2 == 0, opens, closes)]] = True
    return odd | (np.diff(np.append(first, len(quotes))) % 2 == 1)


def beyond(data: np.ndarray, at: np.ndarray, step: int) -> np.ndarray:
    """The next positions from ``at`` on, forwards or backwards, that hold no space."""
    at = at.copy()
    while True:
        more = (at >= 0) & (at < len(data))
        more[more] = data[at[more]] == SPACE
        if not more.any():
            return at
        at[more] += step
