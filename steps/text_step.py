"""What steps have in common that rewrite text columns, each column by itself."""

from abc import abstractmethod

import pandas as pd
import pyarrow as pa

from steps.arrow import arrow, column, side_by_side
from steps.base import Chosen, Columns, Step, require_kind


class TextStep(Step):
    """Each chosen text column rewritten; one that stays as it is keeps its memory.

    Raises StepError if a column is absent or holds no text.
    """

    columns: Columns

    @abstractmethod
    def changed(self, values: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray | None:
        """The column's values rewritten, or None if none changes."""

    def fit(self, df: pd.DataFrame) -> Chosen:
        """The chosen columns."""
        names = self.columns.resolve(df)
        for name in names:
            require_kind(df, name, "text")
        return Chosen(columns=names)

    def apply(self, df: pd.DataFrame, fitted: Chosen) -> pd.DataFrame:
        """The table with its text rewritten."""
        for name in fitted.columns:
            require_kind(df, name, "text")
        made = zip(fitted.columns, side_by_side(lambda n: self.changed(arrow(df[n])), fitted.columns), strict=True)
        return df.assign(**{name: column(values, df) for name, values in made if values is not None})

    @property
    def rowwise(self) -> bool:
        """Each value is rewritten by itself."""
        return True
