"""Reading a CSV file against pandas, polars and DuckDB: ``python -m benchmarks.read_text [--rows 2000000] [--runs 5] [--write]``.

Ours is all that a file goes through: detection, sha256, every cell as text, row numbers, what is left out. The others read it
with types guessed and, as ours does, as text. All take turns in one process, each time in another order, so that a busy moment
hits them all and nobody always follows the same one; the median of each counts. Below that, our own time for other kinds of
files with the same rows.
"""

import argparse
import csv
import gc
import io
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

from benchmarks.data import make_file
from benchmarks.end_to_end import machine
from benchmarks.report import put
from io_utils import Read, ReadOptions, read

OURS = "workbench: detection, sha256, all text"
Table: TypeAlias = pd.DataFrame | pl.DataFrame | pa.Table | Read


def contenders(path: Path) -> dict[str, Callable[[], Table]]:
    """Ways to read the file, ours first."""
    return {
        OURS: lambda: read(path),
        "pandas, C engine": lambda: pd.read_csv(path),
        "pandas, C engine, all text": lambda: pd.read_csv(path, dtype=str, keep_default_na=False),
        "pandas, pyarrow engine": lambda: pd.read_csv(path, engine="pyarrow"),
        "pandas, pyarrow engine, all text": lambda: pd.read_csv(path, engine="pyarrow", dtype=str, keep_default_na=False),
        "polars": lambda: pl.read_csv(path),
        "polars, all text": lambda: pl.read_csv(path, infer_schema=False),
        "DuckDB": lambda: duckdb.read_csv(path).to_arrow_table(),
        "DuckDB, all text": lambda: duckdb.read_csv(path, all_varchar=True).to_arrow_table(),
    }


def shape(table: Table) -> tuple[int, int]:
    """Rows and columns."""
    found = table.table if isinstance(table, Read) else table
    return (found.shape[0], found.shape[1])


def race(racing: dict[str, Callable[[], Table]], runs: int) -> dict[str, float]:
    """The median of each, in seconds. Raises AssertionError if one reads another number of rows or columns."""
    seconds: dict[str, list[float]] = {name: [] for name in racing}
    shapes = set()
    chance = random.Random(7)
    for _ in range(runs):
        for name, once in chance.sample([*racing.items()], len(racing)):  # who comes behind his like finds the memory warm
            gc.collect()
            began = time.perf_counter()
            found = once()
            seconds[name].append(time.perf_counter() - began)
            shapes.add(shape(found))
            del found
    assert len(shapes) == 1, f"not all read the same: {shapes}"
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def kinds(path: Path, folder: Path) -> dict[str, tuple[Path, ReadOptions]]:
    """The rows of a plain file written in other ways, with how each is read."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    lines = path.read_text(encoding="utf-8").splitlines()

    def quoted(cell: str, sign: str) -> str:
        return f'"{cell}"' if sign in cell else cell

    damaged = [x.replace(",", ',"x"', 1) if i % 10 == 9 else x for i, x in enumerate(lines)]
    long = [f"{x},more" if i % 10 == 9 else x for i, x in enumerate(lines)]
    width = [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
    fixed = ["".join(c.ljust(n) for c, n in zip(row, width, strict=True)).rstrip() for row in rows]
    escaped = io.StringIO()
    writer = csv.writer(escaped, doublequote=False, escapechar="\\", lineterminator="\n")
    writer.writerows([[*row[:-1], f'{row[-1]} 5" \\ 6"'] if i % 10 == 9 else row for i, row in enumerate(rows)])
    made: dict[str, tuple[str, dict[str, object]]] = {
        "plain": ("\n".join(lines), {}),
        "Windows-1252": ("\n".join(lines), {"encoding": "cp1252"}),
        "backslash before quotes": (escaped.getvalue(), {"escape": "\\"}),
        "a space behind each delimiter": ("\n".join(", ".join(quoted(c, ",") for c in row) for row in rows), {"skip_space": True}),
        "delimiter of two characters": ("\n".join("||".join(row) for row in rows), {"delimiter": "||"}),
        "one line in 100 a comment": ("\n".join(f"{x}\n# note" if i % 100 == 99 else x for i, x in enumerate(lines)), {"comment": "#"}),
        "fixed width": ("\n".join(fixed), {"cuts": tuple(sum(width[:i]) for i in range(len(width)))}),
        "one row in 10 with a stray quote": ("\n".join(damaged), {}),
        "one row in 10 too long": ("\n".join(long), {}),
    }
    found: dict[str, tuple[Path, ReadOptions]] = {}
    for name, (text, choices) in made.items():
        target = folder / f"{len(found)}.csv"
        options = ReadOptions.model_validate({"format": "csv", **choices})
        target.write_bytes(f"{text}\n".encode(options.encoding, "replace"))
        found[name] = (target, options)
    return found


def report(seconds: dict[str, float], other: dict[str, float], rows: int, size: int, few: int) -> str:
    """The tables for the README."""
    best = min(taken for name, taken in seconds.items() if name != OURS)
    lines = [f"{rows:,} rows by 8 columns, {size / 1e6:,.0f} MB. {machine()}", "", "| | seconds | times the fastest |", "|---|---:|---:|"]
    lines += [f"| {name} | {taken:.2f} | {taken / best:.2f} |" for name, taken in seconds.items()]
    plain = other["plain"]
    lines += ["", f"Other kinds of files, {few:,} rows, against our own time for a plain one:", "", "| | seconds | times plain |"]
    lines += ["|---|---:|---:|", *(f"| {name} | {taken:.2f} | {taken / plain:.2f} |" for name, taken in other.items())]
    return "\n".join(lines)


def measured(rows: int, few: int, runs: int) -> str:
    """Make the files, let all read, and say how long it took."""
    with tempfile.TemporaryDirectory() as made:
        path, small = Path(made) / "in.csv", Path(made) / "few.csv"
        make_file(path, rows)
        make_file(small, few)
        seconds = race(contenders(path), runs)
        other: dict[str, float] = {}
        for name, (target, options) in kinds(small, Path(made)).items():
            other |= race({name: lambda t=target, o=options: read(t, o)}, runs)  # type: ignore[misc]  # mypy: a lambda's defaults
        return report(seconds, other, rows, path.stat().st_size, few)


def main() -> None:
    """Measure and print, or write the tables into the README."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=2_000_000)
    options.add_argument("--few", type=int, default=500_000)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--write", action="store_true", help="put the tables into the README")
    chosen = options.parse_args()
    text = measured(chosen.rows, chosen.few, chosen.runs)
    print(text)
    if chosen.write:
        put("read_text", [text])


if __name__ == "__main__":
    main()
