import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from pydantic import JsonValue

from workspace.jobs import Job, Jobs
from workspace.settings import Settings

HOME = Path(__file__).parents[2]
Make = Callable[..., Jobs]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Jobs] = []

    def jobs(**settings: float) -> Jobs:
        made.append(Jobs(Settings.model_validate({"data_folder": tmp_path, **settings}), tasks="tests.workspace.probes"))
        return made[-1]

    yield jobs
    for one in made:
        one.shutdown()


def over(job: Job) -> tuple[str, str | None]:
    assert job.wait(30)
    return job.status, job.error


def gone(process: int) -> bool:
    try:
        psutil.Process(process).wait(10)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def test_a_job_answers(make: Make) -> None:
    job = make().submit("echo", {"name": "Zoë", "n": [1, None]}, "sales.csv")
    assert over(job) == ("done", None)
    assert job.result == {"name": "Zoë", "n": [1, None]}
    assert job.started is not None
    assert job.ended is not None
    assert job.started <= job.ended
    assert job.over


def test_a_process_is_kept_warm_and_used_again(make: Make) -> None:
    jobs = make(workers=1)
    jobs.warm()
    process = jobs._idle[0].process.pid
    for n in range(3):
        assert over(jobs.submit("echo", {"n": n}, "x")) == ("done", None)
    assert [worker.process.pid for worker in jobs._idle] == [process]


def test_prints_of_libraries_do_not_disturb_the_answers(make: Make) -> None:
    jobs = make()
    job = jobs.submit("prints", {"stdin": True}, "x")
    assert over(job) == ("done", None)
    assert job.result == {"stdin": ""}
    assert jobs.log.read_text().splitlines()[-3:] == ["a stray print", '{"id": "stray"}', "a child"]


def test_an_error_for_people_is_passed_on_whole(make: Make) -> None:
    job = make().submit("password", {}, "book.xlsx")
    assert over(job) == ("failed", "book.xlsx: is protected by a password. Enter it.")
    assert job.error_kind == "PasswordNeeded"


@pytest.mark.parametrize(("kind", "name"), [("bug", "KeyError"), ("not_json", "ValueError"), ("no such task", "KeyError")])
def test_a_bug_is_named_on_the_page_and_described_in_the_log(make: Make, kind: str, name: str) -> None:
    jobs = make()
    job = jobs.submit(kind, {}, "x")
    said = f"Something unexpected went wrong ({name}). What is known about it is in the log of the workers."
    assert over(job) == ("failed", said)
    assert job.error_kind == "unexpected"
    assert f"{name}: " in jobs.log.read_text()
    assert over(jobs.submit("echo", {}, "x")) == ("done", None)


@pytest.mark.parametrize("kind", ["crash", "segfault"])
def test_a_crash_fails_only_its_job(make: Make, tmp_path: Path, kind: str) -> None:
    jobs = make()
    os.mkfifo(tmp_path / "gate")
    other = jobs.submit("gate", {"gate": str(tmp_path / "gate")}, "other")
    crashed = jobs.submit(kind, {}, "sales.xlsx")
    waiting = jobs.submit("echo", {"n": 1}, "waiting")
    assert over(crashed) == (
        "failed",
        "The work stopped unexpectedly (sales.xlsx). Nothing else is affected. Try again; if it happens again, try a part of the file.",
    )
    assert crashed.error_kind == "crash"
    assert over(waiting) == ("done", None)
    (tmp_path / "gate").write_text("go\n")
    assert over(other) == ("done", None)


def test_a_crash_while_reading_speaks_of_the_file(make: Make) -> None:
    assert over(make().submit("read", {}, "bomb.xlsx")) == (
        "failed",
        "The reader stopped unexpectedly on this file (bomb.xlsx). It may be too large or damaged. "
        "Open it in the program it comes from, save it again, for example as CSV, and load that.",
    )


def test_a_job_that_grows_is_stopped(make: Make) -> None:
    jobs = make(worker_memory_gb=0.4)
    hog = jobs.submit("hog", {}, "huge.csv")
    status, error = over(hog)
    assert (status, hog.error_kind) == ("failed", "memory")
    assert error == (
        "huge.csv: needed more than 0.4 GB of memory; it was stopped. "
        "Try a part of the file, or start the server with a larger WORKBENCH_WORKER_MEMORY_GB."
    )
    assert over(jobs.submit("echo", {}, "x")) == ("done", None)


