"""Steps: each added through its form, everything a card's menu does, undo and redo, and a step that cannot run."""

from collections.abc import Callable

import pytest

from tests.page.conftest import Tab


def choose(tab: Tab, *names: str) -> None:
    tab.put("multiselect", "-columns-names", list(names))


def fill_dropna(tab: Tab) -> None:
    tab.put("selectbox", "-columns-kind", "these")
    choose(tab, "city")


def fill_normalize(tab: Tab) -> None:
    tab.put("selectbox", "-columns-kind", "these")
    choose(tab, "price")


def fill_filter(tab: Tab) -> None:
    one = {"column": "status", "operator": "is", "value": "paid", "ignore_case": True}
    two = {"group": "2", "not": True, "column": "city", "operator": "is", "value": "Lyon"}
    tab.type_in("form-", {"0": one}, added_rows=[two])


def fill_types(tab: Tab) -> None:
    tab.type_in("form-", {"0": {"new": "Whole number"}})


def fill_edit(tab: Tab) -> None:
    lines = [e.key for e in tab.at.data_editor if e.key and "-edits" in e.key]
    tab.type_in(lines[0], {"0": {"row": "3", "column": "city", "old": None, "new": "Graz"}})


def nothing(tab: Tab) -> None:
    pass


SCALED = ["0", "0.3220338983050847", "0.6694915254237288", "1"]  # 10.5, 20, 30.25, 40 less 10.5 over 29.5
# step -> how its form is filled, what is said before it is added, its card, and a column of the result
ADD: dict[str, tuple[Callable[[Tab], None], list[str], str, tuple[str, list[str | None]]]] = {
    "trim_whitespace": (nothing, ["Changes **2 cells** in 1 column."], "2 cells", ("customer", ["Ana", "Bo", "Cy", "Di Mo"])),
    "dropna": (fill_dropna, ["Removes **1** of 4 rows.", "25.0%"], "⚠ −1 row", ("id", ["007", "009", "010"])),
    "normalize": (fill_normalize, ["Changes **4 cells** in 1 column."], "4 cells", ("price", SCALED)),
    "filter": (fill_filter, ["Removes **2** of 4 rows."], "⚠ −2 rows", ("id", ["007", "009"])),
    "set_types": (
        fill_types, ["4 values cannot be used: 007, 008, 009 and others. See Problems below."], "4 problems",
        ("id", [None, None, None, None]),
    ),
    "edit_cells": (fill_edit, ["Changes **1 cell** in 1 column."], "1 cell", ("city", ["Lyon", "Graz", "Rome", "Lyon"])),
}  # fmt: skip


@pytest.mark.parametrize("name", ADD)
def test_each_step_is_added_through_its_form(orders: Tab, name: str) -> None:
    fill, before, card, (column, values) = ADD[name]
    orders.add(name)
    fill(orders)
    for sentence in before:
        assert sentence in orders.said()
    assert orders.names() == ["set_types"]  # nothing is saved by typing
    orders.click("apply-")
    assert orders.names() == ["set_types", name]
    assert orders.badges() == ["4 rows", "3 types", card]
    orders.at.segmented_control(key=next(k for k in orders.keys("segmented_control") if k.startswith("view-"))).set_value("table")
    orders.run()
    assert orders.column(column) == values
    orders.click("undo")
    assert orders.names() == ["set_types"]
    orders.click("redo")
    assert orders.names() == ["set_types", name]


@pytest.fixture
def three(orders: Tab) -> Tab:
    """Types, trim, and rows without a city removed."""
    orders.add("trim_whitespace").click("apply-").add("dropna")
    fill_dropna(orders)
    return orders.click("apply-")


def ids(tab: Tab) -> list[str]:
    return [s.id for s in tab.steps]


def both_ways(tab: Tab, changed: list[str]) -> None:
    """Undo brings the steps of before back, redo the changed ones."""
    tab.click("undo")
    assert tab.names() == ["set_types", "trim_whitespace", "dropna"]
    assert all(s.on and not s.note for s in tab.steps)
    tab.click("redo")
    assert tab.names() == changed


