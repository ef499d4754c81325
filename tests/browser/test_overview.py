"""The first minute with a file: what is noticed is mended by a click, a column and a cell are changed from where they are seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import apply, cards, keyed, press, start, view
from tests.browser.driver import ROOT, Grid, Server, rerun

DEMO = (ROOT / "sample_data" / "orders_demo.csv").read_bytes()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("overview")).start()
    yield server
    server.stop()


def click(page: Page, grid: Grid, x: float, row: int, tall: int = 35) -> None:
    """Click a cell by its place; waits for the run this makes."""
    with rerun(page):
        grid.click(x, row, tall)


def test_three_things_are_mended_in_three_clicks(served: Server, page: Page) -> None:
    start(page, served.url, "orders.csv", DEMO)
    expect(page.get_by_role("heading", name="We noticed 12 things")).to_be_visible()
    offers = page.locator(".st-key-noticed [class*=st-key-take-]")
    expect(offers).to_have_count(7)
    for left in (11, 10, 9):
        with rerun(page):
            offers.first.get_by_role("button").click()
        expect(page.get_by_role("heading", name=f"We noticed {left} things")).to_be_visible()
    assert cards(page) == ["Change column types", "Trim spaces", "Make columns agree", "Repair characters"]
    press(page, "st-key-undo")
    expect(page.get_by_role("heading", name="We noticed 10 things")).to_be_visible()
    with rerun(page):
        page.locator("[class*=st-key-aside-]").first.get_by_role("button").click()
    expect(page.get_by_role("heading", name="We noticed 9 things")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="We noticed 9 things")).to_be_visible()


def test_a_column_is_changed_from_its_line_and_from_its_name(served: Server, page: Page) -> None:
    start(page, served.url, "more.csv", DEMO + b"\n")
    lines = Grid(page)
    expect(lines.cell(1, 11)).to_have_text("status")
    assert lines.row(8)[1:3] == ["amount", "Text"]
    click(page, lines, 100, 11, tall=38)
    panel = page.locator(".st-key-column-panel")
    expect(panel.get_by_role("heading").first).to_have_text("status")
    expect(panel).to_be_in_viewport()
    expect(panel.get_by_text("paid", exact=True).first).to_be_visible()
    press(page, "do-fill-missing")
    expect(page.locator(".st-key-panel").get_by_text("Fill missing values")).to_be_visible()
    press(page, "cancel-form")
    expect(page.get_by_role("heading", name="things")).to_be_visible()
    view(page, "Table")
    click(page, Grid(page), 310, -1)
    expect(panel.get_by_role("heading").first).to_have_text("email")
    click(page, Grid(page), 525, 0)
    expect(panel.get_by_role("heading").first).to_have_text("city")
    expect(page.locator(".st-key-cell-actions")).to_contain_text("Row 2: Lyon")
    press(page, "cell-remove-2")
    expect(page.locator(".st-key-panel").get_by_text("of 299 rows.")).to_be_visible()
    apply(page)
    assert cards(page)[-1] == "Keep or remove rows"


def test_pictures_are_drawn_and_two_thousand_columns_do_no_harm(served: Server, page: Page) -> None:
    names = ",".join(f"c{n}" for n in range(2_000))
    row = ",".join(str(n) for n in range(2_000))
    start(page, served.url, "wide.csv", f"{names}\n{row}\n{row}\n".encode())
    expect(page.get_by_text("1 to 50 of 2,000 columns")).to_be_visible()
    lines = Grid(page)
    assert lines.row(0)[1] == "c0"
    assert lines.cell(3, 0).inner_text().startswith("data:image/svg+xml")
    with rerun(page):
        keyed(page, "find-overview").locator("input").fill("c1999")
        page.keyboard.press("Enter")
    expect(lines.cell(1, 0)).to_have_text("c1999")
    assert page.evaluate("document.documentElement.scrollWidth") == 1400


def test_facets_narrow_the_table_and_a_value_is_changed_in_place(served: Server, page: Page) -> None:
    start(page, served.url, "facets.csv", DEMO + b"\n\n")
    view(page, "Table")
    with rerun(page):
        keyed(page, "column-list-").locator("input").fill("status")
        page.keyboard.press("Enter")
    page.locator(".st-key-facet-column").get_by_role("button").click()
    with rerun(page):
        page.get_by_role("menuitem", name="Values", exact=True).click()

    def lines() -> Grid:
        return Grid(page, page.locator("[class*=st-key-fixedhead-facet-grid-]").get_by_test_id("stDataFrame").first)

    expect(lines().cell(2, 3)).to_have_text("PAID")
    lines().take(2, lines().width() - 40, 3, tall=30)
    with rerun(page):
        lines().type("paid")
    expect(page.get_by_text("2 cells", exact=True)).to_be_visible()
    expect(lines().cell(1, 0)).to_have_text("210")
    click(page, lines(), 29, 1, tall=30)
    expect(page.get_by_text("Showing 56 of 299 rows. This only changes what you see; downloads hold all rows.")).to_be_visible()
    press(page, "st-key-keep-these")
    expect(page.locator(".st-key-panel").get_by_text("Removes 243 of 299 rows.")).to_be_visible()
    apply(page)
    assert cards(page)[-2:] == ["Replace from a list", "Keep or remove rows"]


def test_a_row_is_followed_from_the_file_to_where_it_went(served: Server, page: Page) -> None:
    start(page, served.url, "rows.csv", b"name,city\nAna, Rome \nBo,Oslo\nBo,Oslo\n")
    for _ in range(2):
        with rerun(page):
            page.locator(".st-key-noticed [class*=st-key-take-]").first.get_by_role("button").click()
    assert cards(page) == ["Trim spaces", "Remove duplicates"]
    press(page, "where-row")
    dialog = page.get_by_role("dialog")
    field = dialog.locator("[class*=st-key-row-number-] input")
    for row, said in {
        "2": "Row 2 is kept, changed by step 1. It stands at place 1 of 2.",
        "4": "Row 4 was removed by step 2: equal to row 3, which is kept.",
        "9": "There is no row 9. Rows of this table have numbers up to 4; the header has one, too.",
    }.items():
        field.fill(row)
        with rerun(page):
            field.press("Enter")
        expect(dialog.get_by_text(said)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
