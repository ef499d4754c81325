"""What a rerun of the page costs with nothing changed: ``python -m benchmarks.rerun [--rows 1000000]``.

The file is loaded, two steps are added, and the page is drawn again and again: the script's time on the server (median),
and what goes over the wire to a real browser when a card that is selected already is clicked.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.data import make_file
from benchmarks.end_to_end import machine
from benchmarks.report import put

ROOT = Path(__file__).resolve().parents[1]


def server_time(source: Path, runs: int) -> float:
    """Median milliseconds of the script."""
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_file(str(ROOT / "ui" / "page.py"), default_timeout=120).run()
    at.file_uploader(key="upload").upload(source.name, source.read_bytes(), "text/csv").run()
    while not any(b.key == "looks-right" for b in at.button):
        at.run()
    at.button(key="looks-right").click().run()
    for step in ("trim_whitespace", "normalize"):
        at.button(key="add-step").click().run()
        at.button(key=f"choose-{step}").click().run()
        while not (found := [b for b in at.button if b.key and b.key.startswith("apply-") and not b.disabled]):
            at.run()
        found[0].click().run()
    while any(b.key and b.key.startswith("cancel-") for b in at.button):
        at.run()
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        at.run()
        took.append(1000 * (time.perf_counter() - began))
    assert not at.exception, at.exception
    assert at.markdown, "the page drew nothing"
    return statistics.median(took)


def bytes_sent(source: Path) -> tuple[int, int]:
    """Bytes to the browser for one rerun with nothing changed, and milliseconds from the click to the end of the run."""
    from playwright.sync_api import sync_playwright

    from tests.browser.driver import CHROMIUM, FLAGS, Server, listen, open_page, rerun

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        listen(page)
        sent = [0]

        def count(frame: bytes | str) -> None:
            sent[0] += len(frame)

        page.on("websocket", lambda socket: socket.on("framereceived", count))
        open_page(page, server.url)
        page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(source)
        page.get_by_text("Is this how the file should look?").wait_for(timeout=120_000)
        with rerun(page):
            page.locator(".st-key-looks-right button").click()
        with rerun(page):
            page.locator(".st-key-select-types button").first.click()
        sent[0] = 0
        began = time.perf_counter()
        with rerun(page):
            page.locator(".st-key-select-types button").first.click()
        took = 1000 * (time.perf_counter() - began)
        browser.close()
        server.stop()
    return sent[0], round(took)


def main() -> None:
    """Measure, print, and keep the figures in the README between their marks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=15)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_DATA_FOLDER"] = str(Path(folder) / "data")
        source = Path(folder) / "orders.csv"
        make_file(source, chosen.rows)
        script = server_time(source, chosen.runs)
        sent, took = bytes_sent(source)
    lines = [
        f"{chosen.rows:,} rows by 8 columns, three steps, nothing changed. {machine()}",
        "",
        "| | measured | aimed at |",
        "|---|---:|---:|",
        f"| the script on the server, median of {chosen.runs} | {script:.0f} ms | 100 ms |",
        f"| sent to the browser | {sent / 1e6:.3f} MB | 0.3 MB |",
        f"| from the click to the end of the run, in Chromium | {took} ms | |",
    ]
    print("\n".join(lines))
    put("rerun", lines)


if __name__ == "__main__":
    main()
