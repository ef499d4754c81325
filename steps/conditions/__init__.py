"""Conditions on rows: built in a grid or a recipe, asked of a table, said in words."""

from steps.conditions.evaluate import Facts, evaluate, fit_condition, kind_of
from steps.conditions.model import Condition, Group, Test
from steps.conditions.operators import BY_LABEL, BY_NAME, OPERATORS, Operator, operators
from steps.conditions.rows import from_rows, to_rows
from steps.conditions.text import from_text, to_text

__all__ = [
    "BY_LABEL", "BY_NAME", "OPERATORS", "Condition", "Facts", "Group", "Operator", "Test", "evaluate", "fit_condition", "from_rows",
    "from_text", "kind_of", "operators", "to_rows", "to_text",
]  # fmt: skip
