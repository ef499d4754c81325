"""Facets: counts that follow each other, and the choice as a condition that leaves the very same rows."""

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from io_utils import Source
from pipeline.facet_conditions import NO_FILE, NO_PROBLEM, ODD_TIME, condition
from pipeline.facets import Buckets, By, Facet, Line, buckets, kinds, lines, masks
from steps.arrow import flags
from steps.conditions import Group, evaluate


def table(**columns: tuple[pa.DataType, list[object]]) -> pd.DataFrame:
    made = {n: pd.array(pa.array(v, t), pd.ArrowDtype(t)) for n, (t, v) in columns.items()}
    return pd.DataFrame(made, index=pd.RangeIndex(2, 2 + len(next(iter(columns.values()))[1])))


TEXT = pa.large_string()
SHOP = table(
    city=(TEXT, ["Lyon", "Rome", None, "Lyon", "", "lyon"]),
    price=(pa.float64(), [1.0, 2.5, 10.0, None, 2.5, 30.0]),
    day=(pa.date32(), [dt.date(2024, 1, 31), dt.date(2024, 2, 1), None, dt.date(2024, 2, 29), dt.date(2024, 3, 1), dt.date(2024, 1, 31)]),
    paid=(pa.bool_(), [True, False, None, True, True, False]),
)


def shown(df: pd.DataFrame, facet: Facet, **how: object) -> list[tuple[str | None, int]]:
    found, _ = lines(facet, buckets(df, facet), np.ones(len(df), bool), **how)  # type: ignore[arg-type]
    return [(x.name, x.count) for x in found]


CASES: dict[str, tuple[str, By, list[tuple[str | None, int]]]] = {
    "text": ("city", "values", [("Lyon", 2), ("", 1), ("lyon", 1), ("Rome", 1), (None, 1)]),
    "numbers": ("price", "values", [("2.5", 2), ("1", 1), ("10", 1), ("30", 1), (None, 1)]),
    "yes/no": ("paid", "values", [("true", 3), ("false", 2), (None, 1)]),
    "ranges": ("price", "ranges", [("0 to 5", 3), ("10 to 15", 1), ("25 to 30", 1), (None, 1)]),
    "dates by day": ("day", "ranges", [("2024-01-31", 2), ("2024-02-01", 1), ("2024-02-29", 1), ("2024-03-01", 1), (None, 1)]),
    "missing": ("city", "missing", [("filled", 4), ("blank", 1), ("missing", 1)]),
    "repeated": ("price", "duplicate", [("repeated", 2), ("once", 3), (None, 1)]),
    "length": ("city", "length", [("0 to 1", 1), ("3 to 4", 4), (None, 1)]),
}


@pytest.mark.parametrize(("column", "by", "expected"), CASES.values(), ids=CASES)
def test_sorts_rows(column: str, by: By, expected: list[tuple[str | None, int]]) -> None:
    assert shown(SHOP, Facet(column=column, by=by)) == expected


def test_values_by_name_searched_and_cut() -> None:
    facet = Facet(column="city", by="values")
    assert [n for n, _ in shown(SHOP, facet, by_name=True)] == ["", "Lyon", "lyon", "Rome", None]
    assert shown(SHOP, facet, search="LY") == [("Lyon", 2), ("lyon", 1)]
    found, more = lines(facet, buckets(SHOP, facet), np.ones(6, bool), most=2)
    assert ([x.name for x in found], more) == (["Lyon", ""], 3)


def test_longer_spans_of_dates_are_sorted_by_month_and_year() -> None:
    months = table(d=(pa.date32(), [dt.date(2023, 12, 31), dt.date(2024, 12, 1), dt.date(2024, 12, 31)]))
    assert shown(months, Facet(column="d", by="ranges")) == [("2023-12", 1), ("2024-12", 2)]
    facet = Facet(column="d", by="ranges", chosen=("2024-12",))
    found = condition(months, [facet], [buckets(months, facet)])
    assert isinstance(found, Group)
    assert found.describe() == "d is on or after 2024-12-01 and d is before 2025-01-01"
    years = table(d=(pa.timestamp("us"), [dt.datetime(2001, 1, 1), dt.datetime(2024, 6, 1, 12)]))
    assert shown(years, Facet(column="d", by="ranges")) == [("2001", 1), ("2024", 1)]


