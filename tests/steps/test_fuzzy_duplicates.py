"""Merge rows that stand for the same thing although they are written differently."""

import pandas as pd
import pyarrow as pa
import pytest
from pydantic import ValidationError

from steps.base import StepError
from steps.fuzzy_duplicates import Decision, FuzzyDuplicates
from tests.steps.strategies import table
from tests.steps.test_linkage import people

TEXT, INT = pa.large_string(), pa.int64()
NAMES = ["Ana Meier", "Bo Lind", "Anna Meier", "A. Meier"]
SAME = Decision(rows=(2, 4))


def rows(**more):
    return table({"name": (TEXT, NAMES), "city": (TEXT, ["Lyon", "Oslo", None, None]), "n": (INT, [None, 7, 5, 9]), **more})


def run(df, *decisions, **params):
    step = FuzzyDuplicates(decisions=decisions, **{"new_pairs": "leave", **params})
    return step.apply(df, step.fit(df))


CASES = {  # parameters, decisions, names left, and n of the row that stays
    "the most complete stays, the first of equals": ({}, [SAME], ["Ana Meier", "Bo Lind", "A. Meier"], [5, 7, 9]),
    "no gaps filled": ({"fill_gaps": False}, [SAME], ["Ana Meier", "Bo Lind", "A. Meier"], [None, 7, 9]),
    "the first": ({"survivor": "first"}, [Decision(rows=(4, 5))], ["Ana Meier", "Bo Lind", "Anna Meier"], [None, 7, 5]),
    "the newest": (
        {"survivor": "newest", "by": "n"}, [Decision(rows=(4, 5)), SAME], ["Bo Lind", "A. Meier"], [7, 9],
    ),
    "the oldest, missing last": ({"survivor": "oldest", "by": "n"}, [SAME], ["Bo Lind", "Anna Meier", "A. Meier"], [7, 5, 9]),
    "chosen": ({}, [Decision(rows=(2, 4), keep=2)], ["Bo Lind", "Anna Meier", "A. Meier"], [7, 5, 9]),
    "different": ({}, [Decision(rows=(2, 4), same=False)], NAMES, [None, 7, 5, 9]),
    "none": ({}, [], NAMES, [None, 7, 5, 9]),
    "by key": ({"keys": ("name",)}, [Decision(keys=(("Ana Meier",), ("Anna Meier",)))], ["Ana Meier", "Bo Lind", "A. Meier"], [5, 7, 9]),
}  # fmt: skip


@pytest.mark.parametrize(("params", "decisions", "names", "numbers"), CASES.values(), ids=CASES)
def test_merges_what_was_decided(params, decisions, names, numbers):
    made = run(rows(), *decisions, **params)
    assert made["name"].tolist() == names
    assert [None if n is pd.NA else n for n in made["n"].tolist()] == numbers


def test_says_where_each_row_went():
    made = run(rows(), SAME, Decision(rows=(5, 4)))
    assert made.removed["reason"].tolist() == ["merged into row 2", "merged into row 2"]
    assert dict(zip(made.removed.index, made.removed["into"], strict=True)) == {4: 2, 5: 2}
    assert made.table.index.tolist() == [2, 3]


def test_values_it_has_stay():
    values = {"a": ["x", "y", "z"], "b": ["1", None, None], "c": ["1", "2", "3"], "d": [None, None, "9"], "e": ["5", "4", "3"]}
    made = run(table({n: (TEXT, v) for n, v in values.items()}), Decision(rows=(2, 3)), Decision(rows=(3, 4)), survivor="first")
    assert made.table.astype(object).to_numpy().tolist() == [["x", "1", "1", "9", "5"]]


def test_gaps_are_filled_from_the_fullest_other():
    values = {"a": ["x", "y", "z"], "b": [None, "few", "many"], "c": ["1", None, "3"], "d": ["1", None, "9"]}
    made = run(table({n: (TEXT, v) for n, v in values.items()}), Decision(rows=(2, 3)), Decision(rows=(3, 4)), survivor="first")
    assert made.table.astype(object).to_numpy().tolist() == [["x", "many", "1", "1"]]


