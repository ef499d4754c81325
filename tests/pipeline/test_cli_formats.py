"""The command line reads every format, packed or not, and cleans it the same way."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from pipeline import new_step
from tests.io_utils.test_workbook_formats import locked
from tests.page.test_formats import zipped
from tests.pipeline.test_cli import cli, recipe

ROWS = [{"id": 1, "name": " Ann "}, {"id": 2, "name": None}, {"id": 3, "name": "Bo"}]
STEPS = (
    new_step("trim_whitespace", id="a"),
    new_step(
        "dropna",
        {
            "columns": {"names": ["name"]},
        },
        id="b",
    ),
)


@pytest.mark.parametrize("name", ["in.json", "in.jsonl", "in.json.gz", "in.parquet", "in.feather", "in.zip", "in.md"])
def test_a_recipe_cleans_a_file_of_any_format(tmp_path: Path, name: str) -> None:
    table, text = pa.Table.from_pylist(ROWS), json.dumps(ROWS)
    path = tmp_path / name
    (tmp_path / "r.json").write_text(recipe(*STEPS), "utf-8")
    if name == "in.parquet":
        pyarrow.parquet.write_table(table, path)
    elif name == "in.feather":
        pyarrow.feather.write_feather(table, str(path))
    else:
        path.write_bytes({
            "in.json": text.encode(),
            "in.jsonl": "\n".join(json.dumps(row) for row in ROWS).encode(),
            "in.json.gz": gzip.compress(text.encode()),
            "in.zip": zipped(orders=b"id,name\n1, Ann \n2,\n3,Bo\n"),
            "in.md": b"| id | name |\n|----|------|\n| 1 | Ann |\n| 2 |  |\n| 3 | Bo |\n",
        }[name])  # fmt: skip
    code, said = cli(tmp_path, "r.json", name, "--out", "out.csv")
    shown = "in.zip/orders.csv" if name == "in.zip" else name
    assert (code, said.splitlines()[0]) == (0, f"{shown}: 3 rows read, 0 lines left out")
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines() == ["id,name", "1,Ann", "3,Bo"]


def test_a_packed_file_that_is_cut_off_is_said(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(recipe(*STEPS), "utf-8")
    (tmp_path / "in.json.gz").write_bytes(gzip.compress(json.dumps(ROWS * 100).encode())[:-20])
    code, said = cli(tmp_path, "r.json", "in.json.gz")
    assert code == 3
    assert said.startswith("in.json.gz: it is damaged or cut off; it could be unpacked as far as byte ")


def test_the_password_of_a_workbook_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.xlsx").write_bytes(locked("sesame"))
    (tmp_path / "r.json").write_text(recipe(), "utf-8")
    code, said = cli(tmp_path, "r.json", "in.xlsx", "--out", "out.csv")
    assert code == 3
    assert "On the command line the password of a workbook is taken from WORKBENCH_FILE_PASSWORD." in said
    monkeypatch.setenv("WORKBENCH_FILE_PASSWORD", "other")
    code, said = cli(tmp_path, "r.json", "in.xlsx", "--out", "out.csv")
    assert code == 3
    assert "this is not the password of the workbook" in said
    assert "It was taken from WORKBENCH_FILE_PASSWORD." in said
    monkeypatch.setenv("WORKBENCH_FILE_PASSWORD", "sesame")
    assert cli(tmp_path, "r.json", "in.xlsx", "--out", "out.csv")[0] == 0
    assert (tmp_path / "out.csv").read_text("utf-8") == "a\n1\n"
