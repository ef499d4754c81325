"""What could be cleaned: steps offered for a table, each tried on all its rows, so that its count is exact."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, JsonValue

from pipeline.apply import Context, Stopped, apply_step
from pipeline.keys import digest
from pipeline.profile import ColumnProfile, Profile, profile
from pipeline.recipe import new_step
from pipeline.results import StepResult
from pipeline.view import seen, texts
from steps import catalogue
from steps.arrow import SPACES, arrow
from steps.base import listing
from steps.mark_missing import suggest as missing_words
from steps.types import SHOWN

SHOWN_AT_ONCE = 7
MOST_TRIED = 100  # columns of text that are tried for other ways of writing
FITS = 0.9  # share of the values that a reading must be able to use
LIST = 200  # spellings in one list
SAMPLE = 1_000
MONEY = r"^[\s(+-]*(?:[$€£¥₹]|[A-Z]{3} ?)?[\s-]*[0-9][0-9.,' \x{A0}\x{202F}]*(?:%|[$€£¥₹]|[\s\x{A0}]*[A-Z]{3})?[)\-\s]*$"
COMMA, POINT = r",[0-9]{1,2}(?:[^0-9]*)$", r"\.[0-9]{1,2}(?:[^0-9]*)$"
DATE = (
    r"(?i)^\s*(?:[0-9]{1,4}[./\-][0-9]{1,2}[./\-][0-9]{1,4}|[0-9]{1,2}\.? [\pL]{3,9}\.?,? [0-9]{2,4}|[\pL]{3,9}\.? [0-9]{1,2},? [0-9]{4})"
)
YES, NO = {"yes", "y", "true", "x"}, {"no", "n", "false"}
TOTALS = ("total", "grand total", "subtotal", "sum", "summe", "gesamt", "gesamtsumme", "totaal", "totale", "total general", "total général")
LARGE = pa.large_string()
Unit = Literal["cell", "row", "column", "value"]


class Suggestion(BaseModel):
    """A step offered: its settings, how many cells, rows or columns it would change, why, and up to two examples before → after."""

    model_config = ConfigDict(frozen=True)

    step: str
    params: dict[str, JsonValue]
    columns: tuple[str, ...]
    count: int
    unit: Unit
    why: str
    examples: tuple[tuple[str, str], ...] = ()
    certainty: int = 2

    @property
    def label(self) -> str:
        """The step's label."""
        return catalogue[self.step].label

    @property
    def key(self) -> str:
        """What names the suggestion when it is put aside: the step and the columns, not the counts of one file."""
        return digest(self.step, list[JsonValue](sorted(self.columns)))[:16]


def suggest(table: pd.DataFrame, known: Profile | None = None) -> list[Suggestion]:
    """What could be cleaned, the surest first and then the most cells; each step was tried on the whole table."""
    known = known or profile(table)
    found = [one for rule in RULES for one in rule(table, known)]
    return sorted(found, key=lambda s: (-s.certainty, -s.count))


def _tried(table: pd.DataFrame, name: str, params: dict[str, JsonValue]) -> StepResult | None:
    """What the step makes of the table; None if it cannot run on it."""
    try:
        return apply_step(new_step(name, params), table, Context({}, int(table.index.max()) + 1 if len(table) else 2))
    except Stopped:
        return None


def _with(known: Profile, *kinds: str) -> list[ColumnProfile]:
    return [c for c in known.columns if any(r.kind in kinds for r in c.remarks)]


def _chosen(names: list[str]) -> dict[str, JsonValue]:
    return {"names": list[JsonValue](names)}


def _cells(
    table: pd.DataFrame, name: str, columns: list[str], more: dict[str, JsonValue], why: str, certainty: int
) -> Iterator[Suggestion]:
    """A step that changes cells of the columns, if it changes any."""
    params = {"columns": _chosen(columns), **more}
    made = _tried(table[columns], name, params)
    if made is not None and (count := made.report.changed):
        yield Suggestion(
            step=name, params=params, columns=tuple(made.report.cells), count=count, unit="cell", why=why,
            examples=_examples(table, made), certainty=certainty,
        )  # fmt: skip


