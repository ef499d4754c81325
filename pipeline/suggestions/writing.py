"""How values are written: spaces, broken characters, words for no value, capitals."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import JsonValue

from pipeline.shapes import shapes
from pipeline.suggestions.base import Coded, Look, Suggestion, cells, chosen
from steps.arrow import SPACES
from steps.base import listing
from steps.mark_missing import suggest as missing_words

INNER = r"[\s\x{A0}]{2,}"
LIST = 200  # spellings in one list
FAR_MORE = 3  # times as common
MANY = 200_000  # different values that are looked at for capitals
WORDS = {"none", "unknown", "missing", "nil", "na", "tbd"}  # may be values of their own, unless all others are numbers or dates


def spaces(look: Look) -> Iterator[Suggestion]:
    """Spaces at the ends, and doubled ones inside where the same value also stands without."""
    columns = [c for c in look.with_remark("edge_spaces", "inner_spaces") if c.type == "text"]
    right = [c.name for c in columns if c.remark("inner_spaces") and not _by_mistake(look.coded(c.name))]
    both = [c.name for c in columns if c.name not in right]
    only = [c.name for c in columns if c.name in right and c.remark("edge_spaces")]
    for names, more, what in (
        (both, {}, "Spaces at the ends or doubled inside"),
        (only, {"collapse_inner": False}, "Spaces at the ends"),
    ):
        if names:
            why = f"{what}, in {listing(names)}."
            yield from cells(look, "trim_whitespace", {"columns": chosen(names), **more}, names, why, 3, "writing", "spaces")


def _by_mistake(coded: Coded) -> bool:
    """Whether doubled spaces are slips: the same value stands without them as well, or they are in few values that stand once."""
    doubled = pc.match_substring_regex(pc.utf8_trim(coded.words, SPACES), INNER).to_numpy(zero_copy_only=False)
    tidy = pc.utf8_trim(pc.replace_substring_regex(coded.words, r"[\s\x{A0}]+", " "), SPACES)
    single = tidy.filter(pa.array(~doubled))
    also = pc.is_in(tidy, single).to_numpy(zero_copy_only=False)
    slip = doubled & (also | (coded.counts == 1))
    return bool(slip.sum() == doubled.sum() and doubled.sum() <= 0.5 * len(doubled) + 1)


def broken(look: Look) -> Iterator[Suggestion]:
    """Characters broken by a wrong encoding, and invisible ones."""
    columns = [c.name for c in look.with_remark("broken", "hidden")]
    if columns:
        why = f"Broken or invisible characters in {listing(columns)}."
        yield from cells(look, "clean_characters", {"columns": chosen(columns)}, columns, why, 3, "writing", "characters")


def missing(look: Look) -> Iterator[Suggestion]:
    """Words for no value; those that may be values of their own only where all others are numbers or dates."""
    columns = [c.name for c in look.with_remark("missing_words")]
    found = missing_words(look.table[columns])
    sure: dict[str, dict[str, int]] = {}
    doubtful: dict[str, dict[str, int]] = {}
    for name, counts in found.items():
        column = look.known.column(name)
        two_letters = any(p.value == "AA" and p.count > 3 for p in column.patterns)  # a list of codes, in which NA is Namibia
        for word, count in counts.items():
            if word == "NA" and two_letters:
                continue
            plain = word.lower() not in WORDS or column.proposed is not None
            (sure if plain else doubtful).setdefault(name, {})[word] = count
    yield from _marked(look, sure, 2)
    yield from _marked(look, doubtful, 0)


def _marked(look: Look, found: dict[str, dict[str, int]], certainty: int) -> Iterator[Suggestion]:
    words: dict[str, int] = {}
    for counts in found.values():
        for word, count in counts.items():
            words[word] = words.get(word, 0) + count
    if words:
        columns = list(found)
        listed = [f"{w} ({n:,})" for w, n in sorted(words.items(), key=lambda w: -w[1])]
        params: dict[str, JsonValue] = {"columns": chosen(columns), "tokens": list[JsonValue](list(words))}
        why = f"Words for no value in {listing(columns)}: {listing(listed)}."
        rule = "no value" if certainty else "no value, maybe"
        yield from cells(look, "mark_missing", params, columns, why, certainty, "missing", rule)


def spellings(look: Look) -> Iterator[Suggestion]:
    """Values that differ in capitals or inner spaces only, put into the commonest spelling."""
    for column in look.with_remark("spellings"):
        if 2 * column.different > column.valid:
            continue
        mapping = commonest(look.coded(column.name))
        if 0 < len(mapping) <= LIST:
            params: dict[str, JsonValue] = {
                "columns": chosen([column.name]), "mapping": dict[str, JsonValue](mapping), "case_insensitive": False,
            }  # fmt: skip
            why = f"{column.name}: written like another value, but for capitals."
            yield from cells(look, "map_values", params, [column.name], why, 1, "writing", "spelling")


def commonest(coded: Coded) -> dict[str, str]:
    """Each spelling, trimmed, that is far rarer than another that differs in capitals, with that one.

    Of spellings about as common the one wins that is written as most of the column is, over one in capitals or small letters only.
    What differs in spaces only is left to Trim spaces.
    """
    trimmed = pc.utf8_trim(coded.words, SPACES)
    tidy = pc.replace_substring_regex(trimmed, r"[\s\x{A0}]+", " ").to_pylist()
    totals: Counter[str] = Counter()
    styles: Counter[str] = Counter()
    for word, count in zip(tidy, coded.counts.tolist(), strict=True):
        totals[word] += count
        styles[_style(word)] += count
    best: dict[str, str] = {}
    for word, count in totals.items():
        plain = word.lower()
        if plain not in best or count * styles[_style(word)] > totals[best[plain]] * styles[_style(best[plain])]:
            best[plain] = word
    filled = coded.filled

    def better(word: str, right: str) -> bool:
        plain_style = styles[_style(right)] >= 0.6 * filled and _style(word) in ("lower", "upper") and styles[_style(word)] <= 0.2 * filled
        return totals[right] >= FAR_MORE * totals[word] or (plain_style and totals[right] >= totals[word])

    pairs = zip(trimmed.to_pylist(), tidy, strict=True)
    return {word: right for word, t in pairs if t and t != (right := best[t.lower()]) and better(t, right)}


def _style(word: str) -> str:
    """How capitals are used."""
    if word == word.lower():
        return "lower"
    if word == word.upper():
        return "upper"
    return "title" if all(w[:1] == w[:1].upper() and w[1:] == w[1:].lower() for w in word.split(" ")) else "mixed"


def capitals(look: Look) -> Iterator[Suggestion]:
    """Columns of mostly different values, nearly all in capitals or nearly all without, with the few that are otherwise.

    Those must have the shape of many others once they are written like them.
    """
    for column in look.text():
        coded = look.coded(column.name)
        if 2 * column.different <= column.valid or len(coded.words) > MANY:
            continue
        letters = pc.match_substring_regex(coded.words, r"\pL").to_numpy(zero_copy_only=False)
        total = int(coded.counts[letters].sum())
        for case, changed in (("upper", pc.utf8_upper(coded.words)), ("lower", pc.utf8_lower(coded.words))):
            odd = pc.not_equal(changed, coded.words).to_numpy(zero_copy_only=False) & letters
            few = int(coded.counts[odd].sum())
            if 0 < few <= 0.1 * total and total - few >= 10 and _common_shapes(changed, odd):
                why = f"{column.name}: {total - few:,} of {total:,} values have {'only' if case == 'upper' else 'no'} capitals."
                params: dict[str, JsonValue] = {"columns": chosen([column.name]), "case": case}
                yield from cells(look, "change_case", params, [column.name], why, 2, "writing", "capitals")


def _common_shapes(words: pa.Array, odd: np.ndarray) -> bool:
    """Whether the odd words have shapes that many of the others have."""
    made = shapes(words)
    counted = pc.value_counts(made.filter(pa.array(~odd)))
    common = counted.field(0).filter(pc.greater_equal(counted.field(1), max(5, len(words) // 50)))
    return bool(pc.all(pc.is_in(made.filter(pa.array(odd)), common), min_count=0).as_py())
