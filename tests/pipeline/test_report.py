"""The report of a run, in plain data and in words."""

import pandas as pd
import pytest

from io_utils import Read, read
from pipeline import Budget, Recipe, RecipeStep, new_step, run
from pipeline.report import RunReport, make_report
from tests.pipeline.scratch import recipe, step

CSV = b"name,n\na,1\nb,2\n,3\n"


def report(*steps: RecipeStep) -> RunReport:
    found: Read = read(CSV, name="in.csv")
    made: Recipe = recipe(*steps)
    return make_report(run(found.table, made), {"orders": found})


def test_a_report_is_json_there_and_back_and_the_same_each_time() -> None:
    steps = (new_step("set_types", {"types": {"n": "integer"}}), step("t_center", columns={"names": ["n"]}))
    made = report(*steps)
    assert RunReport.model_validate_json(made.model_dump_json()) == made
    assert report(*steps) == made
    assert made.tables[0].steps[1].fitted == {"n": {"mean": 2.0}}
    assert made.tables[0].steps[1].report is not None
    assert made.tables[0].steps[1].report.id == "s2"


CLEAN = {
    "nothing": ((), True),
    "a change": ((step("t_upper", column="name"),), True),
    "a step that is off": ((step("t_upper", column="zip", on=False),), True),
    "values that could not be used": ((step("t_number", column="name"),), False),
    "a step that was skipped": ((step("t_upper", column="zip", if_missing_column="skip"),), False),
    "a step that needs a look": ((new_step("dropna", budget=Budget(removed_share=0)),), False),
    "a step that failed": ((step("t_upper", column="zip"),), False),
}


@pytest.mark.parametrize(("steps", "clean"), CLEAN.values(), ids=CLEAN)
def test_clean_means_that_nothing_is_left_to_see_to(steps: tuple[RecipeStep, ...], clean: bool) -> None:
    assert report(*steps).clean is clean


def test_a_step_in_words() -> None:
    off, none = step("t_upper", column="name", on=False), step("t_upper", column="n")
    stops = new_step("dropna", budget=Budget(removed_share=0, action="stop"))
    skipped = step("t_upper", column="zip", if_missing_column="skip")
    lines = report(none, off, skipped, step("t_upper", column="name"), stops, none).lines()
    assert lines == [
        "in.csv: 3 rows read, 0 lines left out",
        "  1. Upper case: no effect.",
        "  2. off",
        "  3. Upper case: no effect. Skipped: zip is not in the file.",
        "  4. Upper case: 2 cells changed.",
        "  5. failed: Removes 1 of 3 rows (33.3%); it may not be more than 0%.",
        "  6. waiting: Waits for step 5.",
        "  4 lines in the file, 1 of the header, 3 rows read: 3 rows in the result.",
    ]


def test_rows_and_columns_are_those_of_the_result() -> None:
    made = report(new_step("dropna", {"columns": {"names": ["name"]}}))
    assert (made.rows, made.columns, made.ok, made.accounted) == (2, 2, True, True)
    assert isinstance(made.content_hash, str)
    assert len(made.content_hash) == 64
    assert made.content_hash != report().content_hash
    assert pd.isna(report(step("t_upper", column="zip")).content_hash)
