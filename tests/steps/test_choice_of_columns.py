"""Columns chosen by name, by kind, by a pattern of their names, with exceptions."""

import pyarrow as pa
import pytest
from pydantic import ValidationError

from steps.base import Columns, StepError
from tests.steps.strategies import table

TEXT, INT = pa.large_string(), pa.int64()
CASES = {  # choice, columns found among: n, a[b], {n}, " id", 😀 2024, paid, day, long
    "all": ({}, ["n", "a[b]", "{n}", " id", "😀 2024", "paid", "day", "x" * 300]),
    "by name, in that order": ({"names": ["paid", "n"]}, ["paid", "n"]),
    "by name, each once": ({"names": ["n", "n"]}, ["n"]),
    "by name, with an exception": ({"names": ["n", "paid"], "exclude": ["n"]}, ["paid"]),
    "none": ({"names": []}, []),
    "text": ({"kind": "text"}, ["a[b]", "{n}", "😀 2024", "x" * 300]),
    "numbers but one": ({"kind": "number", "exclude": ["n"]}, [" id"]),
    "yes/no": ({"kind": "boolean"}, ["paid"]),
    "dates": ({"kind": "date"}, ["day"]),
    "pattern": ({"pattern": "a"}, ["a[b]", "paid", "day"]),
    "pattern, beginning and end": ({"pattern": "^.$|^ "}, ["n", " id"]),
    "signs of patterns": ({"pattern": r"\[|\{"}, ["a[b]", "{n}"]),
    "letters of Unicode": ({"pattern": r"^\p{So}"}, ["😀 2024"]),
    "pattern and kind": ({"pattern": "a", "kind": "text"}, ["a[b]"]),
    "pattern with an exception": ({"pattern": "a", "exclude": ["day"]}, ["a[b]", "paid"]),
    "a pattern of nothing": ({"pattern": "zz"}, []),
}


def odd():
    names = {"n": INT, "a[b]": TEXT, "{n}": TEXT, " id": INT, "😀 2024": TEXT, "paid": pa.bool_(), "day": pa.date32(), "x" * 300: TEXT}
    return table({n: (of, [None]) for n, of in names.items()})


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_finds(given, expected):
    assert Columns(**given).resolve(odd()) == expected


def test_an_absent_name_is_refused():
    with pytest.raises(StepError) as caught:
        Columns(names=("m",)).resolve(odd())
    assert str(caught.value).startswith('Column "m": is not in the table. Choose one of: n, a[b], {n},  id,')


@pytest.mark.parametrize("pattern", ["(a", "(?=a)b", r"(a)\1"])
def test_a_pattern_that_cannot_be_used_is_refused_when_it_is_made(pattern):
    with pytest.raises(ValidationError) as caught:
        Columns(pattern=pattern)
    assert f'the pattern "{pattern}" cannot be used' in str(caught.value)


def test_a_pattern_takes_linear_time():
    names = {f"{'a' * 5000}b{at}": (INT, [1]) for at in range(50)}
    assert Columns(pattern="^(a+)+$").resolve(table(names)) == []
