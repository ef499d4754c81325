"""Combine columns into one."""

import re

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from steps.arrow import arrow, column
from steps.base import Columns, Outcome, Step, in_note
from steps.filling import without_blanks
from steps.new_columns import listed, replaced, replacing, require_free
from steps.values import shortest

LARGE = pa.large_string()
PLACE = re.compile(r"\{([^{}]+)\}")


class ConcatColumns(Step):
    """A new text column of several columns' values, joined by a separator or put into a template such as "{first} {last}".

    Numbers are written in their shortest form (12, not 12.0). A missing value is left out together with its separator, in a
    template its place stays empty; or, with ``skip_missing`` false, makes the result missing and is counted. A row in which
    all are missing has no result. Blank text counts as missing unless told otherwise.

    Raises StepError if a column is absent or the new column is already there.
    """

    name = "concat_columns"
    label = "Combine columns"
    help = "Join columns into one, e.g. {first} {last}."
    group = "Columns"
    words = ("concat", "concatenate", "join text", "merge columns", "paste", "unite", "full name", "textjoin")

    columns: Columns = Field(Columns(names=()), title="Columns", description="In this order; not needed with a template.")
    output: str = Field(min_length=1, title="New column", description="The name of the column that is made.")
    separator: str = Field(" ", title="Between the values", description="For example a space, or a comma and a space.")
    template: str = Field(
        "",
        title="Template",
        description="Instead of a separator: column names in braces, e.g. {last}, {first}.",
        json_schema_extra={"more": True},
    )
    skip_missing: bool = Field(True, title="Leave missing values out", description="Otherwise one missing value makes the result missing.")
    remove_originals: bool = Field(False, title="Remove the columns", description="Those that were combined, if no template is used.")
    treat_blank_as_missing: bool = Field(
        True,
        title="Treat blank text as missing",
        description="Text that is empty or only spaces has no place in the result.",
        json_schema_extra={"more": True},
    )
    overwrite: bool = replacing()

    @model_validator(mode="after")
    def _something(self) -> "ConcatColumns":
        """Refuse a template without a column, and neither columns nor a template."""
        if self.template and not PLACE.search(self.template):
            raise ValueError("the template names no column. Write column names in braces, e.g. {first} {last}")
        if not self.template and self.columns.names == ():
            raise ValueError("choose the columns to combine")
        return self

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame | Outcome:
        """The table with the new column at its end."""
        require_free(df, [self.output], self.overwrite, "Choose another name.")
        names = Columns(names=tuple(self.needs())).resolve(df) if self.template else self.columns.resolve(df)
        texts = {name: without_blanks(shortest(arrow(df[name])), self.treat_blank_as_missing) for name in names}
        if not names:
            return df.assign(**{self.output: column(pa.nulls(len(df), LARGE), df)})
        made = self._filled(texts) if self.template else self._joined(texts)
        table = df.assign(**{self.output: column(made, df)})
        lines = replaced(df, table, [self.output])
        if self.remove_originals and not self.template:
            table = table.drop(columns=[n for n in names if n != self.output])
        lost = 0 if self.skip_missing else made.null_count
        noted = {f'{{n}} rows have no "{in_note(self.output)}": a value is missing.': lost} if lost else {}
        return Outcome(table, rejected=listed(lines), noted=noted) if noted or lines else table

    @property
    def rowwise(self) -> bool:
        """Each row is combined by itself."""
        return True

    def needs(self) -> list[str]:
        """The columns that the template names."""
        return list(dict.fromkeys(PLACE.findall(self.template)))

    def describe(self) -> str:
        """The columns in words."""
        what = f'by the template "{self.template}"' if self.template else self.columns.describe()
        return f"Combine {what} into {self.output}"

    def _joined(self, texts: dict[str, pa.ChunkedArray]) -> pa.ChunkedArray:
        pieces = list(texts.values())
        if not self.skip_missing:
            return pc.binary_join_element_wise(*pieces, pa.scalar(self.separator, LARGE))
        some = pc.is_valid(pc.coalesce(*pieces))
        pieces[0] = pc.if_else(some, pieces[0], pa.scalar("", LARGE))  # Arrow drops a row of which it skips every value
        made = pc.binary_join_element_wise(*pieces, pa.scalar(self.separator, LARGE), null_handling="skip")
        return pc.if_else(some, made, pa.scalar(None, LARGE))

    def _filled(self, texts: dict[str, pa.ChunkedArray]) -> pa.ChunkedArray:
        parts = PLACE.split(self.template)  # text, name, text, name, ...
        pieces = [texts[part] if at % 2 else pa.scalar(part, LARGE) for at, part in enumerate(parts)]
        how = {"null_handling": "replace", "null_replacement": ""} if self.skip_missing else {"null_handling": "emit_null"}
        made = pc.binary_join_element_wise(*pieces, pa.scalar("", LARGE), **how)
        return pc.if_else(pc.is_valid(pc.coalesce(*texts.values())), made, pa.scalar(None, LARGE))
