"""Values a few letters apart, found without comparing each with each.

Two texts at most d edits apart share one of their 4d + 1 rarest pieces of three letters, at nearly the same place: an edit touches
at most three pieces, two letters swapped four. Short texts have too few pieces; they share what is left of both when d
letters are left out. Only texts that share such a thing are compared.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist, cpdist

Progress = Callable[[float, str], None]
Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]  # positions of both, and the edits between them

PIECE = 3  # letters
SHORT = 12  # letters up to which texts are compared by leaving letters out
LONGER = SHORT - 1  # letters from which they have enough pieces for two edits
LETTERS_AN_EDIT = 4  # one letter in four may differ: "Rome" and "Roma", but not "US" and "UK"
AT_ONCE = 2_000_000  # pairs
MOST = 60_000_000  # pairs looked at in all; beyond it the commonest pieces are left out
BUCKETS = 21  # of letters, when they are counted
CELLS = 40_000_000  # pairs that are compared each with each without looking for pieces


@dataclass(frozen=True)
class Limit:
    """How far texts may be apart: so many edits (a letter more, less, other, or two swapped), or the share of letters that agree."""

    edits: int | None = None
    share: float = 1.0

    def reach(self, lengths: np.ndarray) -> np.ndarray:
        """The most edits between a text of this length and any other."""
        if self.edits is not None:
            return np.minimum(self.edits, lengths // LETTERS_AN_EDIT)
        return np.floor((1 - self.share) / self.share * lengths + 1e-9).astype("int64")

    def between(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """The most edits between texts of these lengths."""
        if self.edits is not None:
            return np.minimum(self.edits, np.minimum(a, b) // LETTERS_AN_EDIT)
        return np.floor((1 - self.share) * np.maximum(a, b) + 1e-9).astype("int64")


def close_pairs(forms: list[str], kinds: np.ndarray, limit: Limit, progress: Progress | None = None) -> Pairs:
    """The pairs of different texts of the same kind that are no further apart than the limit, each once."""
    texts = _Texts(forms, kinds, limit)
    found: list[Pairs] = []
    sources = [texts.shortened, texts.pieces]
    for number, source in enumerate(sources):
        for done, a, b in _meeting(*source(), texts):
            found.append(texts.compared(a, b))
            if progress is not None:
                progress((number + done) / len(sources), "Comparing values")
    if not found:
        none = np.empty(0, "int64")
        return none, none, none
    a, b, edits = (np.concatenate(part) for part in zip(*found, strict=True))
    _, first = np.unique(a * len(forms) + b, return_index=True)
    return a[first], b[first], edits[first]


def pairs_between(forms: list[str], kinds: np.ndarray, known: list[str], known_kinds: np.ndarray, limit: Limit) -> Pairs:
    """The pairs of a text and a known one that are no further apart than the limit, equal ones too; positions in each list."""
    if not forms or not known:
        none = np.empty(0, "int64")
        return none, none, none
    if len(forms) * len(known) > CELLS:
        return _between_many(forms, kinds, known, known_kinds, limit)
    lengths, theirs = (np.array([len(t) for t in texts], "int64") for texts in (forms, known))
    most = int(limit.reach(np.maximum(lengths.max(), theirs.max())))
    parts = []
    size = max(1, AT_ONCE // len(known))
    for at in range(0, len(forms), size):
        edits = cdist(forms[at : at + size], known, scorer=OSA.distance, score_cutoff=most, dtype=np.int32, workers=-1)
        here = slice(at, at + size)
        allowed = limit.between(lengths[here, None], theirs[None, :])
        near = (edits <= allowed) & (kinds[here, None] == known_kinds[None, :])
        i, j = np.nonzero(near)
        parts.append((i + at, j, edits[i, j].astype("int64")))
    a, b, far = (np.concatenate(part) for part in zip(*parts, strict=True))
    return a, b, far


def _between_many(forms: list[str], kinds: np.ndarray, known: list[str], known_kinds: np.ndarray, limit: Limit) -> Pairs:
    """The same by way of shared pieces; equal texts are looked up."""
    a, b, edits = close_pairs([*forms, *known], np.concatenate([kinds, known_kinds]), limit)
    across = (a < len(forms)) & (b >= len(forms))
    held: dict[tuple[str, int], list[int]] = {}
    for at, (text, kind) in enumerate(zip(known, known_kinds.tolist(), strict=True)):
        held.setdefault((text, kind), []).append(at)
    same = [(i, j) for i, pair in enumerate(zip(forms, kinds.tolist(), strict=True)) for j in held.get(pair, ())]
    i, j = np.array(same, "int64").reshape(-1, 2).T
    zeros = np.zeros(len(i), "int64")
    return (
        np.concatenate([a[across], i]),
        np.concatenate([b[across] - len(forms), j]),
        np.concatenate([edits[across], zeros]),
    )  # fmt: skip


class _Texts:
    """Texts as arrays: their letters one after the other, and what tells quickly that two are far apart."""

    def __init__(self, forms: list[str], kinds: np.ndarray, limit: Limit) -> None:
        self.forms = np.array(forms, dtype=object)
        self.kinds, self.limit = kinds.astype("int64"), limit
        self.lengths = np.array([len(f) for f in forms], "int64")
        self.reach = limit.reach(self.lengths)
        self.starts = np.cumsum(self.lengths) - self.lengths
        points = np.frombuffer("".join(forms).encode("utf-32-le"), np.uint32)
        self.alphabet, letters = np.unique(points, return_inverse=True)
        self.letters: np.ndarray = letters.astype("int64")
        self.held = self._held()

    def _held(self) -> np.ndarray:
        """How often each text holds the letters, as bits: three for each of 21 letters (or letters alike); an edit changes two bits."""
        owner = np.repeat(np.arange(len(self.lengths)), self.lengths)
        often = np.bincount(owner * BUCKETS + self.letters % BUCKETS, minlength=len(self.lengths) * BUCKETS)
        steps = ((np.uint64(1) << np.minimum(often, 3).astype("uint64")) - np.uint64(1)).reshape(-1, BUCKETS)
        return (steps << np.arange(0, 3 * BUCKETS, 3, dtype="uint64")).sum(axis=1, dtype="uint64")

    def shortened(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For short texts what is left when letters are left out: its number, no place, and the text."""
        some = np.flatnonzero((self.lengths <= SHORT) & (self.reach > 0))
        if not len(some):
            none = np.empty(0, "int64")
            return none, none, none
        depth = min(2, int(self.reach[some].max()))
        at = np.arange(SHORT)[None, :]
        inside = at < self.lengths[some, None]
        rows = np.where(inside, self.letters.take(self.starts[some, None] + at, mode="clip") + 1, 0).astype("uint64")
        weights = np.random.default_rng(0).integers(1, 2**63, SHORT, dtype="uint64") | np.uint64(1)
        kinds = self.kinds[some].astype("uint64") * np.uint64(0x9E3779B97F4A7C15)
        made = [np.delete(rows, gone, axis=1) @ weights[: SHORT - depth] + kinds for gone in combinations(range(SHORT), depth)]
        left = np.stack(made, axis=1)
        left.sort(axis=1)
        fresh = np.ones(left.shape, bool)
        fresh[:, 1:] = left[:, 1:] != left[:, :-1]
        owner = np.broadcast_to(some[:, None], left.shape)[fresh]
        _, number = np.unique(left[fresh], return_inverse=True)
        return number.astype("int64"), np.zeros(len(owner), "int64"), owner

    def pieces(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For longer texts their rarest pieces: the number of each, its place in the text, and the text."""
        size = len(self.alphabet) + 1
        some = np.flatnonzero((self.lengths >= LONGER) & (self.reach > 0))
        counts = self.lengths[some] - PIECE + 1
        owner = np.repeat(some, counts)
        place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        at = self.starts[owner] + place
        code = np.zeros(len(at), "int64")
        for ahead in range(PIECE):
            code = code * size + self.letters[at + ahead]
        _, number, often = np.unique(code, return_inverse=True, return_counts=True)
        order = np.lexsort((number, often[number], owner))
        rank = place  # texts stand together, in both orders
        kept = order[rank < (4 * self.reach[owner] + 1)]
        apart = number[kept] * (self.kinds.max(initial=0) + 1) + self.kinds[owner[kept]]
        _, number = np.unique(apart, return_inverse=True)
        return number.astype("int64"), place[kept], owner[kept]

    def compared(self, a: np.ndarray, b: np.ndarray) -> Pairs:
        """Those of the pairs that are close enough, the lower position first."""
        a, b = np.minimum(a, b), np.maximum(a, b)
        allowed = self.limit.between(self.lengths[a], self.lengths[b])
        near = (a != b) & (np.abs(self.lengths[a] - self.lengths[b]) <= allowed) & (self.kinds[a] == self.kinds[b])
        near &= np.bitwise_count(self.held[a] ^ self.held[b]) <= 2 * allowed
        packed = np.unique(a[near] * len(self.lengths) + b[near])
        a, b = packed // len(self.lengths), packed % len(self.lengths)
        allowed = self.limit.between(self.lengths[a], self.lengths[b])
        most = int(allowed.max(initial=0))
        left, right = self.forms[a].tolist(), self.forms[b].tolist()
        edits = cpdist(left, right, scorer=OSA.distance, score_cutoff=most, dtype=np.int32, workers=-1).astype("int64")
        near = edits <= allowed
        return a[near], b[near], edits[near]


def _meeting(number: np.ndarray, place: np.ndarray, owner: np.ndarray, texts: _Texts) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """Pairs of texts that share a number at places not further apart than they may be themselves; with the share done before."""
    if not len(number):
        return
    most = int(texts.reach[owner].max())
    key = number * (int(place.max()) + most + 1) + place
    order = np.argsort(key, kind="stable")
    key, owner = key[order], owner[order]
    ahead = np.searchsorted(key, key + texts.reach[owner], side="right") - np.arange(len(key)) - 1
    ahead = _within(ahead)
    ends = np.cumsum(ahead)
    total = int(ends[-1])
    at = 0
    while at < len(key):
        done = int(ends[at - 1]) if at else 0
        until = max(at + 1, int(np.searchsorted(ends, done + AT_ONCE, side="right")))
        many = ahead[at:until]
        first = np.repeat(np.arange(at, until), many)
        offset = np.arange(len(first)) - np.repeat(np.cumsum(many) - many, many)
        if len(first):
            yield done / total, owner[first], owner[first + 1 + offset]
        at = until


def _within(ahead: np.ndarray) -> np.ndarray:
    """The numbers of pairs, those of the commonest pieces 0 if there would be more pairs than can be looked at."""
    if ahead.sum() <= MOST:
        return ahead
    sizes = np.sort(ahead)
    fitting = int(np.searchsorted(np.cumsum(sizes), MOST))
    return np.where(ahead <= sizes[max(0, fitting - 1)], ahead, 0)