def _examples(table: pd.DataFrame, made: StepResult) -> tuple[tuple[str, str], ...]:
    """Two changed cells, of two columns or of one with different values."""
    found: dict[str, tuple[str, str]] = {}
    lists = sorted(made.changes.cells.items(), key=lambda c: -len(c[1]))
    for taken in (1, 20):
        for name, rows in lists:
            if len(found) == 2:
                break
            some = rows[:taken]
            before = texts(arrow(table[name]).take(pa.array(_places(table.index, some)))).to_pylist()
            after = texts(arrow(made.table[name]).take(pa.array(_places(made.table.index, some)))).to_pylist()
            for old, new in zip(before, after, strict=True):
                if len(found) < 2 and _short(old) not in found:
                    found[_short(old)] = (_short(old), _short(new))
    return tuple(found.values())


def _short(text: str | None) -> str:
    shown = seen(text)
    return shown if len(shown) <= 60 else shown[:59] + "…"


def _places(index: pd.Index, rows: np.ndarray) -> np.ndarray:
    if isinstance(index, pd.RangeIndex):
        return rows - index.start
    held = index.to_numpy()
    return np.array([np.flatnonzero(held == r)[0] for r in rows], "int64")


def _spaces(table: pd.DataFrame, known: Profile) -> Iterator[Suggestion]:
    columns = [c.name for c in _with(known, "edge_spaces", "inner_spaces") if c.type == "text"]
    if columns:
        yield from _cells(table, "trim_whitespace", columns, {}, f"Spaces at the ends or doubled inside, in {listing(columns)}.", 3)


def _broken(table: pd.DataFrame, known: Profile) -> Iterator[Suggestion]:
    columns = [c.name for c in _with(known, "broken", "hidden")]
    if columns:
        why = f"Broken or invisible characters in {listing(columns)}."
        yield from _cells(table, "clean_characters", columns, {}, why, 3)


def _missing(table: pd.DataFrame, known: Profile) -> Iterator[Suggestion]:
    columns = [c.name for c in _with(known, "missing_words")]
    found = missing_words(table[columns])
    words: dict[str, int] = {}
    for name in list(found):
        codes = known.column(name).patterns
        if any(p.value == "AA" and p.count > 3 for p in codes):  # a list of two-letter codes, in which NA is Namibia
            found[name] = {w: n for w, n in found[name].items() if w != "NA"}
        for word, count in found[name].items():
            words[word] = words.get(word, 0) + count
    columns = [n for n, counts in found.items() if counts]
    if columns:
        listed = [f"{w} ({n:,})" for w, n in sorted(words.items(), key=lambda w: -w[1])]
        more: dict[str, JsonValue] = {"tokens": list[JsonValue](list(words))}
        yield from _cells(table, "mark_missing", columns, more, f"Words for no value in {listing(columns)}: {listing(listed)}.", 2)


def _types(table: pd.DataFrame, known: Profile) -> Iterator[Suggestion]:
    """Texts that are numbers, dates or yes/no: as they stand, or as people write them; of the first columns that are to be tried."""
    left = MOST_TRIED
    for column in known.columns:
        if column.type != "text" or not column.different or column.remark("id"):
            continue
        plain = _plainly(column)
        if plain is not None and not column.problems:
            yield plain
        elif (left := left - 1) >= 0 and (written := _written(table, column)) and (plain is None or written[0] < column.problems):
            yield written[1]
        elif plain is not None:
            yield plain


def _plainly(column: ColumnProfile) -> Suggestion | None:
    """The proposed type, with the values that do not fit counted; None for what looks like an id, or has none."""
    remark = column.remark("almost")
    if column.proposed is None or (remark is not None and not column.problems):
        return None
    why = f"{column.name}: {remark.text}." if remark else f"{column.name}: all {column.valid:,} values are {SHOWN[column.proposed]}."
    return Suggestion(
        step="set_types",
        params={"types": {column.name: column.proposed}},
        columns=(column.name,),
        count=column.valid,
        unit="value",
        why=why,
        examples=tuple((_short(v.value), "listed under Problems") for v in column.problem_values[:2]),
        certainty=2 if column.problems else 3,
    )


