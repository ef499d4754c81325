"""The functions of text: Arrow's kernels where what is sought or counted is written out, each combination once where not."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import SPACES, by_value
from steps.expressions.types import Notes, Values, as_wall, by_tuple
from steps.types import convert
from steps.values import shortest

TEXT = pa.large_string()
NUMBER_FORMAT = re.compile(r"(#,##)?(0+)(?:\.(0+))?(%)?")
DATE_FORMAT = re.compile(r"yyyy|yy|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s")
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def joined(notes: Notes, *parts: Values) -> pa.Array:
    """The values as text, one after the other; missing if one is missing."""
    once = not all(p.fixed for p in parts) and notes.rows > 0
    written = [as_text(Values(pa.repeat(p.plain, 1), p.kind))[0] if once and p.fixed else as_text(p) for p in parts]
    return pc.binary_join_element_wise(*written, pa.scalar("", TEXT))


def as_text(part: Values) -> pa.Array:
    """Values as text, numbers in the shortest form."""
    return part.data if part.kind == "text" else shortest(part.data)


def mapped(kernel: Callable[..., pa.Array]) -> Callable[..., pa.Array]:
    """A function of one text, once for each different value where values repeat."""
    return lambda notes, a: by_value(pa.chunked_array([a.data]), kernel).combine_chunks()


def trimmed(values: pa.Array) -> pa.Array:
    """Without spaces at the ends, and one space inside for several."""
    inner = pc.replace_substring_regex(values, f"[{SPACES}]+", " ")
    return pc.utf8_trim(inner, " ")


def left(notes: Notes, a: Values, count: Values | None = None) -> pa.Array:
    """The first characters."""
    return _cut(notes, a, None, count)


def middle(notes: Notes, a: Values, start: Values, count: Values) -> pa.Array:
    """Characters from a place on."""
    bad = notes.fail(pc.less(start.data, 1), "the place of the first character is below 1", start.data)
    return pc.if_else(bad, pa.scalar(None, TEXT), _cut(notes, a, start, count))


def _cut(notes: Notes, a: Values, start: Values | None, count: Values | None) -> pa.Array:
    many = 1 if count is None else count.one
    if start is None and isinstance(many, int) and many >= 0:
        return pc.utf8_slice_codeunits(a.data, 0, min(many, 2**31))
    n = count.data if count is not None else pa.repeat(pa.scalar(1, pa.int64()), len(a.data))
    bad = notes.fail(pc.less(n, 0), "the number of characters is below 0", n)
    n = pc.if_else(bad, pa.scalar(None, pa.int64()), n)
    if (start is None or start.fixed) and (count is None or count.fixed):
        first = int(str(start.one or 1)) - 1 if start else 0
        if many is None or int(str(many)) < 0 or first < 0:
            return pa.nulls(len(a.data), TEXT)
        return pc.utf8_slice_codeunits(a.data, first, min(first + int(str(many)), 2**31))
    begin = start.data if start is not None else pa.repeat(pa.scalar(1, pa.int64()), len(n))
    return by_tuple(lambda text, i, k: text[max(i, 1) - 1 : max(i, 1) - 1 + k], TEXT, a.data, begin, n)


def right(notes: Notes, a: Values, count: Values | None = None) -> pa.Array:
    """The last characters."""
    n = count.data if count is not None else pa.repeat(pa.scalar(1, pa.int64()), len(a.data))
    bad = notes.fail(pc.less(n, 0), "the number of characters is below 0", n)
    n = pc.if_else(bad, pa.scalar(None, pa.int64()), n)
    if count is None or (count.fixed and isinstance(count.one, int) and 0 < count.one < 2**31):
        return pc.utf8_slice_codeunits(a.data, -(1 if count is None else int(str(count.one))), None)
    return by_tuple(lambda text, k: text[len(text) - min(k, len(text)) :], TEXT, a.data, n)


def substituted(notes: Notes, a: Values, old: Values, new: Values) -> pa.Array:
    """The text with a part replaced everywhere."""
    if isinstance(old.one, str) and isinstance(new.one, str) and old.one:
        return pc.replace_substring(a.data, old.one, new.one)
    return by_tuple(lambda text, o, n: text.replace(o, n) if o else text, TEXT, a.data, old.data, new.data)


def before(notes: Notes, a: Values, mark: Values) -> pa.Array:
    """What stands before the first mark."""
    return _beside(notes, a, mark, 0)


def after(notes: Notes, a: Values, mark: Values) -> pa.Array:
    """What stands after the first mark."""
    return _beside(notes, a, mark, 1)


def _beside(notes: Notes, a: Values, mark: Values, side: int) -> pa.Array:
    if isinstance(mark.one, str) and mark.one:
        found = pc.match_substring(a.data, mark.one)
        none = notes.fail(pc.invert(found), f'does not contain "{mark.one}"', a.data)
        both = pc.split_pattern(pc.if_else(none, pa.scalar(None, TEXT), a.data), mark.one, max_splits=1)
        return pc.list_element(both, side)
    made = by_tuple(lambda text, m: text.partition(m)[2 * side] if m and m in text else None, TEXT, a.data, mark.data)
    notes.fail(pc.and_(made.is_null(), pc.and_(a.data.is_valid(), mark.data.is_valid())), "does not contain the mark", a.data)
    return made


def found_at(notes: Notes, part: Values, a: Values) -> pa.Array:
    """The place of the first occurrence, from 1 on."""
    if isinstance(part.one, str) and part.one:
        return pc.add(pc.utf8_length(_beside(notes, a, part, 0)).cast(pa.int64()), 1)
    made = by_tuple(lambda p, text: text.find(p) + 1 or None, pa.int64(), part.data, a.data)
    notes.fail(pc.and_(made.is_null(), pc.and_(a.data.is_valid(), part.data.is_valid())), "does not contain the part", a.data)
    return made


def contains(notes: Notes, a: Values, part: Values) -> pa.Array:
    """Whether a part occurs."""
    if isinstance(part.one, str):
        return pc.match_substring(a.data, part.one)
    return by_tuple(lambda text, p: p in text, pa.bool_(), a.data, part.data)


def starts(notes: Notes, a: Values, part: Values) -> pa.Array:
    """Whether the text starts with a part."""
    return by_tuple(str.startswith, pa.bool_(), a.data, part.data) if not isinstance(part.one, str) else pc.starts_with(a.data, part.one)


def ends(notes: Notes, a: Values, part: Values) -> pa.Array:
    """Whether the text ends with a part."""
    return by_tuple(str.endswith, pa.bool_(), a.data, part.data) if not isinstance(part.one, str) else pc.ends_with(a.data, part.one)


def matches(notes: Notes, a: Values, pattern: Values, any_case: Values | None = None) -> pa.Array:
    """Whether a pattern occurs."""
    if not len(a.data):
        return pa.array([], pa.bool_())
    ignore = any_case is not None and any_case.one is True
    found = by_value(pa.chunked_array([a.data]), lambda v: pc.match_substring_regex(v, str(pattern.one), ignore_case=ignore))
    return found.combine_chunks()


def number(notes: Notes, a: Values) -> pa.Array:
    """The number that a text writes."""
    made = convert(pa.chunked_array([a.data]), "number")
    if made.bad is not None:
        notes.fail(made.bad.combine_chunks(), made.reason, a.data)
    return made.values.combine_chunks()


def usable_format(pattern: object, dates: bool) -> bool:
    """Whether TEXT knows the format."""
    known = DATE_FORMAT.search(str(pattern).lower()) if dates else NUMBER_FORMAT.fullmatch(str(pattern))
    return known is not None


def formatted(notes: Notes, a: Values, pattern: Values | None = None) -> pa.Array:
    """Numbers and dates as text in Excel's formats."""
    if pattern is None or a.kind in ("text", "yes_no", "nothing") or pattern.one is None:
        return as_text(a)
    write, data = (_date, as_wall(a.data)) if a.kind in ("date", "datetime") else (_number, a.data)
    wanted = str(pattern.one)
    return by_tuple(lambda value: write(value, wanted), TEXT, data)


