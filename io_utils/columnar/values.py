"""Nested Arrow values as JSON text."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from io_utils.json_text.scan import Number, written


def json_text(value: object) -> str:
    """A nested value as JSON; what JSON has no word for as text."""
    return written(plain(value))


def plain(value: object) -> object:
    """A value made of what JSON knows. Decimals keep their digits, bytes are hex, dates ISO text."""
    match value:
        case dict():
            return {str(k): plain(v) for k, v in value.items()}
        case list() | tuple():
            return [plain(v) for v in value]
        case float():
            return Number(repr(value)) if value == value and abs(value) != float("inf") else None
        case Decimal():
            return Number(f"{value:f}")
        case bytes():
            return value.hex()
        case datetime():
            return value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case None | bool() | int() | str():
            return value
    return str(value)
