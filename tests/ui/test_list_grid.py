"""Lists that are pasted or loaded."""

import pytest

from ui.list_grid import two_columns

LISTS = {
    "from a workbook": ("m\tmale\nf\tfemale, adult\n", [("m", "male"), ("f", "female, adult")], ""),
    "semicolons": ("m; male\n\nf;female", [("m", "male"), ("f", "female")], ""),
    "commas and quotes": ('"a, b",x\nc,"d"', [("a, b", "x"), ("c", "d")], ""),
    "nothing": (" \n", [], ""),
    "one column": ("m\tmale\nf", [], "Line 2 has one column. Write two, with a tab, a semicolon or a comma between them."),
    "three columns": ("a,b,c", [], "Line 1 has 3 columns. Write two."),
}


@pytest.mark.parametrize(("text", "pairs", "problem"), LISTS.values(), ids=LISTS)
def test_a_list_of_two_columns(text, pairs, problem):
    assert two_columns(text) == (pairs, problem)
