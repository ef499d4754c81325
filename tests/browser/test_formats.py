"""JSON, Parquet, an archive and a pasted table in the browser, from the file to the cells on the page."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import keyed, press, view
from tests.browser.driver import PATIENCE, Grid, Server, open_page, rerun, settled, upload
from tests.page.conftest import ORDERS
from tests.page.test_formats import ANSWER, parquet, zipped


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("formats")).start()
    yield server
    server.stop()


def choose(page: Page, part: str, option: str) -> None:
    """Choose an option of the selectbox whose key holds ``part``."""
    keyed(page, part).locator("input").click()
    with rerun(page):
        page.get_by_role("option", name=option).click()


def loaded(page: Page, sentence: str) -> None:
    """The file is read and told about so."""
    expect(page.get_by_text(sentence)).to_be_visible(timeout=PATIENCE)
    settled(page)


def test_another_list_of_a_json_file_is_chosen(served: Server, page: Page) -> None:
    open_page(page, served.url)
    upload(page, "answer.json", json.dumps(ANSWER).encode(), "application/json")
    loaded(page, "JSON · a row is an object of the list orders · UTF-8 · 2 rows, 3 columns · 2 lines left out")
    assert Grid(page).header() == ["row", "id", "to.city", "tags"]
    assert Grid(page).row(1) == ["3", "2", "Rome", "[]"]
    page.get_by_role("tab", name="Something looks wrong?").click()
    choose(page, "st-key-records-", "customers (1 row, 1 column)")
    loaded(page, "a row is an object of the list customers · UTF-8 · 1 row, 1 column · 2 lines left out")
    press(page, "looks-right")
    view(page, "Table")
    assert Grid(page).header() == ["row", "name"]
    assert Grid(page).row(0) == ["2", "Ana"]


def test_a_parquet_file_opens(served: Server, page: Page) -> None:
    open_page(page, served.url)
    upload(page, "orders.parquet", parquet(), "application/octet-stream")
    loaded(page, "Parquet · 2 rows, 3 columns · no line left out")
    assert Grid(page).row(0) == ["2", "7", "Lyon", "0.5"]
    press(page, "looks-right")
    expect(keyed(page, "looks-right")).to_have_count(0)


def test_another_file_of_an_archive_is_chosen(served: Server, page: Page) -> None:
    open_page(page, served.url)
    upload(page, "year.zip", zipped(jan=ORDERS, feb=b"q;w\n1;2\n"), "application/zip")
    loaded(page, "jan.csv in year.zip · CSV · commas · UTF-8 · header on line 1 · 4 rows, 7 columns")
    page.get_by_role("tab", name="Something looks wrong?").click()
    choose(page, "st-key-member-", "feb.csv")
    loaded(page, "feb.csv in year.zip · CSV · semicolons · UTF-8 · header on line 1 · 1 row, 2 columns")
    press(page, "looks-right")
    view(page, "Table")
    assert Grid(page).row(0) == ["2", "1", "2"]


def test_cells_are_pasted(served: Server, page: Page) -> None:
    open_page(page, served.url)
    press(page, "st-key-paste")
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("Nothing is pasted yet")).to_be_visible(timeout=PATIENCE)
    field = page.get_by_role("textbox", name="The table")
    field.click()
    page.keyboard.insert_text("id\tname\n007\tAna\n008\tJürgen\n")  # as a paste does: tabs do not leave the field
    page.get_by_role("button", name="Read it").click()
    loaded(page, "CSV · tabs · UTF-8 · header on line 1 · 2 rows, 2 columns · no line left out")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert Grid(page).row(1) == ["3", "008", "Jürgen"]
