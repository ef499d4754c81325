"""Reading a workbook, against pandas and polars: ``python -m benchmarks.read_workbook [--rows 200000] [--runs 5] [--write]``.

Each reader takes its turn, run after run, so that a busy minute hits them all; each counts by its fastest run. Ours hashes the file,
finds the header, keeps every row accounted for and notes what Excel hides. The cells are compared with those that were written.
"""

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import xlsxwriter

from benchmarks.data import chunks
from benchmarks.end_to_end import machine
from benchmarks.report import put
from io_utils import read

Rows = list[tuple[object, ...]]


def make_workbook(path: Path, rows: int, seed: int = 7) -> Rows:
    """Write the workbook: id, name, city, amount, score, date, flag, note; returns its cells."""
    cells: Rows = []
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("Orders")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for part in chunks(rows, np.random.default_rng(seed)):
        if not cells:
            page.write_row(0, 0, part.columns)
        for row in part.iter_rows():
            cells.append(row)
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(len(cells), column, value, day)
                elif isinstance(value, str):
                    page.write_string(len(cells), column, value)
                elif value is not None:
                    page.write(len(cells), column, value)
    book.close()
    return cells


def wrong_cells(found: pd.DataFrame | pl.DataFrame, written: Rows) -> int:
    """How many cells of a reader's table are not what was written; what is missing may be None or NaN, a date a moment at midnight."""
    columns = list(zip(*written, strict=True))
    wrong = 0
    for name, cells in zip(found.columns, columns, strict=True):
        values = found[name].to_list()
        wrong += sum(not same(a, b) for a, b in zip(values, cells, strict=True))
    return wrong


def same(found: object, written: object) -> bool:
    """Whether a cell is what was written."""
    if written is None:
        return found is None or bool(pd.isna(found))  # type: ignore[call-overload]  # a scalar
    if isinstance(written, date):
        return str(found)[:10] == written.isoformat()
    return type(found) in (type(written), int, float) and found == written and isinstance(found, bool) == isinstance(written, bool)


def readers() -> dict[str, Callable[[Path], pd.DataFrame | pl.DataFrame]]:
    """The contenders; ours first."""
    return {
        "workbench: with hash, header, notes": lambda path: read(path).table,
        "pandas with openpyxl": lambda path: pd.read_excel(path, engine="openpyxl"),
        "pandas with calamine": lambda path: pd.read_excel(path, engine="calamine"),
        "polars (fastexcel)": lambda path: pl.read_excel(path),
    }


def measure(path: Path, written: Rows, runs: int) -> list[tuple[str, float, int]]:
    """Each reader's fastest run in seconds and its wrong cells."""
    seconds: dict[str, list[float]] = {name: [] for name in readers()}
    wrong: dict[str, int] = {}
    for _ in range(runs):
        for name, reader in readers().items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                began = time.perf_counter()
                table = reader(path)
                seconds[name].append(time.perf_counter() - began)
            if name not in wrong:
                wrong[name] = wrong_cells(table, written)
            print(f"{name}: {seconds[name][-1]:.2f} s", flush=True)
    return [(name, min(taken), wrong[name]) for name, taken in seconds.items()]


def report(found: list[tuple[str, float, int]], rows: int, size: int, runs: int) -> str:
    """The table for the README."""
    slowest = next(taken for name, taken, _ in found if "openpyxl" in name)
    lines = [
        f"{rows:,} rows by 8 columns, {size / 1e6:.1f} MB; fastest of {runs} runs, taken in turn.",
        machine(),
        "",
        "| | seconds | times as fast as openpyxl | wrong cells |",
        "|---|---:|---:|---:|",
        *(f"| {name} | {taken:.2f} | {slowest / taken:.1f} | {wrong:,} |" for name, taken, wrong in found),
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and with ``--write`` put the table into the README."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--write", action="store_true", help="put the table into the README")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.xlsx"
        written = make_workbook(path, chosen.rows)
        text = report(measure(path, written, chosen.runs), chosen.rows, path.stat().st_size, chosen.runs)
    print(text)
    if chosen.write:
        put("read_workbook", [text])


if __name__ == "__main__":
    main()
