"""Several tables in a project: added, looked at, renamed, removed, one of them the result; and what does not work says so."""

import pytest

from pipeline import Recipe, new_step
from tests.page.conftest import ORDERS, Tab

CITIES = b"town,country\nLyon,France\nRome,Italy\n"
LOOK_UP = {"other": "cities", "keys": [{"column": "city", "other": "town"}]}


def recipe(tab: Tab) -> Recipe:
    saved = tab.workspace.projects.get(tab.project)
    assert saved is not None
    return Recipe.parse(saved.recipe)


def names(tab: Tab) -> list[str]:
    return [t.name for t in recipe(tab).tables]


def another(tab: Tab, name: str, content: bytes) -> Tab:
    """Add a table by dropping its file."""
    tab.click("add-table")
    key = next(u.key for u in tab.at.file_uploader if u.key and u.key.startswith("upload-another"))
    tab.at.file_uploader(key=key).upload(name, content, "text/csv")
    return tab.run()


def with_step(tab: Tab, table: str, step: str, params: dict[str, object]) -> Tab:
    """Save a step as the form would, and look at the page again."""
    saved = tab.workspace.projects.get(tab.project)
    assert saved is not None
    found = Recipe.parse(saved.recipe)
    changed = found.with_steps(table, (*found.table(table).steps, new_step(step, params)))
    tab.workspace.projects.change(saved.id, saved.revision, recipe=changed.model_dump(mode="json"), label=f"Add {step}")
    return tab.run()


@pytest.fixture
def two(orders: Tab) -> Tab:
    return another(orders, "cities.csv", CITIES)


def test_a_second_table_is_added_and_looked_at(two: Tab) -> None:
    assert names(two) == ["orders", "cities"]
    assert recipe(two).result == "orders"
    assert "Added the table cities." in two.said()
    assert "cities" in two.at.query_params["table"]
    assert two.column("town") == ["Lyon", "Rome"]
    two.click("looks-right").add("change_case").click("apply-")
    assert [s.step for s in recipe(two).table("cities").steps] == ["change_case"]
    assert [s.step for s in recipe(two).table("orders").steps] == ["set_types"]
    assert "**Result: orders, 4 rows**, 7 columns" in two.said()
    two.click("select-table-0")
    assert "table" not in two.at.query_params
    assert two.column("id") == ["007", "008", "009", "010"]


def test_the_address_names_the_table(two: Tab) -> None:
    other = Tab(two.workspace, project=two.project, table="cities", stage="clean")
    assert other.column("country") == ["France", "Italy"]
    gone = Tab(two.workspace, project=two.project, table="nowhere", stage="clean")
    assert gone.column("id") == ["007", "008", "009", "010"]


def test_undo_takes_the_table_back(two: Tab) -> None:
    two.click("undo")
    assert names(two) == ["orders"]
    assert two.column("id") == ["007", "008", "009", "010"]
    assert "select-table-1" not in two.keys("button")
    two.click("redo")
    assert names(two) == ["orders", "cities"]


def test_types_are_proposed_for_every_table(two: Tab) -> None:
    another(two, "prices.csv", b"product,price\nA,1.5\nB,2\n")
    types = [s for s in recipe(two).table("prices").steps if s.step == "set_types"]
    assert [s.params["types"] for s in types] == [{"price": "number"}]
    assert types[0].id.startswith("types-")
    assert [t.label for t in two.at.tabs][2] == "Types: 1 column became numbers, dates or yes/no"


def test_two_files_of_one_name_are_two_tables(two: Tab) -> None:
    another(two, "Cities.csv", b"a\n1\n")
    assert names(two) == ["orders", "cities", "Cities_2"]


def test_a_table_is_renamed_wherever_it_is_read(two: Tab) -> None:
    with_step(two, "orders", "join", LOOK_UP)
    two.at.menu_button(key="menu-table-1").click("Rename")
    two.run()
    for bad, why in {"": "Write a name.", "ORDERS": "Another table has this name.", "a=b": 'A name has no "=" and is on one line.'}.items():
        two.put("text_input", "table-name-", bad)
        assert why in two.said()
        assert two.at.button(key="save-table-name").disabled
    two.put("text_input", "table-name-", "places").click("save-table-name")
    assert names(two) == ["orders", "places"]
    assert recipe(two).table("orders").steps[1].params["other"] == "places"
    assert "places" in two.at.query_params["table"]
    two.click("select-table-0").click("looks-right")
    assert two.column("country") == ["France", None, "Italy", "France"]
    two.click("undo")
    assert names(two) == ["orders", "cities"]


