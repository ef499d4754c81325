"""Facets: the rows of a table sorted into buckets by value, range, length and so on; several narrow it together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from io_utils import Source
from pipeline.profile import nice_edges
from pipeline.view import texts
from steps.arrow import arrow, blank, flags, is_date, is_number, is_text
from steps.grouping import group

By = Literal["values", "ranges", "missing", "problem", "duplicate", "length", "file"]
LABELS: dict[By, str] = {
    "values": "Values", "ranges": "Ranges", "missing": "Missing or not", "problem": "With a problem or not",
    "duplicate": "Repeated or not", "length": "Text length", "file": "File",
}  # fmt: skip
RANGES = 12
LARGE = pa.large_string()
NO_PROBLEMS = pd.DataFrame({"column": pd.Series([], dtype=object)}, index=pd.Index([], dtype="int64"))
UNITS: tuple[tuple[Literal["day", "month", "year"], int, int], ...] = (("day", 62, 10), ("month", 62, 7), ("year", 10_000, 4))
SPANS = {"day": 1, "month": 31, "year": 366}


class Facet(BaseModel):
    """How rows are sorted, and which buckets are chosen (None: missing); ``column`` is "" where whole rows are meant."""

    model_config = ConfigDict(frozen=True)

    column: str
    by: By
    chosen: tuple[str | None, ...] = ()
    invert: bool = False

    @property
    def active(self) -> bool:
        """Whether it narrows the table."""
        return bool(self.chosen)


@dataclass(frozen=True)
class Buckets:
    """For each row the number of its bucket; the names of the buckets, None for missing; ``edges`` of ranges.

    ``values``: the moments that the names say; ``columns``: those with the problems by which whole rows are sorted.
    """

    codes: np.ndarray
    names: pa.Array
    edges: tuple[tuple[str, str], ...] = ()
    values: pa.Array | None = None
    columns: tuple[str, ...] = ()

    def mask(self, facet: Facet) -> np.ndarray:
        """The rows the facet leaves."""
        if not facet.chosen:
            return np.ones(len(self.codes), bool)
        at = np.flatnonzero(flags(pc.is_in(self.names, pa.array(list(facet.chosen), LARGE))))
        chosen = np.zeros(len(self.names) + 1, bool)
        chosen[at] = True
        return chosen[self.codes] ^ facet.invert


@dataclass(frozen=True)
class Line:
    """A bucket as it is shown: its name, how many rows of the others' choice are in it, and whether it is chosen."""

    name: str | None
    count: int
    chosen: bool


def kinds(of: pa.DataType) -> list[By]:
    """The facets that say something about a column of this type."""
    found: list[By] = ["values", "missing", "duplicate", "problem"]
    if is_number(of) or is_date(of):
        found.insert(1, "ranges")
    return [*found, "length"] if is_text(of) else found


def buckets(table: pd.DataFrame, facet: Facet, problems: pd.DataFrame | None = None, sources: Sequence[Source] = ()) -> Buckets:
    """All rows sorted.

    ``problems``: values that steps could not use (index: numbers of their rows; column), ``sources``: which rows came from where.
    """
    if facet.by == "file":
        return _files(table, sources)
    if facet.by == "problem":
        found = NO_PROBLEMS if problems is None else problems
        found = found[(found["column"] == facet.column).to_numpy(bool)] if facet.column else found
        rows = np.isin(table.index.to_numpy(), found.index.to_numpy("int64"))
        return replace(_two(rows, "with a problem", "without"), columns=tuple(found["column"].unique()))
    if facet.by == "duplicate" and not facet.column:
        return _two(_equal_rows(table), "equal to another row", "like no other row")
    values = arrow(table[facet.column])
    if facet.by == "missing":
        return _filled(values)
    if facet.by == "duplicate":
        return _repeated(values)
    if facet.by == "length":
        return _ranges(pc.utf8_length(values).cast(pa.int64()))
    if facet.by == "ranges":
        return _periods(values) if is_date(values.type) else _ranges(values)
    coded = values.combine_chunks().dictionary_encode(null_encoding="encode")
    named = texts(pa.chunked_array([coded.dictionary])).combine_chunks()
    return Buckets(coded.indices.to_numpy(), named, values=coded.dictionary if pa.types.is_timestamp(values.type) else None)


