"""Every row accounted for: the file against the table, each step against its report, the result against the source."""

from dataclasses import dataclass, field

import numpy as np
from pydantic import BaseModel, ConfigDict

from io_utils.facts import Lines
from pipeline.changes import NONE, diff, row_numbers
from pipeline.results import StepResult
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
    lines: Lines | None = None

    @property
    def ok(self) -> bool:
        """Whether everything adds up."""
        return not self.problems

    @property
    def sentence(self) -> str:
        """The account in one line of plain words."""
        parts = [f"{self.lines.file:,} lines in the file"] if self.lines else []
        parts += [f"{self.lines.header:,} of the header"] if self.lines and self.lines.header else []
        parts += [f"{self.lines.inside:,} within cells of several lines"] if self.lines and self.lines.inside else []
        parts += [f"{self.rows_read:,} rows read"]
        parts += [f"{self.left_out:,} {'line' if self.left_out == 1 else 'lines'} left out when loading"] if self.left_out else []
        parts += [f"{self.rows_removed:,} removed by steps"] if self.rows_removed else []
        parts += [f"{self.rows_added:,} added by steps"] if self.rows_added else []
        return f"{', '.join(parts)}: {self.rows_result:,} rows in the result."


@dataclass
class Told:
    """What the steps of a run say they did to the columns, followed through every renaming."""

    columns: dict[str, str]  # name after the steps -> name in the file, for the columns of the file that are left
    rows: dict[str, list[np.ndarray]]  # name after the steps -> row numbers of changed cells, step by step
    retyped: set[str] = field(default_factory=set)

    def step(self, result: StepResult) -> None:
        """Take in one more step."""
        report = result.report
        for name in report.columns_removed:
            self.columns.pop(name, None)
            self.rows.pop(name, None)
        self.columns = {report.renamed.get(new, new): old for new, old in self.columns.items()}
        self.rows = {report.renamed.get(name, name): rows for name, rows in self.rows.items()}
        self.retyped = {report.renamed.get(name, name) for name in self.retyped} | set(report.retyped)
        self.rows.update({name: [] for name in report.columns_added})
        for name, rows in result.changes.cells.items():
            self.rows.setdefault(name, []).append(rows)


def account(table: TableRun, left_out: int = 0, lines: Lines | None = None) -> Accounting:
    """Check one table's run against a fresh comparison of its source with its result.

    ``lines`` are those of the file, counted on its bytes: every one of them must be a row, part of the header, left out, or
    within a cell.
    The steps' reports are not trusted. Each must go on with the rows the one before it left, and count what its lists
    hold. Over the run, the rows of the result are exactly those read and added but not removed, in the order read unless
    a step says otherwise; and every cell, column and type that differs must be one that some step reports, by row number
    and through every renaming.
    """
    ran = [(s.number, s.result) for s in table.steps if s.result is not None]
    removed = np.concatenate([NONE, *(r.changes.removed for _, r in ran)])
    added = np.concatenate([NONE, *(r.changes.added for _, r in ran)])
    problems = [*_wrong_lines(table, left_out, lines), *_wrong_counts(len(table.source), ran), *_wrong_rows(table, removed, added)]
    told = Told({n: n for n in table.source.columns}, {n: [] for n in table.source.columns})
    for _, result in ran:
        told.step(result)
    changed, wrong = _wrong_columns(table, told, moves=any(len(r.changes.moved) for _, r in ran))
    return Accounting(
        left_out=left_out,
        rows_read=len(table.source),
        rows_removed=len(removed),
        rows_added=len(added),
        rows_result=len(table.table),
        columns_changed=changed,
        problems=(*problems, *wrong),
        lines=lines,
    )


def _wrong_lines(table: TableRun, left_out: int, lines: Lines | None) -> list[str]:
    """Lines of the file that are neither in the table nor left out, by a count of the file itself."""
    if lines is None:
        return []
    problems = []
    if lines.missing:
        counted = f"The file has {lines.file:,} lines, but {lines.file - lines.missing:,} are rows, header, left out or within cells"
        problems.append(f"{counted}: {abs(lines.missing):,} {'are nowhere' if lines.missing > 0 else 'are there twice'}.")
    if lines.rows != len(table.source):
        problems.append(f"{lines.rows:,} rows were read from the file, but the table has {len(table.source):,}.")
    if lines.left_out > left_out:
        problems.append(f"{lines.left_out:,} lines of the file were left out, but only {left_out:,} are listed.")
    return problems


def _wrong_counts(rows: int, ran: list[tuple[int, StepResult]]) -> list[str]:
    """Steps whose report does not go on from the step before, or does not count what its lists hold."""
    problems = []
    for number, result in ran:
        r, c = result.report, result.changes
        if r.rows_in != rows:
            problems.append(f"Step {number}: {r.rows_in:,} rows in, but {rows:,} were left before it.")
        if r.rows_in - r.removed + r.added != r.rows_out or r.rows_out != len(result.table):
            sums = f"{r.rows_in:,} rows in, {r.removed:,} removed and {r.added:,} added"
            problems.append(f"Step {number}: {sums} do not give {len(result.table):,}.")
        counted = (r.removed, r.added, r.moved, r.rejected, r.cells)
        lists = (len(c.removed), len(c.added), len(c.moved), len(result.rejected), {n: len(at) for n, at in c.cells.items()})
        if counted != lists or not np.array_equal(c.removed, result.removed.index.to_numpy()):
            problems.append(f"Step {number}: its report does not count what its lists hold.")
        rows = r.rows_out
    return problems


def _wrong_rows(table: TableRun, removed: np.ndarray, added: np.ndarray) -> list[str]:
    """Rows that vanished or appeared unsaid."""
    before, after = row_numbers(table.source.index), row_numbers(table.table.index)
    size = 1 + max(int(rows.max(initial=0)) for rows in (before, after, removed, added))
    come, gone = np.zeros(size, "int64"), np.zeros(size, "int64")
    for total, rows in ((come, before), (come, added), (gone, after), (gone, removed)):
        total += np.bincount(rows, minlength=size)
    problems = []
    if len(lost := np.flatnonzero(come > gone)):
        problems.append(f"{len(lost):,} rows are missing from the result that no step reports as removed (first: row {lost[0]}).")
    if len(new := np.flatnonzero(come < gone)):
        problems.append(f"{len(new):,} rows stand in the result that no step reports as added (first: row {new[0]}).")
    return problems


def _wrong_columns(table: TableRun, told: Told, moves: bool) -> tuple[tuple[str, ...], list[str]]:
    """The columns whose cells differ from the file, and what no step reports of them."""
    source, result = table.source, table.table
    problems = [f'Column "{n}" is gone, and no step reports it.' for n in told.rows if n not in result.columns]
    problems += [f'Column "{n}" is new, and no step reports it.' for n in result.columns if n not in told.rows]
    left = {new: old for new, old in told.columns.items() if new in result.columns}
    whole = diff(source[list(left.values())], result[list(left)], {old: new for new, old in left.items() if old != new})
    if len(whole.moved) and not moves:
        problems.append("Rows stand in another order than in the file, and no step reports it.")
    for name, rows in whole.cells.items():
        if unsaid := int((~np.isin(rows, np.concatenate([NONE, *told.rows[name]]))).sum()):
            problems.append(f'Column "{name}" differs from the file in {unsaid:,} cells that no step reports.')
    problems += [f'Column "{n}" has another type than in the file, and no step reports it.' for n in whole.retyped if n not in told.retyped]
    return tuple(n for n in result.columns if n in whole.cells), problems
