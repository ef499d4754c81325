"""How alike two values are, in a few levels: the same, nearly, alike, different, or not to be told as one is missing."""

import re
from itertools import combinations

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from steps.linkage.compared import Compared

UNKNOWN, SAME, NEARLY, ALIKE, DIFFERENT = range(5)
LEVELS = 4  # that can be told
NEAR, LIKE = 0.85, 0.7  # shares of the letters that agree
LETTERS = 4  # of a value in which one other letter is nearly the same
DIGITS = 0.75  # share of the digits of a number that have to agree where two or more differ
AMOUNT_NEAR, AMOUNT_LIKE = 0.01, 0.1  # of the larger amount
WORDS = 2  # spaces from which the words of one value may be some of the other's
PART = 0.84  # what such a value is worth
BEGINNING = 0.95  # what the agreement of beginnings is worth
WORTH = 10_000  # pairs
NUMBERS = re.compile(r"\d+")


def likeness(column: Compared, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The level of each pair of rows (int8). Each pair of different values is compared once."""
    a, b = column.codes[first], column.codes[second]
    found = np.full(len(a), DIFFERENT, "int8")
    found[(a < 0) | (b < 0)] = UNKNOWN
    found[(a == b) & (a >= 0)] = SAME
    open_ = np.flatnonzero(found == DIFFERENT)
    if len(open_):
        size = len(column.texts)
        low, high = np.minimum(a[open_], b[open_]), np.maximum(a[open_], b[open_])
        pairs, place = np.unique(low * size + high, return_inverse=True)
        found[open_] = _levels(column, pairs // size, pairs % size)[place]
    return found


def _levels(column: Compared, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The levels of pairs of different values."""
    found = np.full(len(a), DIFFERENT, "int8")
    if column.amounts is not None:
        x, y = column.amounts[a], column.amounts[b]
        apart = np.abs(x - y) / np.maximum(np.maximum(np.abs(x), np.abs(y)), 1e-9)
        found[apart <= AMOUNT_LIKE] = ALIKE
        found[apart <= AMOUNT_NEAR] = NEARLY
        return found
    one, other = column.texts[a], column.texts[b]
    longer = np.maximum(column.lengths[a], column.lengths[b])
    edits = cpdist(one, other, scorer=OSA.distance, workers=threads(len(one)), dtype=np.int32)
    share = 1 - edits / longer
    best = share.copy()
    words = np.flatnonzero(~(column.digits[a] & column.digits[b]) & (share < NEAR))
    if len(words):
        best[words] = np.maximum(best[words], _by_words(column, a[words], b[words]))
    found[best >= LIKE] = ALIKE
    found[(best >= NEAR) | ((edits == 1) & (longer >= LETTERS))] = NEARLY
    found[column.digits[a] & (edits >= 2) & (share < DIGITS)] = DIFFERENT
    mixed = np.flatnonzero((column.mixed[a] | column.mixed[b]) & (found < DIFFERENT))
    found[[m for m, x, y in zip(mixed, one[mixed], other[mixed], strict=True) if _other_numbers(x, y)]] = DIFFERENT
    return found


def _by_words(column: Compared, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The likeness of texts by their words in any order, by their beginnings, and of a text to a part of it."""
    one, other = column.texts[a], column.texts[b]

    scores = [
        cpdist(one, other, scorer=scorer, workers=threads(len(one)), dtype=np.float32) * scale
        for scorer, scale in ((fuzz.token_sort_ratio, 0.01), (JaroWinkler.similarity, BEGINNING), (fuzz.token_set_ratio, 0.01 * PART))
    ]
    several = np.minimum(column.spaces[a], column.spaces[b]) >= WORDS
    best = np.maximum(scores[0], scores[1])
    return np.where(several, np.maximum(best, scores[2]), best)


def threads(pairs: int) -> int:
    """How many threads so many pairs are worth; -1 is one for each processor."""
    return -1 if pairs > WORTH else 1


def _other_numbers(one: str, other: str) -> bool:
    """Whether each text has a number that the other has not: flat 2 is not flat 3."""
    here, there = set(NUMBERS.findall(one)), set(NUMBERS.findall(other))
    return bool(here - there) and bool(there - here)


def swap(columns: list[Compared], levels: np.ndarray, first: np.ndarray, second: np.ndarray) -> None:
    """Take values that stand in each other's column, as a first and a last name may, for nearly the same."""
    texts = [i for i, c in enumerate(columns) if c.amounts is None]
    numbers: dict[str, int] = {}
    common = {i: np.array([numbers.setdefault(t, len(numbers)) for t in columns[i].texts], "int64") for i in texts}
    for i, j in combinations(texts, 2):
        at = np.flatnonzero((levels[:, i] == DIFFERENT) & (levels[:, j] == DIFFERENT))
        here, there = first[at], second[at]
        one, other = columns[i].codes, columns[j].codes
        crossed = (common[i][one[here]] == common[j][other[there]]) & (common[j][other[here]] == common[i][one[there]])
        levels[at[crossed], i] = levels[at[crossed], j] = NEARLY
