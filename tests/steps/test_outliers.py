"""Find values far from the rest."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.base import Columns, StepError
from steps.outliers import Outliers, percentiles
from tests.steps.strategies import table

X = Columns(names=("x",))
TEN = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100]
CASES = {  # parameters, values, extreme ones
    "iqr": ({}, TEN, [100]),
    "iqr, wide": ({"factor": 30}, TEN, []),
    "iqr at the very end of the range": ({}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 14.5], []),
    "z of ten": ({"method": "z"}, TEN, []),
    "z, two deviations": ({"method": "z", "factor": 2}, TEN, [100]),
    "modified z": ({"method": "modified_z"}, TEN, [100]),
    "percentile": ({"method": "percentile", "factor": 10}, TEN, [1, 100]),
    "bounds": ({"method": "bounds", "low": 2, "high": 8}, TEN, [1, 9, 100]),
    "one bound": ({"method": "bounds", "high": 8}, TEN, [9, 100]),
    "seven values": ({}, [1, 2, 3, 4, 5, 6, 100], []),
    "no spread": ({}, [5, 5, 5, 5, 5, 5, 5, 5, 100], []),
    "constant": ({"method": "z"}, [0.1] * 10, []),
    "missing": ({}, [None, *TEN], [100]),
    "all missing": ({}, [None, None], []),
    "no rows": ({}, [], []),
}


def run(step, df):
    return step.apply(df, step.fit(df))


def values(series):
    return pa.chunked_array(series).to_pylist()


@pytest.mark.parametrize(("given", "x", "extreme"), CASES.values(), ids=CASES)
def test_marks(given, x, extreme):
    made = run(Outliers(columns=X, **given), table({"x": (pa.float64(), x)}))
    assert values(made["x"]) == x
    assert values(made["x"].where(made["x_outlier"]).dropna()) == extreme


def test_caps_empties_and_removes():
    df = table({"x": (pa.int64(), TEN)})
    assert values(run(Outliers(columns=X, action="clip"), df)["x"])[-2:] == [9, 14]
    emptied = run(Outliers(columns=X, action="missing"), df)
    assert values(emptied["x"])[-2:] == [9, None]
    assert emptied.rejected["reason"].tolist() == ["is outside -3.5 to 14.5"]
    removed = run(Outliers(columns=X, action="remove"), df)
    assert removed.table.index.tolist() == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert removed.removed["reason"].tolist() == ["x: 100 is outside -3.5 to 14.5"]
    assert removed.noted == {'{n} values of "x" are extreme.': 1}


def test_says_why_nothing_is_extreme():
    made = run(Outliers(columns=X), table({"x": (pa.int64(), [5] * 8 + [100])}))
    assert made.noted == {'{n} values of "x" were not judged: no spread in the middle of its values.': 9}


def test_each_group_has_its_range():
    df = table({"x": (pa.int64(), [*TEN, *[v + 100 for v in TEN]]), "g": (pa.large_string(), ["a"] * 10 + ["b"] * 10)})
    made = run(Outliers(columns=X, group_by=Columns(names=("g",))), df)
    assert values(made["x"].where(made["x_outlier"]).dropna()) == [100, 200]


def test_keeps_the_range_of_january():
    step = Outliers(columns=X)
    made = step.apply(table({"x": (pa.int64(), [14, 15])}), step.fit(table({"x": (pa.int64(), TEN)})))
    assert values(made["x_outlier"]) == [False, True]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"method": "bounds"}, "give the smallest or the largest usual value"),
        ({"low": 2, "high": 1}, "the smallest usual value is above the largest"),
        ({"method": "percentile", "factor": 50}, "with %, how far must be below 50"),
    ],
)
def test_refuses_settings(given, message):
    with pytest.raises(ValidationError) as caught:
        Outliers(**given)
    assert message in str(caught.value)


def test_refuses_a_taken_name():
    with pytest.raises(StepError) as caught:
        run(Outliers(columns=X), table({"x": (pa.int64(), [1]), "x_outlier": (pa.int64(), [1])}))
    assert str(caught.value) == 'Column "x_outlier": is already in the table. Choose another ending for the marks.'


@given(st.lists(st.none() | st.integers(-20, 20), max_size=20), st.integers(-5, 0), st.integers(1, 5))
def test_no_value_is_outside_after_capping(x, low, high):
    made = run(Outliers(columns=X, method="bounds", low=low, high=high, action="clip"), table({"x": (pa.int64(), x)}))
    assert values(made["x"]) == [v if v is None else min(max(v, low), high) for v in x]


@pytest.mark.parametrize(
    ("values", "percents", "expected"),
    [
        ([4.0, 1.0, 3.0, 2.0], (25, 75), [1.75, 3.25]),
        ([5.0, 1.0, 4.0, 2.0, 3.0], (25, 75), [2.0, 4.0]),
        ([2.0, 1.0], (10, 90), [1.1, 1.9]),
        ([7.0] * 9, (1, 99), [7.0, 7.0]),
    ],
)
def test_percentiles_lie_between_the_nearest_values(values, percents, expected):
    x = np.array(values)
    assert percentiles(x, percents) == expected
    assert x.tolist() == values
