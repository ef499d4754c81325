import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from workspace.database import open_database
from workspace.files import StoreError
from workspace.projects import Conflict, Gone, Project, Projects, SourcePart, SourceTable

JANUARY = SourceTable(name="orders", file_digest="1" * 64, file_name="january.csv", size=10, read={"format": "csv"})
FEBRUARY = SourceTable(name="orders", file_digest="2" * 64, file_name="february.csv", size=20)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "w.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture
def projects(engine: Engine) -> Projects:
    return Projects(engine)


@pytest.fixture
def project(projects: Projects) -> Project:
    return projects.create("Orders", [JANUARY], {"steps": ["a"]})


def test_a_new_project_comes_back(projects: Projects, project: Project) -> None:
    assert (project.name, project.tables, project.recipe, project.revision) == ("Orders", [JANUARY], {"steps": ["a"]}, 1)
    assert (project.can_undo, project.can_redo, project.undo_label, project.redo_label) == (False, False, None, None)
    assert project.created == project.saved_at
    assert project.created.tzinfo == UTC
    assert abs((datetime.now(UTC) - project.created).total_seconds()) < 60
    assert projects.get(project.id) == project
    assert len(project.id) == 22
    assert projects.get("nobody") is None


def test_changes_undo_and_redo(projects: Projects, project: Project) -> None:
    two = projects.change(project.id, 1, recipe={"steps": ["a", "b"]}, label="Add step B")
    three = projects.change(project.id, 2, name="Orders 2", tables=[FEBRUARY], label="Change the file")
    assert (two.recipe, two.revision, two.undo_label, two.redo_label) == ({"steps": ["a", "b"]}, 2, "Add step B", None)
    assert (three.name, three.tables, three.recipe, three.undo_label) == ("Orders 2", [FEBRUARY], {"steps": ["a", "b"]}, "Change the file")
    back = projects.undo(project.id, 3)
    assert (back.name, back.tables, back.revision) == ("Orders", [JANUARY], 4)
    assert (back.undo_label, back.redo_label, back.can_undo, back.can_redo) == ("Add step B", "Change the file", True, True)
    first = projects.undo(project.id, 4)
    assert (first.recipe, first.can_undo, first.redo_label) == ({"steps": ["a"]}, False, "Add step B")
    again = projects.redo(project.id, 5)
    assert (again.recipe, again.revision, again.undo_label) == ({"steps": ["a", "b"]}, 6, "Add step B")
    assert projects.get(project.id) == again


def test_a_table_of_several_files_needs_them_all(projects: Projects) -> None:
    parts = tuple(SourcePart(file_digest=n * 64, file_name=f"{n}.csv", size=1) for n in "12")
    stacked = SourceTable(name="all", file_digest="1" * 64, file_name="1.csv", size=2, parts=parts)
    made = projects.create("All", [stacked], {})
    assert projects.files(made.id) == {"1" * 64, "2" * 64}
    assert [p.id for p in projects.by_file("2" * 64)] == [made.id]
    assert projects.get(made.id) == made
    assert stacked.title == "1.csv and 1 more"
    assert stacked.digest != stacked.model_copy(update={"parts": parts[::-1]}).digest
    assert JANUARY.digest == "1" * 64


def test_a_change_joined_to_the_last_of_its_label_is_undone_with_it(projects: Projects, project: Project) -> None:
    projects.change(project.id, 1, tables=[FEBRUARY], label="Read again")
    two = projects.change(project.id, 2, recipe={"steps": ["b"]}, label="Read again", join=True)
    assert (two.revision, two.undo_label) == (3, "Read again")
    back = projects.undo(project.id, 3)
    assert (back.recipe, back.tables, back.can_undo) == ({"steps": ["a"]}, [JANUARY], False)
    again = projects.redo(project.id, 4)
    assert (again.recipe, again.tables) == ({"steps": ["b"]}, [FEBRUARY])
    apart = projects.change(project.id, 5, recipe={"steps": ["c"]}, label="Other", join=True)
    assert projects.undo(project.id, apart.revision).recipe == {"steps": ["b"]}


