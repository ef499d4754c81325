"""Old workbooks of Excel (.xls): records in a compound file; Excel 5 to 2003.

Source of the format: [MS-XLS], Excel Binary File Format (.xls) Structure; for Excel 5 and 95 OpenOffice.org's documentation.
"""

import io
import struct
from collections.abc import Iterator

import olefile

from io_utils.bytes_in import FileBytes
from io_utils.errors import ReadError
from io_utils.options import Limits
from io_utils.workbook.address import MAX_ROW, Box
from io_utils.workbook.biff import STATES, error_code, rk_number
from io_utils.workbook.book import BROKEN, Book, Part, checked_area
from io_utils.workbook.cells import ERROR, NUMBER, YES_NO, Gather, Grid
from io_utils.workbook.number_format import BUILTIN, NumberFormat, number_format

BOF, EOF, CONTINUE, SHEET, SST, FORMAT, XF, DATES, CODE_PAGE, PASSWORD = 0x809, 0x0A, 0x3C, 0x85, 0xFC, 0x41E, 0xE0, 0x22, 0x42, 0x2F
ROW, COLUMN, MERGED, FILTERED = 0x208, 0x7D, 0xE5, 0x9B
NUMBER_CELL, RK, MANY_RK, BOOL_OR_ERROR, FORMULA, FORMULA_TEXT = 0x203, 0x27E, 0xBD, 0x205, 0x06, 0x207
SHARED, LABEL, RICH_LABEL = 0xFD, 0x204, 0xD6
EXCEL_97 = 0x600
CODE_PAGES = {
    1200: "utf-16-le",
    10000: "mac_roman",
    32768: "mac_roman",
    32769: "cp1252",
    367: "ascii",
    10007: "mac_cyrillic",
    10029: "mac_latin2",
}
Record = tuple[int, bytes]
ODD = (*BROKEN, struct.error, IndexError, olefile.olefile.OleFileError, UnicodeError)


