"""Results in place of the columns they come from, or beside them under a name with an ending."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from pydantic import Field

from steps.arrow import arrow, flags
from steps.base import NO_REJECTED, StepError, rejects

REMEDY = "Choose another ending for the new columns."


def ending() -> Any:  # what Field gives, which stands for the default of any type
    """The parameter ``suffix`` of a step that may leave its columns as they are."""
    return Field("", title="New columns ending in", description="Empty: the columns are replaced.", json_schema_extra={"more": True})


def replacing() -> Any:
    """The parameter ``overwrite`` of a step that makes new columns."""
    return Field(
        False,
        title="Replace a column of this name",
        description="Whether a new column may take the place of one that has its name already; otherwise the step stops.",
        json_schema_extra={"more": True},
    )


def placed(df: pd.DataFrame, made: Mapping[str, pd.Series], suffix: str, overwrite: bool = False) -> pd.DataFrame:
    """The table with the columns replaced, or with new ones named like them with the ending.

    Raises StepError if a new column is already there and is not to be overwritten.
    """
    if not made:
        return df
    new = {n + suffix: values for n, values in made.items()}
    if suffix:
        require_free(df, new, overwrite)
    return df.assign(**new)


def require_free(df: pd.DataFrame, names: Mapping[str, object] | list[str], overwrite: bool, remedy: str = REMEDY) -> None:
    """Raise StepError for the first new column that is already there, unless it is to be overwritten."""
    if not overwrite and (taken := [n for n in names if n in df.columns]):
        raise StepError("is already in the table", column=taken[0], remedy=remedy)


def replaced(df: pd.DataFrame, after: pd.DataFrame, names: list[str]) -> list[pd.DataFrame]:
    """The values of overwritten columns whose place is empty now, as lines of ``Outcome.rejected``."""
    lines = []
    for name in dict.fromkeys(names):
        if name in df.columns:
            lost = flags(arrow(df[name]).is_valid()) & ~flags(arrow(after[name]).is_valid())
            lines += [rejects(df, name, lost, "the new column has no value here")] if lost.any() else []
    return lines


def listed(lines: list[pd.DataFrame]) -> pd.DataFrame:
    """Lines of ``Outcome.rejected`` put together."""
    return pd.concat(lines) if lines else NO_REJECTED
