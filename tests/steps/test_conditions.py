"""Conditions: every operator, three-valued logic, words, and the rows of a grid."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.base import StepError
from steps.conditions import BY_LABEL, BY_NAME, OPERATORS, Group, Test, evaluate, fit_condition, from_rows, to_rows
from tests.steps.strategies import DAY, conditions, questions, table, tables

Y, N, U = True, False, None
BIG = 2**60 + 1
TEXT = (pa.large_string(), ["open", "Open!", "", None])
INT = (pa.int64(), [1, BIG, -5, None])
NUM = (pa.float64(), [1.0, 2.5, 100.0, None])
DEC = (pa.decimal128(38, 2), [Decimal("0.35"), Decimal("2.00"), Decimal("-1.10"), None])
DATES = (pa.date32(), [date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 24), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)])
DATE = (pa.date32(), [date(2024, 1, 31), date(2024, 2, 29), date(2023, 2, 28), None])
TIME = (pa.timestamp("us"), [datetime(2024, 1, 31), datetime(2024, 1, 31, 23, 59, 59, 999999), datetime(2024, 2, 1), None])
ZONE = (pa.timestamp("us", "Europe/Berlin"), [datetime(2024, 1, 31, 23, tzinfo=UTC), datetime(2024, 1, 31, 22, tzinfo=UTC), None, None])
BOOL = (pa.bool_(), [True, False, None, None])

CASES = {
    "missing": (TEXT, {"op": "missing"}, [N, N, N, Y]),
    "not missing": (TEXT, {"op": "not_missing"}, [Y, Y, Y, N]),
    "blank": (TEXT, {"op": "blank"}, [N, N, Y, Y]),
    "not blank": (TEXT, {"op": "not_blank"}, [Y, Y, N, N]),
    "blank number": (INT, {"op": "blank"}, [N, N, N, Y]),
    "text is": (TEXT, {"op": "equals", "value": "open"}, [Y, N, N, U]),
    "text is, in any case": (TEXT, {"op": "equals", "value": "OPEN", "case_sensitive": False}, [Y, N, N, U]),
    "text is not": (TEXT, {"op": "not_equals", "value": "open"}, [N, Y, Y, U]),
    "contains": (TEXT, {"op": "contains", "value": "pen"}, [Y, Y, N, U]),
    "contains a sign of patterns": (TEXT, {"op": "contains", "value": "."}, [N, N, N, U]),
    "does not contain": (TEXT, {"op": "not_contains", "value": "!"}, [Y, N, Y, U]),
    "starts": (TEXT, {"op": "starts", "value": "O"}, [N, Y, N, U]),
    "starts, in any case": (TEXT, {"op": "starts", "value": "O", "case_sensitive": False}, [Y, Y, N, U]),
    "ends": (TEXT, {"op": "ends", "value": "n"}, [Y, N, N, U]),
    "pattern": (TEXT, {"op": "regex", "value": "^o.*n$"}, [Y, N, N, U]),
    "text in": (TEXT, {"op": "in", "values": ("open", "")}, [Y, N, Y, U]),
    "text in, in any case": (TEXT, {"op": "in", "values": ("OPEN", "x"), "case_sensitive": False}, [Y, N, N, U]),
    "text not in": (TEXT, {"op": "not_in", "values": ("open", "")}, [N, Y, N, U]),
    "length": (TEXT, {"op": "length_is", "value": 5}, [N, Y, N, U]),
    "shorter": (TEXT, {"op": "length_below", "value": 5}, [Y, N, Y, U]),
    "longer": (TEXT, {"op": "length_above", "value": 4}, [N, Y, N, U]),
    "negated": (TEXT, {"op": "equals", "value": "open", "negate": True}, [N, Y, Y, U]),
    "number is": (INT, {"op": "equals", "value": 1}, [Y, N, N, U]),
    "integer is a fraction": (INT, {"op": "equals", "value": 1.5}, [N, N, N, U]),
    "integer is not a fraction": (INT, {"op": "not_equals", "value": 1.5}, [Y, Y, Y, U]),
    "long integer is its neighbour": (INT, {"op": "equals", "value": BIG - 1}, [N, N, N, U]),
    "long integer is more than its neighbour": (INT, {"op": "greater", "value": BIG - 1}, [N, Y, N, U]),
    "integer below a fraction": (INT, {"op": "less", "value": 1.5}, [Y, N, Y, U]),
    "integer at least a fraction": (INT, {"op": "at_least", "value": 0.5}, [Y, Y, N, U]),
    "integer below more than it can be": (INT, {"op": "less", "value": 2**70}, [Y, Y, Y, U]),
    "integer above more than it can be": (INT, {"op": "greater", "value": 2**70}, [N, N, N, U]),
    "number at most": (NUM, {"op": "at_most", "value": 2.5}, [Y, Y, N, U]),
    "double below a long integer": (NUM, {"op": "less", "value": BIG}, [Y, Y, Y, U]),
    "between, ends included": (NUM, {"op": "between", "values": (1, 2.5)}, [Y, Y, N, U]),
    "number in": (NUM, {"op": "in", "values": (1, 100)}, [Y, N, Y, U]),
    "number not in": (INT, {"op": "not_in", "values": (1, 2.5)}, [N, Y, Y, U]),
    "decimal is as written": (DEC, {"op": "equals", "value": 0.35}, [Y, N, N, U]),
    "decimal below": (DEC, {"op": "less", "value": 0.351}, [Y, N, Y, U]),
    "decimal given as text": (DEC, {"op": "greater", "value": "-1.1000000000000000001"}, [Y, Y, Y, U]),
    "whole number": (NUM, {"op": "is_integer"}, [Y, N, Y, U]),
    "whole decimal": (DEC, {"op": "is_integer"}, [N, Y, N, U]),
    "on": (DATE, {"op": "on", "value": "2024-01-31"}, [Y, N, N, U]),
    "not on": (DATE, {"op": "not_on", "value": "2024-01-31"}, [N, Y, Y, U]),
    "before": (DATE, {"op": "before", "value": "2024-02-29"}, [Y, N, Y, U]),
    "on or before": (DATE, {"op": "on_or_before", "value": "2024-02-29"}, [Y, Y, Y, U]),
    "after": (DATE, {"op": "after", "value": "2024-01-31"}, [N, Y, N, U]),
    "on or after": (DATE, {"op": "on_or_after", "value": "2024-01-31"}, [Y, Y, N, U]),
    "dates between, ends included": (DATE, {"op": "between", "values": ("2024-01-31", "2024-02-29")}, [Y, Y, N, U]),
    "time on a day": (TIME, {"op": "on", "value": "2024-01-31"}, [Y, Y, N, U]),
    "time after a day": (TIME, {"op": "after", "value": "2024-01-31"}, [N, N, Y, U]),
    "time after a time": (TIME, {"op": "after", "value": "2024-01-31 00:00"}, [N, Y, Y, U]),
    "times between days": (TIME, {"op": "between", "values": ("2024-01-31", "2024-01-31")}, [Y, Y, N, U]),
    "zoned time on a day of its zone": (ZONE, {"op": "on", "value": "2024-02-01"}, [Y, N, U, U]),
    "zoned time before a moment": (ZONE, {"op": "before", "value": "2024-01-31T22:30:00Z"}, [N, Y, U, U]),
    "in the last month": (DATE, {"op": "in_last", "n": 1, "unit": "months"}, [Y, Y, N, U]),
    "in the last 29 days": (DATE, {"op": "in_last", "n": 29, "unit": "days"}, [N, Y, N, U]),
    "in the last year": (DATE, {"op": "in_last", "n": 1, "unit": "years"}, [Y, Y, N, U]),
    "in the next day": (DATE, {"op": "in_next", "n": 1, "unit": "days"}, [N, Y, N, U]),
    "in this month": (DATE, {"op": "this_period", "unit": "months"}, [N, Y, N, U]),
    "in this quarter": (DATE, {"op": "this_period", "unit": "quarters"}, [Y, Y, N, U]),
    "in the previous month": (DATE, {"op": "previous_period", "unit": "months"}, [Y, N, N, U]),
    "in the previous year": (DATE, {"op": "previous_period", "unit": "years"}, [N, N, Y, U]),
    "yes": (BOOL, {"op": "is_true"}, [Y, N, U, U]),
    "no": (BOOL, {"op": "is_false"}, [N, Y, U, U]),
    "yes/no is": (BOOL, {"op": "equals", "value": False}, [N, Y, U, U]),
    **{
        f"in {which} {unit}": (DATES, {"op": op, "unit": unit}, [at in found for at in range(len(DATES[1]))])
        for op, which, unit, found in (
            ("this_period", "this", "days", [4]), ("this_period", "this", "weeks", [3, 4, 5]), ("this_period", "this", "months", [2, 3, 4]),
            ("this_period", "this", "quarters", [1, 2, 3, 4, 5]), ("this_period", "this", "years", [1, 2, 3, 4, 5]),
            ("previous_period", "the previous", "days", [3]), ("previous_period", "the previous", "weeks", [2]),
            ("previous_period", "the previous", "months", [1]), ("previous_period", "the previous", "quarters", [0]),
            ("previous_period", "the previous", "years", [0]),
        )
    },
    **{
        f"{op} 2 {unit}": (DATES, {"op": op, "n": 2, "unit": unit}, [at in found for at in range(len(DATES[1]))])
        for op, unit, found in (
            ("in_last", "days", [3, 4]), ("in_last", "weeks", [2, 3, 4]), ("in_last", "months", [0, 1, 2, 3, 4]),
            ("in_last", "quarters", [0, 1, 2, 3, 4]), ("in_last", "years", [0, 1, 2, 3, 4]), ("in_next", "days", [4, 5]),
            ("in_next", "weeks", [4, 5]), ("in_next", "months", [4, 5]), ("in_next", "quarters", [4, 5]), ("in_next", "years", [4, 5]),
        )
    },
    "repeated": ((pa.int64(), [7, 8, 7, None]), {"op": "duplicate"}, [Y, N, Y, U]),
    "once": ((pa.int64(), [7, 8, 7, None]), {"op": "unique"}, [N, Y, N, U]),
    "too few for an extreme": (NUM, {"op": "extreme"}, [N, N, N, U]),
}


def ask(df, **given):
    return evaluate(Group(tests=(Test(**given),)), df, as_of=DAY).to_pylist()


@pytest.mark.parametrize(("column", "given", "expected"), CASES.values(), ids=CASES)
def test_answers(column, given, expected):
    assert ask(table({"x": column}), column="x", **given) == expected


OTHERS = {
    "text": (TEXT, (pa.large_string(), ["open", "open!", "x", "y"]), "equals", [Y, N, N, U]),
    "integer and double": (INT, (pa.float64(), [1.0, float(2**60), -5.5, 1.0]), "equals", [Y, N, N, U]),
    "integer more than double": (INT, (pa.float64(), [1.5, float(2**60), -5.5, 1.0]), "greater", [N, Y, Y, U]),
    "double less than integer": (NUM, (pa.int64(), [2, 2, BIG, 1]), "less", [Y, N, Y, U]),
    "decimal and double": (DEC, (pa.float64(), [0.35, 2.0, 0.0, None]), "equals", [Y, Y, N, U]),
    "decimal and integer": (DEC, (pa.int64(), [0, 2, 0, 1]), "at_least", [Y, Y, N, U]),
    "time on a date": (TIME, DATE, "on", [Y, N, N, U]),
    "date before a time": (DATE, TIME, "before", [N, N, Y, U]),
    "zoned time on a date": (ZONE, DATE, "on", [N, N, U, U]),
    "yes/no": (BOOL, (pa.bool_(), [True, True, True, None]), "not_equals", [N, Y, U, U]),
}


@pytest.mark.parametrize(("a", "b", "op", "expected"), OTHERS.values(), ids=OTHERS)
def test_compares_columns(a, b, op, expected):
    assert ask(table({"x": a, "y": b}), column="x", op=op, other="y") == expected


@pytest.mark.parametrize(
    ("join", "expected"), [("all", [Y, N, U, N, N, N, U, N, U]), ("any", [Y, Y, Y, Y, N, U, Y, U, U])], ids=["and", "or"]
)
def test_unknown_answers_join_as_in_kleene_logic(join, expected):
    a, b = [True] * 3 + [False] * 3 + [None] * 3, [True, False, None] * 3
    df = table({"a": (pa.bool_(), a), "b": (pa.bool_(), b)})
    both = Group(join=join, tests=(Test(column="a", op="is_true"), Test(column="b", op="is_true")))
    assert evaluate(both, df).to_pylist() == expected
    opposite = {True: False, False: True, None: None}
    assert evaluate(both.model_copy(update={"negate": True}), df).to_pylist() == [opposite[v] for v in expected]


def test_extreme_values_are_judged_by_the_fitted_range():
    far = Group(tests=(Test(column="x", op="extreme"),))
    df = table({"x": (pa.int64(), [1, 2, 3, 4, 5, 6, 7, 8, 100, None])})
    facts = fit_condition(far, df)
    assert facts == {"x": (-3.0, 13.0)}  # quarters at 3 and 7
    assert evaluate(far, df, facts).to_pylist() == [N] * 8 + [Y, U]
    assert evaluate(far, table({"x": (pa.int64(), [13, 14])}), facts).to_pylist() == [N, Y]
    assert not far.rowwise


REFUSED = {
    "absent": ({"column": "z", "op": "missing"}, 'Column "z": is not in the table. Choose one of: t, n, d, z1, z2.'),
    "text more than": ({"column": "t", "op": "greater", "value": 1}, 'Column "t": holds text, so "is more than" cannot be asked of it. '
                       "Make it a number first with Change column types."),
    "number is text": ({"column": "n", "op": "equals", "value": "1"}, 'Column "n": holds numbers, which cannot be compared with "1". '
                       "Give a number, e.g. 100."),
    "number is true": ({"column": "n", "op": "equals", "value": True}, 'Column "n": holds numbers, which cannot be compared with true. '
                       "Give a number, e.g. 100."),
    "text is number": ({"column": "t", "op": "equals", "value": 1}, 'Column "t": holds text, which cannot be compared with 1. '
                       'Give text, e.g. "open".'),
    "no such day": ({"column": "d", "op": "on", "value": "2024-02-30"}, 'Column "d": holds dates; "2024-02-30" is not a date. '
                    "Write it like 2024-01-31."),
    "date is": ({"column": "d", "op": "equals", "value": "2024-02-29"},
                'Column "d": holds dates, so "is" cannot be asked of it. Ask is on.'),
    "columns of two kinds": ({"column": "n", "op": "equals", "other": "t"}, 'Column "n": holds numbers and "t" holds text, so they cannot '
                             "be compared. Give both the same type first with Change column types."),
    "with and without zone": ({"column": "z1", "op": "on", "other": "z2"}, 'Column "z1": cannot be compared with "z2": only "z2" has a '
                              "time zone. Give both a time zone, or none."),
}  # fmt: skip


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses_what_does_not_suit_the_column(given, message):
    df = table({"t": TEXT, "n": INT, "d": DATE, "z1": TIME, "z2": ZONE})
    with pytest.raises(StepError) as caught:
        ask(df, **given)
    assert str(caught.value) == message


PATTERNS = {
    "(abc": "missing ) at character 1.",
    "ab)": "unexpected ) at character 3.",
    "ab[c": "missing ] at character 3.",
    "x(?=y)": "invalid perl operator at character 2. Look-ahead, look-behind and repeating an earlier group are not available.",
    "(a)\\1": "invalid escape sequence at character 4. Look-ahead, look-behind and repeating an earlier group are not available.",
    "a**": "bad repetition operator at character 2.",
}


@pytest.mark.parametrize(("pattern", "message"), PATTERNS.items(), ids=PATTERNS)
def test_points_at_the_character_of_a_pattern(pattern, message):
    with pytest.raises(ValidationError) as caught:
        Test(column="x", op="regex", value=pattern)
    assert f'the pattern "{pattern}" cannot be used: {message}' in str(caught.value)


@pytest.mark.parametrize("given", [
    {"op": "equals"}, {"op": "equals", "value": 1, "other": "y"}, {"op": "between", "values": (1,)}, {"op": "missing", "value": 1},
    {"op": "in"}, {"op": "in_last", "n": 3}, {"op": "length_is", "value": -1}, {"op": "smaller", "value": 1},
])  # fmt: skip
def test_refuses_a_question_that_is_not_complete(given):
    with pytest.raises(ValidationError) as caught:
        Test(column="x", **given)
    assert "needs" in str(caught.value) or "is not a comparison" in str(caught.value)


def test_describes():
    inner = Group(
        join="any", tests=(Test(column="status", op="equals", value="open"), Test(column="city", op="equals", value="Berlin", negate=True))
    )
    both = Group(tests=(Test(column="amount", op="greater", value=100), inner))
    assert both.describe() == 'amount is more than 100 and (status is "open" or not city is "Berlin")'
    assert both.model_copy(update={"negate": True}).describe() == f"not ({both.describe()})"
    assert Test(column="day", op="between", values=("2024-01-01", "2024-01-31")).describe() == "day is between 2024-01-01 and 2024-01-31"
    assert Test(column="day", op="in_last", n=1, unit="weeks").describe() == "day is in the last 1 week"
    assert Test(column="a", op="in", values=("x", "y"), case_sensitive=False).describe() == 'a is one of "x", "y" (in any case)'
    assert both.columns() == ["amount", "status", "city"]


def test_rows_that_are_equal_in_several_columns() -> None:
    df = table({"a": (pa.large_string(), ["x", "X", "x", None, None]), "n": (pa.int64(), [1, 1, 1, None, None])})
    repeated = Test(column="a", op="duplicate", values=("n",))
    assert evaluate(Group(tests=(repeated,)), df).to_pylist() == [Y, N, Y, Y, Y]
    assert evaluate(Group(tests=(repeated.model_copy(update={"case_sensitive": False}),)), df).to_pylist() == [Y, Y, Y, Y, Y]
    assert evaluate(Group(tests=(Test(column="a", op="unique", values=("n",)),)), df).to_pylist() == [N, Y, N, N, N]
    assert repeated.describe() == "a, n together occur more than once"
    assert repeated.columns() == ["a", "n"]
    with pytest.raises(StepError) as caught:
        evaluate(Group(tests=(Test(column="a", op="duplicate", values=("z",)),)), df)
    assert 'Column "z": is not in the table.' in str(caught.value)


def test_every_label_stands_for_one_operator():
    assert len(BY_LABEL) == len(BY_NAME)
    assert all(o == BY_NAME[o.name] for kind in OPERATORS.values() for o in kind)


TYPES = {"n": pa.int64(), "t": pa.large_string(), "d": pa.date32(), "z": pa.timestamp("us"), "e": pa.decimal128(38, 2), "other": pa.int64()}
READ = {
    "number": ({"column": "n", "operator": "is more than", "value": "100"}, Test(column="n", op="greater", value=100)),
    "fraction": ({"column": "n", "operator": "is at most", "value": " 2.50 "}, Test(column="n", op="at_most", value=2.5)),
    "between": ({"column": "n", "operator": "is between", "value": "5 to 10"}, Test(column="n", op="between", values=(5, 10))),
    "column": ({"column": "n", "operator": "is", "value": "[other]"}, Test(column="n", op="equals", other="other")),
    "list with quotes": (
        {"column": "t", "operator": "is one of", "value": 'a, "b, c", d'},
        Test(column="t", op="in", values=("a", "b, c", "d")),
    ),
    "text in quotes": ({"column": "t", "operator": "is", "value": '"[a]"'}, Test(column="t", op="equals", value="[a]")),
    "not, any case": (
        {"column": "t", "operator": "contains", "value": "x", "not": True, "ignore_case": True},
        Test(column="t", op="contains", value="x", negate=True, case_sensitive=False),
    ),
    "no value": ({"column": "t", "operator": "is missing", "value": None}, Test(column="t", op="missing")),
    "day": ({"column": "d", "operator": "is on", "value": "2024-02-29"}, Test(column="d", op="on", value="2024-02-29")),
    "period": ({"column": "d", "operator": "is in the last", "value": "7 days"}, Test(column="d", op="in_last", n=7, unit="days")),
    "unit": ({"column": "d", "operator": "is in this", "value": "month"}, Test(column="d", op="this_period", unit="months")),
    "operator by name": ({"column": "d", "operator": "before", "value": "2024-02-29"}, Test(column="d", op="before", value="2024-02-29")),
    "exact decimal": (
        {"column": "e", "operator": "is", "value": "12345678901234567890.12"},
        Test(column="e", op="equals", value="12345678901234567890.12"),
    ),
}


@pytest.mark.parametrize(("row", "expected"), READ.values(), ids=READ)
def test_reads_a_row_of_the_grid(row, expected):
    assert from_rows("any", [row], TYPES) == Group(tests=(expected,))


SHOWN = {
    "plain": (Test(column="t", op="equals", value="a b"), "a b"),
    "looks like a column": (Test(column="t", op="equals", value="[a]"), '"[a]"'),
    "quotes at the start": (Test(column="t", op="equals", value='"so" it is'), '"""so"" it is"'),
    "empty": (Test(column="t", op="equals", value=""), '""'),
    "spaces at an end": (Test(column="t", op="equals", value="a "), '"a "'),
    "list": (Test(column="t", op="in", values=("a", 'b "c", d')), 'a, "b ""c"", d"'),
    "number": (Test(column="n", op="equals", value=-2.5), "-2.5"),
    "between": (Test(column="n", op="between", values=(-5, 10)), "-5 to 10"),
    "column": (Test(column="n", op="equals", other="other"), "[other]"),
    "period": (Test(column="d", op="in_last", n=7, unit="days"), "7 days"),
    "no value": (Test(column="t", op="missing"), ""),
}


