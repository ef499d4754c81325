"""Workbooks on the page: the sheets offered, how they are read, hidden rows, and passwords."""

import io
import json
from pathlib import Path

import openpyxl
from msoffcrypto.format.ooxml import OOXMLFile

from tests.page.conftest import Tab
from ui import read_choices

KINDS = Path(__file__).parents[1] / "io_utils" / "files"


def protected(password: str) -> bytes:
    book = openpyxl.Workbook()
    for row in (["name", "n"], ["Ana", 1], ["Bob", 2]):
        book.active.append(row)
    plain, out = io.BytesIO(), io.BytesIO()
    book.save(plain)
    OOXMLFile(plain).encrypt(password, out)
    return out.getvalue()


def shown(tab: Tab) -> list[str]:
    """The sheets offered."""
    (found,) = [w for w in tab.at.selectbox if w.key and w.key.startswith("sheet-")]
    return found.options


def test_an_old_workbook_is_read_in_other_ways(tab: Tab) -> None:
    tab.upload("kinds.xls", (KINDS / "kinds.xls").read_bytes())
    assert "Excel 97-2003 workbook · sheet Data · header on row 3 · 7 rows, 13 columns · **2 lines left out**" in tab.said()
    assert "1 row was hidden in Excel; it is included." in tab.said()
    assert shown(tab) == [
        "Data (10 rows, 13 columns)", "Secret (2 rows, 1 column, hidden)", "Empty (0 rows, 0 columns)",
    ]  # fmt: skip
    tab.click("hidden-")
    assert "header on row 3 · 6 rows, 12 columns · **3 lines left out**" in tab.said()
    tab.put("selectbox", "merged-", "fill")
    assert tab.at.dataframe[0].value["text"].tolist()[2:4] == ["both", "both"]
    tab.put("text_input", "range-", "A3:C5")
    assert "sheet Data · cells A3:C5 · header on row 3 · 1 row, 2 columns" in tab.said()
    tab.put("text_input", "range-", "A3:ZZZZ5")
    assert tab.errors() == [
        'Only this part of the sheet: "A3:ZZZZ5" is no range of cells. Write it like B4:H200, B:H, or B4 for all from there on.'
    ]


def test_another_sheet_is_read_as_it_is_detected(tab: Tab) -> None:
    tab.upload("kinds.xlsx", (KINDS / "kinds.xlsx").read_bytes())
    tab.put("selectbox", "sheet-", "Secret")
    assert "Excel workbook · sheet Secret · header on row 1 · 1 row, 1 column · no line left out" in tab.said()


def test_a_password_is_asked_for_and_kept_nowhere(tab: Tab) -> None:
    tab.upload("secret.xlsx", protected("sesam öffne"))
    assert "secret.xlsx: the workbook is protected by a password. Type the password to open it." in tab.said()
    tab.put("text_input", "password-", "Sesam")
    assert tab.errors() == ["secret.xlsx: this is not the password of the workbook. Check capital letters, and type it again."]
    tab.put("text_input", "password-", "sesam öffne")
    assert "Excel workbook · sheet Sheet · header on row 1 · 2 rows, 2 columns" in tab.said()
    assert "sesam" not in json.dumps({k: str(v) for k, v in tab.at.query_params.items()})
    folder = tab.workspace.folder
    assert [p.name for p in folder.rglob("*") if p.is_file() and "sesam öffne".encode() in p.read_bytes()] == []
    assert shown(tab) == ["Sheet (3 rows, 2 columns)"]


def test_after_a_restart_the_password_is_asked_for_again_only_to_read_in_another_way(tab: Tab) -> None:
    tab.upload("again.xlsx", protected("sesam"))
    tab.put("text_input", "password-", "sesam")
    tab.workspace.work(tab.project).passwords.clear()
    read_choices.sheets_in.clear()
    tab.run()
    assert "header on row 1 · 2 rows, 2 columns" in tab.said()
    assert tab.errors()[0] == "again.xlsx: the workbook is protected by a password. Type the password to open it."
    tab.put("text_input", "unlock-again-", "sesam")
    assert tab.errors() == []
    assert shown(tab) == ["Sheet (3 rows, 2 columns)"]
