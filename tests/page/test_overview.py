"""The Overview and the panel of a column: what is noticed, one click to mend it, and every action in its form, filled in."""

import json
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from pipeline import Recipe, new_step
from tests.page.conftest import ORDERS, Tab
from ui.state import Desk

MORE = b"""011,Ed,Oslo,2,10.5,paid,2025-01-06
012,Flo,Lyon,3,20,paid,2025-01-07
013,Gus,Rome,1,5,open,2025-01-08
014,Hal,Oslo,4,7,paid,2025-01-09
"""


@pytest.fixture
def fresh(tab: Tab) -> Tab:
    """Eight orders as Clean opens on them."""
    return tab.upload("orders.csv", ORDERS + MORE).click("looks-right")


def desk(tab: Tab) -> Desk:
    found: Desk = tab.at.session_state["wb_desk"]
    return found


def pick(tab: Tab, beginning: str, **selection: Any) -> Tab:
    """Select in a grid as the browser does, so that its callback runs."""
    states = tab.at._tree.get_widget_states()
    (grid,) = [g for g in tab.at.dataframe if g.proto.id and f"-{beginning}" in g.proto.id]
    chosen = {"selection": {"rows": [], "columns": [], "cells": [], **selection}}
    states.widgets.append(WidgetState(id=grid.proto.id, string_value=json.dumps(chosen)))
    tab.at._run(states)
    return tab._settle()


def overview(tab: Tab) -> Any:
    (grid,) = [g for g in tab.at.dataframe if "-overview-" in g.proto.id]
    return grid.value


def test_clean_opens_on_what_was_noticed_and_a_line_for_each_column(fresh: Tab) -> None:
    assert "We noticed 2 things" in fresh.said()
    assert "**Trim spaces** · 2 cells · sure · :small[Spaces at the ends or doubled inside, in customer.]" in fresh.said()
    assert "·Ana· → Ana  |  Di··Mo → Di Mo" in fresh.said()
    assert "**Replace from a list** · 1 cell · maybe · :small[status: written like another value, but for capitals.]" in fresh.said()
    lines = overview(fresh)
    assert lines["Column"].tolist() == ["id", "customer", "city", "quantity", "price", "status", "ordered"]
    assert lines["Type"].tolist() == ["Text", "Text", "Text", "Whole number", "Number", "Text", "Date"]
    assert lines["Missing"].tolist() == ["", "", "1", "1", "", "", ""]
    assert lines["Different"].tolist() == ["8", "8", "3", "5", "6", "4", "8"]
    assert lines["Values"].tolist()[3:5] == ["1 to 5, half are below 3", "5 to 40, half are below 15.25"]
    assert "- quantity: whole numbers; 7 valid; 1 missing; 5 different values; from 1 to 5" in fresh.said()


def test_a_suggestion_is_added_and_the_next_one_is_at_hand(fresh: Tab) -> None:
    (take,) = [k for k in fresh.keys("button") if k.startswith("take-")][:1]
    fresh.click(take)
    assert fresh.names() == ["set_types", "trim_whitespace"]
    assert fresh.badges()[-1] == "2 cells"
    assert "We noticed 1 thing" in fresh.said()
    assert "Added: Trim spaces. 2 cells." in fresh.said()
    fresh.click("undo")
    assert fresh.names() == ["set_types"]
    assert "We noticed 2 things" in fresh.said()


def test_a_suggestion_for_an_earlier_step_goes_in_after_it(fresh: Tab) -> None:
    fresh.add("change_case").click("apply-").click("select-types").view("overview")
    (take,) = [k for k in fresh.keys("button") if k.startswith("take-")][:1]
    fresh.click(take)
    assert fresh.names() == ["set_types", "trim_whitespace", "change_case"]
    assert "Table after step 2 of 3: Trim spaces" in fresh.said()


