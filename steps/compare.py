"""Compare with another table by key: new rows, rows that are gone, changed cells."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, JsonValue

from steps.arrow import arrow, flags, keep_rows, one_of_few, repeated, rows_at, side_by_side
from steps.base import ColumnName, Outcome, Step, StepError, TableName, listing, removed_rows
from steps.bits import taken
from steps.common_types import bring, common_type
from steps.keys import COMPARE_LABELS, Compare, KeyPair, find, match_keys

STATES = ("same", "changed", "new", "key repeats", "no key", "gone")
LABELS: dict[str, JsonValue] = dict(COMPARE_LABELS)


class CompareTables(Step):
    """The rows with what became of them since the other, earlier table, and which cells changed: "price: 10 → 12".

    A row is the same or changed if its key stands once in each table, new if it is not in the other one. Rows without a key,
    and those whose key stands more than once in either table, are marked so and not compared. Columns that both tables have
    are compared: numbers as numbers, text as written, missing equal to missing. Rows that are gone come last with their old
    values, or are only counted.

    Raises StepError if a table or column is absent, key columns hold different kinds of values, or a new name is taken.
    """

    name = "compare"
    label = "Compare with another table"
    help = "By key: new, gone, changed cells."
    group = "Tables"
    kind = "structure"
    words = ("compare", "diff", "difference", "changes", "reconcile", "new rows", "deleted rows", "versions", "last month")
    may_remove = True

    other: TableName = Field(title="Earlier table", description="The table to compare with, after its own steps.")
    keys: list[KeyPair] = Field(
        min_length=1,
        title="Key",
        description="The columns that say which rows are the same.",
        json_schema_extra={"once_in_both": True},
    )
    ignore: list[ColumnName] = Field(default_factory=list, title="Columns not compared", description="Columns whose changes do not count.")
    compare: Compare = Field(
        "trim", title="Compare key text", description="When keys count as the same.", json_schema_extra={"labels": LABELS}
    )
    show: Literal["all", "different"] = Field(
        "all",
        title="Rows",
        description="Whether rows without a difference stay.",
        json_schema_extra={"labels": {"all": "Keep all", "different": "Keep only those that differ"}},
    )
    gone: Literal["add", "count"] = Field(
        "add",
        title="Rows that are gone",
        description="Whether they come below with their old values.",
        json_schema_extra={"labels": {"add": "Add them below", "count": "Only count them"}},
    )
    state: str = Field("change", min_length=1, title="Column for the state", description='Says "new", "changed", "same" or "gone".')
    details: str = Field("changed cells", min_length=1, title="Column for the changes", description='Says "price: 10 → 12".')

    def apply(self, df: pd.DataFrame, fitted: None, tables: Mapping[str, pd.DataFrame]) -> Outcome:  # type: ignore[override]
        """The rows with their state, and the counts."""
        if self.other not in tables:
            raise StepError(f'there is no table "{self.other}"', remedy=f"Choose one of: {listing(tables)}." if tables else "Add it first.")
        if there_already := [n for n in (self.state, self.details) if n in df.columns]:
            raise StepError("is already in the table", column=there_already[0], remedy="Give the new column another name.")
        if self.state == self.details:
            raise StepError(f'both new columns would be called "{self.state}"', remedy="Give one another name.")
        other = tables[self.other]
        matches = match_keys(df, other, self.keys, self.compare)
        found = find(matches)
        has = matches.left >= 0
        own = np.bincount(matches.left if has.all() else matches.left[has], minlength=matches.different + 1)
        alone = own.take(matches.left, mode="wrap") == 1
        once = has & alone & (found.counts == 1)
        there = np.full(len(df), -1)
        there[found.counts == 1] = found.positions[np.repeat(found.counts == 1, found.counts)]
        here = np.flatnonzero(once)
        at, words = self._changes(df, other, here, there.take(here))
        state = np.full(len(df), STATES.index("key repeats"), "int8")
        state[(found.counts == 0) & alone] = STATES.index("new")
        state[~has] = STATES.index("no key")
        state[once] = STATES.index("same")
        state[here.take(at)] = STATES.index("changed")
        which = np.full(len(df), -1)
        which[here.take(at)] = np.arange(len(at))
        lost = np.flatnonzero((matches.right < 0) | (own.take(matches.right, mode="wrap") == 0))
        return self._outcome(df, other, state, np.where(once, there, -1), words.take(pa.array(which, mask=which < 0)), lost)

    def needs(self) -> list[str]:
        """The key columns."""
        return [k.column for k in self.keys]

    def describe(self) -> str:
        """The table and the key in words."""
        return f"Compare with {self.other} by {listing([k.column for k in self.keys])}"

    def _changes(self, df: pd.DataFrame, other: pd.DataFrame, here: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, pa.Array]:
        """Which of the pairs of rows differ, and for each of these the changed cells in words."""
        keys = {k.column for k in self.keys}
        shared = [n for n in df.columns if n in other.columns and n not in keys and n not in self.ignore]
        cells = side_by_side(lambda n: _differences(n, _at(arrow(df[n]), here), _at(arrow(other[n]), there)), shared)
        changed = np.zeros(len(here), bool)
        for at, _ in cells:
            changed[at] = True
        pairs = np.flatnonzero(changed)
        said = []
        for at, words in cells:
            which = np.full(len(pairs), len(words))
            which[np.searchsorted(pairs, at)] = np.arange(len(words))
            said.append(pa.chunked_array([*words.chunks, pa.array([""], pa.large_string())]).combine_chunks().take(pa.array(which)))
        if not said:
            return pairs, pa.array([], pa.large_string())
        return pairs, pc.utf8_slice_codeunits(pc.binary_join_element_wise(*said, _text("")), 2)

    def _outcome(
        self, df: pd.DataFrame, other: pd.DataFrame, state: np.ndarray, there: np.ndarray, changes: pa.Array, lost: np.ndarray
    ) -> Outcome:
        """The table with both new columns, rows that are gone below, and what is the same removed if it is not wanted."""
        count = np.bincount(state, minlength=len(STATES)).tolist()
        counted = {f"{{n}} rows: {s}.": n for s, n in zip(STATES, count, strict=True)} | {"{n} rows: gone.": len(lost)}
        keep = state != STATES.index("same") if self.show == "different" else np.ones(len(df), bool)
        below = lost if self.gone == "add" else lost[:0]
        kept = np.flatnonzero(keep)
        base = keep_rows(df, keep)
        index = pd.Index(np.concatenate([base.index.to_numpy(), -1 - np.arange(len(below))])) if len(below) else base.index
        made = {n: self._with_gone(arrow(base[n]), other, n, below) for n in df.columns} if len(below) else {}
        states = np.concatenate([state.take(kept), np.full(len(below), STATES.index("gone"), "int8")])
        words = changes if len(kept) == len(df) else changes.take(pa.array(kept))
        new = {
            self.state: one_of_few(STATES, states).cast(pa.large_string()),
            self.details: pa.concat_arrays([words, pa.nulls(len(below), pa.large_string())]),
        }
        columns = {n: pd.Series(v, dtype=pd.ArrowDtype(v.type), index=index) for n, v in {**made, **new}.items()}
        table = pd.DataFrame(columns, index=index) if len(below) else base.assign(**columns)
        partner = np.concatenate([there.take(kept), below])
        at = np.flatnonzero(partner >= 0)
        rows = rows_at(other, partner.take(at))
        lines = pa.table({"position": at, "table": repeated(self.other, len(at)), "row": rows.to_numpy()})
        gone = np.flatnonzero(~keep)
        removed = removed_rows(rows_at(df, gone), f"is the same in {self.other}") if len(gone) else None
        noted = {text: n for text, n in counted.items() if n}
        return Outcome(table, removed=removed, parents=lines.to_pandas(types_mapper=pd.ArrowDtype), noted=noted)

    def _with_gone(self, values: pa.ChunkedArray, other: pd.DataFrame, name: str, below: np.ndarray) -> pa.ChunkedArray:
        """A column with the old values of the rows that are gone below."""
        source = next((k.there for k in self.keys if k.column == name), name)
        if source not in other.columns:
            return pa.chunked_array([pa.concat_arrays([*values.chunks, pa.nulls(len(below), values.type)])])
        old = arrow(other[source]).take(pa.array(below))
        to = common_type([values, old]) if values.type != old.type else values.type
        return pa.chunked_array([pa.concat_arrays([*bring(values, to).chunks, *bring(old, to).chunks])])


def _at(values: pa.ChunkedArray, positions: np.ndarray) -> pa.ChunkedArray:
    """The values at ascending or any positions; the column as it is where these are all of it in its order."""
    whole = len(positions) == len(values) and bool((positions == np.arange(len(values))).all())
    return values if whole else taken(values, positions)


def _differences(name: str, new: pa.ChunkedArray, old: pa.ChunkedArray) -> tuple[np.ndarray, pa.ChunkedArray]:
    """Where two columns differ, and each change there as "; price: 10 → 12"."""
    to = common_type([new, old])
    new, old = bring(new, to), bring(old, to)
    at = np.flatnonzero(flags(pc.not_equal(new, old)) | (flags(new.is_null()) != flags(old.is_null())))
    a, b = (pc.fill_null(bring(taken(v, at), pa.large_string()), "(missing)") for v in (old, new))
    return at, pc.binary_join_element_wise(_text(f"; {name}: "), a, _text(" → "), b, _text(""))


def _text(value: str) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())
