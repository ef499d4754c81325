"""Nothing acknowledged is lost: by a refresh, a second tab, or a server killed in the middle of work."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.actions import add, apply, cards, edit_cells, menu, press, start, view
from tests.browser.driver import Grid, Server, Trouble, listen, open_page, settled

FILE = b"id,city\n007, Rome \n008,York\n009,\n"


def test_two_tabs_notice_each_other(server: Server, page: Page, trouble: Trouble) -> None:
    start(page, server.url, "towns.csv", FILE)
    other = page.context.new_page()
    trouble.watch(other)
    listen(other)
    open_page(other, page.url)
    add(other, "trim_whitespace")
    apply(other)
    assert cards(page) == []
    press(page, "st-key-add-step")
    expect(page.get_by_text("This project was changed in another tab. This is how it is now.")).to_be_visible()
    assert cards(page) == ["Trim spaces"]
    menu(other, 1, "Delete")
    press(page, "st-key-cancel-choose")
    assert cards(page) == []
    expect(page.get_by_text("changed in another tab")).to_be_visible()


def test_a_killed_server_has_every_acknowledged_change(tmp_path: Path, page: Page, trouble: Trouble) -> None:
    server = Server(tmp_path).start()
    try:
        start(page, server.url, "towns.csv", FILE)
        add(page, "trim_whitespace")
        apply(page)
        grid = edit_cells(page)
        grid.edit(2, 1, "Leeds")
        expect(page.get_by_text("1 cell", exact=True)).to_have_count(2)
        grid = Grid(page, page.locator("[class*=st-key-fixedhead-grid-edit]").get_by_test_id("stDataFrame").first)
        grid.choose(2, 2)
        page.keyboard.press("Enter")
        page.locator("#portal textarea, #portal input").first.fill("never saved")
        port, address = server.port, page.url
        server.kill9()
        expect(page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]")).to_have_count(0)
        server.start()
        assert server.port == port
        open_page(page, address)
        assert cards(page) == ["Trim spaces", "Edit cells by hand"]
        expect(page.get_by_text("1 cell", exact=True)).to_have_count(2)
        view(page, "Table")
        table = Grid(page)
        assert [table.row(r) for r in range(3)] == [["2", "007", "Rome"], ["3", "008", "Leeds"], ["4", "009", ""]]
        press(page, "st-key-undo")
        assert cards(page) == ["Trim spaces"]
        press(page, "st-key-home")
        expect(page.get_by_text("3 rows · 2 columns · 1 step")).to_be_visible()
        settled(page)
        page.close()  # or it goes on asking for the server
        trouble.forget()
    finally:
        server.stop()
