"""Make words into yes/no values."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.base import Columns, StepError
from steps.parse_boolean import ParseBoolean
from tests.steps.strategies import table

X = Columns(names=("x",))
TEXT = pa.large_string()
CASES = {  # parameters, type, values, results, words not used
    "yes and no": ({}, TEXT, ["yes", "no", None], [True, False, None], []),
    "one letter": ({}, TEXT, ["Y", "n"], [True, False], []),
    "one and zero": ({}, TEXT, ["1", "0"], [True, False], []),
    "whole numbers": ({}, pa.int64(), [1, 0, 2, None], [True, False, None, None], ["2"]),
    "true and false": ({}, TEXT, ["TRUE", "False"], [True, False], []),
    "spaces around": ({}, TEXT, [" yes\u00a0", "\tno"], [True, False], []),
    "blank stays missing": ({}, TEXT, ["", " ", None], [None, None, None], []),
    "x or blank": ({"true_words": ("x",), "false_words": (), "blank": "no"}, TEXT, ["X", " ", None], [True, False, False], []),
    "own words": ({"true_words": ("ja",), "false_words": ("nein",)}, TEXT, ["Ja", "nein", "yes"], [True, False, None], ["yes"]),
    "unknown": ({}, TEXT, ["maybe", "yes"], [None, True], ["maybe"]),
    "yes/no already": ({}, pa.bool_(), [True, None], [True, None], []),
    "no rows": ({}, TEXT, [], [], []),
}
SETTINGS = {
    "both": ({"true_words": ("x",), "false_words": (" X",)}, '"x" is a word for yes and for no. Choose one'),
    "empty": ({"false_words": (" ",)}, 'a word is empty. Use "An empty cell" for that'),
    "none": ({"true_words": ()}, "there is no word for yes. Add one"),
}


def run(step, df):
    return step.apply(df, step.fit(df))


@pytest.mark.parametrize(("given", "of", "values", "expected", "bad"), CASES.values(), ids=CASES)
def test_reads(given, of, values, expected, bad):
    made = run(ParseBoolean(columns=X, **given), table({"x": (of, values)}))
    assert pa.chunked_array(made["x"]).type == pa.bool_()
    assert pa.chunked_array(made["x"]).to_pylist() == expected
    assert made.rejected["value"].tolist() == bad
    assert made.rejected["reason"].tolist() == ["is in neither list of words"] * len(bad)


def test_column_stays_if_asked():
    made = run(ParseBoolean(columns=X, on_error="keep_text"), table({"x": (TEXT, ["yes", "maybe"])}))
    assert made["x"].tolist() == ["yes", "maybe"]
    assert made.noted == {'Column "x" stays as it is: not every word is in a list.': 1}


@pytest.mark.parametrize(("given", "message"), SETTINGS.values(), ids=SETTINGS)
def test_refuses_settings(given, message):
    with pytest.raises(ValidationError) as caught:
        ParseBoolean(columns=X, **given)
    assert message in str(caught.value)


def test_refuses_decimals():
    with pytest.raises(StepError) as caught:
        run(ParseBoolean(columns=X), table({"x": (pa.float64(), [1.0])}))
    said = 'Column "x": holds numbers, not words or whole numbers. Make it text first with Change column types.'
    assert str(caught.value) == said


@given(st.lists(st.sampled_from(["Yes", "NO", "t", "0"])))
def test_every_known_word_has_its_value(words):
    expected = [{"Yes": True, "NO": False, "t": True, "0": False}[w] for w in words]
    assert run(ParseBoolean(columns=X), table({"x": (TEXT, words)}))["x"].tolist() == expected
