"""Load: what was detected, the types proposed, and reading the file in another way."""

import io

import openpyxl
import pytest

from tests.page.conftest import ORDERS, Tab
from tests.page.test_start import TROUBLES

SEMICOLONS = "Name;Größe\nJürgen;1,5\n".encode("cp1252")


def two_sheets() -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "Cover"
    book.active.append(["Report"])
    other = book.create_sheet("Data")
    for row in (["id", "n"], ["007", 1], ["008", 2.5]):
        other.append(row)
    book.save(made)
    return made.getvalue()


def open_types(tab: Tab) -> Tab:
    """Open the tab of the types."""
    key = next(k for k in tab.keys("selectbox") if k.startswith("delimiter-")).removeprefix("delimiter-")
    tab.at.session_state[f"load-tabs-{key[:8]}"] = next(t.label for t in tab.at.tabs if t.label.startswith("Types"))
    return tab.run()


@pytest.fixture
def loaded(tab: Tab) -> Tab:
    return tab.upload("orders.csv", ORDERS)


def test_types_are_proposed_with_the_reason_and_kept_as_the_first_step(loaded: Tab) -> None:
    open_types(loaded)
    grid = loaded.at.data_editor[0].value
    assert grid["Column"].tolist() == ["id", "customer", "city", "quantity", "price", "status", "ordered"]
    assert grid["Becomes"].fillna("").tolist() == ["", "", "", "Whole number", "Number", "", "Date"]
    assert grid["Why"].tolist()[3] == "All 3 values are whole numbers."
    assert "start with a zero" in grid["Why"].tolist()[0]
    assert [(s.id, s.params["types"]) for s in loaded.steps] == [("types", {"quantity": "integer", "price": "number", "ordered": "date"})]
    assert loaded.at.button(key="undo").disabled  # opening the file is not undone


def test_a_type_is_changed_in_the_grid(loaded: Tab) -> None:
    open_types(loaded)
    loaded.type_in("types-", {"3": {"Becomes": "Number"}, "4": {"Becomes": None}})
    assert loaded.steps[0].params["types"] == {"quantity": "number", "ordered": "date"}
    loaded.type_in("types-", {"3": {"Becomes": "Number"}, "4": {"Becomes": "Number"}, "2": {"Becomes": "no type"}})
    assert loaded.steps[0].params["types"] == {"quantity": "number", "ordered": "date", "price": "number"}
    loaded.click("undo").click("undo")
    assert loaded.steps[0].params["types"] == {"quantity": "integer", "price": "number", "ordered": "date"}
    assert loaded.at.data_editor[0].value["Becomes"].tolist()[3:5] == ["Whole number", "Number"]


def test_a_file_without_types_gets_them_from_the_grid(tab: Tab) -> None:
    tab.upload("names.csv", b"name,size\nAna,tall\nBo,3\n")
    assert tab.steps == ()
    open_types(tab).type_in("types-", {"1": {"Becomes": "Whole number"}})
    assert [(s.id, s.params["types"]) for s in tab.steps] == [("types", {"size": "integer"})]
    tab.click("looks-right")
    assert tab.column("size") == [None, "3"]
    assert tab.badges() == ["2 rows", "1 problem"]


MIXED = (
    'amount,paid,day,when,n\n"€1.234,50",Ja,31/12/2024,03/04/2025,1\n"12,00",Nein,01/02/2025,05/06/2025,2\n'
    '"7,25",ja,15/03/2025,07/08/2025,x\n'
).encode()


