"""One number as people write it: marks, currency, unit, percent and sign taken apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from steps.arrow import SPACES

_CODES = "EUR|USD|GBP|CHF|JPY|CNY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|BRL|MXN|ZAR"
_CURRENCY = re.compile(rf"[$\u00a2-\u00a5\u20a0-\u20c0]|(?<![^\W\d])(?:{_CODES}|kr|zł|Kč|Fr)(?![^\W\d])\.?")
_THOUSAND = {"k": 3, "K": 3, "m": 6, "M": 6, "mn": 6, "Mio": 6, "bn": 9, "B": 9, "Mrd": 9}
_SPACE = "[ \u00a0\u2007\u2009\u202f]"
_NUMBER = re.compile(r"(?P<number>[0-9][0-9.,'\u2019 \u00a0\u2007\u2009\u202f]*(?<=[0-9])|[.,][0-9]+)(?P<rest>.*)", re.DOTALL)
_EXPONENT = re.compile(r"[eE][+-]?[0-9]+")  # 1e5 is no 1 with the unit "e5"
DIGITS = 15  # significant digits that a double gives back


class Read(NamedTuple):
    """What one text says: a number with its unit and currency, or why it is none."""

    number: float | None = None
    unit: str | None = None
    currency: str | None = None
    zeros: bool = False  # starts with a zero that a number loses
    problem: str | None = None


@dataclass(frozen=True)
class Style:
    """How the numbers of a column are written, and what becomes of percents and units."""

    decimal: str
    thousands: str  # pattern of the mark between groups, empty: none
    percent: str
    unit: str
    factors: Mapping[str, float]
    multipliers: bool
    accounting: bool
    minus: frozenset[str]
    plus: frozenset[str]
    zeros: bool = False  # a leading zero may be lost

    def read(self, text: str) -> Read:
        """The text, which is not blank, as a number."""
        left, negative, problem = self._sign(text.strip(SPACES))
        if problem:
            return Read(problem=problem)
        found = _CURRENCY.findall(left)
        if len(found) > 1:
            return Read(problem="has two currencies")
        left = _CURRENCY.sub("", left).strip(SPACES)
        if found and left[:1] in ("-", "+"):
            if negative is not None:
                return Read(problem="has two signs")
            negative, left = left[0] == "-", left[1:].strip(SPACES)
        parts = _NUMBER.fullmatch(left)
        digits = self._digits(parts["number"]) if parts else None
        if parts is None or digits is None:
            return Read(problem="is not a number written with the chosen marks")
        if _EXPONENT.fullmatch(parts["rest"]):
            return Read(problem="is written with an exponent")
        value, rest = Decimal(digits), parts["rest"].strip(SPACES)
        if len(digits.replace(".", "").lstrip("0")) > DIGITS:
            return Read(problem=f"has more than {DIGITS} digits; a number would round it")
        zeros = bool(re.match("0[0-9]", digits))
        if zeros and not self.zeros:
            return Read(zeros=True, problem="starts with a zero, which a number would lose")
        one = self._unit(value, rest)
        if one.problem or one.number is None:
            return one
        one = one._replace(number=-one.number if negative and one.number else one.number)
        return one._replace(currency=found[0].rstrip(".") if found else None, zeros=zeros)

    def _sign(self, text: str) -> tuple[str, bool | None, str | None]:
        """The text without its sign, whether that is minus (None: no sign), and what is wrong."""
        text = re.sub("[\u2010-\u2013\u2212]", "-", text)
        signs: list[bool] = []
        for words, minus in ((self.minus, True), (self.plus, False)):
            for word in words:
                for pattern in (rf"(?i)^{re.escape(word)}(?![^\W\d_])", rf"(?i)(?<![^\W\d_]){re.escape(word)}$"):
                    shorter = re.sub(pattern, "", text, count=1)
                    if shorter != text:
                        text, signs = shorter.strip(SPACES), [*signs, minus]
        if self.accounting and text[:1] == "(" and text[-1:] == ")":
            text, signs = text[1:-1].strip(SPACES), [*signs, True]
        if text[:1] in ("-", "+"):
            text, signs = text[1:].strip(SPACES), [*signs, text[0] == "-"]
        if self.accounting and text[-1:] == "-":
            text, signs = text[:-1].strip(SPACES), [*signs, True]
        return text, signs[0] if signs else None, "has two signs" if len(signs) > 1 else None

    def _digits(self, written: str) -> str | None:
        """The number with a point and without thousands marks, or None if the marks are not in their places."""
        point = re.escape(self.decimal)
        mark = self.thousands or "(?!)"  # the same mark between all groups; the Indian way has groups of two before the last three
        groups = rf"[0-9]{{1,3}}(?P<mark>{mark})(?:[0-9]{{2,3}}(?P=mark))*[0-9]{{3}}"
        whole = re.fullmatch(rf"(?P<whole>{groups}|[0-9]*)(?:{point}(?P<part>[0-9]+))?", written)
        if whole is None:
            return None
        return (re.sub("[^0-9]", "", whole["whole"]) or "0") + (f".{whole['part']}" if whole["part"] else "")

    def _unit(self, value: Decimal, rest: str) -> Read:
        """The number with what stands behind it."""
        if rest in ("%", "\u2030"):
            if self.percent == "refuse":
                return Read(problem="is a percentage")
            power = {"%": 2, "\u2030": 3}[rest] if self.percent == "fraction" else {"%": 0, "\u2030": 1}[rest]
            return Read(float(value.scaleb(-power)))
        if self.multipliers:
            for sign in sorted(_THOUSAND, key=len, reverse=True):
                if re.match(rf"{sign}(?![^\W\d_])", rest):
                    value, rest = value.scaleb(_THOUSAND[sign]), rest[len(sign) :].strip(SPACES).lstrip(".")
                    break
        if not rest:
            return Read(float(value))
        if re.search("[0-9]", rest[:1]) or not re.search(r"[^\W\d_]|[°%²³\"']", rest) or len(rest) > 20:
            return Read(problem="is not a number written with the chosen marks")
        if self.unit == "refuse":
            return Read(problem=f'has the unit "{rest}"')
        if self.unit != "convert":
            return Read(float(value), unit=rest)
        factor = self._factor(rest)
        return factor if factor.problem else Read(float(value * Decimal(str(factor.number))), unit=rest)

    def _factor(self, unit: str) -> Read:
        """The factor of a unit: written exactly so, or the only one but for capitals."""
        near = [unit] if unit in self.factors else [u for u in self.factors if u.casefold() == unit.casefold()]
        if len(near) > 1:
            return Read(problem=f'has the unit "{unit}", which may be {" or ".join(near)}')
        return Read(self.factors[near[0]]) if near else Read(problem=f'has the unit "{unit}", which is not in the list of units')


def thousands_pattern(choice: str, decimal: str) -> str:
    """The pattern of the mark between groups of digits."""
    return {"other": "," if decimal == "." else r"\.", "space": _SPACE, "apostrophe": "['\u2019]", "none": ""}[choice]