@pytest.mark.parametrize(("asked", "text"), SHOWN.values(), ids=SHOWN)
def test_shows_a_value_as_it_would_be_typed(asked, text):
    join, rows = to_rows(Group(tests=(asked,)))
    assert (join, [row["value"] for row in rows]) == ("any", [text])
    assert from_rows(join, rows, TYPES) == Group(tests=(asked,))


WRONG = {
    "no column": ({"operator": "is"}, "Condition 1: choose a column."),
    "unknown column": ({"column": "q", "operator": "is", "value": "1"}, 'Condition 1: there is no column "q".'),
    "thousands mark": (
        {"column": "n", "operator": "is", "value": "1,200"},
        'Condition 1: "1,200" is not a number. Write it like 1200 or -7.25.',
    ),
    "no value": ({"column": "n", "operator": "is", "value": ""}, 'Condition 1: "is" needs a value, e.g. 100, or [other column].'),
    "a value too many": ({"column": "n", "operator": "is missing", "value": "x"}, 'Condition 1: "is missing" takes no value. Clear "x".'),
    "one of two": (
        {"column": "n", "operator": "is between", "value": "5"},
        'Condition 1: "5" does not name two values. Write it like 5 to 10.',
    ),
    "day": (
        {"column": "d", "operator": "is on", "value": "29.2.2024"},
        'Condition 1: "29.2.2024" is not a date. Write it like 2024-01-31.',
    ),
    "period": (
        {"column": "d", "operator": "is in the last", "value": "soon"},
        'Condition 1: "soon" is not a period. Write 7 days, 2 weeks, 3 months, 1 quarters or 1 years.',
    ),
    "no such other column": ({"column": "n", "operator": "is", "value": "[q]"}, 'Condition 1: there is no column "q".'),
    "open quote": (
        {"column": "t", "operator": "is one of", "value": 'a, "b'},
        'Condition 1: the list a, "b has a quote that is not closed.',
    ),
}


