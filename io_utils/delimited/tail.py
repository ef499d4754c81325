"""Lines of a delimited text that are no rows: the header repeated, a total at the end, a footer below."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.delimited.own import Cell
from io_utils.facts import Total
from io_utils.options import Note

LAST = 12  # records at the end in which a footer and a total are looked for
TOTAL = re.compile(
    r"(?:grand |sub)?totals?(?: sum)?|sums?|summe|gesamt(?:summe)?|insgesamt|total général|totaal|totale|suma|celkem|razem|łącznie|"
    r"összesen|итого|всего|всього|σύνολο|toplam|yhteensä|合計|总计|合计|總計|합계|סה\"כ",
    re.IGNORECASE,
)
FOOT = re.compile(
    r"\s*(?:(?:sources?|notes?|footnotes?|quelle|hinweis|fuente|nota|remarks?)\b\s*[:.]|"
    r"(?:generated|exported|printed|created|end of|page \d)\b|\*|©|\(c\)|--|==|__)",
    re.IGNORECASE,
)
PLAIN = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?")


class Gone(NamedTuple):
    """A record that is left out: its position among the records, why, and its cells."""

    at: int
    reason: str
    cells: list[Cell]


def cells_at(columns: Sequence[pa.ChunkedArray], positions: Sequence[int]) -> list[list[Cell]]:
    """The cells of some records."""
    if isinstance(positions, range):
        taken = [c.slice(positions.start, len(positions)).to_pylist() for c in columns]
    else:
        taken = [c.take(pa.array(positions, pa.int64())).to_pylist() for c in columns]
    return [list(row) for row in zip(*taken, strict=True)]


def repeated_headers(columns: Sequence[pa.ChunkedArray], header: Sequence[Cell]) -> list[Gone]:
    """Records that say the same as the header, of which at least two cells are filled (one in a table of one column)."""
    if not header or sum(1 for c in header if c) < min(2, len(header)) or len(header) > len(columns) or not len(columns[0]):
        return []
    order = sorted(range(len(header)), key=lambda i: not header[i])
    at = np.flatnonzero(same_as(columns[order[0]], header[order[0]]))
    for i in order[1:]:
        if not len(at):
            return []
        at = at[same_as(columns[i].take(pa.array(at)), header[i])]
    for extra in columns[len(header) :]:
        at = at[pc.is_null(extra.take(pa.array(at))).to_numpy()]
    return [Gone(int(p), "the header again", cells) for p, cells in zip(at, cells_at(columns, at.tolist()), strict=True)]


def same_as(column: pa.ChunkedArray, cell: Cell) -> np.ndarray:
    """Which cells of the column are the same as this one."""
    if not cell:
        return pc.fill_null(pc.equal(column, ""), True).to_numpy()
    return pc.fill_null(pc.equal(column, cell), False).to_numpy()


def footer(columns: Sequence[pa.ChunkedArray], rows: np.ndarray | range, width: int, ragged: dict[int, int]) -> list[Gone]:
    """Lines of text below the table: one cell where the table has three or more, a sentence, or words that footers begin with."""
    size = len(columns[0])
    if width < 3 or size < 2:
        return []
    first = max(1, size - LAST)
    tail = cells_at(columns, range(first, size))
    gone: list[Gone] = []
    pending: list[Gone] = []
    for at in range(size - 1, first - 1, -1):
        cells = tail[at - first]
        filled = [c for c in cells if c]
        row = int(rows[at])
        if len(filled) != 1 or not cells[0] or TOTAL.fullmatch(cells[0].strip(" :*")):
            break
        pending.append(Gone(at, "below the table", cells))
        short = ragged.get(row, width) == 1
        after_blank = int(rows[at - 1]) != row - 1
        if FOOT.match(cells[0]) or (after_blank and short) or (short and len(cells[0].split()) > 3):
            gone += pending
            pending = []
    return gone


def totals(columns: Sequence[pa.ChunkedArray], width: int, size: int) -> list[Gone]:
    """The last record of the first ``size``, if its first filled cell is a word for a total and another holds a number."""
    if size < 3 or width < 2:
        return []
    cells = cells_at(columns, range(size - 1, size))[0]
    place = next((i for i, c in enumerate(cells[:3]) if c and c.strip()), None)
    if place is None or not TOTAL.fullmatch((cells[place] or "").strip(" :*")):
        return []
    if not any(c and PLAIN.fullmatch(c.strip()) for c in cells[place + 1 :]):
        return []
    return [Gone(size - 1, "a total", cells)]


def check_total(
    columns: Sequence[pa.ChunkedArray], names: Sequence[str], size: int, cells: list[Cell], row: int, gone: Sequence[int]
) -> list[Total]:
    """The file's own total of each column beside what its rows add up to: the first ``size`` without those that are ``gone``."""
    found = []
    kept = np.ones(size, bool)
    kept[[at for at in gone if at < size]] = False
    for name, column, said in zip(names, columns, cells, strict=False):
        wanted = number(said)
        rows = column.slice(0, size)
        summed = added_up(rows if kept.all() else rows.filter(pa.array(kept))) if wanted is not None else None
        if summed is not None:
            same = summed == wanted
            written = str((said or "").strip())
            found.append(Total(column=name, row=row, said=written, found=f"{summed:,}", same=same, rows=int(kept.sum())))
    return found


def added_up(column: pa.ChunkedArray) -> Decimal | None:
    """The exact sum of a column of numbers as text; None if it has none, or anything else."""
    bare = pc.utf8_trim_whitespace(column.drop_null())
    bare = bare.filter(pc.not_equal(bare, ""))
    if not len(bare) or not pc.all(pc.match_substring_regex(bare, rf"^(?:{PLAIN.pattern})$")).as_py():
        return None
    bare = pc.replace_substring(bare, ",", "")
    point = pc.find_substring(bare, ".")
    places = pc.max(pc.if_else(pc.equal(point, -1), 0, pc.subtract(pc.subtract(pc.utf8_length(bare), 1), point))).as_py()
    try:
        return pc.sum(bare.cast(pa.decimal128(38, places))).as_py()
    except (pa.ArrowInvalid, ValueError):  # more digits than a decimal holds
        return None


def total_notes(sums: Sequence[Total], row: int) -> list[Note]:
    """What to say about the line with the file's own totals."""
    left = f"Row {row:,} is a total and is left out."
    found = [Note(text=f"{left} {s.sentence}", column=s.column, row=row, kind="info" if s.same else "warning") for s in sums]
    return found or [Note(text=left, row=row)]


def number(text: str | None) -> Decimal | None:
    """A number written with a decimal point, its thousands perhaps parted by commas; None for anything else."""
    bare = (text or "").strip()
    return Decimal(bare.replace(",", "")) if PLAIN.fullmatch(bare) else None
