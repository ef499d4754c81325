"""A table with very many columns: a grid shows some of them at a time, and says which."""

import pytest

from pipeline import new_step
from tests.page.conftest import Tab
from tests.page.test_check import check, grid
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


def test_a_column_that_is_chosen_turns_the_grid_to_it_and_cells_are_edited_there(wide: Tab) -> None:
    wide.put("selectbox", "column-list-", "c300")
    assert list(wide.at.dataframe[0].value.columns) == NAMES[200:400]
    wide.put("toggle", "edit-cells-", True)
    (editor,) = wide.at.data_editor
    assert list(editor.value.columns) == NAMES[200:400]
    wide.type_in("grid-edit-", {"1": {"c300": "new"}})
    wide.put("toggle", "edit-cells-", False)
    assert wide.at.dataframe[0].value["c300"].tolist() == ["x", "new"]


def test_new_columns_stand_first_while_a_step_is_looked_at(orders: Tab) -> None:
    orders.put("selectbox", "column-list-", "customer").click("do-split")
    assert "1 new column first, so that it is in sight." in orders.said()
    assert list(grid(orders, "id").columns)[:3] == ["customer_1", "id", "city"]


def test_rows_that_fail_a_check_show_the_checked_column_first(wide: Tab) -> None:
    check(wide, new_step("validate", {"rules": [{"check": "in_set", "column": "c450", "values": ["z"]}]}))
    failing = grid(wide, "c450")
    assert (list(failing.columns)[:2], len(failing.columns)) == (["c450", "c1"], 200)
    assert "Columns 1 to 200 of 451, the one that is checked first. Downloads hold all." in wide.said()


def test_columns_that_were_not_tried_for_a_type_say_so(wide: Tab) -> None:
    wide.add("set_types")
    types = next(g.value for g in wide.at.data_editor if "evidence" in g.value.columns).set_index("column")
    assert types["evidence"]["c300"] == "not looked at"
    assert types["evidence"]["c1"] != "not looked at"
