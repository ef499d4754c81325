"""Rules that must hold for the values of a table: what each tests, and where it fails."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from steps.arrow import arrow, by_value, flags, is_date, is_text
from steps.base import Role, StepError, require, require_kind
from steps.conditions.model import check_pattern
from steps.grouping import codes_of, group, without_blanks
from steps.keys import KeyPair, find, match_keys
from steps.summaries import summarise
from steps.types import SHOWN, convert
from steps.values import PLAIN, Value, read_value, shortest

LABELS: dict[str, JsonValue] = {
    "not_missing": "is never missing", "unique": "is unique", "in_set": "is one of", "between": "lies between",
    "pattern": "matches a pattern",    "length": "has a length", "type": "can be a", "order": "is not above another column",
    "balance": "is the one above plus another column",
    "in_table": "is found in the other table",    "row_count": "Number of rows", "total": "Total of",
}  # fmt: skip
Check = Literal[
    "not_missing", "unique", "in_set", "between", "pattern", "length", "type", "order", "balance", "in_table", "row_count", "total",
]
LIMITS = ("between", "length", "row_count", "total")


class Rule(BaseModel):
    """One rule: what must hold of a column, how strictly, and whether it is an error or a warning."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: Annotated[str | None, Role("column")] = Field(None, title="Column", description="None for the number of rows.")
    check: Check = Field("not_missing", title="Rule", description="What must hold.", json_schema_extra={"labels": LABELS})
    low: str | None = Field(None, title="From", description="The smallest value, length, number of rows or total.")
    high: str | None = Field(None, title="To", description="The largest, it included.")
    values: list[str] = Field(
        default_factory=list, title="Values", description="The values allowed, a pattern, a type, or columns unique together with it."
    )
    other: str = Field("", title="Other column", description='For "is not above another column", or the column of the other table.')
    mostly: float = Field(1.0, ge=0, le=1, title="At least", description="The share of values for which it must hold, 1 for all.")
    severity: Literal["error", "warn"] = Field(
        "error", title="If not", description="An error is acted upon.", json_schema_extra={"labels": {"error": "Error", "warn": "Warning"}}
    )

    @model_validator(mode="after")
    def _complete(self) -> "Rule":
        """Refuse a rule that lacks what it compares with."""
        if self.column is None and self.check != "row_count":
            raise ValueError(f'choose the column for "{LABELS[self.check]}"')
        if self.check in LIMITS and self.low is None and self.high is None:
            raise ValueError(f'"{LABELS[self.check]}" needs "From", "To" or both')
        if self.check == "in_set" and not self.values:
            raise ValueError('"is one of" needs the values allowed')
        if self.check == "order" and not self.other:
            raise ValueError('"is not above another column" needs the other column')
        if self.check == "balance" and not self.other:
            raise ValueError('"is the one above plus another column" needs the other column')
        if self.check == "pattern":
            if len(self.values) != 1:
                raise ValueError('"matches a pattern" needs one pattern under Values')
            check_pattern(self.values[0])
        if self.check == "type" and (len(self.values) != 1 or self.values[0] not in SHOWN):
            raise ValueError(f'"can be a" needs one type under Values: {", ".join(SHOWN)}')
        return self

    def columns(self) -> list[str]:
        """The columns of the table that it names."""
        more = [self.other] if self.check in ("order", "balance") else list(self.values) if self.check == "unique" else []
        return [n for n in (self.column, *more) if n is not None]

    def describe(self) -> str:
        """The rule in words, e.g. "amount lies between 0 and 100"."""
        ends = f"{self.low} or more" if self.high is None else f"at most {self.high}"
        if self.low is not None and self.high is not None:
            ends = self.low if self.low == self.high else f"between {self.low} and {self.high}"
        return {
            "not_missing": f"{self.column} is never missing",
            "unique": f"{' with '.join(self.columns())} is unique",
            "in_set": f"{self.column} is one of {', '.join(self.values[:5])}{' …' if len(self.values) > 5 else ''}",
            "between": f"{self.column} is {ends}",
            "pattern": f"{self.column} matches {' '.join(self.values)}",
            "length": f"{self.column} has {ends} characters",
            "type": f"{self.column} holds {SHOWN.get(' '.join(self.values), '')}",
            "order": f"{self.column} is not above {self.other}",
            "balance": f"{self.column} is the one above plus {self.other}",
            "in_table": f"{self.column} is found in the other table",
            "row_count": f"The number of rows is {ends}",
            "total": f"The total of {self.column} is {ends}",
        }[self.check]


class Tested(NamedTuple):
    """What a rule found: the rows tested and failed, or for a rule on the whole table what it is (``found``) and whether it holds."""

    tested: np.ndarray
    failed: np.ndarray
    found: str | None = None
    holds: bool = True


def test(rule: Rule, df: pd.DataFrame, other: pd.DataFrame | None, blanks: bool) -> Tested:
    """Hold a rule against a table. Missing values, and blank ones unless told otherwise, are tested only by "is never missing".

    Raises StepError if a column is absent, or does not hold what it is compared with.
    """
    for name in rule.columns():
        require(df, name)
    if rule.check == "row_count":
        return _whole(rule, Decimal(len(df)), len(df))
    assert rule.column is not None
    values = without_blanks(df, rule.column, blanks)
    if rule.check == "total":
        require_kind(df, rule.column, "number")
        one = group([], len(df))
        total = summarise("sum", values, one, rule.column).values.to_pylist() if len(df) else []
        return _whole(rule, Decimal(str(total[0])) if total and total[0] is not None else Decimal(0), len(df))
    if rule.check == "not_missing":
        return Tested(np.ones(len(df), bool), flags(values.is_null()))
    if rule.check == "balance":
        return _balance(rule, df)
    tested = flags(values.is_valid())
    return Tested(tested, tested & ~_holds(rule, df, values, other, blanks))


