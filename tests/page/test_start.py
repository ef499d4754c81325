"""The start page: files in, files that are none, files known, and being rid of them."""

import hashlib
import io
import shutil
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from sample_data import troubles
from tests.page.conftest import ORDERS, Tab
from ui import state
from workspace import Settings, Workspace
from workspace.files import Files
from workspace.jobs import Jobs

TROUBLES = Path(troubles.__file__).parent / "troubles"
PICTURE = (TROUBLES / "picture.csv").read_bytes()


def workbook() -> bytes:
    book, plain = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["id", "n"])
    book.active.append(["007", 1])
    book.save(plain)
    return plain.getvalue()


DAMAGED = "Save it again in Excel, or get it again."
UNREADABLE = {
    "empty": (b"", "empty.csv: the file is empty (0 bytes). Export or copy it again."),
    "a picture": (PICTURE, "picture.csv: this is a picture (PNG), not a table. Choose a CSV file or an Excel workbook."),
    "garbage": (bytes(range(256)) * 40, "garbage.csv: this is not a text file. Choose a CSV file or an Excel workbook."),
    "half a workbook": (workbook()[:900], f"half.xlsx: the workbook is damaged and cannot be opened. {DAMAGED}"),
    "no workbook": (b"PK\x03\x04 and nothing of the kind", f"text.xlsx: the workbook is damaged and cannot be opened. {DAMAGED}"),
}


def test_the_start_page_is_one_sentence_and_three_ways_in(tab: Tab) -> None:
    assert tab.at.title[0].value == "Clean a table"
    assert "Drop a CSV or Excel file here. Your file is never changed; you download a clean copy." in tab.said()
    assert "Carry on" not in tab.said()
    assert tab.keys() == ["demo", "paste"]
    assert str(tab.workspace.folder) in tab.said()


def test_the_demo_file_opens_with_its_types_proposed(tab: Tab) -> None:
    tab.click("demo")
    assert "CSV · commas · UTF-8 · header on line 1 · 299 rows, 15 columns · **2 lines left out**" in tab.said()
    assert 'Row 171: 15 cells, but the header has 14. The extra cells are kept in column "extra_1".' in tab.said()
    assert [t.label for t in tab.at.tabs] == ["Table", "Something looks wrong?", "Types: 3 columns became numbers, dates or yes/no"]
    assert tab.names() == ["set_types"]
    assert tab.steps[0].params["types"] == {"quantity": "integer", "unit_price": "number", "shipped": "date"}


