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
    first = np.arange(rows)
    apart: dict[int, set[int]] = {}

    def of(row: int) -> int:
        while first[row] != row:
            first[row] = first[first[row]]
            row = int(first[row])
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
        first[other] = one
        for enemy in apart.pop(other, set()):
            apart[enemy].discard(other)
            apart[enemy].add(one)
            apart.setdefault(one, set()).add(enemy)
    return Groups(np.array([of(row) for row in range(rows)], "int64"), contradicting)
