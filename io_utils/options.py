"""How a file is to be read: the choices, and what reading gives back."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

Progress = Callable[[float, str], None]  # share done (0 to 1), what is being done


class SheetRule(BaseModel):
    """Which sheet of a workbook to read: by name, position (1 is the first), pattern, or the only visible one.

    ``name`` is also the name the rule gave last time, kept for messages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: Literal["name", "position", "only_visible", "pattern"] = "name"
    name: str | None = None
    position: int | None = Field(None, ge=1)
    pattern: str | None = None


class ReadOptions(BaseModel):
    """The choices that turn a file into a table; plain JSON.

    ``header_row`` is a spreadsheet row number, 0 means that there is no header. ``columns`` are the header's names when
    the file was last read: the header is looked for by them, ``header_row`` is the fallback. ``confidence`` and
    ``evidence`` say how sure the detection was and why; they are no choices.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["csv", "xlsx"]
    encoding: str = "utf-8"
    delimiter: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', max_length=1)
    header_row: int = Field(1, ge=0)
    sheet: SheetRule | None = None
    columns: tuple[str, ...] | None = None
    confidence: float = 1.0
    evidence: tuple[str, ...] = ()

    def key(self) -> str:
        """The choices as canonical JSON, the same for the same choices."""
        choices = self.model_dump(mode="json", exclude={"confidence", "evidence"})
        return json.dumps(choices, sort_keys=True, separators=(",", ":"))


class Limits(BaseModel):
    """What a file may hold before it is refused with a message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: int = 16_384
    cells: int = 40_000_000  # of a sheet's used area: a stray cell in XFD1048576 makes it 17 billion
    unpacked: int = 4 * 2**30  # bytes a workbook may unpack to


class Note(BaseModel):
    """One thing the reader or writer did that the user should know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    column: str | None = None
    row: int | None = None
    kind: Literal["info", "warning"] = "info"


class Source(NamedTuple):
    """Row numbers ``first`` to ``last`` of a table are the rows of this file (and sheet) from ``first_row`` on."""

    first: int
    last: int
    file: str
    sheet: str | None
    first_row: int


class SheetInfo(NamedTuple):
    """A sheet of a workbook, with the rows and columns of its used area."""

    name: str
    rows: int
    columns: int
    hidden: bool


class RawLine(NamedTuple):
    """A record of a file as it stands, with the row number a spreadsheet shows."""

    number: int
    text: str


@dataclass
class Read:
    """A file as a table, with everything that is not in the table.

    ``set_aside`` has one line per record left out: columns ``file``, ``sheet``, ``reason``, ``text`` (text) and
    ``line`` (int64, the spreadsheet row).
    """

    table: pd.DataFrame
    options: ReadOptions
    set_aside: pd.DataFrame
    notes: list[Note]
    sources: list[Source]
    digest: str


def row_place(sources: list[Source], row: int) -> str:
    """Where a row number comes from: ``january.csv row 812``, with the sheet if there is one."""
    for source in sources:
        if source.first <= row <= source.last:
            sheet = f' sheet "{source.sheet}"' if source.sheet is not None else ""
            return f"{source.file}{sheet} row {row - source.first + source.first_row}"
    return f"row {row}"