REFUSED = {  # decisions, key columns, what is listed
    "no such row": ([Decision(rows=(2, 99))], (), "not applied: the row is not in the table"),
    "no such key": ([Decision(keys=(("Ana Meier",), ("Zoe",)))], ("name",), "not applied: no row has the key (Zoe)"),
    "several rows have it": ([Decision(keys=((None,), ("Lyon",)))], ("city",), "not applied: several rows have the key (None)"),
    "others say they differ": (
        [SAME, Decision(rows=(2, 5), same=False), Decision(rows=(4, 5))], (),
        "not applied: rows 4 and 5 cannot be the same, as others were decided to differ",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("decisions", "keys", "reason"), REFUSED.values(), ids=REFUSED)
def test_lists_what_cannot_be_applied(decisions, keys, reason):
    made = run(rows(), *decisions, keys=keys)
    assert made.rejected["reason"].tolist() == [reason]
    assert made.noted == {"{n} decisions were not applied; see Problems.": 1}


def test_row_numbers_of_another_file_are_not_applied():
    step = FuzzyDuplicates(decisions=(SAME,), file="january", new_pairs="leave").for_file("february")
    made = step.apply(rows(), None)
    assert made.table.index.tolist() == [2, 3, 4, 5]
    assert made.rejected["reason"].tolist() == ["not applied: the row number belongs to another file"]


def test_marks_only():
    made = run(rows(), SAME, mark_only=True, mark="group")
    assert [None if n is pd.NA else n for n in made["group"].tolist()] == [1, None, 1, None]
    with pytest.raises(StepError) as caught:
        run(rows(), SAME, mark_only=True, mark="city")
    assert str(caught.value) == 'Column "city": is already in the table. Choose another name for the marks.'


def test_counts_or_merges_pairs_that_were_not_decided():
    df, same = people(2, 200)
    pairs = sorted(same)
    decided = Decision(rows=(pairs[0][0] + 2, pairs[0][1] + 2))
    other = Decision(rows=(pairs[1][0] + 2, pairs[1][1] + 2), same=False)
    counted = run(df, decided, other, new_pairs="count")
    (said, count), = counted.noted.items()
    assert said == "{n} pairs of rows look alike and are not decided."
    assert 0.9 * len(same) <= count + 2 <= len(same) + 2
    assert len(counted.table) == len(df) - 1
    merged = run(df, decided, other, new_pairs="merge", certain=0.5)
    assert merged.noted == {"{n} pairs of rows were certain enough to be merged.": count}
    assert len(merged.table) == len(df) - 1 - count
    assert {pairs[1][0] + 2, pairs[1][1] + 2} <= set(merged.table.index)  # decided to differ


def test_columns_that_are_not_compared_are_said():
    df, _ = people(4, 50)
    made = run(df.assign(country=df["last"].where(df["last"].isna(), "France")), new_pairs="merge", certain=1)
    said = "{n} columns were not compared: the same everywhere, a running number, or beyond the 20 that tell rows apart best."
    assert made.noted[said] == 1


def test_a_long_table_is_not_looked_through_with_each_answer():
    assert FuzzyDuplicates.suggested(rows()) == {}
    assert FuzzyDuplicates.suggested(table({"n": (INT, list(range(20_001)))})) == {"new_pairs": "leave"}


def test_weights_of_last_month_serve_this_month():
    january, _ = people(4, 200)
    february, same = people(5, 200)
    step = FuzzyDuplicates(new_pairs="merge", certain=0.5)
    made = step.apply(february, step.fit(january))
    assert 0.8 * len(same) <= len(february) - len(made.table) <= 1.02 * len(same)


@pytest.mark.parametrize("given", [{"survivor": "newest"}, {"by": "n"}, {"decisions": [{"same": True}]}])
def test_refuses_parameters(given):
    with pytest.raises(ValidationError):
        FuzzyDuplicates.model_validate(given)
