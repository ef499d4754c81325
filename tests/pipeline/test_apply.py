"""One step on one table: what is absent, mended, frozen, refused, removed and made, and that the input never changes."""

from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import new_step, run
from pipeline.apply import Stopped
from steps.arrow import arrow, column
from steps.base import Outcome, rejects, removed_rows
from tests.pipeline.scratch import FLOAT, INT, TEXT, applied, does, plain, recipe, same, step, table


def orders() -> pd.DataFrame:
    return table([2, 5, 6, 9], name=["a", "b", None, "d"], amount=["1", "x", "3", "y"], price=[0.5, 1.5, 2.5, None])


def stopped(envelope: Any, df: pd.DataFrame, **context: Any) -> str:
    with pytest.raises(Stopped) as caught:
        applied(envelope, df, **context)
    return str(caught.value)


# Absent columns


def test_an_absent_column_stops_and_the_nearest_is_named() -> None:
    assert stopped(step("t_upper", column="Nmae"), orders()) == 'Column "Nmae": is not in the table. Did you mean "name"?'
    assert stopped(step("t_upper", column="zip"), orders()) == 'Column "zip": is not in the table. Choose one of: name, amount, price.'
    assert stopped(step("dropna", columns={"names": ["PRICE "]}), orders()) == 'Column "PRICE ": is not in the table. Did you mean "price"?'


def test_an_absent_column_is_skipped_if_the_recipe_says_so() -> None:
    df = orders()
    part = applied(step("t_center", columns={"names": ["price", "weight"]}, if_missing_column="skip"), df)
    assert plain(part.table)["price"] == [-1.0, 0.0, 1.0, None]
    assert part.report.noted == ("Not in the file and left out: weight.",)
    assert part.skipped is None
    whole = applied(step("t_center", columns={"names": ["weight", "size"]}, if_missing_column="skip"), df)
    assert whole.table is df
    assert whole.skipped == "Skipped. Not in the file and left out: weight and size."
    single = applied(step("t_upper", column="city", if_missing_column="skip"), df)
    assert single.skipped == "Skipped: city is not in the file."
    assert single.report.no_effect
    assert (single.report.rows_in, single.report.rows_out, single.report.missing_before, single.report.missing_after) == (4, 4, 2, 2)


def test_a_step_that_notes_absent_columns_itself_is_not_stopped() -> None:
    made = applied(step("set_types", types={"weight": "number"}), orders())
    assert made.report.noted == ('Column "weight" is not in the table; its type was not changed.',)


# Repairs


def repairs(*lines: tuple[int, str, str | None, str | None]) -> tuple[dict[str, Any], ...]:
    return tuple({"row": r, "column": c, "was": w, "value": v} for r, c, w, v in lines)


def test_a_repair_is_used_while_the_old_value_stands() -> None:
    made = applied(step("t_number", column="amount", repairs=repairs((5, "amount", "x", "20"), (9, "amount", "z", "40"))), orders())
    assert plain(made.table)["amount"] == [1, 20, 3, None]
    assert made.rejected.index.tolist() == [9]
    assert plain(made.rejected) == {"column": ["amount"], "value": ["y"], "reason": ["is no number"]}
    assert {n: r.tolist() for n, r in made.changes.cells.items()} == {"amount": [5, 9]}
    assert made.report.noted == ('Row 9, column "amount": the repair was not used, the value is now "y", not "z".',)


def test_a_repair_that_cannot_be_used_says_why() -> None:
    gone = (7, "amount", "x", "1"), (5, "city", "x", "1")
    lines = repairs(*gone, (2, "price", "0.5", "cheap"), (6, "name", "c", "C"), (5, "name", None, "B"))
    made = applied(step("t_upper", column="name", repairs=lines), orders())
    assert plain(made.table)["name"] == ["A", "B", None, "D"]
    assert made.report.noted[:2] == (
        'Row 7, column "amount": the repair was not used, the cell is not there.',
        'Row 5, column "city": the repair was not used, the cell is not there.',
    )
    assert made.report.noted[2].startswith('Row 2, column "price": the repair was not used. \'cheap\' is not a number')
    assert made.report.noted[3:] == (
        'Row 6, column "name": the repair was not used, the value is now missing, not "c".',
        'Row 5, column "name": the repair was not used, the value is now "b", not missing.',
    )


def test_a_value_mended_to_missing_is_no_value_lost_unsaid() -> None:
    made = applied(step("t_number", column="amount", repairs=repairs((5, "amount", "x", None), (9, "amount", "y", None))), orders())
    assert plain(made.table)["amount"] == [1, None, 3, None]
    assert made.report.rejected == 0
    assert made.report.cells == {"amount": 2}


