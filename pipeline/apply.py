"""Run one step on one table: absent columns, repairs, fit, where, rejected values, row numbers, and the exact report."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, get_type_hints

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import JsonValue, TypeAdapter, ValidationError

from io_utils import Source, row_place
from pipeline.changes import Changes, diff, origins, row_numbers
from pipeline.keys import digest
from pipeline.parse import ParseError, parse_cell
from pipeline.recipe import RecipeError, RecipeStep, fields_of
from pipeline.results import StepReport, StepResult
from pipeline.settle import NotATable, renumber, settle
from pipeline.where import put_back
from steps.arrow import arrow, blank, column, flags, is_text, whole
from steps.base import NO_PARENTS, NO_REJECTED, NO_REMOVED, TEXT, Columns, Outcome, Step, StepError, in_note, listing, removed_rows, require
from steps.bits import with_cells
from steps.conditions import evaluate, fit_condition

log = logging.getLogger(__name__)

NAMED = in_note("{n}")
VERB = re.compile(r"\b(?:are|were|have|hold|lie|stay|come|belong|fail|repeat)\b")
IS_ONE = {"are": "is", "were": "was", "have": "has"}


@dataclass(frozen=True)
class Context:
    """What a step is given besides its table."""

    tables: Mapping[str, pd.DataFrame]
    next_row: int
    as_of: date | None = None
    file: str | None = None  # digest of the table's source file
    refit: bool | None = None  # None: as each step says
    sources: Sequence[Source] = ()  # which rows are from which file


class Stopped(Exception):
    """A step could not run; the message says why, for people."""


def rows_from(rows: Sequence[int], sources: Sequence[Source]) -> str:
    """Where the first few rows of a message are from, for a table of several files: " Row 812 is february.csv row 12."."""
    if len(sources) < 2 or not rows:
        return ""
    return "".join(f" Row {row} is {place}." for row in rows[:3] if (place := row_place(sources, row)) != f"row {row}")


def apply_step(envelope: RecipeStep, df: pd.DataFrame, context: Context) -> StepResult:
    """The table after one step, with its exact report.

    Raises Stopped with the reason for people if the step cannot run; ``df`` is never changed.
    """
    try:
        return _apply(envelope, envelope.build(), df, context)
    except NotATable as error:
        raise Stopped(f"What the step made is not a table: {error}.") from error
    except StepError as error:
        raise Stopped(f"{error}{rows_from(error.rows, context.sources)}") from error
    except RecipeError as error:
        raise Stopped(str(error)) from error
    except MemoryError:  # says nothing about the step: the same one may run when there is room again
        raise
    except Exception as error:  # a step may come from elsewhere: its faults end the step, never the page; the log has the rest
        log.exception("step %s failed", envelope.step)
        said = f"{type(error).__name__}: {error}"[:300]
        remedy = "The table before it is unchanged; turn the step off or change its settings."
        raise Stopped(f"The step stopped with an error of its own ({said}). {remedy}") from error


def _apply(envelope: RecipeStep, step: Step, df: pd.DataFrame, context: Context) -> StepResult:
    settings = step.model_dump(mode="json")  # with its defaults written out
    step, skipped, said = without_absent(step, envelope, df)
    if skipped:
        return _unchanged(step, df, context, skipped)
    _require_named(step, envelope, df)
    step = _in_context(step, context)
    repaired, not_repaired = repair(df, envelope)
    part, mask = _matching(envelope, repaired, context)
    fitted_for = digest(settings, envelope.model_dump(mode="json")["where"], list[JsonValue](named_columns(step, repaired)))
    fitted = _fit(envelope, step, part, context, fitted_for)
    outcome = _outcome(step.apply(part, fitted, *_tables(step, context)))
    outcome = _if_rejected(step, outcome)
    _check_kind(step, part, outcome)
    if mask is not None:
        outcome = put_back(repaired, mask, part, outcome)
    result = _finish(step, df, repaired, outcome, context)
    noted = (*said, *not_repaired, *result.report.noted)
    return replace(result, report=result.report.model_copy(update={"noted": noted}), fitted=as_json(fitted), fitted_for=fitted_for)


def named_columns(step: Step, df: pd.DataFrame) -> list[str]:
    """The columns of the table that the step's settings name or choose, in table order."""
    named = set(step.needs())
    for name in type(step).model_fields:
        value = getattr(step, name)
        if isinstance(value, Columns):
            named.update(value.resolve(df))
    named.update(v for f in fields_of(type(step), "column") if (v := getattr(step, f)) is not None)
    return [n for n in df.columns if n in named]


