"""Steps and tables made for the tests of the engine."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel

from pipeline import Recipe, RecipeStep, TableRecipe
from pipeline.apply import Context, apply_step
from pipeline.results import StepResult
from steps.arrow import arrow, column
from steps.base import ColumnName, Columns, OnError, Outcome, Step, StepError, TableName, numbers, rejects

TEXT, INT, FLOAT, BOOL, DAY = pa.large_string(), pa.int64(), pa.float64(), pa.bool_(), pa.date32()
MOMENT, ZONED, MONEY = pa.timestamp("us"), pa.timestamp("us", "Europe/Berlin"), pa.decimal128(12, 2)
FUNCTIONS: dict[str, Callable[[pd.DataFrame], pd.DataFrame | Outcome]] = {}


def guess(values: Sequence[Any]) -> pa.DataType:
    kinds = {bool: BOOL, int: INT, float: FLOAT, date: DAY, Decimal: MONEY}
    return next((kinds[type(v)] for v in values if type(v) in kinds), TEXT)


def table(
    rows: Sequence[int] | pd.Index | None = None, types: Mapping[str, pa.DataType] | None = None, /, **columns: Sequence[Any]
) -> pd.DataFrame:
    """A table of Arrow columns, from row 2 on if no rows are given."""
    size = len(next(iter(columns.values()))) if columns else 0
    index = pd.RangeIndex(2, 2 + size) if rows is None else pd.Index(rows, dtype="int64")
    made = {}
    for name, values in columns.items():
        of = (types or {}).get(name) or guess(values)
        made[name] = pd.Series(pa.chunked_array([pa.array(values, of)]), dtype=pd.ArrowDtype(of), index=index)
    return pd.DataFrame(made, index=index)


def plain(df: pd.DataFrame) -> dict[str, list[Any]]:
    """A table as plain Python values."""
    return {name: arrow(df[name]).to_pylist() for name in df.columns}


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """The tables are equal, index and types too."""
    pd.testing.assert_frame_equal(a, b, rtol=0, atol=0, check_index_type=False)
    assert a.index.tolist() == b.index.tolist()


def addresses(df: pd.DataFrame, name: str) -> list[int | None]:
    return [None if b is None else b.address for c in arrow(df[name]).chunks for b in c.buffers()]


class Mean(BaseModel):
    mean: float


class Center(Step):
    name = "t_center"
    label = "Center"
    columns: Columns = Columns(kind="number")

    def fit(self, df: pd.DataFrame) -> dict[str, Mean]:
        return {n: Mean(mean=float(numbers(df, n).mean()) if numbers(df, n).count() else 0.0) for n in self.columns.resolve(df)}

    def apply(self, df: pd.DataFrame, fitted: dict[str, Mean]) -> pd.DataFrame:
        return df.assign(**{n: numbers(df, n) - by.mean for n, by in fitted.items()})


class Upper(Step):
    name = "t_upper"
    label = "Upper case"
    column: ColumnName
    into: str | None = None

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame:
        return df.assign(**{self.into or self.column: column(pc.utf8_upper(arrow(df[self.column])), df)})


class Lookup(Step):
    """The value of another table's row with the same key."""

    name = "t_lookup"
    label = "Look up"
    kind = "structure"
    other: TableName
    key: ColumnName
    value: str

    def apply(self, df: pd.DataFrame, fitted: None, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        other = tables[self.other]
        at = pc.index_in(arrow(df[self.key]), arrow(other[self.key]).combine_chunks(), skip_nulls=True)
        return df.assign(**{self.value: column(arrow(other[self.value]).take(at), df)})


class Since(Step):
    """Writes the day of the run into a column."""

    name = "t_since"
    label = "Day of the run"
    kind = "structure"
    as_of: date | None = None

    def for_day(self, day: date | None) -> "Since":
        return self.model_copy(update={"as_of": day}) if self.as_of is None else self

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame:
        return df.assign(today=column(pa.repeat(pa.scalar(self.as_of, DAY), len(df)), df))


class Number(Step):
    """Text as whole numbers; what is none is refused."""

    name = "t_number"
    label = "Make a number"
    column: ColumnName
    on_error: OnError = "missing"

    def apply(self, df: pd.DataFrame, fitted: None) -> Outcome:
        values = arrow(df[self.column])
        bad = pc.invert(pc.match_substring_regex(values, "^[0-9]{1,9}$"))
        made = pc.if_else(bad, pa.scalar(None, TEXT), values).cast(INT)
        lines = rejects(df, self.column, pc.fill_null(bad, False).to_numpy(), "is no number")
        return Outcome(df.assign(**{self.column: column(made, df)}), rejected=lines)


class _Do(Step):
    what: str
    on_error: OnError = "missing"

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame | Outcome:
        return FUNCTIONS[self.what](df)


class DoCells(_Do):
    name = "t_cells"
    label = "Change cells"


class DoRows(_Do):
    name = "t_rows"
    label = "Choose rows"
    kind = "rows"
    may_remove = True


class DoAll(_Do):
    name = "t_all"
    label = "Change the table"
    kind = "structure"


class DoBlank(_Do):
    name = "t_blank"
    label = "Blank cells"
    blanks: ClassVar[bool] = True


class Foreign(Step):
    """A step with faults of its own."""

    name = "t_foreign"
    label = "Foreign"
    fault: str

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame:
        if self.fault == "key":
            return df[["nowhere"]]
        if self.fault == "arrow":
            return df.assign(x=column(arrow(df["x"]).cast(INT), df))
        if self.fault == "memory":
            raise MemoryError
        raise StepError("will not", column="x", rows=[2, 3])


STEPS = {s.name: s for s in (Center, Upper, Lookup, Since, Number, DoCells, DoRows, DoAll, DoBlank, Foreign)}


def does(function: Callable[[pd.DataFrame], pd.DataFrame | Outcome]) -> Callable[[pd.DataFrame], pd.DataFrame | Outcome]:
    """Offer a function as ``what`` of the scratch steps."""
    FUNCTIONS[function.__name__] = function
    return function


def step(name: str, id: str = "s", /, **envelope: Any) -> RecipeStep:
    """An envelope; what is not a field of it is a parameter of the step."""
    params = {k: envelope.pop(k) for k in list(envelope) if k not in RecipeStep.model_fields}
    return RecipeStep.model_validate({"id": id, "step": name, "params": params, **envelope})


def recipe(*steps: RecipeStep) -> Recipe:
    """A recipe of one table; the steps get ids of their own."""
    numbered = tuple(s.model_copy(update={"id": f"s{i}"}) for i, s in enumerate(steps, 1))
    return Recipe(result="orders", tables=(TableRecipe(name="orders", steps=numbered),))


def applied(envelope: RecipeStep, df: pd.DataFrame, **context: Any) -> StepResult:
    """One step on one table, rows made from number 1000 on."""
    return apply_step(envelope, df, Context(**{"tables": {}, "next_row": 1000, **context}))
