"""Excel workbooks (.xlsx, .xlsm) to a table, by the types of their cells."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from io_utils.bytes_in import FileBytes
from io_utils.errors import PasswordNeeded, ReadError
from io_utils.options import Limits, Note, Progress, RawLine, ReadOptions, SheetInfo, SheetRule
from io_utils.tables import column_names, frame, rows_named, set_aside_frame
from io_utils.workbook.columns import NAMES, ColumnBuilder, Value, cell_text
from io_utils.workbook.parts import ErrorCell, Part, Workbook, column_letters

BATCH = 10_000  # rows kept as Python objects at once
MAX_ROW = 1_048_576


def detect_xlsx(file: FileBytes) -> list[ReadOptions]:
    """One way to read each sheet, the first visible one that is not empty first."""
    book = Workbook(file, Limits())
    found = []
    for position, part in enumerate(book.parts, 1):
        only = sum(not p.hidden for p in book.parts) == 1 and not part.hidden
        rule = SheetRule(by="only_visible" if only else "name", name=part.name, position=position)
        empty = book.is_empty(part)
        shown = "hidden" if part.hidden else "the only visible one" if only else "visible"
        said = f'Sheet "{part.name}" is {shown}{", but empty" if empty else ""}.'
        sure = (0.2 if part.hidden else 0.95 if only else 0.9 / (1 + 0.01 * position)) * (0.1 if empty else 1)
        found.append(ReadOptions(format="xlsx", sheet=rule, confidence=round(sure, 3), evidence=("Excel workbook.", said)))
    return sorted(found, key=lambda o: -o.confidence)


def choose_sheet(book: Workbook, rule: SheetRule | None) -> Part:
    """The sheet that a rule names; without a rule the first visible one. Raises ReadError listing the sheets there are."""
    visible = [p for p in book.parts if not p.hidden] or book.parts
    there = ", ".join(f'"{p.name}"' for p in book.parts)
    name = book.file.name
    if rule is None:
        return visible[0]
    if rule.by == "only_visible":
        if len(visible) == 1:
            return visible[0]
        same = [p for p in visible if p.name == rule.name]
        if same:
            return same[0]
        raise ReadError(f"{name}: {len(visible)} sheets are visible, not one. Choose one of: {there}.")
    if rule.by == "position":
        if rule.position and rule.position <= len(book.parts):
            return book.parts[rule.position - 1]
        raise ReadError(f"{name}: there is no sheet number {rule.position}. Choose one of: {there}.")
    wanted = rule.name if rule.by == "name" else rule.pattern
    try:
        match = [p for p in book.parts if (p.name == wanted if rule.by == "name" else re.search(wanted or "", p.name))]
    except re.error as error:
        raise ReadError(f'{name}: "{wanted}" is no valid pattern for a sheet name ({error}).') from error
    if match:
        return match[0]
    raise ReadError(f'{name}: there is no sheet "{wanted}". Choose one of: {there}.')


def sheets_xlsx(file: FileBytes) -> list[SheetInfo]:
    """The worksheets in the order of the workbook."""
    book = Workbook(file, Limits())
    return [SheetInfo(part.name, *book.said_area(part), part.hidden) for part in book.parts]


@contextmanager
def calamine_errors(book: Workbook) -> Iterator[None]:
    """Turns what the cell reader raises into ReadError; its panics are no Exception, so they are caught by name."""
    try:
        yield
    except PasswordError as error:
        raise PasswordNeeded(f"{book.file.name}: the workbook is protected by a password. Save a copy without one.") from error
    except (CalamineError, OSError, ValueError) as error:
        raise book.damaged() from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise book.damaged() from error


def open_sheet(book: Workbook, part: Part, limits: Limits) -> tuple[CalamineSheet, list[ErrorCell]]:
    """The sheet's cells, and its error cells. Raises ReadError if its used area is too large to hold."""
    has_errors, letters = book.look(part)
    if letters > 1 and 26**letters * MAX_ROW > limits.cells:
        rows, columns = book.area(part)
        if rows * columns > limits.cells:
            raise ReadError(
                f'{book.file.name}, sheet "{part.name}": cells are filled as far as {column_letters(columns)}{rows}, '
                f"{rows * columns:,} cells in all, and at most {limits.cells:,} can be read. "
                "Delete the stray cells far from the table and save."
            )
    with calamine_errors(book):
        path = book.file.path
        opened = CalamineWorkbook.from_path(str(path)) if path else CalamineWorkbook.from_filelike(io.BytesIO(book.file.data))
        sheet = opened.get_sheet_by_name(part.name)
    return sheet, book.error_cells(part) if has_errors else []


