"""Make similar spellings one."""

from typing import Literal, TypedDict

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field, JsonValue, model_validator

from steps.arrow import SPACES, arrow, column, flags, is_text
from steps.base import NO_REJECTED, TEXT, Columns, Outcome, Step, StepError, holds, in_note, type_of
from steps.spellings import Method, nearest

LARGE = pa.large_string()
MOST_KNOWN = 5_000  # different values of a column that are kept as known
METHODS: dict[str, JsonValue] = {
    "fingerprint": "Same words, however written", "distance": "A letter or two differ", "similarity": "Most letters are the same",
    "ngram": "Same pieces of words (n-gram)", "metaphone": "Same sound, English (Metaphone)", "cologne": "Same sound, German (Cologne)",
    "soundex": "Same sound, coarse (Soundex)", "nysiis": "Same sound, names (NYSIIS)",
}  # fmt: skip
NEW: dict[str, JsonValue] = {"report": "Stay and are listed under Problems", "match_to_known": "Become the known value, and are counted"}


class Known(BaseModel):
    """The different values of a column, in the order first seen; None if there are too many to keep."""

    values: list[str] | None


class How(TypedDict):
    """The way of matching, as the functions of ``steps.spellings`` take it."""

    method: Method
    ngram: int
    distance: int
    similarity: float
    numbers_apart: bool
    german: bool


