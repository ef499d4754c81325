"""What columns hold and become: on Load as one grid whose choices are kept at once, and below the form of the step."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import pandas as pd
import streamlit as st
from pydantic import JsonValue

from pipeline import RecipeStep, TableRun, new_step
from pipeline.column_types import Way, chosen, counted, evidence, left_out, planned, propose, way
from pipeline.keys import digest
from pipeline.tasks import Loaded
from steps import catalogue
from steps.arrow import is_text
from steps.base import Outcome, StepError, listing
from steps.proposals import Proposal
from steps.types import LABELS, TypeName
from ui import state
from ui.fields import type_words
from ui.grid import types_of
from ui.words import count, plain

TYPES = {name: str(label) for name, label in LABELS.items()}
CHOOSE = "Change column types"
Plan = Sequence[tuple[str, dict[str, JsonValue]]]  # steps with their settings
OPEN = {"dmy": "Day first", "mdy": "Month first"}
SERIAL = {"off": "Leave these out", "1900": "Days since 1900", "1904": "Days since 1904 (old Mac)"}
NOT_LOOKED_AT = "not looked at"
OFFERED = 5  # columns whose values that do not fit may count as missing by one press
LOOKED_AT = 100  # columns tried for other ways of writing, a few hundredths of a second each


def tried(table: pd.DataFrame, loaded: Loaded) -> set[str]:
    """The columns that were looked at for other ways of writing: all that need it, or of very many the first ones."""
    known_well = {p.column for p in loaded.proposals if p.column in table.columns and (p.proposed == "text" or not p.exceptions)}
    others = [n for n, of in types_of(table).items() if is_text(of) and n not in known_well]
    return known_well.union(others[:LOOKED_AT])


def offered(table: pd.DataFrame, key: str, loaded: Loaded) -> dict[str, Way]:
    """What is proposed for the columns of a table that is known by a key; worked out once, and for many columns in part."""
    known = [p for p in loaded.proposals if p.column in table.columns]
    chosen = tried(table, loaded)
    looked = table[[n for n in table.columns if n in chosen]]
    with st.spinner("Looking at the columns…"):
        found = state.work().remember(("ways", key), lambda: tuple(propose(looked, known)))
    if any(is_text(of) and n not in chosen for n, of in types_of(table).items()):
        st.caption(f"The first {LOOKED_AT} columns of text were tried for other ways of writing; choose types for the others yourself.")
    return {one.column: one for one in found}


@dataclass(frozen=True)
class Said:
    """A proposal in words."""

    proposed: str
    evidence: str
    exceptions: int = 0


def said(table: pd.DataFrame, key: str, loaded: Loaded) -> dict[str, Said]:
    """What is proposed for the columns, and why the others that look like numbers stay text."""
    ways, text = offered(table, key, loaded), {n for n, of in types_of(table).items() if is_text(of)}
    kept = {p.column: p for p in loaded.proposals if p.column in text}
    stay = {n: Said("text", p.evidence, p.exceptions) for n, p in kept.items() if p.proposed == "text"}
    stay |= {n: Said("", NOT_LOOKED_AT) for n in text - tried(table, loaded) - stay.keys()}
    return stay | {n: Said(one.to, _why(one, kept.get(n)), one.exceptions) for n, one in ways.items()}


def _why(one: Way, known: Proposal | None) -> str:
    return known.evidence if known is not None and one.step == "set_types" and one.question is None else evidence(one)


def known_as(done: TableRun, position: int) -> str:
    """What names the content of the table before the step at a position."""
    keys = [s.key for s in done.steps[:position] if s.key]
    return keys[-1] if keys else done.source_key


def exactly(table: pd.DataFrame, key: str, one: Way) -> Way:
    """A way with what it makes of the column; worked out once."""
    return state.work().remember(("way", key, one.model_dump_json()), lambda: counted(table, one))


def best(
    table: pd.DataFrame, key: str, name: str, to: TypeName, other_ways: bool = True, order: str | None = None, serial: str | None = None
) -> Way:
    """How the column becomes the type; worked out once."""
    known_by = ("best-way", key, name, to, str(other_ways), str(order), str(serial))
    return state.work().remember(known_by, lambda: way(table, name, to, other_ways, order, serial))


def draw(loaded: Loaded) -> None:
    """The grid of Load: every column's type now, what is proposed and why, and what it becomes."""
    st.caption(
        "Columns become numbers, dates or yes/no only where every value stays the same value. "
        "The rest stays text until you choose: leading zeros and long numbers are kept."
    )
    loaded = _marked(loaded)
    proposals, taken = offered(loaded.table, loaded.key, loaded), ways_of_steps()
    kept = {p.column: p for p in loaded.proposals}
    shown = {n: exactly(loaded.table, loaded.key, one) for n, one in taken.items() if n in loaded.table.columns}
    _accept_all(proposals, taken)
    rows, looked_at = [], tried(loaded.table, loaded)
    for name, of in types_of(loaded.table).items():
        one = shown.get(name) or proposals.get(name)
        why = _why(one, kept.get(name)) if one else kept[name].evidence if name in kept else ""
        why = why or (NOT_LOOKED_AT if is_text(of) and name not in looked_at else "")
        rows.append({
            "Column": name, "Now": type_words(of), "Proposed": TYPES[proposals[name].to] if name in proposals else "",
            "Becomes": TYPES[taken[name].to] if name in taken else None, "Why": why,
            "Do not fit": f"{one.exceptions:,}" if one and one.exceptions else "", "Which": one.unfit if one else "",
            "Before → after": one.shown if one else "",
        })  # fmt: skip
    key = f"types-{loaded.key[:12]}-{state.desk().revision}"
    text = st.column_config.TextColumn
    st.data_editor(
        pd.DataFrame(rows, dtype=object), key=key, hide_index=True, num_rows="fixed", disabled=[n for n in rows[0] if n != "Becomes"],
        column_config={
            "Becomes": st.column_config.SelectboxColumn(options=list(TYPES.values()), help="Empty: stays as it is.", width=130),
            "Now": text(width=60), "Proposed": text(width=110), "Why": text(width=260), "Do not fit": text(width=80, alignment="right"),
            "Which": text(width=150), "Before → after": text(width=200),
        },
        placeholder="stays as it is", alt="The type of each column",
        on_change=_choose, args=(key, list(loaded.table.columns), taken, loaded),
    )  # fmt: skip
    open_dates = [one for n, one in {**proposals, **shown}.items() if one.question]
    ask_orders(open_dates, key, lambda one, order: _keep_order(loaded, one, order))
    mixed = [one for one in {**proposals, **shown}.values() if one.serial]
    ask_serials(mixed, key, lambda one, serial: _keep_order(loaded, one, None, serial))
    _offer_missing(loaded, {**proposals, **shown}, taken)


