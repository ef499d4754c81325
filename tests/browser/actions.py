"""What a person does on the page, step by step; every action waits until the page is drawn again."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.driver import PATIENCE, TRIES, Grid, drawn, open_page, rerun, settled, upload


def keyed(page: Page, part: str) -> Locator:
    """The element whose key holds ``part``."""
    return page.locator(f"[class*='st-key-'][class*='{part}']").first


def press(page: Page, part: str) -> None:
    """Press the button whose key holds ``part``."""
    button = keyed(page, part).get_by_role("button").first
    expect(button).to_be_enabled(timeout=PATIENCE)
    drawn(page)  # a button that is drawn anew under the pointer loses the click
    with rerun(page):
        button.click()


def start(page: Page, url: str, name: str, content: bytes) -> None:
    """Load a file and say that it looks right."""
    open_page(page, url)
    upload(page, name, content)
    button = keyed(page, "looks-right")
    expect(button).to_be_visible(timeout=PATIENCE)
    for _ in range(TRIES):  # a wide table is still being drawn: a person would press again, too
        settled(page)
        press(page, "looks-right")
        if not button.is_visible():
            return
    expect(button).not_to_be_visible()


def add(page: Page, step: str) -> None:
    """Open the form of a new step."""
    press(page, "st-key-add-step")
    press(page, f"choose-{step}")


def choose_columns(page: Page, *names: str) -> None:
    """In the open form, choose exactly these columns."""
    keyed(page, "columns-kind").locator("input").click()
    with rerun(page):
        page.get_by_role("option", name="These columns", exact=True).click()
    field = keyed(page, "columns-names").locator("input")
    for name in names:
        field.click()
        field.fill(name)
        with rerun(page):
            page.get_by_role("option").first.click()
    page.keyboard.press("Escape")


def condition(page: Page, lines: list[tuple[str, bool, str, str, str]]) -> None:
    """In the open form, write the lines of the condition: group, not, column, comparison, value."""
    grid = Grid(page, page.locator("[class*=st-key-lines-]").get_by_test_id("stDataFrame").first)
    for row, (group, turned, column, comparison, value) in enumerate(lines):
        if row:
            with rerun(page):
                page.get_by_role("button", name="Add row: Conditions").click(force=True)
        if group != "1":
            grid.pick(1, row, group)
        if turned:
            grid.tick(2, row)
        grid.pick(3, row, column)
        grid.pick(4, row, comparison)
        grid.edit(5, row, value)


def apply(page: Page) -> None:
    """Add the step of the open form."""
    press(page, "st-key-apply-form")
    expect(page.locator(".st-key-panel")).to_have_count(0, timeout=PATIENCE)


def view(page: Page, name: str) -> None:
    """Look at another view of the step."""
    option = page.locator("[class*=st-key-view-]").get_by_role("radio", name=name)
    if option.get_attribute("aria-checked") != "true":
        with rerun(page):
            option.click()


def edit_cells(page: Page) -> Grid:
    """Turn the table into one to type in."""
    view(page, "Table")
    with rerun(page):
        keyed(page, "edit-cells-").locator("label").click()
    return Grid(page, page.locator("[class*=st-key-fixedhead-grid-edit]").get_by_test_id("stDataFrame").first, marks=1)


def menu(page: Page, number: int, entry: str) -> None:
    """Choose from the menu of a step's card."""
    page.locator("[class*=st-key-menu-]").nth(number - 1).get_by_role("button").click()
    with rerun(page):
        page.get_by_role("menuitem", name=entry, exact=True).click()


def cards(page: Page) -> list[str]:
    """The names of the steps on their cards, in order."""
    names = page.get_by_test_id("stSidebar").locator("[class*=st-key-card_] strong:visible").all_inner_texts()
    return [name.split(". ", 1)[1] for name in names if ". " in name]
