"""Several files or sheets at once: as one table, their columns matched and every row's place kept, or as separate tables."""

import re
from collections.abc import Callable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import streamlit as st

from io_utils import PasswordNeeded
from pipeline.stacking import WORKBOOKS, StackOptions, options_for, sheet_names
from pipeline.tasks import Loaded
from steps.base import listing
from ui import adding, state, tables
from ui.words import count, plain
from workspace import SourcePart, SourceTable, StoreError
from workspace.work import Failure

Open = Callable[[list[SourceTable]], None]


def put(uploaded: Sequence[Any]) -> list[SourcePart] | None:
    """Keep uploads, each hashed once; None, and why on the page, if one could not be kept."""
    digests, found = state.desk().digests, []
    try:
        for one in uploaded:
            if one.file_id not in digests:
                digests[one.file_id] = state.workspace().files.put(one.getvalue())
            found.append(SourcePart(file_digest=digests[one.file_id], file_name=one.name, size=one.size))
    except StoreError as error:
        st.error(plain(str(error), longest=500), icon=":material/error:")
        return None
    return found


def one(part: SourcePart, name: str | None = None, beside: Sequence[str] = ()) -> SourceTable:
    """A table of one file."""
    named = tables.named(name or part.file_name, beside)
    return SourceTable(name=named, file_digest=part.file_digest, file_name=part.file_name, size=part.size, read=part.read)


def as_one(parts: Sequence[SourcePart], name: str | None = None, sheets: Any = "one") -> SourceTable:
    """One table of several files or sheets, with a column that says where each row is from."""
    book = any(Path(part.file_name).suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods") for part in parts)
    options = StackOptions(sheet="sheet" if book else None)
    first, size = parts[0], sum({part.file_digest: part.size for part in parts}.values())
    return SourceTable(
        name=name or tables.named(common_name([part.file_name for part in parts])), file_digest=first.file_digest,
        file_name=first.file_name, size=size, read=first.read, parts=tuple(parts), stack=options, sheets=sheets,
    )  # fmt: skip


def common_name(files: Sequence[str]) -> str:
    """What the names of the files have in common: "sales" of sales_jan.csv and sales_feb.csv; else the first one's name."""
    letters = takewhile(lambda at: len(set(at)) == 1, zip(*(Path(file).stem for file in files), strict=False))
    common = re.sub(r"[\W\d_]+$", "", "".join(at[0] for at in letters))
    return f"{common}.csv" if len(common) > 2 else files[0]


def ask(parts: Sequence[SourcePart], slot: str, open_all: Open) -> None:
    """What is to become of several files."""
    st.markdown(f"**{count(len(parts), 'file')}**: {plain(listing([p.file_name for p in parts], 8), longest=400)}")
    with st.container(horizontal=True):
        st.button(
            "Stack them into one table", key=f"stack-{slot}", type="primary", icon=":material/table_rows:", on_click=open_all,
            args=([as_one(parts)],), help="One below the other; a column says which file each row is from.",
        )  # fmt: skip
        separate: list[SourceTable] = []
        for part in parts:
            separate.append(one(part, beside=[t.name for t in separate]))
        st.button("Open as separate tables", key=f"separate-{slot}", icon=":material/tab:", on_click=open_all, args=(separate,))


def at_fault(failure: Failure, source: SourceTable) -> str | None:
    """The file of a stacked table that cannot be read, if its message names it and others are left."""
    names = {part.file_name for part in source.parts}
    found = [name for name in names if failure.message.startswith(f"{name}:")]
    return max(found, key=len) if found and len(names) > 1 else None


def without(source: SourceTable, file: str) -> SourceTable:
    """The table without one of its files."""
    parts = tuple(part for part in source.parts if part.file_name != file)
    first = parts[0]
    size = sum({part.file_digest: part.size for part in parts}.values())
    found = {"file_digest": first.file_digest, "file_name": first.file_name, "read": first.read, "size": size}
    return source.model_copy(update={**found, "parts": parts if len(parts) > 1 or source.parts else ()})


def offer_sheets(loaded: Loaded) -> None:
    """For a workbook with several sheets: a way to take more than the one."""
    source = state.source()
    if loaded.options.format not in WORKBOOKS or loaded.options.member:
        return
    path = state.workspace().files.path(source.file_digest)
    password = state.work().passwords.get(source.file_digest)
    try:
        names = state.work().remember(("sheets", source.file_digest), lambda: sheet_names(path, source.file_name, password))
    except PasswordNeeded:  # which is asked for where the reading is changed
        return
    if len(names) < 2:
        return
    taken = sum(t.file_digest == source.file_digest for t in state.project().tables)  # a new one each time: it closes when used
    with st.popover(f"This workbook has {len(names)} sheets: use several", icon=":material/tab:", key=f"sheets-of-{taken}"):
        chosen = st.multiselect("Sheets", names, default=names, key=f"sheets-{source.name}-{source.file_digest[:8]}")
        st.button(
            "Stack them into one table", key="stack-sheets", icon=":material/table_rows:", disabled=len(chosen) < 2,
            on_click=_stack_sheets, args=(source, path, [n for n in names if n in chosen], len(chosen) == len(names)),
        )  # fmt: skip
        others = [n for n in names if n in chosen and (loaded.options.sheet is None or n != loaded.options.sheet.name)]
        st.button(
            "Open as separate tables", key="separate-sheets", icon=":material/tab:", disabled=not others, on_click=_separate_sheets,
            args=(source, path, others),
        )  # fmt: skip


def _sheet_parts(source: SourceTable, path: Path, names: Sequence[str]) -> list[SourcePart]:
    digest, file, size = source.file_digest, source.file_name, source.size
    return [
        SourcePart(file_digest=digest, file_name=file, size=size, read=adding.chosen(options))
        for options in options_for(path, None, tuple(names), state.work().passwords.get(digest))
    ]  # fmt: skip


def _stack_sheets(source: SourceTable, path: Path, names: Sequence[str], all_of_them: bool) -> None:
    parts = _sheet_parts(source, path, names)
    made = as_one(parts, source.name, "all" if all_of_them else tuple(names))
    state.desk().waiting.append(state.Waiting(made, f"Stack {count(len(parts), 'sheet')}", replaces=source.name))


def _separate_sheets(source: SourceTable, path: Path, names: Sequence[str]) -> None:
    made: list[SourceTable] = []
    for name, part in zip(names, _sheet_parts(source, path, names), strict=True):
        made.append(one(part, name, [t.name for t in made]))
    adding.await_tables(made)
