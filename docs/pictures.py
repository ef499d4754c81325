"""Takes the pictures of the documentation from the running page: ``python -m docs.pictures``. Needs requirements-dev.txt and Chromium."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.driver import CHROMIUM, FLAGS, Server, listen, open_page, rerun, settled, upload
from tests.similar.tables import TABLES

IMAGES = Path(__file__).with_name("images")


def press(page: Page, key: str) -> None:
    """Press the button drawn under a key, and wait until the page is drawn again."""
    with rerun(page):
        page.locator(f".st-key-{key} button").first.click()


def shoot(page: Page, name: str, theme: str) -> None:
    """Save the page as it is, without the pointer's traces and the message of the last change."""
    settled(page)
    if page.locator(".st-key-bar-close").count():
        press(page, "bar-close")
    page.mouse.move(700, 895)
    page.screenshot(path=IMAGES / f"{name}-{theme}.png", animations="disabled")


def select(page: Page, number: int) -> None:
    """Choose a step card."""
    with rerun(page):
        page.locator("[class*=st-key-select-]").nth(number).locator("button").first.click()


def choose_columns(page: Page, *names: str) -> None:
    """Name the columns of the open form instead of taking all of a kind."""
    fields = page.locator(".st-key-fields")
    fields.locator("[data-testid=stSelectbox] input").first.click()
    with rerun(page):
        page.get_by_role("option", name="These columns").click()
    for name in names:
        fields.locator("[data-testid=stMultiSelect] input").first.click()
        with rerun(page):
            page.get_by_role("option", name=name).first.click()
    page.keyboard.press("Escape")


def journey(page: Page, url: str, theme: str) -> None:
    """From the empty page to a download, a picture at each place."""
    open_page(page, url)
    shoot(page, "start", theme)
    press(page, "demo")
    page.get_by_text("Is this how the file should look?").wait_for()
    shoot(page, "load", theme)
    press(page, "looks-right")
    page.get_by_text("We noticed").wait_for()
    shoot(page, "overview", theme)
    for step in ("trim_whitespace", "normalize"):
        press(page, "add-step")
        if step == "trim_whitespace":
            shoot(page, "add-step", theme)
        press(page, f"choose-{step}")
        if step == "normalize":
            choose_columns(page, "quantity", "unit_price")
            shoot(page, "form", theme)
        with rerun(page):
            page.locator("[class*=st-key-apply-] button").click()
    select(page, 2)
    shoot(page, "clean", theme)
    with rerun(page):  # without its types the numbers are text, and scaling them cannot run
        page.locator("[class*=st-key-card_types] label").first.click()
    select(page, 3)
    page.get_by_text("could not run").first.wait_for()
    shoot(page, "error", theme)
    press(page, "undo")
    with rerun(page):
        page.get_by_role("radio", name="3 Check").click(force=True)
    press(page, "first-checks-add")
    with rerun(page):
        page.locator("[class*=st-key-apply-] button").click()
    with rerun(page):
        page.get_by_role("radio", name="3 Check").click(force=True)
    shoot(page, "check", theme)
    press(page, "to-download")
    page.get_by_text("CSV for other programs").first.wait_for()
    shoot(page, "download", theme)


def similar_rows(page: Page, url: str, theme: str) -> None:
    """Companies of which some are listed twice."""
    open_page(page, url)
    listed = TABLES["companies"](1, 100).table.drop(columns=["employees"])
    upload(page, "companies.csv", listed.to_csv(index=False).encode())
    page.get_by_text("Is this how the file should look?").wait_for()
    press(page, "looks-right")
    press(page, "add-step")
    press(page, "choose-fuzzy_duplicates")
    page.get_by_text("of similar rows").first.wait_for()
    with rerun(page):
        page.locator("[class*=-similar-sure] button").first.click()
    shoot(page, "similar", theme)


def main() -> None:
    """All pictures, light and dark."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for theme in ("light", "dark"):
            with tempfile.TemporaryDirectory() as folder:
                server = Server(Path(folder)).start()
                context = browser.new_context(
                    viewport={"width": 1400, "height": 900}, color_scheme=theme, locale="en-US", timezone_id="UTC"
                )
                page = context.new_page()
                listen(page)
                journey(page, server.url, theme)
                similar_rows(page, server.url, theme)
                context.close()
                server.stop()
        browser.close()


if __name__ == "__main__":
    main()
