"""Arithmetic and the functions of numbers: whole numbers stay whole and exact, what has no answer is missing and listed."""

import math
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import decimal_to_float
from steps.expressions.types import Notes, Values, as_double, as_double_once, as_kind, common, side_by_side

LARGE = "the result is too large"
WIDE = pa.decimal256(38, 0)
EXACT = {"+": pc.add, "-": pc.subtract, "*": pc.multiply}
NUMPY = {"+": np.add, "-": np.subtract, "*": np.multiply}
CHECKED = {"+": pc.add_checked, "-": pc.subtract_checked, "*": pc.multiply_checked}


def arithmetic(sign: str, a: Values, b: Values, notes: Notes) -> pa.Array:
    """Two columns of numbers by + - * / or ^."""
    if sign in EXACT and a.kind == b.kind == "integer":
        return whole(lambda f: f(*side_by_side(a, b)), sign, a, b, notes)
    if a.fixed and b.fixed:
        x, y = as_double(a, notes), as_double(b, notes)
    else:
        x, y = as_double_once(a, notes), as_double_once(b, notes)
    if sign == "/":
        if not pc.any(pc.equal(pa.array([y.as_py()], y.type) if isinstance(y, pa.Scalar) else y, 0.0), min_count=0).as_py():
            return finite(pc.divide(x, y), x, notes)
        x, y = (pa.repeat(v, notes.rows) if isinstance(v, pa.Scalar) else v for v in (x, y))
        zero = notes.fail(pc.and_(pc.equal(y, 0.0), x.is_valid()), "division by zero", x)
        return finite(pc.divide(x, pc.if_else(zero, pa.scalar(None, pa.float64()), y)), x, notes)
    if sign == "^":
        return power(x, y, notes)
    if x.type != pa.float64() or y.type != pa.float64():
        return finite(EXACT[sign](x, y), x, notes)
    over = None if notes.careful else x if _free(a) else y if _free(b) else None
    made = _by_numpy(sign, x, y, over)
    if made is not None and over is not None and not _all_finite(made):
        raise Overwritten
    return finite(EXACT[sign](x, y) if made is None else made, x, notes)


class Overwritten(Exception):
    """An operand that would have to be shown was written over: to be worked out again with care."""


def _free(values: Values) -> bool:
    """Whether the doubles made of the values are held by nobody else."""
    return values.passing or (values.kind == "integer" and not values.fixed)


def _by_numpy(sign: str, x: pa.Array | pa.Scalar, y: pa.Array | pa.Scalar, over: pa.Array | None) -> pa.Array | None:
    """Doubles by + - or *, in half the time of Arrow; None where a value is missing.

    The result is written over values that nobody else holds, if there are such: new memory costs more than the calculation.
    """
    if any(not v.is_valid if isinstance(v, pa.Scalar) else v.null_count for v in (x, y)):
        return None
    a, b = (v.as_py() if isinstance(v, pa.Scalar) else v.to_numpy() for v in (x, y))
    buffer = over.buffers()[1] if over is not None and not over.offset else None
    into = np.frombuffer(buffer, "float64", len(over)) if over is not None and buffer is not None and buffer.is_mutable else None
    with np.errstate(all="ignore"):
        return pa.array(NUMPY[sign](a, b, out=into))


def whole(run: Callable[[Callable[..., pa.Array]], pa.Array], sign: str, a: Values, b: Values, notes: Notes) -> pa.Array:
    """Whole numbers exactly; beyond 64 bits the result is missing and listed."""
    try:
        return run(CHECKED[sign])
    except pa.ArrowInvalid:
        return to_whole(EXACT[sign](a.data.cast(pa.decimal256(19, 0)), b.data.cast(pa.decimal256(19, 0))), a.data, notes)


def to_whole(values: pa.Array, shown: pa.Array, notes: Notes) -> pa.Array:
    """Whole decimals or doubles as int64, missing and listed where they do not fit."""
    if pa.types.is_floating(values.type):
        fits = pc.and_(pc.greater_equal(values, -(2.0**63)), pc.less(values, 2.0**63))
    else:
        values = values.cast(pa.decimal256(76, 0))
        low, high = (pa.scalar(v, pa.int64()).cast(values.type) for v in (-(2**63), 2**63 - 1))
        fits = pc.and_(pc.greater_equal(values, low), pc.less_equal(values, high))
    bad = notes.fail(pc.invert(fits), LARGE, shown)
    return pc.if_else(bad, pa.scalar(None, values.type), values).cast(pa.int64())


