"""A Parquet or Arrow file as a table: its columns in the types a table holds, nested ones as columns of their own or as text.

Sources of the formats: Apache Parquet, Apache Arrow columnar format (IPC file and stream; Feather version 2 is the file).
"""

import struct
from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather
import pyarrow.parquet as pq

from io_utils.bytes_in import FileBytes
from io_utils.columnar.types import TEXT, settled
from io_utils.errors import PasswordNeeded, ReadError
from io_utils.options import Limits, Note, Progress, RawLine, ReadOptions
from io_utils.tables import column_names, frame, rows_named, set_aside_frame

PARQUET, LOCKED = b"PAR1", b"PARE"
ARROW, FEATHER_1, STREAM = b"ARROW1", b"FEA1", b"\xff\xff\xff\xff"
DEEP = 20  # objects within objects that become columns
FIRST_ROW = 2  # below the names, as in a spreadsheet


def is_parquet(file: FileBytes, head: bytes) -> bool:
    """Whether the file begins as Parquet does."""
    return head.startswith((PARQUET, LOCKED))


def is_arrow(file: FileBytes, head: bytes) -> bool:
    """Whether the file is an Arrow file, stream or old Feather file."""
    if head.startswith((ARROW, FEATHER_1)):
        return True
    if not head.startswith(STREAM) or len(head) < 16:
        return False
    (size,) = struct.unpack("<i", head[4:8])
    return 0 < size < 1 << 28 and size % 8 == 0


def detect_parquet(file: FileBytes) -> list[ReadOptions]:
    """The one way to read a Parquet file."""
    return [ReadOptions(format="parquet", evidence=("Parquet file.",))]


def detect_arrow(file: FileBytes) -> list[ReadOptions]:
    """The one way to read an Arrow file."""
    return [ReadOptions(format="feather", evidence=("Arrow file (Feather).",))]


def damaged(file: FileBytes, what: str) -> ReadError:
    """What to say of a file that cannot be opened."""
    return ReadError(f"{file.name}: the {what} file is damaged or cut off and cannot be read. Export or copy it again.")


def open_parquet(file: FileBytes) -> pq.ParquetFile:
    """The file with its columns and sizes. Raises ReadError, PasswordNeeded if it is encrypted."""
    if bytes(file.data[:4]) == LOCKED or bytes(file.data[-4:]) == LOCKED:
        raise PasswordNeeded(f"{file.name}: the Parquet file is encrypted. Save a copy without encryption, and load that.")
    try:
        return pq.ParquetFile(pa.BufferReader(file.buffer()))
    except (pa.ArrowException, OSError, ValueError) as error:
        if "encrypt" in str(error).lower():
            raise PasswordNeeded(f"{file.name}: the Parquet file is encrypted. Save a copy without encryption, and load that.") from error
        raise damaged(file, "Parquet") from error


def read_parquet(
    file: FileBytes, options: ReadOptions, limits: Limits, progress: Progress
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note], ReadOptions]:
    """The table, the values that no table can hold, the notes, and the options."""
    opened = open_parquet(file)
    meta = opened.metadata
    check_size(file, meta.num_rows, meta.num_columns, limits)
    unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    if unpacked > limits.unpacked:
        raise ReadError(f"{file.name}: the file unpacks to {unpacked / 2**30:.1f} GB, more than can be read. Load it in parts.")
    try:
        groups = []
        for group in range(meta.num_row_groups):
            progress(0.05 + 0.55 * group / meta.num_row_groups, "Reading the columns")
            groups.append(opened.read_row_group(group))
        table = pa.concat_tables(groups) if groups else opened.schema_arrow.empty_table()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(file, "Parquet") from error
    return built(file, table, options, limits, progress, "Parquet")


def read_arrow(
    file: FileBytes, options: ReadOptions, limits: Limits, progress: Progress
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note], ReadOptions]:
    """The table, the values that no table can hold, the notes, and the options."""
    progress(0.1, "Reading the columns")
    try:
        table = arrow_table(file, limits)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(file, "Arrow") from error
    return built(file, table, options, limits, progress, "Arrow")


def arrow_table(file: FileBytes, limits: Limits) -> pa.Table:
    """The table of an Arrow file or stream, or of a Feather file of version 1."""
    if bytes(file.data[:4]) == FEATHER_1:
        return feather.read_table(pa.BufferReader(file.buffer()))
    batches, rows = [], 0
    opened = arrow_reader(file)
    for batch in arrow_batches(opened):
        rows += batch.num_rows
        check_size(file, rows, batch.num_columns, limits)
        batches.append(batch)
    return pa.Table.from_batches(batches, opened.schema)


def arrow_reader(file: FileBytes) -> pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader:
    """The reader of the file or stream."""
    return (pa.ipc.open_file if bytes(file.data[:6]) == ARROW else pa.ipc.open_stream)(file.buffer())


def arrow_batches(opened: pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader) -> Iterator[pa.RecordBatch]:
    """The pieces of the file."""
    if isinstance(opened, pa.ipc.RecordBatchFileReader):
        for at in range(opened.num_record_batches):
            yield opened.get_batch(at)
    else:
        yield from opened