def _holds(rule: Rule, df: pd.DataFrame, values: pa.ChunkedArray, other: pd.DataFrame | None, blanks: bool) -> np.ndarray:
    """Where the rule holds, row by row; what it says of missing values does not count."""
    assert rule.column is not None
    match rule.check:
        case "unique":
            columns = [without_blanks(df, n, blanks) for n in dict.fromkeys(rule.columns())]
            if len(columns) == 1 and _all_different(values):
                return np.ones(len(df), bool)
            codes = group(columns, len(df)).codes if len(columns) > 1 else codes_of(values)
            return np.bincount(codes, minlength=1)[codes] == 1
        case "in_set":
            return flags(pc.is_in(values, _allowed(rule.values, values.type)))
        case "between":
            return _within(rule, values, rule.column)
        case "pattern":
            text = values if is_text(values.type) else shortest(values)
            return flags(by_value(text, lambda some: pc.match_substring_regex(some, f"^(?:{rule.values[0]})$")))
        case "length":
            return _within(rule, pc.utf8_length(shortest(values)).cast(pa.int64()), rule.column)
        case "type":
            made = convert(values, rule.values[0], 18 if rule.values[0] == "exact" else 0)
            return np.ones(len(df), bool) if made.bad is None else ~flags(made.bad)
        case "order":
            second = arrow(df[rule.other])
            try:
                return flags(pc.fill_null(pc.less_equal(values, second), True))
            except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
                said = f'cannot be compared with "{rule.other}": they hold different kinds of values'
                raise StepError(said, column=rule.column, remedy="Make both the same with Change column types.") from error
        case _:
            if other is None:
                raise StepError("there is no other table to look in", column=rule.column, remedy="Choose the other table.")
            pair = KeyPair(column=rule.column, other=rule.other)
            return find(match_keys(df, other, [pair], "trim")).counts > 0


def _allowed(texts: list[str], of: pa.DataType) -> pa.Array:
    """The values of a list that a column of this type can hold: 1.0 is 1, and 2024-01-31 10:00 a moment."""
    held: list[Value] = []
    for text in texts:
        try:
            held.append(pa.scalar(read_value(text, of), of).as_py())
        except (ValueError, pa.ArrowInvalid):
            continue
    if pa.types.is_integer(of):  # a whole number may be written 1.0
        held += [int(float(t)) for t in texts if PLAIN.fullmatch(t.strip()) and float(t).is_integer() and abs(float(t)) < 2**53]
    return pa.array([*held, *([0.0, -0.0] if pa.types.is_floating(of) and 0.0 in held else [])], of)


def _balance(rule: Rule, df: pd.DataFrame) -> Tested:
    """A running balance, from the second row on; of doubles the last digits do not count."""
    assert rule.column is not None
    for name in (rule.column, rule.other):
        require_kind(df, name, "number")
    after, amount = arrow(df[rule.column]), arrow(df[rule.other])
    before = pa.chunked_array([pa.nulls(min(1, len(df)), after.type), *after.slice(0, max(len(df) - 1, 0)).chunks], after.type)
    if pa.types.is_floating(after.type) or pa.types.is_floating(amount.type):
        after, amount, before = (c.cast(pa.float64(), safe=False) for c in (after, amount, before))
        size = pc.max_element_wise(pc.abs(before), pc.abs(amount), pc.abs(after), 1.0)
        right = pc.less_equal(pc.abs(pc.subtract(after, pc.add(before, amount))), pc.multiply(size, 1e-12))
    else:
        after, amount, before = (c.cast(pa.decimal256(75, 37)) for c in (after, amount, before))  # holds any whole number or decimal
        right = pc.equal(after, pc.add(before, amount))
    tested = flags(right.is_valid())
    return Tested(tested, tested & ~flags(pc.fill_null(right, True)))


def _all_different(values: pa.ChunkedArray) -> bool:
    """Whether a quick look shows that no value, of numbers or dates, is there twice."""
    if values.null_count or not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type) or is_date(values.type)):
        return False
    found = values.to_numpy()
    if bool((found[1:] > found[:-1]).all()):
        return True
    ordered = np.sort(found)
    return not bool((ordered[1:] == ordered[:-1]).any())


def _within(rule: Rule, values: pa.ChunkedArray, name: str) -> np.ndarray:
    inside = np.ones(len(values), bool)
    for text, compare in ((rule.low, pc.greater_equal), (rule.high, pc.less_equal)):
        if text is not None:
            try:
                limit = pa.scalar(read_value(text, values.type), values.type)
            except (ValueError, pa.ArrowInvalid) as error:
                raise StepError(str(error), column=name) from error
            inside &= flags(compare(values, limit))
    return inside


def _whole(rule: Rule, found: Decimal, rows: int) -> Tested:
    """A rule on a number of the whole table; totals of doubles count as equal within their last digits."""
    try:
        low, high = (None if text is None else Decimal(text.strip()) for text in (rule.low, rule.high))
    except InvalidOperation as error:
        raise StepError(f'a limit of "{rule.describe()}" is not a number', column=rule.column, remedy="Write it like 1200.50.") from error
    near = abs(found) * Decimal("1e-12")
    holds = (low is None or found >= low - near) and (high is None or found <= high + near)
    return Tested(np.zeros(rows, bool), np.zeros(rows, bool), f"{found:,f}", holds)


test.__test__ = False  # type: ignore[attr-defined]  # no test of pytest