def test_a_table_that_is_read_is_not_removed(two: Tab) -> None:
    with_step(two, "orders", "join", LOOK_UP)
    two.at.menu_button(key="menu-table-1").click("Remove table")
    two.run()
    said = "cities cannot be removed: step 2 of orders (Look up from another table) reads it. Delete that step first."
    assert said in two.said()
    two.at.menu_button(key="menu-table-0").click("Remove table")
    two.run()
    assert "orders cannot be removed: it is the result. Make another table the result first." in two.said()
    assert names(two) == ["orders", "cities"]
    two.click("select-table-0").menu(two.steps[1].id, "Delete")
    two.at.menu_button(key="menu-table-1").click("Remove table")
    two.run()
    assert names(two) == ["orders"]
    assert "Removed: cities." in two.said()
    two.click("undo")
    assert names(two) == ["orders", "cities"]


def test_another_table_is_made_the_result(two: Tab) -> None:
    two.at.menu_button(key="menu-table-1").click("Make it the result")
    two.run()
    assert recipe(two).result == "cities"
    assert "**Result: cities, 2 rows**, 2 columns" in two.said()
    assert two.column("town") == ["Lyon", "Rome"]
    two.click("select-table-0")
    assert "orders" in two.at.query_params["table"]
    two.click("to-download")
    assert "**2 rows**, without any step." in two.said()


def test_a_file_that_cannot_be_read_is_no_table(two: Tab) -> None:
    another(two, "empty.csv", b"")
    assert two.errors() == ["empty.csv: the file is empty (0 bytes). Export or copy it again."]
    assert names(two) == ["orders", "cities"]
    two.click("leave-table").click("cancel-add-table")
    assert not two.at.error


def test_a_table_that_is_not_there_takes_nothing_else_down(two: Tab) -> None:
    with_step(two, "orders", "join", LOOK_UP)
    saved = two.workspace.projects.get(two.project)
    assert saved is not None
    two.workspace.files.remove(saved.tables[1].file_digest)
    for path in two.workspace.results_folder(two.project).rglob("*"):
        if path.is_file():
            path.unlink()
    two.workspace._works.clear()
    two.workspace._results.clear()
    gone = "The file of this project is no longer kept here. Load it again."
    there = Tab(two.workspace, project=two.project, stage="clean")
    assert there.errors() == [f'Step 2 could not run: Table "cities" is not there: {gone} Step 1 is fine.']
    assert there.column("id") == ["007", "008", "009", "010"]
    assert "cannot be read" in there.badges()
    there.click("select-table-1")
    assert there.errors() == [gone]
    there.click("select-table-0")
    assert there.column("id") == ["007", "008", "009", "010"]


def test_tables_are_not_offered_in_a_circle(two: Tab) -> None:
    with_step(two, "orders", "join", LOOK_UP)
    two.click("looks-right").add("append")
    assert "Steps of orders read this table, so it cannot read them in turn. Add another table." in two.said()
    two.click("cancel-needed").click("select-table-0").add("append")
    (picker,) = [s for s in two.at.selectbox if s.key and s.key.endswith("-other")]
    assert picker.options == ["cities"]


def test_a_step_that_needs_a_table_leads_to_one(orders: Tab) -> None:
    orders.add("append")
    assert "This step reads a second table, and there is only one here. Add it first." in orders.said()
    key = next(u.key for u in orders.at.file_uploader if u.key and u.key.startswith("upload-needed"))
    orders.at.file_uploader(key=key).upload("more.csv", ORDERS, "text/csv")
    orders.run()
    assert names(orders) == ["orders", "more"]
    (picker,) = [s for s in orders.at.selectbox if s.key and s.key.endswith("-other")]
    assert picker.value == "more"
    assert "Adds **4 rows**." in orders.said()
    orders.click("apply-")
    assert recipe(orders).table("orders").steps[1].params["other"] == "more"
    assert "**Result: orders, 8 rows**" in orders.said()
