"""Parts of dates and date calculation."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steps.base import StepError
from steps.dates import Dates
from tests.steps.strategies import table

D = date
CASES = {  # parameters, date, result
    "year": ({"part": "year"}, D(2024, 2, 29), 2024),
    "quarter": ({"part": "quarter"}, D(2024, 4, 1), 2),
    "month": ({}, D(2024, 2, 29), 2),
    "month's name": ({"part": "month_name"}, D(2024, 2, 29), "February"),
    "iso week of the year before": ({"part": "week"}, D(2021, 1, 1), 53),
    "iso year of that week": ({"part": "week_year"}, D(2021, 1, 1), 2020),
    "day of the year": ({"part": "day_of_year"}, D(2024, 12, 31), 366),
    "Thursday": ({"part": "weekday"}, D(2024, 2, 29), 4),
    "Thursday's name": ({"part": "weekday_name"}, D(2024, 2, 29), "Thursday"),
    "hour of a date": ({"part": "hour"}, D(2024, 2, 29), 0),
    "missing": ({}, None, None),
    "missing week": ({"part": "week"}, None, None),
    "format": ({"action": "format", "format": "%d.%m.%Y"}, D(2024, 2, 29), "29.02.2024"),
    "format of an early year": ({"action": "format", "format": "%Y"}, D(800, 1, 1), "0800"),
    "days until": ({"action": "difference", "as_of": D(2024, 3, 1)}, D(2024, 2, 28), 2),
    "days back": ({"action": "difference", "as_of": D(2024, 2, 28)}, D(2024, 3, 1), -2),
    "age on the day before": ({"action": "difference", "unit": "years", "as_of": D(2024, 5, 16)}, D(2000, 5, 17), 23),
    "age on the birthday": ({"action": "difference", "unit": "years", "as_of": D(2024, 5, 17)}, D(2000, 5, 17), 24),
    "months": ({"action": "difference", "unit": "months", "as_of": D(2024, 3, 30)}, D(2024, 1, 31), 1),
    "business days over a weekend": ({"action": "difference", "unit": "business_days", "as_of": D(2024, 3, 4)}, D(2024, 3, 1), 1),
    "business days with a holiday": (
        {"action": "difference", "unit": "business_days", "as_of": D(2024, 3, 5), "holidays": (D(2024, 3, 4),)}, D(2024, 3, 1), 1,
    ),
    "start of month": ({"action": "truncate", "unit": "months"}, D(2024, 2, 29), D(2024, 2, 1)),
    "end of month": ({"action": "truncate", "unit": "months", "edge": "end"}, D(2024, 2, 3), D(2024, 2, 29)),
    "end of quarter": ({"action": "truncate", "unit": "quarters", "edge": "end"}, D(2024, 2, 3), D(2024, 3, 31)),
    "start of week": ({"action": "truncate", "unit": "weeks"}, D(2024, 3, 3), D(2024, 2, 26)),
    "start of week before 1970": ({"action": "truncate", "unit": "weeks"}, D(1969, 12, 28), D(1969, 12, 22)),
    "end of year": ({"action": "truncate", "unit": "years", "edge": "end"}, D(1960, 2, 3), D(1960, 12, 31)),
    "a month on, shorter": ({"action": "shift", "unit": "months"}, D(2024, 1, 31), D(2024, 2, 29)),
    "a year on from 29 February": ({"action": "shift", "unit": "years"}, D(2024, 2, 29), D(2025, 2, 28)),
    "back": ({"action": "shift", "amount": -2, "unit": "weeks"}, D(2024, 3, 1), D(2024, 2, 16)),
    "three business days on": ({"action": "shift", "amount": 3, "unit": "business_days"}, D(2024, 3, 1), D(2024, 3, 6)),
}  # fmt: skip


def run(step, df):
    return step.apply(df, step.fit(df))


def values(series):
    return pa.chunked_array(series).to_pylist()


@pytest.mark.parametrize(("given", "day", "expected"), CASES.values(), ids=CASES)
def test_works_out(given, day, expected):
    made = run(Dates(column="d", **given), table({"d": (pa.date32(), [day])}))
    assert values(made["result"]) == [expected]
    assert values(made["d"]) == [day]
    assert len(made.rejected) == 0


def test_time_of_day_stays_when_moved_and_goes_when_cut():
    df = table({"d": (pa.timestamp("us"), [datetime(2024, 1, 31, 14, 30)])})
    assert values(run(Dates(column="d", action="shift", unit="months"), df)["result"]) == [datetime(2024, 2, 29, 14, 30)]
    assert values(run(Dates(column="d", action="truncate", unit="days"), df)["result"]) == [datetime(2024, 1, 31)]


def test_takes_the_clock_of_the_zone():
    df = table({"d": (pa.timestamp("us", "Europe/Berlin"), [datetime(2024, 2, 29, 23, 30, tzinfo=UTC)])})
    assert values(run(Dates(column="d", part="day"), df)["result"]) == [1]


def test_lists_what_leaves_the_calendar_and_replaces_the_column():
    made = run(Dates(column="d", action="shift", into="d"), table({"d": (pa.date32(), [D(9999, 12, 31), D(2024, 1, 1)])}))
    assert values(made["d"]) == [None, D(2024, 1, 2)]
    assert made.rejected["reason"].tolist() == ["gives no date between the years 1 and 9999"]


def test_between_two_columns_and_until_the_day_of_the_run():
    df = table({"a": (pa.date32(), [D(2024, 1, 1), None]), "b": (pa.date32(), [D(2024, 1, 31), D(2024, 1, 31)])})
    made = run(Dates(column="a", action="difference", other="b"), df)
    assert values(made["result"]) == [30, None]
    assert len(made.rejected) == 0
    assert values(run(Dates(column="a", action="difference").for_day(D(2024, 1, 3)), df)["result"]) == [2, None]


def test_refuses():
    with pytest.raises(StepError) as caught:
        run(Dates(column="x"), table({"x": (pa.large_string(), ["2024-01-01"])}))
    assert str(caught.value) == 'Column "x": holds text, not dates. Make it a date first with Change column types.'


@given(st.dates(), st.integers(-100, 100))
def test_moved_days_are_the_difference(day, amount):
    until = date.fromordinal(min(max(day.toordinal() + amount, 1), date.max.toordinal()))
    made = run(Dates(column="d", action="difference", as_of=until), table({"d": (pa.date32(), [day])}))
    assert values(made["result"]) == [(until - day) // timedelta(days=1)]
