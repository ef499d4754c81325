"""A tree written as an expression again, with no more brackets than it needs."""

from datetime import date, datetime

from steps.expressions.parser import LEVELS, Call, Column, Node

RANK = {sign: rank for rank, signs in enumerate(LEVELS) for sign in signs} | {"neg": len(LEVELS), "%": len(LEVELS) + 1}
ATOM = len(LEVELS) + 2


def to_text(node: Node) -> str:
    """The expression; parsed again it is the same tree."""
    if isinstance(node, Column):
        return f"[{node.name.replace(']', ']]')}]"
    if not isinstance(node, Call):
        return literal(node.value)
    if node.name not in RANK:
        return f"{node.name}({', '.join(map(to_text, node.args))})"
    rank = RANK[node.name]
    if node.name == "neg":
        return "-" + _inside(node.args[0], rank)
    if node.name == "%":
        return _inside(node.args[0], rank) + "%"
    left, right = node.args
    return f"{_inside(left, rank)} {node.name} {_inside(right, rank + 1)}"


def _inside(node: Node, least: int) -> str:
    rank = RANK.get(node.name, ATOM) if isinstance(node, Call) else ATOM
    return to_text(node) if rank >= least else f"({to_text(node)})"


def literal(value: int | float | str | bool | date | datetime) -> str:
    """A value as it is written in an expression; negative numbers with their sign in front."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if isinstance(value, datetime):
        return f"#{value.isoformat(' ')}#"
    return f"#{value.isoformat()}#" if isinstance(value, date) else repr(value)
