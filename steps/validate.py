"""Check rules that must hold; failing rows are listed, marked, removed, or stop the work."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import Field, model_validator

from steps import rules
from steps.arrow import column, flags, keep_rows, one_of_few, rows_at
from steps.base import Checked, Outcome, Role, Step, StepError, in_note, rejects, removed_rows
from steps.conditions import Condition, evaluate, fit_condition
from steps.grouping import first_rows
from steps.rules import Rule, Tested

SHOWN = 10  # rows named for each rule


class Validate(Step):
    """The table, with a line for each rule: rows tested and failed, their share, and the first rows that fail.

    Values that fail are listed as rejected and stay as they are. A rule that holds for its share of values (``mostly``) is
    kept. For rules that are errors ``action`` decides: "report" leaves the rows, "flag" adds a column with the rules each
    row fails, "remove" takes the rows out, "stop" refuses the table. Missing values fail only "is never missing"; a condition
    without an answer counts as held.

    Raises StepError if a column is absent or does not hold what it is compared with, or with "stop" if an error is found.
    """

    name = "validate"
    label = "Check rules"
    help = "Rules that must hold; failing rows are listed."
    group = "Checks"
    kind = "rows"
    words = ("validate", "check", "rules", "assert", "quality", "constraint", "test", "control total", "unique", "required", "expectation")
    may_remove = True

    rules: list[Rule] = Field(default_factory=list, title="Rules", description="What must hold, one rule a line.")
    condition: Condition | None = Field(
        None, title="For every row", description="A condition that every row must fulfil.", json_schema_extra={"more": True}
    )
    action: Literal["report", "flag", "remove", "stop"] = Field(
        "report",
        title="Rows that fail",
        description="What happens to rows that fail a rule that is an error.",
        json_schema_extra={
            "labels": {"report": "List them", "flag": "Mark them in a column", "remove": "Take them out and list them", "stop": "Stop"}
        },
    )
    flag: str = Field(
        "fails",
        min_length=1,
        title="Column for the marks",
        description="Says which rules a row fails.",
        json_schema_extra={"when": {"action": ["flag"]}},
    )
    other_table: Annotated[str | None, Role("table")] = Field(
        None, title="Other table", description='For "is found in the other table".', json_schema_extra={"more": True}
    )
    treat_blank_as_missing: bool = Field(
        True,
        title="Treat blank text as missing",
        description="Text that is empty or only spaces counts as missing.",
        json_schema_extra={"more": True},
    )
    as_of: date | None = Field(
        None,
        title="As of",
        description="The day that a condition counts from; empty: the day of the run.",
        json_schema_extra={"more": True},
    )

    @model_validator(mode="after")
    def _some_rule(self) -> "Validate":
        """Refuse a check of nothing."""
        if not self.rules and (self.condition is None or not any(True for _ in self.condition.each())):
            raise ValueError("there is no rule yet. Start with: id is never missing; id is unique")
        return self

    def apply(self, df: pd.DataFrame, fitted: None, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | Outcome:  # type: ignore[override]
        """The table after the action, and what each rule found."""
        if self.other_table is not None and self.other_table not in tables:
            raise StepError(f'there is no table "{self.other_table}"', remedy="Choose another one.")
        other = tables[self.other_table] if self.other_table is not None else None
        results = [(r.describe(), r, rules.test(r, df, other, self.treat_blank_as_missing)) for r in self.rules]
        noted = dict(_sentence(said, found, df, rule.mostly) for said, rule, found in results)
        checked = [_checked(said, rule.column, found, df, rule.mostly, rule.severity) for said, rule, found in results]
        errors = [(said, t) for said, rule, t in results if rule.severity == "error" and not _kept(t, rule.mostly)]
        lines = [
            rejects(df, rule.column, t.failed, _reason(said, rule))
            for said, rule, t in results if rule.column is not None and t.failed.any() and not _kept(t, rule.mostly)
        ]  # fmt: skip
        if self.condition is not None and any(True for _ in self.condition.each()):
            said, t = self.condition.describe(), self._condition(df)
            noted |= dict([_sentence(said, t, df, 1.0)])
            checked.append(_checked(said, None, t, df, 1.0, "error"))
            if t.failed.any():
                errors.append((said, t))
                lines.append(rejects(df, (self.condition.columns() or list(df.columns))[0], t.failed, f"fails: {said}"))
        if errors and self.action == "stop":
            said, t = errors[0]
            remedy = "Mend the rows, or choose to list them."
            raise StepError(f"the rule does not hold: {said}{_is(t)}", rows=df.index[t.failed], remedy=remedy)
        rejected = pd.concat(lines) if lines else None
        if self.action == "flag":
            return Outcome(self._flagged(df, errors), rejected=rejected, noted=noted, checked=checked)
        gone = np.logical_or.reduce([t.failed for _, t in errors]) if errors and self.action == "remove" else np.zeros(len(df), bool)
        at = np.flatnonzero(gone)
        removed = removed_rows(rows_at(df, at), _failing(errors, at)) if len(at) else None
        return Outcome(keep_rows(df, ~gone), rejected=rejected, removed=removed, noted=noted, checked=checked)

    def needs(self) -> list[str]:
        """The columns of the rules and of the condition."""
        own = [n for rule in self.rules for n in rule.columns()]
        return list(dict.fromkeys([*own, *(self.condition.columns() if self.condition is not None else [])]))

    def for_day(self, day: date | None) -> "Validate":
        """With the day of the run, if the condition counts from today."""
        counts = self.condition is not None and self.condition.needs_date
        return self.model_copy(update={"as_of": day}) if self.as_of is None and counts else self

    def describe(self) -> str:
        """The rules in words."""
        said = [r.describe() for r in self.rules]
        said += [self.condition.describe()] if self.condition is not None and any(True for _ in self.condition.each()) else []
        return f"Check that {said[0][:1].lower() if said[0].startswith('The ') else said[0][:1]}{said[0][1:]}" + (
            f" and {len(said) - 1} more {'rules' if len(said) > 2 else 'rule'}" if len(said) > 1 else ""
        )

    def _condition(self, df: pd.DataFrame) -> Tested:
        assert self.condition is not None
        answer = evaluate(self.condition, df, fit_condition(self.condition, df), self.as_of)
        known = flags(answer.is_valid())
        return Tested(known, known & ~flags(answer))

    def _flagged(self, df: pd.DataFrame, errors: list[tuple[str, Tested]]) -> pd.DataFrame:
        if self.flag in df.columns:
            raise StepError("is already in the table", column=self.flag, remedy="Give the new column another name.")
        failing = np.logical_or.reduce([t.failed for _, t in errors]) if errors else np.zeros(len(df), bool)
        said = _failing(errors, np.flatnonzero(failing)).cast(pa.large_string())
        place = pa.array(np.cumsum(failing) - 1, mask=~failing)
        return df.assign(**{self.flag: column(said.take(place), df)})


def _failing(errors: list[tuple[str, Tested]], at: np.ndarray) -> pa.DictionaryArray:
    """For each of these rows the rules it fails; there are few combinations of rules."""
    which = np.zeros(len(at), "int64")
    for _, t in errors:
        which = pd.factorize(2 * which + t.failed.take(at))[0]
    kinds = at.take(first_rows(which))
    texts = ["fails: " + "; ".join(said for said, t in errors if t.failed[row]) for row in kinds.tolist()]
    return one_of_few(texts, which.astype("int32"))


def _counts(t: Tested) -> tuple[int, int]:
    """How many rows were tested and how many failed."""
    return int(np.count_nonzero(t.tested)), int(np.count_nonzero(t.failed))


def _first(t: Tested, df: pd.DataFrame) -> list[int]:
    """The numbers of the first rows that fail."""
    return rows_at(df, np.flatnonzero(t.failed)[:SHOWN]).tolist()


def _kept(t: Tested, mostly: float) -> bool:
    tested, failed = _counts(t)
    return t.holds if t.found is not None else not failed or (tested - failed) / tested >= mostly


def _checked(said: str, name: str | None, t: Tested, df: pd.DataFrame, mostly: float, severity: Literal["error", "warn"]) -> Checked:
    tested, failed = _counts(t)
    found = {"tested": tested, "failed": failed, "found": t.found, "holds": _kept(t, mostly), "rows": tuple(_first(t, df))}
    return Checked(said=said, column=name, severity=severity, mostly=mostly, **found)


def _is(t: Tested) -> str:
    return f" (it is {t.found})" if t.found is not None else ""


def _reason(said: str, rule: Rule) -> str:
    return f"{'fails' if rule.severity == 'error' else 'warning, fails'}: {said}"


def _sentence(said: str, t: Tested, df: pd.DataFrame, mostly: float) -> tuple[str, int]:
    """What a rule found, with the count of rows that fail it, or 1 where none does."""
    said = in_note(said)
    if t.found is not None:
        return f"{said}: {'holds' if t.holds else 'does not hold'}, it is {t.found}.", 1
    tested, failed = _counts(t)
    if not failed:
        return f"{said}: holds for all {tested:,} values tested.", 1
    first = ("rows " if failed > 1 else "row ") + ", ".join(map(str, _first(t, df)))
    kept = f" It holds for {mostly * 100:g} %, as asked." if mostly < 1 and _kept(t, mostly) else ""
    return f"{said}: {{n}} of {tested:,} values fail ({failed / tested * 100:.2g} %), first in {first}.{kept}", failed
