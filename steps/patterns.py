"""Patterns as people write them: RE2, which takes linear time; what it cannot use is refused at its character."""

import re

import pyarrow as pa
import pyarrow.compute as pc


def check_pattern(pattern: object) -> None:
    """Refuse a pattern that RE2 cannot use; the message points at the character."""
    if not isinstance(pattern, str):
        raise ValueError("a pattern is text")
    try:
        pc.match_substring_regex(pa.array([""], pa.large_string()), pattern)
    except pa.ArrowInvalid as error:
        problem, _, part = str(error).removeprefix("Invalid regular expression: ").partition(": ")
        at = max(0, _unmatched(pattern) if part == pattern and ")" in problem else pattern.find(part))
        unavailable = "perl" in problem or "escape" in problem
        hint = " Look-ahead, look-behind and repeating an earlier group are not available." if unavailable else ""
        raise ValueError(f'the pattern "{pattern}" cannot be used: {problem} at character {at + 1}.{hint}') from error


def _unmatched(pattern: str) -> int:
    """Where the first bracket without its partner stands."""
    open_at: list[int] = []
    for m in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()]", pattern, re.DOTALL):
        if m.group() == "(":
            open_at.append(m.start())
        elif m.group() == ")":
            if not open_at:
                return m.start()
            open_at.pop()
    return open_at[-1] if open_at else 0
