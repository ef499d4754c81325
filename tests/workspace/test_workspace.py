import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from workspace import Project, Settings, SourceTable, StoreError, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    workspace = opened(tmp_path / "data")
    yield workspace
    workspace.close()


def opened(folder: Path) -> Workspace:
    return Workspace.open(Settings(data_folder=folder), tasks="tests.workspace.probes")


def project_of(workspace: Workspace, *contents: bytes) -> Project:
    tables = [
        SourceTable(name=f"t{n}", file_digest=workspace.files.put(content), file_name="f.csv", size=len(content))
        for n, content in enumerate(contents)
    ]
    project = workspace.projects.create("p", tables, {})
    workspace.results_folder(project.id).mkdir(parents=True)
    (workspace.results_folder(project.id) / "column.arrow").write_bytes(b"12345")
    return project


def left(workspace: Workspace) -> list[str]:
    return sorted(place.read_text() for place in (workspace.folder / "files").rglob("*") if place.is_file())


def test_everything_is_there_after_a_restart(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.problem is None
    project = project_of(workspace, b"abc")
    workspace.close()
    again = opened(tmp_path / "data")
    assert again.projects.get(project.id) == project
    assert again.files.path(project.tables[0].file_digest).read_bytes() == b"abc"
    assert again.results_folder(project.id).is_dir()
    assert again.jobs.submit("echo", {"a": 1}, "x").wait(30)
    again.close()


def test_a_folder_that_cannot_be_written_is_said_and_work_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "data"
    workspace = opened(folder)
    assert workspace.problem == (
        f"Nothing can be kept in the folder {folder}: Not a directory. You can work, but when the server stops your work is gone. "
        "Make the folder writable, or set WORKBENCH_DATA_FOLDER to another one, and start the server again."
    )
    project = project_of(workspace, b"abc")
    assert workspace.projects.change(project.id, 1, name="q", label="Rename").name == "q"
    assert workspace.files.path(project.tables[0].file_digest).read_bytes() == b"abc"
    job = workspace.jobs.submit("echo", {"a": 1}, "x")
    assert job.wait(30)
    assert job.result == {"a": 1}
    assert workspace.folder.is_dir()
    workspace.close()
    assert not workspace.folder.exists()


def test_a_database_that_cannot_be_read_is_said_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "workbench.sqlite").write_bytes(b"a,b\n" * 1000)
    workspace = opened(tmp_path)
    assert workspace.problem is not None
    assert "workbench.sqlite cannot be used as a database: file is not a database. You can work" in workspace.problem
    assert workspace.projects.recent() == []
    workspace.close()
    assert (tmp_path / "workbench.sqlite").read_bytes() == b"a,b\n" * 1000


def test_usage(workspace: Workspace) -> None:
    project_of(workspace, b"abc", b"defg")
    usage = workspace.usage()
    database = sum(place.stat().st_size for place in workspace.folder.glob("workbench.sqlite*"))
    logs = (workspace.folder / "logs" / "workers.log").stat().st_size
    assert (usage.folder, usage.files, usage.results, usage.other) == (workspace.folder, 7, 5, database + logs)
    assert usage.total == 12 + database + logs


def test_deleting_a_project_takes_what_only_it_needs(workspace: Workspace) -> None:
    one, two = project_of(workspace, b"only one", b"both"), project_of(workspace, b"both", b"only two")
    workspace.files.put(b"just loaded, no project yet")
    running = workspace.jobs.submit("forever", {}, "x", group=one.id)
    workspace.delete_project(one.id)
    assert workspace.projects.get(one.id) is None
    assert workspace.projects.get(two.id) == two
    assert left(workspace) == ["both", "just loaded, no project yet", "only two"]
    assert not workspace.results_folder(one.id).exists()
    assert workspace.results_folder(two.id).is_dir()
    assert running.status == "cancelled"
    workspace.delete_project(one.id)


def test_delete_everything(workspace: Workspace) -> None:
    project_of(workspace, b"Rosebud")
    workspace.files.put(b"Rosebud, no project yet")
    (workspace.folder / "anything").mkdir()
    (workspace.folder / "anything" / "else").write_bytes(b"Rosebud")
    running = workspace.jobs.submit("forever", {}, "x")
    assert workspace.jobs.submit("bug", {}, "x").wait(30)
    assert workspace.jobs.log.stat().st_size > 0
    workspace.delete_everything()
    assert (workspace.projects.recent(), running.status) == ([], "cancelled")
    names = {place.name for place in workspace.folder.rglob("*") if place.is_file()}
    assert "workbench.sqlite" in names
    assert names <= {"workbench.sqlite", "workbench.sqlite-wal", "workbench.sqlite-shm", "workers.log"}
    assert workspace.jobs.log.stat().st_size == 0
    project = project_of(workspace, b"Rosebud")
    assert workspace.files.path(project.tables[0].file_digest).read_bytes() == b"Rosebud"
    assert workspace.jobs.submit("echo", {}, "x").wait(30)


def test_a_file_that_cannot_be_removed_is_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    project_of(workspace, b"abc")

    def held(*_: object, **__: object) -> None:
        raise PermissionError(13, "The file is used by another process")

    monkeypatch.setattr(Path, "unlink", held)
    with pytest.raises(StoreError, match="could not be removed: The file is used by another process"):
        workspace.delete_everything()


def test_what_no_project_needs_goes_at_the_next_start(workspace: Workspace, tmp_path: Path) -> None:
    project = project_of(workspace, b"needed")
    old, new = workspace.files.put(b"old"), workspace.files.put(b"new")
    forgotten = workspace.results_folder("forgotten")
    forgotten.mkdir()
    (forgotten / "column.arrow").write_bytes(b"1")
    for place in (
        workspace.files.path(old),
        workspace.files.path(project.tables[0].file_digest),
        forgotten,
        workspace.results_folder(project.id),
    ):
        os.utime(place, (0, 0))
    again = opened(tmp_path / "data")
    assert left(again) == ["needed", "new"]
    assert again.files.path(new).exists()
    assert not forgotten.exists()
    assert again.results_folder(project.id).exists()
    again.close()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WORKBENCH_DATA_FOLDER")  # every test has its own
    assert (Settings().upload_mb, Settings().workers, Settings().undo) == (500, 2, 200)
    assert Settings().data_folder.name == "workbench"
    monkeypatch.setenv("WORKBENCH_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_UPLOAD_MB", "20")
    assert (Settings().data_folder, Settings().upload_mb) == (tmp_path, 20)
    assert all(field.description for field in Settings.model_fields.values())
