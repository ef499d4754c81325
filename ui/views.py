"""The views of Clean: the whole table, what changed, removed rows and problems; searched, sorted and paged over all rows."""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np
import pandas as pd
import streamlit as st

from pipeline import Run
from pipeline.changes import Changes, diff
from pipeline.view import Window, changed_window, order, take
from steps.conditions import Condition
from ui import cells, charts, column_panel, download, facets, grid, page_text, state
from ui.shown import Shown
from ui.waiting import NotYet, worked_out
from ui.words import count, plain

TALL = 585  # pixels of the grid on a page of 900
ACROSS = 200  # columns in a grid at a time; each costs a thousandth of a second or two


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
    if look.sort is None and not look.search and only is None:
        return look, None
    fact = ("order", shown.key, name, str(look.sort), look.search, str(None if only is None else hash(only.tobytes())))
    what = f"Searching {count(len(table), 'row')}" if look.search else f"Sorting {count(len(table), 'row')}"
    sort, search = look.sort, look.search
    return look, worked_out(fact, lambda: order(table, sort, search, only), table.size, what, lambda: _as_it_was(look, place), name)


def _as_it_was(look: state.Look, place: str) -> None:
    """Neither searched nor sorted."""
    look.search, look.sort, look.page = "", None, 1
    for key in (f"search-{place}", f"sort-{place}", f"down-{place}"):
        st.session_state.pop(key, None)


def _sort(look: state.Look, place: str, table: pd.DataFrame) -> None:
    names = list(table.columns)
    now = look.sort[0] if look.sort and look.sort[0] in names else None
    column = st.selectbox(
        "Sort by", names, index=None if now is None else names.index(now), placeholder="the file's order", key=f"sort-{place}"
    )
    down = st.toggle("Largest or last first", value=bool(look.sort and look.sort[1]), key=f"down-{place}", disabled=column is None)
    st.caption("This only changes what you see. To sort the result, add the step Sort rows.")
    chosen = None if column is None else (column, down)
    if chosen != look.sort:
        look.sort, look.page = chosen, 1
        st.rerun()


