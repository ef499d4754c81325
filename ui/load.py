"""Load: how the file was read, what was left out, the types proposed, and what to change about it."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st
from pydantic import JsonValue

from io_utils import ReadError, ReadOptions, raw_lines, row_place
from io_utils.delimited.encoding import LABELS
from pipeline import RecipeStep, new_step
from pipeline.tasks import Loaded
from pipeline.view import take
from steps.set_types import SetTypes
from ui import grid, read_choices, state
from ui.words import count, plain
from workspace import SourceTable, StoreError

TYPES = {
    "text": "Text", "integer": "Whole number", "number": "Number", "exact": "Exact decimal", "yes_no": "Yes/no", "date": "Date",
    "datetime": "Date and time",
}  # fmt: skip

READ_AGAIN = "Read the file in another way"


def draw(loaded: Loaded) -> None:
    """The Load stage."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="load-head"):
        st.subheader("Is this how the file should look?", anchor=False)
        st.space("stretch")
        st.button("Looks right", key="looks-right", type="primary", icon=":material/check:", on_click=state.go, args=("clean",))
    st.markdown(sentence(loaded))
    options, raw, types = st.tabs(["Table", "Something looks wrong?", types_title(loaded)], key=f"load-tabs-{loaded.key[:8]}")
    with options:
        _preview(loaded)
    with raw:
        _wrong(loaded)
    with types:
        _types(loaded)
    _said(loaded)
    _left_out(loaded)


def sentence(loaded: Loaded) -> str:
    """How the file was read, in one line."""
    o = loaded.options
    parts = ["CSV", plain(read_choices.separator(o)), plain(LABELS.get(o.encoding, o.encoding))]
    if o.format == "xlsx":
        parts = ["Excel workbook", f"sheet {plain(o.sheet.name or '')}" if o.sheet else "first sheet"]
    parts.append(f"header on line {o.header_row}" if o.header_row else "no header")
    parts.append(f"{count(len(loaded.table), 'row')}, {count(loaded.table.shape[1], 'column')}")
    left = len(loaded.set_aside)
    return " · ".join([*parts, f"**{count(left, 'line')} left out**" if left else "no line left out"])


def types_title(loaded: Loaded) -> str:
    """What the types tab is called."""
    became = sum(p.confident for p in loaded.proposals)
    return f"Types: {count(became, 'column')} became numbers, dates or yes/no" if became else "Types: all text"


def _preview(loaded: Loaded) -> None:
    found = take(loaded.table, None, 1, 100)
    grid.show(
        found.rows,
        key=f"load-grid-{loaded.key[:12]}",
        alt="The first rows of the file as read",
        height=min(38 + 35 * max(1, len(found.rows)), 430),
    )
    if found.total > len(found.rows):
        st.caption(f"The first {len(found.rows)} of {count(found.total, 'row')}. Values are shown as they are written in the file.")


def _said(loaded: Loaded) -> None:
    """What the reader noticed."""
    if not loaded.notes:
        return
    warnings = [n for n in loaded.notes if n.kind == "warning"]
    with st.expander(f"{count(len(loaded.notes), 'thing')} the reader noticed", expanded=bool(warnings), icon=":material/info:"):
        for note in loaded.notes[:50]:
            mark = ":material/warning:" if note.kind == "warning" else ":material/info:"
            st.markdown(f"{mark} {plain(note.text, longest=600)}")
        if len(loaded.notes) > 50:
            st.caption(f"and {len(loaded.notes) - 50:,} more")


def _left_out(loaded: Loaded) -> None:
    """The lines that are not in the table."""
    lines = loaded.set_aside
    if not len(lines):
        return
    with st.expander(f"Left out when loading ({len(lines):,})", icon=":material/playlist_remove:"):
        shown = lines.head(200)[["line", "reason", "text"]]
        grid.show(
            shown.set_axis(pd.RangeIndex(1, len(shown) + 1)),
            key=f"left-{loaded.key[:12]}",
            alt="Lines of the file that are not in the table",
        )
        st.caption(f"{count(len(lines), 'line')} in all." + (" The first 200 are shown." if len(lines) > 200 else ""))


def _wrong(loaded: Loaded) -> None:
    """Other ways to read the file, beside its raw lines; a change reads it again at once."""
    source = _source()
    try:
        path = state.workspace().files.path(source.file_digest)
    except StoreError as error:
        st.error(plain(str(error), longest=500), icon=":material/error:")
        return
    left, right = st.columns([1, 1.6])
    with left:
        key = loaded.key[:12]
        book = loaded.options.format == "xlsx"
        changed = read_choices.workbook(loaded.options, key, path, source.file_name) if book else read_choices.text(loaded.options, key)
        evidence = " ".join(loaded.options.evidence)
        if evidence:
            st.caption(f"As detected: {plain(evidence, longest=400)}")
    with right:
        _raw(loaded, path, source.file_name)
    if changed != loaded.options and changed.key() != loaded.options.key():
        read_again(loaded, changed)
        st.rerun()


