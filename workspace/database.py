"""The tables of the database and how it is opened.

Several processes may use one SQLite file: a write takes the only write lock at its start (BEGIN IMMEDIATE) and others
wait up to 20 s for it; readers are never held up (WAL). A commit returns after the log is on the disk (synchronous=FULL),
so what was acknowledged survives a killed server and a power cut.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection as SQLite
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, Engine, ForeignKey, Text, create_engine, event, insert, select
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from workspace.files import StoreError
from workspace.patches import same

SCHEMA = 1
WRITE = {"write": True}  # execution options of a connection that will write


class Moment(TypeDecorator[datetime]):
    """A time with its zone, kept as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC without zone, as SQLite keeps it."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time in UTC, zone said."""
        return None if value is None else value.replace(tzinfo=UTC)


class Tree(TypeDecorator[Any]):
    """A JSON value; one that changes only from 1 to true or 1.0, or in the order of keys, is saved too."""

    impl = JSON
    cache_ok = True

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether nothing needs to be saved."""
        return same(x, y)


class Base(DeclarativeBase):
    """The tables below."""


class ProjectRow(Base):
    """A project as it is now. ``position``: how many of its changes are done, those after it can be redone."""

    __tablename__ = "project"

    id: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(Moment)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    revision: Mapped[int]
    position: Mapped[int]
    tables: Mapped[list[Any]] = mapped_column(Tree)
    recipe: Mapped[dict[str, Any]] = mapped_column(Tree)
    rows: Mapped[int | None]
    columns: Mapped[int | None]


class ChangeRow(Base):
    """A change of a project, numbered from 1; ``patch`` leads from the state before to the state after."""

    __tablename__ = "change"

    project: Mapped[str] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made: Mapped[datetime] = mapped_column(Moment)
    label: Mapped[str] = mapped_column(Text)
    patch: Mapped[dict[str, Any]] = mapped_column(Tree)


class FileRow(Base):
    """A file that a project uses or that undo may bring back."""

    __tablename__ = "project_file"

    project: Mapped[str] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True, index=True)


class RememberedRow(Base):
    """Something remembered about a project that is no change of it and is not undone."""

    __tablename__ = "remembered"

    project: Mapped[str] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(Tree)


class SchemaRow(Base):
    """The version of these tables."""

    __tablename__ = "schema_version"

    version: Mapped[int] = mapped_column(primary_key=True)


def open_database(path: Path) -> Engine:
    """The database in a file, made where there is none.

    Raises StoreError if it cannot be opened or was made by a newer version of the program.
    """
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": 20},
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")),
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with engine.connect().execution_options(**WRITE) as connection, connection.begin():
            Base.metadata.create_all(connection)
            found = connection.scalar(select(SchemaRow.version))
            if found is None:
                connection.execute(insert(SchemaRow).values(version=SCHEMA))
            elif found > SCHEMA:
                raise StoreError(f"{path} was made by a newer version of this program. Update the program to open it.")
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(f"{path} cannot be used as a database: {error.orig}.") from error
    return engine


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    assert isinstance(connection, SQLite)
    connection.isolation_level = None  # transactions begin where _begin says, not where sqlite3 guesses
    # secure_delete: what a person deletes is overwritten, not only unlinked
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A reader that turned writer could not wait for another writer: a write says so at its start."""
    writes = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
