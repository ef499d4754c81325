"""Typing into the table: entries are checked here and kept as a step "Edit cells by hand"."""

from typing import Any

import pandas as pd
import streamlit as st

from pipeline import RecipeStep, StepState, new_step
from steps.edit_cells import EditCells
from ui import grid, state
from ui.words import count, plain

STEP = "edit_cells"


def draw(rows: pd.DataFrame, table: pd.DataFrame, after: StepState | None, key: str, height: int) -> None:
    """A page of the table to type in, and the entries that were no values of their columns."""
    st.caption(
        "Type over a cell; Delete makes it missing. Every entry is kept as a step, so it can be undone and is used again on this file. "
        "Numbers like 1204.5, dates like 2024-05-31."
    )
    grid.edit(
        rows,
        key=key,
        alt="Rows of the table, to type in",
        on_change=typed,
        args=(key, rows, after.step.id if after else None),
        height=height,
    )
    _refused()


def _refused() -> None:
    refused = state.desk().refused
    for row, column, text, message in refused[:10]:
        st.warning(
            f'Row {row}, {plain(column, longest=40)}: "{plain(text, longest=60)}" was not taken. {plain(message, longest=300)}',
            icon=":material/block:",
        )
    if refused:
        st.button("Dismiss", key="dismiss-refused", on_click=_dismiss)


def _dismiss() -> None:
    state.desk().refused = []
    state.desk().revision += 1


def typed(key: str, rows: pd.DataFrame, after: str | None) -> None:
    """Something was typed: what is a value becomes part of the step after the shown one, the rest is said."""
    accepted, refused = grid.changes_of(st.session_state[key], rows)
    memory = state.desk()
    memory.refused = [(r.row, r.column, r.typed, r.message) for r in refused]
    if not accepted:
        return
    steps = list(state.steps())
    at = next((i for i, s in enumerate(steps) if s.id == after), -1 if after is None else len(steps) - 1)
    said = f"Edit {count(len(accepted), 'cell')}"
    if at >= 0 and steps[at].step == STEP and steps[at].on:
        step = steps[at] = with_edits(steps[at], accepted)
    else:
        step = with_edits(new_step(STEP, {"file": _file()}), accepted)
        steps.insert(at + 1, step)
    if state.change_steps(said, steps):
        memory.selected = step.id
        st.query_params["step"] = step.id


def with_edits(step: RecipeStep, entries: list[grid.Edit]) -> RecipeStep:
    """The step with more edits; a cell edited again keeps its first old value, one put back is an edit no more."""
    held = EditCells.model_validate(step.params).edits
    edits: dict[tuple[int | None, str], dict[str, Any]] = {(e.row, e.column): e.model_dump(mode="json") for e in held}
    for entry in entries:
        place = (entry.row, entry.column)
        old = edits[place]["old"] if place in edits else entry.was
        edits[place] = {"row": entry.row, "column": entry.column, "old": old, "new": entry.value}
        if old == entry.value:
            del edits[place]
    return step.model_copy(update={"params": {**step.params, "edits": list(edits.values())}})


def _file() -> str:
    return state.source().file_digest
