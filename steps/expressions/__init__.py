"""The language of calculated columns: read, checked for types, worked out on whole columns, and written again."""

from steps.expressions.check import check, check_condition
from steps.expressions.evaluate import evaluate, no_answer
from steps.expressions.functions import FUNCTIONS, Function
from steps.expressions.parser import Call, Column, Literal, Node, asks_today, columns, each, parse
from steps.expressions.printer import to_text
from steps.expressions.tokens import ExpressionError
from steps.expressions.types import Kind, kind_of

__all__ = [
    "FUNCTIONS", "Call", "Column", "ExpressionError", "Function", "Kind", "Literal", "Node", "asks_today", "check", "check_condition",
    "columns", "each", "evaluate", "kind_of", "no_answer", "parse", "to_text",
]  # fmt: skip