def test_a_step_is_edited(three: Tab) -> None:
    dropna = ids(three)[2]
    three.menu(dropna, "Edit")
    assert "Edit: Remove rows with missing values" in three.said()
    choose(three, "city", "quantity")
    assert "Removes **2** of 4 rows." in three.said()
    assert three.steps[2].params["columns"]["names"] == ["city"]
    three.click("apply-")
    assert three.steps[2].params["columns"]["names"] == ["city", "quantity"]
    assert ids(three)[2] == dropna
    assert "**Result: 2 rows**" in three.said()
    three.click("undo")
    assert three.steps[2].params["columns"]["names"] == ["city"]
    assert "**Result: 3 rows**" in three.said()


def test_an_edit_is_cancelled(three: Tab) -> None:
    before = three.steps
    three.menu(ids(three)[2], "Edit")
    choose(three, "city", "quantity")
    three.click("cancel-")
    assert three.steps == before
    assert "Preview" not in three.said()


def test_a_step_is_turned_off_and_on(three: Tab) -> None:
    dropna = ids(three)[2]
    three.menu(dropna, "Turn off")
    assert three.badges() == ["4 rows", "3 types", "2 cells", "off"]
    assert "**Result: 4 rows**" in three.said()
    both_ways(three, ["set_types", "trim_whitespace", "dropna"])
    assert not three.steps[2].on
    three.put("toggle", f"on-{dropna}", True)
    assert three.steps[2].on
    assert "**Result: 3 rows**" in three.said()


def test_steps_are_moved(three: Tab) -> None:
    three.menu(ids(three)[2], "Move up")
    assert three.names() == ["set_types", "dropna", "trim_whitespace"]
    both_ways(three, ["set_types", "dropna", "trim_whitespace"])
    three.menu(ids(three)[1], "Move down")
    assert three.names() == ["set_types", "trim_whitespace", "dropna"]
    three.menu(ids(three)[0], "Move up")  # the first stays
    assert three.names() == ["set_types", "trim_whitespace", "dropna"]


def test_a_step_is_inserted_below_another(three: Tab) -> None:
    three.menu(ids(three)[0], "Insert step below").click("choose-normalize").click("apply-")
    assert three.names() == ["set_types", "normalize", "trim_whitespace", "dropna"]
    both_ways(three, ["set_types", "normalize", "trim_whitespace", "dropna"])


def test_a_step_is_duplicated(three: Tab) -> None:
    three.menu(ids(three)[1], "Duplicate")
    assert three.names() == ["set_types", "trim_whitespace", "trim_whitespace", "dropna"]
    assert len(set(ids(three))) == 4
    assert three.badges() == ["4 rows", "3 types", "2 cells", "no effect", "⚠ −1 row"]
    both_ways(three, ["set_types", "trim_whitespace", "trim_whitespace", "dropna"])


def test_a_note_is_written(three: Tab) -> None:
    three.menu(ids(three)[1], "Add note")
    three.put("text_area", "note-", "the shop's system adds spaces")
    three.click("save-note")
    assert three.steps[1].note == "the shop's system adds spaces"
    assert "Change note" in three.at.menu_button(key=f"menu-{ids(three)[1]}").options
    both_ways(three, ["set_types", "trim_whitespace", "dropna"])


def test_the_code_of_a_step_runs_in_plain_pandas(three: Tab) -> None:
    three.menu(ids(three)[1], "Show code")
    assert "df[n].str.replace(" in three.at.code[0].value
    three.run()
    assert not three.errors()


def test_a_step_is_deleted(three: Tab) -> None:
    three.menu(ids(three)[2], "Delete")
    assert three.names() == ["set_types", "trim_whitespace"]
    assert "Deleted: Remove rows with missing values." in three.said()
    three.click("undo")
    assert three.names() == ["set_types", "trim_whitespace", "dropna"]
    three.click("redo")
    assert three.names() == ["set_types", "trim_whitespace"]


