"""Headings between the rows become a column; lines that run on are joined to the row above."""

from typing import Annotated

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from steps.arrow import arrow, column, flags, keep_rows, one_of_few, rows_at, whole
from steps.base import Columns, Outcome, Role, Step, StepError, removed_rows, require, require_kind
from steps.conditions.model import check_pattern
from steps.grouping import without_blanks


class Sections(Step):
    """The rows without heading lines, whose text stands in a new column of the rows below; continued lines joined.

    A heading is a row with text in ``heading`` and nothing in any other column, or with a pattern one whose text matches it;
    a group in the pattern is what is kept. Rows above the first heading have none. A row whose ``continued`` column is blank
    runs on: its text in ``join`` is added to the row above, after a space, and it is removed into that row; the first row of
    a section has no row above and stays. Headings and lines are removed rows.

    Raises StepError if a column is absent or holds no text, or the new column's name is taken.
    """

    name = "sections"
    label = "Headings and continued lines"
    help = '"Store: York" becomes a column; text that runs on joins the row above.'
    group = "Rows"
    kind = "structure"
    words = ("section", "heading", "group header", "subheading", "report", "continued", "multi-line", "wrapped text", "fill down")

    heading: Annotated[str | None, Role("column")] = Field(None, title="Headings in", description="The column that headings stand in.")
    pattern: str = Field("", title="Pattern of a heading", description="E.g. Store: (.*); empty: a row that holds nothing else.")
    output: str = Field("section", min_length=1, title="New column", description="Says for each row the heading above it.")
    continued: Annotated[str | None, Role("column")] = Field(
        None, title="A line runs on where this is blank", description="The column that each true row has a value in."
    )
    join: Columns = Field(Columns(kind="text"), title="Joined columns", description="Text columns whose text is added to the row above.")

    @model_validator(mode="after")
    def _something(self) -> "Sections":
        """Refuse a step that does nothing, and patterns that cannot be used."""
        if self.heading is None and self.continued is None:
            raise ValueError("choose the column of the headings, or the column that is blank where a line runs on")
        if self.pattern:
            check_pattern(self.pattern)
        return self

    def apply(self, df: pd.DataFrame, fitted: None) -> Outcome:
        """The true rows, and where the other lines went."""
        is_heading, text = self._headings(df)
        runs_on = np.zeros(len(df), bool)
        if self.continued is not None:
            require(df, self.continued)
            runs_on = flags(without_blanks(df, self.continued).is_null()) & ~is_heading
        above = _last(~runs_on)
        usable = runs_on & (above >= 0)
        usable[usable] = ~is_heading[above[usable]]
        joined = self._joined(df, usable, above) if usable.any() else df
        stays = ~(is_heading | usable)
        table = keep_rows(joined, stays)
        if text is not None:
            table = table.assign(**{self.output: column(_at(text, _last(is_heading)[stays]), table)})
        gone = np.flatnonzero(~stays)
        if not len(gone):
            return Outcome(table)
        merged = usable.take(gone)
        reasons = one_of_few(["is a heading", "is part of the row above"], merged.view("int8"))
        into = pa.array(rows_at(df, np.maximum(above.take(gone), 0)).to_numpy(), mask=~merged)
        return Outcome(table, removed=removed_rows(rows_at(df, gone), reasons, into))

    def needs(self) -> list[str]:
        """The columns of headings and of lines that run on."""
        return [n for n in (self.heading, self.continued) if n is not None]

    def describe(self) -> str:
        """What becomes of headings and lines, in words."""
        first = f"Make headings in {self.heading} the column {self.output}" if self.heading is not None else ""
        second = f"oin lines without {self.continued} to the row above" if self.continued is not None else ""
        return f"{first} and j{second}" if first and second else first or f"J{second}"

    def _headings(self, df: pd.DataFrame) -> tuple[np.ndarray, pa.ChunkedArray | None]:
        """Which rows are headings, and what is kept of these."""
        if self.heading is None:
            return np.zeros(len(df), bool), None
        require_kind(df, self.heading, "text")
        if self.output in df.columns:
            raise StepError("is already in the table", column=self.output, remedy="Give the new column another name.")
        text = without_blanks(df, self.heading)
        found = flags(text.is_valid())
        if self.pattern:
            found &= flags(pc.match_substring_regex(text, self.pattern))
            grouped = pc.extract_regex(text, f"(?s:^.*?(?:{_named(self.pattern)}).*$)") if _named(self.pattern) != self.pattern else None
            text = text if grouped is None else pc.struct_field(grouped, "kept")
        else:
            for name in df.columns:
                if name != self.heading:
                    found &= flags(without_blanks(df, name).is_null())
        return found, text

    def _joined(self, df: pd.DataFrame, lines: np.ndarray, above: np.ndarray) -> pd.DataFrame:
        """The table with the text of lines that run on added to their rows."""
        made = {}
        for name in self.join.resolve(df):
            require_kind(df, name, "text")
            held = flags(without_blanks(df, name).is_valid())
            wanted = lines & held
            if name == self.continued or not wanted.any():
                continue
            values = arrow(df[name]).to_pylist()  # only the lines that run on are looked at one by one
            for at in np.flatnonzero(wanted):
                before = values[above[at]]
                values[above[at]] = f"{before} {values[at]}" if before is not None and before.strip() else values[at]
            made[name] = pd.Series(pa.chunked_array([pa.array(values, pa.large_string())]), dtype=df.dtypes[name], index=df.index)
        return df.assign(**made) if made else df


def _last(mask: np.ndarray) -> np.ndarray:
    """For each row the position of the last row up to it where a condition is true, -1 above the first."""
    at = np.r_[-1, np.flatnonzero(mask)]
    return np.repeat(at, np.diff(np.r_[0, at[1:], len(mask)]))


def _at(values: pa.ChunkedArray, positions: np.ndarray) -> pa.Array:
    """The values at these positions, missing where one is -1."""
    before = int(np.searchsorted(positions, 0))  # they ascend
    found = whole(values.take(pa.array(positions[before:])))
    return pa.concat_arrays([pa.nulls(before, values.type), found]) if before else found


def _named(pattern: str) -> str:
    """The pattern with its first group named, or as it is if it has none."""
    at = next((i for i, c in enumerate(pattern) if c == "(" and pattern[i - 1 : i] != "\\" and pattern[i + 1 : i + 2] != "?"), None)
    return pattern if at is None else f"{pattern[: at + 1]}?P<kept>{pattern[at + 1 :]}"
