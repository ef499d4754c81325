"""The matching screen: which column of another table or file goes into which one here, proposed, and changed by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from pipeline.view import seen, texts
from steps.arrow import arrow
from steps.base import listing
from ui.fields import Entry
from ui.list_grid import rows_editor
from ui.words import count, plain

EXTRA, OUT = "an extra column", "left out"
EXAMPLES = 3  # values shown of a column
SHORT = 24  # characters of one


@dataclass(frozen=True)
class Line:
    """A column of the other side: where it stands, some of its values, the column it is to go into, and why.

    ``into`` is a column here, another name for an extra column, or None where it is left out. ``same`` marks a column that
    has the same name here: it is shown only when asked for, whatever it goes into. ``files`` numbers the files that hold it.
    """

    column: str
    where: str
    example: str
    into: str | None
    why: str
    same: bool = False
    files: frozenset[int] = frozenset({0})


def draw(main: Sequence[str], lines: Sequence[Line], *, key: str, label: str, there: str) -> Entry:
    """One line for each column of the other side; the choices as {column: column here, new name, or None for left out}.

    Columns of the same name stay out of it unless they were changed. ``there`` says in words what the other side is.
    """
    same = [line for line in lines if line.same]
    with st.container(key=f"wide-{key}"):
        shown_all = bool(same) and st.toggle(
            f"Show the {count(len(same), 'column')} of the same name, too", value=any(line.into != line.column for line in same),
            key=f"all-{key}", help="They go into the column of their name unless you say otherwise.",
        )  # fmt: skip
        shown = [line for line in lines if shown_all or not line.same]
        labels = {name: f"{name} (column)" if name in (EXTRA, OUT) else name for name in main}  # each place by a name of its own
        if shown:
            st.markdown(f":small[{plain(label)}]")
            chosen = _grid(shown, labels, key=f"{key}-{'all' if shown_all else 'few'}", alt=label, there=there)
        else:
            chosen = {}
            st.caption(f":material/check: All {count(len(same), 'column')} of {plain(there)} have the same name here.")
        entry = _read(lines, chosen, labels)
        _said(main, lines, entry)
    return entry


def _grid(lines: Sequence[Line], labels: Mapping[str, str], *, key: str, alt: str, there: str) -> dict[str, str]:
    """The choices made in the grid: column there to the place it goes to."""
    many = any(line.where for line in lines)
    rows = [
        {
            "column": line.column,
            "where": line.where,
            "example": line.example,
            "into": OUT if line.into is None else labels.get(line.into, EXTRA),
            "why": line.why,
        }
        for line in lines
    ]
    columns = {
        "column": st.column_config.TextColumn(f"Column of {there}", width=120),
        **({"where": st.column_config.TextColumn("In", width=120)} if many else {}),
        "example": st.column_config.TextColumn("For example", width=150),
        "into": st.column_config.SelectboxColumn(
            "Goes into", options=[EXTRA, OUT, *labels.values()], width=130, required=True,
            help="A column here, or none: an extra column, or left out.",
        ),
        "why": st.column_config.TextColumn("Because", width=250),
    }  # fmt: skip
    made = rows_editor(rows, columns, key=key, alt=alt, fixed=True, read_only=[c for c in columns if c != "into"])
    return {row["column"]: row["into"] for row in made if row.get("into") in {EXTRA, OUT, *labels.values()}}


def _read(lines: Sequence[Line], chosen: Mapping[str, str], labels: Mapping[str, str]) -> Entry:
    """The choices by name, or that two columns of a file would go into one."""
    main, named = set(labels), {label: name for name, label in labels.items()}
    hidden = {line.column: line.into for line in lines if line.same and line.column not in chosen}
    found: dict[str, str | None] = {}
    held: dict[tuple[int, str], str] = {(f, to): n.column for n in lines if (to := hidden.get(n.column)) is not None for f in n.files}
    for line in lines:
        if line.column in hidden:
            name = hidden[line.column]
        else:
            to = chosen.get(line.column)
            if to is None:
                continue
            name = None if to == OUT else _free(line, main, set(hidden)) if to == EXTRA else named[to]
            if name is not None and to != EXTRA:
                if other := next((held[f, name] for f in line.files if (f, name) in held), None):
                    return Entry(problem=f'"{other}" and "{line.column}" would both go into "{name}". Choose another place for one.')
                held |= {(f, name): line.column for f in line.files}
        if not (line.same and name == line.column):
            found[line.column] = name
    return Entry(found)


def _free(line: Line, main: set[str], taken: set[str]) -> str:
    """A name for an extra column: its own, or the one it had before, unless a column here is called so."""
    name = line.into if line.into is not None and line.into not in main else line.column
    while name in main or name in taken:
        name += "_2"
    return name


def _said(main: Sequence[str], lines: Sequence[Line], entry: Entry) -> None:
    """What becomes of the columns that have no partner, in words."""
    if entry.problem is not None:
        return
    chosen: dict[str, str | None] = entry.value
    filled = {name for name in chosen.values() if name is not None} | {n.column for n in lines if n.same and n.column not in chosen}
    empty = [name for name in main if name not in filled]
    extra = [name for name in chosen.values() if name is not None and name not in main]
    out = [name for name, into in chosen.items() if into is None]
    parts = {
        "Stays empty in these rows": empty, "Extra column" if len(extra) == 1 else "Extra columns": list(dict.fromkeys(extra)),
        "Left out": out,
    }  # fmt: skip
    said = [f"{words}: {plain(listing(names, 8), longest=300)}." for words, names in parts.items() if names]
    if said:
        st.caption("  \n".join(said))


def example(values: pd.Series) -> str:
    """The first few different values of a column, as they are shown in a cell."""
    some = texts(arrow(values.iloc[:200])).to_pylist()
    different = list(dict.fromkeys(seen(v) for v in some if v is not None))[:EXAMPLES]
    return ", ".join(v if len(v) <= SHORT else v[: SHORT - 1] + "…" for v in different)