def check_size(file: FileBytes, rows: int, columns: int, limits: Limits) -> None:
    """Raise ReadError if there are more rows or columns than can be read."""
    if rows > limits.rows:
        raise ReadError(
            f"{file.name}: {rows:,} rows, but at most {limits.rows:,} can be read. Load the file in parts.{limits.hint('rows')}"
        )
    if columns > limits.columns:
        raise ReadError(
            f"{file.name}: {columns:,} columns, but at most {limits.columns:,} can be read. Save it with fewer columns."
            f"{limits.hint('columns')}"
        )


def built(
    file: FileBytes, table: pa.Table, options: ReadOptions, limits: Limits, progress: Progress, what: str
) -> tuple[pd.DataFrame, pd.DataFrame, list[Note], ReadOptions]:
    """The columns in types a table holds, with what is to be said."""
    check_size(file, table.num_rows, table.num_columns, limits)
    if not table.num_columns:
        raise ReadError(f"{file.name}: the {what} file has no columns. Choose another file.")
    paths, columns = [], []
    try:
        table.validate(full=True)  # what a damaged file holds must not be looked at before
        for number, field in enumerate(table.schema):
            for path, values in flattened((field.name,), table.column(number), options.nested == "flatten"):
                paths.append(".".join(path))
                columns.append(values)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise damaged(file, what) from error
    check_size(file, table.num_rows, len(columns), limits)
    names, notes = column_names(paths, 1)
    notes = [Note(text="Rows are numbered by their position in the file: the first is row 2, as below a header."), *notes]
    data, aside = {}, []
    for at, (name, values) in enumerate(zip(names, columns, strict=True)):
        progress(0.6 + 0.35 * at / len(names), "Building the table")
        try:
            found = settled(values)
        except (pa.ArrowException, ValueError, OverflowError) as error:
            raise ReadError(
                f'{file.name}: column "{name}" (type {values.type}) cannot be read exactly: {error}. Save it as text.'
            ) from error
        data[name] = found.values
        if found.said:
            notes.append(Note(text=f'Column "{name}" {found.said}.', column=name))
        if found.nan:
            cells = "1 cell is" if found.nan == 1 else f"{found.nan:,} cells are"
            notes.append(Note(text=f'Column "{name}": {cells} NaN (not a number); they are missing in the table.', column=name))
        if found.lost:
            rows = [place + FIRST_ROW for place, _ in found.lost]
            text = f'Column "{name}", {rows_named(rows, "row")}: infinity is no value of a table; it is missing and listed.'
            notes.append(Note(text=text, column=name, row=rows[0], kind="warning"))
            aside += [(place + FIRST_ROW, f'a value of "{name}" that no table can hold', text) for place, text in found.lost]
        check_cells(file, name, found.values, limits)
    made = frame(data, range(FIRST_ROW, FIRST_ROW + table.num_rows))
    if not len(made):
        notes.append(Note(text=f"{file.name} has columns but no rows.", kind="warning"))
    return made, set_aside_frame(aside, file.name, None), notes, options.model_copy(update={"columns": tuple(names)})


def check_cells(file: FileBytes, name: str, values: pa.ChunkedArray, limits: Limits) -> None:
    """Raise ReadError if a text is longer than can be read."""
    if values.type == TEXT and values.nbytes > limits.cell_length:
        longest = pc.max(pc.utf8_length(values)).as_py() or 0
        if longest > limits.cell_length:
            raise ReadError(
                f'{file.name}: column "{name}" holds a text of {longest:,} characters, but at most {limits.cell_length:,} can be read.'
                f"{limits.hint('cell_length')}"
            )


def flattened(path: tuple[str, ...], values: pa.ChunkedArray, flatten: bool) -> Iterator[tuple[tuple[str, ...], pa.ChunkedArray]]:
    """The column, or a column for each field of the objects it holds."""
    of = values.type
    if not (flatten and pa.types.is_struct(of) and of.num_fields and len(path) <= DEEP):
        yield path, values
        return
    for at, inner in enumerate(values.flatten()):
        yield from flattened((*path, of.field(at).name), inner, flatten)


def raw_parquet(file: FileBytes, options: ReadOptions, first: int, count: int) -> list[RawLine]:
    """The file's columns with the types they have there, by number."""
    return schema_lines(file, open_parquet(file).schema_arrow, first, count)


def raw_arrow(file: FileBytes, options: ReadOptions, first: int, count: int) -> list[RawLine]:
    """The file's columns with the types they have there, by number."""
    try:
        schema = (
            feather.read_table(pa.BufferReader(file.buffer())).schema if bytes(file.data[:4]) == FEATHER_1 else arrow_reader(file).schema
        )
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(file, "Arrow") from error
    return schema_lines(file, schema, first, count)


def schema_lines(file: FileBytes, schema: pa.Schema, first: int, count: int) -> list[RawLine]:
    """A line for each column. Raises ReadError if a name is no text."""
    try:
        fields = list(schema)[first - 1 : first - 1 + count]
        return [RawLine(number, f"{field.name}: {field.type}") for number, field in enumerate(fields, first)]
    except UnicodeDecodeError as error:
        raise ReadError(f"{file.name}: the file is damaged: the name of a column is no text. Export or copy it again.") from error
