"""Running totals, the row above, differences, ranks, totals and counts by group."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, JsonValue, model_validator

from steps.arrow import arrow, column
from steps.base import ColumnName, Columns, Outcome, Step, StepError, require
from steps.scaling import Groups, floats, group_rows, missing_nan

LABELS: dict[str, JsonValue] = {
    "total": "Running total", "above": "Value of the row above", "difference": "Difference to the row above", "number": "Row number",
    "rank": "Rank, 1 for the largest", "group_total": "Total of the group", "group_count": "Number of rows of the group",
}  # fmt: skip


class Running(Step):
    """A new column worked out down the rows, in the order of the table or of ``order_by``; the rows stay where they are.

    Row numbers, ranks and counts are int64, the row above has the type of the column, the others are double. Groups start
    anew. A missing value adds nothing to a total and its own running total is missing; the difference to or from a missing
    value is missing; missing values have no rank; equal values share the better rank. A group without values has no total.

    Raises StepError if a column is absent or does not hold what is asked for, or the new column exists.
    """

    name = "running"
    label = "Running total, row above, rank, total by group"
    help = "What you do in Excel with =C3-C2, SUMIF, COUNTIF."
    group = "Numbers"
    words = ("cumulative", "cumsum", "running sum", "lag", "previous row", "shift", "rank", "sumif", "countif", "subtotal", "balance")

    what: Literal["total", "above", "difference", "number", "rank", "group_total", "group_count"] = Field(
        "total", title="What to work out", description="For each row.", json_schema_extra={"labels": LABELS}
    )
    column: ColumnName | None = Field(
        None, title="Column", description="The values to work with.",
        json_schema_extra={"when": {"what": ["total", "above", "difference", "rank", "group_total"]}},
    )  # fmt: skip
    group_by: Columns = Field(Columns(names=()), title="Within groups of", description="Each group starts anew; none: all rows.")
    order_by: ColumnName | None = Field(
        None, title="In the order of", description="A date, for example; none: as the rows stand.",
        json_schema_extra={"when": {"what": ["total", "above", "difference", "number"]}},
    )  # fmt: skip
    descending: bool = Field(
        False, title="The other way round", description="From the largest on; rank 1 for the smallest.", json_schema_extra={"more": True}
    )
    into: str = Field("result", min_length=1, title="New column", description="Its name.")

    @model_validator(mode="after")
    def _works_on(self) -> "Running":
        """Refuse work without a column."""
        if self.column is None and self.what not in ("number", "group_count"):
            raise ValueError("choose the column to work with")
        return self

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame | Outcome:
        """The table with the new column."""
        for name in (self.column, self.order_by):
            if name is not None:
                require(df, name)
        if self.into in df.columns:
            raise StepError("is already in the table", column=self.into, remedy="Choose another name for the result.")
        groups = group_rows(df, self.group_by.resolve(df))
        made, noted = self._made(df, groups), {}
        if pa.types.is_floating(made.type):
            bad = int(pc.sum(pc.is_inf(made), min_count=0).as_py())
            made = pc.if_else(pc.is_inf(made), pa.scalar(None, pa.float64()), made)
            noted = {"{n} results are too large for a number and stay missing.": bad} if bad else {}
        return Outcome(df.assign(**{self.into: column(made, df)}), noted=noted)

    def describe(self) -> str:
        """What is worked out, in words."""
        of = f" of {self.column}" if self.column is not None and self.what not in ("number", "group_count") else ""
        within = "" if self.group_by.names == () else f" within groups of {self.group_by.describe()}"
        order = f" in the order of {self.order_by}" if self.order_by is not None else ""
        return f"{str(LABELS[self.what]).split(',')[0]}{of}{within}{order} into {self.into}"

    def _made(self, df: pd.DataFrame, groups: Groups) -> pa.Array:
        codes, count = groups.codes, max(len(groups.keys), 1)
        if self.what == "group_count":
            return pa.array(np.bincount(codes, minlength=count)[codes], pa.int64())
        if self.what == "rank":
            return self._rank(df, codes)
        if self.what == "group_total":
            x = floats(df, str(self.column))
            known = ~np.isnan(x)
            with np.errstate(over="ignore", invalid="ignore"):
                total = np.bincount(codes[known], x[known], minlength=count)
            return missing_nan(np.where(np.bincount(codes[known], minlength=count) > 0, total, np.nan)[codes])
        order = self._order(df, codes)
        first = np.r_[True, codes[order][1:] != codes[order][:-1]] if len(df) else np.zeros(0, bool)
        start = np.maximum.accumulate(np.where(first, np.arange(len(df)), 0)) if len(df) else np.zeros(0, "int64")
        back = np.empty(len(df), "int64")
        back[order] = np.arange(len(df))
        if self.what == "number":
            return pa.array((np.arange(len(df)) - start + 1)[back], pa.int64())
        if self.what == "above":
            above = pa.array(np.r_[0, order[:-1]][: len(df)], mask=first)
            return arrow(df[str(self.column)]).take(above.take(pa.array(back))).combine_chunks()
        x = floats(df, str(self.column))[order]
        with np.errstate(over="ignore", invalid="ignore"):
            if self.what == "difference":
                made = np.where(first, np.nan, x - np.r_[np.nan, x[:-1]][: len(x)])
            else:
                made = self._totals(x, np.flatnonzero(first))
        return missing_nan(made[back])

    def _totals(self, x: np.ndarray, starts: np.ndarray) -> np.ndarray:
        """Running totals, each group summed by itself: a total of all before it taken off again would lose digits."""
        filled = np.where(np.isnan(x), 0.0, x)
        if len(starts) > len(x) / 50:  # many small groups: step by step through all of them at once
            groups = np.searchsorted(starts, np.arange(len(x)), side="right")
            return np.where(np.isnan(x), np.nan, pd.Series(filled).groupby(groups).cumsum())
        made = np.concatenate([np.cumsum(part) for part in np.split(filled, starts[1:])]) if len(x) else filled
        return np.where(np.isnan(x), np.nan, made)

    def _order(self, df: pd.DataFrame, codes: np.ndarray) -> np.ndarray:
        """The positions of the rows group by group, in each by the column of the order; equal ones as they stand."""
        if self.order_by is None:
            order = np.arange(len(df))[::-1] if self.descending else np.arange(len(df))
        else:
            way: Literal["ascending", "descending"] = "descending" if self.descending else "ascending"
            order = pc.sort_indices(arrow(df[self.order_by]), sort_keys=[("", way)]).to_numpy().astype("int64")
        return order if not codes.any() else order[np.argsort(codes[order], kind="stable")]

    def _rank(self, df: pd.DataFrame, codes: np.ndarray) -> pa.Array:
        values = arrow(df[str(self.column)])
        way: Literal["ascending", "descending"] = "ascending" if self.descending else "descending"
        dense = pc.rank(values, sort_keys=way, tiebreaker="dense").to_numpy().astype("int64")
        order = np.lexsort((dense, codes))
        c, d = codes[order], dense[order]
        new_group = np.r_[True, c[1:] != c[:-1]] if len(df) else np.zeros(0, bool)
        new_value = np.r_[True, d[1:] != d[:-1]] | new_group if len(df) else new_group
        at = np.arange(len(df))
        rank = np.empty(len(df), "int64")
        if len(df):
            rank[order] = np.maximum.accumulate(np.where(new_value, at, 0)) - np.maximum.accumulate(np.where(new_group, at, 0)) + 1
        return pa.array(rank, pa.int64(), mask=values.is_null().to_numpy())
