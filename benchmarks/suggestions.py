"""How often suggestions are right: ``python -m benchmarks.suggestions [--seeds 2] [--rows 400] [--pair dirty.csv clean.csv] [--write]``.

Clean tables of many kinds (tests/suggestions/tables.py) are made dirty in known ways (tests/suggestions/injector.py). Each suggestion is
tried by itself, which gives the precision of its rule; then all that are shown by default are accepted one after another until none is
left, which gives what is mended and what is spoiled. A pair of files is measured in the second way.
"""

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.report import put
from pipeline.suggestions import RULES, Suggestion, suggest
from pipeline.suggestions.base import tried
from pipeline.view import texts
from steps.arrow import TEXT, arrow
from tests.suggestions.injector import Dirty, inject
from tests.suggestions.tables import HELD_OUT, KINDS, table

MIXES: dict[str, dict[str, float]] = {
    "typos": {"typo": 0.03}, "letters crossed out": {"x": 0.04}, "other values of the column": {"domain": 0.03},
    "missing": {"missing": 0.03, "disguised": 0.03}, "formats": {"format": 0.05, "case": 0.04, "padding": 0.04},
    "numbers, units, centuries": {"factor": 0.02, "century": 0.03, "unit": 0.06}, "swapped": {"swap": 0.02},
    "rows twice": {"twice": 0.05, "nearly twice": 0.03},
    "all at once": {
        "typo": 0.02, "x": 0.01, "domain": 0.02, "missing": 0.02, "disguised": 0.01, "format": 0.02, "case": 0.02, "padding": 0.02,
        "factor": 0.01, "century": 0.01, "unit": 0.02, "swap": 0.005, "twice": 0.02,
    },
    "nothing": {},
}  # fmt: skip
CELLS = ("repair", "writing", "missing")  # kinds of suggestions that change what cells say
MENDING = [r for r in RULES if r.__name__ not in ("types", "headers", "totals", "duplicates", "empty")]
MOST = 60  # suggestions accepted one after another
Grid = np.ndarray  # of text, "" where there is no value


@dataclass
class Rule:
    """What the suggestions of a rule did, each by itself: cells (or rows) changed, rightly, and right ones spoiled."""

    offered: int = 0
    changed: int = 0
    right: int = 0
    spoiled: int = 0

    def line(self, name: str) -> str:
        """A line of the table."""
        share = f"{self.right / self.changed:.3f}" if self.changed else ""
        return f"| {name} | {self.offered:,} | {self.changed:,} | {share} | {self.spoiled:,} |"


@dataclass
class Mended:
    """What accepting all suggestions did: wrong cells, cells changed, changed rightly, right ones spoiled, and all right cells."""

    wrong: int = 0
    changed: int = 0
    right: int = 0
    spoiled: int = 0
    cells: int = 0

    def add(self, dirty: Grid, made: Grid, true: Grid) -> None:
        """Count one table."""
        wrong, changed = dirty != true, made != dirty
        self.wrong += int(wrong.sum())
        self.changed += int(changed.sum())
        self.right += int((changed & (made == true)).sum())
        self.spoiled += int((changed & ~wrong).sum())
        self.cells += int((~wrong).sum())

    def line(self, name: str) -> str:
        """A line of the table."""
        precision = self.right / self.changed if self.changed else 1.0
        recall = self.right / self.wrong if self.wrong else 1.0
        both = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        share = 100 * self.spoiled / self.cells if self.cells else 0.0
        rates = f"{precision:.3f} | {recall:.3f} | {both:.3f}"
        return f"| {name} | {self.wrong:,} | {rates} | {self.spoiled:,} of {self.cells:,} | {share:.4f} % |"


HEAD = ["| | wrong cells | precision | recall | F1 | right cells spoiled | |", "|---|---:|---:|---:|---:|---:|---:|"]


@dataclass
class Measured:
    """All of a run: by rule, by kind of dirt, by way a cell was made wrong."""

    rules: dict[str, Rule] = field(default_factory=dict)
    mixes: dict[str, Mended] = field(default_factory=dict)
    ways: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)


def grid(df: pd.DataFrame) -> Grid:
    """The cells as text."""
    columns = [texts(arrow(df[n])).fill_null("").to_numpy() for n in df.columns]
    return np.array(columns, dtype=object).T if columns else np.empty((len(df), 0), object)


def as_read(df: pd.DataFrame) -> pd.DataFrame:
    """Text as the workbench holds it, "" as missing."""
    index = pd.RangeIndex(2, len(df) + 2)
    return pd.DataFrame({n: pd.Series([v or None for v in df[n]], dtype=TEXT, index=index) for n in df.columns}, index=index)


def accepted(df: pd.DataFrame) -> pd.DataFrame:
    """The table once every suggestion about cells that is shown by default was accepted, the first one first, until none is left."""
    for _ in range(MOST):
        one = next((s for s in suggest(df, rules=MENDING) if s.kind in CELLS), None)
        if one is None or (made := tried(df, one.step, one.params)) is None:
            break
        df = made.table
    return df


