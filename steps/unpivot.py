"""Turn columns into rows: one row for each value, with the name of its column beside it."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field, model_validator

from steps.arrow import arrow, flags, is_date
from steps.base import Columns, Outcome, Step, StepError, in_note, listing, removed_rows, require
from steps.common_types import bring, common_type, type_named
from steps.grouping import without_blanks
from steps.ordering import plain


class Layout(BaseModel):
    """The columns that stay, those that become rows, and the type of the values."""

    ids: list[str]
    values: list[str]
    type: str
    mixed: bool = False


class Unpivot(Step):
    """For each row as many rows as there are value columns, in their order: the other columns repeated, name and value.

    The value columns are those chosen, or all others than those chosen: then a column that is new next month becomes rows,
    too, and one that is gone is not asked for; both are noted. Values of one kind keep their type (whole numbers and doubles are doubles);
    those of different kinds become text, which is noted. With ``drop_missing`` rows without a value are left out; a row
    of the table none of whose values is there is then a removed row.

    Raises StepError if a column is absent, none becomes rows, or a new name is taken.
    """

    name = "unpivot"
    label = "Columns to rows"
    help = "Jan, Feb, Mar become month and value."
    group = "Tables"
    kind = "structure"
    words = ("unpivot", "melt", "longer", "stack", "wide to long", "transpose", "columns to rows", "months")

    chosen: Literal["values", "others"] = Field(
        "values",
        title="The chosen columns",
        description="Whether they become rows, or stay while all others become rows.",
        json_schema_extra={"labels": {"values": "Become rows", "others": "Stay; all others become rows"}},
    )
    columns: Columns = Field(
        Columns(names=()),
        title="Columns",
        description="The columns that become rows, or stay.",
        json_schema_extra={"some": True},
    )
    names_to: str = Field("column", min_length=1, title="Column for the names", description="Say what they are, e.g. month.")
    values_to: str = Field("value", min_length=1, title="Column for the values", description="Say what they are, e.g. amount.")
    drop_missing: bool = Field(False, title="Leave out missing values", description="No row where there is no value.")
    treat_blank_as_missing: bool = Field(
        True,
        title="Treat blank text as missing",
        description="Blank text is left out, too.",
        json_schema_extra={"when": {"drop_missing": [True]}},
    )

    @model_validator(mode="after")
    def _two_names(self) -> "Unpivot":
        """Refuse one name for both new columns."""
        if self.names_to == self.values_to:
            raise ValueError(f'both new columns would be called "{self.names_to}". Give one another name')
        return self

    def fit(self, df: pd.DataFrame) -> Layout:
        """Which columns become rows, and the one type of their values."""
        chosen = self.columns.resolve(df)
        rest = [n for n in df.columns if n not in set(chosen)]
        ids, values = (rest, chosen) if self.chosen == "values" else (chosen, rest)
        if not values:
            raise StepError("no column becomes rows", remedy="Choose at least one column.")
        for name in (self.names_to, self.values_to):
            if name in ids:
                raise StepError("is already in the table", column=name, remedy="Give the new column another name.")
        columns = [arrow(df[n]) for n in values]
        to = common_type(columns)
        mixed = pa.types.is_large_string(to) and any(c.type != to and c.null_count < len(c) for c in columns)
        return Layout(ids=ids, values=values, type=str(to), mixed=mixed)

    def apply(self, df: pd.DataFrame, fitted: Layout) -> pd.DataFrame | Outcome:
        """The rows of each row, one after the other."""
        chosen = self._values(df, fitted)
        for name in [*fitted.ids, *chosen]:
            require(df, name)
        width, to = len(chosen), type_named(fitted.type)
        parts = [_brought(df, n, to) for n in chosen]
        present = self._present(df, chosen) if self.drop_missing else None
        rows, numbers, values = np.repeat(np.arange(len(df)), width), np.repeat(df.index.to_numpy(), width), _in_turn(parts, to)
        gone = np.empty(0, "int64")
        names = _tiled(chosen, len(df))
        if present is not None:
            mask = pa.array(present)
            rows, numbers, values, names = rows[present], numbers[present], values.filter(mask), names.filter(mask)
            gone = np.flatnonzero(~present.reshape(-1, width).any(axis=1))
        index, taken = pd.Index(numbers, copy=False), pa.array(rows)
        made: dict[str, pa.Array | pa.ChunkedArray] = {n: arrow(df[n]).take(taken) for n in fitted.ids}
        made |= {self.names_to: names, self.values_to: values}
        table = pd.DataFrame({n: pd.Series(v, dtype=pd.ArrowDtype(v.type), index=index) for n, v in made.items()}, index=index)
        removed = removed_rows(df.index[gone], f"has no value in {listing(chosen)}") if len(gone) else None
        noted = {"The columns hold different kinds of values; the new column is text.": 1} if fitted.mixed else {}
        noted |= self._said(df, fitted, chosen)
        return Outcome(table, removed=removed, noted=noted)

    @property
    def rowwise(self) -> bool:
        """Each row gives its own rows."""
        return True

    def describe(self) -> str:
        """The choice in words, e.g. "Turn jan and feb into rows: month, amount"."""
        chosen = self.columns.describe()
        which = chosen if self.chosen == "values" else f"all columns but {chosen}"
        return f"Turn {which} into rows: {self.names_to}, {self.values_to}"

    def _values(self, df: pd.DataFrame, fitted: Layout) -> list[str]:
        """The columns that become rows: those fitted, or all that do not stay."""
        if self.chosen == "values":
            return fitted.values
        others = [n for n in df.columns if n not in set(fitted.ids)]
        if not others:
            raise StepError("no column becomes rows", remedy="Choose fewer columns that stay.")
        return others

    def _said(self, df: pd.DataFrame, fitted: Layout, chosen: list[str]) -> dict[str, int]:
        """Columns that were not there, or were, when the columns were chosen."""
        known = {*fitted.ids, *fitted.values}
        new, gone = [n for n in df.columns if n not in known], [n for n in fitted.values if n not in set(chosen)]
        became = "Not in the file that the columns were chosen in, and left out" if self.chosen == "values" else "New, and rows now, too"
        noted = {f"{became}: {in_note(listing(new))}.": 1} if new else {}
        return noted | ({f"Not in this file: {in_note(listing(gone))}.": 1} if gone else {})

    def _present(self, df: pd.DataFrame, names: list[str]) -> np.ndarray:
        """Whether there is a value, cell by cell, row after row."""
        return np.stack([without_blanks(df, n, self.treat_blank_as_missing).is_valid().to_numpy() for n in names], axis=1).ravel()


def _in_turn(parts: list[pa.ChunkedArray], to: pa.DataType) -> pa.Array:
    """The values of columns of one length, row after row."""
    whole = [p.combine_chunks() for p in parts]
    if not (pa.types.is_integer(to) or pa.types.is_floating(to) or is_date(to)):
        cells = (np.arange(len(whole[0]))[:, None] + np.arange(len(whole)) * len(whole[0])).ravel()
        return pa.concat_arrays(whole).take(pa.array(cells))
    numbers = np.stack([pc.fill_null(plain(w), 0).to_numpy() for w in whole], axis=1).ravel()
    missing = np.stack([flags(w.is_null()) for w in whole], axis=1).ravel() if any(w.null_count for w in whole) else None
    return pa.array(numbers, mask=missing).view(to)


def _tiled(names: list[str], times: int) -> pa.LargeStringArray:
    """The names one after the other, so many times."""
    written = [n.encode() for n in names]
    ends = np.cumsum([len(w) for w in written])
    offsets = np.zeros(len(names) * times + 1, "int64")
    np.add(np.arange(times)[:, None] * ends[-1], ends, out=offsets[1:].reshape(times, len(names)))
    return pa.LargeStringArray.from_buffers(len(names) * times, pa.py_buffer(offsets), pa.py_buffer(b"".join(written) * times))


def _brought(df: pd.DataFrame, name: str, to: pa.DataType) -> pa.ChunkedArray:
    try:
        return bring(arrow(df[name]), to)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        remedy = "Work the numbers of this step out again."
        raise StepError(f"does not go with the other columns as {to}", column=name, remedy=remedy) from error
