"""Several files dropped at once: stacked, a column matched, every row's file kept, and the recipe run on them from the command line."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.actions import press
from tests.browser.driver import ROOT, Grid, Server, download, open_page, rerun, settled

JAN = b"id,city,amount\n001,Lyon,10\n002,Rome,20\n003,York,30\n"
FEB = b"ID;town;amount\n004;Lyon;40\n005;Rome;50\n\n006;York;60\n"


def test_files_are_stacked_matched_and_run_again(server: Server, page: Page, tmp_path: Path) -> None:
    (tmp_path / "sales_jan.csv").write_bytes(JAN)
    (tmp_path / "sales_feb.csv").write_bytes(FEB)
    files = [tmp_path / "sales_jan.csv", tmp_path / "sales_feb.csv"]
    open_page(page, server.url)
    page.locator(".st-key-upload input[type=file]").set_input_files(files)
    expect(page.get_by_text("2 files: sales_jan.csv and sales_feb.csv")).to_be_visible()
    settled(page)
    press(page, "stack-start")
    expect(page.get_by_text("2 files stacked · 6 rows, 5 columns · 1 line left out")).to_be_visible()
    expect(page.get_by_text("Perhaps these belong together: town → city. Look at Columns.")).to_be_visible()
    settled(page)
    with rerun(page):
        page.get_by_role("tab", name="Columns").click()
    screen = Grid(page, page.locator("[class*=st-key-wide-stack]").get_by_test_id("stDataFrame").first)
    assert screen.row(1)[:4] == ["town", "sales_feb.csv", "Lyon, Rome, York", "city"]
    press(page, "stack-again")
    expect(page.get_by_text("2 files stacked · 6 rows, 4 columns · 1 line left out")).to_be_visible()
    expect(page.get_by_text("Perhaps these belong together")).to_have_count(0)
    settled(page)
    press(page, "looks-right")
    expect(page.get_by_text("Every row accounted for").first).to_be_visible()
    press(page, "st-key-to-download")
    content = {}
    for label in ("CSV for other programs", "Save as recipe"):
        button = page.get_by_test_id("stDownloadButton").get_by_role("button", name=label, exact=True)
        content[label] = download(page, button)[1]
    lines = ["id,city,amount,source", "001,Lyon,10,sales_jan.csv", "002,Rome,20,sales_jan.csv", "003,York,30,sales_jan.csv"]
    lines += ["004,Lyon,40,sales_feb.csv", "005,Rome,50,sales_feb.csv", "006,York,60,sales_feb.csv"]
    assert content["CSV for other programs"].decode().splitlines() == lines
    recipe, out = tmp_path / "recipe.json", tmp_path / "out.csv"
    recipe.write_bytes(content["Save as recipe"])
    command = [sys.executable, "-m", "pipeline", "run", str(recipe), *map(str, files), "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert out.read_bytes() == content["CSV for other programs"]
