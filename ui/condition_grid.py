"""A condition on rows in an editing grid: one line for each test, lines joined in groups, said again in words below."""

from collections.abc import Mapping
from typing import Literal, cast

import pyarrow as pa
import streamlit as st
from pydantic import ValidationError

from steps.base import StepError
from steps.conditions import BY_LABEL, OPERATORS, Condition, from_rows, kind_of, operators, to_rows
from ui.fields import Entry, Json
from ui.list_grid import Row, rows_editor
from ui.words import plain

JOINS = {
    "any": "all lines hold",
    "all": "at least one line holds",
}
GROUPS = (
    "Give lines another group number to build two-step conditions. All lines hold: every line of at least one group. "
    "At least one line holds: at least one line of every group."
)
NEW = {"group": "1", "not": False, "ignore_case": False}
VALUES = (
    'Values: **5 to 10** for "is between" · **red, "light, blue"** for lists · **7 days** for "in the last" · '
    "**\\[other column\\]** compares with a column"
)


def draw(value: Json, types: Mapping[str, pa.DataType], *, key: str, label: str = "Rows match when") -> Entry:
    """The condition as JSON data, or what is wrong in which line; what was typed stays. No line at all is a hint, not an error."""
    try:
        join, rows = to_rows(Condition.model_validate(value or {}))
    except (StepError, ValidationError):
        st.info("This condition has groups inside groups. It is kept as it is; the grid cannot show it.")
        return Entry(value)
    join = cast(
        Literal["all", "any"],
        st.radio(
            label,
            list(JOINS),
            index=list(JOINS).index(join),
            format_func=lambda j: JOINS[j],
            key=f"{key}-join",
            horizontal=True,
            help=GROUPS,
        ),
    )
    rows = [{**row, "group": str(row["group"])} for row in rows] or [_blank(types)]
    lines = rows_editor(rows, _columns(types), key=f"{key}-lines", alt="Conditions", new=NEW)
    st.caption(VALUES)
    return _said(_read(join, lines, types))


def _blank(types: Mapping[str, pa.DataType]) -> Row:
    return {**NEW, "column": None, "operator": None, "value": None}


def _columns(types: Mapping[str, pa.DataType]) -> Row:
    kinds = [kind for kind in OPERATORS if kind in {kind_of(of) for of in types.values()}]
    labels = list(dict.fromkeys(o.label for kind in kinds for o in operators(kind)))
    config = st.column_config
    return {
        "group": config.SelectboxColumn("Group", options=[str(n) for n in range(1, 10)], default="1", width=75),
        "not": config.CheckboxColumn("Not", default=False, width=55, help="Turns the line round."),
        "column": config.SelectboxColumn("Column", options=list(types), width=120),
        "operator": config.SelectboxColumn("Comparison", options=labels, width=130),
        "value": config.TextColumn("Value", width=110),
        "ignore_case": config.CheckboxColumn("Any case", default=False, width=90, help="Upper and lower case count as equal."),
    }


def _read(join: Literal["all", "any"], lines: list[Row], types: Mapping[str, pa.DataType]) -> Entry:
    filled = [any(row.get(name) not in (None, "") for name in ("column", "operator", "value")) for row in lines]
    given = [(number, row) for number, (row, some) in enumerate(zip(lines, filled, strict=True), 1) if some]
    if not given:
        return Entry(problem="Choose a column and a comparison in the first line.", hint=True)
    unfinished = [f"Line {number}: {rest}" for number, row in given if (rest := _to_do(row))]
    if unfinished:
        return Entry(problem="\n".join(unfinished), hint=True)
    problems = []
    for number, row in given:
        try:
            from_rows(join, [_typed(row)], types)
        except StepError as error:
            problems.append(f"Line {number}: {str(error).removeprefix('Condition 1: ')}")
    if problems:
        return Entry(problem="\n".join(problems))
    return Entry(from_rows(join, [_typed(row) for _, row in given], types).model_dump(mode="json", exclude_defaults=True))


def _to_do(row: Row) -> str | None:
    """What is still to be filled in in a line."""
    if not row.get("column"):
        return "choose a column."
    if not row.get("operator"):
        return "choose a comparison."
    wants = BY_LABEL[row["operator"]].wants if row["operator"] in BY_LABEL else "nothing"
    return None if wants == "nothing" or (row.get("value") or "").strip() else "write a value."


def _typed(row: Row) -> Row:
    return {**row, "group": int(row.get("group") or 1)}


def _said(entry: Entry) -> Entry:
    """Shows the condition in words, or what is wrong."""
    if entry.problem is None:
        st.markdown(f"Rows where {plain(Condition.model_validate(entry.value).describe(), 600)}")
    elif entry.hint:
        st.caption("  \n".join(entry.problem.split("\n")))
    else:
        st.error("  \n".join(plain(line, 600) for line in entry.problem.split("\n")))
    return entry
