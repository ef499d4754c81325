"""Round numbers to decimals or to a multiple."""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from math import isfinite
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from steps.arrow import arrow, column, flags, per_unique
from steps.base import Chosen, Columns, Outcome, Step, rejects, require_kind
from steps.new_columns import ending, listed, placed, replaced, replacing
from steps.rounding import BLOCK, round_doubles
from steps.scaling import missing_nan

MODES = {
    "half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "floor": ROUND_FLOOR, "ceil": ROUND_CEILING, "cut": ROUND_DOWN,
}  # fmt: skip
LIMIT = 2.0**52  # from here on a double has no fraction


class Round(Step):
    """Each chosen number column rounded in its own type, by the digits a person sees: 1.005 to two decimals is 1.01.

    To ``decimals`` places (negative: tens, hundreds), or to the nearest multiple of ``multiple``. Halves go away from zero,
    as in Excel; with "half_even" to the even digit, as in Python. Whole numbers too large after rounding are listed.

    Raises StepError if a column is absent or not numeric.
    """

    name = "round"
    label = "Round numbers"
    help = "To cents or thousands."
    group = "Numbers"
    words = ("round", "decimals", "floor", "ceiling", "truncate", "cents", "thousands", "multiple", "mround")

    columns: Columns = Field(Columns(kind="number"), title="Columns", description="The number columns to round.")
    to: Literal["decimals", "multiple"] = Field(
        "decimals",
        title="Round to",
        description="Places after the point, or steps such as 0.25.",
        json_schema_extra={"labels": {"decimals": "Decimals", "multiple": "A multiple"}},
    )
    decimals: int = Field(
        2, ge=-12, le=12, title="Decimals", description="2 for cents, 0 for whole numbers, -3 for thousands.",
        json_schema_extra={"when": {"to": ["decimals"]}},
    )  # fmt: skip
    multiple: float = Field(
        1, gt=0, le=1e12, title="Multiple of", description="0.05 or 15, for example.", json_schema_extra={"when": {"to": ["multiple"]}}
    )
    mode: Literal["half_up", "half_even", "floor", "ceil", "cut"] = Field(
        "half_up",
        title="How",
        description="Where a number lies between two.",
        json_schema_extra={
            "labels": {
                "half_up": "Nearest, halves away from zero (2.5 to 3)", "half_even": "Nearest, halves to even (2.5 to 2)", "floor": "Down",
                "ceil": "Up", "cut": "Towards zero",
            }
        },
    )  # fmt: skip
    suffix: str = ending()
    overwrite: bool = replacing()

    @model_validator(mode="after")
    def _some_multiple(self) -> "Round":
        """Refuse a multiple too small to count with."""
        if self.multiple < 1e-12:
            raise ValueError("the multiple is too small. Write 0.000000000001 or more")
        return self

    def fit(self, df: pd.DataFrame) -> Chosen:
        """The chosen columns."""
        names = self.columns.resolve(df)
        for name in names:
            require_kind(df, name, "number")
        return Chosen(columns=names)

    def apply(self, df: pd.DataFrame, fitted: Chosen) -> Outcome:
        """The table with its numbers rounded, and whole numbers that became too large."""
        made, lines = {}, []
        for name in fitted.columns:
            require_kind(df, name, "number")
            before = arrow(df[name])
            after = self._round(before)
            if not self.suffix and after[:BLOCK].equals(before[:BLOCK]) and after.equals(before):  # as a rule the first ones tell
                continue
            made[name] = column(after, df)
            if after.null_count > before.null_count:
                lost = flags(after.is_null()) & flags(before.is_valid())
                lines.append(rejects(df, name, lost, "is too large to be rounded"))
        table = placed(df, made, self.suffix, self.overwrite)
        lines += replaced(df, table, [n + self.suffix for n in made]) if self.suffix else []
        return Outcome(table, rejected=listed(lines))

    @property
    def rowwise(self) -> bool:
        """Each number is rounded by itself."""
        return True

    def describe(self) -> str:
        """The rounding in words."""
        to = f"a multiple of {self.multiple:g}" if self.to == "multiple" else f"{self.decimals} decimals"
        how = {"half_up": "", "half_even": ", halves to even", "floor": ", down", "ceil": ", up", "cut": ", towards zero"}[self.mode]
        return f"Round {self.columns.describe()} to {to}{how}"

    def _round(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        if self.to == "decimals" and self.decimals >= (0 if pa.types.is_integer(values.type) else 13):
            return values
        if pa.types.is_floating(values.type):
            return self._doubles(values)
        if pa.types.is_integer(values.type) and self._step == self._step.to_integral_value():
            return self._whole(values)
        return pa.chunked_array([per_unique(values, lambda v: self._exact(v, values.type), values.type)])

    @property
    def _step(self) -> Decimal:
        return Decimal(1).scaleb(-self.decimals) if self.to == "decimals" else Decimal(repr(self.multiple))

    def _doubles(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """Doubles by their shortest decimal writing."""
        x = values.to_numpy()
        made, hard = round_doubles(x, self._step, self.mode)
        made[hard] = [self._exact(v, values.type) for v in x[hard].tolist()]
        return pa.chunked_array([missing_nan(made) if values.null_count else pa.array(made)])

    def _whole(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """Whole numbers to multiples of a whole number; those near the largest there are one by one."""
        step = int(self._step)
        x = pc.fill_null(values, 0).to_numpy()
        near = (x > -(2**62)) & (x < 2**62)
        size = np.abs(np.where(near, x, 0))
        count = size // step
        rest = size - count * step
        odd = count % 2 == 1 if self.mode == "half_even" else True
        nearest = (2 * rest > step) | ((2 * rest == step) & odd)
        count += {"floor": (x < 0) & (rest > 0), "ceil": (x > 0) & (rest > 0), "cut": False}.get(self.mode, nearest)
        made = pa.array(np.where(x < 0, -1, 1) * count * step, mask=flags(values.is_null()) if values.null_count else None)
        if not near.all():
            far = [self._exact(v, values.type) for v in x[~near].tolist()]
            made = pc.replace_with_mask(made, pa.array(~near), pa.array(far, values.type))
        return pa.chunked_array([made])

    def _exact(self, value: int | float | Decimal | None, of: pa.DataType) -> int | float | Decimal | None:
        """One number rounded as written on paper; None if its type cannot hold the result."""
        if value is None or (isinstance(value, float) and (not isfinite(value) or (abs(value) >= LIMIT and self._step <= 1))):
            return value
        with localcontext() as exact:
            exact.prec = 400
            step = self._step
            given = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
            made = (given / step).quantize(Decimal(1), rounding=MODES[self.mode]) * step
            if isinstance(value, float):
                return float(made) + 0.0
            if isinstance(value, int):
                return int(made) if made == int(made) and -(2**63) <= made < 2**63 else None
            made = made.quantize(Decimal(1).scaleb(-of.scale))
            return made if abs(made) < Decimal(10) ** (of.precision - of.scale) else None
