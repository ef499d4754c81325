"""The groups of values that may be spellings of one, proposed from the different values of a column and how often each stands there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from steps.spellings.forms import LARGE, numbers_in, plain
from steps.spellings.keys import fingerprint, keys
from steps.spellings.near import Limit, Progress, close_pairs

NearMethod = Literal["distance", "similarity"]
Method = Literal["fingerprint", "ngram", "metaphone", "soundex", "nysiis", "cologne", "distance", "similarity"]


@dataclass(frozen=True)
class Group:
    """Values that may be spellings of one, with how often each stands there; the most frequent first, of equal ones the first seen."""

    values: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def changed(self) -> int:
        """How many cells change if all become the first value."""
        return sum(self.counts[1:])


def propose(
    counted: pa.StructArray,
    method: Method = "fingerprint",
    *,
    ngram: int = 2,
    distance: int = 1,
    similarity: float = 0.85,
    numbers_apart: bool = True,
    german: bool = False,
    progress: Progress | None = None,
) -> list[Group]:
    """The groups of two and more values, those that change most cells first.

    ``counted`` is what ``pyarrow.compute.value_counts`` gives for a text column: different values in the order first seen,
    and their counts; a missing value is left out, as is one of which nothing is left to compare (blank, or signs alone).
    By a key (``fingerprint``, ``ngram`` of so many letters, ``metaphone``, ``soundex``, ``nysiis``, ``cologne``) the values with
    the same key are a group. By ``distance`` (edits: a letter more, less, other, or two swapped; at most one for each four
    letters) and ``similarity`` (the share of letters that agree, words in any order) a group is what is close to its most frequent
    value, so that no chain leads from one value to quite another. With ``numbers_apart`` values whose numbers, or signs such as
    + and %, differ are never in one group. With ``german`` ä, ö, ü equal ae, oe, ue.
    """
    values, counts = different(counted)
    kinds = kinds_of(values) if numbers_apart else np.zeros(len(values), "int64")
    if method == "distance" or method == "similarity":
        limit = limit_of(method, distance, similarity)
        members = _around(forms_of(values, method, german), kinds, counts, limit, progress)
    else:
        members = _same(keys(values, method, ngram=ngram, german=german), kinds)
    groups = [_group(values, counts, at) for at in members]
    return sorted(groups, key=lambda g: -g.changed)


def different(counted: pa.StructArray) -> tuple[pa.LargeStringArray, np.ndarray]:
    """The values and their counts, without the missing one."""
    known = counted.filter(counted.field(0).is_valid())
    return known.field(0).cast(LARGE), known.field(1).to_numpy(zero_copy_only=False).astype("int64")


def kinds_of(values: pa.LargeStringArray) -> np.ndarray:
    """A number for each value: the same where numbers and telling signs are the same."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(numbers_in(v), len(known)) for v in values.to_pylist()], "int64")


def limit_of(method: NearMethod, distance: int, similarity: float) -> Limit:
    """How far values may be apart by this method."""
    return Limit(edits=distance) if method == "distance" else Limit(share=similarity)


def forms_of(values: pa.LargeStringArray, method: NearMethod, german: bool) -> list[str]:
    """What of the values is compared letter by letter."""
    written = plain(values, german).to_pylist()
    return [fingerprint(f) for f in written] if method == "similarity" else [" ".join(f.split()) for f in written]


def _group(values: pa.LargeStringArray, counts: np.ndarray, at: Sequence[int]) -> Group:
    """The group of the values at these positions."""
    order = sorted(at, key=lambda i: (-counts[i], i))
    return Group(tuple(values[i].as_py() for i in order), tuple(int(counts[i]) for i in order))


def _same(made: Sequence[str], kinds: np.ndarray) -> list[list[int]]:
    """The positions that have the same key and kind, where there are several."""
    codes, found = pa.array(made, LARGE).dictionary_encode(), dict[tuple[int, int], list[int]]()
    often = np.bincount(codes.indices.to_numpy(), minlength=1)
    number = codes.indices.to_numpy()
    for at in np.flatnonzero(often[number] > 1).tolist() if len(number) else ():
        if made[at]:
            found.setdefault((int(number[at]), int(kinds[at])), []).append(at)
    return [at for at in found.values() if len(at) > 1]


def _around(forms: list[str], kinds: np.ndarray, counts: np.ndarray, limit: Limit, progress: Progress | None) -> list[list[int]]:
    """Positions around the most frequent value: those of the same form, and of forms close to it that are in no group yet."""
    nodes: dict[tuple[str, int], list[int]] = {}
    for at, (form, kind) in enumerate(zip(forms, kinds.tolist(), strict=True)):
        if form:
            nodes.setdefault((form, kind), []).append(at)
    members = list(nodes.values())
    a, b, _ = close_pairs([form for form, _ in nodes], np.array([kind for _, kind in nodes], "int64"), limit, progress)
    near: dict[int, list[int]] = {}
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    most = [max(int(counts[i]) for i in at) for at in members]
    taken, found = set[int](), list[list[int]]()
    for node in sorted(range(len(members)), key=lambda n: (-most[n], members[n][0])):
        if node in taken:
            continue
        taken.add(node)
        others = [n for n in near.get(node, ()) if n not in taken]
        taken.update(others)
        together = [i for n in (node, *others) for i in members[n]]
        if len(together) > 1:
            found.append(together)
    return found
