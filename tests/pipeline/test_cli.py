"""The command line as a person runs it: exit codes, files, messages."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from io_utils import read
from io_utils.fingerprint import content_hash
from pipeline import Recipe, RecipeStep, TableRecipe, new_step, run

ROOT = Path(__file__).resolve().parents[2]
ORDERS = "id,name,amount\n1, Ann ,12.50\n2,,7\n3,Bo,n/a\n"
TRIM, DROP = new_step("trim_whitespace", id="a"), new_step("dropna", {"columns": {"names": ["name"]}}, id="b")
TYPES = new_step("set_types", {"types": {"amount": "number", "id": "integer"}}, id="c")
GOOD = (TRIM, DROP, TYPES)


def recipe(*steps: RecipeStep, **table: Any) -> str:
    return Recipe(result="orders", tables=(TableRecipe(name="orders", steps=steps, **table),)).dump()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in.csv").write_text(ORDERS, "utf-8")
    (tmp_path / "good.json").write_text(recipe(*GOOD), "utf-8")
    return tmp_path


def cli(folder: Path, *args: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pipeline", "run", *args]
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    assert done.stdout == b""
    said = done.stderr.decode()
    assert "Traceback" not in said
    return done.returncode, said


def test_a_recipe_cleans_a_file(folder: Path) -> None:
    code, said = cli(folder, "good.json", "in.csv", "--out", "out.csv", "--report", "r.json")
    assert (code, said.splitlines()) == (0, [
        "in.csv: 3 rows read, 0 lines left out",
        "  1. Trim spaces at both ends and inside of all text columns: 1 cell changed.",
        "  2. Remove rows where name is missing: 1 row removed. Removes 1 of 3 rows (33.3%); the warning is set at 20%.",
        "  3. Make amount numbers, id whole numbers: 1 cell changed, 2 types changed, 1 value could not be used.",
        "  4 lines in the file, 1 of the header, 3 rows read, 1 removed by steps: 2 rows in the result.",
        "Wrote out.csv",
    ])  # fmt: skip
    assert (folder / "out.csv").read_text("utf-8").splitlines() == ["id,name,amount", "1,Ann,12.5", "3,Bo,"]
    report = json.loads((folder / "r.json").read_text("utf-8"))
    assert (report["ok"], report["result"], report["rows"], report["columns"]) == (True, "orders", 2, 3)
    table = report["tables"][0]
    assert (table["name"], table["file"], table["rows_read"], table["left_out"]) == ("orders", "in.csv", 3, 0)
    assert table["file_digest"] == hashlib.sha256(ORDERS.encode()).hexdigest()
    assert [s["status"] for s in table["steps"]] == ["ok", "look", "ok"]
    assert table["steps"][2]["report"]["retyped"] == {"amount": ["large_string", "double"], "id": ["large_string", "int64"]}
    assert table["accounting"]["problems"] == []
    found = read(folder / "in.csv")
    assert report["content_hash"] == content_hash(run(found.table, Recipe.parse(recipe(*GOOD))).table)


def test_strict_takes_no_warning(folder: Path) -> None:
    code, said = cli(folder, "good.json", "in.csv", "--strict")
    assert code == 1
    assert said.endswith("Not everything was clean (--strict).\n")


def test_a_failing_step_writes_no_result(folder: Path) -> None:
    bad = new_step("dropna", {"columns": {"names": ["nmae"]}})
    (folder / "bad.json").write_text(recipe(TRIM, bad, TYPES), "utf-8")
    (folder / "out.csv").write_text("as it was", "utf-8")
    code, said = cli(folder, "bad.json", "in.csv", "--out", "out.csv", "--report", "r.json")
    assert code == 1
    assert said.splitlines()[2:] == [
        '  2. failed: Column "nmae": is not in the table. Did you mean "name"?',
        "  3. waiting: Waits for step 2.",
        "  4 lines in the file, 1 of the header, 3 rows read: 3 rows in the result.",
        "No result was written.",
    ]
    assert (folder / "out.csv").read_text("utf-8") == "as it was"
    report = json.loads((folder / "r.json").read_text("utf-8"))
    assert (report["ok"], report["content_hash"]) == (False, None)


def test_several_named_tables(folder: Path) -> None:
    tables = tuple(TableRecipe(name=n, steps=(TRIM.model_copy(update={"id": n}),)) for n in ("orders", "crm"))
    (folder / "two.json").write_text(Recipe(result="crm", tables=tables).dump(), "utf-8")
    (folder / "a=b.csv").write_text("x\n 1 \n", "utf-8")
    code, said = cli(folder, "two.json", "orders=in.csv", "crm=a=b.csv", "--out", "out.xlsx")
    assert code == 0
    assert said.startswith("a=b.csv: 1 rows read")
    assert [[c.value for c in row] for row in openpyxl.load_workbook(folder / "out.xlsx").active.rows] == [["x"], ["1"]]
    assert cli(folder, "two.json", "in.csv") == (2, "The recipe has 2 tables: name the file of each, as orders=in.csv.\n")
    assert cli(folder, "two.json", "orders=in.csv") == (2, 'No file was given for the table "crm".\n')
    assert cli(folder, "good.json", "a=b.csv")[0] == 1


def test_several_files_are_stacked(folder: Path) -> None:
    (folder / "feb.csv").write_text("ID;Name;sum\n4; Cy ;9\n", "utf-8")
    code, said = cli(folder, "good.json", "in.csv", "feb.csv", "--out", "out.csv", "--report", "r.json")
    assert code == 0
    assert said.startswith("in.csv and feb.csv: 4 rows read, 0 lines left out\n")
    lines = ["id,name,amount,sum,source", "1,Ann,12.5,,in.csv", "3,Bo,,,in.csv", "4,Cy,,9,feb.csv"]
    assert (folder / "out.csv").read_text("utf-8").splitlines() == lines
    first = {"format": "csv", "columns": ["id", "name", "amount"]}
    rule = {"first": first, "stack": {"matches": {"sum": "amount"}, "source": None}}
    (folder / "stack.json").write_text(recipe(*GOOD, read=rule), "utf-8")
    assert cli(folder, "stack.json", "orders=in.csv", "orders=feb.csv", "--out", "out.csv")[0] == 0
    assert (folder / "out.csv").read_text("utf-8").splitlines() == ["id,name,amount", "1,Ann,12.5", "3,Bo,", "4,Cy,9"]
    both = {"first": first, "stack": {"matches": {"Name": "id"}}}
    (folder / "stack.json").write_text(recipe(*GOOD, read=both), "utf-8")
    (folder / "mar.csv").write_text("Name,name\na,b\n", "utf-8")
    assert cli(folder, "stack.json", "in.csv", "mar.csv")[0] == 0
    both = {"first": first, "stack": {"matches": {"Name": "id", "ID": "id"}}}
    (folder / "stack.json").write_text(recipe(*GOOD, read=both), "utf-8")
    assert cli(folder, "stack.json", "in.csv", "feb.csv") == (
        3, 'feb.csv: the columns "ID" and "Name" would both go into "id". Choose another place for one of them.\n'
    )  # fmt: skip


def test_a_message_says_which_file_a_row_is_from(folder: Path) -> None:
    (folder / "feb.csv").write_text("id,name,amount\n4,Cy,x\n", "utf-8")
    stop = new_step("set_types", {"types": {"id": "integer", "amount": "number"}, "on_error": "stop"}, id="s")
    (folder / "stop.json").write_text(recipe(stop), "utf-8")
    code, said = cli(folder, "stop.json", "in.csv", "feb.csv")
    assert code == 1
    assert "Row 4 is in.csv row 4. Row 5 is feb.csv row 2." in said


def test_frozen_numbers_or_worked_out_again(folder: Path) -> None:
    step = new_step("normalize", {"columns": {"names": ["x"]}}, id="n")
    (folder / "jan.csv").write_text("x\n0\n10\n", "utf-8")
    (folder / "n.json").write_text(recipe(TYPES.model_copy(update={"params": {"types": {"x": "number"}}}), step), "utf-8")
    assert cli(folder, "n.json", "jan.csv", "--out", "out.json", "--refit")[0] == 0
    assert json.loads((folder / "out.json").read_text("utf-8")) == [{"x": 0.0}, {"x": 1.0}]


WRONG = {
    "no recipe file": (["nowhere.json", "in.csv"], 2, "nowhere.json: the recipe cannot be read (No such file or directory).\n"),
    "no JSON": (["in.csv", "in.csv"], 2, "The recipe is not JSON: "),
    "an unknown step": (["unknown.json", "in.csv"], 2, 'Step 1: Step "sparkle" is not known here. Install it, or remove the step'),
    "unknown reading rules": (["rules.json", "in.csv"], 2, 'How the file of the table "orders" is read cannot be understood: parameter'),
    "a table that is not there": (["good.json", "crm=in.csv"], 2, 'The recipe has no table "crm". It has: orders.\n'),
    "two files for one table": (["good.json", "in.csv", "in.csv"], 2, 'The file in.csv was given twice for the table "orders".\n'),
    "no day": (["good.json", "in.csv", "--as-of", "today"], 2, '--as-of: "today" is not a day. Write it as 2024-01-31.\n'),
    "no format": (["good.json", "in.csv", "--out", "out.doc"], 2, '--out: "out.doc" does not end in .csv, .xlsx and .json.\n'),
    "no option": (["good.json", "in.csv", "--fast"], 2, "No such option"),
    "no file": (["good.json", "nowhere.csv"], 3, "nowhere.csv"),
    "an empty file": (["good.json", "empty.csv"], 3, "empty.csv"),
    "a picture": (["good.json", "picture.csv"], 3, "picture.csv"),
    "a folder that is not there": (["good.json", "in.csv", "--out", "no/out.csv"], 1, "out.csv: the file cannot be written"),
    "a report that cannot be": (["good.json", "in.csv", "--report", "no/r.json"], 1, "no/r.json: the file cannot be written"),
}


@pytest.mark.parametrize(("args", "code", "message"), WRONG.values(), ids=WRONG)
def test_says_what_is_wrong(folder: Path, args: list[str], code: int, message: str) -> None:
    (folder / "empty.csv").write_bytes(b"")
    (folder / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8)
    (folder / "unknown.json").write_text(recipe(RecipeStep(id="x", step="sparkle")), "utf-8")
    (folder / "rules.json").write_text(recipe(read={"format": "paper"}), "utf-8")
    before = sorted(p.name for p in folder.iterdir())
    found, said = cli(folder, *args)
    assert (found, message in said) == (code, True), said
    assert sorted(p.name for p in folder.iterdir()) == before


def test_a_file_that_is_not_as_last_time_is_said_and_stops_if_strict(folder: Path) -> None:
    last = {"format": "csv", "delimiter": ",", "columns": ["id", "name", "amount"]}
    (folder / "rules.json").write_text(recipe(*GOOD, read=last), "utf-8")
    (folder / "next.csv").write_text(ORDERS.replace(",", ";"), "utf-8")
    code, said = cli(folder, "rules.json", "next.csv", "--out", "out.csv")
    assert (code, said.splitlines()[0]) == (0, "next.csv: Columns are separated by: was commas, is now semicolons.")
    (folder / "out.csv").unlink()
    code, said = cli(folder, "rules.json", "next.csv", "--out", "out.csv", "--strict")
    assert code == 1
    assert said.splitlines()[-1] == "The file is not as it was when the recipe was saved (--strict). No result was written."
    assert not (folder / "out.csv").exists()
