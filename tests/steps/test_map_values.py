"""Replace from a list."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow, same_memory
from steps.base import Columns, Outcome, StepError
from steps.map_values import MapValues
from tests.steps.strategies import table

TEXT, INT, DATE = pa.large_string(), pa.int64(), pa.date32()
X = Columns(names=("x",))
LIST = {"DE": "Germany", "fr": "France"}
CASES = {  # parameters, type, values, type after, values after
    "case and spaces alike": ({}, TEXT, ["de", " FR ", "it", None], TEXT, ["Germany", "France", "it", None]),
    "case counts": ({"case_insensitive": False}, TEXT, ["de", "DE"], TEXT, ["de", "Germany"]),
    "spaces count": ({"trim": False}, TEXT, ["de", " de"], TEXT, ["Germany", " de"]),
    "others become missing": ({"unmapped": "missing"}, TEXT, ["de", "it", ""], TEXT, ["Germany", None, ""]),
    "others get a value": ({"unmapped": "constant", "constant": "?"}, TEXT, ["de", "it", None], TEXT, ["Germany", "?", None]),
    "codes to names": ({"mapping": {"1": "one"}}, INT, [1, 2, None], TEXT, ["one", "2", None]),
    "codes to codes": ({"mapping": {"1": "10"}}, INT, [1, 2, None], INT, [10, 2, None]),
    "a list of no use to the column": ({"mapping": {"a": "1"}}, INT, [1], INT, [1]),
    "dates": ({"mapping": {"2024-02-29": "2024-03-01"}}, DATE, [date(2024, 2, 29)], DATE, [date(2024, 3, 1)]),
    "each value once": ({"mapping": {"a": "b", "b": "a"}}, TEXT, ["a", "b"], TEXT, ["b", "a"]),
    "no rows": ({}, TEXT, [], TEXT, []),
}  # fmt: skip


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "of", "values", "of_after", "after"), CASES.values(), ids=CASES)
def test_maps(given, of, values, of_after, after):
    made = run(MapValues(**{"columns": X, "mapping": LIST, **given}), table({"x": (of, values)}))["x"]
    assert (arrow(made).type, arrow(made).to_pylist()) == (of_after, after)


def test_names_and_counts_values_without_an_entry():
    made = run(MapValues(columns=X, mapping=LIST), table({"x": (TEXT, ["it", "it", "de", "at", *"abcdefgh"])}))
    assert made.noted['{n} × "it" in "x" is not in the list.'] == 2
    assert made.noted['{n} other values in "x" are not in the list.'] == 2
    assert len(made.noted) == 9


def test_lists_values_that_become_missing():
    made = run(MapValues(columns=X, mapping=LIST, unmapped="missing"), table({"x": (TEXT, ["it", "de"])}))
    assert made.rejected.astype(object).to_numpy().tolist() == [["x", "it", "is not in the list"]]
    assert made.rejected.index.tolist() == [2]


def test_stops_at_a_value_without_an_entry():
    with pytest.raises(StepError) as caught:
        run(MapValues(columns=X, mapping=LIST, unmapped="error"), table({"x": (TEXT, ["de", "it"])}))
    assert str(caught.value) == 'Column "x", row 3: "it" is not in the list. Add it, or choose what becomes of such values.'


def test_writes_a_new_column():
    made = run(MapValues(columns=X, mapping=LIST, suffix=" name"), table({"x": (TEXT, ["de"])})).table
    assert {n: arrow(made[n]).to_pylist() for n in made} == {"x": ["de"], "x name": ["Germany"]}


def test_the_new_column_must_be_new():
    with pytest.raises(StepError) as caught:
        run(MapValues(columns=X, mapping=LIST, suffix="y"), table({"x": (TEXT, ["de"]), "xy": (TEXT, ["a"])}))
    assert str(caught.value) == 'Column "xy": is already in the table. Choose another ending for the new columns.'


def test_refuses_the_same_value_twice():
    with pytest.raises(ValidationError) as caught:
        MapValues(columns=X, mapping={"de": "a", "DE ": "b"})
    assert '"DE " and "de" are the same value in the list' in str(caught.value)


def test_a_column_without_such_values_stays_the_same_memory():
    df = table({"x": (TEXT, ["it"])})
    assert same_memory(arrow(run(MapValues(columns=X, mapping=LIST), df)["x"]), arrow(df["x"]))


def test_describes():
    assert MapValues(columns=X, mapping=LIST).describe() == "Replace values of x from a list of 2 values"


@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from("abc"), st.sampled_from("abcd"), min_size=1), st.lists(st.none() | st.sampled_from("abcd"), max_size=6)
)
def test_is_one_look_up(mapping, values):
    made = run(MapValues(columns=X, mapping=mapping), table({"x": (TEXT, values)}))
    assert arrow(made["x"]).to_pylist() == [mapping.get(v, v) for v in values]
