"""The functions of dates, by the calendar; what lies outside the years 1 to 9999 is missing and listed."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from steps.expressions.spans import relative_span
from steps.expressions.types import Notes, Values, as_day, as_wall

FIRST, LAST = -719162, 2932896  # 0001-01-01 and 9999-12-31 in days since 1970
OUTSIDE = "is not a date between the years 1 and 9999"
DAY_LONG = 86_400_000_000


def days_of(values: pa.Array) -> pa.Array:
    """Dates as days since 1970."""
    return as_day(values).cast(pa.int32()).cast(pa.int64())


def from_days(days: pa.Array, shown: pa.Array, notes: Notes) -> pa.Array:
    """Days since 1970 as dates."""
    bad = notes.fail(pc.or_(pc.less(days, FIRST), pc.greater(days, LAST)), OUTSIDE, shown)
    return pc.if_else(bad, pa.scalar(None, pa.int64()), days).cast(pa.int32()).cast(pa.date32())


def shifted(values: Values, days: pa.Array, notes: Notes) -> pa.Array:
    """Dates or moments some days later."""
    near = pc.if_else(pc.less_equal(pc.abs_checked(pc.max_element_wise(days, -4_000_000, skip_nulls=False)), 4_000_000), days, 4_000_000)
    if values.kind == "date":
        return from_days(pc.add(days_of(values.data), near), values.data, notes)
    wall = as_wall(values.data)
    day = from_days(pc.add(days_of(values.data), near), values.data, notes)
    time = pc.subtract(wall.cast(pa.int64()), pc.multiply(days_of(values.data), DAY_LONG))
    return pc.add(pc.multiply(day.cast(pa.int32()).cast(pa.int64()), DAY_LONG), time).cast(pa.timestamp("us"))


def between(a: Values, b: Values) -> pa.Array:
    """Days from b to a: whole ones between dates, with their fraction between moments."""
    if a.kind == b.kind == "date":
        return pc.subtract(days_of(a.data), days_of(b.data))
    x, y = (as_wall(v.data).cast(pa.int64()) for v in (a, b))
    return pc.divide(pc.subtract(x, y).cast(pa.float64(), safe=False), float(DAY_LONG))


def days(notes: Notes, end: Values, start: Values) -> pa.Array:
    """Whole days from the second date to the first."""
    return pc.subtract(days_of(end.data), days_of(start.data))


def made_date(notes: Notes, year: Values, month: Values, day: Values) -> pa.Array:
    """The date; month 13 is January of the next year, day 0 the last of the month before."""
    y, m, d = year.data, month.data, day.data
    near = [pc.less_equal(pc.abs(pc.max_element_wise(v, -(10**7), skip_nulls=False)), 10**7) for v in (y, m, d)]
    bad = notes.fail(pc.invert(pc.and_(pc.and_(*near[:2]), near[2])), OUTSIDE, y)
    months = pc.add(pc.multiply(pc.if_else(bad, 0, y), 12), pc.subtract(pc.if_else(bad, 1, m), 1))
    made = pc.add(_first_of(months), pc.subtract(pc.if_else(bad, 1, d), 1))
    return from_days(pc.if_else(bad, pa.scalar(None, pa.int64()), made), y, notes)


def _first_of(months: pa.Array) -> pa.Array:
    """The first days of months since the year 0, as days since 1970."""
    known = np.clip(pc.fill_null(months, 23640).to_numpy(), -(10**7), 10**7) - 23640
    found = known.astype("datetime64[M]").astype("datetime64[D]").astype("int64")
    return pa.array(found, mask=months.is_null().to_numpy(zero_copy_only=False))


def _months_of(values: pa.Array) -> pa.Array:
    day = as_day(values)
    return pc.add(pc.multiply(pc.year(day), 12), pc.subtract(pc.month(day), 1))


def _later(values: Values, months: Values) -> pa.Array:
    n = pc.max_element_wise(pc.min_element_wise(months.data, 10**6, skip_nulls=False), -(10**6), skip_nulls=False)
    return pc.add(_months_of(values.data), n)


def end_of_month(notes: Notes, date: Values, months: Values) -> pa.Array:
    """The last day of the month some months later."""
    return from_days(pc.subtract(_first_of(pc.add(_later(date, months), 1)), 1), date.data, notes)


def later_months(notes: Notes, date: Values, months: Values) -> pa.Array:
    """The same day some months later, or the last of that month."""
    then = _later(date, months)
    last = pc.subtract(_first_of(pc.add(then, 1)), 1)
    same = pc.add(_first_of(then), pc.subtract(pc.day(as_day(date.data)), 1))
    return from_days(pc.min_element_wise(same, last, skip_nulls=False), date.data, notes)


def difference(notes: Notes, start: Values, end: Values, unit: Values) -> pa.Array:
    """Full years, months or days from the first date to the second."""
    first, last = as_day(start.data), as_day(end.data)
    back = notes.fail(pc.greater(first, last), "the start is after the end", first)
    last = pc.if_else(back, pa.scalar(None, pa.date32()), last)
    if str(unit.one).upper() == "D":
        return pc.subtract(days_of(last), days_of(first))
    months = pc.subtract(_months_of(last), _months_of(first))
    short = pc.if_else(pc.less(pc.day(last), pc.day(first)), 1, 0)
    full = pc.subtract(months, short)
    return full if str(unit.one).upper() == "M" else pc.divide(full, 12)


def weekday(notes: Notes, date: Values, kind: Values | None = None) -> pa.Array:
    """The day of the week from 1 on, Sunday first, or Monday first with kind 2."""
    start = 1 if kind is not None and kind.one == 2 else 7
    return pc.day_of_week(as_day(date.data), count_from_zero=False, week_start=start)


def part(kernel: Callable[..., pa.Array]) -> Callable[..., pa.Array]:
    """A function that takes a part out of a date or moment."""
    timed = kernel in (pc.hour, pc.minute)
    return lambda notes, a: kernel(a.data if a.kind == "date" and not timed else as_wall(a.data)).cast(pa.int64())


def today(notes: Notes) -> pa.Array:
    """The day of the run."""
    return pa.array([notes.as_of], pa.date32())


def just_day(notes: Notes, a: Values) -> pa.Array:
    """The date of a moment."""
    return as_day(a.data)


UNITS = {f"{unit}{end}": f"{unit}s" for unit in ("day", "week", "month", "quarter", "year") for end in ("", "s")}


def relative(op: str) -> Callable[..., pa.Array]:
    """Whether a date lies in a span that is counted from the day of the run."""

    def inside(notes: Notes, a: Values, *given: Values) -> pa.Array:
        unit, n = UNITS[str(given[-1].one).lower()] if len(a.data) else "days", given[0].one if len(given) > 1 else 1
        assert notes.as_of is not None
        span = relative_span(op, int(str(n)) if len(a.data) else 1, unit, notes.as_of)
        wall = as_wall(a.data).cast(pa.int64())
        return pc.and_(pc.greater_equal(wall, span.start), pc.less(wall, span.end))

    return inside
