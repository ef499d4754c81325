"""Several files or sheets read as one table: how they are put together, as rules that next month's files follow, too."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, model_validator

from io_utils import Read, ReadOptions, detect, read, sheets
from io_utils.stack import Part, stack
from steps.matching import match_names
from steps.values import free_names

WORKBOOKS = ("xlsx", "xlsb", "xls", "ods", "xml")
Progress = Callable[[float, str], None]


class FromName(BaseModel):
    """Columns taken from a file's name: by a pattern with named parts, or one part between marks.

    The pattern is an RE2 pattern, as in ``sales_(?P<month>[0-9-]+)``; each named part is a column. A name that does not
    match gives missing values. Parts are counted from 1, from the end with -1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    how: Literal["pattern", "split"] = "split"
    pattern: str = ""
    mark: str = "_"
    part: int = -1
    column: str = Field("from the name", min_length=1)

    @model_validator(mode="after")
    def _usable(self) -> "FromName":
        """Refuse a pattern that cannot be used, and parts that there are not."""
        if self.how == "pattern":
            if not re.search(r"\(\?P<\w+>", self.pattern):
                raise ValueError("the pattern has no named part. Write one like (?P<month>[0-9-]+)")
            self.values("x.csv")
        elif not self.mark or not self.part:
            raise ValueError("say what parts the name, and which part is wanted: 1 is the first, -1 the last")
        return self

    def values(self, file: str) -> dict[str, str | None]:
        """The new columns of one file. Raises ValueError for a pattern that is none."""
        stem = Path(file).stem
        if self.how == "split":
            parts = stem.split(self.mark)
            at = self.part - 1 if self.part > 0 else len(parts) + self.part
            return {self.column: (parts[at].strip() or None) if 0 <= at < len(parts) else None}
        try:
            found = pc.extract_regex(pa.array([stem], pa.large_string()), self.pattern)[0].as_py()
        except pa.ArrowInvalid as error:
            raise ValueError(f"the pattern cannot be used: {error}") from error
        names = [found] if found is not None else []
        groups = re.findall(r"\(\?P<(\w+)>", self.pattern)
        return {name: (names[0][name] or None) if names else None for name in groups}


class StackOptions(BaseModel):
    """How tables read one by one become one: which columns belong together, and what says where a row is from.

    ``matches`` says for columns of further files into which one of the first they go, a new one where there is none of that
    name; None leaves the column out. The others go into the one of the same name (but for capitals, signs and accents), or
    are what ``extra`` says. ``source`` and ``sheet`` name columns with the file and the sheet of each row.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["name", "position"] = "name"
    matches: dict[str, str | None] = Field(default_factory=dict)
    extra: Literal["add", "drop"] = "add"
    source: str | None = "source"
    sheet: str | None = None
    from_name: FromName | None = None


class StackRule(BaseModel):
    """How the files of a table are read: the first one's options, which sheets of workbooks, and how they are stacked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: ReadOptions
    stack: StackOptions = Field(default_factory=StackOptions)
    sheets: Literal["one", "all"] | tuple[str, ...] = "one"


def places(options: StackOptions, main: Sequence[str], columns: Sequence[str]) -> dict[str, str | None]:
    """For the columns of a further file the column they go into, None where they are left out."""
    if options.by == "position":
        into: dict[str, str | None] = dict(zip(columns, main, strict=False))
        rest = list(columns)[len(main) :]
    else:
        into = {c: options.matches[c] for c in columns if c in options.matches}
        taken = {to for to in into.values() if to is not None}
        left = [c for c in columns if c not in into]
        into |= {pair.right: pair.left for pair in match_names([m for m in main if m not in taken], left).pairs}
        rest = [c for c in left if c not in into]
    if options.extra == "drop":
        return into | dict.fromkeys(rest)
    return into | dict(zip(rest, free_names([*main, *(to for to in into.values() if to)], rest, "_2"), strict=True))


