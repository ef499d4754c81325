"""Download: the whole result as Excel, CSV or JSON, and the steps as a recipe."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from pipeline import Accounting, Run, freeze
from steps.arrow import keep_rows
from ui import sidebar, state
from ui.waiting import failed, wait_for
from ui.words import count, plain
from workspace import Job, StoreError
from workspace.exports import CSV, EXCEL, JSON, QUICK, Export, csv_for_excel, excel_refuses, export, file_name, is_quick, said_beforehand
from workspace.remembered import recall, remember
from workspace.work import Failure, Ready, Work

COMMA = "decimal comma"  # the name under which a project remembers what the spreadsheet uses
COMMA_REGIONS = (
    "de",
    "fr",
    "es",
    "it",
    "nl",
    "pt",
    "pl",
    "ru",
    "sv",
    "da",
    "nb",
    "fi",
    "cs",
    "tr",
    "el",
    "hu",
    "ro",
    "bg",
    "uk",
    "id",
    "vi",
)


def draw(done: Run, accounting: Accounting) -> None:
    """The Download stage."""
    result = done.result
    st.subheader("Download", anchor=False)
    table, key = result.table, result.key or result.source_key
    if result.failed:
        up_to = result.failed.number - 1
        st.error(f"Step {result.failed.number} could not run: {plain(result.failed.error or '', longest=600)}", icon=":material/error:")
        st.markdown(f"The full result is not there. What can be downloaded is the table up to step {up_to}, and its name says so.")
        what, heading = f"up_to_step_{up_to}", f"Download up to step {up_to}"
    else:
        what, heading = "clean", ""
        on = sum(s.status != "off" for s in result.steps)
        st.markdown(
            f"**{count(len(table), 'row')}, {count(table.shape[1], 'column')}**, after all {count(on, 'step')}."
            if on
            else f"**{count(len(table), 'row')}**, without any step."
        )
    if heading:
        st.markdown(f"**{heading}**")
    _files(table, key, what)
    _accounting(accounting)
    if not result.failed:
        _recipe(done)


def _files(table: pd.DataFrame, key: str, what: str) -> None:
    comma = st.toggle(
        "My spreadsheet uses a decimal comma and semicolons", value=decimal_comma(), key="decimal-comma", on_change=_keep_comma,
        help="For CSV for Excel only. First guess from your browser's language; what you choose is remembered with the project.",
    )  # fmt: skip
    offers = {
        "Excel": (EXCEL, ":material/table_view:", "One sheet, typed cells. Text stays text: leading zeros and codes are kept."),
        "CSV for Excel": (
            csv_for_excel(comma),
            ":material/csv:",
            "Opens by double click. A cell that a spreadsheet would run as a formula gets an apostrophe in front.",
        ),
        "CSV for other programs": (CSV, ":material/csv:", "Exact: every value as it is, commas, UTF-8."),
        "JSON": (JSON, ":material/data_object:", "A list of records. Dates as ISO text; very long numbers as text."),
    }
    refused = state.work().remember(("refused", key), lambda: excel_refuses(table) or "")
    for at, (label, (wanted, icon, help_text)) in enumerate(offers.items()):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"offer-{at}"):
            st.markdown(f"{icon} **{label}**  \n:small[{help_text}]")
            st.space("stretch")
            if wanted is EXCEL and refused:
                st.caption(f":material/block: {plain(refused, longest=300)} Save as CSV.")
            else:
                _button(label, wanted, table, key, what)
    said = state.work().remember(("excel", key), lambda: said_beforehand(table))
    if said:
        with st.expander(f"What Excel cannot hold ({len(said)})", icon=":material/info:", expanded=True):
            st.markdown("  \n".join(plain(s, longest=400) for s in said[:20]))


def decimal_comma() -> bool:
    """Whether the spreadsheet writes 2,5: as chosen in this project, or by the browser's language."""
    chosen = recall(state.workspace().projects.engine, state.project().id, COMMA)
    if isinstance(chosen, bool):
        return chosen
    return (st.context.locale or "").split("-")[0].lower() in COMMA_REGIONS


def _keep_comma() -> None:
    try:
        remember(state.workspace().projects.engine, state.project().id, COMMA, bool(st.session_state["decimal-comma"]))
    except StoreError as error:
        state.say("error", str(error))


def _button(label: str, wanted: Export, table: pd.DataFrame, key: str, what: str) -> None:
    """A small table is written at the click; a large one first, with progress, and then handed over."""
    work = state.work()
    name = file_name(source_name(), table, key, work, wanted, what)
    slot = f"{key[:12]}-{wanted.format}-{wanted.tag}-{what}"
    if is_quick(table, wanted):
        _deliver(label, f"save-{slot}", writer(work, table, key, name, wanted), name, wanted)
        return
    asked = f"wb_asked-{slot}"
    if not st.session_state.get(asked):
        if st.button(f"Prepare {label}", key=f"prepare-{slot}", icon=":material/build:"):
            st.session_state[asked] = True
            st.rerun()
        return
    found = export(work, table, key, name, wanted, wait=0.2)
    if isinstance(found, Ready):
        _deliver(label, f"save-{slot}", found.path.read_bytes, name, wanted)
        for note in found.notes[:5]:
            st.caption(plain(note, longest=300))
    elif isinstance(found, Failure):
        failed(found, name)
    else:
        wait_for(found, name)