def pages(found: Window, look: state.Look, place: str, noun: str = "row", offer: Callable[[], None] | None = None) -> None:
    """How many rows there are, and a way to the others; ``offer`` draws what can be done with all of them."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"pages-{place}"):
        first = (found.page - 1) * 100 + 1 if found.total else 0
        st.caption(f"{first:,} to {first + len(found.rows) - 1 if found.total else 0:,} of {count(found.total, noun)}", width="content")
        if offer is not None:
            offer()
        st.space("stretch")
        if found.pages > 1:
            key = f"page-{place}-{found.pages}-{found.page}"
            st.pagination(found.pages, default=found.page, key=key, on_change=_turn_page, args=(look, key))


def _turn_page(look: state.Look, key: str) -> None:
    look.page = st.session_state[key]


def across(
    names: list[str], look: state.Look, place: str, first: Sequence[str] = (), wanted: str | None = None, why: str = "those with a change"
) -> list[str]:
    """The columns that a grid shows: all, or of very many a page of them, those in ``first`` before the others.

    The page turns to a column that is ``wanted`` now and was not before.
    """
    if len(names) <= ACROSS:
        return names
    ahead = {*first}
    ordered = [n for n in names if n in ahead] + [n for n in names if n not in ahead]
    total = math.ceil(len(ordered) / ACROSS)
    if wanted != look.wanted:
        look.wanted = wanted
        if wanted in ordered:
            look.columns = ordered.index(wanted) // ACROSS + 1
    look.columns = min(look.columns, total)
    start = (look.columns - 1) * ACROSS
    shown = ordered[start : start + ACROSS]
    with st.container(horizontal=True, vertical_alignment="center", key=f"across-{place}"):
        which = f", {why} first" if ahead else ""
        st.caption(f"Columns {start + 1:,} to {start + len(shown):,} of {len(names):,}{which}. Downloads hold all.", width="content")
        st.space("stretch")
        key = f"across-page-{place}-{total}-{look.columns}"
        st.pagination(total, default=look.columns, key=key, on_change=_turn_columns, args=(look, key))
    return shown


def _turn_columns(look: state.Look, key: str) -> None:
    look.columns = st.session_state[key]


def _narrowed(look: state.Look, total: int, whole: int, faceted: tuple[Run, Shown] | None = None) -> None:
    """Says that the view is narrowed, and that downloads are not; what facets leave can be made a step."""
    if not look.search and faceted is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="narrowed"):
        st.caption(
            f":material/filter_alt: Showing {total:,} of {count(whole, 'row')}. This only changes what you see; downloads hold all rows.",
            width="content",
        )
        why = None
        if faceted is not None:
            said: Condition | str = "It is being tried on all rows whether a step can say this."
            with suppress(NotYet):
                said = facets.chosen(*faceted)
            why = "Clear the search to make this a step: a step cannot search all columns." if look.search else None
            why = said if isinstance(said, str) else why
            for label, key, do in (("Keep only these rows", "keep-these", facets.keep), ("Use in a step…", "use-these", facets.use)):
                st.button(label, key=key, type="tertiary", disabled=why is not None, help=why, on_click=do, args=(said, faceted[1]))
        st.button("Clear", key="clear-search", type="tertiary", on_click=_clear, args=(look,))
    if why is not None:
        st.caption(f":material/info: {plain(why, longest=400)}")


def _clear(look: state.Look) -> None:
    look.search, look.page = "", 1
    facets.clear()
    for key in [k for k in st.session_state if isinstance(k, str) and k.startswith("search-")]:
        del st.session_state[key]


def _grid_key(view: str, shown: Shown, found: Window, look: state.Look) -> str:
    parts = (view, shown.key[:16], found.page, look.columns, look.search, look.sort, state.desk().revision)
    return "grid-" + "-".join(str(p) for p in parts)


def _height(rows: int) -> int:
    return min(38 + 35 * max(rows, 1), TALL)


def table(done: Run, shown: Shown) -> None:
    """The whole table after the step; typed in if cells are edited."""
    memory = state.desk()
    only = None if memory.draft or memory.editing_cells else facets.narrowed(done, shown)
    look, positions = window("table", shown, shown.after, only)
    found = take(shown.after, positions, look.page)
    _narrowed(look, found.total, len(shown.after), None if only is None else (done, shown))
    if not found.total:
        st.info(_nothing(look, only is not None, shown), icon=":material/search_off:")
    else:
        rows = found.rows[_columns(shown, look)]
        if memory.editing_cells and not shown.preview:
            cells.draw(rows, shown, look, _height(len(rows)))
        else:
            _rows(rows, shown, found, look)
    pages(found, look, "table")
    if found.total:
        page_text.rows(rows, "table")


def _nothing(look: state.Look, faceted: bool, shown: Shown) -> str:
    """Why no row is in sight, and what brings some back."""
    if look.search:
        where = " of those that the facets leave" if faceted else ""
        return f'No row{where} contains "{plain(look.search)}". Clear shows all rows again.'
    if faceted:
        return "No row is left by what is ticked in the facets. Clear shows all rows again."
    if len(shown.before) and shown.step is not None:
        return "The table has no rows: this step removes all of them. Edit the step, or look at Removed rows to see why."
    return "The table has no rows. The steps before this one, and Load, show where they went."


def _columns(shown: Shown, look: state.Look) -> list[str]:
    """The columns of the table in sight; those that a step would add stand first while it is only looked at."""
    names = list(shown.after.columns)
    report = shown.step.report if shown.preview and shown.step else None
    new = [n for n in report.columns_added if n in shown.after.columns] if report else []
    if new and len(names) <= ACROSS:
        st.caption(f"{count(len(new), 'new column')} first, so that {'it is' if len(new) == 1 else 'they are'} in sight.")
        return [*new, *(n for n in names if n not in set(new))]
    return across(names, look, "table", new, None if new else state.desk().column, "the new ones")


def _rows(rows: pd.DataFrame, shown: Shown, found: Window, look: state.Look) -> None:
    """The grid of the table; new columns of a preview are shaded."""
    memory = state.desk()
    key = f"{_grid_key('table', shown, found, look)}-{memory.picks}"
    added = set(shown.step.report.columns_added) if shown.preview and shown.step and shown.step.report else set()
    mask = pd.DataFrame({n: n in added for n in rows.columns}, index=rows.index) if added else None
    grid.show(
        rows,
        key=key,
        alt=f"Rows of the table, page {found.page} of {found.pages}",
        height=_height(len(rows)),
        mask=mask,
        pick=None if memory.draft else "cell",
        on_pick=lambda: _picked(key, rows),
    )


def _picked(key: str, rows: pd.DataFrame) -> None:
    """A column's name or a cell was clicked: its panel opens. What was selected before the click is known from then."""
    memory = state.desk()
    (column, cell), now = memory.picked, grid.picked(st.session_state[key], rows)
    memory.picked = (now.column, now.cell)
    if now.cell is not None and (now.cell != cell or now.column is None):
        column_panel.choose(now.cell[1], now.cell)
    elif now.column is not None and (now.column != column or now.cell is None):
        column_panel.choose(now.column)
    else:
        column_panel.choose(now.column, None)


