"""Jobs in worker processes, which may fail, hang or grow without harm to the server."""

import atexit
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, cast
from uuid import uuid4

from pydantic import JsonValue as Json

from workspace.settings import Settings
from workspace.workers import Worker

Status = Literal["queued", "running", "done", "failed", "cancelled"]
GB = 1e9
WATCH = 0.05  # seconds between two looks at a running worker
TIRED = 0.25  # a worker that holds this share of the memory limit after its job is replaced


class Job:
    """A piece of work for a worker process. Read it from any thread; ``wait`` for its end or look at it now and then.

    ``progress`` is a share from 0 to 1 and ``text`` says what is being done; ``result`` is there when ``status`` is
    "done", ``error`` (for people) when it is "failed", with ``error_kind``: the class of the exception for people
    ("PasswordNeeded"), "unexpected", "crash", "memory", "time" or "start". ``started`` and ``ended`` are seconds since 1970.
    """

    def __init__(self, jobs: "Jobs", kind: str, args: Mapping[str, Json], label: str, group: str) -> None:
        self.id = uuid4().hex
        self.kind, self.args, self.label, self.group = kind, dict(args), label, group
        self.status: Status = "queued"
        self.progress, self.text = 0.0, ""
        self.result: dict[str, Json] | None = None
        self.error: str | None = None
        self.started: float | None = None
        self.ended: float | None = None
        self.error_kind: str | None = None
        self._jobs = jobs
        self._wanted = (kind, json.dumps(self.args, sort_keys=True))
        self._since = 0.0
        self._over = threading.Event()

    @property
    def over(self) -> bool:
        """Whether it is done, failed or cancelled."""
        return self._over.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is over, at most ``timeout`` seconds; returns whether it is."""
        return self._over.wait(timeout)

    def _note(self, progress: float, text: str) -> None:
        self.progress, self.text = progress, text

    def cancel(self) -> None:
        """End it, for everybody who submitted it; its process is gone when this returns. One that is over stays as it is."""
        self._jobs._end(self, "cancelled")


class Jobs:
    """Runs jobs in up to ``settings.workers`` processes, first come, first served.

    Whenever another job could start, a warm process waits for it. A job that crashes, takes more memory or more time than the
    settings allow fails alone. ``log`` takes what workers print; ``tasks`` is the module that says what they can do.
    """

    def __init__(self, settings: Settings, log: Path | None = None, tasks: str = "pipeline.tasks") -> None:
        self.settings, self.tasks = settings, tasks
        self.log = log or settings.data_folder / "logs" / "workers.log"
        self._changed = threading.Condition()  # and the lock of everything below
        self._queue: deque[Job] = deque()
        self._running: dict[Job, Worker] = {}
        self._idle: list[Worker] = []
        self._started = self._closed = False
        atexit.register(self.shutdown)

    def warm(self) -> None:
        """Start a process now, so that the first job finds it ready."""
        with self._changed:
            if self._closed:
                raise RuntimeError("The workers were shut down.")
            if not self._started:
                self._started = True
                for work in (self._watch, *[self._serve] * self.settings.workers):
                    threading.Thread(target=work, daemon=True).start()
                self._keep_spare()

    def submit(self, kind: str, args: Mapping[str, Json], label: str, group: str = "") -> Job:
        """A job for the task ``kind``, or the one of equal kind and args that waits or runs already.

        ``label`` names it for people ("sales.csv"); ``group`` (the id of a project) is for ``cancel_group``.
        """
        self.warm()
        job = Job(self, kind, args, label, group)
        with self._changed:
            for other in (*self._running, *self._queue):
                if other._wanted == job._wanted:
                    return other
            self._queue.append(job)
            self._changed.notify_all()
        return job

    def current(self) -> list[Job]:
        """The jobs that run and those that wait, in the order in which they came."""
        with self._changed:
            return [*self._running, *self._queue]

    def cancel_group(self, group: str) -> None:
        """Cancel all jobs of a group."""
        for job in self.current():
            if job.group == group:
                job.cancel()

    def shutdown(self) -> None:
        """Cancel all jobs and end all processes; nothing can be submitted afterwards."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            self._changed.notify_all()
        for job in self.current():
            job.cancel()
        for worker in idle:
            worker.kill()
        atexit.unregister(self.shutdown)

    def _serve(self) -> None:
        """What each of ``settings.workers`` threads does: one job after another."""
        while (next_one := self._next()) is not None:
            job, worker = next_one
            if worker is None:
                self._end(job, "failed", f"{job.label}: no process could be started for it. Try again in a while.", "start")
            else:
                self._finish(job, worker, worker.ask(job.id, job.kind, job.args, job._note))

    def _next(self) -> tuple[Job, Worker | None] | None:
        """The next job with a process that is its own from here on; None at shutdown."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            if self._closed:
                return None
            job = self._queue.popleft()
            self._keep_spare()
            worker = self._idle.pop() if self._idle else None
            job.status, job.started, job._since = "running", time.time(), time.monotonic()
            if worker is not None:
                self._running[job] = worker
                self._keep_spare()
                self._changed.notify_all()
            return job, worker

    def _keep_spare(self) -> None:
        """See that a process waits if one more job could start; the lock is held."""
        self._idle = [worker for worker in self._idle if worker.alive]
        if not self._idle and not self._closed and len(self._running) < self.settings.workers:
            try:
                self._idle.append(Worker(self.tasks, self.log))
            except OSError:
                logging.getLogger(__name__).exception("A worker process could not be started.")

    def _finish(self, job: Job, worker: Worker, answer: dict[str, Json] | None) -> None:
        if answer is None:
            self._end(job, "failed", _crashed(job), "crash")
            return
        tired = worker.memory() > TIRED * self.settings.worker_memory_gb * GB
        with self._changed:
            if self._running.get(job) is not worker:  # cancelled in this very moment
                return
            if not tired and not self._closed:
                del self._running[job]
                self._idle.append(worker)
        if "error" in answer:
            self._end(job, "failed", str(answer["error"]), str(answer["kind"]))
        else:
            self._end(job, "done", result=cast(dict[str, Json], answer["ok"]))

    def _end(
        self, job: Job, status: Status, error: str | None = None, kind: str | None = None, result: dict[str, Json] | None = None
    ) -> None:
        """Bring a job to its end, and its process where it still has one. The first to call this decides how it ended."""
        with self._changed:
            first = job.status in ("queued", "running")
            if first:
                job.result, job.error, job.error_kind, job.ended, job.status = result, error, kind, time.time(), status
            if job in self._queue:
                self._queue.remove(job)
            worker = self._running.pop(job, None)
        if worker is not None:
            worker.kill()
        with self._changed:
            self._keep_spare()
        if first:
            job._over.set()
        job.wait()

    def _watch(self) -> None:
        """Ends jobs over a limit."""
        while not self._closed:
            with self._changed:
                self._changed.wait_for(lambda: self._running or self._closed)
                running = list(self._running.items())
            for job, worker in running:
                if worker.memory() > self.settings.worker_memory_gb * GB:
                    self._end(job, "failed", self._too_large(job), "memory")
                elif time.monotonic() - job._since > self.settings.worker_seconds:
                    self._end(job, "failed", self._too_long(job), "time")
            time.sleep(WATCH)

    def _too_large(self, job: Job) -> str:
        limit = f"{self.settings.worker_memory_gb:g} GB"
        return (
            f"{job.label}: needed more than {limit} of memory; it was stopped. "
            "Try a part of the file, or start the server with a larger WORKBENCH_WORKER_MEMORY_GB."
        )

    def _too_long(self, job: Job) -> str:
        limit = f"{self.settings.worker_seconds:g} seconds"
        return (
            f"{job.label}: took longer than {limit}; it was stopped. "
            "Try a part of the file, or start the server with a larger WORKBENCH_WORKER_SECONDS."
        )


def _crashed(job: Job) -> str:
    if job.kind == "read":
        return (
            f"The reader stopped unexpectedly on this file ({job.label}). It may be too large or damaged. "
            "Open it in the program it comes from, save it again, for example as CSV, and load that."
        )
    return f"The work stopped unexpectedly ({job.label}). Nothing else is affected. Try again; if it happens again, try a part of the file."
