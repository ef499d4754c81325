"""Conditions of two levels as the rows of an editing grid, and back; values as the text a person types."""

import csv
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import pyarrow as pa
from pydantic import ValidationError

from steps.base import StepError, holds
from steps.conditions.evaluate import kind_of
from steps.conditions.model import Condition, Given, Group, Test
from steps.conditions.operators import BY_LABEL, BY_NAME, OPERATORS, REPEATS, Operator
from steps.values import DAY, FLOATING, YES_NO, read_day, read_moment, read_number

Join = Literal["all", "any"]
Row = dict[str, Any]  # group: int, not: bool, column, operator (its label), value: text, ignore_case: bool
UNITS = ("days", "weeks", "months", "quarters", "years")


def to_rows(condition: Condition) -> tuple[Join, list[Row]]:
    """How the groups are joined, and one row for each test; the tests in a group are joined the other way.

    Raises StepError if the condition has more than two levels, or a group turned round by "not".
    """
    inner = [t for t in condition.tests if isinstance(t, Group)]
    if condition.negate or any(g.negate or not g.tests or not all(isinstance(t, Test) for t in g.tests) for g in inner):
        raise StepError("this condition has groups inside groups, which the grid cannot show")
    if any(t.op == "expression" for t in condition.each()):
        raise StepError("this condition holds a calculation, which the grid cannot show")
    outer = condition.join
    groups: list[tuple[Test | Group, ...]] = []
    for part in condition.tests:
        if isinstance(part, Test):
            groups.append((part,))
        elif part.join == outer:
            groups += [(t,) for t in part.tests]
        else:
            groups.append(part.tests)
    if outer == "all" and all(len(g) == 1 for g in groups):  # a plain list of tests: one group
        outer, groups = "any", [tuple(g[0] for g in groups)]
    return outer, [_row(i, t) for i, tests in enumerate(groups, 1) for t in tests if isinstance(t, Test)]


def from_rows(join: Join, rows: Iterable[Row], types: Mapping[str, pa.DataType]) -> Condition:
    """The condition that the rows of a grid say; ``types`` has the Arrow type of each column of the table.

    Raises StepError naming the row of the grid, and what would be right there.
    """
    groups: dict[Any, list[Test | Group]] = {}
    for number, row in enumerate(rows, 1):
        try:
            test = _test(row, types)
        except (ValueError, StepError) as error:
            raise StepError(f"Condition {number}: {_plain(error)}") from error
        groups.setdefault(row.get("group") or 1, []).append(test)
    if not groups:
        raise StepError("there is no condition yet", remedy="Choose a column and a comparison in the first line.")
    inner: Join = "any" if join == "all" else "all"
    if len(groups) == 1 and (join == "any" or len(next(iter(groups.values()))) == 1):
        return Group(join=inner, tests=tuple(next(iter(groups.values()))))
    parts = [tests[0] if len(tests) == 1 else Group(join=inner, tests=tuple(tests)) for tests in groups.values()]
    return Group(join=join, tests=tuple(parts))


