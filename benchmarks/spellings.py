"""Groups of similar spellings, and what one would write instead: ``python -m benchmarks.spellings [--values 100000] [--write]``.

Names of one to four made-up words, as many again with a letter left out, put in, changed or swapped, and some in capitals.
Instead of the fingerprint: a key function applied by pandas, as people write it after OpenRefine's. Instead of the letters:
rapidfuzz over all pairs, on so few values that it ends (``--pairs``). Both take turns with ours, and find the same.
Processor seconds, the least of the runs: what else the machine does counts less.
"""

import argparse
import re
import time
import unicodedata
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from benchmarks.end_to_end import machine
from benchmarks.report import put
from steps.spellings import Group, Method, propose
from steps.spellings.near import Limit, close_pairs

WAYS: list[tuple[str, Method, dict[str, float]]] = [
    ("same words (fingerprint)", "fingerprint", {}), ("pieces of words (2-gram)", "ngram", {}),
    ("English sound (Metaphone)", "metaphone", {}), ("German sound (Cologne)", "cologne", {}),
    ("one letter differs", "distance", {"distance": 1}), ("two letters differ", "distance", {"distance": 2}),
    ("85 % of the letters", "similarity", {}),
]  # fmt: skip
LETTERS = list("etaoinshrdlucmfwypvbgk")


def names(count: int, seed: int = 0) -> list[str]:
    """Different names, about half of them another one with a slip."""
    chance = np.random.default_rng(seed)
    words = ["".join(chance.choice(LETTERS, n)) for n in chance.integers(3, 10, 4_000)]
    found: dict[str, None] = {}
    while len(found) < count:
        name = " ".join(words[i] for i in chance.integers(0, len(words), chance.integers(1, 5)))
        at, letter = int(chance.integers(0, len(name))), str(chance.choice(LETTERS))
        swapped = name[at : at + 2][::-1] + name[at + 2 :]
        slips = [name[at + 1 :], letter + name[at:], letter + name[at + 1 :], swapped]
        found |= dict.fromkeys([name, (name[:at] + slips[int(chance.integers(0, 4))]).title()])
        if chance.random() < 0.2:
            found[name.upper()] = None
    return list(found)[:count]


def counted(values: list[str]) -> pa.StructArray:
    """The values as the proposals take them."""
    return pc.value_counts(pa.array(values, pa.large_string()))


def by_pandas(values: list[str]) -> int:
    """How many groups of equal fingerprints a usual script finds."""

    def key(text: str) -> str:
        plain = re.sub(r"[^\w\s]", "", text.strip().lower())
        plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
        return " ".join(sorted(set(plain.split())))

    df = pd.DataFrame({"value": values})
    return int((df.groupby(df["value"].apply(key))["value"].nunique() > 1).sum())


def all_pairs(forms: list[str], limit: Limit) -> int:
    """How many pairs comparing each with each finds."""
    lengths, found = np.array([len(f) for f in forms]), 0
    for at in range(0, len(forms), 500):
        edits = cdist(forms[at : at + 500], forms, scorer=OSA.distance, score_cutoff=limit.edits, dtype=np.uint8)
        near = edits <= limit.between(lengths[at : at + 500, None], lengths[None, :])
        found += int(near.sum()) - len(forms[at : at + 500])
    return found // 2


def least(runs: int, *contestants: Callable[[], int | list[Group]]) -> tuple[list[float], list[int]]:
    """The least processor seconds of each, and what each found; they take turns."""
    seconds: list[list[float]] = [[] for _ in contestants]
    found = [0] * len(contestants)
    for _ in range(runs):
        for number, run in enumerate(contestants):
            began = time.process_time()
            made = run()
            seconds[number].append(time.process_time() - began)
            found[number] = made if isinstance(made, int) else len(made)
    return [min(s) for s in seconds], found


def measured(count: int, pairs: int, runs: int) -> str:
    """The figures as text."""
    values = names(count)
    found = counted(values)
    (ours, theirs), (a, b) = least(runs, lambda: propose(found, numbers_apart=False), lambda: by_pandas(values))
    assert a == b, f"{a:,} groups, with pandas {b:,}"
    some = list(dict.fromkeys(v.lower() for v in values[:pairs]))
    kinds, limit = np.zeros(len(some), "int64"), Limit(edits=1)
    (near, each), (a, b) = least(runs, lambda: len(close_pairs(some, kinds, limit)[0]), lambda: all_pairs(some, limit))
    assert a == b, f"{a:,} pairs, each with each {b:,}"
    lines = [
        f"{count:,} different values; processor seconds, least of {runs} runs.", machine(), "", "| | seconds | groups |", "|---|---:|---:|",
    ]  # fmt: skip
    for label, method, options in WAYS:
        (seconds,), (groups,) = least(runs, lambda m=method, o=options: propose(found, m, **o))  # type: ignore[misc]
        lines.append(f"| {label} | {seconds:.2f} | {groups:,} |")
    lines += [
        "", f"A script with a key function and pandas: {theirs:.2f} s, {theirs / ours:.1f} times ours.",
        f"Each of {len(some):,} values with each by rapidfuzz: {each:.2f} s, {each / near:.0f} times ours; the same {a:,} pairs.",
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and with ``--write`` put the table into the README."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--values", type=int, default=100_000)
    options.add_argument("--pairs", type=int, default=10_000)
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--write", action="store_true", help="put the table into the README")
    chosen = options.parse_args()
    text = measured(chosen.values, chosen.pairs, chosen.runs)
    print(text)
    if chosen.write:
        put("spellings", [text])


if __name__ == "__main__":
    main()
