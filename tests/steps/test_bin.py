"""Group numbers into ranges."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.base import Columns, StepError
from steps.bin import Bin
from tests.steps.strategies import table

X = Columns(names=("x",))
AGES = {"method": "edges", "edges": (0, 18, 65, 120)}
CASES = {
    "edges": (AGES, [0, 17, 18, 19, 120, None], ["0 to 18", "0 to 18", "0 to 18", "over 18 to 65", "over 65 to 120", None]),
    "edge above": ({**AGES, "right_closed": False}, [0, 18, 120], ["0 to under 18", "18 to under 65", "65 to 120"]),
    "labels": ({**AGES, "labels": ("child", "adult", "old")}, [5, 50, 70], ["child", "adult", "old"]),
    "outside to the ends": (AGES, [-1, 121], ["0 to 18", "over 65 to 120"]),
    "outside missing": ({**AGES, "outside": "missing"}, [-1, 121, 5], [None, None, "0 to 18"]),
    "equal width": ({"count": 2}, [0, 5, 6, 10], ["0 to 5", "0 to 5", "over 5 to 10", "over 5 to 10"]),
    "equal width, decimals": ({"count": 4}, [0.0, 0.3, 1.0], ["0 to 0.25", "over 0.25 to 0.5", "over 0.75 to 1"]),
    "quantile": ({"method": "quantile", "count": 2}, [1, 2, 3, 100], ["1 to 2.5", "1 to 2.5", "over 2.5 to 100", "over 2.5 to 100"]),
    "duplicate edges": ({"method": "quantile", "count": 4}, [1, 1, 1, 1, 9], ["1 to 9"] * 5),
    "constant": ({}, [7, 7], ["7 to 7", "7 to 7"]),
    "all missing": ({}, [None], [None]),
    "no rows": ({}, [], []),
}


def run(step, df):
    return step.apply(df, step.fit(df))


@pytest.mark.parametrize(("given", "x", "expected"), CASES.values(), ids=CASES)
def test_groups(given, x, expected):
    made = run(Bin(columns=X, **given), table({"x": (pa.float64(), x)}))
    assert pa.chunked_array(made["x_range"]).to_pylist() == expected
    assert pa.chunked_array(made["x"]).to_pylist() == x


def test_lists_and_counts_what_is_outside():
    df = table({"x": (pa.int64(), [-1, 5])})
    made = run(Bin(columns=X, outside="missing", **AGES), df)
    assert made.rejected["value"].tolist() == ["-1"]
    assert made.rejected["reason"].tolist() == ["is outside the ranges"]
    assert run(Bin(columns=X, **AGES), df).noted == {'{n} values of "x" lie outside the edges and went to the first or last range.': 1}


def test_reports_dropped_edges():
    made = run(Bin(columns=X, method="quantile", count=4), table({"x": (pa.int64(), [1, 1, 1, 1, 9])}))
    assert made.noted == {'"x" has 3 fewer ranges: too many of its values are equal.': 1}


def test_keeps_the_edges_of_january():
    step = Bin(columns=X, count=2)
    made = step.apply(table({"x": (pa.int64(), [4, 50])}), step.fit(table({"x": (pa.int64(), [0, 10])})))
    assert made["x_range"].tolist() == ["0 to 5", "over 5 to 10"]


def test_refuses():
    with pytest.raises(StepError) as caught:
        run(Bin(columns=X), table({"x": (pa.int64(), [1]), "x_range": (pa.int64(), [1])}))
    assert str(caught.value) == 'Column "x_range": is already in the table. Choose another ending for the new columns.'


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"method": "edges", "edges": (1,)}, "give at least two edges"),
        ({"edges": (1, 1)}, "each edge must be above the one before"),
        ({"count": 2, "labels": ("a",)}, "2 ranges need 2 labels, not 1"),
    ],
)
def test_refuses_settings(given, message):
    with pytest.raises(ValidationError) as caught:
        Bin(**given)
    assert message in str(caught.value)


@given(st.lists(st.integers(0, 30), min_size=1))
def test_each_number_is_in_its_range(x):
    made = run(Bin(columns=X, method="edges", edges=(0, 10, 20, 30)), table({"x": (pa.int64(), x)}))
    assert made["x_range"].tolist() == ["0 to 10" if v <= 10 else "over 10 to 20" if v <= 20 else "over 20 to 30" for v in x]
