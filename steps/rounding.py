"""Doubles rounded by their shortest decimal writing, as on paper, by plain arithmetic on whole columns."""

from decimal import Decimal

import numpy as np

BLOCK = 1 << 16  # numbers at a time, so that what lies between stays in the processor's cache
MOST = 1e12  # up to so many steps a product is known to a thousandth
NEAR = 1e-3
PLAIN = {"half_up": np.rint, "half_even": np.rint, "floor": np.floor, "ceil": np.ceil, "cut": np.trunc}


def round_doubles(x: np.ndarray, step: Decimal, mode: str) -> tuple[np.ndarray, np.ndarray]:
    """Multiples of the step (NaN stays), and the positions of the numbers for which plain arithmetic is not exact enough.

    Where a number is near the border between two multiples, it is compared with the double nearest to that border: what is
    less as a double is less on paper, and what is equal has the border as its shortest writing.
    """
    if step == 1 and mode != "half_up":
        return PLAIN[mode](x) + 0.0, np.empty(0, "int64")  # exact, however large
    places = max(0, -int(step.as_tuple().exponent))
    unit = float(step.scaleb(places))
    made, open_ones = np.empty(len(x)), []
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(x), BLOCK):
            part = x[start : start + BLOCK]
            whole, left = _steps(part, unit, 10.0**places, mode)
            whole += 0.0  # no minus zero
            np.divide(whole if unit == 1 else whole * unit, 10.0**places, out=made[start : start + BLOCK])
            open_ones.append(left + start)
    return made, np.concatenate(open_ones) if open_ones else np.empty(0, "int64")


def _steps(x: np.ndarray, unit: float, power: float, mode: str) -> tuple[np.ndarray, np.ndarray]:
    """How many steps each number is rounded, and the positions of those that are too large to be told."""
    most = min(MOST, 2.0**52 / unit - 1)
    count = x * power if unit == 1 else x * power / unit
    whole = PLAIN[mode](count)
    between = np.abs(count - (whole if mode.startswith("half") else np.rint(count)))
    border = between > 0.5 - NEAR if mode.startswith("half") else between < NEAR
    at = np.flatnonzero(border | ~(np.abs(count) < most))
    if not len(at):
        return whole, at
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
    return whole, at[~(np.abs(count) < most) & ~np.isnan(x)]
