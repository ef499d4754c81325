"""What a new column is called until a person says otherwise: after the column it comes from, and what is done with it."""

from collections.abc import Collection, Mapping

import streamlit as st

from steps.base import Step
from ui.fields import Json

UNNAMED = "result"  # what a step calls its column if nobody says
FIELD = "into"
DATES = {"part": "{part}", "format": "text", "difference": "{unit}", "truncate": "{unit}_{edge}", "shift": "moved"}
RUNNING = {"total": "running_total", "above": "above", "difference": "difference", "rank": "rank", "group_total": "group_total"}
ALONE = {"number": "row_number", "group_count": "group_count"}  # are of no column


def name_of(step: str, params: Mapping[str, Json], columns: Collection[str]) -> str | None:
    """A name that is not in the table; None for a step that names its columns in another way, or as long as no column is chosen."""
    column, what = params.get("column"), str(params.get("action" if step == "dates" else "what"))
    if step == "running" and what in ALONE:
        made = ALONE[what]
    else:
        ending = {"dates": DATES, "running": RUNNING}.get(step, {}).get(what)
        if ending is None or not isinstance(column, str) or not column:
            return None
        unit = str(params.get("unit")).removesuffix("s" if what == "truncate" else "")
        made = f"{column}_{ending.format(part=params.get('part'), unit=unit, edge=params.get('edge'))}"
        made = made.replace("_", " ") if " " in column else made
    free, n = made, 1
    while free in columns:
        n += 1
        free = f"{made} {n}" if " " in made else f"{made}_{n}"
    return free


def follow(kind: type[Step], params: Mapping[str, Json], columns: Collection[str], key: str) -> dict[str, Json]:
    """The settings that the form under ``key`` is drawn with: the new column is named after the rest until a name is typed."""
    made, session = dict(params), st.session_state
    if FIELD not in kind.model_fields:
        return made
    typed, ours = f"{key}-{FIELD}", f"wb_named-{key}"
    if session.get(typed, params.get(FIELD, UNNAMED)) not in (UNNAMED, session.get(ours)):
        return made
    drawn = {n: session[f"{key}-{n}"] for n in kind.model_fields if f"{key}-{n}" in session}
    rest = {n: f.get_default() for n, f in kind.model_fields.items() if not f.is_required()}
    name = name_of(kind.name, {**rest, **params, **drawn}, columns)
    if name is None:
        return made
    session[ours] = name
    if typed in session:
        session[typed] = name
        name = ""  # the widget is there and takes its text from the session
    return {**made, FIELD: name}
