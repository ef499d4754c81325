"""Rows that do not belong in the table, and columns that hold nothing."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import JsonValue

from pipeline.suggestions.base import LARGE, Look, Suggestion, chosen, removed, short
from steps.arrow import SPACES, arrow
from steps.base import listing
from steps.grouping import distinct

SOME = 0.34  # share of the rows that may be there again; where there are more, that is usual
TOTALS = ("total", "grand total", "subtotal", "sum", "summe", "gesamt", "gesamtsumme", "totaal", "totale", "total general", "total général")


def headers(look: Look) -> Iterator[Suggestion]:
    """The header again between the rows."""
    text = [c for c in look.known.columns if c.type == "text"]
    if text and _holds(look, text[0].name, (text[0].name,)):
        yield from removed(look, "select_rows", {"what": "headers"}, "The header again in the midst of the table.", 3, rule="header")


def _holds(look: Look, name: str, words: tuple[str, ...]) -> int:
    plain = pc.utf8_lower(pc.utf8_trim(arrow(look.table[name]), SPACES + ":"))
    return pc.sum(pc.is_in(plain, pa.array([w.strip(SPACES).lower() for w in words], LARGE))).as_py() or 0


def totals(look: Look) -> Iterator[Suggestion]:
    """Rows in the midst of the table that sum up others: few, and named so in one of the first columns."""
    for column in [c for c in look.known.columns[:3] if c.type == "text"]:
        found = _holds(look, column.name, TOTALS)
        if 0 < found <= max(3, len(look.table) // 20):
            values = pc.unique(arrow(look.table[column.name]))
            some = values.filter(pc.is_in(pc.utf8_lower(pc.utf8_trim(values, SPACES + ":")), pa.array(TOTALS, LARGE))).to_pylist()
            test: dict[str, JsonValue] = {"column": column.name, "op": "in", "values": list[JsonValue](some)}
            params: dict[str, JsonValue] = {"action": "remove", "condition": {"tests": [test]}}
            yield from removed(look, "filter", params, f"{column.name}: rows that sum up others.", 2, (column.name,), "totals")
            return


def duplicates(look: Look) -> Iterator[Suggestion]:
    """Rows equal to one above: sure where a column would name each row without them, else only maybe."""
    if len(look.table) < 2 or any(c.remark("key") for c in look.known.columns):
        return
    columns = [arrow(look.table[n]) for n in look.table.columns]
    different = distinct(columns, len(look.table))[1]
    if different == len(look.table):
        return
    again = len(look.table) - different
    full = [c for c in look.known.columns if c.type in ("text", "integer") and c.valid + c.problems == c.rows]
    would = [c.name for c in full if c.different == different and again <= SOME * len(look.table)]
    why = "Equal to a row above in every column"
    why += f"; without them every value of {would[0]} would be different." if would else "."
    yield from removed(look, "drop_duplicates", {}, why, 2 if would else 0, rule="equal rows" if would else "equal rows, no key")


def empty(look: Look) -> Iterator[Suggestion]:
    """Columns without any value, and columns with only one."""
    if len(look.table) < 2:
        return
    nothing = [c.name for c in look.with_remark("empty")]
    same = [c for c in look.with_remark("constant") if c.valid + c.problems == c.rows]
    if nothing and len(nothing) < len(look.known.columns):
        params: dict[str, JsonValue] = {"columns": chosen(nothing)}
        yield _columns(params, nothing, f"{listing(nothing)}: no value at all.", ("no value", "removed"), 3)
    if same and len(nothing) + len(same) < len(look.known.columns):
        names = [c.name for c in same]
        params = {"columns": chosen(names), "constant": True}
        example = (f"{same[0].name}: {short(same[0].smallest)} in every row", "removed")
        yield _columns(params, names, f"{listing(names)}: the same value in every row.", example, 0)


def _columns(params: dict[str, JsonValue], columns: list[str], why: str, example: tuple[str, str], certainty: int) -> Suggestion:
    return Suggestion(
        step="drop_columns_by_content", params=params, columns=tuple(columns), count=len(columns), unit="column", why=why,
        examples=(example,), certainty=certainty, kind="columns", rule="empty" if certainty else "constant",
    )  # fmt: skip
