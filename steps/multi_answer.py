"""One yes/no column per answer of a multi-select question."""

from collections import Counter
from itertools import pairwise

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, Field

from steps.arrow import SPACES, arrow, column
from steps.base import ColumnName, Outcome, Step, StepError, in_note, require_kind

LARGE = pa.large_string()
MOST = 200  # columns that the answers may make
OFTEN = 3  # how often two pieces must stand together to be taken for one answer


class Options(BaseModel):
    """The answers there are, each with a column of its own, in order."""

    options: list[str]


class MultiAnswer(Step):
    """A yes/no column for each answer of a text column such as "Tea, Coffee"; a missing or blank value has no answer in any.

    The answers are those chosen, or those found, in the order of the alphabet. Answers that contain the delimiter ("Juice,
    fresh") are kept whole where they are chosen; found are those whose pieces always stand together, the later one beginning
    with a small letter. Spaces around and case do not matter. Pieces that are no known answer are counted. The new columns
    follow the column.

    Raises StepError if the column is absent or holds no text, a new column is already there, or there are over 200.
    """

    name = "multi_answer"
    label = "One column per answer"
    help = 'Turn "Tea, Coffee" into yes/no columns.'
    group = "Columns"
    kind = "structure"
    words = ("multi-select", "multiple choice", "checkbox", "survey", "dummies", "one hot", "tags", "get_dummies", "answers")

    column: ColumnName = Field(title="Column", description="The text column with several answers in a cell.")
    delimiter: str = Field(",", min_length=1, title="Between the answers", description="For example a comma or a semicolon.")
    options: tuple[str, ...] = Field((), title="Answers", description="Empty: those found in the column.")
    find_whole: bool = Field(
        True,
        title="Find answers that contain the delimiter",
        description='"Juice, fresh" where "fresh" always follows "Juice".',
        json_schema_extra={"more": True},
    )
    prefix: str = Field("", title="New columns begin with", description="Empty: the name of the column.", json_schema_extra={"more": True})
    keep_original: bool = Field(True, title="Keep the column", description="Beside the new columns.", json_schema_extra={"more": True})

    def fit(self, df: pd.DataFrame) -> Options:
        """The answers chosen, or found in the column."""
        require_kind(df, self.column, "text")
        chosen = list({tuple(self._split(_plain(o))): o.strip(SPACES) for o in self.options if self._split(o)}.values())
        found = chosen or self._found(arrow(df[self.column]))
        if len(found) > MOST:
            problem = f"has {len(found):,} different answers"
            raise StepError(problem, column=self.column, remedy="Choose the answers, or another delimiter.")
        return Options(options=found)

    def apply(self, df: pd.DataFrame, fitted: Options) -> pd.DataFrame | Outcome:
        """The table with a column for each answer."""
        require_kind(df, self.column, "text")
        names = [f"{self.prefix or self.column + ': '}{option}" for option in fitted.options]
        if taken := [n for n in names if n in df.columns]:
            raise StepError("is already in the table", column=taken[0], remedy="Choose another beginning for the new columns.")
        codes = arrow(df[self.column]).combine_chunks().dictionary_encode()
        places = {tuple(self._split(_plain(option))): at for at, option in enumerate(fitted.options)}
        answers = [self._read(text, places) for text in codes.dictionary.to_pylist()]  # each different cell once
        made = {}
        for at, name in enumerate(names):
            given = pa.array([None if known is None else at in known[0] for known in answers], pa.bool_())
            made[name] = column(given.take(codes.indices), df)
        strange = pa.array([0 if known is None else known[1] for known in answers], pa.int64()).take(codes.indices)
        count = int(pc.sum(strange).as_py() or 0)
        at = list(df.columns).index(self.column)
        table = df.assign(**made)[[*df.columns[: at + self.keep_original], *names, *df.columns[at + 1 :]]]
        return Outcome(table, noted={f'{{n}} answers in "{in_note(self.column)}" are none of the columns.': count}) if count else table

    @property
    def rowwise(self) -> bool:
        """The answers are fitted; each cell is read by itself."""
        return True

    def describe(self) -> str:
        """The answers in words."""
        return f"Make a yes/no column for each {'chosen ' if self.options else ''}answer in {self.column}"

    def _split(self, text: str) -> list[str]:
        return [p for piece in text.split(self.delimiter) if (p := piece.strip(SPACES))]

    def _found(self, values: pa.ChunkedArray) -> list[str]:
        """The answers in the column, pieces that always stand together as one."""
        counted = pc.value_counts(values.drop_null())
        cells = [(self._split(text), n) for text, n in zip(*(counted.field(i).to_pylist() for i in (0, 1)), strict=True)]
        single: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        written: dict[str, str] = {}
        for pieces, n in cells:
            for piece in pieces:
                single[_plain(piece)] += n
                written[_plain(piece)] = min(piece, written.get(_plain(piece), piece))
            for a, b in pairwise(pieces):
                pairs[_plain(a), _plain(b)] += n
        whole = {}
        for (a, b), n in pairs.items():
            together = n >= OFTEN and single[a] == single[b] == n and written[b][:1].islower() and not written[a][:1].islower()
            if self.find_whole and together:
                whole[a] = b
        options = [
            f"{written[p]}{self.delimiter} {written[whole[p]]}" if p in whole else written[p] for p in single if p not in whole.values()
        ]
        return sorted(options, key=lambda o: (o.casefold(), o))

    def _read(self, text: str | None, places: dict[tuple[str, ...], int]) -> tuple[set[int], int] | None:
        """Which answers a cell holds, the longest first, and how many pieces are none; None if it has no value."""
        if text is None or not text.strip(SPACES):
            return None
        pieces, given, strange, at = self._split(text.lower()), set[int](), 0, 0
        longest = max(map(len, places), default=1)
        while at < len(pieces):
            for size in range(longest, 0, -1):
                place = places.get(tuple(pieces[at : at + size]))
                if place is not None:
                    given.add(place)
                    break
            strange += place is None
            at += size
        return given, strange


def _plain(text: str) -> str:
    return text.strip(SPACES).lower()
