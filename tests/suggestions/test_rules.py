"""What each rule finds in tables typed by hand, and where it must stay silent."""

from collections.abc import Callable

import pandas as pd
import pytest

from pipeline.suggestions import Suggestion, suggest
from pipeline.suggestions.base import tried
from steps.arrow import TEXT


def table(**columns: list[str | None]) -> pd.DataFrame:
    length = len(next(iter(columns.values())))
    return pd.DataFrame({n: pd.array(v, TEXT) for n, v in columns.items()}, index=pd.RangeIndex(2, length + 2))


def repairs(df: pd.DataFrame) -> list[Suggestion]:
    """What is offered unasked that changes what cells say."""
    return [s for s in suggest(df) if s.kind in ("repair", "writing", "missing")]


def changes(df: pd.DataFrame, rule: str) -> dict[tuple[str, int], tuple[str, str]]:
    """Column and row of each cell that the one suggestion of the rule changes: from what, to what."""
    (one,) = [s for s in repairs(df) if s.rule == rule]
    made = tried(df, one.step, one.params)
    assert made is not None
    cells = {(n, int(r)): (df.at[r, n], made.table.at[r, n]) for n, rows in made.changes.cells.items() for r in rows}
    assert len(cells) == one.count
    return {place: (str(a) if isinstance(a, str) else "", str(b)) for place, (a, b) in cells.items()}


ZIPS = ["10115"] * 8 + ["80331"] * 8 + ["50667"] * 8
CITIES = ["Berlin"] * 8 + ["Munich"] * 8 + ["Cologne"] * 8


def put(values: list[str], at: dict[int, str | None]) -> list[str | None]:
    return [at.get(i, v) for i, v in enumerate(values)]


