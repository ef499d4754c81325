"""Where did this row go? The story of one row, from the file to the result."""

import streamlit as st

from pipeline import Run
from pipeline.history import Cell, Event, Story, story
from pipeline.tasks import Loaded
from pipeline.view import seen
from ui import sidebar
from ui.words import plain

ICONS = {
    "read": ":material/file_open:", "left_out": ":material/playlist_remove:", "changed": ":material/edit:", "problem": ":material/warning:",
    "new_columns": ":material/add_column_right:", "columns_removed": ":material/view_column:", "moved": ":material/swap_vert:",
    "made": ":material/add_circle:", "makes": ":material/call_split:", "takes_in": ":material/merge:", "looked_up": ":material/join:",
    "removed": ":material/delete:", "stopped": ":material/error:",
}  # fmt: skip
ENDS = {
    "kept": ":material/check_circle:",
    "removed": ":material/delete:",
    "left_out": ":material/playlist_remove:",
    "unknown": ":material/help:",
}
SLOT = "wb_row"


def ask(row: int | None = None) -> None:
    """Open the dialog, at a row."""
    st.session_state[SLOT] = row if row is not None else 0


def button() -> None:
    """The way to the dialog."""
    st.button("Where did this row go?", key="where-row", type="tertiary", icon=":material/route:", on_click=ask)


def draw(loaded: Loaded, done: Run) -> None:
    """The dialog, if it is open."""
    if SLOT in st.session_state:
        _dialog(loaded, done)


def _close() -> None:
    st.session_state.pop(SLOT, None)


@st.dialog("Where did this row go?", width="large", on_dismiss=_close)
def _dialog(loaded: Loaded, done: Run) -> None:
    row = st.session_state.get(SLOT)
    if row is None:
        return
    typed = st.number_input(
        "Row number", min_value=0, value=row or None, step=1, key=f"row-number-{row}", placeholder="e.g. 12", width=220,
        help="The number at the start of a row: for the first file the one that a spreadsheet shows.",
    )  # fmt: skip
    if typed:
        found = story(done.result, int(typed), loaded.sources, loaded.set_aside)
        with st.container(key="row-story"):
            _story(found, done)
    else:
        st.caption("Write the number of any row: of the result, of the file, or of one that was removed or left out.")


def _story(found: Story, done: Run) -> None:
    st.markdown(f"{ENDS[found.end]} **{plain(found.sentence, longest=400)}**")
    for event in found.events:
        _event(event, done)
    others = list(dict.fromkeys(r for e in found.events for r in e.rows if r != found.row))
    if others:
        with st.container(horizontal=True, key="row-others"):
            for other in others[:8]:
                st.button(f"Row {other:,}", key=f"row-other-{other}", on_click=ask, args=(other,))


def _event(event: Event, done: Run) -> None:
    """A line for an event, with its cells old → new."""
    step = done.result.steps[event.step - 1].step if event.step else None
    where = f"Step {event.step}, {plain(sidebar.label_of(step))}" if step else "Open file"
    lines = [f"{ICONS[event.kind]} **{where}**: {plain(event.text, longest=400)}"]
    if event.cells:
        lines.append("\n".join(["| | |", "|---|---|", *(f"| {_name(c)} | {_cell(event, c)} |" for c in event.cells)]))
    st.markdown("\n\n".join(lines))


def _name(cell: Cell) -> str:
    before = f" (was {plain(cell.was, longest=40)})" if cell.was is not None else ""
    return f"{plain(cell.column, longest=40)}{before}"


def _cell(event: Event, cell: Cell) -> str:
    old, new = plain(seen(cell.old), longest=120), plain(seen(cell.new), longest=120)
    if event.kind in ("columns_removed", "left_out", "problem"):
        return old
    return new if event.kind == "new_columns" else f"{old} → {new}"


__all__ = ["ask", "button", "draw"]
