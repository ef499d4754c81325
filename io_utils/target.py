"""Where a file is written: a path, replaced only when the file is whole, or an open binary file."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from io_utils.errors import WriteError
from io_utils.options import Note

Target = str | Path | BinaryIO
Share = Callable[[float], None]  # told the share of the rows that is written


@dataclass
class Written:
    """What was changed or could not be held while writing."""

    notes: list[Note] = field(default_factory=list)


@contextmanager
def opened(target: Target) -> Iterator[BinaryIO]:
    """A file to write to. A path gets a temporary name first, so that it never holds half a file."""
    if not isinstance(target, str | Path):
        yield target
        return
    path = Path(target)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        with temporary.open("xb") as file:
            yield file
        os.replace(temporary, path)
    except OSError as error:
        raise WriteError(f"{path.name}: the file cannot be written ({error.strerror or error}). Check the folder and its space.") from error
    finally:
        temporary.unlink(missing_ok=True)