def _plain(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return str(error)


def _row(group: int, test: Test) -> Row:
    said = {"column": test.column, "operator": BY_NAME[test.op].label, "value": _shown(test)}
    return {"group": group, "not": test.negate, **said, "ignore_case": not test.case_sensitive}


def _shown(test: Test) -> str:
    wants = BY_NAME[test.op].wants
    if test.other is not None:
        return f"[{test.other}]"
    if test.together:
        return ", ".join(f"[{name}]" for name in test.together)
    if wants == "two values":
        return f"{test.values[0]} to {test.values[1]}"
    if wants == "list":
        return ", ".join(_quoted(v, in_list=True) for v in test.values)
    if wants == "n unit":
        return f"{test.n} {test.unit}"
    if wants == "unit":
        return str(test.unit)[:-1]
    return "" if test.value is None else _quoted(test.value)


def _quoted(value: Given, in_list: bool = False) -> str:
    """A value as typed; text in quotes where it would be read otherwise without them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    odd = text != text.strip() or text[:1] in ("", '"') or (text[0] == "[" and text[-1] == "]")
    odd = odd or (in_list and any(c in text for c in ',"\r\n'))
    return '"' + text.replace('"', '""') + '"' if odd else text


def _test(row: Row, types: Mapping[str, pa.DataType]) -> Test:
    name, said = row.get("column"), str(row.get("operator") or "").strip()
    if not name:
        raise ValueError("choose a column")
    if name not in types:
        raise ValueError(f'there is no column "{name}"')
    operator = BY_LABEL.get(said) or BY_NAME.get(said)
    offered = OPERATORS[kind_of(types[name])]
    if operator is None or operator.name not in {o.name for o in offered}:
        problem = f'"{said}" cannot be asked of it' if said else "no comparison is chosen"
        raise ValueError(f'column "{name}" holds {holds(types[name])}; {problem}. Choose one of: {", ".join(o.label for o in offered)}')
    text = "" if row.get("value") is None else str(row["value"])
    case_sensitive = not row.get("ignore_case") or kind_of(types[name]) != "text"
    given = _given(operator, text, types[name], types)
    return Test(column=name, op=operator.name, negate=bool(row.get("not")), case_sensitive=case_sensitive, **given)


def _given(operator: Operator, text: str, of: pa.DataType, types: Mapping[str, pa.DataType]) -> dict[str, Any]:
    """What stands in the value cell, as fields of a test."""
    typed = text.strip()
    if operator.wants == "nothing":
        if typed and operator.name in REPEATS:
            return {"values": _together(typed, types)}
        if typed:
            raise ValueError(f'"{operator.label}" takes no value. Clear "{typed}"')
        return {}
    if not typed:
        raise ValueError(f'"{operator.label}" needs a value, e.g. {EXAMPLES[operator.wants]}')
    if operator.wants == "column or value" and typed[0] == "[" and typed[-1] == "]":
        if typed[1:-1] not in types:
            raise ValueError(f'there is no column "{typed[1:-1]}"')
        return {"other": typed[1:-1]}
    if operator.wants == "two values":
        low, mark, high = typed.partition(" to ")
        if not mark:
            example = "2024-01-01 to 2024-01-31" if kind_of(of) == "date" else "5 to 10"
            raise ValueError(f'"{typed}" does not name two values. Write it like {example}')
        return {"values": (_value(low, of), _value(high, of))}
    if operator.wants == "list":
        try:
            cells = next(csv.reader([typed], skipinitialspace=True, strict=True))
        except csv.Error as error:
            raise ValueError(f"the list {typed} has a quote that is not closed. Write it like {EXAMPLES['list']}") from error
        return {"values": tuple(_value(c, of, quotes=False) for c in cells)}
    if operator.wants in ("n unit", "unit"):
        return _period(typed, operator)
    if operator.name.startswith("length_"):
        return {"value": read_number(typed, pa.int64())}
    return {"value": _value(typed, of)}


def _together(typed: str, types: Mapping[str, pa.DataType]) -> tuple[str, ...]:
    """Columns that are asked about together with another one, each in brackets: [city], [street]."""
    names: list[str] = []
    rest = typed
    while rest:
        name = next((n for n in sorted(types, key=len, reverse=True) if rest.startswith(f"[{n}]")), None)
        if name is None:
            raise ValueError(f'"{rest}" names no columns. Write each in brackets, e.g. [{next(iter(types))}], or leave it empty')
        names.append(name)
        rest = rest[len(name) + 2 :].lstrip(" ,")
    return tuple(names)


EXAMPLES = {
    "value": "open", "column or value": "100, or [other column]", "two values": "5 to 10", "list": 'red, "light, blue"',
    "n unit": "7 days", "unit": "month",
}  # fmt: skip


def _period(typed: str, operator: Operator) -> dict[str, Any]:
    *count, unit = typed.lower().split()
    plural = unit if unit.endswith("s") else unit + "s"
    good = plural in UNITS and (len(count) == 1 and count[0].isascii() and count[0].isdigit() if operator.wants == "n unit" else not count)
    if not good:
        example = "7 days, 2 weeks, 3 months, 1 quarters or 1 years" if operator.wants == "n unit" else "day, week, month, quarter or year"
        raise ValueError(f'"{typed}" is not a period. Write {example}')
    return {"n": int(count[0]), "unit": plural} if count else {"unit": plural}


def _value(text: str, of: pa.DataType, quotes: bool = True) -> Given:
    """One value as typed, read strictly as what the column holds; a date stays its text."""
    kind, text = kind_of(of), text.strip() if quotes else text
    if kind == "text":
        if quotes and len(text) > 1 and text[0] == text[-1] == '"':
            return text[1:-1].replace('""', '"')
        return text
    text = text.strip()
    if kind == "number":
        return number_given(text, of)
    if kind == "boolean":
        if text.lower() not in YES_NO:
            raise ValueError(f'"{text}" is not true or false. Write true or false')
        return YES_NO[text.lower()]
    if pa.types.is_date(of) or DAY.fullmatch(text):
        return read_day(text).isoformat()
    read_moment(text, of.tz)
    return text


def number_given(text: str, of: pa.DataType) -> Given:
    """Any number may be compared with: 2.5 with whole numbers too. A decimal that a double cannot hold stays its text."""
    if not FLOATING.fullmatch(text):
        raise ValueError(f'"{text}" is not a number. Write it like 1200 or -7.25')
    if text.lstrip("-").isdigit():
        return int(text)
    if pa.types.is_decimal(of) and "e" not in text.lower() and str(float(text)) != text.rstrip("0"):
        return text
    return float(read_number(text, pa.float64()))
