"""The file's own lines on Load, with what was detected marked, and other ways to read the file with a small preview."""

from pathlib import Path

import pandas as pd
import streamlit as st

from io_utils import RawLine, ReadError, ReadOptions, detect, raw_lines, read
from io_utils.delimited.encoding import LABELS
from pipeline.tasks import Loaded
from pipeline.view import seen
from ui import grid, page_text, state
from ui.read_choices import BOOKS
from ui.words import plain

SHOWN = 30  # lines at once
FAR = 50_000  # the last line that can be looked at
HEAD = 1 << 15  # bytes read for a preview
OTHERS = 4  # other ways offered
LIKELY = 0.01  # less likely ways are not offered
NAMED = ("parquet", "feather")
TITLES = {
    "book": "The sheet's own rows, cells parted by tabs:",
    "json": "The file's own entries, as they stand:",
    "parquet": "The file's own columns and their types:",
}


def lines(loaded: Loaded, path: Path, name: str, digest: str) -> None:
    """The file's own lines, numbered, marked, a page at a time."""
    known, key = loaded.options.format, loaded.key[:12]
    first = 1
    last = min(FAR, len(loaded.table) + len(loaded.set_aside) + 1)
    if known == "csv" and last > SHOWN:
        first = int(st.number_input("From line", 1, last, step=SHOWN, key=f"raw-first-{key}"))
    try:
        found = raw_of(digest, loaded.options.key(), first, path, name, loaded.options)
    except ReadError as error:
        st.error(plain(str(error), longest=500))
        return
    marks = marked(loaded)
    shown = pd.DataFrame(
        {"what it is": [marks.get(line.number, "") for line in found], "as it stands in the file": [line.text for line in found]},
        index=[line.number for line in found], dtype=object,
    )  # fmt: skip
    title = TITLES["book"] if known in BOOKS else TITLES.get("parquet" if known in NAMED else known, "The file's own lines, as they stand:")
    st.caption(title)
    label = "number" if known in NAMED else "line" if known in ("csv", "markdown") else "row"
    grid.show(
        shown,
        key=f"raw-{key}-{first}",
        alt="Raw lines of the file",
        row_label=label,
        height=430 if len(found) > 11 else None,
        placeholder="",
    )
    page_text.draw(lambda: in_words(found, marks, label), f"raw-{key}", "These lines as text" if label == "line" else "These rows as text")


def in_words(found: list[RawLine], marks: dict[int, str], label: str) -> list[str]:
    """The file's own lines as they are read aloud: number, what each is, and its text with hidden signs shown."""
    said = {n: f" ({what})" for n, what in marks.items()}
    return [f"{label.capitalize()} {line.number:,}{said.get(line.number, '')}: {page_text.cut(seen(line.text))}" for line in found]


def marked(loaded: Loaded) -> dict[int, str]:
    """What the lines are that are no ordinary rows, by number."""
    o = loaded.options
    found: dict[int, str] = {}
    if o.format == "csv" and len(loaded.set_aside):
        found = dict(zip(loaded.set_aside["line"].tolist(), [f"left out: {r}" for r in loaded.set_aside["reason"]], strict=True))
    found |= {int(row): f"other delimiter: {sign}" for row, sign in loaded.facts.split.items()}
    found |= dict.fromkeys(o.put_back, "put back")
    if o.format not in NAMED and o.header_row and (o.format != "json" or o.shape == "rows"):
        found |= dict.fromkeys(range(o.header_row, o.header_row + o.header_rows), "header")
    return found


@st.cache_data(max_entries=200, show_spinner=False)
def raw_of(digest: str, choices: str, first: int, _path: Path, name: str, _options: ReadOptions) -> list[RawLine]:
    """Lines of a file as they stand, kept by its digest and how it is read."""
    return raw_lines(_path, _options, name, first, SHOWN, password=state.work().passwords.get(digest))


def others(loaded: Loaded, path: Path, name: str, digest: str) -> ReadOptions | None:
    """Other ways to read the file as buttons, each with why and a small preview; the one that was chosen."""
    if loaded.options.format != "csv" or loaded.options.member or loaded.parts:
        return None
    now = told(loaded.options)
    same = [preview(digest, loaded.options.key(), path, name, loaded.options)]
    ways: dict[str, ReadOptions] = {}
    for way in ways_of(digest, path, name):
        rows = preview(digest, way.key(), path, name, way)
        likely = way.confidence >= LIKELY or way.table
        if likely and told(way) != now and rows is not None and not any(known is not None and rows.equals(known) for known in same):
            same.append(rows)
            ways[told(way)] = way
    if not ways:
        return None
    st.markdown("**Other ways to read this file**")
    chosen = None
    for at, (said, way) in enumerate(list(ways.items())[:OTHERS]):
        with st.container(border=True, key=f"way-{at}-{loaded.key[:12]}"):
            with st.container(horizontal=True, vertical_alignment="center"):
                sure = "" if way.table else f" · {way.confidence:.0%} sure"
                st.markdown(f"{plain(said)}{sure}", help=plain(" ".join(way.evidence), longest=600), width="stretch")
                if st.button("Read it so", key=f"way-read-{at}-{loaded.key[:12]}"):
                    chosen = way
            shown = preview(digest, way.key(), path, name, way)
            if shown is not None:
                grid.show(shown, key=f"way-grid-{at}-{loaded.key[:12]}", alt=f"The first rows, {said}")
    return chosen


def told(options: ReadOptions) -> str:
    """A way to read, in words."""
    signs = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes", " ": "spaces", ":": "colons"}
    parted = "columns of fixed width" if options.cuts else signs.get(options.delimiter, f"delimiter {options.delimiter}")
    header = f"header on line {options.header_row}" if options.header_row else "no header"
    more = [f"table {options.table}"] if options.table else []
    more += ["text like MÃ¼ller set right"] if options.mojibake else []
    return " · ".join([parted, LABELS.get(options.encoding, options.encoding), header, *more])


@st.cache_data(max_entries=50, show_spinner=False)
def ways_of(digest: str, _path: Path, name: str) -> list[ReadOptions]:
    """Every way that was detected, best first, kept by the file's digest."""
    try:
        return detect(_path, name)
    except ReadError:
        return []


@st.cache_data(max_entries=50, show_spinner=False)
def preview(digest: str, choices: str, _path: Path, name: str, _options: ReadOptions) -> pd.DataFrame | None:
    """The first rows of the beginning of a file, read in a way; None if it cannot be."""
    with _path.open("rb") as file:
        head = file.read(HEAD)
    head = head[: head.rfind(b"\n") + 1] or head if len(head) == HEAD and "16" not in _options.encoding else head
    try:
        return read(head, _options.model_copy(update={"bad_bytes": "show"}), name=name, digest="a part").table.head(3)
    except ReadError:
        return None
