"""Several files as one table: every row and line kept, and each row's place known."""

from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from io_utils import ReadError, read, row_place
from io_utils.stack import Part, stack
from io_utils.tables import arrow


def part(name: str, content: bytes, into: dict[str, str | None] | None = None, **added: str | None) -> Part:
    found = read(content, name=name)
    return Part(found, into or {c: c for c in found.table.columns}, added)


def typed(name: str, **columns: pa.Array) -> Part:
    """A reading whose columns have types, as those of a workbook."""
    found = part(name, b"x\n" + b"1\n" * len(next(iter(columns.values()))))
    series = {n: pd.Series(v, dtype=pd.ArrowDtype(v.type), index=found.read.table.index) for n, v in columns.items()}
    found.read.table = pd.DataFrame(series, index=found.read.table.index)
    return Part(found.read, {n: n for n in columns}, {})


def values(table: pd.DataFrame) -> dict[str, list[object]]:
    return {n: arrow(table[n]).to_pylist() for n in table.columns}


JANUARY = b"preamble\n\nid,amount\n1,10\n\n2,20\n"
FEBRUARY = b"id,amount,tip\n3,30,1\n4,40,\n"


def test_rows_are_stacked_and_know_where_they_are_from() -> None:
    found = stack([part("january.csv", JANUARY, source="january.csv"), part("february.csv", FEBRUARY, source="february.csv")])
    assert values(found.table) == {
        "id": ["1", "2", "3", "4"], "amount": ["10", "20", "30", "40"], "tip": [None, None, "1", None],
        "source": ["january.csv", "january.csv", "february.csv", "february.csv"],
    }  # fmt: skip
    assert found.table.index.tolist() == [4, 6, 7, 8]
    places = ["january.csv row 4", "january.csv row 6", "february.csv row 2", "february.csv row 3"]
    assert [row_place(found.sources, row) for row in found.table.index] == places


def test_lines_left_out_and_notes_keep_their_file() -> None:
    found = stack([part("a.csv", JANUARY), part("b.csv", b"id,amount\n5,50,9\n\n")])
    assert found.set_aside[["file", "line"]].to_numpy().tolist() == [["a.csv", 1], ["a.csv", 2], ["a.csv", 5], ["b.csv", 3]]
    assert [n.text.split(":")[0] for n in found.notes if "extra" in n.text] == ["b.csv"]
    assert len(found.table) + len(found.set_aside) == 7  # of the 9 lines two are headers


def test_columns_go_where_they_are_said_to() -> None:
    parts = [part("a.csv", b"id,amount\n1,10\n"), part("b.csv", b"ID,sum,x\n2,20,9\n", {"ID": "id", "sum": "amount", "x": None})]
    assert values(stack(parts).table) == {"id": ["1", "2"], "amount": ["10", "20"]}


def test_two_columns_of_a_file_in_one_are_refused() -> None:
    with pytest.raises(ReadError) as caught:
        stack([part("a.csv", b"id\n1\n"), part("b.csv", b"x,y\n1,2\n", {"x": "id", "y": "id"})])
    assert str(caught.value) == 'b.csv: the columns "x" and "y" would both go into "id". Choose another place for one of them.'


KINDS = {
    "numbers and text": ([1, 2], pa.int64(), ["n/a"], pa.large_string(), ["1", "2", "n/a"]),
    "whole numbers and doubles": ([1, 2], pa.int64(), [0.5], pa.float64(), [1.0, 2.0, 0.5]),
    "a whole number too long for a double": ([9007199254740993], pa.int64(), [0.5], pa.float64(), ["9007199254740993", "0.5"]),
    "doubles and text": ([1.0, 2.5], pa.float64(), ["x"], pa.large_string(), ["1", "2.5", "x"]),
    "yes/no and text": ([True], pa.bool_(), ["x"], pa.large_string(), ["TRUE", "x"]),
    "dates and text": ([date(2024, 1, 31)], pa.date32(), ["soon"], pa.large_string(), ["2024-01-31", "soon"]),
    "a column without values": ([1], pa.int64(), [None], pa.large_string(), [1, None]),
    "nothing anywhere": ([None], pa.large_string(), [None], pa.float64(), [None, None]),
}


@pytest.mark.parametrize(("above", "of", "below", "other", "expected"), KINDS.values(), ids=KINDS)
def test_no_value_is_changed_where_kinds_differ(above, of, below, other, expected) -> None:
    found = stack([typed("a.xlsx", v=pa.array(above, of)), typed("b.xlsx", v=pa.array(below, other))])
    assert values(found.table)["v"] == expected


def test_a_column_that_became_text_is_said() -> None:
    found = stack([typed("a.xlsx", v=pa.array([1])), typed("b.xlsx", v=pa.array(["x"], pa.large_string()))])
    assert [n.text for n in found.notes] == ['Column "v" is text: it holds numbers in a.xlsx and text in b.xlsx. No value was changed.']


def test_files_without_rows_take_no_row_number() -> None:
    found = stack([part("a.csv", b"id\n"), part("b.csv", b"id\n1\n"), part("c.csv", b"id\n"), part("d.csv", b"id\n2\n")])
    assert values(found.table) == {"id": ["1", "2"]}
    assert [row_place(found.sources, row) for row in found.table.index] == ["b.csv row 2", "d.csv row 2"]
    assert found.table.index.is_unique


def test_the_same_files_have_the_same_digest() -> None:
    a, b = part("a.csv", JANUARY), part("b.csv", FEBRUARY)
    assert stack([a, b]).digest == stack([a, b]).digest
    assert stack([a, b]).digest != stack([b, a]).digest
