"""Downloads: the files hold the cells of the whole result, and have another name when they hold others."""

import io
import json
import re

import openpyxl
import pandas as pd
import pytest

from io_utils import content_hash
from pipeline import Recipe, Run, freeze
from tests.page.conftest import Tab
from workspace.exports import CSV, EXCEL, JSON, Export, csv_for_excel, export, file_name, is_quick
from workspace.work import Ready

FILE = b"""code,amount,when,note
007,1.5,2025-01-02,=SUM(A1)
008,,2025-01-03,"a, ""b"", c"
009,12345678901.25,,-5
"""
COLUMNS = ["code", "amount", "when", "note"]


@pytest.fixture
def shop(tab: Tab) -> Tab:
    return tab.upload("shop, 2025.csv", FILE).click("looks-right")


def written(tab: Tab, wanted: Export) -> tuple[str, bytes]:
    """The file as the page would deliver it."""
    saved = tab.workspace.projects.get(tab.project)
    assert saved is not None
    work = tab.workspace.work(tab.project)
    done = work.run(Recipe.parse(saved.recipe), saved.tables)
    assert isinstance(done, Run)
    key = done.result.key or done.result.source_key
    name = file_name(saved.tables[0].file_name, done.table, key, work, wanted)
    made = export(work, done.table, key, name, wanted, wait=30)
    assert isinstance(made, Ready)
    return name, made.path.read_bytes()


def test_excel(shop: Tab) -> None:
    name, data = written(shop, EXCEL)
    assert re.fullmatch(r"shop_2025_clean_[0-9a-f]{8}\.xlsx", name)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    rows = [[c.value for c in row] for row in sheet.iter_rows()]
    assert rows[0] == COLUMNS
    assert rows[1][:2] == ["007", 1.5]
    assert rows[1][2].isoformat()[:10] == "2025-01-02"
    assert rows[1][3] == "=SUM(A1)"
    assert sheet["D2"].data_type == "s"  # text, not a formula
    assert rows[2] == ["008", None, rows[2][2], 'a, "b", c']
    assert rows[3] == ["009", 12345678901.25, None, "-5"]


def test_csv_for_other_programs(shop: Tab) -> None:
    name, data = written(shop, CSV)
    assert re.fullmatch(r"shop_2025_clean_[0-9a-f]{8}_exact\.csv", name)
    table = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
    assert table.columns.tolist() == COLUMNS
    assert table.to_numpy().tolist() == [
        ["007", "1.5", "2025-01-02", "=SUM(A1)"],
        ["008", "", "2025-01-03", 'a, "b", c'],
        ["009", "12345678901.25", "", "-5"],
    ]


def test_csv_for_excel_with_semicolons(shop: Tab) -> None:
    name, data = written(shop, csv_for_excel(decimal_comma=True))
    assert re.fullmatch(r"shop_2025_clean_[0-9a-f]{8}_semicolons\.csv", name)
    assert data.startswith(b"\xef\xbb\xbfcode;amount;when;note\n")
    table = pd.read_csv(io.BytesIO(data), sep=";", encoding="utf-8-sig", dtype=str, keep_default_na=False)
    assert table.to_numpy().tolist() == [
        ["007", "1,5", "2025-01-02", "'=SUM(A1)"],
        ["008", "", "2025-01-03", 'a, "b", c'],
        ["009", "12345678901,25", "", "-5"],
    ]


def test_json(shop: Tab) -> None:
    name, data = written(shop, JSON)
    assert re.fullmatch(r"shop_2025_clean_[0-9a-f]{8}\.json", name)
    assert json.loads(data) == [
        {"code": "007", "amount": 1.5, "when": "2025-01-02", "note": "=SUM(A1)"},
        {"code": "008", "amount": None, "when": "2025-01-03", "note": 'a, "b", c'},
        {"code": "009", "amount": 12345678901.25, "when": None, "note": "-5"},
    ]


def test_another_content_has_another_name(shop: Tab) -> None:
    names = [b.help for b in shop.click("to-download").at.download_button if b.help]
    assert len(names) == 4
    shop.at.query_params["stage"] = "clean"
    shop.run().view("table").put("toggle", "edit-cells-", True).type_in("grid-edit", {"0": {"code": "006"}})
    after = [b.help for b in shop.click("to-download").at.download_button if b.help]
    assert len(after) == 4
    assert not set(names) & set(after)
    shop.click("undo")
    assert [b.help for b in shop.at.download_button if b.help] == names


def test_the_name_holds_the_digest_of_the_table(shop: Tab) -> None:
    saved = shop.workspace.projects.get(shop.project)
    assert saved is not None
    done = shop.workspace.work(shop.project).run(Recipe.parse(saved.recipe), saved.tables)
    assert isinstance(done, Run)
    assert written(shop, CSV)[0] == f"shop_2025_clean_{content_hash(done.table)[:8]}_exact.csv"


def test_what_excel_cannot_hold_is_said_beforehand(tab: Tab) -> None:
    tab.upload("old.csv", b"id,born\n123456789012345,1899-05-31\n2,1950-01-01\n").click("looks-right")
    tab.click("to-download")
    assert "What Excel cannot hold (1)" in [e.label for e in tab.at.expander]


def test_a_large_table_is_prepared_first(shop: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workspace.exports.QUICK", {"xlsx": 0, "csv": 1000, "json": 1000})
    assert not is_quick(pd.DataFrame({"a": [1]}), EXCEL)
    shop.click("to-download")
    assert [b.label for b in shop.at.download_button] == ["CSV for Excel", "CSV for other programs", "JSON", "Save as recipe"]
    shop.click("prepare-")
    assert [b.label for b in shop.at.download_button] == ["Excel", "CSV for Excel", "CSV for other programs", "JSON", "Save as recipe"]


def test_the_saved_recipe_is_a_recipe(shop: Tab) -> None:
    shop.add("trim_whitespace").click("apply-").click("to-download")
    saved = shop.workspace.projects.get(shop.project)
    assert saved is not None
    (button,) = [b for b in shop.at.download_button if b.key == "save-recipe"]
    assert not button.disabled
    done = shop.workspace.work(shop.project).run(Recipe.parse(saved.recipe), saved.tables)
    assert isinstance(done, Run)
    recipe = Recipe.parse(freeze(Recipe.parse(saved.recipe), done).dump())
    assert [s.step for s in recipe.table(recipe.result).steps] == ["set_types", "trim_whitespace"]


def test_every_row_is_accounted_for(shop: Tab) -> None:
    shop.click("to-download")
    assert "**3 rows, 4 columns**, after all 1 step." in shop.said()
    assert "**Every row accounted for**" in shop.said()


def test_only_the_changed_rows_in_a_file_that_says_so(shop: Tab) -> None:
    shop.add("find_replace")
    shop.put("text_input", "-find", "008").click("apply-form")
    (button,) = [b for b in shop.at.get("download_button") if b.proto.label.startswith("Download this")]
    assert button.proto.label == "Download this row"
