"""An expression worked out for a table, whole columns at a time."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import blank, decimal_to_float, flags, in_slices, whole
from steps.expressions import calendar, numeric, textual
from steps.expressions.check import COMPARISONS, check, literal_kind
from steps.expressions.compare import COMPARE, compare, whole_and_double
from steps.expressions.functions import FUNCTIONS
from steps.expressions.parser import Call, Column, Literal, Node
from steps.expressions.types import ARROW, MOMENTS, Kind, Notes, Values, as_day, as_kind, as_wall, common, kind_of, side_by_side

TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}  # a comparison read from right to left
NAMES = dict(zip(COMPARISONS, ("equals", "not_equals", "less", "at_most", "greater", "at_least"), strict=True))


def evaluate(node: Node, table: Mapping[str, pa.ChunkedArray], rows: int, as_of: date | None = None) -> tuple[pa.Array, Notes]:
    """The values of a checked expression, one for each row, and what happened on the way.

    Raises ExpressionError as ``check`` does.
    """
    types = {name: kind_of(values.type) for name, values in table.items()}
    check(node, types)
    notes = Notes(rows, as_of)
    try:
        made = _Evaluation(table, types, notes).values(node).data
    except numeric.Overwritten:
        notes = Notes(rows, as_of, careful=True)
        made = _Evaluation(table, types, notes).values(node).data
    missing = made.is_null().to_numpy(zero_copy_only=False) if notes.fails else np.empty(0, bool)
    notes.fails = [(where & missing, reason, shown) for where, reason, shown in notes.fails]
    return made, notes


class _Evaluation:
    def __init__(self, table: Mapping[str, pa.ChunkedArray], types: Mapping[str, Kind], notes: Notes) -> None:
        self.table, self.types, self.notes = table, types, notes

    def values(self, node: Node) -> Values:
        """The values of one part, of the kind that ``check`` says."""
        if isinstance(node, Literal):
            kind = literal_kind(node)
            return Values(pa.scalar(node.value, ARROW[kind]), kind, True, self.notes.rows)
        if isinstance(node, Column):
            data = self.table[node.name]
            return Values(data.chunk(0) if data.num_chunks == 1 else data.combine_chunks(), self.types[node.name])
        kind = check(node, self.types)
        special = {"IF": self._if, "AND": self._all, "OR": self._all, "COALESCE": self._first, "IFMISSING": self._first,
                   "IFERROR": self._first}.get(node.name)  # fmt: skip
        if node.name == "MISSING":
            return Values(pa.scalar(None, ARROW["nothing"]), "nothing", True, self.notes.rows)
        if special is not None:
            return Values(special(node, kind), kind)
        parts = [self.values(part) for part in node.args]
        if node.name not in FUNCTIONS:
            made = self._operator(node.name, parts, kind)
            passing = node.name in numeric.EXACT and kind == "number" and not any(part.given is made for part in parts)
            return Values(made, kind, node.name == "neg" and parts[0].fixed, passing=passing)
        if node.name == "ISBLANK":
            data = parts[0].data
            return Values(pc.fill_null(blank(data), True) if parts[0].kind == "text" else data.is_null(), kind)
        if node.name == "ISMISSING":
            return Values(parts[0].data.is_null(), kind)
        if node.name == "ISIN":
            return Values(self._is_in(parts), kind)
        if node.name == "BETWEEN":
            low, high = self._compare(">=", parts[0], parts[1]), self._compare("<=", parts[0], parts[2])
            return Values(pc.and_kleene(low, high), kind)
        if node.name == "TODAY":
            return Values(pa.scalar(self.notes.as_of, pa.date32()), kind, True, self.notes.rows)
        function = FUNCTIONS[node.name]
        usual: dict[str, Kind] = {
            "number": "number", "whole": "integer", "text": "text", "yes_no": "yes_no", "date": "date", "ordered": "number",
        }  # fmt: skip
        for i, part in enumerate(parts):
            takes = function.takes[min(i, len(function.takes) - 1)]
            if part.kind == "nothing" and takes in usual:
                kind_taken: Kind = usual[takes] if takes != "ordered" else "nothing"
                parts[i] = Values(pa.scalar(None, ARROW[usual[takes]]), kind_taken, True, self.notes.rows)
        assert function.run is not None
        made = function.run(self.notes, *parts)
        return Values(made if made.type == ARROW[kind] or kind in ("decimal", "datetime") else made.cast(ARROW[kind]), kind)

    def _operator(self, sign: str, parts: list[Values], kind: Kind) -> pa.Array:
        notes, a, b = self.notes, parts[0], parts[-1]
        if sign == "neg":
            return numeric.negative(a, notes)
        if sign == "%":
            return numeric.arithmetic("/", a, Values(pa.scalar(100, pa.int64()), "integer", True, notes.rows), notes)
        if sign == "&":
            return textual.joined(notes, a, b)
        if sign in COMPARISONS:
            return self._compare(sign, a, b)
        if MOMENTS & {a.kind, b.kind}:
            if kind in MOMENTS:
                moment, days = (a, b) if a.kind in MOMENTS else (b, a)
                return calendar.shifted(moment, as_kind(days, "integer", notes), notes)
            both = [Values(pa.nulls(notes.rows, pa.date32()), "date") if p.kind == "nothing" else p for p in parts]
            return calendar.between(*both).cast(ARROW[kind])
        return numeric.arithmetic(sign, a, b, notes)

    def _is_in(self, parts: list[Values]) -> pa.Array:
        """In three-valued logic, as comparisons joined by OR."""
        value, *others = parts
        if value.kind == "text" and self.notes.rows and all(p.kind == "text" and p.fixed for p in others):
            options = pa.array([p.one for p in others], pa.large_string())
            return pc.if_else(value.data.is_valid(), pc.is_in(value.data, options), pa.scalar(None, pa.bool_()))
        found = pa.repeat(pa.scalar(False), self.notes.rows)
        for other in others:
            found = pc.or_kleene(found, self._compare("=", value, other))
        return found

    def _compare(self, sign: str, a: Values, b: Values) -> pa.Array:
        """Exactly: no whole number is rounded to meet a fraction; a date and a moment are compared by their days."""
        kind = common([a.kind, b.kind])
        if "nothing" in (a.kind, b.kind) or kind is None:
            return pa.nulls(self.notes.rows, pa.bool_())
        kinds = {a.kind, b.kind}
        if kinds == {"integer", "number"}:
            if a.fixed != b.fixed and self.notes.rows:
                values, number, said = (a, b, sign) if b.fixed else (b, a, TURNED.get(sign, sign))
                if isinstance(number.one, int | float):
                    return compare(NAMES[said], values.data, number.one)
            made = whole_and_double(NAMES[sign], pa.chunked_array([a.data]), pa.chunked_array([b.data]))
            return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
        if len(kinds) == 1 and kind not in ("datetime", "decimal"):
            x, y = side_by_side(a, b)
            if kind != "text" or not isinstance(x, pa.Array) or isinstance(y, pa.Array):
                return COMPARE[NAMES[sign]](x, y)
            return whole(in_slices(pa.chunked_array([x]), lambda some: COMPARE[NAMES[sign]](some, y)))
        x, y = a.data, b.data
        if kinds == {"date", "datetime"}:
            x, y = as_day(x), as_day(y)
        elif kind == "datetime":
            x, y = as_wall(x), as_wall(y)
        elif kinds == {"decimal", "number"}:
            x, y = (decimal_to_float(v) if pa.types.is_decimal(v.type) else v for v in (x, y))
        elif "decimal" in kinds:
            x, y = (v.cast(pa.decimal256(76, 38)) for v in (x, y))
        return COMPARE[NAMES[sign]](x, y)

    def _if(self, node: Call, kind: Kind) -> pa.Array:
        """Only the branch that is taken counts for what cannot be worked out."""
        answer = as_kind(self.values(node.args[0]), "yes_no", self.notes)
        branches = []
        for part, otherwise in zip(node.args[1:], (False, True), strict=False):
            start = len(self.notes.fails)
            branches.append(self.values(part))
            if len(self.notes.fails) > start:
                here = flags(pc.invert(answer) if otherwise else answer)
                self.notes.fails[start:] = [(where & here, reason, shown) for where, reason, shown in self.notes.fails[start:]]
        datas = self._alike(branches, kind)
        if len(datas) == 1:
            datas.append(pa.nulls(self.notes.rows, datas[0].type))
        return pc.if_else(answer, *datas)

    def _all(self, node: Call, kind: Kind) -> pa.Array:
        """In three-valued logic: false and missing is false, true or missing is true."""
        join = pc.and_kleene if node.name == "AND" else pc.or_kleene
        made, *rest = (as_kind(self.values(part), "yes_no", self.notes) for part in node.args)
        for data in rest:
            made = join(made, data)
        return made

    def _first(self, node: Call, kind: Kind) -> pa.Array:
        parts = [self.values(part) for part in node.args]
        datas = self._alike(parts, kind)
        return pc.coalesce(*(pa.repeat(d, self.notes.rows) if not at and isinstance(d, pa.Scalar) else d for at, d in enumerate(datas)))

    def _alike(self, parts: list[Values], kind: Kind) -> list[pa.Array | pa.Scalar]:
        """The parts in one Arrow type, fixed ones once."""
        if kind not in ("decimal", "datetime") and all(p.kind == kind for p in parts):
            return [p.plain for p in parts]
        datas = [as_kind(p, kind, self.notes) if p.kind != kind else p.data for p in parts]
        types = {d.type for d, p in zip(datas, parts, strict=True) if p.kind != "nothing"}
        if kind == "datetime" and len(types) > 1:
            return [as_wall(d) for d in datas]
        if kind == "decimal" and len(types) > 1:
            return [d.cast(pa.decimal128(38, max(t.scale for t in types))) for d in datas]
        if types and kind != "nothing":
            of = next(iter(types))
            return [d if d.type == of else pa.nulls(len(d), of) for d in datas]
        return datas


def no_answer(notes: Notes) -> list[tuple[np.ndarray, str, pa.Array]]:
    """The values that could not be worked out, each row once, with the reason found first."""
    seen = np.zeros(notes.rows, bool)
    found = []
    for where, reason, shown in notes.fails:
        fresh = where & ~seen
        seen |= where
        if fresh.any():
            found.append((fresh, reason, shown))
    return found
