"""What reading delimited text gives: records as columns of text, without names."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

TEXT = pa.large_string()


@dataclass
class Parsed:
    """Records as columns of text, without names; ``rows`` are spreadsheet row numbers.

    ``blank`` (and comment) lines are left out; ``ragged`` (row to number of cells) names the records of another length,
    ``split`` those that another delimiter parts (row to that delimiter).
    """

    columns: list[pa.ChunkedArray]
    rows: np.ndarray | range
    blank: list[tuple[int, str]] = field(default_factory=list)
    ragged: dict[int, int] = field(default_factory=dict)
    split: dict[int, str] = field(default_factory=dict)

    @property
    def numbers(self) -> np.ndarray:
        """The row numbers as an array."""
        return np.arange(self.rows.start, self.rows.stop) if isinstance(self.rows, range) else self.rows.astype("int64", copy=False)


def nothing(share: float) -> None:
    """Says nothing about the share that is done."""
