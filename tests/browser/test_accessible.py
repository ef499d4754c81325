"""Everyone can use the page: axe-core finds no serious fault on any stage, in both themes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.actions import add, choose_columns, keyed, press
from tests.browser.driver import PATIENCE, Server, listen, open_page, rerun, settled

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
# Streamlit's own: the grid draws on a canvas (with a table for screen readers inside), the menu of the page, messages that pass.
NOT_OURS = ["[data-testid=stDataFrame]", "[data-testid=stToolbar]", "[data-testid=stMainMenu]", "[data-testid=stToast]"]
FAULTS = """([not_ours, only]) => axe.run({exclude: not_ours.map(s => [s])}, {resultTypes: ['violations'], ...only})
  .then(found => found.violations
  .filter(v => v.impact === 'serious' || v.impact === 'critical')
  .map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).slice(0, 3).join(' | ')}`))"""
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}  # the tag holds a stricter rule, too


def stage(page: Page, name: str) -> None:
    """Go to a stage by its button."""
    with rerun(page):
        page.get_by_role("radio", name=name).click(force=True)


def view(name: str) -> Callable[[Page], None]:
    """Shows a view of Clean."""

    def go(page: Page) -> None:
        with rerun(page):
            page.get_by_role("radio", name=name).first.click(force=True)

    return go


def add_dropna(page: Page) -> None:
    """Add a step that removes rows."""
    choose_columns(page, "amount")
    press(page, "apply-form")


def column(page: Page) -> None:
    """Open the panel of a column."""
    with rerun(page):
        keyed(page, "column-list-").locator("input").fill("status")
        page.keyboard.press("Enter")


def facet(page: Page) -> None:
    """Open a facet of the column whose panel is open."""
    page.locator(".st-key-facet-column").get_by_role("button").click()
    with rerun(page):
        page.get_by_role("menuitem", name="Values", exact=True).click()


def row(page: Page) -> None:
    """Ask where a row went."""
    press(page, "where-row")
    with rerun(page):
        page.locator("[class*=st-key-row-number-] input").fill("4")
        page.keyboard.press("Enter")


def table(page: Page) -> None:
    """Close the dialog and look at the table."""
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    view("Table")(page)


# A way through the page: what is shown, and how one gets there from what was shown before.
WAY: dict[str, Callable[[Page], None]] = {
    "load": lambda page: press(page, "st-key-demo"),
    "another way to read": lambda page: page.get_by_role("tab", name="Something looks wrong?").click(),
    "clean": lambda page: stage(page, "2 Clean"),
    "a column": column,
    "steps to add": lambda page: press(page, "st-key-add-step"),
    "form": lambda page: press(page, "choose-dropna"),
    "removed rows": add_dropna,
    "a row": row,
    "table": table,
    "a facet": facet,
    "what changed": view("What changed"),
    "problems": view("Problems"),
    "a condition": lambda page: add(page, "filter"),
    "check": lambda page: stage(page, "3 Check"),
    "download": lambda page: stage(page, "4 Download"),
}


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page in the theme."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, color_scheme=request.param, locale="en-US")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    listen(page)
    yield page
    context.close()


def test_axe_finds_no_serious_fault(server: Server, themed: Page) -> None:
    """Every rule in the light theme; in the dark one those of colours, since nothing else is other there."""
    open_page(themed, server.url)
    found = {"start": faults(themed)}
    for name, go in WAY.items():
        go(themed)
        expect(themed.get_by_test_id("stException")).to_have_count(0)
        settled(themed)
        found[name] = faults(themed)
    assert {name: said for name, said in found.items() if said} == {}


def faults(page: Page) -> list[str]:
    """The serious and critical faults on the page as it is."""
    settled(page)
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(FAULTS, [NOT_OURS, COLOURS if dark else {}])
