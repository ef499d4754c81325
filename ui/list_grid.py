"""Lists in an editing grid: texts, pairs, or lines of several values. All cells are text and read by us."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st
from pydantic import BaseModel

from pipeline.parse import ParseError, parse_cell
from ui.fields import Entry, FormError, Json, Shape, TableInfo, choice_labels, default, extra, shape, title

Row = dict[str, Any]  # column of the grid -> text, yes/no or None
INNER = {"list": '["a", "b", null]', "pairs": '{"a": "b", "c": null}'}  # what a list or pairs inside a line look like
ARROW = {"whole": pa.int64(), "number": pa.float64(), "date": pa.date32()}


@dataclass
class Held:
    """The lines of one grid: as mounted, as they are now, and how often it was mounted."""

    base: list[Row]
    now: list[Row]
    revision: int = 0
    placeholder: str = ""  # as first drawn: another one would mount the grid anew and lose what was typed


def rows_editor(
    rows: list[Row],
    columns: Mapping[str, Any],
    *,
    key: str,
    alt: str,
    fixed: bool = False,
    read_only: Sequence[str] = (),
    new: Mapping[str, Any] | None = None,
    placeholder: str = "",
) -> list[Row]:
    """A grid of lines to edit; the lines as they are now.

    ``rows`` count when the grid is first drawn under the key; from then on the grid's own lines do, also after it was out
    of sight for a while. ``columns`` maps names to column configurations, ``new`` fills cells of added lines,
    ``placeholder`` stands in cells without a value.
    """
    slot = f"wb_lines-{key}"
    if slot not in st.session_state:
        st.session_state[slot] = Held(rows, rows, placeholder=placeholder)
    held: Held = st.session_state[slot]
    if f"{key}-{held.revision}" not in st.session_state and held.now != held.base:
        held.base, held.revision = held.now, held.revision + 1
    widget = f"{key}-{held.revision}"
    with st.container(key=f"fixedhead-{widget}" if fixed else f"lines-{widget}"):
        st.data_editor(
            _frame(held.base, columns),
            key=widget,
            alt=alt,
            num_rows="fixed" if fixed else "dynamic",
            hide_index=True,
            disabled=list(read_only),
            column_config=dict(columns),
            placeholder=held.placeholder,
        )
    held.now = applied(held.base, st.session_state[widget], columns, new or {})
    return held.now


def lines_of(key: str) -> list[Row] | None:
    """The lines that the grid under the key holds now; None before it was drawn."""
    held = st.session_state.get(f"wb_lines-{key}")
    return held.now if held else None


def replace_rows(key: str, rows: list[Row]) -> None:
    """Other lines for the grid under the key, whatever was typed in it; it is mounted anew."""
    held = st.session_state.get(f"wb_lines-{key}")
    st.session_state[f"wb_lines-{key}"] = Held(rows, rows, held.revision + 1 if held else 0, held.placeholder if held else "")


def applied(base: list[Row], state: Mapping[str, Any], columns: Mapping[str, Any], new: Mapping[str, Any]) -> list[Row]:
    """The lines after what the browser reports was done to them; lines and columns that do not exist are ignored."""
    rows = [dict(row) for row in base]
    for at, cells in state.get("edited_rows", {}).items():
        if 0 <= int(at) < len(rows):
            rows[int(at)].update({n: v for n, v in cells.items() if n in columns and _plain(v)})
    gone = set(state.get("deleted_rows", []))
    kept = [row for at, row in enumerate(rows) if at not in gone]
    for cells in state.get("added_rows", []):
        given = {n: v for n, v in cells.items() if n in columns and _plain(v) and v is not None}
        kept.append({n: given.get(n, new.get(n)) for n in columns})
    return kept


def _plain(value: object) -> bool:
    return value is None or isinstance(value, str | bool)


def _frame(rows: list[Row], columns: Mapping[str, Any]) -> pd.DataFrame:
    """The lines as the grid takes them; dtype object, since the grid's added lines change any other type."""
    frame = pd.DataFrame(index=pd.RangeIndex(len(rows)))
    for name, config in columns.items():
        yes_no = config["type_config"]["type"] == "checkbox"
        values = [bool(row.get(name)) if yes_no else row.get(name) for row in rows]
        frame[name] = pd.Series(values, dtype=object, index=frame.index)
    return frame


