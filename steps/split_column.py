"""Split a column at a mark."""

from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field, model_validator

from steps.arrow import SPACES, arrow, column, repeats
from steps.base import ColumnName, Outcome, Step, StepError, in_note, require_kind
from steps.conditions.model import check_pattern
from steps.pieces import bounds, one_row_each, place

LARGE = pa.large_string()
MOST = 500  # columns that a split may make
SEAM = "\x00"  # put between a small and a capital letter, to split there


class Places(BaseModel):
    """The new columns of a split, in order."""

    columns: list[str]


class SplitColumn(Step):
    """A text column taken apart at a mark, a pattern, fixed lengths or changes of case: into columns or rows.

    The new columns stand where the column was and are named like it with _1, _2, ..., or as ``names`` says, which then also
    says how many there are; else that is fixed when the step is fitted. A value with more pieces keeps the rest, marks and
    all, in the last column, or in one more, ending in _more, and is counted, or stops the step. ``max_splits`` from the right
    with 1 splits at the last mark. Fewer pieces fill the first columns, the others are missing; so are empty pieces. Into
    rows, the other columns repeat, and a missing value stays one row.

    Raises StepError if the column is absent or holds no text, a new column is already there, or there are over 500.
    """

    name = "split_column"
    label = "Split column"
    help = "At a mark, from the left or the right, into columns or rows."
    group = "Columns"
    kind = "structure"
    words = ("split", "separate", "delimiter", "text to columns", "explode", "tokenize", "divide")

    column: ColumnName = Field(title="Column", description="The text column to take apart.")
    by: Literal["mark", "pattern", "lengths", "case"] = Field(
        "mark",
        title="Split at",
        description="Where one piece ends.",
        json_schema_extra={
            "labels": {"mark": "a mark", "pattern": "a pattern", "lengths": "fixed lengths", "case": "a small letter before a capital"}
        },
    )
    mark: str = Field(
        ",",
        title="Mark or pattern",
        description="For example a comma, or \\s+ as a pattern.",
        json_schema_extra={"when": {"by": ["mark", "pattern"]}},
    )
    lengths: tuple[int, ...] = Field(
        (), title="Lengths", description="How many signs each piece has.", json_schema_extra={"when": {"by": ["lengths"]}}
    )
    side: Literal["left", "right"] = Field(
        "left",
        title="Count from",
        description="With a limit, the end at which marks are counted.",
        json_schema_extra={"labels": {"left": "the left", "right": "the right"}, "when": {"by": ["mark"]}, "more": True},
    )
    max_splits: int | None = Field(
        None, ge=1, title="At most this many splits", description="1 from the right: at the last mark.", json_schema_extra={"more": True}
    )
    into: Literal["columns", "rows"] = Field(
        "columns", title="Into", description="What the pieces become.", json_schema_extra={"labels": {"columns": "columns", "rows": "rows"}}
    )
    names: tuple[str, ...] = Field(
        (),
        title="New columns",
        description="Their names; empty: like the column, with _1, _2, ...",
        json_schema_extra={"when": {"into": ["columns"]}, "more": True},
    )
    overflow: Literal["last", "extra", "error"] = Field(
        "last",
        title="More pieces than columns",
        description="In a later file.",
        json_schema_extra={
            "labels": {
                "last": "The rest stays in the last column", "extra": "The rest goes to a column of its own, ending in _more",
                "error": "Stop",
            },
            "more": True,
        },
    )
    keep_original: bool = Field(False, title="Keep the column", description="Beside the new columns.", json_schema_extra={"more": True})
    trim: bool = Field(True, title="Trim the pieces", description="Without spaces at their ends.", json_schema_extra={"more": True})

    @model_validator(mode="after")
    def _usable(self) -> "SplitColumn":
        """Refuse a split without what it needs."""
        if self.by in ("mark", "pattern") and not self.mark:
            raise ValueError("write the mark to split at")
        if self.by == "pattern":
            check_pattern(self.mark)
            if self.side == "right" and self.max_splits:
                raise ValueError("patterns are counted from the left only")
        if len(set(self.names)) < len(self.names) or "" in self.names:
            raise ValueError("write a different name for each new column")
        if self.names and self.by == "lengths" and len(self.names) != len(self.lengths):
            raise ValueError(f"write {len(self.lengths)} names for the new columns, one for each length")
        if self.by == "lengths" and (not self.lengths or min(self.lengths) < 1):
            raise ValueError("write the lengths of the pieces, each 1 or more")
        return self

    def fit(self, df: pd.DataFrame) -> Places:
        """The new columns: as many as the longest value has pieces."""
        require_kind(df, self.column, "text")
        if self.into == "rows":
            return Places(columns=[])
        more = [f"{self.column}_more"] if self.overflow == "extra" else []
        if self.names:
            return Places(columns=[*self.names, *more])
        width = len(self.lengths) if self.by == "lengths" else int(bounds(self._split(arrow(df[self.column])))[1].max(initial=1))
        if width > MOST:
            problem = f"would become {width:,} columns"
            raise StepError(problem, column=self.column, remedy="Limit the number of splits, or split into rows.")
        return Places(columns=[*(f"{self.column}_{at}" for at in range(1, width + 1)), *more])

    def apply(self, df: pd.DataFrame, fitted: Places) -> pd.DataFrame | Outcome:
        """The table with the pieces in columns or rows."""
        require_kind(df, self.column, "text")
        lists = self._split(arrow(df[self.column]))
        return self._rows(df, lists) if self.into == "rows" else self._columns(df, lists, fitted.columns)

    @property
    def rowwise(self) -> bool:
        """Each value is taken apart by itself; an error names all of them."""
        return self.overflow != "error" and self.into == "columns"

    def describe(self) -> str:
        """The split in words."""
        at = {"mark": f'"{self.mark}"', "pattern": f'the pattern "{self.mark}"', "case": "changes of case"}
        at["lengths"] = f"lengths {', '.join(map(str, self.lengths))}"
        last = self.side == "right" and self.max_splits == 1
        return f"Split {self.column} at {'the last ' if last else ''}{at[self.by]} into {self.into}"

    def _split(self, values: pa.ChunkedArray, most: int | None = None) -> pa.LargeListArray | pa.ListArray:
        """The pieces of each value; where values repeat, each different one is taken apart once."""
        whole = values.combine_chunks()
        if repeats(values):
            codes = whole.dictionary_encode()
            return self._pieces(codes.dictionary, most).take(codes.indices)
        return self._pieces(whole, most)

    def _pieces(self, values: pa.Array, most: int | None) -> pa.LargeListArray | pa.ListArray:
        limit = {} if (n := most or self.max_splits) is None else {"max_splits": n}
        if self.by == "mark":
            return pc.split_pattern(values, self.mark, reverse=self.side == "right" and bool(limit), **limit)
        if self.by == "pattern":
            return pc.split_pattern_regex(values, self.mark, **limit)
        if self.by == "case":
            return pc.split_pattern(pc.replace_substring_regex(values, r"(\p{Ll})(\p{Lu})", r"\1" + SEAM + r"\2"), SEAM, **limit)
        starts = [sum(self.lengths[:at]) for at in range(len(self.lengths))]
        cut = [pc.utf8_slice_codeunits(values, a, b) for a, b in zip(starts, [*starts[1:], None], strict=True)]
        seams = pc.binary_join_element_wise(*cut, pa.scalar(SEAM, LARGE))
        return pc.split_pattern(seams, SEAM, max_splits=len(self.lengths) - 1)

    def _columns(self, df: pd.DataFrame, lists: pa.LargeListArray | pa.ListArray, names: list[str]) -> pd.DataFrame | Outcome:
        if taken := [n for n in names if n in df.columns]:
            raise StepError("is already in the table", column=taken[0], remedy="Rename it first.")
        width = len(names) - (self.overflow == "extra")
        more = bounds(lists)[1] > width
        noted = {}
        if more.any():
            if self.overflow == "error":
                problem = f"has more than {width} pieces"
                raise StepError(problem, column=self.column, rows=df.index[more], remedy="Work the number of columns out again.")
            rest = f'is in "{in_note(names[-1])}"' if self.overflow == "extra" else "stays in the last column"
            noted[f'{{n}} values of "{in_note(self.column)}" have more than {width} pieces; the rest {rest}.'] = int(more.sum())
            values = arrow(df[self.column])
            lists = self._split(values, len(names) - 1) if len(names) > 1 else pc.split_pattern(values.combine_chunks(), SEAM)
        made = {}
        for at, name in enumerate(names):
            piece = self._tidy(place(lists, at))
            made[name] = column(pc.if_else(pc.equal(piece, ""), pa.scalar(None, LARGE), piece), df)
        at = list(df.columns).index(self.column)
        order = [*df.columns[: at + self.keep_original], *names, *df.columns[at + 1 :]]
        table = df.assign(**made)[order]
        return Outcome(table, noted=noted) if noted else table

    def _rows(self, df: pd.DataFrame, lists: pa.LargeListArray | pa.ListArray) -> pd.DataFrame:
        name = f"{self.column}_1" if self.keep_original else self.column
        if self.keep_original and name in df.columns:
            raise StepError("is already in the table", column=name, remedy="Rename it first.")
        longer, pieces = one_row_each(df, lists)
        return longer.assign(**{name: column(self._tidy(pieces), longer)})

    def _tidy(self, pieces: pa.Array) -> pa.Array:
        return pc.utf8_trim(pieces, SPACES) if self.trim else pieces