def read_xlsx(
    file: FileBytes, options: ReadOptions, limits: Limits, progress: Progress
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note], ReadOptions]:
    """The table, the rows left out, the notes, and the options with the sheet and header that were found."""
    book = Workbook(file, limits)
    part = choose_sheet(book, options.sheet)
    progress(0.05, f'Opening sheet "{part.name}"')
    sheet, errors = open_sheet(book, part, limits)
    start, end = sheet.start, sheet.end
    where = f'{file.name}, sheet "{part.name}"'
    if start is None or end is None:
        others = ", ".join(f'"{p.name}"' for p in book.parts if p is not part)
        raise ReadError(f"{where}: the sheet is empty. " + (f"Choose one of: {others}." if others else "Choose another file."))
    if end[1] + 1 > limits.columns:
        raise ReadError(f"{where}: {end[1] + 1:,} columns, but at most {limits.columns:,} can be read.")
    progress(0.3, "Reading the cells")
    body = SheetRows(sheet, options, {e.row for e in errors}, where, progress)
    names, notes = column_names(body.header, body.row) if body.row else ([f"column_{i + 1 + start[1]}" for i in range(body.width)], [])
    columns = [builder.finish() for builder in body.builders]
    kept = [i for i in range(len(names)) if columns[i].null_count < len(columns[i]) or body.header[i] or not body.row]
    gone = {names[i] for i in range(len(names))} - {names[i] for i in kept}
    notes = [n for n in notes if n.column not in gone] + mixed_notes(names, body.builders) + error_notes(errors, names, start[1], body.row)
    table = frame({names[i]: columns[i] for i in kept}, np.array(body.numbers, "int64"))
    if not len(table):
        notes.append(Note(text=f"{where} has a header but no rows below it.", kind="warning", row=body.row or None))
    aside = set_aside_frame(body.aside, file.name, part.name)
    rule = (options.sheet or SheetRule(by="name")).model_copy(update={"name": part.name, "position": book.parts.index(part) + 1})
    found = tuple(table.columns) if body.row else None
    return table, aside, notes, options.model_copy(update={"sheet": rule, "header_row": body.row, "columns": found})


class SheetRows:
    """A sheet's rows taken apart: header, columns, blank rows and rows above the header; numbers as in the spreadsheet."""

    def __init__(self, sheet: CalamineSheet, options: ReadOptions, errors: set[int], where: str, progress: Progress) -> None:
        last = sheet.end[0] + 1 if sheet.end else 0
        self.errors = errors  # rows with an error cell, which the cell reader shows as empty
        self.row = options.header_row
        self.header: list[str | None] = []
        self.width = sheet.width
        self.numbers: list[int] = []
        self.aside: list[tuple[int, str, str]] = []
        self.builders = [ColumnBuilder() for _ in range(self.width)]
        rows = enumerate(sheet.iter_rows(), 1)
        if self.row:
            self._find_header(rows, last, where)
        self._read(rows, last, progress)

    def _find_header(self, rows: Iterator[tuple[int, list[Value]]], last: int, where: str) -> None:
        if self.row > last:
            raise ReadError(
                f"{where}: the header should be in row {self.row:,}, but the sheet ends at row {last:,}. Choose another header row."
            )
        for number, cells in rows:
            if number >= self.row and (filled(cells) or self.row > 1):
                break  # where the header should be in row 1, it is in the first row with a value
            self.aside.append((number, "above the header" if filled(cells) else "blank line", row_text(cells)))
        if not filled(cells):
            raise ReadError(f"{where}, row {number:,}: the header row is blank. Choose another header row.")
        self.row = number
        self.header = [cell_text(c) or None for c in cells]

    def _read(self, rows: Iterator[tuple[int, list[Value]]], last: int, progress: Progress) -> None:
        waiting: list[list[Value]] = []
        for number, cells in rows:
            if not filled(cells) and number not in self.errors:
                self.aside.append((number, "blank line", ""))
                continue
            self.numbers.append(number)
            waiting.append(cells)
            if len(waiting) == BATCH:
                self._add(waiting)
                waiting = []
                progress(0.3 + 0.6 * number / last, "Reading the cells")
        self._add(waiting)

    def _add(self, rows: list[list[Value]]) -> None:
        for builder, cells in zip(self.builders, zip(*rows, strict=True), strict=False):
            builder.add(cells)


def filled(cells: list[Value]) -> bool:
    """Whether any cell of a row has a value."""
    return any(c != "" for c in cells)


def row_text(cells: list[Value]) -> str:
    """A row as one line of text, cells parted by tabs."""
    return "\t".join(cell_text(c) for c in cells).rstrip("\t")


def mixed_notes(names: list[str], builders: list[ColumnBuilder]) -> list[Note]:
    """What columns read as text hold, if it is not text alone."""
    notes = []
    for name, builder in zip(names, builders, strict=True):
        if len(builder.counts) > 1 or set(builder.counts) & {"time", "duration"}:
            held = ", ".join(f"{NAMES[kind]} ({count:,})" for kind, count in builder.counts.most_common())
            notes.append(Note(text=f'Column "{name}" holds {held}; it is read as text.', column=name))
    return notes


def error_notes(errors: list[ErrorCell], names: list[str], shift: int, header: int) -> list[Note]:
    """One note for each column and code: where the error cells are, which are missing in the table."""
    rows: dict[tuple[int, str], list[int]] = {}
    for error in errors:
        rows.setdefault((error.column - shift - 1, error.code), []).append(error.row)
    notes = []
    for (position, code), at in rows.items():
        name = names[position] if 0 <= position < len(names) else column_letters(position + shift + 1)
        cells = "1 cell holds" if len(at) == 1 else f"{len(at):,} cells hold"
        text = f'Column "{name}", {rows_named(at, "row")}: {cells} the error {code}; the value is missing.'
        notes.append(Note(text=text, column=name, row=at[0], kind="warning"))
    return notes


def raw_xlsx_lines(file: FileBytes, options: ReadOptions, first: int, count: int) -> list[RawLine]:
    """Rows as text, cells parted by tabs, by spreadsheet row number."""
    book = Workbook(file, Limits())
    sheet, _ = open_sheet(book, choose_sheet(book, options.sheet), Limits())
    if sheet.start is None:
        return []
    lines = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number >= first + count:
            break
        if number >= first:
            lines.append(RawLine(number, "\t" * sheet.start[1] + row_text(cells)))
    return lines
