"""The table in Clean: looked at over all its rows, typed in strictly, and shared by two tabs."""

import pytest

from pipeline import Recipe
from tests.page.conftest import Tab
from workspace.projects import Projects

# 250 rows: n counts down in the file's order, word names every 50th
LONG = b"n,word\n" + b"".join(b"%d,%s\n" % (250 - i, b"needle" if i % 50 == 49 else b"hay") for i in range(250))


@pytest.fixture
def long(tab: Tab) -> Tab:
    return tab.upload("long.csv", LONG).click("looks-right").click("select-open-file")


def test_pages_hold_the_whole_table(long: Tab) -> None:
    assert "1 to 100 of 250 rows" in long.said()
    assert long.column("n")[:2] == ["250", "249"]
    long.at.pagination[0].set_value(3)
    long.run()
    assert "201 to 250 of 250 rows" in long.said()
    assert long.column("n") == [str(n) for n in range(50, 0, -1)]
    assert long.table().index.tolist()[:2] == [202, 203]


def test_a_search_looks_at_every_row_and_says_that_downloads_do_not_change(long: Tab) -> None:
    long.at.pagination[0].set_value(3)
    long.run()
    long.put("text_input", "search-", "hay")
    assert "1 to 100 of 245 rows" in long.said()
    long.put("text_input", "search-", "NEEDLE")
    assert "Showing 5 of 250 rows. This only changes what you see; downloads hold all rows." in long.said()
    assert long.column("n") == ["201", "151", "101", "51", "1"]
    assert long.table().index.tolist() == [51, 101, 151, 201, 251]
    long.put("text_input", "search-", "nowhere *")
    assert 'No row contains "nowhere *".' in long.said()
    long.click("clear-search")
    assert "1 to 100 of 250 rows" in long.said()
    long.click("to-download")
    assert "**250 rows" in long.said()


def test_a_sort_orders_the_whole_table_by_value(long: Tab) -> None:
    long.click("select-types")
    long.at.segmented_control[1].set_value("table")
    long.run()
    long.put("selectbox", "sort-", "n")
    assert long.column("n")[:3] == ["1", "2", "3"]
    assert long.table().index.tolist()[:3] == [251, 250, 249]
    long.put("toggle", "down-", True)
    assert long.column("n")[:3] == ["250", "249", "248"]
    long.put("selectbox", "sort-", None)
    assert long.table().index.tolist()[:3] == [2, 3, 4]
    assert long.names() == ["set_types"]


def test_a_step_shows_only_the_rows_it_changed(orders: Tab) -> None:
    orders.add("trim_whitespace").click("apply-")
    assert orders.column("customer") == ["·Ana· → Ana", "Di··Mo → Di Mo"]
    assert orders.table().index.tolist() == [2, 5]


def test_cells_typed_in_become_a_step_and_are_undone(orders: Tab) -> None:
    orders.put("toggle", "edit-cells-", True)
    orders.type_in("grid-edit", {"1": {"city": "Graz", "quantity": "12"}})
    assert orders.names() == ["set_types", "edit_cells"]
    edits = orders.steps[1].params["edits"]
    assert [(e["row"], e["column"], e["old"], e["new"]) for e in edits] == [(3, "city", None, "Graz"), (3, "quantity", "3", "12")]
    assert orders.badges()[-1] == "2 cells"
    orders.type_in("grid-edit", {"0": {"city": None}})
    assert orders.names() == ["set_types", "edit_cells"]  # the same step goes on
    assert orders.badges()[-1] == "3 cells"
    orders.click("undo").click("undo")
    assert orders.names() == ["set_types"]
    orders.click("redo")
    assert orders.badges()[-1] == "2 cells"


def grid_key(tab: Tab) -> str:
    """The key of the grid that is typed in."""
    return next(k for k in tab.keys("data_editor") if k.startswith("grid-edit"))


def test_the_grid_stays_while_it_is_typed_in_and_is_new_after_an_undo(orders: Tab) -> None:
    orders.put("toggle", "edit-cells-", True)
    first = grid_key(orders)
    orders.type_in("grid-edit", {"1": {"city": "Graz"}})
    orders.type_in("grid-edit", {"1": {"city": "Graz"}, "3": {"city": "Linz"}})  # as a browser sends it: all entries so far
    assert grid_key(orders) == first
    assert [(e["row"], e["new"]) for e in orders.steps[1].params["edits"]] == [(3, "Graz"), (5, "Linz")]
    orders.click("undo")
    assert grid_key(orders) != first


def test_the_page_stays_while_it_is_typed_in(long: Tab) -> None:
    long.put("toggle", "edit-cells-", True)
    long.at.pagination[0].set_value(3)
    long.run()
    first = grid_key(long)
    long.type_in("grid-edit", {"0": {"word": "straw"}})
    assert (grid_key(long), long.steps[0].params["edits"][0]["row"]) == (first, 202)