def test_all_that_is_proposed_is_accepted_at_once_and_undone_at_once(tab: Tab) -> None:
    open_types(tab.upload("mixed.csv", MIXED))
    grid = tab.at.data_editor[0].value.set_index("Column")
    assert grid["Proposed"].tolist() == ["Number", "Yes/no", "Date", "Date", ""]
    assert grid.loc["amount", "Before → after"] == "€1.234,50 → 1234.5 · 12,00 → 12"
    assert grid.loc["paid", "Why"] == "Words for yes (ja) and no (nein)."
    assert grid.loc["when", "Why"] == "Dates, but 03/04/2025 may be day first or month first: choose below."
    assert "3 columns more would become numbers, dates or yes/no; every value fits." in tab.said()
    tab.click("accept-types")
    assert tab.names() == ["parse_number", "parse_boolean", "parse_date"]
    assert tab.steps[0].params == {"columns": {"names": ["amount"]}, "decimal": ",", "thousands": "other"}
    tab.at.radio[0].set_value("dmy")
    tab.run()
    assert tab.steps[3].params == {"columns": {"names": ["when"]}, "output": "date", "order": "dmy"}
    tab.click("undo").click("undo")
    assert tab.steps == ()


GAPS = ("n,day\n" + "".join(f"{n},2024-01-{n + 10}\n" for n in range(1, 20)) + "-,45292\n").encode()


def test_values_that_do_not_fit_count_as_missing_by_one_press(tab: Tab) -> None:
    open_types(tab.upload("gaps.csv", GAPS))
    assert tab.at.data_editor[0].value["Do not fit"].tolist() == ["1", "1"]
    open_types(tab.click("as-missing-n"))
    assert tab.names() == ["mark_missing", "set_types"]
    assert tab.steps[0].params == {"columns": {"names": ["n"]}, "tokens": ["-"], "case_insensitive": False}
    assert tab.steps[1].params["types"] == {"n": "integer"}
    assert tab.at.data_editor[0].value["Do not fit"].tolist() == ["", "1"]
    tab.at.radio[0].set_value("1900")
    open_types(tab.run())
    assert tab.names() == ["mark_missing", "set_types", "parse_date"]
    assert tab.steps[2].params == {"columns": {"names": ["day"]}, "output": "date", "excel_serial": "1900"}
    assert tab.at.data_editor[0].value["Do not fit"].tolist() == ["", ""]
    tab.click("undo").click("undo")
    assert tab.steps == ()


def test_a_column_read_in_another_way_is_put_back_by_itself(tab: Tab) -> None:
    open_types(tab.upload("mixed.csv", MIXED)).click("accept-types")
    ids = {s.step: s.id for s in tab.steps}
    tab.type_in("types-", {"1": {"Becomes": None}, "4": {"Becomes": "Whole number"}})
    assert tab.names() == ["set_types", "parse_number", "parse_date"]
    assert {s.step: s.id for s in tab.steps[1:]} == {n: ids[n] for n in ("parse_number", "parse_date")}
    grid = tab.at.data_editor[0].value.set_index("Column")
    assert grid.loc["n", ["Do not fit", "Which"]].tolist() == ["1", "x (1)"]


def test_another_delimiter_is_read_at_once_and_taken_back(loaded: Tab) -> None:
    loaded.put("selectbox", "delimiter-", ";")
    assert "CSV · semicolons" in loaded.said()
    assert "4 rows, 1 column ·" in loaded.said()
    assert loaded.table().columns.tolist() == ["id,customer,city,quantity,price,status,ordered"]
    loaded.put("selectbox", "delimiter-", ",")
    assert "4 rows, 7 columns" in loaded.said()
    assert loaded.steps[0].params["types"] == {"quantity": "integer", "price": "number", "ordered": "date"}


def test_another_delimiter_is_undone(loaded: Tab) -> None:
    loaded.put("selectbox", "delimiter-", ";")
    while not loaded.at.button(key="undo").disabled:
        loaded.click("undo")
    assert "4 rows, 7 columns" in loaded.said()
    assert loaded.column("id") == ["007", "008", "009", "010"]
    assert loaded.steps[0].params["types"] == {"quantity": "integer", "price": "number", "ordered": "date"}


