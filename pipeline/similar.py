"""Rows that may stand for the same thing: the pairs found in a table, what was answered about them, and what the answers tell."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import JsonValue

from pipeline.shelf import Shelf
from steps.arrow import arrow
from steps.base import Columns
from steps.fuzzy_duplicates import Decision
from steps.linkage import learn, likely, look
from steps.linkage.likely import silent
from steps.values import shortest

Answer = Literal["same", "different"]
Pair = tuple[int, int]  # row numbers
TYPES = {"first": pa.int64(), "second": pa.int64(), "certainty": pa.float64()}
LEAST = 0.3  # certainty from which a pair is worth a look
MOST = 200_000  # pairs


class Found(NamedTuple):
    """Pairs of rows by their numbers, the most certain first, and how certain each is (0 to 1)."""

    first: np.ndarray
    second: np.ndarray
    certainty: np.ndarray

    @property
    def pairs(self) -> list[Pair]:
        """The pairs."""
        return list(zip(self.first.tolist(), self.second.tolist(), strict=True))


def find(df: pd.DataFrame, columns: Columns, progress: Callable[[float, str], None] = silent) -> Found:
    """The pairs of a table that may be the same, by the chosen columns."""
    seen = look(df[columns.resolve(df)], progress=progress)
    found = likely(seen, learn(seen), LEAST)
    rows = df.index.to_numpy()
    return Found(rows[found.first[:MOST]], rows[found.second[:MOST]], found.certainty[:MOST])


def as_table(found: Found) -> pd.DataFrame:
    """The pairs as a table, to be kept."""
    made = {n: pd.Series(pa.array(v, TYPES[n]), dtype=pd.ArrowDtype(TYPES[n])) for n, v in zip(TYPES, found, strict=True)}
    return pd.DataFrame(made, index=pd.RangeIndex(len(found.first)))


def from_table(table: pd.DataFrame) -> Found:
    """The pairs that were kept."""
    return Found(*(arrow(table[n]).to_numpy() for n in TYPES))


def find_similar(args: dict[str, Any], progress: Callable[[float, str], None]) -> dict[str, JsonValue]:
    """The task of a worker: the pairs of the table on the ``shelf`` by its ``columns``, kept as ``note``."""
    shelf = Shelf(Path(args["shelf"]))
    found = find(shelf.load_table(shelf.read_note(args["table"])), Columns.model_validate(args["columns"]), progress)
    shelf.write_note(args["note"], shelf.save_table(as_table(found), args["note"]))
    return {}


def decisions(answers: Mapping[Pair, Answer], df: pd.DataFrame, keys: Sequence[str]) -> list[Decision]:
    """The answers as the step keeps them: by row number, or by the values in the key columns."""
    if not keys:
        return [Decision(rows=pair, same=answer == "same") for pair, answer in answers.items()]
    place = pd.Series(np.arange(len(df)), index=df.index)
    at = place.loc[[row for pair in answers for row in pair]].to_numpy()
    texts = zip(*(shortest(arrow(df[k]).take(pa.array(at))).to_pylist() for k in keys), strict=True)
    named = list(texts)
    return [Decision(keys=(named[2 * i], named[2 * i + 1]), same=a == "same") for i, a in enumerate(answers.values())]


def cut(certain: Mapping[Pair, float], answers: Mapping[Pair, Answer]) -> float | None:
    """From which certainty on pairs are the same, as the answers tell; None if they do not: both kinds are needed.

    Of all places between two answers it is the one that the fewest answers contradict, the highest of equals.
    """
    told = sorted(((certain[p], a == "same") for p, a in answers.items() if p in certain), reverse=True)
    if len({same for _, same in told}) < 2:
        return None
    wrong = sum(same for _, same in told)  # nothing is taken for the same
    best, where = wrong, 1.0
    for at, (certainty, same) in enumerate(told):
        wrong += -1 if same else 1
        following = told[at + 1][0] if at + 1 < len(told) else certainty
        if wrong < best and following != certainty:
            best, where = wrong, (certainty + following) / 2
    return where if where < 1 else None
