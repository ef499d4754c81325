"""Corrections typed by hand, kept as a step."""

from itertools import chain
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from steps.arrow import TEXT, arrow, column, is_text, keep_rows, rows_at, whole
from steps.base import NO_REJECTED, NO_REMOVED, ColumnName, Outcome, Step, listing, removed_rows
from steps.bits import with_cells
from steps.named_rows import GONE, NamedRows, Place
from steps.values import read_value, shortest


class Edit(BaseModel):
    """One cell: its row by number or by key, the value it had and the one it gets, as text; None is missing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    row: int | None = Field(None, title="Row")
    key: tuple[str | None, ...] = Field((), title="Key", description="The row's values in the key columns.")
    column: ColumnName = Field(title="Column")
    old: str | None = Field(None, title="Was")
    new: str | None = Field(None, title="Becomes")


class AddedRow(BaseModel):
    """One more row, below a row by its number (None: at the end), with its values as text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: int | None = Field(None, title="Below row")
    values: dict[str, str | None] = Field(default_factory=dict, title="Values")


class DeletedRow(BaseModel):
    """A row to delete, by number or by key, while the values named in ``was`` stand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    row: int | None = Field(None, title="Row")
    key: tuple[str | None, ...] = Field((), title="Key")
    was: dict[str, str | None] = Field(default_factory=dict, title="Its values")


class EditCells(Step):
    """The table with some cells changed, rows added below others and rows deleted, one by one and by hand.

    A value is read strictly as its column's type: no rounding, no other decimal mark. An edit is applied only while the
    old value stands; edits by row number only to the file they were made on (``file``, its digest; None: any). All others
    are listed and counted as not applied. An added row carries the number of the row above it, for the engine to renumber.

    Raises StepError if a key column is absent.
    """

    name = "edit_cells"
    label = "Edit cells by hand"
    help = "Typed corrections kept as a step."
    group = "By hand"
    kind = "structure"
    words = ("edit", "correct", "type", "manual", "patch", "change a value", "add row", "delete row")
    blanks: ClassVar[bool] = True
    absent_ok: ClassVar[bool] = True

    edits: list[Edit] = Field(default_factory=list, title="Changed cells", description="Applied while the old value stands.")
    added: list[AddedRow] = Field(default_factory=list, title="Added rows", description="Each below the row named.")
    deleted: list[DeletedRow] = Field(default_factory=list, title="Deleted rows", description="By row number or by key.")
    keys: tuple[str, ...] = Field(
        (),
        title="Rows are found by",
        description="Columns whose values name a row, for edits that travel to other files; otherwise by row number.",
        json_schema_extra={"more": True},
    )
    file: str | None = Field(
        None, title="File", description="The digest of the file that the row numbers belong to.", json_schema_extra={"more": True}
    )
    _foreign: bool = PrivateAttr(default=False)

    def for_file(self, digest: str | None) -> "EditCells":
        """On another file than the one they were made on, edits by row number are listed and not applied."""
        if self.file is None or digest == self.file:
            return self
        step = self.model_copy()
        step._foreign = True
        return step

    def apply(self, df: pd.DataFrame, fitted: None) -> Outcome:
        """The corrected table, deleted rows, and the edits that were not applied."""
        return _Work(df, self).outcome()

    def order_of_added(self, df: pd.DataFrame) -> list[int]:
        """Which of ``added`` the new rows of the result are, in the result's order, when applied to this table."""
        work = _Work(df, self)
        return [work.taken[at] for at in sorted(range(len(work.new)), key=lambda at: work.new[at][0])]

    def needs(self) -> list[str]:
        """The key columns."""
        return list(self.keys)

    def describe(self) -> str:
        """What was done by hand, counted."""
        counts = ((self.edits, "Change", "cell"), (self.added, "add", "row"), (self.deleted, "delete", "row"))
        parts = [f"{verb} {len(done):,} {noun}{'' if len(done) == 1 else 's'}" for done, verb, noun in counts if done]
        said = listing(parts) if parts else "Change nothing"
        return f"{said[0].upper()}{said[1:]} by hand"


