"""One typed-in text as a value of a column's type: strict, and never a guess."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal

import pandas as pd
import pyarrow as pa

from pipeline.view import texts
from steps.arrow import is_text

Value = str | int | float | bool | date | datetime | Decimal | None

WHOLE = re.compile(r"[+-]?[0-9]+")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
CLOCK = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
TIME = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?:[ T]{CLOCK})?\s?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?")
YES, NO = {"true", "yes"}, {"false", "no"}
DIGITS = {True: "Write a whole number, for example 1204.", False: "Write digits only, for example 1204 or 2.5."}
DAYS = "Write a date as year-month-day, for example 2024-05-31"


class ParseError(Exception):
    """A typed-in text is no value of the column: what is wrong and what would be right."""


def parse_cell(text: str | None, of: pa.DataType) -> Value:
    """The value a person typed into a cell of a column of this type.

    None (the Delete key) is missing in every column. Cleared text ("") is empty text in a text column and missing in all
    others. Text is kept as typed; elsewhere spaces around it do not count. Raises ParseError, never rounds and never guesses.
    """
    if text is None or is_text(of):
        return text
    trimmed = text.strip()
    return _parser(of)(trimmed, of) if trimmed else None


def write_cell(value: Value, of: pa.DataType) -> str | None:
    """The value as the text that ``parse_cell`` reads and the grid shows; None where missing."""
    return texts(pa.chunked_array([pa.array([value], of)])).to_pylist()[0]


def _parser(of: pa.DataType) -> Callable[[str, pa.DataType], Value]:
    checks: list[tuple[Callable[[pa.DataType], bool], Callable[[str, pa.DataType], Value]]] = [
        (pa.types.is_integer, _whole),
        (pa.types.is_floating, _double),
        (pa.types.is_decimal, _decimal),
        (pa.types.is_boolean, _boolean),
        (pa.types.is_date, _date),
        (pa.types.is_timestamp, _timestamp),
    ]
    found = [parser for check, parser in checks if check(of)]
    if not found:
        raise TypeError(f"no cell of type {of} can be typed in")
    return found[0]


def _whole(text: str, of: pa.DataType) -> int:
    if WHOLE.fullmatch(text):
        value = int(text) if len(text) < 40 else 10**40
        if not -(2**63) <= value < 2**63:
            raise ParseError(f"'{_cut(text)}' is too large for a column of whole numbers. Make the column text to keep it.")
        return value
    if NUMBER.fullmatch(text):
        exact = Decimal(text)
        if abs(exact) < 2**63 and exact == int(exact):
            raise ParseError(f"'{_cut(text)}' is not written as a whole number. Write {int(exact)}.")
        raise ParseError(f"'{_cut(text)}' is not a whole number, and this column holds only whole numbers.")
    raise _no_number(text, whole=True)


def _double(text: str, of: pa.DataType) -> float:
    if not NUMBER.fullmatch(text):
        raise _no_number(text)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ParseError(f"'{_cut(text)}' is too large for a number here.")
    if Decimal(text) != Decimal(repr(value)):
        raise ParseError(f"'{_cut(text)}' has more digits than a number here can hold. The nearest is {repr(value).removesuffix('.0')}.")
    return value


def _decimal(text: str, of: pa.DataType) -> Decimal:
    if not NUMBER.fullmatch(text) or "e" in text.lower():
        raise _no_number(text)
    value = Decimal(text)
    places = -int(value.normalize().as_tuple().exponent)
    if places > of.scale:
        raise ParseError(f"'{_cut(text)}' has {places} decimals; this column holds {of.scale}.")
    if value.adjusted() >= of.precision - of.scale:
        raise ParseError(f"'{_cut(text)}' is too large: this column holds {of.precision - of.scale} digits before the point.")
    return value.quantize(Decimal(1).scaleb(-of.scale), context=_EXACT)


_EXACT = Context(prec=80)


def _boolean(text: str, of: pa.DataType) -> bool:
    if text.lower() not in YES | NO:
        raise ParseError(f"'{_cut(text)}' is not yes or no. Write yes or no.")
    return text.lower() in YES


def _date(text: str, of: pa.DataType) -> date:
    found = DAY.fullmatch(text)
    if not found:
        if TIME.fullmatch(text):
            raise ParseError(f"'{_cut(text)}' has a time, and this column holds dates. Write {text[:10]}.")
        raise ParseError(f"'{_cut(text)}' is not a date here. {_dates_meant(text)}.")
    year, month, day = (int(part) for part in found.groups())
    value = _calendar(year, month, day)
    if value is None:
        raise ParseError(f"'{text}' is not in the calendar. {DAYS}.")
    if value.isoformat() != text:
        raise ParseError(f"'{text}' is not a full date. Write {value.isoformat()}.")
    return value


def _timestamp(text: str, of: pa.DataType) -> datetime:
    found = TIME.fullmatch(text)
    if not found:
        raise ParseError(f"'{_cut(text)}' is not a date and time here. {_dates_meant(text)}, with a time as 14:30:00.")
    day, hour, minute, second, fraction, zone = found.groups()
    h, m, s = (int(part or 0) for part in (hour, minute, second))
    whole = _calendar(*(int(part) for part in day.split("-")))
    if whole is None or h > 23 or m > 59 or s > 59:
        raise ParseError(f"'{text}' is not in the calendar or on the clock. {DAYS} 14:30:00.")
    local = datetime(whole.year, whole.month, whole.day, h, m, s, int((fraction or "").ljust(6, "0")))
    return _naive(text, local, zone) if of.tz is None else _zoned(text, local, zone, of)


def _naive(text: str, local: datetime, zone: str | None) -> datetime:
    if zone is not None:
        raise ParseError(f"'{text}' names a time zone, and this column has none. Write {local}.")
    return local


def _zoned(text: str, local: datetime, zone: str | None, of: pa.DataType) -> datetime:
    if zone is None:
        meant = pd.Timestamp(local).tz_localize(of.tz, ambiguous=True, nonexistent="shift_forward")
        raise ParseError(f"'{text}' names no time zone. Write {meant} if you mean the time in {of.tz}.")
    sign = -1 if zone[0] == "-" else 1
    digits = "0000" if zone == "Z" else zone[1:].replace(":", "")
    if int(digits[:2]) > 23 or int(digits[2:]) > 59:
        raise ParseError(f"'{text}' has no such offset. Write it like +02:00.")
    try:
        return (local - sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))).replace(tzinfo=UTC)
    except OverflowError as error:
        raise ParseError(f"'{text}' is outside the years 1 to 9999.") from error


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _dates_meant(text: str) -> str:
    """What to write instead, with each date the text could mean."""
    parts = re.fullmatch(r"([0-9]{1,4})[./\- ]([0-9]{1,2})[./\- ]([0-9]{1,4})", text)
    if not parts:
        return DAYS
    a, b, c = parts.groups()
    if len(a) == 4:
        meant = [_calendar(int(a), int(b), int(c))]
    elif len(c) == 4:
        meant = [_calendar(int(c), int(b), int(a)), _calendar(int(c), int(a), int(b))]
    else:
        meant = []
    options = list(dict.fromkeys(day.isoformat() for day in meant if day is not None))
    return f"Write {' or '.join(options)}" if options else DAYS


def _no_number(text: str, *, whole: bool = False) -> ParseError:
    wrong = f"'{_cut(text)}' is not a number here."
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity", "∞"}:
        return ParseError(f"{wrong} Press Delete to leave the cell empty.")
    options = [option for option in _numbers_meant(text) if not (whole and "." in option)]
    return ParseError(f"{wrong} Write {' or '.join(options)}." if options else f"{wrong} {DIGITS[whole]}")


def _numbers_meant(text: str) -> list[str]:
    """The plain numbers a text with separators or a unit could mean."""
    found = re.fullmatch(r"[^\d+\-.,]*([+-]?)[^\d+\-.,]*([0-9][0-9.,'   ]*)[^\d]*", text)
    if not found or re.search(r"[^\W\d_]", text):
        return []
    sign, body = found[1].replace("+", ""), re.sub(r"['   ]", "", found[2]).rstrip(".,")
    commas, points = body.count(","), body.count(".")
    if commas and points:
        last = max(body.rfind(","), body.rfind("."))
        options = [re.sub(r"[.,]", "", body[:last]) + "." + body[last + 1 :]]
    elif commas > 1:
        options = [body.replace(",", "")]
    elif points > 1:
        options = [body.replace(".", "")]
    elif commas:
        options = [body.replace(",", ".")]
        if re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", body):
            options = [body.replace(",", ""), *options]
    else:
        options = [body]
    return [sign + option for option in options if option and sign + option != text]


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
