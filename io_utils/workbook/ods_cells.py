"""The styles and tables of an OpenDocument sheet, taken as their elements come."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from io_utils.workbook.address import MAX_COLUMN, MAX_ROW, Box
from io_utils.workbook.book import Part, checked_area
from io_utils.workbook.cells import DURATION, ERROR, NUMBER, TIME, YES_NO, Gather
from io_utils.workbook.number_format import NumberFormat

if TYPE_CHECKING:
    from io_utils.workbook.book import Book

DURATION_TEXT = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?\Z")
DAY_MS = 86_400_000
DATA_STYLES = ("number:number-style", "number:percentage-style", "number:currency-style", "number:date-style", "number:time-style")
ASIDE = ("office:annotation", "table:shapes", "draw:frame", "draw:custom-shape", "draw:control")
CELLS = ("table:table-cell", "table:covered-table-cell")
GENERAL = NumberFormat()


class Enough(Exception):
    """As many rows were read as are wanted."""


class Styles:
    """The number formats of cell styles, and which tables are hidden."""

    def __init__(self) -> None:
        self.hidden_tables: set[str] = set()
        self.forms: dict[str, NumberFormat] = {}  # by the name of a data style
        self.cell_styles: dict[str, str] = {}  # a cell style's data style
        self.formats: list[NumberFormat] = [GENERAL]
        self.places: dict[NumberFormat, int] = {GENERAL: 0}
        self.style = self.form = ""

    def of(self, style: str) -> NumberFormat:
        """The number format of a cell style."""
        return self.forms.get(self.cell_styles.get(style, ""), GENERAL)

    def place(self, form: NumberFormat) -> int:
        """Where a format is in ``formats``."""
        if form not in self.places:
            self.places[form] = len(self.formats)
            self.formats.append(form)
        return self.places[form]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "style:style":
            self.style = attributes.get("style:name", "")
            if attributes.get("style:family") == "table-cell" and "style:data-style-name" in attributes:
                self.cell_styles[self.style] = attributes["style:data-style-name"]
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self.hidden_tables.add(self.style)
        elif name in DATA_STYLES:
            self.form = attributes.get("style:name", "")
            lasting = name == "number:time-style" and attributes.get("number:truncate-on-overflow") == "false"
            percent = name == "number:percentage-style"
            self.forms[self.form] = NumberFormat("duration") if lasting else NumberFormat(percent=percent, shows_time=False)
        elif name == "number:number" and self.form in self.forms and "number:display-factor" not in attributes:
            shown = attributes.get("number:decimal-places", "")
            if shown.isdigit():
                percent = self.forms[self.form].percent
                self.forms[self.form] = self.forms[self.form]._replace(decimals=int(shown) + (2 if percent else 0))
        elif name == "number:hours" and self.form in self.forms:
            self.forms[self.form] = self.forms[self.form]._replace(shows_time=True)

    def characters(self, text: str) -> None:
        """Text says nothing of a style."""

    def end(self, name: str) -> None:
        """An element ends."""
        if name in DATA_STYLES:
            self.form = ""


class Table:
    """The cells of one table: that with the number ``wanted`` of those it is given. Raises Enough below a row."""

    def __init__(self, styles: Styles, book: "Book", name: str, until: int, wanted: int) -> None:
        self.styles, self.book, self.name, self.until, self.wanted = styles, book, name, until, wanted
        self.gather = Gather()
        self.names: list[str] = []
        self.depth = self.aside = 0
        self.row = self.column = 0
        self.repeated = 1
        self.columns: list[tuple[int, str]] = []  # up to which column, default style
        self.cell: dict[str, str] | None = None
        self.text: list[str] = []
        self.paragraphs = self.in_paragraph = 0
        self.pending: list[tuple[dict[str, str], str, int, int]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "table:table":
            self.depth += 1
            if self.depth == 1:
                self.names.append(attributes.get("table:name", f"Sheet{len(self.names) + 1}"))
        elif self.depth != 1 or len(self.names) - 1 != self.wanted:
            return
        elif self.aside or name in ASIDE:
            self.aside += 1
        elif name in CELLS:
            self.cell, self.text, self.paragraphs = attributes, [], 0
        elif self.cell is not None:
            self._inside(name, attributes)
        elif name == "table:table-row":
            self._row(attributes)
        elif name == "table:table-column":
            self._column(attributes)

    def _column(self, attributes: dict[str, str]) -> None:
        first = self.columns[-1][0] + 1 if self.columns else 1
        last = first + count(attributes, "table:number-columns-repeated") - 1
        self.columns.append((last, attributes.get("table:default-cell-style-name", "")))
        if attributes.get("table:visibility") in ("collapse", "filter"):
            self.gather.facts.hidden_columns.append((first, last))

    def _row(self, attributes: dict[str, str]) -> None:
        self.row, self.column, self.pending = self.row + 1, 0, []
        if self.row > self.until:
            raise Enough
        self.repeated = count(attributes, "table:number-rows-repeated")
        seen = attributes.get("table:visibility")
        if seen in ("collapse", "filter"):
            self.gather.facts.filtered = self.gather.facts.filtered or seen == "filter"
            self.gather.hide(range(self.row, min(self.row + self.repeated, MAX_ROW + 1)))

    def _inside(self, name: str, attributes: dict[str, str]) -> None:
        if name == "text:p":
            if self.paragraphs and not self.in_paragraph:
                self.text.append("\n")
            self.paragraphs += 1
            self.in_paragraph += 1
        elif name == "text:s":
            self.text.append(" " * min(count(attributes, "text:c"), 10_000))
        elif name == "text:tab":
            self.text.append("\t")
        elif name == "text:line-break":
            self.text.append("\n")

    def characters(self, text: str) -> None:
        """Text."""
        if self.in_paragraph and not self.aside and self.cell is not None:
            self.text.append(re.sub(r"[ \t\r\n]+", " ", text))

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "table:table":
            self.depth -= 1
        elif self.depth != 1 or len(self.names) - 1 != self.wanted:
            return
        elif self.aside:
            self.aside -= 1
        elif name == "text:p" and self.in_paragraph:
            self.in_paragraph -= 1
        elif name in CELLS and self.cell is not None:
            self._cell(self.cell)
            self.cell = None
        elif name == "table:table-row":
            self._end_row()

    def _cell(self, cell: dict[str, str]) -> None:
        times = count(cell, "table:number-columns-repeated")
        if "office:value-type" in cell or self.text or "table:formula" in cell:
            self.pending.append((cell, "".join(self.text), self.column + 1, times))
        right, down = count(cell, "table:number-columns-spanned"), count(cell, "table:number-rows-spanned")
        if right > 1 or down > 1:
            self.gather.facts.merges.append(Box(self.row, self.column + 1, self.row + down - 1, self.column + right))
        self.column += times

    def _end_row(self) -> None:
        if self.pending:
            last = max(column + times - 1 for _, _, column, times in self.pending)
            if last > MAX_COLUMN or self.row + self.repeated - 1 > MAX_ROW:
                raise ValueError("cells beyond the last column or row")
            if self.repeated > 1 or last > 1000:
                checked_area(self.book, Part(self.name, ""), self.row + self.repeated - 1, last)
            for row in range(self.row, min(self.row + self.repeated, self.until + 1)):
                for cell, text, column, times in self.pending:
                    for at in range(column, column + times):
                        self._add(row, at, cell, text)
        self.row += self.repeated - 1

    def _add(self, row: int, column: int, cell: dict[str, str], text: str) -> None:
        kind = cell.get("office:value-type")
        if kind == "string" and "calcext:value-type" not in cell:
            self.gather.add_text(row, column, cell.get("office:string-value", text))
        elif cell.get("calcext:value-type") == "error":
            self.gather.add_text(row, column, text or "#ERROR", ERROR)
        elif kind in ("float", "percentage", "currency"):
            form = self._form(cell, column)._replace(kind="number", shows_time=True)
            if kind != "float":
                form = form._replace(percent=kind == "percentage", currency=cell.get("office:currency", ""))
            self._number(row, column, cell["office:value"], self.styles.place(form))
        elif kind == "boolean":
            self.gather.add(row, column, YES_NO, float(cell.get("office:boolean-value") == "true"))
        elif kind == "date":
            self._date(row, column, cell.get("office:date-value", ""), self._form(cell, column))
        elif kind == "time":
            self._time(row, column, cell.get("office:time-value", ""), text, self._form(cell, column))
        elif kind is None and "table:formula" in cell and not text:
            self.gather.facts.unsaved.append((row, column))
        else:
            self.gather.add_text(row, column, cell.get("office:string-value", text))

    def _form(self, cell: dict[str, str], column: int) -> NumberFormat:
        style = cell.get("table:style-name") or next((s for last, s in self.columns if last >= column), "")
        return self.styles.of(style)

    def _number(self, row: int, column: int, said: str, style: int) -> None:
        if len(said) > 15 and re.fullmatch(r"-?[0-9]{16,}", said) and int(said) != float(said):
            self.gather.facts.exact[row, column] = said
        self.gather.add(row, column, NUMBER, float(said), style)

    def _date(self, row: int, column: int, said: str, form: NumberFormat) -> None:
        try:
            moment = datetime.fromisoformat(said).replace(tzinfo=None)
        except ValueError:
            self.gather.add_text(row, column, said)
            return
        self.gather.add_value(row, column, moment, self.styles.place(NumberFormat("date", shows_time=form.shows_time)))

    def _time(self, row: int, column: int, said: str, text: str, form: NumberFormat) -> None:
        found = DURATION_TEXT.match(said)
        if not found:
            self.gather.add_text(row, column, text or said)
            return
        days, hours, minutes = (int(found[i] or 0) for i in (2, 3, 4))
        seconds = float((found[5] or "0").replace(",", "."))
        ms = round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000) * (-1 if found[1] else 1)
        is_time = 0 <= ms < DAY_MS and form.kind != "duration"
        self.gather.add(row, column, TIME if is_time else DURATION, float(ms))


def count(attributes: dict[str, str], name: str) -> int:
    """How often, how far; 1 if nothing is said."""
    said = attributes.get(name)
    return max(1, int(said)) if said else 1
