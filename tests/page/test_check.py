"""Check: what needs a look, the rules with their failing rows, the proof."""

import pandas as pd
import pytest

from pipeline import Recipe, RecipeStep, new_step
from tests.page.conftest import Tab

FILE = b"""id,status,amount
A1,open,5
A2,paid,7
A3,open,
A4,paid,9
A5,open,11
A6,paid,
A7,open,3
A8,paid,4
A9,open,6
A10,paid,8
Total,,53
"""


@pytest.fixture
def shop(tab: Tab) -> Tab:
    return tab.upload("shop.csv", FILE)


def check(tab: Tab, *more: RecipeStep) -> Tab:
    """The Check stage, with more steps at the end."""
    if more:
        saved = tab.workspace.projects.get(tab.project)
        recipe = Recipe.parse(saved.recipe)
        changed = recipe.with_steps(recipe.result, (*recipe.table(recipe.result).steps, *more))
        tab.workspace.projects.change(saved.id, saved.revision, recipe=changed.model_dump(mode="json"), label="More steps")
    tab.at.query_params["stage"] = "check"
    return tab.run()


def grid(tab: Tab, column: str) -> pd.DataFrame:
    """The first grid that has the column."""
    return next(g.value for g in tab.at.dataframe if column in g.value.columns)


def test_proposes_checks_that_hold(shop: Tab) -> None:
    said = check(shop).said()
    assert "1 thing to look at" in said
    assert "1 line of the file was left out" in said or "1 line of the file were left out when loading." in said
    assert "No checks yet. Start with: id is never missing; id is unique." in said.replace("*", "")
    shop.click("first-checks-add").click("apply-form")
    assert (shop.names(), shop.badges()[-1]) == (["set_types", "validate"], "checks hold")
    found = grid(check(shop), "Outcome")
    assert found["Check"].tolist() == [
        "id is never missing", "id is unique", "status is one of open, paid", "amount is 0 or more", "status is never missing",
    ]  # fmt: skip
    assert found["Outcome"].tolist() == ["✓ holds"] * 5


def test_shows_the_rows_that_fail(shop: Tab) -> None:
    rules = [{"check": "unique", "column": "id"}, {"check": "not_missing", "column": "amount"}]
    check(shop, new_step("validate", {"rules": rules}, id="v"))
    assert "Step 2: amount is never missing: 2 of 10 values fail." in shop.said()
    assert shop.badges()[-1] == "1 check fails"
    assert grid(shop, "Outcome")["Outcome"].tolist() == ["✓ holds", "✗ fails"]
    assert grid(shop, "status")["id"].tolist() == ["A3", "A6"]
    shop.click("go-thing-0")
    assert (shop.at.query_params["stage"], shop.at.query_params["step"]) == ("clean", "v")
    assert grid(shop, "why")["why"].tolist() == ["fails: amount is never missing"] * 2


def test_a_rule_that_holds_for_enough(shop: Tab) -> None:
    rules = [{"check": "not_missing", "column": "amount", "mostly": 0.8}]
    check(shop, new_step("validate", {"rules": rules}, id="v"))
    assert grid(shop, "Outcome")["Outcome"].tolist() == ["✓ holds for enough"]
    assert "Step 2" not in shop.said()


def test_proves_every_row(shop: Tab) -> None:
    check(shop, new_step("dropna", {"columns": {"names": ["amount"]}}, id="d"))
    assert "10 rows read, 1 lines left out" not in shop.said()
    assert "10 rows read, 1 line left out when loading, 2 removed by steps: 8 rows in the result." in shop.said()
    proof = grid(shop, "Rows out")
    assert proof["What"].tolist() == ["Open file", "Change column types", "Remove rows with missing values"]
    assert proof["Removed"].tolist() == ["−1 left out", "", "−2"]
    assert proof["Rows out"].tolist() == ["10", "10", "8"]


def test_a_failed_step_comes_first(shop: Tab) -> None:
    check(shop, new_step("drop_duplicates", {"columns": {"names": ["gone"]}}, id="x"))
    assert "Step 2 could not run" in shop.at.markdown[[m.value.startswith(":material/error:") for m in shop.at.markdown].index(True)].value
    assert [k for k in shop.keys("button") if k.startswith("go-thing")] == ["go-thing-0", "go-thing-1"]
