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
