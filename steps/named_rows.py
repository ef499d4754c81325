"""The rows that saved work names: by their number in one file, or by their values in key columns, which travel to other files."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import arrow
from steps.base import StepError, require
from steps.values import shortest

Key = tuple[str | None, ...]
FOREIGN = "the row number belongs to another file"
GONE = "the row is not in the table"
NO_KEY = "no row has the key"
MANY_KEYS = "several rows have the key"


class Place(NamedTuple):
    """The position of a row; or None, and why there is none."""

    at: int | None
    why: str = ""


class NamedRows:
    """Finds rows of one table by number or key."""

    def __init__(self, df: pd.DataFrame, columns: Sequence[str], keys: Iterable[Key], *, foreign: bool = False) -> None:
        """``keys`` are those that will be asked for; ``foreign`` says that row numbers belong to another file.

        Raises StepError if a key column is absent or a key has another number of values.
        """
        for name in columns:
            require(df, name)
        self.foreign, self.size = foreign, len(df)
        rows = df.index  # the array of a RangeIndex would be kept for good
        self.range = range(rows.start, rows.stop, rows.step) if isinstance(rows, pd.RangeIndex) else None
        self.order = None if rows.is_monotonic_increasing else np.argsort(rows.to_numpy(), kind="stable")
        self.ordered = None if self.range is not None else rows.to_numpy() if self.order is None else rows.to_numpy()[self.order]
        self.by_key = _positions(df, columns, list(dict.fromkeys(k for k in keys if k)))

    def find(self, row: int | None, key: Key) -> Place:
        """Where the row is."""
        if key:
            found = self.by_key.get(key, [])
            return Place(found[0]) if len(found) == 1 else Place(None, MANY_KEYS if found else NO_KEY)
        if self.foreign:
            return Place(None, FOREIGN)
        if row is None:
            return Place(None, GONE)
        if self.range is not None:
            return Place(self.range.index(row)) if row in self.range else Place(None, GONE)
        assert self.ordered is not None
        at = int(np.searchsorted(self.ordered, row))
        if at == self.size or self.ordered[at] != row:
            return Place(None, GONE)
        return Place(at if self.order is None else int(self.order[at]))


def _positions(df: pd.DataFrame, columns: Sequence[str], keys: list[Key]) -> dict[Key, list[int]]:
    """The positions of the rows that have one of the keys."""
    if not keys:
        return {}
    wrong = next((k for k in keys if len(k) != len(columns)), None)
    if wrong is not None:
        raise StepError(f"the key {wrong} has {len(wrong)} values, but rows are found by {len(columns)} columns")
    texts = [shortest(arrow(df[name])) for name in columns]
    among = np.ones(len(df), bool)
    for i, values in enumerate(texts):
        among &= pc.is_in(values, pa.array([k[i] for k in keys], pa.large_string())).to_numpy()
    at = np.flatnonzero(among)
    found: dict[Key, list[int]] = {}
    for position, *key in zip(at.tolist(), *(t.take(pa.array(at)).to_pylist() for t in texts), strict=True):
        found.setdefault(tuple(key), []).append(position)
    return found
