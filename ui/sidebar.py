"""The sidebar: the file, add and undo, the step cards, and what comes out."""

import secrets
from datetime import datetime
from typing import Literal

import streamlit as st
from pydantic import JsonValue

import steps as step_modules
from pipeline import Accounting, RecipeStep, Run, StepState
from pipeline.recipe import fields_of
from pipeline.tasks import Loaded
from ui import focus, state, tables
from ui.words import badge, count, plain, when

Color = Literal["red", "orange", "green", "gray"]
MENU = ("Edit", "Turn off", "Move up", "Move down", "Insert step below", "Duplicate", "Add note", "Show code", "Delete")
KEYS = {
    "Alt+N": "Add step", "Alt+Z": "Undo", "Alt+Shift+Z": "Redo",
    "Tab, Shift+Tab": "To the next field, button or grid, and back",
    "Arrows": "In a grid: to the next cell; in a bar of choices: to the next choice",
    "Enter": "In a grid to type in: opens the cell; again keeps what was typed", "Esc": "Leaves a cell as it was; closes a list",
    "Ctrl+C": "Copies the chosen cells of a grid",
}  # fmt: skip
ICONS = {
    "Missing values": ":material/rule:", "Text": ":material/text_fields:", "Numbers": ":material/calculate:",
    "Dates": ":material/calendar_month:", "Rows": ":material/filter_alt:", "Columns": ":material/view_column:",
    "Tables": ":material/join:", "Checks": ":material/verified:", "By hand": ":material/edit:",
}  # fmt: skip


def icon_of(step: RecipeStep) -> str:
    """The icon of a step's group."""
    kind = step_modules.catalogue.get(step.step)
    return ICONS.get(kind.group, ":material/build:") if kind else ":material/help:"


def label_of(step: RecipeStep) -> str:
    """The step's label, or its name if it is not installed."""
    kind = step_modules.catalogue.get(step.step)
    return kind.label if kind else step.step


def draw(loaded: Loaded | None, done: Run | None, whole: Run | None, accounting: Accounting | None) -> None:
    """The sidebar of an open project; what is not known yet is left out.

    ``loaded`` and ``done`` are of the table that is looked at, ``whole`` and ``accounting`` of the result.
    """
    project = state.project()
    with st.sidebar:
        _head(loaded)
        tables.draw()
        with st.container(horizontal=True, wrap=False, gap="xsmall", key="history"):
            st.button(
                "Add step",
                key="add-step",
                type="primary",
                icon=":material/add:",
                shortcut="alt+n",
                help="Alt+N",
                on_click=add_step,
                disabled=loaded is None,
            )
            st.button(
                "Undo",
                key="undo",
                on_click=state.undo,
                shortcut="alt+z",
                disabled=not state.can_undo(),
                help=f"Undo: {plain(project.undo_label)} (Alt+Z)" if state.can_undo() else "Nothing to undo (Alt+Z)",
            )
            st.button(
                "Redo", key="redo", on_click=state.redo, shortcut="alt+shift+z", disabled=not project.can_redo,
                help=f"Redo: {plain(project.redo_label)} (Alt+Shift+Z)" if project.can_redo else "Nothing to redo (Alt+Shift+Z)",
            )  # fmt: skip
        with st.container(horizontal=True, wrap=False, vertical_alignment="center", key="saved"):
            st.caption(f"Saved {when(project.saved_at.astimezone(), datetime.now().astimezone())}", width="stretch")
            with st.popover("Keyboard", icon=":material/keyboard:", type="tertiary"):
                st.markdown("\n".join(["| Keys | |", "|---|---|", *(f"| {keys} | {does} |" for keys, does in KEYS.items())]))
        if loaded is not None:
            _cards(loaded, done)
        if whole is not None and accounting is not None:
            _result(whole, accounting)


def _head(loaded: Loaded | None) -> None:
    project = state.project()
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", key="file-head"):
        st.markdown(f":material/table: **{plain(project.name, longest=40)}**")
        st.space("stretch")
        st.button("All projects", key="home", type="tertiary", icon=":material/home:", on_click=go_home)
    if loaded is not None:
        st.caption(f"{count(len(loaded.table), 'row')} · {count(loaded.table.shape[1], 'column')} · {loaded.options.format.upper()}")


def go_home() -> None:
    """Back to the start page."""
    state.desk().waiting = []
    st.query_params.clear()


def add_step() -> None:
    """Open the list of steps, to put one after the selected step."""
    memory = state.desk()
    st.query_params["stage"] = "clean"
    memory.position = position_after(memory.selected)
    memory.picking, memory.draft, memory.editing_cells, memory.steps_as_table = True, None, False, False
    focus.on("find-step")


def position_after(step: str | None) -> int:
    """Where a step after the selected one stands in the list; at the end if no step is selected."""
    ids = [s.id for s in state.steps()]
    return ids.index(step) + 1 if step in ids else len(ids)


