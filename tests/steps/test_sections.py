"""Headings between the rows become a column; lines that run on are joined to the row above."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow
from steps.base import StepError
from steps.sections import Sections
from tests.steps.strategies import table

TEXT, INT = pa.large_string(), pa.int64()
CASES = {  # parameters, a, n, the result, removed rows and where they went
    "headings": ({"heading": "a"}, ["York", "x", "Hull", "y"], [None, 1, None, 2],
                 {"a": ["x", "y"], "n": [1, 2], "section": ["York", "Hull"]},
                 {2: None, 4: None}),
    "above the first heading": ({"heading": "a"}, ["x", "York", "y"], [1, None, 2],
                 {"a": ["x", "y"], "n": [1, 2], "section": [None, "York"]},
                                {3: None}),
    "by pattern with a group": ({"heading": "a", "pattern": "^Store: (.*)"}, ["Store: York", "x"], [5, 1],
                                {"a": ["x"], "n": [1], "section": ["York"]}, {2: None}),
    "by pattern": ({"heading": "a", "pattern": "^Store"}, ["Store 1", "x"], [5, 1],
                 {"a": ["x"], "n": [1], "section": ["Store 1"]}, {2: None}),
    "lines that run on": ({"continued": "n"}, ["a long", "text", "on", "y"], [1, None, None, 2],
                 {"a": ["a long text on", "y"], "n": [1, 2]},
                          {3: 2, 4: 2}),
    "a first line without a row above": ({"continued": "n"}, ["x", "y"], [None, 1], {"a": ["x", "y"], "n": [None, 1]}, {}),
    "both": ({"heading": "a", "pattern": "^#", "continued": "n"}, ["# York", "x", "z"], [None, 1, None],
             {"a": ["x z"], "n": [1], "section": ["# York"]}, {2: None, 4: 3}),
    "a line right below a heading keeps its text": (
        {"heading": "a", "pattern": "^#", "continued": "n"}, ["# York", "x", "y", "z"], [None, None, 1, None],
        {"a": ["x", "y z"], "n": [None, 1], "section": ["# York", "# York"]}, {2: None, 5: 4}),
    "no rows": ({"heading": "a"}, [], [], {"a": [], "n": [], "section": []}, {}),
}  # fmt: skip


def two(a, n):
    return table({"a": (TEXT, a), "n": (INT, n)})


@pytest.mark.parametrize(("given", "a", "n", "expected", "removed"), CASES.values(), ids=CASES)
def test_rows(given, a, n, expected, removed):
    made = Sections(**given).apply(two(a, n), None)
    assert {c: arrow(made[c]).to_pylist() for c in made.table.columns} == expected
    into = {} if made.removed is None else dict(zip(made.removed.index, arrow(made.removed["into"]).to_pylist(), strict=True))
    assert into == removed


ERRORS = {
    "absent": ({"heading": "z"}, 'Column "z": is not in the table. Choose one of: a, n.'),
    "no text": ({"heading": "n"}, 'Column "n": holds numbers, not text.'),
    "name taken": ({"heading": "a", "output": "n"}, 'Column "n": is already in the table. Give the new column another name.'),
}


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    with pytest.raises(StepError) as caught:
        Sections(**given).apply(two(["x"], [1]), None)
    assert str(caught.value) == message


def test_refuses_nothing_to_do():
    with pytest.raises(ValidationError) as caught:
        Sections()
    assert "choose the column of the headings" in str(caught.value)


def test_describes():
    said = Sections(heading="a", continued="n").describe()
    assert said == "Make headings in a the column section and join lines without n to the row above"


@given(st.lists(st.none() | st.integers(0, 9)))
def test_no_text_is_lost(numbers):
    made = Sections(continued="n").apply(two([f"t{i}" for i in range(len(numbers))], numbers), None)
    assert " ".join(made["a"].tolist()).split() == [f"t{i}" for i in range(len(numbers))]
