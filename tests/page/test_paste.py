"""A pasted table becomes a file with exactly the pasted text, read like any other."""

import pytest

from tests.page.conftest import Tab


@pytest.fixture
def dialog(tab: Tab) -> Tab:
    return tab.click("paste")


def pasted(dialog: Tab, text: str) -> Tab:
    dialog.at.text_area(key="paste-text").set_value(text)
    return dialog.click("paste-read")


TABLES = {
    "Excel": ('id\tname\n007\t"Ana\nMaria"\n', "CSV · tabs · UTF-8 · header on line 1 · 1 row, 2 columns"),
    "CSV": ("id;name\n007;Ana\n008;Jürgen\n", "CSV · semicolons · UTF-8 · header on line 1 · 2 rows, 2 columns"),
    "Markdown": ("| id | name |\n|----|------|\n| 007 | Ana |\n", "Table drawn with pipes · UTF-8 · header on line 1 · 1 row, 2 columns"),
    "a web page": (
        "<table><tr><th>id</th><th>name</th></tr><tr><td>007</td><td>Ana</td></tr></table>\n",
        "1 row, 2 columns · no line left out",
    ),
    "JSON": ('[{"id": "007", "name": "Ana"}]', "JSON · a row is an object of the list · UTF-8 · 1 row, 2 columns"),
}


@pytest.mark.parametrize(("text", "said"), TABLES.values(), ids=TABLES)
def test_a_pasted_table_is_loaded(dialog: Tab, text: str, said: str) -> None:
    pasted(dialog, text)
    assert said in dialog.said()
    saved = dialog.workspace.projects.get(dialog.project)
    assert saved is not None
    assert (saved.name, saved.tables[0].name, saved.tables[0].file_name) == ("pasted table", "pasted_table", "pasted table")
    assert dialog.workspace.files.path(saved.tables[0].file_digest).read_bytes() == text.encode()
    dialog.click("looks-right")
    assert dialog.column("id")[0] == "007"


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_nothing_pasted_says_what_to_do(dialog: Tab, text: str) -> None:
    pasted(dialog, text)
    assert dialog.errors() == ["Nothing is pasted yet: copy the cells with their header, click into the field and press Ctrl+V."]
    assert dialog.workspace.projects.recent(5) == []


def test_too_much_is_refused(dialog: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.paste.LONGEST", 10)
    pasted(dialog, "a,b\n1,2\n3,4\n")
    assert dialog.errors() == ["The text has 12 characters, more than the 10 that can be pasted. Save it as a file and load that."]


def test_text_that_is_no_table_can_still_be_left(dialog: Tab) -> None:
    pasted(dialog, '[{"a": 1}, {"a"')
    assert dialog.errors()[0].startswith("pasted table, line 1, character 16: this is no valid JSON")
