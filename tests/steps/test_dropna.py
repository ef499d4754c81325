"""Remove rows with missing values."""

import pyarrow as pa
import pytest
from pydantic import ValidationError

from steps.base import Columns, Outcome, StepError
from steps.dropna import Dropna
from tests.steps.strategies import table

A_B = Columns(names=("a", "b"))
CASES = {  # parameters, kept rows, reasons
    "any": ({}, [2], ["b is missing", "a is missing", "a and b are missing"]),
    "all": ({"how": "all"}, [2, 3, 4], ["a and b are missing"]),
    "one column": ({"columns": Columns(names=("a",))}, [2, 3], ["a is missing", "a is missing"]),
    "at least one filled": ({"how": "threshold", "min_non_missing": 1}, [2, 3, 4], ["a and b are missing"]),
    "at most one missing": ({"how": "threshold", "max_missing": 1}, [2, 3, 4], ["a and b are missing"]),
    "at most half missing": ({"how": "threshold", "max_missing_percent": 50}, [2, 3, 4], ["a and b are missing"]),
    "blank is a value": ({"treat_blank_as_missing": False}, [2, 4], ["b is missing", "a and b are missing"]),
    "no column chosen": ({"columns": Columns(names=())}, [2, 3, 4, 5], []),
    "all of no column": ({"columns": Columns(names=()), "how": "all"}, [2, 3, 4, 5], []),
}


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "kept", "reasons"), CASES.values(), ids=CASES)
def test_removes(given, kept, reasons):
    df = table({"a": (pa.large_string(), ["x", "y", " ", None]), "b": (pa.int64(), [1, None, 3, None])})
    made = run(Dropna(**{"columns": A_B, **given}), df)
    assert made.table.index.tolist() == kept
    assert ([] if made.removed is None else made.removed["reason"].tolist()) == reasons
    assert ([] if made.removed is None else made.removed.index.tolist()) == [r for r in (2, 3, 4, 5) if r not in kept]


def test_many_missing_columns_are_counted():
    df = table({n: (pa.int64(), [None]) for n in "abcdef"})
    assert run(Dropna(), df).removed["reason"].tolist() == ["a, b, c and 3 more are missing"]


def test_nothing_missing_is_the_same_table():
    df = table({"a": (pa.int64(), [1, 2])})
    assert Dropna().apply(df, Dropna().fit(df)) is df


def test_refuses_an_absent_column():
    with pytest.raises(StepError) as caught:
        Dropna(columns=A_B).fit(table({"a": (pa.int64(), [1])}))
    assert str(caught.value) == 'Column "b": is not in the table. Choose one of: a.'


@pytest.mark.parametrize(
    "given", [{"how": "threshold"}, {"min_non_missing": 1}, {"how": "threshold", "max_missing": 1, "min_non_missing": 1}]
)
def test_refuses_limits_that_do_not_fit(given):
    with pytest.raises(ValidationError) as caught:
        Dropna(**given)
    assert "too many are missing" in str(caught.value)


def test_describes():
    assert Dropna(columns=Columns(names=("amount",))).describe() == "Remove rows where amount is missing"
    assert Dropna(columns=A_B, how="all").describe() == "Remove rows where all of a and b are missing"
