"""Make column names tidy: one way of writing, plain letters, no name twice."""

import keyword
import re
import unicodedata
from typing import Literal

import pandas as pd
from pydantic import BaseModel, Field

from steps.base import Columns, Outcome, Step, require

WORDS = {"%": " percent ", "#": " number ", "&": " and "}  # signs that carry a meaning
LETTERS = str.maketrans({"ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L",
                         "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i"})  # fmt: skip
SQL = (
    "all and any as asc between by case check column create cross date default delete desc distinct drop else end exists false for foreign "
    "from full group having in index inner insert into is join key left like limit not null on or order outer primary right row select set "
    "table then to true union unique update user using values view when where with"
)
RESERVED = {*SQL.split(), *(k.lower() for k in keyword.kwlist)}


class Names(BaseModel):
    """The new name of each column whose name changes."""

    names: dict[str, str]


class CleanNames(Step):
    """The table with tidy column names: "Unit Price (€)" becomes unit_price.

    Words part at spaces, signs and changes of case; ``%``, ``#`` and ``&`` become percent, number and and. "snake" joins
    the words in lower case by "_", "camel" as unitPrice; "keep" leaves the case and joins by "_". Without ``plain``
    letters of every script stay; with it what is left without plain letters keeps its own letters. A name that starts
    with a digit gets "x" before it; a name already taken gets _2, _3. The names are kept for the next file.

    Raises StepError if a column is absent.
    """

    name = "clean_names"
    label = "Tidy column names"
    help = '"Unit Price (€)" becomes unit_price.'
    group = "Columns"
    kind = "structure"
    words = ("clean names", "snake case", "camel case", "header", "normalize", "janitor", "column names", "tidy")

    columns: Columns = Field(Columns(), title="Columns", description="The columns whose names are made tidy.")
    case: Literal["snake", "camel", "keep"] = Field(
        "snake",
        title="Way of writing",
        description="How the words of a name are joined.",
        json_schema_extra={"labels": {"snake": "unit_price", "camel": "unitPrice", "keep": "Unit_Price"}},
    )
    strip_accents: bool = Field(True, title="Letters without accents", description='"Prénom" becomes prenom, "Größe" grosse.')
    plain: bool = Field(
        True, title="Plain letters and digits only", description="No letters outside a to z.", json_schema_extra={"more": True}
    )
    avoid_reserved: bool = Field(
        False,
        title="Avoid words that SQL or Python reserve",
        description='"order" becomes order_.',
        json_schema_extra={"more": True},
    )
    max_length: int | None = Field(
        None, ge=1, title="Longest name", description="Longer names are cut to so many characters.", json_schema_extra={"more": True}
    )

    def fit(self, df: pd.DataFrame) -> Names:
        """The new names, which depend on each other where two would be alike."""
        chosen = self.columns.resolve(df)
        taken = set(df.columns) - set(chosen)
        made = {}
        for name in chosen:
            made[name] = self._free(self.tidy(name), taken)
            taken.add(made[name])
        return Names(names={old: new for old, new in made.items() if old != new})

    def apply(self, df: pd.DataFrame, fitted: Names) -> pd.DataFrame | Outcome:
        """The table with the new names."""
        for name in fitted.names:
            require(df, name)
        taken = {n for n in df.columns if n not in fitted.names} & set(fitted.names.values())
        if taken:  # a column that was not there when the names were made
            spare = set(df.columns) | set(fitted.names.values())
            names = {old: self._free(new, spare) if new in taken else new for old, new in fitted.names.items()}
        else:
            names = fitted.names
        return Outcome(df.rename(columns=names), renamed=names) if names else df

    @property
    def rowwise(self) -> bool:
        """Rows are not looked at."""
        return True

    def describe(self) -> str:
        """The rule in words."""
        way = {"snake": "like unit_price", "camel": "like unitPrice", "keep": "without spaces and signs"}[self.case]
        return f"Write the names of {self.columns.describe()} {way}"

    def tidy(self, name: str) -> str:
        """One name made tidy, whatever the others are called."""
        for sign, word in WORDS.items():
            name = name.replace(sign, word)
        if self.strip_accents:
            name = unicodedata.normalize("NFKD", name.translate(LETTERS))
            name = unicodedata.normalize("NFC", "".join(c for c in name if not unicodedata.combining(c)))
        words = self._words(name, "A-Za-z0-9") if self.plain else []
        words = words or self._words(name, r"^\W_") or ["column"]
        made = self._joined(words)
        made = f"x{made}" if made[0].isdigit() else made
        made = f"{made}_" if self.avoid_reserved and made.lower() in RESERVED else made
        return made if self.max_length is None else made[: self.max_length]

    def _words(self, name: str, letters: str) -> list[str]:
        """The words of a name, parted at what is none of the letters, and at changes of case."""
        name = re.sub(r"(?<=\w)['’](?=\w)", "", name)  # customer's: one word, with either apostrophe
        found = re.findall(f"[{letters}]+", name)
        if self.case == "keep":
            return found
        parted = [re.sub(r"([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])", lambda m: f"{m[1] or m[3]} {m[2] or ''}", word) for word in found]
        return " ".join(parted).split()

    def _joined(self, words: list[str]) -> str:
        if self.case == "keep":
            return "_".join(words)
        low = [w.lower() for w in words]
        return "_".join(low) if self.case == "snake" else low[0] + "".join(w[:1].upper() + w[1:] for w in low[1:])

    def _free(self, name: str, taken: set[str]) -> str:
        """The name, with a number where it is taken; not longer than allowed, as far as the number leaves room."""
        made, number = name, 1
        while made in taken:
            number += 1
            end = f"_{number}"
            made = (name if self.max_length is None else name[: max(1, self.max_length - len(end))]) + end
        return made
