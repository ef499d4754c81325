"""Parts of dates, dates as text, days between, beginnings of periods, and dates moved."""

from collections.abc import Callable
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, JsonValue, model_validator

from steps.arrow import arrow, column, per_unique
from steps.base import ColumnName, Outcome, Step, StepError, rejects, require_kind
from steps.new_columns import listed, replaced, replacing, require_free

PARTS: dict[str, JsonValue] = {
    "year": "Year", "quarter": "Quarter", "month": "Month", "month_name": "Month's name", "week": "Week (ISO)",
    "week_year": "Year of the week (ISO)",
    "day": "Day of the month", "day_of_year": "Day of the year", "weekday": "Weekday, Monday is 1", "weekday_name": "Weekday's name",
    "hour": "Hour", "minute": "Minute", "date": "Date without time",
}  # fmt: skip
UNITS: dict[str, JsonValue] = {
    "days": "Days", "business_days": "Business days", "weeks": "Weeks", "months": "Months", "quarters": "Quarters", "years": "Years",
}  # fmt: skip
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class Dates(Step):
    """A new column worked out from a date column, or the column replaced if ``into`` is its name.

    Parts are int64, names and formatted dates text. A difference counts whole units from the date to the other column or
    ``as_of``, int64, negative if that is earlier; business days are Monday to Friday without ``holidays``, the first day
    not counted. Truncated and moved dates keep their type; a month too short gives its last day. Missing stays missing;
    results outside the years 1 to 9999 are listed. Times with a zone are taken in their zone's clock.

    Raises StepError if a column is absent or holds no dates, or ``into`` is another column of the table.
    """

    name = "dates"
    label = "Parts of a date, date calculation"
    help = "Month, weekday, days between, end of month."
    group = "Dates"
    words = ("year", "month", "quarter", "week", "weekday", "age", "days between", "datedif", "eomonth", "edate", "networkdays")

    column: ColumnName = Field(title="Date column", description="The dates to work with.")
    action: Literal["part", "format", "difference", "truncate", "shift"] = Field(
        "part",
        title="What to do",
        description="What is worked out.",
        json_schema_extra={
            "labels": {
                "part": "Take a part", "format": "Write as text", "difference": "Count the time between",
                "truncate": "Start or end of the period", "shift": "Move",
            }
        },
    )  # fmt: skip
    into: str = Field("result", min_length=1, title="New column", description="The date column's own name replaces it.")
    part: Literal[
        "year", "quarter", "month", "month_name", "week", "week_year", "day", "day_of_year", "weekday", "weekday_name", "hour", "minute",
        "date",
    ] = Field(
        "month", title="Part", description="What of the date.", json_schema_extra={"labels": PARTS, "when": {"action": ["part"]}}
    )  # fmt: skip
    format: str = Field(
        "%Y-%m", min_length=1, title="Written like", description="%Y year, %m month, %d day, %H hour, %M minute, %B month's name.",
        json_schema_extra={"when": {"action": ["format"]}},
    )  # fmt: skip
    unit: Literal["days", "business_days", "weeks", "months", "quarters", "years"] = Field(
        "days", title="Unit", description="Whole units are counted; an age is in years.",
        json_schema_extra={"labels": UNITS, "when": {"action": ["difference", "truncate", "shift"]}},
    )  # fmt: skip
    amount: int = Field(
        1, ge=-100_000, le=100_000, title="By how many", description="Negative: back.", json_schema_extra={"when": {"action": ["shift"]}}
    )
    edge: Literal["start", "end"] = Field(
        "start", title="Of the period", description="Weeks begin on Monday.",
        json_schema_extra={"labels": {"start": "First day", "end": "Last day"}, "when": {"action": ["truncate"]}},
    )  # fmt: skip
    other: ColumnName | None = Field(
        None, title="Until", description="A date column; none: the day below.", json_schema_extra={"when": {"action": ["difference"]}}
    )
    as_of: date | None = Field(
        None, title="Until the day", description="Empty: the day of the run.", json_schema_extra={"when": {"action": ["difference"]}}
    )
    holidays: tuple[date, ...] = Field((), title="Holidays", description="Not counted as business days.", json_schema_extra={"more": True})
    overwrite: bool = replacing()

    @model_validator(mode="after")
    def _fits(self) -> "Dates":
        """Refuse units that an action does not have."""
        if self.action == "truncate" and self.unit in ("business_days",):
            raise ValueError("a business day has no start or end. Choose another unit")
        return self

    def for_day(self, day: date | None) -> "Dates":
        """With the day of the run, if it counts until today."""
        counts = self.action == "difference" and self.other is None and self.as_of is None
        return self.model_copy(update={"as_of": day}) if counts else self

    def apply(self, df: pd.DataFrame, fitted: None) -> Outcome:
        """The table with the new column, and dates whose result is no date of the calendar."""
        require_kind(df, self.column, "date")
        if self.into != self.column:
            require_free(df, [self.into], self.overwrite, "Choose another name for the result.")
        values = arrow(df[self.column])
        zone = values.type.tz if pa.types.is_timestamp(values.type) else None
        local = pc.local_timestamp(values) if zone else values
        made = self._made(df, local, values)
        if zone and self.action in ("truncate", "shift"):
            made = pc.assume_timezone(made, zone, ambiguous="earliest", nonexistent="latest")
        lost = self._lost(df, values, made)
        lines = [rejects(df, self.column, lost, "gives no date between the years 1 and 9999")] if lost.any() else []
        table = df.assign(**{self.into: column(made, df)})
        lines += replaced(df, table, [self.into]) if self.into != self.column else []
        return Outcome(table, rejected=listed(lines))

    @property
    def rowwise(self) -> bool:
        """Each date is taken by itself."""
        return True

    def describe(self) -> str:
        """What is worked out, in words."""
        until = self.other or (f"{self.as_of}" if self.as_of else "today")
        return {
            "part": f"Take the {str(PARTS[self.part]).lower()} of {self.column} into {self.into}",
            "format": f"Write {self.column} like {self.format} into {self.into}",
            "difference": f"Count the {str(UNITS[self.unit]).lower()} from {self.column} to {until} into {self.into}",
            "truncate": f"Take the {self.edge} of the {self.unit.removesuffix('s')} of {self.column} into {self.into}",
            "shift": f"Move {self.column} by {self.amount} {str(UNITS[self.unit]).lower()} into {self.into}",
        }[self.action]

    def _lost(self, df: pd.DataFrame, values: pa.ChunkedArray, made: pa.ChunkedArray) -> np.ndarray:
        lost = made.is_null().to_numpy() & values.is_valid().to_numpy()
        if self.action == "difference" and self.other is not None:
            lost &= arrow(df[self.other]).is_valid().to_numpy()
        return lost

    def _made(self, df: pd.DataFrame, local: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.ChunkedArray:
        if self.action == "part":
            return _whole(self._part(local))
        if self.action == "format":
            return pa.chunked_array([per_unique(local, self._written, pa.large_string())])
        days = _days(local)
        if self.action == "difference":
            return self._difference(df, days, local)
        moved = _by_day(days, self._truncated if self.action == "truncate" else self._shifted)
        return _with_time(moved, local, days, keep=self.action == "shift")

    def _written(self, moment: date | None) -> str | None:
        """The date as text; the year apart, which strftime writes without its zeros on some systems."""
        return None if moment is None else f"{moment.year:04d}".join(moment.strftime(p) for p in self.format.split("%Y"))

    def _part(self, local: pa.ChunkedArray) -> pa.ChunkedArray:
        stamps = local.cast(pa.timestamp("us")) if pa.types.is_date(local.type) and self.part in ("hour", "minute", "date") else local
        if self.part == "date":
            return pc.floor_temporal(stamps, unit="day").cast(pa.date32())
        if self.part == "month_name":
            return pa.chunked_array([pa.array(MONTHS, pa.large_string()).take(pc.subtract(pc.month(stamps), 1).combine_chunks())])
        if self.part == "weekday_name":
            return pa.chunked_array([pa.array(WEEKDAYS, pa.large_string()).take(pc.day_of_week(stamps).combine_chunks())])
        if self.part == "weekday":
            return pc.add(pc.day_of_week(stamps), 1)
        kernels = {
            "year": pc.year, "quarter": pc.quarter, "month": pc.month, "week": pc.iso_week, "week_year": pc.iso_year, "day": pc.day,
            "day_of_year": pc.day_of_year, "hour": pc.hour, "minute": pc.minute,
        }  # fmt: skip
        return kernels[self.part](stamps)

    def _difference(self, df: pd.DataFrame, days: np.ndarray, local: pa.ChunkedArray) -> pa.ChunkedArray:
        """Whole units between the days (times of day do not count)."""
        if self.other is not None:
            require_kind(df, self.other, "date")
            far = arrow(df[self.other])
            until = _days(pc.local_timestamp(far) if pa.types.is_timestamp(far.type) and far.type.tz else far)
        elif self.as_of is None:
            raise StepError("counts until a day, but none is given", column=self.column, remedy="Give the day, or a column.")
        else:
            until = np.full(len(days), np.datetime64(self.as_of, "D"))
        gap = np.isnat(days) | np.isnat(until)
        a, b = np.where(gap, np.datetime64(0, "D"), days), np.where(gap, np.datetime64(0, "D"), until)
        if self.unit in ("days", "weeks"):
            count = (b - a).astype("int64")
            count = np.sign(count) * (np.abs(count) // (7 if self.unit == "weeks" else 1))
        elif self.unit == "business_days":
            count = np.busday_count(a + 1, b + 1, holidays=list(self.holidays))
        else:
            count = _months_between(a, b)
            size = {"months": 1, "quarters": 3, "years": 12}[self.unit]
            count = np.sign(count) * (np.abs(count) // size)
        return pa.chunked_array([pa.array(count.astype("int64"), pa.int64(), mask=gap)])

    def _truncated(self, days: np.ndarray) -> np.ndarray:
        step = 1 if self.edge == "end" else 0
        if self.unit == "days":
            return days
        if self.unit == "weeks":
            monday = days - ((days.astype("int64") + 3) % 7).astype("timedelta64[D]")  # day 0 of 1970 was a Thursday
            return np.where(np.isnat(days), days, monday + 6 * step)
        size = {"months": 1, "quarters": 3, "years": 12}[self.unit]
        months = days.astype("datetime64[M]")
        first = np.where(np.isnat(months), 0, months.astype("int64")) // size * size + size * step
        made = first.astype("datetime64[M]").astype("datetime64[D]") - step
        return np.where(np.isnat(days), np.datetime64("NaT"), made)

    def _shifted(self, days: np.ndarray) -> np.ndarray:
        gap = np.isnat(days)
        known = np.where(gap, np.datetime64(0, "D"), days)
        if self.unit == "business_days":
            made = np.busday_offset(known, self.amount, roll="backward" if self.amount >= 0 else "forward", holidays=list(self.holidays))
        elif self.unit in ("days", "weeks"):
            made = known + self.amount * (7 if self.unit == "weeks" else 1)
        else:
            made = _plus_months(known, self.amount * {"months": 1, "quarters": 3, "years": 12}[self.unit])
        return np.where(gap, np.datetime64("NaT"), made)


def _whole(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return values.cast(pa.int64()) if pa.types.is_integer(values.type) else values


def _days(values: pa.ChunkedArray) -> np.ndarray:
    """Dates as NumPy days, NaT where missing."""
    return values.to_numpy().astype("datetime64[D]")


def _by_day(days: np.ndarray, function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """A function of days; worked out once for each day there is between the first and the last, if these are fewer."""
    gap = np.isnat(days)
    if gap.all():
        return function(days)
    number = days.astype("int64")
    first, last = number.min(where=~gap, initial=2**62), number.max(where=~gap, initial=-(2**62))
    if last - first >= len(days):
        return function(days)
    made = np.append(function(np.arange(first, last + 1).astype("datetime64[D]")), np.datetime64("NaT"))
    return made[np.where(gap, len(made) - 1, number - first)]


def _plus_months(days: np.ndarray, months: int) -> np.ndarray:
    """The same day some months on, or the last one of a shorter month."""
    start = days.astype("datetime64[M]")
    day = (days - start.astype("datetime64[D]")).astype("int64")
    last = ((start + months + 1).astype("datetime64[D]") - 1 - (start + months).astype("datetime64[D]")).astype("int64")
    return (start + months).astype("datetime64[D]") + np.minimum(day, last)


def _months_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whole months from one day to another, as ages are counted: a month is full on the same day of the month."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    ml, mh = low.astype("datetime64[M]"), high.astype("datetime64[M]")
    count = (mh - ml).astype("int64")
    early = (high - mh.astype("datetime64[D]")) < (low - ml.astype("datetime64[D]"))
    return np.where(b < a, -1, 1) * (count - early)


def _with_time(moved: np.ndarray, local: pa.ChunkedArray, days: np.ndarray, keep: bool) -> pa.ChunkedArray:
    """The days in the type of the column, missing outside the calendar; with their time of day if it is kept."""
    with np.errstate(invalid="ignore"):
        good = (moved >= np.datetime64("0001-01-01")) & (moved <= np.datetime64("9999-12-31"))
    made = pa.array(np.where(good, moved, np.datetime64("NaT")).astype("datetime64[D]"), pa.date32())
    if pa.types.is_date(local.type):
        return pa.chunked_array([made])
    stamps = made.cast(pa.timestamp("us"))
    if not keep:
        return pa.chunked_array([stamps])
    time = pc.subtract(local.combine_chunks(), pc.floor_temporal(local.combine_chunks(), unit="day"))
    return pa.chunked_array([pc.add(stamps, time)])
