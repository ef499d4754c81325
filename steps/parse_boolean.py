"""Make words like yes and no into yes/no values."""

from collections.abc import Iterable
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from steps.arrow import SPACES, arrow, column, flags, is_text
from steps.base import ON_ERROR_LABELS, Chosen, Columns, OnError, Outcome, Step, StepError, holds, in_note, rejects, type_of
from steps.new_columns import ending, listed, placed, replaced, replacing
from steps.values import shortest


class ParseBoolean(Step):
    """Each chosen text or whole-number column as yes/no (bool); the others untouched.

    A word counts whatever its capitals and the spaces around it. Blank text becomes missing, or no with ``blank`` "no";
    a missing value then becomes no as well. Words in neither list are listed. Yes/no columns stay as they are.

    Raises StepError if a column is absent or holds other values.
    """

    name = "parse_boolean"
    label = "Read yes/no words"
    help = "Words like yes, y, 1 and no, n, 0 become yes/no values; other words are listed."
    group = "Columns"
    words = ("boolean", "true", "false", "yes", "no", "flag", "checkbox", "convert", "type")

    columns: Columns = Field(
        Columns(kind="text", names=()),
        title="Columns",
        description="The columns to read as yes or no.",
        json_schema_extra={"some": True},
    )
    true_words: tuple[str, ...] = Field(("yes", "y", "true", "t", "1"), title="Words for yes", description="Capitals do not matter.")
    false_words: tuple[str, ...] = Field(("no", "n", "false", "f", "0"), title="Words for no", description="Capitals do not matter.")
    blank: Literal["missing", "no"] = Field(
        "missing",
        title="An empty cell",
        description="In lists where x means yes, an empty cell means no.",
        json_schema_extra={"labels": {"missing": "stays missing", "no": "means no"}},
    )
    on_error: OnError = Field(
        "missing",
        title="If a value cannot be used",
        description="What happens to a word in neither list.",
        json_schema_extra={"labels": ON_ERROR_LABELS},
    )
    suffix: str = ending()
    overwrite: bool = replacing()

    @model_validator(mode="after")
    def _clear(self) -> "ParseBoolean":
        """Refuse words in both lists, empty words, and no words for yes."""
        yes, no = _plain(self.true_words), _plain(self.false_words)
        if both := yes & no:
            raise ValueError(f'"{min(both)}" is a word for yes and for no. Choose one')
        if "" in yes | no:
            raise ValueError('a word is empty. Use "An empty cell" for that')
        if not yes:
            raise ValueError("there is no word for yes. Add one")
        return self

    def fit(self, df: pd.DataFrame) -> Chosen:
        """The columns to make yes/no: with "keep the column as text" only those whose every word is known."""
        names = [n for n in self.columns.resolve(df) if self._readable(df, n)]
        if self.on_error == "keep_text":
            names = [n for n in names if not flags(self._read(arrow(df[n]))[1]).any()]
        return Chosen(columns=names)

    def apply(self, df: pd.DataFrame, fitted: Chosen) -> Outcome:
        """The table with yes/no values, and the words that are in neither list."""
        made, lines = {}, []
        for name in fitted.columns:
            if not self._readable(df, name):
                continue
            values, bad = self._read(arrow(df[name]))
            made[name] = column(values, df)
            if flags(bad).any():
                lines.append(rejects(df, name, flags(bad), "is in neither list of words"))
        stay = [n for n in self.columns.resolve(df) if n not in fitted.columns and self._readable(df, n)]
        noted = {f'Column "{in_note(name)}" stays as it is: not every word is in a list.': 1 for name in stay}
        table = placed(df, made, self.suffix, self.overwrite)
        lines += replaced(df, table, [n + self.suffix for n in made]) if self.suffix else []
        return Outcome(table, rejected=listed(lines), noted=noted)

    @property
    def rowwise(self) -> bool:
        """Each value is read by itself."""
        return True

    def describe(self) -> str:
        """The columns in words."""
        return f"Read {self.columns.describe()} as yes or no"

    def _readable(self, df: pd.DataFrame, name: str) -> bool:
        """Whether a column is to be read; StepError if it holds neither words nor whole numbers nor yes/no values."""
        of = type_of(df, name)
        if not (is_text(of) or pa.types.is_integer(of) or pa.types.is_boolean(of)):
            problem = f"holds {holds(of)}, not words or whole numbers"
            raise StepError(problem, column=name, remedy="Make it text first with Change column types.")
        return not pa.types.is_boolean(of)

    def _read(self, values: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
        """The values as yes/no, and where they are words in neither list."""
        words = dict.fromkeys(_plain(self.true_words), True) | dict.fromkeys(_plain(self.false_words), False)
        text = values if is_text(values.type) else shortest(values)
        empty = False if self.blank == "no" else None
        codes = text.combine_chunks().dictionary_encode()
        plain = [(v or "").strip(SPACES).casefold() for v in codes.dictionary.to_pylist()]
        made = pa.array([words.get(w) if w else empty for w in plain], pa.bool_()).take(codes.indices)
        bad = pa.array([bool(w) and w not in words for w in plain], pa.bool_()).take(codes.indices)
        return made if empty is None else pc.if_else(codes.indices.is_null(), empty, made), pc.fill_null(bad, False)


def _plain(words: Iterable[str]) -> set[str]:
    return {w.strip(SPACES).casefold() for w in words}
