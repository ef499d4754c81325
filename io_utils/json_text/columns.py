"""JSON values to columns: objects become columns of their own, numbers stay exact, what differs in kind becomes text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.json_text.scan import Constant, Number, Value, whole_characters, written

TEXT = pa.large_string()
EXACT = 2**53  # whole numbers up to here are exact as doubles
INT64 = 2**63
SAFE_DIGITS = 15  # any number of so many digits comes back from a double as it was
NAMES = {"text": "text", "whole": "numbers", "number": "numbers", "yes/no": "yes/no", "list": "lists", "object": "objects"}
KINDS: dict[type, str] = {str: "text", int: "whole", Number: "number", bool: "yes/no", list: "list", dict: "object"}
ARROW = {"whole": pa.int64(), "yes/no": pa.bool_(), "double": pa.float64()}
ROW = Sequence[int]


class TooWide(Exception):
    """There are more columns than can be read."""


class TooDeep(Exception):
    """Objects are nested deeper than can be read."""


@dataclass
class Part:
    """Some cells of a column: at which places of the table, of what kind, and their values."""

    places: ROW
    kind: str
    values: pa.Array


@dataclass
class Column:
    """A key and all its cells; ``inner`` are the keys of the objects among them."""

    path: tuple[str, ...]
    inner: dict[str, "Column"] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    present: int = 0  # cells that are there, null or not
    constants: list[tuple[int, str]] = field(default_factory=list)  # place and NaN, Infinity or -Infinity
    surrogates: list[int] = field(default_factory=list)  # places of texts with half a character

    @property
    def name(self) -> str:
        """The name of the column: keys joined by points."""
        return ".".join(self.path)


class Columns:
    """Collects objects batch by batch. ``flatten``: objects within objects become columns (``address.city``)."""

    def __init__(self, flatten: bool, widest: int, deepest: int) -> None:
        self.flatten = flatten
        self.widest = widest
        self.deepest = deepest
        self.count = 0
        self.top = Column(())

    def add(self, places: ROW, objects: Sequence[dict[str, Value]]) -> None:
        """Add objects, each at its place of the table. Raises TooWide or TooDeep."""
        self._add(self.top, places, objects)

    def named(self) -> list[Column]:
        """The columns that hold anything, or are null throughout, in the order in which their keys come."""
        return [c for c in below(self.top) if c.parts or not c.inner]

    def _add(self, parent: Column, places: ROW, objects: Sequence[dict[str, Value]]) -> None:
        if len(parent.path) >= self.deepest:
            raise TooDeep(".".join(parent.path[:3]))
        first = list(objects[0]) if objects else []
        if len(first) > 1 and all(len(o) == len(first) for o in objects):
            try:
                cells = zip(*map(itemgetter(*first), objects), strict=True)
            except KeyError:
                pass
            else:  # every object has the same keys
                for key, values in zip(first, cells, strict=True):
                    self._cells(self._child(parent, key), places, values)
                return
        found: dict[str, tuple[list[int], list[Value]]] = {}
        for place, one in zip(places, objects, strict=True):
            for key, value in one.items():
                if key not in found:
                    found[key] = ([], [])
                at, values_of = found[key]
                at.append(place)
                values_of.append(value)
        for key, (at, values_of) in found.items():
            self._cells(self._child(parent, key), at, values_of)

    def _child(self, parent: Column, key: str) -> Column:
        if key not in parent.inner:
            self.count += 1
            if self.count > self.widest:
                raise TooWide(parent.name)
            parent.inner[key] = Column((*parent.path, key))
        return parent.inner[key]

    def _cells(self, column: Column, places: ROW, cells: Sequence[Value]) -> None:
        column.present += len(cells)
        kinds = set(map(type, cells))
        if dict in kinds and self.flatten:
            inner = [i for i, c in enumerate(cells) if type(c) is dict and c]
            if inner:
                self._add(column, [places[i] for i in inner], [cells[i] for i in inner])
                rest = [i for i, c in enumerate(cells) if not (type(c) is dict and c)]
                places, cells = [places[i] for i in rest], [cells[i] for i in rest]
                kinds = set(map(type, cells))
        if Constant in kinds:
            column.constants += [(places[i], c) for i, c in enumerate(cells) if type(c) is Constant]
            cells = [None if type(c) is Constant else c for c in cells]
            kinds.discard(Constant)
        kinds.discard(type(None))
        if len(kinds) == 1:
            self._part(column, KINDS[kinds.pop()], places, cells)
            return
        for kind in [k for k in KINDS if k in kinds]:
            at = [i for i, c in enumerate(cells) if type(c) is kind]
            self._part(column, KINDS[kind], [places[i] for i in at], [cells[i] for i in at])

    def _part(self, column: Column, kind: str, places: ROW, cells: Sequence[Value]) -> None:
        if kind == "whole" and not all(-INT64 <= c < INT64 for c in cells if c is not None):
            kind, cells = "number", [None if c is None else str(c) for c in cells]
        if kind in ("list", "object"):
            cells = [None if c is None else written(c) for c in cells]
        values = pa.array(shown_texts(column, places, cells) if kind not in ARROW else cells, ARROW.get(kind, TEXT))
        column.counts[kind] += len(values) - values.null_count
        column.parts.append(Part(places, kind, values))


def below(column: Column) -> list[Column]:
    """The columns under a key, each before the keys of its own objects."""
    return [c for inner in column.inner.values() for c in (inner, *below(inner))]


def shown_texts(column: Column, places: ROW, cells: Sequence[str | None]) -> Sequence[str | None]:
    """The texts, half characters shown; where they are is kept for the notes."""
    try:
        "".join(c for c in cells if c).encode()
    except UnicodeEncodeError:
        shown = []
        for place, cell in zip(places, cells, strict=True):
            text = None if cell is None else whole_characters(cell)
            if text != cell:
                column.surrogates.append(place)
            shown.append(text)
        return shown
    return cells


def finished(column: Column, size: int) -> tuple[pa.ChunkedArray, str]:
    """The column in one type, and what is to be said about it: text where its cells differ in kind or a double would change one."""
    kinds = {kind for kind, count in column.counts.items() if count}
    said = ""
    if len(kinds) == 1 and kinds <= set(ARROW):
        of = ARROW[kinds.pop()]
        return placed(column.parts, [p.values if p.values.type == of else pa.nulls(len(p.values), of) for p in column.parts], size, of), ""
    if kinds and kinds <= {"whole", "number"}:
        doubles = [as_doubles(part) for part in column.parts]
        changed = next((text for values, text in doubles if values is None), None)
        if changed is None:
            return placed(column.parts, [values for values, _ in doubles], size, pa.float64()), ""
        said = f"holds numbers with more digits than a number keeps exactly, such as {changed[:60]}; it is read as text"
    elif len(kinds) > 1:
        counts: Counter[str] = Counter()
        for kind, count in column.counts.items():
            counts[NAMES[kind]] += count
        held = ", ".join(f"{name} ({count:,})" for name, count in counts.most_common() if count)
        said = f"holds {held}; it is read as text"
    elif kinds & {"list", "object"}:
        kind = kinds.pop()
        said = f"holds {NAMES[kind]} ({column.counts[kind]:,}); they are kept as JSON text"
    return placed(column.parts, [as_text(part) for part in column.parts], size, TEXT), said


def as_doubles(part: Part) -> tuple[pa.Array | None, str]:
    """The numbers as doubles; None, and the first such number, if one of them would change."""
    if part.kind == "whole":
        far = pc.or_(pc.greater(part.values, EXACT), pc.less(part.values, -EXACT))
        if pc.any(far).as_py():
            return None, str(part.values.filter(far)[0])
        return part.values.cast(pa.float64()), ""
    texts = part.values
    digits = pc.utf8_length(pc.replace_substring_regex(texts, r"^-?0*\.?0*|\.", ""))
    odd = pc.or_(pc.greater(digits, SAFE_DIGITS), pc.match_substring_regex(texts, "[eE]"))
    for text in texts.filter(pc.fill_null(odd, False)).to_pylist():
        number = float(text)
        if number in (float("inf"), float("-inf")) or Decimal(repr(number)) != Decimal(text) or text.lstrip("-").isdigit():
            return None, text
    return texts.cast(pa.float64()), ""


def as_text(part: Part) -> pa.Array:
    """The cells as text: whole numbers as digits, true and false as such."""
    return part.values if part.values.type == TEXT else part.values.cast(TEXT)


def placed(parts: list[Part], values: list[pa.Array], size: int, of: pa.DataType) -> pa.ChunkedArray:
    """The values of all parts at their places, missing elsewhere."""
    end = 0
    for part in parts:  # in order and without a gap: nothing has to be moved
        if not (isinstance(part.places, range) and part.places.start == end):
            break
        end = part.places.stop
    else:
        if end == size:
            return pa.chunked_array(values, of)
    found = pa.chunked_array(values, of).combine_chunks()
    at = np.concatenate([np.empty(0, "int64"), *(np.asarray(p.places, "int64") for p in parts)])
    from_ = np.full(size, -1, "int64")
    there = np.asarray(found.is_valid()) if len(found) else np.empty(0, bool)
    from_[at[there]] = np.flatnonzero(there)
    return pa.chunked_array([found.take(pa.array(from_, mask=from_ < 0))], of)
