"""Clean: the table after a step, what changed, what was removed, what could not be used; and the form of a step beside it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from pipeline import Run, StepState
from pipeline.changes import Changes, diff
from pipeline.tasks import Loaded
from pipeline.view import Window, changed_window, order, take
from steps.base import INT
from ui import cells, form_panel, grid, sidebar, state, steps_table
from ui.words import count, plain
from workspace import Job
from workspace.work import Failure

TALL = 585  # pixels of the grid on a page of 900
COMPARED = {"step": "step before", "file": "original file"}
VIEWS: dict[state.View, str] = {"table": "Table", "changed": "What changed", "removed": "Removed rows", "problems": "Problems"}


@dataclass(frozen=True)
class Shown:
    """What Clean shows: a step's state (None: the file as opened) with the tables before and after it."""

    number: int
    steps: int
    step: StepState | None
    before: pd.DataFrame
    after: pd.DataFrame
    key: str
    changes: Changes
    removed: pd.DataFrame
    rejected: pd.DataFrame
    preview: bool = False


def draw(loaded: Loaded, done: Run) -> None:
    """The Clean stage."""
    memory = state.desk()
    if memory.steps_as_table:
        steps_table.draw(done)
        return
    previewed = form_panel.draw(loaded, done) if memory.picking or memory.draft else None
    if not memory.picking:
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
    chosen_view = best_view(shown) if memory.view == "auto" else memory.view
    labels = {
        "table": "Table", "changed": f"What changed ({len(shown.changes.rows):,})" if len(shown.changes.rows) else "What changed",
        "removed": f"Removed rows ({len(shown.removed):,})" if len(shown.removed) else "Removed rows",
        "problems": f"Problems ({len(shown.rejected):,})" if len(shown.rejected) else "Problems",
    }  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", key="views"):
        view = st.segmented_control(
            "View", list(VIEWS), default=chosen_view, required=True, format_func=lambda v: labels[v],
            key=f"view-{chosen_view}", label_visibility="collapsed", on_change=_choose_view, args=(f"view-{chosen_view}",),
        )  # fmt: skip
        st.space("stretch")
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
    {"table": _table, "changed": _changed, "removed": _removed, "problems": _problems}[view](loaded, done, shown)


def best_view(shown: Shown) -> state.View:
    """The view that shows most of what a step does."""
    if len(shown.changes.rows):
        return "changed"
    if len(shown.removed):
        return "removed"
    return "problems" if len(shown.rejected) else "table"


def select(done: Run, chosen: str | None, preview: bool = False) -> Shown:
    """The chosen step's tables and changes; the last step's if none is chosen, the file's if there are no steps."""
    table = done.result
    states = table.steps
    at = next((i for i, s in enumerate(states) if s.step.id == chosen), len(states) - 1)
    if chosen == state.OPEN_FILE or not states:
        return _shown(0, len(states), None, table.source, table.source, done.result.source_key)
    found = states[at]
    before = states[at - 1].table if at else table.source
    return _shown(at + 1, len(states), found, before, found.table, found.key or done.result.source_key, preview)


def _shown(
    number: int, steps: int, found: StepState | None, before: pd.DataFrame, after: pd.DataFrame, key: str, preview: bool = False
) -> Shown:
    result = found.result if found is not None and found.status in ("ok", "look", "skipped") else None
    if result is None:
        return Shown(
            number,
            steps,
            found,
            before,
            after,
            key,
            Changes(),
            pd.DataFrame(columns=["reason", "into"]),
            pd.DataFrame(columns=["column", "value", "reason"]),
            preview,
        )
    return Shown(number, steps, found, before, after, key, result.changes, result.removed, result.rejected, preview)


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
    if r.no_effect and not r.rejected:
        parts.append("This step changes nothing in this file.")
    else:
        changed = f"Changes {count(r.changed, 'cell')} in {count(len(r.cells), 'column')}." if r.cells else ""
        removed = f"Removes {r.removed:,} of {count(r.rows_in, 'row')}." if r.removed else ""
        added = f"Adds {count(r.added, 'row')}." if r.added else ""
        typed = f"{count(len(r.retyped), 'column')} changed type." if r.retyped else ""
        new = f"Adds {count(len(r.columns_added), 'column')}." if r.columns_added else ""
        unused = f"{count(r.rejected, 'value')} cannot be used: see Problems." if r.rejected else ""
        parts += [p for p in (changed, removed, added, typed, new, unused) if p]
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
    state.desk().view = st.session_state[key]


