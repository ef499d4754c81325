"""The options of last time as rules: what of them still holds for a file, what is found instead, and what differs."""

import codecs

from io_utils.bytes_in import FileBytes
from io_utils.delimited.detect import detect_text
from io_utils.delimited.dialect import DELIMITERS
from io_utils.delimited.encoding import BOMS, LABELS, detect_encodings, first_bad
from io_utils.delimited.head import by_names, chosen_part, head_lines
from io_utils.delimited.lines import count_lines
from io_utils.delimited.to_text import to_utf8
from io_utils.errors import ReadError
from io_utils.facts import Difference
from io_utils.options import ReadOptions

LOOKED_AT = 100  # records in which the header is looked for
UNICODE = ("utf-8", "utf-8-sig")
DIALECT = ("delimiter", "quote", "escape", "skip_space", "comment", "cuts")


def settled(file: FileBytes, options: ReadOptions) -> tuple[ReadOptions, list[Difference]]:
    """The options that fit the file, and what differs from last time: the encoding, what parts the columns.

    They are rules only if they hold the names of the columns of last time. The encoding of last time goes if the bytes do not
    fit it, or are UTF-8 that it would garble; what parts the columns goes if more of the names are found with another.
    """
    if not options.columns or options.bad_bytes == "show" or not known(options.encoding):
        return options, []
    options, differences = settled_encoding(file, options)
    known_names = names_found(file, options)
    if known_names == len(options.columns or ()):
        return options, differences
    best = options
    for other in detect_text(file):
        dialect = {name: getattr(other, name) for name in DIALECT}
        tried = options.model_copy(update={**dialect, "odd_rows": other.odd_rows, "header_row": other.header_row})
        if other.encoding == options.encoding and (count := names_found(file, tried)) > known_names:
            best, known_names = tried, count
    if parted(best) == parted(options):
        return options, differences
    return best, [*differences, Difference(what="Columns are separated by", was=parted(options), now=parted(best))]


def lines_by_hand(file: FileBytes, options: ReadOptions) -> tuple[ReadOptions, list[Difference]]:
    """The options without the lines put back and left out by hand, if they were chosen in a file of another number of lines."""
    lines = count_lines(file, options.encoding) if options.hand_lines and (options.put_back or options.left_out) else 0
    if lines == options.hand_lines or not lines:
        return options, []
    found = Difference(
        what="Lines put back or left out by hand", was=f"in a file of {options.hand_lines:,} lines", now=f"not used: {lines:,} lines"
    )
    return options.model_copy(update={"put_back": (), "left_out": (), "hand_lines": 0}), [found]


def settled_encoding(file: FileBytes, options: ReadOptions) -> tuple[ReadOptions, list[Difference]]:
    """The options with the encoding that fits."""
    now = detect_encodings(file)[0][0]
    mark = next((name for sign, name in BOMS if file.data[: len(sign)] == sign), None)
    was = options.encoding
    if now == was or {now, was} <= {*UNICODE, "ascii"} or (mark is None and not misfits(file, was, now)):
        return options, []
    found = Difference(what="Characters are written in", was=LABELS.get(was, was), now=LABELS.get(now, now))
    return options.model_copy(update={"encoding": now}), [found]


def misfits(file: FileBytes, was: str, now: str) -> bool:
    """Whether the bytes are no text in the encoding of last time, or UTF-8 that would be garbled by it."""
    if was in UNICODE:
        return not file.utf8
    if now in UNICODE:
        return bool(file.array().max(initial=0) >= 128)
    return now.startswith(("utf-16", "utf-32")) or first_bad(file, was) >= 0


def known(encoding: str) -> bool:
    """Whether Python knows the encoding."""
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


def names_found(file: FileBytes, options: ReadOptions) -> int:
    """How many of the names of last time the line that has most of them holds, in capitals or not."""
    try:
        part = chosen_part(file, to_utf8(file, options)[0], options)
    except ReadError:
        return 0
    wanted = {name.strip().casefold() for name in options.columns or ()}
    lines = head_lines(part.body, options, LOOKED_AT + options.header_rows)
    if by_names(lines, options):
        return len(options.columns or ())
    return max((len(wanted & {c.strip().casefold() for c in line.cells if c}) for line in lines), default=0)


def parted(options: ReadOptions) -> str:
    """What parts the columns, in words."""
    sign = "fixed widths" if options.cuts else DELIMITERS.get(options.delimiter, options.delimiter)
    return f"{sign}, quoted with {options.quote}" if options.quote not in ('"', "") else sign


def header_differences(was: ReadOptions, header_row: int, names: tuple[str, ...]) -> list[Difference]:
    """What differs of the header: its line, columns that are gone or new."""
    if not was.columns:
        return []
    found = []
    gone = [n for n in was.columns if n not in names]
    new = [n for n in names if n not in was.columns]
    if was.header_row != header_row:
        found.append(Difference(what="The header", was=f"on line {was.header_row:,}", now=f"on line {header_row:,}"))
    if gone or new:
        found.append(Difference(what="Columns", was=listed(gone) or "no other", now=listed(new) or "not there"))
    return found


def listed(names: list[str]) -> str:
    """The first names, and how many more."""
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
