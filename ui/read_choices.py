"""The choices of how a file is read, beside its raw lines on Load; each starts with what was detected."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from io_utils import ReadError, ReadOptions, SheetInfo, SheetRule, detect, members, sheets
from io_utils.delimited.encoding import LABELS
from io_utils.workbook.address import box_of
from ui import password, state
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
HEADER_NAMES = {"joined": "all its lines, joined", "first": "its first line", "last": "its last line"}
BAD_BYTES = {"refuse": "stop the reading", "show": "are shown as written, and named"}
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
    return workbook(options, key, path, name, digest)


BOOKS = {
    "xlsx": "Excel workbook", "xlsb": "Binary Excel workbook", "xls": "Excel 97-2003 workbook", "ods": "OpenDocument sheet",
    "xml": "XML Spreadsheet 2003", "html": "Web page with tables",
}  # fmt: skip
HIDDEN = {"include": "are included", "leave_out": "are left out; the rows are listed"}
MERGED = {"keep": "have their value in the first cell only", "fill": "have their value in every cell"}


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
        header_names = _select("Names come from", HEADER_NAMES, o.header_names, f"header-names-{key}") if lines > 1 else o.header_names
        bad_bytes = _select("Bytes that are no text in this encoding", BAD_BYTES, o.bad_bytes, f"bad-bytes-{key}")
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
        "header_names": header_names, "bad_bytes": bad_bytes,
    }  # fmt: skip
    if delimiter != o.delimiter:
        chosen["cuts"] = ()
    changed = o.model_copy(update=chosen)
    return changed if changed == o else changed.model_copy(update={"columns": None})  # a choice: the names of last time decide nothing


def workbook(options: ReadOptions, key: str, path: Path, name: str, digest: str) -> ReadOptions:
    """The choices for a workbook as they stand on the page."""
    o = options
    try:
        found = sheets_in(digest, o.member, path, name)
    except ReadError as error:  # after a restart the password is not known any more
        password.unlock(digest, error)
        return o
    hidden = {s.name: ", very hidden" if s.very_hidden else ", hidden" if s.hidden else "" for s in found}
    words = {s.name: f"{s.name} ({count(s.rows, 'row')}, {count(s.columns, 'column')}{hidden[s.name]})" for s in found}
    now = o.sheet.name if o.sheet and o.sheet.name in words else found[0].name
    chosen = _select("Table on the page" if o.format == "html" else "Sheet", words, now, f"sheet-{key}")
    if chosen != now:  # another sheet is looked at afresh
        return sheet_as_detected(digest, o.member, chosen, path, name) or o
    header = _header("The header is on row", o, f"header-{key}")
    with st.expander("More about the file", key=f"more-{key}"):
        lines = int(st.number_input("Rows that the header takes", 1, 10, o.header_rows, key=f"lines-{key}"))
        area = _range(o, key)
        seen = _select("Rows and columns hidden in Excel", HIDDEN, o.hidden, f"unseen-{key}")
        merged = _select("Merged cells", MERGED, o.merged, f"merged-{key}")
        left_out = st.multiselect(
            "Left out, and listed", list(LEFT_OUT), default=list(o.leave_out), format_func=lambda k: LEFT_OUT[k], key=f"leave-{key}",
            placeholder="nothing",
        )  # fmt: skip
    made: dict[str, Any] = {
        "header_row": header, "header_rows": lines, "range": area, "hidden": seen, "merged": merged,
        "leave_out": tuple(k for k in LEFT_OUT if k in left_out),
    }  # fmt: skip
    again = {"columns": None} if (header, lines, area) != (o.header_row, o.header_rows, o.range) else {}
    return o.model_copy(update={**made, **again})


def _range(options: ReadOptions, key: str) -> str:
    """The part of the sheet to read; what is no range is said, and changes nothing."""
    label = "Only this part of the sheet"
    said = st.text_input(label, options.range, max_chars=30, key=f"range-{key}", placeholder="all of it; or B4:H200").strip()
    try:
        if said:
            box_of(said, label)
    except ReadError as error:
        st.error(plain(str(error), longest=300), icon=":material/error:")
        return options.range
    return said


@st.cache_data(max_entries=100, show_spinner=False)
def sheets_in(digest: str, member: str, _path: Path, name: str) -> list[SheetInfo]:
    """The sheets of a workbook, kept by the file's digest."""
    return sheets(_path, name, member, password=state.work().passwords.get(digest))


def sheet_as_detected(digest: str, member: str, sheet: str, path: Path, name: str) -> ReadOptions | None:
    """How another sheet of a workbook is to be read, by its name; None if the file cannot be opened, which is then on the page."""
    try:
        found = detect(path, name, member, password=state.work().passwords.get(digest))
    except ReadError as error:
        st.error(plain(str(error), longest=500), icon=":material/error:")
        return None
    best = next(o for o in found if o.sheet and o.sheet.name == sheet)
    return best.model_copy(update={"sheet": SheetRule(by="name", name=sheet), "member": member})


def _select(label: str, words: Mapping[T, str], now: T, key: str) -> T:
    choices = [*words, *([] if now in words else [now])]
    return st.selectbox(label, choices, index=choices.index(now), format_func=lambda c: words.get(c, str(c)), key=key)


def _header(label: str, options: ReadOptions, key: str) -> int:
    help_text = "0: the file has no header; columns are called column_1, column_2, …"
    return int(st.number_input(label, 0, 100_000, options.header_row, help=help_text, key=key))
