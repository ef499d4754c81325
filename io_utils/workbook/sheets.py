"""Which sheet of a workbook to read, and how: the rules for sheets, and what is detected of each."""

import re

from io_utils.bytes_in import FileBytes
from io_utils.delimited.header import find_header, is_value
from io_utils.errors import ReadError
from io_utils.options import Limits, RawLine, ReadOptions, SheetInfo, SheetRule
from io_utils.workbook.book import Book, Part
from io_utils.workbook.cells import Grid
from io_utils.workbook.opened import open_book
from io_utils.workbook.to_arrow import row_texts

HEAD = 200  # rows in which a header is looked for
DETECTED = 20  # sheets whose header is looked for; others are taken to begin with theirs
MOST_ROWS = 5  # of a header
LISTED = 20  # sheets named in a message


def detect_workbook(file: FileBytes) -> list[ReadOptions]:
    """One way to read each sheet, the first visible one that is not empty first."""
    book = open_book(file, Limits())
    visible = sum(not p.hidden for p in book.parts)
    found: list[tuple[tuple[bool, bool, int, int], ReadOptions]] = []
    for position, part in enumerate(book.parts, 1):
        only = visible == 1 and not part.hidden
        rule = SheetRule(by="only_visible" if only else "name", name=part.name, position=position)
        option = ReadOptions(format=book.format, sheet=rule, leave_out=("repeated_header", "total", "footer"))
        shown = part.state if part.hidden else "the only visible one" if only else "visible"
        sure = 0.2 if part.hidden else 0.95 if only else 0.9 / (1 + 0.01 * position)
        if position <= DETECTED or not found:
            grid = book.grid(part, HEAD)
            empty = not grid.rows
            if not empty:
                option, why, share = with_header(option, grid, book.header(part))
                sure *= share
        else:
            empty, why = book.is_empty(part), ()
        said = f'Sheet "{part.name}" is {shown}{", but empty" if empty else ""}.'
        evidence = (book.label, said, *(() if empty else why))
        option = option.model_copy(update={"confidence": round(sure * (0.1 if empty else 1), 3), "evidence": evidence})
        found.append(((empty, part.hidden, book.rank(part), position), option))
    return [option for _, option in sorted(found, key=lambda one: one[0])]


def with_header(option: ReadOptions, grid: Grid, said: tuple[int, int] | None) -> tuple[ReadOptions, tuple[str, ...], float]:
    """The options with the header that the file states or its first rows show, why, and how sure that is."""
    if said:
        return option.model_copy(update={"header_row": said[0], "header_rows": said[1]}), (f"Row {said[0]} is marked as the header.",), 1.0
    columns = [c.cut(slice(0, HEAD)) for c in grid.columns]
    columns = [c for c in columns if c.kind.any()]
    lines = row_texts(columns, grid.texts, 0, min(HEAD, grid.rows))
    shape = find_header([cells if any(cells) else [] for cells in lines])
    why = tuple(text.replace("Line ", "Row ").replace("lines", "rows") for text in shape.evidence)
    count = header_rows(grid, lines, shape.header, shape.lines)
    if count > shape.lines:
        why = (*why, f"The header takes {count} rows: its cells are merged.")
    return option.model_copy(update={"header_row": shape.header, "header_rows": count}), why, 0.8 + 0.2 * shape.sure


def header_rows(grid: Grid, lines: list[list[str | None]], first: int, count: int) -> int:
    """How many rows a header found in ``count`` takes: as far as its merged cells reach, and the row below those across columns."""
    last = first + count - 1
    while first and last - first + 1 < MOST_ROWS:
        here = [box for box in grid.facts.merges if first <= box.top <= last <= box.bottom and box.bottom < first + MOST_ROWS]
        lowest = max((box.bottom for box in here), default=last)
        across = any(box.bottom == last and box.right > box.left for box in here)
        below = lines[last] if last < len(lines) else []
        named = any(below) and not any(is_value(c) for c in below)
        if lowest > last and (named or not any(below)) and any(map(any, lines[lowest:])):
            last = lowest
        elif across and named:
            last += 1
        else:
            break
    return last - first + 1 if first else count


def choose_sheet(book: Book, rule: SheetRule | None) -> Part:
    """The sheet that a rule names; without a rule the first visible one. Raises ReadError listing the sheets there are."""
    visible = [p for p in book.parts if not p.hidden] or book.parts
    there = ", ".join(f'"{p.name}"' for p in book.parts[:LISTED])
    there += f" and {len(book.parts) - LISTED:,} more" if len(book.parts) > LISTED else ""
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


def list_sheets(file: FileBytes) -> list[SheetInfo]:
    """The worksheets in the order of the workbook."""
    book = open_book(file, Limits())
    return [SheetInfo(part.name, *book.area(part), part.hidden, part.state == "very hidden") for part in book.parts]


def raw_workbook_lines(file: FileBytes, options: ReadOptions, first: int, count: int) -> list[RawLine]:
    """Rows as text, cells parted by tabs, by spreadsheet row number."""
    book = open_book(file, Limits())
    grid = book.grid(choose_sheet(book, options.sheet), first + count)
    last = min(first + count - 1, grid.rows)
    lines = row_texts(grid.columns, grid.texts, first - 1, last) if last >= first else []
    return [RawLine(number, "\t".join(c or "" for c in cells).rstrip("\t")) for number, cells in enumerate(lines, first)]
