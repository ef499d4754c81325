"""A JSON file as a table: how it is to be read, the table, notes, and what is in no row."""

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from io_utils.bytes_in import FileBytes
from io_utils.errors import ReadError
from io_utils.json_text.columns import TEXT, Column, Columns, TooDeep, TooWide, finished
from io_utils.json_text.document import Document, lists_in, shape_of
from io_utils.json_text.plain import plain_rows
from io_utils.json_text.rows import Rows, dotted, entries, fill, first_row, header_of, uneven
from io_utils.json_text.scan import decoded, json_encoding, plain_text
from io_utils.options import Limits, Note, Progress, RawLine, ReadOptions, SheetInfo
from io_utils.tables import column_names, frame, rows_named, set_aside_frame

LONGEST = 2_000  # characters of a raw line shown
SHAPES: dict[str, str] = {
    "records": "A list of objects, one for each row.",
    "lines": "A value on each line, one for each row.",
    "rows": "A list of lists, one for each row.",
    "columns": "An object of columns.",
    "by_key": "An object of objects, one for each row; the keys become a column.",
    "one": "One object, one row.",
}
POSITION = "Rows are numbered by their position in the list: the first is row 2, as below a header."


def detect_json(file: FileBytes) -> list[ReadOptions]:
    """One way to read each list of rows in the file, the one with most rows first."""
    encoding, why, fits = json_encoding(file)
    document = Document(file.name, decoded(file, encoding, show=not fits)[0])
    shape, path, header = shape_of(document)
    first = ReadOptions(
        format="json", encoding=encoding, bad_bytes="refuse" if fits else "show", shape=shape, records=path, header_row=header,
        confidence=0.95, evidence=(f"{why.rstrip('.')}.", SHAPES[shape]),
    )  # fmt: skip
    if not path:
        return [first]
    others = sorted((f for f in lists_in(document.whole()) if f.columns and f.path != path), key=lambda f: -f.entries)
    said = f'The rows are in the list "{dotted(path)}"' + (f", the longest of {len(others) + 1} lists." if others else ".")
    best = first.model_copy(update={"evidence": (*first.evidence, said)})
    return [best, *(first.model_copy(update={"records": f.path, "confidence": 0.3}) for f in others[:20])]


def read_json(
    file: FileBytes, options: ReadOptions, limits: Limits, progress: Progress
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note], ReadOptions]:
    """The table, what is in no row, the notes, and the options. Raises ReadError."""
    if len(file) > limits.size:
        raise ReadError(
            f"{file.name}: the file has {len(file):,} bytes, but at most {limits.size:,} can be read. Load it in parts."
            f"{limits.hint('size')}"
        )
    progress(0.05, "Checking the text")
    bad, header, document = 0, None, None
    rows = plain_rows(file, options, limits)
    if rows is None:
        text, bad = decoded(file, options.encoding, options.bad_bytes == "show")
        document = Document(file.name, text)
        header = header_of(document, options)
        rows = one_by_one(document, options, limits, progress)
    if not rows.columns.top.inner:
        what = "its objects are empty" if rows.numbers else "nothing in it is a row" if rows.aside else "its list is empty"
        raise ReadError(f"{file.name}: the file holds no columns: {what}. Choose another file, or another shape.")
    progress(0.9, "Building the table")
    table, notes = built(rows, options, header, limits, file.name)
    before = [Note(text=POSITION)] if options.shape != "rows" else []
    if bad:
        before.append(Note(text=f"{bad:,} bytes are not valid in the encoding; they are shown as \\x and two digits.", kind="warning"))
    if rows.repeated:
        text = f"{rows_named(rows.repeated)}: a key comes again in the object. The last value is used, the others are listed as left out."
        before.append(Note(text=text, row=rows.repeated[0], kind="warning"))
    if options.shape == "columns" and document and (short := uneven(document.whole())):
        more = f" and {len(short) - 5:,} more" if len(short) > 5 else ""
        text = f"Columns shorter than the others are missing their last values: {', '.join(short[:5])}{more}."
        before.append(Note(text=text, column=short[0], kind="warning"))
    aside = set_aside_frame(rows.aside, file.name, None)
    return table, aside, [*before, *notes], options.model_copy(update={"columns": tuple(map(str, table.columns))})


def one_by_one(document: Document, options: ReadOptions, limits: Limits, progress: Progress) -> Rows:
    """The rows, read object by object. Raises ReadError if there are too many columns or levels."""
    rows = Rows(Columns(options.nested == "flatten", limits.columns, limits.depth))
    size = max(len(document.text), 1)
    try:
        fill(rows, document, options, limits, lambda at: progress(0.1 + 0.75 * at / size, "Reading the rows"))
    except TooWide as error:
        where = f' in "{error}"' if str(error) else ""
        raise ReadError(
            f"{document.name}: there are more than {limits.columns:,} keys{where}, which is as many columns as can be read. "
            f"Keep nested values as text, or read the file in another shape.{limits.hint('columns')}"
        ) from error
    except (TooDeep, RecursionError) as error:
        raise ReadError(
            f"{document.name}: objects are nested more than {limits.depth:,} levels deep. Keep nested values as text, or simplify the file."
            f"{limits.hint('depth')}"
        ) from error
    return rows


