"""Stack another table below."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.recipe import RecipeStep
from steps.append import Append
from steps.arrow import arrow
from steps.base import StepError
from tests.pipeline.scratch import applied
from tests.steps.strategies import table

TEXT, INT, FLOAT = pa.large_string(), pa.int64(), pa.float64()
HERE = {"a": (INT, [1, 2]), "b": (TEXT, ["x", None])}
CASES = {  # parameters, the other table, the result
    "by name": ({}, {"b": (TEXT, ["y"]), "a": (INT, [3])}, {"a": [1, 2, 3], "b": ["x", None, "y"]}),
    "by position": ({"by": "position"}, {"p": (INT, [3]), "q": (TEXT, ["y"])}, {"a": [1, 2, 3], "b": ["x", None, "y"]}),
    "a column lacks there": ({}, {"a": (INT, [3])}, {"a": [1, 2, 3], "b": ["x", None, None]}),
    "a column lacks here": ({}, {"a": (INT, [3]), "c": (INT, [9])}, {"a": [1, 2, 3], "b": ["x", None, None], "c": [None, None, 9]}),
    "left out": ({"extra": "drop"}, {"a": (INT, [3]), "c": (INT, [9])}, {"a": [1, 2, 3], "b": ["x", None, None]}),
    "names in another case": ({}, {" A": (INT, [3])}, {"a": [1, 2, 3], "b": ["x", None, None]}),
    "same case only": ({"same_case": True}, {"A": (INT, [3])}, {"a": [1, 2, None], "b": ["x", None, None], "A": [None, None, 3]}),
    "matched by hand": ({"matches": {"c": "a"}}, {"c": (INT, [3])}, {"a": [1, 2, 3], "b": ["x", None, None]}),
    "a column of its own, said": (
        {"matches": {"c": "d"}, "extra": "drop"}, {"c": (INT, [3])}, {"a": [1, 2, None], "b": ["x", None, None], "d": [None, None, 3]},
    ),
    "a new column, since its name is another's": (
        {"matches": {"c": "a"}}, {"c": (INT, [3]), "a": (INT, [4])},
        {"a": [1, 2, 3], "b": ["x", None, None], "a_2": [None, None, 4]},
    ),
    "one left out": ({"matches": {"a": None}}, {"a": (INT, [3]), "b": (TEXT, ["y"])}, {"a": [1, 2, None], "b": ["x", None, "y"]}),
    "left out, another in its place": (
        {"matches": {"a": None, "c": "a"}}, {"a": (INT, [3]), "c": (INT, [4])}, {"a": [1, 2, 4], "b": ["x", None, None]},
    ),
    "more columns by position": (
        {"by": "position"}, {"b": (INT, [3]), "a": (TEXT, ["y"]), "c": (INT, [9])},
        {"a": [1, 2, 3], "b": ["x", None, "y"], "c": [None, None, 9]},
    ),
    "left out that is not there": ({"matches": {"z": None}}, {"a": (INT, [3])}, {"a": [1, 2, 3], "b": ["x", None, None]}),
    "accents, signs and words in another order": (
        {}, {"  Á ": (INT, [3]), "B.": (TEXT, ["y"])}, {"a": [1, 2, 3], "b": ["x", None, "y"]},
    ),
    "numbers and text": ({}, {"a": (TEXT, ["n/a"])}, {"a": ["1", "2", "n/a"], "b": ["x", None, None]}),
    "whole numbers and doubles": ({}, {"a": (FLOAT, [0.5])}, {"a": [1.0, 2.0, 0.5], "b": ["x", None, None]}),
    "whole numbers and decimals": (
        {}, {"a": (pa.decimal128(5, 1), [Decimal("0.5")])},
        {"a": [Decimal("1.0"), Decimal("2.0"), Decimal("0.5")], "b": ["x", None, None]},
    ),
    "an empty column of another type": ({}, {"a": (TEXT, [None])}, {"a": [1, 2, None], "b": ["x", None, None]}),
    "source": ({"source": "from"}, {"a": (INT, [3])}, {"a": [1, 2, 3], "b": ["x", None, None], "from": ["this table", "this table", "o"]}),
    "no rows": ({}, {"a": (TEXT, [])}, {"a": [1, 2], "b": ["x", None]}),
}  # fmt: skip
ERRORS = {
    "no table": ({"other": "z"}, 'there is no table "z". Choose one of: o.'),
    "source taken": ({"source": "a"}, 'Column "a": is already in the table. Give the new column another name.'),
    "matched column absent": ({"matches": {"z": "a"}}, 'Column "z": is not in the other table. Choose one of: c, d.'),
    "two into one": ({"matches": {"c": "a", "d": "a"}}, 'Column "a": "c" and "d" would both go into it. Keep one of them.'),
}


def run(step, df, other):
    return step.apply(df, None, {"o": other})


@pytest.mark.parametrize(("given", "other", "expected"), CASES.values(), ids=CASES)
def test_stacks(given, other, expected):
    made = run(Append(other="o", **given), table(HERE), table(other, [7] if len(next(iter(other.values()))[1]) else []))
    assert {n: arrow(made[n]).to_pylist() for n in made.table.columns} == expected
    assert list(made.table.columns) == list(expected)
    assert made.table.index.tolist() == [2, 3, -1][: len(next(iter(expected.values())))]
    assert made.parents.to_dict("list") == ({"position": [2], "table": ["o"], "row": [7]} if len(made.table) == 3 else
                                            {"position": [], "table": [], "row": []})  # fmt: skip


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    with pytest.raises(StepError) as caught:
        run(Append(**{"other": "o", **given}), table(HERE), table({"c": (INT, [3]), "d": (INT, [4])}))
    assert str(caught.value) == message


def test_says_what_did_not_fit():
    made = run(Append(other="o"), table(HERE), table({"a": (TEXT, ["x"]), "c": (INT, [1])}))
    assert made.noted == {
        "Added below: {n} rows.": 1, "Only in this table: b.": 1, "Only in the other table, added as columns: c.": 1,
        "Holds different kinds of values and is text now: a.": 1,
    }  # fmt: skip


def test_the_engine_numbers_the_new_rows():
    made = applied(RecipeStep(id="s", step="append", params={"other": "o"}), table(HERE), tables={"o": table({"a": (INT, [3])}, [7])})
    assert made.table.index.tolist() == [2, 3, 1000]
    assert made.parents["row"].tolist() == [7]


def test_describes():
    assert Append(other="o").describe() == "Stack o below"


VALUES = st.lists(st.none() | st.integers(-100, 100))


@given(VALUES, VALUES)
def test_the_rows_of_both(above, below):
    made = run(Append(other="o"), table({"a": (INT, above)}), table({"a": (INT, below)}))
    assert arrow(made["a"]).to_pylist() == above + below
