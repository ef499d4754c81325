"""Look up, stack and compare on the page: keys and columns proposed, exact counts and the rows themselves before a step is added."""

import pandas as pd
import pytest

from tests.page.conftest import Tab
from tests.page.test_tables import another

CITIES = b"town,country\nlyon,France\nRome,Italy\nRome,Italia\nOslo,Norway\n"
EARLIER = b"""id,customer,city,quantity,price,status,ordered
007,Ana,Lyon,2,10.5,paid,2025-01-02
008,Bo,,3,25,open,2025-01-03
001,X,Y,1,1,open,
"""
MORE = b"ID,Client,CITY,price,tip\n011,Eve,Lyon,7,1\n012,Ana,Rome,8,\n"


@pytest.fixture
def with_cities(orders: Tab) -> Tab:
    return another(orders, "cities.csv", CITIES).click("select-table-0").click("looks-right")


def rows(tab: Tab) -> pd.DataFrame:
    """The rows to look at in the open form: the grid before that of the table."""
    return tab.at.dataframe[0].value


def test_the_key_is_proposed_and_the_rows_are_looked_at(with_cities: Tab) -> None:
    tab = with_cities.add("join")
    here, there = (s for s in tab.at.selectbox if s.key and s.key.endswith(("-here", "-there")))
    assert (here.value, there.value) == ("city", "town")
    for sentence in ("Adds **1 row**.", "1 row found a match.", "2 rows found no match.", "No key, so no match: 1 row."):
        assert sentence in tab.said()
    assert "1 key of cities stands more than once: Rome (2). Rows that match them come more than once: 1 row more." in tab.said()
    looks = next(s for s in tab.at.segmented_control if s.key and s.key.startswith("look-"))
    assert [o.content for o in looks.proto.options] == [
        "Matched (0)", "More than one match (1)", "Without a match (2)", "Without a key (1)", "Not used in cities (2)",
    ]  # fmt: skip
    tab.put("segmented_control", "look-", "More than one match")
    assert rows(tab)["country in cities"].tolist() == ["Italy", "Italia"]
    assert rows(tab)["row in cities"].tolist() == ["3", "4"]
    tab.put("segmented_control", "look-", "Without a match")
    assert rows(tab)["city"].tolist() == ["Lyon", "Lyon"]
    tab.put("segmented_control", "look-", "Without a key")
    assert rows(tab)["id"].tolist() == ["008"]
    tab.put("segmented_control", "look-", "Not used in cities")
    assert rows(tab)["town"].tolist() == ["lyon", "Oslo"]
    tab.put("radio", "-compare", "ignore_case")
    assert "Matched (2)" in [o.content for s in tab.at.segmented_control for o in s.proto.options]
    tab.put("radio", "-if_many", "first").click("apply-")
    assert tab.steps[1].params["keys"] == [{"column": "city", "other": "town"}]
    tab.put("segmented_control", "view-", "table")
    assert tab.column("country") == ["France", None, "Italy", "France"]


def test_rows_without_a_match_are_kept_alone(with_cities: Tab) -> None:
    tab = with_cities.add("join").put("selectbox", "-how", "anti")
    assert "Removes **1** of 4 rows." in tab.said()
    tab.put("selectbox", "-how", "full")
    assert "Adds **3 rows**." in tab.said()
    tab.put("selectbox", "-how", "inner").put("multiselect", "-take-cities", ["country"]).click("apply-")
    assert tab.steps[1].params["take"] == ["country"]
    assert "**Result: orders, 2 rows**" in tab.said()


def test_keys_of_two_columns(with_cities: Tab) -> None:
    tab = with_cities.add("join")
    tab.click(next(k for k in tab.keys("button") if k.endswith("-more-keys")))
    assert "Fill in the form to see what this step does to the whole file." in tab.said()
    pairs = [s for s in tab.at.selectbox if s.key and s.key.endswith(("-1-here", "-1-there"))]
    pairs[0].set_value("status")
    pairs[1].set_value("country")
    tab.run()
    assert "found no match" in tab.said()
    tab.click(next(k for k in tab.keys("button") if k.endswith("-0-less"))).click("apply-")
    assert tab.steps[1].params["keys"] == [{"column": "status", "other": "country"}]
    tab.menu(tab.steps[1].id, "Edit")
    here = next(s for s in tab.at.selectbox if s.key and s.key.endswith("-here"))
    assert here.value == "status"