def without_absent(step: Step, envelope: RecipeStep, df: pd.DataFrame) -> tuple[Step, str | None, list[str]]:
    """The step without columns that the table lacks, if the recipe says to skip them.

    Returns the step, why it is skipped altogether (or None), and what to say.
    """
    if envelope.if_missing_column == "stop":
        return step, None, []
    present = set(df.columns)
    changed, said, empty = {}, [], False
    for name in type(step).model_fields:
        value = getattr(step, name)
        if isinstance(value, Columns) and value.names is not None and (gone := [n for n in value.names if n not in present]):
            left = tuple(n for n in value.names if n in present)
            changed[name] = value.model_copy(update={"names": left})
            empty = empty or not left
            said.append(f"Not in the file and left out: {listing(gone)}.")
    single = [v for f in fields_of(type(step), "column") if (v := getattr(step, f)) is not None]
    condition = envelope.where.columns() if envelope.where else []
    gone = [n for n in dict.fromkeys([*single, *step.needs(), *condition]) if n not in present]
    if gone or empty:
        return step, f"Skipped: {listing(gone)} is not in the file." if gone else f"Skipped. {said[-1]}", []
    return (step.model_copy(update=changed) if changed else step), None, said


def _require_named(step: Step, envelope: RecipeStep, df: pd.DataFrame) -> None:
    """Raise StepError for the first column that the settings name and the table lacks."""
    if step.absent_ok:
        return
    chosen = [n for f in type(step).model_fields if isinstance(v := getattr(step, f), Columns) for n in v.names or ()]
    single = [v for f in fields_of(type(step), "column") if (v := getattr(step, f)) is not None]
    for name in [*chosen, *single, *step.needs(), *(envelope.where.columns() if envelope.where else [])]:
        if name not in df.columns and (near := _like(name, df)):
            raise StepError("is not in the table", column=name, remedy=f'Did you mean "{near}"?')
        require(df, name)


def _like(name: str, df: pd.DataFrame) -> str | None:
    """The column whose name is nearest to the one given, if any is near."""
    plain = {column.strip().casefold(): column for column in df.columns}
    near = get_close_matches(name.strip().casefold(), list(plain), n=1, cutoff=0.75)
    return plain[near[0]] if near else None


def _in_context(step: Step, context: Context) -> Step:
    step = step if context.file is None else step.for_file(context.file)
    return step.for_day(context.as_of)


def repair(df: pd.DataFrame, envelope: RecipeStep) -> tuple[pd.DataFrame, list[str]]:
    """The table with the recipe's repairs put in where the old value still stands, and what could not be put in."""
    columns: dict[str, list[Any]] = {}
    rows, missed = row_numbers(df.index), []
    spots = np.flatnonzero(np.isin(rows, [mend.row for mend in envelope.repairs])) if envelope.repairs else rows[:0]
    places = dict(zip(rows[spots].tolist(), spots.tolist(), strict=True))
    for mend in envelope.repairs:
        at = places.get(mend.row)
        if at is None or mend.column not in df.columns:
            missed.append(f'Row {mend.row}, column "{mend.column}": the repair was not used, the cell is not there.')
            continue
        source = arrow(df[mend.column])
        now = source[at].cast(pa.large_string()).as_py()
        if now != mend.was:
            said = f"the value is now {_quoted(now)}, not {_quoted(mend.was)}"
            missed.append(f'Row {mend.row}, column "{mend.column}": the repair was not used, {said}.')
            continue
        try:
            value = parse_cell(mend.value, source.type)
        except ParseError as error:
            missed.append(f'Row {mend.row}, column "{mend.column}": the repair was not used. {error}')
            continue
        columns.setdefault(mend.column, []).append((at, value))
    made = {name: _with_cells(df, name, cells) for name, cells in columns.items()}
    return (df.assign(**made) if made else df), missed


def _quoted(text: str | None) -> str:
    return "missing" if text is None else f'"{text}"'


def _with_cells(df: pd.DataFrame, name: str, cells: list[tuple[int, Any]]) -> pd.Series:
    values = whole(arrow(df[name]))
    cells = sorted(dict(cells).items())
    return column(with_cells(values, np.array([at for at, _ in cells]), pa.array([v for _, v in cells], values.type)), df)


def _matching(envelope: RecipeStep, df: pd.DataFrame, context: Context) -> tuple[pd.DataFrame, np.ndarray | None]:
    if envelope.where is None:
        return df, None
    if envelope.kind().kind == "structure":
        raise StepError("changes the columns or the shape of the whole table", remedy='Clear "Only for rows where…".')
    mask = flags(evaluate(envelope.where, df, fit_condition(envelope.where, df), context.as_of))
    return df[mask], mask


