"""What agreement in each column is worth, learnt from the table itself.

Pairs of rows are taken as a mixture: pairs that have nothing to do with each other, pairs that stand for the same thing, and
pairs of different things that belong together (people of one family, measures of one hospital), for each column one kind that
always differs in it. The shares and the levels of agreement of each are found by expectation and maximisation. What the same
things may look like is bounded: in no column do most of them differ. Source: I. Fellegi and A. Sunter, A Theory for Record
Linkage, 1969; W. Winkler, Using the EM Algorithm for Weight Computation in the Fellegi-Sunter Model, 1988.
"""

from typing import Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from steps.linkage.compared import Compared
from steps.linkage.likeness import LEVELS, SAME, likeness

ROUNDS, SETTLED = 60, 1e-7
RANDOM = 300_000  # pairs drawn to see how often rows agree by chance
DIFFER = 0.25  # the most of the same things that differ in a column
AGREE = 0.15  # the least of the same things that agree in a column of short values
RELATED = 0.9  # the least of the pairs of a related kind that differ in its column
EXTRA, SEVERAL = 0.6, 1.5  # a related kind that differs in little else, and is not frequent, is the same things after all
EXTRA_FEW, FEW = 1.2, 0.3
RARE = 0.5  # how much a rare value tells more than a frequent one
NEVER = 0.05  # of a code: where hardly any are the same, the things are not
SMALL = 1e-5
START = {"same": (0.75, 0.12, 0.05, 0.08), "related": (0.6, 0.08, 0.07, 0.25), "own": (0.01, 0.02, 0.05, 0.92)}
PRIOR = {"chance": 1.0, "same": 20.0, "related": 4.0}  # pairs that the assumptions count for
USUAL = {"same": (0.75, 0.12, 0.05, 0.08), "related": (0.55, 0.1, 0.1, 0.25)}

Sort = Literal["chance", "same", "related"]


class Kind(BaseModel):
    """A kind of pairs: its share, for each column how often it is the same, nearly, alike and different, and if it counts as the same."""

    model_config = ConfigDict(frozen=True)

    sort: Sort
    share: float
    levels: list[list[float]]
    same: bool


class Weights(BaseModel):
    """What was learnt, for the columns named; ``chance`` is how often two rows hold the same value by chance."""

    model_config = ConfigDict(frozen=True)

    columns: list[str]
    kinds: list[Kind]
    chance: list[float]


class Seen(NamedTuple):
    """Pairs of rows with the levels of all columns (pairs by columns, int8)."""

    columns: list[Compared]
    first: np.ndarray
    second: np.ndarray
    levels: np.ndarray


def learn(seen: Seen) -> Weights:
    """The weights of a table. With no pair to learn from nothing is the same."""
    columns = seen.columns
    names = [c.name for c in columns]
    if not len(seen.first):
        return Weights(columns=names, kinds=[], chance=[])
    by_chance = _by_chance(columns)
    powers = (LEVELS + 1) ** np.arange(len(columns))
    patterns, counts = np.unique(seen.levels.astype("int64") @ powers, return_counts=True)
    shown = patterns[:, None] // powers % (LEVELS + 1)
    is_level = (shown[:, :, None] == np.arange(1, LEVELS + 1)).astype("float64")
    short = np.array([c.short for c in columns])
    sorts: list[Sort] = ["chance", "same", *["related"] * len(columns)]  # type: ignore[list-item]  # mypy: the literal of a product
    levels = [by_chance, np.tile(START["same"], (len(columns), 1))]
    for own in range(len(columns)):
        start = np.tile(START["related"], (len(columns), 1))
        start[own] = START["own"]
        levels.append(start)
    shares = np.array([0.0, 0.1, *[0.05] * len(columns)])
    shares[0] = max(1 - shares.sum(), 0.1)
    agreeing = np.ones(len(columns))  # share of the same things, without the bounds
    for _ in range(ROUNDS):
        fit = np.stack([(is_level * np.log(each)).sum((1, 2)) for each in levels], 1) + np.log(shares)
        part = np.exp(fit - fit.max(1, keepdims=True))
        part *= (counts / part.sum(1))[:, None]
        before, shares = shares, (part.sum(0) + 0.5) / (counts.sum() + 0.5 * len(shares))
        for k, sort in enumerate(sorts):
            usual = by_chance if sort == "chance" else np.array(USUAL[sort])
            found = np.einsum("p,pfl->fl", part[:, k], is_level)
            each = (found + PRIOR[sort] * usual) / (found.sum(1, keepdims=True) + PRIOR[sort])
            if sort == "same":
                agreeing = found[:, 0] / np.maximum(found.sum(1), SMALL)
                each = _at_most(each, LEVELS - 1, DIFFER, np.ones(len(columns), bool))
                each = _at_least(each, 0, AGREE, short)
            elif sort == "related":
                each = _at_least(each, LEVELS - 1, RELATED, np.arange(len(columns)) == k - 2)
            levels[k] = np.maximum(each, SMALL)
        if np.abs(shares - before).max() < SETTLED:
            break
    real = not any(share < NEVER for share, column in zip(agreeing, columns, strict=True) if column.codes_things)
    same = [real and (sort == "same" or (sort == "related" and _same_after_all(levels, shares, k))) for k, sort in enumerate(sorts)]
    kinds = [Kind(sort=sorts[k], share=float(shares[k]), levels=levels[k].tolist(), same=same[k]) for k in range(len(sorts))]
    return Weights(columns=names, kinds=kinds, chance=by_chance[:, 0].tolist())


