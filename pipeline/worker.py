"""A worker process: jobs as JSON lines on stdin, progress and answers as JSON lines on stdout.

``{"id", "do", "args"}`` comes in; ``{"id", "progress", "text"}`` go out while it runs and at the end ``{"id", "ok": result}``
or ``{"id", "error": message for people, "kind": what it was}``. Details of what was not foreseen go to stderr. The process
ends when stdin is closed, also in the middle of a job: with the server gone nobody waits for the answer.

What a job does stands in a module with ``TASKS``: name to function(args, progress) -> result; by default pipeline.tasks.
"""

import argparse
import contextlib
import importlib
import json
import os
import queue
import signal
import threading
import time
import traceback
from collections.abc import Callable
from typing import TextIO

from pydantic import JsonValue as Json

from io_utils.errors import ReadError, WriteError
from pipeline.recipe import RecipeError
from steps.base import StepError

Progress = Callable[[float, str], None]
Task = Callable[[dict[str, Json], Progress], dict[str, Json]]

FOR_PEOPLE = (ReadError, WriteError, RecipeError, StepError)  # and any exception with a true attribute ``for_people``
PAUSE = 0.05  # seconds between two lines of progress


def main() -> None:
    """Answer jobs until stdin is closed."""
    parser = argparse.ArgumentParser(description="Answers jobs given as JSON lines; started by the server.")
    parser.add_argument("--tasks", default="pipeline.tasks", help="module whose TASKS are the jobs that can be done")
    chosen = parser.parse_args()
    jobs, answers = _own_pipes()
    with contextlib.suppress(ValueError):  # Ctrl+C in the terminal is for the server, which then ends its workers
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs, waiting), daemon=True).start()
    tasks: dict[str, Task] = importlib.import_module(chosen.tasks).TASKS
    while True:
        _answer(json.loads(waiting.get()), tasks, answers)


def _own_pipes() -> tuple[TextIO, TextIO]:
    """stdin and stdout for the protocol alone: what a library prints goes to stderr, and what reads stdin finds it empty."""
    jobs = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    return jobs, answers


def _listen(jobs: TextIO, waiting: queue.SimpleQueue[str]) -> None:
    for line in jobs:
        waiting.put(line)
    os._exit(0)


def _answer(job: dict[str, Json], tasks: dict[str, Task], answers: TextIO) -> None:
    last = 0.0

    def say(**line: Json) -> None:
        answers.write(json.dumps({"id": job["id"], **line}, allow_nan=False) + "\n")
        answers.flush()

    def progress(share: float, text: str = "") -> None:
        nonlocal last
        if time.monotonic() - last >= PAUSE:
            last = time.monotonic()
            say(progress=min(max(float(share), 0.0), 1.0), text=text)

    try:
        args = job["args"]
        assert isinstance(args, dict)
        say(ok=tasks[str(job["do"])](args, progress))
    except MemoryError:
        traceback.print_exc()
        say(error="There is not enough memory for this. Close other work, or try a part of the file.", kind="memory")
    except Exception as error:
        if isinstance(error, FOR_PEOPLE) or getattr(error, "for_people", False):
            say(error=str(error), kind=type(error).__name__)
        else:
            traceback.print_exc()
            said = f"Something unexpected went wrong ({type(error).__name__}). What is known about it is in the log of the workers."
            say(error=said, kind="unexpected")


if __name__ == "__main__":
    main()
