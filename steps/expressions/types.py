"""What an expression works with: the kinds of values, what goes with what, and the values of one column of results."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import decimal_to_float, is_text
from steps.values import shortest

Kind = Literal["integer", "number", "decimal", "text", "yes_no", "date", "datetime", "nothing"]

NUMBERS: set[Kind] = {"integer", "number", "decimal"}
MOMENTS: set[Kind] = {"date", "datetime"}
WORDS: dict[Kind, str] = {
    "integer": "whole numbers", "number": "numbers", "decimal": "exact decimals", "text": "text", "yes_no": "yes/no values",
    "date": "dates", "datetime": "dates with times", "nothing": "nothing",
}  # fmt: skip
ARROW: dict[Kind, pa.DataType] = {
    "integer": pa.int64(), "number": pa.float64(), "decimal": pa.decimal128(38, 0), "text": pa.large_string(), "yes_no": pa.bool_(),
    "date": pa.date32(), "datetime": pa.timestamp("us"), "nothing": pa.large_string(),
}  # fmt: skip


def kind_of(of: pa.DataType) -> Kind:
    """The kind of values that an Arrow type holds."""
    kinds = pa.types
    if is_text(of):
        return "text"
    if kinds.is_integer(of):
        return "integer"
    if kinds.is_floating(of):
        return "number"
    if kinds.is_decimal(of):
        return "decimal"
    if kinds.is_boolean(of):
        return "yes_no"
    return "date" if kinds.is_date(of) else "datetime"


def common(kinds: Iterable[Kind]) -> Kind | None:
    """The kind that holds values of all these kinds, or None if there is none."""
    some = set(kinds) - {"nothing"}
    if len(some) < 2:
        return next(iter(some), "nothing")
    if some <= NUMBERS:
        return "number"
    return "datetime" if some == MOMENTS else None


@dataclass(frozen=True)
class Values:
    """The values of a part of an expression, one for each row; ``fixed`` if all rows have the one written there.

    A fixed value is given once, with the number of rows. ``passing`` are doubles that nobody else holds: they may be written over.
    """

    given: pa.Array | pa.Scalar
    kind: Kind
    fixed: bool = False
    rows: int = 0
    passing: bool = False

    @cached_property
    def data(self) -> pa.Array:
        """The value of each row."""
        return pa.repeat(self.given, self.rows) if isinstance(self.given, pa.Scalar) else self.given

    @property
    def plain(self) -> pa.Array | pa.Scalar:
        """What a kernel takes beside another column: a fixed value once, any other row by row."""
        return self.given[0] if self.fixed and isinstance(self.given, pa.Array) and len(self.given) else self.given

    @cached_property
    def one(self) -> object:
        """The value of every row, if it is fixed and there is a row."""
        if isinstance(self.given, pa.Scalar):
            return self.given.as_py() if self.rows else None
        return self.given[0].as_py() if self.fixed and len(self.given) else None


def side_by_side(*parts: Values) -> list[pa.Array | pa.Scalar]:
    """Values for a kernel of several columns, fixed ones once; row by row if all are fixed, or the result had no rows."""
    return [p.data for p in parts] if all(p.fixed for p in parts) else [p.plain for p in parts]


@dataclass
class Notes:
    """What happened on the way: values that could not be worked out, and counts to mention.

    With ``careful`` nothing is written over that may have to be shown.
    """

    rows: int
    as_of: date | None = None
    careful: bool = False
    fails: list[tuple[np.ndarray, str, pa.Array]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def fail(self, where: pa.Array, reason: str, shown: pa.Array) -> pa.Array:
        """List the values where the condition is true, and give the condition with missing taken as no."""
        where = pc.fill_null(where, False)
        if pc.any(where, min_count=0).as_py():
            self.fails.append((where.to_numpy(zero_copy_only=False), reason, shortest(shown)))
        return where

    def count(self, sentence: str, n: int) -> None:
        """Mention a count."""
        if n:
            self.counts[sentence] = self.counts.get(sentence, 0) + n


ROUNDED = "{n} numbers have more digits than a calculation with fractions keeps (about 15); they were rounded."


def as_double(values: Values, notes: Notes) -> pa.Array:
    """Numbers as float64; what has more digits than that holds is counted."""
    data = values.data
    if values.kind == "nothing":
        return pa.nulls(len(data), pa.float64())
    if values.kind == "integer":
        every = np.frombuffer(data.buffers()[1], "int64", data.offset + len(data))[data.offset :] if len(data) else np.zeros(1, "int64")
        made = data.cast(pa.float64(), safe=False) if data.null_count or not len(data) else pa.array(every.astype("float64"))
        if int(every.max()) >= 2**53 or int(every.min()) <= -(2**53):  # also of what lies under missing values: then they are counted
            notes.count(ROUNDED, pc.sum(pc.greater(pc.abs(made), 2.0**53)).as_py() or 0)
        return made
    if values.kind == "decimal":
        made = decimal_to_float(data)
        notes.count(ROUNDED, pc.sum(pc.greater(pc.abs(made), 10.0 ** (15 - data.type.scale))).as_py() or 0)
        return made
    return data


def as_double_once(values: Values, notes: Notes) -> pa.Array | pa.Scalar:
    """As ``as_double``; a fixed value once, counted for every row."""
    if not values.fixed or not notes.rows:
        return as_double(values, notes)
    counted = Notes(1)
    made = as_double(Values(pa.repeat(values.plain, 1), values.kind), counted)
    for sentence, n in counted.counts.items():
        notes.count(sentence, n * notes.rows)
    return made[0]


def as_kind(values: Values, kind: Kind, notes: Notes) -> pa.Array:
    """The values as another kind that holds them."""
    data = values.data
    if values.kind == "nothing":
        return pa.nulls(len(data), ARROW[kind])
    if kind == "number":
        return as_double(values, notes)
    if kind == "datetime":
        return as_wall(data)
    return data


def as_wall(data: pa.Array) -> pa.Array:
    """Dates and moments as timestamps on their wall clock, without zone."""
    if pa.types.is_timestamp(data.type) and data.type.tz is not None:
        data = pc.local_timestamp(data)
    return data.cast(pa.timestamp("us"))


def as_day(data: pa.Array) -> pa.Array:
    """Dates and moments as dates."""
    return data if pa.types.is_date(data.type) else pc.floor_temporal(as_wall(data), unit="day").cast(pa.date32())


def by_tuple(function: Callable[..., object], of: pa.DataType, *columns: pa.Array) -> pa.Array:
    """A Python function once for each different combination of values; missing where one of them is missing.

    For functions that Arrow has only with one fixed argument for the whole column.
    """
    codes = np.zeros(len(columns[0]), "int64")
    known = np.ones(len(codes), bool)
    for values in columns:
        coded = values.dictionary_encode()
        at = pc.fill_null(coded.indices, 0).to_numpy(zero_copy_only=False).astype("int64")
        known &= values.is_valid().to_numpy(zero_copy_only=False)
        codes = pd.factorize(codes * max(1, len(coded.dictionary)) + at)[0]
    codes = pd.factorize(np.where(known, codes, -1))[0]
    _, first = np.unique(codes, return_index=True)
    found = zip(*(v.take(pa.array(first)).to_pylist() for v in columns), strict=True)
    return pa.array([None if None in given else function(*given) for given in found], of).take(pa.array(codes))
