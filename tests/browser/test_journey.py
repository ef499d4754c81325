"""The whole journey as a person goes it, from the demo file to files that other programs read, and the recipe from the command line."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import add, apply, cards, choose_columns, condition, edit_cells, menu, press
from tests.browser.driver import ROOT, Grid, Server, download, open_page, rerun, settled

DEMO = ROOT / "sample_data" / "orders_demo.csv"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("journey")).start()
    yield server
    server.stop()


# Cells of the result, typed by hand: position among the 33 rows -> columns in the order of COLUMNS.
COLUMNS = ["order_id", "customer", "city", "product", "quantity", "unit_price", "amount", "shipped", "status", "note"]
TYPED: dict[int, list[str | float | None]] = {
    0: ["0001047", "Marta Kovács", "Buda", "Serving tray", 2, 0.42839951865222625, "78.00", "2025-01-05", "refunded", None],
    1: ["0001056", "Katja Novak", "Vienna", "Milk jug", 6, 0.1299638989169675, "56.80", "2025-01-08", "refunded", "Deliver after 17:00"],
    9: ["0001124", "Ines Costa", "Porto", "Espresso cups, set of 4", 1, 0.29602888086642604, "(28.00)", "2025-01-28", "refunded", None],
    25: ["0001271", "Paweł Nowak", "Kraków", "Cast-iron kettle", 1, 1.0, "86.50", None, "open", "@warehouse: fragile"],
    31: ["0001328", "Lars Åkesson", "Malmö", "Filter papers", 2, 0.0, "6.80", "2025-03-29", "refunded", None],
}
TRACKING = "00340123450973695783"  # of the first row: more digits than a spreadsheet's numbers hold


def test_the_main_job_end_to_end(served: Server, page: Page, tmp_path: Path) -> None:
    open_page(page, served.url)
    press(page, "st-key-demo")
    expect(page.get_by_text("299 rows, 15 columns · 2 lines left out")).to_be_visible()
    press(page, "looks-right")

    page.keyboard.press("Alt+n")  # the first step without a pointer
    expect(page.locator(".st-key-find-step input")).to_be_focused()
    page.keyboard.type("rows without a value")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-choose-dropna button:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-fields input:focus")).to_have_count(1)
    choose_columns(page, "amount")
    expect(page.locator(".st-key-panel").get_by_text("Removes 2 of 299 rows.")).to_be_visible()
    apply(page)
    add(page, "normalize")
    choose_columns(page, "unit_price")
    expect(page.locator(".st-key-panel").get_by_text("Changes 297 cells in 1 column.")).to_be_visible()
    apply(page)
    add(page, "filter")
    lines = [
        ("1", False, "status", "is", "refunded"),
        ("1", True, "city", "is", "Berlin"),
        ("2", False, "product", "is", "Cast-iron kettle"),
        ("2", False, "status", "is", "open"),
    ]
    condition(page, lines)
    words = 'Rows where (status is "refunded" and not city is "Berlin") or (product is "Cast-iron kettle" and status is "open")'
    expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.locator(".st-key-panel").get_by_text("Removes 264 of 297 rows.")).to_be_visible()
    apply(page)

    grid = edit_cells(page)
    assert grid.row(0)[:6] == ["6", "0001047", "Marta Kovács", "marta.kovacs@example.org", "+36 1 555 0184", "Budapest"]
    grid.edit(5, 0, "Buda")
    grid.edit(7, 1, "6")
    expect(page.get_by_text("2 cells", exact=True)).to_be_visible()
    press(page, "st-key-undo")
    expect(page.get_by_text("1 cell", exact=True)).to_be_visible()
    press(page, "st-key-redo")
    expect(page.get_by_text("2 cells", exact=True)).to_be_visible()

    menu(page, 4, "Move up")
    press(page, "st-key-steps-as-table")
    table = Grid(page)
    expect(table.cell(7, 1)).to_have_text("▼")
    with rerun(page):
        table.click(table.width() - 27, 1)
    moved = ["Keep or remove rows", "Remove rows with missing values", "Scale numbers (normalize)"]
    order = ["Change column types", *moved, "Edit cells by hand"]
    assert cards(page) == order

    page.reload()
    settled(page)
    expect(page.get_by_text("Result: 33 rows")).to_be_visible()
    assert cards(page) == order
    expect(page.get_by_text("⚠ −")).to_have_count(1)
    expect(page.get_by_text("Not every row is accounted for")).to_have_count(0)

    press(page, "st-key-to-download")
    files = {}
    for label in ("Excel", "CSV for Excel", "CSV for other programs", "JSON", "Save as recipe"):
        name, content = download(page, page.get_by_test_id("stDownloadButton").get_by_role("button", name=label, exact=True))
        files[label] = (name, content)
    digest = re.fullmatch(r"orders_demo_clean_([0-9a-f]{8})\.xlsx", files["Excel"][0])
    assert digest is not None
    check_excel(files["Excel"][1])
    check_csv(files["CSV for other programs"][1])
    check_csv_for_excel(files["CSV for Excel"][1])
    check_json(files["JSON"][1])

    recipe = tmp_path / "recipe.json"
    recipe.write_bytes(files["Save as recipe"][1])
    assert content_hash(recipe, DEMO, tmp_path)[:8] == digest[1]


def check_excel(content: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    header, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(header) == 15
    assert len(rows) == 33
    for at, cells in TYPED.items():
        found = dict(zip(header, rows[at], strict=True))
        found["shipped"] = found["shipped"] and found["shipped"].date().isoformat()
        assert [found[name] for name in COLUMNS] == cells
    assert rows[0][header.index("tracking")] == TRACKING
    note = sheet.cell(row=27, column=header.index("note") + 1)
    assert (note.value, note.data_type) == ("@warehouse: fragile", "s")


def check_csv(content: bytes) -> None:
    table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert table.shape == (33, 15)
    assert table.loc[0, "tracking"] == TRACKING
    for at, cells in TYPED.items():
        assert table.loc[at, COLUMNS].tolist() == [written(c) for c in cells]


def check_csv_for_excel(content: bytes) -> None:
    assert content.startswith(b"\xef\xbb\xbforder_id,customer,")
    table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert table.shape == (33, 15)
    assert table.loc[25, "note"] == "'@warehouse: fragile"
    assert table.loc[0, COLUMNS[:-1]].tolist() == [written(c) for c in TYPED[0][:-1]]


def check_json(content: bytes) -> None:
    records = json.loads(content)
    assert len(records) == 33
    for at, cells in TYPED.items():
        assert [records[at][name] for name in COLUMNS] == cells


def written(cell: str | float | None) -> str:
    """A cell as CSV writes it: 1.0 as 1, a missing one as nothing."""
    return "" if cell is None else str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def content_hash(recipe: Path, file: Path, folder: Path) -> str:
    """The digest of what the command line makes of the file."""
    report = folder / "report.json"
    command = [sys.executable, "-m", "pipeline", "run", str(recipe), str(file), "--out", str(folder / "out.csv"), "--report", str(report)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text("utf-8"))["content_hash"]
    assert isinstance(found, str)
    return found
