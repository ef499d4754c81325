"""What a cell's number format says about its number: a date, a time, a duration, or digits that are not shown.

Source: ECMA-376 part 1, 18.8.30 and 18.8.31 (number formats).
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

BUILTIN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0', 6: '"$"#,##0', 7: '"$"#,##0.00', 8: '"$"#,##0.00',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 32: "h:mm:ss", 33: "h:mm:ss", 37: "#,##0",
    38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: '"$"#,##0', 43: "#,##0.00", 44: '"$"#,##0.00', 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((*range(27, 32), *range(34, 37), *range(50, 59)), "yyyy/m/d"),
}  # fmt: skip
CURRENCY = re.compile(r"\[\$([^\]\-]+)(?:-[0-9A-Fa-f]*)?\]|([$€£¥₹₽₩₺₴₪฿]|\b(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|HUF)\b)")
ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', re.DOTALL)
DIGITS = re.compile(r"[0#?](?:\.([0#?]*))?(,*)(?![0#?.])")


class NumberFormat(NamedTuple):
    """What numbers in a format are, how many decimals are shown (None: as many as fit), whether in percent or a currency,
    and of dates, whether the time is shown."""

    kind: Literal["number", "date", "time", "duration"] = "number"
    decimals: int | None = None
    percent: bool = False
    currency: str = ""
    shows_time: bool = True


@lru_cache(4096)
def number_format(code: str) -> NumberFormat:
    """What a format code such as ``#,##0.00 [$€-407]`` says."""
    first = section(code)
    bare = ASIDE.sub("", first)
    if ELAPSED.search(re.sub(r'"[^"]*"|\\.', "", first)):
        return NumberFormat("duration")
    if bare.strip().lower() in ("general", "standard", "@", ""):
        return NumberFormat()
    letters = re.sub(r"general|am/pm|a/p", lambda m: "h" if "/" in m[0] else "", bare.lower())
    if not re.search(r"[0#?]", letters) or re.search(r"[ydhs]", letters):
        if re.search(r"[yd]", letters) or ("m" in letters and not re.search("[hs]", letters)):
            return NumberFormat("date", shows_time=bool(re.search("[hs]", letters)))
        if re.search("[hs]", letters):
            return NumberFormat("time")
    money = CURRENCY.search(first.replace('"', " "))
    percent = "%" in bare
    shown = DIGITS.search(bare)
    decimals = len(shown[1] or "") if shown and not shown[2] and not re.search(r"e[+-]|/", letters) else None
    if decimals is not None and percent:
        decimals += 2
    return NumberFormat("number", decimals, percent, (money[1] or money[2]).strip() if money else "")


def section(code: str) -> str:
    """The part of a format code for positive numbers."""
    quoted = False
    escaped = False
    for at, sign in enumerate(code):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted:
            return code[:at]
    return code