def test_undo_and_redo_with_nothing_left_change_nothing(projects: Projects, project: Project) -> None:
    assert projects.undo(project.id, 1) == project
    assert projects.redo(project.id, 1) == project


def test_a_change_after_undo_forgets_what_could_be_redone(projects: Projects, project: Project) -> None:
    projects.change(project.id, 1, recipe={"steps": ["b"]}, label="B")
    projects.undo(project.id, 2)
    other = projects.change(project.id, 3, recipe={"steps": ["c"]}, label="C")
    assert (other.can_redo, other.undo_label) == (False, "C")
    assert projects.undo(project.id, 4).recipe == {"steps": ["a"]}


def test_a_change_that_changes_nothing_is_none(projects: Projects, project: Project) -> None:
    assert projects.change(project.id, 1, recipe={"steps": ["a"]}, name="Orders", label="Nothing") == project


@pytest.mark.parametrize(
    ("before", "after"), [(1, True), (1, 1.0), ({"a": 1, "b": 2}, {"b": 2, "a": 1})], ids=["true", "1.0", "order of keys"]
)
def test_values_python_holds_for_equal_are_told_apart(engine: Engine, before: object, after: object) -> None:
    projects = Projects(engine)
    project = projects.create("p", [], {"value": before})  # type: ignore[dict-item]
    assert repr(projects.change(project.id, 1, recipe={"value": after}, label="x").recipe) == repr({"value": after})  # type: ignore[dict-item]
    assert repr(Projects(engine).get(project.id).recipe) == repr({"value": after})  # type: ignore[union-attr]
    assert repr(projects.undo(project.id, 2).recipe) == repr({"value": before})


def test_only_the_last_changes_can_be_undone(engine: Engine) -> None:
    projects = Projects(engine, undo=3)
    project = projects.create("p", [], {"n": 0})
    for n in range(1, 6):
        project = projects.change(project.id, project.revision, recipe={"n": n}, label=f"to {n}")
    seen = []
    while project.can_undo:
        project = projects.undo(project.id, project.revision)
        seen.append(project.recipe["n"])
    assert seen == [4, 3, 2]


def test_a_change_in_another_tab_is_noticed(projects: Projects, project: Project, tmp_path: Path) -> None:
    other = open_database(tmp_path / "w.sqlite")
    theirs = Projects(other).change(project.id, 1, name="Theirs", label="Rename")
    for mine in (
        lambda: projects.change(project.id, 1, name="Mine", label="Rename"),
        lambda: projects.undo(project.id, 1),
        lambda: projects.redo(project.id, 1),
    ):
        with pytest.raises(Conflict) as caught:
            mine()
        assert caught.value.project == theirs
        assert "changed in another tab" in str(caught.value)
    assert projects.get(project.id) == theirs
    other.dispose()


def test_a_deleted_project_is_gone(projects: Projects, project: Project) -> None:
    projects.change(project.id, 1, name="x", label="Rename")
    projects.delete(project.id)
    projects.delete(project.id)
    assert projects.get(project.id) is None
    assert (projects.recent(), projects.files(), projects.ids()) == ([], set(), set())
    with pytest.raises(Gone) as caught:
        projects.undo(project.id, 2)
    assert str(caught.value) == "This project is not here any more: it was deleted."
    with projects.engine.connect() as connection:
        assert connection.scalar(text("select count(*) from change")) == 0


def test_recent_projects_come_newest_first(projects: Projects) -> None:
    one, two, three = (projects.create(name, [], {}) for name in "123")
    projects.change(one.id, 1, name="1 again", label="Rename")
    assert [project.name for project in projects.recent()] == ["1 again", "3", "2"]
    assert [project.id for project in projects.recent(2)] == [one.id, three.id]
    assert two.id in projects.ids()


