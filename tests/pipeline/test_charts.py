"""What charts are drawn from: ranges and counts of whole columns."""

import pandas as pd

from pipeline.charts import Box, Pattern, box, missing, spread


def numbers(*values: float | None) -> pd.Series:
    return pd.Series(values, dtype="double[pyarrow]")


def test_before_and_after_are_counted_in_the_same_ranges() -> None:
    found = spread(numbers(0, 1, 1, 2, None), numbers(0, 1, 1, 4, float("inf")))
    assert found is not None
    assert found.alike
    was, now = found
    assert (was.edges[0], was.edges[-1], was.least, was.most, now.most) == (0.0, 4.0, 0.0, 2.0, 4.0)
    assert {was.edges[at]: n for at, n in enumerate(was.counts) if n} == {0.0: 1, 1.0: 2, 2.0: 1}
    assert (sum(now.counts), now.counts[-1]) == (4, 1)


def test_another_scale_has_ranges_of_its_own() -> None:
    found = spread(numbers(0, 500, 1000), numbers(0, 0.5, 1))
    assert found is not None
    assert not found.alike
    assert (found.before.edges[-1], found.after.edges[-1]) == (1000.0, 1.0)
    assert (sum(found.before.counts), sum(found.after.counts)) == (3, 3)


def test_no_spread_of_nothing_or_of_one_value() -> None:
    assert spread(numbers(None), numbers(1, 2)) is None
    assert spread(numbers(3), numbers(3)) is None


def test_a_box_counts_what_lies_outside_the_usual_range() -> None:
    values = numbers(-50, 1, 2, 3, 4, 90, 100, None)
    assert box(values, 0, 10) == Box(-50.0, 0, (1.5, 3.0, 47.0), 10, 100.0, 1, 2)
    assert box(values, None, 10) == Box(-50.0, -50.0, (1.5, 3.0, 47.0), 10, 100.0, 0, 2)
    assert box(numbers(None), 0, 1) is None


def test_columns_that_are_missing_together() -> None:
    text = "large_string[pyarrow]"
    table = pd.DataFrame({
        "a": pd.array([None, "x", None, "x"], dtype=text),
        "b": pd.array([None, "x", None, None], dtype=text),
        "c": pd.array(["x", "x", "x", "x"], dtype=text),
    })  # fmt: skip
    assert missing(table) == ([Pattern(("b", "a"), 2), Pattern((), 1), Pattern(("b",), 1)], 3)


def test_no_columns_missing_and_no_rows() -> None:
    assert missing(pd.DataFrame({"a": pd.array([1], dtype="int64[pyarrow]")})) == ([Pattern((), 1)], 1)
    assert missing(pd.DataFrame({"a": pd.array([], dtype="int64[pyarrow]")})) == ([], 0)