def test_an_encoding_that_does_not_fit_is_said_and_taken_back(tab: Tab) -> None:
    tab.upload("sizes.csv", SEMICOLONS)
    assert "CSV · semicolons · Western European (Windows-1252) · header on line 1 · 1 row, 2 columns" in tab.said()
    tab.put("selectbox", "encoding-", "utf-8")
    where = "sizes.csv, row 1: byte 8 (0xF6) is not valid in UTF-8. "
    message = "Choose another encoding; the file's own is often Western European (Windows-1252)."
    assert tab.errors() == [where + message]
    tab.click("read-as-before")
    assert not tab.at.error
    assert tab.table().columns.tolist() == ["Name", "Größe"]


def test_the_header_on_another_line(tab: Tab) -> None:
    tab.upload("report.csv", (TROUBLES / "lines_above_header.csv").read_bytes())
    tab.put("number_input", "header-", 4)
    assert "header on line 4 · 2 rows, 2 columns · **3 lines left out**" in tab.said()
    assert tab.column("city") == ["Berlin", "Paris"]
    assert tab.table().index.tolist() == [5, 6]
    tab.put("number_input", "header-", 0)
    assert "no header" in tab.said()
    assert tab.table().columns.tolist() == ["column_1", "extra_1"]


def test_a_header_beyond_the_file_is_said_and_taken_back(loaded: Tab) -> None:
    loaded.put("number_input", "header-", 900)
    message = "orders.csv: the header should be in row 900, but the file has 5 rows. Choose another header row."
    assert loaded.errors() == [message]
    loaded.click("undo")
    assert not loaded.at.error
    assert "read-as-before" not in loaded.keys("button")
    assert loaded.column("id") == ["007", "008", "009", "010"]


def test_another_sheet(tab: Tab) -> None:
    tab.upload("book.xlsx", two_sheets())
    tab.put("selectbox", "sheet-", "Data")
    assert "Excel workbook · sheet Data · header on row 1 · 2 rows, 2 columns" in tab.said()
    assert tab.column("id") == ["007", "008"]
    tab.put("selectbox", "sheet-", "Cover")
    assert "sheet Cover" in tab.said()
    tab.put("selectbox", "sheet-", "Data")
    assert tab.column("n") == ["1", "2.5"]


@pytest.mark.parametrize("name", sorted(p.name for p in TROUBLES.iterdir() if p.name not in {"picture.csv", "empty.csv"}))
def test_every_trouble_file_goes_from_load_to_download(tab: Tab, name: str) -> None:
    tab.upload(name, (TROUBLES / name).read_bytes())
    assert not tab.at.error
    tab.click("looks-right").click("to-download")
    assert not tab.at.error
    assert "Every row accounted for" in tab.said()


def next_file(tab: Tab, content: bytes) -> Tab:
    """Another file in the place of the project's, to be read as that one was."""
    saved = tab.workspace.projects.get(tab.project)
    digest = tab.workspace.files.put(content)
    tables = [t.model_copy(update={"file_digest": digest, "file_name": "next.csv"}) for t in saved.tables]
    tab.workspace.projects.change(saved.id, saved.revision, tables=tables, label="Next file")
    return tab.run()


@pytest.mark.parametrize(("button", "rows"), [("differs-take", "4 rows, 7 columns"), ("differs-last", "4 rows, 1 column")])
def test_a_file_that_is_not_as_last_time_is_asked_about_before_anything_runs(orders: Tab, button: str, rows: str) -> None:
    next_file(orders, ORDERS.replace(b",", b";"))
    assert "This file is not as the file of last time. Columns are separated by" in orders.said()
    assert "Result:" not in orders.said()
    orders.click(button)
    assert "as the file of last time" not in orders.said()
    assert "Result: " in orders.said()
    orders.at.query_params["stage"] = "load"
    assert rows in orders.run().said()


def test_the_next_file_that_is_as_last_time_is_not_asked_about(orders: Tab) -> None:
    next_file(orders, ORDERS.replace(b"Lyon", b"Linz"))
    assert "as the file of last time" not in orders.said()
    assert "Result: 4 rows" in orders.said().replace("*", "")
