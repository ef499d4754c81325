"""Texts that are numbers, dates or yes/no: as they stand, or as people write them."""

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import JsonValue

from pipeline.profile import ColumnProfile
from pipeline.results import StepResult
from pipeline.suggestions.base import Look, Suggestion, chosen, examples_of, short, tried
from pipeline.view import texts
from steps.arrow import SPACES, arrow
from steps.types import SHOWN

MOST_TRIED = 100  # columns of text that are tried for other ways of writing
FITS = 0.9  # share of the values that a reading must be able to use
SAMPLE = 1_000
MONEY = r"^[\s(+-]*(?:[$€£¥₹]|[A-Z]{3} ?)?[\s-]*[0-9][0-9.,' \x{A0}\x{202F}]*(?:%|[$€£¥₹]|[\s\x{A0}]*[A-Z]{3})?[)\-\s]*$"
COMMA, POINT = r",[0-9]{1,2}(?:[^0-9]*)$", r"\.[0-9]{1,2}(?:[^0-9]*)$"
DATE = (
    r"(?i)^\s*(?:[0-9]{1,4}[./\-][0-9]{1,2}[./\-][0-9]{1,4}|[0-9]{1,2}\.? [\pL]{3,9}\.?,? [0-9]{2,4}|[\pL]{3,9}\.? [0-9]{1,2},? [0-9]{4})"
)
YES, NO = {"yes", "y", "true", "x"}, {"no", "n", "false"}


def types(look: Look) -> Iterator[Suggestion]:
    """The columns that are to be read, the first of them tried for other ways of writing."""
    left = MOST_TRIED
    for column in look.known.columns:
        if column.type != "text" or not column.different or column.remark("id"):
            continue
        plain = _plainly(column)
        if plain is not None and not column.problems:
            yield plain
        elif (left := left - 1) >= 0 and (written := _written(look.table, column)) and (plain is None or written[0] < column.problems):
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
        examples=tuple((short(v.value), "listed under Problems") for v in column.problem_values[:2]),
        certainty=2 if column.problems else 3,
        kind="type",
        rule="type",
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
        said = "numbers as people write them"
        reads = [r for mark in marks if (r := _read(table, column, "parse_number", {"decimal": mark}, said))]
        return min(reads, key=lambda r: r[0], default=None)
    return None


def _words(column: ColumnProfile) -> set[str]:
    return {t.value.strip().lower() for t in column.top} if column.different <= len(column.top) else {"", "many"}


def _share(values: pa.ChunkedArray, pattern: str) -> float:
    return (pc.sum(pc.match_substring_regex(values, pattern)).as_py() or 0) / max(len(values), 1)


def _read(table: pd.DataFrame, column: ColumnProfile, name: str, more: dict[str, JsonValue], what: str) -> tuple[int, Suggestion] | None:
    params = {"columns": chosen([column.name]), **more}
    made = tried(table[[column.name]], name, params)
    values = column.valid + column.problems
    if made is None or made.report.rejected > (1 - FITS) * values or not made.report.retyped:
        return None
    bad = made.report.rejected
    left = f"; {bad:,} cannot be read and would be listed" if bad else ""
    why = f"{column.name}: {values - bad:,} of {values:,} values are {what}{left}."
    suggestion = Suggestion(
        step=name, params=params, columns=(column.name,), count=values - bad, unit="value", why=why, kind="type", rule="type",
        examples=examples_of(table, made) or _same_value(table, made, column.name),
    )  # fmt: skip
    return bad, suggestion


def _same_value(table: pd.DataFrame, made: StepResult, name: str) -> tuple[tuple[str, str], ...]:
    """The first values with what they are read as, where none of them counts as changed."""
    both = zip(texts(arrow(table[name])[:50]).to_pylist(), texts(arrow(made.table[name])[:50]).to_pylist(), strict=False)
    return tuple(dict.fromkeys((short(a), short(b)) for a, b in both if a is not None and a != b))[:2]
