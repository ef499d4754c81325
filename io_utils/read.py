"""A file to a table: opens it, finds how it is to be read, and calls the reader of its format."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from io_utils.bytes_in import digest as sha256
from io_utils.bytes_in import open_bytes
from io_utils.detect import detect_file
from io_utils.facts import Facts
from io_utils.formats import format_for, format_of
from io_utils.options import Limits, Progress, RawLine, Read, ReadOptions, SheetInfo, Source
from io_utils.packed.archive import Member, is_archive
from io_utils.packed.archive import members as members_of
from io_utils.packed.unpack import unpacked
from io_utils.workbook.unlock import unlocked


def read(
    source: Path | str | bytes,
    options: ReadOptions | None = None,
    *,
    name: str | None = None,
    digest: str | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
    password: str | None = None,
) -> Read:
    """The file as a table, with what was left out, notes, and the sha256 of its bytes (taken as given if given).

    CSV cells are text as written; an empty unquoted cell is missing. Workbook columns whose cells share one type keep it.
    The index holds the row numbers a spreadsheet shows. Raises ReadError, PasswordNeeded if a workbook is protected and
    ``password`` is not its password; it is kept nowhere.
    """
    outer = open_bytes(source, name)
    say = progress or (lambda share, what: None)
    with ThreadPoolExecutor(1) as pool:  # hashing needs no lock: it runs beside the reading
        hashed = None if digest else pool.submit(sha256, outer)
        packed = unpacked(outer, options.member if options else "", limits)
        file = unlocked(packed.file, password)
        chosen = options or detect_file(file)[0]
        reader = format_for(file, chosen).read
        table, aside, notes, found, *more = reader(file, chosen, limits or Limits(), say)
        digest = digest or (hashed.result() if hashed else "")
    found, notes = found.model_copy(update={"member": packed.member}), [*packed.notes, *notes]
    sheet = found.sheet.name if found.sheet else None
    first = int(table.index[0]) if len(table) else found.header_row + 1
    last = int(table.index[-1]) if len(table) else found.header_row
    say(1.0, "Done")
    return Read(table, found, aside, notes, [Source(first, last, file.name, sheet, first)], digest, more[0] if more else Facts())


def members(source: Path | str | bytes, name: str | None = None) -> list[Member]:
    """The files in an archive that may be tables, the likely ones first; none if the file is no archive."""
    file = open_bytes(source, name)
    return members_of(file, Limits()) if is_archive(file) else []


def sheets(source: Path | str | bytes, name: str | None = None, member: str = "", password: str | None = None) -> list[SheetInfo]:
    """The worksheets of a workbook with the size of their used area, the lists of rows of a JSON file; none for others."""
    file = unlocked(unpacked(open_bytes(source, name), member).file, password)
    listed = format_of(file).sheets
    return listed(file) if listed else []


def raw_lines(
    source: Path | str | bytes,
    options: ReadOptions,
    name: str | None = None,
    first: int = 1,
    count: int = 30,
    password: str | None = None,
) -> list[RawLine]:
    """Rows of the file as they stand, from row ``first`` on: the text of a CSV record, a workbook's cells parted by tabs."""
    file = unlocked(unpacked(open_bytes(source, name), options.member).file, password)
    return format_for(file, options).raw_lines(file, options, first, count)
