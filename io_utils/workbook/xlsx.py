"""Workbooks of Excel (.xlsx, .xlsm): their sheets, and a sheet's cells as columns.

Source of the format: ECMA-376 part 1, SpreadsheetML.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from defusedxml import ElementTree as SafeXml

from io_utils.bytes_in import FileBytes
from io_utils.options import Limits
from io_utils.workbook.address import MAX_ROW, column_number
from io_utils.workbook.book import Area, Book, Part, Zipped, checked_area
from io_utils.workbook.cells import EMPTY, ERROR, EXACT, NUMBER, TEXT, YES_NO, Cells, Facts, Gather, Grid, columns_of, dated, joined_cells
from io_utils.workbook.number_format import BUILTIN, NumberFormat, number_format
from io_utils.workbook.xlsx_parse import other_fact, parse_sheet
from io_utils.workbook.xlsx_scan import BOOLEAN, ISO_DATE, SHARED, NotPlain, Raw, scan
from io_utils.workbook.xlsx_scan import ERROR as RAW_ERROR
from io_utils.workbook.xlsx_scan import NUMBER as RAW_NUMBER
from io_utils.workbook.xml_text import local, mended, parsed_texts, shared_texts, unescaped

CHUNK = 1 << 20
HEAD = 1 << 24  # bytes in which the cells must begin
DIMENSION = re.compile(rb"""<(?:\w+:)?dimension ref=["'](?:[A-Z]+[0-9]+:)?([A-Z]{1,3})([0-9]{1,7})["']""")
HIDDEN = re.compile(rb"""<row r="([0-9]{1,7})"[^>]*?\shidden="(?:1|true)\"""")
OTHER = re.compile(rb"""<(col|mergeCell|filterColumn)\s([^>]*)>""")
ATTRIBUTE = re.compile(rb"""(\w+)=["']([^"']*)["']""")
LAST_ROW = re.compile(rb"""<row r="([0-9]{1,7})\"""")
HUGE = 200_000_000  # bytes of XML of which only the rows looked for are read, not what stands below them
LARGE = 20_000_000  # bytes of XML beyond which a sheet's size is taken as it states it


class Xlsx(Book):
    """The parts of a workbook. Raises ReadError if the file is no workbook or is damaged."""

    def __init__(self, file: FileBytes, limits: Limits) -> None:
        super().__init__(file, limits)
        self.zip = Zipped(file, limits)
        with self.zip.guarded():
            book = SafeXml.fromstring(self.zip.read("xl/workbook.xml"))
            links = SafeXml.fromstring(self.zip.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): link.get("Target", "") for link in links if link.get("Type", "").endswith("/worksheet")}
        self.parts = []
        self.since_1904 = False
        for node in book.iter():
            if local(node) == "workbookPr":
                self.since_1904 = self.since_1904 or node.get("date1904") in ("1", "true")  # an extension has the same name
            link = next((value for key, value in node.attrib.items() if key.endswith("}id")), None)
            if local(node) == "sheet" and link in targets:
                self.parts.append(Part(node.get("name", ""), self.zip.path("xl", targets[link]), state_of(node.get("state"))))
        self.need_sheets()
        found = [(link.get("Type", "").rpartition("/")[2], self.zip.path("xl", link.get("Target", ""))) for link in links]
        self.others = {kind: path for kind, path in found if kind in ("sharedStrings", "styles")}

    def formats(self) -> list[NumberFormat]:
        """The number formats of the cells' styles, by their place."""
        path = self.others.get("styles")
        if path is None or path not in self.zip.names:
            return [NumberFormat()]
        with self.zip.guarded():
            root = SafeXml.fromstring(self.zip.read(path))
            codes = dict(BUILTIN)
            codes.update({int(n.get("numFmtId", 0)): n.get("formatCode", "") for n in root.iter() if local(n) == "numFmt"})
            styles = next((n for n in root if local(n) == "cellXfs"), ())
            found = [number_format(codes.get(int(xf.get("numFmtId") or 0), "General")) for xf in styles]
        return found or [NumberFormat()]

    def texts(self) -> pa.Array:
        """The texts that cells share."""
        path = self.others.get("sharedStrings")
        if path is None or path not in self.zip.names:
            return pa.array([], pa.large_string())
        with self.zip.guarded():
            try:
                return shared_texts(self.zip.read(path))
            except NotPlain:
                with self.zip.open(path) as xml:
                    return pa.array(parsed_texts(xml), pa.large_string())

    def area(self, part: Part) -> Area:
        """The rows and columns in use: as the sheet states them if it is large, else as far as values reach."""
        with self.zip.guarded():
            with self.zip.open(part.path) as xml:
                said = DIMENSION.search(xml.read(8192))
            stated = Area(int(said[2]), column_number(said[1])) if said else Area(1, 1)
            size = self.zip.size(part.path)
        if size > LARGE and 1 < stated.rows < MAX_ROW and stated.columns < 1000:
            return stated
        try:
            return reached(self.scanned(part, Facts()))
        except NotPlain:
            return reached(self.parsed(part, Facts()))

    def is_empty(self, part: Part) -> bool:
        """Whether no cell of the sheet holds a value."""
        try:
            return not any(len(raw.row) for raw in self.scanned(part, Facts()))
        except NotPlain:
            return not any(len(raw.row) for raw in self.parsed(part, Facts()))

    def grid(self, part: Part, until: int = MAX_ROW) -> Grid:
        """The sheet's cells; those of rows far below ``until`` are left out."""
        try:
            return self._grid(part, until, self.scanned)
        except NotPlain:
            return self._grid(part, until, self.parsed)

    def _grid(self, part: Part, until: int, cells_of: Callable[[Part, Facts, int], Iterator[Raw]]) -> Grid:
        formats, facts = self.formats(), Facts(since_1904=self.since_1904)
        convert, parts = Convert(self, facts), []
        last = width = 0
        for raw in cells_of(part, facts, until):
            if len(raw.row):
                last, width = max(last, int(raw.row.max())), max(width, int(raw.column.max()))
                checked_area(self, part, last, width)
            parts.append(dated(convert(raw), formats, self.since_1904))
        columns, rows = columns_of(joined_cells(parts))
        return Grid(columns, rows, convert.all_texts(), formats, facts)

    def parsed(self, part: Part, facts: Facts, until: int = MAX_ROW) -> Iterator[Raw]:
        """The cells as they stand, by an XML parser; what else the sheet says goes into ``facts``."""
        with self.zip.guarded(), self.zip.open(part.path) as xml:
            yield from parse_sheet(xml, facts, until)

    def scanned(self, part: Part, facts: Facts, until: int = MAX_ROW) -> Iterator[Raw]:
        """The same by whole columns of bytes. Raises NotPlain."""
        row = 0
        with self.zip.guarded(), self.zip.open(part.path) as xml:
            huge = self.zip.size(part.path) > HUGE
            for kind, piece in sheet_pieces(xml):
                if kind == "rows":
                    if huge and row >= until:
                        return
                    if b" hidden=" in piece:
                        facts.hidden_rows.append(np.array([int(m) for m in HIDDEN.findall(piece)], "int64"))
                    if row < until and any(sign in piece for sign in (b"v", b"f", b"i")):  # of <v>, <f>, <is>; a byte is fast to find
                        found, row = scan(piece, row)
                        yield found._replace(value=mended(found.value))
                    elif last := LAST_ROW.match(piece, piece.rfind(b"<row")):
                        row = int(last[1])
                else:
                    for name, attributes in OTHER.findall(piece):
                        said = {key.decode(): value.decode() for key, value in ATTRIBUTE.findall(attributes)}
                        other_fact(name.decode(), said, facts)


