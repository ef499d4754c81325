"""Calculate a column."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow
from steps.base import StepError
from steps.compute_column import ComputeColumn
from tests.steps.strategies import table

BIG = 2**60 + 1
DF = table({
    "a": (pa.int64(), [6, -7, BIG, None]),
    "b": (pa.int64(), [4, 0, 2, 1]),
    "x": (pa.float64(), [1.005, 2.5, -2.5, None]),
    "t": (pa.large_string(), ["ab-cd", "12.50", " ", None]),
    "d": (pa.date32(), [date(2024, 1, 31), date(2023, 2, 28), None, date(9999, 12, 31)]),
    "at": (pa.timestamp("us"), [datetime(2024, 1, 31, 14, 30), datetime(2024, 2, 1), None, None]),
    "m": (pa.decimal128(38, 2), [Decimal("0.35"), Decimal("12345678901234567890.12"), Decimal("-1.00"), None]),
    "p": (pa.bool_(), [True, False, None, None]),
})  # fmt: skip
WIDE = "{n} numbers have more digits than a calculation with fractions keeps (about 15); they were rounded."
CASES = {  # calculation -> values, what is listed: (row, value, reason), noted
    "whole numbers stay whole": ("=[a] * [b]", [24, 0, 2 * BIG, None], [], {}),
    "past 64 bits": ("[a] * 10", [60, -70, None, None], [(4, str(BIG), "the result is too large")], {}),
    "division by zero": ("6 / [b]", [1.5, None, 3.0, 6.0], [(3, "6", "division by zero")], {}),
    "not listed in the branch not taken": ("IF([b] = 0, 0, 6 / [b])", [1.5, 0.0, 3.0, 6.0], [], {}),
    "not listed where something stands instead": ("IFMISSING(6 / [b], -1)", [1.5, -1.0, 3.0, 6.0], [], {}),
    "long whole number meets a fraction": ("[a] + 0.5", [6.5, -6.5, float(BIG), None], [], {WIDE: 1}),
    "long whole number is not its neighbour": ("[a] = 1152921504606846976.0", [False, False, False, None], [], {}),
    "rounds as written": ("ROUND([x], 2)", [1.01, 2.5, -2.5, None], [], {}),
    "and, or in three values": ("AND([p], [a] > 0)", [True, False, None, None], [], {}),
    "false and missing": ("AND([p], [a] < 0)", [False, False, False, None], [], {}),
    "text from numbers": ('[b] & "/" & [x]', ["4/1.005", "0/2.5", "2/-2.5", None], [], {}),
    "before a mark": ('TEXTBEFORE([t], "-")', ["ab", None, None, None],
                      [(3, "12.50", 'does not contain "-"'), (4, " ", 'does not contain "-"')], {}),
    "up to a place that is found": ('LEFT([t], FIND("-", [t] & "-") - 1)', ["ab", "12.50", " ", None], [], {}),
    "number of a text": ("VALUE([t])", [None, 12.5, None, None],
                         [(2, "ab-cd", "is not a number of up to 15 digits, written like 1234.5")], {}),
    "blank": ("ISBLANK([t])", [False, False, True, True], [], {}),
    "days later": ("[d] + 1", [date(2024, 2, 1), date(2023, 3, 1), None, None],
                   [(5, "9999-12-31", "is not a date between the years 1 and 9999")], {}),
    "days between": ("[d] - #2024-01-01#", [30, -307, None, 2913173], [], {}),
    "a moment on a day": ("[at] = #2024-01-31#", [True, False, None, None], [], {}),
    "end of month": ("EOMONTH([d], -1)", [date(2023, 12, 31), date(2023, 1, 31), None, date(9999, 11, 30)], [], {}),
    "exact decimal as it is": ("IF([p], [m], -[m])", [Decimal("0.35"), Decimal("-12345678901234567890.12"), None, None], [], {}),
    "exact decimal calculated": ("[m] * 2", [0.7, 2.4691357802469136e19, -2.0, None], [], {WIDE: 1}),
    "nothing": ("MISSING()", [None] * 4, [], {}),
}  # fmt: skip
ERRORS = {
    "is there": ({"into": "a", "expression": "1"}, 'Column "a": is in the table already. Choose another name, or replace the column.'),
    "no column": ({"expression": "1 + [A]"}, "The calculation, character 5: there is no column [A]. Did you mean [a]?"),
    "types": ({"expression": "[t] * 2"}, "The calculation, character 1: * needs numbers, and [t] is text. Write VALUE([t])."),
    "today": ({"expression": "TODAY()"}, 'The calculation needs the day to count from. Fill in "As of".'),
}


@pytest.mark.parametrize(("expression", "values", "listed", "noted"), CASES.values(), ids=CASES)
def test_calculates(expression, values, listed, noted):
    made = ComputeColumn(expression=expression).apply(DF, None)
    assert arrow(made["result"]).to_pylist() == values
    rejected = [] if made.rejected is None else list(made.rejected[["value", "reason"]].itertuples(name=None))
    assert rejected == listed
    assert made.noted == noted
    assert made.table.columns.tolist() == [*DF.columns, "result"]


@pytest.mark.parametrize(("params", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(params, message):
    with pytest.raises(StepError) as caught:
        ComputeColumn(**params).apply(DF, None)
    assert str(caught.value) == message


def test_an_expression_that_cannot_be_read_is_refused_at_once():
    with pytest.raises(ValidationError) as caught:
        ComputeColumn(expression="1 +")
    assert "character 4: a value is missing before the end" in str(caught.value)


def test_replaces_a_column_and_lists_what_is_lost():
    made = ComputeColumn(into="b", expression="[a] / [b]", overwrite=True).apply(DF, None)
    assert arrow(made["b"]).to_pylist() == [1.5, None, BIG / 2, None]
    assert list(made.rejected[["column", "value", "reason"]].itertuples(name=None)) == [
        (3, "b", "-7", "division by zero"), (5, "b", "1", "the calculation gives no value here"),
    ]  # fmt: skip
    assert made.table.columns.tolist() == DF.columns.tolist()


def test_today_is_the_day_of_the_run():
    step = ComputeColumn(expression="TODAY() - [d]").for_day(date(2024, 2, 1))
    assert arrow(step.apply(DF, None)["result"]).to_pylist()[0] == 1
    assert step.describe() == "Calculate result = TODAY() - [d]"
    assert step.needs() == ["d"]


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=6), st.integers(0, 2**63 - 1))
def test_whole_numbers_are_exact_or_listed(values, other):
    df = table({"a": (pa.int64(), values)})
    made = ComputeColumn(expression=f"[a] + {other}").apply(df, None)
    exact = [None if v is None or v + other >= 2**63 else v + other for v in values]
    assert arrow(made["result"]).to_pylist() == exact
    assert (0 if made.rejected is None else len(made.rejected)) == sum(v is not None and v + other >= 2**63 for v in values)