def test_counts_follow_the_choice_of_the_others_and_not_their_own() -> None:
    facets = [Facet(column="city", by="values", chosen=("Lyon",)), Facet(column="paid", by="values", chosen=("true",))]
    found = [buckets(SHOP, f) for f in facets]
    every, others = masks(facets, found, 6)
    assert every.tolist() == [True, False, False, True, False, False]
    assert lines(facets[0], found[0], others[0])[0] == [Line("Lyon", 2, True), Line("", 1, False)]
    assert lines(facets[1], found[1], others[1])[0] == [Line("true", 2, True)]
    turned = [facets[0].model_copy(update={"invert": True}), facets[1]]
    every, others = masks(turned, found, 6)
    assert every.tolist() == [False, False, False, False, True, False]
    assert lines(turned[1], found[1], others[1])[0] == [Line("false", 2, False), Line("true", 1, True), Line(None, 1, False)]


def test_a_chosen_value_stays_in_sight_when_no_row_is_left() -> None:
    facet = Facet(column="city", by="values", chosen=("Rome",))
    assert lines(facet, buckets(SHOP, facet), np.zeros(6, bool))[0] == [Line("Rome", 0, True)]
    assert lines(facet, buckets(SHOP, facet), np.ones(6, bool), search="x")[0] == [Line("Rome", 1, True)]


def test_rows_with_a_problem_equal_rows_and_files() -> None:
    problem = Facet(column="", by="problem", chosen=("with a problem",))
    listed = pd.DataFrame({"column": ["city", "price"]}, index=[3, 7])
    assert buckets(SHOP, problem, problems=listed).mask(problem).tolist() == [False, True, False, False, False, True]
    twice = table(a=(TEXT, ["x", "y", "x"]), n=(pa.int64(), [1, 1, 1]))
    equal = Facet(column="", by="duplicate", chosen=("equal to another row",))
    assert buckets(twice, equal).mask(equal).tolist() == [True, False, True]
    sources = [Source(2, 3, "january.csv", None, 2), Source(4, 4, "book.xlsx", "May", 2)]
    file = Facet(column="", by="file")
    assert buckets(SHOP, file, sources=sources).names.to_pylist() == ["january.csv", "book.xlsx · May", "made by a step"]
    assert buckets(SHOP, file, sources=sources).codes.tolist() == [0, 0, 1, 2, 2, 2]


def test_which_facets_a_column_has() -> None:
    assert kinds(TEXT) == ["values", "missing", "duplicate", "problem", "length"]
    assert kinds(pa.int64()) == ["values", "ranges", "missing", "duplicate", "problem"]
    assert kinds(pa.bool_()) == ["values", "missing", "duplicate", "problem"]


def test_no_rows_and_no_values() -> None:
    for df in (SHOP[:0], SHOP.iloc[[2]][["city"]]):
        for column in df.columns:
            for by in kinds(df.dtypes[column].pyarrow_dtype):
                facet = Facet(column=column, by=by)
                assert sum(n for _, n in shown(df, facet)) == len(df)


VALUES = {
    "t": st.sampled_from(["", " ", "a", "A", "bb", "zzz zzz", "é"]),
    "i": st.integers(-(2**63), 2**63 - 1) | st.integers(2**53 - 2, 2**53 + 2) | st.integers(-3, 3),
    "f": st.sampled_from([-1.5, 0.0, 0.1, 2.5, 1e10, 1e-7, 7.0]),
    "m": st.decimals(-99, 99, places=2),
    "b": st.booleans(),
    "d": st.dates(dt.date(2020, 1, 1), dt.date(2024, 12, 31)),
    "w": st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2020, 3, 31)),
    "z": st.datetimes(dt.datetime(1850, 1, 1), dt.datetime(2020, 11, 1), timezones=st.just(dt.UTC)),
}
TYPES = {
    "t": TEXT, "i": pa.int64(), "f": pa.float64(), "m": pa.decimal128(8, 2), "b": pa.bool_(), "d": pa.date32(), "w": pa.timestamp("us"),
    "z": pa.timestamp("us", "Europe/Paris"),
}  # fmt: skip


def test_the_usual_choices_are_conditions_of_plain_lines() -> None:
    facets = [
        Facet(column="city", by="values", chosen=("Lyon", "Rome")), Facet(column="price", by="ranges", chosen=("0 to 5",)),
        Facet(column="paid", by="missing", chosen=("missing",), invert=True),
    ]  # fmt: skip
    found = condition(SHOP, facets, [buckets(SHOP, f) for f in facets])
    assert isinstance(found, Group)
    assert found.describe() == 'city is one of "Lyon", "Rome" and price is at least 0 and price is less than 5 and not paid is missing'
    both = [Facet(column="city", by="values", chosen=("Lyon", None), invert=True)]
    said = condition(SHOP, both, [buckets(SHOP, both[0])])
    assert isinstance(said, Group)
    assert said.describe() == 'not city is one of "Lyon"'


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_condition_leaves_the_rows_that_the_facets_leave(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 8))
    drawn = {n: data.draw(st.lists(st.none() | VALUES[n], min_size=size, max_size=size)) for n in VALUES}
    df = table(**{n: (TYPES[n], v) for n, v in drawn.items()})
    facets: list[Facet] = []
    found: list[Buckets] = []
    for _ in range(data.draw(st.integers(1, 2))):
        column = data.draw(st.sampled_from(["", *sorted(VALUES)]))
        offered = [k for k in kinds(TYPES[column]) if k != "problem"] if column else ["duplicate"]
        facet = Facet(column=column, by=data.draw(st.sampled_from(offered)))
        names = buckets(df, facet).names.to_pylist()
        chosen = tuple(data.draw(st.lists(st.sampled_from(names), unique=True))) if names else ()
        facets.append(facet.model_copy(update={"chosen": chosen, "invert": data.draw(st.booleans())}))
        found.append(buckets(df, facets[-1]))
    said = condition(df, facets, found)
    assert isinstance(said, Group)
    assert flags(evaluate(said, df)).tolist() == masks(facets, found, size)[0].tolist()


