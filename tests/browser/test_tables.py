"""Several tables in the browser: one dropped, looked up in, stacked with its columns matched by hand, and undone."""

from playwright.sync_api import Page, expect

from tests.browser.actions import add, apply, keyed, press, start, view
from tests.browser.driver import Grid, Server, rerun, settled

ORDERS = b"id,city,price\n007,Lyon,10\n008,Rome,20\n009,,30\n"
CITIES = b"town,country\nLyon,France\nRome,Italy\nOslo,Norway\n"
MORE = b"ID,Town,price\n010,Oslo,40\n"


def drop(page: Page, slot: str, name: str, content: bytes) -> None:
    """Drop a file where another table is asked for."""
    field = page.locator(f"[class*=st-key-upload-{slot}] input[type=file]")
    field.set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def test_tables_are_added_looked_up_and_stacked(server: Server, page: Page) -> None:
    start(page, server.url, "orders.csv", ORDERS)
    add(page, "join")
    drop(page, "needed", "cities.csv", CITIES)
    expect(page.get_by_text("Matched (2)")).to_be_visible()
    expect(page.get_by_text("Without a key (1)")).to_be_visible()
    expect(page.get_by_text("Not used in cities (1)")).to_be_visible()
    with rerun(page):
        page.get_by_text("Not used in cities (1)").click()
    found = Grid(page, page.locator("[class*=st-key-lookgrid-]").get_by_test_id("stDataFrame").first)
    assert found.row(0) == ["4", "Oslo", "Norway"]
    apply(page)
    view(page, "Table")
    table = Grid(page, page.locator("[class*=st-key-grid-table]").get_by_test_id("stDataFrame").first)
    assert [table.row(n)[-1] for n in range(3)] == ["France", "Italy", ""]

    press(page, "st-key-add-table")
    drop(page, "another", "more.csv", MORE)
    expect(page.get_by_text("Is this how the file should look?")).to_be_visible()
    settled(page)
    assert "table=more" in page.url
    press(page, "select-table-0")
    press(page, "looks-right")
    add(page, "append")
    keyed(page, "-other").locator("input").click()
    with rerun(page):
        page.get_by_role("option", name="more", exact=True).click()
    screen = Grid(page, page.locator("[class*=st-key-wide-form]").get_by_test_id("stDataFrame").first)
    assert screen.row(0)[:4] == ["ID", "010", "id", "same name but for capitals, signs or accents"]
    assert screen.row(1)[:3] == ["Town", "Oslo", "an extra column"]
    screen.pick(2, 1, "city")
    expect(page.get_by_text("Stays empty in these rows: country.")).to_be_visible()
    apply(page)
    expect(page.get_by_text("Result: orders, 4 rows")).to_be_visible()
    view(page, "Table")
    table = Grid(page, page.locator("[class*=st-key-grid-table]").get_by_test_id("stDataFrame").first)
    assert table.row(3)[1:] == ["010", "Oslo", "40", ""]

    page.reload()
    settled(page)
    expect(page.get_by_text("Result: orders, 4 rows")).to_be_visible()
    for _ in range(3):
        press(page, "st-key-undo")
    expect(page.locator("[class*=st-key-select-table-]")).to_have_count(2)
    expect(page.get_by_text("Not every row is accounted for")).to_have_count(0)
