"""The page: which project is open, which stage of it is shown."""

import sys
from datetime import date
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the script's own folder is on the path, the project's is not

from pipeline import Accounting, Run
from pipeline.tasks import Loaded
from ui import check, clean, download, focus, grid, load, several, sidebar, stacked, start, state, style, tables, undo_bar
from ui.waiting import failed, wait_for
from ui.words import plain
from workspace import Job
from workspace.work import Failure


def main() -> None:
    """Draw the page once."""
    st.set_page_config("Clean a table", page_icon="💧", layout="wide", initial_sidebar_state=340)
    style.draw()
    grid.style()
    if problem := state.workspace().problem:
        st.warning(plain(problem, longest=600), icon=":material/save:")
    project = state.open_project()
    undo_bar.draw()
    if project is None:
        start.draw()
    else:
        draw_project()
    focus.draw()


def draw_project() -> None:
    """The stages of an open project."""
    loaded = start.reading_or_wait()
    if loaded is None:
        sidebar.draw(None, None, None, None)
        tables.dialogs()
        if state.desk().adding and state.source().read:
            tables.panel()
        return
    if (before := state.desk().retype) is not None:
        state.desk().retype = None
        load.retype(loaded, before)
    if loaded.facts.differences and not loaded.parts:  # asked before anything runs
        sidebar.draw(loaded, None, None, None)
        tables.dialogs()
        load.draw(loaded)
        return
    found = state.work().run(state.recipe(), state.project().tables, as_of=date.today())
    done = found if isinstance(found, Run) else None
    whole = result_run(found)
    accounting = account_for(whole) if isinstance(whole, Run) else None
    sidebar.draw(loaded, done, whole if isinstance(whole, Run) else None, accounting)
    sidebar.dialogs(done)
    tables.dialogs()
    if state.desk().adding or state.desk().waiting:
        needed = state.desk().draft is not None and not state.desk().adding  # then the form shows it
        if not needed:
            tables.panel()
            return
    stage_bar()
    stage = state.stage()
    if stage == "load":
        if loaded.parts:
            stacked.draw(loaded)
        else:
            several.offer_sheets(loaded)
            load.draw(loaded)
    elif isinstance(found, Job):
        wait_for(found, "Working out the steps")
    elif isinstance(found, Failure):
        failed(found, "Working out the steps")
    elif stage == "clean":
        clean.draw(loaded, found)
    elif stage == "check":
        check.draw(loaded, found, account_for(found))
    elif isinstance(whole, Run) and accounting is not None:
        download.draw(whole, accounting)
    elif isinstance(whole, Job):
        wait_for(whole, "Working out the result")
    elif isinstance(whole, Failure):
        failed(whole, "Working out the result")
    if isinstance(whole, Run):
        note_state(whole)


def result_run(found: Run | Job | Failure) -> Run | Job | Failure:
    """The run of the result table, which need not be the table that is looked at."""
    recipe = state.saved()
    if recipe.result == state.recipe().result:
        return found
    return state.work().run(recipe, state.project().tables, as_of=date.today())


def account_for(done: Run) -> Accounting | None:
    """Every row of a table accounted for, with the lines left out when it was read."""
    source = next(t for t in state.project().tables if t.name == done.recipe.result)
    loaded = state.work().reading(source)
    return state.work().accounting(done, len(loaded.set_aside), loaded.facts.lines) if isinstance(loaded, Loaded) else None


def note_state(done: Run) -> None:
    """Keep the result's size for the list of projects."""
    project, (rows, columns) = state.project(), done.table.shape
    if (project.rows, project.columns) != (rows, columns):
        state.workspace().projects.note_state(project.id, rows=rows, columns=columns)


def stage_bar() -> None:
    """Load, Clean, Check, Download."""
    now = state.stage()
    st.segmented_control(
        "Stage", list(state.STAGES), default=now, required=True, format_func=lambda s: state.STAGES[s], key=f"stage-{now}",
        label_visibility="collapsed", on_change=_choose_stage, args=(f"stage-{now}",),
    )  # fmt: skip


def _choose_stage(key: str) -> None:
    st.query_params["stage"] = st.session_state[key]


main()
