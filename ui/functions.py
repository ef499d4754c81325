"""The list of functions that a calculation may use, with what each does and an example."""

import streamlit as st

from steps.expressions import FUNCTIONS
from ui.words import plain


def draw(key: str) -> None:
    """A button that opens the list, narrowed by what is typed."""
    with st.popover("Functions", icon=":material/function:", key=f"{key}-functions", width="content"):
        typed = st.text_input("Find a function", key=f"{key}-find-function", placeholder="e.g. round, month, text before")
        with st.container(height=380, border=False):
            for group in dict.fromkeys(f.group for f in FUNCTIONS.values()):
                found = [f for f in FUNCTIONS.values() if f.group == group and matches(f.name, f.sentence, typed)]
                if found:
                    st.caption(f"**{group}**")
                for f in found:
                    st.markdown(f"`{f.signature}`  \n:small[{plain(f.sentence)} {plain(f.example)} → {plain(f.result)}]")


def matches(name: str, sentence: str, typed: str) -> bool:
    """Whether every word typed stands in the function's name or sentence."""
    said = f"{name} {sentence}".lower()
    return all(word in said for word in typed.lower().split())
