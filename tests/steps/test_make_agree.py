"""A column made to agree with what other columns tell; and where it must be left alone."""

import pandas as pd
import pytest

from steps.arrow import TEXT
from steps.base import Columns, Outcome, StepError
from steps.make_agree import MakeAgree


def table(**columns: str) -> pd.DataFrame:
    """Columns of words with spaces between; "_" is missing."""
    values = {n: [None if w == "_" else w for w in v.split()] for n, v in columns.items()}
    return pd.DataFrame({n: pd.array(v, TEXT) for n, v in values.items()}, index=range(2, 2 + len(next(iter(values.values())))))


def run(df: pd.DataFrame, by: tuple[str, ...] = ("zip",), **more: object) -> tuple[str, dict[str, int]]:
    step = MakeAgree(column="city", by=Columns(names=by), **more)  # type: ignore[arg-type]
    made = step.apply(df, None)
    made = made if isinstance(made, Outcome) else Outcome(made)
    return " ".join(v if isinstance(v, str) else "_" for v in made.table["city"].tolist()), dict(made.noted)


KEPT = '{n} values of "city" differ from what is told and stay.'
CASES = {
    "a value that is right nowhere": ({}, "1 1 1 1 1 2 2 2", "A A A A x B B B", "A A A A A B B B", {}),
    "a value that is right elsewhere stays": ({}, "1 1 1 1 1 2 2 2", "A A A A B B B B", "A A A A B B B B", {KEPT: 1}),
    "or is replaced, if any is": ({"replace": "any"}, "1 1 1 1 1 2 2 2 2", "A A A A B B B B x", "A A A A A B B B x", {}),
    "too few agree": ({}, "1 1 1 1", "A A A x", "A A A x", {}),
    "so few agree by chance": ({"share": 0.7}, "1 1 1 1 2 2 2 2 2 2", "A A A xy A A A A A A", "A A A xy A A A A A A", {KEPT: 1}),
    "a smaller share, and nearly alike": ({"share": 0.7}, "1 1 1 1", "Aa Aa Aa Ax", "Aa Aa Aa Aa", {}),
    "too few rows": ({"share": 0.6, "min_rows": 4}, "1 1 1", "A A x", "A A x", {}),
    "as many of two": ({"share": 0.51}, "1 1 1 1", "A A x x", "A A x x", {}),
    "in capitals it is right elsewhere": ({}, "1 1 1 1 1 2 2 2", "A A A A b B B B", "A A A A b B B B", {KEPT: 1}),
    "in capitals it is right here": ({}, "1 1 1 1 1 2 2 2", "A A A A a B B B", "A A A A A B B B", {}),
    "twice in its group, more than a tenth": ({}, "1 " * 12, "A " * 10 + "x x", "A " * 10 + "x x", {KEPT: 2}),
    "twice in its group, a tenth": ({}, "1 " * 20 + "2 " * 9, "A " * 18 + "x x " + "B " * 9, "A " * 20 + "B " * 9, {}),
    "missing stays missing": ({}, "1 1 1 1 1", "A A A A _", "A A A A _", {}),
    "missing is filled": ({"fill_missing": True}, "1 1 1 1 1 2 3 3 3 3", "A A A A _ _ B B B B", "A A A A A _ B B B B", {}),
    "not where so few agree by chance": ({"fill_missing": True}, "1 1 1 1 2 2", "A A A _ A A", "A A A _ A A", {}),
    "only missing is filled": (
        {"fill_missing": True, "replace": "none"}, "1 1 1 1 1 1 2 2 2", "A A A A _ x B B B", "A A A A A x B B B", {KEPT: 1},
    ),
    "only what is nearly alike": (
        {"alike": True}, "1 " * 12 + "2 " * 9, "Abcd " * 10 + "Abxd Zz " + "B " * 9, "Abcd " * 11 + "Zz " + "B " * 9, {KEPT: 1},
    ),
    "missing tells nothing": ({}, "_ _ _ _ _", "A A A A x", "A A A A x", {}),
    "all missing": ({"fill_missing": True}, "1 1 1", "_ _ _", "_ _ _", {}),
}  # fmt: skip


@pytest.mark.parametrize(("more", "zips", "cities", "expected", "noted"), CASES.values(), ids=CASES)
def test_agrees(more: dict[str, object], zips: str, cities: str, expected: str, noted: dict[str, int]) -> None:
    assert run(table(zip=zips, city=cities), **more) == (expected.strip(), noted)


def test_which_of_two_is_wrong_cannot_be_said_where_each_tells_the_other() -> None:
    df = table(zip="1 1 1 1 1 2 2 2 2", city="A A A A B B B B B")
    assert run(df, replace="any") == ("A A A A B B B B B", {KEPT: 1})


def test_several_columns_must_say_the_same() -> None:
    df = table(zip="1 1 1 1 1 1 2 2 2 2", area="p p p p p q q q q q", city="A A A A x y B B B B")
    assert run(df, ("zip", "area"), share=0.6) == ("A A A A A y B B B B", {})


def test_any_value_is_replaced_only_where_two_columns_speak() -> None:
    df = table(zip="1 1 1 1 1 2 2 2 2 2", area="p p p p p q q q q _", city="A A A A B B B B B A")
    assert run(df, ("zip", "area"), share=0.7, replace="any")[0] == "A A A A A B B B B A"


def test_columns_that_tell_it_only_together() -> None:
    df = table(zip="1 1 1 1 1 1 1 1", area="p p p p q q q q", city="A A A x B B B B")
    assert run(df, ("zip", "area"), share=0.7, together=True)[0] == "A A A A B B B B"
    assert run(df, ("zip", "area"), share=0.7)[0] == "A A A A B B B B"  # the zip alone says nothing here
    assert run(df, ("zip",), share=0.7)[0] == "A A A x B B B B"


def test_refuses_a_column_told_by_none() -> None:
    with pytest.raises(StepError) as caught:
        run(table(city="A B"), ("city",))
    assert str(caught.value) == 'Column "city": is told by no other column. Choose the columns that tell its value.'


def test_refuses_to_do_nothing() -> None:
    with pytest.raises(ValueError, match="choose which values are replaced, or fill missing values"):
        MakeAgree(column="city", by=Columns(names=("zip",)), replace="none")


def test_says_what_it_does() -> None:
    step = MakeAgree(column="city", by=Columns(names=("zip", "area")), fill_missing=True)
    assert step.describe() == "Make city agree with what is told by zip and area, missing values filled"
