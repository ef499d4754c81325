"""The columns that the steps are measured on, each by itself: the same values for the same number of rows."""

import zlib
from collections.abc import Callable
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.data import CITIES, FIRST, LAST, NOTES, PADDED

Make = Callable[[int, np.random.Generator], pa.Array]
TEXT = pa.large_string()
PEOPLE = [f"{first} {last}" for first in FIRST for last in LAST]
DRINKS = ["Tea", "Coffee", "Juice", "Water", "Milk"]
ANSWERS = [", ".join(d for bit, d in enumerate(DRINKS) if number >> bit & 1) for number in range(1, 32)]


def choose(values: list[str], n: int, chance: np.random.Generator, gaps: float = 0.0) -> pa.Array:
    """Text that repeats."""
    at = pa.array(chance.integers(0, len(values), n), mask=chance.random(n) < gaps if gaps else None)
    return pa.array(values, TEXT).take(at)


def gappy(values: np.ndarray, chance: np.random.Generator, share: float) -> pa.Array:
    """The values, some of them missing."""
    return pa.array(values, mask=chance.random(len(values)) < share)


def written(form: str, *values: np.ndarray) -> pa.Array:
    """Text that hardly repeats."""
    return pa.array([form.format(*each) for each in zip(*(v.tolist() for v in values), strict=True)], TEXT)


