"""Compare with another table by key: new rows, rows that are gone, changed cells."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, JsonValue

from steps.arrow import arrow, flags, keep_rows
from steps.base import ColumnName, Outcome, Step, StepError, TableName, listing, removed_rows
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
        if taken := [n for n in (self.state, self.details) if n in df.columns]:
            raise StepError("is already in the table", column=taken[0], remedy="Give the new column another name.")
        if self.state == self.details:
            raise StepError(f'both new columns would be called "{self.state}"', remedy="Give one another name.")
        other = tables[self.other]
        matches = match_keys(df, other, self.keys, self.compare)
        found = find(matches)
        own = np.bincount(matches.left[matches.left >= 0], minlength=matches.different + 1)
        once = (matches.left >= 0) & (own[matches.left] == 1) & (found.counts == 1)
        there = np.full(len(df), -1)
        there[found.counts == 1] = found.positions[np.repeat(found.counts == 1, found.counts)]
        changes = self._changes(df, other, np.flatnonzero(once), there[once])
        state = np.full(len(df), STATES.index("key repeats"))
        state[(found.counts == 0) & (own[matches.left] == 1)] = STATES.index("new")
        state[matches.left < 0] = STATES.index("no key")
        state[once] = np.where(flags(changes.is_valid()), STATES.index("changed"), STATES.index("same"))
        lost = np.flatnonzero((matches.right < 0) | (own[matches.right] == 0))
        return self._outcome(df, other, state, once, there, changes, lost)

    def needs(self) -> list[str]:
        """The key columns."""
        return [k.column for k in self.keys]

    def describe(self) -> str:
        """The table and the key in words."""
        return f"Compare with {self.other} by {listing([k.column for k in self.keys])}"

    def _changes(self, df: pd.DataFrame, other: pd.DataFrame, here: np.ndarray, there: np.ndarray) -> pa.Array:
        """For each pair of rows the changed cells in words, missing if there is none."""
        keys = {k.column for k in self.keys}
        shared = [n for n in df.columns if n in other.columns and n not in keys and n not in self.ignore]
        said = []
        for name in shared:
            new, old = arrow(df[name]).take(pa.array(here)), arrow(other[name]).take(pa.array(there))
            to = common_type([new, old])
            new, old = bring(new, to), bring(old, to)
            unequal = pc.fill_null(pc.not_equal(new, old), False)
            unequal = pc.or_(unequal, pc.xor(new.is_null(), old.is_null()))
            if pc.any(unequal, min_count=0).as_py():
                said.append(_in_words(name, old, new, unequal).combine_chunks())
        if not said:
            return pa.nulls(len(here), pa.large_string())
        joined = pc.binary_join_element_wise(*said, _text(""))  # "skip" loses rows in which every part is missing
        return pc.if_else(pc.equal(joined, ""), _text(None), pc.utf8_slice_codeunits(joined, 2))

    def _outcome(
        self,
        df: pd.DataFrame,
        other: pd.DataFrame,
        state: np.ndarray,
        once: np.ndarray,
        there: np.ndarray,
        changes: pa.Array,
        lost: np.ndarray,
    ) -> Outcome:
        """The table with both new columns, rows that are gone below, and what is the same removed if it is not wanted."""
        counted = {f"{{n}} rows: {s}.": int((state == i).sum()) for i, s in enumerate(STATES)} | {"{n} rows: gone.": len(lost)}
        keep = state != STATES.index("same") if self.show == "different" else np.ones(len(df), bool)
        below = lost if self.gone == "add" else lost[:0]
        place = pa.array(np.cumsum(once) - 1, mask=~once)
        names = pa.array(STATES, pa.large_string())
        base = keep_rows(df, keep)
        index = pd.Index(np.concatenate([base.index.to_numpy(), -1 - np.arange(len(below))])) if len(below) else base.index
        made = {n: self._with_gone(arrow(base[n]), other, n, below) for n in df.columns} if len(below) else {}
        states = names.take(pa.array(np.concatenate([state[keep], np.full(len(below), STATES.index("gone"))])))
        words = pa.concat_arrays([changes.take(place).filter(pa.array(keep)), pa.nulls(len(below), pa.large_string())])
        new = {self.state: states, self.details: words}
        columns = {n: pd.Series(v, dtype=pd.ArrowDtype(v.type), index=index) for n, v in {**made, **new}.items()}
        table = pd.DataFrame(columns, index=index) if len(below) else base.assign(**columns)
        partner = np.concatenate([np.where(once, there, -1)[keep], below])
        at = np.flatnonzero(partner >= 0)
        lines = pa.table({
            "position": at,
            "table": pa.repeat(_text(self.other), len(at)),
            "row": other.index.to_numpy()[partner[at]],
        })  # fmt: skip
        removed = removed_rows(df.index[~keep], f"is the same in {self.other}") if not keep.all() else None
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


def _in_words(name: str, old: pa.ChunkedArray, new: pa.ChunkedArray, where: pa.ChunkedArray) -> pa.ChunkedArray:
    """The change of each cell as "; price: 10 → 12", empty where there is none."""
    a, b = (pc.fill_null(bring(v, pa.large_string()), "(missing)") for v in (old, new))
    text = pc.binary_join_element_wise(_text(f"; {name}: "), a, _text(" → "), b, _text(""))
    return pc.if_else(where, text, _text(""))


def _text(value: str | None) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())
