"""Sort the rows."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.base import Outcome, StepError
from steps.sort import Sort
from tests.steps.strategies import table

TEXT, INT = pa.large_string(), pa.int64()
DOWN = [{"column": "x", "order": "descending"}]
CASES = {  # parameters, type, values, sorted values
    "numbers": ({}, INT, [10, 9, -1], [-1, 9, 10]),
    "largest first": ({"by": DOWN}, INT, [9, 10, -1], [10, 9, -1]),
    "missing last": ({}, INT, [2, None, 1], [1, 2, None]),
    "missing last, largest first": ({"by": DOWN}, INT, [1, None, 2], [2, 1, None]),
    "missing first": ({"missing": "first"}, INT, [2, None, 1], [None, 1, 2]),
    "blank text stands with the missing": ({}, TEXT, [" ", "b", "", "a", None], ["a", "b", " ", "", None]),
    "blank text is a value": ({"treat_blank_as_missing": False}, TEXT, ["b", " ", None, "a"], [" ", "a", "b", None]),
    "missing first, largest first": ({"by": DOWN, "missing": "first"}, INT, [1, None, 2], [None, 2, 1]),
    "capitals ignored": ({}, TEXT, ["b", "C", "A"], ["A", "b", "C"]),
    "capitals count": ({"ignore_case": False}, TEXT, ["b", "C", "a"], ["C", "a", "b"]),
    "equal but for capitals": ({}, TEXT, ["a", "A", "a"], ["a", "A", "a"]),
    "text by letters": ({}, TEXT, ["item 9", "item 10"], ["item 10", "item 9"]),
    "natural": ({"natural": True}, TEXT, ["item 10", "item 9", "item 010b", None], ["item 9", "item 10", "item 010b", None]),
    "above 2^53": ({}, INT, [2**53 + 1, 2**53], [2**53, 2**53 + 1]),
    "no rows": ({}, INT, [], []),
    "all missing": ({}, INT, [None, None], [None, None]),
}


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "of", "values", "expected"), CASES.values(), ids=CASES)
def test_sorts(given, of, values, expected):
    made = run(Sort(**{"by": [{"column": "x"}], **given}), table({"x": (of, values)}))
    assert pa.chunked_array(made["x"]).to_pylist() == expected
    assert made.removed is None


@pytest.mark.parametrize(("order", "rows"), [("ascending", [4, 2, 3, 5]), ("descending", [3, 5, 4, 2])])
def test_second_column_decides_between_equals_and_order_stays(order, rows):
    df = table({"x": (TEXT, ["b", "c", "b", "c"]), "y": (INT, [2, 1, 1, 1])})
    made = run(Sort(by=[{"column": "x", "order": order}, {"column": "y"}]), df)
    assert made.table.index.tolist() == rows
    assert made["y"].loc[2] == 2


def test_sorted_already_is_the_same_table():
    df = table({"x": (INT, [1, 2, 2])})
    assert run(Sort(by=[{"column": "x"}]), df).table is df


def test_warns_of_numbers_as_text():
    made = run(Sort(by=[{"column": "x"}]), table({"x": (TEXT, ["10", "9", None])}))
    assert made.noted == {'Column "x" holds numbers as text: 10 comes before 9. Make it a number first.': 1}
    assert run(Sort(by=[{"column": "x"}], natural=True), table({"x": (TEXT, ["10", "9"])})).noted == {}


def test_refuses_an_absent_column_and_no_column():
    with pytest.raises(StepError) as caught:
        run(Sort(by=[{"column": "y"}]), table({"x": (INT, [1])}))
    assert str(caught.value) == 'Column "y": is not in the table. Choose one of: x.'
    with pytest.raises(ValidationError) as refused:
        Sort(by=[])
    assert "at least 1 item" in str(refused.value)


@given(st.lists(st.integers(-5, 5)))
def test_is_in_order_and_equal_rows_keep_theirs(values):
    made = run(Sort(by=[{"column": "x"}]), table({"x": (INT, values)}))
    pairs = list(zip(made["x"].tolist(), made.table.index, strict=True))
    assert pairs == sorted(pairs)
