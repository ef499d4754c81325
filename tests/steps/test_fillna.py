"""Fill missing values."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow, same_memory
from steps.base import Columns, Outcome, StepError
from steps.fillna import Fillna
from tests.steps.strategies import table

TEXT, INT, FLOAT, DATE, BOOL, EXACT = pa.large_string(), pa.int64(), pa.float64(), pa.date32(), pa.bool_(), pa.decimal128(38, 2)
G = Columns(names=("g",))
CASES = {  # parameters, type, values, type after, values after
    "median of numbers": ({}, FLOAT, [1.0, None, 2.0, 9.0], FLOAT, [1.0, 2.0, 2.0, 9.0]),
    "commonest text": ({}, TEXT, ["b", "a", "b", None], TEXT, ["b", "a", "b", "b"]),
    "as common: the smallest": ({}, TEXT, ["b", "a", None, " "], TEXT, ["b", "a", "a", "a"]),
    "commonest number, as common": ({"strategy": "mode"}, INT, [9, 10, None], INT, [9, 10, 9]),
    "commonest yes/no": ({}, BOOL, [True, True, False, None], BOOL, [True, True, False, True]),
    "commonest date": ({}, DATE, [date(2024, 2, 29), None], DATE, [date(2024, 2, 29)] * 2),
    "average of whole numbers": ({"strategy": "mean"}, INT, [1, 2, None], FLOAT, [1.0, 2.0, 1.5]),
    "average that is whole": ({"strategy": "mean"}, INT, [1, 3, None], INT, [1, 3, 2]),
    "average rounded back": ({"strategy": "mean", "round_back": True}, INT, [1, 2, 2**60, None], INT, [1, 2, 2**60, 384307168202282304]),
    "average of exact decimals": (
        {"strategy": "mean"}, EXACT, [Decimal("1.00"), Decimal("0.25"), None], EXACT, [Decimal("1.00"), Decimal("0.25"), Decimal("0.62")],
    ),
    "no gap stays whole": ({"strategy": "mean"}, INT, [1, 2], INT, [1, 2]),
    "fixed number": ({"strategy": "constant", "value": "0"}, INT, [None, 5], INT, [0, 5]),
    "fixed date": ({"strategy": "constant", "value": "2024-02-29"}, DATE, [None], DATE, [date(2024, 2, 29)]),
    "fixed text, blank": ({"strategy": "constant", "value": "-"}, TEXT, ["", " ", None, "x"], TEXT, ["-", "-", "-", "x"]),
    "blank is a value": ({"strategy": "constant", "value": "-", "treat_blank_as_missing": False}, TEXT, ["", None], TEXT, ["", "-"]),
    "above": ({"strategy": "ffill"}, TEXT, [None, "a", "", None, "b"], TEXT, [None, "a", "a", "a", "b"]),
    "below": ({"strategy": "bfill"}, TEXT, ["a", None, "", "b", None], TEXT, ["a", "b", "b", "b", None]),
    "above, at most one": ({"strategy": "ffill", "limit": 1}, INT, [1, None, None], INT, [1, 1, None]),
    "line": ({"strategy": "linear"}, FLOAT, [None, 1.0, None, None, 4.0, None], FLOAT, [None, 1.0, 2.0, 3.0, 4.0, None]),
    "line, at most one": ({"strategy": "linear", "limit": 1}, FLOAT, [1.0, None, None, 4.0], FLOAT, [1.0, 2.0, None, 4.0]),
    "line through whole numbers": ({"strategy": "linear"}, INT, [1, None, 2], FLOAT, [1.0, 1.5, 2.0]),
    "line, kept whole": ({"strategy": "linear", "round_back": True}, INT, [1, None, 4], INT, [1, 2, 4]),
    "all missing": ({}, FLOAT, [None, None], FLOAT, [None, None]),
    "no rows": ({}, TEXT, [], TEXT, []),
}  # fmt: skip
ERRORS = {
    "absent": ({"columns": Columns(names=("y",))}, 'Column "y": is not in the table. Choose one of: x, t.'),
    "average of text": ({"columns": Columns(names=("t",)), "strategy": "mean"}, 'Column "t": holds text, not numbers. Make it a'),
    "value does not fit": (
        {"columns": Columns(names=("x",)), "strategy": "constant", "value": "2.5"},
        'Column "x": cannot be filled with this: "2.5" is not a whole number. Write it like 1200 or -7.',
    ),
    "other type": (
        {"columns": Columns(names=("x",)), "strategy": "from_column", "other": "t"},
        'Column "x": holds numbers, "t" holds text. Give both the same type first',
    ),
    "by text": ({"columns": Columns(names=("x",)), "strategy": "time", "order_by": "t"}, 'Column "t": holds text, so it cannot say'),
}


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "of", "values", "of_after", "after"), CASES.values(), ids=CASES)
def test_fills(given, of, values, of_after, after):
    made = run(Fillna(**given), table({"x": (of, values)}))["x"]
    assert (arrow(made).type, arrow(made).to_pylist()) == (of_after, after)


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    df = table({"x": (INT, [1, None]), "t": (TEXT, ["a", "b"])})
    with pytest.raises(StepError) as caught:
        run(Fillna(**given), df)
    assert message in str(caught.value)


GROUPED = {
    "median": ({}, [1.0, 1.0, 5.0, 5.0, 3.0, 3.0]),
    "above stays in its group": ({"strategy": "ffill"}, [1.0, 1.0, 5.0, 5.0, None, None]),
    "below stays in its group": ({"strategy": "bfill"}, [1.0, None, 5.0, None, None, None]),
}


@pytest.mark.parametrize(("given", "expected"), GROUPED.values(), ids=GROUPED)
def test_fills_within_groups(given, expected):
    values = (FLOAT, [1.0, None, 5.0, None, None, None])
    df = table({"g": (TEXT, ["a", "a", None, None, "c", "c"]), "x": values})
    made = run(Fillna(columns=Columns(names=("x",)), group_by=G, **given), df)
    assert arrow(made["x"]).to_pylist() == expected


def test_says_what_stays_missing():
    df = table({"x": (TEXT, [None, "a", None])})
    assert run(Fillna(strategy="ffill"), df).noted == {'{n} values of "x" stay missing: there was nothing to fill them with.': 1}


def test_fills_in_the_order_of_a_column_and_says_that_rows_are_not():
    df = table({"x": (INT, [None, 1, None]), "day": (INT, [3, 1, 2])})
    made = run(Fillna(columns=Columns(names=("x",)), strategy="ffill", order_by="day", limit=1), df)
    assert arrow(made["x"]).to_pylist() == [None, 1, 1]
    assert next(iter(made.noted)) == '{n} rows are not in the order of "day"; gaps are filled in that order, the rows stay where they are.'
    assert next(iter(made.noted.values())) == 1


def test_a_line_by_date():
    df = table({"x": (FLOAT, [0.0, None, 10.0]), "day": (DATE, [date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 11)])})
    made = run(Fillna(columns=Columns(names=("x",)), strategy="time", order_by="day"), df)
    assert arrow(made["x"]).to_pylist() == [0.0, 1.0, 10.0]


def test_takes_another_column():
    df = table({"x": (TEXT, ["a", "", None]), "y": (INT, [1, 2, None])})
    assert arrow(run(Fillna(columns=Columns(names=("x",)), strategy="from_column", other="y"), df)["x"]).to_pylist() == ["a", "2", None]


def test_adds_a_column_of_what_was_missing():
    df = table({"x": (INT, [1, None]), "full": (INT, [1, 2])})
    made = run(Fillna(add_indicator=True), df).table
    assert list(made.columns) == ["x", "full", "x_missing"]
    assert arrow(made["x_missing"]).to_pylist() == [False, True]


def test_the_added_column_must_be_new():
    with pytest.raises(StepError) as caught:
        run(Fillna(add_indicator=True), table({"x": (INT, [None]), "x_missing": (INT, [1])}))
    assert str(caught.value).startswith('Column "x_missing": is already in the table.')


def test_columns_chosen_by_kind_that_do_not_suit_are_left():
    df = table({"x": (INT, [None]), "t": (TEXT, [None])})
    made = run(Fillna(strategy="constant", value="none"), df)
    assert (arrow(made["x"]).to_pylist(), arrow(made["t"]).to_pylist()) == ([None], ["none"])
    assert made.noted == {'{n} values of "x" stay missing: the fixed value does not fit the column.': 1}


def test_whole_numbers_too_long_for_decimals():
    with pytest.raises(StepError) as caught:
        run(Fillna(columns=Columns(names=("x",)), strategy="median"), table({"x": (INT, [2**53 + 1, 0, 1, 2, None])}))
    assert "too long to become numbers with decimals" in str(caught.value)


def test_a_full_column_stays_the_same_memory():
    df = table({"x": (INT, [1, 2]), "t": (TEXT, ["a", "b"])})
    made = run(Fillna(), df).table
    assert all(same_memory(arrow(made[n]), arrow(df[n])) for n in df.columns)


def test_values_kept_from_january_fill_february():
    step = Fillna()
    january = step.fit(table({"x": (INT, [1, 2, None])}))
    assert arrow(step.apply(table({"x": (INT, [None, 7])}), january)["x"]).to_pylist() == [1.5, 7.0]


@pytest.mark.parametrize("given", [{"strategy": "constant"}, {"strategy": "from_column"}, {"strategy": "time"}])
def test_refuses_a_strategy_without_what_it_needs(given):
    with pytest.raises(ValidationError):
        Fillna(**given)


def test_describes():
    step = Fillna(columns=Columns(names=("x",)), strategy="ffill", order_by="day", group_by=G)
    assert step.describe() == "Fill missing values of x with the value above, in the order of day, within groups of g"


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 9)), max_size=12), st.none() | st.integers(1, 2))
def test_above_is_the_nearest_value_of_the_group(rows, limit):
    df = table({"g": (INT, [g for g, _ in rows]), "x": (INT, [x for _, x in rows])})
    made = run(Fillna(columns=Columns(names=("x",)), strategy="ffill", group_by=G, limit=limit), df)
    expected, last, since = [], {}, {}
    for g, x in rows:
        since[g] = 0 if x is not None else since.get(g, 0) + 1
        last[g] = x if x is not None else last.get(g)
        expected.append(last[g] if limit is None or since[g] <= limit else None)
    assert arrow(made["x"]).to_pylist() == expected
