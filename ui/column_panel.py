"""The panel of a column: what it holds, and what can be done with it or with the cell that was clicked, each in its step's form."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import streamlit as st
from pydantic import JsonValue

from pipeline import new_step
from pipeline.profile import ColumnProfile, Counted, in_words, type_name
from pipeline.view import as_text, seen
from steps.arrow import is_date, is_number, is_text
from steps.types import LABELS, SHOWN
from ui import focus, pictures, state, where_row
from ui.shown import Shown
from ui.words import count, plain

TYPES = ("text", "integer", "number", "exact", "yes_no", "date", "datetime")
WRITTEN = {"Numbers as written…": "parse_number", "Dates as written…": "parse_date", "Yes/no words…": "parse_boolean"}
LONG = 24  # characters of a value on a button
Params = Mapping[str, JsonValue]


def choose(column: str | None, cell: tuple[int, str] | None = None) -> None:
    """Open the panel of a column, with what can be done with a cell of it; None closes it."""
    memory = state.desk()
    memory.column, memory.cell = column, cell
    if column is None:
        memory.picks += 1


def open_form(step: str, params: Params, position: int) -> None:
    """Open the form of a new step at that place in the list, filled in."""
    memory = state.desk()
    memory.back = (memory.view, memory.selected)
    memory.draft = state.Draft(new_step(step, dict(params)), position, editing=False)
    memory.picking, memory.editing_cells, memory.steps_as_table, memory.view = False, False, False, "auto"


def pick_list(shown: Shown) -> None:
    """The list "Column": the way to a column's panel for those who do not click in the grid."""
    memory, names = state.desk(), list(shown.after.columns)
    now = memory.column if memory.column in names else None
    key = f"column-list-{shown.key[:8]}-{names.index(now) if now is not None else 'none'}"
    st.selectbox(
        "Column", names, index=None if now is None else names.index(now), key=key, placeholder="Column…", label_visibility="collapsed",
        width=190, on_change=_listed, args=(key,), help="Choose a column to see what it holds and to change it.",
    )  # fmt: skip


def _listed(key: str) -> None:
    choose(st.session_state[key])


