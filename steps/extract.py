"""Extract a part of text into new columns."""

import re
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, JsonValue, model_validator

from steps.arrow import arrow, ascii_only, column, in_slices, repeats
from steps.base import ColumnName, Outcome, Step, StepError, in_note, require_kind
from steps.conditions.model import check_pattern
from steps.new_columns import listed, replaced, replacing, require_free
from steps.pieces import one_row_each

LARGE = pa.large_string()
What = Literal["numbers", "email", "url", "between", "before", "after", "first", "last", "middle", "pattern"]
LABELS: dict[str, JsonValue] = {
    "numbers": "Numbers", "email": "E-mail addresses", "url": "Web addresses", "between": "What stands between two marks",
    "before": "What stands before a mark", "after": "What stands after a mark", "first": "The first signs", "last": "The last signs",
    "middle": "Signs from a place on", "pattern": "What a pattern finds",
}  # fmt: skip
KNOWN = {
    "numbers": r"[+-]?\p{Nd}+(?:[.,]\p{Nd}+)*",
    "email": r"[\pL\p{Nd}._%+-]+@[\pL\p{Nd}-]+(?:\.[\pL\p{Nd}-]+)*\.\pL{2,}",
    "url": r"(?i:https?://|www\.)[^\s<>\"']*[^\s<>\"'.,;:!?)\]]",
}
PLAIN = {  # the same for text in ASCII alone, several times as fast
    "numbers": r"[+-]?[0-9]+(?:[.,][0-9]+)*",
    "email": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
}
MOST = 1000  # matches in one cell
OPEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?P?<(\w+)>)?", re.DOTALL)