# rule: (table, cells changed)
MANY = [f"{n}" for n in range(101, 141)]
CASES: dict[str, tuple[pd.DataFrame, str, dict[tuple[str, int], tuple[str, str]]]] = {
    "a postcode tells the city": (
        table(zip=[*ZIPS], city=put(CITIES, {3: "Brelin"})), "tells rare", {("city", 5): ("Brelin", "Berlin")},
    ),
    "two columns outvote a right value at the wrong place": (
        table(
            zip=ZIPS * 4, area=["030"] * 8 + ["089"] * 8 + ["0221"] * 8 + (["030"] * 8 + ["089"] * 8 + ["0221"] * 8) * 3,
            city=put(CITIES * 4, {3: "Munich", 12: "Cologne", 30: "Cologne", 41: "Berlin"}),
        ),
        "tells",
        {
            ("city", 5): ("Munich", "Berlin"), ("city", 14): ("Cologne", "Munich"), ("city", 32): ("Cologne", "Berlin"),
            ("city", 43): ("Berlin", "Cologne"),
        },
    ),
    "a gap that the postcode fills": (
        table(zip=[*ZIPS], city=put(CITIES, {3: None})), "tells missing", {("city", 5): ("", "Berlin")},
    ),
    "a letter wrong": (
        table(status=[*["delivered"] * 9, "delivred", *["returned"] * 8, "retrned"]), "typo",
        {("status", 11): ("delivred", "delivered"), ("status", 20): ("retrned", "returned")},
    ),
    "a letter wrong in a word of many values": (
        table(size=[f"{n} patients" for n in range(20)] + ["31 patiemts"]), "typo in a word",
        {("size", 22): ("31 patiemts", "31 patients")},
    ),
    "a unit where no other has one": (
        table(size=["12.0"] * 12 + ["16.0"] * 6 + ["12.0 oz", "16.0 OZ."]), "unit",
        {("size", 20): ("12.0 oz", "12.0"), ("size", 21): ("16.0 OZ.", "16.0")},
    ),
    "no unit where all others have one": (
        table(share=[f"{n}%" for n in range(20)] + ["7", "8 %"]), "no unit", {("share", 22): ("7", "7%"), ("share", 23): ("8 %", "8%")},
    ),
    "another unit": (
        table(weight=[f"{n} g" for n in MANY] + ["0.12 kg"]), "other unit", {("weight", 42): ("0.12 kg", "120 g")},
    ),
    "other marks in a telephone number": (
        table(phone=[f"205-325-1{n}" for n in MANY] + ["2053251777", "(205) 325-1888"]), "marks",
        {("phone", 42): ("2053251777", "205-325-1777"), ("phone", 43): ("(205) 325-1888", "205-325-1888")},
    ),
    "a date in another order": (
        table(day=[f"2024-01-{n:02d}" for n in range(1, 29)] + ["31.01.2024"]), "date order", {("day", 30): ("31.01.2024", "2024-01-31")},
    ),
    "a number a hundred times too small": (
        table(height=[str(n) for n in range(150, 190)] + ["1.72"]), "factor", {("height", 42): ("1.72", "172")},
    ),
    "a century off": (
        table(born=[f"{n}-05-01" for n in range(1960, 2000)] + ["2085-03-02", "1075-01-01"]), "century",
        {("born", 42): ("2085-03-02", "1985-03-02"), ("born", 43): ("1075-01-01", "1975-01-01")},
    ),
    "small letters in a code": (
        table(code=[f"AB-{n}" for n in MANY] + ["ab-141"]), "capitals", {("code", 42): ("ab-141", "AB-141")},
    ),
    "capitals in a name": (
        table(name=["Ana Silva"] * 6 + ["ANA SILVA", "Bo Lind", "Bo Lind"]), "spelling", {("name", 8): ("ANA SILVA", "Ana Silva")},
    ),
    "doubled spaces where the value also stands without": (
        table(name=["Ana Silva", "Ana  Silva", "Bo Lind", "Bo Lind"]), "spaces", {("name", 3): ("Ana  Silva", "Ana Silva")},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("df", "rule", "expected"), CASES.values(), ids=CASES)
def test_finds(df: pd.DataFrame, rule: str, expected: dict[tuple[str, int], tuple[str, str]]) -> None:
    assert changes(df, rule) == expected


def tells(city: list[str | None], zips: list[str] = ZIPS) -> pd.DataFrame:
    return table(zip=[*zips], city=city)


SILENT: dict[str, Callable[[], pd.DataFrame]] = {
    "two places share a postcode": lambda: tells(["Berlin"] * 5 + ["Mitte"] * 3 + CITIES[8:]),
    "a second place again and again": lambda: tells(put(CITIES * 3, dict.fromkeys((9, 10, 33, 34, 57, 58), "Pasing")), ZIPS * 3),
    "one postcode alone speaks against a city that is right elsewhere": lambda: tells(put(CITIES, {3: "Munich"})),
    "nearly all rows say the same anyway": lambda: table(
        shop=[f"s{n % 9}" for n in range(90)], consent=["no" if n == 40 else "yes" for n in range(90)]
    ),
    "all rows that differ are of one shop": lambda: table(
        code=[f"m{n % 6}" for n in range(120)], shop=[f"s{n // 6}" for n in range(120)],
        place=[f"{'b' if n // 6 == 7 else 'a'}-{n % 6}" for n in range(120)],
    ),
    "a price that changed": lambda: table(
        sku=[f"p{n % 9}" for n in range(90)], price=[f"{n % 9}.{'99' if n < 85 else '49'}" for n in range(90)]
    ),
    "a rare country that looks like a frequent one": lambda: table(country=["Iran"] * 12 + ["Iraq"] + ["Niger"] * 9 + ["Nigeria"]),
    "surnames that look alike": lambda: table(name=["Meyer"] * 9 + ["Meier"] * 9 + ["Maier"] + ["Smith"] * 9 + ["Smyth"] * 8 + ["Smidt"]),
    "more than one": lambda: table(thing=["apple"] * 9 + ["apples", "house"] + ["tree"] * 9 + ["trees"]),
    "codes that differ in a digit": lambda: table(code=["INV-001"] * 9 + ["INV-010", "INV-101"]),
    "house numbers": lambda: table(number=[str(n) for n in range(1, 40)] + ["12 a", "7 b", "3 c", "9 a", "8 a"]),
    "amounts of another size in another unit": lambda: table(dose=[str(n) for n in range(1, 40)] + ["500 mg", "250 mg", "400 mg"]),
    "amounts that spread widely": lambda: table(amount=[f"{1.3**n:.2f}" for n in range(60)]),
    "old dates among new ones": lambda: table(born=[f"{n}-05-01" for n in range(1910, 1999)] + ["1871-05-01"]),
    "names in small letters": lambda: table(name=[f"Name{n}" for n in range(40)] + ["de witt"]),
    "a doubled space that always stands so": lambda: table(text=["the  right kind"] * 5 + ["the wrong one"] * 5),
    "none is an answer": lambda: table(kind=["None"] * 3 + ["some"] * 6 + ["Unknown"]),
    "points where the month comes first": lambda: table(day=[f"01/{n:02d}/2024" for n in range(1, 29)] + ["02.03.2024"]),
    "few rows": lambda: table(zip=["1", "1", "1"], city=["Berlin", "Berlin", "Brelin"]),
    "no rows": lambda: table(zip=["1"], city=["x"])[:0],
    "no values": lambda: table(zip=[None] * 30, city=[None] * 30),
}  # fmt: skip


@pytest.mark.parametrize("make", SILENT.values(), ids=SILENT)
def test_is_silent(make: Callable[[], pd.DataFrame]) -> None:
    assert [(s.rule, s.examples) for s in repairs(make())] == []


def test_equal_rows_are_offered_only_where_a_column_would_name_each_row() -> None:
    keyed = table(id=["1a", "2b", "2b", "3c"], size=["S", "M", "M", "S"])
    plain = table(size=["S", "M", "M", "S"], colour=["red", "red", "red", "red"])
    assert [s.rule for s in suggest(keyed) if s.kind == "rows"] == ["equal rows"]
    assert [s.rule for s in suggest(plain) if s.kind == "rows"] == []
    assert [s.rule for s in suggest(plain, unsure=True) if s.kind == "rows"] == ["equal rows, no key"]


def test_what_would_lose_values_comes_after_what_mends_them() -> None:
    df = table(size=["12.0"] * 30 + ["16.0"] * 6 + ["12.0 oz", "16.0 oz"])
    assert [s.rule for s in suggest(df)] == ["unit", "type"]


def test_nearly_clean_columns_come_before_those_with_more_to_mend() -> None:
    rows = 60
    df = table(a=[f"x{n}" for n in range(rows - 1)] + [" y"], b=["n/a"] * 30 + [f"z{n}" for n in range(30)])
    assert [s.rule for s in suggest(df)] == ["spaces", "no value"]


def test_units_mixed_evenly_are_read_with_their_factors() -> None:
    df = table(weight=[f"{n} g" for n in range(100, 120)] + [f"0.{n} kg" for n in range(10, 30)])
    (one,) = suggest(df)
    assert (one.rule, one.step, one.params["units"]) == ("units mixed", "parse_number", {"g": 1.0, "kg": 1000.0})
    made = tried(df, one.step, one.params)
    assert made is not None
    assert made.table["weight"].tolist()[19:21] == [119.0, 100.0]


def test_accepting_all_of_them_mends_a_table_made_dirty_and_spoils_nothing() -> None:
    from benchmarks.suggestions import accepted, as_read, grid
    from tests.suggestions.injector import inject
    from tests.suggestions.tables import table as clean

    dirty = inject(clean("clinics", 3, 120), 5, {"typo": 0.03, "padding": 0.03})
    before, after, right = grid(as_read(dirty.table)), grid(accepted(as_read(dirty.table))), grid(as_read(dirty.right))
    wrong = before != right
    assert int((~wrong & (after != right)).sum()) == 0
    assert int((wrong & (after == right)).sum()) >= 0.7 * int(wrong.sum())


def test_a_long_table_with_few_large_groups() -> None:
    rows = 80_000
    cities = ["Berlin", "Paris", "Rome", "Oslo", "Bern"]
    df = table(shop=[f"s{n % 5}" for n in range(rows)], city=["Rme" if n == 777 else cities[n % 5] for n in range(rows)])
    assert changes(df, "tells rare") == {("city", 779): ("Rme", "Rome")}
