"""Results in place of the columns they come from, or beside them under a name with an ending."""

from typing import Any

import pandas as pd
from pydantic import Field

from steps.base import StepError


def ending() -> Any:  # what Field gives, which stands for the default of any type
    """The parameter ``suffix`` of a step that may leave its columns as they are."""
    return Field("", title="New columns ending in", description="Empty: the columns are replaced.", json_schema_extra={"more": True})


def placed(df: pd.DataFrame, made: dict[str, pd.Series], suffix: str) -> pd.DataFrame:
    """The table with the columns replaced, or with new ones named like them with the ending.

    Raises StepError if a new column is already there.
    """
    if taken := [n + suffix for n in made if suffix and n + suffix in df.columns]:
        raise StepError("is already in the table", column=taken[0], remedy="Choose another ending for the new columns.")
    return df.assign(**{n + suffix: values for n, values in made.items()})
