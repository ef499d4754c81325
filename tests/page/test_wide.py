"""A table with very many columns: a grid shows some of them at a time, and says which."""

import pytest

from tests.page.conftest import Tab
from workspace import Workspace

NAMES = [f"c{n}" for n in range(1, 452)]
FILE = "\n".join([",".join(NAMES), ",".join(["x"] * 450 + [" y "]), ",".join(["z"] * 451), ""]).encode()


@pytest.fixture
def wide(workspace: Workspace) -> Tab:
    return Tab(workspace).upload("wide.csv", FILE).click("looks-right").view("table")


def test_some_columns_at_a_time(wide: Tab) -> None:
    assert list(wide.at.dataframe[0].value.columns) == NAMES[:200]
    assert "Columns 1 to 200 of 451. Downloads hold all." in wide.said()
    turn = next(p for p in wide.at.main.get("pagination") if "across" in p.proto.id)
    assert turn.proto.num_pages == 3


def test_changed_columns_come_first(wide: Tab) -> None:
    wide.click("add-step").click("choose-trim_whitespace").click("apply-form").view("changed")
    shown = wide.at.dataframe[0].value
    assert list(shown.columns)[:2] == ["c451", "c1"]
    assert shown["c451"].tolist() == ["·y· → y"]
    assert "Columns 1 to 200 of 451, those with a change first." in wide.said()
