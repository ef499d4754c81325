"""What needs a look after a run, and the rules a table fulfils."""

import pandas as pd
import pyarrow as pa
import pytest

from pipeline import Budget, Recipe, account, new_step, run
from pipeline.checks import Thing, propose, results, texts, to_look_at
from pipeline.profile import profile
from pipeline.run import TableRun
from tests.steps.strategies import table

TEXT, INT, FLOAT = pa.large_string(), pa.int64(), pa.float64()


def orders() -> pd.DataFrame:
    return table({
        "Order id": (TEXT, [f"A{n}" for n in range(12)]),
        "line": (INT, list(range(12))),
        "status": (TEXT, ["open", "paid"] * 6),
        "amount": (FLOAT, [1.5, 2.5, 3.5, None, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 12.5]),
        "change": (INT, [-3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]),
    })  # fmt: skip


def after(*steps: object) -> TableRun:
    recipe = Recipe.model_validate({"result": "t", "tables": [{"name": "t", "steps": list(steps)}]})
    return run(orders(), recipe).result


def test_proposes_what_holds() -> None:
    found = propose(profile(orders()))
    assert texts(found) == (
        "Order id is never missing; Order id is unique; status is one of open, paid; line is 0 or more; "
        "line is never missing; status is never missing"
    )
    assert [p.why for p in found][1:4] == ["no value occurs twice", "only 2 different values occur", "the smallest is 0"]
    held = after(new_step("validate", {"rules": [p.rule.model_dump(mode="json") for p in found]}))
    assert [r.outcome for r in results(held)] == ["holds"] * 6


def test_proposes_nothing_for_no_rows() -> None:
    assert propose(profile(orders().iloc[:0])) == []


RULES = {
    "holds": ({"check": "not_missing", "column": "line"}, "holds"),
    "holds for enough": ({"check": "not_missing", "column": "amount", "mostly": 0.9}, "holds for enough"),
    "fails": ({"check": "not_missing", "column": "amount"}, "fails"),
    "warning": ({"check": "not_missing", "column": "amount", "severity": "warn"}, "warning"),
}


@pytest.mark.parametrize(("rule", "outcome"), RULES.values(), ids=RULES)
def test_how_a_rule_came_out(rule: dict[str, object], outcome: str) -> None:
    assert [r.outcome for r in results(after(new_step("validate", {"rules": [rule]})))] == [outcome]


def test_the_gravest_first() -> None:
    check = new_step("validate", {"rules": [{"check": "not_missing", "column": "amount"}, {"check": "row_count", "high": "5"}]}, id="c")
    lose = new_step("dropna", {"columns": {"names": ["amount"]}}, id="d").model_copy(update={"budget": Budget(removed_share=0.01)})
    lost = new_step("drop_duplicates", {"columns": {"names": ["nothing"]}}, id="x")
    done = after(check, lose, lost)
    assert to_look_at(done, 2, account(done, 2)) == [
        Thing("failed", f"Step 3 could not run: {done.steps[2].error}", "x"),
        Thing("check", "Step 1: amount is never missing: 1 of 12 values fail.", "c"),
        Thing("check", "Step 1: The number of rows is at most 5: it is 12", "c"),
        Thing("warning", f"Step 2: {done.steps[1].warnings[0]}", "d"),
        Thing("left_out", "2 lines of the file were left out when loading."),
    ]


def test_values_that_could_not_be_used() -> None:
    done = after(new_step("set_types", {"types": {"amount": "integer"}, "on_error": "missing"}, id="e"))
    assert to_look_at(done, 0, account(done)) == [Thing("problems", "Step 1: 11 values could not be used.", "e")]


def test_steps_that_are_off_are_not_held() -> None:
    off = new_step("validate", {"rules": [{"check": "not_missing", "column": "amount"}]}).model_copy(update={"on": False})
    done = after(off)
    assert (results(done), to_look_at(done, 0, account(done))) == ([], [])
