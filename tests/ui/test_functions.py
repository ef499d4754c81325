"""A calculation as it is typed: what it gives, where it goes wrong, and what is put in."""

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import pyarrow as pa
    import streamlit as st

    from steps import catalogue
    from ui import form

    columns = {"a[b]": pa.large_string(), "n": pa.int64()}
    made = form.draw(catalogue["compute_column"], {"expression": "[n]"}, form.TableInfo(columns), "f")
    st.json({"params": made.params and made.params["expression"], "errors": made.errors})


def results(at: AppTest) -> dict[str, object]:
    import json

    return json.loads(at.json[0].value)


@pytest.fixture
def at() -> AppTest:
    return AppTest.from_function(page, default_timeout=30).run()


def test_says_what_it_gives(at):
    assert results(at) == {"params": "[n]", "errors": []}
    assert "Gives whole numbers." in [c.value for c in at.caption]
    at.text_area(key="f-expression").set_value("[n] / 2").run()
    assert "Gives numbers." in [c.value for c in at.caption]


def test_points_at_the_character(at):
    at.text_area(key="f-expression").set_value("[n] + [a[b]]]").run()
    said = "Character 7: + needs numbers, and [a[b]]] is text. Write VALUE([a[b]]])."
    assert results(at) == {"params": None, "errors": [f"Calculation: {said}"]}
    assert [c.value for c in at.code] == ["[n] + [a[b]]]\n      ^"]


def test_columns_and_functions_are_put_in_at_the_end(at):
    at.selectbox(key="f-expression-put").set_value("[a[b]]] · text").run()
    assert at.text_area(key="f-expression").value == "[n] [a[b]]]"
    at.text_area(key="f-expression").set_value("[n] & ").run()
    at.selectbox(key="f-expression-put").set_value("TEXTBEFORE(text, mark) · What stands before the first mark.").run()
    assert at.text_area(key="f-expression").value == "[n] & TEXTBEFORE("
    assert at.selectbox(key="f-expression-put").value is None
    assert not at.exception
    assert not at.warning
