"""A new column, calculated from others by an expression."""

from datetime import date

import pandas as pd
import pyarrow as pa
from pydantic import Field, field_validator

from steps.arrow import arrow, column
from steps.base import TEXT, Outcome, Step, StepError, rejects
from steps.expressions import ExpressionError, asks_today, columns, evaluate, no_answer, parse


class ComputeColumn(Step):
    """The table with one more column, whose type follows from the expression; the others untouched.

    Missing values make the result missing, except in AND, OR, IF, COALESCE and IFMISSING where it does not hang on them.
    What has no answer (division by zero, a text that is no number, a result too large) is missing and listed. Whole
    numbers stay exact; where one of more than 15 digits meets a fraction it is rounded, and counted. Text is compared
    in its own case. TODAY() is ``as_of``, or the day of the run.

    Raises StepError if a column is absent or values do not suit, or if ``into`` is there and is not to be overwritten.
    """

    name = "compute_column"
    label = "Calculate a column"
    help = 'With Excel\'s functions: =IF([Type]="Refund", -[Amount], [Amount]).'
    group = "Columns"
    kind = "structure"
    words = ("formula", "compute", "expression", "if", "add column", "new column", "multiply", "sum", "excel", "mutate", "round", "date")

    into: str = Field("result", title="Name of the new column", description="What the calculated column is called.", min_length=1)
    expression: str = Field(
        title="Calculation",
        description='Columns stand in brackets: [Price] * [Quantity], IF([Type] = "Refund", -[Amount], [Amount]).',
        min_length=1,
        json_schema_extra={"lines": True, "functions": True, "example": "[unit_price] * [quantity]"},
    )
    overwrite: bool = Field(
        False,
        title="Replace a column of this name",
        description="Whether a column that has the name already is replaced.",
        json_schema_extra={"more": True},
    )
    as_of: date | None = Field(
        None,
        title="As of",
        description="The day that TODAY() and INLAST(...) count from; empty: the day of the run.",
        json_schema_extra={"more": True},
    )

    @field_validator("expression")
    @classmethod
    def _can_be_read(cls, expression: str) -> str:
        """Refuse what is no expression; the types are checked when the columns are known."""
        parse(expression)
        return expression

    def apply(self, df: pd.DataFrame, fitted: None) -> Outcome:
        """The table with the calculated column, and the cells that have no answer."""
        if self.into in df.columns and not self.overwrite:
            raise StepError("is in the table already", column=self.into, remedy="Choose another name, or replace the column.")
        if self._asks_today and self.as_of is None:
            raise StepError("The calculation needs the day to count from", remedy='Fill in "As of".')
        try:
            made, notes = evaluate(parse(self.expression), {n: arrow(df[n]) for n in df.columns}, len(df), self.as_of)
        except ExpressionError as error:
            raise StepError(f"The calculation, character {error.at + 1}: {error.problem}", remedy=error.remedy) from error
        after = df.assign(**{self.into: column(pa.chunked_array([made]), df)})
        listed = [self._lines(df, where, reason, shown) for where, reason, shown in no_answer(notes)]
        if self.into in df.columns:
            listed += self._overwritten(df, made, listed)
        return Outcome(after, rejected=pd.concat(listed) if listed else None, noted=notes.counts)

    def _lines(self, df: pd.DataFrame, where: object, reason: str, shown: pa.Array) -> pd.DataFrame:
        told = pd.DataFrame({self.into: pd.Series(shown, dtype=TEXT, index=df.index)})
        return rejects(told, self.into, where, reason)  # type: ignore[arg-type]  # a NumPy mask

    def _overwritten(self, df: pd.DataFrame, made: pa.Array, listed: list[pd.DataFrame]) -> list[pd.DataFrame]:
        """Values of the replaced column whose place is empty now, those with a reason of their own aside."""
        lost = df[self.into].notna().to_numpy() & made.is_null().to_numpy(zero_copy_only=False)
        for lines in listed:
            lost &= ~df.index.isin(lines.index)
        return [rejects(df, self.into, lost, "the calculation gives no value here")] if lost.any() else []

    @property
    def _asks_today(self) -> bool:
        return asks_today(parse(self.expression))

    @property
    def rowwise(self) -> bool:
        """Each row is calculated by itself."""
        return True

    def needs(self) -> list[str]:
        """The columns of the expression."""
        return columns(parse(self.expression))

    def for_day(self, day: date | None) -> "ComputeColumn":
        """With the day of the run, if the expression asks for it."""
        return self.model_copy(update={"as_of": day}) if self.as_of is None and self._asks_today else self

    def describe(self) -> str:
        """The calculation, e.g. "Calculate total = [price] * [n]"."""
        text = " ".join(self.expression.strip().removeprefix("=").split())
        return f"Calculate {self.into} = {text if len(text) <= 80 else text[:79] + '…'}".rstrip(".")
