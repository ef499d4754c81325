"""What a step made, and a memory of such results within a budget."""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from threading import RLock
from typing import Protocol

import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from pipeline.changes import Changes
from steps.base import NO_PARENTS, NO_REJECTED, NO_REMOVED, Checked


class StepReport(BaseModel):
    """Exact counts of one step on the whole table; ``missing_*`` count missing cells of all columns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = ""
    step: str
    label: str
    sentence: str
    rows_in: int
    rows_out: int
    removed: int = 0
    added: int = 0
    moved: int = 0
    cells: dict[str, int] = Field(default_factory=dict)
    retyped: dict[str, tuple[str, str]] = Field(default_factory=dict)
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    renamed: dict[str, str] = Field(default_factory=dict)
    columns_moved: bool = False
    rejected: int = 0
    missing_before: int = 0
    missing_after: int = 0
    noted: tuple[str, ...] = ()
    checked: tuple[Checked, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> int:
        """Number of changed cells in all columns."""
        return sum(self.cells.values())

    @property
    def no_effect(self) -> bool:
        """Whether the step left the table as it was."""
        rows = (self.cells, self.removed, self.added, self.moved)
        columns = (self.retyped, self.columns_added, self.columns_removed, self.renamed, self.columns_moved)
        return not (any(rows) or any(columns))


@dataclass(frozen=True)
class StepResult:
    """The table after a step, with everything that is known about how it came about."""

    table: pd.DataFrame
    report: StepReport
    next_row: int
    fitted: JsonValue = None
    fitted_for: str | None = None
    changes: Changes = field(default_factory=Changes)
    rejected: pd.DataFrame = field(default_factory=lambda: NO_REJECTED)
    removed: pd.DataFrame = field(default_factory=lambda: NO_REMOVED)
    parents: pd.DataFrame = field(default_factory=lambda: NO_PARENTS)
    skipped: str | None = None


@dataclass(frozen=True)
class Failed:
    """A step that cannot run on this input with these settings, and why."""

    message: str


Cached = StepResult | Failed


class ResultCache(Protocol):
    """Results by key; a key names input, step and settings exactly, so a result found is the result."""

    def get(self, key: str) -> Cached | None:
        """The result, or None."""

    def put(self, key: str, result: Cached) -> Cached:
        """Keep a result; what comes back is the one to go on with (it may lie elsewhere in memory)."""


def memory(table: pd.DataFrame) -> dict[int, int]:
    """Address to bytes of everything that the table keeps alive, mapped files included; a slice keeps its whole parent."""
    held: dict[int, int] = {}
    for i in range(table.shape[1]):
        values = table.iloc[:, i].array.__arrow_array__()  # what lies there; `arrow` hands over buffers cut to size
        for chunk in values.chunks:
            for buffer in chunk.buffers() + (chunk.dictionary.buffers() if pa.types.is_dictionary(chunk.type) else []):
                while buffer is not None and buffer.parent is not None:
                    buffer = buffer.parent
                if buffer is not None:
                    held[buffer.address] = buffer.size
    if not isinstance(table.index, pd.RangeIndex):
        rows = table.index.to_numpy()
        rows = rows if rows.base is None else rows.base
        held[rows.ctypes.data] = rows.nbytes
    return held


def held(result: Cached) -> dict[int, int]:
    """Address to bytes of everything that a result keeps alive: its table, its lists, the numbers of changed rows."""
    if isinstance(result, Failed):
        return {}
    found: dict[int, int] = {}
    for table in (result.table, result.rejected, result.removed, result.parents):
        found.update(memory(table) if len(table) else {})
    changes = result.changes
    for rows in (changes.removed, changes.added, changes.moved, *changes.cells.values()):
        found[rows.ctypes.data] = rows.nbytes
    return found


class Results:
    """Results in memory within a budget of bytes; a buffer that several tables share counts once.

    The least recently used goes first; the newest always stays. Safe to use from several threads.
    """

    def __init__(self, budget: int) -> None:
        self.budget, self.used = budget, 0
        self._results: OrderedDict[str, Cached] = OrderedDict()
        self._held: dict[str, dict[int, int]] = {}
        self._users: Counter[int] = Counter()
        self._lock = RLock()

    def get(self, key: str) -> Cached | None:
        """The result of that key, or None."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def put(self, key: str, result: Cached) -> Cached:
        """Keep a result and drop the least recently used ones while over budget."""
        with self._lock:
            if key in self._results:
                self._drop(key)
            self._results[key] = result
            self._held[key] = held(result)
            for address, size in self._held[key].items():
                self.used += size * (self._users[address] == 0)
                self._users[address] += 1
            while self.used > self.budget and len(self._results) > 1:
                self._drop(next(iter(self._results)))
            return result

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            for key in list(self._results):
                self._drop(key)

    def _drop(self, key: str) -> None:
        del self._results[key]
        for address, size in self._held.pop(key).items():
            self._users[address] -= 1
            if not self._users[address]:
                self.used -= size
                del self._users[address]
