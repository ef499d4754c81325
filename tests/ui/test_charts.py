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
    assert charts.box_in_words(Box(-5, 0, (1, 2, 3), 10, 99.5, 1, 2)) == "Usual: 0 to 10. 1 below and 2 above."
    assert charts.box_in_words(Box(0, 0, (1, 2, 3), 10, 10, 0, 0)) == "Usual: 0 to 10. None outside."


def test_extremes_are_marked_in_the_picture() -> None:
    made = unquote(charts.box_picture(Box(-5, 0, (1, 2, 3), 10, 99.5, 0, 2)))
    assert made.count("l6 6m0 -6l-6 6") == 1
    assert "NaN" not in made