def _choose_compare(key: str) -> None:
    state.desk().compare = st.session_state[key]


def _edit_cells() -> None:
    memory = state.desk()
    memory.editing_cells = not memory.editing_cells
    memory.refused = []


def window(name: str, shown: Shown, table: pd.DataFrame, only: np.ndarray | None = None) -> tuple[state.Look, np.ndarray | None]:
    """The bar of search and sort above a table, and the positions of the rows it leaves, in order."""
    place = f"{name}-{shown.step.step.id if shown.step else 'file'}"
    look = state.look(place)
    with st.container(horizontal=True, vertical_alignment="center", key=f"bar-{place}"):
        search = st.text_input(
            "Search", value=look.search, key=f"search-{place}", placeholder="Search all rows", label_visibility="collapsed",
            icon=":material/search:", width=320,
        )  # fmt: skip
        with st.popover(
            f"Sort: {plain(look.sort[0], longest=20)} {'↓' if look.sort[1] else '↑'}" if look.sort else "Sort", icon=":material/sort:"
        ):
            _sort(look, place, table)
    if search != look.search:
        look.search, look.page = search, 1
    if look.sort and look.sort[0] not in table.columns:
        look.sort = None
    fact = ("order", shown.key, name, str(look.sort), look.search, str(None if only is None else hash(only.tobytes())))
    return look, state.work().remember(fact, lambda: order(table, look.sort, look.search, only))


def _sort(look: state.Look, place: str, table: pd.DataFrame) -> None:
    names: list[str | None] = [None, *table.columns]
    now = look.sort[0] if look.sort and look.sort[0] in table.columns else None
    column = st.selectbox(
        "Sort by", names, index=names.index(now), format_func=lambda n: "the file's order" if n is None else n, key=f"sort-{place}"
    )
    down = st.toggle("Largest or last first", value=bool(look.sort and look.sort[1]), key=f"down-{place}", disabled=column is None)
    st.caption("This only changes what you see. To sort the result, add the step Sort rows.")
    chosen = None if column is None else (column, down)
    if chosen != look.sort:
        look.sort, look.page = chosen, 1
        st.rerun()


