"""Rows as lines of text."""

import pandas as pd

from ui.views import in_words


def test_rows_in_words() -> None:
    rows = pd.DataFrame(
        {"na\tme": pd.array([" Ana", None], "large_string[pyarrow]"), "n": pd.array([1204, 2], "int64[pyarrow]")}, index=[2, 1300]
    )
    assert in_words(rows) == ["Row 2: na⇥me: ·Ana; n: 1204", "Row 1,300: na⇥me: (missing); n: 2"]


def test_long_values_are_cut_and_signs_that_turn_text_are_shown() -> None:
    rows = pd.DataFrame({"a": pd.array(["x" * 500, "ab\u202ecd"], "large_string[pyarrow]")}, index=[2, 3])
    assert in_words(rows) == ["Row 2: a: " + "x" * 119 + "…", "Row 3: a: ab⟨U+202E⟩cd"]
