"""Clean: the form of a step if one is open, and below it the table after a step, in one of five views."""

from contextlib import suppress

import streamlit as st

from pipeline import Run, StepState
from pipeline.tasks import Loaded
from ui import column_panel, facets, form_panel, overview, problems, sidebar, state, steps_table, views, where_row
from ui.shown import Shown, best_view, select
from ui.waiting import NotYet
from ui.words import count, plain
from workspace import Job
from workspace.work import Failure

COMPARED = {"step": "step before", "file": "original file"}
VIEWS: tuple[state.View, ...] = ("overview", "table", "changed", "removed", "problems")

DRAW = {"table": views.table, "changed": views.changed, "removed": views.removed, "problems": problems.draw}


def draw(loaded: Loaded, done: Run) -> None:
    """The Clean stage."""
    memory = state.desk()
    where_row.draw(loaded, done)
    if memory.steps_as_table:
        steps_table.draw(done)
        return
    if memory.back is not None and memory.draft is None:  # the form was left; if nothing came of it, the view is as before
        view, selected = memory.back
        memory.back, memory.view = None, view if memory.selected == selected else memory.view
    previewed = form_panel.draw(loaded, done) if memory.picking or memory.draft else None
    if not memory.picking:
        memory.only = None
        _views(loaded, done, previewed)


def _views(loaded: Loaded, done: Run, previewed: Run | Job | Failure | None) -> None:
    memory = state.desk()
    preview = isinstance(previewed, Run)
    shown = select(
        previewed if isinstance(previewed, Run) else done, memory.draft.step.id if preview and memory.draft else memory.selected, preview
    )
    _title(shown)
    if shown.step is not None and shown.step.status in ("failed", "waiting"):
        _trouble(shown.step)
    unsaid = memory.draft is not None and not preview  # what the step before changed is not what this one will
    chosen_view: state.View = memory.view if memory.view != "auto" else "table" if unsaid else best_view(shown)
    labels = {
        "overview": "Overview", "table": "Table",
        "changed": f"What changed ({len(shown.changes.rows):,})" if len(shown.changes.rows) else "What changed",
        "removed": f"Removed rows ({len(shown.removed):,})" if len(shown.removed) else "Removed rows",
        "problems": f"Problems ({len(shown.rejected):,})" if len(shown.rejected) else "Problems",
    }  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", key="views"):
        view = st.segmented_control(
            "View", list(VIEWS), default=chosen_view, required=True, format_func=lambda v: labels[v],
            key=f"view-{chosen_view}", label_visibility="collapsed", on_change=_choose_view, args=(f"view-{chosen_view}",),
        )  # fmt: skip
        st.space("stretch")
        if not memory.draft and view in ("overview", "table"):
            column_panel.pick_list(shown)
            if view == "table" and not memory.editing_cells:
                memory.sources = loaded.sources
                facets.menu(loaded, shown)
        if view == "changed" and not preview:
            st.segmented_control(
                "Compare with", list(COMPARED), default=memory.compare, required=True, key=f"compare-{memory.compare}",
                label_visibility="collapsed", format_func=lambda c: COMPARED[c], on_change=_choose_compare,
                args=(f"compare-{memory.compare}",),
            )  # fmt: skip
        elif view == "table" and not preview and not done.result.failed:
            st.toggle(
                "Edit cells",
                value=memory.editing_cells,
                key=f"edit-cells-{memory.editing_cells}",
                on_change=_edit_cells,
                help="Type corrections into the table; they are kept as a step.",
            )
    beside = memory.column in shown.after.columns or (view == "table" and facets.opened(shown))
    if memory.draft or not beside or view not in ("overview", "table") or memory.editing_cells:
        _view(view, done, shown)
        return
    main, side = st.columns([2.7, 1], gap="small")
    with main:
        _view(view, done, shown)
    with side, st.container(key="side"):
        described = loaded.facts.descriptions.get(memory.column or "", "")
        column_panel.draw(shown, overview.column(shown, memory.column), facets.column_menu, described)
        if view == "table":
            facets.draw(done, shown)


