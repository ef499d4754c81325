"""Uploaded files, kept by the sha256 of their bytes."""

import contextlib
import hashlib
import os
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

BLOCK = 1 << 20
DAY = 24 * 3600.0
DIGITS = frozenset("0123456789abcdef")


class StoreError(Exception):
    """Something could not be kept or fetched; the message is for people: what happened and what to do."""


class Files:
    """Files in ``folder``, named by digest (``ab/ab12…``), so equal uploads are kept once.

    A file appears whole or not at all (temporary name, fsync, rename), also when several processes use the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sizes: dict[str, int] = {}  # of files this process wrote or verified

    def put(self, data: bytes | Path, digest: str | None = None) -> str:
        """Keep the bytes, or a copy of the file at a path; returns their sha256.

        ``digest``: the sha256 where the caller has it already, so that nothing is hashed twice.
        Raises StoreError if the file cannot be written.
        """
        if digest is None and isinstance(data, bytes):
            digest = hashlib.sha256(data).hexdigest()
        size = data.stat().st_size if isinstance(data, Path) else len(data)
        if digest is not None and self._there(digest, size):
            return digest
        try:
            return self._write(data, digest)
        except OSError as error:
            raise StoreError(
                f"The file could not be kept in {self.folder}: {error.strerror or error}. Free some space and try again."
            ) from error

    def path(self, digest: str) -> Path:
        """Where the file lies. The first call for a file another process wrote reads it whole and compares the digest.

        Raises StoreError if the file is not there or damaged.
        """
        place = self._place(digest)
        try:
            size = place.stat().st_size
            if digest not in self._sizes and _digest(place) == digest:
                self._sizes[digest] = size
        except OSError as error:
            raise StoreError("The file of this project is no longer kept here. Load it again.") from error
        if self._sizes.get(digest) != size:
            raise StoreError("The file of this project is damaged: its bytes are not those that were loaded. Load it again.")
        return place

    def size(self) -> int:
        """Bytes of all files."""
        return bytes_below(self.folder)

    def remove(self, digest: str) -> None:
        """Remove a file; one that is not there is fine. Raises StoreError if it cannot be removed."""
        self._sizes.pop(digest, None)
        try:
            self._place(digest).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"A file in {self.folder} could not be removed: {error.strerror or error}. Close what uses it.") from error

    def clean(self, keep: Collection[str], older_than: float = DAY) -> int:
        """Remove files that are not in ``keep`` and were last put more than ``older_than`` seconds ago; returns how many.

        The age protects an upload whose project another tab or process is about to create.
        """
        before, removed = time.time() - older_than, 0
        for place in [place for place in self.folder.rglob("*") if place.is_file()]:
            if place.name not in keep and place.stat().st_mtime <= before:
                self._sizes.pop(place.name, None)
                place.unlink(missing_ok=True)
                removed += 1
        return removed

    def _there(self, digest: str, size: int) -> bool:
        """Whether the file is kept with this size; marks it as put now."""
        place = self._place(digest)
        if not place.exists() or place.stat().st_size != size:
            return False
        os.utime(place)
        return True

    def _write(self, data: bytes | Path, digest: str | None) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f"{uuid4().hex}.part"
        try:
            with temporary.open("wb") as target:
                digest = _copy(data, target, digest)
                target.flush()
                os.fsync(target.fileno())
                size = target.tell()
            place = self._place(digest)
            place.parent.mkdir(exist_ok=True)
            os.replace(temporary, place)
        finally:
            temporary.unlink(missing_ok=True)
        self._sizes[digest] = size
        return digest

    def _place(self, digest: str) -> Path:
        if len(digest) != 64 or not DIGITS.issuperset(digest):  # a digest may come from a URL: never a path of its own
            raise StoreError("This is not the digest of a file. Load the file again.")
        return self.folder / digest[:2] / digest


def bytes_below(folder: Path) -> int:
    """Bytes of all files in a folder and below; one that goes away meanwhile does not count."""
    total = 0
    for place in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            total += place.stat().st_size if place.is_file() else 0
    return total


def _copy(data: bytes | Path, target: BinaryIO, digest: str | None) -> str:
    """Write the bytes and return their sha256, computed on the way unless known."""
    if isinstance(data, bytes):
        target.write(data)
        return digest or hashlib.sha256(data).hexdigest()
    hashed = hashlib.sha256()
    for block in _blocks(data):
        target.write(block)
        if digest is None:
            hashed.update(block)
    return digest or hashed.hexdigest()


def _digest(path: Path) -> str:
    hashed = hashlib.sha256()
    for block in _blocks(path):
        hashed.update(block)
    return hashed.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while block := source.read(BLOCK):
            yield block
