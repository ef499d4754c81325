"""Tables that are put into the project as soon as they are read: new ones, or one that is read in another way."""

from collections.abc import Mapping, Sequence

import streamlit as st
from pydantic import JsonValue

from io_utils import ReadOptions
from pipeline import RecipeStep, TableRecipe, new_step
from pipeline.recipe import fields_of
from pipeline.stacking import StackRule
from pipeline.tasks import Loaded
from steps.base import listing
from ui import password, several, state
from ui.waiting import failed, wait_for
from ui.words import plain
from workspace import SourceTable
from workspace.work import Failure


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
