"""Combine columns."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow, same_memory
from steps.base import Columns, Outcome, StepError
from steps.concat_columns import ConcatColumns
from tests.steps.strategies import table

TEXT, FLOAT = pa.large_string(), pa.float64()
A_B = Columns(names=("a", "b"))
CASES = {  # parameters, values of the new column
    "missing left out": ({}, ["x 12", "y", "0.5", None]),
    "separator": ({"separator": ", "}, ["x, 12", "y", "0.5", None]),
    "one missing makes it missing": ({"skip_missing": False}, ["x 12", None, None, None]),
    "template": ({"template": "{b}: {a}!"}, ["12: x!", ": y!", "0.5: !", None]),
    "template, one missing makes it missing": ({"template": "{b}: {a}!", "skip_missing": False}, ["12: x!", None, None, None]),
    "template of one column": ({"template": "<{a}>"}, ["<x>", "<y>", None, None]),
    "blank is a value": ({"treat_blank_as_missing": False}, ["x 12", "y", "  0.5", None]),
    "other order": ({"columns": Columns(names=("b", "a"))}, ["12 x", "y", "0.5", None]),
}  # fmt: skip


def sample():
    return table({"a": (TEXT, ["x", "y", " ", None]), "b": (FLOAT, [12.0, None, 0.5, None])})


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_combines(given, expected):
    made = run(ConcatColumns(**{"columns": A_B, "output": "c", **given}), sample())
    assert list(made.table.columns) == ["a", "b", "c"]
    assert arrow(made["c"]).to_pylist() == expected


def test_counts_rows_without_a_result():
    made = run(ConcatColumns(columns=A_B, output="c", skip_missing=False), sample())
    assert made.noted == {'{n} rows have no "c": a value is missing.': 3}


def test_removes_the_originals():
    assert list(run(ConcatColumns(columns=A_B, output="c", remove_originals=True), sample()).table.columns) == ["c"]


def test_the_originals_stay_the_same_memory():
    df = sample()
    assert same_memory(arrow(run(ConcatColumns(columns=A_B, output="c"), df)["a"]), arrow(df["a"]))


ERRORS = {
    "absent": ({"columns": Columns(names=("z",))}, 'Column "z": is not in the table. Choose one of: a, b.'),
    "absent in the template": ({"template": "{z}"}, 'Column "z": is not in the table. Choose one of: a, b.'),
    "taken": ({"output": "b"}, 'Column "b": is already in the table. Choose another name.'),
}


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    with pytest.raises(StepError) as caught:
        run(ConcatColumns(**{"columns": A_B, "output": "c", **given}), sample())
    assert str(caught.value) == message


@pytest.mark.parametrize(("given", "message"), [({"template": "a"}, "names no column"), ({}, "choose the columns")])
def test_refuses_settings(given, message):
    with pytest.raises(ValidationError) as caught:
        ConcatColumns(output="c", **given)
    assert message in str(caught.value)


def test_describes():
    assert ConcatColumns(columns=A_B, output="c").describe() == "Combine a and b into c"
    assert ConcatColumns(output="c", template="{a}").describe() == 'Combine by the template "{a}" into c'


@settings(max_examples=40)
@given(st.lists(st.tuples(st.none() | st.sampled_from("ab"), st.none() | st.sampled_from("cd")), max_size=5))
def test_is_what_is_there_joined(rows):
    df = table({"a": (TEXT, [a for a, _ in rows]), "b": (TEXT, [b for _, b in rows])})
    made = run(ConcatColumns(columns=A_B, output="c", separator="-"), df)
    assert arrow(made["c"]).to_pylist() == ["-".join(v for v in row if v) or None for row in rows]
