"""Dirt put into a clean table: each way changes some cells, or adds rows, so that the truth is known."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

LETTERS = "abcdefghijklmnopqrstuvwxyz"
Chance = np.random.Generator
Way = Callable[[Chance, pd.DataFrame, str], "str | None"]


@dataclass
class Dirty:
    """The dirty table, the right one row by row (rows that were added have none), and which way each wrong cell was made."""

    table: pd.DataFrame
    right: pd.DataFrame
    added: set[int] = field(default_factory=set)
    how: dict[tuple[int, str], str] = field(default_factory=dict)


def typo(chance: Chance, value: str) -> str:
    """A letter left out, put in, changed, or swapped with the next."""
    at = [i for i, c in enumerate(value) if c.isalpha()]
    if len(value) < 3 or not at:
        return value
    i, letter = int(chance.choice(at)), LETTERS[int(chance.integers(26))]
    kind = int(chance.integers(4))
    if kind == 0:
        return value[:i] + value[i + 1 :]
    if kind == 1:
        return value[:i] + letter + value[i:]
    if kind == 2 or i + 1 >= len(value):
        return value[:i] + letter + value[i + 1 :]
    return value[:i] + value[i + 1] + value[i] + value[i + 2 :]


def crossed(chance: Chance, value: str) -> str:
    """One or more signs replaced by x."""
    if not value:
        return value
    gone = {value[int(i)] for i in chance.choice(len(value), min(len(value), int(chance.integers(1, 3))), replace=False)}
    return "".join("x" if c in gone else c for c in value)


def padded(chance: Chance, value: str) -> str:
    """Spaces in front, behind, or doubled inside."""
    ways = [f" {value}", f"{value} ", f"  {value} ", f"{value}\u00a0"] + ([value.replace(" ", "  ", 1)] if " " in value else [])
    return ways[int(chance.integers(len(ways)))]


def recased(chance: Chance, value: str) -> str:
    """Other capitals."""
    ways = [w for w in (value.upper(), value.lower(), value.capitalize()) if w != value]
    return ways[int(chance.integers(len(ways)))] if ways else value


def disguised(chance: Chance, value: str) -> str:
    """A word for no value."""
    return ["N/A", "-", "?", "null", "NaN"][int(chance.integers(5))]


NUMBER = re.compile(r"-?\d+(\.\d+)?")


def formatted(chance: Chance, value: str) -> str:
    """The same value written in another way: a unit, a percent, thousands, other marks in codes and dates."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        y, m, d = value.split("-")
        return [f"{y}/{m}/{d}", f"{d}.{m}.{y}", f"{y}{m}{d}"][int(chance.integers(3))]
    if re.fullmatch(r"\d{2}[./]\d{2}[./]\d{4}", value):
        return re.sub(r"[./]", lambda m: "-" if chance.random() < 2 else m.group(), value)
    if re.fullmatch(r"-?\d+\.\d+", value):
        return [f"{value} oz", f"${value}", f"{value} EUR"][int(chance.integers(3))]
    if re.fullmatch(r"\d+(\.\d+)?%", value):
        return value[:-1]
    if re.fullmatch(r"\d+ [a-z]{1,8}", value):
        return [value.split(" ")[0], value.replace(" ", "")][int(chance.integers(2))]
    if re.fullmatch(r"[A-Z]+-?\d+", value) or re.fullmatch(r"\d+-\d+", value):
        return (
            re.sub(r"(\D)-?(?=\d)", lambda m: m.group(1) + " ", value, count=1)
            if "-" not in value
            else value.replace("-", ["", " ", "/"][int(chance.integers(3))], 1)
        )
    return value


def scaled(chance: Chance, value: str) -> str:
    """Ten, a hundred or a thousand times as much or as little."""
    if not NUMBER.fullmatch(value) or float(value) == 0:
        return value
    factor = [10, 100, 1000, 0.1, 0.01, 0.001][int(chance.integers(6))]
    decimals = len(value.split(".")[1]) if "." in value else 0
    extra = {0.1: 1, 0.01: 2, 0.001: 3}.get(factor, 0)
    return f"{float(value) * factor:.{decimals + extra}f}"


def century(chance: Chance, value: str) -> str:
    """A date a century off."""
    shift = [100, -100][int(chance.integers(2))]
    return re.sub(r"(?<!\d)(19|20)\d\d(?!\d)", lambda m: str(int(m.group()) + shift), value)


def other_unit(chance: Chance, value: str) -> str:
    """The same amount in another unit."""
    found = re.fullmatch(r"(\d+) (g|m)", value)
    if not found:
        return value
    return f"{int(found[1]) / 1000:g} {'kg' if found[2] == 'g' else 'km'}"


CELLS: dict[str, Callable[[Chance, str], str]] = {
    "typo": typo, "x": crossed, "padding": padded, "case": recased, "disguised": disguised, "format": formatted, "factor": scaled,
    "century": century, "unit": other_unit,
}  # fmt: skip


def inject(clean: pd.DataFrame, seed: int, rates: dict[str, float]) -> Dirty:
    """The table with dirt: each way of ``rates`` on so large a share of the cells it can change, of columns drawn for it.

    Besides the ways of ``CELLS``: "missing" (no value), "domain" (another right value of the column), "swap" (two cells of a row
    exchanged), "twice" (rows again), "nearly twice" (rows again with a slip), the last two as a share of the rows.
    """
    chance = np.random.default_rng(seed)
    table, how = clean.copy(), dict[tuple[int, str], str]()
    names = list(clean.columns)
    for way, rate in rates.items():
        drawn = [n for n in names if chance.random() < 0.5] or names[:1]
        for name in drawn:
            spots = np.flatnonzero(chance.random(len(table)) < rate)
            domain = clean[name].to_numpy()
            for row in spots.tolist():
                if (row, name) in how or way in ("twice", "nearly twice") or clean.at[row, name] == "":
                    continue
                old = str(clean.at[row, name])
                if way == "missing":
                    new = ""
                elif way == "domain":
                    new = str(domain[int(chance.integers(len(domain)))])
                elif way == "swap":
                    other = names[int(chance.integers(len(names)))]
                    if other == name or (row, other) in how or clean.at[row, other] in ("", old):
                        continue
                    new = str(clean.at[row, other])
                    table.at[row, other] = old
                    how[row, other] = way
                else:
                    new = CELLS[way](chance, old)
                if new != old:
                    table.at[row, name] = new
                    how[row, name] = way
    return _with_rows(Dirty(table, clean, set(), how), chance, rates)


def _with_rows(dirty: Dirty, chance: Chance, rates: dict[str, float]) -> Dirty:
    """Rows again, further below."""
    extra, right = [], []
    for way in ("twice", "nearly twice"):
        for row in np.flatnonzero(chance.random(len(dirty.right)) < rates.get(way, 0)).tolist():
            line = dirty.table.iloc[row].copy()
            if way == "nearly twice":
                name = str(chance.choice(list(line.index)))
                line[name] = typo(chance, line[name])
            extra.append(line)
            right.append(dirty.right.iloc[row])
    if not extra:
        return dirty
    n = len(dirty.table)
    table = pd.concat([dirty.table, pd.DataFrame(extra)], ignore_index=True)
    return Dirty(table, pd.concat([dirty.right, pd.DataFrame(right)], ignore_index=True), set(range(n, n + len(extra))), dirty.how)