def _marked(loaded: Loaded) -> Loaded:
    """The file with the words missing that count as missing before the types are made."""
    steps = list(state.steps())
    first = next((at for at, s in enumerate(steps) if state.is_types(s)), 0)
    marks = [s for s in steps[:first] if s.step == "mark_missing" and s.on and s.where is None]
    if not marks:
        return loaded

    def made() -> pd.DataFrame:
        table = loaded.table
        for step in (s.build() for s in marks):
            after = step.apply(table, step.fit(table))
            table = after.table if isinstance(after, Outcome) else after
        return table

    key = digest(loaded.key, [s.params for s in marks])
    try:
        return replace(loaded, key=key, table=state.work().remember(("marked", key), made))
    except StepError:  # the step says so itself
        return loaded


def _offer_missing(loaded: Loaded, ways: Mapping[str, Way], taken: Mapping[str, Way]) -> None:
    """For columns that few different values do not fit, a way to count these as missing."""
    with st.container(gap=None):
        for one in [w for w in ways.values() if w.exceptions and not w.question][:OFFERED]:
            known_by = ("left-out", loaded.key, one.model_dump_json())
            values = state.work().remember(known_by, lambda one=one: left_out(loaded.table, one))  # type: ignore[misc]  # one of this turn
            if values:
                st.button(
                    f"{plain(one.column)}: treat {listing([plain(v) for v in values])} as missing", key=f"as-missing-{one.column}",
                    type="tertiary", icon=":material/block:", on_click=_as_missing, args=(one, values, taken),
                )  # fmt: skip


