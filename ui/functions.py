"""What helps to type a calculation: columns and functions to put in, the list of functions with examples, where it goes wrong."""

from collections.abc import Mapping

import pyarrow as pa
import streamlit as st

from steps.expressions import FUNCTIONS, Column, ExpressionError, check, kind_of, parse, to_text
from steps.expressions.types import WORDS
from ui.fields import Entry, type_words
from ui.words import plain


def calculation(text: str, types: Mapping[str, pa.DataType], key: str) -> Entry:
    """The calculation typed in the field of that key; what it gives, or what is wrong at which character."""
    with st.container(key=f"wide-{key}-typed", gap="xsmall"):
        draw(key, types)
        if not text.strip():
            return Entry(text)
        try:
            kind = check(parse(text), {name: kind_of(of) for name, of in types.items()})
        except ExpressionError as error:
            st.code(pointed(text, error.at), language=None)
            said = str(error)
            return Entry(problem=said[:1].upper() + said[1:])
        st.caption(f"Gives {WORDS[kind] if kind != 'nothing' else 'no value'}.")
    return Entry(text)


def draw(key: str, types: Mapping[str, pa.DataType]) -> None:
    """A list to find a column or function in, which is put in at the end of the text; and the list of functions with examples.

    The text is in the field of that key.
    """
    offered = {f"{to_text(Column(n))} · {type_words(of)}": to_text(Column(n)) for n, of in types.items()}
    offered |= {f"{f.signature} · {f.sentence}": f"{f.name}(" for f in FUNCTIONS.values()}
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}-help", gap="small"):
        st.selectbox(
            "Put in a column or function", list(offered), index=None, key=f"{key}-put", label_visibility="collapsed",
            placeholder="Find a column or function, e.g. round", on_change=_put, args=(key, offered), width=340,
        )  # fmt: skip
        _list(key)


def _put(key: str, offered: Mapping[str, str]) -> None:
    """What was chosen, at the end of the text."""
    chosen, text = st.session_state[f"{key}-put"], st.session_state.get(key) or ""
    st.session_state[f"{key}-put"] = None
    if chosen in offered:
        st.session_state[key] = f"{text}{' ' if text and text[-1] not in ' (=' else ''}{offered[chosen]}"


def _list(key: str) -> None:
    """A button that opens the list of functions, narrowed by what is typed."""
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


def pointed(text: str, at: int) -> str:
    """The line of the text in which the character stands, and a mark below it."""
    start = text.rfind("\n", 0, at) + 1
    line = text[start:].partition("\n")[0].replace("\t", " ")
    return f"{line}\n{' ' * (at - start)}^"
