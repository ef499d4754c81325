"""Where the keyboard goes next: into the search of "Add step", the first gap of a form, or back to a button."""

import secrets
from html import escape
from pathlib import Path

import streamlit as st

SCRIPT = Path(__file__).with_name("focus.js")  # served by the application under this address
ADDRESS = "/page/focus.js"
WISH = "wb_focus"


def on(key: str, gap: bool = False) -> None:
    """Ask for the keyboard in the widget with that key, or the first one in the container with it, as soon as it is there.

    With ``gap`` in the first text field of the container that is empty.
    """
    st.session_state[WISH] = (key, "yes" if gap else "", secrets.token_hex(4))


def draw() -> None:
    """Tell the browser; last on the page, so that what was asked for in this run is known."""
    key, gap, mark = st.session_state.get(WISH, ("", "", ""))
    wish = f'<span data-focus-on="{escape(key)}" data-focus-gap="{gap}" data-focus-mark="{mark}"></span>'
    with st.container(key="focus"):
        st.html(f'{wish}<script src="{ADDRESS}"></script>', unsafe_allow_javascript=True)
