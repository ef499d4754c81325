"""Extract part of text."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow, same_memory
from steps.base import Outcome, StepError
from steps.extract import Extract
from tests.steps.strategies import table

TEXT = pa.large_string()
CASES = {  # parameters, values, new columns
    "numbers": ({}, ["5 to 10", "-1,234.5 €", "none", None], [["5", "-1,234.5", None, None]]),
    "all numbers joined": ({"matches": "join"}, ["5 to 10 of 12", "7", "x"], [["5, 10, 12", "7", None]]),
    "e-mail": ({"what": "email"}, ["Zoë <zoë.b@mail.example.org>.", "a@b"], [["zoë.b@mail.example.org", None]]),
    "web address": ({"what": "url"}, ["see https://a.org/b?c=1, or www.x.de."], [["https://a.org/b?c=1"]]),
    "between": ({"what": "between", "start": "(", "end": ")"}, ["a (b\nc) (d)", "a (b", "()"], [["b\nc", None, None]]),
    "before": ({"what": "before", "start": "."}, ["a.b.c", "abc"], [["a", None]]),
    "after": ({"what": "after", "start": "."}, ["a.b.c", "abc", "a."], [["b.c", None, None]]),
    "first signs": ({"what": "first", "length": 2}, ["ÄBC", "x", ""], [["ÄB", "x", None]]),
    "last signs": ({"what": "last", "length": 2}, ["ABÖ", "x"], [["BÖ", "x"]]),
    "from the middle": ({"what": "middle", "place": 2, "length": 2}, ["Zoë!", "Z", None], [["oë", None, None]]),
    "a place is of the middle alone": ({"what": "first", "place": 2}, ["Zoë"], [["Z"]]),
    "pattern without a group": ({"what": "pattern", "pattern": r"\d{5}"}, ["D-12345 X"], [["12345"]]),
    "pattern of two groups": (
        {"what": "pattern", "pattern": r"(\d+)-(?P<b>[(]?\w*)"}, ["x 1-(b", "1-", "y"], [["1", "1", None], ["(b", None, None]],
    ),
    "pattern, any case": ({"what": "pattern", "pattern": "(?i)(?:ab)+(c)"}, ["ABabC"], [["C"]]),
    "pattern at the start, all": ({"what": "pattern", "pattern": "^a", "matches": "join"}, ["aa"], [["a"]]),
    "no rows": ({}, [], [[]]),
}  # fmt: skip


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "values", "expected"), CASES.values(), ids=CASES)
def test_extracts(given, values, expected):
    df = table({"x": (TEXT, values)})
    made = run(Extract(column="x", **given), df).table
    assert {n: arrow(made[n]).to_pylist() for n in made if n != "x"} == {f"x_{at}": v for at, v in enumerate(expected, 1)}
    assert same_memory(arrow(made["x"]), arrow(df["x"]))


def test_a_row_for_each_match():
    df = table({"x": (TEXT, ["1a 2b", "c", None, "3d"])})
    made = run(Extract(column="x", what="pattern", pattern=r"(\d)(\pL)", matches="rows", output=("n", "s")), df).table
    rows = list(zip(made.index, arrow(made["n"]).to_pylist(), arrow(made["s"]).to_pylist(), strict=True))
    assert rows == [(2, "1", "a"), (2, "2", "b"), (3, None, None), (4, None, None), (5, "3", "d")]


def test_counts_values_without_such_a_part():
    made = run(Extract(column="x"), table({"x": (TEXT, ["a", "1", None])}))
    assert made.noted == {'{n} values of "x" hold no such part.': 1}


ERRORS = {
    "absent": ({"column": "z"}, 'Column "z": is not in the table. Choose one of: x, n.'),
    "numbers": ({"column": "n"}, 'Column "n": holds numbers, not text.'),
    "taken": ({"output": ("n",)}, 'Column "n": is already in the table. Choose another name.'),
}


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    with pytest.raises(StepError) as caught:
        run(Extract(**{"column": "x", **given}), table({"x": (TEXT, ["a"]), "n": (pa.int64(), [1])}))
    assert str(caught.value) == message


REFUSED = {
    "no pattern": ({"what": "pattern"}, "write the pattern"),
    "pattern": ({"what": "pattern", "pattern": "("}, 'the pattern "(" cannot be used'),
    "no mark": ({"what": "after"}, "write the mark"),
    "no second mark": ({"what": "between", "start": "a"}, "write the second mark"),
    "names": ({"what": "pattern", "pattern": "(a)(b)", "output": ("a",)}, "write 2 different names"),
}


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses_settings(given, message):
    with pytest.raises(ValidationError) as caught:
        Extract(column="x", **given)
    assert message in str(caught.value)


def test_describes():
    assert Extract(column="x", what="before", start="-").describe() == 'Extract what stands before "-" from x'


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 99), max_size=4), max_size=5))
def test_finds_every_number(numbers):
    df = table({"x": (TEXT, ["a".join(map(str, n)) for n in numbers])})
    made = run(Extract(column="x", matches="join"), df).table
    assert arrow(made["x_1"]).to_pylist() == [", ".join(map(str, n)) or None for n in numbers]
