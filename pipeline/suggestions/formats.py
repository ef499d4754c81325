"""Values written otherwise than nearly all of their column: with a unit or without, other marks in codes and dates, units mixed."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import JsonValue

from pipeline.suggestions.base import Coded, Look, Suggestion, cells, chosen, mapped
from steps.arrow import SPACES, flags

MOST = 50_000  # different values that are looked at
NEARLY_ALL = 0.7  # share of the values that are written alike
LEAST = 10  # of them
LIST = 400
NUM = r"-?[0-9]+(?:\.[0-9]+)?"
PARTS = re.compile(rf"^\s*([^\w\s.,;:-]{{0,2}})\s*({NUM})(\s*)([^\d.,;:-]{{0,12}}?)\.?\s*$")
UNITS: dict[str, dict[str, float]] = {
    "mass": {"mg": 0.001, "g": 1, "kg": 1000, "t": 1_000_000}, "length": {"mm": 0.001, "cm": 0.01, "m": 1, "km": 1000},
    "volume": {"ml": 0.001, "cl": 0.01, "dl": 0.1, "l": 1}, "time": {"s": 1, "sec": 1, "min": 60, "h": 3600, "hr": 3600, "hrs": 3600},
    "imperial mass": {"oz": 1, "lb": 16, "lbs": 16}, "imperial length": {"in": 1, "ft": 12, "yd": 36},
    "data": {"kb": 1, "mb": 1000, "gb": 1_000_000},
}  # fmt: skip
KNOWN = {unit for units in UNITS.values() for unit in units} | {
    "%", "$", "€", "£", "¥", "eur", "usd", "gbp", "chf", "oz.", "ounce", "ounces", "fl oz", "mins", "minutes", "hours", "hour", "days",
    "years", "pcs",
}  # fmt: skip
MARKS = r"[\s./_:-]"
CODE = re.compile(r"\(?[9a](?:[\s./_:)-]{0,2}[9a]){1,5}")


def formats(look: Look) -> Iterator[Suggestion]:
    """For each column of text the values that are the same thing in another dress, put like all others."""
    for column in look.text():
        coded = look.coded(column.name)
        if coded.filled >= LEAST and len(coded.words) <= MOST and look.may_read(len(coded.words)):
            tries = (one(look, column.name, coded) for one in (_units, _affixes, _marks, _dates))
            yield from next((found for found in tries if found), [])


class Dressed(NamedTuple):
    """A number with what stands around it."""

    before: str
    number: str
    gap: str
    unit: str

    @property
    def dress(self) -> tuple[str, str]:
        """What stands around it, however it is spaced."""
        return self.before, self.unit.strip().lower()


def _split(coded: Coded) -> list[Dressed | None]:
    """Each value in its parts; None for what is no number with something around it."""
    return [Dressed(*m.groups()) if len(v) <= 40 and (m := PARTS.match(v)) else None for v in coded.texts.to_pylist()]


def _affixes(look: Look, name: str, coded: Coded) -> list[Suggestion]:
    """Numbers with a sign or unit among plain ones, or plain ones among those with it."""
    parts = _split(coded)
    counts: Counter[tuple[str, str]] = Counter()
    different: Counter[tuple[str, str]] = Counter()
    exact: Counter[tuple[str, str, str]] = Counter()
    for p, n in zip(parts, coded.counts.tolist(), strict=True):
        if p:
            counts[p.dress] += n
            different[p.dress] += 1
            exact[p.before, p.gap, p.unit] += n
    usual = max(counts, key=lambda d: counts[d], default=("", ""))
    if counts[usual] < max(LEAST, NEARLY_ALL * coded.filled):
        return []
    odd = {d: n for d, n in counts.items() if d != usual}
    before, gap, unit = max((e for e in exact if (e[0], e[2].strip().lower()) == usual), key=lambda e: exact[e])
    if usual != ("", ""):
        odd = {d: n for d, n in odd.items() if d == ("", "")}  # only those without: another unit is another amount
    elif any(_doubtful(d, n, different[d]) for d, n in odd.items()) or len(odd) > 4:
        return []
    numbers = np.array([float(p.number) if p else np.nan for p in parts])
    home = np.array([p is not None and p.dress == usual for p in parts])
    other = np.array([p is not None and p.dress in odd for p in parts])
    uneven = np.array([p is not None and p.dress == usual and (p.before, p.gap, p.unit) != (before, gap, unit) for p in parts])
    if other.any() and not _within(numbers, home, other, coded.counts):
        odd, other = {}, np.zeros(len(parts), bool)
    if not other.any() and not (uneven.any() and usual != ("", "")):
        return []
    befores, units = ({d[i] for d in odd} | {usual[i]} for i in (0, 1))
    find = rf"(?i)^\s*{_any_of(befores)}({NUM})\s*{_any_of(units)}\.?\s*$"
    put = before.replace("\\", r"\\") + r"\1" + gap + unit
    made = pc.replace_substring_regex(coded.words, find, put)
    changed = flags(pc.not_equal(made, coded.words))
    if (changed & ~(other | uneven)).any() or not changed.any():
        return []
    what = "with a sign or unit, all others without" if usual == ("", "") else f'without "{(before or unit).strip()}", or spaced otherwise'
    return _found(look, name, find, put, f"{name}: {{n}} numbers {what}.", "unit" if usual == ("", "") else "no unit")


def _any_of(some: set[str]) -> str:
    """A pattern for one of these texts, or none of them if one is empty."""
    given = "|".join(re.escape(t) for t in sorted(some, key=len, reverse=True) if t)
    return f"(?:(?:{given})\\s*)?" if given and "" in some else f"(?:{given})\\s*" if given else ""


def _doubtful(dress: tuple[str, str], rows: int, numbers: int) -> bool:
    """Whether what stands around a number may belong to it, as the letter of a house number does, or be a slip."""
    return dress[1] not in KNOWN and (len(dress[1]) == 1 or rows < 5 or numbers < 3) and bool(dress[1])


def _within(numbers: np.ndarray, home: np.ndarray, other: np.ndarray, counts: np.ndarray) -> bool:
    """Whether nearly all of some numbers lie where the others do, so that they are no other amounts."""
    usual = np.repeat(numbers[home], counts[home])
    low, high = np.quantile(usual, [0.005, 0.995])
    room = 0.1 * (high - low)
    inside = (numbers[other] >= low - room) & (numbers[other] <= high + room)
    share = counts[other][inside].sum() / counts[other].sum()
    far = high > 0 and low > 0 and high / low > 1e4
    return bool(share >= 0.9 and not far)


def _found(look: Look, name: str, find: str, put: str, why: str, rule: str) -> list[Suggestion]:
    params: dict[str, JsonValue] = {"columns": chosen([name]), "find": find, "replace": put, "match": "regex"}
    return list(cells(look, "find_replace", params, [name], why, 2, "writing", rule))


def _units(look: Look, name: str, coded: Coded) -> list[Suggestion]:
    """Amounts in another unit than nearly all, converted; of columns with units mixed evenly all amounts, as numbers."""
    parts = _split(coded)
    counts: Counter[str] = Counter()
    for p, n in zip(parts, coded.counts.tolist(), strict=True):
        if p and not p.before:
            counts[p.unit.strip()] += n
    if not counts:
        return []
    usual = max(counts, key=lambda u: counts[u])
    grid = next((g for g in UNITS.values() if usual.lower() in g), None)
    others = {u for u in counts if grid and u != usual and u.lower() in grid and u.lower() != usual.lower()}
    if grid is None or not others or counts[usual] < LEAST or sum(counts.values()) < 0.9 * coded.filled:
        return []
    if counts[usual] >= NEARLY_ALL * coded.filled:
        gap = next(p.gap for p in parts if p and p.unit.strip() == usual)
        mapping: dict[str, str] = {}
        numbers = np.full(len(parts), np.nan)
        for at, (p, word) in enumerate(zip(parts, coded.texts.to_pylist(), strict=True)):
            if p and not p.before and (unit := p.unit.strip()) in {*others, usual}:
                amount = Decimal(p.number) * Decimal(str(grid[unit.lower()])) / Decimal(str(grid[usual.lower()]))
                numbers[at] = float(amount)
                if unit != usual:
                    mapping[word] = f"{plain(amount)}{gap}{usual}"
        odd = np.array([p is not None and p.unit.strip() in others for p in parts])
        if len(mapping) > LIST or not _within(numbers, ~np.isnan(numbers) & ~odd, odd, coded.counts):
            return []
        why = f"{name}: {{n}} amounts in {' or '.join(sorted(others))}, nearly all others in {usual}."
        return list(mapped(look, name, mapping, why, 2, "repair", "other unit"))
    units: dict[str, JsonValue] = {u: grid[u.lower()] / grid[usual.lower()] for u in [usual, *sorted(others)]}
    params: dict[str, JsonValue] = {"columns": chosen([name]), "unit": "convert", "units": units}
    listed = ", ".join(f"{u} ({counts[u]:,})" for u in units)
    return list(cells(look, "parse_number", params, [name], f"{name}: amounts in several units: {listed}.", 2, "type", "units mixed"))


def plain(number: Decimal) -> str:
    """A number without an exponent and without zeros that say nothing."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _marks(look: Look, name: str, coded: Coded) -> list[Suggestion]:
    """Codes, telephone numbers and dates with other marks between the same parts."""
    words = coded.texts
    letters = pc.replace_substring_regex(pc.replace_substring_regex(words, r"[0-9]+", "9"), r"[A-Za-z]+", "a")
    counted = letters.dictionary_encode()
    totals = np.bincount(counted.indices.to_numpy(), weights=coded.counts)
    top = int(totals.argmax())
    shape = counted.dictionary[top].as_py()
    if totals[top] < max(LEAST, NEARLY_ALL * coded.filled) or not CODE.fullmatch(shape) or "9" not in shape or shape == "9.9":
        return []
    home = counted.indices.to_numpy() == top
    runs = [re.findall(r"[0-9]+|[A-Za-z]+", w) for w in words.filter(pa.array(home)).to_pylist()[:2_000]]
    sizes = [sorted({len(r[i]) for r in runs}) for i in range(len(runs[0]))]
    between = re.findall(r"(?<=[9a])[^9a]*(?=[9a])", shape)
    kinds = re.findall(r"[9a]", shape)
    if any(kind == "a" and size[-1] > 5 for kind, size in zip(kinds, sizes, strict=True)):  # words, not codes
        return []
    day = [s[-1] for s in sizes] in ([2, 2, 4], [2, 2, 2])  # a point between says that the day comes first, whatever comes first here
    marks = MARKS if not day or "." in shape else MARKS.replace(".", "")
    find, put = r"^\s*\(?", "(" if shape.startswith("(") else ""
    for i, (kind, size) in enumerate(zip(kinds, sizes, strict=True)):
        letter = "[0-9]" if kind == "9" else "[A-Za-z]"
        find += f"({letter}{{{size[0]},{size[-1]}}})" if size[0] != size[-1] else f"({letter}{{{size[0]}}})"
        put += f"\\{i + 1}"
        if i < len(between):
            fixed = kinds[i] != kinds[i + 1] or (len(size) == 1 and len(sizes[i + 1]) == 1)
            find += f"(?:\\)|{marks}){{0,2}}" if fixed else f"(?:\\)|{marks}){{1,2}}"
            put += between[i]
    find += r"\s*$"
    made = pc.replace_substring_regex(words, find, put)
    changed = flags(pc.not_equal(made, words))
    trimmed = flags(pc.not_equal(pc.utf8_trim(words, SPACES), words))
    if (changed & home & ~trimmed).any() or not (changed & ~home).any() or _decimal(words, changed & ~home, shape):
        return []
    like = words.filter(pa.array(home))[0].as_py()
    return _found(look, name, find, put, f"{name}: {{n}} values with other marks than nearly all, which are like {like}.", "marks")


