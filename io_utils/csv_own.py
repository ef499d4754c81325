"""Our own reader of delimited text: exact on anything, for what Arrow's fast reader would damage.

A cell that begins with a quote ends at the first quote that is not doubled, if the cell can end there. If it cannot, the
cell may still end at a later quote of the same line that closes a cell and opens none (`"He said "hi" now"`); if there
is none, the quotes are text, as written. An empty cell is missing, an empty quoted one is empty text.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

Cell = str | None


class Record(NamedTuple):
    """A record: its cells and where it lies in the text (``start`` to ``end``, without its line end)."""

    cells: list[Cell]
    start: int
    end: int


LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


@lru_cache(maxsize=32)
def cell_patterns(delimiter: str, quote: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """How a quoted cell, a quoted cell with lone quotes inside, and a plain cell look."""
    d, q = re.escape(delimiter), re.escape(quote)
    ends = rf"(?=[{d}\r\n]|\Z)"
    return (
        re.compile(rf"{q}([^{q}]*+(?:{q}{q}[^{q}]*+)*+){q}{ends}"),
        re.compile(rf"{q}((?:[^{q}\r\n]|{q}(?![{d}\r\n]|\Z)(?<![{d}]{q}))*+){q}{ends}(?<![{d}]{q})"),
        re.compile(rf"[^{d}\r\n]*"),
    )


def records(text: str, delimiter: str = ",", quote: str = '"', start: int = 0) -> Iterator[Record]:
    """Every record of the text, blank ones too (no cells: a line without a character)."""
    size = len(text)
    while start < size:
        line = LINE.match(text, start)
        assert line is not None  # the pattern matches anywhere, nothing included
        end = line.end(1)
        if not quote or text.find(quote, start, end) < 0:
            cells: list[Cell] = [c or None for c in text[start:end].split(delimiter)] if end > start else []
            yield Record(cells, start, end)
            start = line.end()
        else:
            cells, end = quoted_record(text, start, delimiter, quote)
            yield Record(cells, start, end)
            start = end + (2 if text.startswith("\r\n", end) else 1)


def quoted_record(text: str, start: int, delimiter: str, quote: str) -> tuple[list[Cell], int]:
    """The cells of a record that holds a quote, and where it ends."""
    strict, lenient, plain = cell_patterns(delimiter, quote)
    cells: list[Cell] = []
    while True:
        found = (strict.match(text, start) or lenient.match(text, start)) if text.startswith(quote, start) else None
        if found:
            cells.append(found[1].replace(quote * 2, quote))
        else:
            found = plain.match(text, start)
            assert found is not None  # the pattern matches anywhere, nothing included
            cells.append(found[0] or None)
        start = found.end()
        if not text.startswith(delimiter, start):
            return cells, start
        start += 1


def line_number(text: str, delimiter: str, quote: str) -> int:
    """The number of the record that the end of the text is in."""
    count = sum(1 for _ in records(text, delimiter, quote))
    return count + 1 if text.endswith(("\n", "\r")) or not text else count
