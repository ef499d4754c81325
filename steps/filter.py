"""Keep or remove rows by conditions on any columns."""

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, field_validator

from steps.arrow import flags, keep_rows, one_of_few, rows_at
from steps.base import Outcome, Step, removed_rows
from steps.conditions import Condition, Facts, evaluate, fit_condition


class Filter(Step):
    """The rows for which the condition holds, or with ``action`` "remove" the others.

    A comparison with a missing value has no answer; where the whole condition has none, the row does not match, or does
    with ``missing_rows`` "match", and is counted. "In the last 7 days" counts from ``as_of``, or from the day of the run.

    Raises StepError if a column is absent or does not hold what it is compared with: nothing is converted.
    """

    name = "filter"
    label = "Keep or remove rows"
    help = "By conditions on any columns."
    group = "Rows"
    kind = "rows"
    words = ("filter", "where", "condition", "query", "select rows", "delete rows", "subset")
    may_remove = True

    action: Literal["keep", "remove"] = Field(
        "keep",
        title="What to do",
        description="Whether the rows that match stay or go.",
        json_schema_extra={"labels": {"keep": "Keep rows that match", "remove": "Remove rows that match"}},
    )
    condition: Condition = Field(title="Condition", description="Tests of columns, joined by and / or.")
    missing_rows: Literal["no_match", "match"] = Field(
        "no_match",
        title="If a value to compare is missing",
        description="Whether a row matches when its missing value leaves the condition without an answer.",
        json_schema_extra={"labels": {"no_match": "The row does not match", "match": "The row matches"}},
    )
    as_of: date | None = Field(
        None,
        title="As of",
        description='The day that "in the last 7 days" counts from; empty: the day of the run.',
        json_schema_extra={"more": True},
    )

    @field_validator("condition")
    @classmethod
    def _some_test(cls, condition: Condition) -> Condition:
        """Refuse a condition that asks nothing."""
        if not any(True for _ in condition.each()):
            raise ValueError("there is no condition yet. Choose a column and a comparison")
        return condition

    def fit(self, df: pd.DataFrame) -> Facts:
        """What the condition needs to know of the whole table."""
        return fit_condition(self.condition, df)

    def apply(self, df: pd.DataFrame, fitted: Facts) -> pd.DataFrame | Outcome:
        """The rows that stay, and the reason of each that goes."""
        answer = evaluate(self.condition, df, fitted, self.as_of)
        unknown = flags(answer.is_null())
        matches = flags(answer) | unknown if self.missing_rows == "match" else flags(answer)
        kept = matches if self.action == "keep" else ~matches
        gone = np.flatnonzero(~kept)
        if not answer.null_count and not len(gone):
            return df
        fate = "kept" if (self.missing_rows == "match") == (self.action == "keep") else "removed"
        noted = {f"{{n}} rows had no value in the condition; they are {fate}.": answer.null_count} if answer.null_count else {}
        words = self.condition.describe()
        plain = words if self.action == "remove" else f"not ({words})"
        reasons = one_of_few([plain, f"a value is missing in: {words}"], unknown.view("int8").take(gone))
        return Outcome(keep_rows(df, kept), removed=removed_rows(rows_at(df, gone), reasons), noted=noted)

    @property
    def rowwise(self) -> bool:
        """Unless a test looks at the other rows."""
        return self.condition.rowwise

    def needs(self) -> list[str]:
        """The columns of the condition."""
        return self.condition.columns()

    def for_day(self, day: date | None) -> "Filter":
        """With the day of the run, if the condition counts from today."""
        return self.model_copy(update={"as_of": day}) if self.as_of is None and self.condition.needs_date else self

    def describe(self) -> str:
        """The condition in words."""
        since = f", as of {self.as_of}" if self.as_of is not None and self.condition.needs_date else ""
        return f"{self.action.capitalize()} rows where {self.condition.describe()}{since}"
