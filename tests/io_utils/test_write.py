"""Tables to files and back: bytes and cells typed by hand, and round trips over generated tables."""

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from io_utils import ReadOptions, WriteError, Written, excel_notes, read, to_csv, to_json, to_xlsx, write
from io_utils.delimited import write as csv_write
from io_utils.workbook import cells_xml as xlsx_cells
from io_utils.workbook import write as xlsx_write

TEXT, INT, FLOAT, BOOL, DATE, STAMP = pa.large_string(), pa.int64(), pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("us")


def table(first: int = 2, **columns: tuple[pa.DataType, list[object]]) -> pd.DataFrame:
    size = len(next(iter(columns.values()))[1]) if columns else 0
    index = pd.RangeIndex(first, first + size)
    return pd.DataFrame({n: pd.Series(pa.array(v, t), dtype=pd.ArrowDtype(t), index=index) for n, (t, v) in columns.items()}, index=index)


def text_of(df: pd.DataFrame, to: Callable[..., Written] = to_csv, **options: object) -> str:
    file = io.BytesIO()
    to(df, file, **options)
    return file.getvalue().decode()


CELLS: dict[str, tuple[pa.DataType, object, str]] = {
    "text": (TEXT, "a b", "a b"),
    "empty text": (TEXT, "", '""'),
    "delimiter": (TEXT, "a,b", '"a,b"'),
    "quote": (TEXT, 'a"b', '"a""b"'),
    "line end": (TEXT, "a\r\nb", '"a\r\nb"'),
    "whole": (INT, -(2**63), "-9223372036854775808"),
    "double": (FLOAT, 0.1 + 0.2, "0.30000000000000004"),
    "whole double": (FLOAT, 2.0, "2"),
    "large double": (FLOAT, 123456789012345.6, "123456789012345.6"),
    "1e16": (FLOAT, 1e16, "10000000000000000"),
    "1e22": (FLOAT, 1e22, "1e+22"),
    "small double": (FLOAT, 0.000001, "0.000001"),
    "minus zero": (FLOAT, -0.0, "-0"),
    "yes": (BOOL, True, "TRUE"),
    "no": (BOOL, False, "FALSE"),
    "date": (DATE, date(1500, 1, 2), "1500-01-02"),
    "time stamp": (STAMP, datetime(2024, 1, 2, 3, 4, 5), "2024-01-02 03:04:05"),
    "microseconds": (STAMP, datetime(2024, 1, 2, 3, 4, 5, 60), "2024-01-02 03:04:05.000060"),
    "zone": (pa.timestamp("us", "+01:00"), datetime(2024, 1, 2, tzinfo=UTC), "2024-01-02 01:00:00+0100"),
    "decimal": (pa.decimal128(20, 2), Decimal("12345678901234567.80"), "12345678901234567.80"),
}


@pytest.mark.parametrize(("of", "value", "expected"), CELLS.values(), ids=CELLS)
def test_csv_cells(of: pa.DataType, value: object, expected: str) -> None:
    assert text_of(table(a=(of, [value, None]), b=(INT, [1, 2]))) == f"a,b\n{expected},1\n,2\n"


def test_csv_for_a_spreadsheet() -> None:
    df = table(**{"a;b": (FLOAT, [1.5, None]), "c": (TEXT, ["x,y", "ä"]), "d": (pa.decimal128(5, 2), [Decimal("1.50"), None])})
    assert text_of(df, spreadsheet=True, delimiter=";", decimal=",", bom=True) == '\ufeff"a;b";c;d\n1,5;x,y;1,50\n;ä;\n'


RUN = [
    "=1+1",
    "@SUM(A1)",
    " =1",
    "\u3000=1",
    "＝1",
    "＠x",
    "\tx",
    "\rx",
    " \tx",
    "+1+A1",
    "-cmd",
    "＋a",
    "－a",
    "+",
    "=",
    "-1\n=A1",
    "\ufeff=1",
]
KEPT = ["a=b", "-", "--", "-1.5", "+49 (30) 12-34/5", "- 1,000", "-1 - 2", "x@y.de", "'=1", "", "1=1", " a"]
RUN.remove("+")  # a lone sign runs nothing


