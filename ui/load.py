"""Load: how the file was read, what was left out, the types proposed, and what to change about it."""

from pathlib import Path

import pandas as pd
import streamlit as st

from io_utils import RawLine, ReadError, ReadOptions, raw_lines, row_place
from io_utils.delimited.encoding import LABELS
from pipeline.column_types import Way
from pipeline.tasks import Loaded
from pipeline.view import take
from ui import column_types, grid, read_choices, state
from ui.words import count, plain
from workspace import SourceTable, StoreError

NAMED = {"parquet": "Parquet", "feather": "Arrow (Feather)"}  # say themselves how they are read
RAW = {"json": "The file's own entries, as they stand:", "parquet": "The file's own columns and their types:"}
RAW["feather"] = RAW["parquet"]
READ_AGAIN = "Read the file in another way"


def draw(loaded: Loaded) -> None:
    """The Load stage."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="load-head"):
        st.subheader("Is this how the file should look?", anchor=False)
        st.space("stretch")
        st.button("Looks right", key="looks-right", type="primary", icon=":material/check:", on_click=state.go, args=("clean",))
    st.markdown(sentence(loaded))
    names = ["Table", "Something looks wrong?", types_title(loaded)]
    options, raw, types = st.tabs(names, key=f"load-tabs-{loaded.key[:8]}", on_change="rerun")
    with options:
        preview(loaded)
    with raw:
        _wrong(loaded)
    if types.open:
        with types:
            column_types.draw(loaded)
    said(loaded)
    left_out(loaded)


def sentence(loaded: Loaded) -> str:
    """How the file was read, in one line."""
    o = loaded.options
    outer, file = _source().file_name, loaded.sources[0].file
    parts = [f"{plain(file.removeprefix(f'{outer}/'))} in {plain(outer)}"] if file.startswith(f"{outer}/") else []
    header = f"header on line {o.header_row}" if o.header_row else "no header"
    if o.format == "csv":
        parts += ["CSV", plain(read_choices.separator(o)), plain(LABELS.get(o.encoding, o.encoding)), header]
    elif o.format == "json":
        listed = f" {plain('.'.join(o.records))}" if o.records else ""
        parts += ["JSON", f"a row is {read_choices.SHAPES[o.shape]}{listed}", plain(LABELS.get(o.encoding, o.encoding))]
    elif o.format == "markdown":
        parts += ["Table drawn with pipes", plain(LABELS.get(o.encoding, o.encoding)), header]
    elif o.format in NAMED:
        parts += [NAMED[o.format]]
    else:
        parts += ["Excel workbook", f"sheet {plain(o.sheet.name or '')}" if o.sheet else "first sheet", header]
    parts.append(f"{count(len(loaded.table), 'row')}, {count(loaded.table.shape[1], 'column')}")
    left = len(loaded.set_aside)
    return " · ".join([*parts, f"**{count(left, 'line')} left out**" if left else "no line left out"])


def types_title(loaded: Loaded) -> str:
    """What the types tab is called."""
    became = sum(p.confident for p in loaded.proposals)
    return f"Types: {count(became, 'column')} became numbers, dates or yes/no" if became else "Types: all text"


def preview(loaded: Loaded) -> None:
    """The first rows as read."""
    found = take(loaded.table, None, 1, 100)
    grid.show(
        found.rows,
        key=f"load-grid-{loaded.key[:12]}",
        alt="The first rows of the file as read",
        height=min(38 + 35 * max(1, len(found.rows)), 430),
    )
    if found.total > len(found.rows):
        st.caption(f"The first {len(found.rows)} of {count(found.total, 'row')}. Values are shown as they are written in the file.")


def said(loaded: Loaded) -> None:
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


def left_out(loaded: Loaded) -> None:
    """The lines that are not in the table."""
    lines = loaded.set_aside
    if not len(lines):
        return
    with st.expander(f"Left out when loading ({len(lines):,})", icon=":material/playlist_remove:"):
        where = [name for name in ("file", "sheet") if loaded.parts and lines[name].notna().any()]
        shown = lines.head(200)[[*where, "line", "reason", "text"]]
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
        changed = read_choices.choices(loaded.options, key, path, source.file_name, source.file_digest)
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
        lines = raw_of(_source().file_digest, loaded.options.key(), path, name, loaded.options)
    except ReadError as error:
        st.error(plain(str(error), longest=500))
        return
    known = loaded.options.format
    header = loaded.options.header_row if known not in NAMED and (known != "json" or loaded.options.shape == "rows") else 0
    marks = ["header" if line.number == header else "" for line in lines]
    shown = pd.DataFrame(
        {"": marks, "as it stands in the file": [line.text for line in lines]}, index=[line.number for line in lines], dtype=object
    )
    st.caption(RAW.get(known, "The file's own lines, as they stand:"))
    label = {"json": "row"}.get(known, "number" if known in NAMED else "line")
    shown = shown.rename(columns={"": "what it is"})
    grid.show(shown, key=f"raw-{loaded.key[:12]}", alt="Raw lines of the file", row_label=label, height=430)


@st.cache_data(max_entries=200, show_spinner=False)
def raw_of(digest: str, choices: str, _path: Path, name: str, _options: ReadOptions) -> list[RawLine]:
    """The first lines of a file as they stand, kept by its digest and how it is read."""
    return raw_lines(_path, _options, name, 1, 30)


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


def retype(loaded: Loaded, before: dict[str, str]) -> None:
    """After reading in another way: put the newly proposed types in, if those of before were not changed by hand."""
    types = {p.column: p.proposed for p in loaded.proposals if p.confident}
    now = column_types.ways_of_steps()
    by_hand = any(one.step != "set_types" for one in now.values()) or {n: one.to for n, one in now.items()} != before
    if types and types != before and not by_hand:
        column_types.keep("Types of the file as read now", {n: Way(column=n, to=to) for n, to in types.items()})


def place(loaded: Loaded, row: int) -> str:
    """Where a row number comes from, in words."""
    return row_place(loaded.sources, row)
