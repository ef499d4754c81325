"""Treat as missing."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steps.arrow import arrow, same_memory
from steps.base import Columns, Outcome, StepError
from steps.mark_missing import MarkMissing, suggest
from tests.steps.strategies import table

TEXT, INT, FLOAT, EXACT = pa.large_string(), pa.int64(), pa.float64(), pa.decimal128(38, 2)
CASES = {  # parameters, type, values, values after
    "usual words": ({}, TEXT, ["n/a", " N/A ", "-", "NULL", "#N/A", "a-b", None], [None, None, None, None, None, "a-b", None]),
    "NA may be Namibia": ({}, TEXT, ["NA"], ["NA"]),
    "NA once it is written": ({"tokens": ("na",)}, TEXT, ["NA"], [None]),
    "case counts": ({"case_insensitive": False, "tokens": ("n/a",)}, TEXT, ["n/a", "N/A"], [None, "N/A"]),
    "spaces count": ({"trim": False, "tokens": ("n/a",)}, TEXT, ["n/a", " n/a"], [None, " n/a"]),
    "no-break spaces around": ({}, TEXT, ["\u00a0-\u200b"], [None]),
    "the empty word is blank text": ({"tokens": ("",)}, TEXT, ["", "  ", "a"], [None, None, "a"]),
    "numbers are off": ({}, INT, [-999, 1], [-999, 1]),
    "whole number": ({"numeric_sentinels": (-999,)}, INT, [-999, 999, None], [None, 999, None]),
    "number": ({"numeric_sentinels": (-999, 0.5)}, FLOAT, [-999.0, 0.5, 1.0], [None, None, 1.0]),
    "exact decimal": ({"numeric_sentinels": (9999,)}, EXACT, [Decimal("9999.00"), Decimal("1.00")], [None, Decimal("1.00")]),
    "a fraction is no whole number": ({"numeric_sentinels": (0.5,)}, INT, [0, 1], [0, 1]),
    "numbers are not looked for in text": ({"numeric_sentinels": (-999,)}, TEXT, ["-999"], ["-999"]),
    "no word": ({"tokens": ()}, TEXT, ["-"], ["-"]),
    "no rows": ({}, TEXT, [], []),
}  # fmt: skip


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "of", "values", "expected"), CASES.values(), ids=CASES)
def test_marks(given, of, values, expected):
    assert arrow(run(MarkMissing(**given), table({"x": (of, values)}))["x"]).to_pylist() == expected


def test_counts_each_word():
    made = run(MarkMissing(tokens=("-", "n/a")), table({"x": (TEXT, ["N/A", "n/a", "-", "a"])}))
    assert made.noted == {'{n} × "n/a" in "x" became missing.': 2, '{n} × "-" in "x" became missing.': 1}


def test_nothing_found_is_the_same_table():
    df = table({"x": (TEXT, ["a"]), "y": (INT, [1])})
    assert run(MarkMissing(), df).table is df


def test_a_column_without_a_word_stays_the_same_memory():
    df = table({"x": (TEXT, ["a"]), "y": (TEXT, ["-"])})
    assert same_memory(arrow(run(MarkMissing(), df)["x"]), arrow(df["x"]))


def test_suggests_what_is_in_the_table():
    df = table({"x": (TEXT, ["N/A", "N/A", "-", "a", None]), "y": (TEXT, ["a"] * 5), "z": (INT, [1] * 5)})
    assert suggest(df) == {"x": {"N/A": 2, "-": 1}}


def test_refuses_an_absent_column():
    with pytest.raises(StepError) as caught:
        run(MarkMissing(columns=Columns(names=("b",))), table({"a": (INT, [1])}))
    assert str(caught.value) == 'Column "b": is not in the table. Choose one of: a.'


def test_describes():
    step = MarkMissing(columns=Columns(names=("a",)), tokens=("-", "n/a"), numeric_sentinels=(-999,))
    assert step.describe() == 'Treat "-", "n/a" and -999 in a as missing'


@settings(max_examples=50)
@given(st.lists(st.none() | st.sampled_from(["-", " - ", "n/A", "a", "A", ""]), max_size=8), st.booleans(), st.booleans())
def test_what_is_left_is_no_word(values, trim, fold):
    made = run(MarkMissing(tokens=("-", "N/a"), trim=trim, case_insensitive=fold), table({"x": (TEXT, values)}))
    plain = lambda v: (v.strip() if trim else v).lower() if fold else (v.strip() if trim else v)  # noqa: E731
    gone = {plain("-"), plain("N/a")}
    assert arrow(made["x"]).to_pylist() == [None if v is None or plain(v) in gone else v for v in values]


def test_the_form_starts_with_the_words_that_are_there():
    df = table({"x": (pa.large_string(), ["N/A", "n/a", "-", "NA", "ok"])})
    assert MarkMissing.suggested(df) == {"tokens": ["n/a", "-"]}
    assert MarkMissing.suggested(table({"x": (pa.large_string(), ["ok", "NA"])})) == {}