@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    file = io.BytesIO()
    written = to_csv(table(7, a=(TEXT, ["x", text]), b=(TEXT, ["y", "z"])), file, spreadsheet=True)
    rows = list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))
    assert rows == [["a", "b"], ["x", "y"], [f"'{text}", "z"]]
    assert [(n.column, n.row) for n in written.notes] == [("a", 8)]
    assert "row 8: 1 cell that a spreadsheet would run" in written.notes[0].text


@pytest.mark.parametrize("text", KEPT)
def test_what_a_spreadsheet_would_not_run_is_kept(text: str) -> None:
    file = io.BytesIO()
    assert to_csv(table(a=(TEXT, [text]), b=(INT, [1])), file, spreadsheet=True).notes == []
    assert list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))[1] == [text, "1"]


def test_a_column_name_that_a_spreadsheet_would_run() -> None:
    file = io.BytesIO()
    written = to_csv(table(**{"=a": (INT, [1])}), file, spreadsheet=True)
    assert file.getvalue() == b"'=a\n1\n"
    assert [n.column for n in written.notes] == ["=a"]
    assert text_of(table(**{"=a": (INT, [1])})) == "=a\n1\n"


ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=6) | st.text('a,;"\r\n\t =_x0041_<&>', max_size=8)
NAMES = st.lists(ANY_TEXT.filter(lambda n: n.strip() != "" and "\0" not in n), min_size=2, max_size=4, unique=True)


@given(NAMES, st.data(), st.sampled_from(",;\t|"))
@example(["a", "b"], None, ",")
def test_csv_written_and_read_is_the_same_text(names: list[str], data: st.DataObject | None, delimiter: str) -> None:
    size = data.draw(st.integers(1, 8)) if data else 1
    cells = {n: (TEXT, data.draw(st.lists(st.none() | ANY_TEXT, min_size=size, max_size=size)) if data else ["\r\n"]) for n in names}
    df = table(**cells)  # type: ignore[arg-type]  # names are column names, never "first"
    file = io.BytesIO()
    with patch.object(csv_write, "SLICE", 3):
        to_csv(df, file, delimiter=delimiter)
    back = read(file.getvalue(), ReadOptions(format="csv", delimiter=delimiter), name="t.csv")
    assert list(back.table.columns) == names
    for name in names:
        assert pa.chunked_array(back.table[name]).to_pylist() == cells[name][1]


def test_missing_values_of_a_single_column_are_said() -> None:
    written = to_csv(table(a=(TEXT, ["x", None])), io.BytesIO())
    assert [n.text for n in written.notes] == [
        "The table has one column: its missing values are blank lines in the file, which most programs leave out."
    ]


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", "."])
def test_csv_refuses_odd_delimiters(delimiter: str) -> None:
    with pytest.raises(WriteError, match="cannot part cells"):
        to_csv(table(a=(INT, [1])), io.BytesIO(), delimiter=delimiter)


def test_json() -> None:
    df = table(
        **{
            'q"': (TEXT, ['a"\\\n\x01ä', None, ""]),
            "i": (INT, [2**53, 2**53 + 1, None]),
            "f": (FLOAT, [0.1, 1e22, None]),
            "b": (BOOL, [True, False, None]),
            "d": (DATE, [date(2024, 1, 2), None, None]),
            "t": (STAMP, [datetime(2024, 1, 2, 3, 4, 5), None, None]),
            "z": (pa.timestamp("us", "+01:00"), [datetime(2024, 1, 2, 3, tzinfo=UTC), None, None]),
            "m": (pa.decimal128(5, 2), [Decimal("1.50"), None, None]),
        }
    )
    with patch.object(csv_write, "SLICE", 2), patch("io_utils.json_write.SLICE", 2):
        found = json.loads(text_of(df, to_json))
    assert found == [
        {
            'q"': 'a"\\\n\x01ä',
            "i": 2**53,
            "f": 0.1,
            "b": True,
            "d": "2024-01-02",
            "t": "2024-01-02T03:04:05",
            "z": "2024-01-02T04:00:00+01:00",
            "m": "1.50",
        },
        {'q"': None, "i": "9007199254740993", "f": 1e22, "b": False, "d": None, "t": None, "z": None, "m": None},
        {'q"': "", "i": None, "f": None, "b": None, "d": None, "t": None, "z": None, "m": None},
    ]
    assert list(found[0]) == list(df.columns)
    assert json.loads(text_of(df.iloc[:0], to_json)) == []
    with pytest.raises(WriteError, match="records"):
        to_json(df, io.BytesIO(), shape="lines")


