"""CSV to result to CSV, against plain pandas and polars: ``python -m benchmarks.end_to_end [--rows 2000000] [--runs 3]``.

Each contender is a fresh process; they take turns, so that a busy minute hits them all. The tables they write must be equal.
"""

import argparse
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import polars as pl
import psutil

from benchmarks.data import make_file
from benchmarks.report import put

ROOT = Path(__file__).resolve().parents[1]
LOOK_EVERY = 0.01  # seconds between two looks at a process's memory


@dataclass
class Contender:
    """One way to do the work, and what it cost each time."""

    name: str
    arguments: list[str]
    after: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    def run(self, source: Path, target: Path) -> None:
        """Do it once in a fresh process; its time and its peak of resident memory are kept."""
        began = time.perf_counter()
        process = psutil.Popen([sys.executable, "-m", *self.arguments, str(source), str(target), *self.after], cwd=ROOT)
        peak = 0
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            peak = max(peak, memory(process))
            try:
                process.wait(LOOK_EVERY)
            except psutil.TimeoutExpired:
                continue
        self.seconds.append(time.perf_counter() - began)
        self.megabytes.append(peak / 1e6)
        if process.wait():
            raise subprocess.CalledProcessError(process.wait(), self.name)


def memory(process: psutil.Popen) -> int:
    """Bytes the process and those it started hold at this moment; 0 once it has ended."""
    try:
        return sum(p.memory_info().rss for p in [process, *process.children(recursive=True)])
    except psutil.NoSuchProcess:
        return 0


def contenders() -> list[Contender]:
    """Ours first, then pandas, then polars."""
    return [
        Contender("workbench: with hash, type proof and exact reports", ["benchmarks.by_workbench"]),
        Contender("workbench: the same, and every row accounted for", ["benchmarks.by_workbench"], ["accounted"]),
        Contender("workbench: without hash, type proof and exact reports", ["benchmarks.by_workbench"], ["bare"]),
        Contender("plain pandas script", ["benchmarks.by_pandas"]),
        Contender("polars script (lazy)", ["benchmarks.by_polars"]),
    ]


def table(path: Path) -> pl.DataFrame:
    """What a contender wrote, whatever way it writes true and false."""
    found = pl.read_csv(path, infer_schema=False).with_columns(pl.col("amount", "score").cast(pl.Float64))
    return found.with_columns(pl.col("flag").str.to_lowercase())


def require_equal(one: Path, other: Path) -> int:
    """The number of rows of two equal tables; sums may differ in the last bits. Raises AssertionError if they differ."""
    left, right = table(one), table(other)
    assert left.columns == right.columns, f"{one.name} and {other.name} have other columns"
    assert left.height == right.height, f"{one.name} has {left.height:,} rows, {other.name} {right.height:,}"
    assert left.drop("score").equals(right.drop("score")), f"{one.name} and {other.name} differ"
    apart = (left["score"] - right["score"]).abs().max()
    assert left["score"].is_null().equals(right["score"].is_null()), "a score is missing in one of the two"
    assert isinstance(apart, float)
    assert apart < 1e-9, f"scores of {one.name} and {other.name} differ by {apart}"
    return left.height


def machine() -> str:
    """What the figures were measured on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("streamlit", "pandas", "pyarrow", "polars"))
    return f"Python {platform.python_version()}, {libraries}; {platform.system()}, {psutil.cpu_count()} cores."


def report(all_of_them: list[Contender], rows: int, kept: int, size: int, runs: int) -> str:
    """The table for the README."""
    pandas, polars = (statistics.median(one.seconds) for one in all_of_them[-2:])
    lines = [
        f"{rows:,} rows by 8 columns, {size / 1e6:,.0f} MB; {kept:,} rows kept; median of {runs} runs, each in a fresh process.",
        machine(),
        "",
        "| | seconds | fastest to slowest | peak memory, MB | times pandas | times polars |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for one in all_of_them:
        middle = statistics.median(one.seconds)
        lines.append(
            f"| {one.name} | {middle:.2f} | {min(one.seconds):.2f} to {max(one.seconds):.2f}"
            f" | {statistics.median(one.megabytes):,.0f} | {middle / pandas:.2f} | {middle / polars:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, check that all did the same work, and write the table into the README."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=2_000_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--keep", action="store_true", help="only print the table; leave the README as it is")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        source = folder / "in.csv"
        make_file(source, chosen.rows)
        racing = contenders()
        for _ in range(chosen.runs):
            for position, one in enumerate(racing):
                one.run(source, folder / f"{position}.csv")
                print(f"{one.name}: {one.seconds[-1]:.2f} s, {one.megabytes[-1]:,.0f} MB", flush=True)
        kept = {require_equal(folder / "0.csv", folder / f"{position}.csv") for position in range(1, len(racing))}.pop()
        text = report(racing, chosen.rows, kept, source.stat().st_size, chosen.runs)
    print(text)
    if not chosen.keep:
        put("end_to_end", [text])


if __name__ == "__main__":
    main()
