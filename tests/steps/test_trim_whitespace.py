"""Trim spaces."""

import pandas as pd
import pyarrow as pa
import pytest

from steps.arrow import arrow, same_memory
from steps.base import Columns, StepError
from steps.trim_whitespace import TrimWhitespace
from tests.steps.strategies import table

TEXT = pa.large_string()
CASES = {
    "both ends": ({}, [" a ", "b\t", "c"], ["a", "b", "c"]),
    "left": ({"sides": "left"}, [" a "], ["a "]),
    "right": ({"sides": "right"}, [" a "], [" a"]),
    "doubled inside": ({}, ["New   York", "a b"], ["New York", "a b"]),
    "doubled inside kept": ({"collapse_inner": False}, [" a  b "], ["a  b"]),
    "no-break space": ({}, ["\u00a0a\u00a0b\u2003"], ["a b"]),
    "zero-width space and byte order mark": ({}, ["\u200ba\ufeff", "a\u200bb"], ["a", "a\u200bb"]),
    "zero-width space beside a space": ({}, ["a\u200b b", "a \u200bb"], ["a b", "a b"]),
    "only plain spaces": ({"unicode_spaces": False}, [" \u00a0a\u00a0 "], ["\u00a0a\u00a0"]),
    "line breaks stay": ({}, ["a \n  b\r\n"], ["a \n b"]),
    "line breaks to a space": ({"line_breaks": "space"}, ["a \r\n b\nc"], ["a b c"]),
    "line breaks, doubled kept": ({"line_breaks": "space", "collapse_inner": False}, ["a\r\nb\nc"], ["a b c"]),
    "empty becomes missing": ({}, ["", "  ", "\u200b", None], [None, None, None, None]),
    "empty stays": ({"empty_to_missing": False}, ["", "  ", None], ["", "", None]),
    "no rows": ({}, [], []),
}


@pytest.mark.parametrize(("given", "values", "expected"), CASES.values(), ids=CASES)
def test_trims(given, values, expected):
    step, df = TrimWhitespace(**given), table({"x": (TEXT, values)})
    pd.testing.assert_frame_equal(step.apply(df, step.fit(df)), table({"x": (TEXT, expected)}))


@pytest.mark.parametrize("values", [["a b", None, "Zoë"], ["a", "b"], [None, None], ["a\u200bb"]])
def test_a_tidy_column_stays_the_same_memory(values):
    df = table({"x": (TEXT, values)})
    assert same_memory(arrow(TrimWhitespace().apply(df, TrimWhitespace().fit(df))["x"]), arrow(df["x"]))


def test_part_of_a_column_is_judged_by_its_own_bytes():
    df = table({"x": (TEXT, [" a", "b", " c"])})[1:2]
    assert same_memory(arrow(TrimWhitespace().apply(df, TrimWhitespace().fit(df))["x"]), arrow(df["x"]))


def test_refuses_a_column_of_numbers():
    df = table({"x": (pa.int64(), [1])})
    with pytest.raises(StepError) as caught:
        TrimWhitespace(columns=Columns(names=("x",))).fit(df)
    assert str(caught.value) == 'Column "x": holds numbers, not text.'


def test_describes():
    assert TrimWhitespace(columns=Columns(names=("a", "b"))).describe() == "Trim spaces at both ends and inside of a and b"
