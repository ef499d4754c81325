"""Our own reader of delimited text: exact on anything, for what Arrow's fast reader would damage.

A cell that begins with a quote ends at the first quote that is not doubled (or escaped), if the cell can end there. If it
cannot, the cell may still end at a later quote of the same line that closes a cell and opens none (`"He said "hi" now"`); if
there is none, the quotes are text, as written. They are text too if the cell would swallow lines that look like records of
the table. An empty cell is missing, an empty quoted one is empty text.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from io_utils.delimited.fixed import cut
from io_utils.options import ReadOptions

Cell = str | None


class Dialect(NamedTuple):
    """How records are written: what parts the cells, quotes them, stands before a quote that is text, begins a comment."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    skip_space: bool = False
    comment: str = ""
    cuts: tuple[int, ...] = ()  # columns of fixed width

    @classmethod
    def of(cls, options: ReadOptions) -> "Dialect":
        """The dialect that the options choose."""
        return cls(options.delimiter, options.quote, options.escape, options.skip_space, options.comment, options.cuts)


COMMAS = Dialect()


class Record(NamedTuple):
    """A record: its cells and where it lies in the text (``start`` to ``end``, without its line end).

    ``cells`` is empty for a blank line and for a comment.
    """

    cells: list[Cell]
    start: int
    end: int


class Patterns(NamedTuple):
    """How a quoted cell, a quoted cell with lone quotes inside, a plain cell, and a quoted cell without an end look."""

    strict: re.Pattern[str]
    lenient: re.Pattern[str]
    plain: re.Pattern[str]
    endless: re.Pattern[str]


LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
NEVER = re.compile(r"(?!)")
LINE_END = re.compile(r"\r\n|\r|\n")
SWALLOWED = 2  # whole lines in a quoted cell that look like records: the quote is text (5 in a table of two columns)


class NeedMore(Exception):
    """The text given ends inside a quoted cell, and more of it can be had."""


@lru_cache(maxsize=64)
def cell_patterns(dialect: Dialect) -> Patterns:
    """The patterns of a dialect's cells."""
    d, q, e = re.escape(dialect.delimiter), re.escape(dialect.quote), re.escape(dialect.escape)
    space = " *+" if dialect.skip_space else ""
    ends = rf"(?={space}{d}|{space}[\r\n]|{space}\Z)"
    one = rf"{e}(?:\r\n|.)"  # an escaped CR LF is one
    pair = rf"(?:{q}{q}|{one})" if e else f"{q}{q}"
    gaps = ("", " ") if dialect.skip_space else ("",)
    escaped = [f"|(?<=(?<!{e}){e}{d}{gap}{q})" if e else "" for gap in gaps]  # an escaped delimiter opens no cell
    opens_none = "".join(f"(?:(?<!{d}{gap}{q}){known})" for gap, known in zip(gaps, escaped, strict=True))
    inner = rf"[^{q}{e}]*+(?:{pair}[^{q}{e}]*+)*+"
    plain = rf"(?:{one}|(?!{d})[^\r\n{e}])*+" if e else rf"[^{d}\r\n]*+" if len(dialect.delimiter) == 1 else rf"(?:(?!{d})[^\r\n])*+"
    single = rf"{one}|[^{q}\r\n{e}]" if e else rf"[^{q}\r\n]"
    if not q:
        return Patterns(NEVER, NEVER, re.compile(plain, re.DOTALL), NEVER)
    return Patterns(
        re.compile(rf"{q}({inner}){q}{ends}", re.DOTALL),
        re.compile(rf"{q}((?:{single}|{q}(?!{d}|[\r\n]|\Z){opens_none})*+){q}{ends}{opens_none}", re.DOTALL),
        re.compile(plain, re.DOTALL),
        re.compile(rf"{q}{inner}(?:{q}|{e})?\Z" if e else rf"{q}{inner}{q}?\Z", re.DOTALL),
    )


