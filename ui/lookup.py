"""Steps that read another table: their keys and columns in the form, and the rows they find, looked at before they are added."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pipeline.lookup import LookUp, look_up
from pipeline.view import Window, take
from steps.append import Append
from steps.base import INT, Step, StepError
from steps.compare import CompareTables
from steps.join import Join
from steps.matching import match_columns, propose_key
from ui import grid, matching, state
from ui.fields import Entry, Json, TableInfo, type_words
from ui.words import count, plain

FIRST = "Choose the other table first."
TALL = 330  # pixels of the rows to look at


def other_column(value: Json, info: TableInfo, *, key: str, label: str, help: str | None, says: Mapping[str, Any]) -> Entry:
    """One column of the other table."""
    if info.other is None:
        return Entry(problem=FIRST, hint=True)
    names = [*info.other.columns, *([value] if value and value not in info.other.columns else [])]
    picked = st.selectbox(
        label, names, index=names.index(value) if value in names else None, format_func=lambda n: _label(n, info.other), key=key, help=help,
        placeholder="Choose a column",
    )  # fmt: skip
    return Entry(picked) if picked is not None else Entry(problem="Choose a column.", hint=True)


def other_columns(value: Json, info: TableInfo, *, key: str, label: str, help: str | None, says: Mapping[str, Any]) -> Entry:
    """Columns of the other table; none stands for the step's own choice."""
    if info.other is None:
        return Entry(value or [])
    held = value if any(n in info.other.columns for n in value or []) else []  # else they are of another table
    names = [*info.other.columns, *(n for n in held if n not in info.other.columns)]
    found = st.multiselect(
        label, names, default=held, format_func=lambda n: _label(n, info.other), key=f"{key}-{info.other_name}", help=help,
        placeholder="All but the key",
    )  # fmt: skip
    return Entry(found)


def _label(name: str, table: pd.DataFrame | None) -> str:
    of = table.dtypes[name].pyarrow_dtype if table is not None and name in table.columns else None
    return f"{name} · {type_words(of)}"


def key_pairs(value: Json, info: TableInfo, *, key: str, label: str, help: str | None, says: Mapping[str, Any]) -> Entry:
    """Lines of a column here and the column there that holds the same; the first is proposed by what the columns hold."""
    if info.other is None or info.table is None:
        return Entry(problem=FIRST, hint=True)
    slot = f"wb_keys-{key}-{info.other_name}"
    if slot not in st.session_state:
        there = [p.get("other") or p["column"] for p in value or []]
        held = value if any(name in info.other.columns for name in there) else []  # else they are of another table
        proposed = None if held else propose_key(info.table, info.other, once_in_both=bool(says.get("once_in_both")))
        start = [(p["column"], p.get("other") or p["column"]) for p in held] or [proposed or (None, None)]
        st.session_state[slot] = dict(enumerate(start))
    lines: dict[int, tuple[str | None, str | None]] = st.session_state[slot]
    with st.container(key=f"wide-{key}"):
        st.markdown(f":small[{plain(label)}]", help=help)
        found = [_pair(n, start, info, f"{key}-{info.other_name}-{n}", slot, alone=len(lines) == 1) for n, start in lines.items()]
        st.button("Add another key column", key=f"{key}-more-keys", type="tertiary", icon=":material/add:", on_click=_more, args=(slot,))
    if any(a is None or b is None for a, b in found):
        return Entry(problem="Choose a column of both tables.", hint=True)
    return Entry([{"column": a, "other": b} for a, b in found])


def _pair(
    n: int, start: tuple[str | None, str | None], info: TableInfo, key: str, slot: str, *, alone: bool
) -> tuple[str | None, str | None]:
    """One line: this column equals that one."""
    assert info.other is not None
    mine = [*info.columns, *([start[0]] if start[0] and start[0] not in info.columns else [])]
    theirs = [*info.other.columns, *([start[1]] if start[1] and start[1] not in info.other.columns else [])]
    with st.container(horizontal=True, vertical_alignment="center", key=f"pair-{key}"):
        here = st.selectbox(
            "Column here", mine, index=mine.index(start[0]) if start[0] else None, format_func=lambda c: _label(c, info.table),
            key=f"{key}-here", label_visibility="collapsed", placeholder="Column of this table",
        )  # fmt: skip
        st.markdown("is")
        there = st.selectbox(
            "Column there", theirs, index=theirs.index(start[1]) if start[1] else None, format_func=lambda c: _label(c, info.other),
            key=f"{key}-there", label_visibility="collapsed", placeholder=f"Column of {info.other_name}",
        )  # fmt: skip
        if not alone:
            leave = "Leave this line out"
            st.button("", key=f"{key}-less", icon=":material/close:", help=leave, type="tertiary", on_click=_less, args=(slot, n))
    return here, there


def _more(slot: str) -> None:
    lines = st.session_state[slot]
    lines[max(lines) + 1] = (None, None)


def _less(slot: str, n: int) -> None:
    st.session_state[slot].pop(n, None)


def match(
    value: Mapping[str, str | None] | None, info: TableInfo, *, key: str, label: str, help: str | None, says: Mapping[str, Any]
) -> Entry:
    """The matching screen for the columns of the other table."""
    if info.other is None or info.table is None:
        return Entry(value or {})
    table, other = info.table, info.other
    proposal = state.work().remember(("match", info.tables_key), lambda: match_columns(table, other))
    lines = []
    for name in other.columns:
        pair = proposal.of(name)
        into: str | None = pair.left if pair else name
        why = pair.why if pair else "no column here is like it"
        if value and name in value:
            into, why = value[name], "chosen"
        lines.append(matching.Line(name, "", matching.example(other[name]), into, why, same=pair is not None and pair.left == name))
    return matching.draw(list(table.columns), lines, key=f"{key}-{info.other_name}", label=label, there=info.other_name)