class _Work:
    """The edits of one run on one table: what is written where, and what was not applied."""

    def __init__(self, df: pd.DataFrame, step: EditCells) -> None:
        self.df, self.step = df, step
        keys = chain((e.key for e in step.edits), (d.key for d in step.deleted))
        self.find = NamedRows(df, step.keys, keys, foreign=step._foreign).find
        self.types = {n: t.pyarrow_dtype for n, t in df.dtypes.items()}
        self.held: dict[str, pa.ChunkedArray] = {}  # columns that were looked at
        self.written: dict[str, dict[int, Any]] = {}  # column -> position -> value
        self.gone: set[int] = set()
        self.new: list[tuple[int, dict[str, Any]]] = []  # position of the row above, values
        self.taken: list[int] = []  # which of the step's added rows these are
        self.refused: list[tuple[int, str, str | None, str]] = []  # row, column, value, reason
        self.noted: dict[str, int] = {}
        for edit in step.edits:
            self.edit(edit)
        for row in step.deleted:
            self.delete(row)
        for which, new in enumerate(step.added):
            self.add(which, new)

    def edit(self, edit: Edit) -> None:
        """Write one cell, or list why not."""
        at, why = self.find(edit.row, edit.key)
        if at is None:
            self._refuse(edit.row, edit.column, edit.new, why)
        elif edit.column not in self.types:
            self._refuse(int(self.df.index[at]), edit.column, edit.new, f'there is no column "{edit.column}"')
        elif not self._stands(at, edit.column, edit.old):
            was = "missing" if edit.old is None else f'"{edit.old}"'
            self._refuse(int(self.df.index[at]), edit.column, self._text(at, edit.column), f"is no longer {was}, as it was when edited")
        else:
            try:
                self.written.setdefault(edit.column, {})[at] = self._read(edit.column, edit.new)
            except ValueError as error:
                self._refuse(int(self.df.index[at]), edit.column, edit.new, str(error))

    def delete(self, row: DeletedRow) -> None:
        """Take one row out, or list why not."""
        at, why = self.find(row.row, row.key)
        changed = [] if at is None else [n for n, old in row.was.items() if n not in self.df.columns or not self._stands(at, n, old)]
        if at is None or changed:
            self._refuse(row.row, changed[0] if changed else "", None, f"the row is not deleted: {why or 'a value of it has changed'}")
        else:
            self.gone.add(at)

    def add(self, which: int, row: AddedRow) -> None:
        """Make one row, or list why not."""
        at, why = Place(len(self.df) - 1) if row.after is None else self.find(row.after, ())
        unknown = [n for n in row.values if n not in self.df.columns]
        if at is None and why == GONE:
            at = len(self.df) - 1  # the row above is not in the table: at the end
        if at in self.gone:  # its number goes with it: below the nearest row that stays
            around = chain(range(at, -1, -1), range(at, len(self.df)))
            at = next((p for p in around if p not in self.gone), -1)
        if at is None or at < 0 or unknown:
            problem = f'there is no column "{unknown[0]}"' if unknown else why or "the table has no row to put it below"
            self._refuse(row.after, unknown[0] if unknown else "", None, f"the row is not added: {problem}")
            return
        values = {}
        for name, text in row.values.items():
            try:
                values[name] = self._read(name, text)
            except ValueError as error:
                self._refuse(int(self.df.index[at]), name, text, f"the row is added without it: {error}")
        self.taken.append(which)
        self.new.append((at, values))

    def outcome(self) -> Outcome:
        """The table with everything applied, and what was not."""
        table = self.df.assign(**{name: self._column(name, cells) for name, cells in self.written.items() if cells})
        removed = removed_rows(self.df.index[sorted(self.gone)], "deleted by hand") if self.gone else NO_REMOVED
        if self.new:
            table = self._with_new(table)
        elif self.gone:
            keep = np.ones(len(table), bool)
            keep[list(self.gone)] = False
            table = keep_rows(table, keep)
        return Outcome(table, rejected=self._rejected(), removed=removed, noted=self.noted)

    def _now(self, at: int, name: str) -> pa.Scalar:
        """A cell as it stands after the edits so far."""
        cells = self.written.get(name, {})
        if at in cells:
            return pa.scalar(cells[at], self._type(name))
        if name not in self.held:
            self.held[name] = arrow(self.df[name])
        return self.held[name][at]

    def _stands(self, at: int, name: str, old: str | None) -> bool:
        """Whether a cell holds the value it had when it was edited."""
        now = self._now(at, name)
        if old is None or not now.is_valid:
            return old is None and not now.is_valid
        if self._text(at, name) == old:
            return True
        try:
            return pa.scalar(read_value(old, self._type(name)), self._type(name)).equals(now)
        except ValueError:
            return False

    def _text(self, at: int, name: str) -> str | None:
        now = self._now(at, name)
        return now.as_py() if is_text(now.type) else shortest(pa.array([now.as_py()], now.type))[0].as_py()

    def _type(self, name: str) -> pa.DataType:
        return self.types[name]

    def _read(self, name: str, text: str | None) -> Any:  # Any: of the column's type
        return None if text is None else read_value(text, self._type(name))

    def _column(self, name: str, cells: dict[int, Any]) -> pd.Series:
        values, at = whole(arrow(self.df[name])), sorted(cells)
        return column(with_cells(values, np.array(at), pa.array([cells[p] for p in at], values.type)), self.df)

    def _with_new(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows kept and the new ones, each below its row; those below the same row in the order they were added."""
        keep = np.ones(len(table), bool)
        keep[list(self.gone)] = False
        at = np.r_[np.flatnonzero(keep), np.array([above for above, _ in self.new], "int64")]
        order = np.argsort(at, kind="stable")
        index = rows_at(self.df, at[order])
        made = {}
        for name in table.columns:
            of = self._type(name)
            kept = arrow(table[name]).filter(pa.array(keep))
            added = pa.array([values.get(name) for _, values in self.new], of)
            whole = pa.chunked_array([*kept.chunks, added], of).take(pa.array(order))
            made[name] = pd.Series(whole, dtype=pd.ArrowDtype(of), index=index)
        return pd.DataFrame(made, index=index, columns=table.columns)

    def _refuse(self, row: int | None, name: str, value: str | None, reason: str) -> None:
        self.refused.append((0 if row is None else row, name, value, f"not applied: {reason}"))
        self.noted["{n} edits by hand were not applied; see Problems."] = len(self.refused)

    def _rejected(self) -> pd.DataFrame:
        if not self.refused:
            return NO_REJECTED
        index = pd.Index([r[0] for r in self.refused], dtype="int64")
        parts = {n: pa.array([r[i] for r in self.refused], pa.large_string()) for i, n in ((1, "column"), (2, "value"), (3, "reason"))}
        return pd.DataFrame({n: pd.Series(v, dtype=TEXT, index=index) for n, v in parts.items()}, index=index)