def _cards(loaded: Loaded, done: Run | None) -> None:
    memory = state.desk()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Steps**")
        st.space("stretch")
        if state.steps():
            st.button("Edit as a table", key="steps-as-table", type="tertiary", icon=":material/grid_on:", on_click=as_table)
    chosen = memory.selected == state.OPEN_FILE
    with _card("open-file", chosen):
        st.button(":material/file_open: **Open file**", key="select-open-file", type="tertiary", on_click=select, args=(state.OPEN_FILE,))
        st.space("stretch")
        st.badge(count(len(loaded.table), "row"), color="gray")
    states = {s.step.id: s for s in done.result.steps} if done else {}
    for number, step in enumerate(state.steps(), 1):
        _step_card(number, step, states.get(step.id), memory.selected)
    if not state.steps():
        st.caption("No steps yet. Press Add step.")


def _card(id: str, chosen: bool) -> st.delta_generator.DeltaGenerator:
    return st.container(
        border=True, horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall", key=f"card_{'cur_' if chosen else ''}{id}"
    )


def _step_card(number: int, step: RecipeStep, found: StepState | None, selected: str | None) -> None:
    with _card(step.id, step.id == selected):
        st.toggle("On", value=step.on, key=f"on-{step.id}-{step.on}", label_visibility="collapsed", on_change=turn, args=(step.id,))
        of = plain(about(step, found), longest=36)
        st.button(
            f"{icon_of(step)} **{number}. {plain(label_of(step), longest=46)}**" + (f" :small[:gray[{of}]]" if of else ""),
            key=f"select-{step.id}", type="tertiary", help=plain(tooltip(step, found), longest=300), on_click=select, args=(step.id,),
        )  # fmt: skip
        text, color = card_badge(step, found)
        st.badge(text, color=color)
        chosen = st.menu_button(
            ":material/more_vert:", menu_of(step), key=f"menu-{step.id}", type="tertiary", help=f"What to do with step {number}"
        )
        if chosen:
            do(chosen, step.id)
            st.rerun()


def about(step: RecipeStep, found: StepState | None) -> str:
    """The columns that the step is for, as far as the card has room: those chosen in it, else those it changed."""
    kind = step_modules.catalogue.get(step.step)
    names: list[str] = []
    for field in fields_of(kind, "column") if kind else []:
        names += _names(step.params.get(field))
    if not names and found is not None and (r := found.report) is not None:
        names = [*(r.cells or r.retyped or r.columns_added or r.columns_removed)]
    first = [name for name in dict.fromkeys(names) if name]
    return ", ".join(first[:2]) + (f" +{len(first) - 2}" if len(first) > 2 else "")


def _names(value: JsonValue) -> list[str]:
    """The columns that a step's setting names."""
    if isinstance(value, str):
        return [value]
    named = value.get("names") if isinstance(value, dict) else value
    return [n for n in named if isinstance(n, str)] if isinstance(named, list | dict) else []


def tooltip(step: RecipeStep, found: StepState | None) -> str:
    """What the step does and how it went, in a sentence or two."""
    sentence = found.report.sentence if found and found.report else label_of(step)
    return " ".join([f"{sentence.rstrip('.')}.", *([found.error] if found and found.error else []), *([step.note] if step.note else [])])


def menu_of(step: RecipeStep) -> list[str]:
    """The entries of a card's menu."""
    named = {"Turn off": "Turn off" if step.on else "Turn on", "Add note": "Change note" if step.note else "Add note"}
    return [named.get(entry, entry) for entry in MENU]


def card_badge(step: RecipeStep, found: StepState | None) -> tuple[str, Color]:
    """What the step did, with its unit, and a colour that repeats it."""
    if not step.on:
        return "off", "gray"
    if found is None:
        return "…", "gray"
    if found.status == "failed":
        return "needs a look", "red"
    if found.status in ("waiting", "skipped"):
        return found.status, "gray"
    r = found.report
    if r is None:
        return "…", "gray"
    if r.checked:
        failing = sum(not c.holds for c in r.checked)
        return (f"{count(failing, 'check')} fail" if failing > 1 else "1 check fails", "orange") if failing else ("checks hold", "green")
    said = badge(
        cells=r.changed,
        removed=r.removed,
        added=r.added,
        columns_added=len(r.columns_added),
        columns_removed=len(r.columns_removed),
        moved=r.moved,
        renamed=len(r.renamed),
        columns_moved=r.columns_moved,
    )
    if said == "no effect" and r.retyped:
        said = f"{count(len(r.retyped), 'type')}"
    if r.rejected:
        return count(r.rejected, "problem"), "orange"
    if found.status == "look":
        return f"⚠ {said}", "orange"
    return said, "gray" if said == "no effect" else "green"


def select(step: str) -> None:
    """Show the table after a step."""
    st.query_params["stage"] = "clean"
    state.select(step)


