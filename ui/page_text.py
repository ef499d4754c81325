"""What a grid shows, as lines of text: to read without a grid, to have read aloud, or to copy from."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pipeline.view import as_text, seen

LONG = 120  # characters of a value in a line
LABEL = "This page as text"


def draw(lines: Callable[[], list[str]], place: str, label: str = LABEL) -> None:
    """Folded; the lines are made when it is opened."""
    with st.expander(label, icon=":material/notes:", key=f"words-{place}", on_change="rerun") as opened:
        if opened.open:
            st.text("\n".join(lines()))


def rows(shown: pd.DataFrame, place: str, label: str = LABEL, what: str = "Row") -> None:
    """Folded, the rows in sight, each under its number."""
    draw(lambda: in_words(shown, what), place, label)


def in_words(shown: pd.DataFrame, what: str = "Row") -> list[str]:
    """A line for each row: its number, and each column with its value; hidden signs are shown."""
    text = shown if all(pd.api.types.is_object_dtype(d) for d in shown.dtypes) else as_text(shown)
    names = [cut(seen(str(n))) for n in text.columns]
    return [
        f"{what} {number:,}: " + "; ".join(f"{n}: {cut(seen(None if v is None else str(v)))}" for n, v in zip(names, values, strict=True))
        for number, values in zip(text.index, text.itertuples(index=False, name=None), strict=True)
    ]


def cut(text: str) -> str:
    """A value with an ending if it is long."""
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"