def draw(value: Json, of: Shape, info: TableInfo, *, key: str, label: str, says: Mapping[str, Any] | None = None) -> Entry:
    """A list, or pairs, to edit; the list as JSON, or what is wrong in which line."""
    says = says or {}
    if of.kind == "pairs":
        return _pairs(value or {}, of, info, key=key, label=label, says=says)
    if isinstance(of.item, type) and issubclass(of.item, BaseModel):
        return _models(value or [], of.item, info, key=key, label=label)
    parts = {"value": shape(of.item)}
    rows = [{"value": _written(v)} for v in value or []]
    titles = {"value": label}
    lines, problems = _read(rows_editor(rows or [{}], _configs(parts, titles, info), key=key, alt=label), parts, titles)
    return _entry([line["value"] for line in lines], problems)


def narrow(of: Shape) -> bool:
    """Whether the list needs one column only."""
    return of.kind == "list" and not (isinstance(of.item, type) and issubclass(of.item, BaseModel))


def _pairs(value: dict[str, Json], of: Shape, info: TableInfo, *, key: str, label: str, says: Mapping[str, Any]) -> Entry:
    parts = {"key": shape(of.key), "value": shape(of.item)}
    titles = {"key": says.get("key", "From"), "value": says.get("value", "To")}
    rows = [{"key": k, "value": _written(v)} for k, v in value.items()]
    if says.get("paste"):
        _paste(key, (titles["key"], titles["value"]))
    lines, problems = _read(rows_editor(rows or [{}], _configs(parts, titles, info), key=key, alt=label), parts, titles)
    found: dict[str, Json] = {}
    for line in lines:
        if line["key"] in found:
            problems.append(f'"{line["key"]}" stands in two lines. Keep one of them.')
        found[line["key"]] = line["value"]
    return _entry(found, problems)


def _paste(key: str, heads: tuple[str, str]) -> None:
    """A list of two columns, pasted from a workbook or loaded from a file, in place of the lines."""
    with st.popover("Paste or load a list", icon=":material/content_paste:", key=f"{key}-paste", width="content"):
        st.caption(
            f"Two columns: {heads[0].lower()}, then {heads[1].lower()}. Copied from a workbook, or lines like m;male. It replaces the list."
        )
        text = st.text_area("List", key=f"{key}-pasted", height=160, label_visibility="collapsed", placeholder="m\tmale\nf\tfemale")
        file = st.file_uploader("Or a file", type=["csv", "tsv", "txt"], key=f"{key}-file")
        if file is not None:
            text = _decoded(file.getvalue())
        pairs, problem = two_columns(text)
        if problem:
            st.error(problem)
        rows = [{"key": a, "value": b} for a, b in pairs]
        label = f"Use these {len(rows):,} lines" if rows else "Use this list"
        st.button(label, key=f"{key}-use", type="primary", disabled=not rows or bool(problem), on_click=replace_rows, args=(key, rows))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what else a list from a workbook is saved as


