"""Look up columns of another table by a key."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.recipe import RecipeStep
from steps.arrow import arrow, same_memory
from steps.base import StepError
from steps.join import Join
from steps.keys import KeyPair
from tests.pipeline.scratch import applied
from tests.steps.strategies import table

TEXT, INT, FLOAT = pa.large_string(), pa.int64(), pa.float64()
K = [KeyPair(column="k")]
CASES = {  # parameters, rows of the result (below 0: made), the column brought over, parents in the other table (rows from 11 on)
    "left": ({}, [2, 3, 4, 5], [10, None, 30, None], [11, 13]),
    "inner": ({"how": "inner"}, [2, 4], [10, 30], [11, 13]),
    "semi": ({"how": "semi"}, [2, 4], None, []),
    "anti": ({"how": "anti"}, [3, 5], None, []),
    "right": ({"how": "right"}, [2, 4, -1, -2], [10, 30, 20, 40], [11, 13, 12, 14]),
    "full": ({"how": "full"}, [2, 3, 4, 5, -1, -2], [10, None, 30, None, 20, 40], [11, 13, 12, 14]),
}
KINDS = {  # the key here, the key there, how, the values found (0, 1, ...)
    "text as written": ((TEXT, ["a", " a", "A"]), (TEXT, ["a"]), "exact", [0, None, None]),
    "text without spaces around": ((TEXT, ["a", " a\u00a0", "A"]), (TEXT, ["a "]), "trim", [0, 0, None]),
    "text in any case": ((TEXT, ["straße", "STRASSE", "x"]), (TEXT, [" Strasse"]), "ignore_case", [0, 0, None]),
    "blank matches nothing": ((TEXT, ["", " ", None]), (TEXT, [" ", None, ""]), "trim", [None, None, None]),
    "blank as written": ((TEXT, ["", " ", None]), (TEXT, [" ", None]), "exact", [None, 0, None]),
    "whole numbers and doubles": ((INT, [1, 2**53 + 1, 0]), (FLOAT, [1.0, 2.0**53, -0.0]), "trim", [0, None, 2]),
    "decimals and whole numbers": (
        (pa.decimal128(9, 2), [Decimal("1.00"), Decimal("1.50"), Decimal("10.00")]), (INT, [10, 1]), "trim", [1, None, 0]
    ),
    "decimals and doubles": ((pa.decimal128(9, 2), [Decimal("0.35"), Decimal("-0.50"), None]), (FLOAT, [-0.5, 0.35]), "trim", [1, 0, None]),
    "dates and moments": (
        (pa.date32(), [date(2024, 1, 1), None]), (pa.timestamp("us"), [datetime(2024, 1, 1, 5), datetime(2024, 1, 1)]), "trim", [1, None]
    ),
    "a key of no values": ((TEXT, [None, None]), (INT, [1, 2]), "trim", [None, None]),
}  # fmt: skip
ERRORS = {
    "no table": ({"other": "x", "keys": K}, 'there is no table "x". Choose one of: o.'),
    "no key here": ({"keys": [KeyPair(column="z")]}, 'Column "z": is not in the table. Choose one of: k, x.'),
    "no key there": ({"keys": [KeyPair(column="x", other="y")]}, 'Column "y": is not in the other table. Choose one of: k, v, x.'),
    "no column there": ({"keys": K, "take": ["y"]}, 'Column "y": is not in the other table. Choose one of: k, v, x.'),
    "other kinds": (
        {"keys": [KeyPair(column="k", other="v")]},
        'Column "k": holds text, but "v" of the other table holds numbers. Make both the same with Change column types.',
    ),
    "many": (
        {"keys": [KeyPair(column="x")], "if_many": "stop"},
        "Rows 2, 3, 4, 5: the key stands more than once in o. Choose another key, or what happens then.",
    ),
    "indicator taken": ({"keys": K, "indicator": "x"}, 'Column "x": is already in the table. Give the new column another name.'),
}  # fmt: skip


def here():
    return table({"k": (TEXT, ["a", None, "c", "z"]), "x": (INT, [1, 1, 1, 1])})


def there():
    return table({"k": (TEXT, ["a", "b", "c", None]), "v": (INT, [10, 20, 30, 40]), "x": (INT, [1, 1, 2, 3])}, [11, 12, 13, 14])


def run(step, df, other):
    return step.apply(df, None, {"o": other})


@pytest.mark.parametrize(("given", "rows", "values", "parents"), CASES.values(), ids=CASES)
def test_rows(given, rows, values, parents):
    df = here()
    made = run(Join(other="o", keys=K, take=["v"], **given), df, there())
    assert made.table.index.tolist() == rows
    assert set(df.index) - set(rows) == (set() if made.removed is None else set(made.removed.index))
    if values is None:
        assert list(made.table.columns) == ["k", "x"]
    else:
        assert arrow(made["v"]).to_pylist() == values
        assert made.parents["row"].tolist() == parents
        assert set(made.parents["table"]) == {"o"}
        assert [values[p] for p in made.parents["position"]] == [{11: 10, 12: 20, 13: 30, 14: 40}[r] for r in parents]
        key = {2: "a", 3: None, 4: "c", 5: "z", -1: "b", -2: None}
        assert arrow(made["k"]).to_pylist() == [key[r] for r in rows]


@pytest.mark.parametrize(("left", "right", "compare", "expected"), KINDS.values(), ids=KINDS)
def test_keys(left, right, compare, expected):
    other = table({"k": right, "v": (INT, list(range(len(right[1]))))})
    made = run(Join(other="o", keys=K, compare=compare), table({"k": left}), other)
    assert arrow(made["v"]).to_pylist() == expected


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    with pytest.raises(StepError) as caught:
        run(Join(**{"other": "o", **given}), here(), there().assign(x=there()["x"].where(there()["v"] > 20, 1)))
    assert str(caught.value) == message


def test_a_row_with_several_matches_comes_once_for_each():
    other = table({"k": (TEXT, ["c", "a", "a"]), "v": (INT, [3, 1, 2])}, [11, 12, 13])
    made = run(Join(other="o", keys=K), here(), other)
    assert made.table.index.tolist() == [2, 2, 3, 4, 5]
    assert arrow(made["v"]).to_pylist() == [1, 2, None, 3, None]
    assert made.noted == {
        "{n} rows found a match.": 2, "{n} rows found no match.": 1, "No key, so no match: {n} rows.": 1,
        "{n} rows found more than one match: check that the key is unique in the other table.": 1,
    }  # fmt: skip
    lines = list(zip(made.parents["position"], made.parents["table"], made.parents["row"], strict=True))
    assert lines == [(0, "o", 12), (1, "", 2), (1, "o", 13), (3, "o", 11)]


def test_the_first_of_several():
    other = table({"k": (TEXT, ["a", "a"]), "v": (INT, [1, 2])})
    made = run(Join(other="o", keys=K, if_many="first"), here(), other)
    assert arrow(made["v"]).to_pylist() == [1, None, None, None]


def test_a_key_that_stands_more_than_once_here():
    df = table({"k": (TEXT, ["a", "b", "a", "z", "z", None])})
    other = table({"k": (TEXT, ["a", "b"]), "v": (INT, [1, 2])})
    said = "{n} rows share their match: check that the key is unique in this table."
    assert said not in run(Join(other="o", keys=K), df, other).noted
    assert run(Join(other="o", keys=K, if_many_here="warn"), df, other).noted[said] == 2
    with pytest.raises(StepError) as caught:
        run(Join(other="o", keys=K, if_many_here="stop"), df, other)
    assert str(caught.value) == (
        "Rows 2, 4: the key stands more than once in this table. Remove duplicates first, or choose another key."
    )


def test_two_key_columns_and_a_name_that_is_taken():
    df = table({"a": (TEXT, ["x", "x", None]), "b": (INT, [1, 2, 1]), "v": (INT, [0, 0, 0])})
    other = table({"a": (TEXT, ["x", "x", None]), "c": (FLOAT, [2.0, 1.0, 1.0]), "v": (TEXT, ["two", "one", "none"])})
    made = run(Join(other="o", keys=[KeyPair(column="a"), KeyPair(column="b", other="c")], indicator="found"), df, other)
    assert list(made.table.columns) == ["a", "b", "v", "v_2", "found"]
    assert arrow(made["v_2"]).to_pylist() == ["one", "two", None]
    assert arrow(made["found"]).to_pylist() == ["both", "both", "only here"]


def test_own_columns_are_the_same_memory():
    df = here()
    made = run(Join(other="o", keys=K), df, there())
    assert all(same_memory(arrow(made[n]), arrow(df[n])) for n in df.columns)


def test_the_engine_numbers_the_new_rows():
    params = {"other": "o", "keys": [{"column": "k"}], "how": "full", "take": ["v"]}
    made = applied(RecipeStep(id="s", step="join", params=params), here(), tables={"o": there()})
    assert made.table.index.tolist() == [2, 3, 4, 5, 1000, 1001]


def test_describes():
    assert Join(other="o", keys=K, take=["v"]).describe() == "Look up v in o by k"
    assert Join(other="o", keys=[KeyPair(column="k", other="id")], how="anti").describe() == "Keep rows without a match in o by k = id"


LETTERS = st.lists(st.sampled_from(["a", "b", "c", None]), max_size=6)


@given(LETTERS, LETTERS)
def test_pairs_are_all_pairs_of_equal_keys(left, right):
    other = table({"k": (TEXT, right), "v": (INT, list(range(len(right))))})
    made = run(Join(other="o", keys=K, how="inner"), table({"k": (TEXT, left)}), other)
    assert arrow(made["v"]).to_pylist() == [j for k in left for j, other in enumerate(right) if k is not None and k == other]
