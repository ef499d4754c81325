"""Parquet and Arrow files: every type to one that a table holds, exactly, or as text and said."""

import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from io_utils import Limits, PasswordNeeded, Read, ReadError, detect, raw_lines, read, sheets

POSITION = "Rows are numbered by their position in the file: the first is row 2, as below a header."


def as_parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, row_group_size=2)
    return file.getvalue()


def as_file(table: pa.Table) -> bytes:
    file = io.BytesIO()
    with pa.ipc.new_file(file, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table, max_chunksize=2)
    return file.getvalue()


def as_stream(table: pa.Table) -> bytes:
    file = io.BytesIO()
    with pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


WRITERS: dict[str, Callable[[pa.Table], bytes]] = {"parquet": as_parquet, "arrow file": as_file, "arrow stream": as_stream}


def opened(column: pa.Array, write: Callable[[pa.Table], bytes] = as_file, **changes: Any) -> Read:
    data = write(pa.table({"x": column}))
    return read(data, detect(data, name="f")[0].model_copy(update=changes), name="f")


def cells(found: Read, name: str = "x") -> list[object]:
    return pa.chunked_array(found.table[name]).to_pylist()


def kind(found: Read, name: str = "x") -> str:
    return str(pa.chunked_array(found.table[name]).type)


def noted(found: Read) -> list[str]:
    return [
        n.text.removeprefix('Column "x" ').removeprefix('Column "x", ').removeprefix('Column "x": ')
        for n in found.notes
        if n.text != POSITION
    ]


def array(values: list[Any], of: pa.DataType) -> pa.Array:
    return pa.array(values, of)


