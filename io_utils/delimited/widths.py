"""Records longer or shorter than the header: columns for extra cells, and notes that say where they are."""

import pyarrow as pa

from io_utils.delimited.head import Header
from io_utils.delimited.parsed import Parsed
from io_utils.options import Note
from io_utils.tables import free_name, rows_named


def settle_width(
    names: list[str], notes: list[Note], parsed: Parsed, header: Header
) -> tuple[list[str], list[Note], list[pa.ChunkedArray]]:
    """Names and notes for records longer or shorter than the header; columns without a name and without a value go."""
    columns, width = list(parsed.columns), len(names)
    long = {r: n for r, n in parsed.ragged.items() if n > width}
    while len(columns) > width and columns[-1].null_count == len(columns[-1]):
        columns.pop()
    if len(columns) == width and long:
        notes.append(Note(text=f"{rows_named(list(long))}: ends with empty extra cells, which are left out.", row=next(iter(long))))
    elif long:
        for number in range(1, len(columns) - width + 1):
            name = f"extra_{number}"
            names.append(name if name not in names else free_name(name, set(names)))
        row, cells = next(iter(long.items()))
        kept = f'column "{names[width]}"' if len(names) == width + 1 else f'columns "{names[width]}" to "{names[-1]}"'
        place = "the header has" if header.row else "the first row has"
        notes.append(
            Note(
                text=f"{rows_named(list(long))}: {cells} cells{' in the first of them' if len(long) > 1 else ''}, but {place} {width}. "
                f"The extra cells are kept in {kept}.",
                row=row,
                kind="warning",
            )
        )
    while header.row and len(columns) == width > 1 and not (header.cells[width - 1] or "").strip() and all_missing(columns[-1]):
        columns.pop()
        gone = names.pop()
        width -= 1
        notes = [n for n in notes if n.column != gone]
        notes.append(Note(text=f"Column {width + 1} has no name and no value; it is left out.", row=header.row))
    short = {r: n for r, n in parsed.ragged.items() if n < width}
    if short:
        row, cells = next(iter(short.items()))
        notes.append(
            Note(
                text=f"{rows_named(list(short))}: {cells} {'cell' if cells == 1 else 'cells'}"
                f"{' in the first of them' if len(short) > 1 else ''}, but {width} columns. The cells not there are missing.",
                row=row,
                kind="warning",
            )
        )
    return names, notes, columns


def all_missing(column: pa.ChunkedArray) -> bool:
    """Whether no cell of the column is filled."""
    return column.null_count == len(column)
