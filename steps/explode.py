"""Make a row of each piece of a cell that holds several values."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from steps.arrow import SPACES, arrow, column, side_by_side
from steps.base import ColumnName, Outcome, Step, StepError, require_kind


class Explode(Step):
    """A row for each piece of the column's text, the other columns repeated; pieces in their order, as text.

    Pieces are trimmed unless ``trim`` is false; empty ones are left out, and counted, unless ``keep_empty``. A cell without
    a piece keeps its row: missing if it was missing or nothing but marks, which blanks it. The first piece keeps the row's
    number, the engine numbers the others.

    Raises StepError if the column is absent or holds no text.
    """

    name = "explode"
    label = "Split a cell into rows"
    help = 'A row for each of "Tea, Coffee"; the other columns are repeated.'
    group = "Rows"
    kind = "structure"
    words = ("explode", "split", "list", "several values", "multiple", "unnest", "rows", "comma separated")
    blanks = True

    column: ColumnName = Field(title="Column", description="The text column whose cells hold several values.")
    delimiter: str = Field(
        ",", min_length=1, title="Between the values", description="A comma, a semicolon, a line break; taken as it stands."
    )
    trim: bool = Field(True, title="Trim spaces", description="Around each value.")
    keep_empty: bool = Field(False, title="Keep empty values", description='A row for the nothing in "Tea,,Coffee".')
    position: str = Field(
        "", title="Column for the place", description="Empty: none; else 1 for the first value of its cell, 2 for the second.",
        json_schema_extra={"more": True},
    )  # fmt: skip

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame | Outcome:
        """The table with a row for each piece."""
        require_kind(df, self.column, "text")
        if self.position and self.position in df.columns:
            raise StepError("is already in the table", column=self.position, remedy="Choose another name for the place.")
        lists = pc.split_pattern(arrow(df[self.column]).combine_chunks(), self.delimiter)
        lists = pc.if_else(lists.is_null(), pa.scalar([None], lists.type), lists)
        parent = pc.list_parent_indices(lists).to_numpy().astype("int64")
        pieces = pc.list_flatten(lists)
        if self.trim:
            pieces = pc.utf8_trim(pieces, SPACES)
        dropped = 0
        if not self.keep_empty:
            parent, pieces, dropped = _without_empty(parent, pieces, len(df))
        first = np.r_[True, parent[1:] != parent[:-1]] if len(parent) else np.zeros(0, bool)
        noted = {"{n} empty values between marks were left out.": dropped} if dropped else {}
        if first.all():
            table = df if pieces.equals(arrow(df[self.column]).combine_chunks()) else df.assign(**{self.column: column(pieces, df)})
        else:
            table = self._repeated(df, parent, pieces)
        if self.position:
            at = np.arange(len(parent))
            place = at - np.maximum.accumulate(np.where(first, at, 0)) + 1 if len(at) else at
            table = table.assign(**{self.position: column(pa.array(place, pa.int64()), table)})
        return Outcome(table, noted=noted)

    @property
    def rowwise(self) -> bool:
        """Each row gives its own rows."""
        return True

    def describe(self) -> str:
        """The splitting in words."""
        shown = {"\n": "line break", "\t": "tab"}.get(self.delimiter, f'"{self.delimiter}"')
        return f"Make a row of each value of {self.column}, split at {shown}"

    def _repeated(self, df: pd.DataFrame, parent: np.ndarray, pieces: pa.Array) -> pd.DataFrame:
        index, at = df.index.take(parent), pa.array(parent)
        others = [n for n in df.columns if n != self.column]
        made: dict[str, pa.Array | pa.ChunkedArray] = dict(zip(others, side_by_side(lambda n: arrow(df[n]).take(at), others), strict=True))
        made[self.column] = pieces
        series = {n: pd.Series(made[n], dtype=pd.ArrowDtype(made[n].type), index=index) for n in df.columns}
        return pd.DataFrame(series, index=index, columns=df.columns)


def _without_empty(parent: np.ndarray, pieces: pa.Array, rows: int) -> tuple[np.ndarray, pa.Array, int]:
    """The pieces that hold something, or one missing where a row has none; and how many were left out beside others."""
    full = pc.fill_null(pc.not_equal(pc.binary_length(pc.utf8_trim(pieces, SPACES)), 0), False).to_numpy(zero_copy_only=False)
    bare = np.bincount(parent[full], minlength=rows) == 0
    first = np.r_[True, parent[1:] != parent[:-1]] if len(parent) else np.zeros(0, bool)
    single = first & bare[parent]
    keep = full | single
    empty = pa.array(single[keep])
    kept = pc.if_else(empty, pa.scalar(None, pieces.type), pieces.filter(pa.array(keep)))
    return parent[keep], kept, int((~keep).sum())
