"""Run one step on one table: absent columns, repairs, fit, where, rejected values, row numbers, and the exact report."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_type_hints

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import JsonValue, TypeAdapter, ValidationError

from pipeline.changes import Changes, diff
from pipeline.keys import digest
from pipeline.parse import ParseError, parse_cell
from pipeline.recipe import RecipeStep, fields_of
from pipeline.results import StepReport, StepResult
from pipeline.settle import NotATable, renumber, settle
from pipeline.where import put_back
from steps.arrow import arrow, blank, column, flags, is_text
from steps.base import NO_PARENTS, NO_REJECTED, NO_REMOVED, Columns, Outcome, Step, StepError, listing, removed_rows, require
from steps.conditions import evaluate, fit_condition

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Context:
    """What a step is given besides its table."""

    tables: Mapping[str, pd.DataFrame]
    next_row: int
    as_of: date | None = None
    file: str | None = None  # digest of the table's source file
    refit: bool | None = None  # None: as each step says


class Stopped(Exception):
    """A step could not run; the message says why, for people."""


def apply_step(envelope: RecipeStep, df: pd.DataFrame, context: Context) -> StepResult:
    """The table after one step, with its exact report.

    Raises Stopped with the reason for people if the step cannot run; ``df`` is never changed.
    """
    try:
        return _apply(envelope, envelope.build(), df, context)
    except (StepError, NotATable) as error:
        raise Stopped(str(error)) from error
    except Exception as error:  # a step may come from elsewhere: its faults end the step, never the page; the log has the rest
        if type(error).__name__ == "RecipeError":
            raise Stopped(str(error)) from error
        log.exception("step %s failed", envelope.step)
        said = f"{type(error).__name__}: {error}"[:300]
        raise Stopped(f"The step stopped with an error of its own ({said}). The table before it is unchanged; turn the step off or change its settings.") from error


def _apply(envelope: RecipeStep, step: Step, df: pd.DataFrame, context: Context) -> StepResult:
    step, skipped, said = without_absent(step, envelope, df)
    if skipped:
        return _unchanged(step, df, context, skipped)
    _require_named(step, envelope, df)
    step = _in_context(step, context)
    repaired, not_repaired = repair(df, envelope)
    part, mask = _matching(envelope, repaired, context)
    fitted_for = digest(envelope.params, envelope.model_dump(mode="json")["where"], named_columns(step, repaired))
    fitted = _fit(envelope, step, part, context, fitted_for)
    outcome = _outcome(step.apply(part, fitted, *_tables(step, context)))
    outcome = _if_rejected(step, outcome)
    _check_kind(step, part, outcome.table)
    if mask is not None:
        outcome = put_back(repaired, mask, part, outcome)
    result = _finish(step, df, outcome, context)
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
        require(df, name)


def _in_context(step: Step, context: Context) -> Step:
    if context.file is not None:
        step = step.for_file(context.file)
    if context.as_of is not None and "as_of" in type(step).model_fields and getattr(step, "as_of", None) is None:
        step = step.model_copy(update={"as_of": context.as_of})
    return step


def repair(df: pd.DataFrame, envelope: RecipeStep) -> tuple[pd.DataFrame, list[str]]:
    """The table with the recipe's repairs put in where the old value still stands, and what could not be put in."""
    columns: dict[str, list[Any]] = {}
    rows, missed = df.index.to_numpy(), []
    for mend in envelope.repairs:
        at = np.flatnonzero(rows == mend.row)
        if not len(at) or mend.column not in df.columns:
            missed.append(f'Row {mend.row}, column "{mend.column}": the repair was not used, the cell is not there.')
            continue
        source = arrow(df[mend.column])
        stands = source[int(at[0])]
        now = stands.cast(pa.large_string()).as_py()
        if now != mend.was:
            missed.append(f'Row {mend.row}, column "{mend.column}": the repair was not used, the value is now "{now}", not "{mend.was}".')
            continue
        try:
            value = parse_cell(mend.value, source.type)
        except ParseError as error:
            missed.append(f'Row {mend.row}, column "{mend.column}": {error}')
            continue
        columns.setdefault(mend.column, []).append((int(at[0]), value))
    made = {name: _with_cells(df, name, cells) for name, cells in columns.items()}
    return (df.assign(**made) if made else df), missed


