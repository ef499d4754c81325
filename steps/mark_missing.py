"""Treat chosen words and numbers as missing."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, FiniteFloat, JsonValue, field_validator

from steps.arrow import SPACES, arrow, by_value, column, flags, is_number, is_text, side_by_side
from steps.base import Chosen, Columns, Outcome, Step, in_note, listing, require
from steps.new_columns import ending, listed, placed, replaced, replacing

COMMON = ("n/a", "#n/a", "na", "-", "--", "?", "null", "none", "nil", "nan", "unknown", "missing", "not available", "k.a.", "tbd", ".")
LARGE = pa.large_string()


class MarkMissing(Step):
    """Each chosen column with the given words and numbers turned to missing; the others untouched.

    A word is compared with the whole cell, without regard to case and to spaces around it unless told otherwise. Numbers
    (such as -999) are looked for in number columns, by value. How often each was found is counted. A column in which none
    is found stays the same memory. "NA" is not among the words until it is written: it may be Namibia.

    Raises StepError if a column is absent.
    """

    name = "mark_missing"
    label = "Treat as missing"
    help = 'Say which words (n/a, -, unknown) mean "no value".'
    group = "Missing values"
    words = ("null", "na", "nan", "n/a", "empty", "token", "sentinel", "999", "unknown", "blank")
    blanks = True

    columns: Columns = Field(Columns(), title="Columns", description="The columns that are looked at.")
    tokens: tuple[str, ...] = Field(
        ("n/a", "#N/A", "null", "-"), title="Words that mean missing", description="Each is compared with the whole cell."
    )
    case_insensitive: bool = Field(True, title="Upper and lower case alike", description='"n/a" also finds "N/A".')
    trim: bool = Field(True, title="Without spaces around", description='"n/a" also finds " n/a ".')
    numeric_sentinels: tuple[FiniteFloat, ...] = Field(
        (), title="Numbers that mean missing", description="In number columns, e.g. -999 or 9999.", json_schema_extra={"more": True}
    )
    suffix: str = ending()
    overwrite: bool = replacing()

    @field_validator("tokens")
    @classmethod
    def _each_once(cls, tokens: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(tokens))

    def fit(self, df: pd.DataFrame) -> Chosen:
        """The chosen columns."""
        return Chosen(columns=self.columns.resolve(df))

    def apply(self, df: pd.DataFrame, fitted: Chosen) -> pd.DataFrame | Outcome:
        """The table with the words and numbers missing, and how often each was found."""
        for name in fitted.columns:
            require(df, name)
        made, noted = {}, dict[str, int]()
        for name, found in zip(fitted.columns, side_by_side(lambda n: self._found(arrow(df[n])), fitted.columns), strict=True):
            if self.suffix:
                made[name] = df[name]
            if found is None or not (counts := _counts(found)):
                continue
            values = arrow(df[name])
            made[name] = column(pc.if_else(pc.is_valid(found), pa.scalar(None, values.type), values), df)
            for what, count in counts.items():
                sentence = f'{{n}} × "{in_note(what)}" in "{in_note(name)}" became missing.'
                noted[sentence] = noted.get(sentence, 0) + count
        table = placed(df, made, self.suffix, self.overwrite)
        lines = replaced(df, table, [n + self.suffix for n in made]) if self.suffix else []
        return Outcome(table, rejected=listed(lines), noted=noted) if noted or lines else table

    @property
    def rowwise(self) -> bool:
        """Each value is judged by itself."""
        return True

    @classmethod
    def suggested(cls, df: pd.DataFrame) -> dict[str, JsonValue]:
        """The words found in the table that commonly mean missing, the commonest first; NA not, it may be Namibia."""
        found: dict[str, int] = {}
        for counts in suggest(df).values():
            for word, n in counts.items():
                found[word.lower()] = found.get(word.lower(), 0) + n
        words: list[JsonValue] = [word for word in sorted(found, key=lambda word: -found[word]) if word != "na"]
        return {"tokens": words} if words else {}

    def describe(self) -> str:
        """The words in a sentence."""
        what = listing([*(f'"{t}"' for t in self.tokens), *(f"{n:g}" for n in self.numeric_sentinels)])
        return f"Treat {what or 'no word'} in {self.columns.describe()} as missing"

    def _found(self, values: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """For each value the position of the word or number it is, missing where it is none; None if the column has none."""
        if is_text(values.type):
            sought = dict.fromkeys(self._plain(pa.array(self.tokens, LARGE)).to_pylist())
            at = by_value(values, lambda some: self._at(some, list(sought))) if sought else None
            words = list(sought)
        elif is_number(values.type) and self.numeric_sentinels:
            exact = _as_type(self.numeric_sentinels, values.type)
            at, words = pc.index_in(values, exact), [f"{n:.15g}" for n in exact.cast(pa.float64()).to_pylist()]
        else:
            return None
        if at is None or at.null_count == len(at):
            return None
        return pc.take(pa.chunked_array([pa.array(words, LARGE)]), at)

    def _at(self, values: pa.Array | pa.ChunkedArray, sought: list[str]) -> pa.Array:
        """For each text its position among those sought; only the short ones are looked at closely."""
        trimmed = pc.utf8_trim(values, SPACES) if self.trim else values
        most = 3 * max(len(word.encode()) for word in sought)  # bytes; a capital may take up to three times those of the small letter
        short = np.flatnonzero(flags(pc.less_equal(pc.binary_length(trimmed), most)))
        some = trimmed.take(pa.array(short))
        found = pc.index_in(pc.utf8_lower(some) if self.case_insensitive else some, pa.array(sought, LARGE))
        made = np.full(len(values), -1, "int32")
        made[short] = pc.fill_null(found, -1).to_numpy()
        return pa.array(made, mask=made < 0)

    def _plain(self, values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        trimmed = pc.utf8_trim(values, SPACES) if self.trim else values
        return pc.utf8_lower(trimmed) if self.case_insensitive else trimmed


def _as_type(wanted: tuple[float, ...], of: pa.DataType) -> pa.Array:
    """The numbers that a column of this type can hold exactly."""
    held = []
    for number in dict.fromkeys(wanted):
        try:
            held.append(pa.scalar(number, pa.float64()).cast(of).as_py())
        except pa.ArrowInvalid:
            continue
    return pa.array(held, of)


def _counts(found: pa.ChunkedArray) -> dict[str, int]:
    counted = pc.value_counts(found.drop_null())
    return dict(sorted(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True), key=lambda c: (-c[1], c[0])))


def suggest(df: pd.DataFrame) -> dict[str, dict[str, int]]:
    """For each text column the words that commonly mean missing, as they are written there, with their counts."""
    suggested = {}
    for name in df.columns:
        values = arrow(df[name])
        if is_text(values.type):
            plain = by_value(values, lambda some: pc.is_in(pc.utf8_lower(pc.utf8_trim(some, SPACES)), pa.array(COMMON, LARGE)))
            if found := _counts(pc.utf8_trim(values.filter(plain), SPACES)):
                suggested[name] = found
    return suggested
