"""What most rows of a group agree on: the commonest value of one column for each value of another. Used by ``make_agree``."""

from typing import NamedTuple

import numpy as np

from steps.grouping import both, first_rows


class Agreed(NamedTuple):
    """For each group: how many of its rows have a value, how many the commonest, and which that is; -1 where several are as common.

    ``row_count`` has for each row how many of its group have the same value; 0 where the row has no group or no value.
    """

    rows: np.ndarray
    most: np.ndarray
    value: np.ndarray
    row_count: np.ndarray

    def clear(self, min_rows: int, share: float) -> np.ndarray:
        """The value of each group in which enough rows agree on one; -1 for the others."""
        enough = (self.rows >= min_rows) & (self.most >= share * self.rows)
        return np.where(enough, self.value, -1)


def agreed(groups: np.ndarray, values: np.ndarray) -> Agreed:
    """What the rows of each group agree on; both are numbers from 0 on, -1 for a row without group or value."""
    count = int(groups.max(initial=-1)) + 1
    there = np.flatnonzero((groups >= 0) & (values >= 0))
    pairs = both(groups[there].astype("int64"), values[there].astype("int64"))
    first = there[first_rows(pairs)]
    times = np.bincount(pairs, minlength=len(first))
    group, value = groups[first], values[first]
    rows = np.bincount(group, weights=times, minlength=count).astype("int64")
    order = np.lexsort((-times, group))
    sorted_group, sorted_times = group[order], times[order]
    leads = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]]) if len(order) else order
    most, best = np.zeros(count, "int64"), np.full(count, -1, "int64")
    most[sorted_group[leads]] = sorted_times[leads]
    best[sorted_group[leads]] = value[order][leads]
    after = leads + 1
    after = after[after < len(order)]
    tied = after[(sorted_group[after] == sorted_group[after - 1]) & (sorted_times[after] == sorted_times[after - 1])]
    best[sorted_group[tied]] = -1
    row_count = np.zeros(len(groups), "int64")
    row_count[there] = times[pairs]
    return Agreed(rows, most, best, row_count)
