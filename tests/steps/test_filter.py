"""Keep or remove rows."""

from datetime import date

import pyarrow as pa
import pytest
from pydantic import ValidationError

from steps.base import StepError
from steps.conditions import Group, Test
from steps.filter import Filter
from tests.steps.strategies import table

DF = table({"amount": (pa.int64(), [50, 150, None]), "day": (pa.date32(), [date(2024, 2, 29), date(2024, 2, 1), None])})
MORE = Group(tests=(Test(column="amount", op="greater", value=100),))
KEPT, GONE = "{n} rows had no value in the condition; they are kept.", "{n} rows had no value in the condition; they are removed."
OPEN = "a value is missing in: amount is more than 100"
CASES = {  # parameters, kept rows, reasons, noted
    "keep": ({}, [3], ["not (amount is more than 100)", OPEN], {GONE: 1}),
    "keep, missing matches": ({"missing_rows": "match"}, [3, 4], ["not (amount is more than 100)"], {KEPT: 1}),
    "remove": ({"action": "remove"}, [2, 4], ["amount is more than 100"], {KEPT: 1}),
    "remove, missing matches": ({"action": "remove", "missing_rows": "match"}, [2], ["amount is more than 100", OPEN], {GONE: 1}),
}


@pytest.mark.parametrize(("given", "kept", "reasons", "noted"), CASES.values(), ids=CASES)
def test_filters(given, kept, reasons, noted):
    step = Filter(condition=MORE, **given)
    made = step.apply(DF, step.fit(DF))
    assert made.table.index.tolist() == kept
    assert made.removed["reason"].tolist() == reasons
    assert made.noted == noted


def test_every_row_kept_is_the_same_table():
    step = Filter(condition=Group(tests=(Test(column="amount", op="not_missing"),)))
    df = DF[:2]
    assert step.apply(df, step.fit(df)) is df


def test_counts_from_the_day_of_the_run_unless_it_has_its_own():
    last = Group(tests=(Test(column="day", op="in_last", n=7, unit="days"),))
    run = Filter(condition=last).for_day(date(2024, 2, 7))
    assert run.apply(DF, {}).table.index.tolist() == [3]
    own = Filter(condition=last, as_of=date(2024, 3, 1)).for_day(date(2024, 2, 7))
    assert own.apply(DF, {}).table.index.tolist() == [2]
    assert own.describe() == "Keep rows where day is in the last 7 days, as of 2024-03-01"
    with pytest.raises(StepError) as caught:
        Filter(condition=last).apply(DF, {})
    assert str(caught.value) == 'Column "day": "is in the last" needs the day to count from. Fill in "As of".'


def test_refuses_a_condition_that_asks_nothing():
    with pytest.raises(ValidationError) as caught:
        Filter(condition=Group(tests=(Group(),)))
    assert "there is no condition yet" in str(caught.value)


def test_names_the_columns_it_needs():
    assert Filter(condition=MORE).needs() == ["amount"]
