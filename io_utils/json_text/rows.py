"""The entries of a JSON file as rows: what shape they have, which are rows, and what is left out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from io_utils.errors import ReadError
from io_utils.json_text.columns import Columns
from io_utils.json_text.document import Document, Entry, at_path, beside, is_split, lists_in
from io_utils.json_text.scan import Value, plain_text
from io_utils.options import Limits, ReadOptions

BATCH = 5_000  # rows kept as Python objects at once
KEY = "key"  # the column that holds the keys of an object of objects


@dataclass
class Rows:
    """What is read: columns, row numbers, what is left out (row, reason, text), and the rows with a key that comes again."""

    columns: Columns
    numbers: list[int] | range = field(default_factory=list)
    aside: list[tuple[int, str, str]] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)

    def add(self, values: list[Value], limits: Limits, name: str) -> None:
        """Add a batch of rows whose numbers are there already."""
        end = len(self.numbers)
        if end > limits.rows:
            raise ReadError(
                f"{name}: more than {limits.rows:,} rows, which is as many as can be read. Load the file in parts."
                f"{limits.hint('rows')}"
            )
        if values:
            self.columns.add(range(end - len(values), end), values)

    def note_repeated(self, number: int, repeated: list[tuple[str, Value]]) -> None:
        """List the values of keys that came again in the object of a row."""
        if repeated:
            reason = 'the key "{}" comes again in the row; its last value is used'
            self.aside += [(number, reason.format(key), plain_text(value)) for key, value in repeated]
            self.repeated.append(number)
            repeated.clear()


def dotted(path: Sequence[str]) -> str:
    """A path of keys as text."""
    return ".".join(path)


def header_of(document: Document, options: ReadOptions) -> list[str] | None:
    """The column names of a list of lists: beside it, or its first row; None if there are none."""
    if options.shape != "rows":
        return None
    if options.records == ("data",) and is_split(document.whole()):
        return list(document.whole()["columns"])
    if not options.header_row:
        return None
    first = next((e.value for e in entries(document, options) if type(e.value) is list), [])
    return ["" if c is None else plain_text(c) for c in first]


def entries(document: Document, options: ReadOptions) -> Iterator[Entry]:
    """The entries that are rows in the shape asked for. Raises ReadError if the file has another one."""
    shape = options.shape
    if shape == "lines":
        return document.lines()
    if shape in ("records", "rows") and not options.records:
        if not document.text.startswith("[", document.begin):
            raise ReadError(f"{document.name}: the file is not one list. Let its shape be detected again.")
        return document.elements()
    whole = document.whole()
    if type(whole) is not dict:
        raise ReadError(f"{document.name}: the file is not one object. Let its shape be detected again.")
    if shape in ("records", "rows"):
        values = at_path(whole, options.records)
        if type(values) is not list:
            there = ", ".join(f'"{dotted(f.path)}"' for f in lists_in(whole)[:20])
            raise ReadError(
                f'{document.name}: there is no list "{dotted(options.records)}" in the file. '
                + (f"Choose one of: {there}." if there else "There is no list in it at all.")
            )
    elif shape == "by_key":
        key = free_key(list(whole.values()))
        values = [{key: k, **v} if type(v) is dict else v for k, v in whole.items()]
    else:
        values = turned(whole) if shape == "columns" else [whole]
    return (Entry(i, v, -1, -1) for i, v in enumerate(values, 1))


def first_row(document: Document, options: ReadOptions) -> int:
    """The row number of the first entry: 1 where it may be a header itself, else 2, as below one."""
    return 1 if options.shape == "rows" and not (options.records == ("data",) and is_split(document.whole())) else 2


def free_key(objects: list[Value]) -> str:
    """A name for the column of keys that is no key of the objects."""
    name, number = KEY, 2
    while any(type(o) is dict and name in o for o in objects):
        name, number = f"{KEY}_{number}", number + 1
    return name


def turned(columns: dict[str, Value]) -> list[Value]:
    """The rows of an object of columns. A short column has nothing in the last rows; keys other than 0, 1, 2, … are a column."""
    if columns and all(type(c) is dict for c in columns.values()):
        keys = list(dict.fromkeys(k for c in columns.values() for k in c))
        plain = keys == [str(i) for i in range(len(keys))]
        name = free_key([columns])
        return [({} if plain else {name: k}) | {n: c[k] for n, c in columns.items() if k in c} for k in keys]
    lists = {name: c if type(c) is list else [c] for name, c in columns.items()}
    longest = max(map(len, lists.values()), default=0)
    return [{name: c[at] for name, c in lists.items() if at < len(c)} for at in range(longest)]


def uneven(columns: dict[str, Value]) -> list[str]:
    """The names of columns shorter than the longest one."""
    sizes = {name: len(c) for name, c in columns.items() if type(c) is list}
    return [name for name, size in sizes.items() if size < max(sizes.values())]


def fill(rows: Rows, document: Document, options: ReadOptions, limits: Limits, progress: Callable[[int], None]) -> None:
    """Read the entries into columns; what is no row is left out and listed."""
    repeated = document.scanner.repeated
    if options.records or options.shape in ("by_key", "columns", "one"):
        whole = document.whole()
        rows.note_repeated(1, repeated)
        if at_path(whole, options.records):
            used = {"columns"} if options.shape == "rows" and is_split(whole) else set()
            left = [(k, v) for k, v in beside(whole, options.records) if k not in used]
            rows.aside += [(1, f'beside the list of rows: "{key}"', plain_text(value)) for key, value in left]
    single = all_single(document, options)
    wanted = list if options.shape == "rows" else dict
    shift = first_row(document, options) - 1
    waiting: list[Value] = []
    rows.numbers = numbers = list[int]()
    for entry in entries(document, options):
        number, value = entry.position + shift, entry.value
        rows.note_repeated(number, repeated)
        if entry.why:
            rows.aside.append((number, entry.why, document.text[entry.start : entry.end]))
            continue
        if wanted is list and options.header_row and entry.position == 1:
            continue
        if single:
            value = {"value": value}
        elif type(value) is not wanted:
            rows.aside.append((number, "not a list" if wanted is list else "not an object", plain_text(value)))
            continue
        waiting.append({str(i): cell for i, cell in enumerate(value)} if wanted is list else value)
        numbers.append(number)
        if len(waiting) == BATCH:
            rows.add(waiting, limits, document.name)
            waiting = []
            progress(max(entry.end, 0))
    rows.add(waiting, limits, document.name)


def all_single(document: Document, options: ReadOptions) -> bool:
    """Whether the first entries are single values, so that the list is one column."""
    if options.shape not in ("records", "lines"):
        return False
    values = [e.value for e in islice(entries(document, options), 100) if not e.why]
    document.scanner.repeated.clear()
    return bool(values) and not any(type(v) in (dict, list) for v in values)