@given(
    st.lists(
        st.tuples(
            st.none() | ANY_TEXT, st.none() | st.floats(allow_nan=False, allow_infinity=False), st.none() | st.integers(-(2**63), 2**63 - 1)
        )
    )
)
def test_json_holds_every_value(rows: list[tuple[str | None, float | None, int | None]]) -> None:
    a, b, c = ([r[i] for r in rows] for i in range(3))
    found = json.loads(text_of(table(a=(TEXT, a), b=(FLOAT, b), c=(INT, c)), to_json))
    assert [(r["a"], r["b"], r["c"] if r["c"] is None else int(r["c"])) for r in found] == rows


def fits_xml(text: str) -> bool:
    """Not empty, which Excel takes for missing, and without the two signs no XML may hold."""
    return text != "" and not set(text) & {"\ufffe", "\uffff"}


def xlsx_bytes(df: pd.DataFrame, **options: object) -> bytes:
    file = io.BytesIO()
    to_xlsx(df, file, **options)  # type: ignore[arg-type]  # the options vary by test
    return file.getvalue()


def page_of(data: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def test_xlsx_cells_keep_their_type() -> None:
    df = table(
        t=(TEXT, ["=1+1", "007", "<r>&</r>"]),
        i=(INT, [1, None, 10**15]),
        f=(FLOAT, [0.1 + 0.2, 1e300, None]),
        b=(BOOL, [True, False, None]),
        d=(DATE, [date(2024, 1, 2), date(1900, 2, 28), None]),
        s=(STAMP, [datetime(2024, 1, 2, 3, 4, 5), None, None]),
        z=(pa.timestamp("us", "UTC"), [datetime(2024, 1, 2, tzinfo=UTC), None, None]),
        m=(pa.decimal128(20, 2), [Decimal("1.50"), Decimal("12345678901234567.80"), None]),
    )
    page = page_of(xlsx_bytes(df))
    assert [[c.value for c in row] for row in page.iter_rows()] == [
        ["t", "i", "f", "b", "d", "s", "z", "m"],
        ["=1+1", 1, 0.1 + 0.2, True, datetime(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5), "2024-01-02 00:00:00Z", 1.5],
        ["007", None, 1e300, False, "1900-02-28", None, None, "12345678901234567.80"],
        ["<r>&</r>", "1000000000000000", None, None, None, None, None, None],
    ]
    assert page["A2"].data_type == "s"
    assert (page["E2"].number_format, page["F2"].number_format) == ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss")
    assert (page.freeze_panes, page.auto_filter.ref, page["A1"].font.bold, page["A2"].font.bold) == ("A2", "A1:H4", True, False)
    assert page.column_dimensions["Z"].width != page.column_dimensions["G"].width > 20
    assert [(n.column, n.row) for n in excel_notes(df)] == [("i", 4), ("d", 3), ("z", None), ("m", 3)]


def test_xlsx_text_ids_carry_no_mark() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(table(a=(TEXT, ["007"]), b=(INT, [1]))))) as parts:
        assert '<ignoredError sqref="A1:B2" numberStoredAsText="1"/>' in parts.read("xl/worksheets/sheet1.xml").decode()


@given(
    st.lists(st.none() | ANY_TEXT.filter(fits_xml), min_size=1, max_size=8),
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=8, max_size=8),
)
@example(["_x0041_", "a\rb", "a\r\nb", "\x00\x0b", " x "], [0.1] * 8)
def test_xlsx_written_and_read_is_the_same(texts: list[str | None], numbers: list[float]) -> None:
    df = table(i=(INT, list(range(len(texts)))), t=(TEXT, texts), f=(FLOAT, [n + 0.5 for n in numbers[: len(texts)]]))
    with patch.object(xlsx_cells, "SLICE", 3):
        back = read(xlsx_bytes(df), name="t.xlsx").table
    assert back.index.tolist() == df.index.tolist()
    if any(texts):
        assert pa.chunked_array(back["t"]).to_pylist() == texts
    assert pa.chunked_array(back["f"]).cast(FLOAT).to_pylist() == pa.chunked_array(df["f"]).to_pylist()


