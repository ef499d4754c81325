"""The tables of a project: as read, and after its steps; from memory, from the shelf, or worked out by a job."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import RLock
from typing import TypeVar, cast

import pandas as pd
import pyarrow as pa
from pydantic import JsonValue

from io_utils import ReadOptions
from io_utils.facts import Lines
from pipeline import Accounting, Recipe, Results, Run, account, profile, run, suggest
from pipeline.keys import digest, profiler, reading_key, stack_key
from pipeline.profile import ColumnProfile
from pipeline.results import Cached, ResultCache
from pipeline.run import needed
from pipeline.shelf import Layered, Shelf
from pipeline.similar import Found, find, from_table
from pipeline.spellings import GROUPS, as_table
from pipeline.tasks import Loaded, Overview, WriteNote, load_reading, part_key
from pipeline.tidy import tidy
from steps.base import Columns
from steps.spellings import Group, propose
from workspace.files import Files, StoreError
from workspace.jobs import Job, Jobs
from workspace.projects import SourcePart, SourceTable

T = TypeVar("T")
OFTEN = 60.0  # seconds between two looks at the size of the folder
KEPT = 64  # readings and small facts remembered
PROFILES = 5_000  # profiles of columns remembered
MANY_COMPARED = 1_000  # rows that are compared in this process
MANY_VALUES = 5_000  # different values; groups of more are looked for by a job
MANY_COLUMNS = 200  # tables with more are looked at by a job, however short they are


@dataclass(frozen=True)
class Failure:
    """What a job could not do, said for people; ``key`` is for ``Work.retry``."""

    message: str
    key: str
    cancelled: bool = False
    kind: str | None = None  # the class of the exception for people, such as "PasswordNeeded"


@dataclass(frozen=True)
class Ready:
    """A finished file, and what is to be said about it."""

    path: Path
    notes: tuple[str, ...]


Spellings = list[Group] | Job | Failure


class _Unknown(Exception):
    """A result that would have to be worked out."""


class _OnlyKnown:
    """Results that are there already; asking for another one ends the run."""

    def __init__(self, results: Layered) -> None:
        self.results = results

    def get(self, key: str) -> Cached:
        """The result, or _Unknown is raised."""
        if (found := self.results.get(key)) is None:
            raise _Unknown
        return found

    def put(self, key: str, result: Cached) -> Cached:
        """Never called: nothing is worked out."""
        raise _Unknown


class _Profiles(OrderedDict[str, ColumnProfile]):
    """Profiles of columns by the digest of their content; the oldest are forgotten."""

    def put(self, key: str, made: ColumnProfile) -> None:
        """Remember a profile."""
        self[key] = made
        while len(self) > PROFILES:
            self.popitem(last=False)


def _key_of(of: SourceTable | SourcePart) -> str:
    """The key of one file as read."""
    return reading_key(of.file_digest, of.file_name, ReadOptions.model_validate(of.read) if of.read else None)


def _reading_key(table: SourceTable) -> str:
    """The key of a table as read, from one file or from several."""
    if not table.parts:
        return _key_of(table)
    return stack_key([_key_of(part) for part in table.parts], table.stack)


class Work:
    """Readings and runs. What is known comes back at once; what takes longer comes back as a job to wait for."""

    def __init__(self, files: Files, jobs: Jobs, folder: Path, memory: Results, in_process_cells: int, disk_bytes: int) -> None:
        self.files, self.jobs, self.memory, self.in_process_cells = files, jobs, memory, in_process_cells
        self.shelf = Shelf(folder)
        self.group, self.disk_bytes = folder.name, disk_bytes
        self._tidied = 0.0
        self.results = Layered(memory, self.shelf)
        self._kept: OrderedDict[tuple[str, ...], object] = OrderedDict()
        self._profiles = _Profiles()
        self._jobs: dict[str, Job] = {}
        self._lock = RLock()
        self.passwords: dict[str, str] = {}  # of protected files, by digest; in memory only

    def reading(self, table: SourceTable, wait: float = 1.0) -> Loaded | Job | Failure:
        """The table as read; a job if that takes longer than ``wait`` seconds; a failure if it cannot be read."""
        key = _reading_key(table)

        def known() -> Loaded | None:
            with self._lock:
                kept = self._kept.get(("reading", key))
            if isinstance(kept, Loaded):
                return kept
            found = load_reading(self.shelf, key)
            return found and self._keep(("reading", key), found)

        def start() -> Job:
            where: dict[str, JsonValue] = {"shelf": str(self.shelf.folder), "key": key}
            if not table.parts:
                return self.jobs.submit("read", {**self._file(table), **where}, table.file_name, self.group)
            parts: list[JsonValue] = [{**self._file(part), "key": _key_of(part)} for part in table.parts]
            args = {"parts": parts, "stack": table.stack.model_dump(mode="json"), **where}
            return self.jobs.submit("stack", args, table.title, self.group)

        return self._known_or_job(key, known, start, wait)

    def part(self, of: SourcePart) -> pd.DataFrame | None:
        """One of the files of a stacked table as it was read; None if it is not there any more."""
        found = load_reading(self.shelf, part_key(_key_of(of)))
        return None if found is None else found.table

    def _file(self, of: SourceTable | SourcePart) -> dict[str, JsonValue]:
        """What a job must know of a file to read it."""
        path = str(self.files.path(of.file_digest))
        found: dict[str, JsonValue] = {"path": path, "name": of.file_name, "digest": of.file_digest, "options": of.read or None}
        if of.file_digest in self.passwords:
            found["password"] = self.passwords[of.file_digest]
        return found

    def run(self, recipe: Recipe, tables: Sequence[SourceTable], *, as_of: date | None = None, wait: float = 1.0) -> Run | Job | Failure:
        """The run of a recipe, numbers worked out again; a job where tables are large and something is not known yet.

        Only the tables that the result needs are read. One that cannot be read fails the steps that read it; it is the answer
        only where it is the result itself.
        """
        wanted = needed(recipe)
        tables = [t for t in tables if t.name in wanted]
        read: dict[str, Loaded] = {}
        lost: dict[str, str] = {}
        for table in tables:
            found = self.reading(table, wait)
            if isinstance(found, Loaded):
                read[table.name] = found
            elif isinstance(found, Failure) and table.name != recipe.result:
                lost[table.name] = found.message
            else:
                return found
        frames = {name: loaded.table for name, loaded in read.items()}
        keys = {name: loaded.key for name, loaded in read.items()}
        files = {t.name: t.digest for t in tables}
        places = {name: loaded.sources for name, loaded in read.items()}

        def here(results: ResultCache) -> Run:
            return run(frames, recipe, keys=keys, files=files, as_of=as_of, refit=True, results=results, unreadable=lost, sources=places)

        def known() -> Run | None:
            try:
                return here(_OnlyKnown(self.results))
            except _Unknown:
                return None

        if sum(t.shape[0] * t.shape[1] for t in frames.values()) <= self.in_process_cells:
            return here(self.results)
        day = as_of.isoformat() if as_of else None

        def start() -> Job:
            args: dict[str, JsonValue] = {
                "keys": dict(keys), "files": dict(files), "as_of": day, "refit": True, "recipe": recipe.dump(),
                "shelf": str(self.shelf.folder), "unreadable": dict(lost),
            }  # fmt: skip
            return self.jobs.submit("run", args, "The steps", self.group)

        steps = recipe.model_dump(mode="json", exclude={"tables": {"__all__": {"steps": {"__all__": {"id", "note"}}}}})
        return self._known_or_job(digest("run", steps, dict(keys), dict(lost), day), known, start, wait)

    def written(
        self, table: pd.DataFrame, key: str, path: Path, format: str, options: Mapping[str, JsonValue], wait: float = 0.0
    ) -> Ready | Job | Failure:
        """The table known as ``key`` as a file at ``path``, which names its content; written by a job unless it is there."""
        note = f"file-{path.name}"

        def known() -> Ready | None:
            said = self.shelf.read_note(note)
            return Ready(path, WriteNote.model_validate(said).notes) if said is not None and path.exists() else None

        def start() -> Job:
            args: dict[str, JsonValue] = {
                "shelf": str(self.shelf.folder),
                "table": self._on_shelf(table, key),
                "note": note,
                "path": str(path),
                "format": format,
                "options": dict(options),
            }
            return self.jobs.submit("write", args, path.name, self.group)

        return self._known_or_job(note, known, start, wait)

    def overview(self, table: pd.DataFrame, key: str, wait: float = 1.0) -> Overview | Job | Failure:
        """What the columns of the table known as ``key`` hold, and what could be cleaned; by a job where the table is large."""
        note = f"overview-{digest(key, profiler())}"
        if table.size <= self.in_process_cells and table.shape[1] <= MANY_COLUMNS:

            def look() -> Overview:
                known = profile(table, self._profiles)
                return Overview(profile=known, suggestions=suggest(table, known))

            return self.remember((note,), look)

        def start() -> Job:
            args: dict[str, JsonValue] = {"shelf": str(self.shelf.folder), "table": self._on_shelf(table, key), "note": note}
            return self.jobs.submit("look", args, "The columns", self.group)

        return self._noted(note, Overview.model_validate, start, wait)

    def spellings(self, found: pa.StructArray, key: tuple[str, ...], how: Mapping[str, JsonValue], wait: float = 1.0) -> Spellings:
        """The groups of similar values among different ones with their counts, known as ``key``; by a job where they are many."""
        note = f"spellings-{digest(*key, dict(how))}"
        if len(found) <= MANY_VALUES:
            return self.remember((note,), lambda: propose(found, **how))  # type: ignore[arg-type]  # the step's own settings

        def start() -> Job:
            table = self._on_shelf(as_table(found), digest(*key))
            args: dict[str, JsonValue] = {"shelf": str(self.shelf.folder), "table": table, "how": dict(how), "note": note}
            return self.jobs.submit("spellings", args, "Similar spellings", self.group)

        return self._noted(note, GROUPS.validate_python, start, wait)

    def similar(self, table: pd.DataFrame, key: tuple[str, ...], columns: Columns, wait: float = 1.0) -> Found | Job | Failure:
        """The pairs of similar rows of the table known as ``key``, by the chosen columns; by a job where it is long."""
        note = f"similar-{digest(*key)}"
        if len(table) <= MANY_COMPARED:
            return self.remember((note,), lambda: find(table, columns))

        def start() -> Job:
            args: dict[str, JsonValue] = {"shelf": str(self.shelf.folder), "table": self._on_shelf(table, note), "note": note}
            args["columns"] = columns.model_dump(mode="json")
            return self.jobs.submit("similar", args, "Similar rows", self.group)

        return self._noted(note, lambda said: from_table(self.shelf.load_table(said)), start, wait)

    def _on_shelf(self, table: pd.DataFrame, key: str) -> str:
        """The name under which a job finds the table on the shelf; columns that lie there are not written again."""
        name = f"write-{key}"
        if self.shelf.read_note(name) is None:
            self.shelf.write_note(name, self.shelf.save_table(table, name))
        return name

    def accounting(self, done: Run, left_out: int, lines: Lines | None = None) -> Accounting:
        """Every row accounted for, for the result table; worked out once for each result."""
        return self.remember(("account", done.result.key, str(left_out)), lambda: account(done.result, left_out, lines))

    def retry(self, failure: Failure) -> None:
        """Forget a failure, so that the work is tried again when next asked for."""
        with self._lock:
            self._jobs.pop(failure.key, None)

    def remember(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        """A small fact under an exact key, made once."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value]  # the key says what is kept under it
        return self._keep(key, make())

    def _keep(self, key: tuple[str, ...], made: T) -> T:
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made

    def _tidy(self) -> None:
        """Keep the folder within its limit; looked at now and then, after a job has added to it."""
        if time.monotonic() - self._tidied > OFTEN:
            self._tidied = time.monotonic()
            tidy(self.shelf.folder, self.disk_bytes)

    def _noted(self, note: str, read: Callable[[JsonValue], T], start: Callable[[], Job], wait: float) -> T | Job | Failure:
        """What a job leaves as a note on the shelf, kept here once it was read; one that cannot be read is worked out again."""

        def known() -> T | None:
            with self._lock:
                kept = self._kept.get((note,))
            if kept is not None:
                return cast(T, kept)
            said = self.shelf.read_note(note)
            try:
                return None if said is None else self._keep((note,), read(said))
            except (OSError, ValueError, KeyError, TypeError):  # damaged, or another version wrote it
                return None

        return self._known_or_job(note, known, start, wait)

    def _known_or_job(self, key: str, known: Callable[[], T | None], start: Callable[[], Job], wait: float) -> T | Job | Failure:
        if (found := known()) is not None:
            return found
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.status == "done":  # done, and yet not known: its files were removed
                try:
                    job = self._jobs[key] = start()
                except StoreError as error:
                    return Failure(str(error), key)
        if not job.wait(wait):
            return job
        if job.status == "done" and (found := known()) is not None:
            self._tidy()
            return found
        return Failure(job.error or "Cancelled.", key, job.status == "cancelled", job.error_kind)
