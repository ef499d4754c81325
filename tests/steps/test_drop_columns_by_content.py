"""Remove empty columns."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steps.arrow import arrow, same_memory
from steps.base import Columns, Outcome, StepError
from steps.drop_columns_by_content import DropColumnsByContent
from tests.steps.strategies import table

TEXT, INT, BOOL = pa.large_string(), pa.int64(), pa.bool_()
CASES = {  # parameters, columns left
    "only empty ones": ({}, ["half", "one", "gap", "one again"]),
    "blank is a value": ({"treat_blank_as_missing": False}, ["blank", "half", "one", "gap", "one again"]),
    "half is not above half": ({"max_missing_percent": 50}, ["half", "one", "gap", "one again"]),
    "above 49 %": ({"max_missing_percent": 49}, ["one", "gap", "one again"]),
    "any gap": ({"max_missing_percent": 0}, ["one", "one again"]),
    "one value": ({"constant": True}, ["half", "gap"]),
    "one value, gaps aside": ({"constant": True, "missing_counts_as_value": False}, ["half"]),
    "copies": ({"duplicate_of_other": True}, ["half", "one", "gap"]),
    "protected": (
        {"duplicate_of_other": True, "protect": Columns(names=("empty", "one again"))}, ["empty", "half", "one", "gap", "one again"],
    ),
    "only some columns": ({"columns": Columns(names=("blank",))}, ["empty", "half", "one", "gap", "one again"]),
}


def sample():
    return table({
        "empty": (INT, [None] * 4), "blank": (TEXT, ["", " ", None, "\u00a0"]), "half": (INT, [1, 2, None, None]), "one": (INT, [7] * 4),
        "gap": (BOOL, [True, True, True, None]), "one again": (INT, [7] * 4),
    })  # fmt: skip


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "left"), CASES.values(), ids=CASES)
def test_removes(given, left):
    assert list(run(DropColumnsByContent(**given), sample()).table.columns) == left


def test_says_why():
    made = run(DropColumnsByContent(max_missing_percent=30, constant=True, duplicate_of_other=True), sample())
    assert list(made.noted) == [
        '"empty" was removed: it has no values.', '"blank" was removed: it has no values.', '"half" was removed: 50 % of it is missing.',
        '"one" was removed: every row has the same value.', '"one again" was removed: every row has the same value.',
    ]  # fmt: skip


def test_a_copy_is_named():
    df = table({"a": (INT, [1, 2]), "b": (INT, [1, 2]), "c": (pa.float64(), [1.0, 2.0])})
    made = run(DropColumnsByContent(duplicate_of_other=True), df)
    assert made.noted == {'"b" was removed: it is equal to "a".': 1}
    assert list(made.table.columns) == ["a", "c"]


def test_the_list_of_january_holds_in_february():
    step = DropColumnsByContent()
    january = step.fit(table({"a": (INT, [1]), "b": (INT, [None])}))
    assert list(step.apply(table({"a": (INT, [None]), "b": (INT, [2])}), january).table.columns) == ["a"]


def test_a_table_without_rows_keeps_its_columns():
    df = sample()[:0]
    assert run(DropColumnsByContent(constant=True), df).table is df


def test_the_others_stay_the_same_memory():
    df = sample()
    made = run(DropColumnsByContent(), df).table
    assert all(same_memory(arrow(made[n]), arrow(df[n])) for n in made)


def test_refuses_an_absent_column():
    with pytest.raises(StepError) as caught:
        run(DropColumnsByContent(protect=Columns(names=("z",))), table({"a": (INT, [1])}))
    assert str(caught.value) == 'Column "z": is not in the table. Choose one of: a.'


def test_describes():
    assert DropColumnsByContent(constant=True).describe() == "Remove columns with no values or with one value"


@settings(max_examples=40)
@given(st.lists(st.none() | st.integers(0, 1), min_size=1, max_size=5), st.sampled_from([0, 20, 50, 100]))
def test_the_share_decides(values, percent):
    made = run(DropColumnsByContent(max_missing_percent=percent), table({"x": (INT, values), "y": (INT, [1] * len(values))}))
    share = 100 * values.count(None) / len(values)
    assert ("x" in made.table.columns) == (share < 100 and (share <= percent))
