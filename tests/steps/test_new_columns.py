"""Results beside the columns they come from."""

import pyarrow as pa
import pytest

from steps.base import StepError
from steps.parse_boolean import ParseBoolean
from steps.parse_date import ParseDate
from steps.parse_number import ParseNumber
from steps.round import Round
from tests.steps.strategies import fit, table

X = {"columns": {"names": ["x"]}, "suffix": "_new"}
CASES = {
    "round": (Round(**X, decimals=0), (pa.float64(), [1.6, 2.0, None]), [2.0, 2.0, None]),
    "round, nothing changes": (Round(**X), (pa.float64(), [1.5]), [1.5]),
    "number": (ParseNumber(**X), (pa.large_string(), ["€2", "x"]), [2.0, None]),
    "yes or no": (ParseBoolean(**X), (pa.large_string(), ["yes", "No"]), [True, False]),
    "date": (ParseDate(**X), (pa.large_string(), ["1 May 2024"]), [pa.scalar("2024-05-01").cast(pa.date32()).as_py()]),
}


@pytest.mark.parametrize(("step", "values", "expected"), CASES.values(), ids=CASES)
def test_the_column_stays_and_a_new_one_holds_the_result(step, values, expected):
    df = table({"x": values})
    made = step.apply(df, fit(step, df))
    assert made.table.columns.tolist() == ["x", "x_new"]
    assert pa.chunked_array(made["x"]).to_pylist() == values[1]
    assert pa.chunked_array(made["x_new"]).to_pylist() == expected


def test_the_unit_keeps_its_own_name():
    df = table({"x": (pa.large_string(), ["2 ml"])})
    step = ParseNumber(**X, unit="column")
    assert step.apply(df, step.fit(df)).table.columns.tolist() == ["x", "x_new", "x_unit"]


def test_a_name_that_is_taken_is_refused():
    df = table({"x": (pa.float64(), [1.0]), "x_new": (pa.float64(), [1.0])})
    with pytest.raises(StepError) as caught:
        Round(**X).apply(df, fit(Round(**X), df))
    assert str(caught.value) == 'Column "x_new": is already in the table. Choose another ending for the new columns.'
