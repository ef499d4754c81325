"""A worker process as the server sees it."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO, cast

import psutil
from pydantic import JsonValue as Json

import pipeline

HOME = Path(pipeline.__file__).parents[1]
LOG_BYTES = 2_000_000  # a longer log is moved aside when the next process starts


class Worker:
    """A process of ``pipeline.worker`` with its pipes. It takes a job at a time and loads what it needs while it waits.

    It ends by itself when this process is gone, whatever ended that: its stdin is closed then.
    """

    def __init__(self, tasks: str, log: Path) -> None:
        with _open_log(log) as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.worker", "--tasks", tasks],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=HOME,
                encoding="utf-8",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows: no console window pops up
            )

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def ask(self, id: str, kind: str, args: dict[str, Json], progress: Callable[[float, str], None]) -> dict[str, Json] | None:
        """Do a job and wait for its answer, the line with "ok" or "error"; None if the process ends without one."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(json.dumps({"id": id, "do": kind, "args": args}) + "\n")
            stdin.flush()
            for line in stdout:
                said = cast(dict[str, Json], json.loads(line))
                if said["id"] == id and "progress" not in said:
                    return said
                if said["id"] == id:
                    progress(cast(float, said["progress"]), cast(str, said["text"]))
        except (OSError, ValueError, KeyError):  # the pipe broke, was closed by kill, or what came is no answer
            pass
        return None

    def memory(self) -> int:
        """Bytes the process holds for itself: mapped files, which can be dropped at any time, do not count on Linux."""
        try:
            info = psutil.Process(self.process.pid).memory_info()
        except psutil.Error:
            return 0
        return int(info.rss - getattr(info, "shared", 0))

    def kill(self) -> None:
        """End the process now; it is gone when this returns."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError, ValueError):  # what was not sent is lost
                pipe.close()


def _open_log(log: Path) -> TextIO:
    """The log to append to; where it cannot be written the work goes on without."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            with contextlib.suppress(PermissionError):  # Windows, while another worker has it open
                log.replace(log.with_suffix(".old.log"))
        return log.open("a")
    except OSError:
        return open(os.devnull, "a")
