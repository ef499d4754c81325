"""Charts in words, and pictures that hold numbers alone."""

from urllib.parse import unquote

import pandas as pd

from pipeline.charts import Box, spread
from ui import charts


def test_a_spread_in_words() -> None:
    found = spread(pd.Series([0, 1, 1, 4], dtype="int64[pyarrow]"), pd.Series([0, 1, 1, 2], dtype="int64[pyarrow]"))
    assert found is not None
    said = charts.in_words(found)
    assert said.startswith("Before: 4 numbers from 0 to 4, most of them (2) between 1 and ")
    assert " After: 4 numbers from 0 to 2, most of them (2) between 1 and " in said


def test_a_box_in_words() -> None:
    assert charts.box_in_words(Box(-5, 0, (1, 2, 3), 10, 99.5, 1, 2)) == "Usual: 0 to 10. 1 below, down to -5, and 2 above, up to 99.5."
    assert charts.box_in_words(Box(0, 0, (1, 2, 3), 10, 10, 0, 0)) == "Usual: 0 to 10. None outside."


def test_what_is_far_off_does_not_squeeze_the_box() -> None:
    near = unquote(charts.box_picture(Box(0, 0, (2, 5, 8), 10, 15, 0, 1)))
    far = unquote(charts.box_picture(Box(0, 0, (2, 5, 8), 10, 1e9, 0, 1)))
    assert 'width="116.8" height="20"' in near  # 6 of 15 of the 292 pixels there are
    assert 'width="116.8" height="20"' in far
    assert (near.count("m2 10l4 -10"), far.count("m2 10l4 -10")) == (0, 1)  # the gap in the scale


def test_extremes_are_marked_in_the_picture() -> None:
    made = unquote(charts.box_picture(Box(-5, 0, (1, 2, 3), 10, 99.5, 0, 2)))
    assert made.count("l6 6m0 -6l-6 6") == 1
    assert "NaN" not in made
