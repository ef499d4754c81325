"""Which columns of two tables belong together: proposed by their names, and by what they hold."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import SPACES, arrow, is_date, is_number, is_text
from steps.values import shortest

SAMPLE = 20_000  # rows looked at
WIDE = 80  # columns up to which those left over by name are compared by what they hold
SURE = 2.0  # from this score on only the names have spoken
KEY_ROWS = 200_000  # rows of the other table in which keys are looked for


class Pair(NamedTuple):
    """Two columns that belong together, and why in words; ``sure`` if their names say so."""

    left: str
    right: str
    why: str
    sure: bool


class Proposal(NamedTuple):
    """Columns that belong together, and those of either table that have no partner, in table order."""

    pairs: list[Pair]
    left_only: list[str]
    right_only: list[str]

    def of(self, right: str) -> Pair | None:
        """The pair of a column of the right table."""
        return next((p for p in self.pairs if p.right == right), None)


class Seen(NamedTuple):
    """What a column holds, from a sample: its kind, its different values, and how often which pattern."""

    kind: str
    values: frozenset[str]
    patterns: dict[str, float]


def match_names(left: Iterable[str], right: Iterable[str]) -> Proposal:
    """Columns of the same name: as written, but for capitals, spaces and accents, or with the words in another order."""
    return _matched(list(left), list(right), {})


def match_columns(left: pd.DataFrame, right: pd.DataFrame) -> Proposal:
    """Columns that belong together: by name first, then those that hold the same and are called alike.

    By content alone only text is matched, and only where values are the same: numbers and dates of different
    columns are alike too often. Reads at most the first 20,000 rows.
    """
    by_name = _matched(list(left.columns), list(right.columns), {})
    if not by_name.left_only or not by_name.right_only or max(len(by_name.left_only), len(by_name.right_only)) > WIDE:
        return by_name
    mine = {n: seen(arrow(left[n])) for n in by_name.left_only}
    theirs = {n: seen(arrow(right[n])) for n in by_name.right_only}
    scores = {(a, b): found for a, x in mine.items() for b, y in theirs.items() if (found := _alike(a, b, x, y)) is not None}
    return _matched(list(left.columns), list(right.columns), scores)


def propose_key(left: pd.DataFrame, right: pd.DataFrame, *, once_in_both: bool = False) -> tuple[str, str] | None:
    """The two columns by which rows of the left table are found in the right one, where one pair stands out.

    A key holds values of the same kind, is often found there, seldom stands more than once there, and is seldom missing.
    With ``once_in_both`` it seldom stands more than once in the left table either, and one table may hold much more.
    """
    if not len(left) or not len(right) or max(left.shape[1], right.shape[1]) > WIDE:
        return None
    mine = {n: seen(arrow(left[n])) for n in left.columns}
    theirs = {n: seen(arrow(right[n].iloc[:KEY_ROWS]), KEY_ROWS) for n in right.columns}
    best: tuple[float, tuple[str, str] | None] = (0.5, None)
    for b, y in theirs.items():
        once = len(y.values) / min(len(right), KEY_ROWS)  # missing ones count as repeated
        for a, x in mine.items():
            if x.kind != y.kind or x.kind == "boolean" or not x.values or len(y.values) < 2:
                continue
            common = len(x.values & y.values)
            found = common / (min(len(x.values), len(y.values)) if once_in_both else len(x.values))
            filled = 1 - arrow(left[a]).null_count / len(left)
            unique = len(x.values) / min(len(left), SAMPLE)
            own = unique if once_in_both else 1.0
            score = found * once * filled * own + (0.3 * _names_alike(words(a), words(b)) + 0.1 * unique) * (found > 0)
            if score > best[0]:
                best = (score, (a, b))
    return best[1]


def words(name: str) -> tuple[str, ...]:
    """The words of a column's name, without capitals and accents: "UnitPrice (€)" and "unit price" are unit, price."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    plain = "".join(c for c in unicodedata.normalize("NFKD", parted.casefold()) if not unicodedata.combining(c))
    return tuple(re.findall(r"[^\W_]+", plain))


