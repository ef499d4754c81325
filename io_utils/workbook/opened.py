"""Which kind of workbook a file is, by its content, and the workbook open."""

import io
import zipfile
from collections.abc import Callable

from io_utils.bytes_in import FileBytes
from io_utils.errors import ReadError
from io_utils.options import Limits
from io_utils.workbook.book import BROKEN, Book
from io_utils.workbook.xlsx import Xlsx

ZIP = b"PK\x03\x04"
DAMAGED_ZIP = (b"PK\x05\x06", b"PK\x07\x08")


def zip_names(file: FileBytes) -> set[str]:
    """The members of a zip archive; none if it is damaged."""
    try:
        with zipfile.ZipFile(file.path if file.path else io.BytesIO(file.data)) as found:
            return set(found.namelist())
    except BROKEN:
        return set()


def is_xlsx(file: FileBytes, head: bytes) -> bool:
    """A zip archive with an Excel workbook in it, or with nothing to be found in it."""
    if not head.startswith(ZIP):
        return False
    names = zip_names(file)
    return "xl/workbook.xml" in names or not names


OPENERS: tuple[tuple[Callable[[FileBytes, bytes], bool], type[Book]], ...] = ((is_xlsx, Xlsx),)


def open_book(file: FileBytes, limits: Limits) -> Book:
    """The workbook open. Raises ReadError if it is none, or is damaged."""
    head = bytes(file.data[:4096])
    for is_it, opener in OPENERS:
        if is_it(file, head):
            return opener(file, limits)
    raise ReadError(f"{file.name}: this is no workbook. Choose a CSV file or an Excel workbook.")