DAY = date(2024, 2, 29)
MOMENT = datetime(2024, 2, 29, 13, 5, 6, 250_000)
BITS = "holds numbers of few digits (32 bits or less); each is read as it is written, 0.1 and not 0.10000000149."
TIMES = "holds times; they are read as text."
TYPES: dict[str, tuple[pa.Array, str, list[Any], list[str]]] = {
    "string": (array(["a", None, ""], pa.string()), "large_string", ["a", None, ""], []),
    "string view": (array(["a", None], pa.string_view()), "large_string", ["a", None], []),
    "categories": (pa.array(["x", None, "x"]).dictionary_encode(), "large_string", ["x", None, "x"], []),
    "categories of numbers": (pa.array([5, None]).dictionary_encode(), "int64", [5, None], []),
    "int8": (array([-128, None], pa.int8()), "int64", [-128, None], []),
    "uint64": (array([2**63 - 1, None], pa.uint64()), "int64", [2**63 - 1, None], []),
    "uint64 beyond int64": (
        array([2**64 - 1, None], pa.uint64()), "decimal128(20, 0)", [Decimal(2**64 - 1), None],
        ["holds whole numbers beyond 9,223,372,036,854,775,807; they are read as exact decimals."],
    ),
    "float32": (array([0.1, None, 2.5], pa.float32()), "double", [0.1, None, 2.5], [BITS]),
    "float16": (array([0.5, None], pa.float16()), "double", [0.5, None], []),
    "nan": (
        array([0.1, float("nan"), None], pa.float64()), "double", [0.1, None, None],
        ["1 cell is NaN (not a number); they are missing in the table."],
    ),
    "decimal": (array([Decimal("1.50"), None], pa.decimal128(10, 2)), "decimal128(10, 2)", [Decimal("1.50"), None], []),
    "decimal32": (array([Decimal("1.50"), None], pa.decimal32(5, 2)), "decimal128(5, 2)", [Decimal("1.50"), None], []),
    "wide decimal that fits": (array([Decimal("1.50"), None], pa.decimal256(60, 2)), "decimal128(38, 2)", [Decimal("1.50"), None], []),
    "wide decimal": (
        array([Decimal(10**50), None], pa.decimal256(60, 1)), "large_string", ["1" + "0" * 50 + ".0", None],
        ["holds decimals of up to 60 digits; they are read as text."],
    ),
    "negative scale": (array([Decimal(1500), None], pa.decimal128(5, -2)), "decimal128(38, 0)", [Decimal(1500), None], []),
    "date32": (array([DAY, None, date(1, 1, 1)], pa.date32()), "date32[day]", [DAY, None, date(1, 1, 1)], []),
    "date64": (array([DAY, None], pa.date64()), "date32[day]", [DAY, None], []),
    "seconds": (array([datetime(2024, 1, 2, 3), None], pa.timestamp("s")), "timestamp[us]", [datetime(2024, 1, 2, 3), None], []),
    "nanoseconds": (array([MOMENT, None], pa.timestamp("ns")), "timestamp[us]", [MOMENT, None], []),
    "nanoseconds exact": (
        array([1, None], pa.timestamp("ns")), "large_string", ["1970-01-01 00:00:00.000000001", None],
        ["holds moments exact to the nanosecond; they are read as text, so that no digit is lost."],
    ),
    "zone unknown": (
        array([0, None], pa.timestamp("s", "Mars/Base")), "timestamp[us, tz=UTC]", [datetime.fromisoformat("1970-01-01T00:00+00:00"), None],
        ['is in the time zone "Mars/Base", which is not known here; the same moments are shown in UTC.'],
    ),
    "year 12024": (
        array([317_286_720_000, None], pa.timestamp("s")), "large_string", ["12024-06-01 00:00:00", None],
        ["holds dates beyond the years 1 to 9999; they are read as text."],
    ),
    "time": (array([3661, None], pa.time32("s")), "large_string", ["01:01:01", None], [TIMES]),
    "time of nanoseconds": (array([3_661_500_000_000, 5], pa.time64("ns")), "large_string", ["01:01:01.5", "00:00:00.000000005"], [TIMES]),
    "duration": (
        array([90_061_500, None, -5], pa.duration("ms")), "large_string", ["25:01:01.5", None, "-0:00:00.005"],
        ["holds durations; they are read as text."],
    ),
    "bytes of text": (array(["ä".encode(), None], pa.binary()), "large_string", ["ä", None], ["holds bytes; they are read as UTF-8 text."]),
    "bytes": (array([b"\xff\x00", None], pa.binary()), "large_string", ["ff00", None], ["holds bytes; they are shown as hex digits."]),
    "nothing": (pa.nulls(2), "large_string", [None, None], []),
    "lists": (
        array([[1, None], None, []], pa.list_(pa.int64())), "large_string", ["[1, null]", None, "[]"],
        ["holds lists (2); they are kept as JSON text."],
    ),
    "lists of objects": (
        array([[{"q": Decimal("1.50"), "d": DAY}]], pa.list_(pa.struct([("q", pa.decimal128(5, 2)), ("d", pa.date32())]))),
        "large_string", ['[{"q": 1.50, "d": "2024-02-29"}]'], ["holds lists (1); they are kept as JSON text."],
    ),
    "run ends": (pa.RunEndEncodedArray.from_arrays(array([2, 3], pa.int32()), pa.array(["p", "q"])), "large_string", ["p", "p", "q"], []),
    "uuid": (pa.array([UUID(int=5).bytes, None], pa.uuid()), "large_string", ["00000000-0000-0000-0000-000000000005", None], []),
}  # fmt: skip


@pytest.mark.parametrize(("column", "of", "expected", "said"), TYPES.values(), ids=TYPES)
def test_a_type_is_mapped(column: pa.Array, of: str, expected: list[Any], said: list[str]) -> None:
    found = opened(column)
    assert kind(found) == of
    assert cells(found) == expected
    assert noted(found) == said


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_table_is_read_with_its_rows(write: Callable[[pa.Table], bytes]) -> None:
    data = write(pa.table({"n": [1, None, 3], "when": pa.array([MOMENT, None, MOMENT], pa.timestamp("ms", "Europe/Paris"))}))
    found = read(data, name="f.csv")
    assert found.options.format == ("parquet" if write is as_parquet else "feather")
    assert found.table.index.tolist() == [2, 3, 4]
    assert cells(found, "n") == [1, None, 3]
    assert kind(found, "when") == "timestamp[us, tz=Europe/Paris]"
    assert len(found.set_aside) == 0
    assert raw_lines(data, found.options, "f.csv") == [(1, "n: int64"), (2, "when: timestamp[ms, tz=Europe/Paris]")]
    assert sheets(data, "f.csv") == []


