"""Facets beside the table: what is in a column and how often, chosen, turned round, changed in place, and made a step."""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from pydantic import JsonValue

from pipeline import RecipeStep, Run, new_step
from pipeline.facet_conditions import condition
from pipeline.facets import LABELS, Buckets, By, Facet, Line, buckets, kinds, lines, masks
from pipeline.parse import ParseError, parse_cell
from pipeline.tasks import Loaded
from pipeline.view import MISSING, seen
from steps.arrow import is_text
from steps.conditions import Condition
from ui import column_panel, page_text, state
from ui.shown import Shown
from ui.waiting import NotYet, worked_out
from ui.words import count, plain

WHOLE_ROWS: dict[str, By] = {"Rows with a problem": "problem", "Equal rows": "duplicate", "File": "file"}
TALL, ROW = 250, 30  # pixels of a facet, and of a line in it
SEARCHED = 12  # from so many lines on there is a search


@dataclass
class Open:
    """A facet on the page: how rows are sorted and chosen, and how its lines are looked at."""

    facet: Facet
    by_name: bool = False
    search: str = ""
    number: int = 0  # names its widgets; never given twice
    revision: int = 0  # raised when its grid must be mounted anew


def opened(shown: Shown) -> list[Open]:
    """The open facets whose column the table has."""
    return [o for o in state.desk().facets if not o.facet.column or o.facet.column in shown.after.columns]


def add(column: str, by: By) -> None:
    """Open a facet, once; it takes the place of the column's panel."""
    memory = state.desk()
    column_panel.choose(None)
    if not any((o.facet.column, o.facet.by) == (column, by) for o in memory.facets):
        memory.facets_opened += 1
        memory.facets.append(Open(Facet(column=column, by=by), number=memory.facets_opened))
    memory.view, memory.home = "table", "table"


def menu(loaded: Loaded, shown: Shown) -> None:
    """The facets of whole rows."""
    several = len({(s.file, s.sheet) for s in loaded.sources}) > 1
    offered = [label for label in WHOLE_ROWS if label != "File" or several]
    picked = st.menu_button("Facet", offered, key="facet-rows", help="Sort whole rows; for one column, click its name.")
    if picked:
        add("", WHOLE_ROWS[picked])
        st.rerun()


def column_menu(name: str, shown: Shown) -> None:
    """The facets of a column."""
    offered = {LABELS[by]: by for by in kinds(shown.after.dtypes[name].pyarrow_dtype)}
    picked = st.menu_button("Facet", list(offered), key="facet-column", help="What is in the column, and how often")
    if picked:
        add(name, offered[picked])
        st.rerun()


def sorted_rows(done: Run, shown: Shown, one: Open, place: str) -> Buckets:
    """The rows sorted by a facet; kept, since the choice does not change it."""
    facet, table, sources = one.facet, shown.after, list(state.desk().sources)
    problems = done.rejected[done.rejected["step"] <= shown.number] if facet.by == "problem" else None
    fact = ("facet", shown.key, str(shown.number), facet.column, facet.by)
    what = f"Sorting {count(len(table), 'row')} by {facet.column or _what(facet).lower()}"
    return worked_out(
        fact, lambda: buckets(table, facet, problems, sources), table.size, what, partial(_close, one), f"{place}{one.number}"
    )


def _what(facet: Facet) -> str:
    return LABELS[facet.by] if facet.column else next(label for label, by in WHOLE_ROWS.items() if by == facet.by)


def narrowed(done: Run, shown: Shown) -> np.ndarray | None:
    """Row numbers that the facets leave; None if no facet narrows the table."""
    found = [o for o in opened(shown) if o.facet.active]
    if not found:
        return None
    every, _ = masks([o.facet for o in found], [sorted_rows(done, shown, o, "main") for o in found], len(shown.after))
    return shown.after.index.to_numpy()[every]


def chosen(done: Run, shown: Shown) -> Condition | str:
    """The choice as a condition, or why it cannot be said as one; kept, since it is tried on the rows."""
    found = [o for o in opened(shown) if o.facet.active]
    table, given, rows = shown.after, [o.facet for o in found], [sorted_rows(done, shown, o, "main") for o in found]
    fact = ("facet condition", shown.key, str(shown.number), "".join(f.model_dump_json() for f in given))
    what = f"Trying the choice on {count(len(table), 'row')}"
    return worked_out(fact, lambda: condition(table, given, rows), table.size, what, clear, "condition")


