"""Check: what needs a look, the rules that must hold, and every row accounted for."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from pydantic import JsonValue

from pipeline import Accounting, Run, new_step
from pipeline.checks import Proposal, Result, Thing, propose, results, texts, to_look_at
from pipeline.run import StepState, TableRun
from pipeline.tasks import Loaded
from pipeline.view import take
from ui import charts, grid, page_text, sidebar, state, views
from ui.waiting import failed, wait_for
from ui.words import count, plain, share
from workspace import Job
from workspace.work import Failure

ICONS = {
    "failed": ":material/error:", "check": ":material/rule:", "warning": ":material/warning:", "problems": ":material/report:",
    "left_out": ":material/playlist_remove:", "account": ":material/balance:",
}  # fmt: skip
WORDS = {"failed": "Show the step", "check": "Show the rows", "warning": "Show the step", "problems": "Show them", "left_out": "Show them"}
MOST = 20  # things listed
OUTCOMES = {"holds": "✓ holds", "holds for enough": "✓ holds for enough", "warning": "⚠ warning", "fails": "✗ fails"}


def draw(loaded: Loaded, done: Run, accounting: Accounting | None) -> None:
    """The Check stage."""
    table = done.result
    _things(to_look_at(table, len(loaded.set_aside), accounting))
    _rules(table)
    if accounting is not None:
        _account(table, accounting, len(loaded.set_aside))


def _things(things: Sequence[Thing]) -> None:
    """What to look at, each with a way there."""
    st.subheader(f"{count(len(things), 'thing')} to look at" if things else "Nothing needs a look", anchor=False)
    if not things:
        st.caption("Every step ran, every check holds, every value could be used, and no line was left out.")
    for at, thing in enumerate(things[:MOST]):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"thing-{at}"):
            st.markdown(f"{ICONS[thing.kind]} {plain(thing.text, longest=400)}", width="stretch")
            if thing.kind in WORDS:
                st.button(WORDS[thing.kind], key=f"go-thing-{at}", on_click=_go, args=(thing,))
    if len(things) > MOST:
        st.caption(f"and {len(things) - MOST:,} more")


def _go(thing: Thing) -> None:
    """To where the thing can be looked at."""
    if thing.kind == "left_out":
        state.go("load")
        return
    state.go("clean", thing.step)
    if thing.kind in ("check", "problems"):
        state.desk().view = "problems"


def _rules(table: TableRun) -> None:
    """The rules with what each found, and the rows that fail the one that is picked."""
    found = results(table)
    with st.container(horizontal=True, vertical_alignment="bottom", key="checks-head"):
        st.subheader("Checks", anchor=False)
        st.space("stretch")
        for checking in {r.state.step.id: r.state for r in found}.values():
            st.button(
                f"Edit checks of step {checking.number}", key=f"edit-checks-{checking.step.id}", icon=":material/edit:",
                on_click=sidebar.do, args=("Edit", checking.step.id),
            )  # fmt: skip
        if found:
            st.button("Add checks", key="add-checks", icon=":material/add:", on_click=_add, args=((),))
    if not found:
        _no_rules(table)
        return
    shown = pd.DataFrame(
        {
            "Check": [r.found.said for r in found],
            "Outcome": [OUTCOMES[r.outcome] for r in found],
            "Tested": [f"{r.found.tested:,}" if r.found.found is None else "the table" for r in found],
            "Fail": [f"{r.found.failed:,}" if r.found.found is None else f"it is {r.found.found}" for r in found],
            "Share that fails": [share(r.found.failed, r.found.tested) if r.found.tested else "" for r in found],
            "Must hold for": [f"{r.found.mostly * 100:g} %" for r in found],
            "First rows that fail": [", ".join(map(str, r.found.rows)) for r in found],
        },
        index=[r.state.number for r in found], dtype=object,
    )  # fmt: skip
    numbers = grid.show(
        shown.set_axis(pd.RangeIndex(1, len(shown) + 1)), key=f"checks-{state.desk().revision}-{len(found)}", pick="row",
        alt="Each check with what it found", row_label="check", placeholder="",
    ).rows  # fmt: skip
    page_text.rows(shown.set_axis(pd.RangeIndex(1, len(shown) + 1)), "checks", "The checks as text", "Check")
    chosen = found[numbers[0] - 1] if numbers and numbers[0] <= len(found) else next((r for r in found if not r.found.holds), None)
    if chosen is not None and chosen.found.failed:
        _failing(table, chosen)
    else:
        st.caption("Select a check to see the rows that fail it.")


def _failing(table: TableRun, chosen: Result) -> None:
    """The rows that fail a check, as they came into its step."""
    at = table.steps.index(chosen.state)
    before = table.steps[at - 1].table if at else table.source
    numbers = failing_rows(chosen)
    place = f"failing-{chosen.state.step.id}-{chosen.position}"
    look = state.look(place)
    found = take(before, np.flatnonzero(before.index.isin(numbers)), look.page)
    some = "" if found.total == chosen.found.failed else f" The first {found.total} of {chosen.found.failed:,} are shown."
    st.markdown(f"**{count(chosen.found.failed, 'row')}** fail: {plain(chosen.found.said, longest=200)}.{some}")
    first = [n for n in before.columns if n == chosen.found.column]
    names = [*first, *(n for n in before.columns if n not in first)]  # what is wrong is in sight, in a narrow window, too
    rows = found.rows[views.across(names, look, place, first, why="the one that is checked")]
    mask = pd.DataFrame(False, index=rows.index, columns=rows.columns)
    if chosen.found.column in mask.columns:
        mask[chosen.found.column] = True
    grid.show(
        rows, key=f"{place}-{found.page}-{look.columns}-{chosen.state.key[:12]}", alt="The rows that fail the check", mask=mask,
        shade="removed", height=min(38 + 35 * max(1, len(rows)), 330),
    )  # fmt: skip
    views.pages(found, look, place)
    page_text.rows(rows, "failing")


def failing_rows(chosen: Result) -> np.ndarray:
    """The numbers of the rows that fail a check: all that the step lists, or the first of them where it keeps none."""
    rejected = chosen.state.result.rejected if chosen.state.result else None
    if rejected is None or chosen.found.holds:
        return np.array(chosen.found.rows, "int64")
    ends = rejected["reason"].astype(str).str.endswith(f"fails: {chosen.found.said}").to_numpy(bool)
    return rejected.index[ends].unique().to_numpy()


def _no_rules(table: TableRun) -> None:
    """What to start with."""
    looked = state.work().overview(table.table, table.key or table.source_key)  # the same look as that of Overview, kept
    if isinstance(looked, Job):
        wait_for(looked, "Looking for what holds")
        return
    if isinstance(looked, Failure):
        failed(looked, "Looking for what holds")
        return
    found = propose(looked.profile)
    if not found:
        st.info("No checks yet. A check says what must hold, such as: id is unique.", icon=":material/rule:")
        st.button("Add checks", key="add-checks", icon=":material/add:", on_click=_add, args=((),))
        return
    with st.container(border=True, key="first-checks"):
        st.markdown(f"**No checks yet.** Start with: {plain(texts(found[:2]), longest=200)}.")
        st.caption("These hold for this file now. Kept as a step, they are held against next month's file, too.")
        for proposal in found:
            st.markdown(f":material/check: {plain(proposal.rule.describe(), longest=200)} :gray[· {plain(proposal.why)}]")
        with st.container(horizontal=True):
            st.button("Add these checks…", key="first-checks-add", type="primary", icon=":material/add:", on_click=_add, args=(found,))
            st.button("Start from nothing", key="add-checks", on_click=_add, args=((),))


def _add(proposals: Sequence[Proposal]) -> None:
    """Open the form of a step that checks, filled in with the proposals."""
    rules: list[JsonValue] = [p.rule.model_dump(mode="json") for p in proposals]
    sidebar.add_step()
    memory = state.desk()
    memory.picking, memory.position = False, len(state.steps())
    memory.draft = state.Draft(new_step("validate", {"rules": rules}), memory.position, editing=False)


def _account(table: TableRun, accounting: Accounting, left_out: int) -> None:
    """The proof: from the lines of the file to the rows of the result, step by step."""
    st.subheader("Every row accounted for" if accounting.ok else "Not every row is accounted for", anchor=False)
    mark = ":material/check_circle:" if accounting.ok else ":material/warning:"
    st.markdown(f"{mark} {plain(accounting.sentence, longest=400)}")
    for problem in accounting.problems:
        st.error(plain(problem, longest=400))
    lines = [_line("Open file", None, len(table.source), left_out), *(_step_line(s) for s in table.steps)]
    shown = pd.DataFrame(lines, dtype=object)
    grid.show(
        shown.set_axis(pd.RangeIndex(0, len(shown))), key=f"account-{state.desk().revision}-{len(shown)}", row_label="step",
        alt="Rows in, removed, added and out, and cells changed, step by step", placeholder="",
    )  # fmt: skip
    page_text.rows(shown.set_axis(pd.RangeIndex(0, len(shown))), "account", "The proof as text", "Step")
    names = ["Open file", *(sidebar.label_of(s.step) for s in table.steps)]
    charts.rows_by_step(names, [len(table.source), *(len(s.table) for s in table.steps)])
    with st.expander("What was compared", icon=":material/balance:"):
        st.markdown(
            "The steps' own counts are not trusted. The file as read and the result are compared anew, row number by row number: "
            "the result holds exactly the rows read or added and not removed, in an order some step gave, and every cell, column "
            "and type that differs is one that a step reports."
        )
        differ = ", ".join(plain(n, longest=40) for n in accounting.columns_changed[:40])
        st.markdown(f"Columns whose values differ from the file: {differ or 'none'}.")


def _line(what: str, rows_in: int | None, rows_out: int, left_out: int = 0) -> dict[str, str]:
    return {
        "What": what, "Rows in": "" if rows_in is None else f"{rows_in:,}", "Removed": f"−{left_out:,} left out" if left_out else "",
        "Added": "", "Rows out": f"{rows_out:,}", "Cells changed": "", "Columns": "",
    }  # fmt: skip


def _step_line(s: StepState) -> dict[str, str]:
    label = sidebar.label_of(s.step)
    if s.report is None or s.status == "off":
        said = {"off": "off", "failed": "could not run", "waiting": "waits", "skipped": "skipped"}.get(s.status, s.status)
        return {**_line(f"{label} ({said})", None, len(s.table)), "Rows out": ""}
    r = s.report
    columns = [*(f"+{n}" for n in r.columns_added[:3]), *(f"−{n}" for n in r.columns_removed[:3])]
    more = len(r.columns_added) + len(r.columns_removed) - len(columns)
    return {
        **_line(label, r.rows_in, r.rows_out),
        "Removed": f"−{r.removed:,}" if r.removed else "", "Added": f"+{r.added:,}" if r.added else "",
        "Cells changed": f"{r.changed:,}" if r.changed else "", "Columns": ", ".join(columns) + (f" and {more} more" if more else ""),
    }  # fmt: skip
