"""Rows as lines of text."""

import pandas as pd

from io_utils import RawLine
from pipeline.facets import Line
from ui import facets, lines_left, raw
from ui.page_text import in_words


def test_rows_in_words() -> None:
    rows = pd.DataFrame(
        {"na\tme": pd.array([" Ana", None], "large_string[pyarrow]"), "n": pd.array([1204, 2], "int64[pyarrow]")}, index=[2, 1300]
    )
    assert in_words(rows) == ["Row 2: na⇥me: ·Ana; n: 1204", "Row 1,300: na⇥me: (missing); n: 2"]


def test_long_values_are_cut_and_signs_that_turn_text_are_shown() -> None:
    rows = pd.DataFrame({"a": pd.array(["x" * 500, "ab\u202ecd"], "large_string[pyarrow]")}, index=[2, 3])
    assert in_words(rows) == ["Row 2: a: " + "x" * 119 + "…", "Row 3: a: ab⟨U+202E⟩cd"]


def test_lines_of_the_file_and_of_a_facet_in_words() -> None:
    left = pd.DataFrame({"line": [1, 1204], "reason": ["a note", "blank"], "text": ["# a\tb", None]})
    assert lines_left.in_words(left) == ["line 1 (a note): # a⇥b", "line 1,204 (blank): (missing)"]
    assert lines_left.in_words(left.assign(file=["x.csv", "y.csv"]))[1] == "y.csv · line 1,204 (blank): (missing)"
    found = [RawLine(number=1, text="id,n"), RawLine(number=2, text="1,2")]
    assert raw.in_words(found, {1: "header"}, "line") == ["Line 1 (header): id,n", "Line 2: 1,2"]
    assert facets.in_words([Line("open", 1, True), Line(None, 1204, False)]) == ["open: 1 row, chosen", "(missing): 1,204 rows"]