def test_no_rerun_hashes_or_parses_again(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()
    real_hash, real_put, real_submit = hashlib.sha256, Files.put, Jobs.submit

    def sha256(data: bytes = b"", **options: bool) -> object:
        seen["hashed"] += data == ORDERS
        return real_hash(data, **options)

    def put(files: Files, data: bytes | Path, digest: str | None = None) -> str:
        seen["put"] += 1
        return real_put(files, data, digest)

    def submit(jobs: Jobs, task: str, *args: object, **options: object) -> object:
        seen[task] += 1
        return real_submit(jobs, task, *args, **options)

    monkeypatch.setattr(hashlib, "sha256", sha256)
    monkeypatch.setattr(Files, "put", put)
    monkeypatch.setattr(Jobs, "submit", submit)
    tab.upload("orders.csv", ORDERS)
    for _ in range(20):
        tab.run()
    for key in ("looks-right", "select-open-file", "select-types", "to-download", "add-step", "choose-trim_whitespace", "apply-"):
        tab.click(key)
    tab.run().run()
    assert tab.names() == ["set_types", "trim_whitespace"]
    assert seen == {"hashed": 1, "put": 1, "read": 1}
    again = Tab(tab.workspace).upload("orders.csv", ORDERS)  # another upload, so hashed once more, and then asked what to do
    for _ in range(5):
        again.run()
    again.click("open-known")
    assert seen == {"hashed": 2, "put": 2, "read": 1}


def test_the_same_file_is_recognised(orders: Tab) -> None:
    first = orders.project
    again = Tab(orders.workspace).upload("renamed.csv", ORDERS)
    assert "You loaded this file at " in again.said()
    again.run().run()
    again.click("open-known")
    assert again.project == first
    fresh = Tab(orders.workspace).upload("orders.csv", ORDERS).click("start-new")
    assert fresh.project != first
    assert len(orders.workspace.projects.recent()) == 2
    assert "You loaded this file" not in fresh.said()


@pytest.mark.parametrize(("content", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_says_why_and_the_page_goes_on(tab: Tab, content: bytes, message: str) -> None:
    tab.upload(message.split(":")[0], content)
    assert tab.errors() == [message]
    tab.click("home")
    assert tab.at.title[0].value == "Clean a table"
    tab.upload("orders.csv", ORDERS)
    assert not tab.at.error
    assert tab.column("id") == ["007", "008", "009", "010"]


def test_a_header_alone_is_a_table_without_rows(tab: Tab) -> None:
    tab.upload("header.csv", b"a,b\n")
    assert "0 rows, 2 columns" in tab.said()
    tab.click("looks-right")
    assert "The table has no rows." in tab.said()
    tab.click("to-download")
    assert "**0 rows" in tab.said()


def test_a_folder_that_cannot_be_written_is_said_and_the_page_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("WORKBENCH_DATA_FOLDER", str(tmp_path / "file" / "data"))
    monkeypatch.setenv("WORKBENCH_WORKERS", "1")
    opened = state._workspace(Settings().model_dump_json())
    try:
        tab = Tab(opened)
        said = tab.at.warning[0].value.replace("\\", "")
        assert said.startswith(f"Nothing can be kept in the folder {tmp_path / 'file' / 'data'}: ")
        assert "when the server stops your work is gone" in said
        tab.upload("orders.csv", ORDERS)
        assert tab.column("city") == ["Lyon", None, "Rome", "Lyon"]
    finally:
        opened.close()


def test_a_project_is_deleted_after_a_question(orders: Tab) -> None:
    id = orders.project
    orders.click("home")
    assert "4 rows · 7 columns · 1 step · saved" in orders.said()
    orders.click(f"delete-{id}")
    assert "The project **orders.csv**, its uploaded file and its steps are removed. This cannot be undone." in orders.said()
    orders.click("delete-not")
    assert orders.workspace.projects.get(id) is not None
    orders.click(f"delete-{id}").click("delete-confirmed")
    assert "The project was deleted." in orders.said()
    assert orders.workspace.projects.get(id) is None
    assert orders.workspace.usage().files == 0
    assert f"open-{id}" not in orders.keys("button")


def test_everything_is_deleted(orders: Tab) -> None:
    other = Tab(orders.workspace).upload("b.csv", b"a\n1\n")
    other.click("home").click("delete-everything").click("delete-confirmed")
    assert "Everything was deleted." in other.said()
    assert orders.workspace.projects.recent() == []
    assert orders.workspace.usage().files == 0
    assert other.keys() == ["demo", "paste"]
    orders.run()
    assert "This project is not here any more: it was deleted." in orders.said()
    assert orders.at.title[0].value == "Clean a table"


def test_an_address_of_a_project_that_is_not_there_leads_to_the_start(workspace: Workspace) -> None:
    tab = Tab(workspace, project="nobody", stage="clean")
    assert "This project is not here any more: it was deleted." in tab.said()
    assert tab.keys() == ["demo", "paste"]


def test_a_file_that_was_removed_from_the_folder_is_said(orders: Tab) -> None:
    shutil.rmtree(orders.workspace.files.folder)
    again = Tab(orders.workspace, project=orders.project, stage="load")
    assert again.column("id") == ["007", "008", "009", "010"]
    assert "The file of this project is no longer kept here. Load it again." in again.said()
    shutil.rmtree(orders.workspace.results_folder(orders.project))
    orders.workspace._works.clear()
    orders.workspace._results.clear()
    again = Tab(orders.workspace, project=orders.project, stage="clean")
    assert again.errors() == ["The file of this project is no longer kept here. Load it again."]
    again.click("home").upload("b.csv", b"a\n1\n")
    assert again.column("a") == ["1"]