class ClusterMerge(Step):
    """Each chosen text column with the approved spellings replaced by the value they become; all other values as they are.

    What is replaced stands in ``mapping``, value by value. The method serves to propose groups on the page, and for values
    that were not there when they were approved: one that is like a known value, and is neither in the list nor among
    those to ``keep``, is listed and stays, or with ``match_to_known`` becomes what the known one became, and is counted;
    if it is like several that differ, it is listed and stays. Values that are like none known are counted where the
    fitted numbers are kept. Missing values stay missing, blank ones blank. The types do not change.

    Raises StepError if a column is absent or holds no text.
    Source of the methods: OpenRefine, Clustering methods in-depth.
    """

    name = "cluster_merge"
    label = "Merge similar spellings"
    help = 'Find "Müller", "Muller " and "MÜLLER" and make them one; you approve each.'
    group = "Text"
    words = (
        "cluster", "typos", "variants", "fuzzy", "misspelled", "misspellings", "spelling", "similar", "harmonize", "unify", "openrefine",
        "group", "normalize", "standardize", "clean",
    )  # fmt: skip

    columns: Columns = Field(
        Columns(names=()), title="Columns", description="The text columns whose values are merged.", json_schema_extra={"some": True}
    )
    method: Literal["fingerprint", "distance", "similarity", "ngram", "metaphone", "cologne", "soundex", "nysiis"] = Field(
        "fingerprint",
        title="Spellings are similar if",
        description="How values are found that may be one: by their words whatever case, order, accents and punctuation, "
        "letter by letter, or by their sound. Nothing is merged before you approve it.",
        json_schema_extra={"labels": METHODS, "first": 3},
    )
    ngram: int = Field(
        2, ge=1, le=4, title="Letters in a piece", description="Fewer letters find more, right and wrong ones.",
        json_schema_extra={"when": {"method": ["ngram"]}},
    )  # fmt: skip
    distance: int = Field(
        1, ge=1, le=2, title="Letters that may differ",
        description="A letter more, less, another one, or two swapped. At most one for each four letters of the shorter value.",
        json_schema_extra={"when": {"method": ["distance"]}},
    )  # fmt: skip
    similarity: float = Field(
        0.85, ge=0.8, le=0.99, title="Share of letters that are the same",
        description="From 0.8 to 0.99. The words may stand in another order.",
        json_schema_extra={"when": {"method": ["similarity"]}},
    )  # fmt: skip
    mapping: dict[str, str] = Field(
        default_factory=dict, title="Merged", description="Each spelling and what it becomes.",
        json_schema_extra={"elsewhere": True, "key": "Spelling", "value": "Becomes"},
    )  # fmt: skip
    keep: tuple[str, ...] = Field(
        (), title="Kept apart", description="Values that are similar to a merged one, and stay.", json_schema_extra={"elsewhere": True}
    )
    new_values: Literal["report", "match_to_known"] = Field(
        "report", title="Similar values not seen before", description="In next month's file, say. They are never changed in silence.",
        json_schema_extra={"labels": NEW, "more": True},
    )  # fmt: skip
    numbers_apart: bool = Field(
        True, title="Keep apart what differs in numbers", description='"INV-001" and "INV-010", "A+" and "A-", "5 €" and "5 %".',
        json_schema_extra={"more": True},
    )  # fmt: skip
    german: bool = Field(
        False, title="ä, ö, ü like ae, oe, ue", description='"Mueller" is like "Müller".', json_schema_extra={"more": True}
    )

    @model_validator(mode="after")
    def _ends(self) -> "ClusterMerge":
        """Refuse a list in which a value is replaced and is a replacement, too: run again it would change more."""
        for value, target in self.mapping.items():
            onward = self.mapping.get(target, target)
            if onward != target:
                raise ValueError(f'"{value}" becomes "{target}", which becomes "{onward}" itself. Write "{onward}" for both')
        return self

    def fit(self, df: pd.DataFrame) -> dict[str, Known]:
        """The values that are there now, so that new ones can be told later."""
        found = {}
        for name in self.columns.resolve(df):
            values = pc.unique(self._text(df, name)).drop_null()
            found[name] = Known(values=values.to_pylist() if len(values) <= MOST_KNOWN else None)
        return found

    def apply(self, df: pd.DataFrame, fitted: dict[str, Known]) -> Outcome:
        """The table with the spellings merged; new ones that are like a known one are listed, or merged and counted."""
        made, lines, noted = {}, [], dict[str, int]()
        for name, known in fitted.items():
            codes = self._text(df, name).combine_chunks().dictionary_encode()
            values = codes.dictionary
            targets, like, strange = self._targets(values, known)
            times = np.bincount(codes.indices.drop_null().to_numpy(), minlength=len(values))
            if self.new_values == "match_to_known":
                for at, said in list(like.items()):
                    if len(said) == 1:
                        targets[at] = said[0]
                        note = f'{{n}} new spellings of "{in_note(said[0])}" in "{in_note(name)}" became it.'
                        noted[note] = noted.get(note, 0) + int(times[at])
                        del like[at]
            if targets:
                after = values.to_pylist()
                for at, target in targets.items():
                    after[at] = target
                made[name] = column(pa.chunked_array([pa.array(after, LARGE).take(codes.indices)]), df)
            if like:
                lines.append(_listed(df, name, codes, like))
            if strange:
                noted[f'{{n}} values in "{in_note(name)}" are new, and like none that was there.'] = int(times[strange].sum())
        return Outcome(df.assign(**made) if made else df, rejected=pd.concat(lines) if lines else NO_REJECTED, noted=noted)

    @property
    def rowwise(self) -> bool:
        """Each value is looked up by itself."""
        return True

    def describe(self) -> str:
        """How many spellings become how many values."""
        merged = {value: target for value, target in self.mapping.items() if value != target}
        if not merged:
            return f"Merge similar spellings of {self.columns.describe()}: none is approved"
        spellings = f"{len(merged):,} spellings" if len(merged) > 1 else "1 spelling"
        into = len(set(merged.values()))
        return f"Merge {spellings} of {self.columns.describe()} into {f'{into:,} values' if into > 1 else '1 value'}"

    @property
    def how(self) -> How:
        """The way of matching."""
        return How(
            method=self.method, ngram=self.ngram, distance=self.distance, similarity=self.similarity, numbers_apart=self.numbers_apart,
            german=self.german,
        )  # fmt: skip

    def lookalikes(self, values: pa.LargeStringArray) -> list[str]:
        """Those of some different values that are like a merged one and are not merged themselves: they are to be kept."""
        free = self.model_copy(update={"keep": ()})
        _, like, _ = free._targets(values, Known(values=None))
        return [values[at].as_py() for at in like]

    def _text(self, df: pd.DataFrame, name: str) -> pa.ChunkedArray:
        of = type_of(df, name)
        if not is_text(of):
            remedy = "Choose a column of text, or make it text first with Change column types."
            raise StepError(f"holds {holds(of)}; spellings are merged in text", column=name, remedy=remedy)
        return arrow(df[name])

    def _targets(self, values: pa.LargeStringArray, known: Known) -> tuple[dict[int, str], dict[int, list[str]], list[int]]:
        """Of different values: what the merged ones become, what new ones are like, and the new ones that are like none."""
        merged = pa.array(list(self.mapping), LARGE)
        at = pc.index_in(values, merged)
        becomes = list(self.mapping.values())
        targets = {i: becomes[j] for i, j in enumerate(at.to_pylist()) if j is not None}
        decided = pa.array([*self.mapping, *becomes, *self.keep], LARGE)
        blank = pc.equal(pc.utf8_trim(values, SPACES), "")
        open_to = np.flatnonzero(~(flags(pc.is_in(values, decided)) | flags(blank) | flags(pc.is_null(values))))
        like = self._like(values, open_to, pc.unique(decided))
        if known.values is None:
            return targets, like, []
        seen = pa.array(known.values, LARGE)
        fresh = open_to[~flags(pc.is_in(values, seen))[open_to]]
        fresh = fresh[[i not in like for i in fresh.tolist()]] if len(fresh) else fresh
        like |= self._like(values, fresh, pc.unique(pa.chunked_array([decided, seen])))
        return targets, like, [i for i in fresh.tolist() if i not in like]

    def _like(self, values: pa.LargeStringArray, at: np.ndarray, known: pa.LargeStringArray) -> dict[int, list[str]]:
        """What the values at some positions are like, as it has become."""
        found = nearest(values.take(pa.array(at)), known, **self.how)
        said = known.to_pylist()
        become = {int(at[i]): [self.mapping.get(said[j], said[j]) for j in near] for i, near in found.items()}
        return {i: list(dict.fromkeys(b)) for i, b in become.items()}


def _listed(df: pd.DataFrame, name: str, codes: pa.DictionaryArray, like: dict[int, list[str]]) -> pd.DataFrame:
    """A line for each cell that holds a new value which is like known ones."""
    reasons = np.full(len(codes.dictionary), None, dtype=object)
    for at, known in like.items():
        reasons[at] = "is new, and like " + " and ".join(f'"{k}"' for k in known[:3])
    said = pa.array(reasons.tolist(), LARGE).take(codes.indices)
    rows = np.flatnonzero(flags(said.is_valid()))
    index = df.index.take(rows)
    return pd.DataFrame(
        {
            "column": pd.Series(pa.repeat(pa.scalar(name, LARGE), len(rows)), dtype=TEXT, index=index),
            "value": pd.Series(codes.dictionary.take(codes.indices.take(pa.array(rows))), dtype=TEXT, index=index),
            "reason": pd.Series(said.take(pa.array(rows)), dtype=TEXT, index=index),
        },
        index=index,
    )