def shop_names(rows: int) -> list[str]:
    """A thousand shops, fewer where there are few rows."""
    return [f"shop {i:04d}" for i in range(max(2, min(1000, rows // 50)))]


def money(n: int, chance: np.random.Generator) -> np.ndarray:
    """Amounts with two decimals."""
    return np.round(chance.lognormal(7, 1.5, n), 2)


def days(n: int, chance: np.random.Generator) -> np.ndarray:
    """Days of three years."""
    return np.datetime64("2023-01-01") + chance.integers(0, 1000, n)


def seconds(n: int, chance: np.random.Generator) -> pa.Array:
    """Moments of three years, hardly one twice."""
    return pa.array(np.datetime64("2023-01-01T00:00:00", "us") + chance.integers(0, 86_400_000, n) * np.timedelta64(1_000_000, "us"))


def report(n: int, part: str) -> pa.Array:
    """A printed report: each 20th line a heading, two lines after it that run on."""
    at = np.arange(n)
    if part == "value":
        return pa.array(at * 1.5, mask=np.isin(at % 20, (0, 4, 5)))
    names = written("item {:07d}", at)
    return pc.if_else(pa.array(at % 20 == 0), written("Store {:05d}", at // 20), names)


def areas(n: int, chance: np.random.Generator) -> pa.Array:
    """The area of each row's shop; one in two hundred is mistyped."""
    right = pc.binary_join_element_wise(pa.scalar("area", TEXT), pc.utf8_slice_codeunits(made("shop", n), 5), pa.scalar(" ", TEXT))
    return pc.if_else(pa.array(chance.random(n) < 0.005), written("arae {}", np.arange(n)), right)


COLUMNS: dict[str, Make] = {
    "id": lambda n, _: pa.array(np.arange(1, n + 1)),
    "order": lambda n, c: written("ORD-{:08d}", c.permutation(n)),
    "city": lambda n, c: choose(CITIES, n, c, 0.05),
    "region": lambda n, c: choose(["north", "south", "east", "west"], n, c),
    "shop": lambda n, c: choose(shop_names(n), n, c),
    "area": areas,
    "person": lambda n, c: choose(PEOPLE, n, c, 0.02),
    "padded": lambda n, c: choose([p.replace("{}", person) for p in PADDED for person in PEOPLE], n, c),
    "spaced": lambda n, c: pc.binary_join_element_wise(choose(["", "", " ", "  "], n, c), COLUMNS["sentence"](n, c), pa.scalar("", TEXT)),
    "sentence": lambda n, c: written("item {:07d} of  2 boxes, blue", c.permutation(n)),
    "accented": lambda n, c: written("Zoë Müller {:07d} café “x”", c.permutation(n)),
    "email": lambda n, c: written("Write to ana.{:07d}@mail.example.org, please", c.permutation(n)),
    "note": lambda n, c: choose(NOTES, n, c, 0.6),
    "code": lambda n, c: written("{}", c.integers(0, 99_999, n)),
    "token": lambda n, c: choose([*CITIES, "n/a", "-", "NULL", " N/A "], n, c),
    "tags": lambda n, c: choose(ANSWERS, n, c, 0.1),
    "amount": lambda n, c: gappy(money(n, c), c, 0.03),
    "measure": lambda n, c: pa.array(c.lognormal(4, 1, n)),
    "refund": lambda n, c: gappy(np.round(-money(n, c), 2), c, 0.4),
    "score": lambda n, c: gappy(c.integers(0, 1000, n), c, 0.05),
    "quantity": lambda n, c: pa.array(c.integers(1, 20, n)),
    "flag": lambda n, c: pa.array(c.random(n) < 0.3),
    "day": lambda n, c: gappy(days(n, c), c, 0.02),
    "sent": lambda n, c: gappy(days(n, c) + 30, c, 0.02),
    "moment": seconds,
    "plain_number": lambda n, c: written("{}", money(n, c)),
    "whole_number": lambda n, c: written("{}", c.integers(0, 1_000_000, n)),
    "marked_number": lambda n, c: written("{:,.2f}", money(n, c)),
    "currency": lambda n, c: written("€{:,.2f}", money(n, c)),
    "percent": lambda n, c: written("{:.2f}%", c.random(n) * 100),
    "weight": lambda n, c: written("{:.3f} kg", c.random(n) * 100),
    "iso_day": lambda n, c: pa.array(days(n, c)).cast(TEXT),
    "written_day": lambda n, c: pc.strftime(pa.array(days(n, c)), "%d/%m/%Y").cast(TEXT),
    "written_moment": lambda n, c: pc.strftime(seconds(n, c).cast(pa.timestamp("s")), "%d/%m/%Y %H:%M:%S").cast(TEXT),
    "yes": lambda n, c: choose(["yes", "no", "Yes", "No", "y", "n"], n, c, 0.02),
    "constant": lambda n, _: pa.repeat(pa.scalar("EU", TEXT), n),
    "empty": lambda n, _: pa.nulls(n, TEXT),
    "line": lambda n, _: report(n, "line"),
    "value": lambda n, _: report(n, "value"),
    **{f"q{i}": lambda n, c: gappy(c.integers(1, 6, n), c, 0.1) for i in range(1, 5)},
}


@cache
def made(name: str, rows: int) -> pa.Array:
    """One column, by its own seed."""
    values = COLUMNS[name](rows, np.random.default_rng(zlib.crc32(name.encode())))
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def table(uses: str, rows: int) -> pa.Table:
    """The columns named, side by side."""
    return pa.table({name: made(name, rows) for name in uses.split()})


def shops(rows: int) -> pa.Table:
    """Who runs each shop; one shop in fifty is not listed."""
    names = [n for i, n in enumerate(shop_names(rows)) if i % 50 != 1]
    return pa.table({"shop": pa.array(names, TEXT), "manager": pa.array([PEOPLE[i % len(PEOPLE)] for i in range(len(names))], TEXT)})


def earlier(rows: int) -> pa.Table:
    """The table of last month, shuffled: one row in a hundred is new since, one amount in fifty another."""
    now = table("id order city amount", rows)
    chance = np.random.default_rng(5)
    amount = pc.if_else(pa.array(chance.random(rows) < 0.02), pc.add(now["amount"], 1.0), now["amount"])
    return now.set_column(3, "amount", amount).take(pa.array(chance.permutation(rows)[: rows - rows // 100])).combine_chunks()


OTHERS: dict[str, Callable[[int], pa.Table]] = {
    "shops": shops,
    "earlier": earlier,
    "more": lambda rows: table("id city amount day", rows),
}