def _as_missing(one: Way, values: tuple[str, ...], taken: Mapping[str, Way]) -> None:
    made = new_step("mark_missing", {"columns": {"names": [one.column]}, "tokens": [*values], "case_insensitive": False})
    keep(f"Treat {listing(values)} as missing", {**taken, one.column: one}, before=[made])


def _accept_all(proposals: Mapping[str, Way], taken: Mapping[str, Way]) -> None:
    """One press takes every proposal that is not taken yet."""
    fresh = [one for n, one in proposals.items() if n not in taken and not one.question]
    unfit = sum(one.exceptions for one in fresh)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Accept all", key="accept-types", icon=":material/done_all:", disabled=not fresh, on_click=_accept, args=(fresh, taken))
        if fresh:
            said = f"{count(len(fresh), 'column')} more would become numbers, dates or yes/no; "
            st.caption(said + (f"{count(unfit, 'value')} would be listed under Problems." if unfit else "every value fits."))
        else:
            st.caption("Everything proposed is taken." if proposals else "No column looks like numbers, dates or yes/no.")


def ask_orders(ways: Iterable[Way], key: str, keep: Callable[[Way, str], None]) -> None:
    """Day first or month first, where the values leave it open; never guessed."""
    for one in ways:
        chosen_order = st.radio(
            f"{plain(one.column)}: in {plain(one.question)}, which comes first?", list(OPEN), index=None, horizontal=True,
            format_func=OPEN.__getitem__, key=f"{key}-order-{one.column}",
        )  # fmt: skip
        if chosen_order is not None:
            keep(one, chosen_order)


def ask_serials(ways: Iterable[Way], key: str, keep: Callable[[Way, str], None]) -> None:
    """What day numbers of Excel among dates are; left out unless it is said."""
    for one in ways:
        chosen_start = st.radio(
            f"{plain(one.column)}: {plain(one.serial)} looks like a day number of Excel. How are such numbers meant?", list(SERIAL),
            horizontal=True, format_func=SERIAL.__getitem__, key=f"{key}-serial-{one.column}",
        )  # fmt: skip
        if chosen_start != "off":
            keep(one, chosen_start)


def _keep_order(loaded: Loaded, one: Way, order: str | None, serial: str | None = None) -> None:
    order = order or cast(str | None, one.params.get("order"))
    made = best(loaded.table, loaded.key, one.column, one.to, order=order, serial=serial)
    if keep(f"Read {one.column} as dates", {**ways_of_steps(), one.column: made}):
        st.rerun()


def _accept(fresh: list[Way], taken: Mapping[str, Way]) -> None:
    keep("Accept all proposed types", {**taken, **{one.column: one for one in fresh}})


def _choose(key: str, columns: list[str], before: Mapping[str, Way], loaded: Loaded) -> None:
    """Take over the choices of the grid."""
    names = {label: cast(TypeName, name) for name, label in TYPES.items()}
    after = dict(before)
    for at, cells in st.session_state[key]["edited_rows"].items():
        if "Becomes" in cells and 0 <= int(at) < len(columns):
            column, label = columns[int(at)], cells["Becomes"]
            after.pop(column, None)
            if label in names:
                after[column] = best(loaded.table, loaded.key, column, names[label])
    keep(CHOOSE, after)


def block() -> list[RecipeStep]:
    """The steps that type the columns after reading, as far as they are still there."""
    return [s for s in state.steps() if state.is_types(s)]


def ways_of_steps() -> dict[str, Way]:
    """How the columns become their types in those steps."""
    return chosen((s.step, s.params) for s in block())


