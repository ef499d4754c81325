"""Keep, remove or move columns."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow, same_memory
from steps.base import Columns, StepError
from steps.select import Select
from tests.steps.strategies import table

D_B = Columns(names=("d", "b"))
CASES = {  # parameters, the columns of the result
    "keep in the order chosen": ({"columns": D_B}, "db"),
    "keep in the order of the table": ({"columns": D_B, "order": "table"}, "bd"),
    "keep all": ({}, "abcd"),
    "keep by kind": ({"columns": Columns(kind="text")}, "c"),
    "keep by pattern": ({"columns": Columns(pattern="[ad]")}, "ad"),
    "keep all except": ({"columns": Columns(exclude=("b",))}, "acd"),
    "remove": ({"action": "remove", "columns": D_B}, "ac"),
    "remove no column": ({"action": "remove", "columns": Columns(names=())}, "abcd"),
    "move to the start": ({"action": "move", "columns": D_B}, "dbac"),
    "move to the end": ({"action": "move", "columns": D_B, "place": "end"}, "acdb"),
    "move to the end in table order": ({"action": "move", "columns": D_B, "place": "end", "order": "table"}, "acbd"),
    "move before": ({"action": "move", "columns": D_B, "place": "before", "beside": "c"}, "adbc"),
    "move after": ({"action": "move", "columns": D_B, "place": "after", "beside": "a"}, "adbc"),
    "a column named twice": ({"columns": Columns(names=("b", "b", "a"))}, "ba"),
}
ERRORS = {
    "absent": ({"columns": Columns(names=("x",))}, 'Column "x": is not in the table. Choose one of: a, b, c, d.'),
    "removes all": ({"action": "remove"}, "no column would be left. Choose at least one column that stays."),
    "keeps none": ({"columns": Columns(pattern="x")}, "no column would be left. Choose at least one column that stays."),
    "beside itself": (
        {"action": "move", "columns": Columns(pattern="[ad]"), "place": "after", "beside": "a"},
        'Column "a": is one of the columns that move. Choose another one beside which they stand.',
    ),
}
REFUSED = {
    "beside nothing": ({"action": "move", "place": "after"}, "choose the column after which the others stand"),
    "beside a moved one": ({"action": "move", "columns": D_B, "place": "after", "beside": "d"}, '"d" is one of the columns that move'),
    "beside without a move": ({"beside": "a"}, "goes only with"),
}


def four():
    numbers = {n: (pa.int64(), [ord(n), None]) for n in "abd"}
    return table({"a": numbers["a"], "b": numbers["b"], "c": (pa.large_string(), ["x", None]), "d": numbers["d"]}, [7, 3])


@pytest.mark.parametrize(("given", "names"), CASES.values(), ids=CASES)
def test_columns_of_the_result(given, names):
    df, step = four(), Select(**given)
    made = step.apply(df, step.fit(df))
    assert list(made.columns) == list(names)
    assert made.index.tolist() == [7, 3]
    assert all(same_memory(arrow(made[n]), arrow(df[n])) for n in names)


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    df, step = four(), Select(**given)
    with pytest.raises(StepError) as caught:
        step.apply(df, step.fit(df))
    assert str(caught.value) == message


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses_parameters(given, message):
    with pytest.raises(ValidationError) as caught:
        Select(**given)
    assert message in str(caught.value)


def test_next_month_keeps_the_columns_of_this_month():
    step = Select(columns=Columns(kind="number"))
    kept = step.fit(four())
    february = four().assign(e=four()["a"])
    assert list(step.apply(february, kept).columns) == ["a", "b", "d"]
    with pytest.raises(StepError) as caught:
        step.apply(four().drop(columns="b"), kept)
    assert str(caught.value) == 'Column "b": is not in the table. Choose one of: a, c, d.'


def test_describes():
    assert Select(columns=D_B).describe() == "Keep only d and b"
    assert Select(columns=D_B, action="remove").describe() == "Remove d and b"
    assert Select(columns=D_B, action="move", place="end").describe() == "Move d and b to the end"
    assert Select(columns=D_B, action="move", place="before", beside="c").describe() == "Move d and b before c"


@given(st.lists(st.sampled_from("abcd"), unique=True, min_size=1, max_size=3).map(tuple))
def test_kept_and_removed_columns_make_the_whole(names):
    df, columns = four(), Columns(names=names)
    kept = Select(columns=columns)
    rest = Select(columns=columns, action="remove")
    joined = pd.concat([kept.apply(df, kept.fit(df)), rest.apply(df, rest.fit(df))], axis=1)
    moved = Select(columns=columns, action="move")
    assert list(joined.columns) == list(moved.apply(df, moved.fit(df)).columns)
