"""A step offered for a table, tried on all its rows, so that its count is exact; and the table as the rules look at it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, JsonValue

from pipeline.apply import Context, Stopped, apply_step
from pipeline.keys import digest
from pipeline.profile import ColumnProfile, Profile
from pipeline.recipe import new_step
from pipeline.results import StepResult
from pipeline.view import seen, texts
from steps import catalogue
from steps.arrow import arrow, blank, is_text

LARGE = pa.large_string()
Unit = Literal["cell", "row", "column", "value"]
Kind = Literal["repair", "writing", "missing", "type", "rows", "columns", "check"]
MOST_COLUMNS = 100  # columns of text that are looked at closely
ONE_BY_ONE = 500_000  # values of a table that are looked at one by one
SURENESS = {3: "sure", 2: "likely", 1: "maybe"}


class Suggestion(BaseModel):
    """A step offered: its settings, how many cells, rows or columns it would change, why, and up to two examples before → after.

    ``kind`` is what it is about: ``repair`` puts right values in the place of wrong ones, ``writing`` changes only how they are
    written, ``missing`` empties cells that hold a word for no value, ``type`` reads a column as numbers or dates.
    ``certainty`` is 3 where nothing else is thinkable, 2 where it is likely, 1 where it is worth a look; below that (0) a
    suggestion is right too seldom to be shown unasked. ``rule`` names the rule that found it.
    """

    model_config = ConfigDict(frozen=True)

    step: str
    params: dict[str, JsonValue]
    columns: tuple[str, ...]
    count: int
    unit: Unit
    why: str
    examples: tuple[tuple[str, str], ...] = ()
    certainty: int = 2
    kind: Kind = "repair"
    rule: str = ""

    @property
    def label(self) -> str:
        """The step's label."""
        return catalogue[self.step].label

    @property
    def sureness(self) -> str:
        """How certain it is, in a word."""
        return SURENESS.get(self.certainty, "unsure")

    @property
    def key(self) -> str:
        """What names the suggestion when it is put aside: the step, the rule and the columns, not the counts of one file."""
        named = [self.rule] if self.step in REPAIRING else []
        return digest(self.step, list[JsonValue](sorted(self.columns)), *named)[:16]


REPAIRING = ("make_agree", "map_values", "find_replace")  # offered by several rules


@dataclass(frozen=True)
class Coded:
    """A column by its different values: ``words`` (as text in ``texts``), how often each stands, and for each row which one; -1 without."""

    words: pa.Array
    codes: np.ndarray
    counts: np.ndarray

    @property
    def texts(self) -> pa.Array:
        """The different values as text."""
        return self.words if is_text(self.words.type) else texts(pa.chunked_array([self.words])).combine_chunks()

    @property
    def filled(self) -> int:
        """How many rows have a value."""
        return int(self.counts.sum())


@dataclass
class Look:
    """The table, its profile, and its columns by different values, each worked out once."""

    table: pd.DataFrame
    known: Profile
    _coded: dict[str, Coded] = field(default_factory=dict)
    _left: int = ONE_BY_ONE

    def coded(self, name: str) -> Coded:
        """A column by its different values; blank text counts as missing."""
        if name not in self._coded:
            self._coded[name] = _code(arrow(self.table[name]))
        return self._coded[name]

    def with_remark(self, *kinds: str) -> list[ColumnProfile]:
        """The columns of which one of these things was noticed."""
        return [c for c in self.known.columns if any(r.kind in kinds for r in c.remarks)]

    def text(self) -> list[ColumnProfile]:
        """The first columns of text that have values."""
        return [c for c in self.known.columns if c.type == "text" and c.different][:MOST_COLUMNS]

    def may_read(self, values: int) -> bool:
        """Whether so many values may still be looked at one by one, in this table as a whole."""
        self._left -= values
        return self._left >= 0


Rule = Callable[[Look], Iterator[Suggestion]]


