"""Change case."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steps.arrow import arrow, same_memory
from steps.base import Columns, StepError
from steps.change_case import ChangeCase
from tests.steps.strategies import table

TEXT = pa.large_string()
CASES = {  # parameters, values, values after
    "lower": ({}, ["ABC", "Zoë", "ÄÖ", None, ""], ["abc", "zoë", "äö", None, ""]),
    "lower, Greek word end": ({}, ["ΟΔΟΣ"], ["οδος"]),
    "upper": ({"case": "upper"}, ["abc", "ö", "Straße", "ﬁn"], ["ABC", "Ö", "STRASSE", "FIN"]),
    "title": ({"case": "title"}, ["new YORK", "anna-lena", "a/b"], ["New York", "Anna-Lena", "A/B"]),
    "title, apostrophe": ({"case": "title"}, ["o'neil mcdonald", "don't", "D’ANGELO"], ["O'Neil Mcdonald", "Don't", "D’Angelo"]),
    "title, digits": ({"case": "title"}, ["3rd floor", "b2b"], ["3rd Floor", "B2b"]),
    "title, exceptions": (
        {"case": "title", "exceptions": ("McDonald", "GmbH", "USA")}, ["o'neil mcdonald", "acme gmbh, usa", "usage"],
        ["O'Neil McDonald", "Acme GmbH, USA", "Usage"],
    ),
    "upper, exceptions": ({"case": "upper", "exceptions": ("GmbH",)}, ["acme gmbh"], ["ACME GmbH"]),
    "sentence": ({"case": "sentence"}, ["HELLO World", "one. TWO! three", "(aside)"], ["Hello world", "One. Two! Three", "(Aside)"]),
    "casefold": ({"case": "casefold"}, ["Straße", "ABC"], ["strasse", "abc"]),
    "Turkish lower": ({"language": "turkish"}, ["IĞDIR", "İzmir"], ["ığdır", "izmir"]),
    "Turkish upper": ({"case": "upper", "language": "turkish"}, ["izmir", "ığdır"], ["İZMİR", "IĞDIR"]),
    "Turkish title": ({"case": "title", "language": "turkish"}, ["izmir ısparta"], ["İzmir Isparta"]),
    "no rows": ({}, [], []),
}  # fmt: skip


def run(step, df):
    return step.apply(df, step.fit(df))


@pytest.mark.parametrize(("given", "values", "expected"), CASES.values(), ids=CASES)
def test_changes(given, values, expected):
    assert arrow(run(ChangeCase(**given), table({"x": (TEXT, values)}))["x"]).to_pylist() == expected


def test_a_column_in_that_case_stays_the_same_memory():
    df = table({"x": (TEXT, ["a", None])})
    assert same_memory(arrow(run(ChangeCase(), df)["x"]), arrow(df["x"]))


def test_refuses_a_column_of_numbers():
    with pytest.raises(StepError) as caught:
        run(ChangeCase(columns=Columns(names=("x",))), table({"x": (pa.int64(), [1])}))
    assert str(caught.value) == 'Column "x": holds numbers, not text.'


def test_describes():
    step = ChangeCase(columns=Columns(names=("a",)), case="title", exceptions=("GmbH",))
    assert step.describe() == "Change a to Title Case, but GmbH"


@settings(max_examples=60)
@given(st.lists(st.text("aBß İ'.3Σé", max_size=6), max_size=5), st.sampled_from(["lower", "upper", "casefold"]))
def test_is_what_python_does(values, case):
    made = run(ChangeCase(case=case), table({"x": (TEXT, values)}))
    assert arrow(made["x"]).to_pylist() == [getattr(v, case)() for v in values]


def test_a_long_column_is_changed_in_slices():
    made = run(ChangeCase(case="upper"), table({"x": (TEXT, ["é", None, "b c"] * 40_000)}))
    assert arrow(made["x"]).to_pylist() == ["É", None, "B C"] * 40_000
