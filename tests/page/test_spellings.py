"""Merge similar spellings on the page: groups ticked, changed, split, found by another method, and opened again."""

import pytest

from tests.page.conftest import Tab

TOWNS = "id,town,land\n" + "\n".join(
    f'{n},"{town}",x' for n, town in enumerate(
        ["Berlin", "berlin ", "BERLIN", "Berlin", "Belrin", "Köln", "Koln", "Köln", "<b>*Rom*</b>", "<B>*ROM*</B>", "Oslo", ""], 1)
)  # fmt: skip


@pytest.fixture
def towns(tab: Tab) -> Tab:
    return tab.upload("towns.csv", TOWNS.encode()).click("looks-right").put("selectbox", "column-list-", "town").click("do-merge")


def groups(tab: Tab) -> list[list[object]]:
    """The lines of the grid: tick, values with their counts, cells that change, what they become."""
    (grid,) = tab.at.data_editor
    return [[a, [*b], c, d] for a, b, c, d in grid.value.to_numpy().tolist()]


def merged(tab: Tab) -> dict[str, str]:
    return tab.steps[-1].params["mapping"]


def test_groups_are_ticked_changed_and_split(towns: Tab) -> None:
    tab = towns
    assert groups(tab) == [
        [False, ["Berlin (2)", "berlin· (1)", "BERLIN (1)"], "2", "Berlin"],
        [False, ["Köln (2)", "Koln (1)"], "1", "Köln"],
        [False, ["<b>*Rom*</b> (1)", "<B>*ROM*</B> (1)"], "1", "<b>*Rom*</b>"],
    ]
    assert "3 groups, 0 ticked: 0 cells would change." in tab.said().replace("*", "")
    assert "Tick the groups whose values are one and the same." in tab.said()
    edited = {"0": {"merge": True, "values": ["Berlin (2)", "berlin· (1)"]}, "1": {"becomes": "Cologne"}}
    tab.type_in("form-", edited)
    assert groups(tab)[:2] == [
        [True, ["Berlin (2)", "berlin· (1)"], "1", "Berlin"],
        [True, ["Köln (2)", "Koln (1)"], "3", "Cologne"],
    ]
    assert "3 groups, 2 ticked: 4 cells would change." in tab.said().replace("*", "")
    assert "Changes **4 cells** in 1 column." in tab.said()
    assert "cannot be used" not in tab.said()
    tab.click("apply-")
    assert merged(tab) == {"berlin ": "Berlin", "Köln": "Cologne", "Koln": "Cologne"}
    assert tab.steps[-1].params["keep"] == ["BERLIN"]
    assert tab.column("town")[:8] == ["Berlin", "Berlin", "BERLIN", "Berlin", "Belrin", "Cologne", "Cologne", "Cologne"]


def test_what_is_ticked_stays_with_another_method_and_when_opened_again(towns: Tab) -> None:
    tab = towns.type_in("form-", {"0": {"merge": True}}).put("selectbox", "-method", "distance")
    assert groups(tab)[:2] == [
        [True, ["Berlin (2)", "berlin· (1)", "BERLIN (1)"], "2", "Berlin"],
        [False, ["Berlin (2)", "Belrin (1)"], "1", "Berlin"],
    ]
    tab.type_in("form-", {"0": {"merge": True}, "1": {"merge": True}}).click("apply-")
    assert merged(tab) == {"berlin ": "Berlin", "BERLIN": "Berlin", "Belrin": "Berlin"}
    step = tab.steps[-1].id
    tab.menu(step, "Edit")
    assert groups(tab)[0] == [True, ["Berlin (2)", "berlin· (1)", "BERLIN (1)", "Belrin (1)"], "3", "Berlin"]
    tab.click("tick-all-")
    assert all(line[0] for line in groups(tab))
    tab.click("apply-")
    assert merged(tab)["Koln"] == "Köln"


def test_what_cannot_be_merged_is_said(towns: Tab) -> None:
    tab = towns.type_in("form-", {"0": {"merge": True, "becomes": " "}})
    assert tab.errors() == ["Write what the values of a ticked group become, or clear its tick."]
    two = {"0": {"becomes": "Berlin"}, "1": {"merge": True, "values": ["Köln (2)", "Koln (1)", "BERLIN (1)"]}}
    tab.type_in("form-", two)
    assert tab.errors() == ['"BERLIN" stands in two ticked groups: as "Berlin" and as "Köln". Take it out of one.']


def test_where_nothing_is_similar_another_method_is_offered(towns: Tab) -> None:
    (columns,) = [m for m in towns.at.multiselect if m.key and m.key.endswith("-names")]
    columns.set_value(["land"])
    tab = towns.run()
    assert "No similar spellings found with this method." in tab.said()
    tab.click("try-similarity-")
    assert next(s for s in tab.at.selectbox if s.key and s.key.endswith("-method")).value == "similarity"


def test_only_the_rows_that_match_are_looked_at(towns: Tab) -> None:
    tab = towns.put("toggle", "-limited", True)
    (button,) = [b for b in tab.at.button if b.key and b.key.endswith("-type-it")]
    button.click()
    tab.run().put("text_area", "-where-text", "[id] <= 2")
    assert groups(tab) == [[False, ["Berlin (1)", "berlin· (1)"], "1", "Berlin"]]
    tab.click("tick-all-")
    assert "Changes **1 cell** in 1 column." in tab.said()
