"""JSON, Parquet, Arrow and packed files on the page: what is said of them and how the reading is changed."""

import gzip
import io
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq

from tests.page.conftest import ORDERS, Tab

ANSWER = {
    "page": 1,
    "customers": [{"name": "Ana"}],
    "orders": [{"id": 1, "to": {"city": "Lyon"}, "tags": ["a"]}, {"id": 2, "to": {"city": "Rome"}, "tags": []}],
}


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{name}.csv", data)
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    where = pa.array([{"city": "Lyon"}, None], pa.struct([("city", pa.string())]))
    pq.write_table(pa.table({"id": pa.array([7, 8], pa.uint8()), "to": where, "amount": [0.5, float("nan")]}), out)
    return out.getvalue()


def test_json_is_read_and_another_of_its_lists_chosen(tab: Tab) -> None:
    tab.upload("answer.json", json.dumps(ANSWER).encode())
    assert "JSON · a row is an object of the list orders · UTF-8 · 2 rows, 3 columns · **2 lines left out**" in tab.said()
    assert "Rows are numbered by their position in the list: the first is row 2, as below a header." in tab.said()
    assert list(tab.at.dataframe[0].value.columns) == ["id", "to.city", "tags"]
    assert [t.label for t in tab.at.tabs] == ["Table", "Something looks wrong?", "Types: as in the file"]
    tab.put("selectbox", "nested-", "text")
    assert tab.at.dataframe[0].value["to"].tolist() == ['{"city": "Lyon"}', '{"city": "Rome"}']
    tab.put("selectbox", "records-", ("customers",))
    assert "JSON · a row is an object of the list customers · UTF-8 · 1 row, 1 column" in tab.said()
    tab.click("looks-right")
    assert tab.column("name") == ["Ana"]


def test_json_without_a_table_says_so(tab: Tab) -> None:
    tab.upload("cut.json", b'[{"a": 1},\n {"a": ')
    assert tab.errors() == [
        "cut.json, line 2, character 8: this is no valid JSON: the file ends in the middle of a value; it seems to be cut off. "
        "Get or export the file again, or correct it there."
    ]


def test_parquet_keeps_its_types_and_shows_its_columns(tab: Tab) -> None:
    tab.upload("orders.parquet", parquet())
    assert "Parquet · 2 rows, 3 columns · no line left out" in tab.said()
    assert 'Column "amount": 1 cell is NaN (not a number); they are missing in the table.' in tab.said()
    raw = next(f.value for f in tab.at.dataframe if "as it stands in the file" in f.value)
    assert raw["as it stands in the file"].tolist() == ["id: uint8", "to: struct<city: string>", "amount: double"]
    tab.click("looks-right")
    assert tab.column("to.city") == ["Lyon", None]


def test_a_packed_file_opens_like_the_file(tab: Tab) -> None:
    tab.upload("orders.csv.gz", gzip.compress(ORDERS))
    assert "CSV · commas · UTF-8 · header on line 1 · 4 rows, 7 columns · no line left out" in tab.said()


def test_one_of_several_files_in_an_archive_is_chosen(tab: Tab) -> None:
    tab.upload("year.zip", zipped(jan=ORDERS, feb=b"q;w\n1;2\n"))
    assert "jan.csv in year.zip · CSV · commas" in tab.said()
    assert 'The archive holds 2 files; "jan.csv" is read. Not read: "feb.csv".' in tab.said()
    tab.put("selectbox", "member-", "feb.csv")
    assert "feb.csv in year.zip · CSV · semicolons · UTF-8 · header on line 1 · 1 row, 2 columns" in tab.said()
    tab.click("looks-right")
    assert tab.table().shape == (1, 2)
