"""Add step and edit step: the list of steps, the form of one, and exactly what it would do to the whole file."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast

import pandas as pd
import streamlit as st

import steps as step_modules
from pipeline import Budget, Recipe, RecipeStep, Run, StepState, new_step
from pipeline.recipe import fields_of, reads_of
from pipeline.tasks import Loaded
from steps.base import Step, listing
from steps.conditions import Condition
from ui import charts, column_types, condition_grid, focus, form, lookup, new_names, sidebar, similar, spellings, state, tables
from ui.fields import TableInfo
from ui.grid import types_of
from ui.step_search import search
from ui.waiting import failed, wait_for
from ui.words import count, plain
from workspace import Job
from workspace.work import Failure

ACROSS = 4  # steps side by side in the list
TALL = 620  # pixels of the list on a page of 900
ABSENT = {"stop": "stop and tell me", "skip": "skip this step and say so"}

REVIEWS = {"cluster_merge": spellings.draw, "fuzzy_duplicates": similar.draw}  # what is proposed and decided on below the form


def draw(loaded: Loaded, done: Run) -> Run | Job | Failure | None:
    """The open panel. Returns the run with the drafted step in it, once its settings can be used."""
    memory = state.desk()
    with st.container(border=True, key="panel"):
        if memory.draft is None:
            _choose([str(n) for n in done.result.table.columns])
            return None
        return _form(loaded, done, memory.draft)


def _choose(columns: Sequence[str]) -> None:
    """All steps in groups; those that are known by what is typed, as it is typed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        typed = st.text_input(
            "What do you want to do?", key="find-step", label_visibility="collapsed", icon=":material/search:", live="250ms",
            placeholder="What do you want to do? e.g. remove spaces, rows without a value, scale",
        )  # fmt: skip
        st.button("Cancel", key="cancel-choose", on_click=_close)
    offered = [kind for kind in step_modules.catalogue.values() if kind.listed]
    found, whole = search(offered, typed, columns)
    if not found:
        st.info(f'No step is called "{plain(typed)}". These are all there are.', icon=":material/search_off:")
    elif not whole:
        st.caption(f'No step does all of "{plain(typed)}". These come nearest.')
    with st.container(height=TALL, border=False, key="step-list"):  # it scrolls, so that the form opens in sight
        if found and typed.strip():
            _row_by_row(found)
        else:
            groups: dict[str, list[type[Step]]] = {}
            for kind in offered:
                groups.setdefault(kind.group, []).append(kind)
            _listed(groups)
    for module, why in step_modules.broken.items():
        st.warning(f"The step module {plain(module)} could not be loaded: {plain(why, longest=300)}", icon=":material/extension_off:")


def _listed(groups: dict[str, list[type[Step]]]) -> None:
    """The steps by group; groups of one step share the last line."""
    shown = [g for g in sidebar.ICONS if g in groups] + sorted(set(groups) - set(sidebar.ICONS))
    beside = [g for g in shown if len(groups[g]) == 1]
    for group in [g for g in shown if g not in beside]:
        _heading(group)
        _row_by_row(sorted(groups[group], key=lambda k: k.label))
    for row in [beside[i : i + ACROSS] for i in range(0, len(beside), ACROSS)]:
        for column, group in zip(st.columns(ACROSS), row, strict=False):
            with column:
                _heading(group)
                _offer(groups[group][0])


def _row_by_row(kinds: Sequence[type[Step]]) -> None:
    for row in [kinds[i : i + ACROSS] for i in range(0, len(kinds), ACROSS)]:
        for column, kind in zip(st.columns(ACROSS), row, strict=False):
            with column:
                _offer(kind)


def _heading(group: str) -> None:
    st.caption(f"{sidebar.ICONS.get(group, ':material/build:')} {plain(group)}")


def _offer(kind: type[Step]) -> None:
    st.button(f"**{plain(kind.label)}**", key=f"choose-{kind.name}", help=kind.name, width="stretch", on_click=_start, args=(kind.name,))
    st.caption(plain(kind.help, longest=200))


def _start(name: str) -> None:
    memory = state.desk()
    step, only = _fresh(name), memory.only
    if only is not None and step.kind().kind != "structure":  # for the rows chosen in the table
        step = step.model_copy(update={"where": only})
    memory.only = None
    memory.draft, memory.picking = state.Draft(step, memory.position, editing=False, fresh=True), False
    memory.view = "auto"


