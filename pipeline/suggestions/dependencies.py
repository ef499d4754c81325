"""Columns that tell one another, such as postcode and city, with the few rows that break it."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import JsonValue
from rapidfuzz.distance import OSA

from pipeline.results import StepResult
from pipeline.suggestions.base import Coded, Look, Suggestion, cells, chosen, places
from steps.agreeing import Agreed, agreed
from steps.arrow import arrow, flags, is_text
from steps.base import listing
from steps.grouping import both

OFTEN = 20  # times that the different amounts of a column stand in it on average to be like words
GROUP = 3  # rows that make a group
SHARE = 0.8  # of a group that must agree
TESTED_FIRST = 4_000  # rows on which one is looked for first
TESTED = 60_000  # rows on which a dependency is looked for; groups are taken whole
COLUMNS = 40  # columns among which dependencies are looked for
BROKEN = 0.15  # share of the rows that may break a dependency
PAIR_BROKEN = 0.08  # the same for two columns together, which agree by chance more easily
HOLDS = 0.8  # how much of the possible agreement within groups there must be, chance apart
STRICT = 0.85  # the same, for values that are right elsewhere
VOTES = 5  # columns that tell another one, the best
SMALL = 200  # different values of columns that are looked at in pairs
AGAIN = 0.4  # share of what breaks a dependency that may stand in its group more than once
BY_CHANCE = 1.5
NEARLY = 0.3  # share of the letters in which a slip differs at most
SEVERAL, MISTAKES = 4, 0.005  # rows, and share of the rows, from which on it is mistakes that break a dependency, not exceptions
LOOKED = 300  # rows that break a dependency that are looked at one by one
PAIRED = 8  # columns that are looked at in pairs


@dataclass(frozen=True)
class Dependency:
    """How well columns tell another one: agreement within groups beyond chance (1: always), share of rows covered and breaking it."""

    by: tuple[str, ...]
    holds: float
    covered: float
    broken: float


def dependencies(look: Look) -> Iterator[Suggestion]:
    """Each column that others tell, with its values that break it."""
    names = [c.name for c in look.known.columns if c.different > 0][:COLUMNS]
    coded = {n: look.coded(n) for n in names}
    groups = {n: _Grouped(coded[n].codes) for n in names if _groups(coded[n])}
    told = {y: [d for x, g in groups.items() if x != y and (d := _test(g, (x,), coded[y]))] for y in names}
    for y in names:
        if _measured(coded[y]):
            continue
        best = sorted(told[y], key=lambda d: (-round(d.holds, 2), -d.covered))[:VOTES]
        also = [z for z in names if any(d.by == (y,) for d in told[z])]
        sound = len(best) > 1 or any(d.by[0] != y for b in best for d in told[b.by[0]])
        refused = yield from _offers(look, y, best, also, sound)
        if not best or refused:
            yield from _offers(look, y, _pairs(coded, groups, y, best), also, False)


def _groups(one: Coded) -> bool:
    """Whether a column can tell others: several of its values stand in enough rows."""
    large = one.counts >= GROUP
    return int(large.sum()) >= 3 and one.counts[large].sum() >= max(9, 0.3 * len(one.codes)) and not pa.types.is_floating(one.words.type)


def _measured(one: Coded) -> bool:
    """Whether a column holds amounts that seldom repeat: these differ within a group for reasons of their own."""
    if one.filled >= OFTEN * len(one.words):
        return False
    if not is_text(one.words.type):
        return bool(pa.types.is_floating(one.words.type) or pa.types.is_decimal(one.words.type))
    number = flags(pc.match_substring_regex(one.words, r"^-?[0-9]+(?:[.,][0-9]+)?$"))
    lengths = pc.min_max(pc.utf8_length(one.words.filter(pa.array(number)))).as_py()
    points = pc.any(pc.match_substring_regex(one.words.filter(pa.array(number)), "[.,]"), min_count=0).as_py()
    return bool(one.counts[number].sum() >= 0.9 * one.filled and (points or lengths["min"] != lengths["max"]))


class _Grouped:
    """The rows that have a value that stands in enough of them; of a long table whole groups drawn at random."""

    def __init__(self, codes: np.ndarray, most: int = TESTED) -> None:
        counts = np.bincount(codes[codes >= 0]) if (codes >= 0).any() else np.zeros(0, "int64")
        take = counts >= GROUP
        if counts[take].sum() > most:
            order = np.random.default_rng(0).permutation(len(counts))
            order = order[take[order]]
            order = order[: max(3, int(np.searchsorted(np.cumsum(counts[order]), most)))]
            take = np.zeros(len(counts), bool)
            take[order] = True
        self.rows = np.flatnonzero(np.append(take, False)[codes])
        number = np.append(np.cumsum(take) - 1, -1)
        self.codes = number[codes[self.rows]]
        self.first = _Grouped(codes, TESTED_FIRST) if most == TESTED and len(self.rows) > 3 * TESTED_FIRST else None
        self.covered = float(counts[counts >= GROUP].sum() / max(len(codes), 1))


def _test(groups: _Grouped, by: tuple[str, ...], one: Coded) -> Dependency | None:
    """Whether the groups tell the column; None if not."""
    if groups.first is not None and _broken(groups.first, one) > 2 * BROKEN:
        return None
    values = one.codes[groups.rows]
    found = agreed(groups.codes, values)
    large = found.rows >= GROUP
    rows = int(found.rows[large].sum())
    if large.sum() < 3 or rows < 9:
        return None
    clear = found.clear(GROUP, 0.6)
    right = int(found.most[clear >= 0].sum())
    broken = 1 - right / rows
    if broken > BROKEN:
        return None
    home = np.zeros(len(one.words), bool)
    home[clear[clear >= 0]] = True
    if home.sum() < 2:
        return None
    stays = (values >= 0) & np.append(home, False)[values] & large[groups.codes]
    holds = _agreement(groups.codes[stays], values[stays])
    if holds < HOLDS or _split(found, large) or _again(found, groups.codes, values, clear, home, one):
        return None
    return Dependency(by, holds, groups.covered, broken)


def _broken(groups: _Grouped, one: Coded) -> float:
    """The share of the rows that differ from what their group agrees on."""
    found = agreed(groups.codes, one.codes[groups.rows])
    rows = int(found.rows[found.rows >= GROUP].sum())
    return 1 - int(found.most[found.clear(GROUP, 0.6) >= 0].sum()) / rows if rows else 1.0


def _agreement(groups: np.ndarray, values: np.ndarray) -> float:
    """The share of pairs of rows within groups that have the same value, where 0 is that of all pairs and 1 is all."""
    size, each = np.bincount(groups).astype("float64"), np.bincount(values).astype("float64")
    same = np.bincount(both(groups, values)).astype("float64")
    pairs, total = (size * (size - 1)).sum(), len(values) * (len(values) - 1.0)
    if not pairs or not total:
        return 0.0
    within, chance = (same * (same - 1)).sum() / pairs, (each * (each - 1)).sum() / total
    return float((within - chance) / (1 - chance)) if chance < 1 else 0.0


def _split(found: Agreed, large: np.ndarray) -> bool:
    """Whether groups in which two values stand side by side are common: then both are right."""
    rows, most = found.rows[large], found.most[large]
    several = rows >= 5
    if not several.any():
        return False
    return float(np.mean(most[several] < 0.7 * rows[several])) > 0.1


def _again(found: Agreed, groups: np.ndarray, values: np.ndarray, clear: np.ndarray, home: np.ndarray, one: Coded) -> bool:
    """Whether what breaks the dependency has a pattern: the same other value again in its group, or one value nearly always.

    Slips have none; a second right value has. A value written nearly like the right one is a slip however often it stands.
    """
    odd = np.flatnonzero((values >= 0) & (clear[groups] >= 0) & (values != clear[groups]))
    if len(odd) < 3:
        return False
    if len(odd) > LOOKED:
        odd = odd[:: len(odd) // LOOKED]
    unlike = odd[~_alike(one, values[odd], clear[groups[odd]])]
    if len(unlike) < 3:
        return False
    again = np.mean(found.row_count[unlike] > 1)
    chance = min(1.0, BY_CHANCE * float(np.mean(found.rows[groups[unlike]] - found.most[groups[unlike]])) / max(1, int(home.sum()) - 1))
    other = values[unlike][home[values[unlike]]]
    most = np.bincount(other).max() if len(other) else 0
    single = home.sum() >= 4 and most >= 5 and most > 0.6 * len(unlike)
    return bool(again > max(AGAIN, chance)) or bool(single)


def _alike(one: Coded, some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Whether values are written nearly like others."""
    if not is_text(one.words.type):
        return np.zeros(len(some), bool)
    pairs = zip(one.words.take(pa.array(some)).to_pylist(), one.words.take(pa.array(others)).to_pylist(), strict=True)
    return np.array([OSA.normalized_distance(a, b) <= NEARLY for a, b in pairs], bool)


