"""The tables of a project: the list in the sidebar, another one added, renamed, removed, or made the result."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st
from pydantic import JsonValue

from io_utils import ReadOptions
from pipeline import Recipe, RecipeStep, TableRecipe, new_step
from pipeline.recipe import fields_of, renamed_table, tables_read
from pipeline.stacking import StackRule
from pipeline.tasks import Loaded
from steps.base import listing
from ui import password, several, state
from ui.waiting import failed, wait_for
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
        state.say("success", f"Removed: {name}. Undo brings it back (Alt+Z).")


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
            progress()
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
                several.ask(parts, slot, await_tables)
            elif f"wb_taken-{uploaded[0].file_id}" not in st.session_state:
                st.session_state[f"wb_taken-{uploaded[0].file_id}"] = True
                await_tables([several.one(parts[0])])
    else:
        st.button("Use the demo's customers", key=f"demo-{slot}", icon=":material/science:", on_click=add_demo)
    progress()


def add_demo() -> None:
    """The second sheet of the demo workbook as another table."""
    data = DEMO.read_bytes()
    sheet: dict[str, JsonValue] = {"format": "xlsx", "sheet": {"by": "name", "name": DEMO_SHEET}}
    try:
        digest = state.workspace().files.put(data)
    except StoreError as error:
        state.say("error", str(error))
        return
    await_tables([SourceTable(name=named("customers"), file_digest=digest, file_name=DEMO.name, size=len(data), read=sheet)])


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


def await_tables(sources: Sequence[SourceTable]) -> None:
    """Add tables as soon as they are read."""
    state.desk().waiting += [state.Waiting(source, f"Add table {source.name}") for source in sources]


def progress() -> None:
    """Puts tables that are read into the project; shows the reading of the next one, or why it cannot be read."""
    memory = state.desk()
    added: list[state.Waiting] = []
    while memory.waiting:
        one = memory.waiting[0]
        found = state.work().reading(one.source)
        if isinstance(found, Loaded):
            if not put(one, found):
                break
            added.append(memory.waiting.pop(0))
            continue
        if isinstance(found, Failure):
            _unreadable(found, one)
        else:
            wait_for(found, f"Reading {one.source.title}")
        break
    if added and not memory.waiting:
        _go_on(added)
        st.rerun()


def _unreadable(found: Failure, one: state.Waiting) -> None:
    """Why a table cannot be read, and the ways on: the others of its files without the one at fault, or not at all."""
    if password.asked(found):
        password.ask(found, one.source)
    else:
        failed(found, f"Reading {one.source.title}")
    at_fault = several.at_fault(found, one.source)
    with st.container(horizontal=True):
        if at_fault is not None:
            st.button(f"Go on without {plain(at_fault)}", key="without-file", on_click=_without, args=(one, at_fault))
        st.button("Leave it", key="leave-table", on_click=_leave)


def _without(one: state.Waiting, file: str) -> None:
    one.source = several.without(one.source, file)


def _leave() -> None:
    """Not that table."""
    state.desk().waiting.pop(0)


def _go_on(added: Sequence[state.Waiting]) -> None:
    """After tables were added: back to the form that asked for one, or on to how they were read."""
    memory = state.desk()
    memory.adding = False
    names = [one.source.name for one in added]
    if added[-1].replaces is not None:
        return
    state.say("success", f"Added the table{'s' if len(names) > 1 else ''} {listing(names)}.")
    if memory.draft is None:
        if len(names) == 1:
            state.look_at(names[0])
        st.query_params["stage"] = "load"
        return
    step = memory.draft.step
    unset = [f for f in fields_of(step.kind(), "table") if not step.params.get(f)]
    memory.draft.step = step.model_copy(update={"params": {**step.params, **dict.fromkeys(unset, names[-1])}})


def put(one: state.Waiting, loaded: Loaded) -> bool:
    """Put a table that was read into the project, as one change."""
    return add(one.source, loaded, one.label) if one.replaces is None else put_in_place(one.source, loaded, one.label)


def put_in_place(source: SourceTable, loaded: Loaded, label: str) -> bool:
    """Read a table of the project otherwise than before: its types are proposed again, but for those changed by hand."""
    found, old = state.saved(), next(t for t in state.project().tables if t.name == source.name)
    table = found.table(source.name)
    typed = next((s for s in table.steps if state.is_types(s)), None)
    made, fresh = as_read(source, loaded, typed.id if typed else state.types_id())
    before = state.work().reading(old)
    if typed is not None and isinstance(before, Loaded):
        by_hand = {p.column: p.proposed for p in before.proposals if p.confident}
        fresh = fresh.model_copy(update={"steps": _with_hand(fresh.steps, typed, by_hand, list(loaded.table.columns))})
    steps = (*fresh.steps, *(s for s in table.steps if not state.is_types(s)))
    changed = [t.model_copy(update={"read": fresh.read, "steps": steps}) if t.name == source.name else t for t in found.tables]
    tables = [made if t.name == source.name else t for t in state.project().tables]
    return state.change(label, changed=found.model_copy(update={"tables": tuple(changed)}), tables=tables)


def _with_hand(
    fresh: Sequence[RecipeStep], typed: RecipeStep, proposed: Mapping[str, str], columns: Sequence[str]
) -> tuple[RecipeStep, ...]:
    """The step with the types proposed now, and those that were chosen by hand before."""
    chosen = typed.params.get("types")
    chosen = chosen if isinstance(chosen, dict) else {}
    now = fresh[0].params["types"] if fresh else {}
    types = {c: t for c, t in (now.items() if isinstance(now, dict) else ()) if c in chosen or c not in proposed}
    types |= {c: t for c, t in chosen.items() if c in columns and proposed.get(c) != t}
    return (typed.model_copy(update={"params": {**typed.params, "types": types}}),) if types else ()


def add(source: SourceTable, loaded: Loaded, label: str) -> bool:
    """Put a table that was read into the project, with the types proposed for it, as one change."""
    made, table = as_read(source, loaded, state.types_id())
    found = state.saved()
    changed = found.model_copy(update={"tables": (*found.tables, table)})
    return state.change(label, changed=changed, tables=[*state.project().tables, made])


def as_read(source: SourceTable, loaded: Loaded, types_id: str) -> tuple[SourceTable, TableRecipe]:
    """A table of a project once it is read: how it was read, and the step that types it, the only one ever added unasked."""
    types: dict[str, JsonValue] = {p.column: p.proposed for p in loaded.proposals if p.confident}
    steps = (new_step("set_types", {"types": types}, id=types_id),) if types else ()
    read = chosen(loaded.options)
    if not source.parts:
        return source.model_copy(update={"read": read}), TableRecipe(name=source.name, read=read, steps=steps)
    parts = tuple(part.model_copy(update={"read": chosen(note.options)}) for part, note in zip(source.parts, loaded.parts, strict=True))
    made = source.model_copy(update={"read": read, "parts": parts})
    rule = StackRule(first=loaded.options, stack=source.stack, sheets=source.sheets)
    kept = rule.model_dump(mode="json", exclude={"first": {"confidence", "evidence"}})
    return made, TableRecipe(name=source.name, read=kept, steps=steps)


def chosen(options: ReadOptions) -> dict[str, JsonValue]:
    """How a file was read, as it is kept: the choices without their evidence."""
    return options.model_dump(mode="json", exclude={"confidence", "evidence"})
