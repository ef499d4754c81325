"""Whether delimited text is plain, found by NumPy over the bytes: only plain text goes to Arrow's reader.

Plain means: every quote opens a cell right after a delimiter or a line end, closes one right before one, or is doubled inside
a quoted cell; none is left open; there is no NUL. Arrow reads such text as our own reader does, and damages the rest silently.
"""

from dataclasses import dataclass, field

import numpy as np

BLOCK = 1 << 20
LF, CR = 10, 13


@dataclass(frozen=True)
class Scan:
    """Facts about a text: whether it is plain, how many records it has and which are blank (both count from 0).

    ``quoted_newlines`` and ``quoted_returns`` say whether a line end, or a CR, stands in a quoted cell; ``longest`` is at
    least the bytes of the longest record.
    """

    plain: bool
    records: int = 0
    blank: np.ndarray = field(default_factory=lambda: np.empty(0, "int64"))
    quoted_newlines: bool = False
    quoted_returns: bool = False
    longest: int = 0


NOT_PLAIN = Scan(plain=False)


def scan(data: np.ndarray, delimiter: int, quote: int | None) -> Scan:
    """Facts about UTF-8 text (uint8), in one pass over blocks that fit the processor's cache."""
    size = len(data)
    opened, quoted_newlines, quoted_returns = 0, False, False  # quotes so far, odd inside a quoted cell
    last, records, longest = 0, 0, 0  # where the current record starts
    blank: list[np.ndarray] = []
    for start in range(0, size, BLOCK):
        block = data[start : start + BLOCK]
        if not block.all():
            return NOT_PLAIN
        ends, starts = line_ends(data, block, start)
        quotes = np.flatnonzero(block == quote) + start if quote is not None else ends[:0]
        if len(quotes) and not borders_hold(data, quotes, opened, delimiter):
            return NOT_PLAIN
        if len(ends) and (len(quotes) or opened % 2):
            outside = (np.searchsorted(quotes, ends) + opened) % 2 == 0
            if not outside.all():
                quoted_newlines = True
                quoted_returns = quoted_returns or bool((data[ends[~outside]] == CR).any())
            ends, starts = ends[outside], starts[outside]
        opened += len(quotes)
        if len(ends):
            begins = np.concatenate([[last], starts[:-1]])
            lengths = ends - begins
            longest = max(longest, int(lengths.max()))
            if not lengths.all():
                blank.append(np.flatnonzero(lengths == 0) + records)
            records += len(ends)
            last = int(starts[-1])
    if opened % 2:
        return NOT_PLAIN
    longest = max(longest, size - last)
    records += last < size
    return Scan(True, records, np.concatenate(blank) if blank else NOT_PLAIN.blank, quoted_newlines, quoted_returns, longest)


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


def borders_hold(data: np.ndarray, quotes: np.ndarray, opened: int, delimiter: int) -> bool:
    """Whether each quote of a block opens or closes a cell, or is doubled; ``opened`` quotes come before."""
    opening, closing = quotes[opened % 2 :: 2], quotes[(opened + 1) % 2 :: 2]
    before = data[np.maximum(opening - 1, 0)]
    opens = (opening == 0) | is_border(before, delimiter)
    doubled = before == data[quotes[0]]
    after = data[np.minimum(closing + 1, len(data) - 1)]
    closes = (closing + 1 >= len(data)) | is_border(after, delimiter) | (after == data[quotes[0]])
    return bool((opens | doubled).all() and closes.all())


def is_border(byte: np.ndarray, delimiter: int) -> np.ndarray:
    """Whether bytes are the delimiter or a line end."""
    return (byte == delimiter) | (byte == LF) | (byte == CR)
