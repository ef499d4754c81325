"""Stack another table below."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import Field

from steps.arrow import arrow, column
from steps.base import OtherColumn, Outcome, Step, StepError, TableName, in_note, listing
from steps.common_types import TEXT, bring, common_type
from steps.matching import match_names
from steps.values import free_names


class Append(Step):
    """This table's rows, and below them the other table's, each value in the column of the same name, or place.

    A column that one table lacks is missing in its rows. A column that holds different kinds of values becomes text, which
    is noted (whole numbers and doubles become doubles). ``matches`` says for columns of the other table into which one they
    go, a new one where there is none of that name; None leaves the column out. The others go into the one of the same name
    (but for capitals, signs and accents), or are what ``extra`` says. ``parents`` says which row of the other table each new
    row is.

    Raises StepError if the table or a column listed is absent, or two columns of the other table go into one.
    """

    name = "append"
    label = "Stack another table below"
    help = "Match the columns once; the file's name and row stay visible."
    group = "Tables"
    kind = "structure"
    words = ("append", "union", "concat", "stack", "combine files", "add rows", "merge files", "below")

    other: TableName = Field(title="Other table", description="The table whose rows come below, after its own steps.")
    by: Literal["name", "position"] = Field(
        "name",
        title="Match columns by",
        description="Which columns belong together.",
        json_schema_extra={"labels": {"name": "Name", "position": "Position"}},
    )
    matches: dict[OtherColumn, str | None] = Field(
        default_factory=dict,
        title="Columns",
        description="Which column of the other table goes into which one here.",
        json_schema_extra={"key": "Column there", "value": "Column here", "when": {"by": ["name"]}},
    )
    same_case: bool = Field(
        False,
        title="Only names that are written the same",
        description='Otherwise "Unit Price " goes into unit_price.',
        json_schema_extra={"more": True},
    )
    extra: Literal["add", "drop"] = Field(
        "add",
        title="Other columns of the other table",
        description="Those that nothing is said about above, such as columns that are new next month.",
        json_schema_extra={"labels": {"add": "Add them", "drop": "Leave them out"}, "more": True},
    )
    source: str | None = Field(None, title="Column for the source", description="A new column that says which table a row is from.")
    own_name: str = Field(
        "this table", title="Called here", description="What the new column says for this table's rows.", json_schema_extra={"more": True}
    )

    def apply(self, df: pd.DataFrame, fitted: None, tables: Mapping[str, pd.DataFrame]) -> Outcome:  # type: ignore[override]
        """The rows of both, and where the new ones are from."""
        if self.other not in tables:
            raise StepError(f'there is no table "{self.other}"', remedy=f"Choose one of: {listing(tables)}." if tables else "Add it first.")
        other = tables[self.other]
        partner, added, left_out = self._partners(df, other)
        names = [*df.columns, *added]
        index = pd.Index(np.concatenate([df.index.to_numpy(), -1 - np.arange(len(other))]), copy=False) if len(other) else df.index
        made, texts = {}, []
        for name in names:
            a = arrow(df[name]) if name in df.columns else None
            there = partner.get(name) if a is not None else added[name]
            b = arrow(other[there]) if there is not None else None
            made[name], became_text = _stacked(a, b, len(df), len(other))
            texts += [name] if became_text else []
        table = pd.DataFrame({n: pd.Series(v, dtype=pd.ArrowDtype(v.type), index=index) for n, v in made.items()}, index=index)
        if self.source is not None:
            table = table.assign(**{self.source: self._sources(table, len(df))})
        lines = pa.table({
            "position": np.arange(len(df), len(df) + len(other)),
            "table": pa.repeat(pa.scalar(self.other, pa.large_string()), len(other)),
            "row": other.index.to_numpy(),
        })  # fmt: skip
        noted = self._noted(df, other, partner, list(added), left_out, texts)
        return Outcome(table, parents=lines.to_pandas(types_mapper=pd.ArrowDtype), noted=noted)

    def describe(self) -> str:
        """The table in words."""
        return f"Stack {self.other} below" + (", columns by position" if self.by == "position" else "")

    def _partners(self, df: pd.DataFrame, other: pd.DataFrame) -> tuple[dict[str, str], dict[str, str], list[str]]:
        """By column here the column of the other table that goes into it, for columns there are and for new ones; what is left out."""
        if self.by == "position":
            partner = dict(zip(df.columns, other.columns, strict=False))
            return self._with_rest(df, partner, {}, list(other.columns)[len(partner) :], [])
        into: dict[str, str] = {}
        for there, here in self.matches.items():
            if here is None:
                continue
            if there not in other.columns:
                raise StepError("is not in the other table", column=there, remedy=f"Choose one of: {', '.join(other.columns[:12])}.")
            if here in into:
                raise StepError(f'"{into[here]}" and "{there}" would both go into it', column=here, remedy="Keep one of them.")
            into[here] = there
        partner = {here: there for here, there in into.items() if here in df.columns}
        mine = [n for n in df.columns if n not in partner]
        theirs = [n for n in other.columns if n not in self.matches]
        if self.same_case:
            partner |= {n: n for n in mine if n in theirs}
        else:
            partner |= {pair.left: pair.right for pair in match_names(mine, theirs).pairs}
        new = {here: there for here, there in into.items() if here not in df.columns}
        rest = [n for n in theirs if n not in partner.values()]
        return self._with_rest(df, partner, new, rest, [n for n in other.columns if n in self.matches and self.matches[n] is None])

    def _with_rest(
        self, df: pd.DataFrame, partner: dict[str, str], new: dict[str, str], rest: list[str], left_out: list[str]
    ) -> tuple[dict[str, str], dict[str, str], list[str]]:
        """What becomes of the columns nothing is said about."""
        if self.extra == "drop":
            return partner, new, [*left_out, *rest]
        return partner, new | dict(zip(free_names([*df.columns, *new], rest, "_2"), rest, strict=True)), left_out

    def _sources(self, table: pd.DataFrame, own: int) -> pd.Series:
        if self.source in table.columns:
            raise StepError("is already in the table", column=self.source, remedy="Give the new column another name.")
        parts = [pa.repeat(pa.scalar(said, TEXT), n) for said, n in ((self.own_name, own), (self.other, len(table) - own))]
        return column(pa.chunked_array(parts), table)

    def _noted(
        self, df: pd.DataFrame, other: pd.DataFrame, partner: dict[str, str], added: list[str], left_out: list[str], texts: list[str]
    ) -> dict[str, int]:
        """What was stacked, and what did not fit."""
        lacking = [n for n in df.columns if n not in partner]
        noted = {"Added below: {n} rows.": len(other)} if len(other) else {}
        noted |= {f"Only in this table: {in_note(listing(lacking))}.": 1} if lacking else {}
        noted |= {f"Only in the other table, added as columns: {in_note(listing(added))}.": 1} if added else {}
        noted |= {f"Only in the other table, left out: {in_note(listing(left_out))}.": 1} if left_out else {}
        return noted | ({f"Holds different kinds of values and is text now: {in_note(listing(texts))}.": 1} if texts else {})


def _stacked(a: pa.ChunkedArray | None, b: pa.ChunkedArray | None, above: int, below: int) -> tuple[pa.ChunkedArray, bool]:
    """Two columns one below the other in one type, missing for the table that has none; and whether it became text for that."""
    if a is not None and not below:
        return a, False
    columns = [c for c in (a, b) if c is not None]
    to = common_type(columns) if len(columns) > 1 and columns[0].type != columns[1].type else columns[0].type
    top = bring(a, to) if a is not None else pa.chunked_array([pa.nulls(above, to)])
    bottom = bring(b, to) if b is not None else pa.chunked_array([pa.nulls(below, to)])
    valued = [c for c in columns if c.null_count < len(c)]
    became_text = pa.types.is_large_string(to) and any(c.type != to for c in valued)
    return pa.chunked_array([*top.chunks, *bottom.chunks], type=to), became_text  # the engine makes one piece of them
