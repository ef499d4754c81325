"""A condition on rows in an editing grid: one line for each test, lines joined in groups, said again in words below."""

from collections.abc import Mapping
from typing import Literal, cast

import pyarrow as pa
import streamlit as st
from pydantic import ValidationError

from steps.base import StepError
from steps.conditions import BY_LABEL, OPERATORS, Condition, from_rows, from_text, kind_of, operators, to_rows, to_text
from steps.expressions import ExpressionError
from ui import functions
from ui.fields import Entry, Json
from ui.list_grid import Row, replace_rows, rows_editor
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
EXAMPLE = "[amount] > 100 AND NOT(ISBLANK([city]))"
TYPED = (
    "Column names in brackets, text in double quotes, dates like #2024-01-31#. Join tests with AND, OR and NOT( ). "
    "Every function of Calculate a column may be used."
)
HOW = (
    '**=  <>  <  <=  >  >=** · CONTAINS(\\[city\\], "or") · STARTSWITH · ENDSWITH · MATCHES · ISIN(\\[city\\], "York", "Hull") · '
    'BETWEEN(\\[n\\], 5, 10) · ISMISSING · ISBLANK · ISREPEATED · INLAST(\\[day\\], 7, "days") · LOWER(\\[city\\]) = "york" in any case'
)
NOTHING_TYPED, NOTHING_CHOSEN = "Type a condition.", "Choose a column and a comparison in the first line."
NOTHING = (NOTHING_TYPED, NOTHING_CHOSEN)
NO_GRID = "The grid has no lines for this: it holds a calculation, or groups inside groups."


def draw(value: Json, types: Mapping[str, pa.DataType], *, key: str, label: str = "Rows match when") -> Entry:
    """The condition as JSON data, or what is wrong in which line; what was typed stays. No line at all is a hint, not an error."""
    given = _valid(value)
    typed = f"wb_typed-{key}"
    if typed not in st.session_state:
        st.session_state[typed] = _rows(given) is None
    return _text(given, types, key, label) if st.session_state[typed] else _grid(given, types, key, label)


def _valid(value: Json) -> Condition:
    try:
        return Condition.model_validate(value or {})
    except ValidationError:
        return Condition()


def _rows(condition: Condition) -> tuple[Literal["all", "any"], list[Row]] | None:
    """What the grid shows, or None if it cannot."""
    try:
        return to_rows(condition)
    except StepError:
        return None


def _grid(given: Condition, types: Mapping[str, pa.DataType], key: str, label: str) -> Entry:
    join, rows = _rows(given) or ("any", [])
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
    entry = _read(join, lines, types)
    with st.container(horizontal=True, vertical_alignment="top"):
        st.caption(VALUES, width="stretch")
        st.button(
            "Type it instead", key=f"{key}-type-it", type="tertiary", icon=":material/keyboard:", on_click=_to_text, args=(entry, key)
        )
    return _said(entry)


def _text(given: Condition, types: Mapping[str, pa.DataType], key: str, label: str) -> Entry:
    """The condition as it is typed; what is wrong is shown at its character."""
    if f"{key}-text" not in st.session_state:
        st.session_state[f"{key}-text"] = st.session_state.get(f"wb_text-{key}", to_text(given) if given.tests else "")
    text = st.text_area(label, key=f"{key}-text", placeholder=EXAMPLE, help=TYPED, height=100)
    st.session_state[f"wb_text-{key}"] = text  # the widget forgets what it held while it is out of sight
    entry, error = _read_text(text, types)
    shown = _rows(Condition.model_validate(entry.value)) if entry.problem is None else None
    with st.container(horizontal=True, vertical_alignment="top"):
        st.caption(HOW, width="stretch")
        st.button(
            "Use the grid", key=f"{key}-use-grid", type="tertiary", icon=":material/table_rows:", on_click=_to_grid, args=(shown, key),
            disabled=bool(text.strip()) and shown is None, help=None if shown or not text.strip() else NO_GRID,
        )  # fmt: skip
    functions.draw(f"{key}-text", types)
    if error is not None:
        st.code(functions.pointed(text, error.at), language=None)
    return _said(entry)


def _read_text(text: str, types: Mapping[str, pa.DataType]) -> tuple[Entry, ExpressionError | None]:
    if not text.strip():
        return Entry(problem=NOTHING_TYPED, hint=True), None
    try:
        return Entry(from_text(text, types).model_dump(mode="json", exclude_defaults=True)), None
    except ExpressionError as error:
        said = str(error)
        return Entry(problem=said[:1].upper() + said[1:]), error


def _to_text(entry: Entry, key: str) -> None:
    """Show what the grid says as text."""
    condition = Condition.model_validate(entry.value) if entry.problem is None else Condition()
    text = to_text(condition) if condition.tests else ""
    st.session_state[f"wb_typed-{key}"], st.session_state[f"wb_text-{key}"], st.session_state[f"{key}-text"] = True, text, text


def _to_grid(shown: tuple[Literal["all", "any"], list[Row]] | None, key: str) -> None:
    """Show what was typed in the grid; its own lines if nothing was."""
    st.session_state[f"wb_typed-{key}"] = False
    if shown is not None:
        st.session_state[f"{key}-join"] = shown[0]
        replace_rows(f"{key}-lines", [{**row, "group": str(row["group"])} for row in shown[1]])


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
        return Entry(problem=NOTHING_CHOSEN, hint=True)
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
