"""Edit cells by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from steps.arrow import arrow, same_memory
from steps.base import StepError
from steps.edit_cells import AddedRow, DeletedRow, Edit, EditCells
from tests.steps.strategies import table

TYPES = {
    "text": (pa.large_string(), "a", "a", " b", " b"),
    "missing": (pa.large_string(), "a", "a", None, None),
    "filled": (pa.int64(), None, None, "7", 7),
    "long integer": (pa.int64(), 2**53 + 1, "9007199254740993", "9007199254740995", 2**53 + 3),
    "number written otherwise": (pa.float64(), 12.5, "12.50", "0.1", 0.1),
    "decimal": (pa.decimal128(38, 2), Decimal("1.50"), "1.5", "12345678901234567890.12", Decimal("12345678901234567890.12")),
    "yes/no": (pa.bool_(), True, "true", "false", False),
    "date": (pa.date32(), date(2024, 2, 28), "2024-02-28", "2024-02-29", date(2024, 2, 29)),
    "time": (pa.timestamp("us"), datetime(2024, 2, 29, 10), "2024-02-29 10:00", "2024-02-29 10:00:01", datetime(2024, 2, 29, 10, 0, 1)),
    "time in its zone": (
        pa.timestamp("us", "Europe/Berlin"), datetime(2024, 7, 1, 8, tzinfo=UTC), "2024-07-01 10:00", "2024-07-01 12:00",
        datetime(2024, 7, 1, 10, tzinfo=UTC),
    ),
}  # fmt: skip


def edited(df, **given):
    step = EditCells(**given)
    return step.apply(df, step.fit(df))


@pytest.mark.parametrize(("of", "value", "old", "new", "expected"), TYPES.values(), ids=TYPES)
def test_writes_a_value_of_the_columns_type(of, value, old, new, expected):
    made = edited(table({"x": (of, [value, value])}), edits=[Edit(row=3, column="x", old=old, new=new)])
    assert arrow(made["x"]).to_pylist() == [value, expected]
    assert made.table.dtypes["x"].pyarrow_dtype == of
    assert len(made.rejected) == 0


REFUSED = {
    "another old value": (Edit(row=2, column="n", old="5", new="7"), 2, "1", 'not applied: is no longer "5", as it was when edited'),
    "was missing": (Edit(row=2, column="n", old=None, new="7"), 2, "1", "not applied: is no longer missing, as it was when edited"),
    "row gone": (Edit(row=9, column="n", old="1", new="7"), 9, "7", "not applied: the row is not in the table"),
    "column gone": (Edit(row=2, column="z", old="1", new="7"), 2, "7", 'not applied: there is no column "z"'),
    "no number": (Edit(row=2, column="n", old="1", new="7.5"), 2, "7.5",
                  'not applied: "7.5" is not a whole number. Write it like 1200 or -7'),
    "too large": (
        Edit(row=2, column="n", old="1", new="9223372036854775808"), 2, "9223372036854775808",
        'not applied: "9223372036854775808" is too large for a whole number. The largest is 9223372036854775807',
    ),
    "key of no row": (Edit(key=("q",), column="n", old="1", new="7"), 0, "7", "not applied: no row has the key"),
    "key of two rows": (Edit(key=("b",), column="n", old="2", new="7"), 0, "7", "not applied: several rows have the key"),
}  # fmt: skip
DF = table({"id": (pa.large_string(), ["a", "b", "b"]), "n": (pa.int64(), [1, 2, 3])})


@pytest.mark.parametrize(("edit", "row", "value", "reason"), REFUSED.values(), ids=REFUSED)
def test_lists_an_edit_that_does_not_apply(edit, row, value, reason):
    made = edited(DF, edits=[edit], keys=("id",))
    assert arrow(made["n"]).to_pylist() == [1, 2, 3]
    assert (made.rejected.index.tolist(), made.rejected["value"].tolist(), made.rejected["reason"].tolist()) == ([row], [value], [reason])
    assert made.noted == {"{n} edits by hand were not applied; see Problems.": 1}


def test_an_hour_that_occurs_twice_is_refused():
    df = table({"x": (pa.timestamp("us", "Europe/Berlin"), [None])})
    made = edited(df, edits=[Edit(row=2, column="x", old=None, new="2024-10-27 02:30")])
    assert "is not one moment in Europe/Berlin" in made.rejected["reason"].tolist()[0]


def test_finds_rows_by_key_and_edits_a_cell_twice():
    edits = [Edit(key=("a",), column="n", old="1", new="5"), Edit(key=("a",), column="n", old="5", new="6")]
    made = edited(DF, edits=edits, keys=("id",))
    assert arrow(made["n"]).to_pylist() == [6, 2, 3]
    assert same_memory(arrow(made["id"]), arrow(DF["id"]))


def test_on_another_file_only_edits_by_key_apply():
    step = EditCells(
        file="one", keys=("id",), edits=[Edit(row=2, column="n", old="1", new="5"), Edit(key=("a",), column="n", old="1", new="6")]
    )
    assert step.for_file("one") is step
    made = step.for_file("two").apply(DF, None)
    assert arrow(made["n"]).to_pylist() == [6, 2, 3]
    assert made.rejected["reason"].tolist() == ["not applied: the row number belongs to another file"]
    assert arrow(step.apply(DF, None)["n"]).to_pylist() == [5, 2, 3]


def test_adds_rows_below_their_rows():
    made = edited(DF, added=[AddedRow(after=2, values={"n": "7"}), AddedRow(values={"id": "end"}), AddedRow(after=2, values={"n": "8"})])
    assert made.table.index.tolist() == [2, 2, 2, 3, 4, 4]
    assert arrow(made["n"]).to_pylist() == [1, 7, 8, 2, 3, None]
    assert arrow(made["id"]).to_pylist() == ["a", None, None, "b", "b", "end"]


def test_deletes_rows_while_their_values_stand():
    deleted = [DeletedRow(row=3, was={"n": "2"}), DeletedRow(key=("a",), was={"n": "9"})]
    made = edited(DF, deleted=deleted, keys=("id",))
    assert made.table.index.tolist() == [2, 4]
    assert made.removed["reason"].tolist() == ["deleted by hand"]
    assert made.rejected["reason"].tolist() == ["not applied: the row is not deleted: a value of it has changed"]


def test_a_row_added_below_a_deleted_one_goes_below_the_nearest_that_stays():
    made = edited(DF, added=[AddedRow(after=3, values={"n": "7"})], deleted=[DeletedRow(row=3)])
    assert made.table.index.tolist() == [2, 2, 4]
    assert arrow(made["n"]).to_pylist() == [1, 7, 3]


def test_rows_out_of_order_are_found():
    df = table({"n": (pa.int64(), [1, 2, 3])}, rows=[9, 4, 7])
    assert arrow(edited(df, edits=[Edit(row=4, column="n", old="2", new="5")])["n"]).to_pylist() == [1, 5, 3]


def test_refuses_a_key_of_another_length():
    with pytest.raises(StepError) as caught:
        edited(DF, edits=[Edit(key=("a", "b"), column="n", old="1", new="2")], keys=("id",))
    assert "has 2 values, but rows are found by 1 columns" in str(caught.value)


def test_describes():
    assert EditCells(edits=[Edit(row=2, column="n", new="1")]).describe() == "Change 1 cell by hand"
    assert EditCells(added=[AddedRow()], deleted=[DeletedRow(row=1), DeletedRow(row=2)]).describe() == "Add 1 row and delete 2 rows by hand"
