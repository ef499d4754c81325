"""Make rows of the pieces of a cell."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steps.base import StepError
from steps.explode import Explode
from tests.steps.strategies import table

CASES = {  # parameters, cells, row numbers, pieces
    "pieces": ({}, ["Tea, Coffee", "Milk"], [2, 2, 3], ["Tea", "Coffee", "Milk"]),
    "missing keeps its row": ({}, [None, "a,b"], [2, 3, 3], [None, "a", "b"]),
    "blank keeps its row": ({}, [" "], [2], [None]),
    "empty pieces left out": ({}, ["a,, b,"], [2, 2], ["a", "b"]),
    "only marks": ({}, [",,"], [2], [None]),
    "empty pieces kept": ({"keep_empty": True}, ["a,,b"], [2, 2, 2], ["a", "", "b"]),
    "not trimmed": ({"trim": False}, ["a, b"], [2, 2], ["a", " b"]),
    "long mark": ({"delimiter": " - "}, ["a - b-c"], [2, 2], ["a", "b-c"]),
    "mark is no pattern": ({"delimiter": "|"}, ["a|b"], [2, 2], ["a", "b"]),
    "line break": ({"delimiter": "\n"}, ["a\nb"], [2, 2], ["a", "b"]),
    "no rows": ({}, [], [], []),
}


def run(step, df):
    return step.apply(df, step.fit(df))


@pytest.mark.parametrize(("given", "cells", "rows", "pieces"), CASES.values(), ids=CASES)
def test_makes_rows(given, cells, rows, pieces):
    df = table({"x": (pa.large_string(), cells), "n": (pa.int64(), list(range(2, 2 + len(cells))))})
    made = run(Explode(column="x", **given), df)
    assert made.table.index.tolist() == rows
    assert pa.chunked_array(made["x"]).to_pylist() == pieces
    assert made["n"].tolist() == rows


def test_counts_what_is_left_out_and_places():
    made = run(Explode(column="x", position="place"), table({"x": (pa.large_string(), ["a,,b", "c"])}))
    assert made["place"].tolist() == [1, 2, 1]
    assert made.noted == {"{n} empty values between marks were left out.": 1}


def test_nothing_to_split_is_the_same_table():
    df = table({"x": (pa.large_string(), ["a", None])})
    assert run(Explode(column="x"), df).table is df


def test_refuses():
    with pytest.raises(StepError) as caught:
        run(Explode(column="x"), table({"x": (pa.int64(), [1])}))
    assert str(caught.value) == 'Column "x": holds numbers, not text.'
    with pytest.raises(StepError) as taken:
        run(Explode(column="x", position="x"), table({"x": (pa.large_string(), ["a"])}))
    assert str(taken.value) == 'Column "x": is already in the table. Choose another name for the place.'


@given(st.lists(st.lists(st.sampled_from(["a", "b c", "d"]), min_size=1, max_size=4), max_size=5))
def test_joined_pieces_come_back(cells):
    df = table({"x": (pa.large_string(), [";".join(c) for c in cells])})
    assert run(Explode(column="x", delimiter=";"), df)["x"].tolist() == [piece for c in cells for piece in c]
