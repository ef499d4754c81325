"""What a click costs on a large table: ``python -m benchmarks.page [--rows 1000000] [--runs 10] [--write]``.

A file of ten columns with five steps is opened in Chromium. After each click was made once, it is made again and again: the
median from the click until the page is drawn, how far the page jumped (layout shift), and the browser's heap at the end.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.data import make_file
from benchmarks.end_to_end import machine
from benchmarks.report import put
from pipeline import Recipe, new_step
from tests.browser.actions import keyed, press
from tests.browser.driver import CHROMIUM, FLAGS, Grid, Server, listen, open_page, rerun, settled
from workspace import Settings, Workspace

LIMIT = 240_000  # milliseconds for the file to be opened and the steps to be worked out
STEPS = [
    new_step("trim_whitespace", {"columns": {"names": ["name", "note"]}}, id="trim"),
    new_step("change_case", {"columns": {"names": ["city"]}, "case": "upper"}, id="case"),
    new_step("dropna", {"columns": {"names": ["amount"]}}, id="drop"),
    new_step("normalize", {"columns": {"names": ["score"]}}, id="scale"),
]
WATCH = """() => { window.jumped = 0; new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.jumped += entry.value
}).observe({type: 'layout-shift', buffered: false}) }"""


def make_ten(path: Path, rows: int) -> None:
    """The benchmark's file with two more columns, ten in all."""
    eight = path.with_suffix(".eight.csv")
    make_file(eight, rows)
    table = pl.read_csv(eight, infer_schema=False)
    table.with_columns(place=pl.col("city"), rank=pl.col("score")).write_csv(path)


def wait_drawn(page: Page) -> None:
    """Until nothing is being worked out and the page is drawn."""
    expect(page.locator("[class*='st-key-waiting-']")).to_have_count(0, timeout=LIMIT)
    settled(page)


def prepare(page: Page, server: Server, source: Path) -> None:
    """Open the file, and put the steps after the one that types it."""
    open_page(page, server.url)
    with rerun(page):
        page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(source)
    expect(keyed(page, "looks-right")).to_be_visible(timeout=LIMIT)
    wait_drawn(page)
    with_steps(server)
    press(page, "looks-right")
    wait_drawn(page)
    with rerun(page):
        keyed(page, "select-scale").get_by_role("button").first.click()
    wait_drawn(page)
    show(page, "Table")


def with_steps(server: Server) -> None:
    """The five steps in the project, as another tab would put them there."""
    workspace = Workspace.open(Settings(data_folder=server.data))
    (project,) = workspace.projects.recent()
    found = workspace.projects.get(project.id)
    assert found is not None
    recipe = Recipe.parse(found.recipe)
    changed = recipe.with_steps(recipe.result, (*recipe.table(recipe.result).steps, *STEPS))
    workspace.projects.change(found.id, found.revision, recipe=changed.model_dump(mode="json"), label="Steps")
    workspace.close()


def show(page: Page, view: str) -> None:
    """Choose a view by its button."""
    with rerun(page):
        page.get_by_role("radio", name=view).first.click(force=True)
    wait_drawn(page)


def select_step(page: Page, turn: int) -> None:
    """Another step card."""
    with rerun(page):
        keyed(page, f"select-{('case', 'scale')[turn % 2]}").get_by_role("button").first.click()


def turn_page(page: Page, turn: int) -> None:
    """The next page of the table."""
    with rerun(page):
        page.get_by_test_id("stPagination").get_by_role("button", name="Next").click()


def search(page: Page, turn: int) -> None:
    """Search all cells for a text."""
    field = keyed(page, "search-").locator("input")
    field.fill(("Ana", "Bianchi")[turn % 2])
    with rerun(page):
        field.press("Enter")


def sort(page: Page, turn: int) -> None:
    """Sort all rows by another column."""
    page.get_by_role("button", name="Sort").first.click()
    keyed(page, "sort-").locator("input").click()
    with rerun(page):
        page.get_by_role("option", name=("amount", "name")[turn % 2], exact=True).click()
    page.keyboard.press("Escape")


def switch_view(page: Page, turn: int) -> None:
    """What changed, and the table again."""
    with rerun(page):
        page.get_by_role("radio", name=("What changed", "Table")[turn % 2]).first.click(force=True)


