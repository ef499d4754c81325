"""Turn columns into rows."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steps.arrow import arrow
from steps.base import Columns, StepError
from steps.unpivot import Unpivot
from tests.steps.strategies import table

TEXT, INT, FLOAT, DAY = pa.large_string(), pa.int64(), pa.float64(), pa.date32()
BOTH = {"columns": Columns(names=("jan", "feb"))}
CASES = {  # parameters, jan, feb, rows of the result, its values
    "chosen become rows": (BOTH, (INT, [1, 2]), (INT, [3, 4]), [2, 2, 3, 3], [1, 3, 2, 4]),
    "others become rows": (
        {"chosen": "others", "columns": Columns(names=("id",))}, (INT, [1, 2]), (INT, [3, 4]), [2, 2, 3, 3], [1, 3, 2, 4]
    ),
    "missing stays": (BOTH, (INT, [1, None]), (INT, [None, 4]), [2, 2, 3, 3], [1, None, None, 4]),
    "missing left out": ({**BOTH, "drop_missing": True}, (INT, [1, None]), (INT, [None, 4]), [2, 3], [1, 4]),
    "blank left out": ({**BOTH, "drop_missing": True}, (TEXT, ["a", " "]), (TEXT, ["", "b"]), [2, 3], ["a", "b"]),
    "blank kept": (
        {**BOTH, "drop_missing": True, "treat_blank_as_missing": False}, (TEXT, ["a", " "]), (TEXT, [None, "b"]), [2, 3, 3], ["a", " ", "b"]
    ),
    "whole numbers and doubles": (BOTH, (INT, [1, 2]), (FLOAT, [0.5, None]), [2, 2, 3, 3], [1.0, 0.5, 2.0, None]),
    "large whole numbers and doubles": (
        BOTH, (INT, [2**53 + 1, 2]), (FLOAT, [0.5, None]), [2, 2, 3, 3], ["9007199254740993", "0.5", "2", None]
    ),
    "numbers and text": (BOTH, (FLOAT, [1.0, 2.5]), (TEXT, ["x", "y"]), [2, 2, 3, 3], ["1", "x", "2.5", "y"]),
    "dates and moments": (
        BOTH, (DAY, [date(2024, 1, 2), None]), (pa.timestamp("us"), [datetime(2024, 1, 3, 4), None]), [2, 2, 3, 3],
        [datetime(2024, 1, 2), datetime(2024, 1, 3, 4), None, None],
    ),
    "decimals of two scales": (
        BOTH, (pa.decimal128(9, 1), [Decimal("0.5"), None]), (pa.decimal128(9, 2), [Decimal("0.25"), None]), [2, 2, 3, 3],
        [Decimal("0.50"), Decimal("0.25"), None, None],
    ),
    "an empty column goes with any": (BOTH, (INT, [1, 2]), (TEXT, [None, None]), [2, 2, 3, 3], [1, None, 2, None]),
    "no rows": (BOTH, (INT, []), (INT, []), [], []),
}  # fmt: skip
ERRORS = {
    "no column": ({}, "no column becomes rows. Choose at least one column."),
    "name taken": (
        {**BOTH, "names_to": "id"}, 'Column "id": is already in the table. Give the new column another name.'
    ),
    "absent": ({"columns": Columns(names=("x",))}, 'Column "x": is not in the table. Choose one of: id, jan, feb.'),
}  # fmt: skip


def wide(jan, feb):
    return table({"id": (TEXT, ["p", "q"][: len(jan[1])]), "jan": jan, "feb": feb})


@pytest.mark.parametrize(("given", "jan", "feb", "rows", "values"), CASES.values(), ids=CASES)
def test_rows(given, jan, feb, rows, values):
    df, step = wide(jan, feb), Unpivot(**given)
    made = step.apply(df, step.fit(df))
    assert made.table.index.tolist() == rows
    assert arrow(made["value"]).to_pylist() == values
    assert arrow(made["id"]).to_pylist() == [{2: "p", 3: "q"}[r] for r in rows]
    if len(rows) == 4:
        assert arrow(made["column"]).to_pylist() == ["jan", "feb", "jan", "feb"]
    assert list(made.table.columns) == ["id", "column", "value"]


@pytest.mark.parametrize(("given", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(given, message):
    with pytest.raises(StepError) as caught:
        Unpivot(**given).fit(wide((INT, [1]), (INT, [2])))
    assert str(caught.value) == message


def test_refuses_one_name_for_both():
    with pytest.raises(ValidationError) as caught:
        Unpivot(names_to="value")
    assert 'both new columns would be called "value"' in str(caught.value)


def test_a_row_without_values_is_removed():
    df, step = wide((INT, [None, 1]), (INT, [None, None])), Unpivot(**BOTH, drop_missing=True)
    made = step.apply(df, step.fit(df))
    assert made.table.index.tolist() == [3]
    assert made.removed["reason"].to_dict() == {2: "has no value in jan and feb"}


def test_different_kinds_are_noted_and_a_value_of_a_later_file_refused():
    step = Unpivot(**BOTH)
    mixed = wide((INT, [1]), (TEXT, ["x"]))
    assert step.apply(mixed, step.fit(mixed)).noted == {"The columns hold different kinds of values; the new column is text.": 1}
    january = step.fit(wide((INT, [1]), (INT, [2])))
    with pytest.raises(StepError) as caught:
        step.apply(mixed, january)
    assert str(caught.value) == 'Column "feb": does not go with the other columns as int64. Work the numbers of this step out again.'


def test_a_new_column_is_left_out_and_said_where_the_columns_were_chosen():
    january = Unpivot(**BOTH).fit(wide((INT, [1]), (INT, [2])))
    made = Unpivot(**BOTH).apply(wide((INT, [1]), (INT, [2])).assign(mar=table({"m": (INT, [3])})["m"]), january)
    assert made.noted == {"Not in the file that the columns were chosen in, and left out: mar.": 1}
    assert arrow(made["value"]).to_pylist() == [1, 2]


def test_a_new_column_becomes_rows_where_all_others_do():
    step = Unpivot(chosen="others", columns=Columns(names=("id",)), names_to="month")
    january = step.fit(wide((INT, [1]), (INT, [2])))
    march = wide((INT, [1]), (INT, [2])).assign(mar=table({"m": (INT, [3])})["m"]).drop(columns="jan")
    made = step.apply(march, january)
    assert made.noted == {"New, and rows now, too: mar.": 1, "Not in this file: jan.": 1}
    assert arrow(made["month"]).to_pylist() == ["feb", "mar"]
    assert arrow(made["value"]).to_pylist() == [2, 3]
    with pytest.raises(StepError) as caught:
        step.apply(march[["id"]], january)
    assert str(caught.value) == "no column becomes rows. Choose fewer columns that stay."


def test_describes():
    assert Unpivot(**BOTH, names_to="month").describe() == "Turn jan and feb into rows: month, value"


@given(st.lists(st.tuples(st.none() | st.integers(), st.none() | st.integers()).filter(lambda x: all(abs(v or 0) < 2**62 for v in x))))
def test_every_value_comes_once(rows):
    df = table({"jan": (INT, [a for a, _ in rows]), "feb": (INT, [b for _, b in rows])})
    step = Unpivot(**BOTH, drop_missing=True)
    made = step.apply(df, step.fit(df))
    assert arrow(made["value"]).to_pylist() == [v for row in rows for v in row if v is not None]
