"""Pairs of rows put together into groups, with pairs that must stay apart."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

Pair = tuple[int, int]


class Groups(NamedTuple):
    """For each row the position of the first row of its group; and the pairs that contradict what came before them."""

    first: np.ndarray
    contradicting: list[Pair]


def grouped(rows: int, same: Iterable[Pair], different: Iterable[Pair] = ()) -> Groups:
    """The groups of so many rows: pair by pair, in order; a pair that would join rows that are different is left out and listed."""
    above: dict[int, int] = {}  # of rows that are no first ones: one of their group before them
    apart: dict[int, set[int]] = {}

    def of(row: int) -> int:
        while row in above:
            if above[row] in above:
                above[row] = above[above[row]]
            row = above[row]
        return row

    for a, b in different:
        apart.setdefault(a, set()).add(b)
        apart.setdefault(b, set()).add(a)
    contradicting: list[Pair] = []
    for a, b in same:
        one, other = sorted((of(a), of(b)))
        if one == other:
            continue
        if other in apart.get(one, ()):
            contradicting.append((a, b))
            continue
        above[other] = one
        for enemy in apart.pop(other, set()):
            apart[enemy].discard(other)
            apart[enemy].add(one)
            apart.setdefault(one, set()).add(enemy)
    first = np.arange(rows)
    first[list(above)] = [of(row) for row in above]
    return Groups(first, contradicting)
