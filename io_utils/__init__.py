"""Bytes to table and back."""

from io_utils.bytes_in import digest
from io_utils.columns import SavedColumns, load_columns, save_columns
from io_utils.delimited.write import to_csv
from io_utils.detect import detect
from io_utils.errors import PasswordNeeded, ReadError, WriteError, WrongPassword
from io_utils.fingerprint import content_hash
from io_utils.json_write import to_json
from io_utils.options import Limits, Note, RawLine, Read, ReadOptions, SheetInfo, SheetRule, Source, row_place
from io_utils.read import members, raw_lines, read, sheets
from io_utils.target import Written
from io_utils.workbook.write import excel_notes, to_xlsx
from io_utils.write import write

__all__ = [
    "Limits",
    "Note",
    "PasswordNeeded",
    "RawLine",
    "Read",
    "ReadError",
    "ReadOptions",
    "SavedColumns",
    "SheetInfo",
    "SheetRule",
    "Source",
    "WriteError",
    "Written",
    "WrongPassword",
    "content_hash",
    "detect",
    "digest",
    "excel_notes",
    "load_columns",
    "members",
    "raw_lines",
    "read",
    "row_place",
    "save_columns",
    "sheets",
    "to_csv",
    "to_json",
    "to_xlsx",
    "write",
]
