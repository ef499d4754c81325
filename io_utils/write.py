"""A table to a file, by its extension or a named format."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from io_utils.delimited.write import to_csv
from io_utils.errors import WriteError
from io_utils.json_write import to_json
from io_utils.target import Written
from io_utils.workbook.write import to_xlsx

WRITERS: dict[str, Callable[..., Written]] = {"csv": to_csv, "xlsx": to_xlsx, "json": to_json}


def write(table: pd.DataFrame, path: str | Path, format: str | None = None, **options: object) -> Written:
    """Write to a path in the format named or, without one, of its extension: csv, xlsx or json. Raises WriteError."""
    wanted = format or Path(path).suffix.lower().removeprefix(".")
    if wanted not in WRITERS:
        raise WriteError(f'{Path(path).name}: "{wanted}" is no format that can be written. Use one of: {", ".join(WRITERS)}.')
    return WRITERS[wanted](table, path, **options)