def draw(done: Run, shown: Shown) -> None:
    """The open facets, one below the other; the counts of each follow the choice in the others."""
    ready: list[tuple[Open, Buckets]] = []
    for one in opened(shown):
        with suppress(NotYet):
            ready.append((one, sorted_rows(done, shown, one, "side")))
    _, others = masks([o.facet for o, _ in ready], [b for _, b in ready], len(shown.after))
    for (one, of), left in zip(ready, others, strict=True):
        with st.container(border=True, gap="xsmall", key=f"facet-{one.number}"):
            _facet(one, of, left, shown)


def _facet(one: Open, of: Buckets, left: np.ndarray, shown: Shown) -> None:
    facet, key = one.facet, f"{one.number}-{one.revision}"
    listed, more = lines(facet, of, left, by_name=one.by_name, search=one.search)
    what = _what(facet)
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", key=f"facet-head-{one.number}"):
        st.markdown(f"{plain(facet.column, longest=30)} :small[:gray[{what}]]" if facet.column else what, width="stretch")
        st.button("Close", key=f"facet-close-{one.number}", type="tertiary", icon=":material/close:", on_click=_close, args=(one,))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"facet-bar-{one.number}"):
        if facet.by in ("values", "file"):
            label = "By count" if one.by_name else "By name"
            st.button(label, key=f"facet-sort-{one.number}", type="tertiary", icon=":material/sort:", on_click=_sort, args=(one,))
        if facet.chosen:
            st.button(
                "All but these" if not facet.invert else "Only these", key=f"facet-invert-{one.number}", type="tertiary",
                icon=":material/swap_horiz:", on_click=_turn, args=(one,),
            )  # fmt: skip
            st.button("Clear", key=f"facet-clear-{one.number}", type="tertiary", on_click=_choose, args=(one, ()))
    if facet.by == "values" and (len(listed) > SEARCHED or one.search):
        typed = st.text_input(
            "Search the values", value=one.search, key=f"facet-search-{key}", placeholder="Search the values", label_visibility="collapsed",
            icon=":material/search:",
        )  # fmt: skip
        if typed != one.search:
            one.search, one.revision = typed, one.revision + 1
            st.rerun()
    if not listed:
        st.caption(
            "No row is left by the other facets: tick less in them." if not one.search else f'No value contains "{plain(one.search)}".'
        )
        return
    _grid(one, listed, shown)
    page_text.draw(lambda: in_words(listed), f"facet-{one.number}", "These lines as text")
    if more:
        st.caption(f"and {count(more, 'other value')}; search to see them")
    if facet.invert and facet.chosen:
        st.caption(":material/swap_horiz: All rows but those ticked are shown.")


def _grid(one: Open, listed: list[Line], shown: Shown) -> None:
    """The lines to tick, and to type over: what is typed replaces the value in all rows that hold it."""
    facet = one.facet
    edits = facet.by == "values"
    frame = pd.DataFrame(
        {"show": [x.chosen for x in listed], "rows": [f"{x.count:,}" for x in listed], "value": [x.name for x in listed]}
    ).astype({"show": bool, "value": object})
    key = f"facet-grid-{one.number}-{one.revision}-{state.digest_of(str([(x.name, x.count) for x in listed]))[:10]}"
    config = st.column_config
    alt = f"{LABELS[facet.by]} of {facet.column}" if facet.column else "Rows"
    with st.container(key=f"fixedhead-{key}"):
        st.data_editor(
            frame, key=key, alt=alt, hide_index=True, num_rows="fixed",
            height=min(46 + ROW * len(listed), TALL), row_height=ROW, placeholder=MISSING,
            on_change=_changed, args=(one, key, listed, shown),
            disabled=["rows"] if edits else ["value", "rows"],
            column_config={
                "show": config.CheckboxColumn("", width=34, help="Show only the rows with what is ticked."),
                "rows": config.TextColumn("Rows", width=64, alignment="right"),  # before the value, which may be long
                "value": config.TextColumn("Value", help="Type over a value to replace it in all its rows." if edits else None),
            },
        )  # fmt: skip


def in_words(listed: list[Line]) -> list[str]:
    """A line of text for each value of a facet: what it is, in how many rows, and whether it is chosen."""
    return [f"{page_text.cut(seen(x.name))}: {count(x.count, 'row')}{', chosen' if x.chosen else ''}" for x in listed]


