"""Run a recipe on its tables: fit and apply each step, know every result by its key, mark what fails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd
import pyarrow as pa

from io_utils import Source
from pipeline.apply import Context, Stopped, apply_step
from pipeline.keys import digest, source_of
from pipeline.recipe import Recipe, RecipeError, RecipeStep, TableRecipe, tables_read
from pipeline.results import Cached, Failed, ResultCache, StepReport, StepResult
from pipeline.settle import settle
from steps import catalogue
from steps.arrow import constant
from steps.base import NO_PARENTS, NO_REJECTED, NO_REMOVED

Status = Literal["ok", "look", "skipped", "off", "failed", "waiting"]
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class StepState:
    """One step of a run. ``result`` is None unless the step ran; ``table`` is the table after it, or the last one before it."""

    step: RecipeStep
    number: int
    status: Status
    table: pd.DataFrame
    key: str = ""
    result: StepResult | None = None
    error: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def report(self) -> StepReport | None:
        """The step's report with its id and warnings; None if it did not run."""
        return self.result.report.model_copy(update={"id": self.step.id, "warnings": self.warnings}) if self.result else None


@dataclass(frozen=True)
class TableRun:
    """One table of a run: as read, and after each step. ``table`` is the last good one."""

    name: str
    source: pd.DataFrame
    source_key: str
    steps: tuple[StepState, ...]
    key: str
    next_row: int
    unreadable: str | None = None  # why there is no table at all

    @property
    def table(self) -> pd.DataFrame:
        """The table after the last step that could run."""
        return self.steps[-1].table if self.steps else self.source

    @property
    def failed(self) -> StepState | None:
        """The step that could not run, if any."""
        return next((s for s in self.steps if s.status == "failed"), None)

    def state(self, step_id: str) -> StepState | None:
        """The state of a step by its id."""
        return next((s for s in self.steps if s.step.id == step_id), None)


@dataclass(frozen=True)
class Run:
    """A finished run. ``table`` and the lists are those of the result table; ``ok`` is False if any step failed."""

    recipe: Recipe
    tables: Mapping[str, TableRun] = field(default_factory=dict)

    @property
    def result(self) -> TableRun:
        """The run of the result table."""
        return self.tables[self.recipe.result]

    @property
    def ok(self) -> bool:
        """Whether every step of every table ran."""
        return all(t.failed is None and t.unreadable is None for t in self.tables.values())

    @property
    def table(self) -> pd.DataFrame:
        """The result table after its last good step."""
        return self.result.table

    @property
    def reports(self) -> list[StepReport]:
        """The reports of the steps that ran, in order."""
        return [report for s in self.result.steps if (report := s.report)]

    @property
    def rejected(self) -> pd.DataFrame:
        """Values that steps could not use: index row; columns step (number), column, value, reason."""
        return _stack(self.result, "rejected", NO_REJECTED)

    @property
    def removed(self) -> pd.DataFrame:
        """Removed rows: index row; columns step (number), reason, into."""
        return _stack(self.result, "removed", NO_REMOVED)

    @property
    def parents(self) -> pd.DataFrame:
        """Made rows: columns step (number), position, table, row."""
        return _stack(self.result, "parents", NO_PARENTS)


def _stack(table: TableRun, part: Literal["rejected", "removed", "parents"], empty: pd.DataFrame) -> pd.DataFrame:
    frames = [(s.number, getattr(s.result, part)) for s in table.steps if s.result is not None and s.status != "off"]
    parts = [f.assign(step=constant(n, f, pa.int64())) for n, f in frames if len(f)]
    found = pd.concat([p.astype(empty.dtypes) for p in parts]) if parts else empty.assign(step=constant(None, empty, pa.int64()))
    return found[["step", *empty.columns]]


def run(
    tables: pd.DataFrame | Mapping[str, pd.DataFrame],
    recipe: Recipe,
    *,
    keys: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
    as_of: date | None = None,
    results: ResultCache | None = None,
    refit: bool | None = None,
    until: str | None = None,
    progress: Progress | None = None,
    unreadable: Mapping[str, str] | None = None,
    sources: Mapping[str, Sequence[Source]] | None = None,
) -> Run:
    """Run the recipe.

    ``tables``: the table as read, or several by the recipe's names. ``keys``: the key of each table as read, needed for
    ``results`` to be found again. ``files``: digest of each table's file. ``refit``: True works fitted numbers out
    again, False keeps them, None does as each step says. ``until``: id of the last step to run in the result table.
    ``unreadable``: tables that could not be read, and why; steps that read them cannot run.
    ``sources``: which rows of a table are from which file, for messages.

    A step that cannot run is marked "failed" and the later ones "waiting"; nothing is raised for it. Raises RecipeError
    if a table of the recipe is not given, or tables look each other up in a circle.
    """
    given = {recipe.result: tables} if isinstance(tables, pd.DataFrame) else dict(tables)
    order, lost = needed(recipe), unreadable or {}
    if absent := [n for n in order if n not in given and n not in lost]:
        raise RecipeError(f'The recipe needs a table "{absent[0]}", which was not given.')
    total = sum(len(recipe.table(n).steps) for n in order) or 1
    done: dict[str, TableRun] = {}
    count = 0

    def tell(step: RecipeStep) -> None:
        nonlocal count
        if progress:
            progress(count / total, catalogue[step.step].label if step.step in catalogue else step.step)
        count += 1

    for name in order:
        if name in lost and name not in given:
            done[name] = TableRun(name, pd.DataFrame(), "", (), "", 2, lost[name])
            continue
        one = _RunOne(
            recipe.table(name),
            settle(None, given[name]),
            (keys or {}).get(name),
            (files or {}).get(name),
            as_of,
            refit,
            results,
            (sources or {}).get(name, ()),
        )
        done[name] = one.run(done, until if name == recipe.result else None, tell)
    return Run(recipe, done)