def _number(value: int | float | Decimal, pattern: str) -> str:
    m = NUMBER_FORMAT.fullmatch(pattern)
    assert m is not None
    exact = Decimal(str(value)) * (100 if m[4] else 1)
    decimals = len(m[3] or "")
    if exact.adjusted() < 26:  # beyond that nothing stands after the point, and quantize would refuse
        exact = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits = f"{abs(exact):.{decimals}f}"
    head, _, tail = digits.partition(".")
    head = f"{int(head.zfill(len(m[2]))):,}" if m[1] else head.zfill(len(m[2]))
    sign = "-" if exact < 0 else ""
    return sign + head + (f".{tail}" if tail else "") + (m[4] or "")


def _date(value: datetime, pattern: str) -> str:
    parts = {
        "yyyy": f"{value.year:04}", "yy": f"{value.year % 100:02}", "mmmm": MONTHS[value.month - 1], "mmm": MONTHS[value.month - 1][:3],
        "mm": f"{value.month:02}", "m": str(value.month), "dddd": DAYS[value.weekday()], "ddd": DAYS[value.weekday()][:3],
        "dd": f"{value.day:02}", "d": str(value.day), "hh": f"{value.hour:02}", "h": str(value.hour), "ss": f"{value.second:02}",
        "s": str(value.second),
    }  # fmt: skip
    minutes = {"mm": f"{value.minute:02}", "m": str(value.minute)}
    made, last, end = "", "", 0
    for m in DATE_FORMAT.finditer(pattern.lower()):
        token = m.group()
        made += pattern[end : m.start()] + (minutes[token] if token in minutes and last in ("h", "hh") else parts[token])
        last, end = token, m.end()
    return made + pattern[end:]
