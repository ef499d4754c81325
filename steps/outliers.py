"""Find values far from the rest, and mark, cap, empty or remove them."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field, FiniteFloat, model_validator

from steps.arrow import arrow, column, flags, keep_rows, per_unique, rows_where
from steps.base import NO_REJECTED, Columns, Outcome, Step, StepError, in_note, rejects, removed_rows
from steps.bits import as_mask
from steps.scaling import Groups, floats, group_rows
from steps.values import fits

FEWEST = 8  # values from which on a rest is known to be far from
USUAL = {"iqr": 1.5, "z": 3.0, "modified_z": 3.5, "percentile": 1.0}


class Range(BaseModel):
    """The values that are not extreme (an end that is None is open), or why none is; by group if asked."""

    low: FiniteFloat | None = None
    high: FiniteFloat | None = None
    why: str | None = None
    groups: dict[str, "Range"] = {}


class _Seen(NamedTuple):
    low: np.ndarray
    high: np.ndarray


class Outliers(Step):
    """The table with extreme values marked, capped at the range, emptied and listed, or with their rows removed and listed.

    The range is, with a factor k: quartiles -/+ k times their distance (iqr); mean -/+ k standard deviations (z); median
    -/+ k times the scaled median distance from it (modified z); from the k-th to the (100-k)-th percentile; or given.
    Marks are new yes/no columns; caps are rounded to the inside where a column holds whole numbers or exact decimals.
    Fewer than 8 values, or values without spread, have no extremes, which is noted. Missing values are never extreme. A
    group not seen before goes by the whole column.

    Raises StepError if a column is absent or not numeric, or a column for marks is there already.
    Source: Tukey 1977 (iqr); Iglewicz and Hoaglin 1993 (modified z).
    """

    name = "outliers"
    label = "Find extreme values"
    help = "Mark, cap or remove values far from the rest."
    group = "Numbers"
    words = ("outliers", "extreme", "winsorize", "clip", "cap", "iqr", "z-score", "anomaly", "unusual")
    may_remove = True

    columns: Columns = Field(Columns(kind="number"), title="Columns", description="The number columns that are looked at.")
    method: Literal["iqr", "z", "modified_z", "percentile", "bounds"] = Field(
        "iqr",
        title="Far from the rest means",
        description="How the usual range is found.",
        json_schema_extra={
            "labels": {
                "iqr": "Far outside the middle half (IQR)", "z": "Many standard deviations from the average (z-score)",
                "modified_z": "Far from the median (modified z-score)", "percentile": "Among the smallest or largest %",
                "bounds": "Outside limits I give",
            }
        },
    )  # fmt: skip
    factor: float | None = Field(
        None, gt=0, le=1000, title="How far", description="Empty: 1.5 with IQR, 3 with z-score, 3.5 with modified z-score, 1 with %.",
        json_schema_extra={"when": {"method": ["iqr", "z", "modified_z", "percentile"]}},
    )  # fmt: skip
    low: FiniteFloat | None = Field(
        None, title="Smallest usual value", description="Empty: no limit.", json_schema_extra={"when": {"method": ["bounds"]}}
    )
    high: FiniteFloat | None = Field(
        None, title="Largest usual value", description="Empty: no limit.", json_schema_extra={"when": {"method": ["bounds"]}}
    )
    action: Literal["flag", "clip", "missing", "remove"] = Field(
        "flag",
        title="What to do",
        description="What becomes of extreme values.",
        json_schema_extra={
            "labels": {
                "flag": "Mark in a new column",
                "clip": "Cap at the range",
                "missing": "Leave empty and list",
                "remove": "Remove the row",
            }
        },
    )
    group_by: Columns = Field(
        Columns(names=()), title="Within groups of", description="Each group has a range of its own.", json_schema_extra={"more": True}
    )
    suffix: str = Field(
        "_outlier", min_length=1, title="Columns of marks end in", description="When values are marked.", json_schema_extra={"more": True}
    )

    @model_validator(mode="after")
    def _limits(self) -> "Outliers":
        """Refuse limits that are missing or crossed, and percents of half or more."""
        if self.method == "bounds" and self.low is None and self.high is None:
            raise ValueError("give the smallest or the largest usual value")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the smallest usual value is above the largest")
        if self.method == "percentile" and (self.factor or 0) >= 50:
            raise ValueError("with %, how far must be below 50")
        return self

    @property
    def on_error(self) -> str:
        """Rows of extreme values go if asked: for the engine, what is listed may then be gone."""
        return "remove_row" if self.action == "remove" else "missing"

    def fit(self, df: pd.DataFrame) -> dict[str, Range]:
        """The usual range of each column, and of each group of it."""
        by = self.group_by.resolve(df)
        parts = group_rows(df, by)
        found = {}
        for name in self.columns.resolve(df):
            if name not in by:
                x = floats(df, name)
                # one pass for each group: a group's numbers must equal those of a table that holds the group alone
                groups = {k: self._range(x[at]) for k, at in zip(parts.keys, parts.parts(), strict=True)} if by else {}
                found[name] = self._range(x).model_copy(update={"groups": groups})
        return found

    def apply(self, df: pd.DataFrame, fitted: dict[str, Range]) -> Outcome:
        """The table without, or with marks on, its extreme values."""
        groups = group_rows(df, self.group_by.resolve(df))
        made: dict[str, pd.Series] = {}
        lines: list[pd.DataFrame] = []
        noted: dict[str, int] = {}
        gone = np.zeros(len(df), bool)
        for name, usual in fitted.items():
            x = floats(df, name)
            ends = _ends(usual, groups, len(x))
            with np.errstate(invalid="ignore"):
                bad = (x < ends.low) | (x > ends.high)
            noted |= self._said(name, _unjudged(usual, groups, ~np.isnan(x)), int(bad.sum()))
            if self.action == "flag":
                if name + self.suffix in df.columns or name + self.suffix in made:
                    raise StepError("is already in the table", column=name + self.suffix, remedy="Choose another ending for the marks.")
                made[name + self.suffix] = column(as_mask(bad), df)
            elif bad.any():
                if self.action == "clip":
                    made[name], lost = _capped(df, name, x, ends)
                    lines += [rejects(df, name, lost, "is extreme, and the end of the range does not fit the column")]
                    continue
                if self.action == "missing":
                    values = arrow(df[name])
                    made[name] = column(pc.if_else(as_mask(bad), pa.scalar(None, values.type), values), df)
                gone |= bad
                lines.append(rejects(df, name, bad, self._reason(usual)))
        lines = [x for x in lines if len(x)]
        rejected = pd.concat(lines) if lines else NO_REJECTED
        table = df.assign(**made)
        if self.action != "remove" or not len(rejected):
            return Outcome(table, rejected=rejected, noted=noted)
        rows = rows_where(df, gone)
        said = rejected if len(lines) == 1 else rejected[~rejected.index.duplicated()].loc[rows]
        column_, value, reason = (arrow(said[n]) for n in ("column", "value", "reason"))
        words = pc.binary_join_element_wise(column_, _text(": "), value, _text(" "), reason, _text(""))
        return Outcome(keep_rows(table, ~gone), rejected, removed_rows(rows, words), noted=noted)

    @property
    def rowwise(self) -> bool:
        """Each value is held against the range."""
        return True

    def describe(self) -> str:
        """The rule in words."""
        todo = {"flag": "Mark", "clip": "Cap", "missing": "Empty", "remove": "Remove rows with"}[self.action]
        return f"{todo} extreme values of {self.columns.describe()}"

    def _range(self, x: np.ndarray) -> Range:
        x = x[~np.isnan(x)]
        if self.method == "bounds":
            return Range(low=self.low, high=self.high)
        if len(x) < FEWEST:
            return Range(why=f"fewer than {FEWEST} values")
        k = USUAL[self.method] if self.factor is None else self.factor
        with np.errstate(all="ignore"):
            low, high, spread = self._numbers(x, k)
        if x.min() == x.max() or spread == 0:
            return Range(why="no spread in the middle of its values")
        if not np.isfinite([low, high]).all():
            return Range(why="values too large to be compared")
        return Range(low=low, high=high)

    def _numbers(self, x: np.ndarray, k: float) -> tuple[float, float, float]:
        """The ends of the range, and the spread it comes from."""
        if self.method == "percentile":
            low, high = percentiles(x, (k, 100 - k))
            return low, high, 1.0
        if self.method == "iqr":
            low, high = percentiles(x, (25, 75))
            return low - k * (high - low), high + k * (high - low), high - low
        middle = float(x.mean() if self.method == "z" else np.median(x))
        spread = float(x.std() if self.method == "z" else np.median(np.abs(x - middle)) / 0.6745)
        return middle - k * spread, middle + k * spread, spread

    def _said(self, name: str, unjudged: dict[str, int], count: int) -> dict[str, int]:
        noted = {}
        if count:
            noted[f'{{n}} values of "{in_note(name)}" are extreme.'] = count
        for why, rows in unjudged.items():
            noted[f'{{n}} values of "{in_note(name)}" were not judged: {why}.'] = rows
        return noted

    def _reason(self, usual: Range) -> str:
        if usual.groups:
            return "is far from the others of its group"
        low, high = ("any" if v is None else f"{v:.6g}" for v in (usual.low, usual.high))
        return f"is outside {low} to {high}"


def _text(value: str) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())


def percentiles(x: np.ndarray, percents: tuple[float, float]) -> list[float]:
    """As ``np.percentile`` of two or more values, the smaller percent first; several times as fast."""
    x, found, before = x.copy(), [], 0
    for percent in percents:
        place = (len(x) - 1) * (percent / 100)
        at = min(int(place), len(x) - 2)
        x[before:].partition(at - before)  # one place at a time: NumPy does that by vectors
        before, share = at, place - at
        low, high = x[at], x[at + 1 :].min()
        found.append(float(low + (high - low) * share if share < 0.5 else high - (high - low) * (1 - share)))
    return found


def _unjudged(usual: Range, groups: Groups, known: np.ndarray) -> dict[str, int]:
    """Why values have no range to be held against, and how many."""
    if not usual.groups:
        return {usual.why: int(known.sum())} if usual.why and known.any() else {}
    why = [usual.groups.get(key, usual).why or "" for key in groups.keys]
    count = np.bincount(groups.codes[known], minlength=len(why))
    found: dict[str, int] = {}
    for reason, rows in zip(why, count.tolist(), strict=True):
        if reason and rows:
            found[reason] = found.get(reason, 0) + rows
    return found


def _ends(usual: Range, groups: Groups, length: int) -> _Seen:
    """For each row the ends of its range."""
    each = [usual.groups.get(key, usual) for key in groups.keys] if usual.groups else [usual]
    low = np.array([-np.inf if r.low is None else r.low for r in each])
    high = np.array([np.inf if r.high is None else r.high for r in each])
    if not usual.groups:
        return _Seen(np.broadcast_to(low, length), np.broadcast_to(high, length))
    return _Seen(low[groups.codes], high[groups.codes])


def _capped(df: pd.DataFrame, name: str, x: np.ndarray, ends: _Seen) -> tuple[pd.Series, np.ndarray]:
    """The column, in its type, with extreme values at the nearest end it can hold inside the range; and where it can hold none."""
    values = arrow(df[name]).combine_chunks()
    for low, end in ((True, ends.low), (False, ends.high)):
        with np.errstate(invalid="ignore"):
            bad = (x < end) if low else (x > end)
        caps = per_unique(pa.chunked_array([pa.array(end[bad])]), partial(_inside, of=values.type, up=low), values.type)
        values = pc.replace_with_mask(values, as_mask(bad), caps)
    return column(values, df), flags(values.is_null()) & ~np.isnan(x)


def _inside(end: float, of: pa.DataType, up: bool) -> float | int | Decimal | None:
    """The end of a range as a type holds it, rounded towards the inside; None if it cannot."""
    if pa.types.is_floating(of):
        return end
    scale = of.scale if pa.types.is_decimal(of) else 0
    with localcontext() as exact:
        exact.prec = 400
        made = Decimal(repr(end)).quantize(Decimal(1).scaleb(-scale), rounding=ROUND_CEILING if up else ROUND_FLOOR)
        if pa.types.is_decimal(of):
            return made if fits(made, of) else None
    return int(made) if -(2**63) <= made < 2**63 else None