def test_a_failing_step_is_marked_and_the_later_ones_wait(three: Tab) -> None:
    three.add("normalize")
    fill_normalize(three)
    three.click("apply-")
    three.menu(ids(three)[3], "Duplicate").menu(ids(three)[0], "Delete")
    assert three.badges() == ["4 rows", "2 cells", "⚠ −1 row", "needs a look", "waiting"]
    three.click(f"select-{ids(three)[2]}")
    words = 'Step 3 could not run: Column "price": holds text, not numbers. Make it a number first with Change column types.'
    assert three.errors() == [f"{words} Steps 1 to 2 are fine."]
    assert "**Stops at step 3**" in three.said()
    three.click("to-download")
    assert "**Download up to step 2**" in three.said()
    assert "save-recipe" not in three.keys("download_button")
    assert all("_up_to_step_2_" in b.help for b in three.at.download_button)
    three.click("undo").click("to-download")
    assert "Download up to" not in three.said()
    assert "save-recipe" in three.keys("download_button")
    assert three.errors() == []


def test_a_search_for_steps_finds_them_by_other_words(orders: Tab) -> None:
    orders.click("add-step").put("text_input", "find-step", "empty rows")
    assert [k for k in orders.keys("button") if k.startswith("choose-")] == ["choose-dropna"]
    orders.put("text_input", "find-step", "split customer somewhere")
    assert [k for k in orders.keys("button") if k.startswith("choose-")] == ["choose-explode", "choose-split_column"]
    assert 'No step does all of "split customer somewhere".' in orders.said()
    orders.put("text_input", "find-step", "xyzzy")
    assert 'No step is called "xyzzy".' in orders.said()
    orders.click("cancel-choose")
    assert "find-step" not in orders.keys("text_input")


def test_a_new_column_is_named_after_what_it_is_made_of_until_a_name_is_typed(orders: Tab) -> None:
    def named() -> str:
        return next(w.value for w in orders.at.text_input if w.key and w.key.endswith("-into"))

    orders.click("add-step").click("choose-dates")
    assert named() == "result"  # no column is chosen yet
    orders.put("selectbox", "-column", "ordered")
    assert named() == "ordered_month"
    orders.put("selectbox", "-part", "weekday_name")
    assert named() == "ordered_weekday_name"
    orders.put("text_input", "-into", "day").put("selectbox", "-part", "year")
    assert named() == "day"
    orders.click("apply-")
    assert orders.steps[-1].params["into"] == "day"


def test_the_steps_as_a_table(three: Tab) -> None:
    three.click("steps-as-table")
    assert three.at.data_editor[0].value["step"].tolist() == ["Change column types", "Trim spaces", "Remove rows with missing values"]
    three.type_in("steps-", {"1": {"on": False}, "2": {"note": "asked for"}})
    assert [(s.on, s.note) for s in three.steps] == [(True, ""), (False, ""), (True, "asked for")]
    more = {"added_rows": [{"step": "Trim spaces", "on": True}], "deleted_rows": [0]}
    three.type_in("steps-", {"1": {"on": False}, "2": {"note": "asked for"}}, **more)
    assert three.names() == ["trim_whitespace", "dropna", "trim_whitespace"]
    three.click("undo")
    assert three.names() == ["set_types", "trim_whitespace", "dropna"]
    assert three.at.data_editor[0].value["on"].tolist() == [True, False, True]
    three.click("undo")
    assert [s.on for s in three.steps] == [True, True, True]
    three.click("close-steps-table")
    assert not three.at.data_editor


