"""Problems: values a step could not use are mended, and the step uses them."""

import pandas as pd
import pytest

from pipeline import Recipe, Repair, new_step
from steps.arrow import TEXT
from tests.page.conftest import Tab
from ui.problems import MEND, commonest

FILE = b"""id,amount
A1,5
A2,n/a
A3,n/a
A4,7o
A5,11
"""


@pytest.fixture
def shop(tab: Tab) -> Tab:
    """A file whose amounts were made numbers, with three that are none, in the Problems view of that step."""
    tab.upload("shop.csv", FILE)
    step = new_step("set_types", {"types": {"amount": "integer"}, "on_error": "missing"}, id="t")
    saved = tab.workspace.projects.get(tab.project)
    changed = Recipe.parse(saved.recipe).with_steps("shop", (step,))
    tab.workspace.projects.change(saved.id, saved.revision, recipe=changed.model_dump(mode="json"), label="Types")
    tab.at.query_params["stage"] = "clean"
    tab.run()
    key = next(k for k in tab.keys("segmented_control") if k.startswith("view-"))
    return tab.put("segmented_control", key, "problems")


def listed(tab: Tab) -> list[tuple[str, str]]:
    """Row and value of every problem listed."""
    (grid,) = [g.value for g in tab.at.data_editor if MEND in g.value.columns]
    return list(zip(grid["row"], grid["value"], strict=True))


def test_a_mended_value_is_used(shop: Tab) -> None:
    assert listed(shop) == [("3", "n/a"), ("4", "n/a"), ("5", "7o")]
    shop.type_in("problems-", {"2": {MEND: "70"}})
    assert shop.steps[0].repairs == (Repair(row=5, column="amount", was="7o", value="70"),)
    assert listed(shop) == [("3", "n/a"), ("4", "n/a")]
    shop.click("undo")
    assert listed(shop) == [("3", "n/a"), ("4", "n/a"), ("5", "7o")]


def test_a_value_can_be_left_missing(shop: Tab) -> None:
    shop.type_in("problems-", {"0": {"make missing": True}, "9": {MEND: "1"}})
    assert shop.steps[0].repairs == (Repair(row=3, column="amount", was="n/a", value=None),)
    assert listed(shop) == [("4", "n/a"), ("5", "7o")]


def test_a_mended_value_that_cannot_be_used_either_stays_listed(shop: Tab) -> None:
    shop.type_in("problems-", {"2": {MEND: "seven"}})
    assert listed(shop)[2] == ("5", "seven")
    shop.type_in("problems-", {"2": {MEND: "7"}})
    assert shop.steps[0].repairs == (Repair(row=5, column="amount", was="7o", value="7"),)


def test_takes_back(shop: Tab) -> None:
    shop.type_in("problems-", {"2": {MEND: "70"}})
    key = next(g.key for g in shop.at.dataframe if g.key and g.key.startswith("mended-"))
    shop.at.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    shop.run().click("take-back")
    assert shop.steps[0].repairs == ()


def test_all_alike_at_once(shop: Tab) -> None:
    key = next(k for k in shop.keys("menu_button") if k.startswith("common-0"))
    shop.at.menu_button(key=key).click("Treat as missing")
    shop.run()
    assert [(s.step, s.params["tokens"]) for s in shop.steps if s.step == "mark_missing"] == [("mark_missing", ["n/a"])]
    assert listed(shop) == [("5", "7o")]


def test_the_commonest_values_first() -> None:
    rejected = pd.DataFrame({"column": ["a", "a", "b", "a", "b"], "value": ["x", "y", "x", "y", None], "reason": ["?"] * 5}, dtype=TEXT)
    assert commonest(rejected) == [("a", "y", 2), ("a", "x", 1), ("b", "x", 1)]
