"""A page with the grid in all its uses, for the tests of ui/grid.py."""

import pandas as pd
import pyarrow as pa
import streamlit as st

from pipeline.changes import diff
from pipeline.view import changed_window, window
from ui import grid
from ui.words import plain

ROWS = 40


def table() -> pd.DataFrame:
    """Some rows of orders with every type."""
    data = {
        "order_id": (["0009078", "0001666", None, ""] * 10, pa.large_string()),
        "customer": (["Eli Roth", "**Chen** Wei", "![x](http://example.org/a.png)", "=1+1"] * 10, pa.large_string()),
        "big": ([9007199254740993, 12, None, -5] * 10, pa.int64()),
        "amount": ([86.5, 38.69, 8.26, None] * 10, pa.float64()),
        "paid": ([True, False, None, True] * 10, pa.bool_()),
        "*day* :red[x] $y$": (["2024-05-31", None, "2024-06-02", "2025-03-29"] * 10, pa.large_string()),
        "_index": (["a", "b", "c", "d"] * 10, pa.large_string()),
        "row": (["a", "b", "c", "d"] * 10, pa.large_string()),
    }
    made = pd.DataFrame({n: pd.array(v, dtype=pd.ArrowDtype(of)) for n, (v, of) in data.items()})
    made["*day* :red[x] $y$"] = made["*day* :red[x] $y$"].astype(pd.ArrowDtype(pa.date32()))
    made.index = pd.RangeIndex(2, 2 + ROWS)
    return made


WRITTEN = [
    "a :smile: :material/star: :red[red] $x^2$",
    "--- -> <- >= ... (c) www.example.org me@example.org http://example.org",
    "**b** _i_ `c` ~~s~~ # h",
    "1. list",
    "- list",
    "> q",
    "<b>x</b> &amp; | a | b |",
    "a\nb\tc\u202ed\x00",
    "\\*x\\*",
    "[a](b) ![x](http://e.org/i.png)",
]
before = table()
after = before.assign(customer=before["customer"].str.upper())
st.set_page_config(layout="wide")
grid.style()
view = st.radio("View", ["Table", "What changed", "Edit", "Words"], horizontal=True, key="view")
if view == "Table":
    found = window(before)
    chosen = grid.show(found.rows, key="t-1-table-1-0", alt="Table", pick="cell", height=430)
    st.write("picked", str(chosen))
elif view == "What changed":
    changed = changed_window(before, after, diff(before, after))
    grid.show(changed.rows, key="t-1-changed-1-0", alt="What changed", types=grid.types_of(after), mask=changed.mask, height=430)
elif view == "Edit":
    shown = window(before).rows

    def on_edit() -> None:
        """Keep what the grid reports."""
        st.session_state["wb_result"] = grid.changes_of(st.session_state["t-1-edit-1-0"], shown)

    grid.edit(shown, key="t-1-edit-1-0", alt="Edit cells", on_change=on_edit, read_only=["_index"], height=430)
    accepted, refused = st.session_state.get("wb_result", ([], []))
    st.text(f"accepted {[tuple(a) for a in accepted]}")
    for entry in refused:
        st.error(f"Row {entry.row}, {plain(entry.column)}: {plain(entry.message, 300)}")
else:
    for text in WRITTEN:
        st.markdown(plain(text, 200))
        st.text(text)
    st.button(plain(":material/star: **x** 1. a"), key="b")
    st.checkbox(plain("1) ## a - :smile: *b*"), key="c", help=plain("- a :smile:"))
