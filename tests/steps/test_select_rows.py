"""Keep or remove rows by where they stand."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.base import Outcome
from steps.conditions import Group, Test
from steps.select_rows import SelectRows
from tests.steps.strategies import table

TOTAL = Group(tests=(Test(column="a", op="contains", value="Total"),))
CASES = {  # parameters, kept rows of 2 to 7, reason
    "skip top": ({"n": 2}, [4, 5, 6, 7], "is among the first 2"),
    "skip bottom": ({"what": "skip_bottom"}, [2, 3, 4, 5, 6], "is among the last 1"),
    "keep top": ({"what": "keep_top", "n": 2}, [2, 3], "is not among the first 2"),
    "keep bottom": ({"what": "keep_bottom", "n": 2}, [6, 7], "is not among the last 2"),
    "more than there are": ({"n": 9}, [], "is among the first 9"),
    "keep more than there are": ({"what": "keep_top", "n": 9}, [2, 3, 4, 5, 6, 7], None),
    "every third": ({"what": "every", "n": 3}, [2, 5], "is not the one in 3 from row 1 on"),
    "every third from the second": ({"what": "every", "n": 3, "start": 2}, [3, 6], "is not the one in 3 from row 2 on"),
    "in turn": ({"what": "alternate"}, [3, 5, 7], "is removed in turn"),
    "in turn, one of three from the second": ({"what": "alternate", "start": 2, "keep": 2}, [2, 4, 5, 7], "is removed in turn"),
    "repeated header": ({"what": "headers"}, [2, 3, 5, 6, 7], "repeats the header"),
    "footer": ({"what": "footer", "condition": TOTAL}, [2, 3, 4, 5], 'is at the end and matches: a contains "Total"'),
}


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


def sample():
    texts = {"a": ["Total", "y", " A", "a", "Total", "Grand Total"], "b": ["1", "2", "b", "2", "3", None]}
    return table({n: (pa.large_string(), v) for n, v in texts.items()})


@pytest.mark.parametrize(("given", "kept", "reason"), CASES.values(), ids=CASES)
def test_selects(given, kept, reason):
    made = run(SelectRows(**given), sample())
    assert made.table.index.tolist() == kept
    assert (set() if made.removed is None else set(made.removed["reason"])) == ({reason} if reason else set())


def test_header_needs_a_name_and_nothing_else():
    df = table({"a": (pa.large_string(), ["a", None, "a"]), "n": (pa.int64(), [None, None, 1])})
    assert run(SelectRows(what="headers"), df).table.index.tolist() == [3, 4]


def test_a_footer_counts_from_the_day_of_the_run():
    recent = Group(tests=(Test(column="d", op="in_last", n=7, unit="days"),))
    df = table({"d": (pa.date32(), [date(2024, 5, 1), date(2024, 1, 1), date(2024, 4, 30)])})
    step = SelectRows(what="footer", condition=recent).for_day(date(2024, 5, 1))
    assert step.as_of == date(2024, 5, 1)
    assert run(step, df).table.index.tolist() == [2, 3]
    assert SelectRows(what="skip_top").for_day(date(2024, 5, 1)).as_of is None


@pytest.mark.parametrize(
    ("given", "message"),
    [({"what": "footer"}, "the last rows need a condition"), ({"condition": TOTAL}, "a condition goes only with the last rows")],
)
def test_refuses_settings(given, message):
    with pytest.raises(ValidationError) as caught:
        SelectRows(**given)
    assert message in str(caught.value)


@given(st.integers(0, 8), st.integers(1, 10))
def test_top_and_rest_make_the_whole(size, n):
    df = table({"a": (pa.int64(), list(range(size)))})
    top, rest = run(SelectRows(what="keep_top", n=n), df).table, run(SelectRows(n=n), df).table
    assert [*top["a"], *rest["a"]] == list(range(size))
