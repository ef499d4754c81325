"""Any Arrow column to the types a table holds: exact, or as text and said; nothing is rounded or cut."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.columnar.values import json_text

TEXT, MICROS, STAMP = pa.large_string(), 1_000_000, pa.timestamp("us")
DAY = 86_400
FIRST, LAST = -719_162 * DAY, 2_932_897 * DAY  # seconds of the years 1 to 9999, those a page can show
LARGEST = 2**63 - 1
DIGITS = 38  # of a 128-bit decimal


class Column(NamedTuple):
    """A column in a type a table holds; what is to be said; places of values that no table can hold, with their text."""

    values: pa.ChunkedArray
    said: str = ""
    lost: tuple[tuple[int, str], ...] = ()
    nan: int = 0


def settled(values: pa.ChunkedArray) -> Column:
    """The column in the type that holds it exactly; text where none does."""
    of = values.type
    if isinstance(of, pa.BaseExtensionType):
        return extension(values)
    if pa.types.is_dictionary(of):
        return settled(decoded(values, of.value_type))
    if pa.types.is_run_end_encoded(of):
        return settled(pa.chunked_array([pc.run_end_decode(c) for c in values.chunks], of.value_type))
    for fits, change in CHANGES:
        if fits(of):
            return change(values)
    if pa.types.is_nested(of):
        kept = texts(values, json_text)
        return Column(kept, f"holds {kind(of)} ({len(kept) - kept.null_count:,}); they are kept as JSON text")
    return Column(texts(values, str), f"is of the type {of}, which a table does not hold; it is read as text")


def kind(of: pa.DataType) -> str:
    """What people call nested values."""
    if pa.types.is_union(of):
        return "values of several types"
    return "objects" if pa.types.is_struct(of) else "lists of keys and values" if pa.types.is_map(of) else "lists"


def decoded(values: pa.ChunkedArray, of: pa.DataType) -> pa.ChunkedArray:
    """Categories as the values they stand for."""
    return pa.chunked_array([c.dictionary_decode() for c in values.chunks], of)


def texts(values: pa.ChunkedArray, text: Callable[[object], str]) -> pa.ChunkedArray:
    """Values one by one as text: the types are rare and Arrow has no words for them."""
    return pa.chunked_array([pa.array([None if v is None else text(v) for v in c.to_pylist()], TEXT) for c in values.chunks], TEXT)


def extension(values: pa.ChunkedArray) -> Column:
    """A type of somebody's own by the values it is kept as; a UUID as people write it."""
    name = values.type.extension_name
    kept = pa.chunked_array([c.storage for c in values.chunks], values.type.storage_type)
    if name == "arrow.uuid":
        hexes = pa.chunked_array([hex_texts(c) for c in kept.chunks], TEXT)
        return Column(pc.replace_substring_regex(hexes, r"^(.{8})(.{4})(.{4})(.{4})(.{12})$", r"\1-\2-\3-\4-\5"))
    if name == "arrow.bool8":
        return Column(pc.not_equal(kept, 0))
    if name == "arrow.json":
        return settled(kept)
    found = settled(kept)
    return found._replace(said=found.said or f'is of the type "{name}"; it is read as what it is kept as')


def whole(values: pa.ChunkedArray) -> Column:
    """Whole numbers as int64; larger ones as decimals."""
    if values.type == pa.uint64() and len(values) and (pc.max(values).as_py() or 0) > LARGEST:
        said = "holds whole numbers beyond 9,223,372,036,854,775,807; they are read as exact decimals"
        return Column(values.cast(pa.decimal128(20, 0)), said)
    return Column(values.cast(pa.int64()))


def floating(values: pa.ChunkedArray) -> Column:
    """Numbers as doubles, each exactly; NaN is missing, infinity is missing and listed."""
    said = ""
    if values.type == pa.float64():
        doubles = values
    else:
        exact = values.cast(pa.float32())
        doubles = exact.cast(TEXT).cast(pa.float64())
        if pc.any(pc.and_(pc.not_equal(doubles, exact.cast(pa.float64())), pc.is_finite(doubles))).as_py():
            said = "holds numbers of few digits (32 bits or less); each is read as it is written, 0.1 and not 0.10000000149"
    nan, infinite = pc.is_nan(doubles), pc.is_inf(doubles)
    count = pc.sum(nan).as_py() or 0
    lost: tuple[tuple[int, str], ...] = ()
    if pc.any(infinite).as_py():
        at = np.flatnonzero(np.asarray(pc.fill_null(infinite, False)))
        signs = doubles.take(pa.array(at)).to_pylist()
        lost = tuple((int(p), "Infinity" if v > 0 else "-Infinity") for p, v in zip(at, signs, strict=True))
    if count or lost:
        doubles = pc.if_else(pc.or_(nan, infinite), pa.scalar(None, pa.float64()), doubles)
    return Column(doubles, said, lost, count)


def decimal(values: pa.ChunkedArray) -> Column:
    """Decimals of any width as 128 bits wide if they fit, else as text."""
    of = values.type
    if of.scale < 0 or of.scale > DIGITS or of.precision > DIGITS:
        try:
            return Column(values.cast(pa.decimal128(DIGITS, min(max(of.scale, 0), DIGITS))))
        except pa.ArrowInvalid:
            return Column(texts(values, "{:f}".format), f"holds decimals of up to {of.precision} digits; they are read as text")
    return Column(values if pa.types.is_decimal128(of) else values.cast(pa.decimal128(of.precision, of.scale)))