def _written(table: pd.DataFrame, column: ColumnProfile) -> tuple[int, Suggestion] | None:
    """Numbers, dates or yes/no as people write them, if nearly all values can be read."""
    some = pc.utf8_trim(arrow(table[column.name])[:SAMPLE].drop_null(), SPACES)
    if not len(some):
        some = pc.utf8_trim(arrow(table[column.name]).drop_null()[:SAMPLE], SPACES)
    if {t.value.strip().lower() for t in column.top} & YES and _words(column) <= YES | NO:
        return _read(table, column, "parse_boolean", {}, "words for yes and no")
    if _share(some, DATE) >= 0.6:
        return _read(table, column, "parse_date", {}, "dates as people write them")
    if _share(some, MONEY) >= 0.6:
        marks: tuple[JsonValue, ...] = (",", ".") if _share(some, COMMA) > _share(some, POINT) else (".", ",")
        tried = [r for mark in marks if (r := _read(table, column, "parse_number", {"decimal": mark}, "numbers as people write them"))]
        return min(tried, key=lambda r: r[0], default=None)
    return None


def _words(column: ColumnProfile) -> set[str]:
    return {t.value.strip().lower() for t in column.top} if column.different <= len(column.top) else {"", "many"}


def _share(values: pa.ChunkedArray, pattern: str) -> float:
    return (pc.sum(pc.match_substring_regex(values, pattern)).as_py() or 0) / max(len(values), 1)


def _read(table: pd.DataFrame, column: ColumnProfile, name: str, more: dict[str, JsonValue], what: str) -> tuple[int, Suggestion] | None:
    params = {"columns": _chosen([column.name]), **more}
    made = _tried(table[[column.name]], name, params)
    values = column.valid + column.problems
    if made is None or made.report.rejected > (1 - FITS) * values or not made.report.retyped:
        return None
    bad = made.report.rejected
    left = f"; {bad:,} cannot be read and would be listed" if bad else ""
    why = f"{column.name}: {values - bad:,} of {values:,} values are {what}{left}."
    count = values - bad
    suggestion = Suggestion(
        step=name, params=params, columns=(column.name,), count=count, unit="value", why=why,
        examples=_examples(table, made) or _same_value(table, made, column.name),
    )  # fmt: skip
    return bad, suggestion


def _same_value(table: pd.DataFrame, made: StepResult, name: str) -> tuple[tuple[str, str], ...]:
    """The first values with what they are read as, where none of them counts as changed."""
    both = zip(texts(arrow(table[name])[:50]).to_pylist(), texts(arrow(made.table[name])[:50]).to_pylist(), strict=False)
    return tuple(dict.fromkeys((_short(a), _short(b)) for a, b in both if a is not None and a != b))[:2]


def _spellings(table: pd.DataFrame, known: Profile) -> Iterator[Suggestion]:
    """Values that differ in capitals or inner spaces only, put into the commonest spelling."""
    for column in _with(known, "spellings"):
        if 2 * column.different > column.valid:
            continue
        mapping = _commonest(arrow(table[column.name]))
        if 0 < len(mapping) <= LIST:
            more: dict[str, JsonValue] = {"mapping": dict[str, JsonValue](mapping), "case_insensitive": False}
            why = f"{column.name}: written like another value, but for capitals."
            yield from _cells(table, "map_values", [column.name], more, why, 1)


def _commonest(values: pa.ChunkedArray) -> dict[str, str]:
    """Each spelling, trimmed, that is not the commonest of its kind, with the one that is (the first met of equals).

    What differs in spaces only is left to Trim spaces.
    """
    counted = pc.value_counts(pc.utf8_trim(values.drop_null(), SPACES))
    tidy = pc.replace_substring_regex(counted.field(0), r"[\s\x{A0}]+", " ").to_pylist()
    totals: dict[str, int] = {}
    for word, count in zip(tidy, counted.field(1).to_pylist(), strict=True):
        totals[word] = totals.get(word, 0) + count
    best: dict[str, str] = {}
    for word, count in totals.items():
        plain = word.lower()
        if plain not in best or count > totals[best[plain]]:
            best[plain] = word
    pairs = zip(counted.field(0).to_pylist(), tidy, strict=True)
    return {word: best[t.lower()] for word, t in pairs if t and t != best[t.lower()]}


