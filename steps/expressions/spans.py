"""Spans of time: what a date, a moment or "the last 7 days" covers, as microseconds on the wall clock or in UTC."""

import calendar
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from steps.base import StepError
from steps.values import DAY, read_day, read_moment

DAY_LONG = 86_400_000_000
EPOCH = date(1970, 1, 1)


class Span(NamedTuple):
    """From ``start`` up to but not including ``end``, in microseconds since 1970: numbers, or a column of them."""

    start: int | pa.ChunkedArray
    end: int | pa.ChunkedArray


def wall_clock(values: pa.ChunkedArray, local: bool = True) -> pa.ChunkedArray:
    """Dates and timestamps as microseconds since 1970; those with a zone on its wall clock, or in UTC if not ``local``."""
    if pa.types.is_date(values.type):
        return pc.multiply(values.cast(pa.int32()).cast(pa.int64()), DAY_LONG)
    if values.type.tz is not None and local:
        values = pc.local_timestamp(values)
    return values.cast(pa.int64())


def spans_of(values: pa.ChunkedArray, local: bool) -> Span:
    """What each value of a column covers: a date its day, a timestamp its microsecond."""
    start = wall_clock(values, local)
    return Span(start, pc.add(start, DAY_LONG if pa.types.is_date(values.type) else 1))


def days(first: date, last: date) -> Span:
    """From the first day to the last, both included."""
    return Span((first - EPOCH).days * DAY_LONG, ((last - EPOCH).days + 1) * DAY_LONG)


def given_span(text: str, of: pa.DataType, column: str) -> tuple[Span, bool]:
    """What a date written by a person covers, and whether it is meant on the wall clock of the column's zone.

    Raises StepError if the text is no date, or if the column holds no times but one is given.
    """
    try:
        if pa.types.is_date(of) or DAY.fullmatch(text):
            day = read_day(text)
            return days(day, day), True
        moment = read_moment(text, of.tz if text.endswith("Z") or "+" in text or "-" in text[10:] else None)
    except ValueError as error:
        raise StepError(f"holds {'dates' if pa.types.is_date(of) else 'dates with times'}; {error}", column=column) from error
    aware = moment.tzinfo is not None
    since = moment - (datetime.fromisoformat("1970-01-01T00:00:00+00:00") if aware else datetime(1970, 1, 1))
    start = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return Span(start, start + 1), not aware


def relative_span(op: str, n: int, unit: str, as_of: date) -> Span:
    """The last or next ``n`` units with the day itself counted, or the calendar period it lies in or the one before."""
    if op == "in_last":
        return days(later(as_of, -n, unit) + timedelta(1), as_of)
    if op == "in_next":
        return days(as_of, later(as_of, n, unit) - timedelta(1))
    first = period_start(as_of, unit)
    if op == "previous_period":
        first = later(first, -1, unit)
    return days(first, later(first, 1, unit) - timedelta(1))


def later(day: date, n: int, unit: str) -> date:
    """The day ``n`` units later, the last of the month if there is no such day; the calendar's end if there is no such year."""
    try:
        if unit in ("days", "weeks"):
            return day + timedelta(n * (7 if unit == "weeks" else 1))
        months = day.year * 12 + day.month - 1 + n * {"months": 1, "quarters": 3, "years": 12}[unit]
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError):
        return date.max - timedelta(1) if n > 0 else date.min


def period_start(day: date, unit: str) -> date:
    """The first day of the day's week (Monday), month, quarter or year."""
    if unit == "days":
        return day
    if unit == "weeks":
        return day - timedelta(day.weekday())
    return date(day.year, {"months": day.month, "quarters": (day.month - 1) // 3 * 3 + 1, "years": 1}[unit], 1)