def as_table() -> None:
    """Open the steps as an editable table."""
    st.query_params["stage"] = "clean"
    state.select(None)
    state.desk().steps_as_table = True


def turn(id: str) -> None:
    """Turn a step off or on."""
    steps = state.steps()
    step = next((s for s in steps if s.id == id), None)
    if step is not None:
        label = f"Turn {'off' if step.on else 'on'} {label_of(step)}"
        if state.change_steps(label, [s.model_copy(update={"on": not s.on}) if s.id == id else s for s in steps]):
            state.say("success", f"Turned {'off' if step.on else 'on'}: {label_of(step)}.")


def do(entry: str, id: str) -> None:
    """What a card's menu says."""
    steps, memory = list(state.steps()), state.desk()
    at = next((i for i, s in enumerate(steps) if s.id == id), None)
    if at is None:
        return
    step, label = steps[at], label_of(steps[at])
    if entry in ("Turn off", "Turn on"):
        turn(id)
    elif entry == "Edit":
        select(id)
        memory.draft, memory.view = state.Draft(step, at, editing=True), "auto"
    elif entry in ("Move up", "Move down"):
        to = at + (-1 if entry == "Move up" else 1)
        if 0 <= to < len(steps):
            steps[at], steps[to] = steps[to], steps[at]
            if state.change_steps(f"{entry}: {label}", steps):
                state.say("success", f"Moved {'up' if to < at else 'down'}: {label}.")
    elif entry == "Insert step below":
        select(id)
        memory.position, memory.picking = at + 1, True
        focus.on("find-step")
    elif entry == "Duplicate":
        copy = step.model_copy(update={"id": secrets.token_hex(6), "fitted": None, "fitted_for": None})
        if state.change_steps(f"Duplicate {label}", [*steps[: at + 1], copy, *steps[at + 1 :]]):
            state.select(copy.id)
    elif entry in ("Add note", "Change note"):
        st.session_state["wb_note"] = id
    elif entry == "Show code":
        st.session_state["wb_code"] = id
    elif entry == "Delete":
        remove(id)


def remove(id: str) -> None:
    """Delete a step; undo brings it back."""
    steps = state.steps()
    step = next(s for s in steps if s.id == id)
    if state.change_steps(f"Delete {label_of(step)}", [s for s in steps if s.id != id]):
        memory = state.desk()
        if memory.selected == id:
            state.select(None)
        state.say("success", f"Deleted: {label_of(step)}.")


def _result(done: Run, accounting: Accounting) -> None:
    result = done.result
    with st.container(border=True, key="result-card"):
        if result.failed:
            where = f" of {plain(result.name, longest=28)}" if len(done.recipe.tables) > 1 else ""
            st.markdown(f":material/error: **Stops at step {result.failed.number}{where}**")
            st.caption(f"{count(len(result.table), 'row')} up to the step before.")
        else:
            named = f" {plain(result.name, longest=28)}," if len(done.recipe.tables) > 1 else ""
            st.markdown(f"**Result:{named} {count(len(result.table), 'row')}**, {count(result.table.shape[1], 'column')}")
            st.caption(
                ":material/check_circle: Every row accounted for" if accounting.ok else ":material/warning: Not every row is accounted for",
                help=plain(" ".join([accounting.sentence, *accounting.problems]), longest=400),
            )
        st.button("Download…", key="to-download", icon=":material/download:", width="stretch", on_click=state.go, args=("download",))


def dialogs(done: Run | None) -> None:
    """The note and code dialogs, if open."""
    if st.session_state.get("wb_note"):
        _note()
    if st.session_state.get("wb_code"):
        _code(done)


def _close(name: str) -> None:
    st.session_state.pop(name, None)


@st.dialog("Note", on_dismiss=lambda: _close("wb_note"))
def _note() -> None:
    id = st.session_state["wb_note"]
    steps = state.steps()
    step = next((s for s in steps if s.id == id), None)
    if step is None:
        return
    text = st.text_area("Why this step is here", value=step.note, key=f"note-{id}", max_chars=2000)
    if st.button("Save note", key="save-note", type="primary"):
        state.change_steps(f"Note on {label_of(step)}", [s.model_copy(update={"note": text}) if s.id == id else s for s in steps])
        _close("wb_note")
        st.rerun()


@st.dialog("Code of this step", width="large", on_dismiss=lambda: _close("wb_code"))
def _code(done: Run | None) -> None:
    id = st.session_state["wb_code"]
    step = next((s for s in state.steps() if s.id == id), None)
    if step is None:
        return
    code = step.build().code()
    if code:
        st.caption("The same in plain pandas, on a table called df.")
        st.code(code, language="python")
    else:
        st.caption("This step has no short form in plain pandas. In a recipe it reads:")
        st.code(step.model_dump_json(indent=2, include={"step", "params", "where"}), language="json")