def _raw(loaded: Loaded, path: Path, name: str) -> None:
    """The file's own lines, numbered, with the header marked."""
    try:
        lines = raw_lines(path, loaded.options, name, 1, 30)
    except ReadError as error:
        st.error(plain(str(error), longest=500))
        return
    marks = ["header" if line.number == loaded.options.header_row else "" for line in lines]
    shown = pd.DataFrame(
        {"": marks, "as it stands in the file": [line.text for line in lines]}, index=[line.number for line in lines], dtype=object
    )
    st.caption("The file's own lines, as they stand:")
    grid.show(
        shown.rename(columns={"": "what it is"}), key=f"raw-{loaded.key[:12]}", alt="Raw lines of the file", row_label="line", height=430
    )


def _source() -> SourceTable:
    return state.source()


def read_again(loaded: Loaded, options: ReadOptions) -> None:
    """Read the file in another way; its types are proposed again unless they were changed by hand."""
    project, recipe = state.project(), state.recipe()
    read = options.model_dump(mode="json", exclude={"confidence", "evidence"})
    tables = [t.model_copy(update={"read": read}) if t.name == recipe.result else t for t in project.tables]
    table = recipe.table(recipe.result).model_copy(update={"read": read})
    changed = recipe.model_copy(update={"tables": tuple(table if t.name == table.name else t for t in recipe.tables)})
    state.change(READ_AGAIN, changed=changed, tables=tables)
    state.desk().retype = {p.column: p.proposed for p in loaded.proposals if p.confident}


def _types(loaded: Loaded) -> None:
    """Every column's type: now, proposed, why; a change is kept in the first step."""
    st.caption(
        "Columns become numbers, dates or yes/no only where every value stays the same value. "
        "The rest stays text: leading zeros and long numbers are kept."
    )
    chosen = chosen_types(types_step())
    proposals = {p.column: p for p in loaded.proposals}
    rows = [
        {
            "Column": name,
            "Now": "text" if (p := proposals.get(name)) is None else TYPES.get(p.now, p.now).lower(),
            "Becomes": TYPES.get(chosen.get(name, "")),
            "Why": p.evidence if p else "",
            "Do not fit": f"{p.exceptions:,}" if p and p.exceptions else "",
            "For example": ", ".join(f"{v} ({n:,})" for v, n in p.examples[:3]) if p else "",
        }
        for name in loaded.table.columns
    ]
    key = f"types-{loaded.key[:12]}-{state.desk().revision}"
    st.data_editor(
        pd.DataFrame(rows, dtype=object), key=key, hide_index=True, num_rows="fixed",
        disabled=["Column", "Now", "Why", "Do not fit", "For example"],
        column_config={
            "Becomes": st.column_config.SelectboxColumn(options=list(TYPES.values()), help="Empty: stays as it is.", width=130),
            "Now": st.column_config.TextColumn(width=60),
            "Why": st.column_config.TextColumn(width=380),
            "Do not fit": st.column_config.TextColumn(width=80),
        },
        placeholder="stays as it is",
        alt="The type of each column", on_change=_choose_types, args=(key, list(loaded.table.columns), chosen),
    )  # fmt: skip


def _choose_types(key: str, columns: list[str], before: dict[str, str]) -> None:
    """Take over the choices of the grid."""
    names = {label: name for name, label in TYPES.items()}
    types = dict(before)
    for at, cells in st.session_state[key]["edited_rows"].items():
        if "Becomes" in cells and 0 <= int(at) < len(columns):
            column, label = columns[int(at)], cells["Becomes"]
            types.pop(column, None)
            if label in names:
                types[column] = names[label]
    choose_types("Change column types", types)


def types_step() -> RecipeStep | None:
    """The step that types the columns after reading, if it is still there."""
    return next((s for s in state.steps() if state.is_types(s)), None)


def chosen_types(step: RecipeStep | None) -> dict[str, str]:
    """The types that the step gives, by column."""
    return {**SetTypes.model_validate(step.params).types} if step else {}


def choose_types(label: str, types: Mapping[str, str]) -> None:
    """Keep the types in the first step; it is made if it is not there."""
    step, chosen = types_step(), dict[str, JsonValue](types)
    if step is None:
        state.change_steps(label, [new_step("set_types", {"types": chosen}, id=state.types_id()), *state.steps()])
    else:
        made = step.model_copy(update={"params": {**step.params, "types": chosen}})
        state.change_steps(label, [made if s.id == step.id else s for s in state.steps()])


def retype(loaded: Loaded, before: dict[str, str]) -> None:
    """After reading in another way: put the newly proposed types in, if those of before were not changed by hand."""
    types = {p.column: p.proposed for p in loaded.proposals if p.confident}
    if types and types != before and chosen_types(types_step()) == before:
        choose_types("Types of the file as read now", types)


def place(loaded: Loaded, row: int) -> str:
    """Where a row number comes from, in words."""
    return row_place(loaded.sources, row)
