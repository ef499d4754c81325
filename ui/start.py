"""The empty page: drop a file, try the demo file, carry on where you left off."""

from datetime import datetime
from pathlib import Path

import streamlit as st

from pipeline import Recipe, TableRecipe
from pipeline.tasks import Loaded
from ui import adding, load, password, paste, several, state, tables
from ui.waiting import failed, wait_for
from ui.words import count, plain, size, when
from workspace import Project, SourcePart, SourceTable, StoreError
from workspace.work import Failure

DEMO = Path(__file__).parents[1] / "sample_data" / "orders_demo.csv"


def draw() -> None:
    """The start page."""
    _, middle, _ = st.columns([1, 4, 1])
    with middle:
        st.title("Clean a table", anchor=False)
        st.markdown("Drop a CSV or Excel file here. Your file is never changed; you download a clean copy.")
        uploaded = st.file_uploader(
            "CSV or Excel files", type=tables.TYPES, key="upload", label_visibility="collapsed", accept_multiple_files=True
        )
        parts = several.put(uploaded) if uploaded else []
        if parts and len(parts) > 1:
            several.ask(parts, "start", start_with)
        elif parts:
            loaded_before(parts[0])
        elif parts is not None:
            with st.container(horizontal=True):
                st.button("Try the demo file", key="demo", icon=":material/science:", on_click=try_demo)
                paste.button()
            paste.dialogs(start)
        promises()
        carry_on()
        kept()


def promises() -> None:
    """What there is to win, in three lines."""
    lines = {
        ":material/calculate:": "**Counts on the whole file** before you commit to a step.",
        ":material/receipt_long:": "**Every row accounted for**: kept, changed by a named step, or listed with the reason.",
        ":material/event_repeat:": "**Next month in one go**: the steps are kept as a recipe that runs on the next file.",
    }
    for column, (icon, text) in zip(st.columns(3), lines.items(), strict=True):
        column.markdown(f"{icon} {text}")


def loaded_before(part: SourcePart) -> None:
    """Open an upload, or ask first if the same bytes were loaded before."""
    try:
        known = state.workspace().projects.by_file(part.file_digest)
    except StoreError as error:
        st.error(plain(str(error), longest=500), icon=":material/error:")
        return
    if not known:
        start_with([several.one(part)])
        st.rerun()
    moment = known[0].created.astimezone()
    st.info(f"You loaded this file {spoken(moment)}.", icon=":material/history:")
    with st.container(horizontal=True):
        st.button("Open that project", key="open-known", type="primary", on_click=open_known, args=(known[0].id,))
        st.button("Start new", key="start-new", on_click=start_with, args=([several.one(part)],))


def spoken(moment: datetime) -> str:
    """A moment in a sentence: "at 11:04", "on 3 March"."""
    said = when(moment, datetime.now().astimezone())
    return f"at {said}" if said[0].isdigit() and ":" in said else said if said.startswith("yesterday") else f"on {said}"


def try_demo() -> None:
    """Open the demo file as if it had been dropped."""
    data = DEMO.read_bytes()
    try:
        start(DEMO.name, state.workspace().files.put(data), len(data))
    except StoreError as error:
        state.say("error", str(error))


def start(name: str, digest: str, length: int) -> None:
    """A new project for one file."""
    start_with([several.one(SourcePart(file_digest=digest, file_name=name, size=length))])


def start_with(sources: list[SourceTable]) -> None:
    """A new project for a table, further ones added when they are read; its address is the page's from now on."""
    first, *others = sources
    name = f"{first.name} ({len(first.parts)} files)" if first.parts else first.file_name
    recipe = Recipe(result=first.name, tables=(TableRecipe(name=first.name),))
    try:
        project = state.workspace().projects.create(name, [first], recipe.model_dump(mode="json"))
    except StoreError as error:
        state.say("error", str(error))
        return
    adding.await_tables(others)
    st.query_params.from_dict({"project": project.id, "stage": "load"})


def open_known(id: str) -> None:
    """Open a project where it was left."""
    st.query_params.from_dict({"project": id, "stage": "clean"})


