"""Turn rows into columns."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steps.arrow import arrow
from steps.base import StepError
from steps.pivot import Pivot
from tests.steps.strategies import table

TEXT, INT = pa.large_string(), pa.int64()
CASES = {  # parameters, months, values (ids p q p), the result
    "one value a cell": ({}, ["b", "a", "a"], [1, 2, 3], {"id": ["p", "q"], "a": [3, 2], "b": [1, None]}),
    "zero for none": ({"fill": "zero"}, ["b", "a", "a"], [1, 2, 3], {"id": ["p", "q"], "a": [3, 2], "b": [1, 0]}),
    "summed": ({"how": "sum"}, ["a", "a", "a"], [1, 2, 3], {"id": ["p", "q"], "a": [4, 2]}),
    "counted": ({"how": "count"}, ["a", "b", "a"], [1, 2, None], {"id": ["p", "q"], "a": [1, 0], "b": [0, 1]}),
    "missing heading": ({}, [None, "a", " "], [1, 2, None], {"id": ["p", "q"], "a": [None, 2], "missing": [1, None]}),
    "blank heading is a value": (
        {"treat_blank_as_missing": False, "prefix": "m_"}, [None, "a", " "], [1, 2, None],
        {"id": ["p", "q"], "m_ ": [None, None], "m_a": [None, 2], "m_missing": [1, None]},
    ),
    "prefix": ({"prefix": "m_"}, ["a", "a", "b"], [1, 2, 3], {"id": ["p", "q"], "m_a": [1, 2], "m_b": [3, None]}),
    "one row": ({"rows": [], "how": "max"}, ["a", "a", "b"], [1, 2, 3], {"a": [2], "b": [3]}),
    "a missing value beside one": ({}, ["a", "a", "a"], [None, 2, 3], {"id": ["p", "q"], "a": [3, 2]}),
}
ERRORS = {
    "several values": (
        {}, ["a", "b", "a"],
        'Column "v", rows 2, 4: several values would stand in one cell of "a". '
        "Choose how several values become one, or more columns for the rows.",
    ),
    "a name twice": ({}, ["id", "a", "b"], 'Column "m": two columns would be called "id". Give the new columns a prefix.'),
    "absent": ({"values": "z"}, ["a", "a", "b"], 'Column "z": is not in the table. Choose one of: id, m, v.'),
    "no numbers": (
        {"values": "id", "fill": "zero"}, ["a", "a", "b"],
        'Column "id": holds no numbers, so that 0 cannot stand in its cells. Leave empty cells missing.',
    ),
}  # fmt: skip


def long(months, values, of=TEXT):
    return table({"id": (TEXT, ["p", "q", "p"]), "m": (of, months), "v": (INT, values)})


def pivot(**given):
    return Pivot(**{"rows": ["id"], "columns": "m", "values": "v", **given})


@pytest.mark.parametrize(("given", "months", "values", "expected"), CASES.values(), ids=CASES)
def test_columns(given, months, values, expected):
    df, step = long(months, values), pivot(**given)
    made = step.apply(df, step.fit(df))
    assert {n: arrow(made[n]).to_pylist() for n in made.table.columns} == expected
    assert list(made.table.columns) == list(expected)
    rows = [2, 3] if "id" in expected else [2]
    assert made.table.index.tolist() == rows
    assert made.removed["into"].to_dict() == ({4: 2} if "id" in expected else {3: 2, 4: 2})


@pytest.mark.parametrize(("given", "months", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, months, message):
    df, step = long(months, [1, 2, 3]), pivot(**given)
    with pytest.raises(StepError) as caught:
        step.apply(df, step.fit(df))
    assert str(caught.value) == message


def test_headings_in_the_order_of_their_values():
    df = long([10, 9, 9], [1, 2, 3], INT)
    assert list(pivot().apply(df, pivot().fit(df)).table.columns) == ["id", "9", "10"]
    df = long([date(2024, 2, 1), date(2024, 1, 1), None], [1, 2, 3], pa.date32())
    assert pivot().fit(df).model_dump() == {"values": ["2024-01-01", "2024-02-01"], "missing": True}


def test_the_columns_of_this_month_hold_for_the_next():
    january = pivot().fit(long(["a", "b", "b"], [1, 2, 3]))
    february = long(["c", "a", "a"], [1, 2, 3])
    with pytest.raises(StepError) as caught:
        pivot().apply(february, january)
    assert "holds new values: 'c'" in str(caught.value)
    added = pivot(new_values="add").apply(february, january)
    assert {n: arrow(added[n]).to_pylist() for n in "abc"} == {"a": [3, 2], "b": [None, None], "c": [1, None]}
    other = pivot(new_values="other").apply(february, january)
    assert list(other.table.columns) == ["id", "a", "b", "other"]
    assert other.noted == {'{n} rows with a new value went into "other".': 1}


def test_too_many_columns_are_refused():
    df = table({"m": (INT, list(range(1001))), "v": (INT, [1] * 1001)})
    with pytest.raises(StepError) as caught:
        pivot(rows=[]).fit(df)
    assert str(caught.value) == 'Column "m": has 1,001 different values, more than 1,000 columns. Choose a column with fewer.'


def test_describes():
    assert pivot().describe() == "One column for each m, filled with v, a row for each id"


@given(st.lists(st.tuples(st.sampled_from("pq"), st.sampled_from("ab"), st.none() | st.integers(-9, 9))))
def test_sums_of_cells_are_the_sum_of_all(lines):
    df = table({"id": (TEXT, [x for x, _, _ in lines]), "m": (TEXT, [x for _, x, _ in lines]), "v": (INT, [x for _, _, x in lines])})
    made = pivot(how="sum").apply(df, pivot(how="sum").fit(df)).table
    assert sum(v or 0 for n in made.columns if n != "id" for v in arrow(made[n]).to_pylist()) == sum(x or 0 for _, _, x in lines)