def _rows(
    table: pd.DataFrame, name: str, params: dict[str, JsonValue], why: str, certainty: int, columns: tuple[str, ...] = ()
) -> Iterator[Suggestion]:
    """A step that removes rows, if it removes any but not all."""
    made = _tried(table, name, params)
    if made is not None and 0 < made.report.removed < len(table):
        lines = made.removed.head(2)
        examples = tuple((f"row {row:,}", f"removed: {reason}") for row, reason in zip(lines.index, lines["reason"], strict=True))
        count = made.report.removed
        yield Suggestion(
            step=name, params=params, columns=columns, count=count, unit="row", why=why, examples=examples, certainty=certainty
        )


def _headers(table: pd.DataFrame, known: Profile) -> Iterator[Suggestion]:
    text = [c for c in known.columns if c.type == "text"]
    if text and _holds(table, text[0].name, (text[0].name,)):
        yield from _rows(table, "select_rows", {"what": "headers"}, "The header again in the midst of the table.", 3)


def _holds(table: pd.DataFrame, name: str, words: tuple[str, ...]) -> int:
    plain = pc.utf8_lower(pc.utf8_trim(arrow(table[name]), SPACES + ":"))
    return pc.sum(pc.is_in(plain, pa.array([w.strip(SPACES).lower() for w in words], LARGE))).as_py() or 0


def _totals(table: pd.DataFrame, known: Profile) -> Iterator[Suggestion]:
    """Rows in the midst of the table that sum up others: few, and named so in one of the first columns."""
    for column in [c for c in known.columns[:3] if c.type == "text"]:
        found = _holds(table, column.name, TOTALS)
        if 0 < found <= max(3, len(table) // 20):
            values = pc.unique(arrow(table[column.name]))
            some = values.filter(pc.is_in(pc.utf8_lower(pc.utf8_trim(values, SPACES + ":")), pa.array(TOTALS, LARGE))).to_pylist()
            test: dict[str, JsonValue] = {"column": column.name, "op": "in", "values": list[JsonValue](some)}
            params: dict[str, JsonValue] = {"action": "remove", "condition": {"tests": [test]}}
            yield from _rows(table, "filter", params, f"{column.name}: rows that sum up others.", 2, (column.name,))
            return


def _duplicates(table: pd.DataFrame, known: Profile) -> Iterator[Suggestion]:
    if len(table) > 1 and not any(c.remark("key") for c in known.columns):
        yield from _rows(table, "drop_duplicates", {}, "Equal to a row above in every column.", 2)


def _empty(table: pd.DataFrame, known: Profile) -> Iterator[Suggestion]:
    """Columns without any value, and columns with only one."""
    if len(table) < 2:
        return
    empty = [c.name for c in _with(known, "empty")]
    same = [c for c in _with(known, "constant") if c.valid + c.problems == c.rows]
    if empty and len(empty) < len(known.columns):
        params: dict[str, JsonValue] = {"columns": _chosen(empty)}
        yield _columns("drop_columns_by_content", params, empty, f"{listing(empty)}: no value at all.", ("no value", "removed"), 3)
    if same and len(empty) + len(same) < len(known.columns):
        names = [c.name for c in same]
        params = {"columns": _chosen(names), "constant": True}
        example = (f"{same[0].name}: {_short(same[0].smallest)} in every row", "removed")
        yield _columns("drop_columns_by_content", params, names, f"{listing(names)}: the same value in every row.", example, 1)


def _columns(name: str, params: dict[str, JsonValue], columns: list[str], why: str, example: tuple[str, str], certainty: int) -> Suggestion:
    return Suggestion(
        step=name,
        params=params,
        columns=tuple(columns),
        count=len(columns),
        unit="column",
        why=why,
        examples=(example,),
        certainty=certainty,
    )


RULES = (_headers, _spaces, _broken, _empty, _missing, _types, _duplicates, _totals, _spellings)

__all__ = ["SHOWN_AT_ONCE", "Suggestion", "suggest"]