def test_a_key_of_another_kind_is_refused(with_cities: Tab) -> None:
    tab = with_cities.add("join").put("selectbox", "-here", "quantity")
    said = 'Column "quantity": holds numbers, but "town" of the other table holds text. Make both the same with Change column types.'
    assert said in tab.errors()


def test_another_table_is_chosen_in_the_form(with_cities: Tab) -> None:
    tab = another(with_cities, "states.csv", b"status,meaning\npaid,done\nopen,to do\nrefunded,back\nlost,?\n").click("select-table-0")
    tab.click("looks-right").add("join").put("selectbox", "-other", "cities").put("multiselect", "-take-cities", ["country"])
    tab.put("selectbox", "-other", "states")
    here, there = (s for s in tab.at.selectbox if s.key and s.key.endswith(("-here", "-there")))
    assert (here.value, there.value) == ("status", "status")
    assert not tab.at.error
    tab.click("apply-")
    assert tab.steps[1].params["take"] == []
    tab.put("segmented_control", "view-", "table")
    assert tab.column("meaning") == ["done", "to do", None, "back"]


def test_two_tables_are_compared(orders: Tab) -> None:
    tab = another(orders, "earlier.csv", EARLIER).click("select-table-0").click("looks-right").add("compare")
    here, there = (s for s in tab.at.selectbox if s.key and s.key.endswith(("-here", "-there")))
    assert (here.value, there.value) == ("id", "id")
    looks = next(s for s in tab.at.segmented_control if s.key and s.key.startswith("look-"))
    assert [o.content for o in looks.proto.options] == ["changed (2)", "new (2)", "gone (1)"]
    assert rows(tab)["id"].tolist() == ["007", "008"]
    assert rows(tab)["changed cells"].tolist() == ["customer: Ana →  Ana ", "price: 25 → 20"]
    tab.put("segmented_control", "look-", "gone")
    assert rows(tab)["id"].tolist() == ["001"]
    tab.click("apply-")
    tab.put("segmented_control", "view-", "table")
    assert tab.column("change") == ["changed", "changed", "new", "new", "gone"]


def test_columns_are_matched_and_rows_stacked(orders: Tab) -> None:
    tab = another(orders, "more.csv", MORE).click("select-table-0").click("looks-right").add("append")
    (grid,) = [e for e in tab.at.data_editor if e.key and e.key.startswith("form-")]
    assert grid.value["column"].tolist() == ["ID", "Client", "CITY", "tip"]
    assert grid.value["into"].tolist() == ["id", "an extra column", "city", "an extra column"]
    assert "Stays empty in these rows: customer, quantity, status and ordered." in tab.said()
    assert "Extra columns: Client and tip." in tab.said()
    tab.type_in("form-", {"1": {"into": "customer"}, "3": {"into": "left out"}})
    assert "Stays empty in these rows: quantity, status and ordered." in tab.said()
    assert "Left out: tip." in tab.said()
    tab.type_in("form-", {"1": {"into": "id"}})
    assert '"ID" and "Client" would both go into "id". Choose another place for one.' in tab.said()
    tab.type_in("form-", {"1": {"into": "customer"}, "3": {"into": "left out"}})
    tab.click("apply-")
    assert tab.steps[1].params["matches"] == {"ID": "id", "Client": "customer", "CITY": "city", "tip": None}
    tab.put("segmented_control", "view-", "table")
    assert tab.column("id") == ["007", "008", "009", "010", "011", "012"]
    assert tab.column("customer") == [" Ana ", "Bo", "Cy", "Di  Mo", "Eve", "Ana"]
    assert tab.column("price") == ["10.5", "20", "30.25", "40", "7", "8"]
    tab.menu(tab.steps[1].id, "Edit")
    (again,) = [e for e in tab.at.data_editor if e.key and e.key.startswith("form-")]
    assert again.value["into"].tolist() == ["id", "customer", "city", "left out"]
    assert again.value["why"].tolist() == ["chosen"] * 4


def test_columns_of_the_same_name_are_shown_when_asked_for(orders: Tab) -> None:
    tab = another(orders, "more.csv", MORE).click("select-table-0").click("looks-right").add("append")
    tab.put("toggle", "all-form", True)
    (grid,) = [e for e in tab.at.data_editor if e.key and e.key.startswith("form-")]
    assert grid.value["column"].tolist() == ["ID", "Client", "CITY", "price", "tip"]
    tab.type_in("form-", {"3": {"into": "left out"}})
    assert "Left out: price." in tab.said()
    tab.click("apply-")
    assert tab.steps[1].params["matches"]["price"] is None
