"""Delimited files to tables: cells typed by hand."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from io_utils import Limits, ReadError, ReadOptions, detect, raw_lines, read, row_place

Cells = dict[str, list[str | None]]


def csv(**choices: object) -> ReadOptions:
    return ReadOptions(format="csv", **choices)  # type: ignore[arg-type]  # the fields vary by test


def table(cells: Cells, rows: list[int] | range) -> pd.DataFrame:
    text = pd.ArrowDtype(pa.large_string())
    return pd.DataFrame({n: pd.array(v, dtype=text) for n, v in cells.items()}, index=pd.Index(list(rows), dtype="int64"))


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, expected, rtol=0, atol=0, check_index_type=False)
    assert [str(t) for t in found.dtypes] == [str(t) for t in expected.dtypes]
    assert found.index.dtype == "int64"


READS: dict[str, tuple[bytes, ReadOptions | None, Cells, list[int]]] = {
    "text as written": (b"a,b\n007,NA\nnull, x \n", None, {"a": ["007", "null"], "b": ["NA", " x "]}, [2, 3]),
    "missing and empty text": (b'a,b,c\n1,,""\n', None, {"a": ["1"], "b": [None], "c": [""]}, [2]),
    "quoted newline adds no row": (b'a,b\n"x\ny",1\nz,2\n', None, {"a": ["x\ny", "z"], "b": ["1", "2"]}, [2, 3]),
    "blank lines count": (b"a,b\n1,2\n\n  \n3,4\n", None, {"a": ["1", "3"], "b": ["2", "4"]}, [2, 5]),
    "a row of delimiters is a row": (b"a,b\n,\n1,2\n", None, {"a": [None, "1"], "b": [None, "2"]}, [2, 3]),
    "CR": (b"a,b\r1,2\r", None, {"a": ["1"], "b": ["2"]}, [2]),
    "CR LF": (b"a,b\r\n1,2\r\n", None, {"a": ["1"], "b": ["2"]}, [2]),
    "mixed line ends": (b"a,b\r\n1,2\n3,4\r5,6", None, {"a": ["1", "3", "5"], "b": ["2", "4", "6"]}, [2, 3, 4]),
    "UTF-8 with a mark": (b"\xef\xbb\xbfa,b\n1,\xc3\xa4\n", None, {"a": ["1"], "b": ["ä"]}, [2]),
    "UTF-8, mark not named": (b"\xef\xbb\xbfa,b\n1,2\n", csv(encoding="utf-8"), {"a": ["1"], "b": ["2"]}, [2]),
    "UTF-16 LE with a mark": ("\ufeffa,b\n1,ä\n".encode("utf-16-le"), None, {"a": ["1"], "b": ["ä"]}, [2]),
    "UTF-16 BE with a mark": ("\ufeffa,b\n1,ä\n".encode("utf-16-be"), None, {"a": ["1"], "b": ["ä"]}, [2]),
    "UTF-16 LE without": ("a,b\n1,ä\n".encode("utf-16-le"), None, {"a": ["1"], "b": ["ä"]}, [2]),
    "UTF-16 BE without": ("a,b\n1,ä\n".encode("utf-16-be"), None, {"a": ["1"], "b": ["ä"]}, [2]),
    "Windows-1252": (b"a,b\n1,\xe4\x80\n", None, {"a": ["1"], "b": ["ä€"]}, [2]),
    "ISO 8859-1, as Windows-1252 lacks a byte": (
        "a,b\nGröße,für\x81\nStraße,Äpfel\nMünchen,Köln\n".encode("latin-1"),
        None,
        {"a": ["Größe", "Straße", "München"], "b": ["für\x81", "Äpfel", "Köln"]},
        [2, 3, 4],
    ),
    "an encoding named": ("a,b\n1,я\n".encode("cp1251"), csv(encoding="cp1251"), {"a": ["1"], "b": ["я"]}, [2]),
    "semicolons, decimal commas": (b"a;b\n1,5;2,5\n3,5;4,5\n", None, {"a": ["1,5", "3,5"], "b": ["2,5", "4,5"]}, [2, 3]),
    "tabs": (b"a\tb\n1,0\t2\n", None, {"a": ["1,0"], "b": ["2"]}, [2]),
    "bars": (b"a|b\n1;2|3\n", None, {"a": ["1;2"], "b": ["3"]}, [2]),
    "delimiters inside quotes": (b'a;b\n"1,2,3";"x,y"\n', None, {"a": ["1,2,3"], "b": ["x,y"]}, [2]),
    "one column": (b"a\n1\n2\n", None, {"a": ["1", "2"]}, [2, 3]),
    "header in row 3": (b"Report\n\na,b\n1,2\n", csv(header_row=3), {"a": ["1"], "b": ["2"]}, [4]),
    "header after a quoted newline": (b'"x\ny",\na,b\n1,2\n', csv(header_row=2), {"a": ["1"], "b": ["2"]}, [3]),
    "header found by its names": (b"Report\na,b\n1,2\n", csv(columns=("a", "b")), {"a": ["1"], "b": ["2"]}, [3]),
    "names not there: the row number": (b"a,b\n1,2\n", csv(columns=("x",)), {"a": ["1"], "b": ["2"]}, [2]),
    "no header": (b"1,2\n3,4\n", csv(header_row=0), {"column_1": ["1", "3"], "column_2": ["2", "4"]}, [1, 2]),
    "starts with blank lines": (b"\n\na,b\n1,2\n", None, {"a": ["1"], "b": ["2"]}, [4]),
    "names repeated and blank": (
        b"a,a,,a_2,x\n1,2,3,4,5\n",
        None,
        {"a": ["1"], "a_3": ["2"], "column_3": ["3"], "a_2": ["4"], "x": ["5"]},
        [2],
    ),
    "long record": (
        b"a,b\n1,2\n3,4,5,6\n",
        None,
        {"a": ["1", "3"], "b": ["2", "4"], "extra_1": [None, "5"], "extra_2": [None, "6"]},
        [2, 3],
    ),
    "short record": (b"a,b,c\n1,2\n3,4,5\n", None, {"a": ["1", "3"], "b": ["2", "4"], "c": [None, "5"]}, [2, 3]),
    "delimiter at the end of rows": (b"a,b\n1,2,\n3,4,\n", None, {"a": ["1", "3"], "b": ["2", "4"]}, [2, 3]),
    "delimiter at the end of all lines": (b"a,b,\n1,2,\n", None, {"a": ["1"], "b": ["2"]}, [2]),
    "stray quote": (b'a,b\n"x"y,2\n3,4\n', None, {"a": ['"x"y', "3"], "b": ["2", "4"]}, [2, 3]),
    "unclosed quote": (b'a,b\n"x,2\n3,4\n', None, {"a": ['"x', "3"], "b": ["2", "4"]}, [2, 3]),
    "quotes are text": (b'a,b\n"x","y"\n', csv(quote=""), {"a": ['"x"'], "b": ['"y"']}, [2]),
    "apostrophe as quote": (b"a,b\n'x,y',2\n", csv(quote="'"), {"a": ["x,y"], "b": ["2"]}, [2]),
    "NUL": (b"a,b\nx\0y,2\n", None, {"a": ["x\0y"], "b": ["2"]}, [2]),
    "delimiter outside ASCII": ("a·b\n1·2\n".encode(), csv(delimiter="·"), {"a": ["1"], "b": ["2"]}, [2]),
}


@pytest.mark.parametrize(("data", "options", "cells", "rows"), READS.values(), ids=READS)
def test_reads(data: bytes, options: ReadOptions | None, cells: Cells, rows: list[int]) -> None:
    found = read(data, options, name="t.csv").table
    assert found.index.tolist() == rows
    assert {name: found[name].astype(object).where(found[name].notna(), None).tolist() for name in found.columns} == cells
    same(found, table(cells, rows))


def test_blank_and_preamble_lines_are_kept_aside() -> None:
    found = read(b"Report,\n\na,b\n1,2\n \n3,4\n\n", csv(header_row=3), name="t.csv")
    aside = found.set_aside
    assert aside[["line", "reason", "text"]].to_numpy().tolist() == [
        [1, "above the header", "Report,"],
        [2, "blank line", ""],
        [5, "blank line", " "],
        [7, "blank line", ""],
    ]
    assert aside["file"].tolist() == ["t.csv"] * 4
    assert aside["sheet"].isna().all()
    assert [str(t) for t in aside.dtypes] == ["large_string[pyarrow]"] * 2 + ["int64[pyarrow]"] + ["large_string[pyarrow]"] * 2
    assert 1 + len(found.table) + len(aside) == 7  # header, rows, left out: every record


NOTES = {
    "long": (b"a,b\n1,2,3\n", 'Row 2: 3 cells, but the header has 2. The extra cells are kept in column "extra_1".', 2),
    "several long": (
        b"a,b\n" + b"1,2,3,4\n" * 8,
        "Rows 2, 3, 4, 5, 6 and 3 more: 4 cells in the first of them, but the header has 2. "
        'The extra cells are kept in columns "extra_1" to "extra_2".',
        2,
    ),
    "short": (b"a,b,c\n1,2,3\n1\n", "Row 3: 1 cell, but 3 columns. The cells not there are missing.", 3),
    "trailing": (b"a,b\n1,2,\n", "Row 2: ends with empty extra cells, which are left out.", 2),
    "repeated": (b"a,a\n1,2\n", 'Column 2 repeats the name "a"; it is called "a_2".', 1),
    "blank": (b"a,\n1,2\n", 'Column 2 has no name in the header; it is called "column_2".', 1),
    "empty": (b"a,b,\n1,2,\n", "Column 3 has no name and no value; it is left out.", 1),
    "only a header": (b"a,b\n", "t.csv has a header but no rows below it.", 1),
}


@pytest.mark.parametrize(("data", "text", "row"), NOTES.values(), ids=NOTES)
def test_notes(data: bytes, text: str, row: int) -> None:
    assert [(n.text, n.row) for n in read(data, name="t.csv").notes] == [(text, row)]


def test_only_a_header_is_a_table_of_no_rows() -> None:
    found = read(b"a,b\n", name="t.csv").table
    assert (list(found.columns), len(found)) == (["a", "b"], 0)
    same(found, table({"a": [], "b": []}, []))


ERRORS = {
    "empty": (b"", None, "t.csv: the file is empty (0 bytes). Export or copy it again."),
    "blank": (b"\n \n\n", None, "t.csv: the file holds only blank lines. Export or copy it again."),
    "forced encoding": (
        b"a,b\n1,2\n3,\xe4\n",
        csv(),
        "t.csv, row 3: byte 11 (0xE4) is not valid in UTF-8. "
        "Choose another encoding; the file's own is often Western European (Windows-1252).",
    ),
    "unknown encoding": (b"a\n", csv(encoding="klingon"), 't.csv: there is no encoding "klingon". Choose another one.'),
    "header below the end": (
        b"a\n1\n",
        csv(header_row=9),
        "t.csv: the header should be in row 9, but the file has 2 rows. Choose another header row.",
    ),
    "header blank": (b"a\n\n1\n", csv(header_row=2), "t.csv, row 2: the header row is blank. Choose another header row."),
    "PNG": (b"\x89PNG\r\n\x1a\n0", None, "t.csv: this is a picture (PNG), not a table. Choose a CSV file or an Excel workbook."),
    "JPEG": (b"\xff\xd8\xff\xe0", None, "t.csv: this is a picture (JPEG), not a table. Choose a CSV file or an Excel workbook."),
    "GIF": (b"GIF89a", None, "t.csv: this is a picture (GIF), not a table. Choose a CSV file or an Excel workbook."),
    "PDF": (b"%PDF-1.7", csv(), "t.csv: this is a PDF document, not a table. Choose a CSV file or an Excel workbook."),
    "binary": (bytes(range(32)) * 9, None, "t.csv: this is not a text file. Choose a CSV file or an Excel workbook."),
    "options of a workbook": (
        b"a,b\n",
        ReadOptions(format="xlsx"),
        "t.csv: this is delimited text (CSV), but the options are for an Excel workbook. Let the format be detected again.",
    ),
}


@pytest.mark.parametrize(("data", "options", "message"), ERRORS.values(), ids=ERRORS)
def test_refuses(data: bytes, options: ReadOptions | None, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(data, options, name="t.csv")
    assert str(caught.value) == message


def test_refuses_too_many_columns() -> None:
    with pytest.raises(ReadError, match="row 1: 3 columns, but at most 2 can be read"):
        read(b"a,b,c\n1,2,3\n", name="t.csv", limits=Limits(columns=2))
    with pytest.raises(ReadError, match="a row has 4 cells, but at most 3 columns can be read"):
        read(b"a,b,c\n1,2,3,4\n", csv(), name="t.csv", limits=Limits(columns=3))


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(ReadError, match=r"gone\.csv: the file cannot be opened"):
        read("gone.csv")


def test_detection_gives_evidence_and_other_ways() -> None:
    best, *others = detect("a;b\n1;Müller\n2;x\n".encode("cp1252"), name="t.csv")
    assert (best.encoding, best.delimiter, best.header_row) == ("cp1252", ";", 1)
    assert best.evidence == (
        "Western European (Windows-1252): Byte 8 (0xFC) is not valid UTF-8; read so, the letters follow one another as in words.",
        "3 of 3 rows looked at have 2 cells when split at semicolons.",
        "Line 1 holds words above columns of numbers or dates: the header.",
    )
    assert "latin-1" in {o.encoding for o in others}
    assert best.confidence > others[0].confidence


def test_evidence_is_no_choice() -> None:
    assert csv(confidence=0.5, evidence=("x",)).key() == csv().key()
    assert csv(delimiter=";").key() != csv().key()


def test_options_that_were_found_read_the_same_again() -> None:
    data = b"Report\na;b\n1;2\n"
    first = read(data, csv(delimiter=";", header_row=2), name="t.csv")
    assert first.options.columns == ("a", "b")
    again = read(data, ReadOptions.model_validate_json(first.options.model_dump_json()), name="t.csv")
    same(again.table, first.table)


def test_where_a_row_comes_from() -> None:
    found = read(b"a\n1\n2\n", name="january.csv")
    assert row_place(found.sources, 3) == "january.csv row 3"
    assert row_place(found.sources, 99) == "row 99"


def test_raw_lines_are_the_records_as_written() -> None:
    lines = raw_lines(b'a;b\n"x\ny";2\n\n3;4\n', csv(delimiter=";"), name="t.csv", first=2, count=2)
    assert [tuple(line) for line in lines] == [(2, '"x\ny";2'), (3, "")]


def test_progress_and_digest() -> None:
    said: list[float] = []
    found = read(b"abc", csv(), name="t.csv", progress=lambda share, what: said.append(share))
    assert found.digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert said == sorted(said)
    assert said[-1] == 1.0
    assert read(b"abc", csv(), name="t.csv", digest="known").digest == "known"


def test_many_ragged_rows_keep_their_place() -> None:
    lengths = np.random.default_rng(1).integers(1, 5, 5_000)
    data = "a,b,c\n" + "".join(",".join(f"{i}.{j}" for j in range(n)) + "\n" for i, n in enumerate(lengths))
    found = read(data.encode(), csv(), name="t.csv").table
    assert found.index.tolist() == list(range(2, 5_002))
    for j, name in enumerate(["a", "b", "c", "extra_1"]):
        assert found[name].tolist() == [f"{i}.{j}" if n > j else pd.NA for i, n in enumerate(lengths)]
