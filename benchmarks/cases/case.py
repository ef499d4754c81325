"""One thing that a step is measured at."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import polars as pl

from steps import catalogue
from steps.base import Columns, Step


@dataclass(frozen=True)
class Case:
    """A step with its parameters, and the same work as plain pandas and as polars.

    ``uses`` names the columns of the table (see ``data.py``), ``other`` the second table, which both functions then get
    as their second argument. ``checked`` names the columns in which all three must agree (None: all of our result's), and
    ``differs`` says why the others do not. With ``any_order`` rows may come in any order.
    """

    name: str
    step: Step
    uses: str
    pandas: Callable[..., pd.DataFrame]
    polars: Callable[..., pl.DataFrame]
    other: str = ""
    checked: tuple[str, ...] | None = None
    any_order: bool = False
    differs: str = ""


def step(name: str, **parameters: object) -> Step:
    """A step of the catalogue."""
    return catalogue[name].model_validate(parameters)


def only(*names: str) -> Columns:
    """A choice of columns by name."""
    return Columns(names=names)
