"""The journey with real files, a CSV and a workbook: downloads hold cells typed by hand from them."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import add, apply, choose_columns, condition, edit_cells, press, start
from tests.browser.driver import Server, download, settled
from tests.browser.test_journey import content_hash


@dataclass(frozen=True)
class Real:
    """A real file: who is asked for in it, what must be said, and cells of the result."""

    path: str
    county: str
    removed: str
    rows: int
    cells: list[list[str | float]]  # fips, nsn, item_name, quantity, acquisition_cost of the first, second and last row


COLUMNS = ["fips", "nsn", "item_name", "quantity", "acquisition_cost"]
KANSAS: list[list[str | float]] = [
    ["20055", "1240-01-411-1265", "BY HAND", 5, 328],
    ["20055", "2320-01-074-7642", "TRUCK,ARMORED", 1, 65070],
    ["20055", "2320-01-107-7153", "TRUCK,UTILITY", 1, 47069],
]
NEBRASKA: list[list[str | float]] = [
    ["31109", "2320-21-913-4694", "BY HAND", 1, 0],
    ["31109", "2320-21-913-4694", "LIGHT ARMORED VEHICLE", 1, 0],
    ["31109", "5855-01-475-7061", "IMAGE INTENSIFIER,NIGHT VISION", 1, 6800],
]
FILES = [
    Real("csvkit/realdata/ks_1033_data.csv", "FINNEY", "Removes 2 of 1,575 rows.", 4, KANSAS),
    Real("csvkit/realdata/ne_1033_data.xlsx", "LANCASTER", "Removes 4 of 1,036 rows.", 8, NEBRASKA),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("real")).start()
    yield server
    server.stop()


@pytest.mark.parametrize("real", FILES, ids=[Path(f.path).name for f in FILES])
def test_a_real_file_from_load_to_download(served: Server, page: Page, real_files: Path, tmp_path: Path, real: Real) -> None:
    file = real_files / real.path
    start(page, served.url, file.name, file.read_bytes())
    add(page, "dropna")
    choose_columns(page, "item_name")
    expect(page.locator(".st-key-panel").get_by_text(real.removed)).to_be_visible()
    apply(page)
    add(page, "filter")
    condition(page, [("1", False, "county", "is", real.county), ("1", True, "federal_supply_category_name", "is", "WEAPONS")])
    apply(page)
    expect(page.get_by_text(f"Result: {real.rows} rows")).to_be_visible()
    grid = edit_cells(page)
    grid.edit(5, 0, "BY HAND")
    expect(page.get_by_text("1 cell", exact=True)).to_be_visible()
    press(page, "st-key-undo")
    expect(page.get_by_text("1 cell", exact=True)).to_have_count(0)
    press(page, "st-key-redo")
    page.reload()
    settled(page)
    expect(page.get_by_text("1 cell", exact=True)).to_be_visible()
    press(page, "st-key-to-download")
    name, exact = download(page, page.get_by_role("button", name="CSV for other programs", exact=True))
    _, book = download(page, page.get_by_role("button", name="Excel", exact=True))
    _, recipe = download(page, page.get_by_role("button", name="Save as recipe", exact=True))

    table = pd.read_csv(io.BytesIO(exact), dtype={"fips": str})
    assert table.shape == (real.rows, 14)
    assert table.loc[[0, 1, real.rows - 1], COLUMNS].to_numpy().tolist() == real.cells
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows()]
    picked = [rows[0].index(name) for name in COLUMNS]
    assert len(rows) == real.rows + 1
    assert [[str(rows[at][i]) if i == picked[0] else rows[at][i] for i in picked] for at in (1, 2, real.rows)] == real.cells
    (tmp_path / "recipe.json").write_bytes(recipe)
    assert content_hash(tmp_path / "recipe.json", file, tmp_path)[:8] == name.split("_clean_")[1][:8]
