"""The first filled of several columns."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator

from steps.arrow import arrow, column, is_date, is_number, is_text
from steps.base import Columns, Outcome, Step, StepError, in_note, type_of
from steps.filling import without_blanks
from steps.new_columns import listed, replaced, replacing, require_free
from steps.values import shortest

LARGE = pa.large_string()


class Coalesce(Step):
    """One column with the first value that a row has in the chosen columns, in their order.

    The result replaces the first column, or is a new one at the end. Blank text counts as missing unless
    ``treat_blank_as_missing`` is false. Columns of one type keep it; whole numbers with numbers become numbers, dates with
    times become times, and anything else becomes text. How many values came from each column is counted.

    Raises StepError if a column is absent, the new column is already there, or whole numbers are too long to become numbers.
    """

    name = "coalesce"
    label = "First filled of several columns"
    help = "Take the first column that has a value."
    group = "Missing values"
    words = ("first non-missing", "fallback", "merge columns", "fill from column", "ifnull", "nvl", "combine")

    columns: Columns = Field(
        Columns(names=()),
        title="Columns",
        description="In the order in which they are asked.",
        json_schema_extra={"some": True},
    )
    output: str = Field("", title="New column", description="Empty: the first of the columns is filled.")
    remove_originals: bool = Field(False, title="Remove the other columns", description="Those that the values were taken from.")
    treat_blank_as_missing: bool = Field(
        True, title="Treat blank text as missing", description="Text that is empty or only spaces is passed over."
    )
    overwrite: bool = replacing()

    @field_validator("columns")
    @classmethod
    def _in_an_order(cls, columns: Columns) -> Columns:
        """Refuse a choice that has no order of its own."""
        if columns.names is None:
            raise ValueError("choose the columns by name, in the order in which they are asked")
        return columns

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame | Outcome:
        """The table with the first filled value of each row, and where the values came from."""
        names = self.columns.resolve(df)
        if not names:
            return df
        if self.output and self.output not in names:
            require_free(df, [self.output], self.overwrite, "Choose another name.")
        of = _common([type_of(df, n) for n in names])
        noted: dict[str, int] = {}
        made: pa.ChunkedArray | None = None
        for name in names:
            own = without_blanks(arrow(df[name]), self.treat_blank_as_missing)
            values = _as_type(own, of, name)
            if made is None:
                made = values
            elif made.null_count:
                filled = pc.coalesce(made, values)
                if taken := made.null_count - filled.null_count:
                    noted[f'{{n}} values come from "{in_note(name)}".'] = taken
                    made = filled
        target = self.output or names[0]
        table = df
        if target != names[0] or noted or of != type_of(df, names[0]):
            first = arrow(df[names[0]])
            if target == names[0] and is_text(first.type) and made is not None and made.null_count:
                made = pc.coalesce(made, first)  # blank text that nothing fills stays as written
            table = df.assign(**{target: column(made, df)})
        if self.remove_originals:
            table = table.drop(columns=[n for n in names if n != target])
        lines = replaced(df, table, [self.output]) if self.output and self.output not in names else []
        return Outcome(table, rejected=listed(lines), noted=noted) if noted or lines else table

    @property
    def rowwise(self) -> bool:
        """Each row is filled from itself."""
        return True

    def describe(self) -> str:
        """The columns in words."""
        into = f" into {self.output}" if self.output else ""
        return f"Take the first filled of {self.columns.describe()}{into}"


def _common(types: list[pa.DataType]) -> pa.DataType:
    """The type that values of all these types go into."""
    if all(t == types[0] for t in types):
        return types[0]
    if all(is_number(t) and not pa.types.is_decimal(t) for t in types):
        return pa.float64()
    stamps = [t for t in types if pa.types.is_timestamp(t)]
    if all(is_date(t) for t in types) and all(t.tz is None for t in stamps):
        return pa.timestamp("us")
    return LARGE


def _as_type(values: pa.ChunkedArray, of: pa.DataType, name: str) -> pa.ChunkedArray:
    if values.type == of:
        return values
    if is_text(of):
        return shortest(values)
    try:
        return values.cast(of)
    except pa.ArrowInvalid as error:
        problem = "holds whole numbers too long to go into one column with decimals"
        raise StepError(problem, column=name, remedy="Make the columns text first with Change column types.") from error
