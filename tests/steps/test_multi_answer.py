"""One column per answer."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steps.arrow import arrow, same_memory
from steps.base import Outcome, StepError
from steps.multi_answer import MultiAnswer
from tests.steps.strategies import table

TEXT = pa.large_string()
JUICE = ["Juice, fresh", "Tea, Juice, fresh", "Juice, fresh, Milk", "Tea"]
CASES = {  # parameters, values, new columns
    "found": ({}, ["Tea, Coffee", "tea", None, " "], {"Coffee": [True, False, None, None], "Tea": [True, True, None, None]}),
    "chosen, in that order": ({"options": ("Tea", "Milk")}, ["milk,", "Tea, Milk"], {"Tea": [False, True], "Milk": [True, True]}),
    "other delimiter": ({"delimiter": ";"}, ["a;b,c"], {"a": [True], "b,c": [True]}),
    "an answer with the delimiter, chosen": (
        {"options": ("Juice, fresh", "Juice")}, ["Tea,Juice,fresh", "Juice", "fresh"],
        {"Juice, fresh": [True, False, False], "Juice": [False, True, False]},
    ),
    "an answer with the delimiter, found": (
        {}, JUICE, {"Juice, fresh": [True, True, True, False], "Milk": [False, False, True, False], "Tea": [False, True, False, True]},
    ),
    "not looked for": ({"find_whole": False}, ["A, b", "A, b", "A, b"], {"A": [True] * 3, "b": [True] * 3}),
    "together, but a name of its own": ({}, ["A, B", "A, B", "A, B"], {"A": [True] * 3, "B": [True] * 3}),
    "only delimiters": ({}, [",", "a"], {"a": [False, True]}),
    "all missing": ({}, [None], {}),
    "no rows": ({"options": ("a",)}, [], {"a": []}),
}  # fmt: skip


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "values", "expected"), CASES.values(), ids=CASES)
def test_makes_columns(given, values, expected):
    df = table({"x": (TEXT, values)})
    made = run(MultiAnswer(column="x", **given), df).table
    assert {n: arrow(made[n]).to_pylist() for n in made if n != "x"} == {f"x: {o}": v for o, v in expected.items()}
    assert same_memory(arrow(made["x"]), arrow(df["x"]))


def test_counts_what_is_no_answer():
    made = run(MultiAnswer(column="x", options=("Tea",)), table({"x": (TEXT, ["Tea, Gin", "Gin, Rum", None])}))
    assert made.noted == {'{n} answers in "x" are none of the columns.': 3}


def test_the_answers_of_january_hold_in_february():
    step = MultiAnswer(column="x", prefix="drinks ", keep_original=False)
    january = step.fit(table({"x": (TEXT, ["Tea"])}))
    made = step.apply(table({"x": (TEXT, ["Gin"])}), january)
    assert {n: arrow(made[n]).to_pylist() for n in made.table} == {"drinks Tea": [False]}


ERRORS = {
    "absent": ({"column": "z"}, 'Column "z": is not in the table. Choose one of: x, x: a, n.'),
    "numbers": ({"column": "n"}, 'Column "n": holds numbers, not text.'),
    "taken": ({}, 'Column "x: a": is already in the table. Choose another beginning for the new columns.'),
}


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    df = table({"x": (TEXT, ["a"]), "x: a": (TEXT, ["b"]), "n": (pa.int64(), [1])})
    with pytest.raises(StepError) as caught:
        run(MultiAnswer(**{"column": "x", **given}), df)
    assert str(caught.value) == message


def test_refuses_more_answers_than_columns_make_sense():
    with pytest.raises(StepError) as caught:
        run(MultiAnswer(column="x"), table({"x": (TEXT, [str(n) for n in range(201)])}))
    assert str(caught.value) == 'Column "x": has 201 different answers. Choose the answers, or another delimiter.'


def test_describes():
    assert MultiAnswer(column="x").describe() == "Make a yes/no column for each answer in x"


@settings(max_examples=40)
@given(st.lists(st.none() | st.sets(st.sampled_from("ABC"), min_size=1), max_size=5))
def test_each_answer_is_where_it_was_given(answers):
    df = table({"x": (TEXT, [None if a is None else ", ".join(sorted(a)) for a in answers])})
    made = run(MultiAnswer(column="x", options=("A", "B", "C")), df).table
    for option in "ABC":
        assert arrow(made[f"x: {option}"]).to_pylist() == [None if a is None else option in a for a in answers]