def reached(cells: Iterator[Raw]) -> Area:
    """How far cells with a value or a formula reach."""
    rows = columns = 0
    for raw in cells:
        if len(raw.row):
            rows, columns = max(rows, int(raw.row.max())), max(columns, int(raw.column.max()))
    return Area(rows, columns)


def state_of(said: str | None) -> str:
    """Whether a sheet is visible, hidden, or hidden so that Excel's menus do not show it."""
    return {"hidden": "hidden", "veryHidden": "very hidden"}.get(said or "", "visible")


def ahead(xml: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a part, unpacked one piece ahead in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        coming: Future[bytes] = pool.submit(xml.read, CHUNK)
        while block := coming.result():
            coming = pool.submit(xml.read, CHUNK)
            yield block


def sheet_pieces(xml: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """A worksheet's XML cut into what is before its rows, whole rows, and what is after them. Raises NotPlain."""
    blocks = ahead(xml)
    held = b""
    for block in blocks:
        held += block
        start = held.find(b"<sheetData")
        if start >= 0 and held.find(b">", start) >= 0:
            break
        if len(held) > HEAD:
            raise NotPlain
    else:
        raise NotPlain
    begin = held.find(b">", start) + 1
    head = held[:start]
    if not head.startswith((b"<?xml", b"<worksheet")) or b"<!" in head or not is_utf8(head):
        raise NotPlain
    yield "other", head
    if held[begin - 2 : begin] != b"/>":
        held = held[begin:]
        while True:
            end = held.find(b"</sheetData>")
            if end >= 0:
                yield "rows", held[:end]
                held = held[end:]
                break
            cut = held.rfind(b"<row")
            if cut > 0:
                yield "rows", held[:cut]
                held = held[cut:]
            if not (block := next(blocks, b"")):
                raise NotPlain  # the end is missing: the parser says so
            held += block
    else:
        held = held[begin:]
    yield "other", held + b"".join(blocks)


def is_utf8(head: bytes) -> bool:
    """Whether the XML is in UTF-8, as far as it says."""
    return b"encoding=" not in head or re.search(rb"""(?i)encoding=["']utf-8["']""", head) is not None


class Convert:
    """Turns cells as they stand into numbers and places of texts, batch after batch."""

    def __init__(self, book: Xlsx, facts: Facts) -> None:
        self.book, self.facts = book, facts
        shared = book.texts()
        self.pools: list[pa.Array] = [shared]
        self.count = self.shared = len(shared)
        self.blank = pc.equal(shared, "").to_numpy(zero_copy_only=False)

    def __call__(self, raw: Raw) -> Cells:
        """The cells, those without a value empty."""
        size = len(raw.row)
        kind, number, text = np.zeros(size, "uint8"), np.zeros(size), np.full(size, -1, "int32")
        void = pc.fill_null(pc.binary_length(raw.value), 0).to_numpy(zero_copy_only=False) == 0
        for of in np.unique(raw.type):
            at = np.flatnonzero((raw.type == of) & ~void)
            values = raw.value if len(at) == size else raw.value.take(pa.array(at))
            if not len(at):
                continue
            if of == RAW_NUMBER:
                kind[at], number[at], text[at] = self.numbers(values, raw, at)
            elif of == SHARED:
                kind[at], text[at] = self.shared_places(values)
            elif of == BOOLEAN:
                kind[at], number[at] = YES_NO, pc.is_in(values, pa.array(["1", "true"])).to_numpy(zero_copy_only=False)
            elif of == ISO_DATE:
                kind[at], number[at], text[at] = self.iso_dates(values.to_pylist())
            else:
                kind[at] = ERROR if of == RAW_ERROR else TEXT
                text[at] = self.add(unescaped(values.cast(pa.large_string())))
        unsaved = np.flatnonzero(raw.formula & void & np.isin(raw.type, (RAW_NUMBER, SHARED, BOOLEAN)))
        self.facts.unsaved += [(int(raw.row[i]), int(raw.column[i])) for i in unsaved]
        return Cells(raw.row, raw.column, kind, number, text, raw.style)

    def add(self, texts: pa.Array) -> np.ndarray:
        """Texts of a batch become texts of the sheet; where they are."""
        self.pools.append(texts)
        self.count += len(texts)
        return np.arange(self.count - len(texts), self.count)

    def all_texts(self) -> pa.ChunkedArray:
        """The texts that the cells name by their place."""
        return pa.chunked_array(self.pools, pa.large_string())

    def numbers(self, values: pa.Array, raw: Raw, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Kinds, numbers and texts of number cells; what is no number stays text."""
        text = np.full(len(at), -1, "int32")
        try:
            found = pc.cast(values, pa.float64()).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid:
            found = np.array([number_of(v) for v in values.to_pylist()])
        kind = np.full(len(at), NUMBER, "uint8")
        odd = np.flatnonzero(~np.isfinite(found))
        if len(odd):
            kind[odd], text[odd] = TEXT, self.add(values.take(pa.array(odd)).cast(pa.large_string()))
            found = np.where(np.isfinite(found), found, 0.0)
        for i in np.flatnonzero(np.abs(found) > EXACT):
            said = values[int(i)].as_py()
            if re.fullmatch(r"-?[0-9]+", said) and int(said) != int(found[i]):
                self.facts.exact[int(raw.row[at[i]]), int(raw.column[at[i]])] = str(int(said))
        return kind, found, text

    def shared_places(self, values: pa.Array) -> tuple[np.ndarray, np.ndarray]:
        """Kinds of cells that name a shared text, and which. Raises ReadError if there is no such text."""
        try:
            places = pc.cast(values, pa.int32()).to_numpy(zero_copy_only=False)
        except pa.ArrowInvalid as error:
            raise self.book.damaged() from error
        if len(places) and (places.min() < 0 or places.max() >= self.shared):
            raise self.book.damaged()
        return np.where(self.blank[places], EMPTY, TEXT), places

    def iso_dates(self, values: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Kinds, milliseconds and texts of cells that hold dates as text of ISO 8601."""
        gather = Gather()
        for i, said in enumerate(values):
            try:
                gather.add_value(i, 1, datetime.fromisoformat(said).replace(tzinfo=None))
            except ValueError:
                gather.add_text(i, 1, said)
        cells = gather.cells()
        places = self.add(pa.array(gather.texts, pa.large_string()))
        return cells.kind, cells.number, np.where(cells.text < 0, -1, places[cells.text] if len(places) else -1)


def number_of(said: str) -> float:
    """A number as Excel writes it; NaN if it is none."""
    try:
        return float(said)
    except ValueError:
        return float("nan")
