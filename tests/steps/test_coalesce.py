"""First filled of several columns."""

from datetime import date, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow, same_memory
from steps.base import Columns, Outcome, StepError
from steps.coalesce import Coalesce
from tests.steps.strategies import table

TEXT, INT, FLOAT, DATE, MOMENT = pa.large_string(), pa.int64(), pa.float64(), pa.date32(), pa.timestamp("us")
A_B = Columns(names=("a", "b"))
CASES = {  # parameters, column a, column b, type of a after, values of a after
    "first filled": ({}, (TEXT, ["x", None, None]), (TEXT, ["y", "z", None]), TEXT, ["x", "z", None]),
    "in the order chosen": ({"columns": Columns(names=("b", "a")), "output": "a"}, (INT, [1, 2]), (INT, [3, None]), INT, [3, 2]),
    "blank counts as missing": ({}, (TEXT, ["", " ", "x"]), (TEXT, ["y", None, "z"]), TEXT, ["y", " ", "x"]),
    "blank is a value": ({"treat_blank_as_missing": False}, (TEXT, ["", None]), (TEXT, ["y", ""]), TEXT, ["", ""]),
    "whole numbers and numbers": ({}, (INT, [1, None]), (FLOAT, [0.5, 2.5]), FLOAT, [1.0, 2.5]),
    "dates and times": ({}, (DATE, [None]), (MOMENT, [datetime(2024, 2, 29, 1)]), MOMENT, [datetime(2024, 2, 29, 1)]),
    "numbers and text": ({}, (FLOAT, [12.0, None]), (TEXT, ["x", "y"]), TEXT, ["12", "y"]),
    "dates and text": ({}, (DATE, [date(2024, 2, 29)]), (TEXT, [None]), TEXT, ["2024-02-29"]),
    "all missing": ({}, (INT, [None]), (INT, [None]), INT, [None]),
    "no rows": ({}, (INT, []), (INT, []), INT, []),
}  # fmt: skip


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "a", "b", "of", "expected"), CASES.values(), ids=CASES)
def test_takes_the_first(given, a, b, of, expected):
    made = run(Coalesce(**{"columns": A_B, **given}), table({"a": a, "b": b}))["a"]
    assert (arrow(made).type, arrow(made).to_pylist()) == (of, expected)


def test_writes_a_new_column_and_says_where_values_came_from():
    df = table({"a": (INT, [1, None, None]), "b": (INT, [None, None, 5])})
    made = run(Coalesce(columns=A_B, output="c"), df)
    assert {n: arrow(made[n]).to_pylist() for n in made.table} == {"a": [1, None, None], "b": [None, None, 5], "c": [1, None, 5]}
    assert made.noted == {'{n} values come from "b".': 1}


def test_removes_the_others():
    made = run(Coalesce(columns=A_B, remove_originals=True), table({"a": (INT, [None]), "b": (INT, [5])})).table
    assert {n: arrow(made[n]).to_pylist() for n in made} == {"a": [5]}


def test_a_full_first_column_stays_the_same_memory():
    df = table({"a": (INT, [1]), "b": (INT, [2])})
    assert same_memory(arrow(run(Coalesce(columns=A_B), df)["a"]), arrow(df["a"]))


ERRORS = {
    "absent": ({"columns": Columns(names=("a", "z"))}, 'Column "z": is not in the table. Choose one of: a, b, c.'),
    "taken": ({"output": "c"}, 'Column "c": is already in the table. Choose another name.'),
    "too long": ({"columns": Columns(names=("c", "a"))}, 'Column "a": holds whole numbers too long to go into one column with decimals.'),
}


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    df = table({"a": (INT, [2**53 + 1]), "b": (INT, [1]), "c": (FLOAT, [None])})
    with pytest.raises(StepError) as caught:
        run(Coalesce(**{"columns": A_B, **given}), df)
    assert message in str(caught.value)


def test_refuses_columns_without_an_order():
    with pytest.raises(ValidationError) as caught:
        Coalesce(columns=Columns(kind="text"))
    assert "choose the columns by name" in str(caught.value)


def test_describes():
    assert Coalesce(columns=A_B, output="c").describe() == "Take the first filled of a and b into c"


@settings(max_examples=40)
@given(st.lists(st.tuples(st.none() | st.integers(0, 3), st.none() | st.integers(0, 3)), max_size=6))
def test_is_the_first_that_is_there(rows):
    made = run(Coalesce(columns=A_B), table({"a": (INT, [a for a, _ in rows]), "b": (INT, [b for _, b in rows])}))
    assert arrow(made["a"]).to_pylist() == [a if a is not None else b for a, b in rows]
