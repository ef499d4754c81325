"""Sums, counts, averages and other summaries by group."""

from typing import Annotated, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from steps.arrow import arrow, keep_rows, rows_at, text_rows
from steps.base import ColumnName, Outcome, Role, Step, listing, removed_rows, require
from steps.grouping import Groups, group, heads, without_blanks
from steps.summaries import LABELS, Function, Summary, summarise, weighted_mean

CHOICES: dict[str, JsonValue] = dict(LABELS)


class Aggregate(BaseModel):
    """One column of the result: a function of the values of a column in each group."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    function: Function = Field("sum", title="Summary", description="What is worked out.", json_schema_extra={"labels": CHOICES})
    column: Annotated[str | None, Role("column")] = Field(None, title="Column", description="Whose values; none for the number of rows.")
    weight: Annotated[str | None, Role("column")] = Field(None, title="Weight", description='For "weighted average".')
    name: str | None = Field(None, title="Name", description='The name of the new column; empty: "sum of amount".')

    @model_validator(mode="after")
    def _complete(self) -> "Aggregate":
        """Refuse a summary of no column, and weights that are not used."""
        if self.function != "rows" and self.column is None:
            raise ValueError(f'choose the column for "{LABELS[self.function]}"')
        if (self.function == "weighted_mean") != (self.weight is not None):
            raise ValueError('a weight goes with "weighted average", and only with it')
        return self

    @property
    def called(self) -> str:
        """The name of the new column."""
        return self.name or (f"{LABELS[self.function]} of {self.column}".lower() if self.function != "rows" else "rows")


class GroupAggregate(Step):
    """One row for each group of rows with equal keys, with its summaries; in the order in which the groups begin.

    A summary leaves missing values out; of no value it is missing, and a count 0. Sums keep the type of their column (a sum
    of whole numbers that does not fit int64 is refused), averages, medians and deviations (sample, ddof=1) are double,
    joined values text. A result beyond the largest double is listed and missing. Each group keeps the number of its
    first row; the others are removed into it. Rows whose key is missing are a group, or go with ``missing_keys`` "remove".

    Raises StepError if a column is absent or not of the kind the function needs, or names of the result repeat.
    """

    name = "group_aggregate"
    label = "Summarise by group"
    help = "Sums, counts, averages by one or more columns."
    group = "Tables"
    kind = "structure"
    words = ("group by", "pivot table", "sum", "count", "average", "total", "aggregate", "subtotal", "sumif", "mean", "median")
    blanks = True  # the first row of a group may hold a value where the summary has none

    by: list[ColumnName] = Field(
        default_factory=list, title="Group by", description="One row for each combination of these; none: one row for the table."
    )
    aggregates: list[Aggregate] = Field(default_factory=list, title="Summaries", description="The columns of the result.")
    missing_keys: Literal["keep", "remove"] = Field(
        "keep",
        title="Rows without a value to group by",
        description="Whether they are a group of their own.",
        json_schema_extra={"labels": {"keep": "Are a group", "remove": "Are removed"}},
    )
    order_by: Annotated[str | None, Role("column")] = Field(
        None,
        title="First and last by",
        description="The column whose order says which value is first and last; none: the order of the rows.",
        json_schema_extra={"more": True},
    )
    separator: str = Field(", ", title="Between joined values", description='For "joined values".', json_schema_extra={"more": True})
    treat_blank_as_missing: bool = Field(
        True,
        title="Treat blank text as missing",
        description="Text that is empty or only spaces counts as missing.",
        json_schema_extra={"more": True},
    )

    @model_validator(mode="after")
    def _some_result(self) -> "GroupAggregate":
        """Refuse an empty result and names that stand twice."""
        names = [*dict.fromkeys(self.by), *(a.called for a in self.aggregates)]
        if not names:
            raise ValueError("choose a column to group by, or a summary")
        if twice := [n for n in dict.fromkeys(names) if names.count(n) > 1]:
            raise ValueError(f'two columns of the result would be called "{twice[0]}". Give one of them another name')
        return self

    def apply(self, df: pd.DataFrame, fitted: None) -> Outcome:
        """One row for each group, and where the other rows went."""
        for name in self.needs():
            require(df, name)
        lost, df = self._keyless(df)
        keys = {n: arrow(df[n]) for n in dict.fromkeys(self.by)}
        groups = group(list(keys.values()), len(df), self.treat_blank_as_missing)
        rows = df.index.to_numpy()
        index = pd.Index(rows[groups.first])
        made: dict[str, pa.Array | pa.ChunkedArray] = {n: heads(v, groups, self.treat_blank_as_missing) for n, v in keys.items()}
        rejected = []
        for wanted in self.aggregates:
            summary = self._summary(df, wanted, groups)
            made[wanted.called] = summary.values
            if summary.too_large is not None:
                rejected.append(_too_large(index[summary.too_large], wanted.called))
        table = pd.DataFrame({n: pd.Series(v, dtype=pd.ArrowDtype(v.type), index=index) for n, v in made.items()}, index=index)
        other = np.ones(len(df), bool)
        other[groups.first] = False
        at = np.flatnonzero(other)
        gone = removed_rows(rows_at(df, at), "is part of its group", rows[groups.first[groups.codes[at]]])
        return Outcome(table, rejected=pd.concat(rejected) if rejected else None, removed=pd.concat([lost, gone]) if len(lost) else gone)

    def needs(self) -> list[str]:
        """The columns to group by and to summarise."""
        used = [n for a in self.aggregates for n in (a.column, a.weight) if n is not None]
        used += [self.order_by] if self.order_by is not None else []
        return list(dict.fromkeys([*self.by, *used]))

    def describe(self) -> str:
        """The summaries in words, e.g. "For each country: sum of amount"."""
        each = f"For each {listing(self.by)}" if self.by else "For the whole table"
        said = listing([f"{LABELS[a.function].lower()} of {a.column}" if a.column else "number of rows" for a in self.aggregates])
        return f"{each}: {said}" if said else f"Keep one row {each[:1].lower()}{each[1:]}"

    def _keyless(self, df: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows removed because a key is missing, and the table of the others."""
        lacks = np.zeros(len(df), bool)
        if self.missing_keys == "remove":
            for name in self.by:
                lacks |= without_blanks(df, name, self.treat_blank_as_missing).is_null().to_numpy()
        return removed_rows(df.index[lacks], f"has no value in {listing(self.by)}"), keep_rows(df, ~lacks) if lacks.any() else df

    def _summary(self, df: pd.DataFrame, wanted: Aggregate, groups: Groups) -> Summary:
        if wanted.column is None or wanted.function == "rows":
            return Summary(pa.chunked_array([pa.array(np.bincount(groups.codes, minlength=len(groups.first)).astype("int64"))]))
        values = without_blanks(df, wanted.column, self.treat_blank_as_missing)
        if wanted.weight is not None:
            return weighted_mean(values, arrow(df[wanted.weight]), groups, wanted.column, wanted.weight)
        if wanted.function in ("first", "last") and self.order_by is not None:
            order = pc.array_sort_indices(arrow(df[self.order_by]).combine_chunks(), null_placement="at_end")
            return summarise(wanted.function, values.take(order), Groups(groups.codes[order.to_numpy()], groups.first), wanted.column)
        return summarise(wanted.function, values, groups, wanted.column, self.separator)


def _too_large(rows: pd.Index, name: str) -> pd.DataFrame:
    """Lines of ``Outcome.rejected`` for results beyond the largest double."""
    said = {"column": name, "value": "infinity", "reason": "is too large for a number"}
    return pd.DataFrame({n: text_rows([text] * len(rows), rows) for n, text in said.items()}, index=rows)
