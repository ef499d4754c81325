"""Find and replace text or whole values."""

import re
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from steps.arrow import arrow, by_value, column, in_slices, is_text, per_unique
from steps.base import Chosen, Columns, Outcome, Step, StepError, holds, in_note, require, type_of
from steps.conditions.model import check_pattern
from steps.new_columns import ending, listed, placed, replaced, replacing
from steps.values import Value, read_value

LARGE = pa.large_string()
Match = Literal["usual", "part", "word", "whole", "regex"]


class FindReplace(Step):
    """Each chosen column with what was found replaced; the others untouched.

    ``usual`` looks for a part of a text, and for whole values in columns of other types: there 12 finds 12.0, and the
    replacement must be a value of the column. ``to_missing`` empties the whole cell. Patterns are RE2 (no look-around);
    ``\\1`` in the replacement is what the first bracket found. Missing values are not looked at (that is Fill missing
    values). Columns of other types chosen by kind are left where the text is no value of theirs. Cells found are counted.

    Raises StepError if a column is absent, or a column chosen by name cannot hold what is sought or put in its place.
    """

    name = "find_replace"
    label = "Find and replace"
    help = "Replace text or whole values in chosen columns."
    group = "Text"
    words = ("replace", "substitute", "search", "regex", "pattern", "change value", "correct", "delete text")
    blanks = True

    columns: Columns = Field(Columns(), title="Columns", description="Where to look.")
    find: str = Field(title="Find", description="The text, value or pattern to look for.")
    replace: str = Field("", title="Replace with", description="Nothing: what was found is taken out.")
    to_missing: bool = Field(False, title="Make the cell empty instead", description="A cell in which it is found has no value afterwards.")
    match: Match = Field(
        "usual",
        title="Look for",
        description="What must be equal.",
        json_schema_extra={
            "labels": {
                "usual": "a part of text, whole values in other columns",
                "part": "a part of the text",
                "word": "a whole word",
                "whole": "the whole cell",
                "regex": "a pattern (regular expression)",
            }
        },
    )
    case_sensitive: bool = Field(True, title="Upper and lower case differ", description='"a" does not find "A".')
    all_occurrences: bool = Field(
        True, title="Every place in a cell", description="Otherwise only the first one.", json_schema_extra={"more": True}
    )
    suffix: str = ending()
    overwrite: bool = replacing()

    @model_validator(mode="after")
    def _usable(self) -> "FindReplace":
        """Refuse an empty search, and a pattern or replacement that RE2 cannot use."""
        if not self.find and self.match != "whole":
            raise ValueError('write what to find; to find empty text, look for "the whole cell"')
        if self.match == "regex":
            check_pattern(self.find)
            try:
                pc.replace_substring_regex(pa.array([""], LARGE), self._pattern(), self.replace)
            except pa.ArrowInvalid as error:
                groups = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(\((?!\?)|\(\?P?<)").findall(self.find)
                count = sum(bool(g) for g in groups)
                raise ValueError(
                    f'"{self.replace}" cannot be put in: the groups of the pattern are \\1 to \\{count}'
                    if count else f'"{self.replace}" cannot be put in: the pattern has no brackets. Write \\\\ for a backslash'
                ) from error  # fmt: skip
        return self

    def fit(self, df: pd.DataFrame) -> Chosen:
        """The chosen columns; those chosen by kind only where the text can be looked for."""
        return Chosen(columns=[n for n in self.columns.resolve(df) if self._suits(n, type_of(df, n))])

    def apply(self, df: pd.DataFrame, fitted: Chosen) -> pd.DataFrame | Outcome:
        """The table with what was found replaced, and how many cells held it."""
        made, noted = {}, {}
        for name in fitted.columns:
            require(df, name)
            values = arrow(df[name])
            cells, after = self._sought(values, name)
            if self.suffix:
                made[name] = column(after, df)
            if not cells:
                continue
            noted[f'{{n}} cells of "{in_note(name)}" hold "{in_note(self.find)}".'] = cells
            if not after.equals(values):
                made[name] = column(after, df)
        table = placed(df, made, self.suffix, self.overwrite)
        lines = replaced(df, table, [n + self.suffix for n in made]) if self.suffix else []
        return Outcome(table, rejected=listed(lines), noted=noted) if noted or lines else table

    @property
    def rowwise(self) -> bool:
        """Each value is looked at by itself."""
        return True

    def describe(self) -> str:
        """The replacement in words."""
        to = "nothing (missing)" if self.to_missing else f'"{self.replace}"' if self.replace else "nothing"
        what = {"regex": "the pattern ", "word": "the word ", "whole": "the value "}.get(self.match, "")
        return f'Replace {what}"{self.find}" with {to} in {self.columns.describe()}'

    def _sought(self, values: pa.ChunkedArray, name: str) -> tuple[int, pa.ChunkedArray]:
        """How many cells hold what is looked for, and the column with it replaced."""
        if is_text(values.type) and self._how(values.type) == "part" and self.case_sensitive and not self.to_missing:
            if len(self.find.encode()) != len(self.replace.encode()):  # a cell that held it has another length then
                after = in_slices(values, self._in_text)
                return pc.sum(pc.not_equal(pc.binary_length(after), pc.binary_length(values))).as_py() or 0, after
            if self.find != self.replace:
                after = in_slices(values, self._in_text)
                return pc.sum(pc.not_equal(after, values)).as_py() or 0, after
        found = pc.fill_null(self._found(values), False)
        cells = pc.sum(found).as_py() or 0
        return cells, self._replaced(values, found, name) if cells else values

    def _how(self, of: pa.DataType) -> str:
        return self.match if self.match != "usual" else "part" if is_text(of) else "whole"

    def _suits(self, name: str, of: pa.DataType) -> bool:
        """Whether the column can hold what is sought; an error if it was chosen by name and cannot."""
        if is_text(of):
            return True
        if self._how(of) != "whole":
            if self.columns.names is None:
                return False
            raise StepError(f"holds {holds(of)}, not text", column=name, remedy='Look for "the whole cell".')
        try:
            read_value(self.find, of)
        except ValueError as error:
            if self.columns.names is None:
                return False
            raise StepError(f"cannot hold what is looked for: {error}", column=name) from error
        return True

    def _pattern(self) -> str:
        plain = self.find if self.match == "regex" else re.escape(self.find)
        return plain if self.case_sensitive else f"(?i){plain}"

    def _found(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        if not is_text(values.type):
            return pc.equal(values, pa.scalar(read_value(self.find, values.type), values.type))
        quick = self.case_sensitive and self._how(values.type) in ("part", "whole")
        return self._holds(values) if quick else in_slices(values, lambda part: by_value(part, self._holds))

    def _holds(self, values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        how = self._how(LARGE)
        if how == "whole":
            whole = pa.scalar(self.find, LARGE)
            return pc.equal(values, whole) if self.case_sensitive else pc.equal(pc.utf8_lower(values), pc.utf8_lower(whole))
        if how == "part" and self.case_sensitive:
            return pc.match_substring(values, self.find)
        if how == "word":
            before, after = (r"(?:^|[^\pL\pN_])" if self.find[0].isalnum() else "", r"(?:$|[^\pL\pN_])" if self.find[-1].isalnum() else "")
            return pc.match_substring_regex(values, before + re.escape(self.find) + after, ignore_case=not self.case_sensitive)
        return pc.match_substring_regex(values, self._pattern())

    def _replaced(self, values: pa.ChunkedArray, found: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
        if self.to_missing:
            return pc.if_else(found, pa.scalar(None, values.type), values)
        if not is_text(values.type) or self.match == "whole":
            return pc.if_else(found, pa.scalar(self._value(values.type, name), values.type), values)
        quick = self.case_sensitive and self._how(values.type) == "part"
        return in_slices(values, self._in_text if quick else lambda part: by_value(part, self._in_text))

    def _value(self, of: pa.DataType, name: str) -> Value:
        try:
            return read_value(self.replace, of)
        except ValueError as error:
            remedy = 'Choose "Make the cell empty instead", or change the type of the column first.'
            raise StepError(f"cannot hold the replacement: {error}", column=name, remedy=remedy) from error

    def _in_text(self, values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        most = {} if self.all_occurrences else {"max_replacements": 1}
        if self.match == "word":
            return self._words(values)
        if self.match == "regex":
            return pc.replace_substring_regex(values, self._pattern(), self.replace, **most)
        if self.case_sensitive:
            return pc.replace_substring(values, self.find, self.replace, **most)
        return pc.replace_substring_regex(values, self._pattern(), self.replace.replace("\\", "\\\\"), **most)

    def _words(self, values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """By Python, which can look at the sign beside a word; only the values that hold it, each once."""
        before, after = (r"(?<![^\W])" if self.find[0].isalnum() else "", r"(?![^\W])" if self.find[-1].isalnum() else "")
        word = re.compile(before + re.escape(self.find) + after, 0 if self.case_sensitive else re.IGNORECASE)
        whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        holds_it = pc.fill_null(self._holds(whole), False)
        count = 0 if self.all_occurrences else 1
        made = per_unique(pa.chunked_array([whole.filter(holds_it)]), lambda v: word.sub(lambda _: self.replace, v, count=count), LARGE)
        after_ = pc.replace_with_mask(whole, holds_it, made)
        return pa.chunked_array([after_]) if isinstance(values, pa.ChunkedArray) else after_
