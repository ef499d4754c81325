"""The cells of a worksheet's XML by an XML parser: slower than ``xlsx_scan``, for sheets written in unusual ways.

The parser is expat, as in ``defusedxml``, which is six times slower; a document type is refused, so there are no entities.
"""

from collections.abc import Iterator
from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate

import numpy as np
import pyarrow as pa
from defusedxml import DTDForbidden

from io_utils.workbook.address import MAX_COLUMN, MAX_ROW, Box, box_of, column_number
from io_utils.workbook.cells import Facts
from io_utils.workbook.xlsx_scan import TYPES, Raw

CHUNK = 1 << 18
Found = tuple[int, int, int, int, str | None, bool]


class Handler:
    """Takes what the parser finds: cells with a value or a formula, and what else the sheet says."""

    def __init__(self, facts: Facts, until: int) -> None:
        self.facts, self.until = facts, until
        self.found: list[Found] = []
        self.hidden: list[int] = []
        self.inside = self.phonetic = self.formula = False
        self.row = self.column = 0
        self.at = (0, 0)
        self.type = self.style = 0
        self.value: str | None = None
        self.text: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(":")[2]
        if name == "c" and self.inside:
            self.at = place(attributes.get("r"), self.row, self.column)
            self.column = self.at[1]
            self.type = TYPES.get(attributes.get("t", "n"), 0)
            self.style = int(attributes.get("s") or 0)
            self.value, self.text, self.formula = None, None, False
        elif name in ("v", "is"):
            self.value = ""
        elif name == "t":
            self.text = None if self.phonetic else []
        elif name == "f":
            self.formula = True
        elif name == "row" and self.inside:
            self.row, self.column = int(attributes.get("r") or self.row + 1), 0
            if attributes.get("hidden") in ("1", "true"):
                self.hidden.append(self.row)
        elif name == "rPh":
            self.phonetic = True
        elif name == "sheetData":
            self.inside = True
        elif name in ("col", "mergeCell", "filterColumn"):
            other_fact(name, attributes, self.facts)
        if name == "v":
            self.text = []

    def characters(self, text: str) -> None:
        """Text between two tags."""
        if self.text is not None:
            self.text.append(text)

    def end(self, name: str) -> None:
        """An element ends."""
        name = name.rpartition(":")[2]
        if name in ("v", "t") and self.text is not None and self.inside:
            self.value = (self.value or "") + "".join(self.text)
            self.text = None
        elif name == "c" and self.inside:
            row, column = self.at
            wanted = (self.value is not None or self.formula) and row <= self.until
            if wanted and 1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN:
                self.found.append((row, column, self.type, self.style, self.value, self.formula))
        elif name == "rPh":
            self.phonetic = False
        elif name == "sheetData":
            self.inside = False


def parse_sheet(xml: IO[bytes], facts: Facts, until: int = MAX_ROW) -> Iterator[Raw]:
    """The cells with a value or a formula, piece by piece; what else the sheet says goes into ``facts``."""
    handler = Handler(facts, until)
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = handler.characters, forbid
    try:
        while block := xml.read(CHUNK):
            parser.Parse(block)
            yield raw(handler.found)
            handler.found = []
        parser.Parse(b"", True)
    except ExpatError as error:
        raise ValueError(str(error)) from error
    facts.hidden_rows.append(np.array(handler.hidden, "int64"))
    yield raw(handler.found)


def forbid(name: str, system: str | None, public: str | None, internal: int) -> None:
    """No document type: it could hold entities that grow without end."""
    raise DTDForbidden(name, system, public)


def place(ref: str | None, row: int, before: int) -> tuple[int, int]:
    """The row and column of a cell from its reference; the next one in its row if it has none."""
    if not ref:
        return row, before + 1
    letters = ref.rstrip("0123456789")
    return int(ref[len(letters) :] or row), column_number(letters)


def raw(found: list[Found]) -> Raw:
    """The cells as columns."""
    row, column, kind, style, value, formula = zip(*found, strict=True) if found else [()] * 6
    return Raw(
        np.array(row, "int32"),
        np.array(column, "int32"),
        np.array(kind, "uint8"),
        np.array(style, "int32"),
        pa.array(value, pa.string()),
        np.array(formula, bool),
    )


def other_fact(name: str, attributes: dict[str, str], facts: Facts) -> None:
    """Hidden columns, merged cells, filters."""
    if name == "col" and attributes.get("hidden") in ("1", "true"):
        facts.hidden_columns.append((int(attributes.get("min", 1)), int(attributes.get("max", 1))))
    elif name == "mergeCell":
        box = box_of(attributes.get("ref", "A1"))
        facts.merges.append(box if ":" in attributes.get("ref", "A1") else Box(box.top, box.left, box.top, box.left))
    elif name == "filterColumn":
        facts.filtered = True
