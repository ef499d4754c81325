"""What a column's profile counts, typed by hand; whole columns, every type."""

import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.profile import Bin, ColumnProfile, Counted, Profile, in_words, nice_edges, profile, profile_column
from pipeline.shapes import shapes


def column(values: list[object], of: pa.DataType | None = None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, of or pa.large_string())])


def said(made: ColumnProfile) -> dict[str, int]:
    return {r.kind: r.count for r in made.remarks}


def test_a_text_column_is_counted_cell_by_cell() -> None:
    made = profile_column(column(["Rome", " Rome ", "", "  ", None, "rome", "n/a", "Lyon"]))
    assert (made.type, made.rows, made.valid, made.missing, made.blank, made.problems) == ("text", 8, 5, 1, 2, 0)
    assert made.different == 5
    assert (made.smallest, made.largest) == (" Rome ", "rome")
    assert (made.shortest, made.longest) == (3, 6)
    assert made.top == tuple(Counted(value=v, count=1) for v in ("Rome", " Rome ", "rome", "n/a", "Lyon"))
    assert made.patterns == tuple(Counted(value=v, count=n) for v, n in (("Aaaa", 2), (" Aaaa ", 1), ("aaaa", 1), ("a/a", 1)))
    assert made.pattern_count == 4
    assert said(made) == {"edge_spaces": 1, "missing_words": 1, "spellings": 2}
    assert made.remark("edge_spaces").text == "1 value with spaces at the ends."
    assert made.remark("missing_words").text == "1 value may mean that there is no value: n/a (1)."


def test_texts_that_nearly_all_are_numbers_count_the_others_as_problems() -> None:
    made = profile_column(column([*(f"{n}.5" for n in range(1, 39)), "n/a", "tbc"]))
    assert (made.type, made.proposed, made.valid, made.problems, made.missing) == ("text", "number", 38, 2, 0)
    assert made.problem_values == (Counted(value="n/a", count=1), Counted(value="tbc", count=1))
    assert made.remark("almost").text == "38 of 40 values are numbers; 2 are not: n/a (1), tbc (1)"
    assert "mixed" not in said(made)


def test_texts_that_all_are_numbers_have_no_problem_and_ids_say_so() -> None:
    whole = profile_column(column(["1", "2", "2"]))
    assert (whole.proposed, whole.valid, whole.problems, said(whole)) == ("integer", 3, 0, {})
    ids = profile_column(column(["007", "008", "010"]))
    assert (ids.proposed, ids.valid, ids.problems) == (None, 3, 0)
    assert said(ids) == {"key": 3, "id": 3}


NUMBERS = {
    "integer": (pa.int64(), "integer"),
    "double": (pa.float64(), "number"),
    "decimal": (pa.decimal128(38, 0), "exact"),
}


