"""Split a column."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow, same_memory
from steps.base import Outcome, StepError
from steps.split_column import SplitColumn
from tests.steps.strategies import table

TEXT, INT = pa.large_string(), pa.int64()
CASES = {  # parameters, values, values of each new column
    "mark": ({}, ["a, b,c", "d", None, ""], [["a", "d", None, None], ["b", None, None, None], ["c", None, None, None]]),
    "empty pieces": ({}, ["a,,b"], [["a"], [None], ["b"]]),
    "marks of patterns are plain": ({"mark": "."}, ["a.b"], [["a"], ["b"]]),
    "pieces as they are": ({"trim": False}, ["a, b"], [["a"], [" b"]]),
    "at the first": ({"max_splits": 1}, ["a,b,c"], [["a"], ["b,c"]]),
    "at the last": ({"max_splits": 1, "side": "right"}, ["a,b,c", "d"], [["a,b", "d"], ["c", None]]),
    "from the right without a limit": ({"side": "right"}, ["a,b,c"], [["a"], ["b"], ["c"]]),
    "pattern": ({"by": "pattern", "mark": r"\s*[;/]\s*"}, ["a ;b/c"], [["a"], ["b"], ["c"]]),
    "lengths": (
        {"by": "lengths", "lengths": (2, 1, 3)}, ["ÄB1xyz9", "ab", None], [["ÄB", "ab", None], ["1", None, None], ["xyz9", None, None]],
    ),
    "changes of case": ({"by": "case"}, ["myColumnName", "ÄäÖ"], [["my", "Ää"], ["Column", "Ö"], ["Name", None]]),
    "all missing": ({}, [None], [[None]]),
    "no rows": ({}, [], [[]]),
}  # fmt: skip
ROWS = {  # parameters, values, row numbers and values after
    "each piece": ({}, ["a, b", "c", None], [(2, "a"), (2, "b"), (3, "c"), (4, None)]),
    "empty text": ({}, ["", "a,"], [(2, ""), (3, "a"), (3, "")]),
    "no rows": ({}, [], []),
}


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "values", "expected"), CASES.values(), ids=CASES)
def test_splits_into_columns(given, values, expected):
    made = run(SplitColumn(column="x", **given), table({"x": (TEXT, values)})).table
    assert {n: arrow(made[n]).to_pylist() for n in made} == {f"x_{at}": v for at, v in enumerate(expected, 1)}


@pytest.mark.parametrize(("given", "values", "expected"), ROWS.values(), ids=ROWS)
def test_splits_into_rows(given, values, expected):
    df = table({"x": (TEXT, values), "y": (INT, list(range(len(values))))})
    made = run(SplitColumn(column="x", into="rows", **given), df).table
    assert list(zip(made.index, arrow(made["x"]).to_pylist(), strict=True)) == expected
    assert [row - 2 for row in made.index] == arrow(made["y"]).to_pylist()


NAMED = {  # parameters, values, values of the columns, what is noted
    "named": ({"names": ["p", "q"]}, ["a,b", "c"], {"p": ["a", "c"], "q": ["b", None]}, {}),
    "fewer names than pieces": (
        {"names": ["p"]}, ["a,b"], {"p": ["a,b"]}, {'{n} values of "x" have more than 1 pieces; the rest stays in the last column.': 1},
    ),
    "more names than pieces": ({"names": ["p", "q", "r"]}, ["a,b"], {"p": ["a"], "q": ["b"], "r": [None]}, {}),
    "named, and one for the rest": (
        {"names": ["p"], "overflow": "extra"}, ["a,b,c"], {"p": ["a"], "x_more": ["b,c"]},
        {'{n} values of "x" have more than 1 pieces; the rest is in "x_more".': 1},
    ),
    "named lengths": ({"names": ["p", "q"], "by": "lengths", "lengths": [1, 2]}, ["abc"], {"p": ["a"], "q": ["bc"]}, {}),
}  # fmt: skip


@pytest.mark.parametrize(("given", "values", "expected", "noted"), NAMED.values(), ids=NAMED)
def test_names_say_how_many_columns_there_are(given, values, expected, noted):
    made = run(SplitColumn(column="x", **given), table({"x": (TEXT, values)}))
    assert {n: arrow(made[n]).to_pylist() for n in made.table} == expected
    assert made.noted == noted


def test_new_columns_stand_where_the_column_was():
    df = table({"a": (INT, [1]), "x": (TEXT, ["p,q"]), "b": (INT, [2])})
    assert list(run(SplitColumn(column="x"), df).table.columns) == ["a", "x_1", "x_2", "b"]
    kept = run(SplitColumn(column="x", keep_original=True), df).table
    assert list(kept.columns) == ["a", "x", "x_1", "x_2", "b"]
    assert same_memory(arrow(kept["x"]), arrow(df["x"]))


OVERFLOW = {
    "two columns": ({}, ["a,b"], ["c"], ["d,e"]),
    "one column": ({}, ["a"], ["c,d,e"], None),
    "from the right": ({"side": "right", "max_splits": 2}, ["a,b"], ["c,d"], ["e"]),
}


@pytest.mark.parametrize(("given", "january", "first", "second"), OVERFLOW.values(), ids=OVERFLOW)
def test_more_pieces_than_in_january_stay_in_the_last_column(given, january, first, second):
    step = SplitColumn(column="x", **given)
    fitted = step.fit(table({"x": (TEXT, january)}))
    made = step.apply(table({"x": (TEXT, ["c,d,e"])}), fitted)
    assert [arrow(made[n]).to_pylist() for n in made.table] == [v for v in (first, second) if v is not None]
    count = len(fitted.columns)
    assert made.noted == {f'{{n}} values of "x" have more than {count} pieces; the rest stays in the last column.': 1}


ERRORS = {
    "absent": ({"column": "z"}, 'Column "z": is not in the table. Choose one of: x, n, x_1.'),
    "numbers": ({"column": "n"}, 'Column "n": holds numbers, not text.'),
    "taken": ({}, 'Column "x_1": is already in the table. Rename it first.'),
    "too many": ({"by": "pattern", "mark": "o"}, 'Column "x": would become 601 columns. Limit the number of splits, or split into rows.'),
}


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    df = table({"x": (TEXT, ["a,b" + "o" * 600]), "n": (INT, [1]), "x_1": (INT, [1])})
    with pytest.raises(StepError) as caught:
        run(SplitColumn(**{"column": "x", **given}), df)
    assert str(caught.value) == message


def test_stops_at_more_pieces_if_asked():
    step = SplitColumn(column="x", overflow="error")
    fitted = step.fit(table({"x": (TEXT, ["a"])}))
    with pytest.raises(StepError) as caught:
        step.apply(table({"x": (TEXT, ["b", "a,b"])}), fitted)
    assert str(caught.value) == 'Column "x", row 3: has more than 1 pieces. Work the number of columns out again.'


def test_too_many_pieces_go_to_a_column_of_their_own():
    step = SplitColumn(column="x", overflow="extra")
    fitted = step.fit(table({"x": (TEXT, ["a,b"])}))
    assert fitted.columns == ["x_1", "x_2", "x_more"]
    made = step.apply(table({"x": (TEXT, ["c,d", "e,f,g,h", "i", None])}), fitted)
    assert made["x_1"].fillna("-").tolist() == ["c", "e", "i", "-"]
    assert made["x_2"].fillna("-").tolist() == ["d", "f", "-", "-"]
    assert made["x_more"].fillna("-").tolist() == ["-", "g,h", "-", "-"]
    assert made.noted == {'{n} values of "x" have more than 2 pieces; the rest is in "x_more".': 1}


REFUSED = {
    "no mark": ({"mark": ""}, "write the mark"),
    "pattern": ({"by": "pattern", "mark": "("}, 'the pattern "(" cannot be used'),
    "pattern from the right": ({"by": "pattern", "side": "right", "max_splits": 1}, "counted from the left only"),
    "no lengths": ({"by": "lengths"}, "write the lengths"),
}


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses_settings(given, message):
    with pytest.raises(ValidationError) as caught:
        SplitColumn(column="x", **given)
    assert message in str(caught.value)


def test_describes():
    assert SplitColumn(column="x", side="right", max_splits=1).describe() == 'Split x at the last "," into columns'


@settings(max_examples=40)
@given(st.lists(st.none() | st.text("ab,", max_size=5), max_size=5))
def test_pieces_joined_are_the_value(values):
    made = run(SplitColumn(column="x", trim=False, into="rows"), table({"x": (TEXT, values)})).table
    pieces = {}
    for row, piece in zip(made.index, arrow(made["x"]).to_pylist(), strict=True):
        pieces.setdefault(row, []).append(piece)
    assert [None if p == [None] else ",".join(p) for p in pieces.values()] == values