def _with_cells(df: pd.DataFrame, name: str, cells: list[tuple[int, Any]]) -> pd.Series:
    values = arrow(df[name]).combine_chunks()
    cells = sorted(dict(cells).items())
    mask = np.zeros(len(df), bool)
    mask[[at for at, _ in cells]] = True
    return column(pc.replace_with_mask(values, pa.array(mask), pa.array([v for _, v in cells], values.type)), df)


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
        raise StepError(f'{first["reason"]} ("{first["value"]}")', column=first["column"], rows=rows, remedy="Mend the values, or choose what happens if a value cannot be used.")
    if choice != "remove_row":
        return outcome
    lines = outcome.rejected[~outcome.rejected.index.duplicated()]
    reasons = pc.binary_join_element_wise(arrow(lines["column"]), arrow(lines["reason"]), ": ")
    gone = removed_rows(lines.index, reasons)
    stays = ~outcome.table.index.isin(gone.index)
    return replace(outcome, table=outcome.table[stays], removed=gone if outcome.removed is None else pd.concat([outcome.removed, gone]))


def _check_kind(step: Step, before: pd.DataFrame, after: pd.DataFrame) -> None:
    if step.kind == "cells" and not after.index.equals(before.index) and getattr(step, "on_error", "") != "remove_row":
        raise NotATable(f"{type(step).__name__} changes cells only, but gave back other rows")


def _finish(step: Step, before: pd.DataFrame, outcome: Outcome, context: Context) -> StepResult:
    after, positions, origins, next_row = renumber(settle(before, outcome.table), context.next_row)
    new = np.flatnonzero(after.index.to_numpy() < 0)  # rows a step made out of nothing carry negative numbers
    if len(new):
        numbers = after.index.to_numpy().copy()
        numbers[new] = np.arange(next_row, next_row + len(new))
        after, next_row = after.set_axis(pd.Index(numbers), axis=0), next_row + len(new)
    changes = diff(before, after, outcome.renamed)
    rejected = NO_REJECTED if outcome.rejected is None else outcome.rejected
    _check_blanked(step, before, after, changes, rejected, outcome.renamed)
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
    given = given[~given.index.duplicated()]
    if given.index.equals(rows):
        return given
    lines = given.reindex(rows)
    return lines.assign(reason=column(pc.fill_null(arrow(lines["reason"]), step.describe()), lines))


def _check_blanked(step: Step, before: pd.DataFrame, after: pd.DataFrame, changes: Changes, rejected: pd.DataFrame, renamed: Mapping[str, str]) -> None:
    """No value may become missing unsaid: each is listed in ``rejected``, or blanking is the step's purpose."""
    if step.blanks:
        return
    old_names = {new: old for old, new in renamed.items()}
    for name, rows in changes.cells.items():
        if arrow(after[name]).null_count == 0:
            continue
        old = old_names.get(name, name)
        was, now = arrow(before[old]), arrow(after[name])
        if now.null_count <= was.null_count and len(rejected) == 0 and len(before) == len(after) and not is_text(was.type):
            continue
        listed = rejected.index[(rejected["column"] == old).to_numpy(dtype=bool) | (rejected["column"] == name).to_numpy(dtype=bool)]
        open_rows = rows[~np.isin(rows, listed.to_numpy())]
        gone = open_rows[now.filter(pa.array(np.isin(after.index.to_numpy(), open_rows))).is_null().to_numpy()] if len(open_rows) else open_rows
        emptied = np.isin(before.index.to_numpy(), gone)
        if len(gone) and len(lost := before.index.to_numpy()[emptied][_had_value(was.filter(pa.array(emptied)))]):
            raise NotATable(f'column "{name}": {len(lost):,} values became missing without being listed (first in row {lost[0]})')


def _had_value(values: pa.ChunkedArray) -> np.ndarray:
    if not is_text(values.type):
        return values.is_valid().to_numpy()
    return pc.fill_null(pc.invert(blank(values)), False).to_numpy()


def _report(step: Step, before: pd.DataFrame, after: pd.DataFrame, changes: Changes, outcome: Outcome, rejected: int) -> StepReport:
    renamed = dict(outcome.renamed)
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
        columns_added=tuple(n for n in after.columns if n not in before.columns and n not in renamed.values()),
        columns_removed=tuple(n for n in before.columns if n not in after.columns and n not in renamed),
        renamed=renamed,
        rejected=rejected,
        missing_before=missing(before),
        missing_after=missing(after),
        noted=tuple(text.replace("{n}", f"{n:,}") for text, n in outcome.noted.items() if n),
    )


def missing(table: pd.DataFrame) -> int:
    """Number of missing cells."""
    return sum(arrow(table.iloc[:, i]).null_count for i in range(table.shape[1]))


def _unchanged(step: Step, df: pd.DataFrame, context: Context, why: str) -> StepResult:
    n = missing(df)
    report = StepReport(
        step=step.name, label=step.label, sentence=step.describe(), rows_in=len(df), rows_out=len(df), missing_before=n, missing_after=n, noted=(why,)
    )
    return StepResult(table=df, report=report, next_row=context.next_row, skipped=why)
