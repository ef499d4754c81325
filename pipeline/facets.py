"""Facets: the rows of a table sorted into buckets by value, range, length and so on; several narrow it together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
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
from steps.conditions import Condition, Group, Test
from steps.grouping import group

By = Literal["values", "ranges", "missing", "problem", "duplicate", "length", "file"]
LABELS: dict[By, str] = {
    "values": "Values", "ranges": "Ranges", "missing": "Missing or not", "problem": "With a problem or not",
    "duplicate": "Repeated or not", "length": "Text length", "file": "File",
}  # fmt: skip
RANGES = 12
LARGE = pa.large_string()
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
    """For each row the number of its bucket; the names of the buckets, None for missing; ``edges`` of ranges."""

    codes: np.ndarray
    names: pa.Array
    edges: tuple[tuple[str, str], ...] = ()

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


def buckets(table: pd.DataFrame, facet: Facet, problems: Sequence[int] | np.ndarray = (), sources: Sequence[Source] = ()) -> Buckets:
    """All rows sorted. ``problems``: numbers of rows with a value that a step could not use; ``sources``: which rows came from where."""
    if facet.by == "file":
        return _files(table, sources)
    if facet.by == "problem":
        return _two(np.isin(table.index.to_numpy(), np.asarray(problems, "int64")), "with a problem", "without")
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
    return Buckets(coded.indices.to_numpy(), texts(pa.chunked_array([coded.dictionary])).combine_chunks())


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


def condition(table: pd.DataFrame, facets: Sequence[Facet], sorted_rows: Sequence[Buckets]) -> Condition | None:
    """The rows that the facets leave, as a condition; None if one of them cannot be said as one.

    These are: rows with a problem, files, equal rows, single moments in time.
    """
    parts = []
    for facet, found in zip(facets, sorted_rows, strict=True):
        if not facet.active:
            continue
        if facet.by in ("problem", "file") or not facet.column:
            return None
        of = table.dtypes[facet.column].pyarrow_dtype
        if facet.by == "values" and pa.types.is_timestamp(of):
            return None
        parts.append(_said(facet, found, of))
    tests = [t for part in map(_flat, parts) for t in (part.tests if isinstance(part, Group) and _joins_all(part) else (part,))]
    alone = tests[0] if len(tests) == 1 else None
    return alone if isinstance(alone, Group) and not alone.negate else Group(join="all", tests=tuple(tests))


def _flat(part: Test | Group) -> Test | Group:
    """Without groups of one, so that the form can show the condition in lines."""
    if isinstance(part, Test):
        return part
    tests = tuple(_flat(t) for t in part.tests)
    if len(tests) != 1:
        return part.model_copy(update={"tests": tests})
    (one,) = tests
    return one if not part.negate else one.model_copy(update={"negate": not one.negate})


def _joins_all(group: Group) -> bool:
    return group.join == "all" and not group.negate


def _said(facet: Facet, found: Buckets, of: pa.DataType) -> Group:
    """One facet as a condition. What is missing is said apart: a test of it is neither true nor false."""
    named = [c for c in facet.chosen if c is not None]
    tests = _tests(facet, found, named, of)
    with_missing = (None in facet.chosen) != facet.invert and facet.by != "missing"
    rest: tuple[Test | Group, ...] = (Group(join="any", negate=facet.invert, tests=tests),) if tests else ()
    if facet.invert and not tests:
        rest = (Test(column=facet.column, op="not_missing"),)
    missing = (Test(column=facet.column, op="missing"),) if with_missing else ()
    if facet.invert and not missing and facet.by != "missing":  # nothing is not missing and unknown: the rest alone
        return Group(join="any", tests=rest)
    return Group(join="any", tests=(*rest, *missing))


def _tests(facet: Facet, found: Buckets, named: list[str], of: pa.DataType) -> tuple[Test | Group, ...]:
    column = facet.column
    if facet.by == "missing":
        said = {"missing": Test(column=column, op="missing"), "filled": Test(column=column, op="not_blank")}
        only_blank = Group(tests=(Test(column=column, op="blank"), Test(column=column, op="not_missing")))
        return tuple(only_blank if n == "blank" else said[n] for n in named)
    if facet.by == "duplicate":
        return tuple(Test(column=column, op="duplicate" if n == "repeated" else "unique") for n in named)
    if facet.by in ("ranges", "length"):
        places = [found.names.to_pylist().index(n) for n in named]
        return tuple(_between(facet, found, at, of) for at in places)
    if pa.types.is_boolean(of):
        return tuple(Test(column=column, op=f"is_{n}") for n in named)
    if is_date(of):
        return tuple(Test(column=column, op="on", value=n) for n in named)
    given = tuple(_number(n) for n in named) if is_number(of) else tuple(named)
    return (Test(column=column, op="in", values=given),) if given else ()


def _number(written: str) -> int | float:
    exact = Decimal(written)
    return int(exact) if exact == exact.to_integral_value() and "e" not in written.lower() else float(exact)


def _between(facet: Facet, found: Buckets, at: int, of: pa.DataType) -> Group:
    """The values from one edge up to the next; the last edge is inside."""
    low, high = found.edges[at]
    column, last = facet.column, at == len(found.edges) - 1
    if facet.by == "length":
        above, below = int(float(low)) - 1, int(float(high)) + last
        tests = [Test(column=column, op="length_below", value=below)]
        return Group(tests=(*([Test(column=column, op="length_above", value=above)] if above >= 0 else []), *tests))
    if is_date(of):
        return Group(tests=(Test(column=column, op="on_or_after", value=low), Test(column=column, op="before", value=high)))
    upper = "at_most" if last else "less"
    return Group(tests=(Test(column=column, op="at_least", value=_number(low)), Test(column=column, op=upper, value=_number(high))))


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
