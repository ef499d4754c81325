"""Real messy files: those with a known clean form have equal cells, the others open or get the message they deserve."""

import json
from pathlib import Path

import pandas as pd
import pytest

from io_utils import ReadError, ReadOptions, detect, read, to_csv
from io_utils.options import Read

SPECTRUM = (
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates", "newlines", "newlines_crlf",
    "quotes_and_newlines", "simple", "simple_crlf", "utf8",
)  # fmt: skip


def rows(found: Read) -> list[dict[str, str]]:
    return [{name: "" if value is pd.NA else value for name, value in row.items()} for row in found.table.to_dict("records")]


@pytest.mark.parametrize("name", SPECTRUM)
def test_csv_spectrum(real_files: Path, name: str) -> None:
    expected = json.loads((real_files / "csv-spectrum/json" / f"{name}.json").read_text("utf-8"))
    found = rows(read(real_files / "csv-spectrum/csvs" / f"{name}.csv"))
    if name == "location_coordinates":  # its CSV and its JSON name different telephone numbers
        assert found[0].pop("Contact Phone Number") == "2095257564"
        expected.pop("Contact Phone Number") if isinstance(expected, dict) else expected[0].pop("Contact Phone Number")
    assert found == (expected if isinstance(expected, list) else [expected])


# file, encoding, delimiter, header row, columns, rows, first cells of the first row
KNOWN = {
    "csvkit/dummy.tsv": ("utf-8", "\t", 1, 3, 1, ["1", "2", "3"]),
    "csvkit/mac_newlines.csv": ("utf-8", ",", 1, 3, 2, ["1", "2", "3"]),
    "csvkit/null_byte.csv": ("utf-8", ",", 1, 3, 1, ["\0", "2", "3"]),
    "csvkit/sniff_limit.csv": ("utf-8", ";", 1, 3, 1, ["1", "2", "3"]),
    "csvkit/test_latin1.csv": ("cp1252", ",", 1, 3, 2, ["1", "2", "3"]),
    "csvkit/test_utf16_big.csv": ("utf-16", ",", 1, 3, 2, ["1", "2", "3"]),
    "csvkit/test_utf16_little.csv": ("utf-16", ",", 1, 3, 2, ["1", "2", "3"]),
    "csvkit/test_utf8_bom.csv": ("utf-8-sig", ",", 1, 3, 2, ["1", "2", "3"]),
    "csvkit/realdata/ks_1033_data.csv": ("utf-8", ",", 1, 14, 1575, ["KS", "ALLEN", "20001", "1005-00-073-9421", "RIFLE,5.56 MILLIMETER"]),
    "hospital/hospital.csv": ("utf-8", ",", 1, 19, 1000, ["10018"]),
    "messytables/simple.psv": ("utf-8", "|", 1, 6, 28, ["1986"]),
    "messytables/simple.ssv": ("utf-8", ";", 1, 3, 6, ["2011-01-01", "1", "Galway"]),
    "messytables/utf-16le_encoded.csv": ("utf-16", ",", 1, 19, 327, []),
    "tabulator/special/accent.csv": ("utf-8", ";", 1, 17, 2, []),
    "tabulator/special/issue305.csv": ("utf-8", ",", 1, 31, 338, []),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_files(real_files: Path, name: str) -> None:
    encoding, delimiter, header, columns, size, first = KNOWN[name]
    found = read(real_files / name)
    assert (found.options.encoding, found.options.delimiter, found.options.header_row) == (encoding, delimiter, header)
    assert found.table.shape == (size, columns)
    assert found.table.iloc[0].tolist()[: len(first)] == first


def test_a_workbook_with_a_known_clean_form(real_files: Path) -> None:
    expected = read(real_files / "csvkit/testxlsx_converted.csv").table
    found = read(real_files / "csvkit/test.xlsx").table
    assert found.shape == expected.shape
    assert list(found.columns)[:7] == list(expected.columns)[:7]
    for column in ("text", "date", "integer", "boolean"):
        said = [None if value is pd.NA else str(value) for value in found[column]]
        assert said == [None if value is pd.NA else value for value in expected[column]]


def all_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size < 400_000)


def test_every_file_opens_or_says_why_not_and_loses_nothing(real_files: Path, tmp_path: Path) -> None:
    refused: dict[Path, str] = {}
    for path in all_files(real_files):
        try:
            found = read(path, detect(path)[0])
        except ReadError as error:
            refused[path] = str(error)
            continue
        if found.options.format == "csv" and len(found.table.columns) > 1:
            to_csv(found.table, tmp_path / "again.csv")
            pd.testing.assert_frame_equal(
                read(
                    tmp_path / "again.csv",
                    ReadOptions(format="csv"),
                ).table,
                found.table.set_axis(range(2, 2 + len(found.table)), axis=0),
                rtol=0,
                atol=0,
                check_index_type=False,
            )
    assert [path for path, message in refused.items() if not message.startswith(path.name)] == []
    assert {path.suffix for path in refused} <= {".xls", ".ods", ".zip", ".unknown", ".csv", ".xlsx"}
    assert {path.name for path in refused if path.suffix in (".csv", ".xlsx")} == {"empty.csv", "libreoffice.xlsx"}
