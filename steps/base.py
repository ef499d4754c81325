"""What every step is made of: the contract, the choice of columns, the outcome and the error."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, JsonValue, field_validator

from steps.arrow import FLOAT, INT, TEXT, arrow, column, decimal_to_float, is_date, is_number, is_text, one_of_few, repeated, rows_at
from steps.bits import taken
from steps.patterns import check_pattern

Kind = Literal["all", "text", "number", "date", "boolean"]
SHOWN = 5  # rows named in a message before "and 12 more"


class StepError(Exception):
    """A step cannot run: where (column, rows), what is wrong with which value, what to do."""

    def __init__(self, problem: str, *, column: str | None = None, rows: Iterable[int] = (), remedy: str = "") -> None:
        self.problem, self.column, self.rows, self.remedy = problem, column, [int(r) for r in rows], remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        place = []
        if self.column is not None:
            place.append(f'Column "{self.column}"')
        if self.rows:
            named = ", ".join(str(r) for r in self.rows[:SHOWN])
            more = f" and {len(self.rows) - SHOWN:,} more" if len(self.rows) > SHOWN else ""
            word = "row" if len(self.rows) == 1 else "rows"
            place.append(f"{word if place else word.capitalize()} {named}{more}")
        said = f"{', '.join(place)}: {self.problem}" if place else self.problem
        return f"{said.rstrip('.')}." + (f" {self.remedy}" if self.remedy else "")


class Columns(BaseModel):
    """A choice of columns: by name in the given order, or by kind and pattern (RE2) in table order, minus exceptions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: tuple[str, ...] | None = None
    kind: Kind = "all"
    pattern: str | None = None
    exclude: tuple[str, ...] = ()

    @field_validator("pattern")
    @classmethod
    def _usable(cls, pattern: str | None) -> str | None:
        """Refuse a pattern that cannot be used."""
        if pattern is not None:
            check_pattern(pattern)
        return pattern

    def resolve(self, df: pd.DataFrame) -> list[str]:
        """The names of the chosen columns that the table has.

        Raises StepError if a column chosen by name is absent.
        """
        if self.names is not None:
            for name in self.names:
                require(df, name)
            return [n for n in dict.fromkeys(self.names) if n not in self.exclude]
        found = [n for n in df.columns if n not in self.exclude and is_kind(df, n, self.kind)]
        if self.pattern is None or not found:
            return found
        fits = pc.match_substring_regex(pa.array(found, pa.large_string()), self.pattern)
        return pa.array(found, pa.large_string()).filter(fits).to_pylist()

    def describe(self) -> str:
        """The choice in words, for a sentence."""
        if self.names is not None:
            chosen = [n for n in self.names if n not in self.exclude]
            return listing(chosen) if chosen else "no column"
        noun = "columns" if self.kind == "all" else {"boolean": "yes/no"}.get(self.kind, self.kind) + " columns"
        named = f' whose name matches "{self.pattern}"' if self.pattern else ""
        but = f" except {listing(self.exclude)}" if self.exclude else ""
        return f"all {noun}{named}{but}"


class Chosen(BaseModel):
    """The columns that a choice names in one table: all that many steps have to fit."""

    columns: list[str]


@dataclass(frozen=True)
class Role:
    """Marks a text parameter that names something of the project, so that the engine and the form know it."""

    of: Literal["column", "table", "other column"]


ColumnName = Annotated[str, Role("column")]
TableName = Annotated[str, Role("table")]
OtherColumn = Annotated[str, Role("other column")]  # of the table that the step reads

# If a value cannot be used: leave it empty and list it, keep the column as text, take the row out and list it, stop.
OnError = Literal["missing", "keep_text", "remove_row", "stop"]
ON_ERROR_LABELS: dict[str, JsonValue] = {
    "missing": "Leave it empty and list it under Problems", "keep_text": "Keep the column as text",
    "remove_row": "Take the row out and list it", "stop": "Stop",
}  # fmt: skip


class Checked(BaseModel):
    """What one rule found: values tested and failed, or for a rule on the whole table what it is (``found``).

    ``holds`` counts the share for which it has to hold (``mostly``). ``rows`` are the first row numbers that fail.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    said: str
    column: str | None
    severity: Literal["error", "warn"]
    tested: int
    failed: int
    mostly: float = 1.0
    found: str | None = None
    holds: bool
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a step made of a table; all but ``table`` may be left out.

    ``rejected`` has one line per cell (index: row number, may repeat; columns ``column``, ``value``, ``reason``: text).
    ``removed`` has one line per row (index: row number; ``reason``: text, or one of few texts as a dictionary; ``into``:
    int64, the row it was merged into).
    ``parents`` has one line per made row (``position`` in the result, ``table``, ``row``).
    ``renamed`` maps old names to new. ``noted`` maps a sentence to its count; counts of parts add up. The count stands
    where the sentence holds ``{n}`` (put in with ``replace``: a column's name may hold braces); some sentences hold none.
    ``checked`` has what each rule found, of steps that check.
    """

    table: pd.DataFrame
    rejected: pd.DataFrame | None = None
    removed: pd.DataFrame | None = None
    parents: pd.DataFrame | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    noted: Mapping[str, int] = field(default_factory=dict)
    checked: Sequence[Checked] = ()

    def __getitem__(self, name: str) -> pd.Series:
        """A column of the table, so that a step's result reads the same whether or not it had more to say."""
        return self.table[name]


