"""Several files or sheets on the page: stacked into one table, or opened as separate ones."""

import io

import openpyxl
import pytest

from pipeline import Recipe
from tests.page.conftest import ORDERS, Tab
from workspace import SourceTable

JAN = b"id,city,amount\n001,Lyon,10\n002,Rome,20\n003,York,30\n"
FEB = b"ID;town;amount;tip\n004;Lyon;n/a;1\n005;Rome;50;\n\n006;York;60;\n"


def drop(tab: Tab, files: dict[str, bytes], slot: str = "upload") -> Tab:
    """Drop several files at once."""
    (field,) = [u for u in tab.at.file_uploader if u.key and u.key.startswith(slot)]
    field.set_value([(name, content, "text/csv") for name, content in files.items()])
    return tab.run()


def open_tab(tab: Tab, name: str) -> None:
    """Open a tab of Load."""
    tab.at.session_state["load-tabs-sales"] = name
    tab.run()


def tables(tab: Tab) -> list[SourceTable]:
    saved = tab.workspace.projects.get(tab.project)
    assert saved is not None
    return saved.tables


def recipe(tab: Tab) -> Recipe:
    saved = tab.workspace.projects.get(tab.project)
    assert saved is not None
    return Recipe.parse(saved.recipe)


def book() -> bytes:
    made, held = openpyxl.Workbook(), io.BytesIO()
    made.active.title = "Jan"
    for row in (["id", "amount"], ["001", 10]):
        made.active.append(row)
    sheet = made.create_sheet("Feb")
    for row in (["amount", "id"], [20, "002"]):
        sheet.append(row)
    made.save(held)
    return held.getvalue()


@pytest.fixture
def stacked(tab: Tab) -> Tab:
    return drop(tab, {"sales_jan.csv": JAN, "sales_feb.csv": FEB}).click("stack-start")


def test_several_files_are_one_table(stacked: Tab) -> None:
    assert [t.name for t in tables(stacked)] == ["sales"]
    assert "2 files stacked · 6 rows, 6 columns · **1 line left out**" in stacked.said()
    assert stacked.table().columns.tolist() == ["id", "city", "amount", "town", "tip", "source"]
    assert stacked.column("id") == ["001", "002", "003", "004", "005", "006"]
    assert stacked.column("source") == ["sales_jan.csv"] * 3 + ["sales_feb.csv"] * 3
    assert [str(row) for row in stacked.table().index] == ["2", "3", "4", "5", "6", "8"]
    assert "Perhaps these belong together: town → city. Look at Columns." in stacked.said()
    left = stacked.at.dataframe[-1].value
    assert left[["file", "line"]].to_numpy().tolist() == [["sales_feb.csv", "4"]]
    assert recipe(stacked).tables[0].read["first"]["format"] == "csv"  # type: ignore[index,call-overload]


def test_columns_are_matched_and_stacked_again(stacked: Tab) -> None:
    open_tab(stacked, "Columns")
    (grid,) = [e for e in stacked.at.data_editor if e.key and e.key.startswith("stack-")]
    assert grid.value[["column", "into", "why"]].to_numpy().tolist() == [
        ["ID", "id", "its name"],
        ["town", "city", "all of its values stand there, too"],
        ["tip", "an extra column", "no column is like it"],
    ]  # fmt: skip
    stacked.put("text_input", "-source", "file").click("stack-again")
    assert stacked.table().columns.tolist() == ["id", "city", "amount", "tip", "file"]
    assert stacked.column("city") == ["Lyon", "Rome", "York"] * 2
    assert tables(stacked)[0].stack.matches == {"ID": "id", "town": "city", "tip": "tip"}
    assert "Perhaps these belong together" not in stacked.said()
    stacked.click("undo")
    assert stacked.table().columns.tolist() == ["id", "city", "amount", "town", "tip", "source"]


