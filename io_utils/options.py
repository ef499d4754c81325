"""How a file is to be read: the choices, and what reading gives back."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from io_utils.facts import Facts

FormatName = Literal["csv", "xlsx", "xlsb", "xls", "ods", "html", "xml", "json", "parquet", "feather", "markdown"]
Shape = Literal["records", "lines", "rows", "columns", "by_key", "one"]
LineKind = Literal["repeated_header", "total", "footer"]
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

    Of delimited text: ``delimiter`` may be several characters; ``escape`` is what stands before a quote or delimiter that is
    text; ``skip_space`` leaves out spaces beside delimiters; lines that begin with ``comment`` are left out. The header may
    take several lines (``header_rows``), joined or one of them as names. ``leave_out`` names kinds of lines that are no rows,
    ``odd_rows`` splits a row that another delimiter parts as the header is; ``extra_cells`` is what becomes of cells beyond
    the header. ``table`` chooses one of several tables in the file (0: all lines are one table), ``cuts`` are the positions
    where columns of fixed width begin. ``bad_bytes`` refuses or shows bytes the encoding has no meaning for; ``mojibake``
    sets right UTF-8 that was read as Windows-1252. ``put_back`` are the numbers of lines that would be left out and are rows
    after all, ``left_out`` those of rows to leave out; both only in a file of ``hand_lines`` lines (0: in any).

    Of workbooks: ``range`` is the part of the sheet that is read (``B4:H200``; empty: all of it), ``hidden`` whether rows and
    columns that Excel does not show are read, ``merged`` whether every cell of a merged area has the value of its first.

    Of JSON: ``shape`` is how rows lie in the file, ``records`` the keys that lead to the list of rows, ``nested`` whether
    objects within objects become columns (``address.city``, of Parquet and Arrow too) or stay JSON text. Of archives:
    ``member`` is the file inside; empty if there is only one, or for the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: FormatName
    encoding: str = "utf-8"
    delimiter: str = Field(",", min_length=1, max_length=10, pattern=r"^[^\r\n]+$")
    quote: str = Field('"', max_length=1)
    escape: Literal["", "\\"] = ""
    skip_space: bool = False
    comment: str = Field("", max_length=4)
    header_row: int = Field(1, ge=0)
    header_rows: int = Field(1, ge=1, le=10)
    header_names: Literal["joined", "first", "last"] = "joined"
    leave_out: tuple[LineKind, ...] = ()
    odd_rows: Literal["keep", "split"] = "keep"
    extra_cells: Literal["keep", "leave_out"] = "keep"
    table: int = Field(0, ge=0)
    cuts: tuple[int, ...] = ()
    bad_bytes: Literal["refuse", "show"] = "refuse"
    mojibake: bool = False
    put_back: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    hand_lines: int = Field(0, ge=0)
    shape: Shape = "records"
    records: tuple[str, ...] = ()
    nested: Literal["flatten", "text"] = "flatten"
    member: str = ""
    range: str = Field("", max_length=30)
    hidden: Literal["include", "leave_out"] = "include"
    merged: Literal["keep", "fill"] = "keep"
    sheet: SheetRule | None = None
    columns: tuple[str, ...] | None = None
    confidence: float = 1.0
    evidence: tuple[str, ...] = ()

    def key(self) -> str:
        """The choices as canonical JSON, the same for the same choices."""
        choices = self.model_dump(mode="json", exclude={"confidence", "evidence"})
        return json.dumps(choices, sort_keys=True, separators=(",", ":"))


class Limits(BaseSettings):
    """What a file may hold before it is refused with a message; ``WORKBENCH_LIMIT_ROWS=5000000`` sets ``rows``, and so on."""

    model_config = SettingsConfigDict(env_prefix="WORKBENCH_LIMIT_", frozen=True, extra="forbid")

    size: int = Field(8 * 2**30, ge=1, description="Bytes of a text file.")
    rows: int = Field(100_000_000, ge=1, description="Rows of a table.")
    cell_length: int = Field(2**25, ge=1, description="Characters of one cell of text.")
    columns: int = Field(16_384, ge=1, description="Columns of a table.")
    cells: int = Field(40_000_000, ge=1, description="Cells of a sheet's used area: a stray one in XFD1048576 makes it 17 billion.")
    unpacked: int = Field(4 * 2**30, ge=1, description="Bytes that a workbook or a compressed file may unpack to.")
    ratio: int = Field(1_000, ge=1, description="Bytes that a byte of a compressed file may unpack to, on the whole.")
    members: int = Field(10_000, ge=1, description="Files in an archive.")
    depth: int = Field(100, ge=1, description="Objects within objects of JSON.")

    def hint(self, name: str) -> str:
        """The end of a message: by which setting the limit is changed."""
        return f" The limit is the setting WORKBENCH_LIMIT_{name.upper()}."


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
    very_hidden: bool = False  # not in Excel's own list of hidden sheets


class RawLine(NamedTuple):
    """A record of a file as it stands, with the row number a spreadsheet shows."""

    number: int
    text: str


@dataclass
class Read:
    """A file as a table, with everything that is not in the table.

    ``set_aside`` has one line per record left out: columns ``file``, ``sheet``, ``reason``, ``text`` (text) and
    ``line`` (int64, the spreadsheet row). ``facts`` is what else was found out about the file.
    """

    table: pd.DataFrame
    options: ReadOptions
    set_aside: pd.DataFrame
    notes: list[Note]
    sources: list[Source]
    digest: str
    facts: Facts = field(default_factory=Facts)


def row_place(sources: Sequence[Source], row: int) -> str:
    """Where a row number comes from: ``january.csv row 812``, with the sheet if there is one."""
    for source in sources:
        if source.first <= row <= source.last:
            sheet = f' sheet "{source.sheet}"' if source.sheet is not None else ""
            return f"{source.file}{sheet} row {row - source.first + source.first_row}"
    return f"row {row}"