@dataclass(frozen=True)
class Example:
    """A small run that shows what a step does: its parameters, the table as plain values, and the other table if it reads one."""

    params: Mapping[str, JsonValue]
    table: Mapping[str, list[Any]]  # text, int, float, bool, date or None
    other: Mapping[str, list[Any]] | None = None


class Step(BaseModel):
    """One cleaning step. The fields are its parameters; a subclass in its own module under ``steps`` is registered.

    ``fit`` returns facts about the whole table (a pydantic model, a dict of them, or None), ``apply`` a new table or
    an ``Outcome``. Both are pure. A step with a field of type ``TableName`` takes ``tables`` (name to table) as the
    last argument of both.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str] = ""
    group: ClassVar[str] = "Other"
    kind: ClassVar[Literal["cells", "rows", "structure"]] = "cells"
    version: ClassVar[int] = 1
    words: ClassVar[tuple[str, ...]] = ()  # what else people type to find it
    may_remove: ClassVar[bool] = False  # removes rows: starts with a budget
    blanks: ClassVar[bool] = False  # turning a value to missing is its purpose
    listed: ClassVar[bool] = True  # offered under "Add step"
    absent_ok: ClassVar[bool] = False  # skips and notes chosen columns that are absent, whatever the recipe says about them

    def fit(self, df: pd.DataFrame) -> BaseModel | dict[str, Any] | None:
        """Facts about the whole table that ``apply`` needs; JSON-able and finite."""
        return None

    def apply(self, df: pd.DataFrame, fitted: Any) -> pd.DataFrame | Outcome:  # Any: each step states its own type
        """The table after the step."""
        raise NotImplementedError

    @property
    def rowwise(self) -> bool:
        """Whether applying to any part of the table equals that part of the whole."""
        return False

    def for_file(self, digest: str | None) -> "Step":
        """The step as it is to run on the file with this digest; only steps made for one file differ."""
        return self

    def for_day(self, day: date | None) -> "Step":
        """The step as it is to run on this day; only steps that count from today, and have no day of their own, differ."""
        return self

    def needs(self) -> list[str]:
        """Columns the step names outside fields of type ``Columns`` and ``ColumnName`` (in a condition, say)."""
        return []

    def describe(self) -> str:
        """One plain sentence for the card."""
        return self.label

    @classmethod
    def suggested(cls, df: pd.DataFrame) -> dict[str, JsonValue]:
        """Parameters that the table itself suggests, for a form that is opened without any; quick on a long table."""
        return {}

    @classmethod
    def example(cls) -> "Example | None":
        """A small run for the reference; the steps of the project have theirs in docs/examples.py."""
        return None

    def code(self) -> str | None:
        """Up to five lines of pandas on ``df`` that give the same table, or None."""
        return None


def columns_code(columns: Columns) -> str:
    """Python that gives the chosen names of ``df``, for ``code``."""
    if columns.names is not None:
        return repr([n for n in dict.fromkeys(columns.names) if n not in columns.exclude])
    starts = {"text": "large_string", "number": ("int64", "double", "decimal"), "date": ("date32", "timestamp"), "boolean": "bool"}
    tests = [f"str(df[n].dtype).startswith({starts[columns.kind]!r})"] if columns.kind != "all" else []
    tests += [f"n not in {list(columns.exclude)!r}"] if columns.exclude else []
    tests += [f"re.search({columns.pattern!r}, n)"] if columns.pattern is not None else []
    return f"[n for n in df.columns if {' and '.join(tests)}]" if tests else "list(df.columns)"


def require(df: pd.DataFrame, name: str) -> None:
    """Raise StepError unless the table has the column."""
    if name not in df.columns:
        offered = ", ".join(df.columns[:12]) + (" …" if len(df.columns) > 12 else "")
        raise StepError("is not in the table", column=name, remedy=f"Choose one of: {offered}." if offered else "")


def type_of(df: pd.DataFrame, name: str) -> pa.DataType:
    """The Arrow type of a column that must exist."""
    require(df, name)
    return df[name].dtype.pyarrow_dtype  # type: ignore[union-attr]  # a table's columns are Arrow data


def is_kind(df: pd.DataFrame, name: str, kind: Kind) -> bool:
    """Whether a column holds the kind of values."""
    of = type_of(df, name)
    checks = {"text": is_text, "number": is_number, "date": is_date, "boolean": pa.types.is_boolean}
    return kind == "all" or checks[kind](of)


WORDS = {"text": "text", "number": "numbers", "date": "dates", "boolean": "yes/no values"}


def holds(of: pa.DataType) -> str:
    """What a column of this type holds, in words."""
    if is_text(of):
        return WORDS["text"]
    if is_number(of):
        return WORDS["number"]
    return WORDS["date"] if is_date(of) else WORDS["boolean"]


def require_kind(df: pd.DataFrame, name: str, kind: Kind) -> None:
    """Raise StepError unless the column exists and holds the kind of values."""
    if not is_kind(df, name, kind):
        remedy = "Make it a number first with Change column types." if kind == "number" else ""
        remedy = "Make it a date first with Change column types." if kind == "date" else remedy
        raise StepError(f"holds {holds(type_of(df, name))}, not {WORDS[kind]}", column=name, remedy=remedy)


def holds_already(df: pd.DataFrame, name: str, kind: Kind) -> bool:
    """Whether a column to be read holds the kind of values already; StepError if it holds neither these nor text."""
    if not is_kind(df, name, kind):
        require_kind(df, name, "text")
        return False
    return True


def numbers(df: pd.DataFrame, name: str) -> pd.Series:
    """A numeric column as float64, missing kept; integers above 2^53 become the nearest double.

    Raises StepError if the column is absent or not numeric.
    """
    require_kind(df, name, "number")
    values = arrow(df[name])
    if pa.types.is_floating(values.type):
        return df[name]
    if pa.types.is_decimal(values.type):
        return column(decimal_to_float(values), df)
    return column(values.cast(pa.float64(), safe=False), df)


def rejects(df: pd.DataFrame, name: str, bad: np.ndarray, reason: str) -> pd.DataFrame:
    """The cells of a column where ``bad`` is true, as lines of ``Outcome.rejected``."""
    at = np.flatnonzero(bad)
    rows = rows_at(df, at)
    values = pd.Series(taken(arrow(df[name]), at), dtype=df[name].dtype, index=rows).astype(TEXT)
    said = {n: pd.Series(repeated(text, len(at)), dtype=TEXT, index=rows) for n, text in (("column", name), ("reason", reason))}
    return pd.DataFrame({"column": said["column"], "value": values, "reason": said["reason"]}, index=rows)


def removed_rows(rows: pd.Index, reasons: pa.Array | pa.ChunkedArray | str, into: Iterable[int | None] | None = None) -> pd.DataFrame:
    """Lines of ``Outcome.removed``: the rows' numbers with one reason for all or one each, and where they went."""
    if isinstance(reasons, str):
        reasons = one_of_few([reasons], np.zeros(len(rows), "int8"))
    merged = pa.nulls(len(rows), pa.int64()) if into is None else pa.array(into, pa.int64())
    lines = {"reason": pd.Series(reasons, dtype=pd.ArrowDtype(reasons.type), index=rows), "into": pd.Series(merged, dtype=INT, index=rows)}
    return pd.DataFrame(lines, index=rows)


