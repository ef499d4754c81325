"""The data folder as one thing: projects, files, results and jobs."""

import logging
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from uuid import uuid4

from sqlalchemy import Engine

from pipeline import Results
from workspace.database import open_database
from workspace.files import DAY, Files, StoreError, bytes_below
from workspace.jobs import Jobs
from workspace.projects import Projects
from workspace.settings import Settings
from workspace.work import Work

DATABASE = "workbench.sqlite"


@dataclass(frozen=True)
class Usage:
    """Bytes on the disk, and where."""

    folder: Path
    files: int
    results: int
    other: int

    @property
    def total(self) -> int:
        """Bytes in all."""
        return self.files + self.results + self.other


@dataclass
class Workspace:
    """What a server keeps. ``problem`` says for people why nothing outlives the server, if that is so.

    In ``folder``: ``workbench.sqlite`` (with -wal and -shm), ``files/`` by digest, ``results/<project>/`` for what can be
    worked out again, ``logs/``. Several servers may use one folder: SQLite locks writes, and files appear by a rename.
    """

    settings: Settings
    folder: Path
    files: Files
    projects: Projects
    jobs: Jobs
    problem: str | None
    _engine: Engine
    _temporary: tempfile.TemporaryDirectory[str] | None = field(default=None, repr=False)
    _works: dict[str, Work] = field(default_factory=dict, repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)

    def __post_init__(self) -> None:
        """Results of all projects share one budget of memory."""
        self._results = Results(self.settings.results_mb * 1_000_000)

    @classmethod
    def open(cls, settings: Settings | None = None, *, tasks: str = "pipeline.tasks") -> "Workspace":
        """Open the data folder, or a temporary one that goes with the server where it cannot be used; starts a worker."""
        settings = settings or Settings()
        problem, temporary, folder = None, None, settings.data_folder.absolute()
        try:
            engine = _open_folder(folder)
        except (OSError, StoreError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            problem = (
                f"Nothing can be kept in the folder {folder}: {reason.rstrip('.')}. "
                "You can work, but when the server stops your work is gone. "
                "Make the folder writable, or set WORKBENCH_DATA_FOLDER to another one, and start the server again."
            )
            temporary = tempfile.TemporaryDirectory(prefix="workbench-", ignore_cleanup_errors=True)
            folder = Path(temporary.name)
            engine = _open_folder(folder)
        projects = Projects(engine, undo=settings.undo)
        jobs = Jobs(settings, folder / "logs" / "workers.log", tasks)
        workspace = cls(settings, folder, Files(folder / "files"), projects, jobs, problem, engine, temporary)
        workspace.clean()
        jobs.warm()
        return workspace

    def work(self, project: str) -> Work:
        """Tables and runs of a project; the same one for everybody who has it open."""
        with self._lock:
            if project not in self._works:
                folder = self.results_folder(project)
                self._works[project] = Work(
                    self.files, self.jobs, folder, self._results, self.settings.in_process_cells, self.settings.results_disk_mb * 1_000_000
                )
            return self._works[project]

    def results_folder(self, project: str) -> Path:
        """Where results of a project are kept; it goes with the project."""
        return self.folder / "results" / project

    def usage(self) -> Usage:
        """How much is kept, and where."""
        files, results = self.files.size(), bytes_below(self.folder / "results")
        return Usage(self.folder, files, results, bytes_below(self.folder) - files - results)

    def delete_project(self, id: str) -> None:
        """Delete a project, its results, and the files that no other project needs.

        Raises StoreError if something could not be removed; what could be, is.
        """
        files = self.projects.files(id)
        self.jobs.cancel_group(id)
        self.projects.delete(id)
        with self._lock:
            self._works.pop(id, None)
        self._results.clear()
        self._remove_results(id)
        for digest in files - self.projects.files():
            self.files.remove(digest)

    def delete_everything(self) -> None:
        """Delete all projects and every file in the folder; logs become empty. Raises StoreError if something could not be removed."""
        for job in self.jobs.current():
            job.cancel()
        self.projects.delete_all()
        with self._lock:
            self._works.clear()
        self._results.clear()
        for place in list(self.folder.rglob("*")):
            if place.is_file() and not place.name.startswith(DATABASE):
                _remove(place, empty=place.suffix == ".log")  # a log stays open in the workers

    def clean(self, older_than: float = DAY) -> None:
        """Remove files and results that no project needs and that nobody touched for ``older_than`` seconds."""
        try:
            self.files.clean(self.projects.files(), older_than)
            known, before = self.projects.ids(), time.time() - older_than
            for place in (self.folder / "results").glob("*"):
                if place.name not in known and place.stat().st_mtime <= before:
                    self._remove_results(place.name)
        except (OSError, StoreError):
            logging.getLogger(__name__).exception("What is not needed any more could not be removed; it is tried again at the next start.")

    def close(self) -> None:
        """End the workers and close the database; a temporary folder is removed."""
        self.jobs.shutdown()
        self._engine.dispose()
        if self._temporary is not None:
            self._temporary.cleanup()

    def _remove_results(self, project: str) -> None:
        for place in [*self.results_folder(project).rglob("*")]:
            if place.is_file():
                _remove(place)
        shutil.rmtree(self.results_folder(project), ignore_errors=True)  # folders without files by now


def _remove(place: Path, empty: bool = False) -> None:
    try:
        if empty:
            place.write_bytes(b"")
        else:
            place.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{place} could not be removed: {error.strerror}. Stop the server and remove it by hand.") from error


def _open_folder(folder: Path) -> Engine:
    """The database in a folder that was tried by writing to it."""
    folder.mkdir(parents=True, exist_ok=True)
    trial = folder / f"{uuid4().hex}.part"
    try:
        trial.write_bytes(b"x")
    finally:
        trial.unlink(missing_ok=True)
    return open_database(folder / DATABASE)
