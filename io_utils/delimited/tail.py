"""Lines of a delimited text that are no rows: the header repeated, a total at the end, a footer below."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.delimited.own import Cell
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


def check_total(columns: Sequence[pa.ChunkedArray], names: Sequence[str], size: int, cells: list[Cell], row: int) -> list[Note]:
    """Whether the rows add up to the file's own total, column by column."""
    notes = []
    for name, column, said in zip(names, columns, cells, strict=False):
        wanted = number(said)
        if wanted is None:
            continue
        values = [v for v in column.slice(0, size).to_pylist() if v and v.strip()] if size <= 200_000 else []
        numbers = [number(v) for v in values]
        if not values or any(n is None for n in numbers):
            continue
        found = sum((n for n in numbers if n is not None), Decimal(0))
        same = f"the rows of {name} add up to the same" if found == wanted else f"the rows of {name} add up to {found}"
        text = f"Row {row:,} is a total and is left out: it says {said}; {same}."
        notes.append(Note(text=text, column=name, row=row, kind="info" if found == wanted else "warning"))
    return notes or [Note(text=f"Row {row:,} is a total and is left out.", row=row)]


def number(text: str | None) -> Decimal | None:
    """A number written with a decimal point, its thousands perhaps parted by commas; None for anything else."""
    bare = (text or "").strip()
    return Decimal(bare.replace(",", "")) if PLAIN.fullmatch(bare) else None
