"""Make the rows of a group agree in a column that another column tells."""

from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, JsonValue, model_validator
from rapidfuzz.distance import OSA

from steps.agreeing import agreed
from steps.arrow import SPACES, arrow, column, is_text
from steps.base import ColumnName, Columns, Outcome, Step, StepError, in_note, require
from steps.grouping import first_rows, without_blanks
from steps.scaling import group_codes

REPLACE: dict[str, JsonValue] = {
    "rare": "Values that are nowhere the commonest", "any": "All that differ", "none": "None: only fill missing values",
}  # fmt: skip
NO_CHANCE = 2.5  # logarithm of how seldom so many rows would agree by chance: once in twelve times
NEARLY = 0.25  # share of the letters that a slip changes at most
SEVERAL = 0.1  # a value that more than this share of its group has, and not only one row, is no slip


class MakeAgree(Step):
    """The column with the few values that differ from what the rest of their group agrees on replaced by it; the others untouched.

    The rows with the same value in a column of ``by`` are a group. A group of at least ``min_rows`` rows with a value, of which at
    least ``share`` have the same one, names that value for its rows. A cell is replaced where all columns of ``by`` that name a
    value name the same one and the cell holds another one: one that is the commonest of no group ("rare"), or any. In either case it
    must stand in only one row of its group or in at most a tenth of it, and be written nearly alike or face more rows that agree
    than chance brings together (in a column that says "yes" nearly everywhere, a few that agree say nothing); with ``alike`` it must
    be written nearly alike. Where a single column speaks against a value that tells that column otherwise, nothing is replaced: it
    cannot be said which of the two is wrong; of several columns two must speak. Blank text counts as missing; missing values stay
    missing unless ``fill_missing``, and a missing value of ``by`` tells nothing. With ``together`` the columns of ``by`` make one
    group only together. Worked out afresh from the rows of each file.

    Raises StepError if a column is absent, or ``by`` names no other column.
    """

    name = "make_agree"
    label = "Make columns agree"
    help = "Where one column tells another, like postcode and city, replace the few values that differ by the commonest."
    group = "Text"
    words = ("dependency", "functional", "majority", "most frequent", "inconsistent", "contradict", "repair", "mode by group", "vote")

    column: ColumnName = Field(title="Column to mend", description="The column whose odd values are replaced.")
    by: Columns = Field(
        Columns(names=()), title="Told by", description="Columns that each tell its value, like the postcode the city.",
        json_schema_extra={"some": True},
    )  # fmt: skip
    replace: Literal["rare", "any", "none"] = Field(
        "rare", title="Replace", description="Which of the values that differ.", json_schema_extra={"labels": REPLACE}
    )
    alike: bool = Field(False, title="Only values written nearly alike", description="Such as Brelin for Berlin: mistyped ones.")
    fill_missing: bool = Field(False, title="Fill missing values, too", description="With the value that the rows around agree on.")
    min_rows: int = Field(3, ge=2, title="Rows that are needed", description="With fewer rows a group tells nothing.")
    share: float = Field(0.8, gt=0.5, le=1, title="Share that must agree", description="0.8: four rows in five.")
    together: bool = Field(
        False,
        title="Only together",
        description="The columns tell the value together, not each by itself.",
        json_schema_extra={"more": True},
    )

    @model_validator(mode="after")
    def _does_something(self) -> "MakeAgree":
        """Refuse settings under which nothing could change."""
        if self.replace == "none" and not self.fill_missing:
            raise ValueError("choose which values are replaced, or fill missing values")
        return self

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame | Outcome:
        """The table with the column mended, and how many of its values still differ from what a column tells."""
        require(df, self.column)
        by = [n for n in self.by.resolve(df) if n != self.column]
        if not by:
            raise StepError("is told by no other column", column=self.column, remedy="Choose the columns that tell its value.")
        values = without_blanks(df, self.column).combine_chunks()
        codes = _codes(values)
        named = self._named(df, by, values, codes)
        change = (named >= 0) & (named != codes) & np.where(codes < 0, self.fill_missing, named != -2)
        left = int(np.count_nonzero((named == -2) & (codes >= 0)))
        noted = {f'{{n}} values of "{in_note(self.column)}" differ from what is told and stay.': left} if left else {}
        if not change.any():
            return Outcome(df, noted=noted) if noted else df
        first = first_rows(codes[codes >= 0])
        place = np.flatnonzero(codes >= 0)[first]
        source = pa.array(np.where(change, place[np.where(change, named, 0)], np.arange(len(df))))
        held = arrow(df[self.column]).combine_chunks()
        made = column(pa.chunked_array([held.take(source)]), df)
        return Outcome(df.assign(**{self.column: made}), noted=noted)

    def describe(self) -> str:
        """The rule in words."""
        told = f"{self.by.describe()}{' together' if self.together else ''}"
        if self.replace == "none":
            return f"Fill missing values of {self.column} as told by {told}"
        only = ", where it is nearly alike" if self.alike else ""
        return f"Make {self.column} agree with what is told by {told}{only}{', missing values filled' if self.fill_missing else ''}"

    def _named(self, df: pd.DataFrame, by: list[str], values: pa.Array, codes: np.ndarray) -> np.ndarray:
        """For each row the value to put in: -1 if none is named; -2 if one is, and the row's own stays nevertheless."""
        groups = [_together(df, by)] if self.together else [_codes(without_blanks(df, n).combine_chunks()) for n in by]
        named, speak, against = np.full(len(df), -1, "int64"), np.zeros(len(df), "int64"), np.zeros(len(df), bool)
        slip, home = np.ones(len(df), bool), np.zeros(int(codes.max(initial=-1)) + 1, bool)
        agree = np.zeros(len(df), "int64")
        for own in groups:
            found = agreed(own, codes)
            clear = found.clear(self.min_rows, self.share)
            home[clear[clear >= 0]] = True
            says = np.append(clear, -1)[own]
            against |= (says >= 0) & (named >= 0) & (says != named)
            named = np.where(says >= 0, says, named)
            speak += says >= 0
            agree = np.maximum(agree, np.where(says >= 0, np.append(found.most, 0)[own], 0))
            rows = np.append(found.rows, 0)[own]
            slip &= (says < 0) | (found.row_count <= np.maximum(1, SEVERAL * rows))
        named[against] = -1
        if self.replace == "any" and len(groups) > 1:
            named[speak < 2] = -1
        chance = (named >= 0) & (named != codes) & (agree * _surprise(codes)[named] < NO_CHANCE)
        named[chance & (codes < 0)] = -1
        differs = (named >= 0) & (codes >= 0) & (named != codes)
        doubtful = differs & (chance | self.alike)
        stays = differs & (~slip | (doubtful & ~_alike(values, codes, named, doubtful)))
        if self.replace == "none":
            stays = differs
        elif self.replace == "rare":
            stays |= differs & _elsewhere(values, home, codes, named)
        elif not self.together:
            stays |= differs & (speak == 1) & self._told_back(groups, codes)
        named[stays] = -2
        return named

    def _told_back(self, groups: list[np.ndarray], codes: np.ndarray) -> np.ndarray:
        """Rows whose value tells one of the other columns otherwise than it stands there."""
        otherwise = np.zeros(len(codes), bool)
        for own in groups:
            clear = agreed(codes, own).clear(self.min_rows, self.share)
            says = np.append(clear, -1)[codes]
            otherwise |= (says >= 0) & (own >= 0) & (says != own)
        return otherwise