def judge(rules: dict[str, Rule], one: Suggestion, df: pd.DataFrame, dirty: Dirty) -> None:
    """Try a suggestion by itself and hold what it did against the truth."""
    made = tried(df, one.step, one.params)
    if made is None or one.kind in ("columns", "check"):
        return
    rule = rules.setdefault(one.rule, Rule())
    rule.offered += 1
    if one.kind == "rows":
        gone = [int(r) - 2 for r in made.removed.index]
        rule.changed += len(gone)
        rule.right += sum(row in dirty.added for row in gone)
        rule.spoiled += sum(row not in dirty.added for row in gone)
        return
    for name in one.columns:
        if name not in made.table.columns:
            continue
        before, after, true = (grid(t[[name]])[:, 0] for t in (df, made.table, as_read(dirty.right)))
        changed, wrong = after != before, before != true
        if one.kind == "type":  # a value read is the same value; what cannot be read is lost
            changed &= after == ""
            right = changed & wrong
        elif one.kind == "missing":
            right = changed & np.array([v.strip().lower() in ("n/a", "-", "?", "null", "nan") for v in before]) & wrong
        else:
            right = changed & (after == true)
        rule.changed += int(changed.sum())
        rule.right += int(right.sum())
        rule.spoiled += int((changed & ~wrong).sum())


def measure(kinds: Iterable[str], seeds: Iterable[int], rows: int, mixes: dict[str, dict[str, float]]) -> Measured:
    """Every kind of table in every kind of dirt."""
    found = Measured()
    seeds = list(seeds)
    for kind in kinds:
        for seed in seeds:
            clean = table(kind, seed, rows)
            for mix, rates in mixes.items():
                dirty = inject(clean, 100 * seed + 7, rates)
                df = as_read(dirty.table)
                for one in suggest(df, unsure=True):
                    judge(found.rules, one, df, dirty)
                made = grid(accepted(df))
                true = grid(as_read(dirty.right))
                for total in ("together", mix):
                    found.mixes.setdefault(total, Mended()).add(grid(df), made, true)
                place = {n: at for at, n in enumerate(df.columns)}
                for (row, name), way in dirty.how.items():
                    found.ways[way] += 1
                    found.found[way] += bool(made[row, place[name]] == true[row, place[name]])
    return found


def of_pair(dirty: Path, clean: Path) -> Mended:
    """A dirty file and the clean one: the same table, or one line a cell (row, column, right value)."""
    wrong = pd.read_csv(dirty, dtype=str, keep_default_na=False)
    right = pd.read_csv(clean, dtype=str, keep_default_na=False)
    if len(right.columns) == 3 and len(right) == wrong.size:
        row, column, value = right.columns
        right = right.assign(**{row: right[row].astype(int)}).pivot(index=row, columns=column, values=value)[list(wrong.columns)]
    found, df = Mended(), as_read(wrong)
    found.add(grid(df), grid(accepted(df)), right.to_numpy(dtype=object))
    return found


def lines(tuned: Measured, held: Measured, pairs: dict[str, Mended], said: str) -> list[str]:
    """The tables for the README."""
    made = [said, "", "Each rule by itself, on the kinds of tables it was made with:", ""]
    made += ["| rule | offered | cells changed | precision | right cells spoiled |", "|---|---:|---:|---:|---:|"]
    made += [rule.line(name) for name, rule in sorted(tuned.rules.items())]
    made += ["", "And on the kinds held out:", "", *made[4:6], *(rule.line(name) for name, rule in sorted(held.rules.items()))]
    for title, found in (("All accepted, kinds it was made with", tuned), ("All accepted, kinds held out", held)):
        made += ["", f"{title}:", "", *HEAD, *(m.line(name) for name, m in found.mixes.items()), "", "Mended of those made wrong: "]
        made[-1] += ", ".join(f"{way} {found.found[way]:,} of {n:,}" for way, n in sorted(found.ways.items())) + "."
    if pairs:
        made += ["", "All accepted, on public pairs:", "", *HEAD, *(m.line(name) for name, m in pairs.items())]
    return made


def main() -> None:
    """Measure, print, and with ``--write`` put the tables into the README."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=2)
    options.add_argument("--rows", type=int, default=400)
    options.add_argument("--pair", type=Path, nargs=2, action="append", default=[], metavar=("DIRTY", "CLEAN"))
    options.add_argument("--mixes", default="", help="kinds of dirt whose names begin so, with commas between")
    options.add_argument("--only-pairs", action="store_true")
    options.add_argument("--write", action="store_true", help="put the tables into the README")
    chosen = options.parse_args()
    pairs = {dirty.stem: of_pair(dirty, clean) for dirty, clean in chosen.pair}
    if chosen.only_pairs:
        print("\n".join([*HEAD, *(m.line(name) for name, m in pairs.items())]))
        return
    seeds = range(11, 11 + chosen.seeds)  # others than the rules were made with
    mixes = {name: rates for name, rates in MIXES.items() if name.startswith(tuple(chosen.mixes.split(",")))}
    tuned, held = (measure(kinds, seeds, chosen.rows, mixes) for kinds in (KINDS, HELD_OUT))
    kinds = f"{len(KINDS)} kinds of tables and {len(HELD_OUT)} held out"
    said = f"{kinds}, {chosen.rows:,} rows, {len(mixes)} kinds of dirt, {chosen.seeds} seeds each."
    found = lines(tuned, held, pairs, said)
    print("\n".join(found))
    if chosen.write:
        put("suggestions", found)


if __name__ == "__main__":
    main()
