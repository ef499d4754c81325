"""Conditions as bytes and rows by position: the same as Arrow's own, wherever a column begins in memory."""

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from steps import arrow, bits
from steps.bits import as_mask, flags, taken, with_cells

YES = [True, None, False, True, True, None, False, False, True, True, False]
TYPES = {
    "whole numbers": (pa.int64(), [2**60 + 1, None, -3, 4], [-3, None, -3, 2**60 + 1]),
    "numbers": (pa.float64(), [0.5, None, -0.0, 2.5], [-0.0, None, -0.0, 0.5]),
    "yes/no": (pa.bool_(), [True, None, False, True], [False, None, False, True]),
    "days": (pa.date32(), [date(2024, 1, d) for d in (1, 2, 3, 4)], [date(2024, 1, d) for d in (3, 2, 3, 1)]),
    "moments": (pa.timestamp("us", "UTC"), [datetime(2024, 1, d) for d in (1, 2, 3, 4)], [datetime(2024, 1, d) for d in (3, 2, 3, 1)]),
    "exact": (
        pa.decimal128(10, 2), [Decimal("1.20"), None, Decimal("3.00"), None], [Decimal("3.00"), None, Decimal("3.00"), Decimal("1.20")],
    ),
    "text": (pa.large_string(), ["a", None, "ö", ""], ["ö", None, "ö", "a"]),
    "nothing": (pa.float64(), [None] * 4, [None] * 4),
}  # fmt: skip


@pytest.mark.parametrize("start", [0, 1, 7, 8, 11])
def test_a_missing_condition_is_no(start: int) -> None:
    expected = [True, False, False, True, True, False, False, False, True, True, False][start:]
    assert flags(pa.array(YES)[start:]).tolist() == expected
    assert flags(pa.chunked_array([pa.array(YES)[start:], pa.array([None, True])])).tolist() == [*expected, False, True]


def test_a_condition_without_rows_or_without_answers() -> None:
    assert flags(pa.chunked_array([], pa.bool_())).tolist() == []
    assert flags(pa.nulls(2)).tolist() == [False, False]


def test_bytes_as_a_condition() -> None:
    assert as_mask(np.array([True, False, True] * 3)).to_pylist() == [True, False, True] * 3
    assert as_mask(np.zeros(0, bool)).to_pylist() == []
    assert as_mask(np.array([True, False, True]), np.array([True, True, False])).to_pylist() == [True, False, None]


@pytest.mark.parametrize(("of", "values", "expected"), TYPES.values(), ids=TYPES)
@pytest.mark.parametrize("before", [0, 3, 9])
def test_takes_values_by_position(of: pa.DataType, values: list[object], expected: list[object], before: int) -> None:
    whole = pa.array([values[0]] * before + values, of)[before:]
    at = np.array([2, 1, 2, 0])
    for column in (pa.chunked_array([whole]), pa.chunked_array([whole[:1], whole[1:]])):
        found = taken(column, at)
        found.validate(full=True)
        assert found.to_pylist() == pa.array(expected, of).to_pylist()
        assert found.type == of
        assert taken(column, at[:0]).to_pylist() == []


def test_takes_nothing_from_a_table_without_rows() -> None:
    assert taken(pa.chunked_array([], pa.int64()), np.zeros(0, "int64")).to_pylist() == []


@pytest.mark.parametrize("runs", [0, 5000])  # by a mask, or in pieces
@pytest.mark.parametrize(
    ("at", "expected"),
    [([], "abcdef"), ([0], "0bcdef"), ([5], "abcde0"), ([1, 2, 3], "a012ef"), ([0, 2, 3, 5], "0b12e3"), (range(6), "012345")],
)
def test_puts_cells_in(monkeypatch: pytest.MonkeyPatch, runs: int, at: list[int], expected: str) -> None:
    monkeypatch.setattr(bits, "RUNS", runs)
    values = pa.array(["x", *"abcdef"], pa.large_string())[1:]
    found = with_cells(values, np.array(at, "int64"), pa.array([str(i) for i in range(len(at))], pa.large_string()))
    assert found.to_pylist() == list(expected)


def test_of_several_failures_the_first_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def some(number: int) -> int:
        if number % 2:
            raise ValueError(f"{number} is odd")
        return number * 10

    for cores in (1, 2, 3):
        monkeypatch.setattr(arrow.os, "cpu_count", lambda cores=cores: cores)
        assert arrow.side_by_side(some, [2, 4, 6, 8]) == [20, 40, 60, 80]
        with pytest.raises(ValueError, match=r"^3 is odd$"):
            arrow.side_by_side(some, [2, 3, 4, 5, 7])