def changed(done: Run, shown: Shown) -> None:
    """Rows with a changed cell, old → new, against the step before or the file."""
    memory = state.desk()
    against_file = memory.compare == "file" and not shown.preview
    before, changes = shown.before, shown.changes
    if against_file:
        before = done.result.source
        fact, what = ("diff", shown.key, done.result.source_key), f"Comparing {count(len(before), 'row')} with the original file"
        changes = worked_out(fact, lambda: diff(before, shown.after), before.size, what, lambda: setattr(memory, "compare", "step"))
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
    names = across(list(shown.after.columns), look, "changed", list(changes.cells))
    found = changed_window(before, shown.after[names], changes, positions=positions, page=look.page, renamed=renamed)
    _narrowed(look, found.total, len(rows))
    types = grid.types_of(shown.after[names])
    grid.show(
        found.rows, key=_grid_key(f"changed-{memory.compare}", shown, found, look), alt="Rows with a changed cell, old value and new value",
        types=types, mask=found.mask, height=_height(len(found.rows)),
    )  # fmt: skip
    which = f"changed_rows_{'since_the_file' if against_file else f'of_step_{shown.number}'}"
    offer = None if shown.preview else lambda: download.these_rows(shown.after, rows, shown.key, which)
    pages(found, look, "changed", "changed row", offer)
    page_text.rows(found.rows, "changed")
    charts.before_after(shown, before.rename(columns=renamed), list(changes.cells), which)


def _retyped(changes: Changes) -> str:
    return f"{count(len(changes.retyped), 'column')} changed type without changing a value." if changes.retyped else ""


def removed(done: Run, shown: Shown) -> None:
    """Rows the step took out, with the reason and where they went."""
    if not len(shown.removed):
        said = "This step removes no rows." if shown.step is not None else "This is the file as opened; no step has removed a row yet."
        st.info(f"{said} What a step takes out is listed here, each row with the reason.", icon=":material/info:")
        return
    look, positions = window("removed", shown, shown.before, shown.removed.index.to_numpy())
    found = take(shown.before, positions, look.page)
    _narrowed(look, found.total, len(shown.removed))
    why = shown.removed.loc[found.rows.index].astype({"reason": "large_string[pyarrow]"})
    rows = found.rows[across(list(found.rows.columns), look, "removed")].copy()
    rows.insert(0, _free("why it was removed", rows), why["reason"])
    if why["into"].notna().any():
        rows.insert(1, _free("now in row", rows), why["into"])
    grid.show(rows, key=_grid_key("removed", shown, found, look), alt="Rows this step removes, with the reason", height=_height(len(rows)))
    numbers, which = shown.removed.index.to_numpy(), f"removed_rows_of_step_{shown.number}"
    offer = None if shown.preview else lambda: download.these_rows(shown.before, numbers, shown.key, which)
    pages(found, look, "removed", "removed row", offer)
    page_text.rows(rows, "removed")


def _free(name: str, rows: pd.DataFrame) -> str:
    while name in rows.columns:
        name += " "
    return name
