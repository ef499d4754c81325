"""Numbers a factor of 10, 100 or 1000 off, and dates a century or a thousand years off."""

import re
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pyarrow.compute as pc

from pipeline.suggestions.base import MOST_COLUMNS, Coded, Look, Suggestion, mapped
from pipeline.suggestions.formats import plain
from steps.arrow import flags, is_number

MOST = 100_000  # different values that are looked at
LEAST = 30  # values that show where the others lie
FEW = 0.04  # share of the values that may be off
NUMBER = r"^-?[0-9]+(?:\.[0-9]+)?$"
FACTORS = (10, 100, 1000)
GAP = 2.0  # how many times beyond the others a number must lie
SPAN = 70  # years between the others
YEAR = r"^(?P<before>(?:.*[^0-9])?)(?P<year>[0-9]{4})(?P<after>(?:[^0-9].*)?)$"
SHIFTS = tuple(range(-2000, 2001, 100))


def factors(look: Look) -> Iterator[Suggestion]:
    """Numbers far from all others that lie among them when their point is moved."""
    for column in look.known.columns[:MOST_COLUMNS]:
        coded = look.coded(column.name) if column.type in ("text", "integer", "number", "exact") and column.different > 2 else None
        if coded is not None and len(coded.words) <= MOST and (mapping := moved(coded)):
            why = f"{column.name}: {{n}} numbers far from all others lie among them with the decimal point moved."
            yield from mapped(look, column.name, mapping, why, 2, "repair", "factor")


def moved(coded: Coded) -> dict[str, str]:
    """The numbers to be mended, as text."""
    words = coded.texts
    numeric = flags(pc.match_substring_regex(words, NUMBER)) if not is_number(coded.words.type) else np.ones(len(words), bool)
    if coded.counts[numeric].sum() < max(LEAST, 0.9 * coded.filled):
        return {}
    given = [w if n else "" for w, n in zip(words.to_pylist(), numeric, strict=True)]
    if any(len(w) > 1 and w[0] == "0" and w[1] != "." for w in given):
        return {}
    values = np.array([float(w) if w else np.nan for w in given])
    every = np.repeat(values[numeric], coded.counts[numeric])
    low, high = np.quantile(every, [0.05, 0.95])
    if low <= 0 or high / low > 4:
        return {}
    beyond = 0.75 * (high - low) + 0.02 * high  # so far others may lie
    least, most = max(low - beyond, low / 2), high + beyond
    far = numeric & ((values < min(least / GAP, low - beyond)) | (values > most * GAP))
    between = numeric & ~far & ((values < least) | (values > most))
    count = int(coded.counts[far].sum())
    if not count or count > max(2, FEW * len(every)) or coded.counts[between].sum() > max(1, count // 3):
        return {}
    decimals = _usual_decimals(given, coded.counts, ~far & numeric)
    found = {}
    for at in np.flatnonzero(far).tolist():
        fits = [s for f in FACTORS for s in (Decimal(f), 1 / Decimal(f)) if least <= values[at] * float(s) <= most]
        if len(fits) != 1:
            continue
        new = Decimal(given[at]) * fits[0]
        found[given[at]] = f"{new:.{decimals}f}" if decimals is not None and round(new, decimals) == new else plain(new)
    return found if sum(coded.counts[i] for i in np.flatnonzero(far) if given[i] in found) >= 0.7 * count else {}


def _usual_decimals(given: list[str], counts: np.ndarray, which: np.ndarray) -> int | None:
    """How many decimals nearly all numbers are written with, if there is such a number."""
    places: dict[int, int] = {}
    for at in np.flatnonzero(which).tolist():
        n = len(given[at].partition(".")[2])
        places[n] = places.get(n, 0) + int(counts[at])
    most = max(places, key=lambda n: places[n])
    return most if places[most] >= 0.8 * sum(places.values()) else None


def centuries(look: Look) -> Iterator[Suggestion]:
    """Dates and years far from all others that lie among them a century, or a thousand years, on or back."""
    for column in look.known.columns[:MOST_COLUMNS]:
        if column.type in ("text", "date", "integer") and column.different > 2:
            coded = look.coded(column.name)
            if len(coded.words) <= MOST and (mapping := shifted(coded)):
                why = f"{column.name}: {{n}} dates are one or more centuries from all others."
                yield from mapped(look, column.name, mapping, why, 2, "repair", "century")


def shifted(coded: Coded) -> dict[str, str]:
    """The dates to be mended, as text."""
    words = coded.texts
    found = pc.extract_regex(words, YEAR)
    dated = flags(found.is_valid())
    if coded.counts[dated].sum() < max(LEAST, 0.9 * coded.filled):
        return {}
    years = pc.fill_null(pc.struct_field(found, "year"), "0").cast("int64").to_numpy()
    every = np.repeat(years[dated], coded.counts[dated])
    low, high = np.quantile(every, [0.05, 0.95])
    if not 1700 <= low <= high <= 2100 or high - low > SPAN:
        return {}
    whole = not pc.any(pc.match_substring_regex(words, r"[^0-9]"), min_count=0).as_py()
    if whole and (low < 1900 or not _only_years(every)):
        return {}
    room = max(3.0, 0.3 * (high - low))
    far = dated & ((years < low - room - 20) | (years > high + room + 20))
    between = dated & ~far & ((years < low - room) | (years > high + room))
    count = int(coded.counts[far].sum())
    if not count or count > max(2, FEW * len(every)) or coded.counts[between].sum() > max(1, count // 3):
        return {}
    mapping = {}
    for at in np.flatnonzero(far).tolist():
        fits = {int(years[at] + s) for s in SHIFTS if low - room <= years[at] + s <= high + room}
        if len(fits) == 1:
            word = words[at].as_py()
            mapping[word] = re.sub(r"(?<![0-9])[0-9]{4}(?![0-9])", str(fits.pop()), word, count=1)
    return mapping


def _only_years(every: np.ndarray) -> bool:
    """Whether whole numbers are years: nearly all lie where years do."""
    return bool(((every >= 1800) & (every <= 2100)).mean() >= 0.9)