def finite(values: pa.Array, shown: pa.Array | pa.Scalar, notes: Notes, reason: str = LARGE) -> pa.Array:
    """The doubles, missing and listed where they are not finite."""
    if _all_finite(values):
        return values
    shown = pa.repeat(shown, len(values)) if isinstance(shown, pa.Scalar) else shown
    bad = notes.fail(pc.invert(pc.is_finite(values)), reason, shown)
    return pc.if_else(bad, pa.scalar(None, pa.float64()), values)


def _all_finite(values: pa.Array) -> bool:
    """Whether no double is infinite or no number; a sum keeps both."""
    return math.isfinite(pc.sum(values).as_py() or 0) or bool(pc.all(pc.is_finite(values), min_count=0).as_py())


def power(x: pa.Array | pa.Scalar, y: pa.Array | pa.Scalar, notes: Notes) -> pa.Array:
    """The power; 0 to a negative one and a root of a negative number have no answer."""
    return finite(pc.power(x, y), x, notes, "has no such power, or it is too large")


def negative(a: Values, notes: Notes) -> pa.Array:
    """The number with the other sign."""
    if a.kind == "integer":
        zero = Values(pa.scalar(0, pa.int64()), "integer", True, notes.rows)
        return whole(lambda f: f(zero.given, a.data), "-", zero, a, notes)
    return pc.negate(as_kind(a, "number", notes) if a.kind == "nothing" else a.data)


def absolute(notes: Notes, a: Values) -> pa.Array:
    """The number without its sign."""
    if a.kind != "integer":
        return pc.abs(a.data)
    low = notes.fail(pc.equal(a.data, pa.scalar(-(2**63), pa.int64())), LARGE, a.data)
    return pc.abs(pc.if_else(low, pa.scalar(None, pa.int64()), a.data))


def total(notes: Notes, *parts: Values) -> pa.Array:
    """The sum of each row."""
    made, kind = parts[0].data, parts[0].kind
    for part in parts[1:]:
        made = arithmetic("+", Values(made, kind), part, notes)
        kind = "integer" if kind == part.kind == "integer" else "number"
    return as_double(parts[0], notes) if kind == "decimal" else made


def average(notes: Notes, *parts: Values) -> pa.Array:
    """The average of each row."""
    made, *rest = (as_double(p, notes) for p in parts)
    for data in rest:
        made = pc.add(made, data)
    large = notes.fail(pc.is_inf(made), "the sum is too large", parts[0].data)
    return pc.divide(pc.if_else(large, pa.scalar(None, pa.float64()), made), float(len(parts)))


def exponential(notes: Notes, a: Values) -> pa.Array:
    """e to a power."""
    made = pc.exp(as_double(a, notes))
    large = notes.fail(pc.is_inf(made), "the result is too large", a.data)
    return pc.if_else(large, pa.scalar(None, pa.float64()), made)


def smallest(notes: Notes, *parts: Values) -> pa.Array:
    """The smallest value of each row."""
    return _extreme(pc.less_equal, notes, parts)


def largest(notes: Notes, *parts: Values) -> pa.Array:
    """The largest value of each row."""
    return _extreme(pc.greater_equal, notes, parts)


def _extreme(wins: Callable[..., pa.Array], notes: Notes, parts: tuple[Values, ...]) -> pa.Array:
    kind = common(p.kind for p in parts)
    assert kind is not None
    made, *rest = (as_kind(p, kind, notes) for p in parts)
    for data in rest:
        made = pc.if_else(wins(made, data), made, data)  # missing if either is
    return made


def modulo(notes: Notes, a: Values, b: Values) -> pa.Array:
    """The rest of a division, with the sign of the divisor."""
    both = a.kind == b.kind == "integer"
    x, y = (a.data, b.data) if both else (as_double(a, notes), as_double(b, notes))
    zero = notes.fail(pc.and_(pc.equal(y, 0), x.is_valid()), "division by zero", x)
    missing = pc.or_(pc.or_(x.is_null(), y.is_null()), zero).to_numpy(zero_copy_only=False)
    top, by = pc.fill_null(x, 0).to_numpy(), np.where(missing, 1, pc.fill_null(y, 1).to_numpy())
    return pa.array(np.mod(top, by), x.type, mask=missing)


