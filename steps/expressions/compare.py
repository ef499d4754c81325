"""Comparisons of numbers that are exact whatever the types: no integer is rounded to meet a double."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

COMPARE = {
    "equals": pc.equal, "not_equals": pc.not_equal, "less": pc.less, "at_most": pc.less_equal, "greater": pc.greater,
    "at_least": pc.greater_equal,
}  # fmt: skip


def compare(op: str, values: pa.ChunkedArray, number: int | float | str | bool | None) -> pa.ChunkedArray:
    """Exactly, whatever the number: one the type cannot hold lies between its two neighbours."""
    below, above = nearest(number, values.type)
    if below is not None and below == above:
        return COMPARE[op](values, pa.scalar(below, values.type))
    limit, kernel, beyond = {
        "equals": (None, None, False), "not_equals": (None, None, True), "less": (below, pc.less_equal, above is None),
        "at_most": (below, pc.less_equal, above is None), "greater": (above, pc.greater_equal, below is None),
        "at_least": (above, pc.greater_equal, below is None),
    }[op]  # fmt: skip
    if limit is None or kernel is None:
        return pc.if_else(values.is_valid(), beyond, pa.scalar(None, pa.bool_()))
    return kernel(values, pa.scalar(limit, values.type))


def nearest(number: object, of: pa.DataType) -> tuple[int | float | Decimal | None, int | float | Decimal | None]:
    """The largest value of the type up to a number and the smallest from it on; None where the type ends before."""
    # 0.1 compared with an exact decimal means 0.1, not the double nearest to it
    exact = Fraction(number if isinstance(number, float) and pa.types.is_floating(of) else str(number))
    if pa.types.is_integer(of):
        below, above = math.floor(exact), math.ceil(exact)
        least, most = -(2**63), 2**63 - 1
        return (min(below, most) if below >= least else None), (max(above, least) if above <= most else None)
    if pa.types.is_decimal(of):
        unit, most = Fraction(1, 10**of.scale), 10**of.precision - 1
        low, high = math.floor(exact / unit), math.ceil(exact / unit)
        return (_scaled(min(low, most), of) if low >= -most else None), (_scaled(max(high, -most), of) if high <= most else None)
    try:
        near = float(exact)
    except OverflowError:
        near = math.inf if exact > 0 else -math.inf
    if math.isinf(near):
        return (None, -math.inf) if near < 0 else (math.inf, None)  # no table holds infinity
    if Fraction(near) == exact:
        return near, near
    return (near, math.nextafter(near, math.inf)) if Fraction(near) < exact else (math.nextafter(near, -math.inf), near)


def _scaled(units: int, of: pa.DataType) -> Decimal:
    sign, digits = (1 if units < 0 else 0), tuple(int(d) for d in str(abs(units)))
    return Decimal((sign, digits, -of.scale))


def whole_and_double(op: str, a: pa.ChunkedArray, b: pa.ChunkedArray) -> pa.ChunkedArray:
    """Integers against doubles without rounding the integers: against the double's floor, then its fraction."""
    if pa.types.is_floating(a.type):
        turned = {"less": "greater", "at_most": "at_least", "greater": "less", "at_least": "at_most"}.get(op, op)
        return whole_and_double(turned, b, a)
    either = pc.or_(a.is_null(), b.is_null())
    whole, real = pc.fill_null(a, 0).to_numpy(), pc.fill_null(b, 0.0).to_numpy()
    floor = np.floor(real)
    inside = (floor >= -(2.0**63)) & (floor < 2.0**63)
    base = np.where(inside, floor, 0).astype("int64")
    more = inside & (real != floor)
    less = np.where(inside, (whole < base) | ((whole == base) & more), floor > 0)
    equal = inside & ~more & (whole == base)
    most = less | equal
    answer = {"equals": equal, "not_equals": ~equal, "less": less, "at_most": most, "greater": ~most, "at_least": ~less}[op]
    return pc.if_else(either, pa.scalar(None, pa.bool_()), pa.array(answer))
