"""Empty values that repeat the one above, as in a printed report."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from steps.arrow import arrow, column
from steps.base import Chosen, Columns, Outcome, Step, columns_code, in_note
from steps.grouping import without_blanks
from steps.scaling import group_codes


class BlankDown(Step):
    """Each chosen column with a value missing where the row above holds the same one; the others untouched.

    The order of the rows is that of the table. A missing or blank value ends a run: the same value below it is kept. With
    ``together`` a cell is emptied only where every chosen column repeats, so that a new customer shows its town again; a
    run ends, too, where a column of ``group_by`` changes. With ``stays`` "last" the value is left out where the row below
    holds the same one.
    Fill missing values with the value above puts the values back.

    Raises StepError if a column is absent.
    """

    name = "blank_down"
    label = "Blank repeated values"
    help = "Leave a value out where the row above has the same, as printed reports do."
    group = "Missing values"
    words = ("blank down", "repeat", "repeated", "duplicates", "report", "group", "merge", "suppress")
    blanks = True

    columns: Columns = Field(Columns(names=()), title="Columns", description="The columns to thin out.", json_schema_extra={"some": True})
    together: bool = Field(
        False, title="Only where all of them repeat", description="A cell stays if another of the columns holds something new."
    )
    group_by: Columns = Field(
        Columns(names=()), title="Start again where these change", description="A value is shown again in each group.",
        json_schema_extra={"more": True},
    )  # fmt: skip
    stays: Literal["first", "last"] = Field(
        "first",
        title="Of a run stays",
        description="The value that is shown.",
        json_schema_extra={"labels": {"first": "the first", "last": "the last"}, "more": True},
    )
    treat_blank_as_missing: bool = Field(
        True, title="Treat blank text as missing", description="Text that is empty or only spaces repeats nothing.",
        json_schema_extra={"more": True},
    )  # fmt: skip

    def fit(self, df: pd.DataFrame) -> Chosen:
        """The chosen columns."""
        return Chosen(columns=self.columns.resolve(df))

    def apply(self, df: pd.DataFrame, fitted: Chosen) -> pd.DataFrame | Outcome:
        """The table with repeated values missing, and how many there were."""
        names = Columns(names=tuple(fitted.columns)).resolve(df)
        same = {name: repeats_above(without_blanks(df, name, self.treat_blank_as_missing)) for name in names}
        if by := self.group_by.resolve(df):
            codes = group_codes(df, by)
            same = {name: gone & np.r_[False, codes[1:] == codes[:-1]][: len(df)] for name, gone in same.items()}
        if self.stays == "last":
            same = {name: np.r_[gone[1:], False][: len(df)] for name, gone in same.items()}
        if self.together and same:
            every: np.ndarray = np.logical_and.reduce(list(same.values()))
            same = dict.fromkeys(same, every)
        made, noted = {}, {}
        for name, gone in same.items():
            if gone.any():
                values = arrow(df[name])
                made[name] = column(pc.if_else(pa.array(gone), pa.scalar(None, values.type), values), df)
                other = "above" if self.stays == "first" else "below"
                noted[f'{{n}} values of "{in_note(name)}" repeat the one {other}.'] = int(gone.sum())
        return Outcome(df.assign(**made), noted=noted) if made else df

    def describe(self) -> str:
        """The columns in words."""
        within = "" if self.group_by.names == () else f", within groups of {self.group_by.describe()}"
        where = " where all of them repeat" if self.together else ""
        return f"Blank repeated values of {self.columns.describe()}{where}{within}{', but the last' if self.stays == 'last' else ''}"

    def code(self) -> str | None:
        """The same by pandas, for columns that are thinned out one by one."""
        if self.together or self.treat_blank_as_missing or self.group_by.names != () or self.stays == "last":
            return None
        lines = ["import re"] if self.columns.pattern is not None else []
        lines += [f"for n in {columns_code(self.columns)}:", "    same = (df[n] == df[n].shift()).fillna(False)"]
        return "\n".join([*lines, "    df = df.assign(**{n: df[n].mask(same)})"])


def repeats_above(values: pa.ChunkedArray) -> np.ndarray:
    """Where a value is the same as in the row before."""
    whole = values.combine_chunks()
    if len(whole) < 2:
        return np.zeros(len(whole), bool)
    same = pc.fill_null(pc.equal(whole[1:], whole[:-1]), False).to_numpy(zero_copy_only=False)
    return np.concatenate([[False], same])
