"""Conditions as text in the language of calculated columns, and back: [amount] > 100 AND NOT(ISBLANK([city]))."""

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from steps import expressions
from steps.base import StepError
from steps.conditions.evaluate import fit_condition, kind_of
from steps.conditions.model import Condition, Given, Group, Test
from steps.conditions.operators import REPEATS
from steps.conditions.rows import number_given
from steps.expressions import Call, Column, ExpressionError, Literal, Node, parse
from steps.expressions.calendar import UNITS
from steps.expressions.check import COMPARISONS
from steps.expressions.printer import literal
from steps.values import PLAIN

SIGNS = {
    "equals": "=", "not_equals": "<>", "less": "<", "at_most": "<=", "greater": ">", "at_least": ">=", "on": "=", "not_on": "<>",
    "before": "<", "on_or_before": "<=", "after": ">", "on_or_after": ">=",
}  # fmt: skip
DATED = {"=": "on", "<>": "not_on", "<": "before", "<=": "on_or_before", ">": "after", ">=": "on_or_after"}
ASKED = {"=": "equals", "<>": "not_equals", "<": "less", "<=": "at_most", ">": "greater", ">=": "at_least"}
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
LENGTHS = {"length_is": "=", "length_below": "<", "length_above": ">"}
NAMES = {
    "missing": "ISMISSING", "blank": "ISBLANK", "duplicate": "ISREPEATED", "unique": "ISUNIQUE", "is_integer": "ISWHOLE",
    "extreme": "ISEXTREME", "contains": "CONTAINS", "starts": "STARTSWITH", "ends": "ENDSWITH", "regex": "MATCHES", "in": "ISIN",
    "between": "BETWEEN", "in_last": "INLAST", "in_next": "INNEXT", "this_period": "INTHIS", "previous_period": "INPREVIOUS",
}  # fmt: skip
BY_FUNCTION = {name: op for op, name in NAMES.items()}
TWINS = {"not_missing": "missing", "not_blank": "blank", "not_contains": "contains", "not_in": "in", "is_false": "is_true"}
NEGATIVE = {op: twin for twin, op in TWINS.items()}


def to_text(condition: Condition) -> str:
    """The condition as a person would type it; read again by ``from_text`` it is the same condition."""
    tests = condition.tests
    if len(tests) == 1 and isinstance(tests[0], Test) and condition.join == "all" and not condition.negate:
        return _test_text(tests[0])
    return _group_text(condition)


def _group_text(group: Group, inside: bool = False) -> str:
    parts = [_test_text(t) if isinstance(t, Test) else _group_text(t, True) for t in group.tests]
    word = "AND" if group.join == "all" else "OR"
    if not parts:
        return "FALSE" if group.negate else "TRUE"
    said = f" {word} ".join(parts) if len(parts) > 1 else f"{word}({parts[0]})"
    if group.negate:
        return f"NOT({said})"
    return f"({said})" if inside and len(parts) > 1 else said


def _test_text(test: Test) -> str:
    if test.op == "expression":
        said = str(test.value).strip().removeprefix("=").strip()
        node = parse(said)
        joined = isinstance(node, Call) and node.name in ("AND", "OR")
        return f"NOT({said})" if test.negate else f"({said})" if joined else said
    op = TWINS.get(test.op, test.op)
    said = _asked(test, op)
    if op != test.op:
        return f"NOT(NOT({said}))" if test.negate else f"NOT({said})"
    if test.negate and op in NEGATIVE:  # NOT( ) of these is an operator of its own
        return f"AND({said}) = FALSE" if op == "is_true" else f"{said} = FALSE"
    return f"NOT({said})" if test.negate else said


