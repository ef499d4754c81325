import datetime
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, Field, create_model
from streamlit.testing.v1 import AppTest

from steps import catalogue
from steps.base import ColumnName, Columns, Step
from ui.fields import FormError, Shape, choice_labels, shape


class Point(BaseModel):
    x: int


SHAPES = [
    (Columns, Shape("columns")),
    (ColumnName | None, Shape("column", optional=True)),
    (int | None, Shape("whole", optional=True)),
    (int | float, Shape("number")),
    (datetime.date, Shape("date")),
    (tuple[ColumnName, ...], Shape("column_list")),
    (list[Point], Shape("list", item=Point)),
    (dict[str, str | None], Shape("pairs", item=str | None, key=str)),
]


@pytest.mark.parametrize(("of", "expected"), SHAPES)
def test_a_type_says_what_is_drawn(of, expected):
    assert shape(of) == expected


@pytest.mark.parametrize("of", [Point, str | int, set[str], tuple[int, int], Any, datetime.time])
def test_an_unknown_type_is_an_error_for_the_developer(of):
    with pytest.raises(FormError) as caught:
        shape(of)
    assert str(caught.value).startswith("no input for the ")


def test_choices_have_plain_words():
    assert choice_labels(("min_max", "date"), {"date": "Day"}) == {"min_max": "min max", "date": "Day"}
    assert choice_labels(("missing", "keep_text", "remove_row", "stop"))["keep_text"] == "Keep the column as text"


def draw_step(name: str) -> None:
    import pyarrow as pa

    from steps import catalogue
    from ui import form

    columns = {"town": pa.large_string(), "n": pa.int64(), "day": pa.date32(), "paid": pa.bool_()}
    form.draw(catalogue[name], {}, form.TableInfo(columns, ["crm"]), f"draw-{name}")


@pytest.mark.parametrize("name", sorted(catalogue))
def test_every_step_draws(name):
    at = AppTest.from_function(draw_step, args=(name,), default_timeout=20).run()
    assert not at.exception
    drawn = [*at.selectbox, *at.radio, *at.toggle, *at.text_input, *at.get("arrow_data_frame"), *at.multiselect]
    assert drawn or not catalogue[name].model_fields


def results(at: AppTest) -> dict[str, Any]:
    import json

    return json.loads(at.json[0].value)


def plain_errors(at: AppTest) -> list[str]:
    return [m.value.replace("\\", "").replace("\u2060", "") for m in at.markdown if m.value.startswith(":red[")]


@pytest.fixture
def filled(page, type_in) -> AppTest:
    at = page("form_page")
    at.selectbox(key="form-1-column").set_value("order_id").run()
    at.selectbox(key="form-1-table").set_value("crm").run()
    return type_in(at, "form-1-keep-lines-0", {"edited_rows": {"0": {"column": "n", "operator": "is more than", "value": "5"}}})


def test_a_fresh_form_asks_for_what_is_missing_without_red(page):
    at = page("form_page")
    found = results(at)
    assert found["params"] is None
    assert found["errors"] == [
        "Key column: Choose a column.",
        "Look up in: Choose a table.",
        "Keep rows when: Choose a column and a comparison in the first line.",
    ]
    assert plain_errors(at) == []


def test_a_filled_form_gives_json_parameters(filled):
    assert results(filled)["errors"] == []
    assert results(filled)["params"] == {
        "columns": {"names": None, "kind": "all", "pattern": None, "exclude": []},
        "numbers": {"names": None, "kind": "number", "pattern": None, "exclude": []},
        "column": "order_id",
        "by": None,
        "table": "crm",
        "how": "any",
        "side": "both",
        "on_error": "missing",
        "blank": True,
        "least": 1,
        "share": None,
        "since": None,
        "text": "",
        "only_all": None,
        "keep": {
            "join": "all",
            "negate": False,
            "tests": [
                {
                    "column": "n", "op": "greater", "value": 5, "values": [], "other": None, "n": None, "unit": None,
                    "case_sensitive": True, "negate": False,
                }
            ],
        },
        "types": {},
        "tokens": [],
        "pairs": {},
        "lines": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        ("least", "1.5", "At least: '1.5' is not a whole number, and this column holds only whole numbers."),
        ("least", "0", "At least: Write 1 or more."),
        ("share", "0,5", "Share: '0,5' is not a number here. Write 0.5."),
        ("share", "2", "Share: Write 1 or less."),
        ("since", "31/01/2024", "Since: '31/01/2024' is not a date here. Write 2024-01-31."),
    ],
)
def test_what_cannot_be_used_is_said_beside_the_field(filled, field, typed, problem):
    filled.text_input(key=f"form-1-{field}").set_value(typed).run()
    assert results(filled) == {"params": None, "errors": [problem]}
    assert plain_errors(filled) == [f":red[:small[{problem.partition(': ')[2]}]]"]


def test_typed_numbers_and_dates_are_exact(filled):
    filled.text_input(key="form-1-least").set_value("9007199254740993").run()
    filled.text_input(key="form-1-share").set_value("0.25").run()
    filled.text_input(key="form-1-since").set_value("2024-01-31").run()
    found = results(filled)["params"]
    assert (found["least"], found["share"], found["since"]) == (9007199254740993, 0.25, "2024-01-31")


