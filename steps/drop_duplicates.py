"""Remove rows that are equal to another row."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from steps.arrow import SPACES, arrow, casefolded, column, in_slices, is_text, keep_rows, repeats, rows_at, rows_where
from steps.base import ColumnName, Columns, Outcome, Step, StepError, columns_code, removed_rows, require
from steps.grouping import distinct, first_rows, group
from steps.ordering import places


class DropDuplicates(Step):
    """One row of each set of rows that are equal in the chosen columns, in their order; or all, with ``mark`` filled.

    Missing equals missing. Kept is the first, the last, none, the most complete, or the one with the largest or smallest
    value of ``by`` (missing last; the first of equals). Each removed row says which row it equals. With ``mark_only``
    no row goes: the column ``mark`` (int64) holds the number of the set, counted from 1, missing for rows without equal.

    Raises StepError if a column is absent, or ``mark`` is one already.
    """

    name = "drop_duplicates"
    label = "Remove duplicates"
    help = "Keep one of the rows that are equal in chosen columns."
    group = "Rows"
    kind = "rows"
    words = ("duplicates", "unique", "distinct", "dedupe", "deduplicate", "repeated rows", "double")
    may_remove = True

    columns: Columns = Field(Columns(), title="Columns", description="Rows equal in all of these are duplicates.")
    keep: Literal["first", "last", "none", "most_complete", "largest", "smallest"] = Field(
        "first",
        title="Keep",
        description="Which of the equal rows stays.",
        json_schema_extra={
            "labels": {
                "first": "The first", "last": "The last", "none": "None of them", "most_complete": "The one with most values",
                "largest": "The one with the largest value", "smallest": "The one with the smallest value",
            }
        },
    )  # fmt: skip
    by: ColumnName | None = Field(
        None, title="Value of", description="A date, for example: the largest is the newest.",
        json_schema_extra={"when": {"keep": ["largest", "smallest"]}},
    )  # fmt: skip
    ignore_case: bool = Field(False, title="Ignore capitals", description="Anna equals ANNA.")
    trim: bool = Field(False, title="Ignore spaces around", description="And the difference between empty and missing.")
    ignore_accents: bool = Field(False, title="Ignore accents", description="José equals Jose.", json_schema_extra={"more": True})
    mark_only: bool = Field(False, title="Only mark them", description="All rows stay.", json_schema_extra={"more": True})
    mark: str = Field(
        "duplicate_set", min_length=1, title="Column for the marks", description="Holds the number of the set.",
        json_schema_extra={"when": {"mark_only": [True]}, "more": True},
    )  # fmt: skip

    @model_validator(mode="after")
    def _goes_by(self) -> "DropDuplicates":
        """Refuse largest and smallest without a column."""
        if (self.keep in ("largest", "smallest")) != (self.by is not None):
            raise ValueError("the largest or smallest value needs its column, and only these do")
        return self

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame | Outcome:
        """The rows that stay, and for each that goes the one it equals."""
        names = self.columns.resolve(df)
        if self.by is not None:
            require(df, self.by)
        if self.mark_only and self.mark in df.columns:
            raise StepError("is already in the table", column=self.mark, remedy="Choose another name for the marks.")
        columns = [self._compared(arrow(df[n])) for n in names]
        if self.mark_only:
            return self._marked(df, group(columns, len(df)).codes if names else np.arange(len(df)))
        # few columns are left to compare where most values of the first differ
        ordered = sorted(columns, key=repeats) if len(columns) > 1 else columns
        codes, sets = distinct(ordered, len(df)) if names else (np.arange(len(df)), len(df))
        if sets == len(df):
            return df
        if self.keep == "none":
            stays = (np.bincount(codes) == 1)[codes]
            return Outcome(keep_rows(df, stays), removed=removed_rows(rows_where(df, ~stays), "equal to another row; none of them is kept"))
        chosen = self._chosen(df, codes).take(codes)
        stays = chosen == np.arange(len(df))
        gone = np.flatnonzero(~stays)
        return Outcome(keep_rows(df, stays), removed=_merged(df, gone, chosen.take(gone)))

    def describe(self) -> str:
        """The rule in words."""
        kept = {
            "first": "keep the first", "last": "keep the last", "none": "keep none", "most_complete": "keep the most complete",
            "largest": f"keep the largest {self.by}", "smallest": f"keep the smallest {self.by}",
        }[self.keep]  # fmt: skip
        if self.mark_only:
            return f"Mark rows equal in {self.columns.describe()}"
        return f"Of rows equal in {self.columns.describe()} {kept}"

    def code(self) -> str | None:
        """The same by pandas, for values that are equal as they stand."""
        loose = self.ignore_case or self.trim or self.ignore_accents
        if self.mark_only or loose or self.keep not in ("first", "last", "none"):
            return None
        keep = False if self.keep == "none" else self.keep
        lines = ["import re"] if self.columns.pattern is not None else []
        lines += [f"names = {columns_code(self.columns)}", f"df = df.drop_duplicates(subset=names, keep={keep!r}) if names else df"]
        return "\n".join(lines)

    def _compared(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """The values as they are compared."""
        if pa.types.is_floating(values.type):
            return pc.add(values, 0.0)  # -0 equals 0
        if not is_text(values.type) or not (self.ignore_case or self.trim or self.ignore_accents):
            return values
        if self.trim:
            values = pc.utf8_trim(values, SPACES)
            values = pc.if_else(pc.equal(values, ""), pa.scalar(None, values.type), values)
        if self.ignore_accents:
            values = pc.replace_substring_regex(pc.utf8_normalize(values, "NFKD"), r"\p{Mn}", "")
        if not self.ignore_case:
            return values
        return casefolded(values)

    def _chosen(self, df: pd.DataFrame, codes: np.ndarray) -> np.ndarray:
        """For each set the position of the row that stays."""
        if self.keep in ("first", "last", "none"):
            return first_rows(codes) if self.keep != "last" else len(codes) - 1 - first_rows(codes[::-1])
        if self.by is None:
            rank = np.zeros(len(df), "int64")
            for name in df.columns:
                rank += arrow(df[name]).is_valid().to_numpy()
        else:
            rank = places(arrow(df[self.by]))
            rank = np.where(rank < 0, -1, rank.max(initial=0) - rank) if self.keep == "smallest" else rank
        best = np.full(codes.max() + 1, -1)
        np.maximum.at(best, codes, rank)
        among = np.flatnonzero(rank == best.take(codes))[::-1]  # of several written to one place the last stays: the first of equals
        chosen = np.zeros(len(best), "int64")
        chosen[codes[among]] = among
        return chosen

    def _marked(self, df: pd.DataFrame, codes: np.ndarray) -> Outcome:
        """All rows, with the number of their set."""
        several = np.bincount(codes, minlength=1) > 1
        number = np.cumsum(several)
        marks = pa.array(number[codes], pa.int64(), mask=~several[codes])
        said = {"{n} rows have an equal one.": int(several[codes].sum())}
        return Outcome(df.assign(**{self.mark: column(marks, df)}), noted=said)


def _merged(df: pd.DataFrame, gone: np.ndarray, kept: np.ndarray) -> pd.DataFrame:
    """The removed rows, each with the row it equals that is kept; both as positions. A sentence is made once for each row kept."""
    named = np.zeros(len(df), bool)
    named[kept] = True
    once = np.flatnonzero(named)
    number = np.empty(len(df), "int32")
    number[once] = np.arange(len(once))
    said = in_slices(pa.chunked_array([rows_at(df, once).to_numpy()]), _said).combine_chunks()
    reasons = pa.DictionaryArray.from_arrays(number.take(kept), said, safe=False)
    return removed_rows(rows_at(df, gone), reasons, rows_at(df, kept).to_numpy())


def _said(rows: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(_text("equal to row "), rows.cast(pa.large_string()), _text(", which is kept"), _text(""))


def _text(value: str) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())
