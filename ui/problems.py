"""Problems: the values a step could not use, as a list to work through; mended ones are used by the step again."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from pipeline import RecipeStep, Repair, Run, StepState, new_step
from pipeline.parse import ParseError, parse_cell
from pipeline.view import take
from steps.arrow import TEXT, arrow
from ui import grid, page_text, sidebar, state, views
from ui.shown import Shown
from ui.words import count, plain

COMMON = 4  # values that occur most often, offered to be mended all at once
MEND, CLEAR = "mend to", "make missing"
TALL = 470


def draw(done: Run, shown: Shown) -> None:
    """The Problems view."""
    step = shown.step
    editable = step is not None and not shown.preview and step.status in ("ok", "look")
    if not len(shown.rejected):
        st.info(
            "Every value could be used. A value that a step cannot use, such as n/a among numbers, is listed here, to be mended by hand.",
            icon=":material/check_circle:",
        )
    else:
        if editable and step is not None:
            _common(shown, step)
        _list(shown, step if editable else None)
    if editable and step is not None and step.step.repairs:
        _mended(step.step)


def _common(shown: Shown, step: StepState) -> None:
    """The values that occur most often, each with what can be done about all of them at once."""
    found = state.work().remember(("common-problems", shown.key), lambda: commonest(shown.rejected))
    if not found or found[0][2] < 2:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="common-problems"):
        st.caption("Most often:", width="content")
        for at, (column, value, times) in enumerate(found):
            entries = ["Treat as missing", "Replace everywhere…"]
            chosen = st.menu_button(
                f"{plain(value, longest=24)} · {times:,}", entries, key=f"common-{at}-{shown.key[:8]}",
                help=f"In column {plain(column)}: adds a step before this one",
            )  # fmt: skip
            if chosen:
                before(step.step, chosen, column, value)
                st.rerun()


def commonest(rejected: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Column, value and how often, of the values that occur most often; missing ones are not among them."""
    cells = pa.table({n: arrow(rejected[n]) for n in ("column", "value")}).filter(pc.field("value").is_valid())
    counts = cells.group_by(["column", "value"], use_threads=False).aggregate([([], "count_all")])
    order = np.argsort(-counts["count_all"].to_numpy(), kind="stable")[:COMMON]
    return [(c["column"], c["value"], c["count_all"]) for c in counts.take(pa.array(order)).to_pylist()]


def before(step: RecipeStep, entry: str, column: str, value: str) -> None:
    """Put a step before the one with the problems: the value counts as missing, or a form to replace it."""
    steps = list(state.steps())
    at = next(i for i, s in enumerate(steps) if s.id == step.id)
    if entry == "Treat as missing":
        made = new_step("mark_missing", {"columns": {"names": [column]}, "tokens": [value], "case_insensitive": False, "trim": False})
        if state.change_steps(f"Treat {value} as missing", [*steps[:at], made, *steps[at:]]):
            state.say("success", f"Added: {sidebar.label_of(made)}.")
        return
    made = new_step("find_replace", {"columns": {"names": [column]}, "find": value, "match": "whole"})
    memory = state.desk()
    memory.draft, memory.picking, memory.view = state.Draft(made, at, editing=False), False, "auto"


def _list(shown: Shown, step: StepState | None) -> None:
    """A page of the values with their reasons; typed in where they can be mended."""
    look = state.look(f"problems-{step.step.id if step else 'preview'}")
    found = take(shown.rejected[["column", "value", "reason"]], None, look.page)
    key = f"problems-{shown.key[:16]}-{found.page}-{state.desk().revision}"
    rows = listed(found.rows)
    if step is None:
        grid.show(rows, key=key, alt="Values that could not be used", height=_height(len(rows)))
    else:
        st.caption("Write the right value beside a problem: the step then uses it, and the row is as if it had stood in the file.")
        typable = rows.copy()
        typable[MEND] = pd.Series([None] * len(rows), dtype=TEXT)
        typable[CLEAR] = False
        st.data_editor(
            typable, key=key, alt="Values that could not be used, to mend", height=_height(len(rows)), hide_index=True, num_rows="fixed",
            disabled=list(rows.columns), placeholder="",
            column_config={
                MEND: st.column_config.TextColumn(MEND, help="Numbers like 1204.5, dates like 2024-05-31", width="medium"),
                CLEAR: st.column_config.CheckboxColumn(CLEAR, width="small"),
            },
            on_change=typed, args=(key, found.rows, grid.types_of(shown.before), step.step.id),
        )  # fmt: skip
        _refused()
    views.pages(found, look, "problems", "value")
    page_text.rows(found.rows.rename(columns={"reason": "why"}), "problems")


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """Lines as the grid shows them: the row's number first, since a row may have several problems."""
    made = rows.rename(columns={"reason": "why"}).reset_index(drop=True).astype(TEXT)
    made.insert(0, "row", pd.Series([str(r) for r in rows.index], dtype=TEXT))
    return made


