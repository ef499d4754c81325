"""Tables on disk: one Arrow file a column, mapped back without a copy."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from io_utils.tables import arrow


class SavedColumns(BaseModel):
    """Where a table's columns lie in a folder: file names by column, in order; row numbers as a file or as [start, stop]."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, str]
    rows: str | tuple[int, int]

    def files(self) -> list[str]:
        """Every file that the table needs."""
        return [*self.columns.values(), *([self.rows] if isinstance(self.rows, str) else [])]


def save_columns(
    table: pd.DataFrame,
    folder: Path | str,
    stem: str,
    reuse: Mapping[str, str] | None = None,
    rows: str | tuple[int, int] | None = None,
) -> SavedColumns:
    """Write each column to ``stem-3.arrow`` (its position) and the row numbers to ``stem-rows.arrow``.

    Columns named in ``reuse`` are not written: their file is there already; the same goes for ``rows``. Consecutive row
    numbers need no file. A file appears under its name only when it is whole. Raises OSError.
    """
    folder = Path(folder)
    columns = {}
    for position, name in enumerate(table.columns):
        known = (reuse or {}).get(name)
        columns[name] = known or f"{stem}-{position}.arrow"
        if known is None:
            save_column(arrow(table[name]), folder / columns[name])
    if rows is None and isinstance(table.index, pd.RangeIndex) and table.index.step == 1:
        rows = (table.index.start, table.index.stop)
    elif rows is None:
        rows = f"{stem}-rows.arrow"
        save_column(pa.chunked_array([pa.array(table.index.to_numpy(), pa.int64())]), folder / rows)
    return SavedColumns(columns=columns, rows=rows)


def load_columns(folder: Path | str, saved: SavedColumns) -> pd.DataFrame:
    """The table, its columns mapped from their files: nothing is read until it is used.

    Raises OSError if a file is not there or is damaged.
    """
    folder = Path(folder)
    if isinstance(saved.rows, str):
        index = pd.Index(load_column(folder / saved.rows).to_numpy().astype("int64", copy=False))
    else:
        index = pd.RangeIndex(*saved.rows)
    series = {}
    for name, file in saved.columns.items():
        values = load_column(folder / file)
        if len(values) != len(index):
            raise OSError(f"{file}: {len(values):,} values, but {len(index):,} rows")
        series[name] = pd.Series(values, dtype=pd.ArrowDtype(values.type), index=index)
    return pd.DataFrame(series, index=index)


def save_column(values: pa.ChunkedArray, path: Path) -> None:
    """One column as an uncompressed Arrow file, under its name only when it is whole."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        with pa.OSFile(str(temporary), "wb") as file, pa.ipc.new_file(file, pa.schema([("values", values.type)])) as writer:
            writer.write_table(pa.table([values], names=["values"]))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load_column(path: Path) -> pa.ChunkedArray:
    """A column mapped from its file."""
    try:
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all().column(0)
    except (pa.ArrowInvalid, IndexError) as error:
        raise OSError(f"{path.name}: not a whole Arrow file") from error
