"""Results beside the columns they come from."""

import pyarrow as pa
import pytest

from steps.arrow import same_memory
from steps.base import StepError
from steps.bin import Bin
from steps.change_case import ChangeCase
from steps.clean_characters import CleanCharacters
from steps.coalesce import Coalesce
from steps.concat_columns import ConcatColumns
from steps.dates import Dates
from steps.extract import Extract
from steps.fillna import Fillna
from steps.find_replace import FindReplace
from steps.map_values import MapValues
from steps.mark_missing import MarkMissing
from steps.normalize import Normalize
from steps.pad import Pad
from steps.parse_boolean import ParseBoolean
from steps.parse_date import ParseDate
from steps.parse_number import ParseNumber
from steps.round import Round
from steps.running import Running
from steps.trim_whitespace import TrimWhitespace
from tests.steps.strategies import fit, table

TEXT = pa.large_string()
X = {"columns": {"names": ["x"]}, "suffix": "_new"}
CASES = {
    "round": (Round(**X, decimals=0), (pa.float64(), [1.6, 2.0, None]), [2.0, 2.0, None]),
    "round, nothing changes": (Round(**X), (pa.float64(), [1.5]), [1.5]),
    "number": (ParseNumber(**X), (pa.large_string(), ["€2", "x"]), [2.0, None]),
    "yes or no": (ParseBoolean(**X), (pa.large_string(), ["yes", "No"]), [True, False]),
    "trim": (TrimWhitespace(**X), (TEXT, [" a", "b", None]), ["a", "b", None]),
    "trim, nothing changes": (TrimWhitespace(**X), (TEXT, ["a"]), ["a"]),
    "case": (ChangeCase(**X, case="upper"), (TEXT, ["a", None]), ["A", None]),
    "characters": (CleanCharacters(**X, accents=True), (TEXT, ["é", "e"]), ["e", "e"]),
    "find": (FindReplace(**X, find="a", replace="b"), (TEXT, ["ca", "c"]), ["cb", "c"]),
    "find, not there": (FindReplace(**X, find="z", replace="b"), (TEXT, ["ca"]), ["ca"]),
    "zeros": (Pad(**X, width=3), (pa.int64(), [7, None]), ["007", None]),
    "missing": (MarkMissing(**X), (TEXT, ["-", "a"]), [None, "a"]),
    "missing, not there": (MarkMissing(**X), (TEXT, ["a"]), ["a"]),
    "filled": (Fillna(**X), (pa.float64(), [1.0, None, 3.0]), [1.0, 2.0, 3.0]),
    "filled, no gap": (Fillna(**X), (pa.float64(), [1.0]), [1.0]),
    "from a list": (MapValues(**X, mapping={"a": "b"}), (TEXT, ["a", "c"]), ["b", "c"]),
    "scaled": (Normalize(**X), (pa.float64(), [1.0, 2.0]), [0.0, 1.0]),
    "ranges": (Bin(**X, method="edges", edges=(0, 9)), (pa.float64(), [1.0]), ["0 to 9"]),
    "date": (ParseDate(**X), (pa.large_string(), ["1 May 2024"]), [pa.scalar("2024-05-01").cast(pa.date32()).as_py()]),
}


@pytest.mark.parametrize(("step", "values", "expected"), CASES.values(), ids=CASES)
def test_the_column_stays_and_a_new_one_holds_the_result(step, values, expected):
    df = table({"x": values})
    made = step.apply(df, fit(step, df))
    made = getattr(made, "table", made)
    assert made.columns.tolist() == ["x", "x_new"]
    assert same_memory(pa.chunked_array(made["x"]), pa.chunked_array(df["x"]))
    assert pa.chunked_array(made["x_new"]).to_pylist() == expected


@pytest.mark.parametrize(("step", "values", "expected"), CASES.values(), ids=CASES)
def test_a_column_of_that_name_is_refused_or_replaced(step, values, expected):
    df = table({"x": values, "x_new": (TEXT, ["old"] * len(values[1]))})
    with pytest.raises(StepError) as caught:
        step.apply(df, fit(step, df))
    assert str(caught.value) == 'Column "x_new": is already in the table. Choose another ending for the new columns.'
    step = step.model_copy(update={"overwrite": True})
    made = step.apply(df, fit(step, df))
    result = getattr(made, "table", made)
    assert result.columns.tolist() == ["x", "x_new"]
    assert pa.chunked_array(result["x_new"]).to_pylist() == expected
    lost = [] if None not in expected else [row for row, v in enumerate(expected, 2) if v is None]
    if lost:
        told = made.rejected[(made.rejected["column"] == "x_new").to_numpy(dtype=bool)]
        assert told.index.tolist() == lost
        assert told["reason"].tolist() == ["the new column has no value here"] * len(lost)


NAMED = {  # step, what the column r holds afterwards of a = 1, missing and d = 2024-05-01, missing
    "first filled": (Coalesce(columns={"names": ["a"]}, output="r"), [1, None]),
    "combined": (ConcatColumns(columns={"names": ["a"]}, output="r"), ["1", None]),
    "extracted": (Extract(column="t", what="first", output=("r",)), ["x", None]),
    "extracted in rows": (Extract(column="t", what="pattern", pattern="x", matches="rows", output=("r",)), ["x", None]),
    "running": (Running(column="a", into="r"), [1, None]),
    "part of a date": (Dates(column="d", into="r"), [5, None]),
}


@pytest.mark.parametrize(("step", "expected"), NAMED.values(), ids=NAMED)
def test_a_new_column_takes_the_place_of_another_if_asked(step, expected):
    day = pa.scalar("2024-05-01").cast(pa.date32()).as_py()
    df = table({"a": (pa.int64(), [1, None]), "d": (pa.date32(), [day, None]), "t": (TEXT, ["x", None]), "r": (TEXT, ["old", "older"])})
    with pytest.raises(StepError) as caught:
        step.apply(df, fit(step, df))
    assert str(caught.value).startswith('Column "r": is already in the table. Choose another name')
    step = step.model_copy(update={"overwrite": True})
    made = step.apply(df, fit(step, df))
    assert made.table.columns.tolist() == ["a", "d", "t", "r"]
    assert pa.chunked_array(made["r"]).to_pylist() == expected
    lines = made.rejected.reset_index().astype(object).to_numpy().tolist()
    assert lines == [[3, "r", "older", "the new column has no value here"]]


def test_the_unit_keeps_its_own_name():
    df = table({"x": (pa.large_string(), ["2 ml"])})
    step = ParseNumber(**X, unit="column")
    assert step.apply(df, step.fit(df)).table.columns.tolist() == ["x", "x_new", "x_unit"]


def test_a_name_that_is_taken_is_refused():
    df = table({"x": (pa.float64(), [1.0]), "x_new": (pa.float64(), [1.0])})
    with pytest.raises(StepError) as caught:
        Round(**X).apply(df, fit(Round(**X), df))
    assert str(caught.value) == 'Column "x_new": is already in the table. Choose another ending for the new columns.'