def said_of(df: pd.DataFrame, facet: Facet, **given: object) -> str:
    """The condition in words, or why there is none; what it leaves is what the facet leaves."""
    found = buckets(df, facet, **given)  # type: ignore[arg-type]
    said = condition(df, [facet], [found])
    if isinstance(said, str):
        return said
    assert flags(evaluate(said, df)).tolist() == found.mask(facet).tolist()
    return said.describe()


PLACES = [Source(2, 3, "jan.csv", None, 2), Source(4, 5, "feb.csv", None, 2)]
SHEETS = [Source(2, 3, "a.xlsx", "May", 2), Source(4, 5, "a.xlsx", "June", 2)]
PARTED = table(
    source=(TEXT, ["jan.csv", "jan.csv", "feb.csv", "feb.csv"]), n=(pa.int64(), [1, None, None, 4]), t=(TEXT, ["x", "y", None, "x"])
)  # fmt: skip
LISTED = pd.DataFrame({"column": ["n", "n"]}, index=[3, 4])
ONE = ("with a problem",)


def test_files_are_said_by_the_column_that_names_them() -> None:
    assert said_of(PARTED, Facet(column="", by="file", chosen=("jan.csv",)), sources=PLACES) == 'source is one of "jan.csv"'
    turned = Facet(column="", by="file", chosen=("jan.csv",), invert=True)
    assert said_of(PARTED, turned, sources=PLACES) == 'not source is one of "jan.csv"'
    both = PARTED.assign(source="a.xlsx", sheet=pd.array(["May", "May", "June", "June"])).astype({"source": PARTED.dtypes["source"]})
    both = both.astype({"sheet": PARTED.dtypes["source"]})
    assert said_of(both, Facet(column="", by="file", chosen=("a.xlsx · June",)), sources=SHEETS) == 'sheet is one of "June"'
    wrong = PARTED.assign(source=PARTED["source"].where([True, False, True, True]))
    for df in (wrong, PARTED[["n", "t"]]):
        assert said_of(df, Facet(column="", by="file", chosen=("jan.csv",)), sources=PLACES) == NO_FILE


def test_problems_are_said_where_something_tells_them_from_other_rows() -> None:
    for column in ("", "n"):
        facet = Facet(column=column, by="problem", chosen=ONE)
        assert said_of(PARTED, facet, problems=LISTED) == "n is missing"
        assert said_of(PARTED, facet.model_copy(update={"chosen": ("without",)}), problems=LISTED) == "not n is missing"
    assert said_of(PARTED, Facet(column="n", by="problem", chosen=ONE), problems=LISTED[:1]) == NO_PROBLEM
    kept = pd.DataFrame({"column": ["t"]}, index=[3])
    assert said_of(PARTED, Facet(column="t", by="problem", chosen=ONE), problems=kept) == 't is not missing and t is one of "y"'
    assert said_of(PARTED, Facet(column="t", by="problem", chosen=ONE), problems=LISTED) == NO_PROBLEM


def test_equal_rows_and_single_moments_are_said() -> None:
    twice = table(a=(TEXT, ["x", "y", "x"]), n=(pa.int64(), [1, 1, 1]))
    assert said_of(twice, Facet(column="", by="duplicate", chosen=("equal to another row",))) == "a, n together occur more than once"
    times = table(w=(pa.timestamp("us"), [dt.datetime(2024, 5, 1), dt.datetime(2024, 5, 1, 12, 30), None]))
    assert said_of(times, Facet(column="w", by="values", chosen=("2024-05-01 00:00:00",))) == "w is on 2024-05-01 00:00:00"
    far = table(w=(pa.timestamp("us"), [2**60]))
    assert said_of(far, Facet(column="w", by="values", chosen=("<value out of range: 1152921504606846976>",))) == ODD_TIME