def _changed(one: Open, key: str, listed: list[Line], shown: Shown) -> None:
    """A line was ticked or typed over."""
    edited: dict[Any, dict[str, Any]] = st.session_state[key].get("edited_rows", {})
    picked = list(one.facet.chosen)
    for at, cells in edited.items():
        if not 0 <= int(at) < len(listed):
            continue
        name = listed[int(at)].name
        if isinstance(cells.get("show"), bool):
            picked = [c for c in picked if c != name] + ([name] if cells["show"] else [])
        if "value" in cells and one.facet.by == "values" and cells["value"] != name:
            new = cells["value"] if isinstance(cells["value"], str) else None
            if refused := _no_value(shown, one.facet.column, new):
                state.say("warning", f'{one.facet.column}: "{new}" was not taken. {refused}')
                continue
            replace(shown, one.facet.column, name, new, listed[int(at)].count)
            picked = [new if c == name else c for c in picked]
    _choose(one, tuple(dict.fromkeys(picked)))


def _no_value(shown: Shown, column: str, text: str | None) -> str | None:
    """Why what was typed is no value of the column; None if it is one."""
    try:
        parse_cell(text, shown.after.dtypes[column].pyarrow_dtype)
    except ParseError as error:
        return str(error)
    return None


def _choose(one: Open, chosen: tuple[str | None, ...]) -> None:
    one.facet = one.facet.model_copy(update={"chosen": chosen, "invert": one.facet.invert and bool(chosen)})
    one.revision += 1
    _first_page()


def _first_page() -> None:
    for look in state.desk().looks.values():
        look.page = 1


def _turn(one: Open) -> None:
    one.facet = one.facet.model_copy(update={"invert": not one.facet.invert})
    _first_page()


def _sort(one: Open) -> None:
    one.by_name, one.revision = not one.by_name, one.revision + 1


def _close(one: Open) -> None:
    state.desk().facets = [o for o in state.desk().facets if o is not one]
    _first_page()


def clear() -> None:
    """Choose nothing in any facet; they stay open."""
    for one in state.desk().facets:
        _choose(one, ())


def replace(shown: Shown, column: str, old: str | None, new: str | None, rows: int) -> None:
    """Put a value in place of another in all rows, as a step after the shown one."""
    steps, place = list(state.steps()), shown.place
    of = shown.after.dtypes[column].pyarrow_dtype
    before = steps[place - 1] if place else None
    if old is not None and new is not None and before is not None and is_text(of) and _goes_on(before, column):
        mapping = {k: new if v == old else v for k, v in _mapping(before).items()}
        mapping.setdefault(old, new)
        step = before.model_copy(update={"params": {**before.params, "mapping": mapping}})
        steps[place - 1] = step
    else:
        step = _replacing(column, old, new, is_text(of))
        steps.insert(place, step)
    selected = state.desk().selected
    if state.change_steps(f"Replace a value of {column}", steps):
        if selected is not None:
            state.select(step.id)
        state.desk().view = "table"
        state.say("success", f"Replaced in {count(rows, 'row')}.")


def _replacing(column: str, old: str | None, new: str | None, text: bool) -> RecipeStep:
    only: dict[str, JsonValue] = {"columns": {"names": [column]}}
    if old is None:
        return new_step("fillna", {**only, "strategy": "constant", "value": new, "treat_blank_as_missing": False})
    if new is None:
        return new_step("find_replace", {**only, "find": old, "match": "whole", "to_missing": True})
    if text:
        return new_step("map_values", {**only, "mapping": {old: new}, "case_insensitive": False, "trim": False})
    return new_step("find_replace", {**only, "find": old, "replace": new, "match": "whole"})


def _goes_on(step: RecipeStep, column: str) -> bool:
    """Whether a step is a list of replacements made here for the same column."""
    exact = step.step == "map_values" and step.on and step.where is None
    given = step.build().model_dump(mode="json") if exact else {}
    return exact and given["columns"]["names"] == [column] and not given["case_insensitive"] and not given["trim"]


def _mapping(step: RecipeStep) -> dict[str, JsonValue]:
    found = step.params.get("mapping")
    return dict(found) if isinstance(found, dict) else {}


def keep(found: Condition, shown: Shown) -> None:
    """Open the form of Keep or remove rows with the choice in it."""
    column_panel.open_form("filter", {"action": "keep", "condition": found.model_dump(mode="json", exclude_defaults=True)}, shown.place)


def use(found: Condition, shown: Shown) -> None:
    """Open the list of steps; the one chosen is for these rows only."""
    memory = state.desk()
    memory.position, memory.picking, memory.draft, memory.only = shown.place, True, None, found
