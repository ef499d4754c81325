"""How often similar rows are rightly found, and how fast: ``python -m benchmarks.similar_rows [--rows 100000] [--seeds 3] [--write]``.

Tables of several kinds (tests/similar/tables.py) in which some things stand twice, written differently; the pairs that are the same
are known. Nothing is set: columns, weights and what counts as the same are learnt from each table. Instead one would write a
script: compare rows that share a value in some column, the whole rows by rapidfuzz, from a share of 85 % on the same.
Processor seconds, since other work on the machine counts less there.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from benchmarks.end_to_end import machine
from benchmarks.report import put
from steps.linkage import learn, likely, look
from tests.similar.tables import TABLES, Made

ROWS = 2_000
LARGEST = 50  # rows that share a value, compared by the script
ENOUGH = 85
Pairs = set[tuple[int, int]]


def ours(df: pd.DataFrame) -> Pairs:
    """The pairs that are found."""
    seen = look(df)
    found = likely(seen, learn(seen))
    return set(zip(found.first.tolist(), found.second.tolist(), strict=True))


def by_script(df: pd.DataFrame) -> Pairs:
    """The pairs that a script would find that nobody has fitted to the table."""
    whole = df.astype(object).fillna("").agg(" ".join, axis=1).str.lower().to_numpy()
    met: set[tuple[int, int]] = set()
    for name in df.columns:
        for at in df.groupby(df[name].astype(object)).indices.values():
            rows = np.asarray(at)
            if 1 < len(rows) <= LARGEST:
                i, j = np.triu_indices(len(rows), 1)
                met |= set(zip(rows[i].tolist(), rows[j].tolist(), strict=True))
    if not met:
        return set()
    pairs = np.array(sorted(met))
    alike = cpdist(whole[pairs[:, 0]], whole[pairs[:, 1]], scorer=fuzz.token_sort_ratio)
    return {(a, b) for a, b in pairs[alike >= ENOUGH].tolist()}


def measured(one: Callable[[pd.DataFrame], Pairs], made: list[Made]) -> tuple[str, float]:
    """Precision, recall and F1 over the tables, and the processor seconds."""
    found = right = same = 0
    began = time.process_time()
    for table in made:
        pairs = one(table.table)
        found, right, same = found + len(pairs), right + len(pairs & table.same), same + len(table.same)
    seconds = time.process_time() - began
    if not same:
        return f"{found:,} wrong", seconds
    precision, recall = right / max(found, 1), right / same
    return f"{precision:.3f} · {recall:.3f} · **{2 * right / max(found + same, 1):.3f}**", seconds


def report(rows: int, seeds: int) -> list[str]:
    """The lines for the README."""
    lines = [
        f"{ROWS:,} things each, {seeds} seeds. {machine()}", "",
        "| | pairs the same | precision · recall · F1 | a script's | seconds | the script's |", "|---|---:|---:|---:|---:|---:|",
    ]  # fmt: skip
    for name, make in TABLES.items():
        made = [make(seed, ROWS) for seed in range(100, 100 + seeds)]
        (us, mine), (script, its) = measured(ours, made), measured(by_script, made)
        lines.append(f"| {name} | {sum(len(m.same) for m in made):,} | {us} | {script} | {mine:.1f} | {its:.1f} |")
    long = TABLES["people and their families"](99, rows)
    began = time.perf_counter()
    us, _ = measured(ours, [long])
    took = time.perf_counter() - began
    return [*lines, "", f"People and their families, {len(long.table):,} rows: {took:.0f} s by the clock, {us}."]


def main() -> None:
    """Measure and print, or write into the README."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=90_000, help="people in the long table")
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--write", action="store_true", help="put the table into the README")
    chosen = options.parse_args()
    lines = report(chosen.rows, chosen.seeds)
    print("\n".join(lines))
    if chosen.write:
        put("similar_rows", lines)


if __name__ == "__main__":
    main()
