"""A choice for each column in an editing grid: what it holds now, what it becomes, and why that is proposed."""

from collections.abc import Mapping

import streamlit as st

from ui.fields import Entry, Json, Shape, TableInfo, choice_labels, type_words
from ui.list_grid import Row, lines_of, replace_rows, rows_editor


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
    rows = [_row(name, words.get(chosen.get(name, "")), info, words) for name in names]
    offered = {
        n: words[p.proposed] for n, p in info.proposals.items() if p.proposed in words and p.proposed != "text" and n in info.columns
    }
    text = st.column_config.TextColumn
    columns = {"column": text("Column", width=120), "now": text("Now", width=90)}
    columns |= {"proposed": text("Proposed", width=95)} if info.proposals else {}
    columns["new"] = st.column_config.SelectboxColumn("Becomes", options=list(words.values()), width=120, help="Empty: stays as it is.")
    if info.proposals:
        columns |= {"exceptions": text("Do not fit", width=80, alignment="right"), "evidence": text("Why", width=300)}
    if offered:
        st.button("Accept all", key=f"{key}-accept", icon=":material/done_all:", on_click=_accept, args=(key, rows, offered))
    read_only = [c for c in columns if c != "new"]
    shown = rows_editor(rows, columns, key=key, alt=label, fixed=True, read_only=read_only)
    back = {said: choice for choice, said in words.items()}
    found: dict[str, Json] = {row["column"]: back[row["new"]] for row in shown if row["new"] in back}
    return Entry(found)


def _accept(key: str, rows: list[Row], offered: Mapping[str, str]) -> None:
    """Fill in everything that is proposed for columns for which nothing is chosen."""
    replace_rows(key, [{**row, "new": row["new"] or offered.get(row["column"])} for row in lines_of(key) or rows])


def _row(name: str, new: str | None, info: TableInfo, words: Mapping[str, str]) -> Row:
    proposal = info.proposals.get(name)
    now = type_words(info.columns.get(name)).capitalize()
    if proposal is None:
        return {"column": name, "now": now, "new": new, "proposed": None, "evidence": None, "exceptions": None}
    unfit = f"{proposal.exceptions:,}" if proposal.exceptions else None
    proposed = words.get(proposal.proposed) if proposal.proposed != "text" else None
    return {"column": name, "now": now, "new": new, "proposed": proposed, "evidence": proposal.evidence, "exceptions": unfit}
