import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.patches import Json, PatchError, apply, invert, patch

LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.0, -0.0, 1.0, 0.1]) | st.sampled_from(["", "a", "é"])
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from("abcde"), inner, max_size=5), max_leaves=25
)
# Keys that are words of the patches themselves must not confuse them.
WORDS = st.dictionaries(st.sampled_from(["was", "now", "keys", "order", "at", "out", "in", "item"]), LEAVES, max_size=4)

CASES = {
    "nothing": ({"a": [1]}, {"a": [1]}, None),
    "one key": ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"keys": {"b": {"was": 2, "now": 3}}}),
    "key added at the end": ({"a": 1}, {"a": 1, "b": None}, {"keys": {"b": {"now": None}}}),
    "key removed from the front": ({"a": 1, "b": 2}, {"b": 2}, {"keys": {"a": {"was": 1}}, "order": [["a", "b"], ["b"]]}),
    "keys in another order": ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"keys": {}, "order": [["a", "b"], ["b", "a"]]}),
    "item added": ([1, 2, 3], [1, 2, 9, 3], {"at": 2, "out": [], "in": [9]}),
    "item removed among equals": ([5, 5, 5], [5, 5], {"at": 2, "out": [5], "in": []}),
    "inside one item": ([{"on": True}, 2], [{"on": False}, 2], {"at": 0, "item": {"keys": {"on": {"was": True, "now": False}}}}),
    "two swapped": ([1, 2, 3, 4], [1, 3, 2, 4], {"at": 1, "out": [2, 3], "in": [3, 2]}),
    "one and true": (1, True, {"was": 1, "now": True}),
    "zero and minus zero": (0.0, -0.0, {"was": 0.0, "now": -0.0}),
    "one and 1.0": ([1], [1.0], {"at": 0, "item": {"was": 1, "now": 1.0}}),
}


def text(value: Json) -> str:
    """Tells 1, 1.0 and true apart, and the order of keys."""
    return json.dumps(value)


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES)
def test_a_patch_holds_only_what_changed(before: Json, after: Json, expected: Json) -> None:
    assert text(patch(before, after)) == text(expected)


@given(TREES | WORDS, TREES | WORDS)
def test_there_and_back(before: Json, after: Json) -> None:
    change = json.loads(text(patch(before, after)))
    was = text(before)
    assert text(apply(change, before)) == text(after)
    assert text(apply(invert(change), after)) == text(before)
    assert text(invert(invert(change))) == text(change)
    assert text(before) == was


@given(st.lists(TREES, max_size=8), st.data())
def test_there_and_back_after_a_small_edit(items: list[Json], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(items)))
    edited = [*items[:at], *data.draw(st.lists(TREES, max_size=2)), *items[at + data.draw(st.integers(0, 2)) :]]
    change = patch({"steps": items}, {"steps": edited})
    assert text(apply(change, {"steps": items})) == text({"steps": edited})
    assert text(apply(invert(change), {"steps": edited})) == text({"steps": items})


@pytest.mark.parametrize("other", [{"steps": [2, 1]}, {"steps": [1]}, {}, [1, 2]])
def test_a_patch_refuses_another_value(other: Json) -> None:
    for change in (patch({"steps": [1, 2]}, {"steps": [1, 3]}), patch({"steps": [1, 2]}, {"steps": [1]})):
        with pytest.raises(PatchError):
            apply(change, other)


def test_one_edit_among_ten_thousand_is_a_small_patch() -> None:
    edits: list[Json] = [{"row": row, "column": "name", "value": "x" * 20} for row in range(10_000)]
    change = patch({"steps": [{"params": {"edits": edits}}]}, {"steps": [{"params": {"edits": [*edits, {"row": 5}]}}]})
    assert len(text(change)) < 200