def test_a_preview_is_the_form_filled_in_and_leads_back(fresh: Tab) -> None:
    (preview,) = [k for k in fresh.keys("button") if k.startswith("preview-")][:1]
    fresh.click(preview)
    assert "Changes **2 cells** in 1 column." in fresh.said()
    assert fresh.column("customer") == ["·Ana· → Ana", "Di··Mo → Di Mo"]
    fresh.click("cancel-form")
    assert "We noticed 2 things" in fresh.said()
    fresh.click(preview).click("apply-")
    assert fresh.names() == ["set_types", "trim_whitespace"]
    assert "Table after step 2 of 2" in fresh.said()
    assert "We noticed 1 thing" in fresh.said()


def test_what_was_noticed_follows_the_steps_with_the_last_one_selected(fresh: Tab) -> None:
    fresh.click("select-types")
    fresh.put("segmented_control", "view-", "overview")
    for left in (1, 0):
        (take, *_) = [k for k in fresh.keys("button") if k.startswith("take-")]
        fresh.click(take)
        assert len([k for k in fresh.keys("button") if k.startswith("take-")]) == left
    assert [b.label.split("[")[-1].rstrip("]") for b in fresh.at.button if b.key and b.key.startswith("select-")][2] == "customer"


def test_what_is_no_problem_stays_put_aside(fresh: Tab) -> None:
    (aside,) = [k for k in fresh.keys("button") if k.startswith("aside-")][1:]
    fresh.click(aside)
    assert "We noticed 1 thing" in fresh.said()
    again = Tab(fresh.workspace, project=fresh.project, stage="clean")
    assert "We noticed 1 thing" in again.said()
    again.click("show-aside")
    assert "We noticed 2 things" in again.said()


def test_a_clean_table_says_what_else_to_do(tab: Tab) -> None:
    tab.upload("clean.csv", b"name,size\nAna,tall\nBo,short\n").click("looks-right")
    assert "Nothing to mend was noticed" in tab.said()
    assert "Click a column below to change it, or press Add step." in tab.said()


def test_a_click_on_a_line_opens_the_panel_of_the_column(fresh: Tab) -> None:
    pick(fresh, "overview-", cells=[[4, "Type"]])
    assert desk(fresh).column == "price"
    assert "| Average | 17.9062 |" in fresh.said()
    assert "| Smallest | 5 |" in fresh.said()
    fresh.click("close-column")
    assert desk(fresh).column is None
    assert "Average" not in fresh.said()


ACTIONS: dict[str, tuple[str, str, str, dict[str, object]]] = {
    "trim": ("city", "do-trim-spaces", "trim_whitespace", {"columns": {"names": ["city"]}}),
    "find and replace": ("city", "do-find-and-replace", "find_replace", {"columns": {"names": ["city"]}}),
    "fill missing": ("quantity", "do-fill-missing", "fillna", {"columns": {"names": ["quantity"]}}),
    "split": ("city", "do-split", "split_column", {"column": "city"}),
    "keep or remove, the commonest": (
        "city", "do-keep-or-remove-rows", "filter", {"condition": {"tests": [{"column": "city", "op": "equals", "value": "Lyon"}]}},
    ),
    "keep or remove, missing": (
        "price", "do-keep-or-remove-rows", "filter", {"condition": {"tests": [{"column": "price", "op": "missing"}]}},
    ),
    "remove duplicates": ("id", "do-remove-duplicates", "drop_duplicates", {"columns": {"names": ["id"]}}),
    "rename": ("id", "do-rename", "rename", {"names": {"id": "id"}}),
    "remove column": ("id", "do-remove-column", "select", {"action": "remove", "columns": {"names": ["id"]}}),
    "round": ("price", "do-round", "round", {"columns": {"names": ["price"]}}),
    "extreme values": ("price", "do-extreme-values", "outliers", {"columns": {"names": ["price"]}}),
    "parts of a date": ("ordered", "do-parts-of-a-date", "dates", {"column": "ordered"}),
}  # fmt: skip


