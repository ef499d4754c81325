"""Columns on disk and the digest of a table's content."""

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from io_utils import content_hash, load_columns, save_columns
from io_utils.columns import load_column, save_column

TYPES: dict[str, tuple[pa.DataType, list[object]]] = {
    "text": (pa.large_string(), ["a", None, "", "ä\n"]),
    "whole": (pa.int64(), [1, None, -(2**63), 4]),
    "double": (pa.float64(), [0.1, None, -0.0, 1e300]),
    "bool": (pa.bool_(), [True, None, False, True]),
    "date": (pa.date32(), [date(1500, 1, 2), None, date(2024, 1, 2), None]),
    "stamp": (pa.timestamp("us"), [0, None, -1, 2]),
    "zone": (pa.timestamp("us", "Europe/Berlin"), [0, None, -1, 2]),
    "decimal": (pa.decimal128(10, 2), [Decimal("1.50"), None, Decimal(0), Decimal(-1)]),
}


def whole_table(rows: pd.Index | None = None) -> pd.DataFrame:
    index = pd.RangeIndex(2, 6) if rows is None else rows
    return pd.DataFrame({n: pd.Series(pa.array(v, t), dtype=pd.ArrowDtype(t), index=index) for n, (t, v) in TYPES.items()}, index=index)


def of(values: pa.Array | pa.ChunkedArray, rows: pd.Index | None = None) -> pd.DataFrame:
    return pd.DataFrame({"a": pd.Series(values, dtype=pd.ArrowDtype(values.type), index=rows)}, index=rows)


@pytest.mark.parametrize("rows", [None, pd.Index([9, 2, 7, 3])], ids=["consecutive", "any"])
def test_columns_come_back_mapped(tmp_path: Path, rows: pd.Index | None) -> None:
    df = whole_table(rows)
    saved = save_columns(df, tmp_path, "x")
    back = load_columns(tmp_path, saved)
    pd.testing.assert_frame_equal(back, df, rtol=0, atol=0)
    assert type(back.index) is type(df.index)
    assert sorted(os.listdir(tmp_path)) == sorted(saved.files())
    assert type(saved).model_validate_json(saved.model_dump_json()) == saved


def test_loading_takes_no_memory(tmp_path: Path) -> None:
    saved = save_columns(of(pa.array(range(100_000))), tmp_path, "x")
    before = pa.total_allocated_bytes()
    back = load_columns(tmp_path, saved)
    assert pa.total_allocated_bytes() - before < 5_000
    assert back["a"].iloc[-1] == 99_999


def test_columns_already_there_are_not_written(tmp_path: Path) -> None:
    df = whole_table(pd.Index([9, 2, 7, 3]))
    first = save_columns(df, tmp_path, "x")
    before = set(os.listdir(tmp_path))
    second = save_columns(
        df.assign(text=df["text"].str.upper()), tmp_path, "y", {n: f for n, f in first.columns.items() if n != "text"}, first.rows
    )
    assert set(os.listdir(tmp_path)) - before == {"y-0.arrow"}
    assert load_columns(tmp_path, second)["text"].tolist() == ["A", pd.NA, "", "Ä\n"]


def test_tables_without_rows_and_chunked_ones(tmp_path: Path) -> None:
    empty = whole_table().iloc[:0]
    pd.testing.assert_frame_equal(load_columns(tmp_path, save_columns(empty, tmp_path, "e")), empty, rtol=0, atol=0)
    parts = pd.concat([whole_table().iloc[:1], whole_table().iloc[1:]])
    pd.testing.assert_frame_equal(load_columns(tmp_path, save_columns(parts, tmp_path, "p")), parts, rtol=0, atol=0)


def test_a_damaged_or_missing_column_is_an_os_error(tmp_path: Path) -> None:
    saved = save_columns(whole_table(), tmp_path, "x")
    (tmp_path / "x-1.arrow").write_bytes(b"ARROW1")
    with pytest.raises(OSError, match=r"x-1\.arrow"):
        load_columns(tmp_path, saved)
    save_column(pa.chunked_array([[1]]), tmp_path / "x-1.arrow")
    with pytest.raises(OSError, match="1 values, but 4 rows"):
        load_columns(tmp_path, saved)
    with pytest.raises(OSError, match="gone"):
        load_column(tmp_path / "gone.arrow")


def test_a_column_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no"):
        save_column(pa.chunked_array([[1]]), tmp_path / "no" / "x.arrow")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", TYPES)
def test_the_digest_does_not_see_chunks_offsets_and_bytes_under_missing(name: str) -> None:
    kind, values = TYPES[name]
    plain = pa.array(values, kind)
    chunked = pa.chunked_array([pa.array([], kind), plain.slice(0, 1), plain.slice(1), pa.array([], kind)], kind)
    offset = pa.array([values[0], *values, values[0]], kind).slice(1, 4)
    full = pa.array([v if v is not None else values[0] for v in values], kind)
    mask = pa.array([v is None for v in values])
    bits = pa.py_buffer(np.packbits(np.array([v is not None for v in values]), bitorder="little").tobytes())
    dirty = pa.Array.from_buffers(kind, 4, [bits, *full.buffers()[1:]])
    assert dirty.to_pylist() == plain.to_pylist()
    assert mask.true_count > 0
    assert len({content_hash(of(v)) for v in (plain, chunked, offset, dirty)}) == 1


def changed(change: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    return change(whole_table())


DIFFERENT: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "a name": lambda df: df.rename(columns={"text": "Text"}),
    "the order of columns": lambda df: df[list(df.columns)[::-1]],
    "a row number": lambda df: df.set_axis(pd.Index([2, 3, 4, 6]), axis=0),
    "the order of rows": lambda df: df.iloc[::-1],
    "a row less": lambda df: df.iloc[:3],
    "missing to empty text": lambda df: df.assign(text=df["text"].fillna("")),
    "missing to zero": lambda df: df.assign(whole=df["whole"].fillna(0)),
    "missing to no": lambda df: df.assign(bool=df["bool"].fillna(False)),
    "a value": lambda df: df.assign(double=df["double"] * 2),
    "a type": lambda df: df.assign(date=df["date"].astype(pd.ArrowDtype(pa.timestamp("us")))),
    "text parted elsewhere": lambda df: df.assign(
        text=pd.Series(pa.array(["", None, "a", "ä\n"], pa.large_string()), dtype=df["text"].dtype, index=df.index)
    ),
}


@pytest.mark.parametrize("change", DIFFERENT.values(), ids=DIFFERENT)
def test_the_digest_sees(change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    assert content_hash(changed(change)) != content_hash(whole_table())


def test_the_digest_is_the_same_for_both_kinds_of_index() -> None:
    df = whole_table()
    assert content_hash(df) == content_hash(df.set_axis(pd.Index([2, 3, 4, 5]), axis=0))
    assert len(content_hash(df)) == 64
    assert content_hash(df.iloc[:0]) != content_hash(pd.DataFrame())
