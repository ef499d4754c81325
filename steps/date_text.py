"""One date as people write it: order of day and month, month names, two-digit years, times and offsets."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from steps.arrow import SPACES

Order = Literal["dmy", "mdy", "ymd"]
# English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Swedish and Danish; longer forms by their beginnings
_MONTHS = (
    "jan ene gen sty januari janvier", "feb fév fev lut fevrier février", "mar mär mrz mrt maa mars maerz", "apr avr abr kwi avril",
    "may mai mag mei maj mayo maggio maio", "jun giu cze juin junho", "jul lug lip juil julho", "aug aoû aou ago sie août agosto",
    "sep set wrz", "oct okt ott out paź paz", "nov lis", "dec dez déc dic grudzień gru",
)  # fmt: skip
_NAMES = {name: at for at, names in enumerate(_MONTHS, 1) for name in names.split()}
_TIME = r"(?:(?:,|T|\s)\s*(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<part>[0-9]{1,6}))?)?" + (
    r"(?:\s?(?P<half>[AaPp])\.?[Mm]\.?)?\s?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_DIGITS = re.compile(r"(?P<a>[0-9]{1,4})(?P<mark>[./\- ])\s?(?P<b>[0-9]{1,2})(?P=mark)\s?(?P<c>[0-9]{1,4})\.?" + _TIME)
_PACKED = re.compile(r"(?P<a>[0-9]{4})(?P<b>[0-9]{2})(?P<c>[0-9]{2})" + _TIME)
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_DAY_FIRST = re.compile(
    _WEEKDAY
    + r"(?P<d>[0-9]{1,2})(?:\.|st|nd|rd|th|er|º)?[\s\-]*(?:de\s+)?(?P<m>[^\W\d_]{3,12})\.?,?[\s\-]*(?:de\s+)?(?P<y>[0-9]{2,4})"
    + _TIME
)
_MONTH_FIRST = re.compile(_WEEKDAY + r"(?P<m>[^\W\d_]{3,12})\.?[\s\-]*(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?,?[\s\-]+(?P<y>[0-9]{2,4})" + _TIME)
NO_DATE = "is not a date written in a known way"
DAY_NUMBER = "looks like a day number of Excel; choose to read these"
NO_DAY = "is a day or time that does not exist"


class Read(NamedTuple):
    """A moment, whether it has a time of day and its offset to UTC; or what is wrong."""

    moment: datetime | None = None
    offset: timedelta | None = None
    timed: bool = False
    problem: str | None = None


def orders(text: str) -> tuple[Order, ...]:
    """The orders in which a date of digits exists when two or one of day first and month first can be; empty: another writing."""
    found = _DIGITS.fullmatch(text.strip(SPACES))
    if found is None or len(found["a"]) > 2:
        return ()
    a, b = int(found["a"]), int(found["b"])
    if a == b:
        return ()
    fits: dict[Order, bool] = {"dmy": 1 <= a <= 31 and 1 <= b <= 12, "mdy": 1 <= b <= 31 and 1 <= a <= 12}
    return tuple(o for o, good in fits.items() if good)


def month_of(name: str) -> int | None:
    """The number of a month's name in one of the languages."""
    name = name.casefold()
    return next((_NAMES[name[:size]] for size in range(len(name), 2, -1) if name[:size] in _NAMES), None)


@dataclass(frozen=True)
class Style:
    """How the dates of a column are written."""

    order: Order | None
    formats: tuple[str, ...]
    pivot: int
    serial: Literal["off", "1900", "1904"]

    def read(self, text: str, order: Order | None = None) -> Read:
        """The text, which is not blank, as a moment."""
        text = text.strip(SPACES)
        for form in self.formats:
            try:
                moment = datetime.strptime(text, form)
            except ValueError:
                continue
            if re.search("(?<!%)(?:%%)*%y", form):  # Python has a pivot of its own
                try:
                    moment = moment.replace(year=self._full(moment.year % 100))
                except ValueError:
                    return Read(problem=NO_DAY)
            return Read(moment.replace(tzinfo=None), moment.utcoffset(), bool(re.search("%[HIMSfcXT]", form)))
        if re.fullmatch(r"[0-9]{1,5}(\.[0-9]+)?", text):
            return self._serial(float(text))
        if found := _PACKED.fullmatch(text):
            return self._made(found["a"], int(found["b"]), found["c"], found)
        if found := _DIGITS.fullmatch(text):
            return self._digits(found, order or self.order)
        for pattern in (_DAY_FIRST, _MONTH_FIRST):
            if (found := pattern.fullmatch(text)) and (month := month_of(found["m"])):
                return self._made(found["y"], month, found["d"], found)
        return Read(problem=NO_DATE)

    def _digits(self, found: re.Match[str], order: Order | None) -> Read:
        a, b, c = found["a"], found["b"], found["c"]
        if len(a) == 4:
            return self._made(a, int(b), c, found) if len(c) <= 2 else Read(problem=NO_DATE)
        if len(a) > 2 or len(c) not in (2, 4):
            return Read(problem=NO_DATE)
        if order == "ymd":
            return self._made(a, int(b), c, found) if len(c) == 2 else Read(problem="has its year last")
        if order is None and a != b:
            return Read(problem="may be day first or month first")
        return self._made(c, int(a), b, found) if order == "mdy" else self._made(c, int(b), a, found)

    def _made(self, year: str, month: int, day: str, found: re.Match[str]) -> Read:
        full = int(year) if len(year) > 2 else self._full(int(year))
        hour, minute, second = (int(found[n] or 0) for n in ("hour", "minute", "second"))
        if found["half"] and not 1 <= hour <= 12:
            return Read(problem=NO_DAY)
        if found["half"]:
            hour = hour % 12 + (12 if found["half"] in "pP" else 0)
        try:
            moment = datetime(full, month, int(day), hour, minute, second, int((found["part"] or "0").ljust(6, "0")))
        except ValueError:
            return Read(problem=NO_DAY)
        zone, offset = found["zone"], None
        if zone:
            digits = zone[1:].replace(":", "") if zone[0] in "+-" else "0000"
            offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone[0] == "-" else 1)
        return Read(moment, offset, found["hour"] is not None)

    def _full(self, year: int) -> int:
        """The year that two digits mean."""
        return year + (2000 if year <= self.pivot else 1900)

    def _serial(self, number: float) -> Read:
        """A day number of Excel; in the system of 1900 the day 60 (29 February 1900) never was."""
        if self.serial == "off":
            return Read(problem=DAY_NUMBER)
        if self.serial == "1900" and (number < 1 or 60 <= number < 61):
            return Read(problem=NO_DAY)
        start = date(1904, 1, 1) if self.serial == "1904" else date(1899, 12, 30 if number > 60 else 31)
        moment = datetime.combine(start, datetime.min.time()) + timedelta(seconds=round(number * 86400))
        return Read(moment, None, number != int(number))