def test_a_missing_number_and_a_typed_cell_can_be_mended() -> None:
    lines = repairs((9, "price", None, "7.5"), (2, "price", "0.5", "4.5"))
    made = applied(step("t_center", columns={"names": ["price"]}, repairs=lines), orders())
    assert made.fitted == {"price": {"mean": 4.0}}
    assert plain(made.table)["price"] == [0.5, -2.5, -1.5, 3.5]


# Frozen numbers


def frozen(name: str, df: pd.DataFrame, **params: Any) -> dict[str, Any]:
    made = applied(step(name, **params), df)
    return {"fitted": made.fitted, "fitted_for": made.fitted_for, "use": "frozen", **params}


def test_frozen_numbers_are_used_on_another_table() -> None:
    kept = frozen("t_center", table(x=[1.0, 3.0]), columns={"names": ["x"]})
    assert kept["fitted"] == {"x": {"mean": 2.0}}
    assert plain(applied(step("t_center", **kept), table(x=[10.0, 20.0])).table) == {"x": [8.0, 18.0]}
    assert plain(applied(step("t_center", **kept), table(x=[10.0, 20.0]), refit=True).table) == {"x": [-5.0, 5.0]}
    unfrozen = {**kept, "use": "refit"}
    assert plain(applied(step("t_center", **unfrozen), table(x=[10.0, 20.0])).table) == {"x": [-5.0, 5.0]}
    assert plain(applied(step("t_center", **unfrozen), table(x=[10.0, 20.0]), refit=False).table) == {"x": [8.0, 18.0]}


