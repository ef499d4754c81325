"""A table pasted from another program: kept as a file with exactly that text, then read like any file."""

from collections.abc import Callable

import streamlit as st

from ui import state
from ui.words import plain
from workspace import StoreError

NAME = "pasted table"
LONGEST = 10_000_000  # characters; what is longer is better loaded as a file
OPEN, WRITTEN = "wb_paste", "paste-text"
HINT = (
    "Copy cells in Excel, Google Sheets or a Word table and paste them here.\n\n"
    "CSV, JSON, Markdown and the source of a web page's table work, too."
)
Begin = Callable[[str, str, int], None]  # starts a project with a file: its name, digest and length


def button() -> None:
    """The button that opens the dialog."""
    st.button("Paste a table", key="paste", icon=":material/content_paste:", on_click=show)


def show() -> None:
    """Open the dialog."""
    st.session_state[OPEN] = True


def close() -> None:
    """Close it."""
    st.session_state.pop(OPEN, None)


def dialogs(begin: Begin) -> None:
    """The dialog, if open."""
    if st.session_state.get(OPEN):
        _paste(begin)


def problem_of(text: str) -> str | None:
    """Why a text cannot be read as a table; None if that can be tried."""
    if not text.strip():
        return "Nothing is pasted yet: copy the cells with their header, click into the field and press Ctrl+V."
    if len(text) > LONGEST:
        return f"The text has {len(text):,} characters, more than the {LONGEST:,} that can be pasted. Save it as a file and load that."
    return None


@st.dialog("Paste a table", width="large", on_dismiss=close)
def _paste(begin: Begin) -> None:
    text = st.text_area("The table", key=WRITTEN, height=320, placeholder=HINT, label_visibility="collapsed") or ""
    st.caption(f'It becomes a file of a new project, called "{NAME}", with exactly this text. The first line should hold the column names.')
    asked = st.button("Read it", key="paste-read", type="primary", icon=":material/check:")
    if not asked:
        return
    if problem := problem_of(text):
        st.error(plain(problem, longest=500), icon=":material/error:")
        return
    data = text.encode("utf-8", "replace")
    try:
        digest = state.workspace().files.put(data)
    except StoreError as error:
        st.error(plain(str(error), longest=500), icon=":material/error:")
        return
    close()
    begin(NAME, digest, len(data))
    st.rerun()
