"""Values and their writing: what a person types, read strictly as the type of a column, and the shortest text of a number."""

import re
from datetime import date, datetime
from decimal import Decimal, localcontext

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.lib import string_to_tzinfo

from steps.arrow import is_number, is_text

WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
FLOATING = re.compile(PLAIN.pattern + r"([eE][+-]?[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(DAY.pattern + r"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?")
YES_NO = {"true": True, "yes": True, "false": False, "no": False}

Value = str | int | float | bool | Decimal | date | datetime


def read_value(text: str, of: pa.DataType) -> Value:
    """The value that a text writes, as a column of this type holds it exactly.

    Raises ValueError with what would be right: other decimal marks, thousands marks, spaces inside and rounding are refused.
    """
    if is_text(of):
        return text
    text = text.strip()
    if is_number(of):
        return read_number(text, of)
    if pa.types.is_boolean(of):
        if text.lower() not in YES_NO:
            raise ValueError(f'"{text}" is not true or false. Write true or false')
        return YES_NO[text.lower()]
    if pa.types.is_date(of):
        return read_day(text)
    return read_moment(text, of.tz)


def read_number(text: str, of: pa.DataType) -> int | float | Decimal:
    """A number written with digits, a minus sign and a point, if the type holds it exactly (a double: the nearest one)."""
    if pa.types.is_integer(of):
        if not WHOLE.fullmatch(text):
            raise ValueError(f'"{text}" is not a whole number. Write it like 1200 or -7')
        if not -(2**63) <= int(text) < 2**63:
            raise ValueError(f'"{text}" is too large for a whole number. The largest is 9223372036854775807')
        return int(text)
    if pa.types.is_decimal(of):
        if not PLAIN.fullmatch(text):
            raise ValueError(f'"{text}" is not a number. Write it like 1200 or -7.25')
        if not fits(Decimal(text), of):
            room = f"{of.precision - of.scale} before and {of.scale} after the point"
            raise ValueError(f'"{text}" has too many digits. The column holds {room}')
        return Decimal(text)
    if not FLOATING.fullmatch(text) or abs(float(text)) == float("inf"):
        raise ValueError(f'"{text}" is not a number. Write it like 1200 or -7.25')
    return float(text)


def fits(value: Decimal, of: pa.DataType) -> bool:
    """Whether an exact decimal type holds the value without rounding."""
    with localcontext() as exact:
        exact.prec = 200
        scaled = value.scaleb(of.scale)
        return scaled == scaled.to_integral_value() and abs(scaled) < Decimal(10) ** of.precision


def read_day(text: str) -> date:
    """A date written 2024-01-31."""
    try:
        return date.fromisoformat(DAY.fullmatch(text).group())  # type: ignore[union-attr]  # no match: AttributeError below
    except (AttributeError, ValueError):
        raise ValueError(f'"{text}" is not a date. Write it like 2024-01-31') from None


def read_moment(text: str, zone: str | None) -> datetime:
    """A date and time written 2024-01-31 14:30:00, midnight if there is no time; in the zone's own time unless an offset is given."""
    try:
        if DAY.fullmatch(text):
            text += " 00:00"
        moment = datetime.fromisoformat(MOMENT.fullmatch(text).group())  # type: ignore[union-attr]  # as above
    except (AttributeError, ValueError):
        raise ValueError(f'"{text}" is not a date with a time. Write it like 2024-01-31 14:30:00') from None
    if zone is None:
        if moment.tzinfo is not None:
            raise ValueError(f'"{text}" has a time zone, the column has none. Write it like 2024-01-31 14:30:00')
        return moment
    if moment.tzinfo is None:
        local = string_to_tzinfo(zone)
        first, second = moment.replace(tzinfo=local), moment.replace(tzinfo=local, fold=1)
        if first.utcoffset() != second.utcoffset():  # the clock was put forward or back in this hour
            raise ValueError(f'"{text}" is not one moment in {zone}. Add the offset, like 2024-10-27 02:30:00+02:00')
        return first
    return moment


def shortest(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Values as text, numbers in the shortest form that gives them back: 12 for 12.0, never with an exponent up to 2^53."""
    if not pa.types.is_floating(values.type):
        return values.cast(pa.large_string())
    whole = pc.fill_null(pc.and_(pc.equal(values, pc.round(values)), pc.less_equal(pc.abs(values), 2.0**53)), False)
    digits = pc.if_else(whole, values, pa.scalar(None, pa.float64())).cast(pa.int64()).cast(pa.large_string())
    return pc.coalesce(digits, values.cast(pa.large_string()))


def free_names(own: list[str], new: list[str], suffix: str) -> list[str]:
    """The new names, with the suffix as often as needed where one is taken."""
    taken, made = set(own), []
    for name in new:
        while name in taken:
            name += suffix
        taken.add(name)
        made.append(name)
    return made
