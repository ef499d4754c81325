"""Where the rows lie in a JSON file: its shape, the lists it holds, and its entries one after the other."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from io_utils.errors import ReadError
from io_utils.json_text.scan import Broken, Scanner, Value, refusal
from io_utils.options import Shape

ENDS_LINE = re.compile(r"[\r\n\x1e]")
PEEK = 1_000  # entries looked at to tell a shape
SECOND = 1 << 20  # characters of a second line looked at
DEEP = 6  # objects within objects in which a list of rows is looked for


class Entry(NamedTuple):
    """One entry of a list or one line: its position from 1, the value, and its text; ``why`` is set where it is no JSON."""

    position: int
    value: Value
    start: int
    end: int
    why: str = ""


class ListAt(NamedTuple):
    """A list in the file: the keys that lead to it, how many entries it has, and how many keys its first objects have."""

    path: tuple[str, ...]
    entries: int
    columns: int


class Document:
    """A JSON text, its values read as they are asked for. Raises ReadError naming line and character where it is no JSON."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.scanner = Scanner(text)
        self.begin = self.scanner.skip(0)
        self._whole: Value = None
        self._read = False

    def refuse(self, broken: Broken) -> ReadError:
        """What to say of a place that is no JSON."""
        return refusal(self.name, self.text, broken)

    def whole(self) -> Value:
        """The one value that the file is."""
        if not self._read:
            try:
                self._whole, end = self.scanner.value(self.begin)
            except Broken as broken:
                raise self.refuse(broken) from broken
            rest = self.scanner.skip(end)
            if rest < len(self.text):
                raise self.refuse(Broken(rest, "there is more after the end of the value"))
            self._read = True
        return self._whole

    def elements(self) -> Iterator[Entry]:
        """The entries of the list that the file is."""
        at, position = self.scanner.skip(self.begin + 1), 0
        try:
            while not self.text.startswith("]", at):
                value, end = self.scanner.value(at)
                position += 1
                yield Entry(position, value, at, end)
                at = self.scanner.skip(end)
                if self.text.startswith(",", at):
                    at = self.scanner.skip(at + 1)
                elif not self.text.startswith("]", at):
                    raise Broken(at, f"after entry {position:,} of the list a comma or ] is missing")
            rest = self.scanner.skip(at + 1)
            if rest < len(self.text):
                raise Broken(rest, "there is more after the end of the list")
        except Broken as broken:
            raise self.refuse(broken) from broken

    def lines(self) -> Iterator[Entry]:
        """The values one after the other, each on a line or on several; a line that is no JSON is told with the reason."""
        at, position = self.begin, 0
        size = len(self.text)
        while at < size:
            position += 1
            try:
                value, end = self.scanner.value(at)
                after = self.scanner.skip(end)
                if self.text.startswith(",", after):
                    after = self.scanner.skip(after + 1)
                elif after < size and not ENDS_LINE.search(self.text, end, after) and self.text[after] not in "{[":
                    raise Broken(after, "there is more on the line")
                yield Entry(position, value, at, end)
                at = after
            except Broken as broken:
                self.scanner.repeated.clear()
                end = self.text.find("\n", at)
                end = size if end < 0 else end
                yield Entry(position, None, at, end, f"no valid JSON: {broken.why}")
                at = self.scanner.skip(end)

    def one_value(self) -> bool:
        """Whether the file is one list or object, not one on each line."""
        line_end = self.text.find("\n", self.begin)
        more = self.scanner.skip(line_end) if line_end >= 0 else len(self.text)
        if self.text.startswith("[", self.begin):  # a list may be long: it is not read to its end here
            if more >= len(self.text) or self.text[more] not in "[{":
                return True
            return next(Document("", self.text[self.begin : line_end]).lines()).why != ""
        try:
            _, end = self.scanner.value(self.begin)
        except Broken:  # the file, or only its first line
            return more >= len(self.text) or next(Document("", self.text[more : more + SECOND]).lines()).why != ""
        finally:
            self.scanner.repeated.clear()
        after = self.scanner.skip(end)
        return after >= len(self.text) or self.text[after] not in ",{["


def shape_of(document: Document) -> tuple[Shape, tuple[str, ...], int]:
    """The shape of a file, the keys that lead to its rows, and the row of the header (0: none; shape ``rows`` only)."""
    if document.text.startswith("[", document.begin):
        if not document.one_value():
            return "lines", (), 1
        return of_list([e.value for e in islice(document.elements(), PEEK)], ())
    if document.text.startswith("{", document.begin) and document.one_value():
        return of_object(document.whole())
    return "lines", (), 1


def of_list(values: list[Value], path: tuple[str, ...]) -> tuple[Shape, tuple[str, ...], int]:
    """The shape of a list by its first entries."""
    lists = sum(type(v) is list for v in values)
    if lists * 2 <= len(values):
        return "records", path, 1
    first = values[0]
    named = type(first) is list and all(type(c) is str and c.strip() for c in first) and len(set(first)) == len(first) > 0
    return "rows", path, int(named and len(values) > 1)


def of_object(value: dict[str, Value]) -> tuple[Shape, tuple[str, ...], int]:
    """The shape of an object: rows in one of its lists, columns, an object for each row, or one row."""
    inner = list(value.values())
    if is_split(value):
        return "rows", ("data",), 0
    if inner and all(type(v) is list and not any(type(e) in (dict, list) for e in v[:PEEK]) for v in inner):
        return "columns", (), 1
    found = [found for found in lists_in(value) if found.columns]
    if found:
        best = max(found, key=lambda f: f.entries)
        return of_list(at_path(value, best.path)[:PEEK], best.path)
    if len(inner) > 0 and all(type(v) is dict for v in inner):
        if all(k.isdigit() for v in inner for k in v) and any(inner):
            return "columns", (), 1
        keys = [set(v) for v in inner]
        if len(inner) > 1 and 2 * len(set.intersection(*keys)) >= len(set.union(*keys)) > 0:
            return "by_key", (), 1
    return "one", (), 1


def is_split(value: Value) -> bool:
    """Whether an object names its columns beside a list of rows, as pandas writes it with ``orient="split"``."""
    return (
        type(value) is dict
        and type(value.get("columns")) is list
        and type(value.get("data")) is list
        and all(type(row) is list and len(row) <= len(value["columns"]) for row in value["data"])
        and all(type(c) is str for c in value["columns"])
    )


def lists_in(value: Value, path: tuple[str, ...] = ()) -> list[ListAt]:
    """The lists in an object and in the objects within it; lists of single values have no columns."""
    found = []
    for key, inner in value.items() if type(value) is dict else ():
        if type(inner) is list and inner:
            first = [e for e in inner[:PEEK] if type(e) in (dict, list)]
            found.append(ListAt((*path, key), len(inner), max((len(e) for e in first), default=0)))
        elif type(inner) is dict and len(path) < DEEP:
            found += lists_in(inner, (*path, key))
    return found


def at_path(value: Value, path: tuple[str, ...]) -> Value:
    """What lies at the end of a path of keys; None if there is nothing."""
    for key in path:
        value = value.get(key) if type(value) is dict else None
    return value


def beside(value: Value, path: tuple[str, ...]) -> Iterator[tuple[str, Value]]:
    """What an object holds beside the list at the end of a path: keys (``meta.page``) and values."""
    for depth, key in enumerate(path):
        for other, inner in value.items():
            if other != key:
                yield ".".join((*path[:depth], other)), inner
        value = value[key]