def these_rows(table: pd.DataFrame, rows: np.ndarray, key: str, what: str) -> None:
    """A way to download only some rows of a table, named so: ``what`` says which, ``key`` which table."""
    these = "this row" if len(rows) == 1 else f"these {len(rows):,} rows"
    label, name = f"Download {these}", f"{Path(source_name()).stem}_only_{what}_{key[:8]}.xlsx"
    slot, work = f"{key[:12]}-{what}", state.work()
    asked = f"wb_asked-{slot}"

    def some() -> pd.DataFrame:
        return keep_rows(table, np.isin(table.index.to_numpy(), rows))

    if len(rows) * table.shape[1] <= QUICK[EXCEL.format]:
        _deliver(label, f"save-{slot}", lambda: _read(export(work, some(), f"{key}-{what}", name, EXCEL, wait=60)), name, EXCEL, "tertiary")
    elif not st.session_state.get(asked):
        if st.button(f"Prepare {these}", key=f"prepare-{slot}", icon=":material/build:", type="tertiary"):
            st.session_state[asked] = True
            st.rerun()
    else:
        found = export(work, work.remember(("only", key, what), some), f"{key}-{what}", name, EXCEL, wait=0.2)
        if isinstance(found, Ready):
            _deliver(label, f"save-{slot}", found.path.read_bytes, name, EXCEL, "tertiary")
        elif isinstance(found, Failure):
            failed(found, name)
        else:
            wait_for(found, name)


def source_name() -> str:
    """The file's name by which downloads are called: that of the result table; its own name where it is one of several."""
    project, result = state.project(), state.saved().result
    source = next(t for t in project.tables if t.name == result)
    return source.file_name if len(project.tables) == 1 and not source.parts else f"{result}.csv"


def writer(work: Work, table: pd.DataFrame, key: str, name: str, wanted: Export) -> Callable[[], bytes]:
    """What the button calls when it is pressed; it runs apart from the page and holds all it needs."""

    def write() -> bytes:
        return _read(export(work, table, key, name, wanted, wait=60))

    return write


def _read(found: Ready | Job | Failure) -> bytes:
    """A finished file's bytes. Raises RuntimeError if it could not be written."""
    if isinstance(found, Ready):
        return found.path.read_bytes()
    raise RuntimeError(found.message if isinstance(found, Failure) else "not written within a minute")


def _deliver(
    label: str, key: str, data: Callable[[], bytes], name: str, wanted: Export, kind: Literal["secondary", "tertiary"] = "secondary"
) -> None:
    st.download_button(
        label, data, file_name=name, mime=wanted.mime, key=key, on_click="ignore", icon=":material/download:", help=name, type=kind
    )


def _accounting(accounting: Accounting) -> None:
    mark, words = (
        (":material/check_circle:", "Every row accounted for")
        if accounting.ok
        else (":material/warning:", "Not every row is accounted for")
    )
    with st.container(border=True, key="accounting"):
        st.markdown(f"{mark} **{words}**")
        st.caption(plain(accounting.sentence, longest=400))
        if accounting.columns_changed:
            names = ", ".join(plain(n, longest=30) for n in accounting.columns_changed[:12])
            st.caption(f"Columns with changed values: {names}{' …' if len(accounting.columns_changed) > 12 else ''}")
        for problem in accounting.problems:
            st.error(plain(problem, longest=400))


def steps_text(done: Run) -> str:
    """The steps in plain words, a line each, as one would write them into a report."""
    lines = []
    for s in done.result.steps:
        said = s.report.sentence.rstrip(".") if s.report else sidebar.label_of(s.step)
        counts = f" ({sidebar.card_badge(s.step, s)[0]})" if s.status in ("ok", "look") else f" ({s.status})"
        lines.append(f"{s.number}. {said}{counts}" + (f". {s.step.note}" if s.step.note else ""))
    return "\n".join(lines)


def _recipe(done: Run) -> None:
    """The steps as a file, for next month."""
    text = freeze(done.recipe, done).dump()
    file = f"{done.recipe.result}_{state.digest_of(text)[:8]}.recipe.json"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="offer-recipe"):
        st.markdown(
            ":material/receipt_long: **Save as recipe**  \n"
            ":small[The steps for next month's file, with the numbers they use and the values you typed. To use them, on the command line:]"
            "  \n:small[`python -m pipeline run recipe.json next.csv --out clean.xlsx`]",
            width="stretch",
        )
        st.download_button(
            "Save as recipe", text, file_name=file, mime="application/json", key="save-recipe", on_click="ignore",
            icon=":material/download:",
        )  # fmt: skip
        with st.popover("Copy as text", icon=":material/content_copy:", key="steps-text"):
            st.code(steps_text(done) or "No steps.", language=None, wrap_lines=True)
