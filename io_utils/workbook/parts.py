"""What a workbook's XML says that the cell reader does not: sheets, their used area, error cells.

Source of the format: ECMA-376 part 1, SpreadsheetML.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeXml

from io_utils.bytes_in import FileBytes
from io_utils.errors import ReadError
from io_utils.options import Limits

# What zipfile raises on a damaged, encrypted or strangely packed member.
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError)
CHUNK = 1 << 22
OVERLAP = 256  # bytes of the chunk before, so that a match across the border is found
CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Z]{1,3})([0-9]{1,7})["'][^>]*(?<!/)>(?!</)""")
VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)[\s>]")
DIMENSION = re.compile(rb'<(?:\w+:)?dimension ref="(?:[A-Z]+[0-9]+:)?([A-Z]{1,3})([0-9]{1,7})"')
BEYOND = {1: re.compile(rb"""r=["'][A-Z]{2}"""), 2: re.compile(rb"""r=["'][A-Z]{3}""")}


class Part(NamedTuple):
    """A worksheet: its name, the part that holds it, and whether it is hidden."""

    name: str
    path: str
    hidden: bool


class ErrorCell(NamedTuple):
    """A cell that holds an error: spreadsheet row and column, both from 1, and the code such as #N/A."""

    row: int
    column: int
    code: str


class Workbook:
    """The parts of a workbook. Raises ReadError if the file is no workbook or is damaged."""

    def __init__(self, file: FileBytes, limits: Limits) -> None:
        self.file = file
        try:
            self.zip = zipfile.ZipFile(file.path if file.path else io.BytesIO(file.data))
            names = set(self.zip.namelist())
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise self.damaged() from error
        if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
            if "content.xml" in names:
                raise ReadError(f"{file.name}: this is an OpenDocument sheet (.ods). Open it, save it as .xlsx, and load that.")
            raise ReadError(f"{file.name}: this is a zip archive without an Excel workbook in it. Unpack it and load the table inside.")
        if "xl/workbook.bin" in names:
            raise ReadError(f"{file.name}: this is a binary Excel workbook (.xlsb). Open it in Excel, save it as .xlsx, and load that.")
        size = sum(info.file_size for info in self.zip.infolist())
        if size > limits.unpacked:
            raise ReadError(f"{file.name}: the workbook unpacks to {size / 2**30:.1f} GB, more than can be read. Save the table as CSV.")
        self.parts = self._parts()
        if not self.parts:
            raise ReadError(f"{file.name}: the workbook has no worksheet. Save it again in Excel.")

    def damaged(self) -> ReadError:
        """What to say when the archive or its XML is broken."""
        return ReadError(f"{self.file.name}: the workbook is damaged and cannot be opened. Save it again in Excel, or get it again.")

    def _parts(self) -> list[Part]:
        try:
            book = SafeXml.fromstring(self.zip.read("xl/workbook.xml"))
            links = SafeXml.fromstring(self.zip.read("xl/_rels/workbook.xml.rels"))
        except (*BROKEN, KeyError, ParseError, DefusedXmlException) as error:
            raise self.damaged() from error
        targets = {link.get("Id"): link.get("Target", "") for link in links if link.get("Type", "").endswith("/worksheet")}
        parts = []
        for sheet in book.iter():
            if not sheet.tag.endswith("}sheet"):
                continue
            link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
            if link in targets:
                target = targets[link]
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
                parts.append(Part(sheet.get("name", ""), path, sheet.get("state", "visible") != "visible"))
        return parts

    def open(self, part: Part) -> IO[bytes]:
        """The XML of a worksheet."""
        try:
            return self.zip.open(part.path)
        except (*BROKEN, KeyError) as error:
            raise self.damaged() from error

    def chunks(self, part: Part) -> Iterator[bytes]:
        """The XML of a worksheet piece by piece, each beginning with the end of the one before."""
        before = b""
        try:
            with self.open(part) as xml:
                while block := xml.read(CHUNK):
                    yield before + block
                    before = block[-OVERLAP:]
        except BROKEN as error:
            raise self.damaged() from error

    def said_area(self, part: Part) -> tuple[int, int]:
        """Rows and columns as the sheet states them, (0, 0) if it does not or is empty."""
        found = DIMENSION.search(next(self.chunks(part), b"")[:8192])
        said = (int(found[2]), column_number(found[1])) if found else (1, 1)
        return self.area(part) if said == (1, 1) else said  # some writers say A1 whatever the sheet holds

    def area(self, part: Part) -> tuple[int, int]:
        """The last row and column that hold a value."""
        rows = columns = 0
        for chunk in self.chunks(part):
            cells = CELL.findall(chunk)
            rows = max([rows, *(int(row) for row in {row for _, row in cells})])
            columns = max([columns, *(column_number(column) for column in {column for column, _ in cells})])
        return rows, columns

    def is_empty(self, part: Part) -> bool:
        """Whether no cell of the sheet holds a value."""
        return not any(VALUE.search(chunk) for chunk in self.chunks(part))

    def look(self, part: Part) -> tuple[bool, int]:
        """Whether the sheet has error cells, and at most how many letters its columns' names have."""
        errors, letters = False, 1
        for chunk in self.chunks(part):
            errors = errors or b't="e"' in chunk or b"t='e'" in chunk
            while letters in BEYOND and BEYOND[letters].search(chunk):
                letters += 1
        return errors, letters

    def error_cells(self, part: Part) -> list[ErrorCell]:
        """Every error cell of the sheet, in order."""
        found: list[ErrorCell] = []
        row = column = 0
        try:
            with self.open(part) as xml:
                for event, node in SafeXml.iterparse(xml, events=("start", "end")):
                    tag = node.tag.rpartition("}")[2]
                    if event == "start" and tag == "row":
                        row, column = int(node.get("r", row + 1)), 0
                    elif event == "end" and tag == "c":
                        column = cell_column(node.get("r"), column)
                        if node.get("t") == "e":
                            found.append(ErrorCell(row, column, error_code(node)))
                    elif event == "end" and tag == "row":
                        node.clear()
        except (*BROKEN, ParseError, DefusedXmlException, ValueError) as error:
            raise self.damaged() from error
        return found


def error_code(node: Element) -> str:
    """The code in an error cell."""
    for child in node:
        if child.tag.endswith("}v"):
            return child.text or "#ERROR"
    return "#ERROR"


def cell_column(ref: str | None, before: int) -> int:
    """The column of a cell from its reference, or the next one if it has none."""
    return column_number(ref.rstrip("0123456789").encode()) if ref else before + 1


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
