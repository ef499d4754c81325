"""Replace values from a list."""

from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field, JsonValue, model_validator

from steps.arrow import SPACES, arrow, column, flags, is_text
from steps.base import Columns, Outcome, Step, StepError, in_note, rejects, type_of
from steps.new_columns import ending, listed, replaced, replacing, require_free
from steps.values import read_value, shortest

LARGE = pa.large_string()
NAMED = 8  # values without an entry that are named, each with its count
UNMAPPED: dict[str, JsonValue] = {
    "keep": "stay as they are", "missing": "become missing and are listed", "constant": "get a fixed value", "error": "stop",
}  # fmt: skip


class Unmapped(BaseModel):
    """The commonest values of a column that the list does not hold, when the step was fitted."""

    values: list[str]


class MapValues(Step):
    """Each chosen column with its values replaced by those that stand beside them in a list; the others untouched.

    Values are compared as text, without regard to case and spaces around them unless told otherwise, in columns of other
    types by value. The column keeps its type if every value of the list fits it, else it becomes text. Missing values stay
    missing; values without an entry are counted, the commonest by name.

    Raises StepError if a column is absent, or a value has no entry and ``unmapped`` is "error".
    """

    name = "map_values"
    label = "Replace from a list"
    help = "Turn codes into names with a list you paste or load."
    group = "Text"
    words = ("map", "lookup", "recode", "translate", "dictionary", "codes", "replace", "vlookup", "mapping")

    columns: Columns = Field(
        Columns(names=()),
        title="Columns",
        description="The columns whose values are replaced.",
        json_schema_extra={"some": True},
    )
    mapping: dict[str, str] = Field(
        min_length=1,
        title="List",
        description="Each value and what it becomes.",
        json_schema_extra={"key": "Value", "value": "Becomes", "paste": True},
    )
    unmapped: Literal["keep", "missing", "constant", "error"] = Field(
        "keep", title="Values not in the list", description="What becomes of them.", json_schema_extra={"labels": UNMAPPED}
    )
    constant: str = Field(
        "", title="Fixed value", description="For values not in the list.", json_schema_extra={"when": {"unmapped": ["constant"]}}
    )
    case_insensitive: bool = Field(True, title="Upper and lower case alike", description='"de" also finds "DE".')
    trim: bool = Field(True, title="Without spaces around", description='"de" also finds " de ".')
    suffix: str = ending()
    overwrite: bool = replacing()

    @model_validator(mode="after")
    def _one_target(self) -> "MapValues":
        """Refuse a list that gives one value two targets."""
        seen: dict[str, str] = {}
        for value, key in zip(self.mapping, self._plain(pa.array(list(self.mapping), LARGE)).to_pylist(), strict=True):
            if key in seen:
                raise ValueError(f'"{value}" and "{seen[key]}" are the same value in the list. Keep one of them')
            seen[key] = value
        return self

    def fit(self, df: pd.DataFrame) -> dict[str, Unmapped]:
        """For each column the commonest values without an entry."""
        found = {}
        for name in self.columns.resolve(df):
            values = arrow(df[name])
            lost = values.filter(pc.is_null(self._targets(values))).drop_null()
            counted = pc.value_counts(shortest(lost).cast(LARGE))
            pairs = zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True)
            most = sorted((p for p in pairs if p[0].strip(SPACES)), key=lambda p: (-p[1], p[0]))
            found[name] = Unmapped(values=[value for value, _ in most[:NAMED]])
        return found

    def apply(self, df: pd.DataFrame, fitted: dict[str, Unmapped]) -> pd.DataFrame | Outcome:
        """The table with its values replaced, and those that the list does not hold."""
        made, lines, noted = {}, [], dict[str, int]()
        for name, named in fitted.items():
            if self.suffix:
                require_free(df, [name + self.suffix], self.overwrite)
            of, values = type_of(df, name), arrow(df[name])
            targets = self._targets(values)
            written = shortest(values)
            lost = pc.and_(pc.is_null(targets), pc.fill_null(pc.not_equal(pc.utf8_trim(written, SPACES), ""), False))
            result = self._result(df, name, of, values, targets, lost)
            if result is not values or self.suffix:
                made[name + self.suffix] = column(result, df)
            if pc.any(lost).as_py():
                _count(written.filter(lost), name, named.values, noted)
                if self.unmapped == "missing" and not self.suffix:
                    lines.append(rejects(df, name, flags(lost), "is not in the list"))
        table = df.assign(**made) if made else df
        lines += replaced(df, table, list(made)) if self.suffix else []
        return Outcome(table, rejected=listed(lines), noted=noted) if noted or lines else table

    @property
    def rowwise(self) -> bool:
        """Each value is looked up by itself; an error names all of them."""
        return self.unmapped != "error"

    def describe(self) -> str:
        """The list in words."""
        size = f"{len(self.mapping):,} values" if len(self.mapping) > 1 else "1 value"
        return f"Replace values of {self.columns.describe()} from a list of {size}"

    def _plain(self, values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        trimmed = pc.utf8_trim(values, SPACES) if self.trim else values
        return pc.utf8_lower(trimmed) if self.case_insensitive else trimmed

    def _targets(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """What the list says for each value, as text; null where it says nothing."""
        whole = values.combine_chunks()
        codes = whole.dictionary_encode()
        if is_text(values.type):
            known, targets = self._plain(pa.array(list(self.mapping), LARGE)), list(self.mapping.values())
            at = pc.index_in(self._plain(codes.dictionary), known)
        else:
            held, targets = [], []
            for value, target in self.mapping.items():
                try:
                    read = pa.scalar(read_value(value, values.type), values.type)
                except (ValueError, pa.ArrowInvalid):  # no value of this column: it cannot be found there
                    continue
                held.append(read.as_py())
                targets.append(target)
            at = pc.index_in(codes.dictionary, pa.array(held, values.type))
        return pa.chunked_array([pa.array(targets, LARGE).take(at).take(codes.indices)])

    def _result(
        self, df: pd.DataFrame, name: str, of: pa.DataType, values: pa.ChunkedArray, targets: pa.ChunkedArray, lost: pa.ChunkedArray
    ) -> pa.ChunkedArray:
        """The column after the replacement; its type depends on the list alone."""
        if self.unmapped == "error" and pc.any(lost).as_py():
            first = shortest(values).filter(lost)[0].as_py()
            problem = f'"{first}" is not in the list'
            raise StepError(problem, column=name, rows=df.index[flags(lost)], remedy="Add it, or choose what becomes of such values.")
        wanted = [*self.mapping.values(), *([self.constant] if self.unmapped == "constant" else [])]
        kept = of if is_text(of) or all(_reads(v, of) for v in wanted) else LARGE
        if kept == of and pc.all(pc.is_null(targets), min_count=0).as_py() and self.unmapped in ("keep", "error"):
            return values
        found = targets if is_text(kept) else pa.chunked_array([_read_all(targets, kept)])
        if self.unmapped == "constant":
            fixed = pa.scalar(self.constant if is_text(kept) else read_value(self.constant, kept), kept)
            found = pc.if_else(lost, fixed, found)
        if self.unmapped == "missing":
            return pc.if_else(lost, pa.scalar(None, kept), pc.coalesce(found, values if kept == of else shortest(values)))
        return pc.coalesce(found, values if kept == of else shortest(values))


def _reads(text: str, of: pa.DataType) -> bool:
    try:
        pa.scalar(read_value(text, of), of)
    except (ValueError, pa.ArrowInvalid):
        return False
    return True


def _read_all(texts: pa.ChunkedArray, of: pa.DataType) -> pa.Array:
    codes = texts.combine_chunks().dictionary_encode()
    return pa.array([read_value(v, of) for v in codes.dictionary.to_pylist()], of).take(codes.indices)


def _count(lost: pa.ChunkedArray, name: str, named: list[str], noted: dict[str, int]) -> None:
    """Count the values without an entry, those that were commonest by name."""
    counted = pc.value_counts(lost)
    counts = dict(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True))
    for value in named:
        if counts.get(value):
            noted[f'{{n}} × "{in_note(value)}" in "{in_note(name)}" is not in the list.'] = counts.pop(value)
    if rest := sum(n for value, n in counts.items() if value not in named):
        noted[f'{{n}} other values in "{in_note(name)}" are not in the list.'] = rest
