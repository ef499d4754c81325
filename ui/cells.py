"""Typing into the table: entries are checked here and kept as a step "Edit cells by hand"."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pipeline import RecipeStep, StepState, new_step
from pipeline.parse import ParseError, parse_cell, write_cell
from pipeline.view import SIZE, as_text
from steps.edit_cells import AddedRow, DeletedRow, EditCells
from ui import grid, state
from ui.shown import Shown
from ui.words import count, plain

STEP = "edit_cells"
GUARDED = 12  # columns whose values must stand for a deleted row to be deleted again


def draw(rows: pd.DataFrame, shown: Shown, look: state.Look, height: int) -> None:
    """A page of the table to type in, and the entries that were no values of their columns."""
    held = mounted(rows, shown, look)
    key = f"grid-edit-{held.serial}-" + "-".join(str(p) for p in held.place)
    st.caption(
        "Type over a cell; Delete makes it missing. Mark rows at the left to delete them; write in the last line to add one. "
        "Every entry is kept as a step, so it can be undone and is used again on this file. Numbers like 1204.5, dates like 2024-05-31."
    )
    grid.edit(
        held.rows, key=key, alt="Rows of the table, to type in", on_change=typed, args=(key, held.rows, shown, look), height=height,
        rows_too=True,
    )  # fmt: skip
    _refused()


def mounted(rows: pd.DataFrame, shown: Shown, look: state.Look) -> state.Typing:
    """The page as it was mounted, if what is shown differs from it only by entries in it; else as it is now."""
    memory = state.desk()
    held, place = memory.typing, (look.page, look.columns, look.search, look.sort, memory.revision)
    if held is None or held.place != place or not (held.mine or held.seen == shown.key):
        held = memory.typing = state.Typing(place, shown.key, rows, held.serial + 1 if held else 0)
    held.seen, held.mine = shown.key, False
    return held


def _refused() -> None:
    refused = state.desk().refused
    for row, column, text, message in refused[:10]:
        where = f"Row {row}" if row else "New row"
        st.warning(
            f'{where}, {plain(column, longest=40)}: "{plain(text, longest=60)}" was not taken. {plain(message, longest=300)}',
            icon=":material/block:",
        )
    if refused:
        st.button("Dismiss", key="dismiss-refused", on_click=_dismiss)


def _dismiss() -> None:
    state.desk().refused = []
    state.desk().revision += 1


def typed(key: str, rows: pd.DataFrame, shown: Shown, look: state.Look) -> None:
    """Something was typed: what is a value becomes part of the step after the shown one, the rest is said."""
    entered, memory = st.session_state[key], state.desk()
    accepted, refused = grid.changes_of(entered, rows, put_back=True)
    added, bad = added_rows(entered.get("added_rows", []), rows)
    deleted = deleted_rows(entered.get("deleted_rows", []), rows)
    memory.refused = [(r.row, r.column, r.typed, r.message) for r in (*refused, *bad)]
    steps, after = list(state.steps()), shown.step.step.id if shown.step else None
    at = next((i for i, s in enumerate(steps) if s.id == after), -1 if after is None else len(steps) - 1)
    if at >= 0 and steps[at].step == STEP and steps[at].on and shown.step is not None:
        step = steps[at] = with_entries(steps[at], accepted, added, deleted, own_rows(shown.step, shown.before))
    else:
        step = with_entries(new_step(STEP, {"file": _file()}), accepted, added, deleted, {})
        steps.insert(at + 1, step)
    before, now = _held(step.id), EditCells.model_validate(step.params)
    if now == before:
        return
    if not (now.edits or now.added or now.deleted):
        steps = [s for s in steps if s.id != step.id]
    cells = max(len({*now.edits} - {*before.edits}), len({*before.edits} - {*now.edits}))
    if state.change_steps(_label(cells, len(added), len(deleted)), steps):
        kept = any(s.id == step.id for s in steps)
        memory.selected = step.id if kept else steps[at - 1].id if at > 0 else state.OPEN_FILE
        st.query_params["step"] = memory.selected
        if memory.typing is not None:
            memory.typing.mine = True
    if added or deleted:
        memory.revision += 1
    memory.looks[f"table-{memory.selected}"] = look  # the same page, search and sort of the step that is selected now
    if added:
        look.page += len(rows) >= SIZE  # a row below the last one of a full page is the first of the next
        state.say("success", f"Added {count(len(added), 'row')} below row {added[0].after}")


def _held(id: str) -> EditCells:
    """The step as it is kept; one without any entry stands for a new one."""
    return next((EditCells.model_validate(s.params) for s in state.steps() if s.id == id), EditCells(file=_file()))


def _label(cells: int, added: int, deleted: int) -> str:
    parts = [
        f"Edit {count(cells, 'cell')}" if cells and not (added or deleted) else "",
        f"Add {count(added, 'row')}" if added else "",
        f"Delete {count(deleted, 'row')}" if deleted else "",
    ]
    return ", ".join(p for p in parts if p)


def added_rows(entered: Sequence[Mapping[str, Any]], rows: pd.DataFrame) -> tuple[list[AddedRow], list[grid.Refused]]:
    """Rows written in the last line, below the last row of the page; cells that are no values are left out and said."""
    names, types = {grid.grid_id(n): n for n in rows.columns}, grid.types_of(rows)
    below = int(rows.index[-1]) if len(rows) else None
    made: list[AddedRow] = []
    refused: list[grid.Refused] = []
    for cells in entered:
        values: dict[str, str | None] = {}
        for id, text in cells.items():
            name = names.get(id)
            if name is None or not isinstance(text, str):
                continue
            try:
                values[name] = write_cell(parse_cell(text, types[name]), types[name])
            except ParseError as error:
                refused.append(grid.Refused(0, name, text, str(error)))
        if values:
            made.append(AddedRow(after=below, values=values))
    return made, refused


def deleted_rows(positions: Sequence[int], rows: pd.DataFrame) -> list[DeletedRow]:
    """The rows at the positions; they are deleted again only while their first values stand."""
    places = [at for at in dict.fromkeys(positions) if isinstance(at, int) and 0 <= at < len(rows)]
    was = as_text(rows.iloc[places, :GUARDED])
    return [
        DeletedRow(row=int(number), was={n: None if pd.isna(v) else str(v) for n, v in line.items()})
        for number, line in zip(rows.index[places], was.to_dict("records"), strict=True)
    ]


def own_rows(step: StepState, before: pd.DataFrame) -> dict[int | None, int]:
    """Rows that the step itself added: their number and which of its added rows they are."""
    if step.result is None:
        return {}
    new = step.result.table.index
    numbers = new[~new.isin(before.index)]
    return dict(zip((int(n) for n in numbers), EditCells.model_validate(step.step.params).order_of_added(before), strict=True))


def with_entries(
    step: RecipeStep, entries: Sequence[grid.Edit], added: Sequence[AddedRow], deleted: Sequence[DeletedRow], own: Mapping[int | None, int]
) -> RecipeStep:
    """The step with more entries.

    A cell edited again keeps its first old value, one put back is an edit no more. Rows the step itself added (``own``) are
    written anew or left out instead.
    """
    held = EditCells.model_validate(step.params)
    edits: dict[tuple[int | None, str], dict[str, Any]] = {(e.row, e.column): e.model_dump(mode="json") for e in held.edits}
    rows: list[AddedRow | None] = list(held.added)
    for entry in entries:
        if entry.row in own and (mine := rows[own[entry.row]]) is not None:
            rows[own[entry.row]] = mine.model_copy(update={"values": {**mine.values, entry.column: entry.value}})
            continue
        place = (entry.row, entry.column)
        old = edits[place]["old"] if place in edits else entry.was
        edits[place] = {"row": entry.row, "column": entry.column, "old": old, "new": entry.value}
        if old == entry.value:
            del edits[place]
    for gone in deleted:
        if gone.row in own:
            rows[own[gone.row]] = None
    # a new row goes below the row above it: below one that this step added, it would lose its place with that row
    below = [a.model_copy(update={"after": held.added[own[a.after]].after}) if a.after in own else a for a in added]
    lists = {
        "edits": list(edits.values()),
        "added": [r.model_dump(mode="json") for r in (*rows, *below) if r is not None],
        "deleted": [d.model_dump(mode="json") for d in (*held.deleted, *(d for d in deleted if d.row not in own))],
    }
    return step.model_copy(update={"params": {**step.params, **lists}})


def _file() -> str:
    return state.source().digest
