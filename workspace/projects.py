"""Projects: source tables, the recipe and its undo, saved with every change."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, JsonValue
from sqlalchemy import Engine, delete, exists, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from pipeline.stacking import StackOptions
from workspace.database import WRITE, ChangeRow, FileRow, ProjectRow
from workspace.files import StoreError
from workspace.patches import apply, invert, patch

NOBODY = "local"  # the person where there is no sign-in


class SourcePart(BaseModel):
    """A file, or a sheet of one, that is stacked with others into one table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file_digest: str
    file_name: str
    size: int
    read: dict[str, JsonValue] = {}

    @property
    def sheet(self) -> str | None:
        """The sheet that is read, if it is one of a workbook."""
        rule = self.read.get("sheet")
        name = rule.get("name") if isinstance(rule, dict) else None
        return name if isinstance(name, str) else None


class SourceTable(BaseModel):
    """A table of a project: the file it is read from and how; or several, stacked.

    Where there are ``parts``, ``file_digest``, ``file_name`` and ``read`` are those of the first one, ``size`` is that of
    all, and ``stack`` says how they are put together.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    file_digest: str
    file_name: str
    size: int
    read: dict[str, JsonValue] = {}
    parts: tuple[SourcePart, ...] = ()
    stack: StackOptions = StackOptions()
    sheets: Literal["one", "all"] | tuple[str, ...] = "one"

    @property
    def digests(self) -> list[str]:
        """The files it is read from."""
        return list(dict.fromkeys(part.file_digest for part in self.parts)) or [self.file_digest]

    @property
    def digest(self) -> str:
        """What names the content of all its files: the file's own digest where it is one."""
        if not self.parts:
            return self.file_digest
        return hashlib.sha256("\n".join(f"{p.file_digest} {p.sheet or ''}" for p in self.parts).encode()).hexdigest()

    @property
    def title(self) -> str:
        """The file's name, or how many there are: "january.csv and 2 more"."""
        names = list(dict.fromkeys(part.file_name for part in self.parts)) or [self.file_name]
        if len(names) > 1:
            return f"{names[0]} and {len(names) - 1} more"
        return f"{names[0]}, {len(self.parts)} sheets" if len(self.parts) > 1 else names[0]


