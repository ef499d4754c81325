"""Every row accounted for: the file against the table, each step against its report, the result against the source."""

import numpy as np
from pydantic import BaseModel, ConfigDict

from pipeline.changes import diff
from pipeline.run import TableRun


class Accounting(BaseModel):
    """The proof of a run. ``problems`` says what does not add up; empty when every row and cell is accounted for."""

    model_config = ConfigDict(frozen=True)

    left_out: int
    rows_read: int
    rows_removed: int
    rows_added: int
    rows_result: int
    columns_changed: tuple[str, ...]
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything adds up."""
        return not self.problems

    @property
    def sentence(self) -> str:
        """The account in one line of plain words."""
        parts = [f"{self.rows_read:,} rows read"]
        parts += [f"{self.left_out:,} lines left out when loading"] if self.left_out else []
        parts += [f"{self.rows_removed:,} removed by steps"] if self.rows_removed else []
        parts += [f"{self.rows_added:,} added by steps"] if self.rows_added else []
        return f"{', '.join(parts)}: {self.rows_result:,} rows in the result."


def account(table: TableRun, left_out: int = 0) -> Accounting:
    """Check one table's run against a fresh comparison of its source with its result.

    The steps' reports are not trusted: rows that vanished or appeared, and columns that changed, between the table as
    read and the result must be exactly those that some step reported.
    """
    ran = [s.result for s in table.steps if s.result is not None]
    problems = []
    for state in table.steps:
        if state.result and (r := state.result.report).rows_in - r.removed + r.added != r.rows_out:
            problems.append(f"Step {state.number}: {r.rows_in:,} rows in, {r.removed:,} removed and {r.added:,} added do not give {r.rows_out:,}.")
    whole = diff(table.source, table.table)
    removed = np.concatenate([whole.removed[:0], *(r.changes.removed for r in ran)])
    added = np.concatenate([whole.added[:0], *(r.changes.added for r in ran)])
    if not np.array_equal(np.sort(whole.removed), np.sort(removed[np.isin(removed, table.source.index.to_numpy())])):
        problems.append("Rows of the file are missing from the result that no step reports as removed.")
    if not np.isin(whole.added, added).all():
        problems.append("Rows stand in the result that no step reports as added.")
    reported = _reported_columns(table)
    unsaid = [n for n in whole.cells if n not in reported]
    problems += [f'Column "{n}" differs from the file in {len(whole.cells[n]):,} cells that no step reports.' for n in unsaid]
    gone = [n for n in table.source.columns if n not in table.table.columns and n not in reported]
    problems += [f'Column "{n}" is gone and no step reports it.' for n in gone]
    return Accounting(
        left_out=left_out,
        rows_read=len(table.source),
        rows_removed=len(removed),
        rows_added=len(added),
        rows_result=len(table.table),
        columns_changed=tuple(n for n in table.table.columns if n in whole.cells),
        problems=tuple(problems),
    )


def _reported_columns(table: TableRun) -> set[str]:
    reported: set[str] = set()
    for state in table.steps:
        if state.result:
            r = state.result.report
            reported.update(r.cells, r.columns_added, r.columns_removed, r.renamed, r.renamed.values())
    return reported