def test_a_process_that_stays_large_is_replaced(make: Make) -> None:
    jobs = make(workers=1, worker_memory_gb=0.1)  # more than a quarter of it is held by the libraries alone
    jobs.warm()
    process = jobs._idle[0].process.pid
    assert over(jobs.submit("echo", {}, "x")) == ("done", None)
    assert gone(process)
    assert over(jobs.submit("echo", {}, "x")) == ("done", None)


def test_a_job_that_takes_too_long_is_stopped(make: Make, tmp_path: Path) -> None:
    job = make(worker_seconds=0.2).submit("forever", {}, "slow.csv")
    assert over(job) == (
        "failed",
        "slow.csv: took longer than 0.2 seconds; it was stopped. "
        "Try a part of the file, or start the server with a larger WORKBENCH_WORKER_SECONDS.",
    )
    assert job.error_kind == "time"


def test_cancel_ends_the_process_at_once(make: Make, tmp_path: Path) -> None:
    jobs = make(workers=1)
    os.mkfifo(tmp_path / "pid")
    job = jobs.submit("forever", {"started": str(tmp_path / "pid")}, "x")
    process = int((tmp_path / "pid").read_text())
    assert job.status == "running"
    begun = time.monotonic()
    job.cancel()
    assert time.monotonic() - begun < 10  # and not as long as the job would take
    assert not psutil.pid_exists(process)
    assert (job.status, job.error, job.result) == ("cancelled", None, None)
    job.cancel()
    assert over(jobs.submit("echo", {}, "x")) == ("done", None)