def test_infinity_is_missing_and_listed() -> None:
    found = opened(pa.array([1.5, float("inf"), float("-inf")]))
    assert cells(found) == [1.5, None, None]
    assert found.set_aside[["line", "text"]].to_numpy().tolist() == [[3, "Infinity"], [4, "-Infinity"]]
    assert noted(found) == ["rows 3, 4: infinity is no value of a table; it is missing and listed."]


def test_objects_become_columns_or_stay_text() -> None:
    column = pa.array(
        [{"city": "York", "at": {"lat": 0.1}}, None], pa.struct([("city", pa.string()), ("at", pa.struct([("lat", pa.float64())]))])
    )
    found = opened(column)
    assert list(found.table.columns) == ["x.city", "x.at.lat"]
    assert cells(found, "x.at.lat") == [0.1, None]
    assert cells(opened(column, nested="text")) == ['{"city": "York", "at": {"lat": 0.1}}', None]


def test_names_are_made_unique_and_filled() -> None:
    data = as_parquet(pa.table([pa.array([1]), pa.array([2]), pa.array([3])], names=["a", "a", ""]))
    assert list(read(data, name="f").table.columns) == ["a", "a_2", "column_3"]


def test_index_columns_of_pandas_are_columns() -> None:
    file = io.BytesIO()
    pd.DataFrame({"n": [1, 2]}, index=pd.Index(["x", "y"], name="who")).to_parquet(file)
    found = read(file.getvalue(), name="f")
    assert {name: cells(found, str(name)) for name in found.table.columns} == {"n": [1, 2], "who": ["x", "y"]}


WHOLE = as_parquet(pa.table({"n": list(range(100))}))
DAMAGED = {
    "no footer": b"PAR1" + b"x" * 50,
    "cut off": WHOLE[:-20],
    "only the mark": b"PAR1",
    "arrow": as_file(pa.table({"n": [1]}))[:-30],
    "old feather": b"FEA1" + b"x" * 30,
    "stream": as_stream(pa.table({"n": list(range(100))}))[:300],
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read(data, name="f")
    assert str(caught.value).startswith("f: the ")
    assert "file is damaged or cut off and cannot be read. Export or copy it again." in str(caught.value)


def test_bad_utf8_in_a_column_of_text_is_refused() -> None:
    text = pa.StringArray.from_buffers(1, pa.py_buffer(b"\x00\x00\x00\x00\x02\x00\x00\x00"), pa.py_buffer(b"\xff\xfe"))
    with pytest.raises(ReadError) as caught:
        opened(text)
    assert "is damaged" in str(caught.value)


def test_encryption_is_said() -> None:
    with pytest.raises(PasswordNeeded) as caught:
        read(b"PARE" + b"x" * 50 + b"PARE", name="f.parquet")
    assert str(caught.value).startswith("f.parquet: the Parquet file is encrypted.")


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_too_many_rows_and_columns_are_refused(write: Callable[[pa.Table], bytes]) -> None:
    data = write(pa.table({f"c{i}": [1, 2, 3] for i in range(6)}))
    for limits, message in (
        (Limits(rows=2), "f: 3 rows, but at most 2 can be read."),
        (Limits(columns=5), "f: 6 columns, but at most 5 can be read."),
    ):
        with pytest.raises(ReadError) as caught:
            read(data, name="f", limits=limits)
        assert message in str(caught.value)


SMALL: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "whole": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "number": (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
    "text": (pa.large_string(), st.text(max_size=6)),
    "day": (pa.date32(), st.dates()),
    "moment": (pa.timestamp("us"), st.datetimes()),
    "exact": (pa.decimal128(20, 4), st.decimals(-(10**12), 10**12, places=4)),
    "yes": (pa.bool_(), st.booleans()),
}


@given(st.data(), st.sampled_from(sorted(WRITERS)), st.sampled_from(sorted(SMALL)))
def test_what_a_table_holds_comes_back_the_same(data: st.DataObject, writer: str, what: str) -> None:
    of, values = SMALL[what]
    drawn = data.draw(st.lists(st.none() | values, max_size=6))
    column = pa.array(drawn, of)
    found = opened(column, WRITERS[writer])
    assert pa.chunked_array(found.table["x"]).equals(pa.chunked_array([column]))
