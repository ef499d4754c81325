"""A file that tries to be markup: everything of it is shown as the text it is, and nothing is fetched from elsewhere."""

from playwright.sync_api import Page, expect

from tests.browser.actions import add, apply, keyed, press, start, view
from tests.browser.driver import Grid, Server, rerun

IMAGE = "![x](http://elsewhere.example/pixel.png)"
LINK = "[click](http://elsewhere.example/)"
HTML = "<img src=http://elsewhere.example/p.gif onerror=alert(1)><script>alert(2)</script>"
BIDI = "abc\u202egnp.exe"
NAMES = ["**bold**", IMAGE, HTML, ":red[hot] $x^2$ :smile:", "tab\there"]
FILE_NAME = "**a** ![x](http:elsewhere.example) <b>b :red[c].csv"


def table() -> bytes:
    header = ",".join(f'"{n}"' for n in NAMES)
    first = ",".join(f'"{c}"' for c in (f" {IMAGE}", LINK, HTML, BIDI, "x" * 10_000))
    second = ",".join(f'"{c}"' for c in ("`code`", "javascript:alert(1)", "nul \x07 bell", "www.elsewhere.example a@b.example", "# h"))
    return f"{header}\n{first}\n{second}\n,,,,\n".encode()


def nothing_is_made_of_it(page: Page) -> None:
    """No picture, no link and no bold text but the page's own; the page is not wider than the window."""
    expect(page.locator("[data-testid=stApp] img[src*=elsewhere]")).to_have_count(0)
    expect(page.locator("a[href*=elsewhere], a[href^=javascript], a[href^=mailto]")).to_have_count(0)
    expect(page.locator("script:not([src])", has_text="alert")).to_have_count(0)
    expect(page.locator("strong", has_text="bold")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 1400


def test_a_hostile_file_is_plain_text_everywhere(server: Server, page: Page) -> None:
    start(page, server.url, FILE_NAME, table())
    head = page.get_by_test_id("stSidebar").locator(".st-key-file-head strong")
    expect(head).to_contain_text("**a** ![x]")
    expect(Grid(page).cell(1, 0)).to_have_text("**bold**")
    nothing_is_made_of_it(page)
    for name in range(len(NAMES)):
        with rerun(page):
            keyed(page, "column-list-").locator("input").click()
            page.get_by_role("option").nth(name).click()
        nothing_is_made_of_it(page)
    page.get_by_text("The columns as text").click()
    nothing_is_made_of_it(page)
    view(page, "Table")
    grid = Grid(page)
    expect(grid.cell(1, 0)).to_have_text(f" {IMAGE}")
    assert grid.row(0)[:4] == ["2", f" {IMAGE}", LINK, HTML]
    nothing_is_made_of_it(page)
    for name in range(len(NAMES)):
        with rerun(page):
            keyed(page, "column-list-").locator("input").click()
            page.get_by_role("option").nth(name).click()
        page.locator(".st-key-facet-column").get_by_role("button").click()
        with rerun(page):
            page.get_by_role("menuitem", name="Values", exact=True).click()
        nothing_is_made_of_it(page)
    add(page, "trim_whitespace")
    nothing_is_made_of_it(page)
    apply(page)
    press(page, "where-row")
    with rerun(page):
        page.locator("[class*=st-key-row-number-] input").fill("2")
        page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_text("Row 2 is kept")).to_be_visible()
    nothing_is_made_of_it(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    view(page, "What changed")
    expect(Grid(page).cell(1, 0)).to_contain_text(IMAGE)
    nothing_is_made_of_it(page)
    add(page, "dropna")
    nothing_is_made_of_it(page)
    apply(page)
    nothing_is_made_of_it(page)
    press(page, "st-key-to-download")
    expect(page.get_by_text("Every row accounted for")).not_to_have_count(0)
    nothing_is_made_of_it(page)
    press(page, "st-key-home")
    expect(keyed(page, "st-key-recent-")).to_contain_text("**a** ![x]")
    nothing_is_made_of_it(page)