def _view(view: state.View, done: Run, shown: Shown) -> None:
    if view == "overview":
        overview.draw(shown)
    else:
        with suppress(NotYet):  # the view says itself what it waits for
            DRAW[view](done, shown)


def _title(shown: Shown) -> None:
    """Which table is shown, and what the step did; the form says it for a step that is not added yet."""
    with st.container(horizontal=True, vertical_alignment="center", key="clean-title"):
        if shown.step is None:
            st.subheader(":material/file_open: The file as opened", anchor=False)
        else:
            icon, label = sidebar.icon_of(shown.step.step), plain(sidebar.label_of(shown.step.step))
            stopped = shown.step.status in ("failed", "waiting")
            where = f"Step {shown.number} of {shown.steps}" if stopped else f"Table after step {shown.number} of {shown.steps}"
            where = f"Preview of step {shown.number}" if shown.preview else where
            st.subheader(f"{icon} {where}: {label}", anchor=False)
        if not shown.preview and shown.number < shown.steps:
            st.button("Go to last step", key="go-last", type="tertiary", icon=":material/last_page:", on_click=state.select, args=(None,))
        if not shown.preview:
            st.space("stretch")
            where_row.button()
    if shown.step is not None and not shown.preview and (said := _said(shown.step)):
        st.caption(said)


def _said(found: StepState) -> str:
    """What the step did, in a sentence."""
    r = found.report
    if found.status == "off":
        return "This step is off. The table is as it was before it."
    if r is None:
        return ""
    parts = [plain(r.sentence, longest=300).rstrip(".") + "."]
    if r.no_effect and not (r.rejected or r.checked):
        parts.append("This step changes nothing in this file.")
    else:
        changed = f"Changes {count(r.changed, 'cell')} in {count(len(r.cells), 'column')}." if r.cells else ""
        removed = f"Removes {r.removed:,} of {count(r.rows_in, 'row')}." if r.removed else ""
        added = f"Adds {count(r.added, 'row')}." if r.added else ""
        typed = f"{count(len(r.retyped), 'column')} changed type." if r.retyped else ""
        new = f"Adds {count(len(r.columns_added), 'column')}." if r.columns_added else ""
        unused = f"{count(r.rejected, 'value')} cannot be used: see Problems." if r.rejected else ""
        less = f"Removes {count(len(r.columns_removed), 'column')}." if r.columns_removed else ""
        names = f"Renames {count(len(r.renamed), 'column')}." if r.renamed else ""
        order = "Changes the order of the columns." if r.columns_moved else ""
        parts += [p for p in (changed, removed, added, typed, new, less, names, order, unused) if p]
    warned = [f":orange[:material/warning: {plain(w, longest=300)}]" for w in found.warnings]
    return " ".join([*parts, *(plain(n, longest=300) for n in r.noted[:6]), *warned])


def _trouble(found: StepState) -> None:
    if found.status == "waiting":
        st.info(
            f"Step {found.number} {plain(found.error or '', longest=200)[0].lower()}{plain(found.error or '', longest=200)[1:]}",
            icon=":material/hourglass_empty:",
        )
        return
    fine = f"Steps 1 to {found.number - 1} are fine." if found.number > 2 else "Step 1 is fine." if found.number == 2 else ""
    st.error(f"Step {found.number} could not run: {plain(found.error or '', longest=800)} {fine}", icon=":material/error:")
    with st.container(horizontal=True):
        st.button("Edit this step", key="edit-failed", on_click=sidebar.do, args=("Edit", found.step.id))
        st.button("Turn it off", key="off-failed", on_click=sidebar.turn, args=(found.step.id,))


def _choose_view(key: str) -> None:
    memory = state.desk()
    memory.view = st.session_state[key]
    if memory.view in ("overview", "table"):
        memory.home = memory.view


def _choose_compare(key: str) -> None:
    state.desk().compare = st.session_state[key]


def _edit_cells() -> None:
    memory = state.desk()
    memory.editing_cells = not memory.editing_cells
    memory.refused = []
