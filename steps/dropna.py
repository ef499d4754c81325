"""Remove rows with missing values."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import Field, model_validator

from steps.arrow import arrow, blank, flags, is_text, keep_rows, rows_where, side_by_side
from steps.base import Chosen, Columns, Outcome, Step, columns_code, removed_rows, require
from steps.grouping import first_rows

NAMED = 4  # columns named in a reason before "and 3 more"


class Dropna(Step):
    """The rows that have the values asked for; each removed row says which columns are missing.

    ``how``: "any" removes a row if one chosen column is missing, "all" if every one is, "threshold" if fewer than
    ``min_non_missing`` are filled, or more than ``max_missing`` (or ``max_missing_percent`` of them) are missing.
    Blank text counts as missing unless ``treat_blank_as_missing`` is false. No column chosen: no row is removed.

    Raises StepError if a column is absent.
    """

    name = "dropna"
    label = "Remove rows with missing values"
    help = "Take out rows where chosen columns are empty."
    group = "Missing values"
    kind = "rows"
    words = ("missing", "empty", "blank", "null", "nan", "na", "delete rows", "filter")
    may_remove = True

    columns: Columns = Field(Columns(), title="Columns", description="The columns that are looked at.")
    how: Literal["any", "all", "threshold"] = Field(
        "any",
        title="Remove a row if",
        description="How many of the columns must be missing.",
        json_schema_extra={
            "labels": {"any": "any of them is missing", "all": "all of them are missing", "threshold": "too many are missing"}
        },
    )
    min_non_missing: int | None = Field(
        None, ge=0, title="At least this many filled", description='With "too many are missing".', json_schema_extra={"more": True}
    )
    max_missing: int | None = Field(
        None, ge=0, title="At most this many missing", description='With "too many are missing".', json_schema_extra={"more": True}
    )
    max_missing_percent: float | None = Field(
        None, ge=0, le=100, title="At most this % missing", description='With "too many are missing".', json_schema_extra={"more": True}
    )
    treat_blank_as_missing: bool = Field(
        True, title="Treat blank text as missing", description="Text that is empty or only spaces counts as missing."
    )

    @model_validator(mode="after")
    def _one_limit(self) -> "Dropna":
        """Refuse a limit that does not go with ``how``."""
        given = [x for x in (self.min_non_missing, self.max_missing, self.max_missing_percent) if x is not None]
        if self.how == "threshold" and len(given) != 1:
            raise ValueError('"too many are missing" needs one limit: so many filled, so many missing, or so many % missing')
        if self.how != "threshold" and given:
            raise ValueError('a limit goes only with "too many are missing"')
        return self

    def fit(self, df: pd.DataFrame) -> Chosen:
        """The chosen columns."""
        return Chosen(columns=self.columns.resolve(df))

    def apply(self, df: pd.DataFrame, fitted: Chosen) -> pd.DataFrame | Outcome:
        """The rows that stay, and the reason of each that goes."""
        names = fitted.columns
        for name in names:
            require(df, name)
        gaps = dict(zip(names, side_by_side(lambda n: self._gaps(arrow(df[n])), names), strict=True))
        found = {name: gap for name, gap in gaps.items() if gap is not None}
        count = np.zeros(len(df), "int32")
        for gap in found.values():
            count += gap
        gone = count > self._allowed(len(names))
        if not gone.any():
            return df
        reasons = _reasons({name: gap[gone] for name, gap in found.items()}, int(gone.sum()))
        return Outcome(keep_rows(df, ~gone), removed=removed_rows(rows_where(df, gone), reasons))

    @property
    def rowwise(self) -> bool:
        """Each row is judged by itself."""
        return True

    def describe(self) -> str:
        """The rule in words, e.g. "Remove rows where amount is missing"."""
        chosen = self.columns.describe()
        if self.columns.names is not None and len(self.columns.names) == 1 and self.how != "threshold":
            return f"Remove rows where {chosen} is missing"
        if self.min_non_missing is not None:
            return f"Remove rows with fewer than {self.min_non_missing} values in {chosen}"
        if self.max_missing is not None:
            return f"Remove rows with more than {self.max_missing} missing values in {chosen}"
        if self.max_missing_percent is not None:
            return f"Remove rows with more than {self.max_missing_percent:g} % of {chosen} missing"
        return f"Remove rows where {self.how} of {chosen} {'is' if self.how == 'any' else 'are'} missing"

    def code(self) -> str | None:
        """The same by pandas, for the two plain rules."""
        if self.how == "threshold" or self.treat_blank_as_missing:
            return None
        first = ["import re"] if self.columns.pattern is not None else []
        lines = [*first, f"names = {columns_code(self.columns)}", f'df = df.dropna(subset=names, how="{self.how}") if names else df']
        return "\n".join(lines)

    def _gaps(self, values: pa.ChunkedArray) -> np.ndarray | None:
        """True where a value is missing, or None if none is."""
        if self.treat_blank_as_missing and is_text(values.type):
            empty = flags(blank(values))
            gap = empty | flags(values.is_null()) if values.null_count else empty
            return gap if gap.any() else None
        return flags(values.is_null()) if values.null_count else None

    def _allowed(self, columns: int) -> float:
        """The most missing values that a row may have."""
        if self.how == "any":
            return 0 if columns else 1
        if self.how == "all":
            return columns - 1 if columns else 1
        if self.min_non_missing is not None:
            return columns - self.min_non_missing if columns else 1
        return float(self.max_missing if self.max_missing is not None else columns * (self.max_missing_percent or 0) / 100)


def _reasons(gaps: dict[str, np.ndarray], rows: int) -> pa.Array:
    """For each row the columns missing in it; rows missing the same columns share one sentence."""
    names, groups = list(gaps), np.zeros(rows, "int64")
    for gap in gaps.values():  # number the different sets of columns, column by column
        groups = groups * 2 + gap
        used = np.bincount(groups) > 0
        groups = (np.cumsum(used) - 1)[groups]
    first = first_rows(groups)
    said = [_sentence([n for n in names if gaps[n][at]], len(names)) for at in first]
    return pa.array(said, pa.large_string()).take(pa.array(groups))


def _sentence(missing: list[str], of: int) -> str:
    if not missing:
        return "too few columns were chosen"
    shown = missing if len(missing) <= NAMED else [*missing[: NAMED - 1], f"{len(missing) - NAMED + 1} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]} are missing" if len(shown) > 1 else f"{shown[0]} is missing"
