"""A server killed in the middle: what it acknowledged is there."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workspace.database import open_database
from workspace.files import Files
from workspace.projects import Projects

HOME = Path(__file__).parents[2]
CHANGES = """
import sys
from pathlib import Path
from workspace.database import open_database
from workspace.files import Files
from workspace.projects import Projects
folder = Path(sys.argv[1])
projects, files = Projects(open_database(folder / "w.sqlite")), Files(folder / "files")
project = projects.create("p", [], {"steps": []})
print(project.id, flush=True)
n = 0
while True:
    n += 1
    digest = files.put(b"%d" % n * 100_000)
    steps = [*project.recipe["steps"], digest]
    project = projects.change(project.id, project.revision, recipe={"steps": steps}, label=f"Add {n}")
    print(n, flush=True)
    if n % 5 == 0:
        project = projects.redo(project.id, projects.undo(project.id, project.revision).revision)
"""


@pytest.mark.parametrize("seed", range(5))
def test_every_acknowledged_change_survives_kill(tmp_path: Path, seed: int) -> None:
    with subprocess.Popen([sys.executable, "-c", CHANGES, str(tmp_path)], stdout=subprocess.PIPE, cwd=HOME, text=True) as server:
        assert server.stdout is not None
        id = server.stdout.readline().strip()
        acknowledged = [int(server.stdout.readline()) for _ in range(random.Random(seed).randint(3, 60))]
        os.kill(server.pid, signal.SIGKILL)
        acknowledged += [int(line) for line in server.stdout]
    engine = open_database(tmp_path / "w.sqlite")
    projects, files = Projects(engine), Files(tmp_path / "files")
    project = projects.get(id)
    assert project is not None
    steps = project.recipe["steps"]
    assert isinstance(steps, list)
    if project.can_redo:  # killed between undo and redo
        steps = projects.redo(id, project.revision).recipe["steps"]
        assert isinstance(steps, list)
    assert len(steps) in (acknowledged[-1], acknowledged[-1] + 1)  # the last one was saved, but there was no time to say so
    for n, digest in enumerate(steps, start=1):
        assert files.path(str(digest)).stat().st_size == len(str(n)) * 100_000
    project = projects.get(id)
    while project is not None and project.can_undo:
        project = projects.undo(id, project.revision)
    assert project is not None
    assert project.recipe == {"steps": []}
    engine.dispose()


COUNT = """
import sys
from pathlib import Path
from workspace.database import open_database
from workspace.projects import Conflict, Projects
projects, id = Projects(open_database(Path(sys.argv[1]))), sys.argv[2]
done = 0
print("ready", flush=True)
sys.stdin.readline()
while done < 25:
    project = projects.get(id)
    try:
        projects.change(id, project.revision, recipe={"n": project.recipe["n"] + 1}, label="Add one")
        done += 1
    except Conflict:
        pass
"""


def test_two_servers_on_one_folder_lose_nothing(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "w.sqlite")
    projects = Projects(engine)
    id = projects.create("p", [], {"n": 0}).id
    command = [sys.executable, "-c", COUNT, str(tmp_path / "w.sqlite"), id]
    servers = [subprocess.Popen(command, cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for server in servers:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
    for server in servers:  # both go on together
        assert server.stdin is not None
        server.stdin.write("go\n")
        server.stdin.flush()
    for server in servers:
        server.communicate(timeout=60)
    assert [server.returncode for server in servers] == [0, 0]
    project = projects.get(id)
    assert project is not None
    assert (project.recipe, project.revision) == ({"n": 50}, 51)
    engine.dispose()
