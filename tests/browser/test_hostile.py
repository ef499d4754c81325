"""A file that tries to be markup: everything of it is shown as the text it is, and nothing is fetched from elsewhere."""

from playwright.sync_api import Page, expect

from tests.browser.actions import add, apply, cards, keyed, menu, press, start, view
from tests.browser.driver import Grid, Server, open_page, rerun, settled, upload

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


def wide_table() -> bytes:
    """2,000 columns, one of them with a name of 10,000 characters, and as long a cell."""
    names = [*NAMES[:4], "n" * 10_000, *(f"{IMAGE} **c{n}** <b>" for n in range(1_995))]
    first = [f" {IMAGE}", LINK, HTML, BIDI, "x" * 10_000, *(f"[{n}](http://elsewhere.example) " for n in range(1_995))]
    second = ["`code`", "javascript:alert(1)", "nul \x07 bell", "# h", "- l", *map(str, range(1_995))]
    lines = [",".join(f'"{cell}"' for cell in row) for row in (names, first, second, second)]
    return "\n".join([*lines, "one,two", ""]).encode()


def nothing_is_made_of_it(page: Page) -> None:
    """No picture, no link and no bold text but the page's own; the page is not wider than the window."""
    expect(page.locator("[data-testid=stApp] img[src*=elsewhere]")).to_have_count(0)
    expect(page.locator("a[href*=elsewhere], a[href^=javascript], a[href^=mailto]")).to_have_count(0)
    expect(page.locator("script:not([src])", has_text="alert")).to_have_count(0)
    expect(page.locator("strong", has_text="bold")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]  # type: ignore[index]
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") == 0


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
    change_steps(page)
    work_on_problems(page)
    look_at_a_check_that_fails(page)
    add(page, "dropna")
    nothing_is_made_of_it(page)
    apply(page)
    expect(grid.cell(1, 0)).to_contain_text("is missing")
    expect(page.get_by_role("button", name="Download these 3 rows")).to_be_visible()
    nothing_is_made_of_it(page)
    press(page, "st-key-to-download")
    expect(page.get_by_text("Every row accounted for")).not_to_have_count(0)
    page.locator(".st-key-steps-text").get_by_role("button").click()
    expect(page.get_by_test_id("stCode").first).to_contain_text("1. Trim")
    nothing_is_made_of_it(page)
    page.keyboard.press("Escape")
    press(page, "st-key-home")
    expect(keyed(page, "st-key-recent-")).to_contain_text("**a** ![x]")
    nothing_is_made_of_it(page)


def change_steps(page: Page) -> None:
    """All that a card's menu does; the bar says it and takes it back."""
    said = page.locator(".st-key-undo-bar")
    for entry, words, left in (
        ("Turn off", "Turned off: Trim spaces.", 1),
        ("Duplicate", "Saved: Duplicate Trim spaces", 2),
        ("Delete", "Deleted: Trim spaces.", 0),
    ):
        menu(page, 1, entry)
        expect(said).to_contain_text(words)
        assert cards(page) == ["Trim spaces"] * left
        press(page, "bar-undo")
        expect(said).to_contain_text("Undone: ")
        assert cards(page) == ["Trim spaces"]
    menu(page, 1, "Add note")
    page.get_by_role("dialog").locator("textarea").fill(IMAGE)
    press(page, "save-note")
    menu(page, 1, "Insert step below")
    expect(page.locator(".st-key-step-list")).to_be_visible()
    nothing_is_made_of_it(page)
    press(page, "st-key-cancel-choose")


