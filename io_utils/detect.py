"""What a file is and how it is to be read, found from its content."""

from pathlib import Path

from io_utils.bytes_in import FileBytes, open_bytes
from io_utils.formats import format_of
from io_utils.options import ReadOptions


def detect(source: Path | str | bytes, name: str | None = None) -> list[ReadOptions]:
    """Ways to read the file, best first, each with confidence and evidence. The content outranks the extension.

    Raises ReadError if the file is empty or is no table, PasswordNeeded if a workbook is protected.
    """
    return detect_file(open_bytes(source, name))


def detect_file(file: FileBytes) -> list[ReadOptions]:
    """Ways to read a file already open."""
    return format_of(file).detect(file)
