"""What needs a look after a run, and which rules a table fulfils, so that next month's file can be held against them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.accounting import Accounting
from pipeline.apply import counted
from pipeline.profile import ColumnProfile, Profile
from pipeline.profile import Kind as Remarked
from pipeline.run import StepState, TableRun
from steps.base import Checked
from steps.rules import Rule

MOST = 6  # rules proposed
FEW = 12  # different values up to here are a list
REPEATED = 5  # times that each of them occurs on average
KEYS = ("id", "no", "nr", "number", "code", "key", "ref", "reference", "sku")
UNTIDY: tuple[Remarked, ...] = ("missing_words", "spellings", "edge_spaces", "almost", "mixed", "hidden", "broken")
Kind = Literal["failed", "check", "warning", "problems", "left_out", "account"]


@dataclass(frozen=True)
class Thing:
    """One thing to look at: what it is, in a sentence, and the step it is about (None: the file, or the whole run)."""

    kind: Kind
    text: str
    step: str | None = None


@dataclass(frozen=True)
class Result:
    """What a rule of a step found."""

    state: StepState
    position: int  # of the rule in the step
    found: Checked

    @property
    def outcome(self) -> Literal["holds", "holds for enough", "warning", "fails"]:
        """How the rule came out, in words."""
        if self.found.holds:
            return "holds for enough" if self.found.failed else "holds"
        return "fails" if self.found.severity == "error" else "warning"


@dataclass(frozen=True)
class Proposal:
    """A rule that holds now, and why it is worth keeping."""

    rule: Rule
    why: str


def results(table: TableRun) -> list[Result]:
    """What every rule of the steps that are on found, in order."""
    ran = [s for s in table.steps if s.status in ("ok", "look") and s.report is not None]
    return [Result(s, n, c) for s in ran if s.report is not None for n, c in enumerate(s.report.checked)]


def to_look_at(table: TableRun, left_out: int, account: Accounting | None) -> list[Thing]:
    """What a careful person looks at before the result goes out, the gravest first."""
    things = [Thing("account", problem) for problem in (account.problems if account else ())]
    for s in table.steps:
        if s.status == "failed":
            things.append(Thing("failed", f"Step {s.number} could not run: {s.error}", s.step.id))
    for r in results(table):
        if not r.found.holds:
            said = f"it is {r.found.found}" if r.found.found is not None else _failing(r.found)
            things.append(Thing("check", f"Step {r.state.number}: {r.found.said}: {said}", r.state.step.id))
    for s in table.steps:
        if s.report is None or s.status not in ("ok", "look"):
            continue
        things += [Thing("warning", f"Step {s.number}: {text}", s.step.id) for text in s.report.warnings]
        if s.report.rejected and not s.report.checked:
            things.append(Thing("problems", f"Step {s.number}: {counted('{n} values could not be used', s.report.rejected)}.", s.step.id))
    if left_out:
        things.append(Thing("left_out", f"{counted('{n} lines of the file were left out when loading', left_out)}."))
    return things


def _failing(found: Checked) -> str:
    return f"{found.failed:,} of {counted('{n} values fail', found.tested)}."


def propose(profile: Profile) -> list[Proposal]:
    """Rules the table fulfils now, at most six: its key, columns without gaps, short lists, and signs of numbers."""
    if not profile.rows:
        return []
    found: list[Proposal] = []
    keys = sorted((c for c in profile.columns if is_key(c)), key=lambda c: not _named_key(c.name))
    for column in keys[:1]:
        found.append(Proposal(Rule(check="not_missing", column=column.name), "every row has a value"))
        found.append(Proposal(Rule(check="unique", column=column.name), "no value occurs twice"))
    rest = [c for c in profile.columns if c not in keys[:1]]
    lists = [p for c in rest if (p := _list(c))]
    signs = [p for c in rest if (p := _sign(c))]
    full = [Proposal(Rule(check="not_missing", column=c.name), "every row has a value") for c in rest if c.valid == c.rows]
    full.sort(key=lambda p: not _named_key(p.rule.column or ""))
    return [*found, *lists[:2], *signs[:1], *full][:MOST]


def is_key(column: ColumnProfile) -> bool:
    """Whether a column tells the rows apart: no gap, no value twice, and neither measured nor written out."""
    return column.valid == column.rows == column.different > 1 and column.type in ("text", "integer") and (column.longest or 0) <= 40


def _named_key(name: str) -> bool:
    return any(word in KEYS for word in name.lower().replace("_", " ").split())


def _list(column: ColumnProfile) -> Proposal | None:
    messy = any(column.remark(kind) for kind in UNTIDY)
    few = 1 < column.different <= min(FEW, len(column.top)) and column.valid >= REPEATED * column.different
    if column.type != "text" or not few or messy or column.problems:
        return None
    values = sorted(v.value for v in column.top)
    return Proposal(Rule(check="in_set", column=column.name, values=values), f"only {column.different} different values occur")


def _sign(column: ColumnProfile) -> Proposal | None:
    numbers = column.type in ("integer", "number", "exact") and column.smallest is not None and column.different > 2
    if not numbers or column.smallest is None or column.smallest.startswith("-"):
        return None
    return Proposal(Rule(check="between", column=column.name, low="0"), f"the smallest is {column.smallest}")


def texts(found: Sequence[Proposal]) -> str:
    """The rules in one line: "id is never missing; id is unique"."""
    return "; ".join(p.rule.describe() for p in found)