def _pairs(coded: dict[str, Coded], groups: dict[str, _Grouped], y: str, alone: list[Dependency]) -> list[Dependency]:
    """The two columns with few values that tell a third best together, better than one of them alone."""
    if len(coded[y].words) > 20 * SMALL or 2 * len(coded[y].words) > coded[y].filled:
        return []
    least = min((d.broken for d in alone), default=1.0)
    few = sorted((n for n in coded if n != y and 1 < len(coded[n].words) <= SMALL), key=lambda n: len(coded[n].words))[:PAIRED]
    found = []
    for a, b in combinations(few, 2):
        if alone and not {a, b} & {d.by[0] for d in alone}:
            continue
        one, other = coded[a].codes, coded[b].codes
        made = np.where((one >= 0) & (other >= 0), one * (len(coded[b].words) + 1) + other, -1)
        test = _test(_Grouped(made), (a, b), coded[y])
        if test is not None and test.covered >= 0.5 and test.broken < least and test.broken <= PAIR_BROKEN:
            found.append(test)
    return sorted(found, key=lambda d: (d.broken, -d.covered))[:1]


def _offers(look: Look, y: str, found: list[Dependency], also: list[str], sound: bool) -> Generator[Suggestion, None, bool]:
    """The steps that mend what breaks the dependency; returns whether what breaks it has a reason of its own.

    It is ``sound`` where it can be told which of two right values is the wrong one: several columns tell, or the one is told itself.
    """
    if not found:
        return False
    together = len(found[0].by) > 1
    by = list(found[0].by) if together else [d.by[0] for d in found]
    told = f"{listing(by)} {'together tell' if together else 'each tell' if len(by) > 1 else 'tells'} {y}"
    start = f"{told} in {100 * (1 - min(d.broken for d in found)):.3g} % of the rows; "
    base: dict[str, JsonValue] = {"column": y, "by": chosen(by), "share": SHARE, "together": together}
    refused, few = False, False

    def systematic(made: StepResult) -> bool:
        nonlocal refused, few
        rows = made.changes.cells.get(y, np.empty(0, "int64"))
        if _only_dressed(look, made, rows, y):  # trimmed and put into the usual capitals they agree
            return True
        refused = refused or _has_reason(look, rows, y) or _told_otherwise(look, made, rows, y, also)
        few = not refused and _exceptions(look, made, rows, y)
        return refused or few

    needs, said = [y, *by], start + "{n} hold a value that fits nowhere else."
    offered = yield from _some(look, base, needs, "tells rare", {"replace": "rare"}, said, 3, systematic)
    if few:
        said = start + "{n} hold nearly the same, mistyped."
        offered = yield from _some(look, base, needs, "tells mistyped", {"replace": "rare", "alike": True}, said, 3, lambda _: refused)
    strict = max(d.holds for d in found) >= STRICT
    if not offered and not refused and strict:
        more: dict[str, JsonValue] = {"replace": "any"}
        certainty = 3 if len(found) > 1 else 2 if sound else 0
        said = start + "{n} differ from the rows that hold the same there."
        yield from _some(look, base, needs, "tells" if sound else "tells alone", more, said, certainty, systematic)
    gaps = look.coded(y).filled
    if not refused and strict and gaps >= 0.7 * len(look.table):  # else a gap is nothing unusual
        more = {"replace": "none", "fill_missing": True}
        said = start + "{n} have no value, where the rows that hold the same there agree."
        yield from _some(look, base, needs, "tells missing", more, said, 2, lambda made: _has_reason(look, made.changes.cells[y], y))
    return refused