def stacked(reads: Sequence[Read], options: StackOptions) -> Read:
    """The readings as one table. Raises ReadError if two columns of a file go into one."""
    main = list(reads[0].table.columns)
    own: dict[str, str | None] = dict(zip(main, main, strict=True))
    into = [own, *(places(options, main, list(r.table.columns)) for r in reads[1:])]
    taken = list(dict.fromkeys(to for one in into for to in one.values() if to is not None))
    texts = [_texts(r, options) for r in reads]
    wanted = list(dict.fromkeys(name for one in texts for name in one))
    names = dict(zip(wanted, free_names(taken, wanted, "_2"), strict=True))
    added = [{names[name]: value for name, value in one.items()} for one in texts]
    return stack([Part(r, to, texts) for r, to, texts in zip(reads, into, added, strict=True)])


def _texts(found: Read, options: StackOptions) -> dict[str, str | None]:
    """What stands in every row of a part: its file, its sheet, and what its name says."""
    source = found.sources[0]
    said: dict[str, str | None] = {options.source: source.file} if options.source else {}
    if options.sheet:
        said[options.sheet] = source.sheet
    return said | (options.from_name.values(source.file) if options.from_name else {})


def read_files(
    paths: Sequence[Path], rule: StackRule | ReadOptions | None, progress: Progress | None = None, password: str | None = None
) -> Read:
    """The files read as the rule says, stacked if there are several or it says so. Raises ReadError."""
    first = rule.first if isinstance(rule, StackRule) else rule
    wanted = rule.sheets if isinstance(rule, StackRule) else "one"
    chosen = [(path, options) for path in paths for options in options_for(path, first, wanted, password)]
    reads = [_read_like(path, options, first, progress, password) for path, options in chosen]
    if len(reads) == 1 and not isinstance(rule, StackRule):
        return reads[0]
    options = rule.stack if isinstance(rule, StackRule) else StackOptions()
    return stacked(reads, options)


def _read_like(
    path: Path, options: ReadOptions, first: ReadOptions | None, progress: Progress | None, password: str | None
) -> Read:
    """A file read as the first one was; where no column of that one is found so, as detected: its header may stand elsewhere."""
    found = read(path, options, progress=progress, password=password)
    if options is not first or not options.columns or set(options.columns) & set(found.table.columns):
        return found
    return read(path, detect(path, password=password)[0], progress=progress, password=password)


def options_for(
    path: Path, first: ReadOptions | None, wanted: Literal["one", "all"] | tuple[str, ...] = "one", password: str | None = None
) -> list[ReadOptions]:
    """How a file is read, or several sheets of it: as ``first`` was where it is written alike, as detected elsewhere."""
    found = detect(path, password=password)
    if wanted != "one" and found[0].format in WORKBOOKS:
        names = sheet_names(path, password=password) if wanted == "all" else list(wanted)
        by_name = {o.sheet.name: o for o in found if o.sheet}
        chosen = [_by_name(by_name[name]) for name in names if name in by_name]
        return chosen or found[:1]
    alike = first is not None and first.format == found[0].format
    if alike and first is not None and first.format == "csv" and not first.columns:  # with names the reader settles what differs
        alike = (first.encoding, first.delimiter, first.quote) == (found[0].encoding, found[0].delimiter, found[0].quote)
    return [first if alike and first is not None else found[0]]


def sheet_names(path: Path | bytes, name: str | None = None, password: str | None = None) -> list[str]:
    """The visible sheets of a workbook that hold anything, in its order."""
    return [s.name for s in sheets(path, name, password=password) if s.rows and s.columns and not s.hidden]


def _by_name(options: ReadOptions) -> ReadOptions:
    """The options with the sheet named, and not the only visible one."""
    assert options.sheet is not None
    return options.model_copy(update={"sheet": options.sheet.model_copy(update={"by": "name"})})
