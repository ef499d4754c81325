"""The account of a run: honest ones add up, and a report that hides something is found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from io_utils.facts import Lines
from pipeline import RecipeStep, account, run
from pipeline.changes import Changes
from pipeline.results import StepResult
from steps.arrow import column
from steps.base import NO_REMOVED, Outcome
from tests.pipeline.scratch import INT, TEXT, does, recipe, step, table


def orders() -> pd.DataFrame:
    return table([2, 5, 6, 9], name=["a", "b", None, "d"], n=[1, 2, 3, 6])


@does
def renamed_and_raised(df: pd.DataFrame) -> Outcome:
    made = df.rename(columns={"n": "m", "name": "n"}).assign(m=df["n"] + 1)
    return Outcome(made, renamed={"n": "m", "name": "n"})


@does
def a_row_twice(df: pd.DataFrame) -> pd.DataFrame:
    return df.take([0, 0, *range(1, len(df))])


@does
def sorted_down(df: pd.DataFrame) -> pd.DataFrame:
    return df.sort_values(df.columns[1], ascending=False)


@does
def made_rows_gone(df: pd.DataFrame) -> pd.DataFrame:
    return df[df.index < 10]


@does
def other_name_column(df: pd.DataFrame) -> pd.DataFrame:
    return df.drop(columns="name").assign(extra=column(pa.array([1] * len(df), INT), df))


@does
def name_back(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(name=column(pa.array([7] * len(df), INT), df))


UPPER, DROP = step("t_upper", column="name"), step("dropna", columns={"names": ["name"]})
ROWS, ALL = {"name": "t_rows"}, {"name": "t_all"}
HONEST: dict[str, tuple[RecipeStep, ...]] = {
    "nothing": (),
    "cells and rows": (UPPER, DROP, step("t_center", columns={"names": ["n"]})),
    "types and refused values": (step("t_number", column="name"), step("t_number", column="name", on=False)),
    "names changed round": (step("t_all", what="renamed_and_raised"), step("t_all", what="sorted_down")),
    "rows made and gone": (step("t_all", what="a_row_twice"), UPPER, step("t_rows", what="made_rows_gone")),
    "rows made": (step("t_all", what="a_row_twice"), DROP, step("t_all", what="a_row_twice")),
    "sorted": (DROP, step("t_rows", what="sorted_down")),
    "a column gone and another of its name": (step("t_all", what="other_name_column"), step("t_all", what="name_back")),
    "failing": (UPPER, step("t_upper", column="zip"), DROP),
    "skipped": (step("t_upper", column="zip", if_missing_column="skip"), DROP),
}


@pytest.mark.parametrize("steps", HONEST.values(), ids=HONEST)
def test_honest_runs_add_up(steps: tuple[RecipeStep, ...]) -> None:
    found = account(run(orders(), recipe(*steps)).result)
    assert found.problems == ()
    assert found.ok


def test_the_account_in_words() -> None:
    found = account(run(orders(), recipe(step("t_all", what="a_row_twice"), DROP, UPPER)).result, left_out=3)
    assert found.sentence == "4 rows read, 3 lines left out when loading, 1 removed by steps, 1 added by steps: 4 rows in the result."
    assert (found.rows_read, found.rows_removed, found.rows_added, found.rows_result, found.left_out) == (4, 1, 1, 4, 3)
    assert found.columns_changed == ("name",)


LINES = {
    "all there": (Lines(file=8, rows=4, header=1, left_out=3), 3, ()),
    "two lost": (
        Lines(file=10, rows=4, header=1, left_out=3),
        3,
        ("The file has 10 lines, but 8 are rows, header, left out or within cells: 2 are nowhere.",),
    ),
    "one twice": (
        Lines(file=7, rows=4, header=1, left_out=3),
        3,
        ("The file has 7 lines, but 8 are rows, header, left out or within cells: 1 are there twice.",),
    ),
    "rows of another table": (Lines(file=8, rows=5, header=1, left_out=2), 2, ("5 rows were read from the file, but the table has 4.",)),
    "not listed": (Lines(file=8, rows=4, header=1, left_out=3), 1, ("3 lines of the file were left out, but only 1 are listed.",)),
}


@pytest.mark.parametrize(("lines", "left_out", "problems"), LINES.values(), ids=LINES)
def test_lines_counted_on_the_file_are_held_against_the_table(lines: Lines, left_out: int, problems: tuple[str, ...]) -> None:
    found = account(run(orders(), recipe(DROP)).result, left_out, lines)
    assert found.problems == problems


def test_the_account_names_the_lines_of_the_file() -> None:
    found = account(run(orders(), recipe(DROP)).result, 3, Lines(file=1_008, rows=4, header=1, left_out=3, inside=1_000))
    said = "1,008 lines in the file, 1 of the header, 1,000 within cells of several lines, 4 rows read, 3 lines left out when loading"
    assert found.sentence == f"{said}, 1 removed by steps: 3 rows in the result."


class Lying:
    """A cache that changes what a step is said to have done."""

    def __init__(self, lie: Callable[[StepResult], StepResult]) -> None:
        self.lie = lie

    def get(self, key: str) -> None:
        return None

    def put(self, key: str, result: Any) -> Any:
        return self.lie(result)


def said(result: StepResult, **report: Any) -> StepResult:
    return replace(result, report=result.report.model_copy(update=report))


def hides_a_removal(r: StepResult) -> StepResult:
    return replace(said(r, removed=0, rows_out=4), changes=replace(r.changes, removed=np.empty(0, "int64")), removed=NO_REMOVED)


def hides_a_removal_and_its_rows_in(r: StepResult) -> StepResult:
    return replace(said(r, removed=0, rows_in=3), changes=replace(r.changes, removed=np.empty(0, "int64")), removed=NO_REMOVED)


def names_another_row(r: StepResult) -> StepResult:
    rows = np.array([9])
    return replace(r, changes=replace(r.changes, removed=rows), removed=r.removed.set_axis(pd.Index(rows), axis=0))


def hides_the_cells(r: StepResult) -> StepResult:
    return replace(said(r, cells={}), changes=Changes())


def hides_one_cell(r: StepResult) -> StepResult:
    return replace(said(r, cells={"name": 2}), changes=Changes(cells={"name": np.array([2, 5])}))


def counts_less(r: StepResult) -> StepResult:
    return said(r, cells={"name": 2})


def changes_another_column(r: StepResult) -> StepResult:
    return replace(r, table=r.table.assign(n=column(pa.array([1, 2, 3, 7], INT), r.table)))


def another_type(r: StepResult) -> StepResult:
    return replace(r, table=r.table.assign(n=column(pa.array(["1", "2", "3", "6"], TEXT), r.table)))


def a_column_gone(r: StepResult) -> StepResult:
    return replace(r, table=r.table.drop(columns="n"))


def a_column_more(r: StepResult) -> StepResult:
    return replace(r, table=r.table.assign(z=r.table["n"]))


def a_row_more(r: StepResult) -> StepResult:
    extra = r.table[:1].set_axis(pd.Index([99]), axis=0)
    return replace(said(r, rows_out=5, added=1), table=pd.concat([r.table, extra]))


def another_order(r: StepResult) -> StepResult:
    return replace(r, table=r.table[::-1])


LIES = {
    "a removal hidden": (hides_a_removal, DROP, "Step 1: 4 rows in, 0 removed and 0 added do not give 3."),
    "a removal hidden well": (hides_a_removal_and_its_rows_in, DROP, "Step 1: 3 rows in, but 4 were left before it."),
    "a removal, seen at the end": (
        hides_a_removal, DROP, "1 rows are missing from the result that no step reports as removed (first: row 6)."
    ),
    "another row removed": (names_another_row, DROP, "1 rows stand in the result that no step reports as added (first: row 9)."),
    "changed cells hidden": (hides_the_cells, UPPER, 'Column "name" differs from the file in 3 cells that no step reports.'),
    "one changed cell hidden": (hides_one_cell, UPPER, 'Column "name" differs from the file in 1 cells that no step reports.'),
    "a wrong count": (counts_less, UPPER, "Step 1: its report does not count what its lists hold."),
    "another column changed": (changes_another_column, UPPER, 'Column "n" differs from the file in 1 cells that no step reports.'),
    "another type": (another_type, UPPER, 'Column "n" has another type than in the file, and no step reports it.'),
    "a column gone": (a_column_gone, UPPER, 'Column "n" is gone, and no step reports it.'),
    "a column more": (a_column_more, UPPER, 'Column "z" is new, and no step reports it.'),
    "a row more": (a_row_more, UPPER, "1 rows stand in the result that no step reports as added (first: row 99)."),
    "another order": (another_order, UPPER, "Rows stand in another order than in the file, and no step reports it."),
}  # fmt: skip


@pytest.mark.parametrize(("lie", "one", "problem"), LIES.values(), ids=LIES)
def test_a_report_that_hides_something_is_found(lie: Callable[[StepResult], StepResult], one: RecipeStep, problem: str) -> None:
    done = run(orders(), recipe(one), keys={"orders": "k"}, results=Lying(lie))
    found = account(done.result)
    assert not found.ok
    assert problem in found.problems