def records(text: str, dialect: Dialect = COMMAS, width: int = 0, *, whole: bool = True) -> Iterator[Record]:
    """Every record of the text, blank ones and comments too.

    ``width`` is the number of cells that records of the table have, if it is known. If the text is not ``whole``, NeedMore
    is raised where the rest of it would decide.
    """
    delimiter, quote, escape, skip_space, comment, cuts = dialect
    size, start = len(text), 0
    while start < size:
        line = LINE.match(text, start)
        assert line is not None  # the pattern matches anywhere, nothing included
        end = line.end(1)
        if comment and text.startswith(comment, start):
            yield Record([], start, end)
            start = line.end()
        elif cuts:
            yield Record(cut(text[start:end], cuts) if end > start else [], start, end)
            start = line.end()
        elif (not quote or text.find(quote, start, end) < 0) and (not escape or text.find(escape, start, end) < 0):
            cells: list[Cell] = [c or None for c in text[start:end].split(delimiter)] if end > start else []
            if skip_space:
                cells = [(c.strip(" ") or None) if c else c for c in cells]
            yield Record(cells, start, end)
            start = line.end()
        else:
            cells, end = quoted_record(text, start, dialect, width, whole)
            yield Record(cells, start, end)
            start = end + (2 if text.startswith("\r\n", end) else 1)


def quoted_record(text: str, start: int, dialect: Dialect, width: int, whole: bool) -> tuple[list[Cell], int]:
    """The cells of a record that holds a quote or an escape, and where it ends."""
    delimiter, quote, escape, skip_space, *_ = dialect
    patterns = cell_patterns(dialect)
    cells: list[Cell] = []
    while True:
        if skip_space:
            start = after_spaces(text, start)
        found = None
        if quote and text.startswith(quote, start):
            if not whole and patterns.endless.match(text, start):
                raise NeedMore
            found = patterns.strict.match(text, start)
            if found and width > 1 and swallows(found[1], delimiter, width):
                found = None
            found = found or patterns.lenient.match(text, start)
        if found:
            cell = found[1]
            cells.append(unescaped(cell, dialect, quoted=True) if escape else cell.replace(quote * 2, quote))
            start = after_spaces(text, found.end()) if skip_space else found.end()
        else:
            found = patterns.plain.match(text, start)
            assert found is not None  # the pattern matches anywhere, nothing included
            start = found.end()
            if escape and text.startswith(escape, start):  # an escape that ends the file
                start += len(escape)
            cell = text[found.start() : start].rstrip(" ") if skip_space else text[found.start() : start]
            cells.append((unescaped(cell, dialect) if escape else cell) or None)
        if not text.startswith(delimiter, start):
            return cells, start
        start += len(delimiter)


def after_spaces(text: str, start: int) -> int:
    """Where the spaces from here on end."""
    while text.startswith(" ", start):
        start += 1
    return start


def swallows(cell: str, delimiter: str, width: int) -> bool:
    """Whether a quoted cell holds whole lines with just as many delimiters as the records of the table have."""
    if cell.count("\n") + cell.count("\r") < 3:
        return False
    lines = LINE_END.split(cell, maxsplit=40)[1:-1]
    return len(lines) >= (SWALLOWED if width > 2 else 5) and all(line.count(delimiter) == width - 1 for line in lines)


def unescaped(cell: str, dialect: Dialect, *, quoted: bool = False) -> str:
    """The cell without the escapes before quotes, delimiters, line ends and escapes; in a ``quoted`` cell doubled quotes are one."""
    quote, escape = dialect.quote, dialect.escape
    after = [quote, escape, dialect.delimiter, "\r\n", "\r", "\n"] if quote else [escape, dialect.delimiter, "\r\n", "\r", "\n"]
    pattern = f"{re.escape(escape)}({'|'.join(map(re.escape, after))})" + (f"|({re.escape(quote)}){re.escape(quote)}" if quoted else "")
    return re.sub(pattern, lambda m: m[1] or m[m.lastindex or 1], cell)


def line_number(text: str, dialect: Dialect) -> int:
    """The number of the record that the end of the text is in."""
    count = sum(1 for _ in records(text, dialect))
    return count + 1 if text.endswith(("\n", "\r")) or not text else count
