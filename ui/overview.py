"""Overview: what was noticed in the table, each thing one click from being mended, and a line for every column."""

import math

import pandas as pd
import streamlit as st
from pydantic import JsonValue

from pipeline import Profile, Suggestion, new_step
from pipeline.profile import ColumnProfile, in_words
from pipeline.suggestions import SHOWN_AT_ONCE
from pipeline.tasks import Overview
from steps.types import LABELS
from ui import charts, column_panel, grid, pictures, state
from ui.shown import Shown
from ui.waiting import failed, wait_for
from ui.words import count, plain
from workspace import StoreError
from workspace.remembered import recall, remember
from workspace.work import Failure

ASIDE = "suggestions put aside"
PAGE = 50  # columns on a page
SEARCHED = 12  # from so many columns on there is a search
TALL = 38  # pixels of a line


def draw(shown: Shown) -> None:
    """The Overview of the table after the shown step."""
    found = look(shown)
    if found is None:
        return
    if not len(shown.after.columns) or not len(shown.after):
        st.info("The table has no rows." if len(shown.after.columns) else "The table has no columns.", icon=":material/info:")
    _noticed(found.suggestions, shown)
    _columns(found.profile, shown)
    if any(c.missing for c in found.profile.columns):
        charts.missing_together(shown)


def look(shown: Shown) -> Overview | None:
    """The table looked at; None while that takes, or if it could not be done, which is then on the page."""
    found = state.work().overview(shown.after, shown.key)
    if isinstance(found, Overview):
        return found
    if isinstance(found, Failure):
        failed(found, "Looking at the columns")
    else:
        wait_for(found, "Looking at the columns")
    return None


def column(shown: Shown, name: str | None) -> ColumnProfile | None:
    """What one column holds, if that is known by now; it is worked out with all the others."""
    found = state.work().overview(shown.after, shown.key, wait=0.0)
    return next((c for c in found.profile.columns if c.name == name), None) if isinstance(found, Overview) else None


def _noticed(found: list[Suggestion], shown: Shown) -> None:
    aside = _aside()
    left = [s for s in found if s.key not in aside]
    hidden = len(found) - len(left)
    more = f"wb_more-{shown.key[:12]}"
    with st.container(horizontal=True, vertical_alignment="center", key="noticed-head"):
        st.subheader(_heading(left), anchor=False, width="content")
        if hidden:
            st.button(f"Show {hidden} put aside", key="show-aside", type="tertiary", icon=":material/undo:", on_click=_show_aside)
    if not left and not hidden:
        st.caption("Click a column below to change it, or press Add step.")
    offered = left if st.session_state.get(more) else left[:SHOWN_AT_ONCE]
    if offered:
        with st.container(border=True, gap=None, key="noticed"):
            for one in offered:
                _offer(one, shown)
    if len(left) > len(offered):
        st.button(f"Show {len(left) - len(offered)} more", key="noticed-more", type="tertiary", on_click=_open, args=(more,))


def _heading(left: list[Suggestion]) -> str:
    return f"We noticed {count(len(left), 'thing')}" if left else "Nothing to mend was noticed"


def _open(name: str) -> None:
    st.session_state[name] = True


def _offer(one: Suggestion, shown: Shown) -> None:
    """A suggestion in a line: how much, what, why, examples, and what to do with it."""
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small", key=f"noticed-{one.key}"):
        examples = "  |  ".join(f"{plain(a, longest=40)} → {plain(b, longest=40)}" for a, b in one.examples)
        st.markdown(
            f"**{plain(one.label)}** · {count(one.count, one.unit)} · {one.sureness} · :small[{plain(one.why, longest=260)}]"
            + (f"  \n:small[:gray[{examples}]]" if examples else ""),
            width="stretch",
        )
        st.button("Preview", key=f"preview-{one.key}", type="tertiary", on_click=preview, args=(one, shown.place))
        st.button("Add step", key=f"take-{one.key}", on_click=take, args=(one, shown.place))
        st.button("Not a problem", key=f"aside-{one.key}", type="tertiary", on_click=put_aside, args=(one,))


def preview(one: Suggestion, position: int) -> None:
    """Open the suggested step's form, filled in."""
    column_panel.open_form(one.step, one.params, position)


def take(one: Suggestion, position: int) -> None:
    """Add the suggested step; the overview stays, for the next one."""
    steps, step = list(state.steps()), new_step(one.step, one.params)
    last = position >= len(steps)
    if state.change_steps(f"Add {one.label}", [*steps[:position], step, *steps[position:]]):
        state.select(None if last else step.id)  # what was noticed is of the table with this step, too
        state.desk().view = "overview"
        state.say("success", f"Added: {one.label}. {count(one.count, one.unit)}.")


def _aside() -> set[str]:
    found = recall(state.workspace().projects.engine, state.project().id, ASIDE)
    return {key for key in found if isinstance(key, str)} if isinstance(found, list) else set()


