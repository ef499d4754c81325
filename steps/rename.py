"""Give columns other names."""

from collections import Counter
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from steps.base import ColumnName, Columns, Outcome, Step, StepError, listing, require
from steps.conditions.model import check_pattern


class Rename(Step):
    """The table with other column names: those listed one by one, the other chosen ones by replacing, prefix and suffix.

    In a chosen column's name ``find`` (text, or an RE2 pattern whose groups are ``\\1``) is replaced everywhere, then
    prefix and suffix are added. Names may be swapped: only the names at the end count.

    Raises StepError if a column is absent, or two columns would have the same name or one none.
    """

    name = "rename"
    label = "Rename columns"
    help = "One by one, or many at once by replacing a part, a prefix or a suffix."
    group = "Columns"
    kind = "structure"
    words = ("column names", "header", "title", "prefix", "suffix", "label", "alias")

    names: dict[ColumnName, str] = Field(
        default_factory=dict,
        title="New names",
        description="Each column's new name.",
        json_schema_extra={"key": "Column", "value": "New name"},
    )
    columns: Columns = Field(Columns(), title="Columns", description="Where a part is replaced or added.", json_schema_extra={"more": True})
    find: str = Field("", title="Replace in the names", description="The part to replace, if any.", json_schema_extra={"more": True})
    match: Literal["text", "pattern"] = Field(
        "text",
        title="The part is",
        description="Text as it stands, or a pattern.",
        json_schema_extra={"labels": {"text": "Text", "pattern": "A pattern (RE2)"}, "more": True},
    )
    replace: str = Field("", title="With", description="What stands there instead; empty: nothing.", json_schema_extra={"more": True})
    prefix: str = Field("", title="Prefix", description="Put before the names.", json_schema_extra={"more": True})
    suffix: str = Field("", title="Suffix", description="Put after the names.", json_schema_extra={"more": True})

    @model_validator(mode="after")
    def _usable(self) -> "Rename":
        """Refuse empty names and patterns that cannot be used."""
        if empty := [old for old, new in self.names.items() if not new.strip()]:
            raise ValueError(f'the new name of "{empty[0]}" is empty. Write a name')
        if self.match == "pattern" and self.find:
            check_pattern(self.find)
            try:
                pc.replace_substring_regex(pa.array([""], pa.large_string()), self.find, self.replace)
            except pa.ArrowInvalid as error:
                raise ValueError(f'"{self.replace}" names a group that the pattern does not have. \\1 is the first group') from error
        return self

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame | Outcome:
        """The table with its new names."""
        for name in self.names:
            require(df, name)
        chosen = [n for n in self.columns.resolve(df) if n not in self.names] if self._many else []
        wanted = {**dict(zip(chosen, self._changed(chosen), strict=True)), **self.names}
        renamed = {old: new for old, new in wanted.items() if old != new}
        if not renamed:
            return df
        _refuse_collisions(df, renamed)
        return Outcome(df.rename(columns=renamed), renamed=renamed)

    @property
    def rowwise(self) -> bool:
        """Rows are not looked at."""
        return True

    def needs(self) -> list[str]:
        """The columns listed."""
        return list(self.names)

    def describe(self) -> str:
        """The new names in words, e.g. "Rename qty to quantity"."""
        parts = [listing([f"{old} to {new}" for old, new in self.names.items()])] if self.names else []
        chosen = self.columns.describe()
        if self.find:
            parts.append(f'in {chosen} "{self.find}" to "{self.replace}"')
        if self.prefix or self.suffix:
            parts.append(f"{chosen} to {self.prefix}…{self.suffix}")
        return f"Rename {', '.join(parts)}" if parts else "Rename no column"

    def code(self) -> str | None:
        """The same by pandas, if the names are listed."""
        return None if self._many else f"df = df.rename(columns={self.names!r})"

    @property
    def _many(self) -> bool:
        return bool(self.find or self.prefix or self.suffix)

    def _changed(self, names: list[str]) -> list[str]:
        """The names with a part replaced, prefix and suffix."""
        if self.find:
            replace = pc.replace_substring_regex if self.match == "pattern" else pc.replace_substring
            names = replace(pa.array(names, pa.large_string()), self.find, self.replace).to_pylist()
        return [f"{self.prefix}{n}{self.suffix}" for n in names]


def _refuse_collisions(df: pd.DataFrame, renamed: dict[str, str]) -> None:
    """Raise StepError if a name would be empty or stand twice."""
    for old, new in renamed.items():
        if not new.strip():
            raise StepError("would have no name", column=old, remedy="Leave it out, or give it a name.")
    after = Counter(renamed.get(n, n) for n in df.columns)
    for new, times in after.items():
        if times > 1:
            both = [n for n in df.columns if renamed.get(n, n) == new]
            many = "both" if times == 2 else "all"
            raise StepError(f'{listing(both)} would {many} be called "{new}"', remedy="Give each a name of its own.")
