"""The bar that says what was changed, with a button that takes just that back."""

from tests.page.conftest import Tab


def said(tab: Tab) -> list[str]:
    return [e.value.replace("\\", "") for e in tab.at.success]


def test_a_change_is_undone_and_made_again_from_the_bar(orders: Tab) -> None:
    orders.add("trim_whitespace").click("apply-")
    assert said(orders) == ["Added: Trim spaces."]
    orders.click("bar-undo")
    assert orders.names() == ["set_types"]
    assert said(orders) == ["Undone: Add Trim spaces"]
    orders.click("bar-redo")
    assert orders.names() == ["set_types", "trim_whitespace"]
    assert said(orders) == ["Done again: Add Trim spaces"]
    orders.click("bar-close")
    assert said(orders) == []


def test_it_stays_while_the_table_is_looked_at_and_goes_when_something_else_is_done(orders: Tab) -> None:
    orders.add("trim_whitespace").click("apply-").view("table").put("text_input", "search-table", "bo")
    assert said(orders) == ["Added: Trim spaces."]
    orders.click("add-step")
    assert said(orders) == []
    orders.click("cancel-choose").view("table").put("toggle", "edit-cells-", True)
    orders.type_in("grid-edit-", {"0": {"customer": "Anna"}})
    assert said(orders) == ["Saved: Edit 1 cell"]
    orders.click("to-download")
    assert said(orders) == []


def test_opening_a_file_is_not_undone(orders: Tab) -> None:
    assert said(orders) == []
    assert orders.at.button(key="undo").disabled
