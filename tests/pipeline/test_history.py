"""Where a row went, told step by step; every expected word typed by hand."""

import pandas as pd
import pyarrow as pa
import pytest

from io_utils import Source
from pipeline import Recipe, RecipeStep, TableRecipe, new_step, run
from pipeline.history import Cell, Story, story
from pipeline.run import TableRun
from steps.arrow import INT, TEXT
from steps.base import Outcome
from tests.pipeline.scratch import does, step

ROWS = {"name": [" Ana ", "Bo", "Bo", "Cy", "Di"], "n": ["1", "2", "2", "x", "5"]}
SOURCES = [Source(2, 4, "january.csv", None, 2), Source(5, 6, "february.csv", None, 2)]
CRM = pd.DataFrame({"who": pd.array(["Bo", "Cy"], TEXT), "mail": pd.array(["b@x", "c@x"], TEXT)}, index=[2, 3])


def table() -> pd.DataFrame:
    return pd.DataFrame({n: pd.array(v, TEXT) for n, v in ROWS.items()}, index=pd.RangeIndex(2, 7))


def ran(*steps: RecipeStep, **others: pd.DataFrame) -> TableRun:
    names = [TableRecipe(name="t", steps=steps), *(TableRecipe(name=n) for n in others)]
    return run({"t": table(), **others}, Recipe(result="t", tables=tuple(names))).result


def told(found: Story) -> list[tuple[int, str, str]]:
    return [(e.step, e.kind, e.text) for e in found.events]


CLEAN = (
    new_step("trim_whitespace"),
    new_step("set_types", {"types": {"n": "integer"}}),
    new_step("drop_duplicates"),
    new_step("filter", {"action": "remove", "condition": {"tests": [{"column": "name", "op": "equals", "value": "Di"}]}}),
)


def test_a_row_that_is_kept_and_changed() -> None:
    found = story(ran(*CLEAN), 2, SOURCES)
    assert found.end == "kept"
    assert found.sentence == "Row 2 is kept, changed by step 1. It stands at place 1 of 3."
    assert told(found) == [(0, "read", "Read from january.csv row 2."), (1, "changed", "Changed in 1 column.")]
    assert found.events[1].cells == (Cell(column="name", old=" Ana ", new="Ana"),)


def test_a_row_that_others_were_merged_into() -> None:
    found = story(ran(*CLEAN), 3, SOURCES)
    assert found.end == "kept"
    assert told(found)[1:] == [(3, "takes_in", "Stands for row 4, removed as equal.")]
    assert found.events[1].rows == (4,)


def test_a_row_that_is_merged_into_another() -> None:
    found = story(ran(*CLEAN), 4, SOURCES)
    assert found.end == "removed"
    assert found.sentence == "Row 4 was removed by step 3: equal to row 3, which is kept."
    assert told(found)[1:] == [(3, "removed", "equal to row 3, which is kept.")]
    assert found.events[1].rows == (3,)


def test_a_row_with_a_problem() -> None:
    found = story(ran(*CLEAN), 5, SOURCES)
    assert told(found) == [
        (0, "read", "Read from february.csv row 2."),
        (2, "problem", "Is not a whole number of up to 15 digits."),
        (2, "changed", "Changed in 1 column."),
    ]
    assert found.events[1].cells == (Cell(column="n", old="x", new=None),)
    assert found.events[2].cells == (Cell(column="n", old="x", new=None),)
    assert found.sentence == "Row 5 is kept, changed by step 2. It stands at place 3 of 3."


def test_a_row_that_a_condition_removed_and_what_comes_after_is_not_told() -> None:
    found = story(ran(*CLEAN, new_step("change_case")), 6, SOURCES)
    assert (found.end, found.sentence) == ("removed", 'Row 6 was removed by step 4: name is "Di".')
    assert [e.step for e in found.events] == [0, 4]


def test_rows_that_are_made_and_what_they_are_made_from() -> None:
    steps = (new_step("find_replace", {"find": "Cy", "replace": "Cy,Cyd,Cyr"}), new_step("explode", {"column": "name"}))
    run_ = ran(*steps)
    parent = story(run_, 5)
    assert told(parent)[2:] == [(2, "changed", "Changed in 1 column."), (2, "makes", "Also became rows 7 and 8.")]
    child = story(run_, 8)
    assert told(child) == [(2, "made", "Made from row 5.")]
    assert (child.end, child.sentence) == ("kept", "Row 8 is kept, changed by step 2. It stands at place 6 of 7.")


