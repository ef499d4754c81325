"""What every kind of workbook gives: its sheets, the size of each, and a sheet's cells."""

import io
import posixpath
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO, NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException

from io_utils.bytes_in import FileBytes
from io_utils.errors import ReadError
from io_utils.options import FormatName, Limits
from io_utils.workbook.address import MAX_ROW, column_letters
from io_utils.workbook.cells import Grid

# What zipfile raises on a damaged, encrypted or strangely packed member.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    KeyError,
    ValueError,
    OverflowError,
    IndexError,
    struct.error,
    UnicodeError,
)
XML = (ParseError, DefusedXmlException, LookupError)


class Part(NamedTuple):
    """A sheet: its name, where the file holds it, and whether it is "visible", "hidden" or "very hidden"."""

    name: str
    path: str
    state: str = "visible"

    @property
    def hidden(self) -> bool:
        """Whether Excel does not show it."""
        return self.state != "visible"


class Area(NamedTuple):
    """The last row and column that hold a value; (0, 0) if none does."""

    rows: int
    columns: int


class Book(ABC):
    """A workbook of any format, open. Raises ReadError if it is damaged."""

    format: FormatName = "xlsx"
    label = "Excel workbook."

    def __init__(self, file: FileBytes, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self.parts: list[Part] = []

    @abstractmethod
    def grid(self, part: Part, until: int = MAX_ROW) -> Grid:
        """The cells of a sheet; those of rows below ``until`` may be left out."""

    def area(self, part: Part) -> Area:
        """How far values reach in a sheet."""
        grid = self.grid(part)
        return Area(grid.rows, len(grid.columns))

    def is_empty(self, part: Part) -> bool:
        """Whether no cell of a sheet holds a value."""
        return self.area(part).rows == 0

    def rank(self, part: Part) -> int:
        """Which sheets are offered first: those with the smallest number."""
        return 0

    def header(self, part: Part) -> tuple[int, int] | None:
        """The row of a sheet's header and how many rows it takes, if the file says so."""
        return None

    def damaged(self) -> ReadError:
        """What to say when the file is broken."""
        return damaged(self.file)

    def need_sheets(self) -> None:
        """Raises ReadError if there is no sheet."""
        if not self.parts:
            raise ReadError(f"{self.file.name}: the workbook has no worksheet. Save it again in Excel.")


@contextmanager
def guarded(file: FileBytes) -> Iterator[None]:
    """Turns what a damaged file raises into ReadError."""
    try:
        yield
    except (*BROKEN, *XML) as error:
        raise damaged(file) from error


def damaged(file: FileBytes) -> ReadError:
    """What to say when the file is broken."""
    return ReadError(f"{file.name}: the workbook is damaged and cannot be opened. Save it again in Excel, or get it again.")


def checked_area(book: Book, part: Part, rows: int, columns: int) -> None:
    """Raises ReadError if so many rows and columns are more than can be read."""
    if rows * columns > book.limits.cells:
        raise ReadError(
            f'{book.file.name}, sheet "{part.name}": cells are filled as far as {column_letters(columns)}{rows}, '
            f"{rows * columns:,} cells in all, and at most {book.limits.cells:,} can be read. "
            f"Delete the stray cells far from the table and save.{book.limits.hint('cells')}"
        )


class Zipped:
    """The members of a workbook that is a zip archive. Raises ReadError if it unpacks to more than can be read."""

    def __init__(self, file: FileBytes, limits: Limits) -> None:
        self.file = file
        with self.guarded():
            self.zip = zipfile.ZipFile(file.path if file.path else io.BytesIO(file.data))
            self.names = set(self.zip.namelist())
        size = sum(info.file_size for info in self.zip.infolist())
        if size > limits.unpacked:
            raise ReadError(f"{file.name}: the workbook unpacks to {size / 2**30:.1f} GB, more than can be read. Save the table as CSV.")

    def guarded(self) -> AbstractContextManager[None]:
        """Turns what a damaged archive or its XML raises into ReadError."""
        return guarded(self.file)

    def read(self, path: str) -> bytes:
        """A member whole."""
        return self.zip.read(path)

    def open(self, path: str) -> IO[bytes]:
        """A member as a stream."""
        return self.zip.open(path)

    def size(self, path: str) -> int:
        """The bytes of a member, unpacked."""
        return self.zip.getinfo(path).file_size

    def path(self, folder: str, target: str) -> str:
        """The member that a relationship names."""
        return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