def text(values: pa.ChunkedArray) -> Column:
    """Text of any layout."""
    return Column(values.cast(TEXT))


def binary(values: pa.ChunkedArray) -> Column:
    """Bytes as text if they are UTF-8 throughout, else in hex."""
    plain = values.cast(pa.large_binary())
    try:
        return Column(plain.cast(TEXT), "holds bytes; they are read as UTF-8 text")
    except pa.ArrowInvalid:
        return Column(pa.chunked_array([hex_texts(c) for c in plain.chunks], TEXT), "holds bytes; they are shown as hex digits")


def hex_texts(values: pa.Array) -> pa.Array:
    """Bytes in hex."""
    return pa.array([None if v is None else v.hex() for v in values.to_pylist()], TEXT)


def day(values: pa.ChunkedArray) -> Column:
    """Dates; those kept in milliseconds as date and time if they have a time."""
    if values.type == pa.date32():
        return Column(values) if in_years(values.cast(pa.int32()), DAY) else far(values, "D")
    return stamp(values.cast(pa.timestamp("ms")), whole_days=True)


def stamp(values: pa.ChunkedArray, whole_days: bool = False) -> Column:
    """Moments in microseconds, with their zone; text where that would cut digits or the year has more than four."""
    of = values.type
    zone, said = known_zone(of.tz)
    per_second = {"s": 1, "ms": 1_000, "us": MICROS, "ns": 1_000_000_000}[of.unit]
    raw = values.cast(pa.int64())
    if not in_years(pc.divide(raw, per_second), margin=DAY if of.tz else 0):
        return far(values, of.unit)
    if of.unit == "ns" and pc.any(pc.not_equal(pc.subtract(raw, pc.multiply(pc.divide(raw, 1000), 1000)), 0)).as_py():
        return Column(values.cast(TEXT), "holds moments exact to the nanosecond; they are read as text, so that no digit is lost")
    found = values.cast(pa.timestamp("us", of.tz)).cast(pa.timestamp("us", zone))
    if whole_days:
        days = found.cast(pa.date32(), safe=False)
        if pc.all(pc.equal(days.cast(STAMP), found)).as_py() is not False:
            return Column(days)
    return Column(found, said)


def in_years(seconds: pa.ChunkedArray, unit: int = 1, margin: int = 0) -> bool:
    """Whether all moments lie in the years 1 to 9999."""
    low, high = pc.min(seconds).as_py(), pc.max(seconds).as_py()
    return low is None or (low * unit >= FIRST + margin and high * unit < LAST - margin)


def far(values: pa.ChunkedArray, unit: str) -> Column:
    """Dates beyond the years 1 to 9999 as text."""
    raw = values.cast(pa.int32()).cast(pa.int64()) if unit == "D" else values.cast(pa.int64())

    def shown(ticks: object) -> str:
        return str(np.array(int(str(ticks)), f"datetime64[{unit}]")).replace("T", " ")

    return Column(texts(raw, shown), "holds dates beyond the years 1 to 9999; they are read as text")


def known_zone(zone: str | None) -> tuple[str | None, str]:
    """The zone, or UTC and a word if nobody knows it."""
    if zone is None:
        return None, ""
    try:
        pa.scalar(0, pa.timestamp("us", zone)).as_py()
    except (ValueError, KeyError, OSError, pa.ArrowException):
        return "UTC", f'is in the time zone "{zone}", which is not known here; the same moments are shown in UTC'
    return zone, ""


def clock(values: pa.ChunkedArray) -> Column:
    """Times of day as text, as in workbooks."""
    shown = pc.replace_substring_regex(values.cast(TEXT), r"\.0+$|(\.\d*?[1-9])0+$", r"\1")
    return Column(shown, "holds times; they are read as text")


def duration(values: pa.ChunkedArray) -> Column:
    """Durations as text: h:mm:ss, hours may exceed 24, parts of a second where there are any."""
    digits = {"s": 0, "ms": 3, "us": 6, "ns": 9}[values.type.unit]

    def shown(ticks: object) -> str:
        sign, size = ("-", -int(str(ticks))) if int(str(ticks)) < 0 else ("", int(str(ticks)))
        seconds, part = divmod(size, 10**digits)
        rest = f".{part:0{digits}}".rstrip("0") if part else ""
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{rest}"

    return Column(texts(values.cast(pa.int64()), shown), "holds durations; they are read as text")


def nothing(values: pa.ChunkedArray) -> Column:
    """A column without any value."""
    return Column(pa.chunked_array([pa.nulls(len(values), TEXT)], TEXT))


CHANGES: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.ChunkedArray], Column]], ...] = (
    (pa.types.is_boolean, Column),
    (pa.types.is_integer, whole),
    (pa.types.is_floating, floating),
    (pa.types.is_decimal, decimal),
    (lambda of: pa.types.is_string(of) or pa.types.is_large_string(of) or pa.types.is_string_view(of), text),
    (
        lambda of: (
            pa.types.is_binary(of) or pa.types.is_large_binary(of) or pa.types.is_fixed_size_binary(of) or pa.types.is_binary_view(of)
        ),
        binary,
    ),
    (pa.types.is_date, day),
    (pa.types.is_timestamp, stamp),
    (pa.types.is_time, clock),
    (pa.types.is_duration, duration),
    (pa.types.is_null, nothing),
)
