"""The report of a run as plain data and in plain words."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from io_utils import Note, Read
from io_utils.fingerprint import content_hash
from pipeline.accounting import Accounting, account
from pipeline.apply import counted
from pipeline.results import StepReport
from pipeline.run import Run, StepState, TableRun
from steps.base import listing


class StepLine(BaseModel):
    """One step in a report: how it ended, what it did, the numbers it used."""

    model_config = ConfigDict(frozen=True)

    number: int
    status: Literal["ok", "look", "skipped", "off", "failed", "waiting"]
    report: StepReport | None = None
    error: str | None = None
    fitted: JsonValue = None


class TableReport(BaseModel):
    """One table in a report."""

    model_config = ConfigDict(frozen=True)

    name: str
    file: str
    file_digest: str
    rows_read: int
    left_out: int
    notes: tuple[Note, ...]
    steps: tuple[StepLine, ...]
    accounting: Accounting


class RunReport(BaseModel):
    """The report of a run. ``content_hash`` is that of the result table, None if a step failed. No time and no name is in it."""

    model_config = ConfigDict(frozen=True)

    ok: bool
    result: str
    rows: int
    columns: int
    content_hash: str | None
    tables: tuple[TableReport, ...]

    @property
    def accounted(self) -> bool:
        """Whether every row and cell of every table is accounted for."""
        return all(t.accounting.ok for t in self.tables)

    @property
    def clean(self) -> bool:
        """Whether every step ran within its budget, every value could be used, and every row is accounted for."""
        steps = [s for t in self.tables for s in t.steps]
        smooth = all(s.status in ("ok", "off") and not (s.report and s.report.rejected) for s in steps)
        return self.ok and smooth and self.accounted

    def lines(self) -> list[str]:
        """The report in words, a line each."""
        said = []
        for table in self.tables:
            said.append(f"{table.file}: {table.rows_read:,} rows read, {table.left_out:,} lines left out")
            said += [f"  {line.number}. {step_words(line)}" for line in table.steps]
            said += [f"  {problem}" for problem in table.accounting.problems]
            said.append(f"  {table.accounting.sentence}")
        return said


def step_words(line: StepLine) -> str:
    """One step of a report in words."""
    if line.report is None:
        return f"{line.status}: {line.error}" if line.error else line.status
    r = line.report
    counts = {
        "cells changed": r.changed,
        "rows removed": r.removed,
        "rows added": r.added,
        "rows moved": r.moved,
        "types changed": len(r.retyped),
        "values could not be used": r.rejected,
        "columns added": len(r.columns_added),
        "columns removed": len(r.columns_removed),
        "columns renamed": len(r.renamed),
    }
    said = ", ".join(counted(f"{{n}} {what}", n) for what, n in counts.items() if n) or "no effect"
    extra = "".join(f" {w}" for w in (*r.warnings, *r.noted))
    return f"{r.sentence.rstrip('.')}: {said}.{extra}" + (f" Stopped: {line.error}" if line.error else "")


def make_report(done: Run, readings: dict[str, Read]) -> RunReport:
    """The report of a run over these readings."""
    return RunReport(
        ok=done.ok,
        result=done.recipe.result,
        rows=len(done.table),
        columns=done.table.shape[1],
        content_hash=content_hash(done.table) if done.ok else None,
        tables=tuple(_table(t, readings[name]) for name, t in done.tables.items()),
    )


def _table(table: TableRun, found: Read) -> TableReport:
    return TableReport(
        name=table.name,
        file=listing(dict.fromkeys(source.file for source in found.sources)),
        file_digest=found.digest,
        rows_read=len(table.source),
        left_out=len(found.set_aside),
        notes=tuple(found.notes),
        steps=tuple(StepLine(number=s.number, status=s.status, report=s.report, error=s.error, fitted=_fitted(s)) for s in table.steps),
        accounting=account(table, len(found.set_aside), found.facts.lines),
    )


def _fitted(state: StepState) -> JsonValue:
    return state.result.fitted if state.result else None
