"""What columns can become: the step that leaves out the fewest values, counted exactly, and the steps that all choices make."""

import pandas as pd
import pytest

from pipeline.column_types import Way, chosen, counted, evidence, left_out, planned, propose, way
from steps.base import TEXT
from steps.set_types import propose as plainly


def text(**columns: list[str | None]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    return pd.DataFrame(columns, dtype=TEXT, index=pd.RangeIndex(2, 2 + size))


POINT = {"decimal": ".", "thousands": "other"}
COMMA = {"decimal": ",", "thousands": "other"}
# values, type -> step, settings, values that do not fit, what they look like
WAYS = {
    "plain": (["1", " 2 ", None], "integer", ("set_types", {}, 0, "")),
    "plain but for one": (["1", "2", "x"], "number", ("set_types", {}, 1, "x (1)")),
    "currency": (["€1.50", "2", "$3", "x"], "number", ("parse_number", POINT, 1, "x (1)")),
    "decimal comma": (["1.234,5", "2,25", "x", "x"], "number", ("parse_number", COMMA, 2, "x (2)")),
    "thousands with a space": (["1 234,5", "12 000,25"], "number", ("parse_number", {"decimal": ",", "thousands": "space"}, 0, "")),
    "units": (["250 ml", "1 l"], "number", ("parse_number", {**POINT, "unit": "column"}, 0, "")),
    "an id stays an id": (["€007", "€008"], "number", ("set_types", {}, 2, "€007 (1), €008 (1)")),
    "yes and no": (["Yes", "Nein", "ja"], "yes_no", ("parse_boolean", {"true_words": ["yes", "ja"], "false_words": ["nein"]}, 0, "")),
    "no words": (["tall", "true"], "yes_no", ("set_types", {}, 1, "tall (1)")),
    "days": (["31/12/2024", "1 May 2024", "31/02/2024"], "date", ("parse_date", {"output": "date"}, 1, "31/02/2024 (1)")),
    "whole numbers are read plainly alone": (["1,000", "2"], "integer", ("set_types", {}, 1, "1,000 (1)")),
}  # fmt: skip


@pytest.mark.parametrize(("values", "to", "expected"), WAYS.values(), ids=WAYS)
def test_the_way_that_leaves_out_the_fewest(values, to, expected):
    found = way(text(x=values), "x", to)
    assert (found.step, found.params, found.exceptions, found.unfit) == expected


def test_the_order_of_dates_is_asked_and_never_guessed():
    df = text(x=["03/04/2025", "05/06/2025", None])
    found = way(df, "x", "date")
    assert (found.step, found.exceptions, found.question) == ("set_types", 2, "03/04/2025")
    assert evidence(found) == "Dates, but 03/04/2025 may be day first or month first: choose below."
    told = way(df, "x", "date", order="mdy")
    assert (told.step, told.params, told.exceptions, told.question) == ("parse_date", {"output": "date", "order": "mdy"}, 0, None)
    assert told.shown == "03/04/2025 → 2025-03-04 · 05/06/2025 → 2025-05-06"


def test_day_numbers_of_excel_among_dates_are_asked_about():
    df = text(x=["31/12/2024", "45292", "1 May 2024", "46022"])
    found = way(df, "x", "date")
    assert (found.step, found.params, found.exceptions, found.serial) == ("parse_date", {"output": "date"}, 2, "45292")
    told = way(df, "x", "date", serial="1900")
    assert (told.params, told.exceptions, told.serial) == ({"output": "date", "excel_serial": "1900"}, 0, None)
    plainly_written = way(text(x=["2024-12-31", "45292"]), "x", "date")
    assert (plainly_written.step, plainly_written.exceptions, plainly_written.serial) == ("set_types", 1, "45292")
    assert way(text(x=["2024-12-31", "tomorrow"]), "x", "date").serial is None


def test_few_values_that_do_not_fit_are_named():
    df = text(x=["1", "n/a", " n/a", "-", "2"])
    assert left_out(df, way(df, "x", "integer")) == ("n/a", "-")
    many = text(x=["1", *(f"v{n}" for n in range(9))])
    assert left_out(many, Way(column="x", to="integer")) == ()
    assert left_out(text(x=["1"]), Way(column="x", to="integer")) == ()


def test_only_as_it_is_written():
    assert way(text(x=["€1", "2"]), "x", "number", other_ways=False).exceptions == 1


def test_what_is_proposed():
    df = text(
        id=["007", "008", "009"], n=["1", "2", "3"], price=["€1", "€2", "€3"], town=["York", "Hull", "Bath"], paid=["y", "n", "y"],
        day=["31.12.2024", "1.2.2024", "2.3.2024"], phone=["+44 1", "+44 2", "+1 333 444 5555"], empty=[None, None, " "],
    )  # fmt: skip
    found = {one.column: (one.to, one.step, one.exceptions) for one in propose(df, plainly(df))}
    assert found == {
        "n": ("integer", "set_types", 0), "price": ("number", "parse_number", 0), "paid": ("yes_no", "parse_boolean", 0),
        "day": ("date", "parse_date", 0),
    }  # fmt: skip


def test_whole_numbers_with_exceptions_stay_whole_numbers():
    n, marks = [str(n) for n in range(19)], ["1,000", "1,200"]
    df = text(n=[*n, "-", None], price=[*n, *marks])
    found = {one.column: (one.to, one.step, one.exceptions) for one in propose(df, plainly(df))}
    assert found == {"n": ("integer", "set_types", 1), "price": ("number", "parse_number", 0)}


def test_steps_of_choices_and_back():
    ways = [
        Way(column="n", to="integer"), Way(column="a", to="number", step="parse_number", params=COMMA), Way(column="d", to="date"),
        Way(column="b", to="number", step="parse_number", params=COMMA), Way(column="c", to="number", step="parse_number", params=POINT),
    ]  # fmt: skip
    made = planned(ways)
    assert made == [
        ("set_types", {"types": {"n": "integer", "d": "date"}}),
        ("parse_number", {"columns": {"names": ["a", "b"]}, **COMMA}),
        ("parse_number", {"columns": {"names": ["c"]}, **POINT}),
    ]
    assert chosen(made) == {one.column: one for one in ways}


def test_an_absent_column_is_left_as_it_is():
    one = Way(column="gone", to="date")
    assert counted(text(x=["1"]), one) == one