@pytest.mark.parametrize(("row", "message"), WRONG.values(), ids=WRONG)
def test_names_the_row_of_the_grid_that_is_wrong(row, message):
    with pytest.raises(StepError) as caught:
        from_rows("any", [row], TYPES)
    assert str(caught.value).startswith(message)


def test_groups_of_the_grid():
    row = {"column": "n", "operator": "is", "value": "1"}
    a, b = Test(column="n", op="equals", value=1), Test(column="n", op="missing")
    rows = [{**row, "group": 1}, {"column": "n", "operator": "is missing", "group": 2}, {**row, "group": 2}]
    assert from_rows("any", rows, TYPES) == Group(join="any", tests=(a, Group(join="all", tests=(b, a))))
    assert from_rows("all", rows, TYPES) == Group(join="all", tests=(a, Group(join="any", tests=(b, a))))
    either = Group(join="all", tests=(Group(join="any", tests=(b, a)),))
    assert from_rows("all", rows[1:], TYPES) == either
    assert to_rows(either)[0] == "all"
    with pytest.raises(StepError) as caught:
        to_rows(Group(tests=(Group(tests=(Group(tests=(a,)),)),)))
    assert "groups inside groups" in str(caught.value)
    with pytest.raises(StepError) as caught:
        from_rows("any", [], TYPES)
    assert "no condition yet" in str(caught.value)


