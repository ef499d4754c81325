"""What a look-up would find, before it is added: rows with one match, several, none, or no key."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from steps.keys import Compare, Found, KeyPair, Matches, find, match_keys


@dataclass(frozen=True)
class LookUp:
    """Positions of rows here by what they find there, and of rows there that are not found; which rows there share a key."""

    once: np.ndarray
    several: np.ndarray
    none: np.ndarray
    no_key: np.ndarray
    unused: np.ndarray
    repeated: np.ndarray
    found: Found

    @property
    def more_rows(self) -> int:
        """How many rows more there would be if each match made a row of its own."""
        return int((self.found.counts[self.several] - 1).sum())

    def partners(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For rows here the rows there that they find, one line for each match: positions here, positions there."""
        starts = np.cumsum(self.found.counts) - self.found.counts
        here = np.repeat(positions, self.found.counts[positions])
        there = [self.found.positions[starts[p] : starts[p] + self.found.counts[p]] for p in positions.tolist()]
        return here, np.concatenate([np.empty(0, "int64"), *there])


def look_up(df: pd.DataFrame, other: pd.DataFrame, keys: list[KeyPair], compare: Compare) -> LookUp:
    """Sort the rows of both tables by what they find. Raises StepError as the step does."""
    matches: Matches = match_keys(df, other, keys, compare)
    found = find(matches)
    times = np.bincount(matches.right[matches.right >= 0], minlength=matches.different + 1)
    known = np.zeros(matches.different + 1, bool)
    known[matches.left[matches.left >= 0]] = True
    return LookUp(
        once=np.flatnonzero(found.counts == 1),
        several=np.flatnonzero(found.counts > 1),
        none=np.flatnonzero((found.counts == 0) & (matches.left >= 0)),
        no_key=np.flatnonzero(matches.left < 0),
        unused=np.flatnonzero((matches.right < 0) | ~known[matches.right]),
        repeated=np.flatnonzero((matches.right >= 0) & (times[matches.right] > 1)),
        found=found,
    )
