"""The pairs of rows of a table that may stand for the same thing."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from steps.linkage.blocking import worth_comparing
from steps.linkage.compared import Compared, telling
from steps.linkage.likeness import likeness, swap
from steps.linkage.weights import Seen, Weights, certainty

MOST_COLUMNS = 20
LIKELY = 0.5
Progress = Callable[[float, str], None]


class Alike(NamedTuple):
    """Pairs of rows by position, the most certain first: how certain (0 to 1), and the level of each column compared."""

    first: np.ndarray
    second: np.ndarray
    certainty: np.ndarray
    levels: np.ndarray


def silent(done: float, what: str) -> None:
    """Says nothing."""


def look(df: pd.DataFrame, names: Sequence[str] | None = None, progress: Progress = silent) -> Seen:
    """Compare the rows that are worth comparing: by the columns named, otherwise by all that tell rows apart."""
    progress(0.0, "Looking at the columns")
    columns = telling(df, MOST_COLUMNS) if names is None else [Compared.of(df, name) for name in names]
    progress(0.1, "Looking for rows to compare")
    first, second = worth_comparing(columns, len(df))
    levels = np.zeros((len(first), len(columns)), "int8")
    for at, column in enumerate(columns):
        progress(0.2 + 0.7 * at / len(columns), f'Comparing rows by "{column.name}"')
        levels[:, at] = likeness(column, first, second)
    swap(columns, levels, first, second)
    progress(0.9, "Weighing what agrees")
    return Seen(columns, first, second, levels)


def likely(seen: Seen, weights: Weights, least: float = LIKELY) -> Alike:
    """The pairs that are at least so certain."""
    sure = certainty(seen, weights)
    at = np.flatnonzero(sure >= least)
    at = at[np.argsort(-sure[at], kind="stable")]
    return Alike(seen.first[at], seen.second[at], sure[at], seen.levels[at])
