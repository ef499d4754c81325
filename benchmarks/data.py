"""The benchmark's file: eight mixed columns, the same bytes for the same number of rows and seed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

FIRST = ["Ana", "Bob", "Chen", "Dora", "Eli", "Frédéric", "Gita", "Hannah", "Ines", "Jürgen", "Katja", "Lars", "Mia", "Noah", "Paweł"]
LAST = ["Abbott", "Bianchi", "Costa", "Dijk", "Evans", "Fischer", "García", "Hill", "Ito", "Jones", "Kovács", "Lee", "Müller", "Nowak"]
CITIES = ["Berlin", "London", "Paris", "Lisbon", "Madrid", "Milan", "York", "Kraków", "Vienna", "Dublin", "Malmö", "Porto"]
NOTES = ["gift wrap", "second order this month", "paid in the shop, cash", "deliver after 17:00", "customer asked for an invoice"]
PADDED = ["{}", "{}", "{}", "{}", "{}", " {}", "{} ", "  {}  "]  # three in eight names have spaces at their ends
CHUNK = 100_000


def make_file(path: Path, rows: int, seed: int = 7) -> None:
    """Write the CSV file: id, name, city, amount, score, date, flag, note; quoted only where it must be."""
    with path.open("wb") as file:
        for start, part in enumerate(chunks(rows, np.random.default_rng(seed))):
            part.write_csv(file, include_header=start == 0, float_precision=2)


def chunks(rows: int, chance: np.random.Generator) -> Iterator[pl.DataFrame]:
    """The rows, a part at a time."""
    people = [f"{first} {gap}{last}" for first in FIRST for last in LAST for gap in ("", "", "", " ")]
    names = np.array([pad.replace("{}", person) for pad in PADDED for person in people])
    for start in range(0, rows, CHUNK):
        n = min(CHUNK, rows - start)
        part = pl.DataFrame(
            {
                "id": np.arange(start + 1, start + n + 1),
                "name": chance.choice(names, n),
                "city": chance.choice(CITIES, n),
                "amount": np.round(chance.lognormal(4, 1, n), 2),
                "score": chance.integers(0, 1000, n),
                "date": np.datetime64("2023-01-01") + chance.integers(0, 1000, n),
                "flag": chance.random(n) < 0.3,
                "note": chance.choice(NOTES, n),
            }
        )
        gap = {name: pl.Series(chance.random(n) < share) for name, share in {"amount": 0.03, "score": 0.05, "note": 0.6}.items()}
        yield part.with_columns(
            pl.col("id").cast(pl.String).str.pad_start(9, "0"), *(pl.when(~gap[name]).then(pl.col(name)).alias(name) for name in gap)
        )