def test_columns_are_named_or_chosen_by_kind_with_exceptions(filled):
    filled.multiselect(key="form-1-numbers-except").set_value(["n"]).run()
    assert results(filled)["params"]["numbers"] == {"names": None, "kind": "number", "pattern": None, "exclude": ["n"]}
    filled.selectbox(key="form-1-columns-kind").set_value("these").run()
    assert results(filled)["errors"] == ["Columns: Choose at least one column."]
    filled.multiselect(key="form-1-columns-names").set_value(["paid", "amount"]).run()
    assert results(filled)["params"]["columns"]["names"] == ["paid", "amount"]
    filled.selectbox(key="form-1-numbers-kind").set_value("matching").run()
    assert results(filled)["errors"] == ["Number columns: Write a part of the names."]
    filled.text_input(key="form-1-numbers-pattern").set_value("(a").run()
    assert results(filled)["errors"] == ['Number columns: The pattern "(a" cannot be used: missing ) at character 1.']
    filled.text_input(key="form-1-numbers-pattern").set_value("^a").run()
    assert results(filled)["params"]["numbers"] == {"names": None, "kind": "number", "pattern": "^a", "exclude": ["n"]}
    assert "In this table: amount." in [c.value for c in filled.caption]


def test_a_field_is_drawn_only_when_it_counts(filled):
    assert "form-1-only_all" not in {t.key for t in filled.text_input}
    filled.radio(key="form-1-how").set_value("all").run()
    filled.text_input(key="form-1-only_all").set_value("x").run()
    assert results(filled)["params"]["only_all"] == "x"
    filled.radio(key="form-1-how").set_value("any").run()
    assert results(filled)["params"]["only_all"] is None


def test_lists_and_types_come_from_grids(filled, type_in):
    type_in(filled, "form-1-tokens-0", {"edited_rows": {"0": {"value": "n/a"}}, "added_rows": [{"value": "007"}, {}]})
    type_in(filled, "form-1-pairs-0", {"edited_rows": {"0": {"key": "a"}}})
    type_in(filled, "form-1-lines-0", {"edited_rows": {"0": {"row": "12", "column": "n", "value": ""}}})
    type_in(filled, "form-1-types-0", {"edited_rows": {"2": {"new": "text"}, "0": {"new": "whole number"}}})
    found = results(filled)["params"]
    assert found["tokens"] == ["n/a", "007"]
    assert found["pairs"] == {"a": ""}
    assert found["lines"] == [{"row": 12, "column": "n", "value": "", "exact": False}]
    assert found["types"] == {"n": "text", "order_id": "integer"}


def test_a_list_says_which_line_is_wrong(filled, type_in):
    type_in(filled, "form-1-lines-0", {"edited_rows": {"0": {"row": "1,2", "column": "n"}}, "added_rows": [{"row": "3"}]})
    assert results(filled)["errors"] == [
        "Edits: Line 1, Row: '1,2' is not a number here. Write a whole number, for example 1204. "
        "Line 2, Column: is empty. Fill it in, or delete the line."
    ]
    type_in(filled, "form-1-lines-0", {"deleted_rows": [0]})
    type_in(filled, "form-1-pairs-0", {"edited_rows": {"0": {"key": "a"}}, "added_rows": [{"key": "a", "value": "b"}]})
    assert results(filled)["errors"] == ['Replace: "a" stands in two lines. Keep one of them.']


def draw_edits() -> None:
    import pyarrow as pa
    import streamlit as st

    from steps.edit_cells import EditCells
    from ui import form

    params = {
        "edits": [{"row": None, "key": ["York", None], "column": "n", "old": None, "new": ""}],
        "added": [{"after": 12, "values": {"town": "York", "n": None}}],
    }
    st.json(form.draw(EditCells, params, form.TableInfo({"town": pa.large_string(), "n": pa.int64()}), "e").params)


def test_lists_inside_a_line_come_back_as_they_were(type_in):
    at = AppTest.from_function(draw_edits, default_timeout=20).run()
    assert not at.exception
    assert results(at)["edits"] == [{"row": None, "key": ["York", None], "column": "n", "old": None, "new": ""}]
    assert results(at)["added"] == [{"after": 12, "values": {"town": "York", "n": None}}]
    assert results(at)["deleted"] == []
    type_in(at, "e-edits-0", {"edited_rows": {"0": {"key": "York"}}})
    assert "cannot be read. Write it like" in plain_errors(at)[0]


def test_a_model_with_an_unknown_field_does_not_draw():
    made = create_model("Odd", __base__=Step, odd=(set[str], Field(set())))
    assert issubclass(made, Step)
    field = made.model_fields["odd"]
    with pytest.raises(FormError):
        shape(field.annotation, field.metadata)


class Named(Step):
    name: ClassVar[str] = "named"
    label: ClassVar[str] = "Named"
    label_of: ColumnName = Field(title="Column")


def test_the_role_of_a_field_is_found_in_its_metadata():
    field = Named.model_fields["label_of"]
    assert shape(field.annotation, field.metadata) == Shape("column")
