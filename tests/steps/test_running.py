"""Running totals, rows above, ranks and group totals."""

from itertools import accumulate

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.base import Columns, StepError
from steps.running import Running
from tests.steps.strategies import table

G = {"group_by": Columns(names=("g",))}
X = {"column": "x"}
CASES = {  # parameters, results for x = 1, 2, missing, 4 of groups a, b, a, a and days 4, 3, 2, 1
    "total": ({**X}, [1.0, 3.0, None, 7.0]),
    "total by group": ({**X, **G}, [1.0, 2.0, None, 5.0]),
    "total by day": ({**X, "order_by": "day"}, [7.0, 6.0, None, 4.0]),
    "total by group and day": ({**X, **G, "order_by": "day"}, [5.0, 2.0, None, 4.0]),
    "above": ({**X, "what": "above"}, [None, 1, 2, None]),
    "above in the group": ({**X, **G, "what": "above"}, [None, None, 1, None]),
    "above by day": ({**X, "what": "above", "order_by": "day"}, [2, None, 4, None]),
    "below": ({**X, "what": "above", "descending": True}, [2, None, 4, None]),
    "difference": ({**X, "what": "difference"}, [None, 1.0, None, None]),
    "row number": ({"what": "number"}, [1, 2, 3, 4]),
    "row number in the group": ({**G, "what": "number"}, [1, 1, 2, 3]),
    "rank": ({**X, "what": "rank"}, [3, 2, None, 1]),
    "rank from the smallest": ({**X, "what": "rank", "descending": True}, [1, 2, None, 3]),
    "rank in the group": ({**X, **G, "what": "rank"}, [2, 1, None, 1]),
    "total of the group": ({**X, **G, "what": "group_total"}, [5.0, 2.0, 5.0, 5.0]),
    "total of all": ({**X, "what": "group_total"}, [7.0] * 4),
    "count of the group": ({**G, "what": "group_count"}, [3, 1, 3, 3]),
}


def sample(x=(1, 2, None, 4), g=("a", "b", "a", "a")):
    return table({"x": (pa.int64(), list(x)), "g": (pa.large_string(), list(g)), "day": (pa.int64(), [4, 3, 2, 1][: len(x)])})


def run(step, df):
    return step.apply(df, step.fit(df))


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_works_out(given, expected):
    made = run(Running(**given), sample())
    assert [str(v) for v in pa.chunked_array(made["result"]).to_pylist()] == [str(v) for v in expected]
    assert made.table.index.tolist() == [2, 3, 4, 5]


def test_equal_values_share_the_better_rank():
    made = run(Running(what="rank", column="x"), sample((5, 5, 9, 1)))
    assert made["result"].tolist() == [2, 2, 1, 4]


def test_missing_key_is_a_group_and_a_group_without_values_has_no_total():
    made = run(Running(what="group_total", column="x", **G), sample((1, None, 2, None), (None, "b", None, "b")))
    assert pa.chunked_array(made["result"]).to_pylist() == [3.0, None, 3.0, None]


def test_a_total_too_large_is_counted():
    made = run(Running(column="x"), table({"x": (pa.float64(), [1.7e308, 1.7e308])}))
    assert pa.chunked_array(made["result"]).to_pylist() == [1.7e308, None]
    assert made.noted == {"{n} results are too large for a number and stay missing.": 1}


def test_row_above_is_exact():
    made = run(Running(what="above", column="x"), sample((2**60 + 1, None, 3, 4)))
    assert pa.chunked_array(made["result"]).to_pylist() == [None, 2**60 + 1, None, 3]


def test_refuses():
    with pytest.raises(ValidationError) as refused:
        Running()
    assert "choose the column to work with" in str(refused.value)
    with pytest.raises(StepError) as caught:
        run(Running(column="x", into="x"), sample())
    assert str(caught.value) == 'Column "x": is already in the table. Choose another name for the result.'


@given(st.lists(st.integers(-1000, 1000)))
def test_totals_add_up(x):
    made = run(Running(column="x"), table({"x": (pa.int64(), x)}))
    assert made["result"].tolist() == list(accumulate(x))


def test_a_group_without_values_has_no_total():
    made = run(Running(what="group_total", column="x", **G), sample((None, None), ("a", "b")))
    assert made["result"].isna().tolist() == [True, True]