class Xls(Book):
    """An old workbook, open. Raises ReadError if it is damaged or older than Excel 5."""

    format = "xls"
    label = "Excel 97-2003 workbook."

    def __init__(self, file: FileBytes, limits: Limits) -> None:
        super().__init__(file, limits)
        self.data = self._stream()
        self.codes: dict[int, str] = dict(BUILTIN)
        self.styles: list[int] = []
        self.shared: list[str] = []
        self.since_1904, self.page = False, "cp1252"
        try:
            self._globals()
        except ODD as error:
            raise self.damaged() from error
        self.need_sheets()

    def _stream(self) -> bytes:
        try:
            with olefile.OleFileIO(io.BytesIO(self.file.data)) as ole:
                name = next((n for n in ("Workbook", "Book", "WORKBOOK", "BOOK") if ole.exists(n)), None)
                if name is None:
                    raise ReadError(
                        f"{self.file.name}: this is an old Office file without a workbook in it. Choose a workbook or a CSV file."
                    )
                return bytes(ole.openstream(name).read())
        except ODD as error:
            raise self.damaged() from error

    def _globals(self) -> None:
        version = struct.unpack_from("<H", self.data, 4)[0]
        self.modern = version >= EXCEL_97
        for kind, data in records(self.data, 0):
            if kind == SHEET and data[5] & 0x0F == 0:
                name = self.text(data, 6, 1)[0]
                self.parts.append(Part(name, str(struct.unpack_from("<I", data)[0]), STATES[min(data[4] & 3, 2)]))
            elif kind == FORMAT:
                self.codes[struct.unpack_from("<H", data)[0]] = self.text(data, 2, 2 if self.modern else 1)[0]
            elif kind == XF:
                self.styles.append(struct.unpack_from("<H", data, 2)[0])
            elif kind == DATES:
                self.since_1904 = data[:2] == b"\x01\x00"
            elif kind == CODE_PAGE:
                number = struct.unpack_from("<H", data)[0]
                self.page = CODE_PAGES.get(number, f"cp{number}")
                try:
                    "".encode(self.page)
                except LookupError:
                    self.page = "cp1252"
        if self.modern:
            self.shared = shared_texts(self.data)

    def text(self, data: bytes, at: int, width: int) -> tuple[str, int]:
        """A text after its length, which takes ``width`` bytes; and where it ends."""
        length = data[at] if width == 1 else struct.unpack_from("<H", data, at)[0]
        at += width
        if not self.modern:
            return data[at : at + length].decode(self.page, "replace"), at + length
        if at >= len(data):
            return "", at
        wide = data[at] & 1
        size = length * (2 if wide else 1)
        return data[at + 1 : at + 1 + size].decode("utf-16-le" if wide else "latin-1", "replace"), at + 1 + size

    def grid(self, part: Part, until: int = MAX_ROW) -> Grid:
        """The sheet's cells."""
        gather = Gather()
        hidden: list[int] = []
        waiting: tuple[int, int, int] | None = None  # a formula whose text comes next
        try:
            for kind, data in records(self.data, int(part.path)):
                if kind == FORMULA_TEXT and waiting:
                    gather.add_text(waiting[0], waiting[1], self.text(data, 0, 2)[0], style=waiting[2])
                elif kind == FORMULA:
                    waiting = add_formula(gather, data)
                elif kind == ROW:
                    if data[12] & 0x20:
                        hidden.append(struct.unpack_from("<H", data)[0] + 1)
                else:
                    self._add(gather, kind, data)
        except ODD as error:
            raise self.damaged() from error
        gather.hide(hidden)
        checked_area(self, part, max(gather.row, default=0), max(gather.column, default=0))
        formats = [number_format(self.codes.get(i, "General")) for i in self.styles] or [NumberFormat()]
        return gather.grid(formats, self.since_1904)

    def _add(self, gather: Gather, kind: int, data: bytes) -> None:
        if kind == MERGED:
            for at in range(2, len(data) - 7, 8):
                top, bottom, left, right = struct.unpack_from("<HHHH", data, at)
                gather.facts.merges.append(Box(top + 1, left + 1, bottom + 1, right + 1))
        elif kind == COLUMN and data[8] & 1:
            first, last = struct.unpack_from("<HH", data)
            gather.facts.hidden_columns.append((first + 1, last + 1))
        elif kind == FILTERED:
            gather.facts.filtered = True
        elif kind == MANY_RK:
            row, column = struct.unpack_from("<HH", data)
            for i in range((len(data) - 6) // 6):
                style, packed = struct.unpack_from("<HI", data, 4 + 6 * i)
                gather.add(row + 1, column + 1 + i, NUMBER, rk_number(packed), style)
        elif kind in (NUMBER_CELL, RK, BOOL_OR_ERROR, SHARED, LABEL, RICH_LABEL):
            row, column, style = struct.unpack_from("<HHH", data)
            row, column = row + 1, column + 1
            if kind == NUMBER_CELL:
                gather.add(row, column, NUMBER, struct.unpack_from("<d", data, 6)[0], style)
            elif kind == RK:
                gather.add(row, column, NUMBER, rk_number(struct.unpack_from("<I", data, 6)[0]), style)
            elif kind == SHARED:
                gather.add_text(row, column, self.shared[struct.unpack_from("<I", data, 6)[0]], style=style)
            elif kind == BOOL_OR_ERROR and data[7]:
                gather.add_text(row, column, error_code(data[6]), ERROR, style)
            elif kind == BOOL_OR_ERROR:
                gather.add(row, column, YES_NO, float(data[6] != 0), style)
            else:
                gather.add_text(row, column, self.text(data, 6, 2)[0], style=style)


def add_formula(gather: Gather, data: bytes) -> tuple[int, int, int] | None:
    """A formula's result; its place if it is a text, which stands in the next record."""
    row, column, style = struct.unpack_from("<HHH", data)
    row, column = row + 1, column + 1
    if data[12:14] != b"\xff\xff":
        gather.add(row, column, NUMBER, struct.unpack_from("<d", data, 6)[0], style)
    elif data[6] == 1:
        gather.add(row, column, YES_NO, float(data[8] != 0), style)
    elif data[6] == 2:
        gather.add_text(row, column, error_code(data[8]), ERROR, style)
    elif data[6] == 0:
        return row, column, style
    return None


def records(data: bytes, at: int) -> Iterator[Record]:
    """The records of a sheet or of the workbook: their kind and bytes; charts and the like inside it are passed over."""
    depth = 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        if at + 4 + size > len(data):
            raise ValueError("a record goes on behind the end")
        if kind == BOF:
            depth += 1
        elif kind == EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size


class Pieces:
    """The bytes of a record and of those that continue it; a text cut between two begins anew with its flags."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces, self.piece, self.at = pieces, 0, 0

    def take(self, size: int) -> bytes:
        """Bytes, across the borders of records."""
        found = b""
        while size > 0:
            if self.at >= len(self.pieces[self.piece]):
                self.piece, self.at = self.piece + 1, 0
            part = self.pieces[self.piece][self.at : self.at + size]
            self.at += len(part)
            size -= len(part)
            found += part
        return found

    def characters(self, length: int, wide: int) -> str:
        """A text of so many characters."""
        said = []
        while length:
            if self.at >= len(self.pieces[self.piece]):
                self.piece, self.at = self.piece + 1, 1
                wide = self.pieces[self.piece][0] & 1
            here = min(length, (len(self.pieces[self.piece]) - self.at) // (2 if wide else 1))
            if not here:
                raise ValueError("half a character")
            said.append(self.take(here * (2 if wide else 1)).decode("utf-16-le" if wide else "latin-1", "surrogatepass"))
            length -= here
        return "".join(said)


def shared_texts(data: bytes) -> list[str]:
    """The texts that cells share."""
    pieces: list[bytes] = []
    for kind, piece in records(data, 0):
        if kind == SST or (kind == CONTINUE and pieces):
            pieces.append(piece)
        elif pieces:
            break
    if not pieces:
        return []
    source = Pieces(pieces)
    (count,) = struct.unpack("<I", source.take(8)[4:])
    found = []
    for _ in range(count):
        if source.piece == len(pieces) - 1 and source.at >= len(pieces[-1]):
            break  # fewer than the record says
        length, flags = struct.unpack("<HB", source.take(3))
        runs = struct.unpack("<H", source.take(2))[0] if flags & 8 else 0
        beside = struct.unpack("<I", source.take(4))[0] if flags & 4 else 0
        found.append(joined_pairs(source.characters(length, flags & 1)))
        source.take(4 * runs + beside)
    return found


def joined_pairs(text: str) -> str:
    """The text, surrogates that a record's border parted put together."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if any("\ud800" <= c < "\ue000" for c in text) else text
