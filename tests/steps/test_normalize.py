"""Scale numbers."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steps.base import Columns, Outcome, StepError
from steps.normalize import Normalize

X = Columns(names=("x",))
CASES = {
    "min_max": ("min_max", [10, 15, 20], [0.0, 0.5, 1.0]),
    "z_score": ("z_score", [2, 4, 4, 4, 5, 5, 7, 9], [-1.5, -0.5, -0.5, -0.5, 0.0, 0.0, 1.0, 2.0]),
    "missing stays missing": ("min_max", [1, None, 3], [0.0, None, 1.0]),
    "one distinct value": ("z_score", [0.1, 0.1, 0.1], [0.0, 0.0, 0.0]),
    "all missing": ("z_score", [None, None], [None, None]),
    "no rows": ("min_max", [], []),
    "robust": ("robust", [1, 2, 3, 4, 5], [-1.0, -0.5, 0.0, 0.5, 1.0]),
    "robust, the middle half is one value": ("robust", [1, 5, 5, 5, 9], [-4.0, 0.0, 0.0, 0.0, 4.0]),
    "max_abs": ("max_abs", [-4, 2, None], [-1.0, 0.5, None]),
    "max_abs of one value": ("max_abs", [3, 3], [1.0, 1.0]),
    "max_abs of zeros": ("max_abs", [0, 0], [0.0, 0.0]),
    "rank, ties share": ("rank", [10, 30, 10, None, 20], [1.5, 4.0, 1.5, None, 3.0]),
    "percentile": ("percentile", [10, 30, 10, 20], [0.375, 1.0, 0.375, 0.75]),
    "share of the total": ("divide_by_sum", [1, 3, None, 4], [0.125, 0.375, None, 0.5]),
    "value over average": ("divide_by_mean", [1, 3], [0.5, 1.5]),
    "log10": ("log10", [1, 100, None], [0.0, 2.0, None]),
    "log1p": ("log1p", [0, None], [0.0, None]),
    "sqrt": ("sqrt", [0, 9, 2.25], [0.0, 3.0, 1.5]),
    "unit_l1 of one column": ("unit_l1", [-5, 0, None], [-1.0, 0.0, None]),
}
ERRORS = {
    "absent": ({"y": [1, 2]}, {}, 'Column "x": is not in the table. Choose one of: y.'),
    "text": ({"x": ["1", "2"]}, {}, 'Column "x": holds text, not numbers.'),
    "infinite": ({"x": [1.0, float("inf")]}, {}, 'Column "x", row 3: inf cannot be scaled.'),
    "too wide": (
        {"x": [-1.5e308, 1.5e308]},
        {},
        'Column "x": -1.5e+308 to 1.5e+308 is too wide to be scaled. Remove the largest values first.',
    ),
    "constant": ({"x": [2.0, 2.0]}, {"constant": "error"}, 'Column "x": holds only the value 2, which gives no range to scale by.'),
    "total of 0": ({"x": [2.0, -2.0]}, {"method": "divide_by_sum"}, 'Column "x": its total is 0, so nothing can be divided by it.'),
    "ending taken": ({"x": [2.0, 1.0], "x2": [1.0, 1.0]}, {"suffix": "2"}, 'Column "x2": is already in the table.'),
}


def table(values, dtype="double[pyarrow]"):
    return pd.DataFrame({"x": pd.array(values, dtype=dtype)}, index=range(2, 2 + len(values)))


def run(step, df):
    return step.apply(df, step.fit(df))


def table_of(made):
    return made.table if isinstance(made, Outcome) else made


@pytest.mark.parametrize(("method", "values", "expected"), CASES.values(), ids=CASES)
def test_scales(method, values, expected):
    result = table_of(run(Normalize(columns=X, method=method), table(values)))
    pd.testing.assert_frame_equal(result, table(expected), rtol=0, atol=0)


@pytest.mark.parametrize(("data", "given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(data, given, message):
    df = pd.DataFrame(
        {n: pd.array(v, dtype=f"{'large_string' if v[0] == '1' else 'double'}[pyarrow]") for n, v in data.items()}, index=[2, 3]
    )
    with pytest.raises(StepError) as caught:
        run(Normalize(columns=X, **given), df)
    assert message in str(caught.value)


def test_numbers_kept_from_january_scale_february():
    step = Normalize(columns=X)
    january = step.fit(table([0, 10]))
    february = step.apply(table([5, 20]), january)
    assert february["x"].tolist() == [0.5, 2.0]
    assert february.noted == {'{n} values of "x" lie outside 0 to 1: the numbers of this step come from other values.': 1}


def test_values_outside_an_earlier_range_are_cut_off():
    step = Normalize(columns=X, clip=True, low=-1, high=1)
    february = step.apply(table([5, 20]), step.fit(table([0, 10])))
    assert february["x"].tolist() == [0.0, 1.0]
    assert february.noted == {'{n} values of "x" were cut off at -1 or 1.': 1}


def test_values_without_a_logarithm_are_listed():
    made = run(Normalize(columns=X, method="log10"), table([10, 0, -1, None]))
    assert made["x"].isna().tolist() == [False, True, True, True]
    assert made.rejected.to_dict("list") == {
        "column": ["x", "x"],
        "value": ["0", "-1"],
        "reason": ["is not above 0, so it has no logarithm"] * 2,
    }
    assert made.rejected.index.tolist() == [3, 4]


CONSTANT = {"zero": ([0.0, 0.0], 0, "became 0"), "keep": ([3.0, 3.0], 0, "stayed as it is"), "missing": ([None, None], 2, "became missing")}


@pytest.mark.parametrize(("choice", "expected", "listed", "became"), [(k, *v) for k, v in CONSTANT.items()], ids=CONSTANT)
def test_a_column_of_one_value(choice, expected, listed, became):
    made = run(Normalize(columns=X, constant=choice), table([3, 3]))
    assert made.noted == {f'Column "x" holds one value only, which gives no range to scale by; it {became}.': 1}
    made = made if isinstance(made, Outcome) else Outcome(made)
    pd.testing.assert_frame_equal(made.table, table(expected), rtol=0, atol=0)
    assert (0 if made.rejected is None else len(made.rejected)) == listed


def test_rows_to_unit_length():
    df = table([3, 0, 1]).assign(y=table([4, 0, None])["x"])
    made = run(Normalize(method="unit_l2"), df)
    assert made["x"].tolist()[:2] == [0.6, 0.0]
    assert made["y"].tolist()[:2] == [0.8, 0.0]
    assert made["x"].isna().tolist() == [False, False, True]
    assert made.rejected["reason"].tolist() == ["another chosen column is missing in this row"]


def test_large_rows_do_not_overflow():
    df = table([3e200]).assign(y=table([4e200])["x"])
    made = run(Normalize(method="unit_l2"), df)
    assert made["y"].tolist() == [0.8]


def test_groups_have_their_own_numbers():
    groups = pd.array(["a", "b", "a", "b", None], dtype="large_string[pyarrow]")
    df = table([0, 10, 4, 30, 7]).assign(g=groups)
    made = run(Normalize(columns=X, group_by=Columns(names=("g",))), df)
    assert made["x"].tolist() == [0.0, 0.0, 1.0, 1.0, 0.0]
    assert made.noted == {'1 of the groups of "x" hold one value only, which gives no range to scale by; it became 0.': 1}
    made = run(Normalize(columns=X, method="rank", group_by=Columns(names=("g",))), df)
    assert made["x"].tolist() == [1.0, 1.0, 2.0, 2.0, 1.0]


def test_a_column_that_makes_the_groups_is_not_scaled():
    df = table([0, 2]).assign(g=table([7, 7])["x"])
    made = run(Normalize(group_by=Columns(names=("g",))), df)
    assert made["g"].tolist() == [7.0, 7.0]
    assert made["x"].tolist() == [0.0, 1.0]


def test_a_new_group_is_counted():
    step = Normalize(columns=X, group_by=Columns(names=("g",)))
    january = step.fit(table([0, 10]).assign(g=pd.array(["a", "a"], dtype="large_string[pyarrow]")))
    made = step.apply(table([5]).assign(g=pd.array(["new"], dtype="large_string[pyarrow]")), january)
    assert made["x"].tolist() == [0.5]
    assert made.noted == {"{n} rows belong to groups that were not there before; the whole column's numbers scale them.": 1}


def test_sample_standard_deviation():
    assert run(Normalize(columns=X, method="z_score", ddof=1), table([1, 3, 5]))["x"].tolist() == [-1.0, 0.0, 1.0]


def test_new_columns_stand_beside_the_old():
    made = run(Normalize(columns=X, suffix=" scaled"), table([0, 2]))
    assert made.columns.tolist() == ["x", "x scaled"]
    assert made["x"].tolist() == [0.0, 2.0]


def test_long_integers_rank_exactly():
    made = run(Normalize(columns=X, method="rank"), table([2**53 + 1, 2**53], "int64[pyarrow]"))
    assert made["x"].tolist() == [2.0, 1.0]


def test_yeo_johnson_evens_out_a_skew():
    values = [0.0, 0.5, 1.0, 2.0, 4.0, 9.0, 20.0]
    made = run(Normalize(columns=X, method="yeo_johnson"), table(values))["x"]
    assert made.is_monotonic_increasing
    assert abs(made.skew()) < 0.25 < table(values)["x"].skew()


def test_describes():
    assert Normalize(columns=X).describe() == "Scale x to 0 to 1"
    assert Normalize(columns=X, method="z_score", group_by=Columns(names=("g",))).describe() == "Scale x to z-score, within groups of g"


@given(st.lists(st.none() | st.integers(-(2**60), 2**60), min_size=1), st.data())
def test_any_part_gives_the_same_as_the_whole(values, data):
    step, df = Normalize(columns=X), table(values, "int64[pyarrow]")
    fitted = step.fit(df)
    cut = data.draw(st.integers(0, len(df)))
    parts = pd.concat([table_of(step.apply(df[:cut], fitted)), table_of(step.apply(df[cut:], fitted))])
    pd.testing.assert_frame_equal(parts, table_of(step.apply(df, fitted)), rtol=0, atol=0)
