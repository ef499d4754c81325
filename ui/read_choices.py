"""The choices of how a file is read, beside its raw lines on Load; each starts with what was detected."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from io_utils import ReadOptions, SheetRule, sheets
from io_utils.delimited.encoding import LABELS

T = TypeVar("T")
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes", " ": "spaces", ":": "colons"}
QUOTES = {'"': 'double "', "'": "single '", "": "none"}
LEFT_OUT = {"repeated_header": "headers that come again", "total": "totals", "footer": "what stands below the table"}
EXTRA = {"keep": "go into extra columns", "leave_out": "are left out and listed"}


def separator(options: ReadOptions) -> str:
    """What parts the columns, in words."""
    return "columns of fixed width" if options.cuts else DELIMITERS.get(options.delimiter, f"delimiter {options.delimiter}")


def text(options: ReadOptions, key: str) -> ReadOptions:
    """The choices for delimited text as they stand on the page."""
    o = options
    delimiter = _select("Columns are separated by", DELIMITERS, o.delimiter, f"delimiter-{key}")
    encoding = _select("Characters are written in", LABELS, o.encoding, f"encoding-{key}")
    header = _header("The header is on line", o, f"header-{key}")
    with st.expander("More about the file", key=f"more-{key}"):
        quote = _select("Text is quoted with", QUOTES, o.quote, f"quote-{key}")
        lines = int(st.number_input("Lines that the header takes", 1, 10, o.header_rows, key=f"lines-{key}"))
        left_out = st.multiselect(
            "Left out, and listed",
            list(LEFT_OUT),
            default=list(o.leave_out),
            format_func=lambda k: LEFT_OUT[k],
            key=f"leave-{key}",
            placeholder="nothing",
        )
        extra = _select("Cells beyond the header", EXTRA, o.extra_cells, f"extra-{key}")
        comment = st.text_input("Lines that begin with this are comments", o.comment, max_chars=4, key=f"comment-{key}", placeholder="none")
        table = int(st.number_input("Table in the file", 0, 99, o.table, help="0: the whole file is one table", key=f"table-{key}"))
        mojibake = st.toggle(
            "Set right text like MÃ¼ller", o.mojibake, help="UTF-8 that was once read as Windows-1252", key=f"mojibake-{key}"
        )
    chosen: dict[str, Any] = {
        "delimiter": delimiter, "encoding": encoding, "quote": quote, "header_row": header, "header_rows": lines, "extra_cells": extra,
        "leave_out": tuple(k for k in LEFT_OUT if k in left_out), "comment": comment, "table": table, "mojibake": mojibake,
    }  # fmt: skip
    if delimiter != o.delimiter:
        chosen["cuts"] = ()
    again = {"columns": None} if (header, lines, table) != (o.header_row, o.header_rows, o.table) else {}
    return o.model_copy(update={**chosen, **again})


def workbook(options: ReadOptions, key: str, path: Path, name: str) -> ReadOptions:
    """The choices for a workbook as they stand on the page."""
    o, found = options, sheets(path, name)
    words = {s.name: f"{s.name} ({s.rows:,} rows, {s.columns} columns{', hidden' if s.hidden else ''})" for s in found}
    now = o.sheet.name if o.sheet and o.sheet.name in words else found[0].name
    chosen = _select("Sheet", words, now, f"sheet-{key}")
    header = _header("The header is on row", o, f"header-{key}")
    again = {"columns": None} if (chosen, header) != (now, o.header_row) else {}
    return o.model_copy(update={"sheet": o.sheet if chosen == now else SheetRule(by="name", name=chosen), "header_row": header, **again})


def _select(label: str, words: Mapping[T, str], now: T, key: str) -> T:
    choices = [*words, *([] if now in words else [now])]
    return st.selectbox(label, choices, index=choices.index(now), format_func=lambda c: words.get(c, str(c)), key=key)


def _header(label: str, options: ReadOptions, key: str) -> int:
    help_text = "0: the file has no header; columns are called column_1, column_2, …"
    return int(st.number_input(label, 0, 100_000, options.header_row, help=help_text, key=key))
