"""XML Spreadsheet 2003: what many programs save as .xls, and Excel as "XML Spreadsheet 2003".

Source of the format: Microsoft, XML Spreadsheet Reference (2002).
"""

import io
from datetime import datetime

from io_utils.bytes_in import FileBytes
from io_utils.options import Limits
from io_utils.workbook.address import MAX_COLUMN, MAX_ROW, Box
from io_utils.workbook.book import Book, Part, checked_area, guarded
from io_utils.workbook.cells import DATE, DAY, DURATION, ERROR, NUMBER, SINCE_1900, TIME, YES_NO, Gather, Grid
from io_utils.workbook.expat import parse
from io_utils.workbook.number_format import NumberFormat, number_format

BLOCK = 1 << 18
NAMED = {
    "General Number": "General", "Fixed": "0.00", "Standard": "#,##0.00", "Percent": "0.00%", "Scientific": "0.00E+00",
    "Currency": "$#,##0.00",
    "Euro Currency": "[$€-2]#,##0.00", "General Date": "m/d/yyyy h:mm", "Short Date": "m/d/yyyy", "Medium Date": "d-mmm-yy",
    "Long Date": "dddd, mmmm d, yyyy", "Short Time": "h:mm", "Medium Time": "h:mm AM/PM", "Long Time": "h:mm:ss",
}  # fmt: skip
STATES = {"SheetHidden": "hidden", "SheetVeryHidden": "very hidden"}


class Xml2003(Book):
    """A workbook of XML Spreadsheet 2003, open."""

    format = "xml"
    label = "XML Spreadsheet 2003."

    def __init__(self, file: FileBytes, limits: Limits) -> None:
        super().__init__(file, limits)
        self.content = Content(self)
        data = io.BytesIO(bytes(file.data).lstrip(b" \t\r\n"))
        with guarded(file):
            parse(iter(lambda: data.read(BLOCK), b""), self.content, {})
        self.parts = [Part(name, str(i), self.content.states.get(i, "visible")) for i, (name, _) in enumerate(self.content.tables)]
        self.need_sheets()

    def grid(self, part: Part, until: int = MAX_ROW) -> Grid:
        """The sheet's cells."""
        return self.content.tables[int(part.path)][1].grid(self.content.formats)


class Content:
    """Takes the sheets as their elements come."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.tables: list[tuple[str, Gather]] = []
        self.states: dict[int, str] = {}
        self.formats: list[NumberFormat] = [NumberFormat()]
        self.styles: dict[str, int] = {}
        self.style = ""
        self.row = self.column = 0
        self.across = self.down = 0
        self.here = 0  # the style of the cell
        self.column_at = 0
        self.text: list[str] | None = None
        self.type = ""
        self.aside = False
        self.formula = self.filled = False
        self.hidden: list[int] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "Style":
            self.style = attributes.get("ID", "")
        elif name == "NumberFormat" and self.style:
            code = attributes.get("Format", "General")
            self.styles[self.style] = len(self.formats)
            self.formats.append(number_format(NAMED.get(code, code)))
        elif name == "Worksheet":
            self.tables.append((attributes.get("Name", f"Sheet{len(self.tables) + 1}"), Gather()))
            self.row = self.column_at = 0
            self.hidden = []
        elif name == "Visible":
            self.text, self.type = [], name
        elif not self.tables:
            return
        elif name == "Column":
            self._column(attributes)
        elif name == "Row":
            self.row, self.column = int(attributes.get("Index", self.row + 1)), 0
            if attributes.get("Hidden") == "1":
                self.hidden.append(self.row)
        elif name == "Cell":
            self._start_cell(attributes)
        elif name == "Data":
            self.text, self.type = [], attributes.get("Type", "String")
        elif name in ("Comment", "PhoneticText"):
            self.aside = True
        elif name == "FilterColumn":
            self.tables[-1][1].facts.filtered = True

    def _column(self, attributes: dict[str, str]) -> None:
        first = int(attributes.get("Index", self.column_at + 1))
        self.column_at = first + int(attributes.get("Span", 0))
        if attributes.get("Hidden") == "1":
            self.tables[-1][1].facts.hidden_columns.append((first, self.column_at))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.column = int(attributes.get("Index", self.column + 1))
        if not (1 <= self.row <= MAX_ROW and 1 <= self.column <= MAX_COLUMN):
            raise ValueError("a cell beyond the last row or column")
        self.across, self.down = int(attributes.get("MergeAcross", 0)), int(attributes.get("MergeDown", 0))
        self.here = self.styles.get(attributes.get("StyleID", ""), 0)
        self.formula, self.filled = "Formula" in attributes, False
        if self.across or self.down:
            box = Box(self.row, self.column, self.row + self.down, self.column + self.across)
            self.tables[-1][1].facts.merges.append(box)

    def characters(self, text: str) -> None:
        """Text."""
        if self.text is not None and not self.aside:
            self.text.append(text)

    def end(self, name: str) -> None:
        """An element ends."""
        if name in ("Comment", "PhoneticText"):
            self.aside = False
        elif name == "Data" and self.text is not None and not self.aside:
            self.filled = True
            self._value("".join(self.text))
            self.text = None
        elif name == "Visible" and self.text is not None and self.tables:
            self.states[len(self.tables) - 1] = STATES.get("".join(self.text).strip(), "visible")
            self.text = None
        elif name == "Cell" and self.tables:
            if self.formula and not self.filled:
                self.tables[-1][1].facts.unsaved.append((self.row, self.column))
            self.column += self.across
        elif name == "Worksheet":
            gather = self.tables[-1][1]
            gather.hide(self.hidden)
            checked_area(self.book, Part(self.tables[-1][0], ""), max(gather.row, default=0), max(gather.column, default=0))
        elif name == "Style":
            self.style = ""

    def _value(self, said: str) -> None:
        gather, row, column = self.tables[-1][1], self.row, self.column
        try:
            if self.type == "Number":
                gather.add(row, column, NUMBER, float(said), self.here)
                if said.lstrip("-").isdigit() and int(said) != float(said):
                    gather.facts.exact[row, column] = said
                return
            if self.type == "DateTime":
                gather.add(row, column, *self._moment(datetime.fromisoformat(said)), self.here)
                return
        except (ValueError, OverflowError):
            gather.add_text(row, column, said, style=self.here)
            return
        if self.type == "Boolean":
            gather.add(row, column, YES_NO, float(said.strip() == "1"), self.here)
        else:
            gather.add_text(row, column, said, ERROR if self.type == "Error" else 1, self.here)

    def _moment(self, moment: datetime) -> tuple[int, float]:
        """A date; a duration by its format; a time if its day is Excel's 0, which is written as 31 (or 30) December 1899."""
        ms = round((moment.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds() * 1000)
        since = ms - SINCE_1900 * DAY
        if since < 61 * DAY:
            since = max(since - DAY, since % DAY)  # Excel's 1900 has a 29 February
        if self.formats[self.here].kind == "duration":
            return DURATION, float(since)
        return (TIME, float(since)) if 0 <= since < DAY else (DATE, float(ms))
