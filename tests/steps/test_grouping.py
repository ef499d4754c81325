"""Numbers of values and groups."""

import numpy as np
import pyarrow as pa

from steps.grouping import Groups, by_codes, coded
from steps.ordering import in_order
from steps.summaries import summarise


def test_values_of_a_long_column_are_numbered_as_they_first_appear() -> None:
    values = pa.chunked_array([pa.array(["b", "a", None] * 40_000 + ["c", "a"], pa.large_string())])  # worked on in slices
    codes, different = coded(values)
    assert codes[:3].tolist() == [0, 1, 2]
    assert codes[-5:].tolist() == [0, 1, 2, 3, 1]
    assert np.bincount(codes).tolist() == [40_000, 40_001, 40_000, 1]
    assert different.to_pylist() == ["b", "a", None, "c"]


def test_numbers_are_put_in_order_however_large() -> None:
    assert in_order(np.array([2, 0, 2, 1])).tolist() == [1, 3, 0, 2]
    assert in_order(np.array([2**30, 0, 2**30, 1])).tolist() == [1, 3, 0, 2]
    assert in_order(np.array([], "int64")).tolist() == []


def test_groups_of_numbered_rows_keep_those_without_a_row() -> None:
    assert by_codes(np.array([1.0, 2.0, 4.0]), np.array([0, 2, 0]), 3).sum().tolist() == [5.0, 0.0, 2.0]


def test_the_middle_value_of_large_groups() -> None:
    values = pa.chunked_array([pa.array([float(n) for n in range(800, 0, -1)])])  # 800 to 1, by turns in two groups
    codes = np.arange(800) % 2
    assert summarise("median", values, Groups(codes, np.array([0, 1])), "x").values.to_pylist() == [401.0, 400.0]
