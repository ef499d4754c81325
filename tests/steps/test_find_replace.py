"""Find and replace."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow, same_memory
from steps.base import Columns, Outcome, StepError
from steps.find_replace import FindReplace
from tests.steps.strategies import table

TEXT, INT, FLOAT, DATE, BOOL = pa.large_string(), pa.int64(), pa.float64(), pa.date32(), pa.bool_()
CASES = {  # parameters, type, values, values after
    "part": ({"find": "a", "replace": "o"}, TEXT, ["banana", "b", None], ["bonono", "b", None]),
    "first only": ({"find": "a", "replace": "o", "all_occurrences": False}, TEXT, ["banana"], ["bonana"]),
    "signs of patterns are plain": ({"find": "a.b(", "replace": "\\1"}, TEXT, ["a.b(c", "axb("], ["\\1c", "axb("]),
    "any case": ({"find": "É.", "replace": "\\", "case_sensitive": False}, TEXT, ["é.É.", "éa"], ["\\\\", "éa"]),
    "taken out": ({"find": " GmbH"}, TEXT, ["Acme GmbH"], ["Acme"]),
    "word": ({"find": "a", "replace": "o", "match": "word"}, TEXT, ["a a ab é-a", "éa"], ["o o ab é-o", "éa"]),
    "word with signs": ({"find": "C++", "replace": "C", "match": "word"}, TEXT, ["C++!", "XC++"], ["C!", "XC++"]),
    "whole cell": ({"find": "a", "replace": "o", "match": "whole"}, TEXT, ["a", "ab", "A"], ["o", "ab", "A"]),
    "whole cell, any case": ({"find": "É", "replace": "o", "match": "whole", "case_sensitive": False}, TEXT, ["é", "éé"], ["o", "éé"]),
    "empty text": ({"find": "", "replace": "-", "match": "whole"}, TEXT, ["", " ", None], ["-", " ", None]),
    "pattern": ({"find": r"(\d+)-(\d+)", "replace": r"\2-\1", "match": "regex"}, TEXT, ["1-2", "x"], ["2-1", "x"]),
    "pattern, any case": ({"find": "a$", "replace": "", "match": "regex", "case_sensitive": False}, TEXT, ["AA"], ["A"]),
    "to missing": ({"find": "?", "to_missing": True}, TEXT, ["a?", "a"], [None, "a"]),
    "numbers by value": ({"find": "12", "replace": "7"}, FLOAT, [12.0, 120.0, 1.2], [7.0, 120.0, 1.2]),
    "whole numbers are no text": ({"find": "1", "replace": "2"}, INT, [1, 11, None], [2, 11, None]),
    "long numbers exactly": ({"find": "9007199254740993", "replace": "1"}, INT, [2**53 + 1, 2**53], [1, 2**53]),
    "exact decimal": ({"find": "0.5", "replace": "1"}, pa.decimal128(38, 2), [Decimal("0.50")], [Decimal("1.00")]),
    "date": ({"find": "2024-02-29", "replace": "2024-03-01"}, DATE, [date(2024, 2, 29)], [date(2024, 3, 1)]),
    "yes/no": ({"find": "true", "replace": "false"}, BOOL, [True, False], [False, False]),
    "number to missing": ({"find": "-1", "to_missing": True}, INT, [-1, 1], [None, 1]),
    "no text of a number column": ({"find": "x", "replace": "y"}, INT, [1], [1]),
    "no rows": ({"find": "x"}, TEXT, [], []),
}  # fmt: skip
ERRORS = {
    "absent": ({"columns": ("y",)}, 'Column "y": is not in the table. Choose one of: x.'),
    "no number": ({"columns": ("x",)}, 'Column "x": cannot hold what is looked for: "a" is not a whole number.'),
    "part of a number": ({"columns": ("x",), "match": "part"}, 'Column "x": holds numbers, not text. Look for "the whole cell".'),
    "replacement": ({"find": "1", "replace": "b"}, 'Column "x": cannot hold the replacement: "b" is not a whole number.'),
}
REFUSED = {
    "nothing": ({"find": ""}, "write what to find"),
    "pattern": ({"find": "a(", "match": "regex"}, 'the pattern "a(" cannot be used'),
    "look-ahead": ({"find": "a(?=b)", "match": "regex"}, "not available"),
    "group": ({"find": "(a)", "match": "regex", "replace": r"\2"}, "the groups of the pattern are \\1 to \\1"),
}


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "of", "values", "expected"), CASES.values(), ids=CASES)
def test_replaces(given, of, values, expected):
    assert arrow(run(FindReplace(**given), table({"x": (of, values)}))["x"]).to_pylist() == expected


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    columns = Columns(names=given["columns"]) if "columns" in given else Columns()
    with pytest.raises(StepError) as caught:
        run(FindReplace(**{"find": "a", **given, "columns": columns}), table({"x": (INT, [1])}))
    assert message in str(caught.value)


@pytest.mark.parametrize(("given", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses_settings(given, message):
    with pytest.raises(ValidationError) as caught:
        FindReplace(**given)
    assert message in str(caught.value)


def test_counts_the_cells():
    made = run(FindReplace(find="a"), table({"x": (TEXT, ["aa", "a", "b"])}))
    assert made.noted == {'{n} cells of "x" hold "a".': 2}


def test_a_column_without_it_stays_the_same_memory():
    df = table({"x": (TEXT, ["a"]), "y": (TEXT, ["b"])})
    assert same_memory(arrow(run(FindReplace(find="a"), df)["y"]), arrow(df["y"]))


def test_describes():
    step = FindReplace(columns=Columns(names=("x",)), find="a", match="word", to_missing=True)
    assert step.describe() == 'Replace the word "a" with nothing (missing) in x'


@settings(max_examples=60)
@given(st.lists(st.none() | st.text("ab.\\", max_size=5), max_size=5), st.text("ab.\\", min_size=1, max_size=2), st.text("a\\", max_size=2))
def test_a_part_is_plain_text(values, find, replace):
    for case in (True, False):
        made = run(FindReplace(find=find, replace=replace, case_sensitive=case), table({"x": (TEXT, values)}))
        assert arrow(made["x"]).to_pylist() == [None if v is None else v.replace(find, replace) for v in values]