def _tables(step: Step, context: Context) -> tuple[Mapping[str, pd.DataFrame], ...]:
    return (context.tables,) if fields_of(type(step), "table") else ()


def _fit(envelope: RecipeStep, step: Step, df: pd.DataFrame, context: Context, fitted_for: str) -> Any:
    frozen = envelope.use == "frozen" if context.refit is None else not context.refit
    if type(step).fit is Step.fit:  # nothing to work out, and it takes no tables
        return None
    if not (frozen and envelope.fitted_for):
        return step.fit(df, *_tables(step, context))
    if envelope.fitted_for != fitted_for:
        raise StepError(
            "the numbers kept for this step were worked out for other settings or columns",
            remedy='Choose "Work out again from this file", or put the settings back.',
        )
    try:
        return TypeAdapter(get_type_hints(type(step).fit)["return"]).validate_python(envelope.fitted)
    except ValidationError as error:
        raise StepError("the numbers kept for this step cannot be read", remedy='Choose "Work out again from this file".') from error


def as_json(fitted: Any) -> JsonValue:
    """Fitted facts as JSON."""
    return TypeAdapter(type(fitted)).dump_python(fitted, mode="json") if fitted is not None else None


def _outcome(made: pd.DataFrame | Outcome) -> Outcome:
    return made if isinstance(made, Outcome) else Outcome(made)


def _if_rejected(step: Step, outcome: Outcome) -> Outcome:
    """Stop, or take the rows out, where the step's ``on_error`` says so."""
    if outcome.rejected is None or not len(outcome.rejected):
        return outcome
    choice = getattr(step, "on_error", "missing")
    first = outcome.rejected.iloc[0]
    if choice == "stop":
        rows = outcome.rejected.index[(outcome.rejected["column"] == first["column"]).to_numpy(dtype=bool)]
        remedy = "Mend the values, or choose what happens if a value cannot be used."
        raise StepError(f'{first["reason"]} ("{first["value"]}")', column=first["column"], rows=rows, remedy=remedy)
    if choice != "remove_row":
        return outcome
    lines = outcome.rejected[~outcome.rejected.index.duplicated()]
    reasons = pc.binary_join_element_wise(arrow(lines["column"]), arrow(lines["reason"]), pa.scalar(": ", pa.large_string()))
    gone = removed_rows(lines.index, reasons)
    stays = ~outcome.table.index.isin(gone.index)
    removed = gone if outcome.removed is None else pd.concat([outcome.removed.astype({"reason": TEXT}), gone])
    return replace(outcome, table=outcome.table[stays], removed=removed)


def _check_kind(step: Step, before: pd.DataFrame, outcome: Outcome) -> None:
    """A step that changes cells gives back the rows it got, but for those whose value was refused and removed."""
    if step.kind != "cells":
        return
    rows = before.index
    if getattr(step, "on_error", "") == "remove_row" and outcome.rejected is not None:
        rows = rows[~rows.isin(outcome.rejected.index)]
    if not outcome.table.index.equals(rows):
        raise NotATable(f"{type(step).__name__} changes cells only, but gave back other rows")


def _finish(step: Step, before: pd.DataFrame, repaired: pd.DataFrame, outcome: Outcome, context: Context) -> StepResult:
    after, positions, origins, next_row = renumber(settle(before, outcome.table), context.next_row)
    changes = diff(before, after, outcome.renamed)
    if len(invented := changes.added[changes.added < context.next_row]):
        raise NotATable(f"row {invented[0]} was not in the table before")
    rejected = NO_REJECTED if outcome.rejected is None else outcome.rejected
    _check_blanked(step, repaired, after, changes, rejected, outcome.renamed)
    return StepResult(
        table=after,
        report=_report(step, before, after, changes, outcome, len(rejected)),
        next_row=next_row,
        changes=changes,
        rejected=rejected,
        removed=_removed(step, changes, outcome.removed),
        parents=_parents(outcome, positions, origins),
    )


def _parents(outcome: Outcome, positions: np.ndarray, origins: np.ndarray) -> pd.DataFrame:
    if outcome.parents is not None:
        return outcome.parents
    if not len(positions):
        return NO_PARENTS
    frame = pa.table({"position": positions, "table": pa.repeat(pa.scalar("", pa.large_string()), len(positions)), "row": origins})
    return frame.to_pandas(types_mapper=pd.ArrowDtype)


