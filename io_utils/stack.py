"""Several files or sheets as one table: rows one below the other, and for each row the file, sheet and row it is from."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.delimited.write import value_texts
from io_utils.errors import ReadError
from io_utils.facts import Facts
from io_utils.options import Note, Read, Source
from io_utils.tables import arrow, frame

TEXT = pa.large_string()
EXACT = 2**53  # whole numbers up to here are doubles, too


class Part(NamedTuple):
    """A file or sheet to stack: into which column each of its columns goes (None: left out), and texts that all its rows get."""

    read: Read
    into: Mapping[str, str | None]
    added: Mapping[str, str | None] = {}

    @property
    def place(self) -> str:
        """The file, with the sheet if there is one."""
        return place_of(self.read)


def stack(parts: Sequence[Part]) -> Read:
    """The rows of all parts in one table, with every line left out and every note.

    The first part keeps its row numbers; those of the others go on after it, and ``sources`` says which are whose. A column
    is text where the parts hold different kinds of values (whole numbers and doubles are doubles if that changes none); a
    part without the column has missing values in it. Raises ReadError if two columns of a part go into one.
    """
    names = _names(parts)
    shifts = _shifts([part.read for part in parts])
    notes = [note for part, shift in zip(parts, shifts, strict=True) for note in _notes(part, shift)]
    columns: dict[str, pa.ChunkedArray] = {}
    for name in names:
        columns[name], note = _column(name, parts)
        notes += [note] if note else []
    rows = np.concatenate([part.read.table.index.to_numpy() + shift for part, shift in zip(parts, shifts, strict=True)])
    sources = [
        Source(s.first + shift, s.last + shift, s.file, s.sheet, s.first_row)
        for part, shift in zip(parts, shifts, strict=True)
        for s in part.read.sources
        if s.last >= s.first
    ]
    aside = pd.concat([part.read.set_aside for part in parts], ignore_index=True)
    digest = hashlib.sha256("\n".join(part.read.digest for part in parts).encode()).hexdigest()
    facts = Facts.together([part.read.facts for part in parts])
    return Read(frame(columns, rows), parts[0].read.options, aside, notes, sources, digest, facts)


def place_of(read: Read) -> str:
    """The file of a reading, with the sheet if there is one."""
    source = read.sources[0]
    return source.file if source.sheet is None else f'{source.file} sheet "{source.sheet}"'


def _names(parts: Sequence[Part]) -> list[str]:
    """The columns of the stacked table: those of the first part, what further ones add, and the texts of all."""
    names: dict[str, None] = {}
    for part in parts:
        there: dict[str, str] = {}
        for column in part.read.table.columns:
            name = part.into.get(column)
            if name is None:
                continue
            if name in there:
                problem = f'the columns "{there[name]}" and "{column}" would both go into "{name}"'
                raise ReadError(f"{part.place}: {problem}. Choose another place for one of them.")
            there[name] = column
            names[name] = None
    added = dict.fromkeys(name for part in parts for name in part.added)
    return [*names, *(name for name in added if name not in names)]


def _shifts(reads: Sequence[Read]) -> list[int]:
    """What is added to the row numbers of each part."""
    shifts, free = [], 0
    for at, read in enumerate(reads):
        first = min([s.first for s in read.sources], default=1)
        last = max([s.last for s in read.sources], default=0)
        shift = free - first if at else 0
        shifts.append(shift)
        free = max(free, last + shift + 1)
    return shifts


def _column(name: str, parts: Sequence[Part]) -> tuple[pa.ChunkedArray, Note | None]:
    """One column of all parts in one type, and what is to be said if it became text for that."""
    found: list[pa.ChunkedArray | None] = []
    for part in parts:
        column = next((c for c, to in part.into.items() if to == name and c in part.read.table.columns), None)
        if column is not None:
            found.append(arrow(part.read.table[column]))
        elif name in part.added:
            found.append(pa.chunked_array([pa.repeat(pa.scalar(part.added[name], TEXT), len(part.read.table))]))
        else:
            found.append(None)
    held = {c.type: part.place for c, part in reversed(list(zip(found, parts, strict=True))) if c is not None and c.null_count < len(c)}
    to = _common([c for c in found if c is not None])
    whole: list[pa.Array] = []
    for column, part in zip(found, parts, strict=True):
        whole += [pa.nulls(len(part.read.table), to)] if column is None else _brought(column, to).chunks
    if to != TEXT or len(held) < 2:
        return pa.chunked_array(whole, to), None
    kinds = " and ".join(f"{_words(of)} in {place}" for of, place in sorted(held.items(), key=lambda one: str(one[0]))[:2])
    return pa.chunked_array(whole, to), Note(text=f'Column "{name}" is text: it holds {kinds}. No value was changed.', column=name)


def _common(columns: Sequence[pa.ChunkedArray]) -> pa.DataType:
    """The type that holds every value unchanged; a column without any value goes with every type."""
    types = {c.type for c in columns if c.null_count < len(c)}
    if len(types) < 2:
        return next(iter(types), columns[0].type if columns else TEXT)
    if types == {pa.int64(), pa.float64()}:
        whole = [c for c in columns if pa.types.is_integer(c.type)]
        return pa.float64() if all(abs(x or 0) <= EXACT for c in whole for x in pc.min_max(c).as_py().values()) else TEXT
    return TEXT


def _brought(values: pa.ChunkedArray, to: pa.DataType) -> pa.ChunkedArray:
    if values.type == to:
        return values
    if values.null_count == len(values):
        return pa.chunked_array([pa.nulls(len(values), to)])
    return pa.chunked_array([value_texts(c) for c in values.chunks], TEXT) if to == TEXT else values.cast(to)


def _words(of: pa.DataType) -> str:
    if of == TEXT:
        return "text"
    if pa.types.is_boolean(of):
        return "yes/no"
    return "dates" if pa.types.is_date(of) or pa.types.is_timestamp(of) else "numbers"


def _notes(part: Part, shift: int) -> list[Note]:
    """A part's notes under its name."""
    return [
        note.model_copy(update={"text": f"{part.place}: {note.text}", "row": None if note.row is None else note.row + shift})
        for note in part.read.notes
    ]
