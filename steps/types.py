"""The rule by which a text becomes a typed value, and the conversion of columns by it: exact, or refused value by value."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from typing import Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import JsonValue

from steps.arrow import SPACES, by_value, is_number, is_text, per_unique
from steps.values import shortest

TypeName = Literal["text", "integer", "number", "exact", "yes_no", "date", "datetime"]
Rounding = Literal["refuse", "half_up", "half_even", "floor", "ceil", "cut"]

LABELS: dict[str, JsonValue] = {
    "text": "Text", "integer": "Whole number", "number": "Number", "exact": "Exact decimal", "yes_no": "Yes/no", "date": "Date",
    "datetime": "Date and time",
}  # fmt: skip

SHOWN: dict[str, str] = {
    "text": "text", "integer": "whole numbers", "number": "numbers", "exact": "exact decimals", "yes_no": "yes/no values", "date": "dates",
    "datetime": "dates with times",
}  # fmt: skip

# At most 15 significant digits (a double gives back 15), no leading zero, no exponent, no plus; "-0" is no whole number.
_SPLIT = "|".join(rf"[1-9][0-9]{{0,{whole - 1}}}\.[0-9]{{1,{15 - whole}}}" for whole in range(1, 15))
_WHOLE = "0|-?[1-9][0-9]{0,14}"
_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_DAY = (  # days that exist in the calendar; 29 February only in leap years
    rf"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)"
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
_ZONE = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])"

PATTERNS: dict[str, str] = {
    "integer": rf"^(?:{_WHOLE})$",
    "number": rf"^(?:{_WHOLE}|-?0(?:\.0{{1,30}})?|-?0\.0{{0,30}}[1-9][0-9]{{0,14}}|-?(?:{_SPLIT}))$",
    "yes_no": r"(?i)^(?:true|false)$",
    "date": f"^{_DAY}$",
    "datetime": f"^{_DAY}(?:[ T]{_TIME})?$",
    "moment": f"^{_DAY}[ T]{_TIME}$",  # what is proposed as a date with a time: midnight is not made up
    "zoned": f"^{_DAY}[ T]{_TIME}{_ZONE}$",
    "utc": rf"^{_DAY}[ T]{_TIME}(?:Z|\+00:?00)$",
    "exact": r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$",
}
# Looser patterns for the values a strict cast checks itself; tried first because they are three times as fast.
QUICK = {"date": f"^{_YEAR}-[0-9]{{2}}-[0-9]{{2}}$", "datetime": f"^{_YEAR}-[0-9]{{2}}-[0-9]{{2}}(?:[ T][0-9:.]{{5,15}})?$"}

MODES: dict[str, tuple[str, str]] = {  # how Arrow and Python call them
    "half_up": ("half_towards_infinity", ROUND_HALF_UP), "half_even": ("half_to_even", ROUND_HALF_EVEN), "floor": ("down", ROUND_FLOOR),
    "ceil": ("up", ROUND_CEILING), "cut": ("towards_zero", ROUND_DOWN),
}  # fmt: skip
POINTED = r"^-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,300}$"

REASONS: dict[str, str] = {
    "integer": "is not a whole number of up to 15 digits",
    "number": "is not a number of up to 15 digits, written like 1234.5",
    "exact": "is not a number with at most {scale} decimals, written like 1234.50",
    "yes_no": "is not true or false",
    "date": "is not a date of the calendar, written like 2024-01-31",
    "datetime": "is not a date and time, written like 2024-01-31 14:30",
    "zoned": "is not a date and time with its offset, written like 2024-01-31 14:30Z",
}


class Converted(NamedTuple):
    """A column in its new type, missing where a value could not be used; ``bad`` is true there, or None if there is none.

    ``rounded`` counts the values that became whole numbers by rounding.
    """

    values: pa.ChunkedArray
    bad: pa.ChunkedArray | None
    reason: str = ""
    rounded: int = 0


class Proof(NamedTuple):
    """Which values of a text column are written by a pattern, spaces around them aside."""

    fits: pa.ChunkedArray  # as they stand
    odd: pa.ChunkedArray  # the others, trimmed
    odd_fits: pa.ChunkedArray  # of those: fit once trimmed
    odd_blank: pa.ChunkedArray

    @property
    def bad(self) -> pa.ChunkedArray:
        """Among the odd values: those that cannot be used."""
        return pc.invert(pc.or_(self.odd_fits, self.odd_blank))


def arrow_type(to: str, scale: int = 0) -> pa.DataType:
    """The Arrow type of a type name; "zoned" is a timestamp in UTC."""
    return {
        "text": pa.large_string(), "integer": pa.int64(), "number": pa.float64(), "exact": pa.decimal128(38, scale), "yes_no": pa.bool_(),
        "date": pa.date32(), "datetime": pa.timestamp("us"), "zoned": pa.timestamp("us", "UTC"),
    }[to]  # fmt: skip


def pattern_of(to: str, scale: int = 0) -> str:
    """The pattern of the values that become the type."""
    if to != "exact":
        return PATTERNS[to]
    decimals = rf"(?:\.[0-9]{{1,{scale}}})?" if scale else ""
    whole = rf"|[1-9][0-9]{{0,{37 - scale}}}" if scale < 38 else ""
    return f"^-?(?:0{whole}){decimals}$"


def prove(values: pa.ChunkedArray, pattern: str) -> Proof:
    """Every value held against the pattern; only those that do not fit are trimmed and looked at again."""
    fits = by_value(values, lambda some: pc.match_substring_regex(some, pattern))
    if pc.all(fits, min_count=0).as_py():
        odd = pa.chunked_array([], pa.large_string())
    else:
        odd = pc.utf8_trim(values.filter(pc.invert(fits)), SPACES)
    return Proof(fits, odd, pc.match_substring_regex(odd, pattern), pc.equal(odd, ""))


def convert(values: pa.ChunkedArray, to: str, scale: int = 0, rounding: Rounding = "refuse") -> Converted:
    """A column in another type. Blank text becomes missing; what does not convert with the same value is marked as bad.

    With ``rounding`` numbers with decimals become whole numbers.
    """
    target = arrow_type(to, scale)
    if values.type == target or (to == "datetime" and pa.types.is_timestamp(values.type)):
        return Converted(values, None)
    if to == "text":
        return Converted(shortest(values), None)
    if is_text(values.type):
        made = _from_text(values, to, target, scale)
        return _pointed(values, made, rounding) if to == "integer" else made
    if to == "integer" and rounding != "refuse" and is_number(values.type):
        whole = pc.round(values, round_mode=MODES[rounding][0])
        changed = pc.sum(pc.not_equal(whole, values)).as_py() or 0
        return _number(whole, to, target)._replace(rounded=changed)
    if to in ("integer", "number") and not pa.types.is_boolean(values.type) and not pa.types.is_temporal(values.type):
        return _number(values, to, target)
    if to == "datetime" and pa.types.is_date(values.type):
        return Converted(values.cast(target), None)
    if to == "date" and pa.types.is_timestamp(values.type):
        local = values if values.type.tz is None else pc.local_timestamp(values)
        return _where(local, pc.equal(local, pc.floor_temporal(local, unit="day")), target, "has a time of day")
    return _from_text(shortest(values), to, target, scale)


def _where(values: pa.ChunkedArray, good: pa.ChunkedArray, target: pa.DataType, reason: str) -> Converted:
    if pc.all(good, min_count=0).as_py():
        return Converted(values.cast(target), None)
    return Converted(pc.if_else(good, values, pa.scalar(None, values.type)).cast(target), pc.invert(good), reason)


def _number(values: pa.ChunkedArray, to: str, target: pa.DataType) -> Converted:
    """Between the numeric types, where the number stays the same."""
    if pa.types.is_integer(values.type):
        exact = pc.and_(pc.less_equal(values, 2**53), pc.greater_equal(values, -(2**53)))
        return _where(values, exact, target, "has too many digits for a number; exact decimal holds it")
    if pa.types.is_decimal(values.type) and to == "number":
        return _from_text(shortest(values), to, target, 0)
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.decimal256(76, values.type.scale))
    limit = pa.scalar(2.0**63 if pa.types.is_floating(values.type) else Decimal(2**63), values.type)
    whole = pc.and_(pc.equal(values, pc.floor(values)), pc.and_(pc.less(values, limit), pc.greater(values, pc.negate(limit))))
    return _where(values, whole, target, "is not a whole number")


def _from_text(values: pa.ChunkedArray, to: str, target: pa.DataType, scale: int) -> Converted:
    quick = _quick(values, to, target)
    if quick is not None:
        return Converted(quick, None)
    proof = prove(values, pattern_of(to, scale))
    if not len(proof.odd):
        return Converted(values.cast(target), None)
    odd = pc.if_else(proof.odd_fits, proof.odd, pa.scalar(None, pa.large_string()))
    mask = pc.fill_null(pc.invert(proof.fits), False).combine_chunks()
    usable = pc.replace_with_mask(values.combine_chunks(), mask, odd.combine_chunks())
    made = pa.chunked_array([usable.cast(target)])
    if not pc.any(proof.bad, min_count=0).as_py():
        return Converted(made, None)
    bad = pc.replace_with_mask(pa.repeat(pa.scalar(False), len(values)), mask, proof.bad.combine_chunks())
    return Converted(made, pa.chunked_array([bad]), REASONS[to].replace("{scale}", str(scale)))


def _pointed(values: pa.ChunkedArray, made: Converted, rounding: Rounding) -> Converted:
    """Text such as 12.0 is a whole number, too, and 12.5 one if it is rounded; each different one by itself."""
    if made.bad is None:
        return made
    text = pc.if_else(made.bad, pc.utf8_trim(values, SPACES), pa.scalar(None, pa.large_string()))
    text = pc.if_else(pc.match_substring_regex(text, POINTED), text, pa.scalar(None, pa.large_string()))
    if text.null_count == len(text):
        return made
    whole = per_unique(text, lambda given: _whole(given, rounding), pa.int64())
    bad = pc.and_(made.bad, pc.is_null(whole))
    rounded = pc.sum(pc.and_(pc.is_valid(whole), pc.match_substring_regex(text, r"\.[0-9]*[1-9]"))).as_py() or 0
    left = bad if pc.any(bad, min_count=0).as_py() else None
    return Converted(pc.coalesce(made.values, whole), left, made.reason, rounded)


def _whole(text: str | None, rounding: Rounding) -> int | None:
    """The whole number that a number with decimals is, or becomes; None if it has more than 15 digits or may not be rounded."""
    if text is None:
        return None
    with localcontext() as exact:
        exact.prec = 400
        number = Decimal(text)
        if rounding == "refuse" and number != number.to_integral_value():
            return None
        made = int(number.to_integral_value(MODES.get(rounding, MODES["half_up"])[1]))
    return made if abs(made) < 10**15 else None


def _quick(values: pa.ChunkedArray, to: str, target: pa.DataType) -> pa.ChunkedArray | None:
    """The column converted, if a cheap pattern and a strict cast take every value; else None."""
    if to not in QUICK or not pc.all(by_value(values, lambda some: pc.match_substring_regex(some, QUICK[to])), min_count=0).as_py():
        return None
    try:
        made = values.cast(target)
    except pa.ArrowInvalid:
        return None
    return made


def decimals(values: pa.ChunkedArray) -> int:
    """The most digits after the point in a column that becomes exact decimals."""
    if pa.types.is_decimal(values.type):
        return values.type.scale
    text = values if is_text(values.type) else shortest(values)
    proof = prove(text, PATTERNS["exact"])
    found = [text.filter(proof.fits), proof.odd.filter(proof.odd_fits)]
    most = 0
    for some in found:
        pointed = some.filter(pc.match_substring(some, "."))
        after = pc.subtract(pc.binary_length(pointed), pc.find_substring(pointed, ".").cast(pa.int64()))
        most = max(most, (pc.max(after).as_py() or 1) - 1)
    return min(most, 38)


def zoned(values: pa.ChunkedArray) -> bool:
    """Whether a text column holds times with an offset and none without."""
    if not is_text(values.type):
        return False
    if pc.any(pc.match_substring_regex(values[:1000], PATTERNS["datetime"])).as_py():
        return False
    with_zone = prove(values, PATTERNS["zoned"])
    if not (pc.any(with_zone.fits).as_py() or pc.any(with_zone.odd_fits).as_py()):
        return False
    return not pc.any(pc.match_substring_regex(with_zone.odd, PATTERNS["datetime"])).as_py()
