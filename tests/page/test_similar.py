"""Similar rows on the page: pairs answered one by one or all that are certain, merged, and opened again."""

from pipeline import Recipe
from tests.page.conftest import Tab
from tests.page.test_tables import with_step
from tests.steps.test_linkage import people


def steps(tab: Tab) -> list[dict[str, object]]:
    saved = tab.workspace.projects.get(tab.project)
    assert saved is not None
    return [s.params for s in Recipe.parse(saved.recipe).tables[0].steps if s.step == "fuzzy_duplicates"]


def test_pairs_are_answered_and_merged(tab: Tab) -> None:
    df, _ = people(2, 40)
    tab.upload("people.csv", df.to_csv(index=False).encode()).click("looks-right")
    tab.add("fuzzy_duplicates")
    assert "**18 pairs** of similar rows: 0 the same, 0 different, **18 open**." in tab.said()
    assert "Answer for the pairs that are the same." in tab.said()
    (pairs,) = [e.key for e in tab.at.data_editor if e.key and "-pairs-" in e.key]
    tab.type_in(pairs, {"0": {"answer": "Same"}, "14": {"answer": "Different"}})
    assert "18 pairs** of similar rows: 1 the same, 1 different, **16 open**." in tab.said()
    assert "Removes **1** of 102 rows." in tab.said()
    (button,) = [b for b in tab.at.button if b.key and b.key.endswith("similar-sure")]
    assert button.label == "The 11 at least 89% certain are the same"
    tab.click("apply-")
    (params,) = steps(tab)
    assert [d.get("same", True) for d in params["decisions"]] == [True, False]  # type: ignore[union-attr]
    assert params["file"] is not None
    tab.menu(next(s.id for s in tab.steps if s.step == "fuzzy_duplicates"), "Edit")
    assert "18 pairs** of similar rows: 1 the same, 1 different, **16 open**." in tab.said()


def test_a_step_opened_again_keeps_what_the_page_does_not_show(tab: Tab) -> None:
    df, _ = people(2, 40)
    tab.upload("people.csv", df.to_csv(index=False).encode()).click("looks-right")
    said = [{"rows": [2, 3], "keep": 2}, {"rows": [4, 9_999]}]
    with_step(tab, "people", "fuzzy_duplicates", {"decisions": said, "new_pairs": "leave"})
    tab.menu(next(s.id for s in tab.steps if s.step == "fuzzy_duplicates"), "Edit").click("apply-")
    (params,) = steps(tab)
    assert [(d["rows"], d.get("keep")) for d in params["decisions"]] == [([2, 3], 2), ([4, 9_999], None)]  # type: ignore[attr-defined]


def test_answers_about_rows_outside_the_condition_stay(tab: Tab) -> None:
    df, _ = people(2, 40)
    tab.upload("people.csv", df.to_csv(index=False).encode()).click("looks-right")
    where = {"join": "all", "tests": [{"column": "first", "op": "not_missing"}, {"column": "zip", "op": "missing"}]}
    with_step(tab, "people", "fuzzy_duplicates", {"decisions": [{"rows": [2, 3]}], "new_pairs": "leave"})
    step = next(s for s in tab.steps if s.step == "fuzzy_duplicates")
    saved = tab.workspace.projects.get(tab.project)
    assert saved is not None
    recipe = Recipe.parse(saved.recipe)
    narrowed = step.model_validate({**step.model_dump(), "where": where})
    changed = recipe.with_steps("people", tuple(narrowed if s.id == step.id else s for s in recipe.tables[0].steps))
    tab.workspace.projects.change(saved.id, saved.revision, recipe=changed.model_dump(mode="json"), label="Narrow")
    tab.run().menu(step.id, "Edit").click("apply-")
    (params,) = steps(tab)
    assert [d["rows"] for d in params["decisions"]] == [[2, 3]]  # type: ignore[attr-defined]