def look(step: Step, df: pd.DataFrame, other: pd.DataFrame, result: pd.DataFrame, key: str) -> None:
    """The rows that a look-up or a comparison finds, kind by kind, before the step is added."""
    if isinstance(step, Join):
        try:
            found = look_up(df, other, step.keys, step.compare)
        except StepError:
            return  # said where the preview is
        _look_join(step, df, other, found, key)
    elif isinstance(step, CompareTables):
        _look_compare(step, result, key)
    elif isinstance(step, Append):
        return


def _look_join(step: Join, df: pd.DataFrame, other: pd.DataFrame, found: LookUp, key: str) -> None:
    kinds = {
        "Matched": found.once, "More than one match": found.several, "Without a match": found.none, "Without a key": found.no_key,
        f"Not used in {step.other}": found.unused,
    }  # fmt: skip
    kinds = {words: at for words, at in kinds.items() if len(at) or words in ("Matched", "Without a match")}
    if len(found.repeated):
        _repeated(step, other, found)
    chosen = _choose(key, {words: len(at) for words, at in kinds.items()})
    positions = kinds[chosen]
    if chosen in ("Matched", "More than one match"):
        page = positions[:100]
        here, there = found.partners(page)
        rows = _beside(df, other, here[:200], there[:200], step)
        _rows(rows, len(positions), f"{key}-{chosen}", "row")
    else:
        table = other if chosen.startswith("Not used") else df
        window = take(table, positions, 1)
        _rows(_keys_first(window, [k.there if table is other else k.column for k in step.keys]), len(positions), f"{key}-{chosen}", "row")


def _repeated(step: Join, other: pd.DataFrame, found: LookUp) -> None:
    """Warns of keys that stand more than once in the other table."""
    keys = other.iloc[found.repeated][[k.there for k in step.keys]].astype(str)
    joined = keys.agg(", ".join, axis=1) if len(keys.columns) > 1 else keys.iloc[:, 0]
    times = joined.value_counts()
    first = ", ".join(f"{plain(v, longest=40)} ({n:,})" for v, n in times.iloc[:3].items())
    more = f" and {len(times) - 3:,} more" if len(times) > 3 else ""
    effect = f" Rows that match them come more than once: {count(found.more_rows, 'row')} more." if found.more_rows else ""
    effect = effect if step.if_many in ("warn", "all") and step.how not in ("semi", "anti") else ""
    stands = "stands" if len(times) == 1 else "stand"
    said = f"{count(len(times), 'key')} of {plain(step.other)} {stands} more than once: {first}{more}.{effect}"
    st.warning(said, icon=":material/warning:")


def _choose(key: str, kinds: Mapping[str, int]) -> str:
    """Which kind of rows to look at, each with its count."""
    slot = f"look-{key}"
    if st.session_state.get(slot) not in kinds:
        st.session_state.pop(slot, None)
    return st.segmented_control(
        "Rows to look at", list(kinds), default=next(iter(kinds)), required=True, key=slot, label_visibility="collapsed",
        format_func=lambda words: f"{words} ({kinds[words]:,})",
    )  # fmt: skip


def _beside(df: pd.DataFrame, other: pd.DataFrame, here: np.ndarray, there: np.ndarray, step: Join) -> pd.DataFrame:
    """Rows here and the rows there that they find, side by side: keys, then the columns that come over, then the rest."""
    mine, theirs = df.take(here), other.take(there)
    pairs = {k.column: k.there for k in step.keys}
    taken = list(step.take) or [n for n in other.columns if n not in pairs.values()]
    names: dict[str, pd.Series] = {f"row in {step.other}": pd.Series(theirs.index, dtype=INT)}
    for a, b in pairs.items():
        names[a] = mine[a].reset_index(drop=True)
        names[f"{b} in {step.other}"] = theirs[b].reset_index(drop=True)
    names |= {f"{n} in {step.other}": theirs[n].reset_index(drop=True) for n in taken if n in other.columns}
    names |= {n: mine[n].reset_index(drop=True) for n in df.columns if n not in names}
    return pd.DataFrame(names).set_axis(mine.index)


def _keys_first(window: Window, keys: list[str]) -> pd.DataFrame:
    rows = window.rows
    return rows[[*keys, *(n for n in rows.columns if n not in keys)]]


def _look_compare(step: CompareTables, result: pd.DataFrame, key: str) -> None:
    states = result[step.state].value_counts()
    order = ["changed", "new", "gone", "same", "key repeats", "no key"]
    kinds = {word: int(states.get(word, 0)) for word in order if states.get(word, 0) or word in ("changed", "new", "gone")}
    chosen = _choose(key, kinds)
    positions = (result[step.state] == chosen).fillna(False).to_numpy(bool).nonzero()[0]
    window = take(result, positions, 1)
    _rows(_keys_first(window, [*(k.column for k in step.keys), step.details]), len(positions), f"{key}-{chosen}", "row")


def _rows(rows: pd.DataFrame, total: int, key: str, noun: str) -> None:
    if not total:
        st.caption("No row.")
        return
    height = min(38 + 35 * len(rows), TALL)
    grid.show(rows, key=f"lookgrid-{key}-{state.digest_of(str(rows.index.tolist()))[:8]}-{total}", alt="Rows to look at", height=height)
    if total > 100:
        st.caption(f"The first 100 of {count(total, noun)}.")