@given(st.data())
def test_a_grid_reads_back_as_it_was(data):
    df = data.draw(tables())
    types = {n: df.dtypes[n].pyarrow_dtype for n in df.columns}
    joins, asked = st.sampled_from(["all", "any"]), questions(df)
    part = asked | st.builds(Group, join=joins, tests=st.lists(asked, min_size=1, max_size=3).map(tuple))
    condition = data.draw(st.builds(Group, join=joins, tests=st.lists(part, min_size=1, max_size=3).map(tuple)))
    join, rows = to_rows(condition)
    again = from_rows(join, rows, types)
    assert to_rows(again) == (join, rows)
    assert evaluate(again, df, as_of=DAY).to_pylist() == evaluate(condition, df, as_of=DAY).to_pylist()


@given(st.data())
def test_any_condition_has_one_answer_a_row_and_survives_json(data):
    df = data.draw(tables())
    condition = data.draw(conditions(df))
    answers = evaluate(condition, df, as_of=DAY).to_pylist()
    assert len(answers) == len(df)
    again = Group.model_validate_json(condition.model_dump_json())
    assert again == condition
    opposite = evaluate(condition.model_copy(update={"negate": not condition.negate}), df, as_of=DAY).to_pylist()
    assert [None if v is None else not v for v in opposite] == answers
