"""The recipe as data: JSON there and back, its schema, and what is said of a recipe that cannot be used."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import steps
from pipeline import Budget, Recipe, RecipeError, RecipeStep, Repair, TableRecipe, new_step, schema
from tests.pipeline.scratch import step

WHERE = {"join": "any", "negate": True, "tests": [{"column": "größe", "op": "greater", "value": 2.5}, {"join": "all", "tests": []}]}
WHOLE = {
    "version": 1,
    "result": "orders",
    "tables": [
        {
            "name": "orders",
            "read": {"format": "csv", "delimiter": ";"},
            "expects": {"columns": ["a"]},
            "steps": [
                {
                    "id": "a1", "step": "t_center", "step_version": 1, "on": False, "note": "as \"said\"\n→ 😀",
                    "params": {"columns": {"names": ["a", "b"]}}, "where": WHERE, "if_missing_column": "skip",
                    "budget": {"removed_share": 0.25, "rejected": 3, "action": "stop"}, "fitted": {"a": {"mean": 0.1}}, "fitted_for": "f",
                    "use": "frozen", "repairs": [{"row": 7, "column": "a", "was": None, "value": "1"}],
                }
            ],
        },
        {"name": "crm", "steps": [{"id": "b1", "step": "t_upper", "params": {"column": "x"}}]},
    ],
}  # fmt: skip


def test_a_recipe_is_read_whole_and_written_the_same() -> None:
    recipe = Recipe.parse(WHOLE)
    one = recipe.table("orders").steps[0]
    assert (one.id, one.on, one.note, one.if_missing_column, one.use, one.fitted) == (
        "a1", False, 'as "said"\n→ 😀', "skip", "frozen", {"a": {"mean": 0.1}},
    )  # fmt: skip
    assert one.budget == Budget(removed_share=0.25, rejected=3, action="stop")
    assert one.repairs == (Repair(row=7, column="a", was=None, value="1"),)
    assert one.where is not None
    assert one.where.columns() == ["größe"]
    assert recipe.table("crm").steps[0].on is True
    text = recipe.dump()
    assert Recipe.parse(text) == recipe
    assert Recipe.parse(text.encode()) == recipe
    assert Recipe.parse(text).dump() == text
    assert json.loads(text)["tables"][0]["read"] == {"format": "csv", "delimiter": ";"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(), st.text(), JSON, st.text(min_size=1), st.none() | st.floats(0, 1))
def test_whatever_is_in_an_envelope_survives_json(id: str, note: str, fitted: Any, name: str, share: float | None) -> None:
    one = RecipeStep(id=id, step="t_upper", note=note, params={"column": name}, fitted=fitted, budget=Budget(removed_share=share))
    recipe = Recipe(result=name, tables=(TableRecipe(name=name, steps=(one,)),))
    assert Recipe.parse(recipe.dump()) == recipe


def test_the_schema_takes_recipes_and_refuses_others() -> None:
    found = schema()
    jsonschema.Draft202012Validator.check_schema(found)
    validator = jsonschema.Draft202012Validator(found)
    assert list(validator.iter_errors(WHOLE)) == []
    assert list(validator.iter_errors(json.loads(Recipe.parse(WHOLE).dump()))) == []
    for wrong in ({"version": 1}, {**WHOLE, "more": 1}, {**WHOLE, "tables": [{"name": "a", "steps": [{"id": "x"}]}]}):
        assert list(validator.iter_errors(wrong)) != []


def changed(**envelope: Any) -> dict[str, Any]:
    one = {"id": "a", "step": "t_upper", "params": {"column": "x"}, **envelope}
    return {"version": 1, "result": "t", "tables": [{"name": "t", "steps": [one]}]}


def two(first: dict[str, Any], second: dict[str, Any], result: str = "a") -> dict[str, Any]:
    return {"result": result, "tables": [first, second]}


LOOK = {"id": "l", "step": "t_lookup", "params": {"other": "a", "key": "k", "value": "v"}}
WRONG: dict[str, tuple[Any, str]] = {
    "not JSON": ("{", "The recipe is not JSON: Expecting property name enclosed in double quotes"),
    "no text": (b"\xff\xfe\x00", "The recipe is not JSON: "),
    "nested too deep": ("[" * 100_000, "The recipe is not JSON: "),
    "a list": ("[1]", "This file is not a recipe: it has no tables."),
    "another JSON": ({"a": 1}, "This file is not a recipe: it has no tables."),
    "a newer version": ({**WHOLE, "version": 2}, "The recipe has version 2; this program reads up to version 1. Update the program."),
    "a newer step": (
        changed(step_version=9), 'Step 1: Step "t_upper" is version 9 in the recipe; this program knows version 1. Update the program.'
    ),
    "an unknown step": (
        changed(step="sparkle"), 'Step 1: Step "sparkle" is not known here. Install it, or remove the step from the recipe.'
    ),
    "a parameter too many": (changed(params={"column": "x", "clumn": 1}), 'Step 1: Upper case: parameter "clumn" is not known.'),
    "a parameter too few": (changed(params={}), 'Step 1: Upper case: parameter "column" is missing.'),
    "a wrong value": (changed(params={"column": 7}), 'Step 1: Upper case: parameter "column": Input should be a valid string (given: 7).'),
    "a wrong choice": (
        changed(if_missing_column="ignore"),
        'parameter "tables.0.steps.0.if_missing_column": Input should be \'stop\' or \'skip\' (given: \'ignore\').',
    ),
    "an unknown part": (changed(color="red"), 'The recipe cannot be read: parameter "tables.0.steps.0.color" is not known.'),
    "a share over one": (changed(budget={"removed_share": 2}), "Input should be less than or equal to 1 (given: 2)."),
    "no such result": ({**changed(), "result": "u"}, 'The recipe has no table "u". It has: t.'),
    "a name twice": (two({"name": "a"}, {"name": "a"}), "Two tables of the recipe have the same name."),
    "an id twice": (
        two({"name": "a", "steps": [LOOK | {"params": {**LOOK["params"], "other": "b"}}]}, {"name": "b", "steps": [LOOK]}),
        'Two steps of the recipe have the id "l".',
    ),
    "a circle": (two({"name": "a", "steps": [LOOK]}, {"name": "b"}), "Tables cannot look each other up in a circle: a → a."),
    "an absent table": (
        two({"name": "a", "steps": [{**LOOK, "params": {**LOOK["params"], "other": "c"}}]}, {"name": "b"}),
        'The recipe has no table "c". It has: a, b.',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "message"), WRONG.values(), ids=WRONG)
def test_says_what_is_wrong_with_a_recipe(data: Any, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        Recipe.parse(data)
    assert message in str(caught.value)


def test_a_step_whose_module_is_broken_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(steps.broken, "steps.sparkle", "ImportError: no glitter")
    with pytest.raises(RecipeError) as caught:
        step("sparkle").build()
    assert "Its module could not be loaded: ImportError: no glitter. Install it" in str(caught.value)


def test_a_new_step_has_an_id_of_its_own_and_warns_if_it_may_remove_rows() -> None:
    one, other = new_step("t_rows", {"what": "x"}, note="n"), new_step("t_rows", {"what": "x"})
    assert one.id != other.id
    assert one.budget == Budget(removed_share=0.2, rejected=None, action="warn")
    assert one.note == "n"
    assert new_step("t_upper", {"column": "x"}).budget is None
    assert new_step("t_rows", budget=None, id="mine").budget is None
