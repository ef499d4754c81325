"""Similar spellings, group by group: ticked, changed or left apart, below the form of "Merge similar spellings"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from pipeline.spellings import Line, after, counted, lines, mapping_of
from pipeline.view import seen
from steps.arrow import is_text
from steps.base import Columns, StepError
from steps.cluster_merge import METHODS, ClusterMerge
from steps.conditions import Condition
from ui import state
from ui.fields import Json
from ui.form import FormResult
from ui.grid import types_of
from ui.waiting import failed, wait_for
from ui.words import count, plain
from workspace import Job
from workspace.work import Failure

PAGE = 20  # groups on a page
SHORT = 40  # characters of a value in a cell
OTHERS = ("fingerprint", "distance", "similarity", "metaphone")  # tried next where a method finds nothing
ROW = 31  # pixels of a line of the grid
LOOKING = "Looking for similar spellings"


@dataclass
class Review:
    """The groups of one way of looking, as they stand after what was done to them."""

    asked: str  # columns, table, rows and method that they were found with
    lines: list[Line]
    times: dict[str, int]  # how often each value stands there
    ends: tuple[str, ...] = ()  # values kept apart that are not in this file
    page: int = 1
    find: str = ""
    serial: int = 0  # raised when the grid is to be mounted anew
    mounted: list[int] = field(default_factory=list)  # which lines the grid shows
    base: list[Line] = field(default_factory=list)  # as they were when it was mounted
    labels: dict[str, str] = field(default_factory=dict)  # what stands in the grid to the value it stands for
    kept: tuple[str, list[str]] = ("", [])  # what is kept apart, for settings as JSON


def draw(made: FormResult, table: pd.DataFrame, table_key: str, where: Condition | None, key: str) -> FormResult:
    """The groups to decide on; the parameters with what is approved, or None and why they cannot be used yet.

    ``table_key`` names the content of the table before the step.
    """
    if made.params is None:
        return made
    step = ClusterMerge.model_validate(made.params)
    types = types_of(table)
    names = [n for n in step.columns.resolve(table) if is_text(types[n])] if _there(step.columns, table) else []
    if not names:
        return made  # what is wrong with the columns, the preview says
    day = date.today()
    said = where.model_dump_json() if where else ""
    values_key = ("spelling-values", table_key, *names, said, day.isoformat() if where else "")
    try:
        values = state.work().remember(values_key, lambda: counted(table, names, where, day))
    except StepError:
        return made  # what is wrong with the condition, the preview says
    review = _review(step, values, values_key, key)
    if not isinstance(review, Review):
        return FormResult(None, [review] if review else [])
    with st.container(key=f"wide-{key}-spellings", gap="small"):
        _panel(review, step, key)
    try:
        mapping = _approved(review.lines)
    except ValueError as error:
        st.error(f"{plain(error, longest=300)}.", icon=":material/error:")
        return FormResult(None, [str(error)])
    if not mapping:
        return FormResult(None, ["Tick the groups whose values are one and the same."] if review.lines else ["No group to merge."])
    return _with(made.params, mapping, values, review)


def _there(columns: Columns, table: pd.DataFrame) -> bool:
    return columns.names is None or all(n in table.columns for n in columns.names)


def _with(params: dict[str, Json], mapping: dict[str, str], values: pa.StructArray, review: Review) -> FormResult:
    """The parameters with the approved list, and what is like it and stays."""
    chosen = ClusterMerge.model_validate({**params, "mapping": mapping, "keep": []})
    settings = chosen.model_dump_json()
    if review.kept[0] != settings:
        review.kept = (settings, chosen.lookalikes(values.field(0)))
    return FormResult({**params, "mapping": mapping, "keep": [*review.kept[1], *review.ends]}, [])


def _review(step: ClusterMerge, values: pa.StructArray, values_key: tuple[str, ...], key: str) -> Review | str:
    """The groups, found again where the columns, the rows or the method are others; what was approved stays so."""
    slot = f"wb_spellings-{key}"
    asked = state.digest_of(repr((values_key, sorted(step.how.items()))))
    held: Review | None = st.session_state.get(slot)
    if held is not None and held.asked == asked:
        return held
    mapping = dict(step.mapping) if held is None else _usable(held.lines, step.mapping)
    left = after(values, mapping)
    merged = state.digest_of(repr(sorted(mapping.items())))
    found = state.work().spellings(left, (*values_key, merged), step.model_dump(mode="json", include=set(step.how)))
    if isinstance(found, Failure):
        failed(found, LOOKING)
        return "Similar spellings could not be looked for."
    if isinstance(found, Job):
        wait_for(found, LOOKING)
        return "Similar spellings are being looked for."
    listed = lines(values, mapping, found)
    shown = {v for line in listed for v in line.values}
    counts = zip(values.field(0).to_pylist(), values.field(1).to_pylist(), strict=True)
    times = {v: n for v, n in counts if v in shown}  # of the others, which may be a million, none is named
    made = Review(asked, listed, times, _elsewhere(step.keep, values) if held is None else held.ends)
    made.serial = held.serial + 1 if held is not None else 0
    st.session_state[slot] = made
    return made


def _elsewhere(keep: Sequence[str], values: pa.StructArray) -> tuple[str, ...]:
    """The values kept apart that are not in this file."""
    there = pc.is_in(pa.array(keep, pa.large_string()), values.field(0)).to_pylist()
    return tuple(v for v, found in zip(keep, there, strict=True) if not found)


def _usable(made: Sequence[Line], else_: Mapping[str, str]) -> dict[str, str]:
    """What is approved; if that cannot be used as it stands, what was when it last could."""
    try:
        return _approved(made)
    except ValueError:
        return dict(else_)


def _approved(made: Sequence[Line]) -> dict[str, str]:
    if any(line.merge and not line.becomes.strip() for line in made):
        raise ValueError("Write what the values of a ticked group become, or clear its tick")
    return mapping_of(made)


def _panel(review: Review, step: ClusterMerge, key: str) -> None:
    """How many groups there are, what is done to all of them, the groups of a page, and the way on."""
    proposed = len(review.lines)
    if not proposed:
        _nothing(step, key)
        return
    ticked = [line for line in review.lines if line.merge]
    cells = sum(line.cells for line in ticked)
    found = _found(review)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}-spellings-head"):
        st.markdown(f"**{count(proposed, 'group')}**, {len(ticked):,} ticked: **{count(cells, 'cell')}** would change.", width="content")
        all_ = "all" if len(found) == proposed else f"the {len(found):,} found"
        st.button(
            f"Tick {all_}", key=f"tick-all-{key}", icon=":material/done_all:", on_click=_tick, args=(review, found, True),
            disabled=all(review.lines[i].merge for i in found),
        )  # fmt: skip
        st.button(
            f"Clear {all_}", key=f"tick-none-{key}", type="tertiary", on_click=_tick, args=(review, found, False),
            disabled=not any(review.lines[i].merge for i in found),
        )  # fmt: skip
        if proposed > PAGE:
            st.text_input(
                "Find a value", key=f"{key}-find-spelling", label_visibility="collapsed", placeholder="Find a value", width=160,
                icon=":material/search:", on_change=_search, args=(review, f"{key}-find-spelling"),
            )  # fmt: skip
    if not found:
        st.caption(f"No group holds “{plain(review.find)}”.")
        return
    pages = -(-len(found) // PAGE)
    review.page = min(review.page, pages)
    shown = found[(review.page - 1) * PAGE : review.page * PAGE]
    _grid(review, shown, key)
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            first = (review.page - 1) * PAGE + 1
            st.caption(
                f"{first:,} to {first + len(shown) - 1:,} of {count(len(found), 'group')}, those that change most first.", width="content"
            )
            page_key = f"{key}-spelling-page-{pages}-{review.page}"
            st.pagination(pages, default=review.page, key=page_key, on_change=_turn, args=(review, page_key))
    st.caption("Ticked groups stay when you choose another method. Nothing else is merged.")


def _nothing(step: ClusterMerge, key: str) -> None:
    """Says that there is nothing to merge, and what to try."""
    st.info("No similar spellings found with this method.", icon=":material/check_circle:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Try:", width="content")
        for name in [n for n in OTHERS if n != step.method][:3]:
            st.button(str(METHODS[name]), key=f"try-{name}-{key}", on_click=_try, args=(f"{key}-method", name))


def _try(widget: str, name: str) -> None:
    st.session_state[widget] = name


def _found(review: Review) -> list[int]:
    """The groups that hold what is looked for."""
    wanted = review.find.strip().casefold()
    return [i for i, line in enumerate(review.lines) if not wanted or any(wanted in v.casefold() for v in (*line.values, line.becomes))]


def _grid(review: Review, shown: list[int], key: str) -> None:
    """A page of groups to edit; what is typed goes into the review at once."""
    if shown != review.mounted:
        review.mounted, review.serial = shown, review.serial + 1
        review.base = [review.lines[i] for i in shown]
    widget = f"{key}-groups-{review.serial}"
    if widget not in st.session_state:  # it was out of sight
        review.base = [review.lines[i] for i in shown]
    review.labels = _labels([v for line in review.base for v in line.values], review.times)
    said = {value: label for label, value in review.labels.items()}
    rows = pd.DataFrame(
        {
            "merge": pd.Series([line.merge for line in review.base], dtype=bool),
            "values": pd.Series([[said[v] for v in line.values] for line in review.base], dtype=object),
            "cells": pd.Series([f"{line.cells:,}" for line in review.base], dtype=object),
            "becomes": pd.Series([line.becomes for line in review.base], dtype=object),
        }
    )
    config: dict[str, Any] = {
        "merge": st.column_config.CheckboxColumn("Merge", width=62),
        "values": st.column_config.MultiselectColumn(
            "These values, with how many cells", options=list(review.labels), color="gray", width=335,
            help="Click twice to see all, to take a value out of the group, or to bring in one of another group on this page.",
        ),
        "cells": st.column_config.TextColumn("Changes", width=66, alignment="right", help="Cells that get another value."),
        "becomes": st.column_config.TextColumn("Become", width=170, help="Click twice to write something else."),
    }  # fmt: skip
    with st.container(key=f"fixedhead-{widget}"):
        st.data_editor(
            rows, key=widget, alt="Groups of similar spellings", num_rows="fixed", hide_index=True, disabled=["cells"],
            column_config=config, height=(len(rows) + 1) * ROW + 3, on_change=_edited, args=(review, widget),
        )  # fmt: skip


def _labels(values: Sequence[str], times: Mapping[str, int]) -> dict[str, str]:
    """What the grid says for each value, with its count, to the value: the grid would cut spaces off the value itself."""
    found: dict[str, str] = {}
    for value in dict.fromkeys(values):
        shown = seen(value)
        shown = shown if len(shown) <= SHORT else shown[: SHORT - 1] + "…"
        label = f"{shown} ({times.get(value, 0):,})"
        again = 2
        while label in found:  # long ones that begin alike, say
            label, again = f"{shown} ({times.get(value, 0):,}) {again}", again + 1
        found[label] = value
    return found


def _edited(review: Review, widget: str) -> None:
    """Take over what was done in the grid, all of it anew from the lines as they were mounted."""
    entered = st.session_state[widget]["edited_rows"]
    for at, cells in entered.items():
        if 0 <= int(at) < len(review.base):
            review.lines[review.mounted[int(at)]] = _changed(review.base[int(at)], cells, review)
    if any(cells.keys() - {"merge"} for cells in entered.values()):
        review.mounted = []  # so that the count beside is the one of now, and a line that was ticked by typing in it is seen so


def _changed(line: Line, cells: Mapping[str, object], review: Review) -> Line:
    """A line after the entries in its cells; a value typed for it ticks it, unless the tick was cleared by hand."""
    entered = cells.get("values")
    held = dict(zip(line.values, line.counts, strict=True))
    if isinstance(entered, list):
        values = dict.fromkeys(review.labels[label] for label in entered if label in review.labels)
        held = {v: held.get(v, review.times.get(v, 0)) for v in values}
    becomes = cells.get("becomes", line.becomes)
    becomes = becomes if isinstance(becomes, str) else ""
    merge = bool(cells.get("merge", line.merge or ("becomes" in cells and bool(becomes.strip()))))
    return replace(line, values=tuple(held), counts=tuple(held.values()), becomes=becomes, merge=merge)


def _tick(review: Review, found: Sequence[int], on: bool) -> None:
    for i in found:
        review.lines[i] = replace(review.lines[i], merge=on)
    review.mounted = []


def _search(review: Review, widget: str) -> None:
    review.find, review.page = st.session_state[widget], 1


def _turn(review: Review, widget: str) -> None:
    review.page = st.session_state[widget]
