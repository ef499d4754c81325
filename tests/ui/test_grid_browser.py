"""What only a browser shows of the grid: nothing on it sorts, searches or saves the page of rows as if it were the table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import browser, page, trouble
from tests.browser.driver import ROOT, Grid, Server, open_page, rerun

__all__ = ["browser", "page", "trouble"]  # fixtures
pytestmark = pytest.mark.browser
GRID = Path(__file__).parent / "pages" / "grid_page.py"
ENV = {"PYTHONPATH": str(ROOT), "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}
CONDITION = Path(__file__).parent / "pages" / "condition_page.py"


@pytest.fixture(scope="module")
def conditions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("conditions"), CONDITION, **ENV).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("grid"), GRID, **ENV).start()
    yield server
    server.stop()


def test_the_grid_offers_nothing_that_acts_on_its_page_of_rows_only(served: Server, page: Page) -> None:
    open_page(page, served.url)
    grid = Grid(page)
    first = grid.row(0)
    with rerun(page):
        grid.click(400, -1)
    expect(page.get_by_text("column='big'").or_(page.get_by_text("column='customer'"))).to_be_visible()
    assert grid.row(0) == first
    grid.frame.hover()
    buttons = page.get_by_test_id("stElementToolbarButton").get_by_role("button").all()
    names = [b.get_attribute("aria-label") for b in buttons if b.is_visible()]
    assert names == ["Clear selection: Table", "Show/hide columns: Table", "Fullscreen: Table"]
    with rerun(page):
        grid.click(400, 1)
    page.keyboard.press("Control+f")
    expect(page.locator(".gdg-search-bar")).not_to_be_visible()


def test_a_cell_can_be_copied(served: Server, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, served.url)
    grid = Grid(page)
    grid.row(0)
    with rerun(page):
        grid.click(110, 0)
    page.keyboard.press("Control+c")
    page.wait_for_function("async () => (await navigator.clipboard.readText()).trim() !== ''")
    assert page.evaluate("navigator.clipboard.readText()").strip() == "0009078"


def test_the_editing_grid_keeps_what_is_typed_and_does_not_sort(served: Server, page: Page) -> None:
    open_page(page, served.url)
    with rerun(page):
        page.get_by_text("Edit", exact=True).click()
    grid = Grid(page)
    first = grid.row(0)
    grid.click(600, -1)
    grid.edit(4, 2, "2,5")
    expect(page.get_by_text("'2,5' is not a number here. Write 2.5.")).to_be_visible()
    assert grid.row(2)[4] == "2,5"
    assert grid.row(0) == first
    grid.edit(4, 2, "2.5")
    expect(page.get_by_text("accepted [(4, 'amount', '8.26', '2.5')]")).to_be_visible()


def test_lines_of_a_condition_are_added_and_survive_being_hidden(conditions: Server, page: Page) -> None:
    open_page(page, conditions.url)
    grid = Grid(page)
    grid.edit(5, 0, "o")
    with rerun(page):
        page.get_by_role("button", name="Add row: Conditions").click(force=True)
    grid.edit(5, 1, "7")
    for _ in range(2):
        with rerun(page):
            page.get_by_text("Hide", exact=True).click()
    grid = Grid(page)
    expect(grid.cell(5, 0)).to_have_text("o")
    expect(grid.cell(5, 1)).to_have_text("7")