def test_progress_arrives(make: Make, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    os.mkfifo(tmp_path / "pid")
    job = make().submit("steps", {"started": str(tmp_path / "pid"), "gate": str(tmp_path / "gate")}, "x")
    (tmp_path / "pid").read_text()
    (tmp_path / "gate").write_text("go\n")
    assert over(job) == ("done", None)
    assert (job.progress, job.text) == (0.25, "line 3 of 12")


def test_many_jobs_wait_their_turn(make: Make, tmp_path: Path) -> None:
    jobs = make(workers=2)
    os.mkfifo(tmp_path / "one")
    os.mkfifo(tmp_path / "two")
    blocking = [jobs.submit("gate", {"gate": str(tmp_path / name)}, name) for name in ("one", "two")]
    waiting = [jobs.submit("echo", {"n": n}, "x") for n in range(20)]
    with (tmp_path / "one").open("w") as one, (tmp_path / "two").open("w") as two:  # both run: a pipe opens when both ends are there
        assert [job.status for job in [*blocking, *waiting]] == ["running"] * 2 + ["queued"] * 20
        assert jobs.current() == [*blocking, *waiting]
        waiting[3].cancel()
        assert waiting[3].status == "cancelled"
        one.write("go\n")
        two.write("go\n")
    assert [over(job)[0] for job in waiting] == ["done"] * 3 + ["cancelled"] + ["done"] * 16
    assert [job.result for job in waiting[:3]] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert jobs.current() == []
    assert len({job.result["process"] for job in blocking if job.result}) == 2


def test_equal_jobs_are_one(make: Make, tmp_path: Path) -> None:
    jobs = make()
    os.mkfifo(tmp_path / "gate")
    args: dict[str, JsonValue] = {"gate": str(tmp_path / "gate"), "n": 1}
    first = jobs.submit("gate", args, "x")
    assert jobs.submit("gate", dict(reversed(list(args.items()))), "x") is first
    assert jobs.submit("echo", args, "x") is not first
    (tmp_path / "gate").write_text("go\n")
    assert over(first) == ("done", None)
    os.remove(tmp_path / "gate")
    (tmp_path / "gate").write_text("again\n")  # a file this time
    again = jobs.submit("gate", args, "x")
    assert over(again) == ("done", None)
    assert again is not first


def test_a_group_is_cancelled(make: Make) -> None:
    jobs = make()
    mine = [jobs.submit("forever", {"n": n}, "x", group="mine") for n in range(3)]
    other = jobs.submit("echo", {}, "x", group="other")
    jobs.cancel_group("mine")
    assert [job.status for job in mine] == ["cancelled"] * 3
    assert over(other) == ("done", None)


def test_args_larger_than_a_pipe_holds(make: Make) -> None:
    text = "é" * 1_000_000
    job = make().submit("echo", {"text": text}, "x")
    assert over(job) == ("done", None)
    assert job.result == {"text": text}


def test_shutdown_ends_all(make: Make, tmp_path: Path) -> None:
    jobs = make(workers=1)
    os.mkfifo(tmp_path / "pid")
    running = jobs.submit("forever", {"started": str(tmp_path / "pid")}, "x")
    waiting = jobs.submit("echo", {}, "x")
    process = int((tmp_path / "pid").read_text())
    jobs.shutdown()
    jobs.shutdown()
    assert [running.status, waiting.status] == ["cancelled", "cancelled"]
    assert not psutil.pid_exists(process)
    with pytest.raises(RuntimeError, match="shut down"):
        jobs.submit("echo", {}, "x")


SERVER = """
import sys
from workspace.jobs import Jobs
from workspace.settings import Settings
jobs = Jobs(Settings(data_folder=sys.argv[1], workers=2), tasks="tests.workspace.probes")
job = jobs.submit("forever", {"started": sys.argv[2]}, "x")
jobs.submit("echo", {}, "x").wait()
with jobs._changed:
    print(*[w.process.pid for w in (*jobs._idle, *jobs._running.values())], flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, None], ids=["killed", "Ctrl+C", "by itself"])
def test_workers_end_with_the_server(tmp_path: Path, end: int | None) -> None:
    os.mkfifo(tmp_path / "pid")
    command = [sys.executable, "-c", SERVER, str(tmp_path), str(tmp_path / "pid")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=HOME, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        busy = int((tmp_path / "pid").read_text())
        workers = [int(word) for word in server.stdout.readline().split()]
        assert busy in workers
        assert len(workers) == 2
        server.stdin.close() if end is None else os.kill(server.pid, end)
    assert [gone(worker) for worker in workers] == [True, True]


def test_a_log_that_grew_is_moved_aside(make: Make) -> None:
    jobs = make()
    jobs.log.parent.mkdir()
    jobs.log.write_bytes(b"x" * 2_000_001)
    jobs.warm()
    assert jobs.log.with_suffix(".old.log").stat().st_size == 2_000_001
    assert over(jobs.submit("bug", {}, "x"))[0] == "failed"
    assert "KeyError" in jobs.log.read_text()


def test_work_goes_on_without_a_log(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    jobs = Jobs(Settings(data_folder=tmp_path), log=tmp_path / "file" / "workers.log", tasks="tests.workspace.probes")
    assert over(jobs.submit("echo", {}, "x")) == ("done", None)
    jobs.shutdown()


def test_no_process_to_be_had(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = make()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", refuse)
        assert over(jobs.submit("echo", {}, "x.csv")) == ("failed", "x.csv: no process could be started for it. Try again in a while.")
    assert over(jobs.submit("echo", {}, "x.csv")) == ("done", None)


def test_the_worker_alone_speaks_json_lines() -> None:
    lines = [json.dumps({"id": "1", "do": "echo", "args": {"a": 1}}), json.dumps({"id": "2", "do": "password", "args": {}})]
    command = [sys.executable, "-m", "pipeline.worker", "--tasks", "tests.workspace.probes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=HOME, text=True) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        assert worker.stderr is not None
        said = []
        for line in lines:
            worker.stdin.write(line + "\n")
            worker.stdin.flush()
            said.append(json.loads(worker.stdout.readline()))
        worker.stdin.close()
        assert worker.stdout.read() == ""
        assert worker.stderr.read() == ""
    assert worker.returncode == 0
    assert said == [
        {"id": "1", "ok": {"a": 1}},
        {"id": "2", "error": "book.xlsx: is protected by a password. Enter it.", "kind": "PasswordNeeded"},
    ]
