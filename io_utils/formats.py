"""The formats that can be read, each with how it is recognised by its content; one line a format."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from io_utils.bytes_in import FileBytes
from io_utils.columnar.read import detect_arrow, detect_parquet, is_arrow, is_parquet, raw_arrow, raw_parquet, read_arrow, read_parquet
from io_utils.delimited.detect import detect_text
from io_utils.delimited.encoding import SAMPLE, wide_encoding
from io_utils.delimited.read import raw_csv_lines, read_csv
from io_utils.errors import ReadError
from io_utils.facts import Facts
from io_utils.json_text.is_it import is_json
from io_utils.json_text.read import detect_json, raw_json_lines, read_json, sheets_json
from io_utils.options import Limits, Note, Progress, RawLine, ReadOptions, SheetInfo
from io_utils.ruled import detect_ruled, is_ruled, raw_ruled, read_ruled
from io_utils.workbook.opened import is_html, is_ods, is_xls, is_xlsb, is_xlsx, is_xml2003
from io_utils.workbook.read import read_workbook
from io_utils.workbook.sheets import detect_workbook, list_sheets, raw_workbook_lines

Plain = tuple[pd.DataFrame, pd.DataFrame, list[Note], ReadOptions]
Reader = Callable[[FileBytes, ReadOptions, Limits, Progress], Plain | tuple[pd.DataFrame, pd.DataFrame, list[Note], ReadOptions, Facts]]


class Format(NamedTuple):
    """A format: its name in the options, what people call it, and what recognises, reads and shows it.

    ``is_it`` gets the file and its first bytes. ``read`` gives the table, the records left out, the notes, and the options
    with what was found (sheet, header); that of text also facts about the file. ``raw_lines`` gives ``count`` records as they
    stand from number ``first`` on.
    ``sheets`` lists the tables a file of the format can hold; None if it holds one.
    """

    name: str
    label: str
    is_it: Callable[[FileBytes, bytes], bool]
    detect: Callable[[FileBytes], list[ReadOptions]]
    read: Reader
    raw_lines: Callable[[FileBytes, ReadOptions, int, int], list[RawLine]]
    sheets: Callable[[FileBytes], list[SheetInfo]] | None = None


SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF87a", "a picture (GIF)"),
    (b"GIF89a", "a picture (GIF)"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7-Zip)"),
    (b"Rar!\x1a\x07", "a compressed file (RAR)"),
    (b"SQLite format 3\x00", "an SQLite database"),
)
ZIP = b"PK\x03\x04"
CONTROL = bytes({*range(32)} - {9, 10, 11, 12, 13, 27})

FORMATS = (
    Format("xlsx", "an Excel workbook", is_xlsx, detect_workbook, read_workbook, raw_workbook_lines, list_sheets),
    Format("xlsb", "a binary Excel workbook", is_xlsb, detect_workbook, read_workbook, raw_workbook_lines, list_sheets),
    Format("ods", "an OpenDocument sheet", is_ods, detect_workbook, read_workbook, raw_workbook_lines, list_sheets),
    Format("xls", "an old Excel workbook", is_xls, detect_workbook, read_workbook, raw_workbook_lines, list_sheets),
    Format("xml", "XML Spreadsheet 2003", is_xml2003, detect_workbook, read_workbook, raw_workbook_lines, list_sheets),
    Format("html", "a web page with tables", is_html, detect_workbook, read_workbook, raw_workbook_lines, list_sheets),
    Format("parquet", "a Parquet file", is_parquet, detect_parquet, read_parquet, raw_parquet),
    Format("feather", "an Arrow file (Feather)", is_arrow, detect_arrow, read_arrow, raw_arrow),
    Format("json", "JSON", is_json, detect_json, read_json, raw_json_lines, sheets_json),
    Format("markdown", "a table drawn with pipes (Markdown)", is_ruled, detect_ruled, read_ruled, raw_ruled),
    Format("csv", "delimited text (CSV)", lambda file, head: True, detect_text, read_csv, raw_csv_lines),  # any text: last
)


def format_of(file: FileBytes) -> Format:
    """The format of a file by its content. Raises ReadError if it is no table."""
    head = bytes(file.data[:SAMPLE])
    found = next(f for f in FORMATS if f.is_it(file, head))
    if found.name == "csv":
        refuse_other(file, head)
    return found


def format_for(file: FileBytes, options: ReadOptions) -> Format:
    """The format the options name. Raises ReadError if the file is of another kind."""
    found = format_of(file)
    if found.name == options.format:
        return found
    wanted = next((f.label for f in FORMATS if f.name == options.format), options.format)
    raise ReadError(f"{file.name}: this is {found.label}, but the options are for {wanted}. Let the format be detected again.")


def refuse_other(file: FileBytes, head: bytes) -> None:
    """Raise ReadError for what is no delimited text: pictures, documents, binary."""
    if head.startswith(ZIP):
        raise ReadError(f"{file.name}: this is a zip archive without an Excel workbook in it. Unpack it and load the table inside.")
    for signature, what in SIGNATURES:
        if head.startswith(signature):
            raise ReadError(f"{file.name}: this is {what}, not a table. Choose a CSV file or an Excel workbook.")
    if Path(file.name).suffix.lower() in (".xlsx", ".xlsm") and b"\x00" in head:
        raise ReadError(f"{file.name}: this is not an Excel workbook, or it is damaged. Save it again in Excel and load that.")
    if not wide_encoding(head) and not head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        odd = len(head) - len(head.translate(None, CONTROL))
        if odd > 4 and odd > len(head) * 0.05:
            raise ReadError(f"{file.name}: this is not a text file. Choose a CSV file or an Excel workbook.")
