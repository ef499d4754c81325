"""The page under its own policy: drawn without complaint, and an unexpected error tells nothing of what it knew."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.driver import ROOT, Server, Trouble, open_page


def test_the_page_is_drawn_without_complaint(server: Server, page: Page, trouble: Trouble) -> None:
    open_page(page, server.url)
    expect(page.get_by_text("Clean a table").first).to_be_visible()
    assert trouble.seen == []


def test_an_unexpected_error_says_what_to_do_and_keeps_its_text_for_the_log(tmp_path: Path, page: Page) -> None:
    server = Server(tmp_path, Path(__file__).parent / "fixtures" / "fails_app.py", PYTHONPATH=str(ROOT)).start()
    try:
        open_page(page, server.url)
        shown = page.get_by_test_id("stAlert")
        expect(shown).to_contain_text("Reload the page to go on from your last saved change.")
        number = shown.inner_text().strip().removesuffix(".").split()[-1]
        expect(page.get_by_text("anna")).to_have_count(0)
        expect(page.get_by_test_id("stException")).to_have_count(0)
    finally:
        server.stop()
    log = server.log.read_text(encoding="utf-8")
    assert f"Error {number} on the page" in log
    assert "ValueError: anna@example.org in /home/anna/secret.csv" in log
