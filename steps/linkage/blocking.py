"""Which pairs of rows are worth comparing: those that share a rare value, a rare word, a value with a letter less, or two values.

Comparing each row with each is not possible for long tables. Of what rows share only groups are used that are small enough,
so that a name that half of the rows have pairs nobody.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from steps.linkage.compared import Compared

ALL = 400_000  # pairs: a table so small is compared row by row
MOST = 8_000_000  # pairs in all
SHARE = 4  # pairs a row that what is shared may give
LEAST = 20_000  # pairs that it may give anyway
LARGEST = 100  # rows in one group
WORD = 3  # letters from which a word may pair rows
LETTERS = range(5, 15)  # of values that also meet with a letter less


def worth_comparing(columns: list[Compared], rows: int) -> tuple[np.ndarray, np.ndarray]:
    """The positions of both rows of each pair, the first one before the second, in order."""
    if not columns:
        return np.empty(0, "int64"), np.empty(0, "int64")
    if rows * (rows - 1) // 2 <= ALL:
        first, second = np.triu_indices(rows, 1)
        return first.astype("int64"), second.astype("int64")
    shared = len(columns) * (len(columns) + 3) // 2
    budget = min(max(SHARE * rows, LEAST), MOST // shared)
    found = [pairs_in(keys, at, rows, budget) for keys, at in _shared(columns)]
    pairs = np.unique(np.concatenate(found)) if found else np.empty(0, "int64")
    return pairs // rows, pairs % rows


def _shared(columns: list[Compared]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """What rows may share, as numbers, with the row of each."""
    for column in columns:
        at = np.flatnonzero(column.codes >= 0)
        yield column.codes[at], at
        yield _pieces(column)
    for one, other in combinations(columns, 2):
        at = np.flatnonzero((one.codes >= 0) & (other.codes >= 0))
        yield one.codes[at] * len(other.texts) + other.codes[at], at


def _pieces(column: Compared) -> tuple[np.ndarray, np.ndarray]:
    """The words of each value, and what is left of a short one without any one letter, with the rows that have it."""
    numbers: dict[str, int] = {}
    keys: list[int] = []
    of: list[int] = []
    for code, text in enumerate(column.texts):
        words = text.split()
        pieces = {w for w in words if len(w) >= WORD} if len(words) > 1 else set()
        if len(text) in LETTERS:
            pieces |= {"-" + text, *("-" + text[:i] + text[i + 1 :] for i in range(len(text)))}
        for piece in pieces:
            keys.append(numbers.setdefault(piece, len(numbers)))
            of.append(code)
    value = np.array(of, "int64")
    order = np.argsort(column.codes, kind="stable")
    starts = np.searchsorted(column.codes[order], np.arange(len(column.texts)))
    counts = column.counts[value] if len(value) else value
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(np.array(keys, "int64"), counts), order[np.repeat(starts[value], counts) + within]


def pairs_in(keys: np.ndarray, at: np.ndarray, rows: int, budget: int) -> np.ndarray:
    """The pairs of rows with the same key, as first * rows + second; the largest groups give none where there would be too many."""
    order = np.argsort(keys, kind="stable")
    keys, at = keys[order], at[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.empty(0, "int64")
    sizes = np.diff(np.r_[starts, len(keys)])
    found, total = [], 0
    for size in np.unique(sizes[(sizes > 1) & (sizes <= LARGEST)]).tolist():
        groups = starts[sizes == size]
        total += len(groups) * size * (size - 1) // 2
        if total > budget:
            break
        members = at[groups[:, None] + np.arange(size)]
        i, j = np.triu_indices(size, 1)
        a, b = members[:, i].ravel(), members[:, j].ravel()
        found.append(np.minimum(a, b) * rows + np.maximum(a, b))
    return np.concatenate(found) if found else np.empty(0, "int64")
