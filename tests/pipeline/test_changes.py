"""The exact difference of two tables, against a comparison cell by cell in plain Python."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.changes import Changes, diff, differs
from steps.arrow import arrow
from tests.pipeline.scratch import BOOL, DAY, FLOAT, INT, MOMENT, MONEY, TEXT, ZONED, table

NOON, LATER = datetime(2024, 1, 5, 12, tzinfo=UTC), datetime(2024, 1, 5, 12, 0, 0, 500_000, tzinfo=UTC)
FIFTH = date(2024, 1, 5)
TINY = pa.decimal128(12, 9)
# earlier type, its value, later type, its value, whether that is a change
CELLS = [
    (TEXT, "12.50", FLOAT, 12.5, False), (TEXT, "12.5", FLOAT, 12.25, True), (TEXT, "007", INT, 7, True), (TEXT, "7", INT, 7, False),
    (TEXT, "7.0", INT, 7, False), (TEXT, "7", FLOAT, 7.0, False), (TEXT, " 7 ", FLOAT, 7.0, False), (TEXT, "+7", INT, 7, True),
    (TEXT, "7 000", INT, 7000, True), (TEXT, "1,5", FLOAT, 1.5, True), (TEXT, ".5", FLOAT, 0.5, True), (TEXT, "abc", FLOAT, 1.0, True),
    (TEXT, "", FLOAT, None, True), (TEXT, None, FLOAT, None, False), (TEXT, "", TEXT, None, True), (TEXT, "", TEXT, "", False),
    (TEXT, "n/a", FLOAT, None, True), (TEXT, None, INT, 0, True), (TEXT, "-0", INT, 0, False), (TEXT, "-0", FLOAT, 0.0, False),
    (TEXT, "1e5", FLOAT, 100000.0, False), (TEXT, "1E+05", INT, 100000, False), (TEXT, "1e5", FLOAT, 100001.0, True),
    (TEXT, "12345678901234.5", FLOAT, 12345678901234.5, False), (TEXT, "10000000000", FLOAT, 1e10, False),
    (TEXT, "1e10", FLOAT, 1e10, False), (TEXT, "123456789012345678", FLOAT, 1.2345678901234568e17, True),
    (TEXT, "100000000000000000000", FLOAT, 1e20, False), (TEXT, "0.00001234", FLOAT, 1.234e-5, False),
    (TEXT, "0.0000001", FLOAT, 1e-7, False), (TEXT, "1.5e-300", FLOAT, 1.5e-300, False),
    (TEXT, "0.30000000000000004", FLOAT, 0.30000000000000004, False), (TEXT, "0.3", FLOAT, 0.30000000000000004, True),
    (TEXT, "0.1000000000000000055", FLOAT, 0.1, True), (TEXT, "9007199254740993", INT, 2**53 + 1, False),
    (TEXT, "9007199254740993", FLOAT, 2.0**53, True), (TEXT, "9223372036854775807", INT, 2**63 - 1, False),
    (TEXT, "9223372036854775808", INT, 2**63 - 1, True), (INT, 2**53 + 1, FLOAT, 2.0**53, True), (INT, 2**53, FLOAT, 2.0**53, False),
    (INT, 2**63 - 1, FLOAT, 2.0**63, True), (INT, -(2**63), FLOAT, -(2.0**63), False), (INT, 5, FLOAT, 5.5, True),
    (INT, None, FLOAT, 1.0, True), (FLOAT, 1e10, INT, 10**10, False), (FLOAT, 0.0, FLOAT, -0.0, False),
    (FLOAT, 0.1, FLOAT, 0.1 + 2**-56, True), (INT, 2**60, INT, 2**60 + 1, True), (TEXT, "1.50", MONEY, Decimal("1.50"), False),
    (TEXT, "1.5", MONEY, Decimal("1.50"), False), (TEXT, "1.51", MONEY, Decimal("1.50"), True),
    (FLOAT, 0.35, MONEY, Decimal("0.35"), False), (FLOAT, 1e-9, TINY, Decimal("1e-9"), False), (INT, 3, MONEY, Decimal("3.00"), False),
    (MONEY, Decimal("1.50"), TINY, Decimal("1.5"), False), (TEXT, "TRUE", BOOL, True, False), (TEXT, "false ", BOOL, False, False),
    (TEXT, "yes", BOOL, True, True), (BOOL, True, INT, 1, True), (BOOL, True, BOOL, False, True), (TEXT, "2024-01-05", DAY, FIFTH, False),
    (TEXT, "2024-01-06", DAY, FIFTH, True), (TEXT, "05.01.2024", DAY, FIFTH, True), (TEXT, "2024-01-05 00:00:00", DAY, FIFTH, False),
    (TEXT, "2024-01-05T12:00", DAY, FIFTH, True), (TEXT, "2024-02-30", DAY, date(2024, 3, 1), True),
    (TEXT, "2024-01-05", MOMENT, datetime(2024, 1, 5), False), (TEXT, "2024-01-05T12:00", MOMENT, datetime(2024, 1, 5, 12), False),
    (TEXT, "2024-01-05 12:00:00.5", MOMENT, datetime(2024, 1, 5, 12, 0, 0, 500_000), False),
    (TEXT, "1500-03-01", DAY, date(1500, 3, 1), False), (TEXT, "2024-01-05 12:00:01", MOMENT, datetime(2024, 1, 5, 12), True),
    (DAY, FIFTH, MOMENT, datetime(2024, 1, 5), False), (DAY, FIFTH, MOMENT, datetime(2024, 1, 5, 1), True),
    (TEXT, "2024-01-05T12:00:00Z", ZONED, NOON, False), (TEXT, "2024-01-05 13:00+01:00", ZONED, NOON, False),
    (TEXT, "2024-01-05 13:00:00.500+0100", ZONED, LATER, False), (TEXT, "2024-01-05 12:00", ZONED, NOON, True),
    (TEXT, "2024-01-05 12:00+01:00", ZONED, NOON, True), (TEXT, "é", TEXT, "e\u0301", True), (DAY, FIFTH, TEXT, "2024-01-05", False),
    (FLOAT, 12.5, TEXT, "12.50", False), (BOOL, True, TEXT, "true", False),
]  # fmt: skip


@pytest.mark.parametrize(("old_type", "old", "new_type", "new", "changed"), CELLS)
@pytest.mark.parametrize("beside", [False, True])
def test_a_cell_changed_if_its_value_differs(old_type: Any, old: Any, new_type: Any, new: Any, changed: bool, beside: bool) -> None:
    extra = [None, None] if beside else []
    a, b = (pa.chunked_array([pa.array([v, *extra], t)]) for v, t in ((old, old_type), (new, new_type)))
    assert differs(a, b).tolist() == [changed] + [False] * len(extra)


def test_columns_without_rows_do_not_differ() -> None:
    kinds = (TEXT, INT, FLOAT, BOOL, DAY, MOMENT, ZONED, MONEY)
    assert [differs(pa.chunked_array([], a), pa.chunked_array([pa.array([], b)])).tolist() for a in kinds for b in kinds] == [[]] * 64


NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][+-]?[0-9]+)?")
STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?")


def exactly(value: Any) -> Any:
    """A value in a form in which equal values of two types are equal."""
    if isinstance(value, bool):
        return ("yes/no", value)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return Decimal(value) if isinstance(value, int) else value


def reads_as(text: str, other: Any) -> bool:
    text = text.strip()
    if isinstance(other, bool):
        return text.lower() == str(other).lower()
    if isinstance(other, date):
        try:
            return bool(STAMP.fullmatch(text)) and datetime.fromisoformat(text) == exactly(other)
        except ValueError:
            return False
    return bool(NUMBER.fullmatch(text)) and Decimal(text) == exactly(other)


def changed_cell(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is not b
    if isinstance(a, str) != isinstance(b, str):
        return not (reads_as(a, b) if isinstance(a, str) else reads_as(b, a))
    if type(a) is int and type(b) is float:
        return a != b
    return bool(exactly(a) != exactly(b))


def brute(before: pd.DataFrame, after: pd.DataFrame, renamed: dict[str, str]) -> Changes:
    old, new = before.index.tolist(), after.index.tolist()
    kept, stays = [r for r in new if r in old], [r for r in old if r in new]
    back = {b: a for a, b in renamed.items()}
    cells = {}
    for name in after.columns:
        was = back.get(name, name if name not in renamed else None)
        if was in before.columns:
            a, b = dict(zip(old, arrow(before[was]).to_pylist(), strict=True)), dict(zip(new, arrow(after[name]).to_pylist(), strict=True))
            if rows := [r for r in kept if changed_cell(a[r], b[r])]:
                cells[name] = rows
    moved = [r for r, s in zip(kept, stays, strict=True) if r != s]
    return Changes([r for r in old if r not in new], [r for r in new if r not in old], moved, cells)


VALUES = {
    TEXT: st.sampled_from(["", "0", "-0", "7", "007", "7.0", "7e0", "12.50", "1e10", "10000000000", "9007199254740993", "0.00001", "1e-5",
                           "abc", "true", "TRUE", "2024-01-05", "2024-01-05 00:00", "2024-01-05T10:00:00", "2024-02-30", " 7"]),
    INT: st.sampled_from([0, 7, -7, 10**10, 2**53 + 1, 2**53, 2**63 - 1]),
    FLOAT: st.sampled_from([0.0, -0.0, 7.0, 12.5, 1e10, 2.0**53, 1e-5, 1e300, 5e-324, 2.0**63, 0.1 + 0.2])
           | st.floats(allow_nan=False, allow_infinity=False),
    BOOL: st.booleans(),
    DAY: st.sampled_from([FIFTH, date(2024, 3, 1), date(1500, 1, 1)]),
    MOMENT: st.sampled_from([datetime(2024, 1, 5), datetime(2024, 1, 5, 10), datetime(2024, 1, 5, 10, 0, 0, 1)]),
    MONEY: st.sampled_from([Decimal("0.00"), Decimal("7.00"), Decimal("12.50"), Decimal("-7.00")]),
}  # fmt: skip


@st.composite
def pairs(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """Two tables: rows removed, added and moved; columns of other types, gone, new and renamed; cut into chunks."""
    old = draw(st.lists(st.integers(2, 12), unique=True, max_size=7))
    new = draw(st.permutations(old))[: draw(st.integers(0, len(old)))] if draw(st.booleans()) else old
    new = [*new, *draw(st.lists(st.integers(20, 23), unique=True, max_size=2))]

    def one(rows: list[int], names: list[str], kinds: list[pa.DataType], given: dict[str, dict[int, Any]]) -> pd.DataFrame:
        made = {}
        for name, kind in zip(names, kinds, strict=True):
            cells = given.get(name, {})
            values = [cells[r] if r in cells and draw(st.booleans()) else draw(st.none() | VALUES[kind]) for r in rows]
            made[name] = values
        return table(rows, dict(zip(names, kinds, strict=True)), **made)

    kinds = draw(st.lists(st.sampled_from(list(VALUES)), min_size=3, max_size=3))
    before = one(old, ["a", "b", "c"], kinds, {})
    renamed = draw(st.sampled_from([{}, {"a": "z"}, {"a": "b", "b": "a"}, {"a": "b"}]))
    taken = {new: old for old, new in renamed.items()}
    sources = {**{n: n for n in "abc" if n not in renamed and n not in taken}, **taken}
    later, known = {}, {}
    for name, was in sources.items():
        kind = kinds["abc".index(was)]
        later[name] = kind if draw(st.booleans()) else draw(st.sampled_from(list(VALUES)))
        known[name] = dict(zip(old, arrow(before[was]).to_pylist(), strict=True)) if later[name] == kind else {}
    after = one(new, list(sources), list(later.values()), known)
    gone = draw(st.sampled_from([[], ["c"]])) if "c" in sources else []
    after = after.drop(columns=gone)
    if draw(st.booleans()) and len(after) > 1:
        after = pd.concat([after[:1], after[1:]])
    return before, after, renamed


@given(pairs())
def test_the_difference_is_that_of_a_comparison_cell_by_cell(pair: tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]) -> None:
    before, after, renamed = pair
    found, expected = diff(before, after, renamed), brute(before, after, renamed)
    assert found.removed.tolist() == expected.removed
    assert found.added.tolist() == expected.added
    assert found.moved.tolist() == expected.moved
    assert {n: rows.tolist() for n, rows in found.cells.items()} == expected.cells
    assert found.rows.tolist() == sorted({r for rows in expected.cells.values() for r in rows})


def test_types_are_named_where_they_differ() -> None:
    found = diff(table(a=["1", "2"], b=[1, 2]), table(a=[1, 2], c=[1, 2]), {"b": "c"})
    assert found.retyped == {"a": (TEXT, INT)}
    assert found.cells == {}


def test_a_renamed_column_is_compared_with_what_it_was() -> None:
    found = diff(table(a=[1, 2], b=["x", "y"]), table(b=[1, 3]), {"a": "b"})
    assert {n: r.tolist() for n, r in found.cells.items()} == {"b": [3]}
    assert found.retyped == {}


def test_row_numbers_that_repeat_are_refused() -> None:
    with pytest.raises(ValueError, match="row numbers repeat"):
        diff(table([2, 2], a=[1, 2]), table([2, 3], a=[1, 2]))
    with pytest.raises(ValueError, match="row numbers repeat"):
        diff(table([2, 3], a=[1, 2]), table([3, 3], a=[1, 2]))


def test_large_and_small_doubles_are_compared_column_by_column() -> None:
    """200,000 cells that Arrow writes with exponents, against the same written out: no loop over cells in Python."""
    values = np.arange(200_000) * 1e6 + 1e13 + 0.25
    texts = pa.array([f"{int(v)}.2500" for v in values], TEXT)
    assert differs(pa.chunked_array([texts]), pa.chunked_array([pa.array(values)])).sum() == 0
    assert differs(pa.chunked_array([texts]), pa.chunked_array([pa.array(values + 1)])).sum() == 200_000


def test_the_same_memory_under_other_row_numbers_is_compared() -> None:
    before = table([2, 5, 9], a=[1, 2, 2])
    after = before.set_axis(pd.Index([9, 5, 2]), axis=0)
    found = diff(before, after)
    assert found.moved.tolist() == [9, 2]
    assert {n: r.tolist() for n, r in found.cells.items()} == {"a": [9, 2]}


def test_a_new_column_with_the_name_of_a_renamed_one_is_new() -> None:
    found = diff(table(a=[1, 2]), table(a=["x", "y"], b=[1, 2]), {"a": "b"})
    assert (found.cells, found.retyped) == ({}, {})
