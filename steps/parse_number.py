"""Read numbers that are written with thousands marks, currencies, units, percents or accounting signs."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field, model_validator

from steps.arrow import SPACES, arrow, column, flags, in_slices, per_unique, side_by_side, slices, text_bytes, whole
from steps.base import (
    NO_REJECTED,
    ON_ERROR_LABELS,
    ColumnName,
    Columns,
    OnError,
    Outcome,
    Step,
    StepError,
    holds_already,
    in_note,
    rejects,
    require_kind,
)  # fmt: skip
from steps.new_columns import ending, listed, placed, replaced, replacing
from steps.number_text import Read, Style, thousands_pattern


class Numbers(BaseModel):
    """The columns that are read, and those of them that stay text."""

    columns: list[str]
    stay: list[str] = []


POWERS = {1.0: "", **{float(f"1e{n}"): f"e{n}" for n in (-3, -2, -1, 1, 2, 3, 6, 9)}}  # what a percent or a "k" multiplies by, exactly


DIGITS = np.isin(np.arange(256), list(b"0123456789"))
MORE_THAN_ZERO = np.isin(np.arange(256), list(b"123456789.,"))  # bytes that a number with leading zeros does not begin with


class Made(NamedTuple):
    """A column read: its numbers and units, what could not be read, and what is to be said about it."""

    numbers: pa.Array | pa.ChunkedArray
    units: pa.Array | None
    rejected: pd.DataFrame
    doubtful: int
    currencies: dict[str, int]


class Part(NamedTuple):
    """As ``Made``, of a part of a column: the reasons against its values, and which may mean another number."""

    numbers: pa.Array
    units: pa.Array | None
    why: np.ndarray | None
    alike: np.ndarray
    currencies: Mapping[str, int]


class ParseNumber(Step):
    """Each chosen text column as double; with ``unit`` "column" its unit in a new text column beside it.

    A number has at most 15 significant digits, thousands marks in their places, and one sign. Currency signs and codes
    are taken off, and counted. "1,234" is read by the chosen marks, and such values
    are counted. Percents become fractions unless ``percent`` says otherwise. Blank text becomes missing; number columns
    stay as they are. Where the sign is a word, in the value or in ``sign_column``, its size is taken and signed anew.

    Raises StepError if a column is absent or holds no text or numbers, or has values with leading zeros, as ids do,
    unless these are allowed.
    """

    name = "parse_number"
    label = "Read numbers as written"
    help = "Numbers with currencies, thousands marks, percents, units or signs as words; what cannot be read is listed."
    group = "Columns"
    words = ("parse", "convert", "currency", "euro", "dollar", "thousands", "decimal comma", "percent", "units", "debit", "credit", "type")

    columns: Columns = Field(
        Columns(kind="text", names=()),
        title="Columns",
        description="The text columns to read as numbers.",
        json_schema_extra={"some": True},
    )
    decimal: Literal[".", ","] = Field(
        ".", title="Decimal mark", description="What stands before the decimals.", json_schema_extra={"labels": {".": "1.5", ",": "1,5"}}
    )
    thousands: Literal["other", "space", "apostrophe", "none"] = Field(
        "other",
        title="Thousands mark",
        description="What stands between groups of digits.",
        json_schema_extra={
            "labels": {"other": "The other of comma and point", "space": "1 234", "apostrophe": "1'234", "none": "There is none"}
        },
    )
    percent: Literal["fraction", "number", "refuse"] = Field(
        "fraction",
        title="Percents",
        description="What becomes of 12 %.",
        json_schema_extra={"labels": {"fraction": "0.12", "number": "12", "refuse": "It cannot be used"}},
    )
    unit: Literal["refuse", "column", "drop", "convert"] = Field(
        "refuse",
        title="Units",
        description="What becomes of the unit in 250 ml.",
        json_schema_extra={
            "labels": {
                "refuse": "It cannot be used", "column": "Put it in a column of its own", "drop": "Leave it off",
                "convert": "Convert by the list of units",
            }
        },
    )  # fmt: skip
    units: dict[str, float] = Field(
        default_factory=dict,
        title="List of units",
        description="What one of each unit is in the unit wanted: with l, ml is 0.001.",
        json_schema_extra={"key": "Unit", "value": "Factor", "when": {"unit": ["convert"]}},
    )
    multipliers: bool = Field(
        False, title="Read k, M and bn", description="As thousand, million and billion.", json_schema_extra={"more": True}
    )
    accounting: bool = Field(
        True, title="(5) and 5- are negative", description="As accounting programs write them.", json_schema_extra={"more": True}
    )
    allow_leading_zeros: bool = Field(
        False,
        title="Leading zeros may be lost",
        description="007 becomes 7. Ids and postcodes should stay text.",
        json_schema_extra={"more": True},
    )
    negative_words: tuple[str, ...] = Field(
        (), title="Words for minus", description="CR or H, for example: in the value or in the column of signs.",
        json_schema_extra={"more": True},
    )  # fmt: skip
    positive_words: tuple[str, ...] = Field(
        (), title="Words for plus", description="DR or S, for example.", json_schema_extra={"more": True}
    )
    sign_column: ColumnName | None = Field(
        None, title="Column of signs", description="A column with the words for plus and minus.", json_schema_extra={"more": True}
    )
    on_error: OnError = Field(
        "missing",
        title="If a value cannot be used",
        description="What happens to a value that is no number.",
        json_schema_extra={"labels": ON_ERROR_LABELS},
    )
    suffix: str = ending()
    overwrite: bool = replacing()

    @model_validator(mode="after")
    def _clear(self) -> "ParseNumber":
        """Refuse words with two meanings, factors that are none, and a column of signs without words."""
        minus, plus = ({w.strip().casefold() for w in words} for words in (self.negative_words, self.positive_words))
        if "" in minus | plus:
            raise ValueError("a word for plus or minus is empty")
        if both := minus & plus:
            raise ValueError(f'"{min(both)}" is a word for plus and for minus. Choose one')
        if self.sign_column is not None and not minus:
            raise ValueError("the column of signs needs at least one word for minus")
        if self.unit == "convert" and not self.units:
            raise ValueError("the list of units is empty. Add one, like ml and 0.001")
        for name, factor in self.units.items():
            if not 0 < factor < float("inf"):
                raise ValueError(f'the factor of "{name}" must be above 0')
        return self

    def fit(self, df: pd.DataFrame) -> Numbers:
        """The columns to read, and those that stay text."""
        found = Numbers(columns=self.columns.resolve(df))
        if self.sign_column is not None:
            require_kind(df, self.sign_column, "text")
        for name in found.columns:
            if holds_already(df, name, "number"):
                continue
            zeros = self._zeros(df, name)
            if len(zeros) and not self.allow_leading_zeros:
                problem = f'"{df[name][zeros[0]]}" starts with a zero, as ids and postcodes do; a number would lose it'
                remedy = 'Leave the column as text, or tick "Leading zeros may be lost".'
                raise StepError(problem, column=name, rows=zeros, remedy=remedy)
            if self.on_error == "keep_text" and len(self._read(df, name).rejected):
                found.stay.append(name)
        return found

    def apply(self, df: pd.DataFrame, fitted: Numbers) -> Outcome:
        """The table with its numbers, and the values that could not be read."""
        made: dict[str, pd.Series] = {}
        units: dict[str, pd.Series] = {}
        noted = {f'Column "{in_note(n)}" stays text: not every value could be read.': 1 for n in fitted.stay}
        lines = []
        for name in fitted.columns:
            if name in fitted.stay or holds_already(df, name, "number"):
                continue
            read = self._read(df, name)
            made[name] = column(read.numbers, df)
            lines.append(read.rejected)
            if read.units is not None:
                self._free(f"{name}_unit", df, name)
                units[f"{name}_unit"] = column(read.units, df)
            noted |= {f'{{n}} values of "{in_note(name)}" were in {c}, which is left off.': n for c, n in read.currencies.items()}
            if read.doubtful:
                mark, seen = ("decimals", self.decimal) if self.thousands != "other" else ("thousands", "," if self.decimal == "." else ".")
                noted[f'{{n}} values of "{in_note(name)}" like 1{seen}234 were read with the {mark} mark chosen.'] = read.doubtful
        lines = [x for x in lines if len(x)]
        table = placed(df, made, self.suffix, self.overwrite).assign(**units)
        lines += replaced(df, table, [n + self.suffix for n in made]) if self.suffix else []
        return Outcome(table, rejected=listed(lines), noted=noted)

    @property
    def rowwise(self) -> bool:
        """Each value is read by itself."""
        return True

    def describe(self) -> str:
        """The reading in words."""
        return f"Read {self.columns.describe()} as numbers, decimals after {'a point' if self.decimal == '.' else 'a comma'}"

    def _free(self, new: str, df: pd.DataFrame, name: str) -> None:
        if new in df.columns:
            raise StepError(f'there is already a column "{new}" for its units', column=name, remedy="Rename that column first.")

    def _style(self) -> Style:
        minus, plus = (frozenset(w.strip() for w in words) for words in (self.negative_words, self.positive_words))
        if self.sign_column is not None:
            minus, plus = frozenset(), frozenset()
        marks = thousands_pattern(self.thousands, self.decimal)
        zeros = self.allow_leading_zeros
        return Style(self.decimal, marks, self.percent, self.unit, self.units, self.multipliers, self.accounting, minus, plus, zeros)

    def _read(self, df: pd.DataFrame, name: str) -> Made:
        """The column read: plain numbers by Arrow, the others once for each different value."""
        values, read = arrow(df[name]), cache(self._style().read)
        parts = side_by_side(lambda part: self._part(whole(part), read), slices(values))
        numbers = pa.chunked_array([part.numbers for part in parts])
        why = None
        if self.sign_column is not None or any(part.why is not None for part in parts):
            why = np.concatenate([np.full(len(p.numbers), None, object) if p.why is None else p.why for p in parts])
        if self.sign_column is not None and why is not None:
            numbers, why = self._signed(df, numbers, why)
        alike = np.concatenate([part.alike for part in parts])
        doubt = int((alike & flags(numbers.is_valid())).sum()) if alike.any() else 0
        units = pa.chunked_array([part.units for part in parts]) if self.unit == "column" else None
        found = sum((Counter(part.currencies) for part in parts), Counter[str]())
        return Made(numbers, units, _rejected(df, name, why), doubt, dict(found))

    def _part(self, values: pa.Array, read: Callable[[str], Read]) -> Part:
        """A part of a column read."""
        plain, numbers = self._plain(values)
        odd = np.flatnonzero(~plain & flags(values.is_valid()))
        made, found, at = self._odd(values.take(pa.array(odd)) if len(odd) < len(values) else values, read)
        numbers = pc.replace_with_mask(numbers, _mask(odd, len(values)), made) if len(odd) < len(values) else made
        why = None
        if any(r.problem for r in found):
            why = np.full(len(values), None, object)
            why[odd] = np.array([r.problem for r in found], object)[at]
        units = None
        if self.unit == "column":
            given = pa.array([r.unit for r in found], pa.large_string()).take(pa.array(at))
            units = pc.replace_with_mask(pa.nulls(len(values), pa.large_string()), _mask(odd, len(values)), given)
        times = np.bincount(at, minlength=len(found)).tolist()
        money = Counter[str]()
        for r, n in zip(found, times, strict=True):
            if n and r.currency is not None and r.problem is None:
                money[r.currency] += n
        return Part(numbers, units, why, self._doubtful(values), money)

    def _doubtful(self, values: pa.Array) -> np.ndarray:
        """Where a mark may stand for thousands as well as for decimals."""
        mark = "," if (self.decimal == ".") == (self.thousands == "other") else "."
        asked = self.thousands == "other" or self.decimal == ","
        if not asked or not any((b == ord(mark)).any() for b in text_bytes(pa.chunked_array([values]))):
            return np.zeros(len(values), bool)
        return flags(pc.match_substring_regex(values, rf"(?:^|[^0-9.,])[1-9][0-9]{{0,2}}[{mark}][0-9]{{3}}(?:$|[^0-9.,])"))

    def _zeros(self, df: pd.DataFrame, name: str) -> np.ndarray:
        """The rows whose value is a number that starts with a zero."""
        some = df[name]
        may = ~MORE_THAN_ZERO[_outer_bytes(whole(arrow(some)), first=True)]
        some = some if may.all() else some.iloc[np.flatnonzero(may)]
        some = some[flags(in_slices(arrow(some), lambda part: pc.match_substring_regex(part, "^[^0-9.,]*0[0-9]")))]
        style = self._style()
        return some.index.to_numpy()[flags(per_unique(arrow(some), lambda text: style.read(text).zeros, pa.bool_()))]

    def _odd(self, values: pa.Array, reads: Callable[[str], Read]) -> tuple[pa.Array, list[Read], np.ndarray]:
        """Values that are not plain: their numbers, the different readings, and which of these each value has.

        What stands around a plain number is read once for each different surrounding, the rest once for each different value.
        """
        parts = pc.extract_regex(values, rf"^(?P<before>[^0-9.,]*)(?P<body>{self._body()})(?P<after>[^0-9.,'\x{{2019}}]*)$")
        before, body, after = (pc.struct_field(parts, name) for name in ("before", "body", "after"))
        around = pc.binary_join_element_wise(before, pa.scalar("1", pa.large_string()), after, pa.scalar("", pa.large_string()))
        codes = pc.fill_null(around, "").dictionary_encode()
        read = [reads(t) if t else None for t in codes.dictionary.to_pylist()]
        simple = [r is not None and (r.problem is not None or abs(r.number or 0) in POWERS) for r in read]
        easy = np.array(simple, bool)[codes.indices.to_numpy()]
        given = [r.number if r and s else None for r, s in zip(read, simple, strict=True)]
        sign = pa.array([None if n is None else 1.0 if n > 0 else -1.0 for n in given], pa.float64()).take(codes.indices)
        body = body if easy.all() else pc.if_else(pa.array(easy), body, pa.scalar(None, pa.large_string()))
        power = pa.array([POWERS.get(abs(n or 0), "") for n in given], pa.large_string())
        numbers = pc.multiply(self._cast(body, power.take(codes.indices) if any(p.as_py() for p in power) else None), sign)
        numbers = pc.if_else(pc.equal(numbers, 0.0), 0.0, numbers)
        hard = values.filter(pa.array(~easy)).dictionary_encode()
        slow = [reads(t) if t.strip(SPACES) else Read() for t in hard.dictionary.to_pylist()]
        numbers = pc.replace_with_mask(numbers, pa.array(~easy), pa.array([r.number for r in slow], pa.float64()).take(hard.indices))
        at = codes.indices.to_numpy().astype("int64")
        at[~easy] = hard.indices.to_numpy() + len(read)
        return numbers, [r or Read() for r in read] + slow, at

    def _plain(self, values: pa.Array) -> tuple[np.ndarray, pa.Array]:
        """Where values are plain numbers with the chosen marks, and these as doubles."""
        if not DIGITS[_outer_bytes(values, first=False)].any():
            return np.zeros(len(values), bool), pa.nulls(len(values), pa.float64())
        fits = flags(pc.match_substring_regex(values, f"^-?{self._body()}$"))
        made = self._cast(pc.if_else(pa.array(fits), values, pa.scalar(None, pa.large_string())))
        return fits, pc.if_else(pc.equal(made, 0.0), 0.0, made)

    def _body(self) -> str:
        """The pattern of a number of at most 15 digits with the chosen marks, without sign and leading zeros."""
        mark, point = thousands_pattern(self.thousands, self.decimal), re.escape(self.decimal)
        groups = f"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}}){{1,3}}|" if self.thousands == "other" else ""
        return f"(?:{groups}0|[1-9][0-9]{{0,11}})(?:{point}[0-9]{{1,3}})?"

    def _cast(self, text: pa.Array, power: pa.Array | None = None) -> pa.Array:
        """Numbers with the chosen marks, which are in their places, as doubles; times a power of ten, written "e-2"."""
        if self.thousands == "other":
            text = pc.replace_substring(text, "," if self.decimal == "." else ".", "")
        text = text if self.decimal == "." else pc.replace_substring(text, ",", ".")
        text = text if power is None else pc.binary_join_element_wise(text, power, pa.scalar("", pa.large_string()))
        return text.cast(pa.float64())

    def _signed(self, df: pd.DataFrame, numbers: pa.Array, why: np.ndarray) -> tuple[pa.Array, np.ndarray]:
        """The numbers with the signs that the words in the other column say."""
        words = {w.strip().casefold(): s for s, given in ((-1.0, self.negative_words), (1.0, self.positive_words)) for w in given}
        default = None if self.positive_words else 1.0
        sign = per_unique(arrow(df[self.sign_column]), lambda w: words.get((w or "").strip(SPACES).casefold(), default), pa.float64())
        known = flags(numbers.is_valid())
        why[known & ~flags(sign.is_valid())] = f'has no word for plus or minus in "{self.sign_column}"'
        return pc.multiply(pc.abs(numbers), sign), why


def _outer_bytes(values: pa.Array, first: bool) -> np.ndarray:
    """The first or the last byte of each text; 0 where it has none."""
    _, offsets, data = values.buffers()
    if not len(values) or data is None or not len(data):
        return np.zeros(len(values), np.uint8)
    ends = np.frombuffer(offsets, np.int64)[values.offset : values.offset + len(values) + 1]
    found = np.frombuffer(data, np.uint8).take(ends[:-1] if first else ends[1:] - 1, mode="clip")
    found[ends[1:] == ends[:-1]] = 0
    return found


def _mask(at: np.ndarray, length: int) -> pa.Array:
    mask = np.zeros(length, bool)
    mask[at] = True
    return pa.array(mask)


def _rejected(df: pd.DataFrame, name: str, why: np.ndarray | None) -> pd.DataFrame:
    """The values with a reason against them."""
    if why is None:
        return NO_REJECTED
    bad = pd.notna(why)
    lines = rejects(df, name, bad, "")
    return lines.assign(reason=column(pa.array(why[bad], pa.large_string()), lines))
