"""The difference between two JSON values, small, itself JSON, and usable in both directions.

A patch is None (nothing changed) or one of

- ``{"was": old, "now": new}``: another value; ``was`` or ``now`` is absent where a key is added or removed,
- ``{"keys": {key: patch}}`` of an object, with ``"order": [old keys, new keys]`` where they move,
- ``{"at": i, "out": [...], "in": [...]}`` of a list: what stands from position ``i`` on, before and after,
- ``{"at": i, "item": patch}`` of a list in which one item changed.
"""

from itertools import takewhile
from typing import cast

from pydantic import JsonValue as Json

Patch = dict[str, Json] | None
TURNED = {"was": "now", "now": "was", "out": "in", "in": "out"}


class PatchError(Exception):
    """The patch was made for another value."""


def patch(before: Json, after: Json) -> Patch:
    """What turns ``before`` into ``after``: values, types (1, 1.0 and true differ) and the order of keys."""
    if isinstance(before, dict) and isinstance(after, dict):
        return _patch_object(before, after)
    if isinstance(before, list) and isinstance(after, list):
        return _patch_list(before, after)
    return None if same(before, after) else {"was": before, "now": after}


def apply(change: Patch, value: Json) -> Json:
    """The value after the change; ``value`` itself is left as it is.

    Raises PatchError if the value is not the one the patch was made for.
    """
    if change is None:
        return value
    if "was" in change:
        _expect(same(change["was"], value))
        return change["now"]
    if "keys" in change:
        _expect(isinstance(value, dict))
        return _apply_object(change, cast(dict[str, Json], value))
    _expect(isinstance(value, list))
    return _apply_list(change, cast(list[Json], value))


def invert(change: Patch) -> Patch:
    """The patch that leads back."""
    if change is None:
        return None
    turned: dict[str, Json] = {TURNED.get(word, word): part for word, part in change.items()}
    if "keys" in change:
        turned["keys"] = {key: invert(cast(Patch, inner)) for key, inner in cast(dict[str, Json], change["keys"]).items()}
    if "order" in change:
        turned["order"] = cast(list[Json], change["order"])[::-1]
    if "item" in change:
        turned["item"] = invert(cast(Patch, change["item"]))
    return turned


def same(a: object, b: object) -> bool:
    """Equal as JSON text: 1, 1.0 and true differ, and so does the order of keys."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return repr(a) == repr(b) if isinstance(a, float) else a == b  # repr: 0.0 and -0.0 differ


def _patch_object(before: dict[str, Json], after: dict[str, Json]) -> Patch:
    keys: dict[str, Json] = {}
    for key in [*before, *(key for key in after if key not in before)]:
        if key not in after:
            keys[key] = {"was": before[key]}
        elif key not in before:
            keys[key] = {"now": after[key]}
        elif (inner := patch(before[key], after[key])) is not None:
            keys[key] = inner
    change: dict[str, Json] = {"keys": keys}
    kept_before, kept_after = [key for key in before if key in after], [key for key in after if key in before]
    if list(before) != kept_after + [key for key in before if key not in after] or list(after) != kept_before + [
        key for key in after if key not in before
    ]:  # keys added or removed at the end need no word; this way and back
        change["order"] = [list(before), list(after)]
    return change if keys or "order" in change else None


def _apply_object(change: dict[str, Json], value: dict[str, Json]) -> Json:
    old, new = cast(list[list[str] | None], change.get("order") or [None, None])
    _expect(old is None or list(value) == old)
    result: dict[str, Json] = dict(value)
    for key, inner in cast(dict[str, dict[str, Json]], change["keys"]).items():
        if "now" in inner and "was" not in inner:
            _expect(key not in value)
            result[key] = inner["now"]
        elif "was" in inner and "now" not in inner:
            _expect(key in value and same(value[key], inner["was"]))
            del result[key]
        else:
            _expect(key in value)
            result[key] = apply(inner, value[key])
    return result if new is None else {key: result[key] for key in new}


def _patch_list(before: list[Json], after: list[Json]) -> Patch:
    shorter = min(len(before), len(after))
    head = sum(1 for _ in takewhile(bool, map(same, before, after)))
    if head == len(before) == len(after):
        return None
    tail = 0
    while tail < shorter - head and same(before[-1 - tail], after[-1 - tail]):
        tail += 1
    out, into = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(out) == len(into) == 1:
        return {"at": head, "item": patch(out[0], into[0])}
    return {"at": head, "out": out, "in": into}


def _apply_list(change: dict[str, Json], value: list[Json]) -> Json:
    at = cast(int, change["at"])
    if "item" in change:
        _expect(at < len(value))
        return [*value[:at], apply(cast(Patch, change["item"]), value[at]), *value[at + 1 :]]
    out, into = cast(list[Json], change["out"]), cast(list[Json], change["in"])
    _expect(same(value[at : at + len(out)], out))
    return [*value[:at], *into, *value[at + len(out) :]]


def _expect(fits: bool) -> None:
    if not fits:
        raise PatchError("The change does not fit the value it is applied to.")
