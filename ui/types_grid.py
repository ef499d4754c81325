"""A choice for each column in an editing grid: what it holds now, what it becomes, and why that is proposed."""

from collections.abc import Mapping

import streamlit as st

from ui.fields import Entry, Json, Shape, TableInfo, choice_labels, type_words
from ui.list_grid import Row, rows_editor


def draw(
    value: dict[str, str] | None,
    of: Shape,
    info: TableInfo,
    *,
    key: str,
    label: str = "Column types",
    labels: Mapping[str, str] | None = None,
) -> Entry:
    """One line for each column; the choices made as {column: choice}, columns left as they are not among them."""
    chosen = value or {}
    words = choice_labels(of.choices, labels)
    names = [*info.columns, *(n for n in chosen if n not in info.columns)]
    rows = [_row(name, words.get(chosen.get(name, "")), info) for name in names]
    columns = {
        "column": st.column_config.TextColumn("Column", width=160),
        "now": st.column_config.TextColumn("Now", width=130),
        "new": st.column_config.SelectboxColumn("Becomes", options=list(words.values()), width=150, help="Empty: stays as it is."),
    }
    if info.proposals:
        columns["exceptions"] = st.column_config.TextColumn("Do not fit", width=90, alignment="right")
        columns["evidence"] = st.column_config.TextColumn("Why", width=260)
    read_only = [c for c in columns if c != "new"]
    shown = rows_editor(rows, columns, key=key, alt=label, fixed=True, read_only=read_only)
    back = {said: choice for choice, said in words.items()}
    found: dict[str, Json] = {row["column"]: back[row["new"]] for row in shown if row["new"] in back}
    return Entry(found)


def _row(name: str, new: str | None, info: TableInfo) -> Row:
    proposal = info.proposals.get(name)
    now = type_words(info.columns.get(name)).capitalize()
    if proposal is None:
        return {"column": name, "now": now, "new": new, "evidence": None, "exceptions": None}
    unfit = f"{proposal.exceptions:,}" if proposal.exceptions else None
    return {"column": name, "now": now, "new": new, "evidence": proposal.evidence, "exceptions": unfit}
