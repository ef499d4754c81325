"""Facets beside the table: what is ticked narrows the view alone, becomes a step or its condition, and values are changed in place."""

from typing import Any

import pytest

from tests.page.conftest import Tab
from tests.page.test_overview import desk, fresh  # noqa: F401 - a fixture


@pytest.fixture
def shop(fresh: Tab) -> Tab:  # noqa: F811
    """Eight orders with the facet of the status open."""
    fresh.view("table")
    return facet(fresh, "status", "Values")


def facet(tab: Tab, column: str, kind: str) -> Tab:
    """Open a facet from the panel of a column."""
    tab.put("selectbox", "column-list-", column)
    tab.at.menu_button(key="facet-column").click(kind)
    tab.run()
    assert desk(tab).column is None
    return tab


def lines(tab: Tab, number: int) -> list[tuple[bool, str | None, str]]:
    """The lines of a facet."""
    (grid,) = [g for g in tab.at.data_editor if g.key and g.key.startswith(f"facet-grid-{number}-")]
    return [(bool(a), b if isinstance(b, str) else None, c) for a, c, b in grid.value.itertuples(index=False)]


def tick(tab: Tab, number: int, at: int, on: bool = True) -> Tab:
    return tab.type_in(f"facet-grid-{number}-", {str(at): {"show": on}})


def test_what_is_ticked_narrows_the_view_and_nothing_else(shop: Tab) -> None:
    assert lines(shop, 1) == [(False, "paid", "4"), (False, "open", "2"), (False, "Paid", "1"), (False, "refunded", "1")]
    tick(shop, 1, 1)
    assert shop.column("id") == ["008", "013"]
    assert "Showing 2 of 8 rows. This only changes what you see; downloads hold all rows." in shop.said()
    tick(shop, 1, 3)
    assert shop.column("id") == ["008", "010", "013"]
    shop.put("text_input", "search-table", "bo")
    assert shop.column("id") == ["008"]
    shop.click("clear-search")
    assert len(shop.column("id")) == 8
    assert shop.names() == ["set_types"]
    shop.click("to-download")
    assert "**8 rows" in shop.said()


def test_counts_follow_each_other_and_the_choice_is_turned_round(shop: Tab) -> None:
    facet(shop, "city", "Values")
    assert lines(shop, 2) == [(False, "Lyon", "3"), (False, "Oslo", "2"), (False, "Rome", "2"), (False, None, "1")]
    tick(shop, 1, 0)
    assert lines(shop, 2) == [(False, "Oslo", "2"), (False, "Lyon", "2")][::-1]
    tick(shop, 2, 1)
    assert shop.column("id") == ["011", "014"]
    assert lines(shop, 1) == [(True, "paid", "2")]
    shop.click("facet-invert-2")
    assert shop.column("id") == ["007", "012"]
    assert "All rows but those ticked are shown." in shop.said()
    shop.click("facet-close-2")
    assert shop.column("id") == ["007", "011", "012", "014"]


def test_lines_by_name_and_missing_values(shop: Tab) -> None:
    facet(shop, "city", "Values").click("facet-sort-2")
    assert [name for _, name, _ in lines(shop, 2)] == ["Lyon", "Oslo", "Rome", None]
    tick(shop, 2, 3)
    assert shop.column("id") == ["008"]


OTHERS: dict[str, tuple[str, str, list[tuple[str | None, str]], int, list[str]]] = {
    "ranges": (
        "price",
        "Ranges",
        [("5 to 10", "2"), ("10 to 15", "2"), ("20 to 25", "2"), ("30 to 35", "1"), ("35 to 40", "1")],
        3,
        ["009"],
    ),
    "missing": ("quantity", "Missing or not", [("filled", "7"), ("missing", "1")], 1, ["009"]),
    "repeated": ("price", "Repeated or not", [("repeated", "4"), ("once", "4")], 0, ["007", "008", "011", "012"]),
    "length": ("status", "Text length", [("4 to 5", "7"), ("7 to 8", "1")], 1, ["010"]),
}


@pytest.mark.parametrize(("column", "kind", "expected", "at", "left"), OTHERS.values(), ids=OTHERS)
def test_other_kinds(shop: Tab, column: str, kind: str, expected: list[tuple[str | None, str]], at: int, left: list[str]) -> None:
    facet(shop, column, kind)
    assert [(b, c) for _, b, c in lines(shop, 2)] == expected
    tick(shop, 2, at)
    assert shop.column("id") == left


