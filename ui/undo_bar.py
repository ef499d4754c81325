"""What was just changed, with a button to undo it: a slim bar that lies on the page, moves nothing, and stays until something else is done.

Streamlit's toasts hold text alone and pass after seconds.
"""

import streamlit as st

from ui import state
from ui.words import plain

KINDS = {"warning": (st.warning, ":material/info:"), "error": (st.error, ":material/error:")}


def draw() -> None:
    """The message of the last change. What went wrong stands at the top of the page, once; the rest in the bar."""
    memory = state.desk()
    notice, memory.notice = memory.notice, None
    with st.container(key="notice"):
        if notice is not None and notice[0] in KINDS:
            show, icon = KINDS[notice[0]]
            show(plain(notice[1], longest=600), icon=icon)
    with st.container(key="undo-bar-place"):  # always there, so that nothing below changes its place
        done = last()
        if done is not None:
            _bar(done)
        elif notice is not None and notice[0] == "success":
            st.toast(plain(notice[1], longest=300), icon=":material/check:")


def last() -> state.Done | None:
    """The last change, as long as nothing else was done and it can be undone."""
    memory = state.desk()
    done, project = memory.done, memory.project
    if done is None or project is None:
        return None
    place = (
        st.query_params.get("stage"),
        st.query_params.get("table"),
        memory.selected,
        memory.draft and memory.draft.mark,
        memory.picking,
    )
    done.place = done.place or place
    possible = project.can_redo if done.undone else state.can_undo()
    if done.place != place or done.revision != project.revision or not possible:
        memory.done = None
    return memory.done


def _bar(done: state.Done) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="xsmall", key="undo-bar"):
        with st.container(key=f"undo-said-{done.revision}"):  # a new one each time: it is read aloud again
            st.success(plain(done.text, longest=160), icon=":material/check:")
        if done.undone:
            st.button("Redo", key="bar-redo", on_click=state.redo, help="Make the change again (Alt+Shift+Z)")
        else:
            st.button("Undo", key="bar-undo", on_click=state.undo, help="Take the change back (Alt+Z)")
        st.button("Close", key="bar-close", type="tertiary", icon=":material/close:", on_click=_close)


def _close() -> None:
    state.desk().done = None
