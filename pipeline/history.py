"""Where a row went: read from where, changed, listed, merged, removed or made by which step, and what became of it."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from io_utils import Source, row_place
from pipeline.changes import origins
from pipeline.run import StepState, TableRun
from pipeline.view import as_text
from steps.base import listing

Kind = Literal[
    "read", "left_out", "changed", "problem", "new_columns", "columns_removed", "moved", "made", "makes", "takes_in", "looked_up",
    "removed", "stopped",
]  # fmt: skip
MOST = 20  # cells, or other rows, named in one event


class Cell(BaseModel):
    """A column of the row and its values before and after, as the grid writes them; None is missing.

    ``was`` is the column's name before, where the step changed that, too.
    """

    model_config = ConfigDict(frozen=True)

    column: str
    old: str | None
    new: str | None
    was: str | None = None


class Event(BaseModel):
    """What happened to the row: at which step (0: when the file was read), which cells or other rows it concerns, and why."""

    model_config = ConfigDict(frozen=True)

    step: int
    kind: Kind
    text: str
    cells: tuple[Cell, ...] = ()
    rows: tuple[int, ...] = ()


class Story(BaseModel):
    """All that happened to one row. ``end``: kept, removed, left out when loading, or never there."""

    model_config = ConfigDict(frozen=True)

    row: int
    end: Literal["kept", "removed", "left_out", "unknown"]
    sentence: str
    events: tuple[Event, ...] = ()


def story(table: TableRun, row: int, sources: Sequence[Source] = (), left_out: pd.DataFrame | None = None) -> Story:
    """What became of the row of that number, step by step; ``left_out``: the lines that are not in the table."""
    there = _at(table.source.index, row) is not None
    events = [Event(step=0, kind="read", text=f"Read from {row_place(sources, row)}.")] if there else []
    if not there and left_out is not None and (line := _line(left_out, sources, row)) is not None:
        return Story(row=row, end="left_out", sentence=f"Row {row:,} was left out when loading: {line.text}", events=(line,))
    before = table.source
    for state in table.steps:
        if state.status in ("failed", "waiting"):
            events.append(Event(step=state.number, kind="stopped", text="The steps stop here: this one could not run."))
            break
        if state.result is None:  # off
            continue
        if there:
            events += _happened(state, before, row)
            there = _at(state.table.index, row) is not None
        elif _at(state.table.index, row) is not None:
            there = True
            events.append(_made(state, row))
        before = state.table
    return Story(row=row, end=_end(there, events), sentence=_sentence(table, row, there, events), events=tuple(events))


def _end(there: bool, events: list[Event]) -> Literal["kept", "removed", "unknown"]:
    return "kept" if there else "removed" if events else "unknown"


def _sentence(table: TableRun, row: int, there: bool, events: list[Event]) -> str:
    """The end of the story in a sentence."""
    if there:
        at = _at(table.table.index, row)
        assert at is not None
        changed = [e for e in events if e.kind not in ("read", "makes", "stopped")]
        how = f"changed by {_steps(changed)}" if changed else "as it was read"
        return f"Row {row:,} is kept, {how}. It stands at place {at + 1:,} of {len(table.table):,}."
    if not events:
        highest = max([*(int(f.index.max()) for f in (table.source, table.table) if len(f)), 0])
        return f"There is no row {row:,}. Rows of this table have numbers up to {highest:,}; the header has one, too."
    gone = next(e for e in reversed(events) if e.kind == "removed")
    return f"Row {row:,} was removed by step {gone.step}: {gone.text}"


def _steps(events: list[Event]) -> str:
    numbers = [str(n) for n in dict.fromkeys(e.step for e in events)]
    return f"step{'s' if len(numbers) > 1 else ''} {listing(numbers, 12)}"


def _happened(state: StepState, before: pd.DataFrame, row: int) -> list[Event]:
    """What one step did to a row that it got."""
    result = state.result
    assert result is not None
    at, now = _at(before.index, row), _at(state.table.index, row)
    assert at is not None
    events = _problems(state, row)
    if now is None:
        lines = result.removed
        place = _at(lines.index, row)
        reason = str(lines["reason"].iloc[place]) if place is not None else "it is not in the step's result"
        into = lines["into"].iloc[place] if place is not None else None
        others = () if into is None or pd.isna(into) else (int(into),)
        return [*events, Event(step=state.number, kind="removed", text=f"{reason.rstrip('.')}.", rows=others)]
    old, new = as_text(before.iloc[[at]]).iloc[0], as_text(state.table.iloc[[now]]).iloc[0]
    renamed = result.report.renamed
    names = origins(before, state.table, renamed)
    changed = [c for c, rows in result.changes.cells.items() if c in names and (rows == row).any()]
    if changed:
        cells = tuple(Cell(column=c, old=old[names[c]], new=new[c], was=names[c] if names[c] != c else None) for c in changed[:MOST])
        events.append(Event(step=state.number, kind="changed", text=f"Changed in {_count(len(changed), 'column')}.", cells=cells))
    added, gone = result.report.columns_added, result.report.columns_removed
    if added:
        cells = tuple(Cell(column=c, old=None, new=new[c]) for c in added[:MOST])
        events.append(Event(step=state.number, kind="new_columns", text=f"Got {_count(len(added), 'new column')}.", cells=cells))
    if gone:
        cells = tuple(Cell(column=c, old=old[c], new=None) for c in gone[:MOST])
        text = f"Lost {_count(len(gone), 'column')} that the step took away."
        events.append(Event(step=state.number, kind="columns_removed", text=text, cells=cells))
    if (result.changes.moved == row).any():
        events.append(Event(step=state.number, kind="moved", text=f"Moved to place {now + 1:,}."))
    return [*events, *_relatives(state, row, now)]


def _relatives(state: StepState, row: int, now: int) -> list[Event]:
    """Rows merged into this one, made from it, or looked up for it."""
    result = state.result
    assert result is not None
    events = []
    merged = result.removed.index[(result.removed["into"] == row).fillna(False).to_numpy(dtype=bool)].to_numpy()
    if len(merged):
        events.append(Event(step=state.number, kind="takes_in", text=f"Stands for {_rows(merged)}, removed as equal.", rows=_some(merged)))
    parents = result.parents
    if len(parents):
        own = (parents["table"] == "").to_numpy(dtype=bool)
        places = parents["position"].to_numpy("int64")
        numbers = state.table.index.to_numpy()
        made = numbers[places[own & (parents["row"] == row).to_numpy(dtype=bool)]]
        if len(made):
            events.append(Event(step=state.number, kind="makes", text=f"Also became {_rows(made)}.", rows=_some(made)))
        found = parents[~own & (places == now)]
        for name in dict.fromkeys(found["table"]):
            rows = found["row"][(found["table"] == name).to_numpy(dtype=bool)].to_numpy("int64")
            events.append(Event(step=state.number, kind="looked_up", text=f"Values from {_rows(rows)} of {name}.", rows=()))
    return events


def _problems(state: StepState, row: int) -> list[Event]:
    """Values of the row that the step could not use."""
    assert state.result is not None
    found = state.result.rejected
    found = found[found.index.to_numpy() == row]
    return [
        Event(
            step=state.number,
            kind="problem",
            text=f"{reason[:1].upper()}{reason[1:].rstrip('.')}.",
            cells=(Cell(column=column, old=None if pd.isna(value) else value, new=None),),
        )
        for column, value, reason in zip(found["column"][:MOST], found["value"][:MOST], found["reason"][:MOST], strict=True)
    ]


def _made(state: StepState, row: int) -> Event:
    """How a row came about that was not read."""
    assert state.result is not None
    at, parents = _at(state.table.index, row), state.result.parents
    lines = parents[parents["position"].to_numpy("int64") == at] if len(parents) else parents
    rows = lines["row"].to_numpy("int64")
    tables = [t for t in dict.fromkeys(lines["table"]) if t]
    text = "Made by the step." if not len(rows) else f"Made from {_rows(rows)}{f' of {tables[0]}' if tables else ''}."
    return Event(step=state.number, kind="made", text=text, rows=() if tables else _some(rows))


def _line(left_out: pd.DataFrame, sources: Sequence[Source], row: int) -> Event | None:
    """The line of the first file that stands in that row and is not in the table."""
    first = sources[0].file if sources else None
    mine = (left_out["line"] == row).fillna(False).to_numpy(dtype=bool)
    if first is not None and "file" in left_out.columns:
        mine &= (left_out["file"] == first).fillna(False).to_numpy(dtype=bool)
    found = left_out[mine]
    if not len(found):
        return None
    line = found.iloc[0]
    return Event(
        step=0,
        kind="left_out",
        text=f"{str(line['reason']).rstrip('.')}.",
        cells=(Cell(column="the line", old=str(line["text"]), new=None),),
    )


def _at(index: pd.Index, row: int) -> int | None:
    """The position of a row; None if it is not there."""
    if isinstance(index, pd.RangeIndex):
        return (row - index.start) // index.step if row in index else None
    found = np.flatnonzero(index.to_numpy() == row)
    return int(found[0]) if len(found) else None


def _some(rows: np.ndarray) -> tuple[int, ...]:
    return tuple(int(r) for r in rows[:MOST])


def _rows(rows: np.ndarray) -> str:
    return f"{'row' if len(rows) == 1 else 'rows'} {listing([f'{int(r):,}' for r in rows], 6)}"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun if n == 1 else noun + 's'}"