def test_rows_with_a_problem(shop: Tab) -> None:
    shop.add("set_types")
    draft = desk(shop).draft
    assert draft is not None
    shop.click("cancel-form").put("selectbox", "column-list-", "city")
    (menu,) = [m for m in shop.at.menu_button if m.key and m.key.startswith("change-type-")]
    menu.click("Whole number")
    shop.run().click("apply-").view("table")
    shop.at.menu_button(key="facet-rows").click("Rows with a problem")
    shop.run()
    assert [(b, c) for _, b, c in lines(shop, 2)] == [("with a problem", "7"), ("without", "1")]
    tick(shop, 2, 1)
    assert shop.column("id") == ["008"]
    assert shop.at.button(key="keep-these").disabled
    assert "In this table nothing tells these rows from others" in shop.said()


def test_what_cannot_be_a_step_says_why(shop: Tab) -> None:
    tick(shop, 1, 0)
    shop.put("text_input", "search-table", "Lyon")
    assert shop.at.button(key="keep-these").disabled
    assert "Clear the search to make this a step: a step cannot search all columns." in shop.said()


def test_equal_rows_become_a_step(shop: Tab) -> None:
    shop.at.menu_button(key="facet-rows").click("Equal rows")
    shop.run()
    assert [(b, c) for _, b, c in lines(shop, 2)] == [("like no other row", "8")]
    tick(shop, 2, 0)
    shop.click("keep-these")
    assert "id, customer, city, quantity and 3 more together occur only once" in shop.said()


def test_the_choice_becomes_a_step(shop: Tab) -> None:
    tick(shop, 1, 0)
    shop.click("keep-these")
    assert "Removes **4** of 8 rows." in shop.said()
    shop.click("apply-")
    assert shop.names() == ["set_types", "filter"]
    assert shop.steps[1].params["condition"]["tests"][0]["values"] == ["paid"]
    assert shop.badges()[-1] == "⚠ −4 rows"


def test_the_choice_limits_a_step(shop: Tab) -> None:
    tick(shop, 1, 0)
    shop.click("use-these").click("choose-change_case")
    draft = desk(shop).draft
    assert draft is not None
    assert draft.step.where is not None
    assert draft.step.where.describe() == 'status is one of "paid"'
    shop.click("cancel-form").add("change_case")
    again = desk(shop).draft
    assert again is not None
    assert again.step.where is None


EDITS: dict[str, tuple[str, int, str | None, str, dict[str, Any], list[object]]] = {
    "text": ("status", 2, "paid", "map_values", {"mapping": {"Paid": "paid"}}, ["paid", "open", "paid", "refunded"]),
    "text away": ("status", 2, None, "find_replace", {"find": "Paid", "to_missing": True}, ["paid", "open", None, "refunded"]),
    "missing": ("city", 3, "Bern", "fillna", {"strategy": "constant", "value": "Bern"}, ["Lyon", "Bern", "Rome", "Lyon"]),
    "a number": ("quantity", 0, "7", "find_replace", {"find": "2", "replace": "7", "match": "whole"}, ["7", "3", None, "5"]),
}


@pytest.mark.parametrize(("column", "at", "typed", "step", "params", "first"), EDITS.values(), ids=EDITS)
def test_a_value_is_changed_in_all_its_rows(
    shop: Tab, column: str, at: int, typed: str | None, step: str, params: dict[str, Any], first: list[object]
) -> None:
    number = 1 if column == "status" else 2
    if number == 2:
        facet(shop, column, "Values")
    shop.type_in(f"facet-grid-{number}-", {str(at): {"value": typed}})
    assert shop.names() == ["set_types", step]
    assert {n: shop.steps[1].params[n] for n in params} == params
    assert shop.column(column)[:4] == first
    shop.click("undo")
    assert shop.names() == ["set_types"]


def test_what_is_no_value_of_the_column_is_not_taken(shop: Tab) -> None:
    facet(shop, "ordered", "Values")
    shop.type_in("facet-grid-2-", {"0": {"value": "soon"}})
    assert shop.names() == ["set_types"]
    assert 'ordered: "soon" was not taken.' in shop.said()


def test_more_changes_of_one_column_go_on_in_the_same_step(shop: Tab) -> None:
    shop.type_in("facet-grid-1-", {"2": {"value": "paid"}})
    shop.type_in("facet-grid-1-", {"0": {"value": "settled"}})
    assert shop.names() == ["set_types", "map_values"]
    assert shop.steps[1].params["mapping"] == {"Paid": "settled", "paid": "settled"}
    assert lines(shop, 1) == [(False, "settled", "5"), (False, "open", "2"), (False, "refunded", "1")]


def test_a_facet_waits_while_its_column_is_not_there(shop: Tab) -> None:
    shop.put("selectbox", "column-list-", "status").click("do-remove-column").click("apply-").view("table")
    assert [g.key for g in shop.at.data_editor if g.key and g.key.startswith("facet-grid")] == []
    shop.click("select-open-file")
    assert lines(shop, 1)[0] == (False, "paid", "4")
