"""Fill missing values."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field, JsonValue, PrivateAttr, model_validator

from steps.arrow import SPACES, arrow, column, flags, is_date, is_number, is_text, whole
from steps.base import ColumnName, Columns, Outcome, Step, StepError, holds, in_note, is_kind, require, require_kind, type_of
from steps.bits import as_mask
from steps.filling import at_rows, between, commonest, gaps, in_order, middles, out_of_order, places, rounded, without_blanks
from steps.new_columns import ending, listed, placed, replaced, replacing
from steps.scaling import Groups, Memo, floats, missing_nan
from steps.values import read_value, shortest

Strategy = Literal["usual", "constant", "ffill", "bfill", "mean", "median", "mode", "from_column", "linear", "time"]
LABELS: dict[str, JsonValue] = {
    "usual": "The middle value of numbers, else the commonest", "constant": "A fixed value", "ffill": "The value above",
    "bfill": "The value below", "mean": "The average", "median": "The middle value (median)", "mode": "The commonest value",
    "from_column": "Another column", "linear": "On a line between the values around", "time": "On a line, by date or number of a column",
}  # fmt: skip
SAID = {
    "usual": "the middle value of numbers, else the commonest", "ffill": "the value above", "bfill": "the value below",
    "mean": "the average", "median": "the middle value", "mode": "the commonest value", "linear": "values on a line between those around",
}  # fmt: skip
NUMERIC = ("mean", "median", "linear", "time")
TYPICAL = ("usual", "mean", "median", "mode")
ORDERED = ("ffill", "bfill", "linear", "time")


class Fill(BaseModel):
    """What fills a column: the value as text, by group (as JSON text) first; whether the column had gaps and becomes a double."""

    value: str | None = None
    groups: dict[str, str] = {}
    had_gaps: bool = False
    as_double: bool = False


class Fillna(Step):
    """Each chosen column with its missing values filled; the others untouched.

    ``usual`` is the median of numbers and the commonest value of all else, where several are as common the smallest. A
    group without a value takes the whole column's; what still cannot be filled stays as it is and is counted. "Above" and
    "below" are in table order, or in the order of ``order_by``, and never cross groups; lines are drawn only between two
    known values. Blank text counts as missing unless ``treat_blank_as_missing`` is false. The average of whole numbers
    makes the column a number (double) where it is not whole itself, unless ``round_back``; exact decimals keep their scale.
    A column without a gap stays the same memory. Columns chosen by kind that a strategy or fixed value does not suit are left.

    Raises StepError if a column is absent, or a column chosen by name holds what cannot be filled so.
    """

    name = "fillna"
    label = "Fill missing values"
    help = "With a fixed value, the value above, the average, the commonest, or another column."
    group = "Missing values"
    words = ("impute", "fill", "fill down", "fill up", "ffill", "bfill", "interpolate", "blank", "empty", "null", "nan", "default")

    columns: Columns = Field(Columns(), title="Columns", description="The columns whose gaps are filled.")
    strategy: Strategy = Field("usual", title="Fill with", description="Where the value comes from.", json_schema_extra={"labels": LABELS})
    value: str | None = Field(
        None,
        title="Value",
        description="Written as in the table, e.g. 0 or 2024-01-31.",
        json_schema_extra={"when": {"strategy": ["constant"]}},
    )
    other: ColumnName | None = Field(
        None, title="Other column", description="Its value in the same row.", json_schema_extra={"when": {"strategy": ["from_column"]}}
    )
    order_by: ColumnName | None = Field(
        None,
        title="In the order of",
        description="Empty: the order of the rows in the table.",
        json_schema_extra={"when": {"strategy": list(ORDERED)}},
    )
    limit: int | None = Field(
        None,
        ge=1,
        title="At most this many in a row",
        description="Longer gaps are filled only so far.",
        json_schema_extra={"when": {"strategy": list(ORDERED)}, "more": True},
    )
    group_by: Columns = Field(
        Columns(names=()), title="Within groups of", description="Each group is filled from its own rows.", json_schema_extra={"more": True}
    )
    add_indicator: bool = Field(
        False, title="Add a yes/no column of what was missing", description='Named like "amount_missing".', json_schema_extra={"more": True}
    )
    round_back: bool = Field(
        False,
        title="Keep whole numbers whole",
        description="An average of whole numbers is rounded, halves to the even number.",
        json_schema_extra={"more": True},
    )
    treat_blank_as_missing: bool = Field(
        True,
        title="Treat blank text as missing",
        description="Text that is empty or only spaces is filled, too.",
        json_schema_extra={"more": True},
    )
    suffix: str = ending()
    overwrite: bool = replacing()

    _groups: Memo = PrivateAttr(default_factory=Memo)

    @model_validator(mode="after")
    def _complete(self) -> "Fillna":
        """Refuse a strategy without what it needs."""
        if self.strategy == "constant" and self.value is None:
            raise ValueError("write the value to fill with")
        if self.strategy == "from_column" and self.other is None:
            raise ValueError("choose the other column")
        if self.strategy == "time" and self.order_by is None:
            raise ValueError("choose the column of dates or numbers that says how far apart the rows are")
        return self

    def fit(self, df: pd.DataFrame) -> dict[str, Fill]:
        """What fills each column, and each group of it."""
        by = self.group_by.resolve(df)
        groups = self._groups.rows(df, by if self.strategy in TYPICAL else [])
        return {name: self._fill(df, name, groups) for name in self._suited(df) if name not in by}

    def apply(self, df: pd.DataFrame, fitted: dict[str, Fill]) -> pd.DataFrame | Outcome:
        """The table with its gaps filled, and what could not be."""
        groups = self._groups.rows(df, self.group_by.resolve(df) if self.strategy in (*TYPICAL, *ORDERED) else [])
        noted: dict[str, int] = {}
        if self.strategy == "constant" and self.columns.names is None:
            for name in self.columns.resolve(df):
                if name not in fitted and name not in self.group_by.resolve(df):
                    empty = int(pc.sum(gaps(arrow(df[name]), self.treat_blank_as_missing)).as_py() or 0)
                    noted[f'{{n}} values of "{in_note(name)}" stay missing: the fixed value does not fit the column.'] = empty
        order = self._order(df, groups, noted) if self.strategy in ORDERED and fitted and not self._as_it_stands(groups) else None
        made: dict[str, pd.Series] = {}
        marks: dict[str, pd.Series] = {}
        for name, by in fitted.items():
            values = arrow(df[name])
            known = without_blanks(values, self.treat_blank_as_missing)
            if self.add_indicator and by.had_gaps:
                marks[self._mark(df, name)] = column(known.is_null(), df)
            result, left = self._filled(df, name, values, known, by, groups, order)
            if self.suffix or result is not None:
                made[name] = df[name] if result is None else column(result, df)
            if left:
                noted[f'{{n}} values of "{in_note(name)}" stay missing: there was nothing to fill them with.'] = left
        table = placed(df, made, self.suffix, self.overwrite).assign(**marks) if made or marks else df
        noted = {said: count for said, count in noted.items() if count}
        lines = replaced(df, table, [n + self.suffix for n in made]) if self.suffix else []
        return Outcome(table, rejected=listed(lines), noted=noted) if noted or lines else table

    @property
    def rowwise(self) -> bool:
        """Unless a value comes from other rows at the time of filling."""
        return self.strategy not in ORDERED

    def describe(self) -> str:
        """The filling in words."""
        said = {"constant": f'"{self.value}"', "from_column": str(self.other), "time": f"values on a line by {self.order_by}", **SAID}
        within = f", within groups of {self.group_by.describe()}" if self.group_by.names != () else ""
        order = f", in the order of {self.order_by}" if self.order_by and self.strategy in ("ffill", "bfill", "linear") else ""
        return f"Fill missing values of {self.columns.describe()} with {said[self.strategy]}{order}{within}"

    def _suited(self, df: pd.DataFrame) -> list[str]:
        """The chosen columns; those chosen by kind only where they can be filled so."""
        names = self.columns.resolve(df)
        if self.columns.names is None:
            return [n for n in names if self._suits(df, n)]
        for name in names:
            if self.strategy in NUMERIC:
                require_kind(df, name, "number")
            if self.strategy == "constant":
                self._read(name, type_of(df, name))
            if self.strategy == "from_column":
                self._taken(df, name)
        return names

    def _suits(self, df: pd.DataFrame, name: str) -> bool:
        if self.strategy in NUMERIC:
            return is_kind(df, name, "number")
        try:
            if self.strategy == "constant":
                self._read(name, type_of(df, name))
            if self.strategy == "from_column":
                require(df, str(self.other))
                self._taken(df, name)
        except StepError:
            if self.strategy == "from_column" and self.other not in df.columns:
                raise
            return False
        return name != self.other

    def _read(self, name: str, of: pa.DataType) -> pa.Scalar:
        """The fixed value in the column's type."""
        try:
            return pa.scalar(read_value(str(self.value), of), of)
        except (ValueError, pa.ArrowInvalid) as error:
            raise StepError(f"cannot be filled with this: {error}", column=name) from error

    def _taken(self, df: pd.DataFrame, name: str) -> pa.ChunkedArray:
        """The other column in the type of this one."""
        of, there = type_of(df, name), type_of(df, str(self.other))
        values = without_blanks(arrow(df[str(self.other)]), self.treat_blank_as_missing)
        if of == there:
            return values
        if is_text(of):
            return shortest(values)
        problem = f'holds {holds(of)}, "{self.other}" holds {holds(there)}'
        if pa.types.is_decimal(of) or pa.types.is_decimal(there) or not (is_number(of) and is_number(there)):
            raise StepError(problem, column=name, remedy="Give both the same type first with Change column types.")
        try:
            return values.cast(of)
        except pa.ArrowInvalid as error:
            problem = f'cannot take every number of "{self.other}" without changing it'
            raise StepError(problem, column=name, remedy="Give both the same type first with Change column types.") from error

    def _fill(self, df: pd.DataFrame, name: str, groups: Groups) -> Fill:
        of = type_of(df, name)
        if self.strategy in ("constant", "from_column", *ORDERED) and not (self.add_indicator or is_number(of)):
            return Fill()
        values = without_blanks(arrow(df[name]), self.treat_blank_as_missing)
        gap = values.null_count > 0
        whole = pa.types.is_integer(of) and gap and not self.round_back
        if self.strategy in ("linear", "time"):
            return Fill(had_gaps=gap, as_double=whole)
        if self.strategy in ("constant", "from_column", *ORDERED):
            return Fill(had_gaps=gap)
        if self.strategy == "mode" or (self.strategy == "usual" and not is_number(of)):
            by_code = commonest(values, groups.codes) if groups.keys else {}
            text = {groups.keys[code]: value for code, value in by_code.items()}
            return Fill(value=commonest(values).get(0), groups=text, had_gaps=gap)
        found = middles(df, name, self.strategy == "mean", groups.codes) if groups.keys else {}
        overall = middles(df, name, self.strategy == "mean").get(0)
        as_double = whole and any(not v.is_integer() for v in [*found.values(), *([] if overall is None else [overall])])
        plain = pa.types.is_floating(of) or as_double
        write = repr if plain else lambda v: rounded(v, of)
        by_group = {groups.keys[code]: write(value) for code, value in found.items()}
        return Fill(value=None if overall is None else write(overall), groups=by_group, had_gaps=gap, as_double=as_double)

    def _filled(
        self,
        df: pd.DataFrame,
        name: str,
        values: pa.ChunkedArray,
        known: pa.ChunkedArray,
        by: Fill,
        groups: Groups,
        order: np.ndarray | None,
    ) -> tuple[pa.ChunkedArray | None, int]:
        """The column filled, or None if it stays as it is; and how many values stay missing. ``known`` is without blank text."""
        if by.as_double and pa.types.is_integer(values.type):
            values = known = _as_double(values, name)
        source = values if values.type != df.dtypes[name].pyarrow_dtype else None
        if not known.null_count:
            return source, 0
        if self._as_it_stands(groups):
            result = pc.fill_null_forward(known) if self.strategy == "ffill" else pc.fill_null_backward(known)
        else:
            filler = self._filler(df, name, values.type, known, by, groups, order)
            result = pc.coalesce(known, filler)
            if self.strategy == "constant" and self.treat_blank_as_missing and not str(self.value).strip(SPACES):
                return result, known.null_count  # blank text put in for blank text
        left = result.null_count
        if left == known.null_count:
            return source, left
        return (pc.coalesce(result, values) if left and known is not values else result), left

    def _as_it_stands(self, groups: Groups) -> bool:
        """Whether each gap takes the value above or below in the table itself, however far."""
        return self.strategy in ("ffill", "bfill") and not groups.keys and self.order_by is None and self.limit is None

    def _filler(
        self,
        df: pd.DataFrame,
        name: str,
        of: pa.DataType,
        known: pa.ChunkedArray,
        by: Fill,
        groups: Groups,
        order: np.ndarray | None,
    ) -> pa.Array | pa.ChunkedArray | pa.Scalar:
        """For each gap the value that would fill it, in the type of the result; one value where it is the same for all."""
        if self.strategy == "constant":
            return self._read(name, of)
        if self.strategy == "from_column":
            return self._taken(df, name)
        if order is not None:
            return self._from_rows(df, name, of, flags(known.is_valid()), groups.codes, order)
        if not groups.keys:
            return pa.array([by.value], pa.large_string()).cast(of)[0]
        each = [by.groups.get(key, by.value) for key in groups.keys]
        return pa.array(each, pa.large_string()).cast(of).take(pa.array(groups.codes))

    def _from_rows(self, df: pd.DataFrame, name: str, of: pa.DataType, known: np.ndarray, codes: np.ndarray, order: np.ndarray) -> pa.Array:
        gaps = between(known, codes, order)
        source, far = (gaps.after, gaps.until) if self.strategy == "bfill" else (gaps.before, gaps.since)
        wanted = source >= 0 if self.limit is None else (source >= 0) & (far <= self.limit)
        if self.strategy in ("ffill", "bfill"):
            values, rows, source = whole(arrow(df[name])), gaps.rows[wanted], source[wanted]
            if is_text(of):
                return at_rows(values.take(pa.array(source)), rows, len(df))
            by_row, mask = np.argsort(rows), np.zeros(len(df), bool)
            mask[rows] = True
            return pc.replace_with_mask(values, as_mask(mask), values.take(pa.array(source[by_row])))
        rows, before, after, since, until = (part[wanted & (gaps.after >= 0)] for part in gaps)
        if self.strategy == "time":
            x = places(arrow(df[str(self.order_by)]))
            with np.errstate(all="ignore"):  # 0 / 0 where both have the same
                share = np.where(x[after] == x[before], 0.0, (x[rows] - x[before]) / (x[after] - x[before]))
        else:
            share = since / (since + until)
        y = floats(df, name)
        with np.errstate(all="ignore"):
            made = y[before] * (1 - share) + y[after] * share
        if pa.types.is_floating(of):
            filled = np.full(len(y), np.nan)
            filled[rows] = made
            return missing_nan(filled)
        some = ~np.isnan(made)  # exact, whatever the size
        return at_rows(pa.array([rounded(v, of) for v in made[some]], pa.large_string()).cast(of), rows[some], len(df))

    def _order(self, df: pd.DataFrame, groups: Groups, noted: dict[str, int]) -> np.ndarray:
        if self.order_by is None:
            return in_order(groups.codes, None)
        by = type_of(df, self.order_by)
        if self.strategy == "time" and not (is_number(by) or is_date(by)):
            raise StepError(f"holds {holds(by)}, so it cannot say how far apart rows are", column=self.order_by, remedy="Choose a date.")
        values = arrow(df[self.order_by])
        values = values.cast(pa.int8()) if pa.types.is_boolean(by) else values
        if (n := out_of_order(values)) > 0:
            named = in_note(self.order_by)
            noted[f'{{n}} rows are not in the order of "{named}"; gaps are filled in that order, the rows stay where they are.'] = n
        return in_order(groups.codes, values)

    def _mark(self, df: pd.DataFrame, name: str) -> str:
        mark = f"{name}_missing"
        if mark in df.columns:
            raise StepError("is already in the table", column=mark, remedy="Rename it first, or add no yes/no column.")
        return mark


def _as_double(values: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    try:
        return values.cast(pa.float64())
    except pa.ArrowInvalid as error:
        problem = "holds whole numbers too long to become numbers with decimals"
        raise StepError(problem, column=name, remedy='Choose "Keep whole numbers whole".') from error