def _fresh(name: str) -> RecipeStep:
    """A step as it is first offered, with its own defaults."""
    kind = step_modules.catalogue[name]
    params = {
        n: json.loads(json.dumps(f.get_default(call_default_factory=True), default=_plain))
        for n, f in kind.model_fields.items()
        if not f.is_required()
    }
    return new_step(name, params)


def _plain(value: object) -> object:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else str(value)


def _close() -> None:
    memory = state.desk()
    memory.draft, memory.picking = None, False
    memory.view = "auto" if memory.selected else memory.home
    focus.on("views")


def _form(loaded: Loaded, done: Run, draft: state.Draft) -> Run | Job | Failure | None:
    kind = draft.step.kind()
    key = f"form-{draft.step.id}-{draft.position}-{draft.mark}"
    table = table_before(done, draft)
    st.subheader(
        f"{sidebar.icon_of(draft.step)} {'Edit' if draft.editing else 'Add'}: {plain(kind.label)}",
        help=kind.__doc__ and plain(kind.__doc__, longest=900),
        anchor=False,
    )
    fresh = draft.fresh
    if draft.fresh:  # what the table itself suggests stands in the form when it is first drawn
        draft.fresh = False
        draft.step = draft.step.model_copy(update={"params": {**draft.step.params, **kind.suggested(table)}})
    offered = readable(done.recipe)
    if not offered and needs_table(kind):
        _another_table(done.recipe)
        return None
    other = _other_table(kind, done, draft, offered, key)
    left, right = st.columns([2.2, 1], gap="medium")
    review = st.container()
    with left:
        st.caption(plain(kind.help, longest=200))
        known_as = column_types.known_as(done.result, draft.position)
        proposals = column_types.said(table, known_as, loaded) if kind.name == "set_types" else {}
        types = types_of(table)
        info = TableInfo(types, tables=offered, proposals=proposals, table=table)
        if isinstance(other, Run):
            tables_key = f"{key_before(done, draft)} {other.result.key or other.result.source_key}"
            info = replace(info, other=other.table, other_name=other.recipe.result, tables_key=tables_key)
        with st.container(key="fields"):
            params = dict(draft.step.params)
            made = form.draw(kind, params if draft.editing else new_names.follow(kind, params, types, key), info, key)
        plan: column_types.Plan | None = [(kind.name, made.params or {})]
        if kind.name == "set_types" and made.params is not None:
            plan = column_types.in_form(table, known_as, made.params, key)
        envelope = _envelope(kind, draft.step, types, key)
        if kind.name in REVIEWS and envelope is not None:
            with review:
                made = REVIEWS[kind.name](made, table, known_as, cast(Condition | None, envelope["where"]), key)
            plan = [(kind.name, made.params or {})]
    with right:
        foot, buttons = st.container(), st.container(horizontal=True)
    ready = made.params is not None
    if f"wb_seen-{key}" not in st.session_state:  # just opened
        st.session_state[f"wb_seen-{key}"] = True
        focus.on(f"apply-{key}" if ready and not fresh else made.gap or "fields", gap=not ready)
    with buttons:
        word = "Save changes" if draft.editing else "Add step"
        pressed = st.button(
            word, key=f"apply-{key}", type="primary", icon=":material/check:", disabled=not ready or envelope is None or plan is None
        )
        st.button("Cancel", key=f"cancel-{key}", on_click=_close)
    if not ready or envelope is None or plan is None:
        with foot:
            st.caption("Fill in the form to see what this step does to the whole file.")
            if ready and plan is None:
                st.caption(":material/arrow_back: Say whether the day or the month comes first.")
            for problem in made.errors[:3]:
                st.caption(f":material/arrow_back: {plain(problem, longest=200)}")
        return None
    drafted = _drafted(plan, draft, envelope)
    draft.step = draft.step.model_copy(update={"params": made.params, **envelope})
    if pressed:
        _apply(drafted, draft)
    with foot:
        found = _preview(done, drafted, draft)
    if isinstance(found, Run) and isinstance(other, Run) and found.result.steps[-1].result is not None:
        lookup.look(drafted[-1].build(), table, other.table, found.table, f"{key}-{other.recipe.result}")
    return found


