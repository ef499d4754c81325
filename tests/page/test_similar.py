"""Similar rows on the page: pairs answered one by one or all that are certain, merged, and opened again."""

from pipeline import Recipe
from tests.page.conftest import Tab
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