def test_two_columns_of_one_file_do_not_go_into_one_but_of_two_files_they_do(tab: Tab) -> None:
    drop(tab, {"sales_a.csv": JAN, "sales_b.csv": FEB, "sales_c.csv": JAN.replace(b"00", b"10")}).click("stack-start")
    open_tab(tab, "Columns")
    (grid,) = [e for e in tab.at.data_editor if e.key and e.key.startswith("stack-")]
    assert grid.value["where"].tolist() == ["sales_b.csv"] * 3
    assert not tab.at.button(key="stack-again").disabled
    tab.type_in("stack-", {"2": {"into": "amount"}})
    assert tab.errors() == ['"amount" and "tip" would both go into "amount". Choose another place for one.']
    assert tab.at.button(key="stack-again").disabled


def test_a_column_comes_from_the_name(stacked: Tab) -> None:
    open_tab(stacked, "Columns")
    stacked.put("radio", "-way", "a pattern")
    assert stacked.at.button(key="stack-again").disabled
    stacked.put("text_input", "-pattern", "_(?P<month>[a-z]+)").click("stack-again")
    assert stacked.column("month") == ["jan"] * 3 + ["feb"] * 3


def test_a_file_is_left_out_and_another_added(stacked: Tab) -> None:
    open_tab(stacked, "Files")
    stacked.put("selectbox", "part-sales", 1).click("drop-part")
    assert stacked.column("id") == ["001", "002", "003"]
    open_tab(stacked, "Files")
    drop(stacked, {"mar.csv": b"id,amount\n007,70\n"}, "more-").click("stack-more")
    assert stacked.column("source") == ["sales_jan.csv"] * 3 + ["mar.csv"]
    assert stacked.column("city") == ["Lyon", "Rome", "York", None]


def test_several_files_are_separate_tables(tab: Tab) -> None:
    drop(tab, {"orders.csv": ORDERS, "sales.csv": JAN, "Sales.csv": FEB}).click("separate-start")
    assert [t.name for t in tables(tab)] == ["orders", "sales", "Sales_2"]
    assert "Added the tables sales and Sales_2." in tab.said()
    assert recipe(tab).result == "orders"
    assert tab.column("id") == ["007", "008", "009", "010"]
    ids = [s.id for t in recipe(tab).tables for s in t.steps]
    assert len(ids) == len(set(ids))


def test_a_file_that_cannot_be_read_is_left_out_of_the_stack(tab: Tab) -> None:
    drop(tab, {"a.csv": JAN, "b.csv": b"", "c.csv": JAN.replace(b"00", b"10")}).click("stack-start")
    assert tab.errors() == ["b.csv: the file is empty (0 bytes). Export or copy it again."]
    tab.click("without-file")
    assert tab.column("id") == ["001", "002", "003", "101", "102", "103"]


def test_all_sheets_of_a_workbook(tab: Tab) -> None:
    tab.upload("year.xlsx", book())
    assert tab.column("id") == ["001"]
    tab.click("stack-sheets")
    assert "2 sheets stacked · 2 rows, 4 columns · no line left out" in tab.said()
    assert tab.table()[["id", "amount", "source", "sheet"]].to_numpy().tolist() == [
        ["001", "10", "year.xlsx", "Jan"], ["002", "20", "year.xlsx", "Feb"],
    ]  # fmt: skip
    assert recipe(tab).tables[0].read["sheets"] == "all"
    tab.click("undo")
    assert tab.column("id") == ["001"]
    tab.click("separate-sheets")
    assert [t.name for t in tables(tab)] == ["year", "Feb"]
    assert tab.column("id") == ["002"]


def test_steps_run_on_a_stack_and_edits_belong_to_its_files(stacked: Tab) -> None:
    stacked.click("looks-right").add("trim_whitespace").click("apply-")
    assert "**Result: 6 rows**" in stacked.said()
    assert "Every row accounted for" in stacked.said()
    again = Tab(stacked.workspace, project=stacked.project, stage="load")
    assert again.column("id") == ["001", "002", "003", "004", "005", "006"]


def test_several_files_in_a_project_that_is_open(orders: Tab) -> None:
    orders.click("add-table")
    drop(orders, {"sales_jan.csv": JAN, "sales_feb.csv": FEB}, "upload-another").click("stack-another")
    assert [t.name for t in tables(orders)] == ["orders", "sales"]
    assert "sales" in orders.at.query_params["table"]
    assert "2 files stacked" in orders.said()