def put_aside(one: Suggestion) -> None:
    """Remember that this is no problem in this project."""
    _remember({*_aside(), one.key})


def _show_aside() -> None:
    _remember(set())


def _remember(keys: set[str]) -> None:
    try:
        remember(state.workspace().projects.engine, state.project().id, ASIDE, list[JsonValue](sorted(keys)))
    except StoreError as error:
        state.say("error", str(error))


def _columns(made: Profile, shown: Shown) -> None:
    """A line for each column, in one grid; searched and paged where there are many."""
    place = f"overview-{shown.key[:12]}"
    view = state.look(place)
    columns = list(made.columns)
    with st.container(horizontal=True, vertical_alignment="center", key="overview-bar"):
        st.subheader(count(len(columns), "column"), anchor=False, width="content")
        st.caption("Click a line to change the column.", width="content")
        if len(columns) > SEARCHED:
            st.space("stretch")
            typed = st.text_input(
                "Find a column", value=view.search, key=f"find-{place}", placeholder="Find a column", icon=":material/search:",
                label_visibility="collapsed", width=240,
            )  # fmt: skip
            if typed != view.search:
                view.search, view.page = typed, 1
    found = [c for c in columns if view.search.lower() in c.name.lower()]
    if not found:
        st.info(f'No column is called "{plain(view.search)}".', icon=":material/search_off:")
        return
    pages = math.ceil(len(found) / PAGE)
    view.page = min(view.page, pages)
    start = (view.page - 1) * PAGE
    page = found[start : start + PAGE]
    numbers = {c.name: n for n, c in enumerate(columns, 1)}
    key = f"overview-{shown.key[:12]}-{view.page}-{view.search}-{state.desk().picks}"
    grid.show(
        lines(page, [numbers[c.name] for c in page]), key=key, alt="A line for each column: type, how much is filled, range and notes",
        pick="cell", pictures=PICTURES, widths=WIDTHS, row_height=TALL, row_label="", placeholder="", height=40 + TALL * min(len(page), 14),
        on_pick=lambda: _picked(key, [c.name for c in page]),
    )  # fmt: skip
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center", key="overview-pages"):
            st.caption(f"{start + 1:,} to {start + len(page):,} of {count(len(found), 'column')}", width="content")
            st.space("stretch")
            page_key = f"overview-page-{pages}-{view.page}"
            st.pagination(pages, default=view.page, key=page_key, on_change=_turn, args=(view, page_key))
    with st.expander("The columns as text", icon=":material/notes:", key=f"overview-text-{shown.key[:12]}"):
        st.markdown("\n".join(f"- {plain(c.name)}: {plain(in_words(c), longest=600)}" for c in page))


def _turn(view: state.Look, key: str) -> None:
    view.page = st.session_state[key]


def _picked(key: str, names: list[str]) -> None:
    """A line was clicked: its column opens beside the table."""
    picked = st.session_state[key].get("selection", {})
    rows = [row for row, _ in picked.get("cells", [])]
    if rows and 0 <= int(rows[0]) < len(names):
        column_panel.choose(names[int(rows[0])])


PICTURES = {"Filled": "Filled", "Spread": "Spread"}
WIDTHS = {
    "Column": 140,
    "Type": 98,
    "Filled": 142,
    "Missing": 66,
    "Problems": 72,
    "Different": 72,
    "Spread": 142,
    "Worth a look": 330,
    "Values": 300,
}


def lines(columns: list[ColumnProfile], numbers: list[int]) -> pd.DataFrame:
    """What the grid shows of each column: text, and pictures as addresses; parts that no column has are left out."""
    made = pd.DataFrame(
        {
            "Column": [c.name for c in columns],
            "Type": [str(LABELS[c.type]) for c in columns],
            "Filled": [pictures.filled(c) for c in columns],
            "Missing": [f"{c.missing + c.blank:,}" if c.missing + c.blank else "" for c in columns],
            "Problems": [f"{c.problems:,}" if c.problems else "" for c in columns],
            "Different": [f"{c.different:,}" for c in columns],
            "Spread": [pictures.spread(c) for c in columns],
            "Worth a look": [" ".join(r.text for r in c.remarks) for c in columns],
            "Values": [values(c) for c in columns],
        },
        index=pd.Index(numbers),
        dtype=object,
    )
    return made[[n for n in made.columns if n not in ("Missing", "Problems", "Worth a look") or made[n].any()]]


def values(c: ColumnProfile) -> str:
    """The range of a column, or its commonest values."""
    if c.type in ("text", "yes_no") or (c.top and not c.bins and c.different <= 3):
        if pictures.repeats(c):
            return ", ".join(f"{t.value} ({t.count:,})" for t in c.top[:3])
        return ", ".join(t.value for t in c.top[:2]) + (" …" if c.different > 2 else "")
    if c.smallest is None:
        return ""
    middle = f", half are below {c.quartiles[1]:,.6g}" if c.quartiles else ""
    return f"{c.smallest} to {c.largest}{middle}"
