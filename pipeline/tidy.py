"""Keeps a shelf's folder within a limit: the results not used for longest go first, and can be worked out again."""

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue

AGAIN = ("note-write-", "note-overview-", "note-column-")  # notes of results: a table for a job, what its columns hold
YOUNG = 600.0  # seconds in which nothing is removed: a job may be about to use it


def tidy(folder: Path, limit: int, young: float = YOUNG) -> int:
    """Remove results until the columns that are needed take at most ``limit`` bytes; returns the bytes set free.

    Readings stay, and so does what was used or written in the last ``young`` seconds. Downloads go when they are older.
    """
    before = time.time() - young
    sizes = {f.name: f.stat().st_size for f in _files(folder / "columns")}
    kept: set[str] = set()
    used = 0
    for note in sorted(_files(folder / "results"), key=lambda f: (_may_go(f), -f.stat().st_mtime)):
        needs = set(_columns_of(note)) & set(sizes)
        more = sum(sizes[name] for name in needs - kept)
        if _may_go(note) and used + more > limit and note.stat().st_mtime < before:
            _remove(note)
        else:
            kept |= needs
            used += more
    gone = [f for f in _files(folder / "columns") if f.name not in kept] + _files(folder / "downloads")
    return sum(_remove(f) for f in gone if f.stat().st_mtime < before)


def _may_go(note: Path) -> bool:
    """Whether a file of ``results`` can be made again from others: a result, or what was noted of one; readings stay."""
    return not note.name.startswith("note-") or note.name.startswith(AGAIN)


def _columns_of(note: Path) -> Iterator[str]:
    try:
        yield from _texts(json.loads(note.read_text("utf-8")))
    except (OSError, ValueError):
        return


def _texts(said: JsonValue) -> Iterator[str]:
    """Every text in a JSON value that names a column's file."""
    if isinstance(said, str) and said.endswith(".arrow"):
        yield said
    elif isinstance(said, dict | list):
        for part in said.values() if isinstance(said, dict) else said:
            yield from _texts(part)


def _files(folder: Path) -> list[Path]:
    return [f for f in folder.glob("*") if f.is_file() and not f.name.endswith((".tmp", ".part"))]


def _remove(file: Path) -> int:
    """Bytes set free: none if another process holds the file (on Windows) or removed it."""
    with contextlib.suppress(OSError):
        size = file.stat().st_size
        file.unlink()
        return size
    return 0
