"""Merge similar spellings: the approved ones become one value, new ones are listed or counted."""

import pandas as pd
import pyarrow as pa
import pytest
from pydantic import ValidationError

from steps.base import Columns, StepError
from steps.cluster_merge import ClusterMerge, Known
from tests.steps.strategies import table

CITY = Columns(names=("city",))
BERLIN = {"berlin": "Berlin", "BERLIN ": "Berlin"}


def cities(*values):
    return table({"city": (pa.large_string(), list(values))})


def run(step, df, seen=None):
    """The step on a table; ``seen``: the values known from another file."""
    return step.apply(df, step.fit(df) if seen is None else {"city": Known(values=seen)})


def listed(made):
    return [(row, line.value, line.reason) for row, line in zip(made.rejected.index, made.rejected.itertuples(), strict=True)]


CASES = {
    "approved alone": ({"mapping": BERLIN}, ["berlin", "BERLIN ", "Bern", "Berlin"], ["Berlin", "Berlin", "Bern", "Berlin"]),
    "a value typed anew": ({"mapping": {"NYC": "New York City"}}, ["NYC", "New York"], ["New York City", "New York"]),
    "a new one stays": ({"mapping": BERLIN}, ["berlin", "Berlin."], ["Berlin", "Berlin."]),
    "a new one becomes the known one": (
        {"mapping": BERLIN, "new_values": "match_to_known"}, ["berlin", "Berlin.", "BERLIN, "], ["Berlin", "Berlin", "Berlin"]),
    "kept apart": (
        {"mapping": BERLIN, "new_values": "match_to_known", "keep": ("Berlin!",)}, ["berlin", "Berlin!"], ["Berlin", "Berlin!"]),
    "like two that differ": (
        {"mapping": {"berlin": "Berlin", "Berlin.": "Berlin (MD)"}, "new_values": "match_to_known"}, ["BERLIN"], ["BERLIN"]),
    "the closest": (
        {"mapping": {"Hannofer": "Hannover", "Hanover": "Hanover (NH)"}, "method": "distance", "distance": 2,
         "new_values": "match_to_known"}, ["Hannoverr", "Hannofer"], ["Hannover", "Hannover"]),
    "missing and blank": ({"mapping": BERLIN, "new_values": "match_to_known"}, [None, "", " ", "berlin"], [None, "", " ", "Berlin"]),
    "all missing": ({"mapping": BERLIN}, [None, None], [None, None]),
    "no rows": ({"mapping": BERLIN}, [], []),
    "nothing approved": ({}, ["Berlin", "berlin"], ["Berlin", "berlin"]),
}  # fmt: skip


@pytest.mark.parametrize(("params", "values", "expected"), CASES.values(), ids=CASES)
def test_merges(params, values, expected):
    step = ClusterMerge(columns=CITY, **params)
    made = run(step, cities(*values))
    assert made["city"].astype(object).where(made["city"].notna(), None).tolist() == expected
    again = run(step, made.table)
    pd.testing.assert_frame_equal(again.table, made.table, rtol=0, atol=0)


def test_a_new_spelling_is_listed_with_what_it_is_like():
    step = ClusterMerge(columns=CITY, mapping={**BERLIN, "Berlin-": "Berlin (MD)"})
    made = run(step, cities("berlin", "Berlin.", None, "Rome", "Berlin."))
    assert listed(made) == [
        (3, "Berlin.", 'is new, and like "Berlin" and "Berlin (MD)"'), (6, "Berlin.", 'is new, and like "Berlin" and "Berlin (MD)"'),
    ]  # fmt: skip
    assert made.noted == {}


def test_a_new_spelling_that_becomes_the_known_value_is_counted():
    step = ClusterMerge(columns=CITY, mapping=BERLIN, new_values="match_to_known")
    made = run(step, cities("Berlin.", "Berlin,", "Berlin.", "berlin"))
    assert made.noted == {'{n} new spellings of "Berlin" in "city" became it.': 3}
    assert listed(made) == []


def test_values_of_next_month_are_told_from_those_of_this():
    step = ClusterMerge(columns=CITY, mapping=BERLIN)
    made = run(step, cities("Rome", "ROME", "Oslo", "oslo", "Paris", "Paris"), seen=["Rome", "Oslo", "oslo", "berlin"])
    assert listed(made) == [(3, "ROME", 'is new, and like "Rome"')]
    assert made.noted == {'{n} values in "city" are new, and like none that was there.': 2}
    merging = step.model_copy(update={"new_values": "match_to_known"})
    made = run(merging, cities("ROME", "OSLO"), seen=["Rome", "Oslo", "oslo"])
    assert made["city"].tolist() == ["Rome", "OSLO"]
    assert listed(made) == [(3, "OSLO", 'is new, and like "Oslo" and "oslo"')]
    assert made.noted == {'{n} new spellings of "Rome" in "city" became it.': 1}


def test_what_is_like_a_merged_one_and_was_seen_is_kept():
    step = ClusterMerge(columns=CITY, mapping=BERLIN, keep=("x",))
    values = pa.array(["berlin", "Berlin.", "Berlin", "Bern", "BERLIN, "], pa.large_string())
    assert step.lookalikes(values) == ["Berlin.", "BERLIN, "]


def test_says_how_many_become_one():
    assert ClusterMerge(columns=CITY, mapping=BERLIN).describe() == "Merge 2 spellings of city into 1 value"
    assert ClusterMerge(columns=CITY, mapping={"a": "A", "b": "B", "c": "c"}).describe() == "Merge 2 spellings of city into 2 values"
    assert ClusterMerge(columns=CITY).describe() == "Merge similar spellings of city: none is approved"


def test_refuses_a_value_that_is_replaced_and_a_replacement():
    with pytest.raises(ValidationError) as caught:
        ClusterMerge(columns=CITY, mapping={"a": "b", "b": "c"})
    assert '"a" becomes "b", which becomes "c" itself. Write "c" for both' in str(caught.value)


def test_refuses_numbers():
    df = table({"city": (pa.int64(), [1, 2])})
    with pytest.raises(StepError) as caught:
        run(ClusterMerge(columns=CITY), df)
    said = 'Column "city": holds numbers; spellings are merged in text. '
    assert str(caught.value) == said + "Choose a column of text, or make it text first with Change column types."