@pytest.mark.parametrize(("of", "name"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_have_quartiles_whatever_their_type(of: pa.DataType, name: str) -> None:
    values = [1, 2, 3, 4, None]
    made = profile_column(column([Decimal(v) if v and name == "exact" else v for v in values], of))
    assert (made.type, made.valid, made.missing, made.different) == (name, 4, 1, 4)
    assert (made.smallest, made.largest, made.mean, made.quartiles) == ("1", "4", 2.5, (1.75, 2.5, 3.25))
    assert made.bins == ()
    assert made.top == ()


def test_many_different_numbers_are_counted_in_round_ranges() -> None:
    made = profile_column(column([float(n) for n in range(1, 101)], pa.float64()))
    assert len(made.bins) == 20
    assert made.bins[0] == Bin(low="0", high="5", count=4)
    assert made.bins[-1] == Bin(low="95", high="100", count=6)
    assert sum(b.count for b in made.bins) == 100


def test_long_whole_numbers_keep_their_digits() -> None:
    made = profile_column(column([2**53 + 1, 2**62], pa.int64()))
    assert (made.smallest, made.largest) == ("9007199254740993", "4611686018427387904")
    assert profile_column(column([Decimal("0.10"), Decimal("12.34")], pa.decimal128(10, 2))).smallest == "0.10"


def test_a_number_far_from_the_rest_is_said() -> None:
    made = profile_column(column([*range(1, 41), 1000], pa.int64()))
    assert said(made) == {"key": 41, "far": 1}
    assert made.remark("far").text == "1 value is far from the rest: below -49 or above 91."


def test_dates_and_times() -> None:
    days = profile_column(column([dt.date(2024, 1, 31), None, dt.date(2023, 2, 1), dt.date(2024, 1, 31)], pa.date32()))
    assert (days.type, days.valid, days.missing, days.different) == ("date", 3, 1, 2)
    assert (days.smallest, days.largest) == ("2023-02-01", "2024-01-31")
    assert days.top[0] == Counted(value="2024-01-31", count=2)
    many = profile_column(column([dt.datetime(2024, 1, d, 12, 30) for d in range(1, 32)], pa.timestamp("us")))
    assert (many.smallest, many.bins[0].low, many.bins[-1].high) == ("2024-01-01 12:30:00", "2024-01-01 12:30", "2024-01-31 12:30")
    assert sum(b.count for b in many.bins) == 31
    zoned = profile_column(column([dt.datetime(2024, 7, d, tzinfo=dt.UTC) for d in range(1, 31)], pa.timestamp("us", "Europe/Paris")))
    assert (zoned.type, zoned.smallest, zoned.valid) == ("datetime", "2024-07-01 02:00:00+02:00", 30)


def test_yes_no() -> None:
    made = profile_column(column([True, False, True, None], pa.bool_()))
    assert (made.type, made.valid, made.missing, made.different) == ("yes_no", 3, 1, 2)
    assert made.top == (Counted(value="true", count=2), Counted(value="false", count=1))


REMARKS = {
    "no value": ([None, None], {"empty": 2}),
    "only blanks": (["", " "], {"empty": 2}),
    "one value": (["a", "a", "a"], {"constant": 3}),
    "all different": (["a", "b", "c"], {"key": 3}),
    "all but one different": ([*(f"v{n}" for n in range(99)), "v0"], {"nearly_key": 1}),
    "doubled spaces": (["a  b", "c"], {"key": 2, "inner_spaces": 1}),
    "invisible": (["a\u200bb", "c", "c"], {"hidden": 1}),
    "broken": (["MÃ¼ller", "c", "c"], {"broken": 1}),
    "mixed": (["1", "2.5", "red", "blue", "blue"], {"mixed": 2}),
    "capitals": (["paid", "paid", "Paid", "PAID", "open"], {"spellings": 2}),
}


@pytest.mark.parametrize(("values", "expected"), REMARKS.values(), ids=REMARKS)
def test_remarks(values: list[object], expected: dict[str, int]) -> None:
    assert said(profile_column(column(values))) == expected


TYPES = [pa.large_string(), pa.int64(), pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("us"), pa.decimal128(5, 2)]


@pytest.mark.parametrize("of", TYPES, ids=str)
@pytest.mark.parametrize("rows", [0, 1, 3])
def test_columns_without_a_value(of: pa.DataType, rows: int) -> None:
    made = profile_column(column([None] * rows, of))
    assert (made.rows, made.valid, made.missing, made.different, made.smallest, made.top) == (rows, 0, rows, 0, None, ())
    assert in_words(made).endswith("No value at all" if rows else "0 different values")


def test_shapes_of_letters_of_any_script_and_of_parts_of_a_column() -> None:
    words = pa.array(["x", "DE-123", "Zoë 7", "Ärger", "Łódź", "x" * 41, "٣", "東京"], pa.large_string())
    assert shapes(words).to_pylist() == ["a", "AA-999", "Aaa 9", "Aaaaa", "Aaaa", "longer text", "9", "aa"]
    assert shapes(words[1:3]).to_pylist() == ["AA-999", "Aaa 9"]
    assert shapes(words[:0]).to_pylist() == []


def test_edges_are_round_and_hold_all() -> None:
    assert nice_edges(0.61, 2228.47, 20).tolist() == [200.0 * n for n in range(13)]
    assert nice_edges(1, 3, 20, whole=True).tolist() == [1, 2, 3]
    assert nice_edges(5, 5, 20).tolist() == [5, 6]
    assert nice_edges(-1e308, 1e308, 20).tolist() == [-1e308, 0, 1e308]
    far = profile_column(column([float(n) for n in range(30)] + [1.7e308, 1.7e308], pa.float64()))
    assert (sum(b.count for b in far.bins), far.mean) == (32, None)


class Shelf:
    def __init__(self) -> None:
        self.held: dict[str, ColumnProfile] = {}
        self.made = 0

    def get(self, key: str) -> ColumnProfile | None:
        return self.held.get(key)

    def put(self, key: str, made: ColumnProfile) -> None:
        self.held[key] = made
        self.made += 1


def test_a_column_is_profiled_once_for_its_content_whatever_its_name() -> None:
    text = pd.ArrowDtype(pa.large_string())
    table = pd.DataFrame({"a": pd.array(["x", None], text), "b": pd.array(["x", None], text)}, index=[2, 3])
    kept = Shelf()
    first = profile(table, kept)
    assert [c.name for c in first.columns] == ["a", "b"]
    assert len(kept.held) == 1
    kept.made = 0
    again = profile(table.assign(b=pd.array(["x", "y"], text)).rename(columns={"a": "c"}), kept)
    assert ([c.name for c in again.columns], kept.made) == (["c", "b"], 1)
    assert again.column("b").different == 2
    with pytest.raises(KeyError):
        again.column("a")


def test_a_profile_survives_json() -> None:
    table = pd.DataFrame({"n": pd.array([1.5, 2.5, None], pd.ArrowDtype(pa.float64()))}, index=[2, 3, 4])
    made = profile(table)
    assert [c.name for c in made.columns] == ["n"]
    assert Profile.model_validate_json(made.model_dump_json()) == made


def test_a_column_in_words() -> None:
    made = profile_column(column(["paid", "paid", "open", None]))
    assert in_words(made) == "text; 3 valid; 1 missing; 2 different values; most often paid (2), open (1)"
    made = profile_column(column([3, 1, None], pa.int64()))
    assert in_words(made) == "whole numbers; 2 valid; 1 missing; 2 different values; from 1 to 3"
