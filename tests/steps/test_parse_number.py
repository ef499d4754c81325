"""Read numbers as people write them."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.base import Columns, StepError
from steps.parse_number import ParseNumber
from tests.steps.strategies import table

X = Columns(names=("x",))
CASES = {  # parameters, text, number, reason
    "plain": ({}, "-12.5", -12.5, None),
    "thousands": ({}, "1,234,567.25", 1234567.25, None),
    "decimal comma": ({"decimal": ","}, "1.234,5", 1234.5, None),
    "space between groups": ({"thousands": "space", "decimal": ","}, "1\u202f234,50", 1234.5, None),
    "apostrophe": ({"thousands": "apostrophe"}, "1'234.5", 1234.5, None),
    "Indian groups": ({}, "12,34,567", 1234567.0, None),
    "marks not in place": ({}, "1,23", None, "is not a number written with the chosen marks"),
    "no thousands mark": ({"thousands": "none"}, "1,234", None, "is not a number written with the chosen marks"),
    "currency before": ({}, "€ 1,234.50", 1234.5, None),
    "currency behind": ({"decimal": ","}, "12,50 EUR", 12.5, None),
    "minus behind currency": ({}, "$-5", -5.0, None),
    "percent": ({}, "12.5 %", 0.125, None),
    "percent as number": ({"percent": "number"}, "12.5%", 12.5, None),
    "percent refused": ({"percent": "refuse"}, "12.5%", None, "is a percentage"),
    "parentheses": ({}, "(5)", -5.0, None),
    "trailing minus": ({}, "5-", -5.0, None),
    "not accounting": ({"accounting": False}, "(5)", None, "is not a number written with the chosen marks"),
    "two signs": ({}, "(-5)", None, "has two signs"),
    "real minus sign": ({}, "\u22125", -5.0, None),
    "leading plus": ({}, "+5", 5.0, None),
    "no-break space around": ({}, "\u00a05\u200b", 5.0, None),
    "blank": ({}, " ", None, None),
    "word": ({}, "n/a", None, "is not a number written with the chosen marks"),
    "exponent": ({}, "1e5", None, "is written with an exponent"),
    "exponent is no unit to drop": ({"unit": "drop"}, "2E-3", None, "is written with an exponent"),
    "unit refused": ({}, "250 ml", None, 'has the unit "ml"'),
    "unit dropped": ({"unit": "drop"}, "250 ml", 250.0, None),
    "unit converted": ({"unit": "convert", "units": {"ml": 0.001}}, "250 ml", 0.25, None),
    "unit unknown": ({"unit": "convert", "units": {"ml": 0.001}}, "2 kg", None, 'has the unit "kg", which is not in the list of units'),
    "unit in capitals": ({"unit": "convert", "units": {"kg": 1000}}, "2 KG", 2000.0, None),
    "unit ambiguous": ({"unit": "convert", "units": {"Mb": 1, "mB": 8}}, "2 MB", None, 'has the unit "MB", which may be Mb or mB'),
    "multiplier off": ({}, "3k", None, 'has the unit "k"'),
    "multiplier": ({"multipliers": True}, "1.5k", 1500.0, None),
    "billion": ({"multipliers": True}, "€2bn", 2e9, None),
    "word for minus": ({"negative_words": ("CR",)}, "12.50 cr", -12.5, None),
    "word for plus": ({"positive_words": ("DR",)}, "12.50 DR", 12.5, None),
    "leading zeros allowed": ({"allow_leading_zeros": True}, "007", 7.0, None),
    "fifteen digits": ({}, "123456789012345", 123456789012345.0, None),
    "sixteen digits": ({}, "1234567890123456", None, "has more than 15 digits; a number would round it"),
    "minus zero": ({}, "-0", 0.0, None),
    "one tenth": ({"percent": "fraction"}, "35%", 0.35, None),
    "two currencies": ({}, "€5 USD", None, "has two currencies"),
}
REFUSED = {
    "zeros": ({}, {"x": (pa.large_string(), ["1", "007"])}, 'Column "x", row 3: "007" starts with a zero, as ids and postcodes do;'),
    "dates": ({}, {"x": (pa.date32(), [None])}, 'Column "x": holds dates, not text.'),
    "unit taken": (
        {"unit": "column"}, {"x": (pa.large_string(), ["1 g"]), "x_unit": (pa.int64(), [1])},
        'there is already a column "x_unit" for its units',
    ),
}  # fmt: skip
SETTINGS = {
    "both": ({"negative_words": ("a",), "positive_words": ("A",)}, '"a" is a word for plus and for minus'),
    "no words": ({"sign_column": "s"}, "needs at least one word for minus"),
    "no units": ({"unit": "convert"}, "the list of units is empty"),
    "factor": ({"units": {"g": 0}}, 'the factor of "g" must be above 0'),
}


def run(step, df):
    return step.apply(df, step.fit(df))


@pytest.mark.parametrize(("given", "text", "number", "reason"), CASES.values(), ids=CASES)
def test_reads(given, text, number, reason):
    made = run(ParseNumber(columns=X, **given), table({"x": (pa.large_string(), [text])}))
    assert str(made["x"].dtype) == "double[pyarrow]"
    assert [str(v) for v in pa.chunked_array(made["x"]).to_pylist()] == [str(number)]
    assert made.rejected["reason"].tolist() == ([reason] if reason else [])


@pytest.mark.parametrize(("given", "columns", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses(given, columns, message):
    with pytest.raises(StepError) as caught:
        run(ParseNumber(columns=X, **given), table(columns))
    assert message in str(caught.value)


@pytest.mark.parametrize(("given", "message"), SETTINGS.values(), ids=SETTINGS)
def test_refuses_settings(given, message):
    with pytest.raises(ValidationError) as caught:
        ParseNumber(columns=X, **given)
    assert message in str(caught.value)


def test_unit_in_its_own_column():
    made = run(ParseNumber(columns=X, unit="column"), table({"x": (pa.large_string(), ["250 ml", "3", None])}))
    assert pa.chunked_array(made["x"]).to_pylist() == [250.0, 3.0, None]
    assert pa.chunked_array(made["x_unit"]).to_pylist() == ["ml", None, None]


def test_sign_from_another_column():
    df = table({"x": (pa.large_string(), ["5", "5", "5", None]), "s": (pa.large_string(), ["S", " h", "?", None])})
    made = run(ParseNumber(columns=X, sign_column="s", negative_words=("H",), positive_words=("S",)), df)
    assert pa.chunked_array(made["x"]).to_pylist() == [5.0, -5.0, None, None]
    assert made.rejected["reason"].tolist() == ['has no word for plus or minus in "s"']


def test_says_what_is_ambiguous_and_mixed():
    made = run(ParseNumber(columns=X), table({"x": (pa.large_string(), ["1,234", "€5", "$5"])}))
    assert made.noted == {
        '{n} values of "x" were in €, which is left off.': 1,
        '{n} values of "x" were in $, which is left off.': 1,
        '{n} values of "x" like 1,234 were read with the thousands mark chosen.': 1,
    }  # fmt: skip


def test_zeros_that_come_later_are_listed():
    step = ParseNumber(columns=X)
    made = step.apply(table({"x": (pa.large_string(), ["007", "7"])}), step.fit(table({"x": (pa.large_string(), ["1"])})))
    assert pa.chunked_array(made["x"]).to_pylist() == [None, 7.0]
    assert made.rejected["reason"].tolist() == ["starts with a zero, which a number would lose"]


def test_column_stays_text_if_asked():
    made = run(ParseNumber(columns=X, on_error="keep_text"), table({"x": (pa.large_string(), ["1", "x"])}))
    assert made["x"].tolist() == ["1", "x"]
    assert made.noted == {
        'Column "x" stays text: not every value could be read.': 1}


@given(st.integers(-(10**10), 10**10), st.sampled_from([".", ","]))
def test_a_written_number_comes_back(cents, decimal):
    text = f"{cents / 100:,.2f}"
    text = text if decimal == "." else text.translate({44: ".", 46: ","})
    made = run(ParseNumber(columns=X, decimal=decimal), table({"x": (pa.large_string(), [text])}))
    assert made["x"].tolist() == [cents / 100]
