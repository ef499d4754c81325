"""Sums, counts, averages and other summaries by group."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow
from steps.base import StepError
from steps.group_aggregate import Aggregate, GroupAggregate
from tests.steps.strategies import table

TEXT, INT, FLOAT, BOOL = pa.large_string(), pa.int64(), pa.float64(), pa.bool_()
MONEY = pa.decimal128(10, 2)
X = {"column": "x"}
CASES = {  # function, type, values for groups a b a a b, result for a and b
    "sum": ({"function": "sum", **X}, INT, [1, 2, 3, None, 4], [4, 6]),
    "sum of no value": ({"function": "sum", **X}, INT, [1, None, 3, 2, None], [6, None]),
    "sum of large whole numbers": ({"function": "sum", **X}, INT, [2**62, 2**53 + 1, -(2**62), 2**62, 1], [2**62, 2**53 + 2]),
    "sum of decimals": ({"function": "sum", **X}, MONEY, [Decimal("0.10"), None, Decimal("0.20"), None, None], [Decimal("0.30"), None]),
    "sum of doubles": ({"function": "sum", **X}, FLOAT, [0.5, 2.0, 1.5, None, 4.0], [2.0, 6.0]),
    "average of whole numbers": ({"function": "mean", **X}, INT, [1, 2, 2, None, 4], [1.5, 3.0]),
    "average of decimals": ({"function": "mean", **X}, MONEY, [Decimal("0.35"), Decimal("1.00"), None, None, None], [0.35, 1.0]),
    "median": ({"function": "median", **X}, INT, [9, 2, 1, 3, 4], [3.0, 3.0]),
    "smallest": ({"function": "min", **X}, pa.date32(), [date(2024, 2, 1), None, date(1500, 1, 1), None, None], [date(1500, 1, 1), None]),
    "largest": ({"function": "max", **X}, TEXT, ["b", "a", "c", None, "B"], ["c", "a"]),
    "standard deviation": ({"function": "std", **X}, INT, [1, 5, 2, 3, None], [1.0, None]),
    "rows": ({"function": "rows"}, INT, [1, None, None, None, None], [3, 2]),
    "values": ({"function": "count", **X}, INT, [1, None, 2, None, None], [2, 0]),
    "blank is no value": ({"function": "count", **X}, TEXT, ["a", " ", "", "b", None], [2, 0]),
    "different values": ({"function": "nunique", **X}, INT, [1, 2, 1, None, 3], [1, 2]),
    "first": ({"function": "first", **X}, TEXT, [None, "b", "x", "y", "c"], ["x", "b"]),
    "last": ({"function": "last", **X}, TEXT, ["z", "b", "x", None, "c"], ["x", "c"]),
    "first decimal": ({"function": "first", **X}, MONEY, [None, None, Decimal("0.20"), Decimal("0.10"), None], [Decimal("0.20"), None]),
    "different decimals": ({"function": "nunique", **X}, MONEY, [Decimal("0.20"), None, Decimal("0.20"), None, Decimal(1)], [1, 1]),
    "smallest decimal": ({"function": "min", **X}, MONEY, [Decimal("0.20"), None, Decimal("0.10"), None, None], [Decimal("0.10"), None]),
    "smallest of yes and no": ({"function": "min", **X}, BOOL, [True, True, False, None, True], [False, True]),
    "share": ({"function": "share", **X}, BOOL, [True, False, False, None, False], [0.5, 0.0]),
    "joined": ({"function": "join", **X}, FLOAT, [1.0, None, 2.5, 1.0, None], ["1, 2.5, 1", None]),
    "weighted": ({"function": "weighted_mean", **X, "weight": "w"}, INT, [1, 2, 4, None, 4], [3.25, 2.8]),
}
ERRORS = {
    "text": (
        {"function": "mean", "column": "k"},
        'Column "k": holds text, not numbers, which average needs. Make it one first with Change column types, or choose another summary.',
    ),
    "absent": ({"function": "sum", "column": "z"}, 'Column "z": is not in the table. Choose one of: k, x, w.'),
    "too large": (
        {"function": "sum", "column": "x"},
        'Column "x": the sum has too many digits. Make the column a number, or an exact decimal.',
    ),
}
REFUSED = {
    "nothing": ({}, "choose a column to group by, or a summary"),
    "no column": ({"aggregates": [{"function": "sum"}]}, 'choose the column for "Sum"'),
    "no weight": ({"aggregates": [{"function": "weighted_mean", "column": "x"}]}, 'a weight goes with "weighted average"'),
    "two alike": ({"by": ["x"], "aggregates": [{"function": "max", "column": "y", "name": "x"}]}, 'would be called "x"'),
}


def five(values, of=INT, keys=("a", "b", "a", "a", "b")):
    return table({"k": (TEXT, list(keys)), "x": (of, values), "w": (INT, [1, 3, 3, 1, 2])})


def run(step, df):
    return step.apply(df, None)


@pytest.mark.parametrize(("wanted", "of", "values", "expected"), CASES.values(), ids=CASES)
def test_summaries(wanted, of, values, expected):
    made = run(GroupAggregate(by=["k"], aggregates=[Aggregate(**wanted, name="y")]), five(values, of))
    assert arrow(made["k"]).to_pylist() == ["a", "b"]
    assert arrow(made["y"]).to_pylist() == expected
    assert made.table.index.tolist() == [2, 3]
    assert dict(zip(made.removed.index, made.removed["into"], strict=True)) == {4: 2, 5: 2, 6: 3}


@pytest.mark.parametrize(("wanted", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(wanted, message):
    with pytest.raises(StepError) as caught:
        run(GroupAggregate(aggregates=[Aggregate(**wanted)]), five([2**63 - 1] * 5))
    assert str(caught.value) == message


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses_parameters(given, message):
    with pytest.raises(ValidationError) as caught:
        GroupAggregate(**given)
    assert message in str(caught.value)


def test_missing_keys_are_a_group():
    made = run(GroupAggregate(by=["k"], aggregates=[Aggregate(function="rows")]), five([1] * 5, keys=("a", None, " ", "a", None)))
    assert arrow(made["k"]).to_pylist() == ["a", None]
    assert arrow(made["rows"]).to_pylist() == [2, 3]


def test_missing_keys_are_removed():
    step = GroupAggregate(by=["k"], aggregates=[Aggregate(function="rows")], missing_keys="remove")
    made = run(step, five([1] * 5, keys=("a", None, " ", "a", None)))
    assert made.table.index.tolist() == [2]
    assert dict(zip(made.removed.index, made.removed["reason"], strict=True)) == {
        3: "has no value in k", 4: "has no value in k", 6: "has no value in k", 5: "is part of its group",
    }  # fmt: skip


def test_first_and_last_by_another_column():
    ends = [Aggregate(function="first", column="x"), Aggregate(function="last", column="x")]
    made = run(GroupAggregate(aggregates=ends, order_by="w"), five([10, 20, 30, 40, 50]))
    assert arrow(made["first value of x"]).to_pylist() == [10]
    assert arrow(made["last value of x"]).to_pylist() == [30]


def test_two_keys_in_the_order_of_their_first_rows():
    df = table({"a": (INT, [2, 1, 2, 1]), "b": (TEXT, ["x", "y", "z", "y"])})
    made = run(GroupAggregate(by=["b", "a"], aggregates=[Aggregate(function="rows", name="n")]), df)
    assert [arrow(made[n]).to_pylist() for n in ("b", "a", "n")] == [["x", "y", "z"], [2, 1, 2], [1, 2, 1]]


def test_a_result_beyond_the_largest_double_is_listed():
    made = run(GroupAggregate(aggregates=[Aggregate(function="sum", column="x", name="s")]), five([1e308] * 5, FLOAT))
    assert arrow(made["s"]).to_pylist() == [None]
    assert made.rejected.to_dict("list") == {"column": ["s"], "value": ["infinity"], "reason": ["is too large for a number"]}


def test_no_rows_and_keys_alone():
    empty = run(GroupAggregate(aggregates=[Aggregate(function="rows")]), five([1] * 5)[:0])
    assert len(empty.table) == 0
    made = run(GroupAggregate(by=["k"]), five([1] * 5))
    assert list(made.table.columns) == ["k"]


def test_describes():
    step = GroupAggregate(by=["k"], aggregates=[Aggregate(function="sum", column="x"), Aggregate(function="rows")])
    assert step.describe() == "For each k: sum of x and number of rows"
    assert GroupAggregate(by=["k"]).describe() == "Keep one row for each k"


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.none() | st.integers(-(2**40), 2**40))))
def test_the_groups_make_the_whole(rows):
    df = table({"k": (TEXT, [k for k, _ in rows]), "x": (INT, [x for _, x in rows])})
    wanted = [Aggregate(function="sum", column="x", name="s"), Aggregate(function="rows", name="n")]
    made = run(GroupAggregate(by=["k"], aggregates=wanted), df)
    assert sum(made["n"].tolist()) == len(rows)
    assert sum(x or 0 for x in arrow(made["s"]).to_pylist()) == sum(x or 0 for _, x in rows)
