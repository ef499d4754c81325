"""Load, for a table of several files or sheets: how they are put together, which columns belong together, each file by itself."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from io_utils import ReadError
from pipeline.recipe import validation_message
from pipeline.stacking import FromName, StackOptions, places
from pipeline.tasks import Loaded, PartNote
from steps.base import listing
from steps.matching import match_columns
from ui import adding, column_types, grid, load, matching, read_choices, several, state, tables
from ui.words import count, plain
from workspace import SourcePart, SourceTable

READ_OTHERWISE = "Stack the files in another way"
BY = {"name": "their names", "position": "their position"}
REST = {"add": "become extra columns", "drop": "are left out"}
NO, SPLIT, PATTERN = "nothing", "a part between marks", "a pattern"


def draw(loaded: Loaded) -> None:
    """The Load stage of a table of several files or sheets."""
    source = state.source()
    with st.container(horizontal=True, vertical_alignment="bottom", key="load-head"):
        st.subheader("Is this how the table should look?", anchor=False)
        st.space("stretch")
        st.button("Looks right", key="looks-right", type="primary", icon=":material/check:", on_click=state.go, args=("clean",))
    noun = "sheet" if len(source.digests) == 1 and source.parts[0].sheet else "file"
    left = len(loaded.set_aside)
    parts = [
        f"{count(len(loaded.parts), noun)} stacked", f"{count(len(loaded.table), 'row')}, {count(loaded.table.shape[1], 'column')}",
        f"**{count(left, 'line')} left out**" if left else "no line left out",
    ]  # fmt: skip
    st.markdown(" · ".join(parts))
    proposed = _proposed(source, loaded)
    if proposed:
        st.info(
            "Perhaps these belong together: " + plain(listing([f"{a} → {b}" for a, (b, _) in proposed.items()], 6), longest=400)
            + ". Look at Columns.", icon=":material/join:",
        )  # fmt: skip
    names = ["Table", "Columns", f"{noun.capitalize()}s", load.types_title(loaded)]
    table, columns, files, types = st.tabs(names, key=f"load-tabs-{source.name}", on_change="rerun")
    with table:
        load.preview(loaded)
    if columns.open:
        with columns:
            _columns(source, loaded, proposed)
    if files.open:
        with files:
            _files(source, loaded, noun)
    if types.open:
        with types:
            column_types.draw(loaded)
    load.said(loaded)
    load.left_out(loaded)


def _proposed(source: SourceTable, loaded: Loaded) -> dict[str, tuple[str, str]]:
    """Columns of further files that stand alone as yet, and the column of the first one they are like by what they hold."""
    first = state.work().part(source.parts[0])
    if first is None or source.stack.by != "name":
        return {}
    found: dict[str, tuple[str, str]] = {}
    for part, note in zip(source.parts[1:], loaded.parts[1:], strict=True):
        into = places(source.stack, loaded.parts[0].columns, note.columns)
        alone = [c for c in note.columns if into[c] not in loaded.parts[0].columns and c not in source.stack.matches]
        other = state.work().part(part) if alone else None
        if other is None:
            continue
        key = ("match parts", source.parts[0].file_digest, str(source.parts[0].read), part.file_digest, str(part.read))
        proposal = state.work().remember(key, lambda other=other: match_columns(first, other))  # type: ignore[misc]
        taken = {to for c, to in into.items() if c not in alone}
        for pair in proposal.pairs:
            if pair.right in alone and pair.left not in taken:
                found.setdefault(pair.right, (pair.left, pair.why))
    return found


def _columns(source: SourceTable, loaded: Loaded, proposed: dict[str, tuple[str, str]]) -> None:
    """The matching screen and what each row is to say of its place."""
    key, now = f"stack-{loaded.key[:10]}", source.stack
    by = st.radio(
        "Columns belong together by", list(BY), index=list(BY).index(now.by), format_func=BY.__getitem__, key=f"{key}-by", horizontal=True
    )
    matches: dict[str, str | None] | None = dict(now.matches)
    if by == "name":
        first = loaded.parts[0]
        entry = matching.draw(
            list(first.columns), _lines(now, loaded.parts, proposed), key=key, label=f"{first.place} is the main one",
            there="the others",
        )  # fmt: skip
        if entry.problem is not None:
            st.error(plain(entry.problem, longest=400), icon=":material/error:")
        matches = entry.value if entry.problem is None else None
    extra = st.radio(
        "Columns that are new in files to come", list(REST), index=list(REST).index(now.extra), format_func=REST.__getitem__,
        key=f"{key}-extra", horizontal=True,
    )  # fmt: skip
    left, right = st.columns(2)
    source_name = left.text_input("Column with the file's name", now.source or "", key=f"{key}-source", placeholder="none").strip()
    sheet_name = right.text_input("Column with the sheet's name", now.sheet or "", key=f"{key}-sheet", placeholder="none").strip()
    wanted, usable = _from_name(now.from_name, [part.file for part in loaded.parts], key)
    if matches is None or not usable:
        st.button("Stack again", key="stack-again", disabled=True)
        return
    changed = StackOptions(
        by=by, matches=matches, extra=extra, source=source_name or None, sheet=sheet_name or None, from_name=wanted
    )  # fmt: skip
    st.button(
        "Stack again", key="stack-again", type="primary", icon=":material/refresh:", disabled=changed == now, on_click=_again,
        args=(source.model_copy(update={"stack": changed}),), help="Reads nothing anew; the steps stay.",
    )  # fmt: skip


def _again(changed: SourceTable) -> None:
    state.desk().waiting.append(state.Waiting(changed, READ_OTHERWISE, replaces=changed.name))


def _lines(now: StackOptions, parts: Sequence[PartNote], proposed: dict[str, tuple[str, str]]) -> list[matching.Line]:
    """A line for each different column of the further files."""
    main = parts[0].columns
    held: dict[str, list[PartNote]] = {}
    for part in parts[1:]:
        for column in part.columns:
            held.setdefault(column, []).append(part)
    lines = []
    for column, where in held.items():
        into: str | None = places(now, main, where[0].columns)[column]
        why = "chosen" if column in now.matches else "its name" if into in main else "no column is like it"
        if column in proposed:
            into, why = proposed[column]
        same = column in main
        place = "all" if len(where) == len(parts) - 1 > 1 else listing([p.place for p in where], 3)
        example = where[0].examples[where[0].columns.index(column)]
        files = frozenset(at for at, part in enumerate(parts) if column in part.columns and at)
        lines.append(matching.Line(column, place, example, into, why, same, files))
    return lines


def _from_name(now: FromName | None, files: Sequence[str], key: str) -> tuple[FromName | None, bool]:
    """A column taken from the files' names, with what it would hold; and whether what was typed can be used."""
    with st.expander("Take a column from the file's name", key=f"{key}-name", icon=":material/text_fields:"):
        ways = [NO, SPLIT, PATTERN]
        at = 0 if now is None else ways.index(SPLIT if now.how == "split" else PATTERN)
        way = st.radio("Take", ways, index=at, key=f"{key}-way", horizontal=True)
        if way == NO:
            return None, True
        held = now or FromName()
        if way == PATTERN:
            pattern = st.text_input(
                "Pattern with named parts", held.pattern, key=f"{key}-pattern", placeholder=r"sales_(?P<month>[0-9-]+)",
                help="RE2. Each named part is a column: (?P<month>[0-9-]+)",
            )  # fmt: skip
            given: dict[str, Any] = {"how": "pattern", "pattern": pattern}
        else:
            a, b, c = st.columns(3)
            mark = a.text_input("Mark", held.mark, key=f"{key}-mark")
            part = b.number_input("Which part", -20, 20, held.part, key=f"{key}-part", help="1: the first, -1: the last")
            column = c.text_input("Name of the column", held.column, key=f"{key}-column")
            given = {"how": "split", "mark": mark, "part": int(part), "column": column}
        try:
            made = FromName(**given)
        except ValidationError as error:
            st.caption(f":red[{plain(validation_message(error), longest=300)}]")
            return None, False
        values = [{"file": file, **made.values(file)} for file in dict.fromkeys(files)]
        shown = pd.DataFrame(values[:50], dtype=object).set_axis(range(1, len(values[:50]) + 1))
        taken = state.digest_of(str(values))[:8]
        grid.show(shown, key=f"{key}-names-{taken}", alt="What is taken from each file's name", row_label="file number")
    return made, True