def test_a_column_with_euros_is_read_by_a_step_of_its_own(tab: Tab) -> None:
    rows = b"item,price,day,n\nTea,\xe2\x82\xac1.50,03/04/2025,1\nCup,\xe2\x82\xac12.00,05/06/2025,2\nJug,free,07/08/2025,3\n"
    tab.upload("prices.csv", rows).click("looks-right").add("set_types")
    tab.type_in("form-", {"1": {"new": "Number"}, "2": {"new": "Date"}, "3": {"new": "Number"}})
    said = tab.said()
    assert "price → number, by *Read numbers as written*: Numbers with decimals after a point." in said.replace("**", "")
    assert "**1 value** would not fit: free (1). €1.50 → 1.5 · €12.00 → 12" in said
    assert tab.at.button(key=next(k for k in tab.keys("button") if k.startswith("apply-"))).disabled  # the order of the dates is open
    next(r for r in tab.at.radio if "which comes first?" in r.label).set_value("mdy")
    tab.run()
    tab.click(next(k for k in tab.keys("button") if k.startswith("apply-")))
    assert tab.names() == ["set_types", "set_types", "parse_number", "parse_date"]
    assert tab.steps[1].params["types"] == {"n": "number"}
    assert tab.column("day") == ["03/04/2025 → 2025-03-04", "05/06/2025 → 2025-05-06", "07/08/2025 → 2025-07-08"]
    assert tab.badges()[-2:] == ["1 problem", "3 cells"]
    tab.click("undo")
    assert tab.names() == ["set_types"]


def test_other_ways_of_writing_can_be_left_out(tab: Tab) -> None:
    tab.upload("prices.csv", b"item,price\nTea,$1.50\nCup,2\n").click("looks-right").add("set_types")
    tab.type_in("form-", {"1": {"new": "Number"}})
    tab.put("toggle", "-other-ways", False)
    assert "**1 value** would not fit: $1.50 (1)." in tab.said()
    tab.click(next(k for k in tab.keys("button") if k.startswith("apply-")))
    assert tab.names() == ["set_types"]
    assert tab.column("price") == ["$1.50 → (missing)"]


def test_the_usual_methods_come_first(orders: Tab) -> None:
    orders.add("normalize")
    method = next(s for s in orders.at.selectbox if s.label == "Method")
    assert len(method.options) == 4
    method.set_value("rank")
    orders.run().click(next(k for k in orders.keys("button") if k.endswith("-method-every")))
    method = next(s for s in orders.at.selectbox if s.label == "Method")
    assert (len(method.options), method.value) == (15, "rank")


def test_nothing_is_red_before_anything_is_typed(orders: Tab) -> None:
    orders.add("sort")
    assert "Sort by: Add at least 1." in orders.said()
    assert ":red[" not in orders.said()
    orders.type_in("form-", {"0": {"order": "descending"}})
    assert ":red[:small[Line 1, Column: is empty. Fill it in, or delete the line.]]" in orders.said()


def test_a_pasted_list_replaces_the_lines(orders: Tab) -> None:
    orders.add("map_values")
    choose(orders, "status")
    orders.put("text_area", "-mapping-pasted", "paid;Paid\nopen;Open")
    orders.click(next(k for k in orders.keys("button") if k.endswith("-mapping-use")))
    orders.click(next(k for k in orders.keys("button") if k.startswith("apply-")))
    assert orders.steps[-1].params["mapping"] == {"paid": "Paid", "open": "Open"}


def test_new_names_and_a_new_order_are_effects(orders: Tab) -> None:
    orders.add("clean_names")
    orders.put("radio", "-case", "camel")
    assert "This step changes nothing in this file." in orders.said()  # the names of this file are all of one word
    orders.click(next(k for k in orders.keys("button") if k.startswith("cancel-"))).click("add-step")
    orders.at.button(key="choose-select").click()
    orders.run()
    orders.put("radio", "-action", "move")
    orders.put("selectbox", "-columns-kind", "these")
    choose(orders, "status")
    assert "Changes the order of the columns." in orders.said()
    orders.click(next(k for k in orders.keys("button") if k.startswith("apply-")))
    assert orders.badges()[-1] == "columns moved"


def test_a_summary_is_looked_at_itself(orders: Tab) -> None:
    orders.add("group_aggregate")
    orders.put("multiselect", "-by", ["status"])
    orders.type_in("form-", {"0": {"function": "rows"}})
    orders.click(next(k for k in orders.keys("button") if k.startswith("apply-")))
    assert orders.table().columns.tolist() == ["status", "rows"]
