"""What the page remembers: the open project, what is selected in it, and every change of the project."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd
import streamlit as st

from io_utils import Source
from pipeline import Recipe, RecipeError, RecipeStep
from steps.conditions import Condition
from workspace import Conflict, Gone, Project, Settings, SourceTable, StoreError, Workspace
from workspace.work import Work

Stage = Literal["load", "clean", "check", "download"]
STAGES: dict[Stage, str] = {"load": "1 Load", "clean": "2 Clean", "check": "3 Check", "download": "4 Download"}
View = Literal["auto", "overview", "table", "changed", "removed", "problems"]
OPEN_FILE = "open-file"  # the selected card when it is the file itself
TYPES_STEP = "types"  # id of the step that is put first after reading
OPENED = "Open the file"  # the first change of every project; it is not undone


@dataclass
class Draft:
    """The open form: a step that is not in the recipe yet, or a changed one that is."""

    step: RecipeStep
    position: int
    editing: bool
    sure: bool = False  # its settings could be used when last drawn
    fresh: bool = False  # nothing was chosen in it yet: what the table suggests may be filled in
    mark: str = field(default_factory=lambda: secrets.token_hex(4))  # in the keys of its widgets: each opening starts afresh


@dataclass
class Look:
    """How a table is looked at; changes nothing but the view."""

    page: int = 1
    search: str = ""
    sort: tuple[str, bool] | None = None
    columns: int = 1  # the page of columns, where there are very many
    wanted: str | None = None  # the column to whose page it was turned


@dataclass
class Typing:
    """A page of the table as it was mounted to be typed in. It stays so while entries are taken, so that it does not jump."""

    place: tuple[object, ...]  # page, search, sort and revision
    seen: str  # key of the table that was last shown
    rows: pd.DataFrame
    serial: int
    mine: bool = False  # the next other table comes of an entry in this grid


@dataclass
class Done:
    """The last change of the project, said in the bar that offers to undo it until something else is done."""

    text: str
    revision: int  # of the project, right after it
    undone: bool = False  # it was taken back just now: the bar offers to make it again
    place: tuple[object, ...] | None = None  # what was looked at when it was first said


@dataclass
class Waiting:
    """A table that is put into the project as soon as it is read: a new one, or in the place of the one it ``replaces``."""

    source: SourceTable
    label: str  # of the change
    replaces: str | None = None


@dataclass
class Desk:
    """Everything the page remembers between two runs, under one name in the session."""

    project: Project | None = None
    selected: str | None = None  # id of a step, OPEN_FILE, or None for the last step
    view: View = "overview"
    home: View = "overview"  # the view that was last looked at without a step: the overview or the table
    back: tuple[View, str | None] | None = None  # where a form was opened from: the view and the selected step, to return to
    column: str | None = None  # whose panel is open
    cell: tuple[int, str] | None = None  # that was clicked: row number, column
    picked: tuple[str | None, tuple[int, str] | None] = (None, None)  # column and cell selected in the table's grid
    facets: list[Any] = field(default_factory=list)  # ui.facets.Open, which imports this module
    facets_opened: int = 0
    only: Condition | None = None  # the rows that the step being picked is for
    sources: list[Source] = field(default_factory=list)  # which rows of the table shown came from which file
    picks: int = 0  # raised when what is selected in the grids is to be forgotten
    compare: Literal["step", "file"] = "step"
    draft: Draft | None = None
    picking: bool = False  # "Add step" is open, at this position
    position: int = 0
    looks: dict[str, Look] = field(default_factory=dict)
    editing_cells: bool = False
    typing: Typing | None = None
    steps_as_table: bool = False
    refused: list[tuple[int, str, str, str]] = field(default_factory=list)
    revision: int = 0  # raised when a grid must be mounted anew
    digests: dict[str, str] = field(default_factory=dict)  # upload id to sha256, so that no rerun hashes again
    retype: dict[str, str] | None = None  # types proposed before the file was read in another way
    notice: tuple[str, str] | None = None  # kind (success, warning, error) and text, shown once
    done: Done | None = None
    adding: bool = False  # "Add another table" is open
    waiting: list["Waiting"] = field(default_factory=list)  # tables to add, or to read in another way, as soon as they are read


def desk() -> Desk:
    """The session's memory."""
    if "wb_desk" not in st.session_state:
        st.session_state["wb_desk"] = Desk()
    return st.session_state["wb_desk"]


@st.cache_resource(show_spinner=False)
def _workspace(settings: str) -> Workspace:
    return Workspace.open(Settings.model_validate_json(settings))


def workspace() -> Workspace:
    """The server's one workspace."""
    return _workspace(Settings().model_dump_json())


def project() -> Project:
    """The open project."""
    found = desk().project
    assert found is not None
    return found


def work() -> Work:
    """Tables and runs of the open project."""
    return workspace().work(project().id)


def saved() -> Recipe:
    """The recipe of the open project as it is kept."""
    return Recipe.parse(project().recipe)


def recipe() -> Recipe:
    """The recipe as seen from the table that is looked at: that one is its result."""
    found = saved()
    return found.model_copy(update={"result": table_of(found)})


def table_of(found: Recipe) -> str:
    """The table that the address names, the result if it names none of the recipe."""
    named = st.query_params.get("table")
    return named if named in {t.name for t in found.tables} else found.result


def source() -> SourceTable:
    """The file of the table that is looked at."""
    name = recipe().result
    return next(t for t in project().tables if t.name == name)


def look_at(name: str) -> None:
    """Look at another table of the project."""
    if name == saved().result:
        st.query_params.pop("table", None)
    else:
        st.query_params["table"] = name
    desk().adding = False
    select(None)