def _other_table(kind: type[Step], done: Run, draft: state.Draft, offered: list[str], key: str) -> Run | None:
    """The run of the table that is chosen in the form, for a step that reads one; the only one there is, is chosen."""
    wanted = fields_of(kind, "table")
    if not wanted:
        return None
    name, needed = wanted[0], kind.model_fields[wanted[0]].is_required()
    if needed and len(offered) == 1 and not draft.step.params.get(name):
        draft.step = draft.step.model_copy(update={"params": {**draft.step.params, name: offered[0]}})
    chosen = st.session_state.get(f"{key}-{name}", draft.step.params.get(name))
    if chosen not in offered:
        return None
    found = state.work().run(done.recipe.model_copy(update={"result": chosen}), state.project().tables, as_of=date.today())
    if isinstance(found, Failure):
        failed(found, f"Table {chosen}")
    elif isinstance(found, Job):
        wait_for(found, f"Working out {chosen}")
    return found if isinstance(found, Run) else None


def key_before(done: Run, draft: state.Draft) -> str:
    """What names the content of the table that the drafted step gets."""
    before = [s.key for s in done.result.steps[: draft.position] if s.key]
    return before[-1] if before else done.result.source_key


def _drafted(plan: column_types.Plan, draft: state.Draft, envelope: dict[str, object]) -> list[RecipeStep]:
    """The steps that the form makes: nearly always the one it was opened for."""
    made = []
    for at, (name, params) in enumerate(plan):
        if at == 0 and name == draft.step.step:
            made.append(draft.step.model_copy(update={"params": params, **envelope}))
        else:
            id = f"{draft.step.id}-{draft.mark}{at}" if at else draft.step.id
            made.append(new_step(name, params, id=id, **envelope))
    return made


def needs_table(kind: type[Step]) -> bool:
    """Whether the step cannot do without another table."""
    return any(kind.model_fields[f].is_required() for f in fields_of(kind, "table"))


def readable(recipe: Recipe) -> list[str]:
    """The tables that a step of this one may read: those that do not read it, directly or not."""
    return [t.name for t in recipe.tables if t.name != recipe.result and recipe.result not in reads_of(recipe, t.name)]


def _another_table(recipe: Recipe) -> None:
    """A way to another table, where the step needs one and there is none to read."""
    if len(recipe.tables) > 1:
        circle = listing([plain(t.name) for t in recipe.tables if t.name != recipe.result])
        st.info(f"Steps of {circle} read this table, so it cannot read them in turn. Add another table.", icon=":material/info:")
    else:
        st.info("This step reads a second table, and there is only one here. Add it first.", icon=":material/info:")
    tables.choose_file("needed")
    st.button("Cancel", key="cancel-needed", on_click=_close)


def table_before(done: Run, draft: state.Draft) -> pd.DataFrame:
    """The table that the drafted step gets."""
    states = done.result.steps
    return (
        states[draft.position - 1].table
        if 0 < draft.position <= len(states)
        else done.result.source
        if draft.position == 0
        else done.result.table
    )


def _envelope(kind: type[Step], step: RecipeStep, types: dict[str, object], key: str) -> dict[str, object] | None:
    """What every step has besides its own settings; None if something typed cannot be used."""
    with st.expander("Only for some rows, absent columns, note", key=f"{key}-envelope"):
        where = step.where
        if kind.kind != "structure":
            limited = st.toggle(
                "Only for rows where…",
                value=where is not None,
                key=f"{key}-limited",
                help="The step sees and changes only the rows that match.",
            )
            entry = condition_grid.draw(where.model_dump(mode="json") if where else None, types, key=f"{key}-where") if limited else None
            if entry is not None and entry.problem is not None:
                return None
            where = Condition.model_validate(entry.value) if entry else None
        absent = st.radio(
            "If a column is not in the file", list(ABSENT), index=list(ABSENT).index(step.if_missing_column),
            format_func=lambda a: ABSENT[a], horizontal=True, key=f"{key}-absent",
        )  # fmt: skip
        budget = step.budget
        if kind.may_remove:
            share = budget.removed_share if budget and budget.removed_share is not None else None
            percent = st.number_input(
                "Warn me if this removes more than … % of the rows", 0, 100, None if share is None else round(share * 100),
                key=f"{key}-budget", placeholder="never",
            )  # fmt: skip
            budget = (budget or Budget()).model_copy(update={"removed_share": None if percent is None else percent / 100})
        note = st.text_input("Note", value=step.note, key=f"{key}-note", placeholder="Why this step is here")
    return {"where": where, "if_missing_column": absent, "budget": budget, "note": note}


