"""The lines of a text file counted on its bytes, and line ends counted in cells: what proves that no line is lost."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.bytes_in import FileBytes

BLOCK = 1 << 20
LF, CR = 10, 13
SWITCHING = ("iso2022", "iso-2022", "hz", "utf-7", "utf7")
LINE_END = re.compile(r"\r\n|\r|\n")
WIDE = ("utf-16", "utf_16", "utf16", "utf-32", "utf_32", "utf32")


def count_lines(file: FileBytes, encoding: str, text: pa.Buffer | None = None, odd_bytes: bool = False) -> int:
    """How many lines the file has, by its line ends (LF, CR, CR LF); text behind the last one is a line too.

    In every encoding but UTF-16 and UTF-32 a line end is one byte that is no part of another character; where signs switch
    between alphabets that holds only of the ``text`` in UTF-8, which is counted instead if it is given. So it is for UTF-16
    and UTF-32 with ``odd_bytes``: behind bytes that are no character the code units begin anywhere.
    """
    switching = text is not None and encoding.lower().startswith((*SWITCHING, *WIDE) if odd_bytes else SWITCHING)
    units = np.frombuffer(text, np.uint8) if switching and text is not None else as_units(file, encoding)
    count, before = 0, 0
    for start in range(0, len(units), BLOCK):
        block = units[start : start + BLOCK]
        feeds, returns = block == LF, block == CR
        count += int(np.count_nonzero(feeds))
        if before == CR and feeds[0]:
            count -= 1
        if returns.any():
            count += int(np.count_nonzero(returns)) - int(np.count_nonzero(returns[:-1] & feeds[1:]))
        before = int(block[-1])
    return count + (len(units) > 0 and before not in (LF, CR))


def as_units(file: FileBytes, encoding: str) -> np.ndarray:
    """The file as numbers of the size of a code unit, without a byte order mark."""
    data, name = file.array(), encoding.lower().replace("_", "-")
    if data[:3].tobytes() == b"\xef\xbb\xbf" and name.startswith("utf-8"):
        return data[3:]
    if not name.startswith(("utf-16", "utf-32")):
        return data
    size = 2 if name.startswith("utf-16") else 4
    little, big = (b"\xff\xfe", b"\xfe\xff") if size == 2 else (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
    head = data[:size].tobytes()
    is_big = name.endswith("be") or (not name.endswith("le") and head == big)
    units = data[: len(data) // size * size].view(f"{'>' if is_big else '<'}u{size}")
    return units[1:] if head == (big if is_big else little) else units


def line_ends_within(table: pd.DataFrame) -> int:
    """How many line ends the cells of a table of text hold."""
    chunks = [chunk for name in table.columns for chunk in pa.chunked_array(table[name]).chunks]
    return sum(pc.sum(pc.count_substring_regex(c, LINE_END.pattern)).as_py() or 0 for c in chunks if has_line_ends(c.buffers()[2]))


def has_line_ends(data: pa.Buffer | None) -> bool:
    """Whether there is a line end among the bytes, looked at in blocks that need no memory."""
    found = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    blocks = (found[at : at + BLOCK] for at in range(0, len(found), BLOCK))
    return any((block == LF).any() or (block == CR).any() for block in blocks)


def line_ends_in(texts: Iterable[str | None]) -> int:
    """How many line ends the texts hold."""
    return sum(len(LINE_END.findall(text)) for text in texts if text)