def integer(notes: Notes, a: Values) -> pa.Array:
    """The number rounded down to a whole one."""
    return a.data if a.kind == "integer" else to_whole(pc.floor(a.data), a.data, notes)


def root(notes: Notes, a: Values) -> pa.Array:
    """The square root."""
    x = as_double(a, notes)
    below = notes.fail(pc.less(x, 0.0), "a negative number has no square root", x)
    return pc.sqrt(pc.if_else(below, pa.scalar(None, pa.float64()), x))


def logarithm(notes: Notes, a: Values) -> pa.Array:
    """The natural logarithm."""
    return _log(pc.ln, notes, a)


def logarithm10(notes: Notes, a: Values) -> pa.Array:
    """The logarithm to base 10."""
    return _log(pc.log10, notes, a)


def _log(kernel: Callable[..., pa.Array], notes: Notes, a: Values) -> pa.Array:
    x = as_double(a, notes)
    below = notes.fail(pc.less_equal(x, 0.0), "zero and negative numbers have no logarithm", x)
    return kernel(pc.if_else(below, pa.scalar(None, pa.float64()), x))


def rounding(mode: str) -> Callable[..., pa.Array]:
    """A rounding function of numbers and a fixed number of decimals."""

    def run(notes: Notes, a: Values, digits: Values | None = None) -> pa.Array:
        places = 0 if digits is None else int(str(digits.one or 0))
        if a.kind == "decimal":
            return pc.round(a.data.cast(pa.decimal256(50, a.data.type.scale)), places, mode).cast(a.data.type)
        if a.kind == "integer":
            if places >= 0:
                return a.data
            return to_whole(pc.round(a.data.cast(WIDE), max(places, -20), mode), a.data, notes)
        return finite(_round_double(as_double(a, notes), places, mode), a.data, notes)

    return run


def _round_double(x: pa.Array, places: int, mode: str) -> pa.Array:
    """As the number is written: 1.005 is 1.01; beyond 1e15 there is nothing after the point.

    The kernel rounds the double; only where that may not be as written, near a limit, the written digits are rounded.
    """
    quick = pc.round(x, max(-20, min(places, 22)), mode)
    scaled = pc.multiply(x, 10.0 ** max(-20, min(places, 22)))
    off = pc.subtract(scaled, pc.floor(scaled))
    if mode == "half_towards_infinity":
        near = pc.less(pc.abs(pc.subtract(off, 0.5)), 1e-4)
    else:
        near = pc.or_(pc.less(off, 1e-4), pc.greater(off, 0.9999))
    doubtful = pc.fill_null(pc.or_(pc.or_(near, pc.greater(pc.abs(scaled), 2.0**36)), pc.invert(pc.is_finite(quick))), False)
    if places > 22:
        doubtful = pc.fill_null(x.is_valid(), False)
    if not pc.any(doubtful, min_count=0).as_py():
        return quick
    return pc.replace_with_mask(quick, doubtful, _round_written(x.filter(doubtful), places, mode))


def _round_written(x: pa.Array, places: int, mode: str) -> pa.Array:
    far = pc.greater_equal(pc.abs(x), 1e15) if places >= 0 else pc.greater_equal(pc.abs(x), 1e29)
    tiny = pc.less(pc.abs(x), 1e-25)
    exact = pc.if_else(pc.or_(far, tiny), 0.0, x).cast(pa.large_string()).cast(pa.decimal256(76, 45))
    return pc.if_else(far, x, decimal_to_float(pc.round(exact, max(-20, min(places, 44)), mode)))


def is_whole(values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """True where a number has no fraction."""
    if pa.types.is_integer(values.type):
        return pc.if_else(values.is_valid(), True, pa.scalar(None, pa.bool_()))
    return pc.and_(pc.equal(values, pc.floor(values)), pc.is_finite(values) if pa.types.is_floating(values.type) else True)