def _asked(test: Test, op: str) -> str:
    """The question itself, without NOT."""
    column = _any_case(_bracketed(test.column), test)
    if op == "is_true":
        return column
    if op in SIGNS:
        other = _any_case(_bracketed(test.other), test) if test.other is not None else _given_text(test.value, test)
        return f"{column} {SIGNS[op]} {other}"
    if op in LENGTHS:
        return f"LEN({column}) {LENGTHS[op]} {test.value}"
    if op == "regex":
        return f"MATCHES({_bracketed(test.column)}, {literal(str(test.value))}{'' if test.case_sensitive else ', TRUE'})"
    if test.together:
        return f"{NAMES[op]}({', '.join([column, *map(_bracketed, test.together)])})"
    given = [_given_text(v, test) for v in (test.values if test.value is None else (test.value,))] if test.unit is None else []
    given += [str(test.n)] if test.n is not None else []
    given += [literal(test.unit if test.n is not None else test.unit[:-1])] if test.unit is not None else []
    return f"{NAMES[op]}({', '.join([column, *given])})"


def _bracketed(name: str) -> str:
    return expressions.to_text(Column(name))


def _any_case(said: str, test: Test) -> str:
    return said if test.case_sensitive else f"LOWER({said})"


def _given_text(value: Given | None, test: Test) -> str:
    if value is None or isinstance(value, bool | int | float):
        return literal(value if value is not None else "")
    if test.op in DATED.values() or (test.op == "between" and not PLAIN.fullmatch(value)):
        return f"#{value}#"
    if test.op in ("less", "at_most", "greater", "at_least", "between"):  # an exact decimal, as it is written
        return value
    said = literal(value)
    return said if test.case_sensitive or value == _lower(value) else f"LOWER({said})"


def _lower(text: str) -> str:
    return pc.utf8_lower(pa.scalar(text, pa.large_string())).as_py()


def from_text(text: str, types: Mapping[str, pa.DataType]) -> Condition:
    """The condition that a text says of columns of these types: tests where the builder has them, else a typed calculation.

    Raises ExpressionError at the character where it goes wrong.
    """
    part = _Reading(types).part(parse(text, wide=True))
    return Group(tests=(part,)) if isinstance(part, Test) else part


