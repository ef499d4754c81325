"""Tables of an HTML page: what web reports and exports save as .xls. Every cell is text, as the page shows it."""

import re
from html.parser import HTMLParser

from io_utils.bytes_in import FileBytes
from io_utils.delimited.encoding import detect_encodings
from io_utils.errors import ReadError
from io_utils.options import Limits
from io_utils.workbook.address import MAX_COLUMN, MAX_ROW, Box
from io_utils.workbook.book import Area, Book, Part, checked_area
from io_utils.workbook.cells import Gather, Grid

CHARSET = re.compile(rb"""<meta[^>]+charset=["']?\s*([A-Za-z0-9_\-]+)""", re.IGNORECASE)
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
SKIPPED = ("script", "style", "noscript", "template", "svg")
SHOWN = ("table", "tr", "td", "th", "tbody", "thead", "tfoot", "br", "img", "input", "hr", "col", "wbr", "meta", "link")
LONGEST_SPAN = 1000


class Html(Book):
    """The tables of a page, each as a sheet; the largest is the one to read first."""

    format = "html"
    label = "Web page (HTML) with tables."

    def __init__(self, file: FileBytes, limits: Limits) -> None:
        super().__init__(file, limits)
        tables = Tables(self)
        tables.feed(decoded(file))
        tables.close()
        self.found = [t for t in tables.found if t.gather.row]
        names: dict[str, int] = {}
        for number, table in enumerate(self.found, 1):
            name = table.name or f"Table {number}"
            names[name] = names.get(name, 0) + 1
            self.parts.append(Part(name if names[name] == 1 else f"{name} ({names[name]})", str(number - 1)))
        if not self.parts:
            raise ReadError(f"{file.name}: this is a web page (HTML) without a table in it. Choose a CSV file or an Excel workbook.")

    def rank(self, part: Part) -> int:
        """The larger a table, the earlier it is offered."""
        return -len(self.found[int(part.path)].gather.row)

    def header(self, part: Part) -> tuple[int, int] | None:
        """The first rows of a table, if all their cells are headings."""
        table = self.found[int(part.path)]
        rows = sorted(set(table.gather.row))
        count = next((i for i, row in enumerate(rows) if table.cells.get(row, {"td"}) != {"th"}), len(rows))
        return (rows[0], count) if 0 < count < len(rows) else None

    def area(self, part: Part) -> Area:
        """How far values reach in a table."""
        gather = self.found[int(part.path)].gather
        return Area(max(gather.row), max(gather.column))

    def grid(self, part: Part, until: int = MAX_ROW) -> Grid:
        """The table's cells."""
        return self.found[int(part.path)].gather.grid()


def decoded(file: FileBytes) -> str:
    """The page as text: in the encoding its first bytes or its head name, else in that which fits."""
    data = bytes(file.data)
    mark = next((encoding for sign, encoding in MARKS if data.startswith(sign)), None)
    said = CHARSET.search(data[:4096])
    named = said[1].decode() if said else ""
    for encoding in (mark, {"iso-8859-1": "cp1252"}.get(named.lower(), named), detect_encodings(file)[0][0]):
        try:
            if encoding:
                return data.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return data.decode("cp1252", "replace")


class Table:
    """A table as it is read."""

    def __init__(self) -> None:
        self.gather = Gather()
        self.name = ""
        self.row = self.column = 0
        self.taken: dict[int, int] = {}  # columns that a cell above reaches into, and to which row
        self.cell: list[str] | None = None
        self.caption: list[str] | None = None
        self.span = (1, 1)
        self.cells: dict[int, set[str]] = {}  # the elements that make up a row: th, td


class Tables(HTMLParser):
    """Finds the tables of a page; a table inside a cell is a table of its own."""

    def __init__(self, book: Book) -> None:
        super().__init__(convert_charrefs=True)
        self.book = book
        self.found: list[Table] = []
        self.open: list[Table] = []
        self.skipped = 0
        self.unseen, self.deep = "", 0  # an element that is not shown, and how deep we are in elements of its name

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        said = {key: value or "" for key, value in attrs}
        if self.unseen:
            self.deep += tag == self.unseen
        elif tag not in SHOWN and self.open and UNSEEN.search(said.get("style", "")):
            self.unseen, self.deep = tag, 1
        elif tag in SKIPPED:
            self.skipped += 1
        elif tag == "table":
            self.open.append(Table())
            self.found.append(self.open[-1])
        elif not self.open:
            return
        elif tag == "tr":
            self._row(self.open[-1], said)
        elif tag in ("td", "th"):
            self._cell(self.open[-1], tag, said)
        elif tag == "caption":
            self.open[-1].caption = []
        elif tag in ("br", "p", "div", "li") and self.open[-1].cell is not None:
            self.open[-1].cell.append("\n")

    def _row(self, table: Table, said: dict[str, str]) -> None:
        self._end_cell(table)
        table.row, table.column = table.row + 1, 0
        if UNSEEN.search(said.get("style", "")) or "hidden" in said:
            table.gather.hide([table.row])

    def _cell(self, table: Table, tag: str, said: dict[str, str]) -> None:
        self._end_cell(table)
        table.row = table.row or 1
        table.cells.setdefault(table.row, set()).add(tag)
        table.column += 1
        while table.taken.get(table.column, 0) >= table.row:
            table.column += 1
        if table.column > MAX_COLUMN or table.row > MAX_ROW:
            raise ReadError(f"{self.book.file.name}: the table has more columns or rows than a sheet holds. Choose another file.")
        table.cell, table.span = [], (span(said.get("rowspan")), span(said.get("colspan")))

    def _end_cell(self, table: Table) -> None:
        if table.cell is None:
            return
        text = "\n".join(" ".join(line.split()) for line in "".join(table.cell).split("\n")).strip()
        table.gather.add_text(table.row, table.column, re.sub(r"\n{2,}", "\n", text))
        down, right = table.span
        if down > 1 or right > 1:
            table.gather.facts.merges.append(Box(table.row, table.column, table.row + down - 1, table.column + right - 1))
            table.taken.update(dict.fromkeys(range(table.column, table.column + right), table.row + down - 1))
        table.column += right - 1
        table.cell = None

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if self.unseen:
            self.deep -= tag == self.unseen
            self.unseen = self.unseen if self.deep else ""
        elif tag in SKIPPED:
            self.skipped = max(0, self.skipped - 1)
        elif not self.open:
            return
        elif tag in ("td", "th", "tr"):
            self._end_cell(self.open[-1])
        elif tag == "caption" and self.open[-1].caption is not None:
            self.open[-1].name = " ".join("".join(self.open[-1].caption).split())[:60]
            self.open[-1].caption = None
        elif tag == "table":
            table = self.open.pop()
            self._end_cell(table)
            gather = table.gather
            checked_area(self.book, Part(table.name or "Table", ""), max(gather.row, default=0), max(gather.column, default=0))

    def handle_data(self, data: str) -> None:
        """Text."""
        if self.skipped or self.unseen or not self.open:
            return
        table = self.open[-1]
        if table.caption is not None:
            table.caption.append(data)
        elif table.cell is not None:
            table.cell.append(data.replace("\n", " ").replace("\r", " "))

    def close(self) -> None:
        """The page ends, with what was not closed."""
        super().close()
        self.unseen = ""
        while self.open:
            self.handle_endtag("table")


def span(said: str | None) -> int:
    """How many rows or columns a cell takes; 1 for anything that is no number."""
    return min(max(int(said), 1), LONGEST_SPAN) if said and said.strip().isdigit() else 1
