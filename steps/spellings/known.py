"""New values and the known ones that they are spellings of, by the same methods as groups are proposed by."""

import numpy as np
import pyarrow as pa

from steps.spellings.forms import numbers_in
from steps.spellings.groups import Method, forms_of, limit_of
from steps.spellings.keys import keys
from steps.spellings.near import pairs_between


def nearest(
    values: pa.LargeStringArray,
    known: pa.LargeStringArray,
    method: Method = "fingerprint",
    *,
    ngram: int = 2,
    distance: int = 1,
    similarity: float = 0.85,
    numbers_apart: bool = True,
    german: bool = False,
) -> dict[int, list[int]]:
    """For positions of values that have any, the positions of the known ones that they are like; by letters the closest alone."""
    if not len(values) or not len(known):
        return {}
    if method == "distance" or method == "similarity":
        mine, theirs = (forms_of(v, method, german) for v in (values, known))
        kinds, their_kinds = _kinds(values, known) if numbers_apart else (np.zeros(len(v), "int64") for v in (values, known))
        a, b, edits = pairs_between(mine, kinds, theirs, their_kinds, limit_of(method, distance, similarity))
        closest: dict[int, int] = {}
        for i, far in zip(a.tolist(), edits.tolist(), strict=True):
            closest[i] = min(far, closest.get(i, far))
        found: dict[int, list[int]] = {}
        for i, j, far in zip(a.tolist(), b.tolist(), edits.tolist(), strict=True):
            if mine[i] and far == closest[i]:
                found.setdefault(i, []).append(j)
        return found
    mine, theirs = (keys(v, method, ngram=ngram, german=german) for v in (values, known))
    places: dict[str, list[int]] = {}
    for j, key in enumerate(theirs):
        places.setdefault(key, []).append(j)
    found = {i: places[key] for i, key in enumerate(mine) if key and key in places}
    return _of_a_kind(found, values, known) if numbers_apart else found


def _kinds(values: pa.LargeStringArray, known: pa.LargeStringArray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers for the numbers and telling signs of both."""
    seen: dict[str, int] = {}
    made = [seen.setdefault(numbers_in(v), len(seen)) for v in (*values.to_pylist(), *known.to_pylist())]
    return np.array(made[: len(values)], "int64"), np.array(made[len(values) :], "int64")


def _of_a_kind(found: dict[int, list[int]], values: pa.LargeStringArray, known: pa.LargeStringArray) -> dict[int, list[int]]:
    """Without those whose numbers or telling signs differ."""
    said: dict[int, str] = {}
    kept = {}
    for i, at in found.items():
        mine = numbers_in(values[i].as_py())
        for j in at:
            if j not in said:
                said[j] = numbers_in(known[j].as_py())
        if alike := [j for j in at if said[j] == mine]:
            kept[i] = alike
    return kept