NO_REJECTED = pd.DataFrame({n: pd.Series([], dtype=TEXT) for n in ("column", "value", "reason")}, index=pd.Index([], dtype="int64"))
NO_REMOVED = pd.DataFrame({"reason": pd.Series([], dtype=TEXT), "into": pd.Series([], dtype=INT)}, index=pd.Index([], dtype="int64"))
NO_PARENTS = pd.DataFrame(
    {"position": pd.Series([], dtype=INT), "table": pd.Series([], dtype=TEXT), "row": pd.Series([], dtype=INT)},
    index=pd.Index([], dtype="int64"),
)


def in_note(name: str) -> str:
    """A name or value in a sentence of ``Outcome.noted``, never taken for the place of the count; the engine writes it as it is."""
    return name.replace("{n}", "{\u2060n}")


def listing(names: Iterable[str], most: int = 4) -> str:
    """Names in a sentence: "a, b and c", or "a, b, c and 5 more"."""
    names = list(names)
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


__all__ = [
    "FLOAT", "INT", "NO_PARENTS", "NO_REJECTED", "NO_REMOVED", "ON_ERROR_LABELS", "TEXT", "Chosen", "ColumnName",
    "Columns", "Example", "Kind", "OnError", "OtherColumn", "Outcome", "Role", "Step", "StepError", "TableName", "columns_code", "holds",
    "holds_already", "in_note", "is_kind", "listing", "numbers", "rejects", "removed_rows", "require", "require_kind", "type_of",
]  # fmt: skip