def needed(recipe: Recipe) -> list[str]:
    """The result table and those it reads, directly or not, in the order to run them."""
    needed = {recipe.result}
    order = recipe.order()
    for name in reversed(order):
        if name in needed:
            needed.update(n for s in recipe.table(name).steps if s.on for n in tables_read(s))
    return [n for n in order if n in needed]


@dataclass(frozen=True)
class _RunOne:
    """The run of one table."""

    recipe: TableRecipe
    source: pd.DataFrame
    source_key: str | None
    file: str | None
    as_of: date | None
    refit: bool | None
    results: ResultCache | None
    sources: Sequence[Source] = ()

    def run(self, others: Mapping[str, TableRun], until: str | None, tell: Callable[[RecipeStep], None]) -> TableRun:
        states: list[StepState] = []
        table, key = self.source, self.source_key or ""
        next_row = int(table.index.max()) + 1 if len(table) else 2
        failed: str | None = None
        for number, step in enumerate(self.recipe.steps, 1):
            if failed:
                states.append(StepState(step, number, "waiting", table, error=f"Waits for {failed}."))
            elif not step.on:
                states.append(StepState(step, number, "off", table, key))
            else:
                tell(step)
                state = self._step(step, number, table, key, next_row, others)
                states.append(state)
                if state.result:
                    table, key, next_row = state.table, state.key, state.result.next_row
                else:
                    failed = f"step {number}"
            if step.id == until:
                break
        return TableRun(self.recipe.name, self.source, self.source_key or "", tuple(states), key, next_row)

    def _step(
        self, step: RecipeStep, number: int, table: pd.DataFrame, key: str, next_row: int, others: Mapping[str, TableRun]
    ) -> StepState:
        read = {n: others[n] for n in tables_read(step)}
        try:
            for other in read.values():
                if other.unreadable:
                    raise Stopped(f'Table "{other.name}" is not there: {other.unreadable}')
                if other.failed:
                    raise Stopped(f'Table "{other.name}" is not ready: its step {other.failed.number} could not run.')
            key = self._key(step, key, read)
            results = self.results if self.source_key and all(t.source_key for t in read.values()) else None
            cached = results.get(key) if results is not None else None
            if cached is None:
                context = Context({n: t.table for n, t in read.items()}, next_row, self.as_of, self.file, self.refit, self.sources)
                cached = _result(step, table, context)
                if results is not None:
                    cached = results.put(key, cached)
            if isinstance(cached, Failed):
                raise Stopped(cached.message)
        except (Stopped, RecipeError) as error:
            return StepState(step, number, "failed", table, error=str(error))
        over = over_budget(step, cached)
        if over and step.budget and step.budget.action == "stop":
            return StepState(step, number, "failed", table, error=over[0], warnings=over)
        status: Status = "skipped" if cached.skipped else "look" if over else "ok"
        return StepState(step, number, status, cached.table, key, cached, warnings=over)

    def _key(self, step: RecipeStep, before: str, read: Mapping[str, TableRun]) -> str:
        frozen = step.use == "frozen" if self.refit is None else not self.refit
        said = step.model_dump(mode="json", include={"params", "where", "if_missing_column", "repairs"})
        built = step.build()
        said["params"] = built.model_dump(mode="json")  # with its defaults written out
        fitted = [step.fitted, step.fitted_for] if frozen and step.fitted_for else None
        dated = built.for_day(self.as_of) is not built or (step.where is not None and step.where.needs_date)
        as_of = self.as_of.isoformat() if self.as_of and dated else None
        return digest(before, step.step, source_of(step.kind()), said, fitted, [t.key for t in read.values()], as_of, self.file)


def _result(step: RecipeStep, table: pd.DataFrame, context: Context) -> Cached:
    try:
        return apply_step(step, table, context)
    except Stopped as error:
        return Failed(str(error))


def over_budget(step: RecipeStep, result: StepResult) -> tuple[str, ...]:
    """Where the step took more than its budget allows, in words."""
    budget, report = step.budget, result.report
    said = []
    asked = "it may not be more than" if budget and budget.action == "stop" else "the warning is set at"
    if budget and budget.removed_share is not None and report.rows_in and report.removed / report.rows_in > budget.removed_share:
        share, limit = report.removed / report.rows_in, 100 * budget.removed_share
        said.append(f"Removes {report.removed:,} of {report.rows_in:,} rows ({share:.1%}); {asked} {limit:.4g}%.")
    if budget and budget.rejected is not None and report.rejected > budget.rejected:
        said.append(f"{report.rejected:,} values cannot be used; {asked} {budget.rejected:,}.")
    return tuple(said)


def freeze(recipe: Recipe, done: Run) -> Recipe:
    """The recipe with the numbers its steps worked out in this run, to be kept for the next file."""
    for name, table in done.tables.items():
        steps = tuple(
            s.step.model_copy(update={"fitted": s.result.fitted, "fitted_for": s.result.fitted_for, "use": "frozen"})
            if s.result and s.result.fitted is not None and not s.result.skipped
            else s.step
            for s in table.steps
        )
        recipe = recipe.with_steps(name, steps) if len(steps) == len(recipe.table(name).steps) else recipe
    return recipe