def draw(shown: Shown, made: ColumnProfile | None, more: Callable[[str, Shown], None], described: str = "") -> None:
    """The panel of the chosen column; without its profile the actions alone. ``more`` draws what else there is to do with it.

    ``described`` is what the file's own header says of it beside the name.
    """
    memory = state.desk()
    name = memory.column
    if name is None or name not in shown.after.columns:
        return
    of: pa.DataType = shown.after.dtypes[name].pyarrow_dtype
    with st.container(border=True, key="column-panel"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
            st.subheader(plain(name, longest=60), anchor=False, width="stretch")
            st.button("Close", key="close-column", type="tertiary", icon=":material/close:", on_click=choose, args=(None,))
        nearly = f", nearly all {SHOWN[made.proposed]}" if made is not None and made.proposed and made.problems else ""
        st.caption(f"{LABELS[type_name(of)]}{nearly}")
        if described:
            st.caption(f":material/info: The header says: {plain(described, longest=300)}")
        if memory.cell is not None and memory.cell[1] == name:
            _cell(shown, memory.cell[0], name)
        _actions(shown, name, of, made, more)
        if made is not None:
            _facts(made)


def _actions(shown: Shown, name: str, of: pa.DataType, made: ColumnProfile | None, more: Callable[[str, Shown], None]) -> None:
    """What can be done with the column; each opens its step's form."""
    position = shown.place
    with st.container(horizontal=True, gap="xsmall", key="column-actions"):
        more(name, shown)
        offered = [str(LABELS[t]) for t in TYPES if t != type_name(of)] + (list(WRITTEN) if is_text(of) else [])
        chosen = st.menu_button("Change type", offered, key=f"change-type-{position}", help="Make the column another type")
        if chosen:
            _change_type(chosen, position, name)
            st.rerun()
        for label, (step, params) in actions(name, of, made).items():
            key = f"do-{label.lower().replace(' ', '-')}"
            st.button(label, key=key, on_click=open_form, args=(step, params, position))
        st.button("More…", key="do-more", on_click=_more, args=(position,))


def _change_type(chosen: str, position: int, name: str) -> None:
    if chosen in WRITTEN:
        open_form(WRITTEN[chosen], {"columns": {"names": [name]}}, position)
    else:
        to = next(t for t in TYPES if LABELS[t] == chosen)
        open_form("set_types", {"types": {name: to}}, position)


def actions(name: str, of: pa.DataType, made: ColumnProfile | None) -> dict[str, tuple[str, Params]]:
    """Label to step and settings for a column of this type, the usual ones first."""
    only: dict[str, JsonValue] = {"columns": {"names": [name]}}
    missing: dict[str, JsonValue] = {"tests": [{"column": name, "op": "blank" if is_text(of) else "missing"}]}
    common = made.top[0].value if made and made.top and made.top[0].count > 1 else None
    where: JsonValue = missing
    if common is not None and is_text(of) and len(common) < 200:
        where = {"tests": [{"column": name, "op": "equals", "value": common}]}
    text: dict[str, tuple[str, Params]] = {"Trim spaces": ("trim_whitespace", only)} if is_text(of) else {}
    merge: dict[str, tuple[str, Params]] = {"Merge similar spellings": ("cluster_merge", only)} if is_text(of) else {}
    split: dict[str, tuple[str, Params]] = {"Split": ("split_column", {"column": name})} if is_text(of) else {}
    numbers: dict[str, tuple[str, Params]] = {"Round": ("round", only), "Extreme values": ("outliers", only)} if is_number(of) else {}
    dates: dict[str, tuple[str, Params]] = {"Parts of a date": ("dates", {"column": name})} if is_date(of) else {}
    return {
        **text,
        "Find and replace": ("find_replace", only),
        **merge,
        "Fill missing": ("fillna", only),
        **split,
        **numbers,
        **dates,
        "Keep or remove rows": ("filter", {"condition": where}),
        "Remove duplicates": ("drop_duplicates", only),
        "Rename": ("rename", {"names": {name: name}}),
        "Remove column": ("select", {"action": "remove", **only}),
    }


def _more(position: int) -> None:
    """All steps, to put one after the shown one."""
    memory = state.desk()
    memory.position, memory.picking, memory.draft, memory.editing_cells = position, True, None, False
    focus.on("find-step")


def _cell(shown: Shown, row: int, name: str) -> None:
    """What can be done with the value of the clicked cell."""
    at = shown.after.index.get_indexer(pd.Index([row]))[0] if shown.after.index.is_unique else -1
    if at < 0:
        return
    values = shown.after[[name]].iloc[[at]]
    of: pa.DataType = values.dtypes[name].pyarrow_dtype
    written = as_text(values)[name].iloc[0]
    said = plain(seen(written), longest=LONG)
    said = said if written in (None, "") else f"“{said}”"
    with st.container(gap="xsmall", key="cell-actions"):
        st.caption(f"Row {row:,}: {plain(seen(written), longest=120)}")
        for label, (step, params) in cell_actions(name, of, written, said).items():
            words = label.split(" ")[0].lower()
            st.button(label, key=f"cell-{words}-{row}", width="stretch", on_click=open_form, args=(step, params, shown.place))
        st.button(f"Where did row {row:,} go?", key=f"cell-where-{row}", width="stretch", on_click=where_row.ask, args=(row,))


def cell_actions(name: str, of: pa.DataType, written: str | None, said: str) -> dict[str, tuple[str, Params]]:
    """Label to step and settings for one value of a column; ``said`` is the value as the labels say it."""
    test = test_of(name, of, written)
    only: dict[str, JsonValue] = {"columns": {"names": [name]}}
    made: dict[str, tuple[str, Params]] = {
        f"Keep only rows with {said}": ("filter", {"action": "keep", "condition": {"tests": [test]}}),
        f"Remove rows with {said}": ("filter", {"action": "remove", "condition": {"tests": [test]}}),
    }
    if written is None:
        return {**made, "Fill the missing values": ("fillna", only)}
    whole: dict[str, JsonValue] = {**only, "find": written, "match": "whole"}
    made[f"Replace {said} everywhere"] = ("find_replace", whole)
    missing: tuple[str, Params] = ("find_replace", {**whole, "to_missing": True})
    if is_text(of) and written.strip():
        missing = ("mark_missing", {**only, "tokens": [written], "case_insensitive": False, "trim": False})
    return {**made, f"Treat {said} as missing": missing}


def test_of(name: str, of: pa.DataType, written: str | None) -> JsonValue:
    """The test that a column holds just this value, given as the grid writes it."""
    if written is None:
        return {"column": name, "op": "missing"}
    if pa.types.is_boolean(of):
        return {"column": name, "op": f"is_{written}"}
    if is_number(of):
        exact = Decimal(written)
        value: JsonValue = int(exact) if exact == exact.to_integral_value() and "e" not in written.lower() else float(exact)
        return {"column": name, "op": "equals", "value": value}
    return {"column": name, "op": "on" if is_date(of) else "equals", "value": written}


def _facts(made: ColumnProfile) -> None:
    """The numbers of the column, its bars and its commonest values, in one piece of text."""
    filled = made.valid + made.problems
    rows = [("valid", made.valid), ("with a problem", made.problems), ("blank", made.blank), ("missing", made.missing)]
    said = " · ".join(f"**{n:,}** {what}" for what, n in rows if n)
    lines = [f"![{plain(in_words(made), longest=300)}]({pictures.filled(made, 240, 12)})  \n:small[{said}]"]
    if (bars := pictures.spread(made, 240, 56)) and made.bins:
        lines.append(f"![How the values are spread]({bars})  \n:small[{plain(made.bins[0].low)} to {plain(made.bins[-1].high)}]")
    facts = [("Different values", f"{made.different:,}")]
    if made.smallest is not None and made.type != "text":
        facts += [("Smallest", plain(made.smallest)), ("Largest", plain(made.largest))]
    if made.mean is not None:
        facts.append(("Average", f"{made.mean:,.6g}"))
    if made.quartiles is not None:
        facts += [(f"{at} % are below", f"{value:,.6g}") for at, value in zip((25, 50, 75), made.quartiles, strict=True)]
    if made.longest is not None:
        facts.append(("Characters", f"{made.shortest:,} to {made.longest:,}" if made.shortest != made.longest else f"{made.longest:,}"))
    lines.append("\n".join(["| | |", "|---|---:|", *(f"| {what} | {value} |" for what, value in facts)]))
    lines += [f":small[:material/info: {plain(r.text, longest=300)}]" for r in made.remarks]
    if made.top and made.top[0].count > 1 and not made.bins:
        lines.append(_counted("Commonest values", made.top[:8], filled, made.different))
    if made.patterns and made.pattern_count <= 40 and made.different > made.pattern_count:
        lines.append(_counted("Patterns (A capital, a small letter, 9 digit)", made.patterns[:6], filled, made.pattern_count))
    st.markdown("\n\n".join(lines))


def _counted(title: str, found: tuple[Counted, ...], filled: int, different: int) -> str:
    rows = [f"| {plain(t.value, longest=40)} | {t.count:,} | ![]({pictures.share(t.count, filled, 60)}) |" for t in found]
    more = f"\n\n:small[and {count(different - len(found), 'other')}]" if different > len(found) else ""
    return "\n".join([f":small[**{title}**]", "", "| | | |", "|---|---:|---|", *rows]) + more