def test_a_value_put_back_is_no_edit(orders: Tab) -> None:
    orders.put("toggle", "edit-cells-", True)
    orders.type_in("grid-edit", {"0": {"city": "Graz", "quantity": "9"}})
    orders.type_in("grid-edit", {"0": {"city": "Lyon", "quantity": "9"}})
    assert [(e["column"], e["new"]) for e in orders.steps[1].params["edits"]] == [("quantity", "9")]
    orders.type_in("grid-edit", {"0": {"city": "Lyon", "quantity": "2"}})
    assert orders.names() == ["set_types"]
    assert orders.badges()[-1] == "3 types"


def test_rows_are_deleted_and_added(orders: Tab) -> None:
    orders.put("toggle", "edit-cells-", True)
    orders.type_in("grid-edit", deleted_rows=[1, 77])
    assert orders.steps[1].params["deleted"] == [
        {"row": 3, "key": [], "was": {
            "id": "008", "customer": "Bo", "city": None, "quantity": "3", "price": "20", "status": "open", "ordered": "2025-01-03",
        }},
    ]  # fmt: skip
    assert orders.badges()[-1] == "−1 row"
    orders.type_in("grid-edit", added_rows=[{"customer": "Eve", "quantity": "1.5"}, {}])
    assert 'New row, quantity: "1.5" was not taken.' in orders.said()
    assert orders.steps[1].params["added"] == [{"after": 5, "values": {"customer": "Eve"}}]
    grid = orders.at.data_editor[0].value
    assert grid["customer"].tolist()[-1] == "Eve"
    # typing on in the row that was added writes it anew; deleting it takes it back
    last = str(len(grid) - 1)
    orders.type_in("grid-edit", {last: {"city": "Bonn"}})
    assert orders.steps[1].params["added"] == [{"after": 5, "values": {"customer": "Eve", "city": "Bonn"}}]
    assert orders.steps[1].params["edits"] == []
    orders.type_in("grid-edit", deleted_rows=[int(last)])
    assert (orders.steps[1].params["added"], len(orders.steps[1].params["deleted"])) == ([], 1)


def test_a_row_added_to_a_full_page_is_shown_on_the_next(long: Tab) -> None:
    long.put("toggle", "edit-cells-", True)
    long.type_in("grid-edit", added_rows=[{"word": "new"}])
    assert "Added 1 row below row 101" in long.said()
    assert long.at.data_editor[0].value["word"].tolist()[0] == "new"


REFUSED = {
    "a decimal comma": ("price", "2,5", "'2,5' is not a number here. Write 2.5."),
    "a fraction": ("quantity", "1.7", "1.7"),
    "a day written otherwise": ("ordered", "06.05.2024", "06.05.2024"),
    "a day that is none": ("ordered", "2025-02-31", "2025-02-31"),
}


@pytest.mark.parametrize(("column", "typed", "word"), REFUSED.values(), ids=REFUSED)
def test_an_entry_that_is_no_value_of_its_column_stays_listed(orders: Tab, column: str, typed: str, word: str) -> None:
    orders.put("toggle", "edit-cells-", True)
    orders.type_in("grid-edit", {"2": {column: typed}, "0": {"city": "Graz"}})
    assert f'Row 4, {column}: "{typed}" was not taken.' in orders.said()
    assert word in orders.said()
    edits = orders.steps[1].params["edits"]
    assert [(e["row"], e["column"], e["new"]) for e in edits] == [(2, "city", "Graz")]
    orders.run()
    assert f'Row 4, {column}: "{typed}" was not taken.' in orders.said()
    orders.click("dismiss-refused")
    assert "was not taken" not in orders.said()


def test_a_change_in_another_tab_is_noticed(orders: Tab) -> None:
    other = Tab(orders.workspace, project=orders.project, stage="clean")
    other.add("trim_whitespace").click("apply-")
    orders.run()
    assert "This project was changed in another tab. This is how it is now." in orders.said()
    assert orders.badges() == ["4 rows", "3 types", "2 cells"]
    orders.run()
    assert "another tab" not in orders.said()


def test_two_tabs_at_the_same_moment_lose_nothing(orders: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = orders.workspace.projects.get(orders.project)
    assert saved is not None
    recipe = Recipe.parse(saved.recipe)
    off = recipe.with_steps(recipe.result, tuple(s.model_copy(update={"on": False}) for s in recipe.table(recipe.result).steps))
    real, beaten = Projects.change, []

    def change(projects: Projects, id: str, revision: int, **given: object) -> object:
        if not beaten:  # the other tab saves between this tab's look at the project and its saving
            beaten.append(True)
            real(projects, id, revision, recipe=off.model_dump(mode="json"), label="Turn off")
        return real(projects, id, revision, **given)

    orders.add("trim_whitespace")
    monkeypatch.setattr(Projects, "change", change)
    orders.click("apply-")
    assert "Your last change was not saved: look at the project as it is now, then repeat it." in orders.said()
    assert [(s.step, s.on) for s in orders.steps] == [("set_types", False)]
    orders.click("apply-")
    assert [(s.step, s.on) for s in orders.steps] == [("set_types", False), ("trim_whitespace", True)]
