"""Each step against idiomatic pandas and polars: ``python -m benchmarks.steps [--rows 1000000] [--runs 5] [--only name,...] [--write]``.

Ours is ``fit`` and ``apply``, as the engine calls them, without the report. The pandas code runs on a frame with pandas' own
types and on one with Arrow types; the faster one counts. The three take turns, so that a busy moment hits them all, and
before that their results are compared.
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from benchmarks.cases import CASES, Case
from benchmarks.cases.data import OTHERS, table
from benchmarks.end_to_end import machine
from benchmarks.report import put
from pipeline.recipe import fields_of
from steps.base import Outcome, Step

CALL = 1  # milliseconds: what a step costs however few the rows
FIRST_ROW = 2  # below the header, as in a spreadsheet
Frame = pd.DataFrame | pl.DataFrame


@dataclass
class Contestant:
    """Code with its data, and what it took each time."""

    run: Callable[[], Frame]
    seconds: list[float]

    def once(self) -> Frame:
        """Run it; its time is kept."""
        began = time.perf_counter()
        found = self.run()
        self.seconds.append(time.perf_counter() - began)
        return found

    @property
    def median(self) -> float:
        """Milliseconds."""
        return 1000 * statistics.median(self.seconds)


@dataclass(frozen=True)
class Measured:
    """Milliseconds of a case."""

    case: Case
    ours: float
    pandas: float
    polars: float
    types: str  # of the pandas frame

    def line(self) -> str:
        """The case's line of the table."""
        return f"| {self.case.name} | {self.ours:,.1f} | {self.ours / self.pandas:.2f} | {self.ours / self.polars:.2f} |"


def settled(found: pa.Table) -> pd.DataFrame:
    """A table as the workbench holds it."""
    index = pd.RangeIndex(FIRST_ROW, FIRST_ROW + found.num_rows)
    return pd.DataFrame({n: pd.Series(found[n], dtype=pd.ArrowDtype(found[n].type), index=index) for n in found.column_names}, index=index)


def pandas_frame(found: pa.Table, types: str) -> pd.DataFrame:
    """A table as a pandas user has it, with pandas' own types or Arrow's; dates are datetimes."""
    dates = {n: found[n].cast(pa.timestamp("us")) for n in found.column_names if pa.types.is_date(found[n].type)}
    for name, values in dates.items():
        found = found.set_column(found.column_names.index(name), name, values)
    return found.to_pandas(types_mapper=pd.ArrowDtype) if types == "Arrow" else found.to_pandas()


def ours(case: Case, df: pd.DataFrame, others: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What the step makes of the table."""
    kind = type(case.step)  # made anew, as in each run: some remember what they found in a table
    step = kind(**{n: getattr(case.step, n) for n in kind.model_fields})
    more = (others,) if fields_of(type(step), "table") else ()
    outcome = step.apply(df, None if type(step).fit is Step.fit else step.fit(df, *more), *more)
    return outcome.table if isinstance(outcome, Outcome) else outcome


def contestants(case: Case, rows: int) -> dict[str, Contestant]:
    """Ours, pandas on each kind of types, and polars."""
    source, other = table(case.uses, rows), OTHERS[case.other](rows) if case.other else None
    others = {case.other: settled(other)} if other is not None else {}
    made: dict[str, Callable[[], Frame]] = {"ours": partial(ours, case, settled(source), others)}
    both = [t for t in (source, other) if t is not None]
    for types in ("Arrow", "NumPy"):
        made[types] = partial(case.pandas, *(pandas_frame(t, types) for t in both))
    made["polars"] = partial(case.polars, *(pl.from_arrow(t) for t in both))
    return {name: Contestant(run, []) for name, run in made.items()}


def as_arrow(found: Frame) -> pa.Table:
    """Any result as an Arrow table."""
    return found.to_arrow() if isinstance(found, pl.DataFrame) else pa.Table.from_pandas(found, preserve_index=False)


def require_same(case: Case, found: Frame, expected: Frame, name: str) -> None:
    """Raise AssertionError unless two results agree in the columns of the case; sums may differ in their last bits."""
    left, right = as_arrow(expected), as_arrow(found)
    if case.checked == ():
        return
    names = list(case.checked or left.column_names)
    assert left.num_rows == right.num_rows, f"{case.name}: {left.num_rows:,} rows, with {name} {right.num_rows:,}"
    left, right = left.select(names), right.select(names)
    right = pa.table({n: right[n].cast(left[n].type) for n in names})
    if case.any_order:
        left, right = (t.sort_by([(n, "ascending") for n in names]) for t in (left, right))
    for n in names:
        a, b = left[n].combine_chunks(), right[n].combine_chunks()
        if pa.types.is_floating(a.type):
            same = a.is_null().equals(b.is_null()) and np.allclose(a.drop_null(), b.drop_null(), rtol=1e-9, atol=0, equal_nan=True)
        else:
            same = a.equals(b)
        assert same, f"{case.name}: {n} differs with {name}"


def measure(case: Case, rows: int, runs: int) -> Measured:
    """The medians of a case, once its results were compared."""
    racing = contestants(case, rows)
    expected = racing["ours"].once()
    failed: list[str] = []
    for name in ("Arrow", "NumPy", "polars"):
        try:
            found = racing[name].once()
        except Exception as error:  # the same code need not run on both kinds of types
            failed.append(f"{name}: {type(error).__name__}: {error}")
            del racing[name]
        else:
            require_same(case, found, expected, name)
    assert "polars" in racing, f"{case.name}: {failed}"
    assert len(failed) < 2, f"{case.name}: {failed}"
    if runs > 1:  # the first run of each, which may have had to load things, does not count
        for one in racing.values():
            one.seconds.clear()
            one.once()
    if not failed:
        slower = max(("Arrow", "NumPy"), key=lambda name: racing[name].median)
        del racing[slower]
    types = "NumPy" if "NumPy" in racing else "Arrow"
    for _ in range(runs - 1):
        for one in racing.values():
            one.once()
    return Measured(case, racing["ours"].median, racing[types].median, racing["polars"].median, types)


def report(measured: list[Measured], rows: int, runs: int) -> str:
    """The table for the README."""
    slow = sum(m.ours > 1.2 * m.pandas and m.ours - m.pandas > CALL for m in measured)
    middle = statistics.median(m.ours / m.polars for m in measured)
    lines = [
        f"{rows:,} rows; milliseconds of `fit` and `apply`, median of {runs} runs.",
        machine(),
        "",
        f"Of {len(measured)} cases {slow} take more than 1.2 times the time of pandas (and more than {CALL} ms longer);"
        f" the median case takes {middle:.2f} times that of polars.",
        "",
        "| | ms | times pandas | times polars |",
        "|---|---:|---:|---:|",
        *(m.line() for m in measured),
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and with ``--write`` put the table into the README."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--only", default="", help="cases whose names begin so, with commas between")
    options.add_argument("--write", action="store_true", help="put the table into the README")
    chosen = options.parse_args()
    wanted = tuple(chosen.only.split(","))
    measured = []
    for case in CASES:
        if case.name.startswith(wanted):
            gc.collect()
            measured.append(measure(case, chosen.rows, chosen.runs))
            print(f"{measured[-1].line()} {measured[-1].types}", flush=True)
    text = report(measured, chosen.rows, chosen.runs)
    print(text)
    if chosen.write:
        put("steps", [text])


if __name__ == "__main__":
    main()