def pages(found: Window, look: state.Look, place: str, noun: str = "row") -> None:
    """How many rows there are, and a way to the others."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"pages-{place}"):
        first = (found.page - 1) * 100 + 1 if found.total else 0
        st.caption(f"{first:,} to {first + len(found.rows) - 1 if found.total else 0:,} of {count(found.total, noun)}", width="content")
        st.space("stretch")
        if found.pages > 1:
            key = f"page-{place}-{found.pages}-{found.page}"
            st.pagination(found.pages, default=found.page, key=key, on_change=_turn_page, args=(look, key))


def _turn_page(look: state.Look, key: str) -> None:
    look.page = st.session_state[key]


def _narrowed(look: state.Look, total: int, whole: int) -> None:
    """Says that the view is narrowed, and that downloads are not."""
    if look.search:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f":material/filter_alt: Showing {total:,} of {count(whole, 'row')}. "
                "This only changes what you see; downloads hold all rows.",
                width="content",
            )
            st.button("Clear", key="clear-search", type="tertiary", on_click=_clear, args=(look,))


def _clear(look: state.Look) -> None:
    look.search, look.page = "", 1
    for key in [k for k in st.session_state if isinstance(k, str) and k.startswith("search-")]:
        del st.session_state[key]


def _grid_key(view: str, shown: Shown, found: Window, look: state.Look) -> str:
    parts = (view, shown.key[:16], found.page, look.search, look.sort, state.desk().revision)
    return "grid-" + "-".join(str(p) for p in parts)


def _height(rows: int) -> int:
    return min(38 + 35 * max(rows, 1), TALL)


def _table(loaded: Loaded, done: Run, shown: Shown) -> None:
    memory = state.desk()
    look, positions = window("table", shown, shown.after)
    found = take(shown.after, positions, look.page)
    _narrowed(look, found.total, len(shown.after))
    if not found.total:
        st.info(f'No row contains "{plain(look.search)}".' if look.search else "The table has no rows.", icon=":material/search_off:")
    elif memory.editing_cells and not shown.preview:
        cells.draw(found.rows, shown.after, shown.step, _grid_key("edit", shown, found, look), _height(len(found.rows)))
    else:
        grid.show(
            found.rows,
            key=_grid_key("table", shown, found, look),
            alt=f"Rows of the table, page {found.page} of {found.pages}",
            height=_height(len(found.rows)),
        )
    pages(found, look, "table")


def _changed(loaded: Loaded, done: Run, shown: Shown) -> None:
    memory = state.desk()
    against_file = memory.compare == "file" and not shown.preview
    before, changes = shown.before, shown.changes
    if against_file:
        before = done.result.source
        changes = state.work().remember(("diff", shown.key, done.result.source_key), lambda: diff(before, shown.after))
    renamed = shown.step.report.renamed if shown.step and shown.step.report and not against_file else {}
    rows = changes.rows
    if not len(rows):
        if shown.step is None:
            st.info("This is the file as opened; no step has changed it yet.", icon=":material/info:")
        elif len(shown.removed) or len(changes.added):
            st.info("No cell changed; rows were removed or added.", icon=":material/info:")
        else:
            st.info("No value changed. " + _retyped(changes), icon=":material/info:")
        return
    look, positions = window(f"changed-{memory.compare}", shown, shown.after, rows)
    found = changed_window(before, shown.after, changes, positions=positions, page=look.page, renamed=renamed)
    _narrowed(look, found.total, len(rows))
    types = grid.types_of(shown.after)
    grid.show(
        found.rows, key=_grid_key(f"changed-{memory.compare}", shown, found, look), alt="Rows with a changed cell, old value and new value",
        types=types, mask=found.mask, height=_height(len(found.rows)),
    )  # fmt: skip
    pages(found, look, "changed", "changed row")


def _retyped(changes: Changes) -> str:
    return f"{count(len(changes.retyped), 'column')} changed type without changing a value." if changes.retyped else ""


def _removed(loaded: Loaded, done: Run, shown: Shown) -> None:
    if not len(shown.removed):
        st.info("This step removes no rows.", icon=":material/info:")
        return
    look, positions = window("removed", shown, shown.before, shown.removed.index.to_numpy())
    found = take(shown.before, positions, look.page)
    _narrowed(look, found.total, len(shown.removed))
    why = shown.removed.loc[found.rows.index]
    rows = found.rows.copy()
    rows.insert(0, _free("why it was removed", rows), why["reason"])
    if why["into"].notna().any():
        rows.insert(1, _free("now in row", rows), why["into"])
    grid.show(rows, key=_grid_key("removed", shown, found, look), alt="Rows this step removes, with the reason", height=_height(len(rows)))
    pages(found, look, "removed", "removed row")


def _free(name: str, rows: pd.DataFrame) -> str:
    while name in rows.columns:
        name += " "
    return name


def _problems(loaded: Loaded, done: Run, shown: Shown) -> None:
    if not len(shown.rejected):
        st.info("Every value could be used.", icon=":material/check_circle:")
        return
    table = shown.rejected[["column", "value", "reason"]]
    look = state.look(f"problems-{shown.key[:12]}")
    found = take(table, None, look.page)
    grid.show(
        _numbered(found.rows),
        key=_grid_key("problems", shown, found, look),
        alt="Values that could not be used",
        height=_height(len(found.rows)),
    )
    pages(found, look, "problems", "value")


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """Lines that may name a row twice: the row's number as a column, the lines counted."""
    made = rows.copy()
    made.insert(0, "row", pd.Series(rows.index, dtype=INT, index=rows.index))
    return made.set_axis(pd.RangeIndex(1, len(made) + 1))
