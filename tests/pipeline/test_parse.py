from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from pipeline.parse import ParseError, parse_cell, write_cell

WHOLE, DOUBLE, YES_NO, DAY, TEXT = pa.int64(), pa.float64(), pa.bool_(), pa.date32(), pa.large_string()
STAMP, PARIS, MONEY = pa.timestamp("us"), pa.timestamp("us", "Europe/Paris"), pa.decimal128(10, 2)

VALUES = [
    ("9007199254740993", WHOLE, 9007199254740993),
    ("-9223372036854775808", WHOLE, -9223372036854775808),
    (" 12 ", WHOLE, 12),
    ("2.50", DOUBLE, 2.5),
    (".5", DOUBLE, 0.5),
    ("1e+20", DOUBLE, 1e20),
    ("YES", YES_NO, True),
    ("false", YES_NO, False),
    ("2024-02-29", DAY, date(2024, 2, 29)),
    ("2024-02-29", STAMP, datetime(2024, 2, 29)),
    ("2024-02-29T23:59:01.25", STAMP, datetime(2024, 2, 29, 23, 59, 1, 250000)),
    ("2025-07-01 12:00+02:00", PARIS, datetime(2025, 7, 1, 10, 0, tzinfo=UTC)),
    ("2025-01-01 12:00:00Z", PARIS, datetime(2025, 1, 1, 12, 0, tzinfo=UTC)),
    ("0.1", MONEY, Decimal("0.10")),
    ("-99999999.990", MONEY, Decimal("-99999999.99")),
    ("  as typed ", TEXT, "  as typed "),
]

REFUSED = [
    ("1,204", WHOLE, "'1,204' is not a number here. Write 1204."),
    ("2.0", WHOLE, "'2.0' is not written as a whole number. Write 2."),
    ("1.7", WHOLE, "'1.7' is not a whole number, and this column holds only whole numbers."),
    ("9223372036854775808", WHOLE, "'9223372036854775808' is too large for a column of whole numbers. Make the column text to keep it."),
    ("1_000", WHOLE, "'1_000' is not a number here. Write a whole number, for example 1204."),
    ("٣", DOUBLE, "'٣' is not a number here. Write digits only, for example 1204 or 2.5."),
    ("2,5", DOUBLE, "'2,5' is not a number here. Write 2.5."),
    ("1,204", DOUBLE, "'1,204' is not a number here. Write 1204 or 1.204."),
    ("1.234,56", DOUBLE, "'1.234,56' is not a number here. Write 1234.56."),
    ("$5", DOUBLE, "'$5' is not a number here. Write 5."),
    ("nan", DOUBLE, "'nan' is not a number here. Press Delete to leave the cell empty."),
    ("1e400", DOUBLE, "'1e400' is too large for a number here."),
    ("9007199254740993", DOUBLE, "'9007199254740993' has more digits than a number here can hold. The nearest is 9007199254740992."),
    ("maybe", YES_NO, "'maybe' is not yes or no. Write yes or no."),
    ("2024-02-30", DAY, "'2024-02-30' is not in the calendar. Write a date as year-month-day, for example 2024-05-31."),
    ("06.05.2024", DAY, "'06.05.2024' is not a date here. Write 2024-05-06 or 2024-06-05."),
    ("31/01/2024", DAY, "'31/01/2024' is not a date here. Write 2024-01-31."),
    ("2024-1-5", DAY, "'2024-1-5' is not a full date. Write 2024-01-05."),
    ("2024-01-05 12:00", DAY, "'2024-01-05 12:00' has a time, and this column holds dates. Write 2024-01-05."),
    (
        "2024-01-05 24:00",
        STAMP,
        "'2024-01-05 24:00' is not in the calendar or on the clock. Write a date as year-month-day, for example 2024-05-31 14:30:00.",
    ),
    ("2024-01-05 12:00Z", STAMP, "'2024-01-05 12:00Z' names a time zone, and this column has none. Write 2024-01-05 12:00:00."),
    (
        "2025-07-01 12:00",
        PARIS,
        "'2025-07-01 12:00' names no time zone. Write 2025-07-01 12:00:00+02:00 if you mean the time in Europe/Paris.",
    ),
    ("0.123", MONEY, "'0.123' has 3 decimals; this column holds 2."),
    ("123456789", MONEY, "'123456789' is too large: this column holds 8 digits before the point."),
]


@pytest.mark.parametrize(("text", "of", "expected"), VALUES)
def test_reads_a_value_exactly(text, of, expected):
    value = parse_cell(text, of)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(("text", "of", "message"), REFUSED)
def test_refuses_and_says_what_would_be_right(text, of, message):
    with pytest.raises(ParseError) as caught:
        parse_cell(text, of)
    assert str(caught.value) == message


@pytest.mark.parametrize("of", [WHOLE, DOUBLE, YES_NO, DAY, STAMP, PARIS, MONEY])
def test_an_emptied_cell_is_missing(of):
    assert parse_cell(None, of) is None
    assert parse_cell("", of) is None
    assert parse_cell("  ", of) is None


def test_delete_and_cleared_text_differ_in_a_text_column():
    assert parse_cell(None, TEXT) is None
    assert parse_cell("", TEXT) == ""


@pytest.mark.parametrize(
    ("value", "of", "expected"),
    [
        (9007199254740993, WHOLE, "9007199254740993"),
        (True, YES_NO, "true"),
        (date(2024, 2, 29), DAY, "2024-02-29"),
        (datetime(2025, 7, 1, 10, 0, tzinfo=UTC), PARIS, "2025-07-01 12:00:00+02:00"),
        (Decimal("0.10"), MONEY, "0.10"),
        (None, MONEY, None),
    ],
)
def test_writes_what_it_reads(value, of, expected):
    assert write_cell(value, of) == expected
    assert parse_cell(expected, of) == value