def _decimal(words: pa.Array, odd: np.ndarray, shape: str) -> bool:
    """Whether the odd ones are plain numbers, which may mean something else where there are two parts."""
    given = words.filter(pa.array(odd)).to_pylist()
    return len(re.findall(r"[9a]", shape)) < 3 and any(re.fullmatch(NUM, g.strip()) and "." in g for g in given)


DATES = (
    (r"^([0-9]{4})-([0-9]{2})-([0-9]{2})$", "ymd", "-"), (r"^([0-9]{4})/([0-9]{2})/([0-9]{2})$", "ymd", "/"),
    (r"^([0-9]{2})\.([0-9]{2})\.([0-9]{4})$", "dmy", "."),
    (r"^([0-9]{2})/([0-9]{2})/([0-9]{4})$", "?", "/"), (r"^([0-9]{2})-([0-9]{2})-([0-9]{4})$", "?", "-"),
)  # fmt: skip


def _dates(look: Look, name: str, coded: Coded) -> list[Suggestion]:
    """Dates with their parts in another order, where that can be told: the year first, or points between."""
    words = coded.texts
    for pattern, order, mark in DATES:
        home = flags(pc.match_substring_regex(words, pattern))
        if coded.counts[home].sum() < max(LEAST, NEARLY_ALL * coded.filled):
            continue
        order = order if order != "?" else _order(words.filter(pa.array(home)).to_pylist())
        for odd, given in ((r"^([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})$", "ymd"), (r"^([0-9]{2})\.([0-9]{2})\.([0-9]{4})$", "dmy")):
            if order and given != order:
                put = mark.join(f"\\{given.index(p) + 1}" for p in order)
                some = flags(pc.match_substring_regex(words, odd)) & ~home
                held = words.filter(pa.array(some)).to_pylist()
                sure = order != "mdy" or given == "ymd" or any(int(w[:2]) > 12 for w in held)
                if held and sure and all(_exists(w, given) for w in held):
                    like = words.filter(pa.array(home))[0].as_py()
                    said = f"{name}: {{n}} dates are written otherwise than nearly all, which are like {like}."
                    return _found(look, name, odd, put, said, "date order")
        return []
    return []


def _order(given: list[str]) -> str:
    """Whether the day or the month comes first, as far as that shows."""
    first, second = (max(int(g[i : i + 2]) for g in given) for i in (0, 3))
    return "dmy" if first > 12 >= second else "mdy" if second > 12 >= first else ""


def _exists(word: str, order: str) -> bool:
    """Whether there may be such a day."""
    digits = re.sub(r"\D", "", word)
    month, day = (int(digits[4:6]), int(digits[6:])) if order == "ymd" else (int(digits[2:4]), int(digits[:2]))
    year = int(digits[:4] if order == "ymd" else digits[4:])
    return 1 <= month <= 12 and 1 <= day <= 31 and 1800 <= year <= 2200
