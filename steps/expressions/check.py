"""The types of an expression: what each part gives, and what does not go together said at its character."""

from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches

from steps.expressions import calendar, textual
from steps.expressions.functions import COUNT_FROM_TODAY, FUNCTIONS, TABLE_FUNCTIONS, Takes
from steps.expressions.parser import LEVELS, Call, Column, Literal, Node
from steps.expressions.printer import to_text
from steps.expressions.tokens import ExpressionError
from steps.expressions.types import MOMENTS, NUMBERS, WORDS, Kind, common
from steps.patterns import check_pattern

COMPARISONS = LEVELS[0]
FITS: dict[Takes, set[Kind]] = {
    "number": {*NUMBERS}, "whole": {"integer"}, "fixed whole": {"integer"}, "text": {"text"}, "fixed text": {"text"},
    "yes_no": {"yes_no"}, "fixed yes_no": {"yes_no"}, "date": {*MOMENTS}, "ordered": {*NUMBERS, *MOMENTS}, "any": {*WORDS},
}  # fmt: skip
NEEDS = {"number": "a number", "whole": "a whole number", "fixed whole": "a whole number", "text": "text", "fixed text": "text",
         "yes_no": "a condition", "fixed yes_no": "TRUE or FALSE", "date": "a date", "ordered": "numbers or dates"}  # fmt: skip


def check(node: Node, types: Mapping[str, Kind]) -> Kind:
    """The kind of values that the expression gives.

    Raises ExpressionError where a column is not there or a value does not suit.
    """
    if isinstance(node, Literal):
        return literal_kind(node)
    if isinstance(node, Column):
        if node.name not in types:
            plain = {n.strip().casefold(): n for n in types}
            near = get_close_matches(node.name.strip().casefold(), plain, n=1, cutoff=0.6)
            raise ExpressionError(f"there is no column [{node.name}]", node.at, f"Did you mean [{plain[near[0]]}]?" if near else "")
        return types[node.name]
    if node.name in TABLE_FUNCTIONS:
        remedy = "In a condition write it by itself, or joined to other tests by AND, OR and NOT."
        raise ExpressionError(f"{node.name} looks at the whole column, so it cannot be part of a calculation", node.at, remedy)
    kinds = [check(part, types) for part in node.args]
    return _function(node, kinds) if node.name in FUNCTIONS else _operator(node, kinds)


def check_condition(node: Node, types: Mapping[str, Kind]) -> None:
    """Raise ExpressionError unless the expression gives yes or no."""
    kind = check(node, types)
    if kind != "yes_no":
        raise ExpressionError(f"a condition is needed here, and {_shown(node)} is {WORDS[kind]}", node.at, _make("yes_no", node, kind))


def literal_kind(node: Literal) -> Kind:
    """The kind of a value that is written out; what no column of results holds is refused."""
    if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value >= 2**63:
        raise ExpressionError(f"{node.value} is too large for a whole number", node.at, "The largest is 9223372036854775807.")
    if isinstance(node.value, datetime) and node.value.tzinfo is not None:
        raise ExpressionError("a time with an offset can only be compared with a column", node.at, "Leave out the offset.")
    names: dict[str, Kind] = {"int": "integer", "float": "number", "str": "text", "bool": "yes_no", "date": "date", "datetime": "datetime"}
    return names[type(node.value).__name__]


def _operator(node: Call, kinds: list[Kind]) -> Kind:
    if node.name == "&":
        return "text"
    if node.name in COMPARISONS:
        if common(kinds) is None:
            raise ExpressionError(f"{WORDS[kinds[0]]} cannot be compared with {WORDS[kinds[1]]}", node.at, _remedy(node, kinds))
        return "yes_no"
    first, second = kinds[0], kinds[-1]
    if len(kinds) == 2 and node.name in "+-" and MOMENTS & {*kinds}:
        if first in MOMENTS and second in ("integer", "nothing"):
            return first
        if node.name == "+" and first in ("integer", "nothing") and second in MOMENTS:
            return second
        if node.name == "-" and first in MOMENTS and second in MOMENTS:
            return "integer" if first == second == "date" else "number"
        if node.name == "-" and first == "nothing":
            return "integer" if second == "date" else "number"
    for part, kind in zip(node.args, kinds, strict=True):
        if kind not in NUMBERS and kind != "nothing":
            sign = {"neg": "-"}.get(node.name, node.name)
            raise ExpressionError(f"{sign} needs numbers, and {_shown(part)} is {WORDS[kind]}", part.at, _make("number", part, kind))
    if node.name == "neg":
        return "number" if first == "nothing" else first
    return "integer" if first == second == "integer" and node.name in "+-*" else "number"


