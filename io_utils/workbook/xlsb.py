"""Binary workbooks of Excel (.xlsb): a zip archive of records.

Source of the format: [MS-XLSB], Excel (.xlsb) Binary File Format.
"""

import struct
from collections.abc import Iterator

from defusedxml import ElementTree as SafeXml

from io_utils.bytes_in import FileBytes
from io_utils.options import Limits
from io_utils.workbook.address import MAX_COLUMN, MAX_ROW, Box
from io_utils.workbook.biff import STATES, error_code, rk_number
from io_utils.workbook.book import Book, Part, Zipped, checked_area
from io_utils.workbook.cells import ERROR, NUMBER, YES_NO, Gather, Grid
from io_utils.workbook.number_format import BUILTIN, NumberFormat, number_format

ROW, RK, CELL_ERROR, BOOL, REAL, STRING, SHARED = 0, 2, 3, 4, 5, 6, 7
FORMULA_STRING, FORMULA_NUMBER, FORMULA_BOOL, FORMULA_ERROR = 8, 9, 10, 11
RICH, SHARED_ITEM, FORMAT, XF, COLUMN, SHEET, BOOK, MERGE, FILTER = 62, 19, 44, 47, 60, 156, 153, 176, 163
BEGIN_XFS, END_XFS = 617, 618
Record = tuple[int, bytes]


class Xlsb(Book):
    """A binary workbook, open."""

    format = "xlsb"
    label = "Binary Excel workbook."

    def __init__(self, file: FileBytes, limits: Limits) -> None:
        super().__init__(file, limits)
        self.zip = Zipped(file, limits)
        self.since_1904 = False
        self._texts: list[str] | None = None
        with self.zip.guarded():
            links = SafeXml.fromstring(self.zip.read("xl/_rels/workbook.bin.rels"))
            paths = {link.get("Id"): self.zip.path("xl", link.get("Target", "")) for link in links}
            kinds = {link.get("Id"): link.get("Type", "").rpartition("/")[2] for link in links}
            for record, data in records(self.zip.read("xl/workbook.bin")):
                if record == BOOK:
                    self.since_1904 = bool(data[0] & 1)
                elif record == SHEET:
                    link, end = wide_text(data, 8)
                    if kinds.get(link) == "worksheet":
                        state = STATES[min(struct.unpack_from("<I", data)[0], 2)]
                        self.parts.append(Part(wide_text(data, end)[0], paths[link], state))
        self.others = {kinds[i]: path for i, path in paths.items() if path in self.zip.names}
        self.need_sheets()

    def formats(self) -> list[NumberFormat]:
        """The number formats of the cells' styles, by their place."""
        codes, found, inside = dict(BUILTIN), [], False
        with self.zip.guarded():
            for record, data in records(self.zip.read(self.others["styles"])) if "styles" in self.others else ():
                if record == FORMAT:
                    codes[struct.unpack_from("<H", data)[0]] = wide_text(data, 2)[0]
                elif record in (BEGIN_XFS, END_XFS):
                    inside = record == BEGIN_XFS
                elif record == XF and inside:
                    found.append(struct.unpack_from("<H", data, 2)[0])
        return [number_format(codes.get(i, "General")) for i in found] or [NumberFormat()]

    def texts(self) -> list[str]:
        """The texts that cells share."""
        if self._texts is None:
            with self.zip.guarded():
                data = self.zip.read(self.others["sharedStrings"]) if "sharedStrings" in self.others else b""
                self._texts = [wide_text(item, 1)[0] for record, item in records(data) if record == SHARED_ITEM]
        return self._texts

    def grid(self, part: Part, until: int = MAX_ROW) -> Grid:
        """The sheet's cells."""
        gather, texts = Gather(), self.texts()
        row = 0
        hidden = []
        with self.zip.guarded():
            for record, data in records(self.zip.read(part.path)):
                if record == ROW:
                    row = struct.unpack_from("<I", data)[0] + 1
                    if data[11] & 0x10:
                        hidden.append(row)
                elif RK <= record <= FORMULA_ERROR or record == RICH:
                    column, style = struct.unpack_from("<II", data)
                    add_cell(gather, record, data, row, column + 1, style & 0xFFFFFF, texts)
                elif record == COLUMN and data[16] & 1:
                    first, last = struct.unpack_from("<II", data)
                    gather.facts.hidden_columns.append((first + 1, last + 1))
                elif record == MERGE:
                    top, bottom, left, right = struct.unpack_from("<IIII", data)
                    gather.facts.merges.append(Box(top + 1, left + 1, bottom + 1, right + 1))
                elif record == FILTER:
                    gather.facts.filtered = True
            if max(gather.row, default=0) > MAX_ROW or max(gather.column, default=0) > MAX_COLUMN:
                raise ValueError("a cell beyond the last row or column")
            if max(hidden, default=0) > MAX_ROW:
                raise ValueError("a row beyond the last")
        gather.hide(hidden)
        checked_area(self, part, max(gather.row, default=0), max(gather.column, default=0))
        return gather.grid(self.formats(), self.since_1904)


def add_cell(gather: Gather, record: int, data: bytes, row: int, column: int, style: int, texts: list[str]) -> None:
    """A cell record's value."""
    if record == RK:
        gather.add(row, column, NUMBER, rk_number(struct.unpack_from("<I", data, 8)[0]), style)
    elif record in (REAL, FORMULA_NUMBER):
        gather.add(row, column, NUMBER, struct.unpack_from("<d", data, 8)[0], style)
    elif record in (BOOL, FORMULA_BOOL):
        gather.add(row, column, YES_NO, float(data[8] != 0), style)
    elif record in (CELL_ERROR, FORMULA_ERROR):
        gather.add_text(row, column, error_code(data[8]), ERROR, style)
    elif record == SHARED:
        gather.add_text(row, column, texts[struct.unpack_from("<I", data, 8)[0]], style=style)
    else:
        gather.add_text(row, column, wide_text(data, 9 if record == RICH else 8)[0], style=style)


def records(data: bytes) -> Iterator[Record]:
    """The records of a part: their kind and their bytes."""
    at, size = 0, len(data)
    while at < size:
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (data[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift == 28:
                break
        if at + length > size:
            raise ValueError("a record goes on behind the end")
        yield kind, data[at : at + length]
        at += length


def wide_text(data: bytes, at: int) -> tuple[str, int]:
    """A text in UTF-16 after its length, and where it ends; empty if there is none."""
    (length,) = struct.unpack_from("<I", data, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(data):
        raise ValueError("a text goes on behind its record")
    return data[at + 4 : end].decode("utf-16-le", "replace"), end
