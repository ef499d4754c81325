"""The driver on the smallest page: what it says it does, it does. The tests of the real page lean on this."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driver import Grid, Server, Trouble, download, open_page, rerun, upload

TINY = Path(__file__).parent / "fixtures" / "tiny.py"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("tiny"), TINY).start()
    yield server
    server.stop()


def test_uploads_edits_and_downloads(tiny: Server, page: Page) -> None:
    open_page(page, tiny.url)
    upload(page, "a.csv", b"a\n123\n")
    expect(page.get_by_text("Size: 6")).to_be_visible()

    grid = Grid(page)
    assert grid.header() == ["", "name", "city"]
    assert grid.row(2) == ["4", "Cy", "Rome"]
    grid.edit(1, 1, "Zoë")
    grid.edit(1, 1, "Zoé")
    grid.edit(2, 0, "Bonn")
    assert grid.row(0) == ["2", "Ana", "Bonn"]
    assert download(page, page.get_by_role("button", name="Save")) == ("tiny.csv", "name,city\nAna,Bonn\nZoé,York\nCy,Rome\n".encode())


# The first move over the grid comes in one go with one from outside, as it does while the page is busy.
COMES_LATE = """() => addEventListener('pointermove', () => document.body.dispatchEvent(
  new PointerEvent('pointermove', {bubbles: true, clientX: 1, clientY: 1})), {capture: true, once: true})"""


@pytest.mark.parametrize("before", ["() => null", COMES_LATE], ids=["quiet", "busy"])
def test_takes_a_cell_by_its_place(tiny: Server, page: Page, before: str) -> None:
    open_page(page, tiny.url)
    grid = Grid(page)
    assert grid.row(1) == ["3", "Bob", "York"]
    page.evaluate(before)
    grid.take(1, 150, 1)
    with rerun(page):
        grid.type("Bo")
    expect(page.get_by_text("Names: Ana, Bo, Cy")).to_be_visible()


def test_chooses_a_cell_after_the_pointer_went_elsewhere(tiny: Server, page: Page) -> None:
    open_page(page, tiny.url)
    grid = Grid(page)
    assert grid.row(1) == ["3", "Bob", "York"]
    page.mouse.move(1, 1)
    grid.edit(1, 1, "Bo")
    expect(page.get_by_text("Names: Ana, Bo, Cy")).to_be_visible()


def test_notices_a_console_error_and_a_request_that_leaves(tiny: Server, page: Page, trouble: Trouble) -> None:
    page.route("http://elsewhere.example/**", lambda route: route.abort())
    open_page(page, tiny.url)
    assert trouble.seen == []
    page.evaluate("console.error('broken')")
    page.evaluate("() => fetch('http://elsewhere.example/beacon').catch(() => null)")
    assert [line.split(" (")[0] for line in trouble.seen][:2] == [
        "console: broken",
        "left this computer: GET http://elsewhere.example/beacon",
    ]
    trouble.forget()


def test_a_killed_server_starts_again_on_its_port(tmp_path: Path, page: Page, trouble: Trouble) -> None:
    server = Server(tmp_path, TINY).start()
    try:
        open_page(page, server.url)
        port = server.port
        server.kill9()
        expect(page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]")).to_have_count(0)
        server.start()
        assert server.port == port
        open_page(page, server.url)
        expect(page.get_by_text("Tiny")).to_be_visible()
        page.close()  # or it goes on asking for the server
        trouble.forget()
    finally:
        server.stop()


def test_rerun_waits_for_the_run(tiny: Server, page: Page) -> None:
    open_page(page, tiny.url)
    with rerun(page):
        page.get_by_role("button", name="Fail").click()
    expect(page.get_by_test_id("stException")).to_be_visible()
