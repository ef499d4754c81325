"""Round numbers."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steps.base import Columns, StepError
from steps.round import Round
from tests.steps.strategies import table

X = Columns(names=("x",))
FLOAT, INT, EXACT = pa.float64(), pa.int64(), pa.decimal128(38, 3)
CASES = {
    "cents as on paper": ({}, FLOAT, [1.005, 2.675, -1.005, None], [1.01, 2.68, -1.01, None]),
    "half up": ({"decimals": 0}, FLOAT, [2.5, 3.5, -2.5, 2.4], [3.0, 4.0, -3.0, 2.0]),
    "half even": ({"decimals": 0, "mode": "half_even"}, FLOAT, [2.5, 3.5, -2.5], [2.0, 4.0, -2.0]),
    "down": ({"decimals": 1, "mode": "floor"}, FLOAT, [0.3, 0.39, -0.31], [0.3, 0.3, -0.4]),
    "up": ({"decimals": 1, "mode": "ceil"}, FLOAT, [0.3, 0.31, -0.39], [0.3, 0.4, -0.3]),
    "towards zero": ({"decimals": 0, "mode": "cut"}, FLOAT, [1.9, -1.9], [1.0, -1.0]),
    "thousands": ({"decimals": -3}, FLOAT, [1499.0, 1500.0], [1000.0, 2000.0]),
    "whole numbers stay": ({}, INT, [1, 2**60 + 1], [1, 2**60 + 1]),
    "hundreds of whole numbers": ({"decimals": -2}, INT, [149, 150, -150, 2**60 + 1], [100, 200, -200, 1152921504606847000]),
    "exact decimals": ({"decimals": 2}, EXACT, [Decimal("0.125"), Decimal("-0.125")], [Decimal("0.130"), Decimal("-0.130")]),
    "quarters": ({"to": "multiple", "multiple": 0.25}, FLOAT, [0.37, 0.375, 1.0], [0.25, 0.5, 1.0]),
    "five cents": ({"to": "multiple", "multiple": 0.05}, FLOAT, [0.12, 0.125, 0.13], [0.1, 0.15, 0.15]),
    "multiple of 15": ({"to": "multiple", "multiple": 15}, INT, [7, 8, None], [0, 15, None]),
    "very large": ({}, FLOAT, [1e22, -1e300], [1e22, -1e300]),
    "very small": ({"decimals": 2, "mode": "ceil"}, FLOAT, [1e-20, 0.0], [0.01, 0.0]),
    "no minus zero": ({"decimals": 0}, FLOAT, [-0.4], [0.0]),
    "no rows": ({}, FLOAT, [], []),
}


def run(step, df):
    return step.apply(df, step.fit(df))


@pytest.mark.parametrize(("given", "of", "values", "expected"), CASES.values(), ids=CASES)
def test_rounds(given, of, values, expected):
    made = run(Round(columns=X, **given), table({"x": (of, values)}))
    assert pa.chunked_array(made["x"]).type == of
    assert [str(v) for v in pa.chunked_array(made["x"]).to_pylist()] == [str(v) for v in expected]


def test_lists_whole_numbers_that_grow_too_large():
    made = run(Round(columns=X, decimals=-3), table({"x": (INT, [2**63 - 1, 1])}))
    assert pa.chunked_array(made["x"]).to_pylist() == [None, 0]
    assert made.rejected["reason"].tolist() == ["is too large to be rounded"]


def test_refuses_text():
    with pytest.raises(StepError) as caught:
        run(Round(columns=X), table({"x": (pa.large_string(), ["1"])}))
    assert str(caught.value) == 'Column "x": holds text, not numbers. Make it a number first with Change column types.'


@given(st.integers(-(10**9), 10**9), st.integers(1, 9))
def test_a_number_with_two_decimals_and_a_bit_more_goes_back(cents, bit):
    text = f"{cents / 100:.2f}"
    df = table({"x": (FLOAT, [float(f"{text}{min(bit, 4)}")])})
    assert run(Round(columns=X), df)["x"].tolist() == [float(text) + 0.0]