def two_columns(text: str) -> tuple[list[tuple[str, str]], str]:
    """The pairs of a pasted list, and what is wrong with it; the mark between them is a tab, a semicolon or a comma."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return [], ""
    mark = next((m for m in "\t;," if all(m in line for line in lines)), None)
    if mark is None:
        at = next((n for n, line in enumerate(lines, 1) if not any(m in line for m in "\t;,")), 1)
        return [], f"Line {at} has one column. Write two, with a tab, a semicolon or a comma between them."
    pairs = []
    for number, cells in enumerate(csv.reader(lines, delimiter=mark, skipinitialspace=True), 1):
        if len(cells) != 2:
            return [], f"Line {number} has {len(cells)} columns. Write two."
        pairs.append((cells[0].strip(), cells[1].strip()))
    return pairs, ""


def _models(value: list[dict[str, Json]], model: type[BaseModel], info: TableInfo, *, key: str, label: str) -> Entry:
    fields = model.model_fields
    parts = {name: shape(f.annotation, f.metadata) for name, f in fields.items()}
    titles = {name: title(name, f) for name, f in fields.items()}
    labels = {name: extra(f).get("labels") for name, f in fields.items()}
    defaults = {name: _written(default(f)) for name, f in fields.items()}
    rows = [{name: _written(line.get(name)) for name in fields} for line in value]
    columns = _configs(parts, titles, info, labels)
    shown = rows_editor(rows or [dict(defaults)], columns, key=key, alt=label, new=defaults, placeholder="missing" if rows else "")
    begun = [line if {n: line.get(n) for n in fields} != defaults else {} for line in shown]  # a line nobody typed in is none
    return _entry(*_read(begun, parts, titles))


def _entry(value: Json, problems: list[str]) -> Entry:
    return Entry(problem=" ".join(problems)) if problems else Entry(value)


def _written(value: Json) -> Any:
    """A value as a cell: texts as they are, lists and pairs inside a line as JSON, so that missing and "" stay apart."""
    if value is None or isinstance(value, bool | str):
        return value
    return (json.dumps(value, ensure_ascii=False) if value else None) if isinstance(value, list | tuple | dict) else str(value)


def _configs(parts: Mapping[str, Shape], titles: Mapping[str, str], info: TableInfo, labels: Mapping[str, Any] | None = None) -> Row:
    return {name: _config(part, titles[name], info, (labels or {}).get(name)) for name, part in parts.items()}


def _config(part: Shape, label: str, info: TableInfo, labels: Mapping[str, str] | None) -> Any:
    if part.kind == "column":
        return st.column_config.SelectboxColumn(label, options=list(info.columns))
    if part.kind == "table":
        return st.column_config.SelectboxColumn(label, options=list(info.tables))
    if part.kind == "choice":
        words = choice_labels(part.choices, labels)
        return st.column_config.SelectboxColumn(label, options=list(part.choices), format_func=lambda c: words.get(str(c), str(c)))
    if part.kind == "yes_no":
        return st.column_config.CheckboxColumn(label, default=False)
    if part.kind in ("text", *ARROW):
        return st.column_config.TextColumn(label, alignment="right" if part.kind in ("whole", "number") else "left")
    if part.kind in INNER:
        return st.column_config.TextColumn(label, help=f"Written like {INNER[part.kind]}")
    raise FormError(f"no cell for {part.kind}")


def _read(rows: list[Row], parts: Mapping[str, Shape], titles: Mapping[str, str]) -> tuple[list[Row], list[str]]:
    """The lines as JSON data, wholly empty ones left out; and what is wrong, by line of the grid."""
    lines, problems = [], []
    for number, row in enumerate(rows, 1):
        if all(row.get(n) in (None, "") for n, part in parts.items() if part.kind != "yes_no"):
            continue
        line = {}
        for name, part in parts.items():
            try:
                line[name] = _cell(row.get(name), part)
            except ParseError as error:
                problems.append(f"Line {number}, {titles[name]}: {error}")
        lines.append(line)
    return lines, problems


def _cell(typed: Any, part: Shape) -> Json:
    if part.kind == "yes_no":
        return bool(typed)
    if part.kind in ARROW:
        value = parse_cell(typed, ARROW[part.kind])
        typed = value.isoformat() if part.kind == "date" and value is not None else value  # type: ignore[union-attr]
    if part.kind in INNER:
        return _inner(typed, part)
    if typed is None and not part.optional:
        if part.kind == "text":
            return ""
        raise ParseError("is empty. Fill it in, or delete the line.")
    return typed


def _inner(typed: str | None, part: Shape) -> Json:
    wanted = list if part.kind == "list" else dict
    try:
        value = json.loads(typed) if typed and typed.strip() else wanted()
    except ValueError:
        value = None
    if not isinstance(value, wanted):
        raise ParseError(f"'{typed}' cannot be read. Write it like {INNER[part.kind]}.")
    return value
