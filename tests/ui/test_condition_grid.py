import json
from typing import Any

from streamlit.testing.v1 import AppTest

LINES = "f-1-condition-lines"
BLANK = {
    "column": "town", "op": "not_blank", "value": None, "values": [], "other": None, "n": None, "unit": None, "case_sensitive": True,
    "negate": False,
}  # fmt: skip


def results(at: AppTest) -> dict[str, Any]:
    return json.loads(at.json[0].value)


def said(at: AppTest) -> list[str]:
    return [m.value.replace("\\", "").replace("\u2060", "") for m in at.markdown if m.value.startswith("Rows where")]


def test_an_or_group_and_a_not(page, type_in):
    at = page("condition_page")
    first = {"column": "town", "operator": "is", "value": "York"}
    type_in(
        at,
        f"{LINES}-0",
        {
            "edited_rows": {"0": first},
            "added_rows": [
                {"group": "2", "column": "amount", "operator": "is between", "value": "5 to 10"},
                {"group": "2", "not": True, "column": "day", "operator": "is missing"},
            ],
        },
    )
    assert said(at) == ['Rows where town is "York" or (amount is between 5 and 10 and not day is missing)']
    condition = results(at)["params"]["condition"]
    assert condition["join"] == "any"
    assert condition["tests"][0]["value"] == "York"
    assert condition["tests"][1]["tests"][1]["negate"] is True


def test_an_unfinished_line_is_no_error(page, type_in):
    at = page("condition_page")
    type_in(at, f"{LINES}-0", {"edited_rows": {"0": {"column": "town"}}, "added_rows": [{"column": "amount", "operator": "is"}]})
    assert results(at)["errors"] == ["Rows match when: Line 1: choose a comparison.\nLine 2: write a value."]
    assert not at.error


def test_what_cannot_be_read_stays_and_is_said_by_line(page, type_in):
    at = page("condition_page")
    state = {"edited_rows": {"0": {"column": "amount", "operator": "is more than", "value": "2,5"}}}
    type_in(at, f"{LINES}-0", state)
    assert [e.value.replace("\\", "").replace("\u2060", "") for e in at.error] == [
        'Line 1: "2,5" is not a number. Write it like 1200 or -7.25.'
    ]
    assert at.session_state[f"{LINES}-0"]["edited_rows"][0]["value"] == "2,5"


def test_lines_survive_being_out_of_sight(page, type_in):
    at = page("condition_page")
    type_in(at, f"{LINES}-0", {"edited_rows": {"0": {"column": "town", "operator": "is missing"}}})
    at.toggle(key="hide").set_value(True).run()
    assert not at.json
    at.toggle(key="hide").set_value(False).run()
    assert said(at) == ["Rows where town is missing"]
    type_in(at, f"{LINES}-1", {"added_rows": [{"column": "amount", "operator": "is missing"}]})
    assert said(at) == ["Rows where town is missing and amount is missing"]
    at.radio(key="f-1-condition-join").set_value("all").run()
    assert not at.exception


def test_typed_instead_and_back(page, type_in):
    at = page("condition_page")
    type_in(at, f"{LINES}-0", {"edited_rows": {"0": {"column": "town", "operator": "is not blank"}}})
    at.button(key="f-1-condition-type-it").click().run()
    assert at.text_area(key="f-1-condition-text").value == "NOT(ISBLANK([town]))"
    assert results(at)["params"]["condition"] == {"join": "all", "negate": False, "tests": [BLANK]}
    at.text_area(key="f-1-condition-text").set_value('[amount] > 2.5 OR [town] = "York"').run()
    assert said(at) == ['Rows where amount is more than 2.5 or town is "York"']
    at.button(key="f-1-condition-use-grid").click().run()
    assert not at.exception
    assert at.radio(key="f-1-condition-join").value == "any"
    lines = at.data_editor(key=f"{LINES}-1").value
    assert lines[["group", "column", "operator", "value"]].values.tolist() == [
        ["1", "amount", "is more than", "2.5"], ["2", "town", "is", "York"],
    ]  # fmt: skip


def test_what_is_typed_wrongly_is_pointed_at(page):
    at = page("condition_page")
    at.button(key="f-1-condition-type-it").click().run()
    assert results(at)["errors"] == ["Rows match when: Type a condition."]
    assert not at.error
    at.text_area(key="f-1-condition-text").set_value("[amount] > 1\nAND [twon] = 2").run()
    assert at.code[0].value == "AND [twon] = 2\n    ^"
    assert [e.value.replace("\\", "").replace("\u2060", "") for e in at.error] == [
        "Character 18: there is no column [twon]. Did you mean [town]?"
    ]
    assert at.button(key="f-1-condition-use-grid").disabled


def test_a_calculation_stays_typed(page):
    at = page("condition_page")
    at.button(key="f-1-condition-type-it").click().run()
    at.text_area(key="f-1-condition-text").set_value("[amount] * 2 > 5").run()
    test = results(at)["params"]["condition"]["tests"][0]
    assert (test["op"], test["value"], test["column"]) == ("expression", "[amount] * 2 > 5", "")
    assert at.button(key="f-1-condition-use-grid").disabled
    at.toggle(key="hide").set_value(True).run()
    at.toggle(key="hide").set_value(False).run()
    assert at.text_area(key="f-1-condition-text").value == "[amount] * 2 > 5"


def test_types_show_what_is_proposed_and_why(page):
    at = page("condition_page")
    grid = at.data_editor(key="t-1-types-0").value
    assert grid.loc[2].tolist() == ["day", "Date", "date", "date", "6", "1,198 of 1,204 are ISO dates"]
    assert results(at)["types"] == {"types": {"day": "date"}}


def test_all_that_is_proposed_is_filled_in(page, type_in):
    at = page("condition_page")
    type_in(at, "t-1-types-0", {"edited_rows": {"0": {"new": "whole number"}, "2": {"new": None}}})
    assert results(at)["types"] == {"types": {"town": "integer"}}
    at.button(key="t-1-types-accept").click().run()
    assert results(at)["types"] == {"types": {"town": "integer", "day": "date"}}
