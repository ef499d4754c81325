"""A step limited to some rows: what it made is put back where it belongs."""

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.apply import Stopped
from steps.arrow import arrow, column
from steps.base import Outcome
from tests.pipeline.scratch import FLOAT, INT, TEXT, addresses, applied, does, plain, step, table

BIG = {"join": "all", "tests": [{"column": "n", "op": "greater", "value": 2}]}
NONE = {"join": "all", "tests": [{"column": "n", "op": "greater", "value": 100}]}


def orders() -> pd.DataFrame:
    return table([2, 5, 6, 9, 11], n=[1, 3, None, 4, 5], name=["a", "b", "c", "d", None], price=[0.5, 1.5, 2.5, None, 4.5])


@does
def without_row_9(df: pd.DataFrame) -> pd.DataFrame:
    return df[df.index != 9]


@does
def backwards(df: pd.DataFrame) -> pd.DataFrame:
    return df[::-1]


@does
def backwards_without_9(df: pd.DataFrame) -> pd.DataFrame:
    return df[df.index != 9][::-1]


@does
def rows_twice(df: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([df, df])


@does
def other_rows(df: pd.DataFrame) -> pd.DataFrame:
    return df.set_axis(pd.Index(range(500, 500 + len(df))), axis=0)


@does
def name_as_number(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(name=column(pa.array([7] * len(df), INT), df))


@does
def halves(df: pd.DataFrame) -> pd.DataFrame:
    return df.assign(n=column(pc.divide(arrow(df["n"]).cast(FLOAT), 2.0), df))


@does
def drop_name(df: pd.DataFrame) -> pd.DataFrame:
    return df.drop(columns="name")


@does
def name_again(df: pd.DataFrame) -> Outcome:
    return Outcome(df.rename(columns={"name": "called"}), renamed={"name": "called"})


def test_only_matching_cells_change_and_the_others_stay_the_same_memory() -> None:
    df = orders()
    made = applied(step("t_upper", column="name", where=BIG), df)
    assert plain(made.table)["name"] == ["a", "B", "c", "D", None]
    assert made.table.index.tolist() == [2, 5, 6, 9, 11]
    assert {n: rows.tolist() for n, rows in made.changes.cells.items()} == {"name": [5, 9]}
    assert all(addresses(made.table, n) == addresses(df, n) for n in ("n", "price"))


def test_a_new_column_is_missing_in_the_other_rows() -> None:
    made = applied(step("t_upper", column="name", into="loud", where=BIG), orders())
    assert plain(made.table)["loud"] == [None, "B", None, "D", None]
    assert made.report.columns_added == ("loud",)
    assert made.report.cells == {}


def test_a_new_column_comes_even_if_no_row_matches() -> None:
    made = applied(step("t_upper", column="name", into="loud", where=NONE), orders())
    assert plain(made.table)["loud"] == [None] * 5
    assert arrow(made.table["loud"]).type == TEXT


def test_nothing_changes_if_no_row_matches() -> None:
    df = orders()
    made = applied(step("t_upper", column="name", where=NONE), df)
    assert made.report.no_effect
    assert all(addresses(made.table, n) == addresses(df, n) for n in df.columns)


def test_numbers_are_worked_out_on_the_matching_rows_only() -> None:
    made = applied(step("t_center", columns={"names": ["price"]}, where=BIG), orders())
    assert made.fitted == {"price": {"mean": 3.0}}
    assert plain(made.table)["price"] == [0.5, -1.5, 2.5, None, 1.5]


@pytest.mark.parametrize(
    ("what", "rows", "names"),
    [
        ("without_row_9", [2, 5, 6, 11], ["a", "b", "c", None]),
        ("backwards", [2, 11, 6, 9, 5], ["a", None, "c", "d", "b"]),
        ("backwards_without_9", [2, 11, 6, 5], ["a", None, "c", "b"]),
    ],
)
def test_rows_leave_and_change_places_among_the_matching_ones(what: str, rows: list[int], names: list[str | None]) -> None:
    made = applied(step("t_rows", what=what, where=BIG), orders())
    assert made.table.index.tolist() == rows
    assert plain(made.table)["name"] == names
    assert made.changes.cells == {}
    assert made.removed.index.tolist() == ([9] if 9 not in rows else [])


REFUSED = [
    ("t_rows", "rows_twice", 'makes new rows and cannot be limited to some rows. Clear "Only for rows where…".'),
    ("t_rows", "other_rows", 'makes new rows and cannot be limited to some rows. Clear "Only for rows where…".'),
    ("t_cells", "name_as_number", 'Column "name": would be int64 in the matching rows and large_string in the others.'),
    ("t_all", "backwards", 'changes the columns or the shape of the whole table. Clear "Only for rows where…".'),
    ("t_cells", "drop_name", 'takes away or renames the column "name" and cannot be limited to some rows'),
    ("t_cells", "name_again", 'takes away or renames the column "name" and cannot be limited to some rows'),
]


@pytest.mark.parametrize(("name", "what", "message"), REFUSED)
def test_refuses_what_some_rows_alone_cannot_have(name: str, what: str, message: str) -> None:
    with pytest.raises(Stopped) as caught:
        applied(step(name, what=what, where=BIG), orders())
    assert message in str(caught.value)


def test_whole_numbers_and_doubles_go_together_where_that_is_exact() -> None:
    made = applied(step("t_cells", what="halves", where=BIG), orders())
    assert plain(made.table)["n"] == [1.0, 1.5, None, 2.0, 2.5]
    assert made.report.retyped == {"n": ("int64", "double")}
    with pytest.raises(Stopped) as caught:
        applied(step("t_cells", what="halves", where=BIG), table(n=[1, 4, -(2**53) - 1], name=["", "", ""]))
    assert 'Column "n": would be double in the matching rows and int64 in the others' in str(caught.value)


def test_a_condition_on_an_absent_column_stops() -> None:
    where: dict[str, Any] = {"join": "all", "tests": [{"column": "Nme", "op": "greater", "value": 2}]}
    with pytest.raises(Stopped) as caught:
        applied(step("t_upper", column="name", where=where), orders())
    assert str(caught.value) == 'Column "Nme": is not in the table. Did you mean "name"?'


@given(st.lists(st.none() | st.integers(0, 5), min_size=1), st.data())
def test_the_rows_outside_stay_where_and_what_they_are(numbers: list[int | None], data: st.DataObject) -> None:
    df = table([10 + i for i in range(len(numbers))], {"n": INT}, n=numbers, name=[f"r{i}" for i in range(len(numbers))])
    matching = [i for i, n in enumerate(numbers) if n is not None and n > 2]
    chosen = data.draw(st.permutations(matching))[: data.draw(st.integers(0, len(matching)))]

    @does
    def some(part: pd.DataFrame) -> pd.DataFrame:
        return part.loc[[10 + i for i in chosen]]

    made = applied(step("t_rows", what="some", where=BIG), df)
    left = iter(chosen)
    places = [i for i in range(len(numbers)) if i not in matching or i in chosen]
    expected = [next(left) if i in matching else i for i in places]
    assert made.table.index.tolist() == [10 + i for i in expected]
    assert plain(made.table) == {"n": [numbers[i] for i in expected], "name": [f"r{i}" for i in expected]}
