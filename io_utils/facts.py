"""What a reading found out about a file besides its table: its lines counted, its own totals, what differs from last time."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict


class Lines(BaseModel):
    """The lines of a text file, counted on its bytes, and where they are.

    ``file`` is counted without regard to records and cells; the others are counted on what reading gave: rows of the table,
    lines of the header, lines left out, and line ends within cells.
    """

    model_config = ConfigDict(frozen=True)

    file: int
    rows: int
    header: int
    left_out: int
    inside: int = 0

    @classmethod
    def together(cls, counts: Sequence["Lines | None"]) -> "Lines | None":
        """The lines of several files; None if they were not counted in all of them."""
        known = [c for c in counts if c is not None]
        if not known or len(known) < len(counts):
            return None
        return cls(**{name: sum(getattr(c, name) for c in known) for name in cls.model_fields})

    @property
    def missing(self) -> int:
        """Lines of the file that are nowhere; below 0 if there are more rows than lines."""
        return self.file - self.rows - self.header - self.left_out - self.inside

    @property
    def sentence(self) -> str:
        """The count in plain words."""
        parts = [f"{self.rows:,} {'row' if self.rows == 1 else 'rows'}"]
        parts += [f"{self.header:,} of the header"] if self.header else []
        parts += [f"{self.left_out:,} left out"] if self.left_out else []
        parts += [f"{self.inside:,} within cells of several lines"] if self.inside else []
        return f"{self.file:,} {'line' if self.file == 1 else 'lines'} in the file: {', '.join(parts)}."


class Total(BaseModel):
    """A total that the file itself gives for a column, and what its rows add up to."""

    model_config = ConfigDict(frozen=True)

    column: str
    row: int
    said: str
    found: str
    same: bool
    rows: int

    @property
    def sentence(self) -> str:
        """The total in plain words."""
        end = "The 1 row adds up to" if self.rows == 1 else f"The {self.rows:,} rows add up to"
        return f"The file's own total of {self.column} is {self.said}. {end} {'the same' if self.same else self.found}."


class Difference(BaseModel):
    """Something about a file that is not as it was when the file was last read."""

    model_config = ConfigDict(frozen=True)

    what: str
    was: str
    now: str

    @property
    def sentence(self) -> str:
        """The difference in plain words."""
        return f"{self.what}: was {self.was}, is now {self.now}."


class Facts(BaseModel):
    """Everything found out about a file.

    ``descriptions`` are by column: header lines that are not the names. ``split`` says which rows another delimiter parts.
    """

    model_config = ConfigDict(frozen=True)

    lines: Lines | None = None
    descriptions: dict[str, str] = {}
    totals: tuple[Total, ...] = ()
    differences: tuple[Difference, ...] = ()
    split: dict[int, str] = {}

    @classmethod
    def together(cls, found: Sequence["Facts"]) -> "Facts":
        """What is known of several files stacked."""
        differences = tuple(dict.fromkeys(d for facts in found for d in facts.differences))
        return cls(lines=Lines.together([facts.lines for facts in found]), differences=differences)