@given(st.lists(st.dates(date(1900, 3, 1)), min_size=1), st.data())
def test_xlsx_dates_come_back(days: list[date], data: st.DataObject) -> None:
    moments = [datetime(d.year, d.month, d.day) + timedelta(milliseconds=data.draw(st.integers(0, 86_399_999))) for d in days]
    back = read(xlsx_bytes(table(d=(DATE, days), s=(STAMP, moments))), name="t.xlsx").table
    assert pa.chunked_array(back["d"]).to_pylist() == days
    assert pa.chunked_array(back["s"]).cast(STAMP).to_pylist() == moments


def test_the_same_table_gives_the_same_bytes() -> None:
    df = table(a=(TEXT, ["x"]), b=(DATE, [date(2024, 1, 2)]))
    data = xlsx_bytes(df)
    assert data == xlsx_bytes(df)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert {i.date_time for i in parts.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        assert "2000-01-01T00:00:00Z" in parts.read("docProps/core.xml").decode()


def test_long_texts_are_refused_or_cut_and_said() -> None:
    df = table(a=(TEXT, ["x", "😀" * 16_384]))
    with pytest.raises(WriteError, match='Column "a", row 3: texts of more than 32,767 characters do not fit'):
        to_xlsx(df, io.BytesIO())
    file = io.BytesIO()
    written = to_xlsx(df, file, allow_cut=True)
    assert page_of(file.getvalue())["A3"].value == "😀" * 16_383
    assert [n.row for n in written.notes] == [3]


def test_more_rows_than_a_sheet_holds_go_on_further_sheets() -> None:
    df = table(a=(INT, [1, 2, 3]))
    with patch.object(xlsx_write, "MAX_ROWS", 3):
        data = xlsx_bytes(df, sheet="Orders")
        assert [n.text for n in excel_notes(df)] == ["3 rows are more than a sheet holds (2); they go on 2 sheets."]
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [(s.title, [c.value for c in s["A"]]) for s in book] == [("Orders", ["a", 1, 2]), ("Orders 2", ["a", 3])]


def test_tables_without_rows_or_columns() -> None:
    for df in (table(a=(TEXT, [])), table(), table(a=(TEXT, [None]))):
        assert page_of(xlsx_bytes(df)).max_row <= 2
        json.loads(text_of(df, to_json))
        text_of(df)
    assert text_of(table(a=(TEXT, []), b=(INT, []))) == "a,b\n"


def test_excel_limits() -> None:
    with patch.object(xlsx_write, "MAX_COLUMNS", 1), pytest.raises(WriteError, match=r"2 columns; a sheet of Excel holds 1\."):
        to_xlsx(table(a=(INT, [1]), b=(INT, [1])), io.BytesIO())
    with pytest.raises(WriteError, match="another name"):
        to_xlsx(table(a=(INT, [1])), io.BytesIO(), sheet="a/b")


@pytest.mark.parametrize("name", ["t.csv", "t.json", "t.xlsx"])
def test_write_goes_by_extension_and_replaces_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("before")
    said: list[float] = []
    write(table(a=(INT, [1]), b=(TEXT, ["x"])), path, progress=said.append)
    assert "before" not in path.read_text("latin-1")
    assert said[-1] == 1.0
    assert os.listdir(tmp_path) == [name]


def test_what_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("before")

    def fail(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(table(a=(INT, [1])), path, progress=fail)
    assert (path.read_text(), os.listdir(tmp_path)) == ("before", ["t.csv"])
    with pytest.raises(WriteError, match=r'"doc" is no format'):
        write(table(a=(INT, [1])), tmp_path / "t.doc")
    with pytest.raises(WriteError, match="cannot be written"):
        write(table(a=(INT, [1])), tmp_path / "no" / "t.csv")
