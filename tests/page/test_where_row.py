"""Where did this row go? asked by number, and from a cell."""

from tests.page.conftest import Tab
from tests.page.test_overview import pick


def ask(tab: Tab, row: int) -> str:
    """Type a row number into the open dialog; what is said."""
    (field,) = [n for n in tab.at.number_input if n.key and n.key.startswith("row-number-")]
    field.set_value(row)
    return tab.run().said()


def test_a_row_is_asked_for_by_its_number(orders: Tab) -> None:
    orders.add("trim_whitespace").click("apply-")
    orders.add("filter")
    orders.click("cancel-form").click("where-row")
    assert "Write the number of any row" in orders.said()
    said = ask(orders, 2)
    assert "**Row 2 is kept, changed by step 2. It stands at place 1 of 4.**" in said
    assert "**Open file**: Read from orders.csv row 2." in said
    assert "**Step 2, Trim spaces**: Changed in 1 column." in said
    assert "| customer | ·Ana· → Ana |" in said
    assert "There is no row 77." in ask(orders, 77)


def test_from_a_cell_and_on_to_the_row_it_was_merged_into(orders: Tab) -> None:
    orders.put("selectbox", "column-list-", "city").click("do-remove-duplicates").click("apply-")
    orders.click("select-open-file")
    pick(orders, "grid-table", cells=[[3, "city"]])
    orders.click("cell-where-5")
    assert "**Row 5 was removed by step 2: equal to row 2, which is kept.**" in orders.said()
    orders.click("row-other-2")
    assert "**Row 2 is kept, changed by step 2." in orders.said()
    assert "Stands for row 5, removed as equal." in orders.said()
