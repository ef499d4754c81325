"""Rare values, and rare words within values, that are a few letters from a frequent one."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.suggestions.base import Coded, Look, Suggestion, mapped

FREQUENT = 5  # rows of what others may be slips of
TIMES = 8  # how many times as frequent as its slip it is
FAR_MORE = 40  # times as frequent: then several rows may have the same slip
NEAR = 0.2  # share of the letters that may differ
MOST = 1_500  # values of either kind that are compared
LIST = 400  # slips in one list
SURE = 0.9  # share of the slips found that must be slips, by estimate
LONG = 200  # letters
SHORT_WORD = 4  # letters of a word within a value
WORDS = 20_000  # different values that are looked at word by word
WORD = re.compile(r"[^\W\d_]+")
ENDINGS = ("s", "es", "n", "e", "en", "ed", "d", "r", "er", "ing", "y", "ly", "a", "o", "i")


def typos(look: Look) -> Iterator[Suggestion]:
    """Values to be replaced by the frequent one they are a slip of, for each column where such a likeness is no chance."""
    for column in look.text():
        coded = look.coded(column.name)
        if not look.may_read(min(len(coded.words), WORDS)):
            return
        if (found := slips(coded)) and len(found) <= LIST:
            why = f"{column.name}: {len(found):,} rare {'value is' if len(found) == 1 else 'values are'} a few letters from a frequent one."
            yield from mapped(look, column.name, found, why, 2, "repair", "typo")
        elif (found := word_slips(coded)) and len(found) <= LIST:
            said = "value has" if len(found) == 1 else "values have"
            why = f"{column.name}: {len(found):,} {said} a rare word a few letters from a frequent one."
            yield from mapped(look, column.name, found, why, 2, "repair", "typo in a word")


def slips(coded: Coded) -> dict[str, str]:
    """Each rare value with the frequent one it is a slip of; empty where likeness may be chance."""
    counts = coded.counts
    if not len(counts) or counts.max() < FREQUENT:
        return {}
    rare = np.flatnonzero(counts < FREQUENT)
    often = np.flatnonzero(counts >= FREQUENT)
    if len(often) > MOST or len(rare) > MOST:
        return {}
    words = coded.texts
    return nearest([words[int(i)].as_py() for i in often], counts[often], [words[int(i)].as_py() for i in rare], counts[rare])


def word_slips(coded: Coded) -> dict[str, str]:
    """Each value with a rare word that is a slip of a frequent one, with that put in its place."""
    if len(coded.words) > WORDS:
        return {}
    counts: dict[str, int] = {}
    values = coded.texts.to_pylist()
    parts = [WORD.findall(v) for v in values]
    for words, times in zip(parts, coded.counts.tolist(), strict=True):
        for word in set(words):
            counts[word] = counts.get(word, 0) + times
    often = [w for w, n in counts.items() if n >= FREQUENT and len(w) >= SHORT_WORD]
    rare = [w for w, n in counts.items() if n < FREQUENT and len(w) >= SHORT_WORD]
    if not often or not rare or len(often) > MOST or len(rare) > MOST:
        return {}
    right = nearest(often, np.array([counts[w] for w in often]), rare, np.array([counts[w] for w in rare]))
    made: dict[str, str] = {}
    for value, words in zip(values, parts, strict=True):
        known = all(w in right or counts[w] >= FREQUENT for w in words)  # with other odd words it would stay wrong
        if known and any(w in right for w in words):
            made[value] = WORD.sub(lambda m: right.get(m.group(), m.group()), value)
    return made


def nearest(right: list[str], right_counts: np.ndarray, odd: list[str], odd_counts: np.ndarray) -> dict[str, str]:
    """The slips among the odd values, unless chance may bring as many.

    Values that are near nothing say how many rare ones are right, the frequent ones how often right values are alike by chance.
    A slip must be nearer to its value than to any other, and nearer than half way to the next right one.
    """
    between = distances(right, right)
    np.fill_diagonal(between, 255)
    size = np.array([len(w) for w in right])
    more = right_counts[None, :] >= FAR_MORE * right_counts[:, None]
    slip = np.asarray(((between <= _reach(size, size)) & more).any(axis=1))
    if slip.any():  # frequent themselves, but for one that is far more frequent
        odd, odd_counts = [*odd, *(w for w, s in zip(right, slip, strict=True) if s)], np.r_[odd_counts, right_counts[slip]]
        right, right_counts, size = [w for w, s in zip(right, slip, strict=True) if not s], right_counts[~slip], size[~slip]
        between = between[~slip][:, ~slip]
    closest = between.min(axis=1, initial=255)
    alike = int(np.count_nonzero((between <= _reach(size, size)).any(axis=1)))
    apart = distances(odd, right)
    near = apart <= _reach(np.array([len(w) for w in odd], "int64"), size)
    found: dict[str, str] = {}
    for at in np.flatnonzero(near.any(axis=1)).tolist():
        best = int(apart[at].argmin())
        distance = int(apart[at, best])
        rivals = int(np.count_nonzero(apart[at] <= distance + 1)) - 1
        enough = right_counts[best] >= TIMES * odd_counts[at]
        if enough and not rivals and 2 * distance <= closest[best] and not other_thing(odd[at], right[best]):
            found[odd[at]] = right[best]
    others = len(odd) - len(found)
    found = {word: to for word, to in found.items() if " ".join(word.split()) != to}  # spaces are trimmed, not replaced from a list
    chance = others * (alike + 0.5) / (len(right) + 1)
    return found if found and chance <= (1 - SURE) * len(found) else {}


def distances(some: Sequence[str], others: Sequence[str]) -> np.ndarray:
    """How many letters are other, more, fewer or swapped; 255 where it is more than 9."""
    made = process.cdist(some, others, scorer=OSA.distance, score_cutoff=9, dtype=np.uint8)
    return np.where(made > 9, np.uint8(255), made)


def _reach(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How many letters may differ between values of these lengths."""
    longer = np.maximum(some[:, None], others[None, :])
    return np.where(longer <= LONG, NEAR * longer, 0)


def other_thing(word: str, right: str) -> bool:
    """Whether the difference makes it something else: other digits, only capitals, or an ending as words have it."""
    digits, rights = ("".join(c for c in w if c.isdigit()) for w in (word, right))
    if (digits != rights and len(digits) >= len(rights)) or not _left_out(digits, rights):
        return True
    low, high = sorted((word.casefold(), right.casefold()), key=len)
    return low == high or any(high == low + e for e in ENDINGS) or any(low[:-1] + e == high for e in ("ies", "a", "o", "e", "i") if low)


def _left_out(digits: str, rights: str) -> bool:
    """Whether digits are the right ones with some left out."""
    left = iter(rights)
    return all(d in left for d in digits)
