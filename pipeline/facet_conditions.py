"""What facets leave, as a condition on the rows: so that it can be a step, or say for which rows a step is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.facets import Buckets, Facet
from steps.arrow import arrow, flags, is_date, is_number, is_text
from steps.conditions import Condition, Group, Test, evaluate

MOST = 200  # values in a condition that says rows with a problem
ODD_TIME = "One of these moments is written in a way that a condition cannot say."
NO_FILE = "No column says from which file a row came. On Load, under Columns, name a column for the file's name; then this can be a step."
NO_PROBLEM = (
    "In this table nothing tells these rows from others: the values that could not be used are empty like those that were missing before. "
    "To take such rows out, edit the step that lists them: it can say what happens if a value cannot be used."
)


def condition(table: pd.DataFrame, facets: Sequence[Facet], sorted_rows: Sequence[Buckets]) -> Condition | str:
    """The rows that the facets leave, as a condition that leaves the very same; or why one of them cannot be said as one."""
    parts: list[Test | Group] = []
    for facet, found in zip(facets, sorted_rows, strict=True):
        if not facet.active:
            continue
        said = _one(table, facet, found)
        if isinstance(said, str):
            return said
        parts.append(said)
    tests = [t for part in map(_flat, parts) for t in (part.tests if isinstance(part, Group) and _joins_all(part) else (part,))]
    alone = tests[0] if len(tests) == 1 else None
    return alone if isinstance(alone, Group) and not alone.negate else Group(join="all", tests=tuple(tests))


def _one(table: pd.DataFrame, facet: Facet, found: Buckets) -> Group | str:
    """One facet as a condition, or why not. What follows from the rows that are there, not from their kind, is tried on them."""
    if facet.by == "file":
        return next((g for g in _files(table, facet, found) if _same(g, table, facet, found)), NO_FILE)
    if facet.by == "problem":
        return next((g for g in _problems(table, facet, found) if _same(g, table, facet, found)), NO_PROBLEM)
    if not facet.column:
        first, *more = table.columns
        ops = ["duplicate" if n == "equal to another row" else "unique" for n in facet.chosen]
        tests = tuple(Test(column=first, op=op, values=tuple(more)) for op in ops)
        if not more:  # of one column: there, a missing value neither occurs twice nor once
            alone = Group(join="any", tests=tests, negate=facet.invert)
            return alone if _same(alone, table, facet, found) else "Rows of a single column: use the column's own facet, Repeated or not."
        return Group(join="any", negate=facet.invert, tests=tests)
    of = table.dtypes[facet.column].pyarrow_dtype
    try:
        return _said(facet, found, of)
    except ValueError:  # a year that no calendar here has
        return ODD_TIME


def _same(said: Group, table: pd.DataFrame, facet: Facet, found: Buckets) -> bool:
    return bool((flags(evaluate(said, table)) == found.mask(facet)).all())


def _problems(table: pd.DataFrame, facet: Facet, found: Buckets) -> list[Group]:
    """Ways to say rows with a problem: their values were made missing, or stayed as text that no other row holds."""
    columns = [c for c in found.columns if c in table.columns]
    negate = facet.invert != (tuple(facet.chosen) == ("without",))
    if not columns or len(facet.chosen) != 1:
        return []
    ways = [Group(join="any", negate=negate, tests=tuple(Test(column=c, op="missing") for c in columns))]
    kept = []
    for column in columns:
        values = arrow(table[column])
        held = pc.unique(values.filter(pa.array(found.codes == 0))).drop_null() if is_text(values.type) else None
        if held is None or not 0 < len(held) <= MOST:
            return ways
        kept.append(Test(column=column, op="in", values=tuple(held.to_pylist())))
    if any(table[c].hasnans for c in columns):  # a missing value is none of these
        tests: tuple[Test | Group, ...] = tuple(Group(tests=(Test(column=t.column, op="not_missing"), t)) for t in kept)
        return [*ways, Group(join="any", negate=negate, tests=tests)]
    return [*ways, Group(join="any", negate=negate, tests=tuple(kept))]


def _files(table: pd.DataFrame, facet: Facet, found: Buckets) -> list[Group]:
    """A way to say rows by their file and sheet: by the columns that say so in every row."""
    names = found.names.to_pylist()
    first = {names[code]: int(np.argmax(found.codes == code)) for code in np.unique(found.codes)}
    if not all(name in first for name in facet.chosen) or "made by a step" in facet.chosen:
        return []
    columns = []
    for column in table.columns:
        if is_text(table.dtypes[column].pyarrow_dtype):
            held = arrow(table[column])
            said = {name: held[at].as_py() for name, at in first.items() if name != "made by a step"}
            if all(v is not None and v in (n, n.partition(" · ")[0], n.rpartition(" · ")[2]) for n, v in said.items()):
                columns.append((column, said))
    if not columns:
        return []
    alone = next(((c, said) for c, said in columns if len(set(said.values())) == len(said)), None)
    if alone is not None:
        tests: tuple[Test | Group, ...] = (Test(column=alone[0], op="in", values=tuple(alone[1][str(n)] for n in facet.chosen)),)
    else:
        tests = tuple(Group(tests=tuple(Test(column=c, op="equals", value=said[str(n)]) for c, said in columns)) for n in facet.chosen)
    return [Group(join="any", negate=facet.invert, tests=tests)]


def _moment(found: Buckets, name: str, zone: str | None) -> str:
    """A moment as a condition takes it: as it is shown, or in UTC where the shown offset is not exact.

    Raises ValueError for a year that no calendar here has.
    """
    shown = datetime.fromisoformat(name)
    if zone is None:
        return name
    at = found.names.to_pylist().index(name)
    assert found.values is not None
    value = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=found.values[at].value)
    return name if shown == value else value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds") + "Z"


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
    if pa.types.is_timestamp(of):
        return tuple(Test(column=column, op="on", value=_moment(found, n, of.tz)) for n in named)
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
