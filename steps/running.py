"""Running totals, the row above, differences, ranks, totals and counts by group."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.typing import SeriesGroupBy
from pydantic import Field, JsonValue, model_validator

from steps.arrow import arrow, column
from steps.base import ColumnName, Columns, Outcome, Step, numbers, require
from steps.grouping import by_codes
from steps.new_columns import listed, replaced, replacing, require_free
from steps.ordering import in_order
from steps.scaling import floats, group_codes, missing_nan, no_infinity

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
    overwrite: bool = replacing()

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
        require_free(df, [self.into], self.overwrite, "Choose another name for the result.")
        by = self.group_by.resolve(df)
        made, noted = self._made(df, group_codes(df, by) if by else None), {}
        if pa.types.is_floating(made.type) and not no_infinity(made) and (bad := int(pc.sum(pc.is_inf(made), min_count=0).as_py())):
            made = pc.if_else(pc.is_inf(made), pa.scalar(None, pa.float64()), made)
            noted = {"{n} results are too large for a number and stay missing.": bad}
        table = df.assign(**{self.into: column(made, df)})
        return Outcome(table, rejected=listed(replaced(df, table, [self.into])), noted=noted)

    def describe(self) -> str:
        """What is worked out, in words."""
        of = f" of {self.column}" if self.column is not None and self.what not in ("number", "group_count") else ""
        within = "" if self.group_by.names == () else f" within groups of {self.group_by.describe()}"
        order = f" in the order of {self.order_by}" if self.order_by is not None else ""
        return f"{str(LABELS[self.what]).split(',')[0]}{of}{within}{order} into {self.into}"

    def _made(self, df: pd.DataFrame, codes: np.ndarray | None) -> pa.Array | pa.ChunkedArray:
        """The new column; ``codes`` are the groups of the rows, None for one group."""
        if self.what in ("group_count", "group_total"):
            return self._of_group(df, np.zeros(len(df), "int64") if codes is None else codes)
        if self.what == "rank":
            return self._rank(df, codes)
        order = self._order(df)
        if self.what == "above":
            values = arrow(df[str(self.column)])
            if codes is None and order is None:
                return pa.chunked_array([pa.nulls(min(1, len(df)), values.type), *values[: max(0, len(df) - 1)].chunks])
            before = _before(len(df), codes, order)
            return values.take(pa.array(before, mask=before < 0))
        codes = codes if codes is None or order is None else codes[order]
        with np.errstate(over="ignore", invalid="ignore"):
            if self.what == "number":
                return pa.array(_back(_numbers(len(df), codes), order), pa.int64())
            if self.what == "total" and codes is None and order is None:
                return pc.cumulative_sum(arrow(numbers(df, str(self.column))), skip_nulls=True)  # missing where the number is
            x = floats(df, str(self.column))
            x = x if order is None else x[order]
            if self.what == "total":
                return missing_nan(_back(_totals(x) if codes is None else _groups(x, codes).cumsum().to_numpy(), order))
            return missing_nan(_back((pd.Series(x) if codes is None else _groups(x, codes)).diff().to_numpy(), order))

    def _of_group(self, df: pd.DataFrame, codes: np.ndarray) -> pa.Array:
        """The number of rows of each row's group, or the total of its values."""
        if self.what == "group_count":
            return pa.array(np.bincount(codes)[codes], pa.int64())
        x = floats(df, str(self.column))
        if (known := ~np.isnan(x)).all():
            return missing_nan(np.bincount(codes, x)[codes])
        size = int(codes.max(initial=-1)) + 1
        total = np.bincount(codes[known], x[known], minlength=size).astype("float64")  # whole numbers where there is no value
        total[np.bincount(codes[known], minlength=size) == 0] = np.nan
        return missing_nan(total[codes])

    def _order(self, df: pd.DataFrame) -> np.ndarray | None:
        """The positions of the rows by the column of the order, equal ones as they stand; None if that is how they stand."""
        if self.order_by is None:
            return np.arange(len(df))[::-1] if self.descending else None
        way: Literal["ascending", "descending"] = "descending" if self.descending else "ascending"
        return pc.sort_indices(arrow(df[self.order_by]), sort_keys=[("", way)]).to_numpy().astype("int64")

    def _rank(self, df: pd.DataFrame, codes: np.ndarray | None) -> pa.Array:
        values = arrow(df[str(self.column)])
        way: Literal["ascending", "descending"] = "ascending" if self.descending else "descending"
        if codes is None:
            ranks = pc.rank(values, sort_keys=way, tiebreaker="min").to_numpy().astype("int64")
            return pa.array(ranks, pa.int64(), mask=values.is_null().to_numpy())
        dense = pc.rank(values, sort_keys=way, tiebreaker="dense").to_numpy().astype("int64")
        order = in_order(dense)
        order = order[in_order(codes[order])]
        c, d = codes[order], dense[order]
        new_group = np.r_[True, c[1:] != c[:-1]] if len(df) else np.zeros(0, bool)
        new_value = np.r_[True, d[1:] != d[:-1]] | new_group if len(df) else new_group
        at = np.arange(len(df))
        rank = np.empty(len(df), "int64")
        if len(df):
            rank[order] = np.maximum.accumulate(np.where(new_value, at, 0)) - np.maximum.accumulate(np.where(new_group, at, 0)) + 1
        return pa.array(rank, pa.int64(), mask=values.is_null().to_numpy())


def _totals(x: np.ndarray) -> np.ndarray:
    """Running totals; missing where the number is missing."""
    gap = np.isnan(x)
    if not gap.any():
        return np.cumsum(x)
    made = np.cumsum(np.where(gap, 0.0, x))
    made[gap] = np.nan
    return made


def _numbers(rows: int, codes: np.ndarray | None) -> np.ndarray:
    """The number of each row in its group, from 1."""
    if codes is None:
        return np.arange(1, rows + 1)
    sizes = np.bincount(codes)
    made = np.empty(rows, "int64")
    made[in_order(codes)] = np.arange(1, rows + 1) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return made


def _groups(values: np.ndarray, codes: np.ndarray) -> SeriesGroupBy:
    return by_codes(values, codes, int(codes.max(initial=-1)) + 1)


def _before(rows: int, codes: np.ndarray | None, order: np.ndarray | None) -> np.ndarray:
    """For each row the position of the one before it in its group and in the order; -1 where there is none."""
    codes = codes if codes is None or order is None else codes[order]
    at = np.arange(rows)
    before = at - 1 if codes is None else _groups(at, codes).shift(1, fill_value=-1).to_numpy()
    return before if order is None else _back(np.where(before >= 0, order[before], -1) if rows else before, order)


def _back(values: np.ndarray, order: np.ndarray | None) -> np.ndarray:
    """Values in the order, each put back to its row."""
    if order is None:
        return values
    made = np.empty_like(values)
    made[order] = values
    return made