def _removed(step: Step, changes: Changes, given: pd.DataFrame | None) -> pd.DataFrame:
    """One line for each removed row, in table order; the step's reason, or its sentence where it gave none."""
    if not len(changes.removed):
        return NO_REMOVED
    rows = pd.Index(changes.removed)
    if given is None:
        return removed_rows(rows, step.describe())
    if given.index.equals(rows):
        return given
    lines = given[~given.index.duplicated()].reindex(rows).astype({"reason": TEXT})
    return lines.assign(reason=column(pc.fill_null(arrow(lines["reason"]), step.describe()), lines))


def _check_blanked(
    step: Step, before: pd.DataFrame, after: pd.DataFrame, changes: Changes, rejected: pd.DataFrame, renamed: Mapping[str, str]
) -> None:
    """No value may become missing unsaid: each is listed in ``rejected``, or blanking is the step's purpose."""
    known = origins(before, after, renamed)
    earlier, later = row_numbers(before.index), row_numbers(after.index)
    for name, rows in changes.cells.items():
        values, old = arrow(after[name]), known[name]
        if step.blanks or not values.null_count:
            continue
        emptied = rows[np.isin(rows, later[flags(values.is_null())])]
        listed = rejected.index[rejected["column"].isin([old, name]).to_numpy(dtype=bool)]
        at = np.isin(earlier, emptied[~np.isin(emptied, listed.to_numpy())])
        lost = earlier[at][_had_value(arrow(before[old]).filter(pa.array(at)))]
        if len(lost):
            values_are = "values" if len(lost) > 1 else "value"
            raise NotATable(f'column "{name}": {len(lost):,} {values_are} became missing without being listed (first in row {lost[0]})')


def _had_value(values: pa.ChunkedArray) -> np.ndarray:
    if not is_text(values.type):
        return values.is_valid().to_numpy()
    return pc.fill_null(pc.invert(blank(values)), False).to_numpy()


def _report(step: Step, before: pd.DataFrame, after: pd.DataFrame, changes: Changes, outcome: Outcome, rejected: int) -> StepReport:
    known = origins(before, after, outcome.renamed)
    return StepReport(
        step=step.name,
        label=step.label,
        sentence=step.describe(),
        rows_in=len(before),
        rows_out=len(after),
        removed=len(changes.removed),
        added=len(changes.added),
        moved=len(changes.moved),
        cells={n: len(rows) for n, rows in changes.cells.items()},
        retyped={n: (str(a), str(b)) for n, (a, b) in changes.retyped.items()},
        columns_added=tuple(n for n in after.columns if n not in known),
        columns_removed=tuple(n for n in before.columns if n not in known.values()),
        renamed={old: new for new, old in known.items() if old != new},
        columns_moved=[known[n] for n in after.columns if n in known] != [n for n in before.columns if n in set(known.values())],
        rejected=rejected,
        missing_before=missing(before),
        missing_after=missing(after),
        noted=tuple(counted(text, n) for text, n in outcome.noted.items() if n),
        checked=tuple(outcome.checked),
    )


def counted(text: str, n: int) -> str:
    """A sentence with its count in the place of ``{n}``; "{n} rows are" becomes "1 row is" where there is one."""
    return (_of_one(text) if n == 1 else text).replace("{n}", f"{n:,}").replace(NAMED, "{n}")


def _of_one(text: str) -> str:
    """A sentence about one: its noun, its verb and what refers to it; names in quotes stay as they are."""
    parts = text.split('"')
    parts[0] = re.sub(r"\{n\} ((?:empty |other )?\w+?)s\b", r"{n} \1", parts[0])
    for at in range(0, len(parts), 2):
        parts[at] = re.sub(r"\bthey (are|were)\b", lambda m: f"it {IS_ONE[m[1]]}", parts[at]).replace(" and stay ", " and stays ")
    verbs = [at for at, part in enumerate(parts) if not at % 2 and VERB.search(part)] if "{n}" in parts[0] else []
    if verbs:
        parts[verbs[0]] = VERB.sub(lambda m: IS_ONE.get(m[0], f"{m[0]}s"), parts[verbs[0]], count=1)
    return '"'.join(parts)


def missing(table: pd.DataFrame) -> int:
    """Number of missing cells."""
    return sum(arrow(table.iloc[:, i]).null_count for i in range(table.shape[1]))


def _unchanged(step: Step, df: pd.DataFrame, context: Context, why: str) -> StepResult:
    empty = missing(df)
    counts = {"rows_in": len(df), "rows_out": len(df), "missing_before": empty, "missing_after": empty}
    report = StepReport(step=step.name, label=step.label, sentence=step.describe(), noted=(why,), **counts)
    return StepResult(table=df, report=report, next_row=context.next_row, skipped=why)