OTHERS = {
    "other columns": {"columns": {"names": ["y"]}},
    "a condition": {"where": {"join": "all", "tests": [{"column": "x", "op": "greater", "value": 0}]}},
    "one more column of the kind": {"columns": {"kind": "number"}},
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_frozen_numbers_of_other_settings_are_an_error(other: dict[str, Any]) -> None:
    kept = frozen("t_center", table(x=[1.0, 3.0]), columns={"names": ["x"]})
    said = stopped(step("t_center", **{**kept, **other}), table(x=[10.0, 20.0], y=[1.0, 2.0]))
    assert said == (
        "the numbers kept for this step were worked out for other settings or columns. "
        'Choose "Work out again from this file", or put the settings back.'
    )


def test_defaults_written_out_are_the_same_settings() -> None:
    kept = frozen("t_center", table(x=[1.0, 3.0]))
    written = {**kept, "columns": {"names": None, "kind": "number", "pattern": None, "exclude": []}}
    assert plain(applied(step("t_center", **written), table(x=[10.0, 20.0])).table) == {"x": [8.0, 18.0]}


def test_frozen_numbers_that_cannot_be_read_are_an_error() -> None:
    kept = frozen("t_center", table(x=[1.0, 3.0]), columns={"names": ["x"]})
    said = stopped(step("t_center", **{**kept, "fitted": {"x": {"mean": "two"}}}), table(x=[1.0, 2.0]))
    assert said == 'the numbers kept for this step cannot be read. Choose "Work out again from this file".'


@given(st.lists(st.floats(-1e9, 1e9) | st.none(), min_size=1, max_size=40), st.data())
def test_fitted_numbers_do_not_depend_on_the_chunks(values: list[float | None], data: st.DataObject) -> None:
    whole = table([2 + i for i in range(len(values))], {"x": FLOAT}, x=values)
    at = data.draw(st.integers(0, len(values)))
    cut = pd.concat([whole[:at], whole[at:]])
    one, two = (run(df, recipe(step("t_center"))).result.steps[0].result for df in (whole, cut))
    assert one is not None
    assert two is not None
    assert one.fitted == two.fitted
    same(one.table, two.table)


# Values that cannot be used


def test_refused_values_stop_the_step_or_take_their_rows_out() -> None:
    said = stopped(step("t_number", column="amount", on_error="stop"), orders())
    assert said == 'Column "amount", rows 5, 9: is no number ("x"). Mend the values, or choose what happens if a value cannot be used.'
    made = applied(step("t_number", column="amount", on_error="remove_row"), orders())
    assert made.table.index.tolist() == [2, 6]
    assert plain(made.removed) == {"reason": ["amount: is no number", "amount: is no number"], "into": [None, None]}
    assert made.rejected.index.tolist() == [5, 9]
    assert made.report.removed == 2


@does
def blanks_silently(df: pd.DataFrame) -> pd.DataFrame:
    """One value is filled and another lost: as many are missing as before."""
    return df.assign(price=column(pa.array([None, 1.5, 2.5, 9.0], FLOAT), df))


@does
def blanks_and_lists(df: pd.DataFrame) -> Outcome:
    made = df.assign(price=column(pa.array([None, None, 2.5, None], FLOAT), df))
    return Outcome(made, rejected=rejects(df, "price", (df.index < 6), "was odd"))


@does
def renames_and_blanks(df: pd.DataFrame) -> Outcome:
    made = df.assign(price=column(pa.nulls(4, FLOAT), df)).rename(columns={"price": "cost"})
    return Outcome(made, renamed={"price": "cost"}, rejected=rejects(df, "price", (df.index == 2), "was odd"))


@does
def tidy_blanks(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(name=column(pa.nulls(len(df), TEXT), df))


def test_a_value_that_becomes_missing_unsaid_is_refused() -> None:
    said = 'What the step made is not a table: column "price": 1 value became missing without being listed (first in row 2).'
    assert stopped(step("t_cells", what="blanks_silently"), orders()) == said
    assert applied(step("t_blank", what="blanks_silently"), orders()).report.cells == {"price": 2}
    assert applied(step("t_cells", what="blanks_and_lists"), orders()).report.rejected == 2
    said = 'What the step made is not a table: column "cost": 2 values became missing without being listed (first in row 5).'
    assert stopped(step("t_all", what="renames_and_blanks"), orders()) == said


def test_blank_text_may_become_missing() -> None:
    assert applied(step("t_cells", what="tidy_blanks"), table(name=["", " ", "\u200b", None])).report.cells == {"name": 3}
    assert "1 value became missing" in stopped(step("t_cells", what="tidy_blanks"), table(name=["", " ", "a", None]))


# Rows


@does
def first_two(df: pd.DataFrame) -> pd.DataFrame:
    return df[:2]


@does
def first_two_with_a_reason(df: pd.DataFrame) -> Outcome:
    return Outcome(df[:2], removed=removed_rows(df.index[[3, 0]], pa.array(["too late", "not gone at all"], TEXT)))


@does
def row_5_thrice(df: pd.DataFrame) -> pd.DataFrame:
    return df.take([0, 1, 1, 1, 2, 3])


@does
def out_of_nothing(df: pd.DataFrame) -> pd.DataFrame:
    return df.take([1, 0]).set_axis(pd.Index([-1, -1]), axis=0)


@does
def counted_from_0(df: pd.DataFrame) -> pd.DataFrame:
    return df.reset_index(drop=True)


@does
def lists_row_5_and_drops_6(df: pd.DataFrame) -> Outcome:
    return Outcome(df[df.index != 6], rejected=rejects(df, "amount", df.index == 5, "is odd"))


def test_a_step_on_cells_removes_only_rows_whose_value_it_lists() -> None:
    assert "changes cells only" in stopped(step("t_cells", what="lists_row_5_and_drops_6", on_error="remove_row"), orders())


def test_removed_rows_are_listed_with_the_step_s_reason_or_its_sentence() -> None:
    made = applied(step("t_rows", what="first_two"), orders())
    assert made.removed.index.tolist() == [6, 9]
    assert plain(made.removed) == {"reason": ["Choose rows"] * 2, "into": [None, None]}
    made = applied(step("t_rows", what="first_two_with_a_reason"), orders())
    assert made.removed.index.tolist() == [6, 9]
    assert plain(made.removed) == {"reason": ["Choose rows", "too late"], "into": [None, None]}


def test_made_rows_are_numbered_and_know_where_they_come_from() -> None:
    made = applied(step("t_all", what="row_5_thrice"), orders(), next_row=10)
    assert made.table.index.tolist() == [2, 5, 10, 11, 6, 9]
    assert made.next_row == 12
    assert plain(made.parents) == {"position": [2, 3], "table": ["", ""], "row": [5, 5]}
    assert (made.report.added, made.report.rows_in, made.report.rows_out) == (2, 4, 6)


def test_rows_out_of_nothing_get_numbers_and_no_parents() -> None:
    made = applied(step("t_all", what="out_of_nothing"), orders(), next_row=10)
    assert made.table.index.tolist() == [10, 11]
    assert len(made.parents) == 0
    assert made.removed.index.tolist() == [2, 5, 6, 9]


def test_row_numbers_that_the_step_invents_are_refused() -> None:
    said = stopped(step("t_rows", what="counted_from_0"), orders())
    assert said == "What the step made is not a table: row 0 was not in the table before."
    assert stopped(step("t_cells", what="first_two"), orders()) == (
        "What the step made is not a table: DoCells changes cells only, but gave back other rows."
    )
    assert "changes cells only" in stopped(step("t_cells", what="first_two", on_error="remove_row"), orders())


# Reports


@does
def much_at_once(df: pd.DataFrame) -> Outcome:
    made = df[::-1][1:].rename(columns={"name": "called"}).drop(columns="amount")
    made = made.assign(price=column(pc.add(arrow(made["price"]), 1.0), made), new=column(pa.array([1, None, 3], INT), made))
    noted = {"{n} rows turned round.": 4, "{n} things that did not happen.": 0, "A column {called} by name.": 1}
    return Outcome(made, renamed={"name": "called"}, noted=noted)


def test_the_report_is_exact() -> None:
    report = applied(step("t_all", what="much_at_once"), orders()).report
    assert report.model_dump(exclude={"id", "step", "label", "sentence"}) == {
        "rows_in": 4, "rows_out": 3, "removed": 1, "added": 0, "moved": 2, "cells": {"price": 3}, "retyped": {}, "columns_added": ("new",),
        "columns_removed": ("amount",), "renamed": {"name": "called"}, "rejected": 0, "missing_before": 2, "missing_after": 2,
        "noted": ("4 rows turned round.", "A column {called} by name."), "warnings": (), "checked": (), "columns_moved": False,
    }  # fmt: skip


@does
def over_another(df: pd.DataFrame) -> Outcome:
    return Outcome(df.drop(columns="name").rename(columns={"amount": "name"}), renamed={"amount": "name"})


def test_a_column_renamed_over_another_takes_that_away() -> None:
    report = applied(step("t_all", what="over_another"), orders()).report
    assert (report.columns_removed, report.columns_added, report.renamed, report.cells) == (("name",), (), {"amount": "name"}, {})


# Faults of a step


def test_faults_of_a_foreign_step_are_said_for_people(caplog: pytest.LogCaptureFixture) -> None:
    df = table(x=["1", "a"])
    tail = ". The table before it is unchanged; turn the step off or change its settings."
    key, invalid = (stopped(step("t_foreign", fault=f), df) for f in ("key", "arrow"))
    assert key.startswith("The step stopped with an error of its own (KeyError: ")
    assert key.endswith(tail)
    assert invalid.startswith("The step stopped with an error of its own (ArrowInvalid: Failed to parse string: 'a'")
    assert "Traceback" not in key + invalid
    assert len([r for r in caplog.records if r.exc_info]) == 2
    assert stopped(step("t_foreign", fault="own"), df) == 'Column "x", rows 2, 3: will not.'
    assert "holds text" in stopped(step("t_center", columns={"names": ["x"]}), df)


def test_too_little_memory_is_no_fault_of_the_step() -> None:
    with pytest.raises(MemoryError):
        applied(step("t_foreign", fault="memory"), table(x=["1"]))


def test_unknown_steps_and_wrong_settings_stop() -> None:
    assert stopped(step("nothing"), orders()) == 'Step "nothing" is not known here. Install it, or remove the step from the recipe.'
    assert stopped(step("t_upper"), orders()) == 'Upper case: parameter "column" is missing.'


STEPS_TRIED = [
    step("t_upper", column="name", where={"join": "all", "tests": [{"column": "price", "op": "greater", "value": 1}]}),
    step("t_number", column="amount", on_error="remove_row", repairs=repairs((5, "amount", "x", "20"))),
    step("t_center"), step("t_all", what="much_at_once"), step("t_all", what="row_5_thrice"), step("t_all", what="out_of_nothing"),
    step("t_rows", what="first_two"), new_step("dropna"), new_step("normalize"), new_step("trim_whitespace"),
]  # fmt: skip


@pytest.mark.parametrize("envelope", STEPS_TRIED, ids=lambda e: f"{e.step} {e.params.get('what', '')}")
def test_the_input_never_changes(envelope: Any) -> None:
    df = orders()
    made = applied(envelope, df)
    same(df, orders())
    assert df.columns.tolist() == ["name", "amount", "price"]
    assert df.index.tolist() == [2, 5, 6, 9]
    assert made.report.rows_out == len(made.table)


def test_the_day_of_the_run_is_given_to_steps_without_one() -> None:
    df = table(x=[1])
    assert plain(applied(step("t_since"), df, as_of=date(2024, 1, 31)).table)["today"] == [date(2024, 1, 31)]
    assert plain(applied(step("t_since", as_of="2020-05-01"), df, as_of=date(2024, 1, 31)).table)["today"] == [date(2020, 5, 1)]
