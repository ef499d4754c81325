"""Load: how the file was read, what was left out, the types proposed, and what to change about it."""

import streamlit as st

from io_utils import ReadOptions, row_place
from io_utils.delimited.encoding import LABELS
from pipeline import new_step
from pipeline.column_types import Way
from pipeline.tasks import Loaded
from pipeline.view import take
from steps.rules import Rule
from ui import column_types, grid, lines_left, raw, read_choices, state, views
from ui.words import count, plain
from workspace import SourceTable, StoreError

NAMED = {"parquet": "Parquet", "feather": "Arrow (Feather)"}  # say themselves how they are read
READ_AGAIN = "Read the file in another way"


def draw(loaded: Loaded) -> None:
    """The Load stage."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="load-head"):
        st.subheader("Is this how the file should look?", anchor=False)
        st.space("stretch")
        st.button("Looks right", key="looks-right", type="primary", icon=":material/check:", on_click=state.go, args=("clean",))
    _differences(loaded)
    st.markdown(sentence(loaded))
    _proof(loaded)
    names = ["Table", "Something looks wrong?", types_title(loaded)]
    key = f"load-tabs-{loaded.key[:8]}"
    if st.session_state.get(key, names[0]) not in names:  # the types were open, whose title has changed with them
        st.session_state[key] = names[-1]
    options, wrong, types = st.tabs(names, key=key, on_change="rerun")
    with options:
        preview(loaded)
    with wrong:
        _wrong(loaded)
    if types.open:
        with types:
            column_types.draw(loaded)
    said(loaded)
    left_out(loaded)


def _differences(loaded: Loaded) -> None:
    """What is not as it was when the file was last read, and whether to read it so."""
    if not loaded.facts.differences:
        return
    said = " ".join(plain(d.sentence, longest=300) for d in loaded.facts.differences)
    with st.container(border=True, key=f"differs-{loaded.key[:12]}"):
        st.warning(f"This file is not as the file of last time. {said}", icon=":material/difference:")
        with st.container(horizontal=True):
            if st.button("Read it as shown", key="differs-take", type="primary"):
                read_again(loaded, loaded.options)
                st.rerun()
            if st.button("Read it as last time", key="differs-last"):
                last_time = ReadOptions.model_validate(_source().read)
                read_again(loaded, last_time.model_copy(update={"columns": None}))
                st.rerun()


def _proof(loaded: Loaded) -> None:
    """Every line of the file accounted for, and the file's own totals."""
    lines = loaded.facts.lines
    if lines is not None and lines.missing:
        st.error(f"{lines.sentence} {abs(lines.missing):,} do not add up. Please report this file.", icon=":material/error:")
    elif lines is not None:
        st.caption(lines.sentence)
    for at, total in enumerate(loaded.facts.totals[:5]):
        (st.markdown if total.same else st.warning)(plain(total.sentence, longest=400))
        exact = total.said.replace(",", "")
        rule = Rule(column=total.column, check="total", low=exact, high=exact).model_dump(mode="json")
        if not any(s.step == "validate" and s.params.get("rules") == [rule] for s in state.steps()):
            key = f"check-total-{at}-{loaded.key[:12]}"
            if st.button("Check this total after the steps", key=key, icon=":material/fact_check:", type="tertiary"):
                state.change_steps("Add step Check rules", [*state.steps(), new_step("validate", {"rules": [rule]})])
                st.rerun()


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
        parts += [read_choices.BOOKS[o.format], f"sheet {plain(o.sheet.name or '')}" if o.sheet else "first sheet"]
        parts += [f"cells {plain(o.range.upper())}"] if o.range else []
        last = o.header_row + o.header_rows - 1
        parts.append(f"header on rows {o.header_row} to {last}" if o.header_row and o.header_rows > 1 else header.replace("line", "row"))
    parts.append(f"{count(len(loaded.table), 'row')}, {count(loaded.table.shape[1], 'column')}")
    left = len(loaded.set_aside)
    return " · ".join([*parts, f"**{count(left, 'line')} left out**" if left else "no line left out"])


def types_title(loaded: Loaded) -> str:
    """What the types tab is called."""
    became = len(column_types.ways_of_steps())
    if became:
        return f"Types: {count(became, 'column')} became numbers, dates or yes/no"
    return "Types: all text" if all(str(t).startswith("large_string") for t in loaded.table.dtypes) else "Types: as in the file"


def preview(loaded: Loaded) -> None:
    """The first rows as read."""
    found = take(loaded.table, None, 1, 100)
    look = state.look(f"load-{loaded.key[:12]}")
    names = views.across(list(found.rows.columns), look, "load")
    grid.show(
        found.rows[names],
        key=f"load-grid-{loaded.key[:12]}-{look.columns}",
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
        _hidden_button(loaded)


def _hidden_button(loaded: Loaded) -> None:
    """Beside what is said of hidden rows and columns: leave them out, or take them in again."""
    if not any("hidden in Excel" in note.text for note in loaded.notes):
        return
    inside = loaded.options.hidden == "include"
    label = "Leave hidden rows and columns out" if inside else "Include hidden rows and columns"
    if st.button(label, key=f"hidden-{loaded.key[:12]}"):
        read_again(loaded, loaded.options.model_copy(update={"hidden": "leave_out" if inside else "include"}))
        st.rerun()


def left_out(loaded: Loaded) -> None:
    """The lines that are not in the table; some put back or more left out reads the file again."""
    lines = loaded.facts.lines
    if (numbers := lines_left.draw(loaded)) is not None:
        read_again(
            loaded,
            loaded.options.model_copy(update={"put_back": numbers[0], "left_out": numbers[1], "hand_lines": lines.file if lines else 0}),
        )
        st.rerun()


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
        raw.lines(loaded, path, source.file_name, source.file_digest)
        other = raw.others(loaded, path, source.file_name, source.file_digest)
    changed = other or changed
    if changed != loaded.options and changed.key() != loaded.options.key():
        read_again(loaded, changed)
        st.rerun()


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
        column_types.keep(READ_AGAIN, {n: Way(column=n, to=to) for n, to in types.items()}, join=True)


def place(loaded: Loaded, row: int) -> str:
    """Where a row number comes from, in words."""
    return row_place(loaded.sources, row)