def work_on_problems(page: Page) -> None:
    """A column of marks becomes numbers: what cannot is listed, read as text, mended, taken back."""
    view(page, "Table")
    with rerun(page):
        keyed(page, "column-list-").locator("input").click()
        page.get_by_role("option").nth(0).click()
    page.locator("[class*=st-key-change-type-]").get_by_role("button").click()
    with rerun(page):
        page.get_by_role("menuitem", name="Whole number", exact=True).click()
    apply(page)
    view(page, "Problems (2)")
    grid = Grid(page)
    assert grid.row(1)[:3] == ["3", "**bold**", "`code`"]
    grid.edit(4, 1, "7")
    expect(page.locator(".st-key-undo-bar")).to_contain_text("Saved: Mend 1 value")
    expect(page.get_by_role("radio", name="Problems (1)")).to_be_visible()
    press(page, "bar-undo")
    with rerun(page):
        page.locator("[class*=st-key-words-problems]").locator("summary").click()
    expect(page.get_by_text(f"Row 2: column: **bold**; value: {IMAGE}")).to_be_visible()
    nothing_is_made_of_it(page)


def look_at_a_check_that_fails(page: Page) -> None:
    """A rule is added; Check counts and shows the rows that break it, with the whole proof."""
    add(page, "validate")
    rules = Grid(page, page.locator(".st-key-panel").get_by_test_id("stDataFrame").first, marks=1)
    rules.pick(0, 0, "**bold**")
    expect(page.locator(".st-key-panel").get_by_text("1 of 1 check fails.")).to_be_visible()
    apply(page)
    stage(page, "3 Check")
    expect(page.get_by_text("3 rows fail: **bold** is never missing.")).to_be_visible()
    expect(page.get_by_role("heading", name="Every row accounted for")).to_be_visible()
    assert Grid(page).row(0)[1:3] == ["**bold** is never missing", "✗ fails"]
    nothing_is_made_of_it(page)
    press(page, "go-thing-0")
    expect(page.get_by_role("radio", name="Problems (3)")).to_have_attribute("aria-checked", "true")


def stage(page: Page, name: str) -> None:
    """Go to a stage by its button."""
    with rerun(page):
        page.get_by_role("radio", name=name).click(force=True)


def test_two_thousand_hostile_columns(server: Server, page: Page) -> None:
    def well() -> None:
        nothing_is_made_of_it(page)
        assert page.locator("[data-testid=stApp] *").count() < 5_000  # no element of its own for each column

    open_page(page, server.url)
    upload(page, FILE_NAME, wide_table())
    expect(page.get_by_text("header on line 1 · 4 rows, 2,000 columns")).to_be_visible()
    well()
    for tab in (1, 2):
        with rerun(page):
            page.get_by_role("tab").nth(tab).click()
        well()
    expect(page.get_by_text("The first 100 columns of text were tried")).to_be_visible()
    press(page, "looks-right")
    expect(page.get_by_text("1 to 50 of 2,000 columns")).to_be_visible()
    well()
    view(page, "Table")
    well()
    add(page, "trim_whitespace")
    expect(page.get_by_text("in 1,996 columns")).to_be_visible()
    well()
    apply(page)
    view(page, "What changed")
    well()
    add(page, "set_types")
    well()
    stage(page, "3 Check")
    expect(page.get_by_text("No checks yet.")).to_be_visible()
    well()
    stage(page, "4 Download")
    expect(page.get_by_text("Every row accounted for").first).to_be_visible()
    well()
    page.set_viewport_size({"width": 390, "height": 844})
    settled(page)
    well()


def test_a_second_hostile_table(server: Server, page: Page) -> None:
    start(page, server.url, FILE_NAME, table())
    press(page, "st-key-add-table")
    field = page.locator("[class*=st-key-upload-another] input[type=file]")
    field.set_input_files({"name": f"2 {FILE_NAME}", "mimeType": "text/csv", "buffer": table().replace(b"**bold**", b"[bolder](http:x)")})
    expect(page.get_by_text("Is this how the file should look?")).to_be_visible()
    settled(page)
    nothing_is_made_of_it(page)
    press(page, "select-table-0")
    press(page, "looks-right")
    for step in ("append", "join"):
        add(page, step)
        nothing_is_made_of_it(page)
        other = keyed(page, "-other").locator("input")
        if other.count():
            nothing_is_made_of_it(page)
        press(page, "st-key-cancel-form")
    stage(page, "3 Check")
    nothing_is_made_of_it(page)