def built(rows: Rows, options: ReadOptions, header: list[str] | None, limits: Limits, file: str) -> tuple[pd.DataFrame, list[Note]]:
    """The table and what is to be said about its columns."""
    found = rows.columns.named()
    if options.shape == "rows":
        names, found, notes = list_names(found, header)
    else:
        names, notes = column_names([c.name for c in found], 1)
    size, data = len(rows.numbers), {}
    for name, column in zip(names, found, strict=True):
        data[name], said = finished(column, size)
        notes += column_notes(column, name, said, rows, size)
        if data[name].type == TEXT and data[name].nbytes > limits.cell_length:
            longest = pc.max(pc.utf8_length(data[name])).as_py() or 0
            if longest > limits.cell_length:
                raise ReadError(
                    f'{file}: column "{name}" holds a text of {longest:,} characters, but at most {limits.cell_length:,} can be read.'
                    f'{limits.hint("cell_length")}'
                )
    numbers = rows.numbers if isinstance(rows.numbers, range) else np.array(rows.numbers, "int64")
    return frame(data, numbers), notes


def list_names(found: list[Column], header: list[str] | None) -> tuple[list[str], list[Column], list[Note]]:
    """The columns of a list of lists in their order, named by the header; cells beyond it are in extra columns."""
    found = sorted(found, key=lambda c: int(c.path[0]))
    width = max([int(c.path[0]) + 1 for c in found], default=0)
    first = list(header) if header is not None else [f"column_{i + 1}" for i in range(width)]
    first += [f"extra_{i + 1}" for i in range(width - len(first))]
    empty = [Column((str(i),)) for i in range(len(first)) if not any(int(c.path[0]) == i for c in found)]
    found = sorted([*found, *empty], key=lambda c: int(c.path[0]))
    names, notes = column_names([".".join((first[int(c.path[0])], *c.path[1:])) for c in found], 1)
    beyond = [n for n, c in zip(names, found, strict=True) if header is not None and int(c.path[0]) >= len(header)]
    if beyond:
        text = f'Some rows are longer than the header; their extra cells are kept from "{beyond[0]}" on.'
        notes.append(Note(text=text, column=beyond[0], kind="warning"))
    return names, found, notes


def column_notes(column: Column, name: str, said: str, rows: Rows, size: int) -> list[Note]:
    """What is to be said about a column: its kind, keys that are absent, NaN and infinity, half characters."""
    notes = [Note(text=f'Column "{name}" {said}.', column=name)] if said else []
    missing = sum(p.values.null_count for p in column.parts) if column.parts else column.present
    missing -= max(0, sum(len(p.values) for p in column.parts) - column.present)  # a part may hold rows without the key, too
    absent = size - column.present
    if 0 < absent < size and missing and len(column.path) == 1:
        text = f'Column "{name}": of {size:,} rows the key is absent from {absent:,} and null in {missing:,}; both are missing.'
        notes.append(Note(text=text, column=name))
    for sign in sorted({text for _, text in column.constants}):
        at = [rows.numbers[place] for place, text in column.constants if text == sign]
        text = f'Column "{name}", {rows_named(at, "row")}: {sign} is no number in JSON; the value is missing.'
        notes.append(Note(text=text, column=name, row=at[0], kind="warning"))
        if sign != "NaN":
            rows.aside += [(row, f'a value of "{name}" that no table can hold', sign) for row in at]
    if column.surrogates:
        at = [rows.numbers[place] for place in column.surrogates]
        text = f'Column "{name}", {rows_named(at, "row")}: half a character (\\ud800 to \\udfff) is shown as it was written.'
        notes.append(Note(text=text, column=name, row=at[0], kind="warning"))
    return notes


def raw_json_lines(file: FileBytes, options: ReadOptions, first: int, count: int) -> list[RawLine]:
    """The entries as they stand, by row number; what is not in one place of the file is written out again."""
    document = Document(file.name, decoded(file, options.encoding, show=True)[0])
    lines = []
    for entry in entries(document, options):
        number = entry.position + first_row(document, options) - 1
        if number >= first + count:
            break
        if number >= first:
            text = document.text[entry.start : entry.end] if entry.start >= 0 else plain_text(entry.value)
            lines.append(RawLine(number, text[:LONGEST]))
    return lines


def sheets_json(file: FileBytes) -> list[SheetInfo]:
    """The lists of objects in the file; none if it is a list itself or has one value a line."""
    encoding, _, _ = json_encoding(file)
    document = Document(file.name, decoded(file, encoding, show=True)[0])
    if not document.text.startswith("{", document.begin) or not document.one_value():
        return []
    return [SheetInfo(dotted(f.path), f.entries, f.columns, False) for f in lists_in(document.whole()) if f.columns]
