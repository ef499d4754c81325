"""Repair characters."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steps.arrow import arrow, same_memory
from steps.base import Columns, StepError
from steps.clean_characters import CleanCharacters
from tests.steps.strategies import table

TEXT = pa.large_string()
CASES = {  # parameters, values, values after
    "wrong encoding": ({}, ["MÃ¼ller", "Å‚", "â‚¬ 5", None], ["Müller", "ł", "€ 5", None]),
    "wrong twice": ({}, ["MÃƒÂ¼ller"], ["Müller"]),
    "an open byte of Windows-1252": ({}, ["Ã\u0081"], ["Á"]),
    "not wrong": ({}, ["Müller", "Ã", "Ãœ é"], ["Müller", "Ã", "Ãœ é"]),
    "wrong encoding kept": ({"mojibake": False}, ["MÃ¼ller"], ["MÃ¼ller"]),
    "composed": ({}, ["e\u0301"], ["é"]),
    "compatible": ({"form": "nfkc"}, ["ﬁ ①"], ["fi 1"]),
    "form as it is": ({"form": "none"}, ["e\u0301"], ["e\u0301"]),
    "invisible": ({}, ["a\u200bb\u0000\ufeff\u00ad", "a\tb\nc"], ["ab", "a\tb\nc"]),
    "invisible kept": ({"invisible": False}, ["a\u200bb"], ["a\u200bb"]),
    "quotes": ({"quotes": True}, ["“a” ‘b’ – …"], ["\"a\" 'b' - ..."]),
    "accents": ({"accents": True}, ["Zoë", "Straße", "Łódź", "e\u0301"], ["Zoe", "Strasse", "Lodz", "e"]),
    "accents of other scripts stay": ({"accents": True}, ["й"], ["й"]),
    "HTML": ({"unescape": True}, ["a &amp; b&nbsp;&#228;", "a & b"], ["a & b\u00a0ä", "a & b"]),
    "letters out": ({"remove": "letters"}, ["a1é2"], ["12"]),
    "digits out": ({"remove": "digits"}, ["a1é2"], ["aé"]),
    "punctuation out": ({"remove": "punctuation"}, ["a-1, €"], ["a1 "]),
    "only letters": ({"remove": "not_letters"}, ["a-1 é"], ["a é"]),
    "only digits": ({"remove": "not_digits"}, ["+49 (0)30"], ["49030"]),
    "only letters and digits": ({"remove": "not_letters_digits"}, ["a-1 é"], ["a1 é"]),
    "empty text stays empty text": ({"remove": "letters"}, ["a", None], ["", None]),
    "no rows": ({}, [], []),
}  # fmt: skip


def run(step, df):
    return step.apply(df, step.fit(df))


@pytest.mark.parametrize(("given", "values", "expected"), CASES.values(), ids=CASES)
def test_repairs(given, values, expected):
    assert arrow(run(CleanCharacters(**given), table({"x": (TEXT, values)}))["x"]).to_pylist() == expected


def test_a_sound_column_stays_the_same_memory():
    df = table({"x": (TEXT, ["Müller", None])})
    assert same_memory(arrow(run(CleanCharacters(), df)["x"]), arrow(df["x"]))


def test_refuses_a_column_of_numbers():
    with pytest.raises(StepError) as caught:
        run(CleanCharacters(columns=Columns(names=("x",))), table({"x": (pa.int64(), [1])}))
    assert str(caught.value) == 'Column "x": holds numbers, not text.'


def test_describes():
    step = CleanCharacters(columns=Columns(names=("x",)), accents=True, remove="digits")
    assert step.describe() == "Repair wrongly read text, invisible signs, accents in x; take out digits"


@settings(max_examples=60)
@given(st.text("aüéßł€ñ '", min_size=1, max_size=6))
def test_reads_again_what_was_read_wrong(text):
    wrong = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode())
    assert arrow(run(CleanCharacters(), table({"x": (TEXT, [wrong])}))["x"]).to_pylist() == [text]
