"""What Clean shows: a step of a run, with the tables before and after it and what it did."""

from dataclasses import dataclass, replace

import pandas as pd

from pipeline import Run, StepState
from pipeline.changes import Changes
from ui import state


@dataclass(frozen=True)
class Shown:
    """What Clean shows: a step's state (None: the file as opened) with the tables before and after it."""

    number: int
    steps: int
    step: StepState | None
    before: pd.DataFrame
    after: pd.DataFrame
    key: str
    changes: Changes
    removed: pd.DataFrame
    rejected: pd.DataFrame
    preview: bool = False
    failed: int | None = None  # the number of the step that could not run

    @property
    def place(self) -> int:
        """Where in the list a step for the shown table belongs: after the shown one, or before one that could not run."""
        return self.number if self.failed is None else min(self.number, self.failed - 1)


def best_view(shown: Shown) -> state.View:
    """The view that shows most of what a step does; a table of other rows and columns is looked at itself."""
    report = shown.step.report if shown.step else None
    if report is not None and report.columns_removed and report.columns_added and (report.removed or report.added):
        return "table"
    if len(shown.changes.rows):
        return "changed"
    if len(shown.removed):
        return "removed"
    return "problems" if len(shown.rejected) else "table"


def select(done: Run, chosen: str | None, preview: bool = False) -> Shown:
    """The chosen step's tables and changes; the last step's if none is chosen, the file's if there are no steps."""
    table = done.result
    states = table.steps
    at = next((i for i, s in enumerate(states) if s.step.id == chosen), len(states) - 1)
    if chosen == state.OPEN_FILE or not states:
        return _shown(0, len(states), None, table.source, table.source, done.result.source_key)
    found = states[at]
    before = states[at - 1].table if at else table.source
    key = found.key or done.result.key or done.result.source_key  # a step that did not run has no key: the table is an earlier one
    failed = table.failed.number if table.failed else None
    return replace(_shown(at + 1, len(states), found, before, found.table, key, preview), failed=failed)


def _shown(
    number: int, steps: int, found: StepState | None, before: pd.DataFrame, after: pd.DataFrame, key: str, preview: bool = False
) -> Shown:
    result = found.result if found is not None and found.status in ("ok", "look", "skipped") else None
    if result is None:
        return Shown(
            number,
            steps,
            found,
            before,
            after,
            key,
            Changes(),
            pd.DataFrame(columns=["reason", "into"]),
            pd.DataFrame(columns=["column", "value", "reason"]),
            preview,
        )
    return Shown(number, steps, found, before, after, key, result.changes, result.removed, result.rejected, preview)
