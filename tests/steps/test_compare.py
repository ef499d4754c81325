"""Compare with another table by key."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steps.arrow import arrow, same_memory
from steps.base import StepError
from steps.compare import CompareTables
from steps.keys import KeyPair
from tests.steps.strategies import table

TEXT, INT, FLOAT = pa.large_string(), pa.int64(), pa.float64()
K = [KeyPair(column="k")]
CASES = {  # a value here, the earlier value, the state, the change in words
    "the same": ((INT, [1]), (INT, [1]), "same", None),
    "changed": ((INT, [12]), (INT, [10]), "changed", "v: 10 → 12"),
    "filled": ((TEXT, ["x"]), (TEXT, [None]), "changed", "v: (missing) → x"),
    "emptied": ((INT, [None]), (INT, [10]), "changed", "v: 10 → (missing)"),
    "missing in both": ((INT, [None]), (INT, [None]), "same", None),
    "whole number and double": ((INT, [1]), (FLOAT, [1.0]), "same", None),
    "number and text": ((INT, [1]), (TEXT, ["1"]), "same", None),
    "case counts": ((TEXT, ["a"]), (TEXT, ["A"]), "changed", "v: A → a"),
}
ERRORS = {
    "no table": ({"other": "z"}, 'there is no table "z". Choose one of: o.'),
    "name taken": ({"state": "v"}, 'Column "v": is already in the table. Give the new column another name.'),
    "one name for both": ({"state": "x", "details": "x"}, 'both new columns would be called "x". Give one another name.'),
    "absent": ({"keys": [KeyPair(column="z")]}, 'Column "z": is not in the table. Choose one of: k, v.'),
}


def run(step, df, other):
    return step.apply(df, None, {"o": other})


@pytest.mark.parametrize(("new", "old", "state", "words"), CASES.values(), ids=CASES)
def test_cells(new, old, state, words):
    made = run(CompareTables(other="o", keys=K), table({"k": (TEXT, ["p"]), "v": new}), table({"k": (TEXT, ["p "]), "v": old}))
    assert arrow(made["change"]).to_pylist() == [state]
    assert arrow(made["changed cells"]).to_pylist() == [words]


def here():
    return table({"k": (TEXT, ["a", "b", "c", "d", "d", None]), "v": (INT, [1, 2, 3, 4, 5, 6])})


def there():
    return table({"v": (INT, [1, 9, 4, 7]), "k": (TEXT, ["a", "b", "d", "e"])}, [11, 12, 13, 14])


def test_rows():
    df = here()
    made = run(CompareTables(other="o", keys=K), df, there())
    assert made.table.index.tolist() == [2, 3, 4, 5, 6, 7, -1]
    assert arrow(made["change"]).to_pylist() == ["same", "changed", "new", "key repeats", "key repeats", "no key", "gone"]
    assert arrow(made["k"]).to_pylist() == ["a", "b", "c", "d", "d", None, "e"]
    assert arrow(made["v"]).to_pylist() == [1, 2, 3, 4, 5, 6, 7]
    assert arrow(made["changed cells"]).to_pylist() == [None, "v: 9 → 2", *[None] * 5]
    assert made.noted == {
        "{n} rows: same.": 1, "{n} rows: changed.": 1, "{n} rows: new.": 1, "{n} rows: key repeats.": 2, "{n} rows: no key.": 1,
        "{n} rows: gone.": 1,
    }  # fmt: skip
    assert list(zip(made.parents["position"], made.parents["row"], strict=True)) == [(0, 11), (1, 12), (6, 14)]


def test_only_differences_and_gone_rows_counted():
    made = run(CompareTables(other="o", keys=K, show="different", gone="count"), here(), there())
    assert made.table.index.tolist() == [3, 4, 5, 6, 7]
    assert made.removed["reason"].to_dict() == {2: "is the same in o"}
    assert made.noted["{n} rows: gone."] == 1


def test_several_changed_cells():
    df = table({"k": (INT, [1, 2]), "a": (INT, [1, 1]), "b": (TEXT, ["x", "y"])})
    other = table({"k": (INT, [1, 2]), "a": (INT, [2, 1]), "b": (TEXT, ["z", "z"])})
    assert arrow(run(CompareTables(other="o", keys=K), df, other)["changed cells"]).to_pylist() == ["a: 2 → 1; b: z → x", "b: z → y"]


def test_many_new_rows_with_values_of_their_own_repeat_no_key():
    own = [f"new {at % 10}" for at in range(60_000)]
    df = table({"region": (TEXT, own), "k": (INT, [at // 10 for at in range(60_000)])})
    other = table({"region": (TEXT, ["old"]), "k": (INT, [0])})
    made = run(CompareTables(other="o", keys=[KeyPair(column="region"), KeyPair(column="k")]), df, other)
    assert made.noted == {"{n} rows: new.": 60_000, "{n} rows: gone.": 1}


def test_columns_not_compared():
    df = here()
    made = run(CompareTables(other="o", keys=K, ignore=["v"], gone="count"), df, there())
    assert arrow(made["change"]).to_pylist()[:2] == ["same", "same"]
    assert same_memory(arrow(made["v"]), arrow(df["v"]))


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    with pytest.raises(StepError) as caught:
        run(CompareTables(**{"other": "o", "keys": K, **given}), here(), there())
    assert str(caught.value) == message


def test_describes():
    assert CompareTables(other="o", keys=K).describe() == "Compare with o by k"


@given(st.lists(st.integers(-9, 9)), st.data())
def test_a_table_is_the_same_as_itself_in_any_order(values, data):
    df = table({"k": (INT, list(range(len(values)))), "v": (INT, values)})
    other = df.take(data.draw(st.permutations(range(len(values)))))
    made = run(CompareTables(other="o", keys=K), df, other)
    assert arrow(made["change"]).to_pylist() == ["same"] * len(values)
