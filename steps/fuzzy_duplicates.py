"""Merge rows that stand for the same thing although they are written differently."""

from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, JsonValue, PrivateAttr, model_validator

from steps.arrow import TEXT, arrow, column, keep_rows
from steps.base import NO_REJECTED, ColumnName, Columns, Outcome, Step, StepError, removed_rows, require
from steps.linkage import Alike, Groups, Seen, Weights, grouped, learn, likely, look
from steps.named_rows import Key, NamedRows
from steps.ordering import places

SURVIVORS: dict[str, JsonValue] = {
    "most_complete": "The one with most values", "first": "The first", "newest": "The one with the latest value",
    "oldest": "The one with the earliest value",
}  # fmt: skip
LONG = 20_000  # rows from which looking for pairs takes seconds
NOT_COMPARED = "{n} columns were not compared: the same everywhere, a running number, or beyond the 20 that tell rows apart best."
NEW: dict[str, JsonValue] = {
    "count": "Count them", "leave": "Do not look for them (quick)", "merge": "Merge those that are certain enough",
}  # fmt: skip


class Decision(BaseModel):
    """What was decided of two rows, by their numbers or by their values in the key columns; ``keep`` is the one that stays (1 or 2)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: tuple[int, int] | None = Field(None, title="Rows")
    keys: tuple[Key, Key] | None = Field(None, title="Keys")
    same: bool = Field(True, title="The same")
    keep: Literal[1, 2] | None = Field(None, title="Stays")


class FuzzyDuplicates(Step):
    """The rows without those that were merged into a similar one, as decided pair by pair; the order stays.

    Decisions name rows by number, for the file they were made on (``file``, its digest; None: any), or by the values of
    ``keys``. Those whose row is not there, and those that contradict earlier ones, are listed and not applied. Pairs that are
    the same make groups; one row of each stays (``survivor``), its gaps filled from the others, the fullest first. Pairs
    not decided are counted, or with ``merge`` merged from ``certain`` on, the most certain first. The types do not change.
    With ``mark_only`` no row goes: the column ``mark`` (int64) holds the number of the group.

    Raises StepError if a column is absent, or ``mark`` is one already.
    """

    name = "fuzzy_duplicates"
    label = "Find similar rows"
    help = "Same customer written differently: review pairs, merge, keep the fullest."
    group = "Rows"
    kind = "rows"
    words = (
        "fuzzy", "similar", "duplicates", "dedupe", "deduplicate", "merge rows", "record linkage", "entity resolution", "match",
        "same person", "typos",
    )  # fmt: skip
    may_remove = True

    columns: Columns = Field(
        Columns(), title="Compared columns",
        description="Rows are similar if they agree in these; what each is worth is learnt from the table. Running numbers do not count.",
    )  # fmt: skip
    survivor: Literal["most_complete", "first", "newest", "oldest"] = Field(
        "most_complete", title="Stays", description="Which of the rows that are the same, if none was chosen.",
        json_schema_extra={"labels": SURVIVORS},
    )  # fmt: skip
    by: ColumnName | None = Field(
        None, title="Value of", description="A date, as a rule.", json_schema_extra={"when": {"survivor": ["newest", "oldest"]}}
    )
    fill_gaps: bool = Field(True, title="Fill its gaps from the others", description="Values it has stay.")
    decisions: tuple[Decision, ...] = Field((), title="Decided", description="Pair by pair.", json_schema_extra={"elsewhere": True})
    new_pairs: Literal["count", "leave", "merge"] = Field(
        "count", title="Similar rows that were not decided", description="In next month's file, say.",
        json_schema_extra={"labels": NEW, "more": True},
    )  # fmt: skip
    certain: float = Field(
        0.95, ge=0.5, le=1, title="Certain enough", description="From 0.5 to 1.",
        json_schema_extra={"when": {"new_pairs": ["merge"]}, "more": True},
    )  # fmt: skip
    keys: tuple[str, ...] = Field(
        (), title="Rows are found by", description="Columns whose values name a row, for decisions that travel to other files.",
        json_schema_extra={"more": True},
    )  # fmt: skip
    file: str | None = Field(
        None, title="File", description="The digest of the file that the row numbers belong to.", json_schema_extra={"elsewhere": True}
    )
    mark_only: bool = Field(False, title="Only mark them", description="All rows stay.", json_schema_extra={"more": True})
    mark: str = Field(
        "same_as", min_length=1, title="Column for the marks", description="Holds the number of the group.",
        json_schema_extra={"when": {"mark_only": [True]}, "more": True},
    )  # fmt: skip
    _foreign: bool = PrivateAttr(default=False)
    _looked: tuple[pd.DataFrame, Seen] | None = PrivateAttr(default=None)  # fit and apply look at the same table

    @model_validator(mode="after")
    def _goes_by(self) -> "FuzzyDuplicates":
        """Refuse newest and oldest without a column, and a decision that names no rows."""
        if (self.survivor in ("newest", "oldest")) != (self.by is not None):
            raise ValueError("the newest or oldest needs its column, and only these do")
        if any((d.rows is None) == (d.keys is None) for d in self.decisions):
            raise ValueError("a decision needs two rows, by their numbers or by their keys")
        return self

    @classmethod
    def suggested(cls, df: pd.DataFrame) -> dict[str, JsonValue]:
        """In a long table pairs that were not decided are not looked for again with each answer."""
        return {"new_pairs": "leave"} if len(df) > LONG else {}

    def for_file(self, digest: str | None) -> "FuzzyDuplicates":
        """On another file than the one they were made on, decisions by row number are listed and not applied."""
        if self.file is None or digest == self.file:
            return self
        step = self.model_copy()
        step._foreign = True
        return step

    def fit(self, df: pd.DataFrame) -> Weights | None:
        """What agreement in each column is worth; None if pairs that were not decided are left alone."""
        return learn(self._look(df, None)) if self.new_pairs != "leave" else None

    def apply(self, df: pd.DataFrame, fitted: Weights | None) -> Outcome:
        """The rows that stay, for each that goes the one it was merged into, and the decisions not applied."""
        if self.by is not None:
            require(df, self.by)
        if self.mark_only and self.mark in df.columns:
            raise StepError("is already in the table", column=self.mark, remedy="Choose another name for the marks.")
        decided = _Decided(df, self)
        same = list(decided.same)
        noted: dict[str, int] = {}
        if fitted is not None:
            if apart := set(self.columns.resolve(df)) - set(fitted.columns):
                noted[NOT_COMPARED] = len(apart)
            alike = self._open(df, fitted, decided)
            pairs = list(zip(alike.first.tolist(), alike.second.tolist(), strict=True))
            certain = int((alike.certainty >= self.certain).sum()) if self.new_pairs == "merge" else 0
            same += pairs[:certain]
            left = len(pairs) - certain
            if certain:
                noted["{n} pairs of rows were certain enough to be merged."] = certain
            if left:
                noted["{n} pairs of rows look alike and are not decided."] = left
        groups = grouped(len(df), same, decided.different)
        decided.contradict(groups)
        rejected = decided.rejected(noted)
        if self.mark_only:
            return Outcome(df.assign(**{self.mark: _numbers(df, groups.first)}), rejected=rejected, noted=noted)
        stays, table = self._merged(df, groups.first, decided.kept)
        into = stays[groups.first]
        keep = into == np.arange(len(df))
        gone = np.flatnonzero(~keep)
        rows = df.index.to_numpy()[into[gone]]
        said = pc.binary_join_element_wise("merged into row", pa.array(rows).cast(pa.string()), " ").cast(pa.large_string())
        removed = removed_rows(df.index[gone], said, pa.array(rows))
        return Outcome(keep_rows(table, keep), rejected=rejected, noted=noted, removed=removed)

    def needs(self) -> list[str]:
        """The key columns."""
        return list(self.keys)

    def describe(self) -> str:
        """What was decided, counted."""
        same = sum(d.same for d in self.decisions)
        parts = [f"{same:,} {'pair' if same == 1 else 'pairs'} decided the same"] if same or self.new_pairs != "merge" else []
        parts += [f"those at least {self.certain:.0%} certain"] if self.new_pairs == "merge" else []
        return f"{'Mark' if self.mark_only else 'Merge'} similar rows: {' and '.join(parts)}"

    def _look(self, df: pd.DataFrame, weights: Weights | None) -> Seen:
        """The rows compared: by the columns that tell them apart, or by those that were weighed."""
        names = None if weights is None else weights.columns
        if self._looked is None or self._looked[0] is not df or names not in (None, [c.name for c in self._looked[1].columns]):
            for name in names or ():
                require(df, name)
            self._looked = (df, look(df[self.columns.resolve(df)] if names is None else df, names))
        return self._looked[1]

    def _open(self, df: pd.DataFrame, weights: Weights, decided: "_Decided") -> Alike:
        """The likely pairs that were not decided, nor follow from what was."""
        found = likely(self._look(df, weights), weights)
        known = grouped(len(df), decided.same, decided.different).first
        first, second = known[found.first], known[found.second]
        apart = {frozenset((int(known[a]), int(known[b]))) for a, b in decided.different}
        open_ = first != second
        if apart:
            open_ &= np.array([frozenset(pair) not in apart for pair in zip(first.tolist(), second.tolist(), strict=True)], bool)
        return Alike(*(values[open_] for values in found))

    def _merged(self, df: pd.DataFrame, first: np.ndarray, kept: dict[int, None]) -> tuple[np.ndarray, pd.DataFrame]:
        """For each first row of a group the position of the row that stays, and the table with its gaps filled."""
        stays = np.arange(len(df))
        joined = np.flatnonzero(first != stays)
        if not len(joined):
            return stays, df
        rank = self._rank(df)
        for at in kept:  # chosen by hand: before all others
            rank[at] = -1
        members = np.unique(np.concatenate([joined, first[joined]]))
        order = members[np.lexsort((members, rank[members], first[members]))]
        heads = np.r_[True, first[order][1:] != first[order][:-1]]
        stays[first[order[heads]]] = order[heads]
        if not self.fill_gaps:
            return stays, df
        order = order[np.lexsort((order, -_values(df)[order], ~heads, first[order]))]  # the fullest first fills the gaps
        filled = {}
        for name in df.columns:
            values = arrow(df[name])
            has = values.is_valid().to_numpy()
            source = order[has[order]]
            group, place = np.unique(first[source], return_index=True)
            target = stays[group]
            gaps = ~has[target]
            if gaps.any():
                into = np.zeros(len(df), bool)
                into[target[gaps]] = True
                by_row = source[place][gaps][np.argsort(target[gaps])]
                whole = values.combine_chunks()
                filled[name] = column(pc.replace_with_mask(whole, pa.array(into), whole.take(pa.array(by_row))), df)
        return stays, df.assign(**filled)

    def _rank(self, df: pd.DataFrame) -> np.ndarray:
        """For each row how late it comes among those that may stay."""
        if self.survivor == "first":
            return np.zeros(len(df), "int64")
        if self.by is None:
            return df.shape[1] - _values(df)
        rank = places(arrow(df[self.by]))
        most = int(rank.max(initial=0)) + 1
        return np.where(rank < 0, most, most - rank if self.survivor == "newest" else rank)


class _Decided:
    """The decisions of one run on one table: pairs of positions, and what was not applied."""

    def __init__(self, df: pd.DataFrame, step: FuzzyDuplicates) -> None:
        self.rows = df.index.to_numpy()
        self.same: dict[tuple[int, int], Decision] = {}
        self.different: list[tuple[int, int]] = []
        self.kept: dict[int, None] = {}
        self.refused: list[tuple[int, str]] = []
        found = NamedRows(df, step.keys, (k for d in step.decisions for k in d.keys or ()), foreign=step._foreign)
        for decision in step.decisions:
            rows, keys = decision.rows or (None, None), decision.keys or ((), ())
            one, other = (found.find(row, key) for row, key in zip(rows, keys, strict=True))
            if one.at is None or other.at is None:
                self.refused.append((rows[0] or 0, f"not applied: {one.why or other.why}{_named(keys[0] if one.why else keys[1])}"))
            elif not decision.same:
                self.different.append((one.at, other.at))
            else:
                self.same.setdefault((one.at, other.at), decision)
                if decision.keep is not None:
                    self.kept[one.at if decision.keep == 1 else other.at] = None

    def contradict(self, groups: Groups) -> None:
        """List the decisions that contradict others."""
        for a, b in groups.contradicting:
            if (a, b) in self.same:
                one, other = self.rows[a], self.rows[b]
                self.refused.append((int(one), f"not applied: rows {one} and {other} cannot be the same, as others were decided to differ"))

    def rejected(self, noted: dict[str, int]) -> pd.DataFrame | None:
        """The decisions not applied, for the list of problems."""
        if not self.refused:
            return None
        noted["{n} decisions were not applied; see Problems."] = len(self.refused)
        index = pd.Index([row for row, _ in self.refused], dtype="int64")
        none = pa.nulls(len(index), pa.large_string())
        reasons = pa.array([why for _, why in self.refused], pa.large_string())
        empty = pa.array([""] * len(index), pa.large_string())
        made: dict[str, Any] = {"column": empty, "value": none, "reason": reasons}
        return pd.DataFrame({n: pd.Series(v, dtype=TEXT, index=index) for n, v in made.items()}, index=index)[NO_REJECTED.columns]


def _named(key: Key) -> str:
    return f" ({', '.join(str(part) for part in key)})" if key else ""


def _values(df: pd.DataFrame) -> np.ndarray:
    """How many values each row has."""
    count = np.zeros(len(df), "int64")
    for name in df.columns:
        count += arrow(df[name]).is_valid().to_numpy()
    return count


def _numbers(df: pd.DataFrame, first: np.ndarray) -> pd.Series:
    """The number of the group of each row, counted from 1; missing for rows that are in none."""
    size = np.bincount(first, minlength=len(df))
    number = np.cumsum((size > 1) & (first == np.arange(len(df))))
    return column(pa.array(number[first], pa.int64(), mask=size[first] < 2), df)
