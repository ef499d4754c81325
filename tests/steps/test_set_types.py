"""Change column types, and what is proposed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steps.arrow import arrow, same_memory
from steps.base import StepError
from steps.set_types import SetTypes, propose
from tests.steps.strategies import table

TEXT = pa.large_string()
CASES = {  # type, text, values, rows refused
    "integer": ("integer", ["0", "-7", "999999999999999", None], [0, -7, 999999999999999, None], []),
    "spaces around, blank": ("integer", [" 7", "8\u00a0", "  ", ""], [7, 8, None, None], []),
    "not whole numbers": (
        "integer",
        ["007", "-0", "+5", "1.5", "1e5", "0x1F", "1,200", "1000000000000000", "1 2", "٣", "07.0", "1234567890123456.0"],
        [None] * 12,
        list(range(2, 14)),
    ),
    "12.0 is a whole number": ("integer", ["12.0", " -3.00", "-0.0", "12.5", None], [12, -3, 0, None, None], [5]),
    "number": ("number", ["12.50", "-0.5", "0.000", "3", "123456789012.345", "0.00012"],
               [12.5, -0.5, 0.0, 3.0, 123456789012.345, 0.00012], []),
    "not numbers": ("number", ["1.2.3", ".5", "5.", "nan", "inf", "1e5", "00.5", "1234567890.123456", "2,5", "12 €"],
                    [None] * 10, list(range(2, 12))),
    "yes/no": ("yes_no", ["true", "FALSE", "True", "yes", "1"], [True, False, True, None, None], [5, 6]),
    "date": ("date", ["2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "24-01-03", "2024-1-3", "0000-01-01", "2024-04-31"],
             [date(2024, 2, 29), None, None, date(2000, 2, 29), None, None, None, None], [3, 4, 6, 7, 8, 9]),
    "date and time": ("datetime", ["2024-02-29 10:00", "2024-02-29T10:00:01.5", "2024-02-29", "2024-02-29 24:00", "2023-02-29 10:00"],
                      [datetime(2024, 2, 29, 10), datetime(2024, 2, 29, 10, 0, 1, 500000), datetime(2024, 2, 29), None, None], [5, 6]),
    "text stays as written": ("text", [" a", "", None], [" a", "", None], []),
    "no rows": ("number", [], [], []),
    "all missing": ("date", [None, None], [None, None], []),
}  # fmt: skip


def run(step, df):
    return step.apply(df, step.fit(df))


@pytest.mark.parametrize(("to", "text", "values", "refused"), CASES.values(), ids=CASES)
def test_converts_text(to, text, values, refused):
    made = run(SetTypes(types={"x": to}), table({"x": (TEXT, text)}))
    assert arrow(made["x"]).to_pylist() == values
    assert made.rejected.index.tolist() == refused
    assert made.rejected["value"].tolist() == [text[row - 2] for row in refused]


def test_exact_decimals_keep_every_digit():
    made = run(SetTypes(types={"x": "exact"}), table({"x": (TEXT, ["12345678901234567890.12", "-0.5", "7", "1e5"])}))
    assert made.table.dtypes["x"].pyarrow_dtype == pa.decimal128(38, 2)
    assert arrow(made["x"]).to_pylist() == [Decimal("12345678901234567890.12"), Decimal("-0.50"), Decimal("7.00"), None]


def test_exact_decimals_of_a_new_file_keep_the_fitted_digits():
    step = SetTypes(types={"x": "exact"})
    made = step.apply(table({"x": (TEXT, ["1.234"])}), step.fit(table({"x": (TEXT, ["1.20"])})))
    assert made.rejected["reason"].tolist() == ["is not a number with at most 2 decimals, written like 1234.50"]


def test_times_with_an_offset_are_shown_in_utc():
    made = run(SetTypes(types={"x": "datetime"}), table({"x": (TEXT, ["2024-02-29 10:00Z", "2024-02-29 10:00+02:00"])}))
    assert arrow(made["x"]).to_pylist() == [datetime(2024, 2, 29, 10, tzinfo=UTC), datetime(2024, 2, 29, 8, tzinfo=UTC)]


TYPED = {
    "integer to number": (pa.int64(), [1, 2**53 + 1], "number", [1.0, None], 1),
    "number to integer": (pa.float64(), [12.0, 12.5], "integer", [12, None], 1),
    "number to text": (pa.float64(), [12.0, 0.1, 123456789012345.0, 1e22], "text", ["12", "0.1", "123456789012345", "1e+22"], 0),
    "integer to text": (pa.int64(), [2**53 + 1], "text", ["9007199254740993"], 0),
    "decimal to integer": (pa.decimal128(38, 2), [Decimal("2.00"), Decimal("2.50")], "integer", [2, None], 1),
    "decimal to number": (pa.decimal128(38, 2), [Decimal("0.35")], "number", [0.35], 0),
    "date to date and time": (pa.date32(), [date(2024, 2, 29)], "datetime", [datetime(2024, 2, 29)], 0),
    "date and time to date": (pa.timestamp("us"), [datetime(2024, 2, 29), datetime(2024, 2, 29, 1)], "date", [date(2024, 2, 29), None], 1),
    "yes/no to integer": (pa.bool_(), [True, None], "integer", [None, None], 1),
    "integer to yes/no": (pa.int64(), [1], "yes_no", [None], 1),
}


@pytest.mark.parametrize(("of", "values", "to", "expected", "refused"), TYPED.values(), ids=TYPED)
def test_converts_typed_columns_where_the_value_stays(of, values, to, expected, refused):
    made = run(SetTypes(types={"x": to}), table({"x": (of, values)}))
    assert arrow(made["x"]).to_pylist() == expected
    assert len(made.rejected) == refused


ROUNDED = {  # rounding, what 2.5, -2.5, 3.5, 12.0 and 0.4 become
    "refuse": [None, None, None, 12, None],
    "half_up": [3, -3, 4, 12, 0],
    "half_even": [2, -2, 4, 12, 0],
    "floor": [2, -3, 3, 12, 0],
    "ceil": [3, -2, 4, 12, 1],
    "cut": [2, -2, 3, 12, 0],
}


@pytest.mark.parametrize("of", [TEXT, pa.float64(), pa.decimal128(38, 1)], ids=["text", "number", "exact decimal"])
@pytest.mark.parametrize(("rounding", "expected"), ROUNDED.items())
def test_numbers_with_decimals_become_whole_numbers_only_by_rounding(of, rounding, expected):
    given = pa.array(["2.5", "-2.5", "3.5", "12.0", "0.4"]).cast(of).to_pylist()
    made = run(SetTypes(types={"x": "integer"}, rounding=rounding), table({"x": (of, given)}))
    assert arrow(made["x"]).to_pylist() == expected
    assert made.rejected.index.tolist() == ([2, 3, 4, 6] if rounding == "refuse" else [])
    assert made.noted == ({} if rounding == "refuse" else {'{n} values of "x" were rounded to whole numbers.': 4})


def test_what_is_too_large_is_no_whole_number_by_rounding_either():
    made = run(SetTypes(types={"x": "integer"}, rounding="half_up"), table({"x": (pa.float64(), [1e300, 2.0**53, None])}))
    assert arrow(made["x"]).to_pylist() == [None, 2**53, None]


def test_an_absent_column_is_skipped_and_said():
    df = table({"x": (TEXT, ["1"])})
    made = run(SetTypes(types={"gone": "integer"}), df)
    pd.testing.assert_frame_equal(made.table, df)
    assert made.noted == {'Column "gone" is not in the table; its type was not changed.': 1}


DF = {"x": (TEXT, ["1", "n/a", "3"]), "y": (TEXT, ["a", "b", "c"])}


def test_keeps_a_column_as_text():
    df = table(DF)
    made = run(SetTypes(types={"x": "integer"}, on_error="keep_text"), df)
    assert same_memory(arrow(made["x"]), arrow(df["x"]))
    assert made.noted == {'Column "x" stays as it is: not every value could be used.': 1}
    assert len(made.rejected) == 0


def test_takes_a_row_out():
    made = run(SetTypes(types={"x": "integer", "y": "yes_no"}, on_error="remove_row"), table({**DF, "y": (TEXT, ["true", "no", "false"])}))
    assert made.table.index.tolist() == [2, 4]
    assert made.removed["reason"].tolist() == ['x: "n/a" is not a whole number of up to 15 digits; y: "no" is not true or false']


def test_stops():
    with pytest.raises(StepError) as caught:
        run(SetTypes(types={"x": "integer"}, on_error="stop"), table(DF))
    assert str(caught.value) == (
        'Column "x", row 3: "n/a" is not a whole number of up to 15 digits. Change the value, or choose to leave it empty.'
    )


def test_other_columns_stay_the_same_memory():
    df = table(DF)
    assert same_memory(arrow(run(SetTypes(types={"x": "integer"}), df)["y"]), arrow(df["y"]))


def test_describes():
    assert SetTypes(types={"a": "number", "b": "number", "c": "date"}).describe() == "Make a and b numbers, c dates"


MANY = [str(n) for n in range(100)]
PROPOSED = {  # values, type, confident, exceptions, evidence
    "integers": (["1", "22", None], "integer", True, 0, "All 2 values are whole numbers."),
    "numbers": (["1.50", "2", "3.1"], "number", True, 0, "All 3 values are numbers. 1 will be written otherwise, with the same value."),
    "spaces around": ([" 1", "2"], "integer", True, 0, "All 2 values are whole numbers. 1 will be written otherwise, with the same value."),
    "yes/no": (["true", "False", " "], "yes_no", True, 0, "All 2 values are yes/no values."),
    "dates": (["2024-02-29", "2024-01-01"], "date", True, 0, "All 2 values are dates."),
    "times": (["2024-02-29 10:00", "2024-01-01T10:00:00"], "datetime", True, 0, "All 2 values are dates with times."),
    "offsets": (["2024-02-29 10:00+02:00"], "datetime", False, 0,
                "The only value is one of dates with times. Their offsets from UTC would be lost: all are shown in UTC."),
    "few values among many missing": ([None] * 700 + ["7"] + [None] * 701, "integer", True, 0, "The only value is one of whole numbers."),
    "nearly all": (["1.5", *MANY, "n/a", "n/a", "tbc"], "number", False, 3, "101 of 104 values are numbers; 3 are not: n/a (2), tbc (1)"),
    "no such day": (["2024-02-28"] * 19 + ["2024-02-30"], "date", False, 1, "19 of 20 values are dates; 1 is not: 2024-02-30 (1)"),
    "leading zeros": ([*MANY, "007"], "text", False, 1,
                      "1 of 101 values start with a zero, which a number would lose, e.g. 007. It looks like an id and stays text."),
    "long ids": (["1234567890123456", "1234567890123457"], "text", False, 2,
                 "2 of 2 values have 16 or more digits, more than a number holds exactly, e.g. 1234567890123456. "
                 "It looks like an id and stays text."),
    "digits of one width": ([str(n) for n in range(10000, 10020)], "integer", False, 0,
                            "All 20 values have 5 digits, like an id or a postcode."),
}  # fmt: skip


@pytest.mark.parametrize(("values", "to", "confident", "exceptions", "evidence"), PROPOSED.values(), ids=PROPOSED)
def test_proposes(values, to, confident, exceptions, evidence):
    (found,) = propose(table({"x": (TEXT, values)}))
    assert (found.proposed, found.confident, found.exceptions, found.evidence) == (to, confident, exceptions, evidence)


@pytest.mark.parametrize("values", [["a", "b"], [None, ""], [], ["1e5", "2e5"], ["1", "x", "2", "y"], ["NA", "DE"], ["+1", "+2"]])
def test_plain_text_is_left_out(values):
    assert propose(table({"x": (TEXT, values)})) == []


def test_proposes_in_the_order_of_the_table():
    df = table({"b": (TEXT, ["1"]), "typed": (pa.int64(), [1]), "a": (TEXT, ["true"]), "c": (TEXT, ["x"])})
    assert [p.column for p in propose(df)] == ["b", "a"]


WRITTEN = st.sampled_from(["7", "-7", "007", "1.50", "1e5", "-0", "", " 8 ", "true", "2024-02-29", "2024-02-30", "1234567890123456"])


@given(st.lists(st.none() | WRITTEN | st.decimals(-999, 999, places=2).map(str), max_size=8))
def test_a_confident_proposal_changes_no_value(values):
    df = table({"x": (TEXT, values)})
    for found in propose(df):
        if not found.confident:
            continue
        made = run(SetTypes(types={"x": found.proposed}), df)
        assert len(made.rejected) == 0
        for text, value in zip(values, arrow(made["x"]).to_pylist(), strict=True):
            if text is None or not text.strip():
                assert value is None
            elif found.proposed in ("integer", "number"):
                assert Decimal(str(value)) == Decimal(text.strip())
            else:
                assert str(value).lower() == text.strip().lower()