class Extract(Step):
    """New text columns beside the others, holding a part of a text column: what was found first, all joined, or a row for each.

    A pattern (RE2) gives one column for each of its groups, or one for all it finds. Where nothing is found the new column is
    missing, and the rows are counted. Before, after and between look for the first mark. Found in rows, the other columns
    repeat, and a row without a match stays. The column itself is not changed.

    Raises StepError if the column is absent or holds no text, or a new column is already there.
    """

    name = "extract"
    label = "Extract part of text"
    help = "Take out numbers, e-mails, postcodes, or what stands between two marks."
    group = "Text"
    kind = "rows"
    words = ("regex", "pattern", "substring", "left", "right", "mid", "number", "email", "url", "textbefore", "textafter", "part")

    column: ColumnName = Field(title="Column", description="The text column to look in.")
    what: What = Field("numbers", title="Take", description="Which part.", json_schema_extra={"labels": LABELS})
    pattern: str = Field(
        "", title="Pattern", description="For example (\\d{5}) for a postcode.", json_schema_extra={"when": {"what": ["pattern"]}}
    )
    start: str = Field(
        "", title="Mark", description="Or the first of two.", json_schema_extra={"when": {"what": ["between", "before", "after"]}}
    )
    end: str = Field("", title="Second mark", description="Where the part ends.", json_schema_extra={"when": {"what": ["between"]}})
    length: int = Field(
        1, ge=1, title="How many signs", description="Of the text.", json_schema_extra={"when": {"what": ["first", "last", "middle"]}}
    )
    place: int = Field(
        1, ge=1, title="From the sign", description="1 is the first of the text.", json_schema_extra={"when": {"what": ["middle"]}}
    )
    matches: Literal["first", "join", "rows"] = Field(
        "first",
        title="If there are several",
        description="What becomes of further matches.",
        json_schema_extra={
            "labels": {"first": "the first", "join": "all, joined by a comma", "rows": "a row for each"},
            "when": {"what": ["numbers", "email", "url", "pattern"]},
            "more": True,
        },
    )
    output: tuple[str, ...] = Field((), title="New columns", description="Their names; empty: like the column, with _1, _2, ...")
    overwrite: bool = replacing()

    @model_validator(mode="after")
    def _usable(self) -> "Extract":
        """Refuse a part without what it needs."""
        if self.what == "pattern":
            if not self.pattern:
                raise ValueError("write the pattern")
            check_pattern(self.pattern)
        if self.what in ("between", "before", "after") and not self.start:
            raise ValueError("write the mark")
        if self.what == "between" and not self.end:
            raise ValueError("write the second mark")
        count = max(1, len(self._groups()[1]))
        if self.output and (len(self.output) != count or len(set(self.output)) != count or "" in self.output):
            raise ValueError(f"write {count} different names for the new columns" if count > 1 else "write one name for the new column")
        return self

    def apply(self, df: pd.DataFrame, fitted: None) -> pd.DataFrame | Outcome:
        """The table with the parts in new columns at its end."""
        require_kind(df, self.column, "text")
        count = max(1, len(self._groups()[1]))
        names = list(self.output) or [f"{self.column}_{at}" for at in range(1, count + 1)]
        if self.column in names:
            raise StepError("is the column to look in", column=self.column, remedy="Choose another name.")
        require_free(df, names, self.overwrite, "Choose another name.")
        values = arrow(df[self.column])
        rounds = self._rounds(values)
        found = rounds[0][0] if len(rounds[0]) == 1 else pc.coalesce(*rounds[0])
        lost = found.null_count - values.null_count  # where nothing is there nothing is found
        noted = {f'{{n}} values of "{in_note(self.column)}" hold no such part.': lost} if lost else {}
        if self.matches == "rows" and self._several:
            table = _in_rows(df, rounds, names)
        else:
            table = df.assign(**{n: column(_joined([r[at] for r in rounds]), df) for at, n in enumerate(names)})
        lines = replaced(df, table[~table.index.duplicated()], names) if self.overwrite else []
        return Outcome(table, rejected=listed(lines), noted=noted) if noted or lines else table

    @property
    def rowwise(self) -> bool:
        """Each value is looked at by itself, unless rows are made."""
        return self.matches != "rows"

    def describe(self) -> str:
        """The part in words."""
        part = {
            "between": f'what stands between "{self.start}" and "{self.end}"',
            "before": f'what stands before "{self.start}"', "after": f'what stands after "{self.start}"',
            "first": f"the first {self.length} signs", "last": f"the last {self.length} signs",
            "middle": f"{self.length} signs from sign {self.place} on", "pattern": f'what the pattern "{self.pattern}" finds',
            "numbers": "numbers", "email": "e-mail addresses", "url": "web addresses",
        }[self.what]  # fmt: skip
        return f"Extract {part} from {self.column}"

    @property
    def _several(self) -> bool:
        return self.what in ("numbers", "email", "url", "pattern")

    def _groups(self, plain_text: bool = False) -> tuple[str, list[str]]:
        """The pattern with its groups named, and the names in order."""
        start, end = re.escape(self.start), re.escape(self.end)
        if self.what in ("between", "before", "after"):
            part = {
                "between": f"{start}(?P<g1>(?s:.*?)){end}", "before": rf"\A(?P<g1>(?s:.*?)){start}",
                "after": f"{start}(?P<g1>(?s:.*))",
            }  # fmt: skip
            return part[self.what], ["g1"]
        names: list[str] = []

        def named(found: re.Match[str]) -> str:
            text = found.group()
            plain = text == "(" and self.pattern[found.end() : found.end() + 1] != "?"
            if plain or found.group(1):
                names.append(f"g{len(names) + 1}")
                return f"(?P<{names[-1]}>"
            return text

        made = OPEN.sub(named, self.pattern) if self.what == "pattern" else KNOWN.get(self.what, "")
        made = PLAIN.get(self.what, made) if plain_text else made
        return (made, names) if names else (f"(?P<g1>{made})", ["g1"])

    def _rounds(self, values: pa.ChunkedArray) -> list[list[pa.Array]]:
        """For each match in turn, the part of each row for each new column; null where there is none."""
        if self.what in ("first", "last", "middle"):
            return [[_filled(self._cut(values).combine_chunks())]]
        whole = values.combine_chunks()
        if repeats(values):
            codes = whole.dictionary_encode()
            return [[part.take(codes.indices) for part in parts] for parts in self._matched(codes.dictionary)]
        return self._matched(whole)

    def _cut(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """The first or last signs."""
        start = self.place - 1 if self.what == "middle" else 0
        cut = (-self.length, None) if self.what == "last" else (start, start + self.length)
        if ascii_only(values):  # a sign is a byte
            return pc.binary_slice(values.cast(pa.large_binary()), *cut).cast(LARGE)
        return in_slices(values, lambda part: pc.utf8_slice_codeunits(part, *cut))

    def _matched(self, values: pa.Array) -> list[list[pa.Array]]:
        pattern, names = self._groups(ascii_only(pa.chunked_array([values])))
        if self.matches == "first" or not self._several:
            made = pc.extract_regex(values, pattern)
            return [[_filled(pc.struct_field(made, name)) for name in names]]
        rounds: list[list[pa.Array]] = []
        rest = values
        while len(rounds) < MOST:
            made = pc.extract_regex(rest, rf"(?:{pattern})(?P<zrest>(?s:.*))\z")
            parts = [_filled(pc.struct_field(made, name)) for name in names]
            if rounds and not any(p.null_count < len(p) for p in parts):
                break
            rounds.append(parts)
            after = pc.struct_field(made, "zrest")
            shorter = pc.less(pc.binary_length(after), pc.binary_length(rest))
            rest = pc.if_else(pc.fill_null(shorter, False), after, pa.scalar(None, LARGE))
            if self.pattern.startswith("^") or rest.null_count == len(rest):
                break
        return rounds


def _filled(values: pa.Array) -> pa.Array:
    if pc.min(pc.binary_length(values)).as_py() != 0:
        return values.cast(LARGE)
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, LARGE), values).cast(LARGE)


def _joined(parts: list[pa.Array]) -> pa.Array:
    """The matches of each row joined; missing where there is none."""
    made = parts[0]
    for part in parts[1:]:
        both = pc.binary_join_element_wise(made, part, pa.scalar(", ", LARGE))
        made = pc.coalesce(both, made, part)
    return made


def _in_rows(df: pd.DataFrame, rounds: list[list[pa.Array]], names: list[str]) -> pd.DataFrame:
    """A row for each match."""
    some = np.column_stack([np.asarray(pc.is_valid(pc.coalesce(*parts)), bool) for parts in rounds])
    row, turn = np.nonzero(some)
    offsets = np.r_[0, np.cumsum(some.sum(axis=1))]
    at = pa.array(turn * len(df) + row)
    longer, picked = one_row_each(df, pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), at))
    return longer.assign(**{
        name: column(pa.concat_arrays([parts[i] for parts in rounds]).take(picked), longer) for i, name in enumerate(names)
    })  # fmt: skip
