"""Make columns numbers, dates, yes/no or text, exactly or not at all."""

from typing import ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field

from steps.arrow import arrow, column, flags, is_text, keep_rows, side_by_side
from steps.base import NO_REJECTED, ON_ERROR_LABELS, OnError, Outcome, Step, StepError, in_note, listing, rejects, removed_rows
from steps.proposals import Proposal, propose_column
from steps.types import LABELS, SHOWN, Converted, Rounding, TypeName, convert, decimals, zoned


class Decided(BaseModel):
    """What the whole table decides: columns that stay text, digits after the point, columns whose times have an offset."""

    keep_text: list[str] = []
    scale: dict[str, int] = {}
    zoned: list[str] = []


class SetTypes(Step):
    """Each named column in its type; the others untouched.

    Text becomes a whole number (int64), number (double), exact decimal (decimal128), yes/no (bool), date (date32) or
    date and time (timestamp[us]; in UTC if every value has an offset) if it is written plainly: at most 15 digits, a
    point, ISO dates that exist, true or false. Leading zeros, exponents, plus signs, thousands marks and 16 digits are
    refused value by value. Spaces around a value do not count and blank text becomes missing. 12.0 becomes the whole number
    12; 12.5 becomes one only by ``rounding``, and such values are counted. Absent columns are skipped and noted.

    Raises StepError at the first column with a value that cannot be used if ``on_error`` is "stop".
    """

    name = "set_types"
    label = "Change column types"
    help = "Make columns numbers, dates, yes/no or text; what does not fit is listed."
    group = "Columns"
    words = ("cast", "convert", "type", "number", "date", "text", "boolean", "integer", "decimal", "parse", "format", "astype")
    absent_ok: ClassVar[bool] = True

    types: dict[str, TypeName] = Field(
        default_factory=dict,
        title="Types",
        description="The type each column gets; columns not listed stay as they are.",
        json_schema_extra={"labels": LABELS},
    )
    on_error: OnError = Field(
        "missing",
        title="If a value cannot be used",
        description="What happens to a value that is not written as its type.",
        json_schema_extra={"labels": ON_ERROR_LABELS},
    )
    rounding: Rounding = Field(
        "refuse",
        title="A number with decimals",
        description="Where the column becomes whole numbers.",
        json_schema_extra={
            "labels": {
                "refuse": "is no whole number", "half_up": "is rounded, halves away from zero", "half_even": "is rounded, halves to even",
                "floor": "is rounded down", "ceil": "is rounded up", "cut": "loses its decimals",
            },
            "more": True,
        },
    )  # fmt: skip

    def fit(self, df: pd.DataFrame) -> Decided:
        """Decide per column what needs all its values."""
        present = self._present(df)
        scale = {n: decimals(arrow(df[n])) for n, to in present.items() if to == "exact"}
        zones = [n for n, to in present.items() if to == "datetime" and zoned(arrow(df[n]))]
        decided = Decided(scale=scale, zoned=zones)
        if self.on_error == "keep_text":
            made = self._convert(df, decided)
            decided.keep_text = [n for n, c in made.items() if c.bad is not None]
        return decided

    def apply(self, df: pd.DataFrame, fitted: Decided) -> Outcome:
        """The table with its new types, and the values that could not be used."""
        made = self._convert(df, fitted)
        bad = {name: c for name, c in made.items() if c.bad is not None}
        if bad and self.on_error == "stop":
            _stop(df, *next(iter(bad.items())))
        new = {name: column(c.values, df) for name, c in made.items()}
        table = df.assign(**new)
        noted = {
            f'Column "{in_note(name)}" is not in the table; its type was not changed.': 1 for name in self.types if name not in df.columns
        }
        noted |= {f'Column "{in_note(name)}" stays as it is: not every value could be used.': 1 for name in fitted.keep_text}
        noted |= {f'{{n}} values of "{in_note(name)}" were rounded to whole numbers.': c.rounded for name, c in made.items() if c.rounded}
        lines = [rejects(df, name, flags(c.bad), c.reason) for name, c in bad.items()]
        rejected = pd.concat(lines) if lines else NO_REJECTED
        if not bad or self.on_error != "remove_row":
            return Outcome(table, rejected=rejected, noted=noted)
        gone = np.logical_or.reduce([flags(c.bad) for c in bad.values()])
        removed = removed_rows(df.index[gone], _reasons(df, bad, gone))
        return Outcome(keep_rows(table, ~gone), rejected=rejected, removed=removed, noted=noted)

    @property
    def rowwise(self) -> bool:
        """Each value is converted by itself."""
        return True

    def describe(self) -> str:
        """The types in words, e.g. "Make amount and price numbers, day dates"."""
        parts = [f"{listing([n for n, t in self.types.items() if t == to])} {SHOWN[to]}" for to in dict.fromkeys(self.types.values())]
        return f"Make {', '.join(parts)}" if parts else "Change the type of no column"

    def _present(self, df: pd.DataFrame) -> dict[str, TypeName]:
        return {name: to for name, to in self.types.items() if name in df.columns}

    def _convert(self, df: pd.DataFrame, decided: Decided) -> dict[str, Converted]:
        """The columns whose type changes, converted."""
        todo = [(n, "zoned" if n in decided.zoned else to) for n, to in self._present(df).items() if n not in decided.keep_text]
        made = side_by_side(lambda x: convert(arrow(df[x[0]]), x[1], decided.scale.get(x[0], 0), self.rounding), todo)
        found = zip(todo, made, strict=True)
        return {name: c for (name, _), c in found if c.values.type != df.dtypes[name].pyarrow_dtype}


def _stop(df: pd.DataFrame, name: str, made: Converted) -> None:
    rows = df.index[flags(made.bad)]
    value = df[name][rows[0]]
    raise StepError(f'"{value}" {made.reason}', column=name, rows=rows, remedy="Change the value, or choose to leave it empty.")


def _reasons(df: pd.DataFrame, bad: dict[str, Converted], gone: np.ndarray) -> pa.Array:
    """For each removed row the values that could not be used."""
    mask, said = pa.array(gone), []
    for name, c in bad.items():
        assert c.bad is not None
        value = arrow(df[name]).filter(mask).cast(pa.large_string())
        text = pc.binary_join_element_wise(_text(f'{name}: "'), value, _text(f'" {c.reason}'), _text(""))
        said.append(pc.if_else(c.bad.filter(mask), text, _text(None)))
    return pc.binary_join_element_wise(*said, _text("; "), null_handling="skip")


def _text(value: str | None) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())


def propose(df: pd.DataFrame) -> list[Proposal]:
    """For each text column what its values say about its type, in the order of the table; plain text is left out.

    A confident proposal holds for every value and changes none: the first step takes it unasked.
    """
    text = [n for n in df.columns if is_text(df.dtypes[n].pyarrow_dtype)]
    return [p for p in side_by_side(lambda n: propose_column(n, arrow(df[n])), text) if p is not None]
