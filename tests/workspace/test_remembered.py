from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from workspace.database import open_database
from workspace.files import StoreError
from workspace.projects import Projects
from workspace.remembered import recall, remember


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "w.sqlite")
    yield engine
    engine.dispose()


def test_what_is_remembered_comes_back_and_is_replaced(engine: Engine) -> None:
    id = Projects(engine).create("p", [], {}).id
    assert recall(engine, id, "aside") is None
    remember(engine, id, "aside", ["a"])
    remember(engine, id, "aside", ["a", "b"])
    remember(engine, id, "other", {"n": 1})
    assert (recall(engine, id, "aside"), recall(engine, id, "other")) == (["a", "b"], {"n": 1})


def test_it_is_no_change_of_the_project(engine: Engine) -> None:
    projects = Projects(engine)
    project = projects.create("p", [], {})
    remember(engine, project.id, "aside", ["a"])
    assert projects.get(project.id) == project


def test_it_goes_with_the_project(engine: Engine) -> None:
    projects = Projects(engine)
    id = projects.create("p", [], {}).id
    remember(engine, id, "aside", ["a"])
    projects.delete(id)
    assert recall(engine, id, "aside") is None
    remember(engine, id, "aside", ["a"])
    assert recall(engine, id, "aside") is None


def test_what_cannot_be_saved_is_said(engine: Engine) -> None:
    id = Projects(engine).create("p", [], {}).id
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(text("DROP TABLE remembered"))
    with pytest.raises(StoreError) as caught:
        remember(engine, id, "aside", ["a"])
    assert str(caught.value).startswith("This could not be saved: no such table: remembered.")
