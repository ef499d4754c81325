"""Which steps are offered for what a person types."""

import pytest

from steps import catalogue
from ui.step_search import search

STEPS = [kind for kind in catalogue.values() if kind.listed]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("duplicate rows", "Remove duplicates"),
        ("spellings of the same city", "Merge similar spellings"),
        ("messy dates", "Read dates as written"),
        ("rows without a value", "Remove rows with missing values"),
        ("n/a", "Treat as missing"),
        ("€", "Read numbers as written"),
        ("vlookup", "Look up from another table"),
    ],
)
def test_the_step_that_is_meant_comes_first(typed: str, first: str) -> None:
    found, whole = search(STEPS, typed, columns=["city", "order date"])
    assert (found[0].label, whole) == (first, True)


def test_what_no_step_does_all_of_leads_to_the_nearest() -> None:
    found, whole = search(STEPS, "make names title case", columns=["city"])
    assert (found[0].label, whole) == ("Change case", False)
    assert search(STEPS, "xyzzy") == ([], False)
    assert len(search(STEPS, "")[0]) == len(STEPS)
