"""Group numbers into ranges."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, Field, FiniteFloat, model_validator

from steps.arrow import column
from steps.base import Columns, Outcome, Step, StepError, in_note, rejects
from steps.new_columns import listed, replaced, replacing, require_free
from steps.scaling import floats


class Edges(BaseModel):
    """The edges between the ranges of a column, from the smallest on; ``dropped`` were equal to others."""

    edges: list[FiniteFloat]
    dropped: int = 0


class Bin(Step):
    """For each chosen column a text column with the range of each number, such as "18 to 65", or its label.

    Ranges are equally wide, hold equally many values (equal edges are dropped and counted), or lie between ``edges``. An
    edge belongs to the range below it, or above it if ``right_closed`` is false; the outermost edges are always inside.
    Numbers outside go to the first or last range, or become missing and are listed. Missing stays missing.

    Raises StepError if a column is absent or not numeric, the labels are not one for each range, or the new column exists.
    """

    name = "bin"
    label = "Group numbers into ranges"
    help = "Ages → 0–17, 18–64, 65+."
    group = "Numbers"
    words = ("bin", "bucket", "ranges", "classes", "intervals", "histogram", "cut", "qcut", "quantile", "age groups")

    columns: Columns = Field(
        Columns(kind="number", names=()),
        title="Columns",
        description="The number columns to group.",
        json_schema_extra={"some": True},
    )
    method: Literal["width", "quantile", "edges"] = Field(
        "width",
        title="Ranges",
        description="How the numbers are divided.",
        json_schema_extra={"labels": {"width": "Equally wide", "quantile": "With equally many rows", "edges": "Between edges I give"}},
    )
    count: int = Field(
        5, ge=1, le=1000, title="How many", description="Number of ranges.", json_schema_extra={"when": {"method": ["width", "quantile"]}}
    )
    edges: tuple[FiniteFloat, ...] = Field(
        (), title="Edges", description="0, 18, 65, 120 make three ranges.", json_schema_extra={"when": {"method": ["edges"]}}
    )
    labels: tuple[str, ...] = Field((), title="Labels", description="One for each range, the lowest first; none: the edges in words.")
    outside: Literal["ends", "missing"] = Field(
        "ends",
        title="Numbers outside",
        description="Below the first edge or above the last.",
        json_schema_extra={"labels": {"ends": "Go to the first or last range", "missing": "Leave empty and list"}},
    )
    right_closed: bool = Field(
        True, title="An edge belongs to the range below", description="18 is in 0 to 18.", json_schema_extra={"more": True}
    )
    suffix: str = Field(
        "_range", title="New columns ending in", description="Empty: the columns are replaced.", json_schema_extra={"more": True}
    )
    overwrite: bool = replacing()

    @model_validator(mode="after")
    def _rising(self) -> "Bin":
        """Refuse edges that do not rise and labels that are not one for each range."""
        if self.method == "edges" and len(self.edges) < 2:
            raise ValueError("give at least two edges")
        if any(a >= b for a, b in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError("each edge must be above the one before")
        wanted = len(self.edges) - 1 if self.method == "edges" else self.count
        if self.labels and len(self.labels) != wanted:
            raise ValueError(f"{wanted} ranges need {wanted} labels, not {len(self.labels)}")
        return self

    def fit(self, df: pd.DataFrame) -> dict[str, Edges]:
        """The edges for each column."""
        found = {}
        for name in self.columns.resolve(df):
            found[name] = self._edges(floats(df, name))
            if self.labels and len(found[name].edges) > 1 and len(found[name].edges) - 1 != len(self.labels):
                problem = f"has only {len(found[name].edges) - 1} different ranges for {len(self.labels)} labels"
                raise StepError(problem, column=name, remedy="Take fewer ranges, or no labels.")
        return found

    def apply(self, df: pd.DataFrame, fitted: dict[str, Edges]) -> Outcome:
        """The table with the ranges, and the numbers outside of all."""
        made: dict[str, pd.Series] = {}
        lines, noted = [], {}
        for name, by in fitted.items():
            new = name + self.suffix
            if self.suffix:
                require_free(df, [new], self.overwrite)
            x = floats(df, name)
            at, outside = self._place(x, np.array(by.edges))
            if self.outside == "missing" and outside.any():
                lines.append(rejects(df, name, outside, "is outside the ranges"))
                at = np.where(outside, -1, at)
            elif outside.any():
                noted[f'{{n}} values of "{in_note(name)}" lie outside the edges and went to the first or last range.'] = int(outside.sum())
            if by.dropped:
                noted[f'"{in_note(name)}" has {by.dropped:,} fewer ranges: too many of its values are equal.'] = 1
            names = pa.array(self.labels or self._names(by.edges), pa.large_string())
            made[new] = column(names.take(pa.array(at, mask=at < 0)) if len(names) else pa.nulls(len(df), pa.large_string()), df)
        table = df.assign(**made)
        lines += replaced(df, table, list(made)) if self.suffix else []
        return Outcome(table, rejected=listed(lines), noted=noted)

    @property
    def rowwise(self) -> bool:
        """Each number is held against the edges."""
        return True

    def describe(self) -> str:
        """The ranges in words."""
        shown = ", ".join(f"{e:g}" for e in self.edges[:8]) + (" …" if len(self.edges) > 8 else "")
        how = {"width": f"{self.count} equally wide ranges", "quantile": f"{self.count} ranges with equally many rows"}
        return f"Group {self.columns.describe()} into {how.get(self.method, f'ranges between {shown}')}"

    def _edges(self, x: np.ndarray) -> Edges:
        if self.method == "edges":
            return Edges(edges=list(self.edges))
        x = x[~np.isnan(x)]
        if not len(x):
            return Edges(edges=[])
        if not np.isfinite(x).all():
            raise StepError("inf cannot be put into a range")
        if x.min() == x.max():  # one range that holds it
            return Edges(edges=[x.min(), x.min()], dropped=self.count - 1)
        if self.method == "quantile":
            edges = np.quantile(x, np.linspace(0, 1, self.count + 1))
        else:
            share = np.linspace(0, 1, self.count + 1)
            edges = x.min() * (1 - share) + x.max() * share  # their difference may be too large for a double
        rising = np.unique(edges)
        return Edges(edges=rising.tolist(), dropped=self.count - (len(rising) - 1))

    def _place(self, x: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The range of each number (-1: missing), the first or last where it is outside of all; and where it is outside."""
        if not len(edges):
            return np.full(len(x), -1), np.zeros(len(x), bool)
        at = np.searchsorted(edges, x, side="left" if self.right_closed else "right") - 1
        with np.errstate(invalid="ignore"):
            outside = (x < edges[0]) | (x > edges[-1])
        return np.where(np.isnan(x), -1, np.clip(at, 0, len(edges) - 2)), outside

    def _names(self, edges: list[float]) -> list[str]:
        """The ranges in words; digits enough that all edges differ."""
        digits = next((d for d in range(4, 17) if len({f"{e:.{d}g}" for e in edges}) == len(set(edges))), 17)
        text = [f"{e + 0.0:.{digits}g}" if abs(e) < 1e15 and "e" not in f"{e:.{digits}g}" else f"{e:g}" for e in edges]
        if len(edges) == 2:
            return [f"{text[0]} to {text[1]}"]
        last = len(edges) - 2
        if self.right_closed:
            return [f"{'' if at == 0 else 'over '}{text[at]} to {text[at + 1]}" for at in range(last + 1)]
        return [f"{text[at]} to {'' if at == last else 'under '}{text[at + 1]}" for at in range(last + 1)]