def steps() -> tuple[RecipeStep, ...]:
    """The steps of the table that is looked at."""
    seen = recipe()
    return seen.table(seen.result).steps


def is_types(step: RecipeStep) -> bool:
    """Whether the step is the one that was put first after reading."""
    return step.id == TYPES_STEP or step.id.startswith(f"{TYPES_STEP}-")


def types_id(used: Iterable[str] = ()) -> str:
    """An id for a step that is put first after reading: no two steps of a project have the same, and none of those in use."""
    taken = {s.id for t in saved().tables for s in t.steps} | {*used}
    return TYPES_STEP if TYPES_STEP not in taken else f"{TYPES_STEP}-{secrets.token_hex(4)}"


def open_project() -> Project | None:
    """The project that the address names, as it is on the disk now; None on the start page."""
    memory, id = desk(), st.query_params.get("project")
    if not id:
        memory.project = None
        return None
    try:
        found = workspace().projects.get(id)
    except StoreError as error:
        say("error", str(error))
        return memory.project if memory.project and memory.project.id == id else None
    if found is None:
        say("error", str(Gone()))
        del st.query_params["project"]
        memory.project = None
        return None
    if memory.project is None or memory.project.id != id:
        _enter(found)
    elif memory.project.revision != found.revision:
        say("warning", "This project was changed in another tab. This is how it is now.")
        memory.revision += 1
    memory.project = found
    return found


def _enter(project: Project) -> None:
    """Forget what was selected in another project."""
    old = desk()
    step = st.query_params.get("step")
    view: View = "auto" if step and step != OPEN_FILE else "table" if step else "overview"
    waiting = old.waiting if old.project is None else []  # chosen on the start page, to be added to this new project
    st.session_state["wb_desk"] = Desk(waiting=waiting, project=project, digests=old.digests, notice=old.notice, selected=step, view=view)


def stage() -> Stage:
    """The stage that the address names."""
    named = st.query_params.get("stage", "load")
    return named if named in STAGES else "load"


def go(to: Stage, step: str | None = None) -> None:
    """Show a stage, and select a step in it."""
    st.query_params["stage"] = to
    select(step)


def select(step: str | None) -> None:
    """Select a step card; an open form is closed."""
    memory = desk()
    memory.selected, memory.draft, memory.picking, memory.editing_cells = step, None, False, False
    memory.view = memory.home if step is None else "table" if step == OPEN_FILE else "auto"
    memory.steps_as_table = False
    if step is None:
        st.query_params.pop("step", None)
    else:
        st.query_params["step"] = step


def change(
    label: str,
    *,
    changed: Recipe | None = None,
    tables: Sequence[SourceTable] | None = None,
    name: str | None = None,
    result: str | None = None,
    join: bool = False,
) -> bool:
    """Save one change of the project, or with ``join`` as part of the last one; says so and returns False if it could not be saved.

    Which table is the result stays as it is kept, unless ``result`` names another.
    """
    memory = desk()
    project = memory.project
    assert project is not None
    try:
        if changed is not None:
            changed = changed.model_copy(update={"result": result or saved().result})
            changed.order()
        plain = changed.model_dump(mode="json") if changed else None
        memory.project = workspace().projects.change(
            project.id, project.revision, recipe=plain, tables=tables, name=name, label=label, join=join
        )
    except Conflict as conflict:
        memory.project = conflict.project
        memory.revision += 1
        say("warning", str(conflict))
        return False
    except (StoreError, RecipeError) as error:
        say("error", str(error))
        return False
    now = memory.project.revision
    if join and memory.done is not None:
        memory.done.revision = now
    elif label != OPENED:
        memory.done = Done(f"Saved: {label}", now)
    return True


def change_steps(label: str, changed: Sequence[RecipeStep], *, join: bool = False) -> bool:
    """Save other steps for the table that is looked at."""
    seen = recipe()
    return change(label, changed=seen.with_steps(seen.result, tuple(changed)), join=join)


def undo() -> None:
    """Take the last change back."""
    _step_through_time("undo")


def redo() -> None:
    """Make the change that was taken back again."""
    _step_through_time("redo")


def can_undo() -> bool:
    """Whether there is a change to take back; opening the file is not one."""
    project = desk().project
    return bool(project and project.can_undo and project.undo_label != OPENED)


def _step_through_time(way: Literal["undo", "redo"]) -> None:
    memory = desk()
    project = memory.project
    if project is None or not (can_undo() if way == "undo" else project.can_redo):
        return
    label = project.undo_label if way == "undo" else project.redo_label
    try:
        projects = workspace().projects
        memory.project = projects.undo(project.id, project.revision) if way == "undo" else projects.redo(project.id, project.revision)
    except Conflict as conflict:
        memory.project = conflict.project
        say("warning", str(conflict))
    except StoreError as error:
        say("error", str(error))
    else:
        memory.done = Done(f"{'Undone' if way == 'undo' else 'Done again'}: {label}", memory.project.revision, undone=way == "undo")
    memory.revision += 1
    memory.draft, memory.picking, memory.refused = None, False, []


def say(kind: Literal["success", "warning", "error"], text: str) -> None:
    """A message for the top of the page, shown once; of a change that went well, for the bar with Undo."""
    memory = desk()
    if kind == "success" and memory.done is not None and memory.project is not None and memory.done.revision == memory.project.revision:
        memory.done = Done(text, memory.done.revision)
    else:
        memory.notice = (kind, text)


def look(key: str) -> Look:
    """How the table under that key is looked at."""
    return desk().looks.setdefault(key, Look())


def digest_of(text: str) -> str:
    """SHA-256 of a short text, for a file's name."""
    return hashlib.sha256(text.encode()).hexdigest()