def with_proposed_types(loaded: Loaded) -> bool:
    """Put the step that types the columns first, the only step ever added unasked; False if that could not be saved."""
    made, fresh = adding.as_read(state.source(), loaded, state.TYPES_STEP)
    recipe = state.recipe()
    steps = (*fresh.steps, *(s for s in state.steps() if not state.is_types(s)))
    table = recipe.table(recipe.result).model_copy(update={"steps": steps, "read": fresh.read})
    changed = recipe.model_copy(update={"tables": tuple(table if t.name == table.name else t for t in recipe.tables)})
    return state.change(state.OPENED, changed=changed, tables=[made if t.name == made.name else t for t in state.project().tables])


def carry_on() -> None:
    """The projects worked on last."""
    projects = state.workspace().projects.recent(12)
    if not projects:
        return
    st.subheader("Carry on where you left off", anchor=False)
    for project in projects:
        _recent(project)


def _recent(project: Project) -> None:
    now = datetime.now().astimezone()
    steps = sum(len(t.steps) for t in Recipe.model_validate(project.recipe).tables)
    shape = f"{count(project.rows, 'row')} · {count(project.columns or 0, 'column')} · " if project.rows is not None else ""
    with st.container(border=True, horizontal=True, wrap=False, vertical_alignment="center", key=f"recent-{project.id}"):
        st.button(
            f"**{plain(project.name)}**",
            key=f"open-{project.id}",
            type="tertiary",
            icon=":material/table:",
            on_click=open_known,
            args=(project.id,),
        )
        st.space("stretch")
        st.caption(f"{shape}{count(steps, 'step')} · saved {when(project.saved_at.astimezone(), now)}", width="content")
        st.button("Delete project", key=f"delete-{project.id}", type="tertiary", icon=":material/delete:", on_click=ask, args=(project.id,))


def ask(what: str) -> None:
    """Ask before something is deleted."""
    st.session_state["wb_delete"] = what


def kept() -> None:
    """Where files are kept, how much, and how to be rid of them."""
    usage = state.workspace().usage()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Files stay on this computer, in {plain(str(usage.folder), longest=200)} ({size(usage.total)}).", width="content")
        if usage.files:
            st.button(
                "Delete everything",
                key="delete-everything",
                type="tertiary",
                icon=":material/delete_forever:",
                on_click=ask,
                args=("everything",),
            )
    if st.session_state.get("wb_delete"):
        confirm()


def _close() -> None:
    st.session_state.pop("wb_delete", None)


@st.dialog("Delete for good?", on_dismiss=_close)
def confirm() -> None:
    """What is about to be deleted, and two buttons."""
    what = st.session_state["wb_delete"]
    if what == "everything":
        st.markdown("All projects, with their uploaded files and steps, are removed from this computer. This cannot be undone.")
    else:
        project = state.workspace().projects.get(what)
        st.markdown(
            f"The project **{plain(project.name if project else '')}**, its uploaded file and its steps are removed. This cannot be undone."
        )
    st.markdown("Files you downloaded stay where they are.")
    with st.container(horizontal=True):
        if st.button("Delete", key="delete-confirmed", type="primary"):
            try:
                state.workspace().delete_everything() if what == "everything" else state.workspace().delete_project(what)
                state.say("success", "Everything was deleted." if what == "everything" else "The project was deleted.")
            except StoreError as error:
                state.say("error", str(error))
            _close()
            st.rerun()
        if st.button("Keep", key="delete-not"):
            _close()
            st.rerun()


def reading_or_wait() -> Loaded | None:
    """The open project's table as read; None while it is being read or if it cannot be, which is then on the page."""
    table = state.source()
    found = state.work().reading(table)
    if isinstance(found, Loaded):
        if not table.read and with_proposed_types(found):
            st.rerun()
        return found
    what = f"Reading {table.title}"
    if isinstance(found, Failure):
        password.ask(found, table) if password.asked(found) else failed(found, what)
        if (file := several.at_fault(found, table)) is not None:
            st.button(f"Go on without {plain(file)}", key="without-file", on_click=go_without, args=(table, file))
        if state.project().undo_label == load.READ_AGAIN:
            st.button("Read it as before", key="read-as-before", type="primary", icon=":material/undo:", on_click=state.undo)
    else:
        wait_for(found, what)
    return None


def go_without(table: SourceTable, file: str) -> None:
    """Leave a file that cannot be read out of a stacked table."""
    rest = several.without(table, file)
    state.change(f"Leave {file} out", tables=[rest if t.name == table.name else t for t in state.project().tables])
