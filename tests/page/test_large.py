"""Looks at a large table: what takes long is worked out beside the page, which says so and stays alive."""

from threading import Event

import pandas as pd
import pytest

from tests.page.conftest import Tab
from ui import views, waiting


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Every table counts as large, nothing is waited for, and a search ends only when this is set."""
    go, real = Event(), views.order
    monkeypatch.setattr(waiting, "LARGE", 0)
    monkeypatch.setattr(waiting, "AT_ONCE", 0)

    def order(table: pd.DataFrame, *how: object) -> object:
        assert go.wait(30)
        return real(table, *how)  # type: ignore[arg-type]

    monkeypatch.setattr(views, "order", order)
    return go


def test_a_search_that_takes_long_is_said_and_then_shown(orders: Tab, held: Event) -> None:
    orders.put("text_input", "search-table", "lyon")
    assert "Searching 4 rows" in orders.said()
    assert len(orders.at.dataframe) == 0
    orders.click("to-download")
    assert "**4 rows" in orders.said()
    (look,) = waiting._looks.values()
    held.set()
    look.future.result(30)
    orders.at.query_params["stage"] = "clean"
    orders.run().view("table")
    assert orders.column("id") == ["007", "010"]


def test_it_can_be_cancelled(orders: Tab, held: Event) -> None:
    orders.put("text_input", "search-table", "rome").click("cancel-look-")
    assert len(orders.column("id")) == 4
    assert waiting._looks == {}
    held.set()