def _height(rows: int) -> int:
    return min(38 + 35 * max(1, rows), TALL)


def typed(key: str, rows: pd.DataFrame, types: Mapping[str, Any], step: str) -> None:
    """Values written beside problems become repairs of the step; what is no value of its column is said."""
    memory = state.desk()
    repairs, memory.refused = repairs_of(st.session_state[key].get("edited_rows", {}), rows, types)
    if not repairs:
        return
    steps = [with_repairs(s, repairs) if s.id == step else s for s in state.steps()]
    state.change_steps(f"Mend {count(len(repairs), 'value')}", steps)


def repairs_of(
    edited: Mapping[Any, Mapping[str, Any]], rows: pd.DataFrame, types: Mapping[str, Any]
) -> tuple[list[Repair], list[tuple[int, str, str, str]]]:
    """What was written beside which problem, and what was refused: row, column, text, message. Unknown lines are ignored."""
    found: list[Repair] = []
    refused: list[tuple[int, str, str, str]] = []
    for at, cells in edited.items():
        if not 0 <= int(at) < len(rows):
            continue
        line, row = rows.iloc[int(at)], int(rows.index[int(at)])
        column, was = str(line["column"]), None if pd.isna(line["value"]) else str(line["value"])
        text = cells.get(MEND)
        if cells.get(CLEAR) is True:
            text = None
        elif not isinstance(text, str) or not text:
            continue
        if column not in types:
            refused.append((row, column, text or "", "The column is not in the table before this step."))
            continue
        try:
            parse_cell(text, types[column])
        except ParseError as error:
            refused.append((row, column, text or "", str(error)))
        else:
            found.append(Repair(row=row, column=column, was=was, value=text))
    return found, refused


def with_repairs(step: RecipeStep, repairs: list[Repair]) -> RecipeStep:
    """The step with more repairs; a value mended again keeps what first stood there."""
    held = {(r.row, r.column): r for r in step.repairs}
    for repair in repairs:
        first = held.get((repair.row, repair.column))
        held[repair.row, repair.column] = repair.model_copy(update={"was": first.was}) if first else repair
    return step.model_copy(update={"repairs": tuple(held.values())})


def _refused() -> None:
    for row, column, text, message in state.desk().refused[:10]:
        st.warning(
            f'Row {row}, {plain(column, longest=40)}: "{plain(text, longest=60)}" was not taken. {plain(message, longest=300)}',
            icon=":material/block:",
        )


def _mended(step: RecipeStep) -> None:
    """The values mended so far, to look at and take back."""
    with st.expander(f"Mended by hand ({len(step.repairs):,})", icon=":material/healing:"):
        lines = pd.DataFrame(
            {
                "row": pd.Series([f"{r.row}" for r in step.repairs], dtype=TEXT),
                "column": pd.Series([r.column for r in step.repairs], dtype=TEXT),
                "was": pd.Series([r.was for r in step.repairs], dtype=TEXT),
                "now": pd.Series([r.value for r in step.repairs], dtype=TEXT),
            }
        )
        picked = grid.show(
            lines.set_axis(pd.RangeIndex(1, len(lines) + 1)), key=f"mended-{step.id}-{len(lines)}-{state.desk().revision}",
            alt="Values mended by hand", pick="rows", row_label="no.", height=_height(min(len(lines), 8)),
        )  # fmt: skip
        label = f"Take back {count(len(picked.rows), 'value')}" if picked.rows else "Take back selected"
        st.button(label, key="take-back", disabled=not picked.rows, on_click=take_back, args=(step.id, picked.rows))


def take_back(id: str, lines: tuple[int, ...]) -> None:
    """The values of these lines (from 1) stand as they did."""
    chosen = {n - 1 for n in lines}
    steps = [
        s.model_copy(update={"repairs": tuple(r for at, r in enumerate(s.repairs) if at not in chosen)}) if s.id == id else s
        for s in state.steps()
    ]
    state.change_steps(f"Take back {count(len(chosen), 'mended value')}", steps)
