"""Steps as a table: moved without a pointer."""

from tests.page.conftest import ORDERS, Tab
from workspace import Workspace


def test_a_step_is_moved_by_buttons(workspace: Workspace) -> None:
    tab = Tab(workspace).upload("orders.csv", ORDERS).click("looks-right")
    for step in ("trim_whitespace", "dropna"):
        tab.click("add-step").click(f"choose-{step}").click("apply-form")
    tab.click("steps-as-table")
    before = [s.step for s in tab.steps]
    tab.put("selectbox", "move-step", tab.steps[-1].id)
    tab.click("move-step-up")
    assert [s.step for s in tab.steps] == [*before[:-2], "dropna", "trim_whitespace"]
    assert tab.at.selectbox(key="move-step").value == tab.steps[-2].id
    assert "Moved up: Remove rows with missing values." in tab.said()
    tab.click("move-step-down")
    assert [s.step for s in tab.steps] == before