def test_the_same_file_again_is_recognised(projects: Projects, project: Project) -> None:
    other = projects.create("Both", [FEBRUARY, JANUARY], {})
    assert [found.id for found in projects.by_file("1" * 64)] == [other.id, project.id]
    assert projects.by_file("3" * 64) == []
    projects.change(project.id, 1, tables=[FEBRUARY], label="Change the file")
    assert [found.id for found in projects.by_file("1" * 64)] == [other.id]


def test_files_that_undo_may_bring_back_are_still_needed(projects: Projects, project: Project) -> None:
    projects.change(project.id, 1, tables=[FEBRUARY], label="Change the file")
    assert projects.files() == {"1" * 64, "2" * 64}
    assert projects.files("another") == set()


def test_the_size_of_the_result_is_no_change(projects: Projects, project: Project) -> None:
    projects.note_state(project.id, rows=1187, columns=9)
    assert projects.get(project.id) == project.model_copy(update={"rows": 1187, "columns": 9})


def test_projects_of_another_person_are_out_of_reach(engine: Engine, projects: Projects, project: Project) -> None:
    other = Projects(engine, person="eve")
    assert (other.get(project.id), other.recent(), other.by_file("1" * 64)) == (None, [], [])
    with pytest.raises(Gone):
        other.change(project.id, 1, name="x", label="Rename")
    other.note_state(project.id, rows=1, columns=1)
    other.delete(project.id)
    other.delete_all()
    assert projects.get(project.id) == project


def test_deleted_content_is_not_left_in_the_files(projects: Projects, tmp_path: Path) -> None:
    project = projects.create("p", [], {"value": "Rosebud"})
    assert any(b"Rosebud" in place.read_bytes() for place in tmp_path.iterdir())
    projects.change(project.id, 1, recipe={"value": "x"}, label="Hide")
    projects.delete_all()
    assert [place.name for place in tmp_path.iterdir() if b"Rosebud" in place.read_bytes()] == []


def test_what_cannot_be_saved_is_said_and_nothing_changed(projects: Projects, project: Project) -> None:
    def no_more_pages(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 20")  # what SQLite then meets is a full disk

    projects.engine.dispose()
    event.listen(projects.engine, "connect", no_more_pages)
    with pytest.raises(StoreError) as caught:
        projects.change(project.id, 1, recipe={"value": "x" * 1_000_000}, label="Too much")
    assert str(caught.value) == (
        "This could not be saved or read: database or disk is full. Nothing was changed. Check that the disk has space, then try again."
    )
    assert projects.get(project.id) == project
    event.remove(projects.engine, "connect", no_more_pages)
    projects.engine.dispose()
    assert projects.change(project.id, 1, recipe={"value": "x" * 1_000_000}, label="Fits now").revision == 2


def test_a_change_and_its_undo_are_saved_together_or_not_at_all(projects: Projects, project: Project) -> None:
    with projects.engine.connect() as connection, connection.begin():
        connection.execute(text("CREATE TRIGGER broken BEFORE INSERT ON change BEGIN SELECT RAISE(FAIL, 'disk I/O error'); END"))
    with pytest.raises(StoreError, match="disk I/O error"):
        projects.change(project.id, 1, name="x", label="Rename")
    assert projects.get(project.id) == project


def test_a_newer_database_is_refused_and_left_alone(engine: Engine, tmp_path: Path) -> None:
    with engine.connect() as connection, connection.begin():
        connection.execute(text("update schema_version set version = 2"))
        connection.execute(text("drop table project_file"))
    with pytest.raises(StoreError) as caught:
        open_database(tmp_path / "w.sqlite")
    assert str(caught.value).endswith("w.sqlite was made by a newer version of this program. Update the program to open it.")
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from sqlite_master where name = 'project_file'")) == 0


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "w.sqlite"
    place.write_bytes(b"a,b\n" * 1000)
    with pytest.raises(StoreError, match="cannot be used as a database: file is not a database"):
        open_database(place)
