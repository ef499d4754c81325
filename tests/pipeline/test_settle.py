"""Whatever pandas gives back becomes a table, or is refused."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from io_utils.columns import load_column, save_column
from pipeline.settle import NotATable, renumber, settle
from steps.arrow import arrow
from tests.pipeline.scratch import DAY, FLOAT, INT, MOMENT, MONEY, TEXT, addresses, table

ROWS = pd.Index([2, 5, 9], dtype="int64")


def series(values: Any, dtype: Any = None) -> pd.Series:
    return pd.Series(values, index=ROWS, dtype=dtype)


def of_arrow(values: Any, of: pa.DataType) -> pd.Series:
    return pd.Series(pa.chunked_array([pa.array(values, of)]), index=ROWS, dtype=pd.ArrowDtype(of))


DAY_1 = datetime(2024, 1, 5, 10, 30)
GIVEN = {
    "NumPy whole numbers": (series([1, 2, 3]), INT, [1, 2, 3]),
    "NumPy small numbers": (series([1, 2, 3], "uint8"), INT, [1, 2, 3]),
    "NumPy doubles with NaN": (series([1.5, np.nan, 3]), FLOAT, [1.5, None, 3.0]),
    "NumPy float32": (series([0.5, 1, 2], "float32"), FLOAT, [0.5, 1.0, 2.0]),
    "NumPy yes/no": (series([True, False, True]), pa.bool_(), [True, False, True]),
    "NumPy moments": (series(np.array(["2024-01-05T10:30", "NaT", "NaT"], "datetime64[ns]")), MOMENT, [DAY_1, None, None]),
    "pandas' text": (series(["a", None, ""], "str"), TEXT, ["a", None, ""]),
    "pandas' own Arrow text": (series(["a", None, ""], "string[pyarrow]"), TEXT, ["a", None, ""]),
    "nullable numbers": (series([1, None, 3], "Int64"), INT, [1, None, 3]),
    "nullable yes/no": (series([True, None, False], "boolean"), pa.bool_(), [True, None, False]),
    "objects": (series([Decimal("1.50"), None, Decimal("2.25")], object), pa.decimal128(3, 2), [Decimal("1.50"), None, Decimal("2.25")]),
    "objects, dates": (series([date(2024, 1, 5), None, None], object), DAY, [date(2024, 1, 5), None, None]),
    "nothing known": (series([None, None, None], object), TEXT, [None, None, None]),
    "categories of text": (series(["a", None, "b"], "category"), TEXT, ["a", None, "b"]),
    "categories of numbers": (series([1, None, 3], pd.CategoricalDtype([1, 3])), INT, [1, None, 3]),
    "small text": (of_arrow(["a", None, "b"], pa.string()), TEXT, ["a", None, "b"]),
    "text views": (of_arrow(["a", None, "b"], pa.string_view()), TEXT, ["a", None, "b"]),
    "untyped nulls": (of_arrow([None, None, None], pa.null()), TEXT, [None, None, None]),
    "dictionary": (of_arrow(["a", None, "a"], pa.dictionary(pa.int8(), pa.string())), TEXT, ["a", None, "a"]),
    "small whole numbers": (of_arrow([1, None, 3], pa.int32()), INT, [1, None, 3]),
    "Arrow NaN": (of_arrow([1.5, float("nan"), None], FLOAT), FLOAT, [1.5, None, None]),
    "Arrow half": (of_arrow([1.5, None, 2.0], pa.float32()), FLOAT, [1.5, None, 2.0]),
    "moments in ns": (of_arrow([DAY_1, None, None], pa.timestamp("ns")), MOMENT, [DAY_1, None, None]),
    "date64": (of_arrow([date(2024, 1, 5), None, None], pa.date64()), DAY, [date(2024, 1, 5), None, None]),
    "money": (of_arrow([Decimal("1.50"), None, None], MONEY), MONEY, [Decimal("1.50"), None, None]),
}
REFUSED = {
    "lists": (of_arrow([[1], None, [2]], pa.list_(INT)), "a cell cannot hold a value of type list"),
    "objects with lists": (series([[1], None, [2]], object), "a cell cannot hold a value of type list"),
    "structs": (of_arrow([{"a": 1}, None, None], pa.struct([("a", INT)])), "a cell cannot hold a value of type struct"),
    "bytes": (of_arrow([b"a", None, None], pa.binary()), "a cell cannot hold a value of type binary"),
    "durations": (series(np.array([1, 2, 3], "timedelta64[s]")), "a cell cannot hold a value of type duration"),
    "mixed objects": (series([1, "a", None], object), 'column "x" holds values that do not go into one column'),
    "any object": (series([object(), None, None], object), 'column "x" holds values that do not go into one column'),
    "huge Python numbers": (series([2**70, 1, 2], object), 'column "x" holds values that do not go into one column'),
    "past int64": (series([2**63, 1, 2], "uint64"), 'column "x" cannot be brought to int64 without changing a value'),
    "nanoseconds": (of_arrow([1, 2, 3], pa.timestamp("ns")), 'column "x" cannot be brought to timestamp[us] without changing a value'),
    "infinity": (of_arrow([1.0, float("inf"), None], FLOAT), 'column "x" holds infinity'),
    "NumPy minus infinity": (series([1.0, -np.inf, np.nan]), 'column "x" holds infinity'),
    "complex numbers": (series([1j, 2j, 3j]), 'column "x" holds values that do not go into one column'),
}


@pytest.mark.parametrize(("values", "of", "expected"), GIVEN.values(), ids=GIVEN)
def test_a_column_comes_back_in_a_type_of_the_table(values: pd.Series, of: pa.DataType, expected: list[Any]) -> None:
    made = settle(None, values.to_frame("x"))
    assert made["x"].dtype == pd.ArrowDtype(of)
    assert made["x"].dtype.pyarrow_dtype == of
    assert arrow(made["x"]).to_pylist() == expected
    assert arrow(made["x"]).num_chunks == 1
    assert made.index.tolist() == [2, 5, 9]


@pytest.mark.parametrize(("values", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses(values: pd.Series, message: str) -> None:
    with pytest.raises(NotATable) as caught:
        settle(None, values.to_frame("x"))
    assert message in str(caught.value)


BAD_TABLES = {
    "text row numbers": (pd.DataFrame({"x": [1]}, index=["a"]), "not int64"),
    "Arrow row numbers": (pd.DataFrame({"x": [1]}, index=pd.Index([1], dtype="int64[pyarrow]")), "int64[pyarrow], not int64"),
    "a name twice": (pd.DataFrame([[1, 2]], columns=["x", "x"]), "two columns have the same name"),
    "a number as name": (pd.DataFrame({1: [1]}), "1 is not a column name"),
    "an empty name": (pd.DataFrame({"": [1]}), "'' is not a column name"),
}


@pytest.mark.parametrize(("df", "message"), BAD_TABLES.values(), ids=BAD_TABLES)
def test_refuses_a_table(df: pd.DataFrame, message: str) -> None:
    with pytest.raises(NotATable) as caught:
        settle(None, df)
    assert message in str(caught.value)


def test_what_is_a_table_already_is_the_same_object() -> None:
    df = table(a=["x", None], b=[1, 2], c=[0.5, None])
    assert settle(None, df) is df
    assert settle(df, df) is df


def test_only_the_column_that_needs_it_is_made_anew() -> None:
    df = table(a=["x", None, "y"], b=[1, 2, 3])
    made = settle(df, df.assign(c=[1.0, 2.0, 3.0]))
    assert addresses(made, "a") == addresses(df, "a")
    assert addresses(made, "b") == addresses(df, "b")
    assert made["c"].dtype == pd.ArrowDtype(FLOAT)


def test_several_chunks_become_one_and_an_empty_column_has_one() -> None:
    cut = pd.Series(pa.chunked_array([pa.array([1, 2]), pa.array([3])]), index=ROWS, dtype=pd.ArrowDtype(INT))
    none = pd.Series(pa.chunked_array([], INT), index=pd.Index([], dtype="int64"), dtype=pd.ArrowDtype(INT))
    assert [len(c) for c in arrow(settle(None, cut.to_frame("x"))["x"]).chunks] == [3]
    assert [len(c) for c in arrow(settle(None, none.to_frame("x"))["x"]).chunks] == [0]


def test_a_mapped_column_stays_mapped(tmp_path: Path) -> None:
    save_column(pa.chunked_array([pa.array([1.5, None, 2.5])]), tmp_path / "x.arrow")
    values = load_column(tmp_path / "x.arrow")
    df = pd.DataFrame({"x": pd.Series(values, index=ROWS, dtype=pd.ArrowDtype(FLOAT))})
    before = pa.total_allocated_bytes()
    made = settle(None, df)
    assert addresses(made, "x") == [None if b is None else b.address for b in values.chunks[0].buffers()]
    assert pa.total_allocated_bytes() == before


RENUMBERED = {
    "none repeats": ([2, 5, 9], [2, 5, 9], [], []),
    "none repeats, out of order": ([9, 2, 5], [9, 2, 5], [], []),
    "one made two": ([2, 5, 5, 9], [2, 5, 100, 9], [2], [5]),
    "several": ([9, 2, 9, 2, 9], [9, 2, 100, 101, 102], [2, 3, 4], [9, 2, 9]),
    "out of nothing": ([-1, -2], [100, 101], [], []),
    "out of nothing, the same number": ([-1, -1, 2], [100, 101, 2], [], []),
    "both": ([2, -1, 2, 5, -1], [2, 100, 101, 5, 102], [2], [2]),
    "empty": ([], [], [], []),
}


@pytest.mark.parametrize(("rows", "expected", "positions", "origins"), RENUMBERED.values(), ids=RENUMBERED)
def test_made_rows_get_the_next_numbers(rows: list[int], expected: list[int], positions: list[int], origins: list[int]) -> None:
    made, at, parents, free = renumber(table(rows, x=[str(r) for r in rows]), 100)
    assert made.index.tolist() == expected
    assert at.tolist() == positions
    assert parents.tolist() == origins
    assert free == 100 + sum(n >= 100 for n in expected)
    assert arrow(made["x"]).to_pylist() == [str(r) for r in rows]


@given(st.lists(st.integers(-3, 8)))
def test_after_numbering_every_row_has_its_own(rows: list[int]) -> None:
    made, at, parents, free = renumber(table(rows, x=rows), 100)
    numbers = made.index.tolist()
    assert len(set(numbers)) == len(numbers)
    assert [n for n in numbers if n >= 100] == list(range(100, free))
    assert [rows[p] for p in at.tolist()] == parents.tolist()
    for position, number in enumerate(rows):
        first = rows.index(number) == position
        assert (numbers[position] == number) == (first and number >= 0)
