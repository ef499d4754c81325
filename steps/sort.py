"""Sort the rows by one or more columns."""

import re
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from steps.arrow import SPACES, arrow, casefolded, is_text, take_rows
from steps.base import ColumnName, Outcome, Step, in_note, listing, require
from steps.filling import without_blanks
from steps.ordering import order_of, places

NUMBER = r"^[-+]?[0-9]+(?:[.,][0-9]+)*$"


class SortKey(BaseModel):
    """A column to sort by, and its direction."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: ColumnName = Field(title="Column", description="The column to sort by.")
    order: Literal["ascending", "descending"] = Field(
        "ascending",
        title="Order",
        description="Which values come first.",
        json_schema_extra={"labels": {"ascending": "Smallest first, A to Z", "descending": "Largest first, Z to A"}},
    )


class Sort(Step):
    """All rows in the order of the columns, the first counting most; rows that are equal in them keep their order.

    Missing values, blank text too, come last, or first, whatever the direction. Text is compared without regard to capitals unless
    ``ignore_case`` is false, and with ``natural`` the numbers inside it by their size (item 9 before item 10). Accented
    letters stand after z. A text column of numbers is sorted as text and noted.

    Raises StepError if a column is absent.
    """

    name = "sort"
    label = "Sort rows"
    help = "Changes the order in the result (clicking a header only changes the view)."
    group = "Rows"
    kind = "rows"
    words = ("sort", "order", "ascending", "descending", "alphabetical", "arrange", "order by")
    reorders: ClassVar[bool] = True

    by: list[SortKey] = Field(min_length=1, title="Sort by", description="The first column counts most.")
    missing: Literal["last", "first"] = Field(
        "last", title="Missing values", description="In either direction.", json_schema_extra={"labels": {"last": "Last", "first": "First"}}
    )
    ignore_case: bool = Field(True, title="Ignore capitals", description="anna stands beside Anna.")
    natural: bool = Field(False, title="Numbers inside text by size", description="item 9 before item 10.")
    treat_blank_as_missing: bool = Field(
        True,
        title="Treat blank text as missing",
        description="Text that is empty or only spaces stands with the missing values.",
        json_schema_extra={"more": True},
    )

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame | Outcome:
        """The rows in their new order."""
        for key in self.by:
            require(df, key.column)
        wanted = list({k.column: k for k in reversed(self.by)}.values())[::-1]
        order = order_of([self._key(arrow(df[k.column]), k.order == "descending") for k in wanted])
        numeric = [k.column for k in wanted if not self.natural and _holds_numbers(arrow(df[k.column]))]
        noted = {f'Column "{in_note(n)}" holds numbers as text: 10 comes before 9. Make it a number first.': 1 for n in numeric}
        return Outcome(df if (order == np.arange(len(df))).all() else take_rows(df, order), noted=noted)

    def needs(self) -> list[str]:
        """The columns sorted by."""
        return [k.column for k in self.by]

    def describe(self) -> str:
        """The keys in words."""
        said = [k.column + (", largest first" if k.order == "descending" else "") for k in self.by]
        return f"Sort rows by {listing(said)}"

    def _key(self, values: pa.ChunkedArray, descending: bool) -> np.ndarray:
        """For each row its place in the order of one column; equal values have the same."""
        made = places(without_blanks(values, self.treat_blank_as_missing), self._text_keys if self.ignore_case or self.natural else None)
        if descending:
            made = np.where(made < 0, -1, made.max(initial=0) - made)
        return np.where(made < 0, made.max(initial=-1) + 1, made) if self.missing == "last" else made + 1

    def _text_keys(self, texts: pa.LargeStringArray) -> pa.LargeStringArray:
        """What is compared in place of the texts."""
        if not self.natural:
            return casefolded(texts)
        return pa.array([self._text_key(t) for t in texts.to_pylist()], pa.large_string())

    def _text_key(self, text: str) -> str:
        """Text to compare: without capitals, and each number preceded by how many digits it has."""
        text = text.casefold() if self.ignore_case else text
        return re.sub("[0-9]+", lambda m: f"{len(m[0].lstrip('0')):06d}{m[0].lstrip('0')}", text)


def _holds_numbers(values: pa.ChunkedArray) -> bool:
    if not is_text(values.type):
        return False
    some = pc.utf8_trim(values.drop_null()[:1000], SPACES)
    if not len(some) or not pc.all(pc.match_substring_regex(some, NUMBER)).as_py():
        return False
    return bool(pc.all(pc.match_substring_regex(pc.utf8_trim(values, SPACES), NUMBER)).as_py())