def _some(
    look: Look, base: dict[str, JsonValue], needs: list[str], rule: str, more: dict[str, JsonValue], why: str, certainty: int,
    unless: Callable[[StepResult], bool],
) -> Generator[Suggestion, None, bool]:  # fmt: skip
    """One way to mend; returns whether it was offered."""
    found = list(cells(look, "make_agree", {**base, **more}, needs, why, certainty, "repair", rule, unless))
    yield from found
    return bool(found)


def _has_reason(look: Look, rows: np.ndarray, y: str) -> bool:
    """Whether rows that break a dependency are together in another way: then they are exceptions, not slips.

    They are where half of all rows with some value of another column break it, and at least three.
    """
    if len(rows) < GROUP:
        return False
    at = places(look.table.index, rows)
    for name in look.table.columns:
        if name == y or look.known.column(name).different < 2:
            continue
        codes = look.coded(name)
        here = codes.codes[at]
        count = np.bincount(here[here >= 0], minlength=len(codes.words))
        if ((count >= GROUP) & (2 * count >= codes.counts)).any():
            return True
    return False


def _only_dressed(look: Look, made: StepResult, rows: np.ndarray, y: str) -> bool:
    """Whether most of what is replaced differs in spaces, invisible signs and capitals only, which simpler steps mend."""
    at = places(look.table.index, rows)
    some = at[:: max(1, len(at) // LOOKED)]
    if not len(some) or not is_text(look.coded(y).words.type):
        return False
    before, after = (arrow(t[y].iloc[some]).to_pylist() for t in (look.table, made.table))
    same = [_plain(a) == _plain(b) for a, b in zip(before, after, strict=True)]
    return 2 * sum(same) >= len(same)


def _plain(text: str | None) -> str:
    return "".join(c for c in (text or "").lower() if not c.isspace() and c.isprintable())


def _exceptions(look: Look, made: StepResult, rows: np.ndarray, y: str) -> bool:
    """Whether what differs may be a few exceptions: not mostly mistyped, and so seldom that no one made mistakes in a row."""
    at = places(look.table.index, rows)
    coded, some = look.coded(y), at[:: max(1, len(at) // LOOKED)]
    new = made.table[y].iloc[some]
    to = pc.fill_null(pc.index_in(arrow(new).combine_chunks(), coded.words), -1).to_numpy(zero_copy_only=False)
    held = coded.codes[some]
    both = (to >= 0) & (held >= 0)
    alike = _alike(coded, held[both], to[both])
    return float(alike.mean() if len(alike) else 0.0) < 0.5 and len(rows) < max(SEVERAL, MISTAKES * len(look.table))


def _told_otherwise(look: Look, made: StepResult, rows: np.ndarray, y: str, also: list[str]) -> bool:
    """Whether in many of the rows what the column tells in turn is right for the value they have, and wrong for the new one."""
    at = places(look.table.index, rows)
    new = pa.chunked_array([arrow(made.table[y]).combine_chunks().take(pa.array(at))])
    was = look.coded(y).codes
    now = pc.fill_null(pc.index_in(new, look.coded(y).words), -1).to_numpy()
    for z in also:
        beside = look.coded(z).codes
        tells = agreed(was, beside).clear(GROUP, 0.6)
        before, after = np.append(tells, -1)[was[at]], np.append(tells, -1)[now]
        speaks = (before >= 0) & (after >= 0) & (before != after) & (beside[at] >= 0)
        if speaks.sum() and (speaks & (beside[at] == before)).sum() > 0.3 * speaks.sum():
            return True
    return False