@pytest.mark.parametrize(("column", "key", "step", "params"), ACTIONS.values(), ids=ACTIONS)
def test_an_action_of_a_column_opens_its_form_filled_in(fresh: Tab, column: str, key: str, step: str, params: dict[str, object]) -> None:
    fresh.put("selectbox", "column-list-", column).click(key)
    draft = desk(fresh).draft
    assert draft is not None
    assert (draft.step.step, draft.position) == (step, 1)
    assert {name: draft.step.params[name] for name in params}.keys() == params.keys()
    given = draft.step.model_dump(mode="json")["params"]
    for name, value in params.items():
        assert _part_of(value, given[name])


def _part_of(wanted: object, given: object) -> bool:
    """Whether what was wanted is in what was given, defaults beside it."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        return all(k in given and _part_of(v, given[k]) for k, v in wanted.items())
    if isinstance(wanted, list) and isinstance(given, list):
        return len(wanted) == len(given) and all(_part_of(a, b) for a, b in zip(wanted, given, strict=True))
    return wanted == given


@pytest.mark.parametrize(
    ("label", "step", "params"),
    [
        ("Date", "set_types", {"types": {"city": "date"}}),
        ("Whole number", "set_types", {"types": {"city": "integer"}}),
        ("Numbers as written…", "parse_number", {"columns": {"names": ["city"]}}),
        ("Dates as written…", "parse_date", {"columns": {"names": ["city"]}}),
        ("Yes/no words…", "parse_boolean", {"columns": {"names": ["city"]}}),
    ],
)
def test_the_type_of_a_column_is_changed_from_its_panel(fresh: Tab, label: str, step: str, params: dict[str, object]) -> None:
    fresh.put("selectbox", "column-list-", "city")
    (menu,) = [m for m in fresh.at.menu_button if m.key and m.key.startswith("change-type-")]
    assert "Text" not in menu.options
    menu.click(label)
    fresh.run()
    draft = desk(fresh).draft
    assert draft is not None
    assert draft.step.step == step
    assert _part_of(params, draft.step.model_dump(mode="json")["params"])


def test_more_opens_the_list_of_steps(fresh: Tab) -> None:
    fresh.put("selectbox", "column-list-", "city").click("do-more")
    assert "choose-dropna" in fresh.keys("button")


CELLS: dict[str, tuple[list[object], str, str, dict[str, object], str]] = {
    "keep text": (
        [1, "status"], "cell-keep", "filter", {"action": "keep", "condition": {"tests": [{"value": "open"}]}}, "Removes **3** of 4",
    ),
    "remove a number": (
        [1, "price"], "cell-remove", "filter", {"action": "remove", "condition": {"tests": [{"op": "equals", "value": 20}]}},
        "Removes **1** of 4",
    ),
    "remove a date": (
        [1, "ordered"], "cell-remove", "filter", {"condition": {"tests": [{"op": "on", "value": "2025-01-03"}]}}, "Removes **1** of 4",
    ),
    "remove missing": ([1, "city"], "cell-remove", "filter", {"condition": {"tests": [{"op": "missing"}]}}, "Removes **1** of 4"),
    "replace": ([0, "city"], "cell-replace", "find_replace", {"find": "Lyon", "match": "whole"}, "Changes **2 cells**"),
    "text as missing": ([0, "city"], "cell-treat", "mark_missing", {"tokens": ["Lyon"], "trim": False}, "Changes **2 cells**"),
    "number as missing": ([1, "quantity"], "cell-treat", "find_replace", {"find": "3", "to_missing": True}, "Changes **1 cell**"),
    "fill": ([1, "city"], "cell-fill", "fillna", {"columns": {"names": ["city"]}}, "Changes **1 cell**"),
}  # fmt: skip


@pytest.mark.parametrize(("cell", "key", "step", "params", "said"), CELLS.values(), ids=CELLS)
def test_an_action_of_a_cell(orders: Tab, cell: list[object], key: str, step: str, params: dict[str, object], said: str) -> None:
    pick(orders, "grid-table", cells=[cell])
    orders.click(key)
    draft = desk(orders).draft
    assert draft is not None
    assert draft.step.step == step
    assert _part_of(params, draft.step.model_dump(mode="json")["params"])
    assert said in orders.said()


def test_the_last_click_counts_where_a_column_and_a_cell_are_selected(orders: Tab) -> None:
    pick(orders, "grid-table", columns=["city"])
    assert (desk(orders).column, desk(orders).cell) == ("city", None)
    pick(orders, "grid-table", columns=["city"], cells=[[0, "price"]])
    assert (desk(orders).column, desk(orders).cell) == ("price", (2, "price"))
    pick(orders, "grid-table", columns=["status"], cells=[[0, "price"]])
    assert (desk(orders).column, desk(orders).cell) == ("status", None)
    pick(orders, "grid-table")
    assert desk(orders).column is None


def test_the_panel_is_for_the_step_shown(fresh: Tab) -> None:
    fresh.click("select-open-file").put("selectbox", "column-list-", "quantity").click("do-fill-missing")
    draft = desk(fresh).draft
    assert draft is not None
    assert draft.position == 0


def test_many_columns_are_searched_and_paged(tab: Tab) -> None:
    names = ",".join(f"c{n}" for n in range(120))
    tab.upload("wide.csv", f"{names}\n{','.join(str(n) for n in range(120))}\n".encode()).click("looks-right")
    assert overview(tab)["Column"].tolist()[-1] == "c49"
    assert "1 to 50 of 120 columns" in tab.said()
    tab.at.pagination[0].set_value(3)
    tab.run()
    assert overview(tab)["Column"].tolist()[-1] == "c119"
    tab.put("text_input", "find-overview", "11")
    assert overview(tab)["Column"].tolist() == ["c11", *(f"c11{n}" for n in range(10))]
    tab.put("text_input", "find-overview", "nowhere")
    assert 'No column is called "nowhere".' in tab.said()


def test_a_large_table_is_looked_at_by_a_job(fresh: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = overview(fresh)["Values"].tolist()
    work = fresh.workspace.work(fresh.project)
    monkeypatch.setattr(work, "in_process_cells", 0)
    work._kept.clear()
    fresh.run()
    assert overview(fresh)["Values"].tolist() == lines
    assert "We noticed 2 things" in fresh.said()
    assert work.shelf.read_note(next(f.stem.removeprefix("note-") for f in work.shelf.folder.glob("results/note-overview-*")))


def test_before_a_step_that_fails_the_table_there_is_looked_at_and_not_the_file(fresh: Tab) -> None:
    fresh.click("select-open-file").view("overview")
    assert "customer" in overview(fresh)["Column"].tolist()
    saved = fresh.workspace.projects.get(fresh.project)
    assert saved is not None
    recipe = Recipe.parse(saved.recipe)
    more = (
        new_step("select", {"action": "remove", "columns": {"names": ["customer"]}}),
        new_step("change_case", {"columns": {"names": ["gone"]}}, id="bad"),
        new_step("round", id="later"),
    )
    changed = recipe.with_steps(recipe.result, (*recipe.table(recipe.result).steps, *more))
    fresh.workspace.projects.change(saved.id, saved.revision, recipe=changed.model_dump(mode="json"), label="More steps")
    fresh.run()
    for step in ("bad", "later"):
        fresh.click(f"select-{step}").view("overview")
        assert "customer" not in overview(fresh)["Column"].tolist()
        fresh.put("selectbox", "column-list-", "city").click("do-trim-spaces")
        draft = desk(fresh).draft
        assert draft is not None
        assert draft.position == 2  # before the step that fails
        fresh.click("cancel-form").click("close-column")
