"""Conditions as data: tests of one column, joined in groups."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StrictBool, StrictInt, StrictStr, model_validator

from steps.conditions.operators import BY_NAME, REPEATS, WHOLE_TABLE
from steps.expressions import asks_today, columns, parse
from steps.patterns import check_pattern
from steps.values import DAY

Given = StrictBool | StrictInt | FiniteFloat | StrictStr  # a date is its ISO text
Unit = Literal["days", "weeks", "months", "quarters", "years"]
DATES = {"on", "not_on", "before", "on_or_before", "after", "on_or_after"}


class Test(BaseModel):
    """One question about one column, e.g. amount is more than 100.

    ``value`` goes with most operators, ``values`` with lists and ``between``, ``other`` names a column to compare with,
    ``n`` and ``unit`` go with dates relative to the day of the run. A date is given as ISO text. With the operator
    "expression" ``value`` is a calculation that gives yes or no, and there is no ``column``. With "duplicate" and "unique"
    ``values`` may name more columns: rows that are equal in all of them, missing being equal to missing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    __test__: ClassVar[bool] = False  # not for pytest, which takes classes of this name for its own

    column: str = ""
    op: str
    value: Given | None = None
    values: tuple[Given, ...] = ()
    other: str | None = None
    n: Annotated[StrictInt, Field(ge=1, le=100_000)] | None = None
    unit: Unit | None = None
    case_sensitive: bool = True
    negate: bool = False

    @model_validator(mode="after")
    def _complete(self) -> "Test":
        """Refuse an unknown operator, and one with too little or too much given with it."""
        if self.op not in BY_NAME:
            raise ValueError(f'"{self.op}" is not a comparison. Choose one of: {", ".join(BY_NAME)}')
        if (self.op == "expression") != (self.column == ""):
            raise ValueError("only a typed calculation is asked without a column")
        wants = BY_NAME[self.op].wants
        needed = {
            "nothing": set(), "value": {"value"}, "column or value": {"other"} if self.other is not None else {"value"},
            "two values": {"values"}, "list": {"values"}, "n unit": {"n", "unit"}, "unit": {"unit"},
        }[wants]  # fmt: skip
        given = {name for name in ("value", "other", "n", "unit") if getattr(self, name) is not None}
        given |= {"values"} if self.values and self.op not in REPEATS else set()
        if self.op in REPEATS and not all(type(name) is str for name in self.values):
            raise ValueError(f"{self.column} occurs together with columns, given by their names")
        what = f'{self.column} "{BY_NAME[self.op].label}"'
        if given != needed or (wants == "two values" and len(self.values) != 2):
            raise ValueError(f"{what} needs {PLAIN_WANTS[wants]}")
        if self.op.startswith("length_") and not (type(self.value) is int and self.value >= 0):
            raise ValueError(f"{what} needs a whole number of characters, from 0 on")
        if self.op == "regex":
            check_pattern(self.value)
        if self.op == "expression":
            parse(str(self.value))
        return self

    def columns(self) -> list[str]:
        """The columns named."""
        if self.op == "expression":
            return columns(parse(str(self.value)))
        return [name for name in (self.column, self.other, *self.together) if name is not None]

    @property
    def together(self) -> list[str]:
        """More columns that are asked about together with this one."""
        return [str(name) for name in self.values] if self.op in REPEATS else []

    @property
    def needs_date(self) -> bool:
        """Whether the answer depends on the day of the run."""
        return self.unit is not None or (self.op == "expression" and asks_today(parse(str(self.value))))

    def describe(self) -> str:
        """The question in words."""
        if self.op == "expression":
            return f"not ({self.value})" if self.negate else str(self.value)
        said = f"{self.column} {BY_NAME[self.op].label}"
        if self.other is not None:
            said += f" {self.other}"
        elif self.together:
            names = [self.column, *self.together]
            more = f" and {len(names) - 4:,} more" if len(names) > 4 else ""
            said = f"{', '.join(names[:4])}{more} together {BY_NAME[self.op].label.replace('occurs', 'occur')}"
        elif self.op == "between":
            said += f" {written(self.values[0])} and {written(self.values[1])}"
        elif self.values:
            more = f" or {len(self.values) - 5:,} more" if len(self.values) > 5 else ""
            said += " " + ", ".join(written(v) for v in self.values[:5]) + more
        elif self.n is not None:
            said += f" {self.n} {self.unit if self.n > 1 else str(self.unit)[:-1]}"
        elif self.unit is not None:
            said += f" {self.unit[:-1]}"
        elif self.value is not None:
            said += f" {self.value if self.op in DATES else written(self.value)}"
        return ("not " if self.negate else "") + said + ("" if self.case_sensitive else " (in any case)")


class Group(BaseModel):
    """Tests and groups of which all, or at least one, must hold; without any it holds for every row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    join: Literal["all", "any"] = "all"
    negate: bool = False
    tests: tuple["Test | Group", ...] = ()

    def each(self) -> Iterator[Test]:
        """All tests, also those of inner groups."""
        for part in self.tests:
            yield from [part] if isinstance(part, Test) else part.each()

    def columns(self) -> list[str]:
        """The columns named, each once, in order."""
        return list(dict.fromkeys(name for t in self.each() for name in t.columns()))

    @property
    def rowwise(self) -> bool:
        """Whether the answer for a row depends on that row alone."""
        return not any(t.op in WHOLE_TABLE for t in self.each())

    @property
    def needs_date(self) -> bool:
        """Whether the answer depends on the day of the run."""
        return any(t.needs_date for t in self.each())

    def describe(self) -> str:
        """The condition in words, inner groups in brackets."""
        if not self.tests:
            return "no row" if self.negate else "every row"
        parts = [t.describe() if isinstance(t, Test) or t.negate or len(t.tests) < 2 else f"({t.describe()})" for t in self.tests]
        said = (" and " if self.join == "all" else " or ").join(parts)
        if not self.negate:
            return said
        return f"not ({said})"


Condition = Group

PLAIN_WANTS = {
    "nothing": "no value", "value": "a value", "column or value": "a value or another column, not both",
    "two values": "two values",
    "list": "at least one value", "n unit": "a number and days, weeks, months, quarters or years",
    "unit": "days, weeks, months, quarters or years",
}  # fmt: skip


def written(value: Given) -> str:
    """A value in a sentence: text in quotes, numbers and dates as they are."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) and not DAY.match(value) else str(value)
