"""The files in a zip archive: listed and unpacked; their names are text to show, never paths.

Source of the format: PKWARE, APPNOTE.TXT.
"""

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import NamedTuple

from io_utils.bytes_in import FileBytes
from io_utils.errors import PasswordNeeded, ReadError
from io_utils.options import Limits
from io_utils.packed.streams import BROKEN, poured, raw_bytes, read_in_pieces

ZIP, EMPTY = b"PK\x03\x04", b"PK\x05\x06"
END, END_64 = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q")
TAIL = 1 << 16  # longest comment after the end record
ENTRY = 400  # bytes of the directory an entry may take on the whole
OFFICE = ("[Content_Types].xml", "mimetype", "_rels/", "xl/", "docProps/", "word/", "ppt/", "META-INF/", "content.xml")
HIDDEN = {"__macosx", "thumbs.db", "desktop.ini"}
TABLES = {
    ".csv", ".tsv", ".psv", ".tab", ".json", ".ndjson", ".jsonl", ".geojson", ".parquet", ".feather", ".arrow", ".xlsx", ".xlsm", ".xlsb",
    ".xls", ".ods", ".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip",
}  # fmt: skip
TEXTS = {".txt", ".dat", ".html", ".htm", ".xml", ".asc", ""}
LONGEST = 120


class Member(NamedTuple):
    """A file in an archive: its name there, its unpacked size as the archive says, and whether it is likely a table."""

    name: str
    size: int
    rank: int


def is_archive(file: FileBytes) -> bool:
    """Whether the file is a zip archive and not a workbook or document, which are zip archives inside."""
    head = bytes(file.data[:600])
    if head.startswith(EMPTY):
        return True
    if not head.startswith(ZIP) or len(head) < 30:
        return False
    first = head[30 : 30 + struct.unpack("<H", head[26:28])[0]].decode("utf-8", "replace")
    if first.startswith(OFFICE):
        return False
    try:
        with opened(file, Limits()) as archive:
            names = {info.filename for info in archive.infolist()}
    except ReadError:
        return True  # what is wrong with it is said when it is opened
    return not any(name in names for name in ("[Content_Types].xml", "content.xml", "xl/workbook.xml", "xl/workbook.bin"))


@contextmanager
def opened(file: FileBytes, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The archive, its directory read. Raises ReadError if it is damaged or has too many files."""
    entries, size = directory_size(file)
    if entries > limits.members or size > limits.members * ENTRY:
        raise ReadError(
            f"{file.name}: {max(entries, size // ENTRY):,} files are in the archive, "
            f"but at most {limits.members:,} can be listed. Unpack it first.{limits.hint('members')}"
        )
    with raw_bytes(file) as raw:
        try:
            archive = zipfile.ZipFile(raw)
        except BROKEN as error:
            raise ReadError(f"{file.name}: the archive is damaged or cut off. Download or copy it again.") from error
        with archive:
            yield archive


def directory_size(file: FileBytes) -> tuple[int, int]:
    """How many files the archive says it has, and how many bytes its directory takes."""
    tail = bytes(file.data[max(0, len(file) - TAIL - END.size - 20) :])
    at = tail.rfind(EMPTY)
    if at < 0 or len(tail) - at < END.size:
        return 0, 0
    _, _, _, _, entries, size, _, _ = END.unpack_from(tail, at)
    if 0xFFFF in (entries, size >> 16) and tail[at - 20 : at - 16] == b"PK\x06\x07":
        (start,) = struct.unpack("<Q", tail[at - 12 : at - 4])
        record = bytes(file.data[start : start + END_64.size]) if start < len(file) else b""
        if len(record) == END_64.size:
            *_, entries, size, _ = END_64.unpack(record)
    return entries, size


def members(file: FileBytes, limits: Limits) -> list[Member]:
    """The files in an archive that are not hidden or empty, likely tables first. Names that come again get a number."""
    with opened(file, limits) as archive:
        found = [Member(name, info.file_size, rank(name)) for name, info in named(archive) if wanted(info)]
    return sorted(found, key=lambda m: m.rank)


def named(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """Every entry with a name of its own."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name, number = info.filename, 2
        while name in found:
            name, number = f"{info.filename} ({number})", number + 1
        found[name] = info
    return list(found.items())


def wanted(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is a file that people put there."""
    parts = [p for p in info.filename.replace("\\", "/").split("/") if p not in ("", ".", "..")]
    return bool(parts) and not info.is_dir() and info.file_size > 0 and not any(p.startswith(".") or p.lower() in HIDDEN for p in parts)


def rank(name: str) -> int:
    """0 for names of tables, 1 for names of texts, 2 for others."""
    ending = PurePosixPath(name.lower()).suffix
    readme = PurePosixPath(name.lower()).stem in ("readme", "license", "licence", "changelog")
    return 0 if ending in TABLES else 1 if ending in TEXTS and not readme else 2


def shown(name: str) -> str:
    """A name from an archive as text for a message: one line, not too long."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def unpacked_member(file: FileBytes, name: str, limits: Limits) -> FileBytes:
    """A file of the archive. Raises ReadError, PasswordNeeded if it is encrypted."""
    path = f"{file.name}/{shown(name)}"
    with opened(file, limits) as archive:
        info = dict(named(archive))[name]
        if info.flag_bits & 1:
            raise PasswordNeeded(f"{path}: the file is protected by a password. Unpack the archive with it, and load what is inside.")
        if info.file_size > limits.unpacked:
            raise ReadError(
                f"{path}: it unpacks to {info.file_size:,} bytes, but at most {limits.unpacked:,} can be read. Load it in parts."
                f"{limits.hint('unpacked')}"
            )
        try:
            stream = archive.open(info)
        except NotImplementedError as error:
            raise ReadError(
                f"{path}: it is packed in a way that cannot be read here ({error}). Unpack it and load what is inside."
            ) from error
        except BROKEN as error:
            raise ReadError(f"{path}: the archive is damaged here. Download or copy it again.") from error
        with stream:
            return poured(read_in_pieces(stream), max(info.compress_size, 1), path, limits)
