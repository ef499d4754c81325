"""The tables of a project: the list in the sidebar, another one added, renamed, removed, or made the result."""

import re
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from pydantic import JsonValue

from pipeline import Recipe, RecipeStep
from pipeline.recipe import renamed_table, tables_read
from pipeline.tasks import Loaded
from ui import adding, several, state
from ui.words import count, plain
from workspace import SourceTable, StoreError
from workspace.work import Failure

DEMO = Path(__file__).parents[1] / "sample_data" / "orders_demo.xlsx"
DEMO_SHEET = "Customers"
TYPES = [
    "csv", "tsv", "txt", "psv", "xlsx", "xlsm", "json", "jsonl", "ndjson", "geojson", "parquet", "feather", "arrow", "gz", "zip", "bz2",
    "xz", "zst", "xlsb", "xls", "ods", "fods", "xml", "html", "htm",
]  # fmt: skip
LONGEST = 60  # characters of a table's name
RENAME, RESULT, REMOVE = "Rename", "Make it the result", "Remove table"


def draw() -> None:
    """The sidebar's list of tables; with one table only the way to another one."""
    found = state.saved()
    if len(found.tables) < 2:
        _add_button()
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Tables**")
        st.space("stretch")
        _add_button()
    seen = state.table_of(found)
    for table in found.tables:
        _card(table.name, found, seen)


def _add_button() -> None:
    st.button("Add another table", key="add-table", type="tertiary", icon=":material/add:", on_click=open_panel)


def _card(name: str, found: Recipe, seen: str) -> None:
    at = [t.name for t in found.tables].index(name)
    with st.container(
        border=True, horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall",
        key=f"card_{'cur_' if name == seen else ''}table-{at}",
    ):  # fmt: skip
        source = next(t for t in state.project().tables if t.name == name)
        st.button(
            f":material/table: **{plain(name, longest=28)}**", key=f"select-table-{at}", type="tertiary", help=plain(source.title),
            on_click=state.look_at, args=(name,),
        )  # fmt: skip
        if name == found.result:
            st.badge("result", color="green")
        known = state.work().reading(source, wait=0)
        if isinstance(known, Loaded):
            st.badge(count(len(known.table), "row"), color="gray")
        elif isinstance(known, Failure):
            st.badge("cannot be read", color="red")
        else:
            st.badge("…", color="gray")
        entries = [RENAME, *([RESULT] if name != found.result else []), REMOVE]
        chosen = st.menu_button(
            ":material/more_vert:", entries, key=f"menu-table-{at}", type="tertiary", help=f"What to do with {plain(name)}"
        )
        if chosen:
            _do(chosen, name)
            st.rerun()


def _do(entry: str, name: str) -> None:
    if entry == RENAME:
        st.session_state["wb_rename"] = name
    elif entry == RESULT:
        make_result(name)
    else:
        remove(name)


def make_result(name: str) -> None:
    """Make a table the one that is downloaded; the table that is looked at stays the same."""
    seen = state.recipe().result
    if state.change(f"Make {name} the result", changed=state.saved(), result=name):
        state.look_at(seen)


def readers(found: Recipe, name: str) -> list[tuple[str, int, RecipeStep]]:
    """The steps that read a table, on or off: the table they stand in, their number, and they themselves."""
    return [
        (table.name, number, step)
        for table in found.tables
        for number, step in enumerate(table.steps, 1)
        if name in tables_read(step)
    ]  # fmt: skip


def remove(name: str) -> None:
    """Take a table out of the project, unless something needs it; undo brings it back."""
    found = state.saved()
    if used := readers(found, name):
        table, number, step = used[0]
        more = f" So do {count(len(used) - 1, 'other step')}." if len(used) > 1 else ""
        label = step.kind().label
        state.say("warning", f"{name} cannot be removed: step {number} of {table} ({label}) reads it.{more} Delete that step first.")
        return
    if name == found.result:
        state.say("warning", f"{name} cannot be removed: it is the result. Make another table the result first.")
        return
    changed = found.model_copy(update={"tables": tuple(t for t in found.tables if t.name != name)})
    if state.change(f"Remove table {name}", changed=changed, tables=[t for t in state.project().tables if t.name != name]):
        state.look_at(state.table_of(state.saved()))
        state.say("success", f"Removed: {name}.")


