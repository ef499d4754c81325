"""Edit steps as a table: order, on or off, notes, new and deleted steps, all in one grid."""

from typing import Any

import pandas as pd
import streamlit as st

import steps as step_modules
from pipeline import RecipeStep, Run, new_step
from ui import sidebar, state

COLUMNS = ("on", "step", "does", "note")
BASE, REVISION = "wb_table_base", "wb_table_revision"


def draw(done: Run) -> None:
    """The grid. It is mounted once for a list of steps; what is typed in it is applied to that list, always all of it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(":material/grid_on: Steps as a table", anchor=False)
        st.space("stretch")
        st.button("Back to the cards", key="close-steps-table", on_click=close)
    st.caption(
        "Turn steps on and off, write notes, move them with the arrows, delete lines, or add one in the last line. "
        "Every change is saved and can be undone."
    )
    steps = state.steps()
    key = mounted(steps)
    said = {s.step.id: s.report.sentence for s in done.result.steps if s.report}
    config = st.column_config
    st.data_editor(
        frame(st.session_state[BASE], said),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        on_change=edited,
        args=(key,),
        column_order=["number", *COLUMNS, "up", "down"],
        disabled=["number", "does"],
        alt="The steps, a line each",
        column_config={
            "number": config.TextColumn("", width=40),
            "on": config.CheckboxColumn("On", default=True, width=60),
            "step": config.SelectboxColumn("Step", options=labels(), required=True, width="medium"),
            "does": config.TextColumn("What it does", width=360),
            "note": config.TextColumn("Note", width=180),
            "up": config.ButtonColumn("", key=f"up-{key}", on_click=move, args=(-1, f"up-{key}"), type="tertiary", width=50),
            "down": config.ButtonColumn("", key=f"down-{key}", on_click=move, args=(1, f"down-{key}"), type="tertiary", width=50),
        },
    )
    _move_by_keyboard(steps)


def _move_by_keyboard(steps: tuple[RecipeStep, ...]) -> None:
    """The arrows again, since those in the grid take a pointer."""
    names = {s.id: f"{n}. {sidebar.label_of(s)}" for n, s in enumerate(steps, 1)}
    if len(names) < 2:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="move-steps"):
        chosen = st.selectbox("Move a step", list(names), format_func=names.__getitem__, key="move-step", width=320)
        at = list(names).index(chosen)
        st.button("Move up", key="move-step-up", disabled=at == 0, on_click=_move, args=("Move up", chosen))
        st.button("Move down", key="move-step-down", disabled=at == len(names) - 1, on_click=_move, args=("Move down", chosen))


def _move(way: str, step: str) -> None:
    sidebar.do(way, step)
    st.session_state["move-step"] = step


def labels() -> list[str]:
    """The labels of all steps, for the list in a cell."""
    return [kind.label for kind in step_modules.catalogue.values() if kind.listed]


def mounted(steps: tuple[RecipeStep, ...]) -> str:
    """The grid's key; a new one where the steps were changed other than by typing in this grid."""
    session = st.session_state
    key = f"steps-{session.get(REVISION, 0)}"
    base = session.get(BASE)
    if base is None or key not in session or shape(applied(base, session[key], session[REVISION])) != shape(steps):
        if base is None or shape(base) != shape(steps) or key in session:
            session[REVISION] = session.get(REVISION, 0) + 1
        session[BASE] = steps
    return f"steps-{session[REVISION]}"


def shape(steps: tuple[RecipeStep, ...]) -> list[tuple[str, str, bool, str]]:
    """What the grid shows of the steps."""
    return [(s.id, s.step, s.on, s.note) for s in steps]


def frame(steps: tuple[RecipeStep, ...], said: dict[str, str]) -> pd.DataFrame:
    """The steps as lines of the grid."""
    rows = [
        {"number": str(n), "on": s.on, "step": sidebar.label_of(s), "does": said.get(s.id, ""), "note": s.note, "up": "▲", "down": "▼"}
        for n, s in enumerate(steps, 1)
    ]
    made = pd.DataFrame(rows, columns=["number", *COLUMNS, "up", "down"], dtype=object)
    return made.astype({"on": bool})


def applied(base: tuple[RecipeStep, ...], typed: dict[str, Any], revision: int) -> tuple[RecipeStep, ...]:
    """The mounted steps with everything typed in the grid since; lines that do not exist are ignored."""
    names = {kind.label: name for name, kind in step_modules.catalogue.items()}
    made = list(base)
    for at, cells in typed.get("edited_rows", {}).items():
        if 0 <= int(at) < len(made):
            made[int(at)] = _changed(made[int(at)], cells, names)
    gone = {int(i) for i in typed.get("deleted_rows", [])}
    made = [s for i, s in enumerate(made) if i not in gone]
    for at, cells in enumerate(typed.get("added_rows", [])):
        name = names.get(cells.get("step") or "")
        if name is not None:  # the same id each time: the callback runs again with all that was typed
            made.append(
                _changed(
                    new_step(name, id=f"t{revision}a{at}x{base[0].id[:6] if base else ''}"),
                    {k: v for k, v in cells.items() if k != "step"},
                    names,
                )
            )
    return tuple(made)


def _changed(step: RecipeStep, cells: dict[str, Any], names: dict[str, str]) -> RecipeStep:
    update: dict[str, Any] = {}
    if isinstance(cells.get("on"), bool):
        update["on"] = cells["on"]
    if "note" in cells and isinstance(cells["note"], str | None):
        update["note"] = cells["note"] or ""
    name = names.get(cells.get("step") or "")
    if name is not None and name != step.step:  # another step has other settings: it starts with its own
        fresh = new_step(name)
        update |= {
            "step": name,
            "step_version": fresh.step_version,
            "params": {},
            "budget": fresh.budget,
            "fitted": None,
            "fitted_for": None,
            "repairs": (),
        }
    return step.model_copy(update=update)


def edited(key: str) -> None:
    """Something was typed in the grid."""
    session = st.session_state
    made = applied(session[BASE], session[key], session[REVISION])
    if shape(made) != shape(state.steps()):
        state.change_steps("Edit steps as a table", made)


def move(by: int, key: str) -> None:
    """An arrow was pressed."""
    at = st.session_state[key]["row"]
    steps = list(state.steps())
    to = at + by
    if 0 <= at < len(steps) and 0 <= to < len(steps):
        steps[at], steps[to] = steps[to], steps[at]
        state.change_steps(f"Move {'up' if by < 0 else 'down'}: {sidebar.label_of(steps[to])}", steps)


def close() -> None:
    """Back to the cards."""
    state.desk().steps_as_table = False
