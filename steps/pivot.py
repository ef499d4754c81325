"""Turn rows into columns: one column for each value of a column."""

from typing import Literal, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field, JsonValue, field_validator

from steps.arrow import arrow, flags, is_number, rows_at, side_by_side, slices
from steps.base import ColumnName, Outcome, Step, StepError, in_note, listing, removed_rows, require
from steps.grouping import Groups, coded, group, heads, without_blanks
from steps.summaries import LABELS, summarise
from steps.values import shortest

How = Literal["single", "sum", "mean", "median", "min", "max", "count", "nunique", "first", "last", "join"]
CHOICES: dict[str, JsonValue] = {"single": "There is only one; stop if not", **{n: LABELS[n] for n in get_args(How)[1:]}}
OTHER, EMPTY, MOST = "other", "missing", 1000  # name of the column for new values, of that for no value; most columns made


class Headings(BaseModel):
    """The values that become columns, in order, as text; and whether rows without one have a column."""

    values: list[str]
    missing: bool = False


class Pivot(Step):
    """One row for each combination of the row columns, one column for each value of ``columns``, filled from ``values``.

    Groups come in the order of their first rows and keep that row's number; the other rows are removed into it. New columns
    are in order of their values and are named by them; rows without one go into "missing". Where a cell has several values
    they are summarised, or refused with "single". The columns are kept for the next file: a value not among them then is
    refused, becomes a column, or goes into "other", by ``new_values``. Columns not named are left out.

    Raises StepError if a column is absent, a name would stand twice, or more than 1,000 columns would be made.
    """

    name = "pivot"
    label = "Rows to columns"
    help = "One column for each value, e.g. a column for each month."
    group = "Tables"
    kind = "structure"
    words = ("pivot", "wider", "long to wide", "crosstab", "spread", "pivot table", "unstack", "transpose", "rows to columns")
    blanks = True  # the first row of a group may hold a value where its cell has none

    rows: list[ColumnName] = Field(default_factory=list, title="Rows", description="One row for each combination; none: one row.")
    columns: ColumnName = Field(title="Columns from", description="The column whose values become columns.")
    values: ColumnName = Field(title="Values from", description="The column whose values fill them.")
    how: How = Field(
        "single",
        title="If a cell has several values",
        description="How they become one.",
        json_schema_extra={"labels": CHOICES},
    )
    fill: Literal["missing", "zero"] = Field(
        "missing",
        title="If a cell has none",
        description="What stands there; zero only for numbers.",
        json_schema_extra={"labels": {"missing": "Leave it missing", "zero": "0"}},
    )
    new_values: Literal["stop", "add", "other"] = Field(
        "stop",
        title="If the next file has a new value",
        description="What becomes of values that have no column yet.",
        json_schema_extra={"labels": {"stop": "Stop", "add": "Add a column", "other": 'Put it into "other"'}, "more": True},
    )
    prefix: str = Field("", title="Prefix", description="Put before the names of the new columns.", json_schema_extra={"more": True})
    treat_blank_as_missing: bool = Field(
        True,
        title="Treat blank text as missing",
        description="Text that is empty or only spaces counts as missing.",
        json_schema_extra={"more": True},
    )

    @field_validator("rows")
    @classmethod
    def _once(cls, rows: list[str]) -> list[str]:
        """Each column once."""
        return list(dict.fromkeys(rows))

    def fit(self, df: pd.DataFrame) -> Headings:
        """The values that become columns."""
        require(df, self.columns)
        values = without_blanks(df, self.columns, self.treat_blank_as_missing)
        different = pa.chunked_array(side_by_side(lambda part: part.unique(), slices(values))).unique()
        if len(different) > MOST:
            raise StepError(f"has {len(different):,} different values, more than {MOST:,} columns", column=self.columns,
                            remedy="Choose a column with fewer.")  # fmt: skip
        ordered = shortest(different.drop_null().take(pc.array_sort_indices(different.drop_null())))
        return Headings(values=list(dict.fromkeys(ordered.to_pylist())), missing=values.null_count > 0)

    def apply(self, df: pd.DataFrame, fitted: Headings) -> Outcome:
        """One row for each group, and where the other rows went."""
        for name in [*self.rows, self.columns, self.values]:
            require(df, name)
        heading, names, noted = self._headings(df, fitted)
        keys = {n: arrow(df[n]) for n in self.rows}
        groups = group(list(keys.values()), len(df), blanks=self.treat_blank_as_missing)
        rows = df.index.to_numpy()
        index = pd.Index(rows[groups.first])
        made = {n: heads(values, groups, blanks=self.treat_blank_as_missing) for n, values in keys.items()}
        made |= self._columns(df, groups, heading, names) if names else {}
        table = pd.DataFrame({n: pd.Series(v, dtype=pd.ArrowDtype(v.type), index=index) for n, v in made.items()}, index=index)
        other = np.ones(len(df), bool)
        other[groups.first] = False
        at = np.flatnonzero(other)
        removed = removed_rows(rows_at(df, at), "is part of its group", rows[groups.first[groups.codes[at]]])
        return Outcome(table, removed=removed, noted=noted)

    def needs(self) -> list[str]:
        """The columns used."""
        return list(dict.fromkeys([*self.rows, self.columns, self.values]))

    def describe(self) -> str:
        """The change in words, e.g. "One column for each month, filled with amount, a row for each id"."""
        each = f", a row for each {listing(self.rows)}" if self.rows else ", in one row"
        how = "" if self.how == "single" else f" ({LABELS[self.how].lower()})"
        return f"One column for each {self.columns}, filled with {self.values}{how}{each}"

    def _headings(self, df: pd.DataFrame, fitted: Headings) -> tuple[np.ndarray, list[str], dict[str, int]]:
        """For each row the number of its column, the names of the columns, and what is said of new values."""
        codes, different = coded(without_blanks(df, self.columns, self.treat_blank_as_missing))
        text = shortest(different)
        known = list(fitted.values)
        new = [v for v in dict.fromkeys(text.drop_null().to_pylist()) if v not in set(known)]
        noted: dict[str, int] = {}
        if new and self.new_values == "stop":
            raise StepError(f"holds new values: {listing([repr(v) for v in new])}", column=self.columns,
                            remedy="Work the numbers of this step out again, or choose what happens to new values.")  # fmt: skip
        if new and self.new_values == "add":
            known += new
            noted = {f"New columns: {in_note(listing(new))}.": 1}
        at = pc.fill_null(pc.index_in(text, pa.array(known, pa.large_string())), -1).to_numpy().astype("int64")
        names = [f"{self.prefix}{v}" for v in known]
        number = np.where(flags(different.is_null()), -2, at)[codes]
        none, unknown = number == -2, number == -1
        if unknown.any():
            noted = {f'{{n}} rows with a new value went into "{in_note(self.prefix)}{OTHER}".': int(unknown.sum())}
        for rows, wanted, name in ((none, fitted.missing or none.any(), EMPTY), (unknown, unknown.any(), OTHER)):
            if wanted:
                number[rows] = len(names)
                names.append(f"{self.prefix}{name}")
        taken = [*self.rows, *names]
        if twice := [n for n in dict.fromkeys(taken) if taken.count(n) > 1]:
            raise StepError(f'two columns would be called "{twice[0]}"', column=self.columns, remedy="Give the new columns a prefix.")
        if "" in names:
            raise StepError("a new column would have no name", column=self.columns, remedy="Give the new columns a prefix.")
        return number, names, noted

    def _columns(self, df: pd.DataFrame, groups: Groups, heading: np.ndarray, names: list[str]) -> dict[str, pa.ChunkedArray]:
        """The new columns: the values of the rows that have its heading, one for each group."""
        width, cells = len(names), without_blanks(df, self.values, self.treat_blank_as_missing)
        codes = groups.codes * width + heading  # a group for each cell, row by row
        if self.how == "single":
            self._require_single(df, codes, flags(cells.is_valid()), names)
        places = Groups(codes, np.empty(len(groups.first) * width, "int64"))
        made = summarise("first" if self.how == "single" else self.how, cells, places, self.values)
        if made.too_large is not None:
            large = made.too_large.reshape(-1, width)
            rows = df.index[groups.first[large[:, np.argmax(large.any(axis=0))]]]
            remedy = "Choose another summary."
            raise StepError("a cell would be too large for a number", column=self.values, rows=rows, remedy=remedy)
        values = made.values
        if self.fill == "zero":
            if not is_number(values.type):
                remedy = "Leave empty cells missing."
                raise StepError("holds no numbers, so that 0 cannot stand in its cells", column=self.values, remedy=remedy)
            values = pc.fill_null(values, pa.scalar(0).cast(values.type))
        return {name: values.take(pa.array(np.arange(at, len(values), width))) for at, name in enumerate(names)}

    def _require_single(self, df: pd.DataFrame, codes: np.ndarray, held: np.ndarray, names: list[str]) -> None:
        """Raise StepError for the first new column with a cell of several values, naming the rows of the first such cell."""
        several = np.flatnonzero(np.bincount(codes[held], minlength=1) > 1)
        if len(several):
            at = several[np.argmin(several % len(names))]
            problem = f'several values would stand in one cell of "{names[at % len(names)]}"'
            remedy = "Choose how several values become one, or more columns for the rows."
            raise StepError(problem, column=self.values, rows=df.index[codes == at], remedy=remedy)