def problem_of(name: str, others: Sequence[str]) -> str | None:
    """Why a table cannot be called so; None if it can."""
    if not name.strip():
        return "Write a name."
    if "=" in name or not name.isprintable():
        return 'A name has no "=" and is on one line.'
    if len(name) > LONGEST:
        return f"A name has at most {LONGEST} characters."
    if name.strip().casefold() in {o.casefold() for o in others}:
        return "Another table has this name."
    return None


def rename(old: str, new: str) -> bool:
    """Give a table another name, wherever it is read, too."""
    found, seen = state.saved(), state.recipe().result
    tables = [t.model_copy(update={"name": new}) if t.name == old else t for t in state.project().tables]
    result = new if found.result == old else found.result
    if not state.change(f"Rename {old} to {new}", changed=renamed_table(found, old, new), tables=tables, result=result):
        return False
    memory = state.desk()
    selected, view, draft = memory.selected, memory.view, memory.draft
    state.look_at(new if seen == old else seen)
    if draft is None:
        state.select(selected)
        memory.view = view
    return True


def dialogs() -> None:
    """The dialog for a table's name, if open."""
    if st.session_state.get("wb_rename"):
        _rename()


def _close() -> None:
    st.session_state.pop("wb_rename", None)


@st.dialog("Name of the table", on_dismiss=_close)
def _rename() -> None:
    old = st.session_state["wb_rename"]
    others = [t.name for t in state.saved().tables if t.name != old]
    new = st.text_input("Name", value=old, key=f"table-name-{old}", max_chars=LONGEST).strip()
    problem = problem_of(new, others)
    if problem:
        st.caption(f":red[{problem}]")
    if st.button("Save name", key="save-table-name", type="primary", disabled=problem is not None):
        if new != old:
            rename(old, new)
        _close()
        st.rerun()


def open_panel() -> None:
    """Open the panel in which another table is chosen."""
    state.desk().adding = True


def close_panel() -> None:
    """Leave it."""
    memory = state.desk()
    memory.adding, memory.waiting = False, []


def panel() -> None:
    """Another table: dropped, from the demo workbook, or left again; or only the reading of what was chosen before."""
    if not state.desk().adding:
        with st.container(border=True, key="waiting-panel"):
            adding.progress()
        return
    with st.container(border=True, key="add-table-panel"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(":material/add: Add another table", anchor=False)
            st.space("stretch")
            st.button("Cancel", key="cancel-add-table", on_click=close_panel)
        st.caption("It gets steps of its own. Steps like Look up from another table and Stack another table below read it after its steps.")
        choose_file("another")


def choose_file(slot: str) -> None:
    """Where another table comes from. It is put into the project once it could be read."""
    key = f"upload-{slot}-{len(state.project().tables)}"
    uploaded = st.file_uploader("CSV or Excel files", type=TYPES, key=key, label_visibility="collapsed", accept_multiple_files=True)
    if uploaded:
        parts = several.put(uploaded)
        if parts is not None and not state.desk().waiting:
            if len(parts) > 1:
                several.ask(parts, slot, adding.await_tables)
            elif f"wb_taken-{uploaded[0].file_id}" not in st.session_state:
                st.session_state[f"wb_taken-{uploaded[0].file_id}"] = True
                adding.await_tables([several.one(parts[0])])
    else:
        st.button("Use the demo's customers", key=f"demo-{slot}", icon=":material/science:", on_click=add_demo)
    adding.progress()


def add_demo() -> None:
    """The second sheet of the demo workbook as another table."""
    data = DEMO.read_bytes()
    sheet: dict[str, JsonValue] = {"format": "xlsx", "sheet": {"by": "name", "name": DEMO_SHEET}}
    try:
        digest = state.workspace().files.put(data)
    except StoreError as error:
        state.say("error", str(error))
        return
    adding.await_tables([SourceTable(name=named("customers"), file_digest=digest, file_name=DEMO.name, size=len(data), read=sheet)])


def named(file: str, beside: Sequence[str] = ()) -> str:
    """A name for a table, from its file's, that no other table of the project has, nor one of those given."""
    stem = re.sub(r"\W+", "_", Path(file).stem).strip("_")[: LONGEST - 4] or "table"
    project = state.desk().project
    taken = {t.name.casefold() for t in [*(project.tables if project else []), *(w.source for w in state.desk().waiting)]}
    taken |= {name.casefold() for name in beside}
    name, n = stem, 1
    while name.casefold() in taken:
        n += 1
        name = f"{stem}_{n}"
    return name