def _function(node: Call, kinds: list[Kind]) -> Kind:
    function = FUNCTIONS[node.name]
    if node.name == "MISSING":
        return "nothing"
    for i, (part, kind) in enumerate(zip(node.args, kinds, strict=True)):
        takes = function.takes[min(i, len(function.takes) - 1)]
        if kind not in FITS[takes] and (kind != "nothing" or takes.startswith("fixed")):
            said = f"{node.name} needs {NEEDS[takes]} here, and {_shown(part)} is {WORDS[kind]}"
            raise ExpressionError(said, part.at, _make(takes, part, kind))
        if takes.startswith("fixed") and not _fixed(part):
            raise ExpressionError(f"{node.name} needs one value for all rows here", part.at, f"Write it like {function.signature}.")
    _check_fixed(node, kinds)
    _check_compared(node, kinds)
    if function.gives in ("same", "sum"):
        kind = kinds[0] if function.gives == "same" else "integer" if {*kinds} == {"integer"} else "number"
        return "number" if kind == "nothing" else kind
    if function.gives != "common":
        return function.gives  # type: ignore[return-value]  # same and sum are dealt with above
    some = kinds[1:] if node.name == "IF" else kinds
    found = common(some)
    if found is None:
        raise ExpressionError(f"{node.name} would give both {' and '.join(WORDS[k] for k in dict.fromkeys(some))}", node.at,
                              "Make them the same, e.g. with TEXT or VALUE.")  # fmt: skip
    return "number" if found == "nothing" and node.name in ("MIN", "MAX") else found


def _check_compared(node: Call, kinds: list[Kind]) -> None:
    """The value and what it is held against go together."""
    for part, kind in zip(node.args[1:], kinds[1:], strict=True) if node.name in ("ISIN", "BETWEEN") else ():
        if common([kinds[0], kind]) is None:
            raise ExpressionError(f"{WORDS[kinds[0]]} cannot be compared with {WORDS[kind]}", part.at, _remedy(node, kinds))


def _check_fixed(node: Call, kinds: list[Kind]) -> None:
    if node.name in COUNT_FROM_TODAY and node.args:
        unit = getattr(node.args[-1], "value", "")
        if str(unit).lower() not in calendar.UNITS:
            raise ExpressionError(f'"{unit}" is not a period', node.args[-1].at, 'Write "days", "weeks", "months", "quarters" or "years".')
        n = getattr(node.args[1], "value", 0) if len(node.args) == 3 else 1
        if not (isinstance(n, int) and 1 <= n <= 100_000):
            raise ExpressionError(f"{node.name} counts from 1 to 100,000 {unit}", node.args[1].at)
    if node.name == "MATCHES":
        try:
            check_pattern(getattr(node.args[1], "value", None))
        except ValueError as error:
            raise ExpressionError(str(error).rstrip("."), node.args[1].at) from error
    if node.name == "DATEDIF" and str(getattr(node.args[2], "value", "")).upper() not in ("Y", "M", "D"):
        raise ExpressionError("DATEDIF counts years, months or days", node.args[2].at, 'Write "Y", "M" or "D".')
    if node.name == "WEEKDAY" and len(node.args) == 2 and getattr(node.args[1], "value", 0) not in (1, 2):
        raise ExpressionError("WEEKDAY starts with 1 (Sunday) or 2 (Monday)", node.args[1].at)
    if node.name == "TEXT" and len(node.args) == 2 and kinds[0] not in ("text", "yes_no", "nothing"):
        wanted = getattr(node.args[1], "value", "")
        if not textual.usable_format(wanted, kinds[0] in MOMENTS):
            example = '"dd.mm.yyyy"' if kinds[0] in MOMENTS else '"0.00", "#,##0" or "0%"'
            raise ExpressionError(f'the format "{wanted}" is not known', node.args[1].at, f"Write one like {example}.")


def _fixed(part: Node) -> bool:
    inner = part.args[0] if isinstance(part, Call) and part.name == "neg" else part
    return isinstance(inner, Literal)


def _shown(part: Node) -> str:
    return to_text(part) if len(to_text(part)) <= 30 else "it"


def _make(takes: str, part: Node, kind: Kind) -> str:
    if takes in ("number", "whole", "fixed whole") and kind == "text":
        return f"Write VALUE({to_text(part)})." if takes == "number" else f"Write INT(VALUE({to_text(part)}))."
    if takes in ("whole", "fixed whole") and kind in NUMBERS:
        return f"Write INT({to_text(part)})."
    if takes == "text":
        return f"Write TEXT({to_text(part)})."
    if takes == "date":
        return "Write a date like #2024-01-31#, or make the column a date first with Change column types."
    return "Compare it with something, e.g. [Amount] > 0." if takes == "yes_no" else ""


def _remedy(node: Call, kinds: list[Kind]) -> str:
    if MOMENTS & {*kinds}:
        return "Write dates like #2024-01-31#."
    if "text" in kinds and NUMBERS & {*kinds}:
        return f"Write VALUE({to_text(node.args[kinds.index('text')])})."
    return "Write TRUE or FALSE without quotes." if "yes_no" in kinds else ""
