"""Remove columns without content of their own."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field

from steps.arrow import arrow, same_memory, side_by_side
from steps.base import Columns, Outcome, Step, in_note
from steps.filling import gaps, without_blanks

LOOK = 1000  # rows that show for most columns that they hold more than one value


class Dropped(BaseModel):
    """The columns to remove, each with its reason."""

    reasons: dict[str, str]


class DropColumnsByContent(Step):
    """The table without columns that are missing, or have one value only, or repeat another column; the others untouched.

    At 100 % a column goes if every value is missing, below that if more than this share is. With ``constant`` a column with
    one value goes; a missing value counts as a value of its own unless told otherwise. With ``duplicate_of_other`` the later
    of two equal columns of one type goes. The list is made when the step is fitted, so that next month's table has the same
    columns. Of a table without rows no column goes.

    Raises StepError if a column chosen by name is absent.
    """

    name = "drop_columns_by_content"
    label = "Remove empty columns"
    help = "Columns with no values, only one value, or a copy of another."
    group = "Columns"
    kind = "structure"
    words = ("empty", "constant", "duplicate", "drop", "delete column", "useless", "missing", "sparse")

    columns: Columns = Field(Columns(), title="Columns", description="The columns that are looked at.")
    max_missing_percent: float = Field(
        100, ge=0, le=100, title="Remove if more than this % is missing", description="At 100 only columns without any value are removed."
    )
    constant: bool = Field(False, title="Also columns with one value only", description="The same in every row.")
    missing_counts_as_value: bool = Field(
        True,
        title="A missing value is a value of its own",
        description="A column with one value and gaps then stays.",
        json_schema_extra={"when": {"constant": [True]}, "more": True},
    )
    duplicate_of_other: bool = Field(False, title="Also copies of another column", description="The first of them stays.")
    protect: Columns = Field(
        Columns(names=()), title="Never remove", description="Columns that stay whatever they hold.", json_schema_extra={"more": True}
    )
    treat_blank_as_missing: bool = Field(
        True, title="Treat blank text as missing", description="Text that is empty or only spaces.", json_schema_extra={"more": True}
    )

    def fit(self, df: pd.DataFrame) -> Dropped:
        """The columns to remove, and why."""
        safe = set(self.protect.resolve(df))
        names = [n for n in self.columns.resolve(df) if n not in safe]
        if not len(df):
            return Dropped(reasons={})
        found = zip(names, side_by_side(lambda n: self._reason(arrow(df[n])), names), strict=True)
        reasons = {name: reason for name, reason in found if reason}
        if self.duplicate_of_other:
            reasons |= _copies(df, [n for n in df.columns if n not in reasons], set(names))
        return Dropped(reasons=reasons)

    def apply(self, df: pd.DataFrame, fitted: Dropped) -> pd.DataFrame | Outcome:
        """The table without them, and why each went."""
        gone = {name: reason for name, reason in fitted.reasons.items() if name in df.columns}
        if not gone:
            return df
        noted = {in_note(f'"{name}" was removed: {reason}.'): 1 for name, reason in gone.items()}
        return Outcome(df.drop(columns=list(gone)), noted=noted)

    def describe(self) -> str:
        """Which columns go, in words."""
        share = "with no values" if self.max_missing_percent == 100 else f"more than {self.max_missing_percent:g} % missing"
        kinds = [share, *(["with one value"] if self.constant else []), *(["equal to another"] if self.duplicate_of_other else [])]
        return f"Remove columns {' or '.join(kinds)}"

    def _reason(self, values: pa.ChunkedArray) -> str | None:
        if values.null_count == len(values):
            return "it has no values"
        if self.max_missing_percent == 100 and self._varied(values[:LOOK]):
            return None
        empty = pc.sum(gaps(values, self.treat_blank_as_missing)).as_py()
        if empty == len(values):
            return "it has no values"
        percent = 100 * empty / len(values)
        if self.max_missing_percent < percent and self.max_missing_percent < 100:
            return f"{min(99.9, round(percent, 1)):g} % of it is missing"
        if not self.constant or (empty and self.missing_counts_as_value):
            return None
        real = without_blanks(values, self.treat_blank_as_missing).drop_null()
        return "every row has the same value" if pc.all(pc.equal(real, real[0])).as_py() else None

    def _varied(self, some: pa.ChunkedArray) -> bool:
        """Whether a look at some rows tells that the column stays."""
        real = without_blanks(some, self.treat_blank_as_missing).drop_null()
        return len(real) > 0 and (not self.constant or pc.count_distinct(real).as_py() > 1)


def _copies(df: pd.DataFrame, names: list[str], removable: set[str]) -> dict[str, str]:
    """The columns equal to an earlier one, which stays."""
    reasons: dict[str, str] = {}
    first: dict[tuple[str, str], list[str]] = {}
    for name in names:
        values = arrow(df[name])
        alike = first.setdefault((str(values.type), str(values[:20].to_pylist())), [])
        same = next((n for n in alike if same_memory(arrow(df[n]), values) or arrow(df[n]).equals(values)), None)
        if same is not None and name in removable:
            reasons[name] = f'it is equal to "{same}"'
        else:
            alike.append(name)
    return reasons