def open_column(page: Page, turn: int) -> None:
    """Click a column's name."""
    with rerun(page):
        Grid(page).click((180, 300)[turn % 2], -1)


def edit_cell(page: Page, turn: int) -> None:
    """Type into a cell."""
    Grid(page, marks=1).edit(3, turn + 2, f"Town {turn}")


def draft_step(page: Page, turn: int) -> None:
    """Open the last step and set it another way."""
    keyed(page, "menu-scale").get_by_role("button").first.click()
    with rerun(page):
        page.get_by_role("menuitem", name="Edit").click()
    wait_drawn(page)
    with rerun(page):
        keyed(page, "-method").get_by_role("combobox").click()
        page.get_by_role("option").nth(turn % 2 + 1).click()
    wait_drawn(page)


def save_step(page: Page, turn: int) -> None:
    """Save the changed step."""
    with rerun(page):
        keyed(page, "apply-form").get_by_role("button").first.click()


CLICKS: dict[str, Callable[[Page, int], None]] = {
    "select a step": select_step,
    "turn a page": turn_page,
    "search all rows": search,
    "sort all rows": sort,
    "switch the view": switch_view,
    "open a column": open_column,
    "edit a cell": edit_cell,
    "save the last step changed": save_step,
}
BEFORE: dict[str, Callable[[Page, int], None]] = {"save the last step changed": draft_step}  # not measured


def ready(page: Page, name: str) -> None:
    """Before a kind of click: the table, not narrowed; the cells open for typing where that is measured."""
    if name in ("turn a page", "search all rows", "sort all rows", "open a column"):
        with rerun(page):
            keyed(page, f"select-{'scale' if name != 'turn a page' else 'case'}").get_by_role("button").first.click()
        wait_drawn(page)
        show(page, "Table")
    if name == "edit a cell":
        page.reload()
        wait_drawn(page)
        show(page, "Table")
        with rerun(page):
            page.get_by_text("Edit cells").first.click()
        wait_drawn(page)


def measured(page: Page, runs: int) -> dict[str, tuple[float, float, float]]:
    """Of each kind of click: the median and the longest in seconds, and the furthest jump."""
    found = {}
    for name, click in CLICKS.items():
        ready(page, name)
        page.evaluate(WATCH)
        took, jumps = [], []
        for turn in range(runs + 2):
            if name in BEFORE:
                BEFORE[name](page, turn)
            page.evaluate("() => { window.jumped = 0 }")
            began = time.perf_counter()
            click(page, turn)
            wait_drawn(page)
            if turn > 1:  # each of the two places was seen once
                took.append(time.perf_counter() - began)
                jumps.append(float(page.evaluate("() => window.jumped")))
        found[name] = (statistics.median(took), max(took), max(jumps))
        print(f"{name}: {found[name][0]:.2f} s, longest {found[name][1]:.2f} s, jump {found[name][2]:.3f}", flush=True)
    return found


def heap(page: Page) -> float:
    """The browser's heap in MB, after it was swept."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    figures = session.send("Performance.getMetrics")["metrics"]
    return float(next(m["value"] for m in figures if m["name"] == "JSHeapUsedSize")) / 1e6


def main() -> None:
    """Measure, print, and keep the table if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        source = Path(folder) / "orders.csv"
        make_ten(source, chosen.rows)
        server = Server(Path(folder)).start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        listen(page)
        try:
            prepare(page, server, source)
            found = measured(page, chosen.runs)
            size = heap(page)
        finally:
            browser.close()
            server.stop()
    lines = [
        f"{chosen.rows:,} rows by 10 columns, five steps, warm, in Chromium, from the click until it is drawn. {machine()}",
        "",
        "| click | median | longest | furthest jump |",
        "|---|---:|---:|---:|",
        *(f"| {name} | {median:.2f} s | {longest:.2f} s | {jump:.3f} |" for name, (median, longest, jump) in found.items()),
        "",
        f"The browser's heap at the end: {size:.0f} MB.",
    ]
    print("\n".join(lines))
    if chosen.write:
        put("page", lines)


if __name__ == "__main__":
    main()
