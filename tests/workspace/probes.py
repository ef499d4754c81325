"""Tasks that misbehave, for the tests of jobs."""

import ctypes
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from io_utils.errors import PasswordNeeded

Progress = Callable[[float, str], None]


def echo(args: dict, progress: Progress) -> dict:
    return args


def forever(args: dict, progress: Progress) -> dict:
    """Say so in a file, then never answer."""
    if "started" in args:
        Path(args["started"]).write_text(str(os.getpid()))
    progress(0.25, "line 3 of 12")
    threading.Event().wait()
    return {}


def steps(args: dict, progress: Progress) -> dict:
    progress(0.25, "line 3 of 12")
    progress(0.26, "too soon after the last to be said")
    Path(args["started"]).write_text("")
    return gate(args, progress)


def gate(args: dict, progress: Progress) -> dict:
    """Wait until a line is written to a pipe."""
    with Path(args["gate"]).open() as pipe:
        return {"read": pipe.readline(), "process": os.getpid()}


def crash(args: dict, progress: Progress) -> dict:
    os._exit(args.get("code", 9))


def segfault(args: dict, progress: Progress) -> dict:
    ctypes.string_at(0)
    return {}


def hog(args: dict, progress: Progress) -> dict:
    held = []
    while True:
        held.append(bytearray(os.urandom(1_000_000)) * 8)


def prints(args: dict, progress: Progress) -> dict:
    """What chatty libraries do: Python's print, C's stdout, a child's stdout; and read what is not theirs."""
    print("a stray print")
    os.write(1, b'{"id": "stray"}\n')
    subprocess.run([sys.executable, "-c", "print('a child')"], check=True)
    return {"stdin": sys.stdin.read() if args.get("stdin") else ""}


def password(args: dict, progress: Progress) -> dict:
    raise PasswordNeeded("book.xlsx: is protected by a password. Enter it.")


def bug(args: dict, progress: Progress) -> dict:
    raise KeyError("secret cell")


def not_json(args: dict, progress: Progress) -> dict:
    return {"value": float("nan")}


TASKS = {task.__name__: task for task in (echo, forever, steps, gate, crash, segfault, hog, prints, password, bug, not_json)} | {
    "read": crash
}
