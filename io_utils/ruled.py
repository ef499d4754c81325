"""Tables drawn with pipes and a ruling line under the header: Markdown, and what database consoles print.

Source of the format: GitHub Flavored Markdown, tables (extension).
"""

import re
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from io_utils.bytes_in import FileBytes
from io_utils.delimited.encoding import LABELS, detect_encodings
from io_utils.errors import ReadError
from io_utils.options import Limits, Note, Progress, RawLine, ReadOptions
from io_utils.tables import column_names, frame, rows_named, set_aside_frame

LINE_END = re.compile(r"\r\n|\n|\r")
RULE = re.compile(r"\s*[|+]?\s*:?-+:?\s*(?:[|+]\s*:?-+:?\s*)*[|+]?\s*")
PIPE = re.compile(r"(?<!\\)\|")
LOOK = 40  # lines in which the header is looked for


class Found(NamedTuple):
    """Where a table lies: the lines of its header and of the ruling line below, counted from 0."""

    header: int
    rule: int


def is_ruled(file: FileBytes, head: bytes) -> bool:
    """Whether the file holds a table drawn with pipes and a ruling line."""
    if b"|" not in head or b"-" not in head:
        return False
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    return find(LINE_END.split(head.decode(encoding, "replace").removeprefix("\ufeff"))) is not None


def find(lines: list[str]) -> Found | None:
    """The first line with pipes that has a ruling line of as many cells below it."""
    for at, line in enumerate(lines[:LOOK]):
        if "|" not in line or is_rule(line):
            continue
        below = lines[at + 1] if at + 1 < len(lines) else ""
        same = is_rule(below) and len(PIPE.split(inner(line))) == len(re.split(r"[|+]", inner(below.replace("+", "|"))))
        return Found(at, at + 1) if same else None
    return None


def is_rule(line: str) -> bool:
    """Whether a line only rules: ``|---|:-:|`` or ``+----+----+``."""
    return ("|" in line or "+" in line) and RULE.fullmatch(line) is not None


def inner(line: str) -> str:
    """A line without the pipes at its ends."""
    text = line.strip()
    text = text.removeprefix("|")
    return text[:-1] if text.endswith("|") and not text.endswith("\\|") else text


def cells(line: str) -> list[str | None]:
    """The cells of a line, without spaces at their ends; an empty one is missing."""
    return [cell.strip().replace("\\|", "|") or None for cell in PIPE.split(inner(line))]


def detect_ruled(file: FileBytes) -> list[ReadOptions]:
    """The one way to read the table."""
    encoding, sure, why = detect_encodings(file)[0]
    found = find(lines_of(file, encoding))
    header = found.header + 1 if found else 1
    evidence = (f"{LABELS.get(encoding, encoding)}: {why}", f"Line {header} is the header: a ruling line is below it.")
    return [ReadOptions(format="markdown", encoding=encoding, delimiter="|", header_row=header, confidence=0.95 * sure, evidence=evidence)]


def lines_of(file: FileBytes, encoding: str) -> list[str]:
    """The lines of the file. Raises ReadError naming the first byte that has no meaning in the encoding."""
    data = bytes(file.data[:])
    try:
        lines = LINE_END.split(data.decode(encoding).removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{file.name}: byte {error.start + 1:,} (0x{data[error.start]:02X}) is not valid in {LABELS.get(encoding, encoding)}. "
            "Choose the encoding the file was written in."
        ) from error
    except LookupError as error:
        raise ReadError(f'{file.name}: "{encoding}" is no encoding. Choose another one.') from error
    return lines[:-1] if not lines[-1] else lines


def read_ruled(
    file: FileBytes, options: ReadOptions, limits: Limits, progress: Progress
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note], ReadOptions]:
    """The table, the lines that are no rows, the notes, and the options."""
    if len(file) > limits.size:
        raise ReadError(
            f"{file.name}: the file has {len(file):,} bytes, but at most {limits.size:,} can be read. Load it in parts."
            f"{limits.hint('size')}"
        )
    progress(0.1, "Reading the lines")
    lines = lines_of(file, options.encoding)
    found = find(lines)
    if found is None:
        raise ReadError(f"{file.name}: there is no table with a ruling line under its header. Let the format be detected again.")
    aside = [
        (n, "ruling line" if is_rule(t) else "blank line" if not t.strip() else "above the table", t)
        for n, t in enumerate(lines[: found.header], 1)
    ]
    numbers: list[int] = []
    rows: list[list[str | None]] = []
    over = False
    for number, line in enumerate(lines[found.rule + 1 :], found.rule + 2):
        over = over or not line.strip()
        if over or "|" not in line or is_rule(line):
            aside.append((number, "blank line" if not line.strip() else "ruling line" if is_rule(line) else "below the table", line))
        else:
            numbers.append(number)
            rows.append(cells(line))
    header = cells(lines[found.header])
    width = max([len(header), *map(len, rows)])
    if width > limits.columns or len(rows) > limits.rows:
        raise ReadError(f"{file.name}: {len(rows):,} rows and {width:,} columns are more than can be read. Load the table in parts.")
    names, notes = column_names([*header, *(f"extra_{i + 1}" for i in range(width - len(header)))], found.header + 1)
    if ragged := [n for n, r in zip(numbers, rows, strict=True) if len(r) != len(header)]:
        other = f"{rows_named(ragged)}: not as many cells as the header, which has {len(header)}."
        text = f"{other} Extra cells are kept, absent ones are missing."
        notes.append(Note(text=text, row=ragged[0], kind="warning"))
    if not rows:
        notes.append(Note(text=f"{file.name} has a header but no rows below it.", kind="warning", row=found.header + 1))
    columns = [pa.chunked_array([pa.array([r[i] if i < len(r) else None for r in rows], pa.large_string())]) for i in range(width)]
    table = frame(dict(zip(names, columns, strict=True)), pd.array(numbers, "int64").to_numpy("int64"))
    chosen = options.model_copy(update={"header_row": found.header + 1, "columns": tuple(names)})
    return table, set_aside_frame(aside, file.name, None), notes, chosen


def raw_ruled(file: FileBytes, options: ReadOptions, first: int, count: int) -> list[RawLine]:
    """Lines as they stand."""
    lines = lines_of(file, options.encoding)
    return [RawLine(number, line) for number, line in enumerate(lines[first - 1 : first - 1 + count], first)]
