"""Give columns other names."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow, same_memory
from steps.base import Columns, Outcome, StepError
from steps.rename import Rename
from tests.steps.strategies import table

CASES = {  # parameters, names at the end
    "one by one": ({"names": {"a": "A"}}, ["A", "b_x", "c.x"]),
    "swapped": ({"names": {"a": "b_x", "b_x": "a"}}, ["b_x", "a", "c.x"]),
    "the same name": ({"names": {"a": "a"}}, ["a", "b_x", "c.x"]),
    "nothing": ({}, ["a", "b_x", "c.x"]),
    "prefix": ({"prefix": "p_"}, ["p_a", "p_b_x", "p_c.x"]),
    "suffix of some": ({"suffix": "!", "columns": Columns(names=("a",))}, ["a!", "b_x", "c.x"]),
    "a part as text": ({"find": ".x"}, ["a", "b_x", "c"]),
    "a part as pattern": ({"find": ".x", "match": "pattern"}, ["a", "b", "c"]),
    "groups of a pattern": ({"find": "(.)[_.](.)", "match": "pattern", "replace": r"\2 \1"}, ["a", "x b", "x c"]),
    "listed names are left alone by the rest": ({"names": {"a": "z"}, "prefix": "p"}, ["z", "pb_x", "pc.x"]),
    "replaced, then prefix and suffix": ({"find": "x", "replace": "y", "prefix": "x", "suffix": "x"}, ["xax", "xb_yx", "xc.yx"]),
}
ERRORS = {
    "absent": ({"names": {"q": "z"}}, 'Column "q": is not in the table. Choose one of: a, b_x, c.x.'),
    "two alike": ({"names": {"a": "b_x"}}, 'a and b_x would both be called "b_x". Give each a name of its own.'),
    "three alike": (
        {"find": "^.*$", "match": "pattern", "replace": "n"},
        'a, b_x and c.x would all be called "n". Give each a name of its own.',
    ),
    "no name": ({"find": "a"}, 'Column "a": would have no name. Leave it out, or give it a name.'),
}
REFUSED = {
    "empty": ({"names": {"a": " "}}, 'the new name of "a" is empty. Write a name'),
    "bad pattern": ({"find": "(", "match": "pattern"}, 'the pattern "(" cannot be used: missing ) at character 1'),
    "no such group": ({"find": "a", "match": "pattern", "replace": r"\1"}, "names a group that the pattern does not have"),
}


def three():
    return table({n: (pa.int64(), [1, None]) for n in ("a", "b_x", "c.x")})


def run(step, df):
    made = step.apply(df, None)
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "names"), CASES.values(), ids=CASES)
def test_names(given, names):
    df = three()
    made = run(Rename(**given), df)
    assert list(made.table.columns) == names
    assert made.renamed == {a: b for a, b in zip(df.columns, names, strict=True) if a != b}
    assert all(same_memory(arrow(df[a]), arrow(made.table[b])) for a, b in zip(df.columns, names, strict=True))


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    with pytest.raises(StepError) as caught:
        Rename(**given).apply(three(), None)
    assert str(caught.value) == message


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses_parameters(given, message):
    with pytest.raises(ValidationError) as caught:
        Rename(**given)
    assert message in str(caught.value)


def test_describes():
    assert Rename(names={"qty": "quantity"}).describe() == "Rename qty to quantity"
    assert Rename(prefix="p_", find="x").describe() == 'Rename in all columns "x" to "", all columns to p_…'
    assert Rename().describe() == "Rename no column"


@given(st.permutations(["a", "b_x", "c.x"]))
def test_any_exchange_of_names_and_back(names):
    there = dict(zip(["a", "b_x", "c.x"], names, strict=True))
    back = {new: old for old, new in there.items()}
    made = run(Rename(names=there), three()).table
    assert list(made.columns) == names
    assert list(run(Rename(names=back), made).table.columns) == ["a", "b_x", "c.x"]
