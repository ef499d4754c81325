"""Keep or remove rows by where they stand: top, bottom, every nth, repeated headers, totals at the end."""

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, JsonValue, model_validator

from steps.arrow import SPACES, arrow, flags, is_text, keep_rows, rows_where, take_rows
from steps.base import Outcome, Step, removed_rows
from steps.conditions import Condition, Facts, evaluate, fit_condition

LABELS: dict[str, JsonValue] = {
    "skip_top": "Remove rows at the top", "skip_bottom": "Remove rows at the bottom", "keep_top": "Keep only rows at the top",
    "keep_bottom": "Keep only rows at the bottom", "every": "Keep every nth row", "alternate": "Remove rows in turn",
    "headers": "Remove repeated header rows", "footer": "Remove the last rows that match a condition",
}  # fmt: skip


class SelectRows(Step):
    """The rows that stay by their place, in their order; each removed row says why.

    ``n`` rows at the top or bottom; every ``n``-th from row ``start`` on; in turn ``n`` removed and ``keep`` kept from
    row ``start`` on. A repeated header has in each text column that is filled the column's name (capitals and spaces
    aside), in at least one. A footer is the unbroken run of last rows that match the condition.

    Raises StepError if a column of the condition is absent.
    """

    name = "select_rows"
    label = "Remove top, bottom or repeated rows"
    help = "Totals, repeated headers."
    group = "Rows"
    kind = "rows"
    words = ("head", "tail", "top", "bottom", "first", "last", "skip", "nth", "alternate", "header", "footer", "total", "position", "limit")
    may_remove = True

    what: Literal["skip_top", "skip_bottom", "keep_top", "keep_bottom", "every", "alternate", "headers", "footer"] = Field(
        "skip_top", title="What to do", description="Which rows go.", json_schema_extra={"labels": LABELS}
    )
    n: int = Field(
        1, ge=1, title="How many", description="Rows to remove or keep; with every nth, n.",
        json_schema_extra={"when": {"what": ["skip_top", "skip_bottom", "keep_top", "keep_bottom", "every", "alternate"]}},
    )  # fmt: skip
    start: int = Field(
        1, ge=1, title="From the row", description="1 is the first of the table; those before it stay with rows in turn.",
        json_schema_extra={"when": {"what": ["every", "alternate"]}},
    )  # fmt: skip
    keep: int = Field(
        1, ge=1, title="Then keep", description="Rows between those removed.", json_schema_extra={"when": {"what": ["alternate"]}}
    )
    condition: Condition | None = Field(
        None, title="Condition", description='Such as: name contains "Total".', json_schema_extra={"when": {"what": ["footer"]}}
    )
    as_of: date | None = Field(
        None,
        title="As of",
        description='The day that "in the last 7 days" counts from; empty: the day of the run.',
        json_schema_extra={"when": {"what": ["footer"]}, "more": True},
    )

    @model_validator(mode="after")
    def _footer(self) -> "SelectRows":
        """Refuse a footer without a condition."""
        if self.what == "footer" and (self.condition is None or not any(True for _ in self.condition.each())):
            raise ValueError("the last rows need a condition. Choose a column and a comparison")
        if self.what != "footer" and self.condition is not None:
            raise ValueError("a condition goes only with the last rows that match it")
        return self

    def fit(self, df: pd.DataFrame) -> Facts | None:
        """What the condition needs to know of the whole table."""
        return None if self.condition is None else fit_condition(self.condition, df)

    def apply(self, df: pd.DataFrame, fitted: Facts | None) -> pd.DataFrame | Outcome:
        """The rows that stay, and why the others go."""
        if self.what in ("skip_top", "skip_bottom", "keep_top", "keep_bottom"):
            return self._at_an_end(df)
        stays = self._stays(df, fitted)
        if stays.all():
            return df
        return Outcome(keep_rows(df, stays), removed=removed_rows(rows_where(df, ~stays), self._reason()))

    def needs(self) -> list[str]:
        """The columns of the condition."""
        return [] if self.condition is None else self.condition.columns()

    def for_day(self, day: date | None) -> "SelectRows":
        """With the day of the run, if the condition counts from today."""
        dated = self.condition is not None and self.condition.needs_date
        return self.model_copy(update={"as_of": day}) if dated and self.as_of is None else self

    def describe(self) -> str:
        """The rule in words."""
        rows = "row" if self.n == 1 else f"{self.n:,} rows"
        return {
            "skip_top": f"Remove the first {rows}", "skip_bottom": f"Remove the last {rows}", "keep_top": f"Keep the first {rows}",
            "keep_bottom": f"Keep the last {rows}", "every": f"Keep one row in {self.n:,}, from row {self.start:,} on",
            "alternate": f"From row {self.start:,} on remove {self.n:,} and keep {self.keep:,} in turn",
            "headers": "Remove repeated header rows",
            "footer": f"Remove the last rows where {self.condition.describe()}" if self.condition else "Remove no row",
        }[self.what]  # fmt: skip

    def code(self) -> str | None:
        """The same by pandas, for rows at one end or one in so many."""
        n, start = self.n, self.start - 1
        return {
            "skip_top": f"df = df.iloc[{n}:]", "skip_bottom": f"df = df.iloc[:-{n}]", "keep_top": f"df = df.head({n})",
            "keep_bottom": f"df = df.tail({n})", "every": f"df = df.iloc[{start}::{n}]",
        }.get(self.what)  # fmt: skip

    def _reason(self) -> str:
        if self.what == "headers":
            return "repeats the header"
        if self.what == "footer" and self.condition is not None:
            return f"is at the end and matches: {self.condition.describe()}"
        return {
            "skip_top": f"is among the first {self.n:,}", "skip_bottom": f"is among the last {self.n:,}",
            "keep_top": f"is not among the first {self.n:,}", "keep_bottom": f"is not among the last {self.n:,}",
            "every": f"is not the one in {self.n:,} from row {self.start:,} on", "alternate": "is removed in turn",
        }[self.what]  # fmt: skip

    def _at_an_end(self, df: pd.DataFrame) -> pd.DataFrame | Outcome:
        """Without the rows at the top or the bottom, or with them alone; most of a table is taken as it lies in memory."""
        at = min(self.n, len(df)) if self.what.endswith("top") else max(0, len(df) - self.n)
        first, second = slice(0, at), slice(at, len(df))
        kept, gone = (first, second) if self.what in ("keep_top", "skip_bottom") else (second, first)
        if gone.start == gone.stop:
            return df
        small = 2 * (kept.stop - kept.start) < len(df)  # a slice keeps all of the memory it is cut from
        table = take_rows(df, np.arange(kept.start, kept.stop)) if small else df.iloc[kept]
        return Outcome(table, removed=removed_rows(df.index[gone], self._reason()))

    def _stays(self, df: pd.DataFrame, fitted: Facts | None) -> np.ndarray:
        if self.what == "every":
            stays = np.zeros(len(df), bool)
            stays[self.start - 1 :: self.n] = True
            return stays
        if self.what == "headers":
            return ~_headers(df)
        place = np.arange(len(df))
        from_start = place - (self.start - 1)
        if self.what == "footer" and self.condition is not None:
            other = np.flatnonzero(~flags(evaluate(self.condition, df, fitted, self.as_of)))
            return place <= (other[-1] if len(other) else -1)
        return (from_start < 0) | (from_start % (self.n + self.keep) >= self.n)


def _headers(df: pd.DataFrame) -> np.ndarray:
    """Where every filled cell holds its column's name, and at least one is filled."""
    same, only = np.zeros(len(df), bool), np.ones(len(df), bool)
    for name in df.columns:
        values = arrow(df[name])
        if not is_text(values.type):
            only &= flags(values.is_null())
            continue
        text = pc.utf8_lower(pc.utf8_trim(values, SPACES))
        equal = flags(pc.equal(text, pa.scalar(name.strip(SPACES).lower(), text.type)))
        same |= equal & (name.strip(SPACES) != "")
        only &= equal | ~flags(pc.not_equal(text, ""))
    return same & only