def certainty(seen: Seen, weights: Weights) -> np.ndarray:
    """How certain it is that the rows of each pair stand for the same thing, 0 to 1."""
    if not len(seen.first) or not any(kind.same for kind in weights.kinds):
        return np.zeros(len(seen.first))
    logs = np.stack([np.c_[np.zeros(len(seen.columns)), np.log(kind.levels)] for kind in weights.kinds])  # kinds, columns, levels
    fit = np.tile(np.log([kind.share for kind in weights.kinds]), (len(seen.first), 1))
    for at, column in enumerate(seen.columns):
        fit += logs[:, at, :].T[seen.levels[:, at]]
        agreeing = np.flatnonzero(seen.levels[:, at] == SAME)
        held = column.counts[column.codes[seen.first[agreeing]]] / column.known
        fit[agreeing, 0] += RARE * np.log(held / max(weights.chance[at], 1e-9))
    same = np.array([kind.same for kind in weights.kinds])
    apart = np.clip(_together(fit[:, same]) - _together(fit[:, ~same]), -40, 40)
    return 1 / (1 + np.exp(-apart))


def _by_chance(columns: list[Compared]) -> np.ndarray:
    """For each column how often two rows drawn at random are the same, nearly, alike and different."""
    rows = len(columns[0].codes)
    if rows * (rows - 1) // 2 <= RANDOM:
        first, second = np.triu_indices(rows, 1)
    else:
        drawn = np.random.default_rng(0).integers(0, rows, (2, RANDOM))
        first, second = drawn[:, drawn[0] != drawn[1]]
    counts = [np.bincount(likeness(c, first, second), minlength=LEVELS + 1)[1:] + 0.5 for c in columns]
    return np.stack([c / c.sum() for c in counts])


def _same_after_all(levels: list[np.ndarray], shares: np.ndarray, k: int) -> bool:
    """Whether pairs that always differ in one column differ in hardly another one, and are no more than could be by mistakes."""
    more = np.delete(levels[k][:, -1] - levels[1][:, -1], k - 2).clip(0).sum()
    return bool((more < EXTRA and shares[k] < SEVERAL * shares[1]) or (more < EXTRA_FEW and shares[k] < FEW * shares[1]))


def _at_least(each: np.ndarray, level: int, least: float, where: np.ndarray) -> np.ndarray:
    """Shares with one level raised to ``least`` in some columns, the others lowered alike."""
    where = where & (each[:, level] < least)
    return _set(each, level, least, where)


def _at_most(each: np.ndarray, level: int, most: float, where: np.ndarray) -> np.ndarray:
    where = where & (each[:, level] > most)
    return _set(each, level, most, where)


def _set(each: np.ndarray, level: int, share: float, where: np.ndarray) -> np.ndarray:
    rest = each * (1 - share) / np.maximum(1 - each[:, [level]], SMALL)
    rest[:, level] = share
    return np.where(where[:, None], rest, each)


def _together(fit: np.ndarray) -> np.ndarray:
    """The logarithm of summed probabilities, row by row."""
    top = fit.max(1, keepdims=True)
    return top[:, 0] + np.log(np.exp(fit - top).sum(1))