class _Reading:
    def __init__(self, types: Mapping[str, pa.DataType]) -> None:
        self.types = types
        self.kinds = {name: expressions.kind_of(of) for name, of in types.items()}
        self.empty = pd.DataFrame({name: pd.Series([], dtype=pd.ArrowDtype(of)) for name, of in types.items()})

    def part(self, node: Node) -> Test | Group:
        if isinstance(node, Literal) and isinstance(node.value, bool):
            return Group(negate=not node.value)
        if not isinstance(node, Call):
            return self.test(node)
        if node.name in ("AND", "OR"):
            return Group(join="all" if node.name == "AND" else "any", tests=tuple(self.part(a) for a in node.args))
        if node.name == "NOT":
            return _turned(self.part(node.args[0]))
        if node.name == "=" and isinstance(node.args[0], Call) and _is_false(node.args[1]):
            inner = node.args[0]
            asked = self.part(inner.args[0] if inner.name == "AND" and len(inner.args) == 1 else inner)
            return asked.model_copy(update={"negate": not asked.negate})
        return self.test(node)

    def test(self, node: Node) -> Test:
        """One question; a calculation that gives yes or no if it is none that the builder has."""
        try:
            built = self.built(node)
            if built is not None:
                fit_condition(Group(tests=(built,)), self.empty)
                return built
        except ValidationError as error:
            problem: Exception = ValueError(str(error.errors()[0]["msg"]).removeprefix("Value error, "))
        except (StepError, ValueError) as error:
            problem = error
        else:
            expressions.check_condition(node, self.kinds)
            return Test(op="expression", value=expressions.to_text(node))
        expressions.check_condition(node, self.kinds)  # says at which character, if it finds the fault
        raise ExpressionError(str(problem).rstrip("."), node.at)

    def built(self, node: Node) -> Test | None:
        """The test that an expression stands for, or None."""
        if isinstance(node, Column):
            return Test(column=node.name, op="is_true") if self.kinds.get(node.name) == "yes_no" else None
        if not isinstance(node, Call):
            return None
        if node.name in COMPARISONS:
            return self.compared(node)
        return self.asked(node) if node.name in BY_FUNCTION else None

    def compared(self, node: Call) -> Test | None:
        sign, (left, right) = node.name, node.args
        if isinstance(left, Call) and left.name == "LEN" and isinstance(right, Literal) and type(right.value) is int:
            inner, lowered = _lowered(left.args[0])
            op = {sign: op for op, sign in LENGTHS.items()}.get(sign)
            if not isinstance(inner, Column) or op is None or self.kinds.get(inner.name) != "text":
                return None
            return Test(column=inner.name, op=op, value=right.value, case_sensitive=not lowered)
        if _value(left) is not None and _value(right) is None:
            sign, left, right = TURNED.get(sign, sign), right, left
        (column, any_case), (other, also) = _lowered(left), _lowered(right)
        if not isinstance(column, Column) or column.name not in self.types:
            return None
        op = (DATED if kind_of(self.types[column.name]) == "date" else ASKED)[sign]
        if isinstance(other, Column):
            known = other.name in self.types and any_case == also
            return Test(column=column.name, op=op, other=other.name, case_sensitive=not any_case) if known else None
        given = self.given(right, column.name, any_case)
        return None if given is None else Test(column=column.name, op=op, value=given, case_sensitive=not any_case)

    def asked(self, node: Call) -> Test | None:
        op, (first, *rest) = BY_FUNCTION[node.name], node.args
        column, any_case = _lowered(first)
        if not isinstance(column, Column) or column.name not in self.types:
            return None
        fields: dict[str, object] = {}
        if op == "regex":
            fields = {"value": getattr(rest[0], "value", None)}
            if any_case or len(rest) == 2:
                any_case = not any_case and getattr(rest[1], "value", None) is True
                if not any_case:
                    return None
        elif op in ("in_last", "in_next", "this_period", "previous_period"):
            unit = UNITS.get(str(getattr(rest[-1], "value", "")).lower())
            fields = {"unit": unit, "n": getattr(rest[0], "value", None) if len(rest) == 2 else None}
            if unit is None or (len(rest) == 2 and type(fields["n"]) is not int):
                return None
        elif op in REPEATS:
            if not all(isinstance(part, Column) for part in rest):
                return None
            fields = {"values": tuple(part.name for part in rest if isinstance(part, Column))}
        elif rest:
            given = [self.given(part, column.name, any_case) for part in rest]
            if None in given:
                return None
            fields = {"values": tuple(given)} if op in ("in", "between") else {"value": given[0]}
        return Test.model_validate({"column": column.name, "op": op, "case_sensitive": not any_case, **fields})

    def given(self, node: Node, column: str, any_case: bool) -> Given | None:
        """A value as a test of the column holds it; None if it is none."""
        inner, lowered = _lowered(node)
        value = _value(inner)
        if value is None or (lowered and not any_case) or (any_case and not lowered and value != _lower(str(value))):
            return None
        if isinstance(value, bool | str):
            return value
        if isinstance(value, int | float):
            written = inner.args[0] if isinstance(inner, Call) else inner
            text = getattr(written, "text", "")
            return number_given(("-" if isinstance(inner, Call) else "") + ("0" if text[:1] == "." else "") + text, self.types[column])
        return getattr(inner, "text", "")


def _turned(part: Test | Group) -> Test | Group:
    if isinstance(part, Test) and part.op in NEGATIVE and not part.negate:
        return part.model_copy(update={"op": NEGATIVE[part.op]})
    return part.model_copy(update={"negate": not part.negate})


def _is_false(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is False


def _lowered(node: Node) -> tuple[Node, bool]:
    """What stands inside LOWER( ), and whether it did."""
    return (node.args[0], True) if isinstance(node, Call) and node.name == "LOWER" else (node, False)


def _value(node: Node) -> object:
    """The value of what is written out, also below zero or in small letters; None for anything else."""
    node, lowered = _lowered(node)
    if isinstance(node, Literal):
        return node.value if not lowered or isinstance(node.value, str) else None
    if isinstance(node, Call) and node.name == "neg" and isinstance(node.args[0], Literal) and not lowered:
        value = node.args[0].value
        return -value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return None