def _files(source: SourceTable, loaded: Loaded, noun: str) -> None:
    """The files or sheets: what each gave, one of them read in another way or left out, more added."""
    rows = [
        {"file": n.file, "sheet": n.options.sheet.name if n.options.sheet else None, "rows": f"{n.rows:,}",
         "columns": f"{len(n.columns):,}", "lines left out": f"{n.left_out:,}"}
        for n in loaded.parts
    ]  # fmt: skip
    shown = pd.DataFrame(rows, dtype=object).set_axis(range(1, len(rows) + 1))
    grid.show(shown, key=f"parts-{loaded.key[:10]}", alt=f"The {noun}s that are stacked", row_label=f"{noun} number")
    places_of = [note.place for note in loaded.parts]
    at = st.selectbox(
        f"Look at one {noun}", range(len(places_of)), index=None, format_func=lambda i: f"{i + 1}. {places_of[i]}",
        key=f"part-{source.name}", placeholder=f"Read one {noun} in another way, or leave it out",
    )  # fmt: skip
    if at is not None and at < len(source.parts):
        _part(source, loaded, at)
    more = st.file_uploader("Add more files to the stack", type=tables.TYPES, key=f"more-{loaded.key[:10]}", accept_multiple_files=True)
    parts = several.put(more) if more else None
    if parts:
        st.button(
            f"Stack {count(len(parts), 'more file', 'more files')}", key="stack-more", type="primary", on_click=_again,
            args=(source.model_copy(update={"parts": (*source.parts, *parts)}),),
        )  # fmt: skip


def _part(source: SourceTable, loaded: Loaded, at: int) -> None:
    """One file of the stack: how it is read, and a way to leave it out."""
    part, note = source.parts[at], loaded.parts[at]
    path = state.workspace().files.path(part.file_digest)
    key = f"{loaded.key[:10]}-{at}"
    try:
        changed = read_choices.choices(note.options, key, path, part.file_name, part.file_digest)
    except ReadError as error:
        st.error(plain(str(error), longest=500), icon=":material/error:")
        return
    with st.container(horizontal=True):
        parts = [*source.parts]
        parts[at] = part.model_copy(update={"read": adding.chosen(changed)})
        st.button(
            "Read it so", key="read-part", type="primary", disabled=changed.key() == note.options.key(), on_click=_again,
            args=(_with(source, parts),),
        )  # fmt: skip
        others = [p for i, p in enumerate(source.parts) if i != at]
        st.button("Leave it out", key="drop-part", disabled=len(others) < 1, on_click=_again, args=(_with(source, others),))


def _with(source: SourceTable, parts: Sequence[SourcePart]) -> SourceTable:
    """The table with other files; the first one is the main one."""
    if not parts:
        return source
    first = parts[0]
    found = {"file_digest": first.file_digest, "file_name": first.file_name, "read": first.read, "parts": tuple(parts)}
    names = tuple(p.sheet for p in parts if p.sheet)
    return source.model_copy(
        update={**found, "sheets": source.sheets if len(parts) == len(source.parts) or source.sheets == "one" else names}
    )
