"""Remove rows that are equal to another row."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.base import Columns, Outcome, StepError
from steps.drop_duplicates import DropDuplicates
from tests.steps.strategies import table

TEXT, INT = pa.large_string(), pa.int64()
A = Columns(names=("a",))
CASES = {  # parameters, values of a and n, kept rows, what removed rows say
    "first": ({}, ["x", "y", "x"], [1, 1, 1], [2, 3], ["equal to row 2, which is kept"]),
    "last": ({"keep": "last"}, ["x", "y", "x"], [1, 1, 1], [3, 4], ["equal to row 4, which is kept"]),
    "none": ({"keep": "none"}, ["x", "y", "x"], [1, 1, 1], [3], ["equal to another row; none of them is kept"] * 2),
    "all columns": ({}, ["x", "x"], [1, 2], [2, 3], []),
    "chosen columns": ({"columns": A}, ["x", "x"], [1, 2], [2], ["equal to row 2, which is kept"]),
    "missing equals missing": ({}, [None, None], [None, None], [2], ["equal to row 2, which is kept"]),
    "missing is not blank": ({"columns": A}, [None, ""], [1, 1], [2, 3], []),
    "trimmed": (
        {"columns": A, "trim": True}, [None, " ", "x", "x\u00a0"], [1] * 4, [2, 4],
        ["equal to row 2, which is kept", "equal to row 4, which is kept"],
    ),
    "capitals count": ({"columns": A}, ["x", "X"], [1, 1], [2, 3], []),
    "capitals ignored": ({"columns": A, "ignore_case": True}, ["Straße", "STRASSE"], [1, 1], [2], ["equal to row 2, which is kept"]),
    "accents ignored": ({"columns": A, "ignore_accents": True}, ["José", "Jose"], [1, 1], [2], ["equal to row 2, which is kept"]),
    "largest": ({"columns": A, "keep": "largest", "by": "n"}, ["x", "x", "x"], [1, None, 3], [4], ["equal to row 4, which is kept"] * 2),
    "smallest, first of equals": (
        {"columns": A, "keep": "smallest", "by": "n"}, ["x", "x", "x"], [3, 1, 1], [3], ["equal to row 3, which is kept"] * 2,
    ),
    "most complete": ({"columns": A, "keep": "most_complete"}, ["x", "x"], [None, 3], [3], ["equal to row 3, which is kept"]),
    "no column": ({"columns": Columns(names=())}, ["x", "x"], [1, 1], [2, 3], []),
    "no rows": ({}, [], [], [], []),
}  # fmt: skip


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "a", "n", "kept", "reasons"), CASES.values(), ids=CASES)
def test_keeps_one(given, a, n, kept, reasons):
    made = run(DropDuplicates(**given), table({"a": (TEXT, a), "n": (INT, n)}))
    assert made.table.index.tolist() == kept
    assert ([] if made.removed is None else made.removed["reason"].tolist()) == reasons


def test_says_where_a_row_went():
    made = run(DropDuplicates(), table({"a": (TEXT, ["x", "y", "x", "y"])}, [9, 4, 7, 5]))
    assert dict(zip(made.removed.index, made.removed["into"], strict=True)) == {7: 9, 5: 4}


@pytest.mark.parametrize("far", [2, 2**62])  # numbers near each other, or not
def test_looks_at_all_columns(far):
    days = [date(2024, 1, 1), None, date(2024, 1, 1), None, date(2024, 1, 2), None]
    df = table({"n": (INT, [far, 1, far, 1, far, None]), "day": (pa.date32(), days), "a": (TEXT, ["x", "y", "x", "y", "x", "y"])})
    made = run(DropDuplicates(), df)
    assert made.table.index.tolist() == [2, 3, 6, 7]
    assert dict(zip(made.removed.index, made.removed["into"], strict=True)) == {4: 2, 5: 3}


def test_zero_equals_minus_zero():
    assert run(DropDuplicates(), table({"x": (pa.float64(), [0.0, -0.0])})).table.index.tolist() == [2]


def test_marks_sets():
    made = run(DropDuplicates(mark_only=True), table({"a": (TEXT, ["x", "y", "x", "z", "z"])}))
    assert pa.chunked_array(made["duplicate_set"]).to_pylist() == [1, None, 1, 2, 2]
    assert made.noted == {"{n} rows have an equal one.": 4}


def test_refuses_a_mark_that_is_a_column():
    with pytest.raises(StepError) as caught:
        run(DropDuplicates(mark_only=True, mark="a"), table({"a": (TEXT, ["x"])}))
    assert str(caught.value) == 'Column "a": is already in the table. Choose another name for the marks.'


def test_refuses_largest_without_a_column():
    with pytest.raises(ValidationError) as caught:
        DropDuplicates(keep="largest")
    assert "the largest or smallest value needs its column" in str(caught.value)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([1, 2, None]))))
def test_keeps_the_first_of_each(rows):
    expected = [at + 2 for at, row in enumerate(rows) if row not in rows[:at]]
    df = table({"a": (TEXT, [a for a, _ in rows]), "n": (INT, [n for _, n in rows])})
    assert run(DropDuplicates(), df).table.index.tolist() == expected
