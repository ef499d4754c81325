"""The reference of the steps is that of the steps as they are."""

import pytest

import steps
from docs.examples import EXAMPLES
from docs.steps import PAGE, done, example_of, meaning, reference, takes, unless

LISTED = sorted(steps.catalogue)


def test_the_reference_is_current():
    assert PAGE.read_text("utf-8") == reference(steps.catalogue), "run: python -m docs.steps"


@pytest.mark.parametrize("name", LISTED)
def test_every_step_has_an_example_that_shows_something(name):
    kind = steps.catalogue[name]
    shown = example_of(kind)
    assert shown is not None, f"{name} has no example: add one to docs/examples.py"
    made = done(kind, shown)
    assert made.result is not None, made.error
    report = made.result.report
    assert not report.no_effect
    assert kind.help
    assert all(field.description and field.title for field in kind.model_fields.values())


def test_no_example_is_left_over():
    assert set(EXAMPLES) <= set(steps.catalogue)


def test_what_a_setting_takes_is_said_in_words():
    normalize, sort = steps.catalogue["normalize"], steps.catalogue["sort"]
    assert takes(steps.catalogue["round"].model_fields["decimals"]) == "a whole number, from -12, up to 12"
    assert takes(sort.model_fields["missing"]) == "`last` Last, `first` First"
    assert takes(sort.model_fields["by"]) == "a list of `column`, `order`"
    assert unless(sort.model_fields["by"]) == "must be given"
    assert unless(normalize.model_fields["columns"]) == "all number columns"
    assert meaning(normalize, normalize.model_fields["low"]) == (
        "The smallest number of the column. Only with Method: From smallest to largest (min-max)."
    )


def test_the_page_holds_label_name_settings_and_an_example():
    page = PAGE.read_text("utf-8")
    section = page[page.index('<a id="pad"></a>') : page.index('<a id="clean_characters"></a>')]
    assert "Add leading zeros <sub>`pad`</sub>" in section
    assert "| Length | `width` |" in section
    assert "| 2 | 2210 |\n| 3 | 75001 |" in section
    assert "| 2 | 02210 |\n| 3 | 75001 |" in section