def keep(label: str, ways: Mapping[str, Way], *, join: bool = False, before: Sequence[RecipeStep] = ()) -> bool:
    """Keep the types in the first steps, as one change; a step whose settings stay keeps its id, its note and the rest.

    With ``join`` it is part of the last change of that label. Steps ``before`` are put ahead of the types.
    """
    old, made, taken = block(), list[RecipeStep](), set[str]()
    for name, params in planned(ways.values()):
        same = next((s for s in old if s.id not in taken and s.step == name and _alike(s, params)), None)
        if same is None:
            same = new_step(name, params, id=state.types_id(taken | {s.id for s in old}))
        taken.add(same.id)
        made.append(same.model_copy(update={"params": {**same.params, **params}}))
    steps = list(state.steps())
    first = next((at for at, s in enumerate(steps) if state.is_types(s)), 0)
    rest = [s for s in steps if not state.is_types(s)]
    ahead = sum(not state.is_types(s) for s in steps[:first])
    return state.change_steps(label, [*rest[:ahead], *before, *made, *rest[ahead:]], join=join)


def _alike(step: RecipeStep, params: Mapping[str, object]) -> bool:
    """Whether a step reads in this way; the columns aside."""
    plain_settings = {n: v for n, v in step.params.items() if n != "columns"}
    return step.step == "set_types" or plain_settings == {n: v for n, v in params.items() if n != "columns"}


def in_form(table: pd.DataFrame, table_key: str, params: Mapping[str, JsonValue], key: str) -> Plan | None:
    """Below the form of "Change column types": what becomes of each column and by which steps; None if a question is open.

    Raises nothing: a column that is not in the table stays with the step, which says so itself.
    """
    types = {str(n): cast(TypeName, to) for n, to in dict(cast(Mapping[str, str], params.get("types") or {})).items()}
    if not types:
        return [("set_types", dict(params))]
    other = st.toggle(
        "Read other ways of writing too", value=True, key=f"{key}-other-ways",
        help="€1,234.50, 31.12.2024 and Yes are no plain values: they are read by a step of their own, which is added with this one.",
    )  # fmt: skip
    ways, still_open, mixed = {}, list[Way](), list[Way]()
    for name, to in types.items():
        if name not in table.columns:
            ways[name] = Way(column=name, to=to)
            continue
        order, serial = (st.session_state.get(f"{key}-{asked}-{name}") for asked in ("order", "serial"))
        ways[name] = best(table, table_key, name, to, other, order, None if serial == "off" else serial)
        if (unread := best(table, table_key, name, to, other, order)).serial:
            mixed.append(unread)
        if to == "integer" and params.get("rounding", "refuse") != "refuse":
            ways[name] = exactly(table, table_key, Way(column=name, to=to, params={"rounding": params["rounding"]}))
        if ways[name].question or (order and ways[name].step == "parse_date"):
            still_open.append(
                ways[name] if ways[name].question else ways[name].model_copy(update={"question": _asked(table, table_key, name, to)})
            )
    ask_orders(still_open, key, lambda one, order: None)
    ask_serials(mixed, key, lambda one, serial: None)
    for one in ways.values():
        _said(one)
    if any(one.question for one in ways.values()):
        return None
    rest = {n: v for n, v in params.items() if n != "types"}
    plan = planned(ways.values())
    return [(name, {**made, **{n: v for n, v in rest.items() if n in catalogue[name].model_fields}}) for name, made in plan]


def _asked(table: pd.DataFrame, table_key: str, name: str, to: TypeName) -> str | None:
    return best(table, table_key, name, to).question


def _said(one: Way) -> None:
    """One column's way in a line."""
    how = "" if one.step == "set_types" else f", by *{plain(catalogue[one.step].label)}*: {plain(evidence(one))}"
    left = f" **{count(one.exceptions, 'value')}** would not fit: {plain(one.unfit)}." if one.exceptions else " Every value fits."
    sample = f" {plain(one.shown)}" if one.samples else ""
    st.caption(f"**{plain(one.column)}** → {TYPES[one.to].lower()}{how}{left}{sample}")