def masks(facets: Sequence[Facet], sorted_rows: Sequence[Buckets], rows: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """The rows that all facets leave; and for each facet the rows that the others leave."""
    each = [b.mask(f) for f, b in zip(facets, sorted_rows, strict=True)]
    every = np.logical_and.reduce(each) if each else np.ones(rows, bool)
    others = [np.logical_and.reduce([np.ones(rows, bool), *(m for j, m in enumerate(each) if j != i)]) for i in range(len(each))]
    return every, others


def lines(
    facet: Facet, found: Buckets, others: np.ndarray, *, by_name: bool = False, search: str = "", most: int = 200
) -> tuple[list[Line], int]:
    """The buckets with rows that the other facets leave, and those chosen; and how many more there are than ``most``.

    Ranges stay in their order; values come by count, or by name, missing last.
    """
    counts = np.bincount(found.codes[others], minlength=len(found.names))[: len(found.names)]
    chosen = flags(pc.is_in(found.names, pa.array(list(facet.chosen), LARGE))) if facet.chosen else np.zeros(len(counts), bool)
    shown = (counts > 0) | chosen
    if search:
        shown &= flags(pc.match_substring(found.names, search, ignore_case=True)) | chosen
    at = np.flatnonzero(shown)
    if facet.by in ("values", "file"):
        named = found.names.take(pa.array(at))
        key = pc.utf8_lower(named)
        order = pc.sort_indices(
            pa.table({"n": -counts[at] if not by_name else np.zeros(len(at), "int64"), "k": key}), [("n", "ascending"), ("k", "ascending")]
        )
        at = at[order.to_numpy()]
    kept = at[:most]
    names = found.names.take(pa.array(kept)).to_pylist()
    return [Line(n, int(counts[i]), bool(chosen[i])) for n, i in zip(names, kept, strict=True)], len(at) - len(kept)


def _two(mask: np.ndarray, yes: str, no: str) -> Buckets:
    return Buckets(np.where(mask, 0, 1), pa.array([yes, no], LARGE))


def _equal_rows(table: pd.DataFrame) -> np.ndarray:
    codes = group([arrow(table[n]) for n in table.columns], len(table)).codes
    return np.bincount(codes)[codes] > 1 if len(codes) else np.zeros(0, bool)


def _files(table: pd.DataFrame, sources: Sequence[Source]) -> Buckets:
    """The file, and the sheet, that each row came from; rows made by steps came from none."""
    names = [f"{s.file} · {s.sheet}" if s.sheet else s.file for s in sources]
    different = list(dict.fromkeys(names))
    rows, codes = table.index.to_numpy(), np.full(len(table), len(different))
    for source, name in zip(sources, names, strict=True):
        codes[(rows >= source.first) & (rows <= source.last)] = different.index(name)
    return Buckets(codes, pa.array([*different, "made by a step"], LARGE))


def _filled(values: pa.ChunkedArray) -> Buckets:
    missing = flags(values.is_null())
    empty = flags(blank(values)) if is_text(values.type) else np.zeros(len(values), bool)
    return Buckets(np.where(missing, 2, np.where(empty, 1, 0)), pa.array(["filled", "blank", "missing"], LARGE))


def _repeated(values: pa.ChunkedArray) -> Buckets:
    coded = values.combine_chunks().dictionary_encode(null_encoding="encode")
    codes = coded.indices.to_numpy()
    often = np.bincount(codes, minlength=len(coded.dictionary)) if len(codes) else np.zeros(0, "int64")
    found = np.where(often[codes] > 1, 0, 1) if len(codes) else codes
    return Buckets(np.where(flags(values.is_null()), 2, found), pa.array(["repeated", "once", None], LARGE))


def _ranges(values: pa.ChunkedArray) -> Buckets:
    """Ranges between round numbers; a value on an edge belongs to the range above, the largest edge to the last range."""
    whole = pa.types.is_integer(values.type)
    numbers = values if whole else values.cast(pa.float64(), safe=False)
    filled = numbers.drop_null().to_numpy()
    if not len(filled):
        return Buckets(np.zeros(len(values), "int64"), pa.array([None], LARGE))
    edges = _edges(filled, whole)
    last = len(edges) - 2
    missing = flags(values.is_null())
    given = pc.fill_null(numbers, pa.scalar(edges[0].item(), numbers.type)).to_numpy()
    at = np.clip(np.searchsorted(edges, given, side="right") - 1, 0, last)
    pairs = tuple((_written(a), _written(b)) for a, b in pairwise(edges.tolist()))
    return Buckets(np.where(missing, last + 1, at), pa.array([*(f"{a} to {b}" for a, b in pairs), None], LARGE), pairs)


def _edges(filled: np.ndarray, whole: bool) -> np.ndarray:
    """The edges, of the values' own type, as they are written: what a condition then says is exactly what was sorted."""
    low, high = filled.min(), filled.max()
    edges = nice_edges(float(low), float(high), RANGES, whole)
    if whole:
        bounds = [int(e) for e in edges if -(2**63) <= e < 2**63]
        exact = sorted({int(low), int(high) if high > low else min(int(high) + 1, 2**63 - 1), *(b for b in bounds if low < b < high)})
        return np.array(exact if abs(int(low)) > 2**53 or abs(int(high)) > 2**53 or len(bounds) < len(edges) else bounds, "int64")
    short = np.array([float(f"{e:.12g}") for e in edges])
    return short if short[0] <= low and high <= short[-1] and (np.diff(short) > 0).all() else edges


def _written(edge: int | float) -> str:
    short = f"{edge:.12g}"
    return str(edge) if isinstance(edge, int) else short if float(short) == edge else repr(edge)


def _next(start: date, unit: str) -> date:
    """The first day of the day, month or year after."""
    if unit == "day":
        return start + timedelta(days=1)
    years, month = divmod(start.month, 12) if unit == "month" else (1, start.month - 1)
    return date(start.year + years, month + 1, 1)


def _periods(values: pa.ChunkedArray) -> Buckets:
    """Dates by day, month or year, whichever gives few enough."""
    local = pc.local_timestamp(values) if getattr(values.type, "tz", None) else values
    days = local.cast(pa.date32(), safe=False)
    ends = pc.min_max(days).as_py()
    if ends["min"] is None:
        return Buckets(np.zeros(len(values), "int64"), pa.array([None], LARGE))
    span = (ends["max"] - ends["min"]).days
    unit, _, digits = next(u for u in UNITS if span / SPANS[u[0]] <= u[1])
    floored = pc.floor_temporal(days, unit=unit).cast(pa.date32())
    coded = floored.combine_chunks().dictionary_encode(null_encoding="encode")
    firsts = pd.Series(coded.dictionary.to_pylist(), dtype=object)
    order = sorted(range(len(firsts)), key=lambda i: (firsts[i] is None, firsts[i] or ends["min"]))
    place = np.empty(len(order), "int64")
    place[order] = np.arange(len(order))
    starts = [firsts[i] for i in order]
    nexts = [None if s is None else _next(s, unit) for s in starts]
    names = [None if s is None else s.isoformat()[:digits] for s in starts]
    edges = tuple((s.isoformat(), n.isoformat()) for s, n in zip(starts, nexts, strict=True) if s is not None and n is not None)
    return Buckets(place[coded.indices.to_numpy()], pa.array(names, LARGE), edges)
