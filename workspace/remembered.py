"""What is remembered about a project beside its changes, such as suggestions that were put aside."""

from pydantic import JsonValue
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from workspace.database import WRITE, ProjectRow, RememberedRow
from workspace.files import StoreError


def recall(engine: Engine, project: str, name: str) -> JsonValue:
    """What is remembered under the name; None if nothing is."""
    with Session(engine) as session:
        row = session.get(RememberedRow, (project, name))
        return None if row is None else row.value


def remember(engine: Engine, project: str, name: str, value: JsonValue) -> None:
    """Remember a JSON value under the name; a project that was deleted meanwhile is fine. Raises StoreError if it cannot be saved."""
    try:
        with engine.connect().execution_options(**WRITE) as connection, Session(connection) as session, session.begin():
            if session.get(ProjectRow, project) is not None:
                session.merge(RememberedRow(project=project, name=name, value=value))
    except DBAPIError as error:
        raise StoreError(f"This could not be saved: {error.orig}. Check that the disk has space, then try again.") from error
