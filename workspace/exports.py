"""Downloads: the whole result in a file of its own, built when asked for; the one door through which a table leaves."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pydantic import JsonValue

from io_utils import content_hash, excel_notes
from io_utils.workbook.write import MAX_COLUMNS, MAX_TEXT, over_length
from pipeline.keys import digest
from workspace.jobs import Job
from workspace.work import Failure, Ready, Work

QUICK = {"xlsx": 400_000, "csv": 3_000_000, "json": 2_000_000}  # cells that are written in about a second


@dataclass(frozen=True)
class Export:
    """A file to be delivered: its format and how it is written."""

    format: str
    mime: str
    options: dict[str, JsonValue] = field(default_factory=dict)
    tag: str = ""  # told apart in the file's name


EXCEL = Export("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
CSV = Export("csv", "text/csv", tag="exact")
JSON = Export("json", "application/json")


def csv_for_excel(decimal_comma: bool) -> Export:
    """CSV as Excel opens it by a double click: a mark for UTF-8, the region's delimiter and decimal mark, nothing that would run."""
    options: dict[str, JsonValue] = {
        "spreadsheet": True,
        "bom": True,
        "delimiter": ";" if decimal_comma else ",",
        "decimal": "," if decimal_comma else ".",
    }
    return Export("csv", "text/csv", options, tag="semicolons" if decimal_comma else "commas")


def file_name(source: str, table: pd.DataFrame, key: str, work: Work, wanted: Export, what: str = "clean") -> str:
    """``orders_clean_1a2b3c4d.xlsx``: the input's name and the digest of the table, so that another table never has this name."""
    content = work.remember(("hash", key), lambda: content_hash(table))
    stem = re.sub(r"[^\w.-]+", "_", Path(source).stem).strip("_.") or "table"
    return "_".join(p for p in (stem, what, content[:8], wanted.tag) if p) + f".{wanted.format}"


def export(work: Work, table: pd.DataFrame, key: str, name: str, wanted: Export, wait: float = 0.0) -> Ready | Job | Failure:
    """The table as a file: ready, being written, or why it could not be.

    Whoever delivers files (a button, a route) asks here and nowhere else.
    """
    folder = work.shelf.folder / "downloads"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{digest(name, key, wanted.options)[:12]}-{name}"
    return work.written(table, key, path, wanted.format, wanted.options, wait)


def is_quick(table: pd.DataFrame, wanted: Export) -> bool:
    """Whether the file is written in about a second."""
    return table.shape[0] * table.shape[1] <= QUICK[wanted.format]


def said_beforehand(table: pd.DataFrame) -> list[str]:
    """What Excel cannot hold of the table and how it goes into the file instead."""
    return [note.text for note in excel_notes(table)]


def excel_refuses(table: pd.DataFrame) -> str | None:
    """Why the table cannot be an Excel file at all; None if it can."""
    if table.shape[1] > MAX_COLUMNS:
        return f"The table has {table.shape[1]:,} columns; a sheet of Excel holds {MAX_COLUMNS:,}."
    for name in table.columns:
        values = pa.chunked_array(table[name])
        if pa.types.is_large_string(values.type) and (long := over_length(values)):
            return (
                f'Column "{name}", row {table.index[long[0]]}: a text of more than {MAX_TEXT:,} characters does not fit in a cell of Excel.'
            )
    return None
