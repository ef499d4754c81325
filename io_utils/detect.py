"""What a file is and how it is to be read, found from its content."""

from pathlib import Path

from io_utils.bytes_in import FileBytes, open_bytes
from io_utils.formats import format_of
from io_utils.options import ReadOptions
from io_utils.packed.unpack import unpacked
from io_utils.workbook.unlock import unlocked


def detect(source: Path | str | bytes, name: str | None = None, member: str = "", password: str | None = None) -> list[ReadOptions]:
    """Ways to read the file, best first, each with confidence and evidence. The content outranks the extension.

    What is compressed is looked at unpacked; ``member`` names one of several files in an archive.
    Raises ReadError if the file is empty or is no table, PasswordNeeded if a workbook is protected and ``password``
    is not its password.
    """
    found = unpacked(open_bytes(source, name), member)
    ways = detect_file(unlocked(found.file, password))
    return [o.model_copy(update={"member": found.member, "evidence": (*found.evidence, *o.evidence)}) for o in ways]


def detect_file(file: FileBytes) -> list[ReadOptions]:
    """Ways to read a file already open."""
    return format_of(file).detect(file)
