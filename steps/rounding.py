"""Doubles rounded by their shortest decimal writing, as on paper, by plain arithmetic on whole columns."""

from decimal import Decimal
from math import frexp

import numpy as np

from steps.arrow import side_by_side

BLOCK = 1 << 17  # numbers at a time, so that what lies between stays in the processor's cache
MOST = 1e12  # up to so many steps a product is known to a thousandth
NEAR = 1e-3
PLAIN = {"half_up": np.rint, "half_even": np.rint, "floor": np.floor, "ceil": np.ceil, "cut": np.trunc}


def round_doubles(x: np.ndarray, step: Decimal, mode: str) -> tuple[np.ndarray, np.ndarray]:
    """Multiples of the step (NaN stays), and the positions of the numbers for which plain arithmetic is not exact enough.

    Where a number is near the border between two multiples, it is compared with the double nearest to that border: what is
    less as a double is less on paper, and what is equal has the border as its shortest writing.
    """
    if step == 1 and mode != "half_up":
        made = PLAIN[mode](x)
        made += 0.0  # no minus zero
        return made, np.empty(0, "int64")  # exact, however large
    unit, power = (float(n) for n in step.as_integer_ratio())
    exact = frexp(power)[0] == 0.5  # a power of two, as of 0.25: nothing is lost by working with the quotient
    made = np.empty(len(x))

    def work(start: int) -> np.ndarray:
        out = made[start : start + BLOCK]
        with np.errstate(over="ignore", invalid="ignore"):
            left = _steps(x[start : start + BLOCK], unit, power, mode, out)
            if not np.fmin.reduce(out) > 0:
                out += 0.0
            if exact or unit != 1:
                out *= unit / power if exact else unit
            if not exact:
                out /= power
        return left + start

    return made, np.concatenate([np.empty(0, "int64"), *side_by_side(work, range(0, len(x), BLOCK))])


def _steps(x: np.ndarray, unit: float, power: float, mode: str, whole: np.ndarray) -> np.ndarray:
    """How many steps each number is rounded, written into ``whole``; the positions of those that are too large to be told."""
    most = min(MOST, 2.0**52 / unit - 1)
    count = x * (power / unit)  # near enough to tell where it is not near a border
    PLAIN[mode](count, out=whole)
    between = count - (whole if mode.startswith("half") else np.rint(count))
    np.abs(between, out=between)
    clear = between <= 0.5 - NEAR if mode.startswith("half") else between >= NEAR
    if max(-np.fmin.reduce(count), np.fmax.reduce(count)) >= most:
        clear &= np.abs(count) < most
    if clear.all():
        return np.empty(0, "int64")
    at = np.flatnonzero(~clear)
    x, count = x[at], count[at]
    if mode.startswith("half"):
        below = np.floor(np.abs(count))
        middle = (2 * below + 1) * unit / (2 * power)
        odd = below % 2 == 1 if mode == "half_even" else True
        whole[at] = np.copysign(below + ((np.abs(x) > middle) | ((np.abs(x) == middle) & odd)), x)
    else:
        near = np.rint(count)
        value = near * unit / power
        down, up = near - (x < value), near + (x > value)
        whole[at] = {"floor": down, "ceil": up, "cut": np.where(x > 0, down, up)}[mode]
    return at[~(np.abs(count) < most) & ~np.isnan(x)]
