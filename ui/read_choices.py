"""The choices of how a file is read, beside its raw lines on Load; each starts with what was detected."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from io_utils import ReadError, ReadOptions, SheetInfo, SheetRule, detect, members, sheets
from io_utils.delimited.encoding import LABELS
from ui.words import count, plain, size

T = TypeVar("T")
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes", " ": "spaces", ":": "colons"}
QUOTES = {'"': 'double "', "'": "single '", "": "none"}
LEFT_OUT = {"repeated_header": "headers that come again", "total": "totals", "footer": "what stands below the table"}
SHAPES = {
    "records": "an object of the list",
    "lines": "an object on a line",
    "rows": "a list within the list",
    "columns": "one value of every column",
    "by_key": "an object under a key",
    "one": "the whole file",
}
NESTED = {"flatten": "become columns (address.city)", "text": "stay JSON text"}
PACKED_WORDS = {0: "", 1: "", 2: ", perhaps no table"}
EXTRA = {"keep": "go into extra columns", "leave_out": "are left out and listed"}


def choices(options: ReadOptions, key: str, path: Path, name: str, digest: str) -> ReadOptions:
    """The choices for a file of any format as they stand on the page."""
    chosen = _member(options, key, path, name)
    if chosen is not options:
        return chosen
    if options.format == "csv":
        return text(options, key)
    if options.format == "json":
        return json_text(options, key, path, name, digest)
    if options.format == "markdown":
        return options.model_copy(update={"encoding": _select("Characters are written in", LABELS, options.encoding, f"encoding-{key}")})
    if options.format in ("parquet", "feather"):
        return options.model_copy(update={"nested": _nested(options, key)})
    return workbook(options, key, path, name)


def _member(options: ReadOptions, key: str, path: Path, name: str) -> ReadOptions:
    """Which file of an archive is read; another one is looked at afresh."""
    found = members(path, name)
    if len(found) < 2:
        return options
    words = {m.name: f"{m.name} ({size(m.size)}{PACKED_WORDS[m.rank]})" for m in found}
    now = options.member or found[0].name
    chosen = _select("File in the archive", words, now, f"member-{key}")
    if chosen == now:
        return options
    try:
        return detect(path, name, chosen)[0].model_copy(update={"member": chosen})
    except ReadError as error:
        st.error(plain(str(error), longest=500), icon=":material/error:")
        return options


def json_text(options: ReadOptions, key: str, path: Path, name: str, digest: str) -> ReadOptions:
    """The choices for JSON as they stand on the page."""
    o, chosen = options, dict[str, Any]()
    if o.records or o.shape == "one":
        found = lists_in(digest, o.member, path, name)
        words = {p: f"{info.name} ({count(info.rows, 'row')}, {count(info.columns, 'column')})" for p, info in found.items()}
        if words:
            words[()] = "none: the file is one object"
            chosen["records"] = _select("The rows are in the list", words, o.records, f"records-{key}")
    if chosen.get("records", o.records) != o.records:
        chosen["shape"] = "records" if chosen["records"] else "one"
    else:
        chosen["shape"] = _select("A row is", SHAPES, o.shape, f"shape-{key}")
    chosen["nested"] = _nested(o, key)
    if o.shape == "rows":
        chosen["header_row"] = int(st.toggle("The first list holds the names", bool(o.header_row), key=f"header-{key}"))
    chosen["encoding"] = _select("Characters are written in", LABELS, o.encoding, f"encoding-{key}")
    return o.model_copy(update={**chosen, "columns": o.columns if chosen["shape"] == o.shape else None})


def _nested(options: ReadOptions, key: str) -> str:
    return _select("Objects within objects", NESTED, options.nested, f"nested-{key}")


@st.cache_data(max_entries=100, show_spinner=False)
def lists_in(digest: str, member: str, _path: Path, name: str) -> dict[tuple[str, ...], SheetInfo]:
    """The lists of rows of a JSON file, by the keys that lead to them; kept by the file's digest."""
    infos = {info.name: info for info in sheets(_path, name, member)}
    return {o.records: infos[".".join(o.records)] for o in detect(_path, name, member) if ".".join(o.records) in infos}


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
    o, found = options, sheets(path, name, options.member)
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
