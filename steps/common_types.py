"""One type for the values of several columns, where they come to stand in one."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import is_date, is_number
from steps.values import shortest

TEXT = pa.large_string()
EXACT = 2**53  # whole numbers up to here are doubles, too


def common_type(columns: list[pa.ChunkedArray]) -> pa.DataType:
    """The type that holds every value of the columns unchanged; text where they hold different kinds.

    Whole numbers and doubles are doubles if each whole number is one; dates and moments without zone are moments. A column
    without any value goes with every type.
    """
    types = list(dict.fromkeys(c.type for c in columns if c.null_count < len(c))) or [c.type for c in columns[:1]]
    if len(types) < 2:
        return types[0] if types else TEXT
    if all(is_number(t) for t in types) and not any(pa.types.is_decimal(t) for t in types):
        whole = [c for c in columns if pa.types.is_integer(c.type)]
        return pa.float64() if all(abs(x or 0) <= EXACT for c in whole for x in pc.min_max(c).as_py().values()) else TEXT
    if all(pa.types.is_decimal(t) or pa.types.is_integer(t) for t in types):
        scale = max(t.scale for t in types if pa.types.is_decimal(t))
        before = max(t.precision - t.scale if pa.types.is_decimal(t) else 19 for t in types)
        return pa.decimal128(38, scale) if before + scale <= 38 else TEXT
    if all(is_date(t) for t in types) and all(pa.types.is_date(t) or t.tz is None for t in types):
        return pa.timestamp("us")
    return TEXT


def bring(values: pa.ChunkedArray, to: pa.DataType) -> pa.ChunkedArray:
    """A column in the common type; ArrowInvalid if a value of another file does not go into it."""
    if values.type == to:
        return values
    if values.null_count == len(values):
        return pa.chunked_array([pa.nulls(len(values), to)])
    if pa.types.is_large_string(to):
        return shortest(values)
    if pa.types.is_decimal(to) and pa.types.is_integer(values.type):
        return values.cast(TEXT).cast(to)
    return values.cast(to)


def type_named(name: str) -> pa.DataType:
    """The type that ``str`` gave the name, as facts kept in a recipe hold it."""
    if found := re.fullmatch(r"decimal128\((\d+), (\d+)\)", name):
        return pa.decimal128(int(found[1]), int(found[2]))
    if found := re.fullmatch(r"timestamp\[us(?:, tz=(.+))?\]", name):
        return pa.timestamp("us", found[1])
    return {"large_string": TEXT, "int64": pa.int64(), "double": pa.float64(), "bool": pa.bool_(), "date32[day]": pa.date32()}[name]
