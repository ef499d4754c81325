"""Columns chosen by a pattern of their names."""

import pandas as pd
import streamlit as st

from steps.base import Columns, Kind, listing
from steps.patterns import check_pattern
from ui.fields import Entry, TableInfo
from ui.words import plain

HELP = "A part of the name; ^ is its beginning, $ its end, and .* anything. Columns of a later file count, too."


def ask(pattern: str | None, key: str) -> str:
    """The pattern as typed."""
    return st.text_input("Pattern", value=pattern or "", key=key, placeholder="^sales or _2024$", help=HELP)


def draw(typed: str, kind: Kind, exclude: list[str], info: TableInfo) -> Entry:
    """The choice, or what is wrong with the pattern; and which columns of this table it names."""
    if not typed:
        return Entry(problem="Write a part of the names.", hint=True)
    try:
        check_pattern(typed)
    except ValueError as error:
        said = str(error)
        return Entry(problem=said[:1].upper() + said[1:])
    chosen = Columns(kind=kind, pattern=typed, exclude=tuple(exclude))
    found = chosen.resolve(pd.DataFrame({n: pd.Series([], dtype=pd.ArrowDtype(of)) for n, of in info.columns.items()}))
    st.caption(f"In this table: {plain(listing(found), longest=200)}." if found else "No column of this table has such a name.")
    return Entry(chosen.model_dump(mode="json"))
