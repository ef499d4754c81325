"""Sheets of OpenDocument (.ods, .fods), as LibreOffice and others write them.

Source of the format: OpenDocument 1.3, part 3: 9 (tables), 16.29 (number formats).
"""

import re
from contextlib import suppress

from io_utils.bytes_in import FileBytes
from io_utils.errors import PasswordNeeded
from io_utils.options import Limits
from io_utils.workbook.address import MAX_ROW
from io_utils.workbook.book import Area, Book, Part, Zipped, checked_area, guarded
from io_utils.workbook.cells import Grid
from io_utils.workbook.expat import parse
from io_utils.workbook.ods_cells import Enough, Styles, Table

PREFIXES = {
    ":office:1.0": "office", ":table:1.0": "table", ":text:1.0": "text", ":style:1.0": "style", ":datastyle:1.0": "number",
    ":drawing:1.0": "draw", ":calc:xmlns:calcext:1.0": "calcext",
}  # fmt: skip
TAG = re.compile(rb"<(/?)table:table(?=[\s>])([^>]*)>")
NAME = re.compile(rb"""\stable:name=(?:"([^"]*)"|'([^']*)')""")
STYLE = re.compile(rb"""\stable:style-name=["']([^"']*)["']""")
VALUE = re.compile(rb"office:value-type=|<text:p")


class Ods(Book):
    """An OpenDocument workbook, open. Raises PasswordNeeded if it is encrypted."""

    format = "ods"
    label = "OpenDocument sheet."

    def __init__(self, file: FileBytes, limits: Limits) -> None:
        super().__init__(file, limits)
        self.styles = Styles()
        with guarded(file):
            self.data = self._content(file, limits)
            self.prefixes = None if b'xmlns:table="' in self.data[:8192] else PREFIXES
            self.tables = list(table_places(self.data)) if self.prefixes is None else self._places()
            self.head = self.data[: self.tables[0][2]] if self.tables and self.prefixes is None else self.data
            parse([self.head], self.styles, self.prefixes, whole=False)
        for i, (name, style, _, _) in enumerate(self.tables):
            self.parts.append(Part(name, str(i), "hidden" if style in self.styles.hidden_tables else "visible"))
        self.need_sheets()

    def _content(self, file: FileBytes, limits: Limits) -> bytes:
        if bytes(file.data[:2]) != b"PK":
            return bytes(file.data).lstrip()
        zipped = Zipped(file, limits)
        if "META-INF/manifest.xml" in zipped.names and b"encryption-data" in zipped.read("META-INF/manifest.xml"):
            raise PasswordNeeded(
                f"{file.name}: the sheet is protected by a password. Open it in LibreOffice, save a copy without a password, and load that."
            )
        if "styles.xml" in zipped.names:
            parse([zipped.read("styles.xml")], self.styles)
        return zipped.read("content.xml")

    def _places(self) -> list[tuple[str, str, int, int]]:
        """One place for all tables of a document with names of its own for the namespaces: they are read one by one."""
        found = Table(self.styles, self, "", MAX_ROW, wanted=-1)
        parse([self.data], found, self.prefixes)
        return [(name, "", 0, len(self.data)) for name in found.names]

    def is_empty(self, part: Part) -> bool:
        """Whether no cell of the sheet holds a value."""
        _, _, start, end = self.tables[int(part.path)]
        return not VALUE.search(self.data, start, end) or self.area(part).rows == 0

    def area(self, part: Part) -> Area:
        """How far values reach in a sheet."""
        gather = self._table(part, MAX_ROW).gather
        return Area(max(gather.row, default=0), max(gather.column, default=0))

    def grid(self, part: Part, until: int = MAX_ROW) -> Grid:
        """The sheet's cells; those of rows below ``until`` are left out."""
        found = self._table(part, until).gather
        checked_area(self, part, max(found.row, default=0), max(found.column, default=0))
        return found.grid(self.styles.formats)

    def _table(self, part: Part, until: int) -> Table:
        _, _, start, end = self.tables[int(part.path)]
        wanted = int(part.path) if self.prefixes is not None else 0
        table = Table(self.styles, self, part.name, until, wanted)
        with guarded(self.file):
            head = self.head if self.prefixes is None else b""  # what the namespaces are called
            with suppress(Enough):
                parse([head, self.data[start:end]], table, self.prefixes, whole=False)
        return table


def table_places(data: bytes) -> list[tuple[str, str, int, int]]:
    """The tables of a document that are not inside another one: name, style, where each begins and ends."""
    found: list[tuple[str, str, int, int]] = []
    depth = 0
    start = 0
    head = b""
    for tag in TAG.finditer(data):
        closes, alone = bool(tag[1]), tag[2].endswith(b"/")
        if not closes and depth == 0:
            start, head = tag.start(), tag[2]
        depth += -1 if closes else 0 if alone else 1
        if depth == 0 and (closes or alone):
            name, style = NAME.search(head), STYLE.search(head)
            said = unescaped((name[1] or name[2]).decode()) if name else f"Sheet{len(found) + 1}"
            found.append((said, style[1].decode() if style else "", start, tag.end()))
    if depth:
        raise ValueError("a table without an end")
    return found


def unescaped(text: str) -> str:
    """The text with XML's entities put right."""
    for sign, entity in (("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&apos;"), ("&", "&amp;")):
        text = text.replace(entity, sign)
    return text
