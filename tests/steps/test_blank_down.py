"""Values that repeat the one above are left out, and come back by filling down."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steps.base import StepError
from steps.blank_down import BlankDown
from steps.fillna import Fillna
from tests.steps.strategies import fit, table

TEXT, INT = pa.large_string(), pa.int64()
CASES = {  # settings, town, n -> both afterwards
    "one column": ({"columns": {"names": ["town"]}}, ["a", "a", "b", "a"], [1, 1, 1, 1], ["a", None, "b", "a"], [1, 1, 1, 1]),
    "each by itself": ({"columns": {"kind": "all"}}, ["a", "a", "a"], [1, 2, 2], ["a", None, None], [1, 2, None]),
    "together": ({"columns": {"kind": "all"}, "together": True}, ["a", "a", "a"], [1, 2, 2], ["a", "a", None], [1, 2, None]),
    "a gap ends a run": ({"columns": {"names": ["town"]}}, ["a", None, "a", "a"], [1, 1, 1, 1], ["a", None, "a", None], [1, 1, 1, 1]),
    "blank text repeats nothing": ({"columns": {"names": ["town"]}}, [" ", " ", "a"], [1, 1, 1], [" ", " ", "a"], [1, 1, 1]),
    "blank text is a value": (
        {"columns": {"names": ["town"]}, "treat_blank_as_missing": False}, [" ", " ", "a"], [1, 1, 1], [" ", None, "a"], [1, 1, 1],
    ),
    "stops at a group change": (
        {"columns": {"names": ["town"]}, "group_by": {"names": ["n"]}}, ["a", "a", "a"], [1, 2, 2], ["a", "a", None], [1, 2, 2],
    ),
    "the last stays": ({"columns": {"names": ["town"]}, "stays": "last"}, ["a", "a", "b"], [1, 1, 1], [None, "a", "b"], [1, 1, 1]),
    "the last stays, in groups": (
        {"columns": {"names": ["town"]}, "stays": "last", "group_by": {"names": ["n"]}}, ["a", "a", "a"], [1, 1, None],
        [None, "a", "a"], [1, 1, None],
    ),
    "one row": ({"columns": {"kind": "all"}}, ["a"], [1], ["a"], [1]),
    "no rows": ({"columns": {"kind": "all"}}, [], [], [], []),
}  # fmt: skip


@pytest.mark.parametrize(("given", "town", "n", "towns", "ns"), CASES.values(), ids=CASES)
def test_blanks(given, town, n, towns, ns):
    df, step = table({"town": (TEXT, town), "n": (INT, n)}), BlankDown(**given)
    made = step.apply(df, fit(step, df))
    assert pa.chunked_array(made["town"]).to_pylist() == towns
    assert pa.chunked_array(made["n"]).to_pylist() == ns


def test_says_how_many():
    df, step = table({"{n}": (TEXT, ["a", "a", "a"])}), BlankDown(columns={"kind": "all"})
    assert step.apply(df, fit(step, df)).noted == {'{n} values of "{\u2060n}" repeat the one above.': 2}
    assert step.describe() == "Blank repeated values of all columns"


def test_an_absent_column_is_refused():
    df, step = table({"a": (TEXT, ["x"])}), BlankDown(columns={"names": ["b"]})
    with pytest.raises(StepError) as caught:
        step.fit(df)
    assert str(caught.value) == 'Column "b": is not in the table. Choose one of: a.'


@given(st.lists(st.sampled_from(["a", "b"]), max_size=8))
def test_filling_down_puts_the_values_back(values):
    df, columns = table({"x": (TEXT, values)}), {"names": ["x"]}
    blanked = BlankDown(columns=columns)
    thin = blanked.apply(df, fit(blanked, df))
    thin = getattr(thin, "table", thin)
    filled = Fillna(columns=columns, strategy="ffill")
    back = filled.apply(thin, fit(filled, thin))
    assert pa.chunked_array(back["x"]).to_pylist() == values
