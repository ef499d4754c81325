"""What steps have in common that rewrite text columns, each column by itself."""

from abc import abstractmethod
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from steps.arrow import arrow, column, side_by_side
from steps.base import Chosen, Columns, Outcome, Step, require_kind
from steps.new_columns import listed, placed, replaced


class TextStep(Step):
    """Each chosen text column rewritten, in its place or in a new one; one that stays as it is keeps its memory.

    Raises StepError if a column is absent or holds no text, or a new one is already there.
    """

    columns: Columns
    if TYPE_CHECKING:  # declared by each step, as its last settings
        suffix: str
        overwrite: bool

    @abstractmethod
    def changed(self, values: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray | None:
        """The column's values rewritten, or None if none changes."""

    def fit(self, df: pd.DataFrame) -> Chosen:
        """The chosen columns."""
        names = self.columns.resolve(df)
        for name in names:
            require_kind(df, name, "text")
        return Chosen(columns=names)

    def apply(self, df: pd.DataFrame, fitted: Chosen) -> pd.DataFrame | Outcome:
        """The table with its text rewritten."""
        for name in fitted.columns:
            require_kind(df, name, "text")
        made = zip(fitted.columns, side_by_side(lambda n: self.changed(arrow(df[n])), fitted.columns), strict=True)
        new = {name: df[name] if values is None else column(values, df) for name, values in made if self.suffix or values is not None}
        table = placed(df, new, self.suffix, self.overwrite)
        lines = replaced(df, table, [n + self.suffix for n in new]) if self.suffix and self.overwrite else []
        return Outcome(table, rejected=listed(lines)) if lines else table

    @property
    def rowwise(self) -> bool:
        """Each value is rewritten by itself."""
        return True