def _code(values: pa.ChunkedArray) -> Coded:
    encoded = values.combine_chunks().dictionary_encode()
    words, codes = encoded.dictionary, pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    if is_text(words.type) and pc.any(empty := blank(words), min_count=0).as_py():
        keep = ~empty.to_numpy(zero_copy_only=False)
        number = np.where(keep, np.cumsum(keep) - 1, -1)
        words, codes = words.filter(pa.array(keep)), np.append(number, -1)[codes]
    counts = np.bincount(codes[codes >= 0], minlength=len(words))
    return Coded(words, codes.astype("int64"), counts)


def tried(table: pd.DataFrame, name: str, params: dict[str, JsonValue]) -> StepResult | None:
    """What the step makes of the table; None if it cannot run on it."""
    try:
        return apply_step(new_step(name, params), table, Context({}, int(table.index.max()) + 1 if len(table) else 2))
    except Stopped:
        return None


def chosen(names: list[str]) -> dict[str, JsonValue]:
    """The choice of columns by name."""
    return {"names": list[JsonValue](names)}


def cells(
    look: Look, name: str, params: dict[str, JsonValue], needs: list[str], why: str, certainty: int, kind: Kind, rule: str = "",
    unless: Callable[[StepResult], bool] | None = None,
) -> Iterator[Suggestion]:  # fmt: skip
    """A step that changes cells, if it changes any; ``needs`` are the columns it looks at. ``{n}`` in ``why`` is the count."""
    made = tried(look.table[needs], name, params)
    if made is not None and (count := made.report.changed) and not (unless and unless(made)):
        yield Suggestion(
            step=name, params=params, columns=tuple(made.report.cells), count=count, unit="cell", why=why.replace("{n}", f"{count:,}"),
            examples=examples_of(look.table, made), certainty=certainty, kind=kind, rule=rule,
        )  # fmt: skip


def mapped(look: Look, column: str, mapping: dict[str, str], why: str, certainty: int, kind: Kind, rule: str) -> Iterator[Suggestion]:
    """Values of a column replaced from a list, if there are any, exactly as they are written."""
    if mapping:
        more: dict[str, JsonValue] = {"mapping": dict[str, JsonValue](mapping), "case_insensitive": False, "trim": False}
        yield from cells(look, "map_values", {"columns": chosen([column]), **more}, [column], why, certainty, kind, rule)


def examples_of(table: pd.DataFrame, made: StepResult) -> tuple[tuple[str, str], ...]:
    """Two changed cells, of two columns or of one with different values."""
    found: dict[str, tuple[str, str]] = {}
    lists = sorted(made.changes.cells.items(), key=lambda c: -len(c[1]))
    for taken in (1, 20):
        for name, rows in lists:
            if len(found) == 2:
                break
            some = rows[:taken]
            before = texts(arrow(table[name]).take(pa.array(places(table.index, some)))).to_pylist()
            after = texts(arrow(made.table[name]).take(pa.array(places(made.table.index, some)))).to_pylist()
            for old, new in zip(before, after, strict=True):
                if len(found) < 2 and short(old) not in found:
                    found[short(old)] = (short(old), short(new))
    return tuple(found.values())


def short(text: str | None) -> str:
    """A value as an example shows it."""
    shown = seen(text)
    return shown if len(shown) <= 60 else shown[:59] + "…"


def places(index: pd.Index, rows: np.ndarray) -> np.ndarray:
    """The positions of rows by their numbers."""
    if isinstance(index, pd.RangeIndex):
        return rows - index.start
    held = index.to_numpy()
    order = np.argsort(held, kind="stable")
    return order[np.searchsorted(held, rows, sorter=order)]


def removed(
    look: Look, name: str, params: dict[str, JsonValue], why: str, certainty: int, columns: tuple[str, ...] = (), rule: str = ""
) -> Iterator[Suggestion]:
    """A step that removes rows, if it removes any but not all."""
    made = tried(look.table, name, params)
    if made is not None and 0 < made.report.removed < len(look.table):
        lines = made.removed.head(2)
        examples = tuple((f"row {row:,}", f"removed: {reason}") for row, reason in zip(lines.index, lines["reason"], strict=True))
        yield Suggestion(
            step=name, params=params, columns=columns, count=made.report.removed, unit="row", why=why, examples=examples,
            certainty=certainty, kind="rows", rule=rule,
        )  # fmt: skip
