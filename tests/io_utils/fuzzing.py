"""Reads drawn files, and keeps what went wrong with the seed that draws it again."""

import math
import time
from collections.abc import Callable


def fuzz(one: Callable[[str], float], slow: float, seed: int, files: float = math.inf, seconds: float = math.inf) -> tuple[int, list[str]]:
    """How many files ``one`` drew and read, and what went wrong: faults of any kind, and what took over ``slow`` seconds.

    Ends after so many files, which are the same each time, or after a time.
    """
    end = time.perf_counter() + seconds
    wrong: list[str] = []
    count = 0
    while count < files and time.perf_counter() < end and len(wrong) < 20:
        try:
            took = one(f"{seed} {count}")
            if took > slow:
                wrong.append(f"{seed} {count}: {took:.1f} s")
        except Exception as error:  # a fault of any kind is what is looked for
            wrong.append(f"{seed} {count}: {type(error).__name__}: {str(error)[:300]}")
        count += 1
    return count, wrong
