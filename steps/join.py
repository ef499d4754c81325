"""Look up columns of another table by a key."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import Field, JsonValue, field_validator

from steps.arrow import arrow, column, keep_rows, rows_where, side_by_side
from steps.base import OtherColumn, Outcome, Step, StepError, TableName, listing, removed_rows
from steps.common_types import bring, common_type
from steps.keys import COMPARE_LABELS, Compare, Found, KeyPair, find, match_keys, unmatched
from steps.ordering import in_order
from steps.values import free_names

LABELS: dict[str, JsonValue] = {
    "left": "Keep all rows of this table", "inner": "Keep rows with a match", "right": "Keep all rows of the other table",
    "full": "Keep all rows of both", "semi": "Keep rows with a match, add no column", "anti": "Keep rows without a match",
}  # fmt: skip


class Join(Step):
    """The rows with the columns of the other table's rows that have the same key.

    A row with several matches comes once for each, in their order; it is noted, or refused by ``if_many``; rows that share
    their match are noted or refused by ``if_many_here``. Missing keys
    match nothing, blank text neither unless compared as written. Rows without a match stay with missing values ("left",
    "full") or are removed; rows of the other table without one come last ("right", "full"), with their key. A column
    whose name is taken gets the suffix. ``parents`` says which row of the other table each row has its values from.

    Raises StepError if a table or column is absent, or key columns hold different kinds of values.
    """

    name = "join"
    label = "Look up from another table"
    help = "Like XLOOKUP: bring columns over by a key; see what found no match."
    group = "Tables"
    kind = "structure"
    words = ("join", "merge", "vlookup", "xlookup", "lookup", "match", "left join", "inner join", "anti join", "enrich", "combine tables")
    may_remove = True

    other: TableName = Field(title="Other table", description="The table to look in, after its own steps.")
    keys: list[KeyPair] = Field(min_length=1, title="Key", description="The columns that say which rows belong together.")
    how: Literal["left", "inner", "right", "full", "semi", "anti"] = Field(
        "left", title="Rows", description="Which rows are in the result.", json_schema_extra={"labels": LABELS}
    )
    take: list[OtherColumn] = Field(
        default_factory=list, title="Columns to bring", description="Columns of the other table; none: all but the key columns."
    )
    compare: Compare = Field(
        "trim", title="Compare text", description="When keys count as the same.", json_schema_extra={"labels": dict(COMPARE_LABELS)}
    )
    if_many: Literal["warn", "stop", "first", "all"] = Field(
        "warn",
        title="If a key stands more than once there",
        description="Each row found makes a row of its own, unless only the first is taken.",
        json_schema_extra={"labels": {"warn": "Bring all and say so", "stop": "Stop", "first": "Take the first", "all": "Bring all"}},
    )
    if_many_here: Literal["all", "warn", "stop"] = Field(
        "all",
        title="If a key stands more than once here",
        description="Where each row of the other table belongs to one row at most.",
        json_schema_extra={"labels": {"all": "That is fine", "warn": "Say so", "stop": "Stop"}, "more": True},
    )
    suffix: str = Field(
        "_2", min_length=1, title="Suffix", description="Added to a name that this table has already.", json_schema_extra={"more": True}
    )
    indicator: str | None = Field(
        None, title="Column that says what matched", description="Both, only here, or only there.", json_schema_extra={"more": True}
    )

    @field_validator("keys")
    @classmethod
    def _once(cls, keys: list[KeyPair]) -> list[KeyPair]:
        """Refuse a column that stands twice in the key."""
        if len({k.column for k in keys}) < len(keys):
            raise ValueError("a column stands twice in the key. Keep one of the lines")
        return keys

    def apply(self, df: pd.DataFrame, fitted: None, tables: Mapping[str, pd.DataFrame]) -> Outcome:  # type: ignore[override]
        """The rows with what was found, where it came from, and the rows that went."""
        if self.other not in tables:
            raise StepError(f'there is no table "{self.other}"', remedy=f"Choose one of: {listing(tables)}." if tables else "Add it first.")
        other = tables[self.other]
        taken = self._taken(other)
        matches = match_keys(df, other, self.keys, self.compare)
        found = find(matches)
        noted = self._noted(df, found, matches.left)
        if self.if_many == "first" and found.counts.max(initial=0) > 1:
            starts = (np.cumsum(found.counts) - found.counts)[found.counts > 0]
            found = Found(np.minimum(found.counts, 1), found.positions[starts])
        if self.how in ("semi", "anti"):
            keep = (found.counts > 0) == (self.how == "semi")
            return Outcome(keep_rows(df, keep), removed=self._removed(df, keep), noted=noted)
        keep = np.full(len(df), True) if self.how in ("left", "full") else found.counts > 0
        alone = np.empty(0, "int64")
        if self.how in ("right", "full"):
            alone = np.flatnonzero(unmatched(matches))
        elif unused := int(unmatched(matches).sum()):
            noted["Not used of the other table: {n} rows."] = unused
        return self._joined(df, other, found, keep, alone, taken, noted)

    def needs(self) -> list[str]:
        """The key columns."""
        return [k.column for k in self.keys]

    def describe(self) -> str:
        """The look-up in words, e.g. "Look up price in products by id"."""
        by = listing([k.column if k.there == k.column else f"{k.column} = {k.there}" for k in self.keys])
        if self.how in ("semi", "anti"):
            return f"Keep rows {'with' if self.how == 'semi' else 'without'} a match in {self.other} by {by}"
        rows = {"left": "", "inner": ", rows with a match", "right": ", all rows of it", "full": ", all rows of both"}[self.how]
        return f"Look up {listing(self.take) or 'all columns'} in {self.other} by {by}{rows}"

    def _taken(self, other: pd.DataFrame) -> list[str]:
        """The columns to bring over."""
        for name in self.take:
            if name not in other.columns:
                raise StepError("is not in the other table", column=name, remedy=f"Choose one of: {', '.join(other.columns[:12])}.")
        return list(dict.fromkeys(self.take)) or [n for n in other.columns if n not in {k.there for k in self.keys}]

    def _noted(self, df: pd.DataFrame, found: Found, keys: np.ndarray) -> dict[str, int]:
        """What matched, what did not, and what matched more than once."""
        many = found.counts > 1
        if many.any() and self.if_many == "stop":
            remedy = "Choose another key, or what happens then."
            raise StepError(f"the key stands more than once in {self.other}", rows=df.index[many], remedy=remedy)
        counts = {
            "{n} rows found a match.": int((found.counts > 0).sum()),
            "{n} rows found no match.": int(((found.counts == 0) & (keys >= 0)).sum()),
            "No key, so no match: {n} rows.": int((keys < 0).sum()),
        }
        if self.if_many_here != "all" and (shared := (found.counts > 0) & (np.bincount(keys + 1)[keys + 1] > 1)).any():
            if self.if_many_here == "stop":
                remedy = "Remove duplicates first, or choose another key."
                raise StepError("the key stands more than once in this table", rows=df.index[shared], remedy=remedy)
            counts["{n} rows share their match: check that the key is unique in this table."] = int(shared.sum())
        if self.if_many == "warn":
            counts["{n} rows found more than one match: check that the key is unique in the other table."] = int(many.sum())
        return {text: n for text, n in counts.items() if n}

    def _removed(self, df: pd.DataFrame, keep: np.ndarray) -> pd.DataFrame:
        word = "a" if self.how == "anti" else "no"
        return removed_rows(rows_where(df, ~keep), f"has {word} match in {self.other}")

    def _joined(
        self,
        df: pd.DataFrame,
        other: pd.DataFrame,
        found: Found,
        keep: np.ndarray,
        alone: np.ndarray,
        taken: list[str],
        noted: dict[str, int],
    ) -> Outcome:
        """The rows side by side: each row of this table as often as it matches, then the rows found only in the other one."""
        times = np.where(keep, np.maximum(found.counts, 1), 0)
        rows = np.repeat(np.arange(len(df)), times)
        there = np.full(len(rows), -1)
        there[np.repeat(found.counts > 0, times)] = found.positions
        at = np.concatenate([there, alone])
        own = df
        if len(alone) or not (times == 1).all():
            index = pd.Index(np.concatenate([df.index.to_numpy()[rows], -1 - np.arange(len(alone))]))
            own = self._own(df, other, rows, alone, index)
        positions = pa.array(at, mask=at < 0)
        brought = side_by_side(lambda n: arrow(other[n]).take(positions), taken)
        names = free_names(list(own.columns), taken, self.suffix)
        new = {name: column(values, own) for name, values in zip(names, brought, strict=True)}
        if self.indicator is not None:
            if self.indicator in {*own.columns, *new}:
                raise StepError("is already in the table", column=self.indicator, remedy="Give the new column another name.")
            said = np.where(at < 0, 0, np.where(np.arange(len(at)) < len(rows), 1, 2)).astype("int32")
            new[self.indicator] = column(pa.array(["only here", "both", "only there"], pa.large_string()).take(pa.array(said)), own)
        parents = self._parents(df, other, rows, at)
        removed = self._removed(df, keep) if not keep.all() else None
        return Outcome(own.assign(**new), removed=removed, parents=parents, noted=noted)

    def _own(self, df: pd.DataFrame, other: pd.DataFrame, rows: np.ndarray, alone: np.ndarray, index: pd.Index) -> pd.DataFrame:
        """This table's columns, each row as often as it matches; below them the keys of rows found only in the other one."""
        partner = {k.column: k.there for k in self.keys}
        taken, positions = pa.array(rows), pa.array(alone)

        def made(name: str) -> pa.ChunkedArray:
            values = arrow(df[name])
            if not len(alone):
                return values.take(taken)
            if name not in partner:
                return pa.chunked_array([*values.take(taken).chunks, pa.nulls(len(alone), values.type)], type=values.type)
            keys = arrow(other[partner[name]])
            to = values.type if values.type == keys.type else common_type([values, keys])
            return pa.chunked_array([*bring(values, to).take(taken).chunks, *bring(keys, to).take(positions).chunks], type=to)

        columns = zip(df.columns, side_by_side(made, df.columns), strict=True)
        return pd.DataFrame({n: pd.Series(v, dtype=pd.ArrowDtype(v.type), index=index) for n, v in columns}, index=index)

    def _parents(self, df: pd.DataFrame, other: pd.DataFrame, rows: np.ndarray, at: np.ndarray) -> pd.DataFrame:
        """For each row of the result the row of the other table; for a row that repeats, its row of this table, too."""
        again = np.flatnonzero(np.diff(rows, prepend=-1) == 0)
        matched = np.flatnonzero(at >= 0)
        positions = np.concatenate([again, matched])
        numbers = np.concatenate([df.index.to_numpy()[rows[again]], other.index.to_numpy()[at[matched]]])
        if not len(again):
            named = pa.repeat(pa.scalar(self.other, pa.large_string()), len(positions))
        else:
            order = in_order(positions)
            named = pa.array(["", self.other], pa.large_string()).take(pa.array((order >= len(again)).astype("int32")))
            positions, numbers = positions[order], numbers[order]
        lines = pa.table({"position": positions, "table": named, "row": numbers})
        return lines.to_pandas(types_mapper=pd.ArrowDtype)
