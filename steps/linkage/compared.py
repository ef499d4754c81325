"""A column as rows are compared by it: each value in its plain form, and how many rows hold it."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import arrow, ascii_only, is_text
from steps.values import shortest

LONGEST = 400  # characters of a value that are compared
SHORT = 20  # characters on average: names, codes, numbers
SAMPLE = 2_000
AMOUNTS = 0.95  # share of the values that are numbers, and of those the share that has decimals
DECIMALS = 0.2
CODES, CODE_SPACES = 0.8, 2
ID_SHAPES = 10  # ways of writing, digits taken as one: an id has few
LARGE = pa.large_string()


@dataclass(frozen=True)
class Compared:
    """For each row the number of its value, -1 where it is missing; the different values in plain form, and how many rows hold each.

    ``amounts`` are the values as numbers where the column holds amounts, which are compared by size and not by their digits.
    """

    name: str
    codes: np.ndarray
    texts: np.ndarray
    counts: np.ndarray
    amounts: np.ndarray | None = None
    lengths: np.ndarray = field(init=False)
    digits: np.ndarray = field(init=False)  # nothing but digits and spaces
    mixed: np.ndarray = field(init=False)  # digits and other signs
    spaces: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        texts = pa.array(self.texts, LARGE)
        some = pc.match_substring_regex(texts, "[0-9]").to_numpy(zero_copy_only=False)
        digits = pc.match_substring_regex(texts, "^[0-9 ]+$").to_numpy(zero_copy_only=False)
        object.__setattr__(self, "lengths", pc.utf8_length(texts).to_numpy())
        object.__setattr__(self, "digits", digits)
        object.__setattr__(self, "mixed", some & ~digits)
        object.__setattr__(self, "spaces", pc.count_substring(texts, " ").to_numpy())

    @classmethod
    def of(cls, df: pd.DataFrame, name: str) -> "Compared":
        """The column of a table, compared without case, accents, punctuation and repeated spaces."""
        held = arrow(df[name]).combine_chunks().dictionary_encode()
        codes, different = held.indices.fill_null(-1).to_numpy().astype("int64"), held.dictionary
        written = different if is_text(different.type) else shortest(different)
        amounts = as_amounts(written)
        forms = plain(written)
        known = pc.fill_null(pc.not_equal(forms, ""), False)
        numbered = pc.if_else(known, forms, None).dictionary_encode()
        place = numbered.indices.fill_null(-1).to_numpy().astype("int64")
        texts = np.array(numbered.dictionary.to_pylist(), dtype=object)
        rows = np.r_[place, -1][codes]
        if amounts is not None:
            first = np.full(len(texts), len(place), "int64")
            np.minimum.at(first, place[place >= 0], np.flatnonzero(place >= 0))
            amounts = amounts[first]
        return cls(name, rows, texts, np.bincount(rows[rows >= 0], minlength=len(texts)), amounts)

    @property
    def known(self) -> int:
        """How many rows have a value."""
        return int(self.counts.sum())

    @property
    def short(self) -> bool:
        """Whether its values are names, codes or numbers, not sentences."""
        return bool(len(self.lengths)) and float(self.lengths[:SAMPLE].mean()) < SHORT

    @property
    def codes_things(self) -> bool:
        """Whether its values are codes or numbers: digits in most, of few words."""
        if self.amounts is not None or not len(self.texts):
            return False
        return float((self.digits | self.mixed).mean()) > CODES and float(self.spaces.mean()) <= CODE_SPACES

    @property
    def tells(self) -> bool:
        """Whether the column tells rows apart and may yet be the same in two: not the same everywhere, and no running number."""
        if len(self.texts) < 2:
            return False
        if len(self.texts) < self.known or self.amounts is not None:
            return True
        some = pa.array(self.texts[:SAMPLE], LARGE)
        shapes = pc.count_distinct(pc.replace_substring_regex(some, "[0-9]+", "9")).as_py()
        return not (pc.all(pc.match_substring_regex(some, "[0-9]")).as_py() and shapes < ID_SHAPES)


def plain(values: pa.LargeStringArray) -> pa.LargeStringArray:
    """The values in lower case, without accents; anything but letters and digits is one space."""
    cut = pc.utf8_slice_codeunits(values, 0, LONGEST)
    if ascii_only(pa.chunked_array([cut])):
        return pc.ascii_trim(pc.replace_substring_regex(pc.ascii_lower(cut), "[^a-z0-9]+", " "), " ")
    bare = pc.replace_substring_regex(pc.utf8_normalize(cut, "NFKD"), r"\pM+", "")
    return pc.utf8_trim(pc.replace_substring_regex(pc.utf8_lower(bare), r"[^\pL\pN]+", " "), " ")


def as_amounts(written: pa.LargeStringArray) -> np.ndarray | None:
    """The values as numbers if they are amounts: numbers, of which many have decimals."""
    read = pd.to_numeric(pd.Series(written.to_pylist(), dtype=object), errors="coerce").to_numpy("float64")
    known = ~written.is_null().to_numpy(zero_copy_only=False)
    finite = np.isfinite(read)
    if not known.any() or finite[known].mean() < AMOUNTS or (np.mod(read[finite], 1) != 0).mean() < DECIMALS:
        return None
    return read


def telling(df: pd.DataFrame, most: int) -> list[Compared]:
    """The columns that rows can be compared by, in table order; of more than ``most`` those with the most different values."""
    found = [c for c in (Compared.of(df, name) for name in df.columns) if c.tells]
    if len(found) <= most:
        return found
    places = sorted(range(len(found)), key=lambda at: -len(found[at].texts))[:most]
    return [found[at] for at in sorted(places)]
