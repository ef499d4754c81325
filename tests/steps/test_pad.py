"""Add leading zeros."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow, same_memory
from steps.base import Columns, Outcome, StepError
from steps.pad import Pad
from tests.steps.strategies import table

TEXT, INT, FLOAT = pa.large_string(), pa.int64(), pa.float64()
X = Columns(names=("x",))
CASES = {  # parameters, type, values, values after
    "zeros in front": ({}, TEXT, ["2210", "02210", None], ["02210", "02210", None]),
    "longer stays": ({}, TEXT, ["123456"], ["123456"]),
    "whole numbers become text": ({}, INT, [2210, None, 123456], ["02210", None, "123456"]),
    "a sign stays first": ({}, INT, [-5], ["-0005"]),
    "a sign stays first in text": ({}, TEXT, ["-5", "+5", "-a"], ["-0005", "+0005", "000-a"]),
    "blank stays": ({}, TEXT, ["", " "], ["", " "]),
    "behind": ({"side": "right", "char": "."}, TEXT, ["ab"], ["ab..."]),
    "signs of several bytes": ({"width": 3, "char": "é"}, TEXT, ["ö"], ["ééö"]),
    "length one": ({"width": 1}, TEXT, ["-5", "5"], ["-5", "5"]),
    "no rows": ({}, TEXT, [], []),
}  # fmt: skip


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "of", "values", "expected"), CASES.values(), ids=CASES)
def test_pads(given, of, values, expected):
    made = run(Pad(columns=X, **given), table({"x": (of, values)}))["x"]
    assert (arrow(made).type, arrow(made).to_pylist()) == (TEXT, expected)


def test_counts_what_is_longer():
    made = run(Pad(columns=X, width=2), table({"x": (TEXT, ["1", "123", "1234"])}))
    assert made.noted == {'{n} values of "x" are longer than 2 and stay as they are.': 2}


def test_a_column_at_that_length_stays_the_same_memory():
    df = table({"x": (TEXT, ["02210", None])})
    assert same_memory(arrow(run(Pad(columns=X), df)["x"]), arrow(df["x"]))


def test_columns_of_other_kinds_are_left():
    df = table({"x": (FLOAT, [1.0]), "y": (INT, [1])})
    made = run(Pad(columns=Columns(), width=2), df)
    assert (arrow(made["x"]).to_pylist(), arrow(made["y"]).to_pylist()) == ([1.0], ["01"])


def test_refuses_numbers_with_decimals():
    with pytest.raises(StepError) as caught:
        run(Pad(columns=X), table({"x": (FLOAT, [1.5])}))
    assert str(caught.value).startswith('Column "x": holds numbers with decimals, neither text nor whole numbers.')


@pytest.mark.parametrize("char", ["", "00"])
def test_refuses_more_than_one_sign(char):
    with pytest.raises(ValidationError) as caught:
        Pad(char=char)
    assert "write one sign" in str(caught.value)


def test_describes():
    assert Pad(columns=X).describe() == 'Bring x to 5 signs with "0" in front'


@settings(max_examples=50)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=6), st.integers(1, 21))
def test_is_the_same_number(values, width):
    made = arrow(run(Pad(columns=X, width=width), table({"x": (INT, values)}))["x"]).to_pylist()
    assert [int(v) for v in made] == values
    assert all(len(v) == max(width, len(str(n))) for v, n in zip(made, values, strict=True))
