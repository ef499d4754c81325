"""Bring codes to a fixed length."""

from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, field_validator

from steps.arrow import arrow, ascii_only, blank, by_value, column, in_slices, is_text, solid, text_bytes
from steps.base import Chosen, Columns, Outcome, Step, StepError, holds, in_note, type_of
from steps.new_columns import ending, listed, placed, replaced, replacing

LARGE = pa.large_string()
SIGNED = r"^[+-][0-9]+$"


class Pad(Step):
    """Each chosen column with its text brought to a length by a sign in front (or behind); the others untouched.

    Columns of whole numbers become text. With zeros in front a minus or plus sign stays first: -5 becomes -0005. Longer
    values stay as they are and are counted; missing and blank values stay. A text column in which nothing is short stays the
    same memory.

    Raises StepError if a column is absent, or a column chosen by name holds neither text nor whole numbers.
    """

    name = "pad"
    label = "Add leading zeros"
    help = "Bring codes to a fixed length: 2210 → 02210."
    group = "Text"
    words = ("pad", "zfill", "leading zeros", "postcode", "zip", "fixed width", "length", "fill up")

    columns: Columns = Field(
        Columns(names=()),
        title="Columns",
        description="Columns of text or whole numbers.",
        json_schema_extra={"some": True},
    )
    width: int = Field(5, ge=1, le=1000, title="Length", description="How many signs each value has afterwards.")
    side: Literal["left", "right"] = Field(
        "left", title="Add", description="Where the signs are added.", json_schema_extra={"labels": {"left": "In front", "right": "Behind"}}
    )
    char: str = Field("0", title="Sign to add", description="One sign, usually 0.")
    suffix: str = ending()
    overwrite: bool = replacing()

    @field_validator("char")
    @classmethod
    def _one_sign(cls, char: str) -> str:
        if len(char) != 1:
            raise ValueError("write one sign, such as 0")
        return char

    def fit(self, df: pd.DataFrame) -> Chosen:
        """The chosen columns; those chosen by kind only where they hold text or whole numbers."""
        return Chosen(columns=[n for n in self.columns.resolve(df) if self._suits(df, n)])

    def apply(self, df: pd.DataFrame, fitted: Chosen) -> pd.DataFrame | Outcome:
        """The table with its values at that length, and how many are longer."""
        made, noted = {}, {}
        for name in fitted.columns:
            self._suits(df, name)
            values = arrow(df[name])
            after = self._padded(values)
            length = pc.binary_length if ascii_only(after) else pc.utf8_length
            longer = int(pc.sum(pc.greater(length(after), self.width)).as_py() or 0)
            if longer:
                noted[f'{{n}} values of "{in_note(name)}" are longer than {self.width} and stay as they are.'] = longer
            if self.suffix or after.type != values.type or not after.equals(values):
                made[name] = column(after, df)
        table = placed(df, made, self.suffix, self.overwrite)
        lines = replaced(df, table, [n + self.suffix for n in made]) if self.suffix else []
        return Outcome(table, rejected=listed(lines), noted=noted) if noted or lines else table

    @property
    def rowwise(self) -> bool:
        """Each value is brought to the length by itself."""
        return True

    def describe(self) -> str:
        """The length in words."""
        where = "in front" if self.side == "left" else "behind"
        return f'Bring {self.columns.describe()} to {self.width} signs with "{self.char}" {where}'

    def _suits(self, df: pd.DataFrame, name: str) -> bool:
        of = type_of(df, name)
        fits = is_text(of) or pa.types.is_integer(of)
        if not fits and self.columns.names is not None:
            kind = "numbers with decimals" if holds(of) == "numbers" else holds(of)
            remedy = "Make it text first with Change column types."
            raise StepError(f"holds {kind}, neither text nor whole numbers", column=name, remedy=remedy)
        return fits

    def _padded(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        if not is_text(values.type):
            return by_value(values, self._at_length)
        if self.char.isascii() and solid(values) and not (self.side == "left" and self.char == "0" and _has_sign(values)):
            return (pc.ascii_lpad if self.side == "left" else pc.ascii_rpad)(values, self.width, self.char)
        made = in_slices(values, self._at_length)
        empty = blank(values)
        return pc.if_else(empty, values, made) if pc.any(empty).as_py() else made

    def _at_length(self, values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        text = values.cast(LARGE)
        if self.side == "right":
            made = pc.utf8_rpad(text, self.width, self.char)
        else:
            made = pc.utf8_lpad(text, self.width, self.char)
            if self.char == "0" and any(pc.any(pc.starts_with(text, sign)).as_py() for sign in "+-"):
                first_signed = pc.match_substring_regex(text, SIGNED)
                digits = pc.utf8_lpad(pc.utf8_slice_codeunits(text, 1), max(self.width - 1, 0), "0")
                signed = pc.binary_join_element_wise(pc.utf8_slice_codeunits(text, 0, 1), digits, pa.scalar("", LARGE))
                made = pc.if_else(first_signed, signed, made)
        return made


def _has_sign(values: pa.ChunkedArray) -> bool:
    """Whether a minus or plus sign stands anywhere in a column."""
    return any((part == ord(sign)).any() for part in text_bytes(values) for sign in "+-")
