"""Scale numeric columns to a common range."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, Field, FiniteFloat, JsonValue, PrivateAttr, ValidationError, model_validator

from steps.arrow import arrow, column
from steps.base import Columns, Outcome, Step, StepError, in_note, rejects
from steps.new_columns import ending, listed, replaced, replacing, require_free
from steps.scaling import Groups, Memo, average_ranks, best_power, doubles, ends, floats, unit_rows, yeo_johnson

Method = Literal[
    "min_max", "z_score", "rank", "divide_by_sum", "percentile", "divide_by_mean", "robust", "max_abs", "log1p", "log10", "sqrt",
    "yeo_johnson", "unit_l2", "unit_l1", "unit_max",
]  # fmt: skip
LABELS: dict[str, JsonValue] = {
    "min_max": "From smallest to largest (min-max)",
    "z_score": "Distance from the average (z-score)",
    "rank": "Rank, 1 for the smallest",
    "divide_by_sum": "Share of the total",
    "percentile": "Percentile, up to 1 for the largest",
    "divide_by_mean": "Divide by the average",
    "robust": "Distance from the median, in middle-half widths (robust)",
    "max_abs": "Divide by the largest size (max-abs)",
    "log1p": "Logarithm of 1 + value",
    "log10": "Logarithm to base 10",
    "sqrt": "Square root",
    "yeo_johnson": "Even out a skew (Yeo-Johnson)",
    "unit_l2": "Each row to length 1",
    "unit_l1": "Each row to sum 1",
    "unit_max": "Each row to largest 1",
}
SHORT = {
    "min_max": "min-max", "z_score": "z-score", "rank": "rank", "divide_by_sum": "share of the total", "percentile": "percentile",
    "divide_by_mean": "value over average", "robust": "robust distance from the median", "max_abs": "share of the largest size",
    "log1p": "logarithm of 1 + value", "log10": "logarithm", "sqrt": "square root", "yeo_johnson": "Yeo-Johnson power",
    "unit_l2": "row of length 1", "unit_l1": "row of sum 1", "unit_max": "row of largest 1",
}  # fmt: skip
SPREAD = ("min_max", "z_score", "robust")  # methods that a constant column leaves without a scale
ENDS = ("min_max", "max_abs")  # methods that need but the smallest and the largest number
CURVES: dict[str, np.ufunc] = {"log1p": np.log1p, "log10": np.log10, "sqrt": np.sqrt}
REASONS = {
    "log1p": "is not above -1, so 1 + it has no logarithm",
    "log10": "is not above 0, so it has no logarithm",
    "sqrt": "is below 0, so it has no square root",
}


class Scale(BaseModel):
    """How a column is scaled: (x - center) / scale, or its power; ``constant`` if it had one value; by group if asked."""

    center: FiniteFloat = 0
    scale: FiniteFloat = 1
    constant: bool = False
    power: FiniteFloat | None = None
    groups: dict[str, "Scale"] = Field(default_factory=dict)


class Normalize(Step):
    """Each chosen column scaled, float64, without unit; the others untouched.

    ``min_max`` maps the fitted minimum and maximum to ``low`` and ``high``, ``z_score`` the fitted mean and standard
    deviation (population, or sample with ``ddof`` 1) to 0 and 1, ``robust`` the median and the width of the middle half;
    ``rank`` counts from 1 with ties sharing their average, ``percentile`` divides that by the count; ``unit_...`` works on
    each row across the columns. Missing values stay missing and do not count in the fit; a column with one distinct value
    becomes 0, or what ``constant`` says, which is noted. Values that have no result (the logarithm of 0) are listed. Numbers kept from an
    earlier file may leave the range; those are counted. Yeo-Johnson values are not standardised afterwards.

    Raises StepError if a column is absent, not numeric, or holds infinity.
    Source: scikit-learn, MinMaxScaler, StandardScaler, RobustScaler, MaxAbsScaler, Normalizer, PowerTransformer.
    """

    name = "normalize"
    label = "Scale numbers (normalize)"
    help = "Bring numbers to one scale, e.g. 0 to 1. To tidy text use Trim or Change case."
    group = "Numbers"
    words = ("scale", "standardize", "standardise", "min-max", "z-score", "log", "rank", "percent", "share", "normalise")

    columns: Columns = Field(Columns(kind="number"), title="Columns", description="The number columns to scale.")
    method: Method = Field(
        "min_max", title="Method", description="How the numbers are scaled.", json_schema_extra={"labels": LABELS, "first": 4}
    )
    low: FiniteFloat = Field(
        0, title="Smallest becomes", description="The smallest number of the column.", json_schema_extra={"when": {"method": ["min_max"]}}
    )
    high: FiniteFloat = Field(
        1, title="Largest becomes", description="The largest number of the column.", json_schema_extra={"when": {"method": ["min_max"]}}
    )
    clip: bool = Field(
        False,
        title="Cut off at the range",
        description="Values outside an earlier file's range get its end.",
        json_schema_extra={"more": True},
    )
    ddof: Literal[0, 1] = Field(
        0,
        title="Standard deviation of",
        description="For the z-score.",
        json_schema_extra={
            "labels": {"0": "all values (as scikit-learn)", "1": "a sample (as Excel's STDEV and pandas)"},
            "when": {"method": ["z_score"]},
            "more": True,
        },
    )
    constant: Literal["zero", "keep", "missing", "error"] = Field(
        "zero",
        title="A column with one value only",
        description="It has no range to scale by.",
        json_schema_extra={
            "labels": {"zero": "becomes 0", "keep": "stays as it is", "missing": "becomes missing and is listed", "error": "stops"},
            "more": True,
        },
    )
    group_by: Columns = Field(
        Columns(names=()),
        title="Within groups of",
        description="Each group is scaled by its own numbers.",
        json_schema_extra={"more": True},
    )
    suffix: str = ending()
    overwrite: bool = replacing()

    _groups: Memo = PrivateAttr(default_factory=Memo)

    @model_validator(mode="after")
    def _range(self) -> "Normalize":
        """Refuse a range that is none."""
        if not self.low < self.high:
            raise ValueError(f'"Largest becomes" must be more than "Smallest becomes", {self.high:g} is not more than {self.low:g}')
        return self

    def fit(self, df: pd.DataFrame) -> dict[str, Scale]:
        """The numbers that scale each column, and each group of it."""
        by = self.group_by.resolve(df)
        parts = self._groups.rows(df, by)
        found = {}
        for name in self.columns.resolve(df):
            if name in by:
                continue
            x = floats(df, name)
            if self.method in CURVES:  # they need nothing of the column
                found[name] = Scale()
                continue
            if not np.isfinite(np.add.reduce(x)):  # a sum keeps infinity
                _refuse_infinity(df, name, x)
            whole = self._scale(x, name)
            found[name] = whole.model_copy(update={"groups": self._each(x, name, parts) if self._shifts and parts.keys else {}})
        return found

    def apply(self, df: pd.DataFrame, fitted: dict[str, Scale]) -> pd.DataFrame | Outcome:
        """The table with its columns scaled, and the values that have no result."""
        if self.suffix:
            require_free(df, [name + self.suffix for name in fitted], self.overwrite)
        groups = self._groups.rows(df, self.group_by.resolve(df))
        columns = {name: floats(df, name) for name in fitted}
        with np.errstate(all="ignore"):  # what has no finite result is listed below
            if self.method.startswith("unit_"):
                matrix = np.column_stack(list(columns.values())) if columns else np.empty((len(df), 0))
                results = dict(zip(columns, unit_rows(matrix, self.method[-2:] if self.method != "unit_max" else "max").T, strict=True))
            else:
                results = {name: self._scaled(df, name, x, fitted[name], groups) for name, x in columns.items()}
        made, lines, noted = {}, [], dict[str, int]()
        for name, result in results.items():
            finite = np.isfinite(result)
            if np.count_nonzero(finite) + arrow(df[name]).null_count < len(df):
                if self.method in CURVES:
                    _refuse_infinity(df, name, columns[name])
                lost = ~np.isnan(columns[name]) & ~finite
                lines += [rejects(df, name, lost, self._reason(fitted[name]))] if lost.any() else []
            if self.method == "min_max":
                result = self._within(name, np.where(finite, result, np.nan) if lines else result, fitted[name], noted)
            if self._shifts and (alone := self._alone(name, fitted[name])):
                noted[alone] = 1
            made[name + self.suffix] = column(doubles(result, finite), df)
        if groups.keys and self._shifts and fitted:
            fit_groups = next(iter(fitted.values())).groups
            other = np.array([k not in fit_groups for k in groups.keys])
            if other.any() and (strange := int(other[groups.codes].sum())):
                noted["{n} rows belong to groups that were not there before; the whole column's numbers scale them."] = strange
        table = df.assign(**made)
        lines += replaced(df, table, list(made)) if self.suffix else []
        return Outcome(table, rejected=listed(lines), noted=noted) if lines or noted else table

    @property
    def rowwise(self) -> bool:
        """Unless the result depends on the other rows' order."""
        return self.method not in ("rank", "percentile")

    @property
    def _shifts(self) -> bool:
        """Whether the method is (x - center) / scale, or a fitted power."""
        return self.method in (*SPREAD, "divide_by_sum", "divide_by_mean", "max_abs", "yeo_johnson")

    def describe(self) -> str:
        """The scaling in words."""
        to = f"{self.low:g} to {self.high:g}" if self.method == "min_max" else SHORT[self.method]
        within = f", within groups of {self.group_by.describe()}" if self.group_by.names != () else ""
        return f"Scale {self.columns.describe()} to {to}{within}"

    def _each(self, x: np.ndarray, name: str, parts: Groups) -> dict[str, Scale]:
        """The numbers that scale each group: the same as those of a table that holds the group alone."""
        if self.method in ENDS:
            low, high = ends(x, parts)
            return {k: self._between(x, a, b, name) for k, a, b in zip(parts.keys, low.tolist(), high.tolist(), strict=True)}
        return {k: self._scale(x[at], name) for k, at in zip(parts.keys, parts.parts(), strict=True)}

    def _scale(self, x: np.ndarray, name: str) -> Scale:
        """The numbers that scale one column, or one group of it."""
        if self.method not in ENDS:
            x = x[~np.isnan(x)] if self._shifts else x[:0]
        low, high = (float(np.fmin.reduce(x)), float(np.fmax.reduce(x))) if len(x) else (np.nan, np.nan)
        return self._between(x, low, high, name)

    def _between(self, x: np.ndarray, low: float, high: float, name: str) -> Scale:
        low, high = low + 0.0, high + 0.0  # no minus zero: which of two zeros is found depends on the way
        if np.isnan(low):
            return Scale()
        if low == high and self.method in (*SPREAD, "yeo_johnson"):  # the computed deviation of [0.1, 0.1, 0.1] is not 0
            return self._constant(low, name)
        try:
            with np.errstate(all="ignore"):
                return self._measured(x, low, high, name)
        except ValidationError as error:  # pydantic's FiniteFloat
            problem = f"{low:g} to {high:g} is too wide to be scaled"
            raise StepError(problem, column=name, remedy="Remove the largest values first.") from error

    def _measured(self, x: np.ndarray, low: float, high: float, name: str) -> Scale:
        if self.method == "min_max":
            return Scale(center=low, scale=high - low)
        if self.method == "z_score":
            return Scale(center=x.mean(), scale=x.std(ddof=self.ddof) or 1)
        if self.method == "robust":
            quarter, middle, three = np.quantile(x, [0.25, 0.5, 0.75])
            return Scale(center=middle, scale=(three - quarter) or 1)
        if self.method == "max_abs":
            return Scale(scale=max(abs(low), abs(high)) or 1)
        if self.method == "yeo_johnson":
            return Scale(power=best_power(x))
        total = float(x.sum() if self.method == "divide_by_sum" else x.mean())
        if total == 0 and low != high:
            word = "total" if self.method == "divide_by_sum" else "average"
            raise StepError(f"its {word} is 0, so nothing can be divided by it", column=name, remedy="Choose another method.")
        return Scale(scale=total or 1)

    def _constant(self, value: float, name: str) -> Scale:
        if self.constant == "error":
            problem = f"holds only the value {value:g}, which gives no range to scale by"
            raise StepError(problem, column=name, remedy="Leave the column out.")
        return Scale(center=value, constant=True)

    def _scaled(self, df: pd.DataFrame, name: str, x: np.ndarray, by: Scale, groups: Groups) -> np.ndarray:
        if self.method in CURVES:
            return CURVES[self.method](x)
        if self.method in ("rank", "percentile"):
            exact = arrow(df[name])
            order = exact.fill_null(0).to_numpy() if pa.types.is_integer(exact.type) else x  # exact past 2^53
            rank, count = average_ranks(order, ~np.isnan(x), groups)
            return rank if self.method == "rank" else rank / count
        if not by.groups:
            return self._moved(x, by)
        each = [by.groups.get(key, by) for key in groups.keys]
        if not any(one.power is not None or (one.constant and self.constant != "zero") for one in each):
            center, scale = (np.array(v)[groups.codes] for v in ([one.center for one in each], [one.scale for one in each]))
            return self._in_range((x - center) / scale)
        result = np.empty(len(x))
        for key, at in zip(groups.keys, groups.parts(), strict=True):
            result[at] = self._moved(x[at], by.groups.get(key, by))
        return result

    def _moved(self, x: np.ndarray, by: Scale) -> np.ndarray:
        if by.constant and self.constant != "zero":
            return x if self.constant == "keep" else np.where(np.isnan(x), x, np.inf)  # not finite: listed as without result
        if by.power is not None:
            return yeo_johnson(x, by.power)
        return self._in_range((x - by.center) / by.scale)

    def _in_range(self, unit: np.ndarray) -> np.ndarray:
        if self.method != "min_max" or (self.low, self.high) == (0, 1):
            return unit
        return self.low + unit * (self.high - self.low)

    def _within(self, name: str, result: np.ndarray, by: Scale, noted: dict[str, int]) -> np.ndarray:
        """Count what numbers kept from an earlier file put out of the range, and cut it off if asked."""
        if by.constant:
            return result
        edge = 1e-9 * (self.high - self.low)  # farther out than rounding
        if not len(result) or (np.fmin.reduce(result) >= self.low and np.fmax.reduce(result) <= self.high):
            return result
        with np.errstate(invalid="ignore"):
            outside = int(((result < self.low - edge) | (result > self.high + edge)).sum())
        if outside:
            sentence = f"lie outside {self.low:g} to {self.high:g}: the numbers of this step come from other values."
            sentence = f"were cut off at {self.low:g} or {self.high:g}." if self.clip else sentence
            noted[f'{{n}} values of "{in_note(name)}" {sentence}'] = outside
        return np.clip(result, self.low, self.high) if self.clip else result

    def _alone(self, name: str, by: Scale) -> str | None:
        """That the column, or groups of it, has one value only, and what becomes of it."""
        became = {"zero": "became 0", "keep": "stayed as it is", "missing": "became missing"}.get(self.constant)
        few = sum(g.constant for g in by.groups.values())
        if not (few if by.groups else by.constant):
            return None
        held = f'{few:,} of the groups of "{name}" hold' if by.groups else f'Column "{name}" holds'
        return in_note(f"{held} one value only, which gives no range to scale by; it {became}.")

    def _reason(self, by: Scale) -> str:
        if self.method in REASONS:
            return REASONS[self.method]
        if self.method.startswith("unit_"):
            return "another chosen column is missing in this row"
        one = by.constant or any(g.constant for g in by.groups.values())
        return "is the only value, which gives no range to scale by" if one else "is too far from the others to be scaled"


def _refuse_infinity(df: pd.DataFrame, name: str, x: np.ndarray) -> None:
    if np.isinf(x).any():
        raise StepError("inf cannot be scaled", column=name, rows=df.index[np.isinf(x)])