class Project(BaseModel):
    """A project as it was when fetched. ``rows`` and ``columns`` describe the result when last worked out."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    created: datetime
    saved_at: datetime
    revision: int
    tables: list[SourceTable]
    recipe: dict[str, JsonValue]
    can_undo: bool = False
    can_redo: bool = False
    undo_label: str | None = None
    redo_label: str | None = None
    rows: int | None = None
    columns: int | None = None


class Conflict(Exception):
    """The project was changed since it was fetched; nothing was saved. ``project``: as it is now."""

    def __init__(self, project: Project) -> None:
        self.project = project
        super().__init__(
            "This project was changed in another tab. Your last change was not saved: look at the project as it is now, then repeat it."
        )


class Gone(StoreError):
    """The project is not there."""

    def __init__(self) -> None:
        super().__init__("This project is not here any more: it was deleted.")


class Projects:
    """The projects of one person. Every method that returns has its change on the disk; times are UTC."""

    def __init__(self, engine: Engine, person: str = NOBODY, undo: int = 200) -> None:
        self.engine, self.person, self.limit = engine, person, undo

    def create(self, name: str, tables: Sequence[SourceTable], recipe: dict[str, JsonValue]) -> Project:
        """A new project at revision 1."""
        now = datetime.now(UTC)
        row = ProjectRow(
            id=secrets.token_urlsafe(16), person=self.person, name=name, created=now, saved_at=now,
            revision=1, position=0, tables=_plain(tables), recipe=recipe, rows=None, columns=None,
        )  # fmt: skip
        with self._write() as session:
            session.add(row)
            session.flush()
            self._note_files(session, row)
            return self._project(session, row)

    def get(self, id: str) -> Project | None:
        """The project, or None."""
        with self._read() as session:
            row = session.scalar(select(ProjectRow).where(ProjectRow.id == id, ProjectRow.person == self.person))
            return None if row is None else self._project(session, row)

    def recent(self, limit: int = 20) -> list[Project]:
        """The projects saved last, newest first."""
        with self._read() as session:
            mine = select(ProjectRow).where(ProjectRow.person == self.person)
            rows = session.scalars(mine.order_by(ProjectRow.saved_at.desc(), ProjectRow.id).limit(limit)).all()
            return [self._project(session, row) for row in rows]

    def by_file(self, digest: str) -> list[Project]:
        """The projects with a table that is read from this file, newest first."""
        with self._read() as session:
            used = exists().where(FileRow.project == ProjectRow.id, FileRow.digest == digest)
            rows = session.scalars(select(ProjectRow).where(ProjectRow.person == self.person, used).order_by(ProjectRow.saved_at.desc()))
            found = [self._project(session, row) for row in rows.all()]
        return [project for project in found if any(digest in table.digests for table in project.tables)]

    def change(
        self,
        id: str,
        revision: int,
        *,
        recipe: dict[str, JsonValue] | None = None,
        tables: Sequence[SourceTable] | None = None,
        name: str | None = None,
        label: str,
        join: bool = False,
    ) -> Project:
        """Save what is given as one change that can be undone under its label ("Add step Trim spaces").

        With ``join`` it becomes part of the last change, if that has the same label: both are undone at once.
        What could be redone is forgotten. Where nothing differs, nothing is saved. Raises Conflict if ``revision``
        is not that of the database, Gone if the project was deleted, StoreError if it cannot be saved.
        """
        with self._write() as session:
            row = self._at(session, id, revision)
            before = _state(row)
            given: dict[str, JsonValue] = {
                "name": name,
                "tables": None if tables is None else _plain(tables),
                "recipe": cast(JsonValue, recipe),
            }
            after = before | {key: value for key, value in given.items() if value is not None}
            difference = patch(before, after)
            last = session.get(ChangeRow, (id, row.position)) if join and difference is not None else None
            if last is not None and last.label == label:
                origin = cast(dict[str, JsonValue], apply(invert(last.patch), before))
                session.execute(delete(ChangeRow).where(ChangeRow.project == id, ChangeRow.number > row.position))
                self._save(session, row, after, row.position)
                last.patch = patch(origin, after) or last.patch
            elif difference is not None:
                session.execute(delete(ChangeRow).where(ChangeRow.project == id, ChangeRow.number > row.position))
                self._save(session, row, after, row.position + 1)
                session.add(ChangeRow(project=id, number=row.position, made=row.saved_at, label=label, patch=difference))
                session.execute(delete(ChangeRow).where(ChangeRow.project == id, ChangeRow.number <= row.position - self.limit))
            return self._project(session, row)

    def undo(self, id: str, revision: int) -> Project:
        """Take the last change back; where there is none, the project as it is. Raises as ``change`` does."""
        with self._write() as session:
            row = self._at(session, id, revision)
            last = session.get(ChangeRow, (id, row.position))
            if last is not None:
                self._save(session, row, cast(dict[str, JsonValue], apply(invert(last.patch), _state(row))), row.position - 1)
            return self._project(session, row)

    def redo(self, id: str, revision: int) -> Project:
        """Make the change again that was undone last; where there is none, the project as it is. Raises as ``change`` does."""
        with self._write() as session:
            row = self._at(session, id, revision)
            following = session.get(ChangeRow, (id, row.position + 1))
            if following is not None:
                self._save(session, row, cast(dict[str, JsonValue], apply(following.patch, _state(row))), row.position + 1)
            return self._project(session, row)

    def note_state(self, id: str, *, rows: int, columns: int) -> None:
        """Keep the size of the result for the list of projects: no change of the project, no new revision."""
        with self._write() as session:
            mine = update(ProjectRow).where(ProjectRow.id == id, ProjectRow.person == self.person)
            session.execute(mine.values(rows=rows, columns=columns))

    def delete(self, id: str) -> None:
        """Delete a project with its undo; one that is not there is fine."""
        with self._write() as session:
            session.execute(delete(ProjectRow).where(ProjectRow.id == id, ProjectRow.person == self.person))

    def delete_all(self) -> None:
        """Delete all projects of the person, and what the database still holds of their content."""
        with self._write() as session:
            session.execute(delete(ProjectRow).where(ProjectRow.person == self.person))
        with _storing(), self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def files(self, id: str | None = None) -> set[str]:
        """Digests that projects of anybody (or the one given) use or may use again by undo."""
        with self._read() as session:
            wanted = select(FileRow.digest).distinct()
            return set(session.scalars(wanted if id is None else wanted.where(FileRow.project == id)))

    def ids(self) -> set[str]:
        """The ids of the projects of everybody."""
        with self._read() as session:
            return set(session.scalars(select(ProjectRow.id)))

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with _storing(), Session(self.engine) as session:
            yield session

    @contextmanager
    def _write(self) -> Iterator[Session]:
        """A transaction that has the write lock from its start and is on the disk at the end of the block."""
        with (
            _storing(),
            self.engine.connect().execution_options(**WRITE) as connection,
            Session(connection, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def _at(self, session: Session, id: str, revision: int) -> ProjectRow:
        mine = select(ProjectRow).where(ProjectRow.id == id, ProjectRow.person == self.person)
        row = session.scalar(mine.with_for_update())  # no word of SQLite, where the transaction has the lock
        if row is None:
            raise Gone
        if row.revision != revision:
            raise Conflict(self._project(session, row))
        return row

    def _save(self, session: Session, row: ProjectRow, state: dict[str, JsonValue], position: int) -> None:
        row.name, row.tables, row.recipe = cast(
            tuple[str, list[JsonValue], dict[str, JsonValue]], (state["name"], state["tables"], state["recipe"])
        )
        row.position, row.revision, row.saved_at = position, row.revision + 1, datetime.now(UTC)
        self._note_files(session, row)

    def _note_files(self, session: Session, row: ProjectRow) -> None:
        for digest in {digest for table in row.tables for digest in SourceTable.model_validate(table).digests}:
            session.merge(FileRow(project=row.id, digest=digest))

    def _project(self, session: Session, row: ProjectRow) -> Project:
        session.flush()
        last, following = session.get(ChangeRow, (row.id, row.position)), session.get(ChangeRow, (row.id, row.position + 1))
        undo, redo = last and last.label, following and following.label
        return Project(
            id=row.id, name=row.name, created=row.created, saved_at=row.saved_at, revision=row.revision,
            tables=[SourceTable.model_validate(table) for table in row.tables], recipe=row.recipe,
            can_undo=undo is not None, can_redo=redo is not None, undo_label=undo, redo_label=redo, rows=row.rows, columns=row.columns,
        )  # fmt: skip


@contextmanager
def _storing() -> Iterator[None]:
    """Say for people what the database refused; a transaction that was open is rolled back by then."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(
            f"This could not be saved or read: {error.orig}. Nothing was changed. Check that the disk has space, then try again."
        ) from error


def _plain(tables: Sequence[SourceTable]) -> list[JsonValue]:
    return [table.model_dump(mode="json") for table in tables]


def _state(row: ProjectRow) -> dict[str, JsonValue]:
    """What a change may change, and undo brings back."""
    return {"name": row.name, "tables": row.tables, "recipe": row.recipe}
