"""Read dates as people write them."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.base import Columns, StepError
from steps.parse_date import ParseDate
from tests.steps.strategies import table

X = Columns(names=("x",))
D = date(2024, 1, 31)
DMY = {"order": "dmy"}
CASES = {  # parameters, text, value, reason
    "day first": (DMY, "31/01/2024", D, None),
    "points": (DMY, "31.1.2024", D, None),
    "month first": ({"order": "mdy"}, "01/31/2024", D, None),
    "order chosen for an ambiguous one": (DMY, "03/04/2024", date(2024, 4, 3), None),
    "the other order": ({"order": "mdy"}, "03/04/2024", date(2024, 3, 4), None),
    "year first, short": ({"order": "ymd"}, "24-01-31", D, None),
    "proved by itself": ({}, "31/01/2024", D, None),
    "same day and month": ({}, "05/05/2024", date(2024, 5, 5), None),
    "iso": ({}, "2024-01-31", D, None),
    "packed": ({}, "20240131", D, None),
    "31 February": (DMY, "31/02/2024", None, "is a day or time that does not exist"),
    "29 February": (DMY, "29/02/2023", None, "is a day or time that does not exist"),
    "two-digit year 68": (DMY, "31.01.68", date(2068, 1, 31), None),
    "two-digit year 69": (DMY, "31.01.69", date(1969, 1, 31), None),
    "own pivot": ({**DMY, "pivot": 30}, "31.01.31", date(1931, 1, 31), None),
    "English": ({}, "January 31st, 2024", D, None),
    "short English": ({}, "31-Jan-24", D, None),
    "German": ({}, "31. März 2024", date(2024, 3, 31), None),
    "French": ({}, "31 août 2024", date(2024, 8, 31), None),
    "Spanish": ({}, "31 de enero de 2024", D, None),
    "Italian": ({}, "31 gennaio 2024", D, None),
    "Polish": ({}, "31 grudnia 2024", date(2024, 12, 31), None),
    "weekday before": ({}, "Wed, 31 Jan 2024", D, None),
    "no month": ({}, "31 Foo 2024", None, "is not a date written in a known way"),
    "blank": ({}, " ", None, None),
    "day number, off": ({}, "45322", None, "looks like a day number of Excel; choose to read these"),
    "day number from 1900": ({"excel_serial": "1900"}, "45322", D, None),
    "day number from 1904": ({"excel_serial": "1904"}, "43860", D, None),
    "29 February 1900": ({"excel_serial": "1900"}, "60", None, "is a day or time that does not exist"),
    "1 March 1900": ({"excel_serial": "1900"}, "61", date(1900, 3, 1), None),
    "own format": ({"formats": ("%Y/%d/%m",)}, "2024/31/01", D, None),
    "own format, two-digit year": ({"formats": ("%d.%m.%y",), "pivot": 30}, "31.01.31", date(1931, 1, 31), None),
    "own format, no such day": ({"formats": ("%d.%m.%y",), "pivot": 0}, "29.02.04", date(1904, 2, 29), None),
    "own format, a sign of percent": ({"formats": ("%%y %d.%m.%Y",)}, "%y 31.01.2024", D, None),
    "time": (DMY, "31/01/2024 14:30", datetime(2024, 1, 31, 14, 30), None),
    "half day": ({"order": "mdy"}, "1/31/2024 2:30 PM", datetime(2024, 1, 31, 14, 30), None),
    "noon": (DMY, "31/01/2024 12:00 am", datetime(2024, 1, 31), None),
    "time into date": ({"output": "date"}, "2024-01-31 14:30", None, "has a time of day"),
    "date with time asked": ({"output": "datetime"}, "2024-01-31", datetime(2024, 1, 31), None),
    "offset": ({}, "2024-01-31T14:30+02:00", datetime(2024, 1, 31, 12, 30, tzinfo=UTC), None),
    "assumed zone": (
        {"timezone": "assume", "zone": "Europe/Berlin"}, "2024-01-31 14:30", datetime(2024, 1, 31, 13, 30, tzinfo=UTC), None,
    ),
    "no such time": (
        {"timezone": "assume", "zone": "Europe/Berlin"}, "2024-10-27 02:30", None,
        "is not one moment in Europe/Berlin: the clock was put forward or back",
    ),
    "convert needs an offset": ({"timezone": "convert", "zone": "Europe/Berlin"}, "2024-01-31 14:30", None, "has no offset to UTC"),
}  # fmt: skip
REFUSED = {
    "nothing tells": (["03/04/2024"], 'Column "x": "03/04/2024" may be day first or month first, and no value tells. Choose the order'),
    "they disagree": (["31/01/2024", "01/31/2024"], '"31/01/2024" is day first, "01/31/2024" is month first. Choose the order'),
}


def run(step, df):
    return step.apply(df, step.fit(df))


def values(series):
    return pa.chunked_array(series).to_pylist()


@pytest.mark.parametrize(("given", "text", "expected", "reason"), CASES.values(), ids=CASES)
def test_reads(given, text, expected, reason):
    made = run(ParseDate(columns=X, **given), table({"x": (pa.large_string(), [text])}))
    assert values(made["x"]) == [expected]
    assert isinstance(values(made["x"])[0], datetime) == isinstance(expected, datetime)
    assert made.rejected["reason"].tolist() == ([reason] if reason else [])


@pytest.mark.parametrize(("texts", "message"), REFUSED.values(), ids=REFUSED)
def test_never_guesses(texts, message):
    with pytest.raises(StepError) as caught:
        run(ParseDate(columns=X), table({"x": (pa.large_string(), texts)}))
    assert message in str(caught.value)


def test_one_value_proves_the_order_of_all():
    made = run(ParseDate(columns=X), table({"x": (pa.large_string(), ["03/04/2024", "31/01/2024"])}))
    assert values(made["x"]) == [date(2024, 4, 3), D]
    assert made.noted == {'The values of "x" prove the order day, month, year.': 1}


def test_a_column_tells_the_order():
    df = table({"x": (pa.large_string(), ["03/04/2024"] * 3), "land": (pa.large_string(), ["US", "DE ", "?"])})
    step = ParseDate(columns=X, order_by_column="land", order_of=[{"value": "US", "order": "mdy"}, {"value": "DE", "order": "dmy"}])
    made = run(step, df)
    assert values(made["x"]) == [date(2024, 3, 4), date(2024, 4, 3), None]
    assert made.rejected["reason"].tolist() == ["may be day first or month first"]


def test_refuses_a_zone_nobody_knows():
    with pytest.raises(ValidationError) as caught:
        ParseDate(columns=X, zone="Mars/Base")
    assert '"Mars/Base" is no time zone. Write it like Europe/Berlin' in str(caught.value)


@given(st.integers(0, 36500), st.sampled_from(["/", ".", "-"]))
def test_a_written_day_comes_back(days, mark):
    day = date(1950, 1, 1) + timedelta(days=days)
    df = table({"x": (pa.large_string(), [f"{day.day}{mark}{day.month}{mark}{day.year}", f"{day:%d{mark}%m{mark}%Y}"])})
    assert values(run(ParseDate(columns=X, order="dmy"), df)["x"]) == [day, day]