def _surprise(codes: np.ndarray) -> np.ndarray:
    """For each different value how little it is to be expected in a row: the logarithm of one by its share; the last for none."""
    counts = np.bincount(codes[codes >= 0])
    return np.append(-np.log(np.maximum(counts, 1) / max(1, int(counts.sum()))), 0.0)


def _alike(values: pa.Array, codes: np.ndarray, named: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Rows whose value is written nearly like the one named, of those asked about; other digits are another thing."""
    alike = np.zeros(len(codes), bool)
    at = np.flatnonzero(where)
    if not len(at) or not is_text(values.type):
        return alike
    words = values.dictionary_encode().dictionary
    pairs, which = np.unique(np.stack([codes[at], named[at]]), axis=1, return_inverse=True)
    both = zip(words.take(pa.array(pairs[0])).to_pylist(), words.take(pa.array(pairs[1])).to_pylist(), strict=True)
    alike[at] = np.array([_slip(a, b) for a, b in both], bool)[which.ravel()]
    return alike


def _slip(word: str, right: str) -> bool:
    """Whether a text may be another mistyped."""
    most = max(1, int(NEARLY * len(right)))
    other_digits = sum(c.isdigit() for c in word) >= sum(c.isdigit() for c in right) and any(c.isdigit() for c in right)
    return len(right) > 1 and not other_digits and int(OSA.distance(word, right, score_cutoff=most)) <= most


def _elsewhere(values: pa.Array, home: np.ndarray, codes: np.ndarray, named: np.ndarray) -> np.ndarray:
    """Rows whose value is the commonest of another group, capitals and spaces aside."""
    words = values.dictionary_encode().dictionary
    if not len(words) or not is_text(words.type):
        return np.append(home, False)[codes]
    plain = _codes(pc.utf8_lower(pc.utf8_trim(words, SPACES)))
    known = np.zeros(len(words), bool)
    known[plain[home]] = True
    return known[plain[codes]] & (plain[codes] != plain[named])


def _codes(values: pa.Array) -> np.ndarray:
    """A number for each different value, -1 for missing."""
    codes = values.dictionary_encode().indices
    return pc.fill_null(codes, -1).to_numpy(zero_copy_only=False).astype("int64")


def _together(df: pd.DataFrame, by: list[str]) -> np.ndarray:
    """The group of each row by several columns; -1 where one of them is missing."""
    gap = np.zeros(len(df), bool)
    for name in by:
        gap |= without_blanks(df, name).is_null().to_numpy()
    return np.where(gap, -1, group_codes(df, by))