def _apply(drafted: list[RecipeStep], draft: state.Draft) -> None:
    """Put what was drafted into the recipe, as one change."""
    steps, label = list(state.steps()), sidebar.label_of(drafted[0])
    if draft.editing:
        saved = state.change_steps(f"Change {label}", [new for s in steps for new in (drafted if s.id == draft.step.id else [s])])
    else:
        saved = state.change_steps(f"Add {label}", [*steps[: draft.position], *drafted, *steps[draft.position :]])
    if saved:
        back = state.desk().back
        state.select(drafted[-1].id)
        if back is not None and back[0] == "overview" and not draft.editing:  # on to the next thing that was noticed
            state.select(None if draft.position >= len(steps) else drafted[-1].id)
            state.desk().view, state.desk().back = "overview", None
        state.say("success", f"{'Saved' if draft.editing else 'Added'}: {label}.")
        focus.on("noticed" if state.desk().view == "overview" else "views")
    st.rerun()  # also where it was not saved: why is at the top of the page


def _preview(done: Run, drafted: list[RecipeStep], draft: state.Draft) -> Run | Job | Failure | None:
    """The run with what was drafted, and the exact counts of each step in words."""
    table = done.recipe.table(done.recipe.result)
    steps = list(table.steps[: draft.position])
    recipe = done.recipe.with_steps(table.name, (*steps, *(s.model_copy(update={"on": True}) for s in drafted)))
    found = state.work().run(recipe, state.project().tables, as_of=date.today())
    if isinstance(found, Failure):
        failed(found, "The preview")
    elif isinstance(found, Job):
        wait_for(found, "Working out the preview")
    else:
        for one in found.result.steps[-len(drafted) :]:
            if len(drafted) > 1:
                st.markdown(f"**{plain(sidebar.label_of(one.step))}**")
            effect(one)
            charts.boxes(one, table_before(done, draft))
    return found


def effect(found: StepState) -> None:
    """What the step would do to the whole file, in words."""
    if found.result is None:
        said = found.error or ""
        st.error(plain(said[:1].upper() + said[1:], longest=800), icon=":material/error:")
        return
    r = found.result.report
    if r.checked:
        failing = sum(not c.holds for c in r.checked)
        st.markdown(f"**{failing:,}** of {count(len(r.checked), 'check')} {'fails' if failing == 1 else 'fail'}.")
    if r.no_effect and not (r.rejected or r.checked):
        st.info("This step changes nothing in this file.", icon=":material/info:")
    else:
        lines = [
            f"Changes **{count(r.changed, 'cell')}**" + (f" in {count(len(r.cells), 'column')}." if r.cells else "."),
            f"Removes **{r.removed:,}** of {count(r.rows_in, 'row')}.",
        ]
        lines += [f"Adds **{count(r.added, 'row')}**."] if r.added else []
        lines += [
            f"Adds {count(len(r.columns_added), 'column')}." if r.columns_added else "",
            f"Removes {count(len(r.columns_removed), 'column')}." if r.columns_removed else "",
            f"{count(len(r.retyped), 'column')} changed type." if r.retyped else "",
            f"Renames {count(len(r.renamed), 'column')}." if r.renamed else "",
            "Changes the order of the columns." if r.columns_moved else "",
        ]
        st.markdown("  \n".join(line for line in lines if line))
    if r.rejected:
        which = unusable(found.result.rejected)
        st.warning(f"{count(r.rejected, 'value')} cannot be used{which}. See Problems below.", icon=":material/warning:")
    for warning in found.warnings:
        st.warning(plain(warning, longest=300), icon=":material/warning:")
    for noted in r.noted[:5]:
        st.caption(plain(noted, longest=300))


def unusable(rejected: pd.DataFrame) -> str:
    """The commonest of the values that cannot be used, for the sentence that counts them."""
    found = rejected["value"].dropna().astype(str).value_counts()
    if not len(found):
        return ""
    named = [plain(value, longest=30) + (f" ({n:,})" if n > 1 else "") for value, n in found.head(3).items()]
    return f": {', '.join(named)}{' and others' if len(found) > 3 else ''}"