def test_columns_that_come_go_and_are_renamed() -> None:
    steps = (
        new_step("rename", {"names": {"name": "who"}}),
        new_step("concat_columns", {"columns": {"names": ["who", "n"]}, "output": "both", "separator": "-"}),
        new_step("select", {"action": "remove", "columns": {"names": ["n"]}}),
        new_step("change_case", {"case": "upper", "columns": {"names": ["who"]}}),
    )
    found = story(ran(*steps), 3)
    assert told(found)[1:] == [
        (2, "new_columns", "Got 1 new column."),
        (3, "columns_removed", "Lost 1 column that the step took away."),
        (4, "changed", "Changed in 1 column."),
    ]
    assert [e.cells for e in found.events[1:]] == [
        (Cell(column="both", old=None, new="Bo-2"),),
        (Cell(column="n", old="2", new=None),),
        (Cell(column="who", old="Bo", new="BO"),),
    ]


def test_a_row_that_is_moved_and_one_that_got_values_from_another_table() -> None:
    moved = story(ran(new_step("sort", {"by": [{"column": "name", "order": "descending"}]})), 6)
    assert told(moved)[1:] == [(1, "moved", "Moved to place 1.")]
    looked = ran(new_step("join", {"other": "crm", "keys": [{"column": "name", "other": "who"}]}), crm=CRM)
    assert told(story(looked, 5))[1:] == [(1, "new_columns", "Got 1 new column."), (1, "looked_up", "Values from row 3 of crm.")]


def test_steps_that_are_off_do_nothing_and_one_that_fails_ends_the_story() -> None:
    off = new_step("dropna", {"columns": {"names": ["n"]}}, on=False)
    failed = new_step("change_case", {"columns": {"names": ["gone"]}})
    found = story(ran(off, failed, new_step("trim_whitespace")), 2)
    assert told(found)[1:] == [(2, "stopped", "The steps stop here: this one could not run.")]
    assert found.sentence == "Row 2 is kept, as it was read. It stands at place 1 of 5."


def test_a_line_that_was_left_out_when_loading() -> None:
    lines = pd.DataFrame(
        {
            "file": pd.array(["other.csv", "january.csv"], TEXT),
            "line": pd.array([9, 9], INT),
            "reason": pd.array(["blank", "a total"], TEXT),
            "text": pd.array(["", "Total;9"], TEXT),
        }
    )
    found = story(ran(), 9, SOURCES, lines)
    assert (found.end, found.sentence) == ("left_out", "Row 9 was left out when loading: a total.")
    assert found.events[0].cells == (Cell(column="the line", old="Total;9", new=None),)


@pytest.mark.parametrize("row", [0, 1, 99])
def test_a_row_that_never_was(row: int) -> None:
    found = story(ran(*CLEAN), row, SOURCES)
    assert (found.end, found.events) == ("unknown", ())
    assert found.sentence == f"There is no row {row}. Rows of this table have numbers up to 6; the header has one, too."


def test_no_rows_at_all() -> None:
    empty = run(table()[:0], Recipe(result="t", tables=(TableRecipe(name="t", steps=CLEAN),))).result
    assert story(empty, 2).end == "unknown"
    assert pa.types.is_large_string(empty.source.dtypes["name"].pyarrow_dtype)


@does
def swapped_and_raised(df: pd.DataFrame) -> Outcome:
    """Name and n change places, and name is in capitals."""
    made = df.rename(columns={"name": "n", "n": "name"})
    return Outcome(made.assign(n=made["n"].str.upper()), renamed={"name": "n", "n": "name"})


@does
def renamed_and_raised(df: pd.DataFrame) -> Outcome:
    """Name is called who and in capitals; another column takes its name."""
    made = df.rename(columns={"name": "who"})
    return Outcome(made.assign(who=made["who"].str.upper(), name=made["n"]), renamed={"name": "who"})


def test_a_column_that_one_step_renames_and_changes() -> None:
    found = story(ran(step("t_all", what="renamed_and_raised")), 3)
    assert told(found)[1:] == [(1, "changed", "Changed in 1 column."), (1, "new_columns", "Got 1 new column.")]
    assert found.events[1].cells == (Cell(column="who", old="Bo", new="BO", was="name"),)
    assert found.events[2].cells == (Cell(column="name", old=None, new="2"),)
    swapped = story(ran(step("t_all", what="swapped_and_raised")), 3)
    assert told(swapped)[1:] == [(1, "changed", "Changed in 1 column.")]
    assert swapped.events[1].cells == (Cell(column="n", old="Bo", new="BO", was="name"),)
