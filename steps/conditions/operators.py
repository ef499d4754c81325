"""What can be asked of a column: the operators for each kind of values, in plain words."""

from dataclasses import dataclass
from typing import Literal

ValueKind = Literal["text", "number", "date", "boolean"]
Wants = Literal["nothing", "value", "column or value", "two values", "list", "n unit", "unit"]


@dataclass(frozen=True)
class Operator:
    """One question: its name in a recipe, its words in a sentence and in the grid, and what has to be given with it."""

    name: str
    label: str
    wants: Wants


_EVERY = (
    Operator("missing", "is missing", "nothing"),
    Operator("not_missing", "is not missing", "nothing"),
    Operator("blank", "is blank or missing", "nothing"),
    Operator("not_blank", "is not blank", "nothing"),
    Operator("duplicate", "occurs more than once", "nothing"),
    Operator("unique", "occurs only once", "nothing"),
)
_EQUAL = (Operator("equals", "is", "column or value"), Operator("not_equals", "is not", "column or value"))
_LIST = (Operator("in", "is one of", "list"), Operator("not_in", "is none of", "list"))
_BETWEEN = Operator("between", "is between", "two values")

OPERATORS: dict[ValueKind, tuple[Operator, ...]] = {
    "text": (
        *_EQUAL,
        Operator("contains", "contains", "value"),
        Operator("not_contains", "does not contain", "value"),
        Operator("starts", "starts with", "value"),
        Operator("ends", "ends with", "value"),
        Operator("regex", "matches the pattern", "value"),
        *_LIST,
        Operator("length_is", "has this many characters:", "value"),
        Operator("length_below", "has fewer characters than", "value"),
        Operator("length_above", "has more characters than", "value"),
        *_EVERY,
    ),
    "number": (
        *_EQUAL,
        Operator("less", "is less than", "column or value"),
        Operator("at_most", "is at most", "column or value"),
        Operator("greater", "is more than", "column or value"),
        Operator("at_least", "is at least", "column or value"),
        _BETWEEN,
        *_LIST,
        Operator("is_integer", "is a whole number", "nothing"),
        Operator("extreme", "is far from the rest", "nothing"),
        *_EVERY,
    ),
    "date": (
        Operator("on", "is on", "column or value"),
        Operator("not_on", "is not on", "column or value"),
        Operator("before", "is before", "column or value"),
        Operator("on_or_before", "is on or before", "column or value"),
        Operator("after", "is after", "column or value"),
        Operator("on_or_after", "is on or after", "column or value"),
        _BETWEEN,
        Operator("in_last", "is in the last", "n unit"),
        Operator("in_next", "is in the next", "n unit"),
        Operator("this_period", "is in this", "unit"),
        Operator("previous_period", "is in the previous", "unit"),
        *_EVERY,
    ),
    "boolean": (Operator("is_true", "is true", "nothing"), Operator("is_false", "is false", "nothing"), *_EQUAL, *_EVERY),
}

EXPRESSION = Operator("expression", "is as typed", "value")  # any calculation that gives yes or no; not offered in the grid

BY_NAME: dict[str, Operator] = {o.name: o for kind in (*OPERATORS.values(), (EXPRESSION,)) for o in kind}
BY_LABEL: dict[str, Operator] = {o.label: o for o in BY_NAME.values()}
REPEATS = {"duplicate", "unique"}  # may be asked of several columns together
WHOLE_TABLE = {"duplicate", "unique", "extreme"}  # the answer for a row depends on the other rows


def operators(kind: ValueKind) -> list[Operator]:
    """The operators for a kind of column, the usual ones first."""
    return list(OPERATORS[kind])