def seen(values: pa.ChunkedArray, sample: int = SAMPLE) -> Seen:
    """What a column holds: different values as text without spaces around them and capitals, and the patterns they are written in."""
    some = values.slice(0, sample)
    kind = "text" if is_text(some.type) else "number" if is_number(some.type) else "date" if is_date(some.type) else "boolean"
    text = pc.utf8_lower(pc.utf8_trim(shortest(some), SPACES)).drop_null()
    different = pc.unique(text)
    counts = Counter(_pattern(v) for v in different.slice(0, 2_000).to_pylist())
    total = sum(counts.values())
    if kind == "text" and total and all(re.fullmatch(r"[-+(]?[9.,' ]+[)%]?", p) for p in counts):
        kind = "number as text"
    return Seen(kind, frozenset(different.to_pylist()) - {""}, {p: n / total for p, n in counts.items()})


def _pattern(value: str) -> str:
    """How a value is written: digits as 9, letters as a, runs of either once."""
    return re.sub(r"9+", "9", re.sub(r"[^\W\d_]+", "a", re.sub(r"\d", "9", value)))[:60]


def _alike(a: str, b: str, x: Seen, y: Seen) -> tuple[float, str] | None:
    """How much speaks for a pair, and what; None if too little does."""
    name = _names_alike(words(a), words(b))
    if x.kind != y.kind or not x.values or not y.values:
        return (0.5 + name / 2, "called alike") if name >= 0.8 else None
    share = len(x.values & y.values) / min(len(x.values), len(y.values))
    patterns = sum(min(p, y.patterns.get(n, 0.0)) for n, p in x.patterns.items())
    if x.kind == "text" and share >= 0.5 and min(len(x.values), len(y.values)) > 2:
        return 1 + share / 2 + name / 4, f"{_percent(share)} of its values stand there, too"
    if name >= 0.8:
        return 0.5 + name / 2, "called alike"
    if name >= 0.4 and (share >= 0.5 or patterns >= 0.8):
        return (name + patterns + share) / 3, "called alike, and holds the same kind of values"
    return None


def _percent(share: float) -> str:
    return "all" if share == 1 else f"{min(int(100 * share), 99)} %"


def _names_alike(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """How alike two names are, from 0 to 1: words in common, or letters."""
    if not a or not b:
        return 0.0
    common = sum(any(x == y or (min(len(x), len(y)) > 2 and (x.startswith(y) or y.startswith(x))) for y in b) for x in a)
    letters = SequenceMatcher(None, "".join(a), "".join(b)).ratio()
    return max(common / max(len(a), len(b)), letters if letters >= 0.8 else 0.0)


def _by_name(a: str, b: str) -> tuple[float, str] | None:
    if a == b:
        return 5.0, "same name"
    x, y = words(a), words(b)
    if x and "".join(x) == "".join(y):
        return 4.0, "same name but for capitals, signs or accents"
    if not x and not y and a.strip() == b.strip():
        return 4.0, "same name but for spaces"
    return (3.0, "same words in another order") if x and sorted(x) == sorted(y) else None


def _matched(left: list[str], right: list[str], content: dict[tuple[str, str], tuple[float, str]]) -> Proposal:
    """The best pairs first, each column once; where two are equally good, the first in table order."""
    found: list[tuple[float, int, int, str]] = []
    held = set(right)
    looser: dict[tuple[str, ...], list[int]] = {}
    for j, b in enumerate(right):
        looser.setdefault(tuple(sorted("".join(words(b)))) or (b.strip(),), []).append(j)
    for i, a in enumerate(left):
        if a in held:
            found.append((5.0, i, right.index(a), "same name"))
        for j in looser.get(tuple(sorted("".join(words(a)))) or (a.strip(),), ()):
            if (by := _by_name(a, right[j])) is not None and a != right[j]:
                found.append((by[0], i, j, by[1]))
    at_left, at_right = {n: i for i, n in enumerate(left)}, {n: j for j, n in enumerate(right)}
    found += [(score, at_left[a], at_right[b], why) for (a, b), (score, why) in content.items()]
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    pairs = []
    for score, i, j, why in sorted(found, key=lambda f: (-f[0], f[1], f[2])):
        if i not in taken_left and j not in taken_right:
            taken_left.add(i)
            taken_right.add(j)
            pairs.append((i, Pair(left[i], right[j], why, score >= SURE)))
    return Proposal(
        [pair for _, pair in sorted(pairs, key=lambda p: p[0])],
        [n for i, n in enumerate(left) if i not in taken_left],
        [n for j, n in enumerate(right) if j not in taken_right],
    )
