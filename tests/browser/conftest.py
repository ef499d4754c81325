"""Fixtures of the browser tests: a server of one's own and a page in Chromium that must stay free of complaints."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.driver import CHROMIUM, FLAGS, PATIENCE, Server, Trouble, listen


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once a module: Playwright's own loop would be in the way of tests that run one."""
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser, google-chrome or chrome found on the path")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def trouble() -> Trouble:
    """What the browser complained about; ``page`` asserts at its end that there is nothing."""
    return Trouble()


@pytest.fixture
def page(browser: Browser, trouble: Trouble) -> Iterator[Page]:
    """A page in a fresh browser profile."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US", timezone_id="UTC", accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    trouble.watch(page)
    listen(page)
    yield page
    context.close()
    assert trouble.seen == []


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The workbench, running, with an empty data folder of its own."""
    server = Server(tmp_path).start()
    yield server
    server.stop()
