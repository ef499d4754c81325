"""What each column holds: how much of it is filled and fits, its range, its commonest values and shapes, and what is odd about it."""

from collections.abc import Iterable
from typing import Literal, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from io_utils.fingerprint import column_hash
from pipeline.keys import digest, profiler
from pipeline.shapes import shapes
from pipeline.view import texts
from steps.arrow import SPACES, arrow, is_date, is_number, is_text, side_by_side
from steps.mark_missing import COMMON
from steps.proposals import propose_column
from steps.types import SHOWN, TypeName

TOP = 10  # commonest values and shapes kept
BINS = 20
FEW = 20  # different numbers up to here are counted one by one, not in ranges
CUT = 200  # characters of a value kept
FAR = 3.0  # quartile distances beyond the quartiles from which a number is far from the rest
CATEGORIES = 5_000  # different values up to here are compared with one another
HIDDEN = r"[\x{00}-\x{08}\x{0B}\x{0C}\x{0E}-\x{1F}\x{7F}-\x{9F}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}]"
BROKEN = r"Ã[\x{80}-\x{BF}]|â€|Â[\x{A0}-\x{BF}]|\x{FFFD}"
NUMBER = r"^[+-]?[0-9][0-9.,' ]*$"
LARGE = pa.large_string()
Kind = Literal[
    "empty", "constant", "key", "nearly_key", "almost", "id", "mixed", "edge_spaces", "inner_spaces", "hidden", "broken", "missing_words",
    "spellings", "far",
]  # fmt: skip


class Counted(BaseModel):
    """A value, or the shape of some, and how often it occurs."""

    model_config = ConfigDict(frozen=True)

    value: str
    count: int


class Bin(BaseModel):
    """How many values lie from ``low`` up to ``high``, which belongs to the last bin only."""

    model_config = ConfigDict(frozen=True)

    low: str
    high: str
    count: int


class Remark(BaseModel):
    """Something odd or worth knowing about a column: how many cells it concerns, and a sentence."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    count: int
    text: str


class ColumnProfile(BaseModel):
    """One column. ``valid`` + ``missing`` + ``blank`` + ``problems`` = rows.

    ``type`` is the type it has, ``proposed`` the one that nearly all its texts fit: the others are its problems.
    ``different`` counts values that are neither missing nor blank. Values are text as the grid shows them.
    """

    model_config = ConfigDict(frozen=True)

    name: str = ""
    type: TypeName
    proposed: TypeName | None = None
    rows: int
    valid: int
    missing: int
    blank: int = 0
    problems: int = 0
    problem_values: tuple[Counted, ...] = ()
    different: int = 0
    smallest: str | None = None
    largest: str | None = None
    mean: float | None = None
    quartiles: tuple[float, float, float] | None = None
    bins: tuple[Bin, ...] = ()
    top: tuple[Counted, ...] = ()
    patterns: tuple[Counted, ...] = ()
    pattern_count: int = 0
    shortest: int | None = None
    longest: int | None = None
    remarks: tuple[Remark, ...] = ()

    def remark(self, kind: Kind) -> Remark | None:
        """The remark of that kind, if there is one."""
        return next((r for r in self.remarks if r.kind == kind), None)


class Profile(BaseModel):
    """All columns of a table, in its order."""

    model_config = ConfigDict(frozen=True)

    rows: int
    columns: tuple[ColumnProfile, ...]

    def column(self, name: str) -> ColumnProfile:
        """The column of that name; KeyError if there is none."""
        for found in self.columns:
            if found.name == name:
                return found
        raise KeyError(name)


class Kept(Protocol):
    """Where profiles of columns are kept under the digest of their content."""

    def get(self, key: str) -> ColumnProfile | None:
        """The profile kept under the key, if any."""

    def put(self, key: str, made: ColumnProfile) -> None:
        """Keep a profile under the key."""


def profile(table: pd.DataFrame, kept: Kept | None = None) -> Profile:
    """The profile of every column, over all rows. What is in ``kept`` by content is not worked out again."""

    def one(name: str) -> ColumnProfile:
        values = arrow(table[name])
        if kept is None:
            return profile_column(values).model_copy(update={"name": name})
        key = digest("column", profiler(), str(values.type), len(values), column_hash(values))
        if (found := kept.get(key)) is None:
            kept.put(key, found := profile_column(values))
        return found.model_copy(update={"name": name})

    return Profile(rows=len(table), columns=tuple(side_by_side(one, table.columns)))


def profile_column(values: pa.ChunkedArray) -> ColumnProfile:
    """The profile of one column, without its name."""
    if is_text(values.type):
        return _text(values)
    made = _numbers(values) if is_number(values.type) else _dates(values) if is_date(values.type) else _yes_no(values)
    return made.model_copy(update={"remarks": (*_remarks(made), *made.remarks)})


def type_name(of: pa.DataType) -> TypeName:
    """The name of a column's type, as in Change column types."""
    if is_text(of):
        return "text"
    if pa.types.is_boolean(of):
        return "yes_no"
    if is_date(of):
        return "date" if pa.types.is_date(of) else "datetime"
    return "integer" if pa.types.is_integer(of) else "exact" if pa.types.is_decimal(of) else "number"


def _text(values: pa.ChunkedArray) -> ColumnProfile:
    coded = values.combine_chunks().dictionary_encode()
    words: pa.Array = coded.dictionary
    counts = np.bincount(coded.indices.drop_null().to_numpy(), minlength=len(words))
    trimmed = pc.utf8_trim(words, SPACES)
    is_blank = _flags(pc.equal(pc.binary_length(trimmed), 0))
    blank = int(counts[is_blank].sum())
    if is_blank.any():
        filled = pa.array(~is_blank)
        words, trimmed, counts = words.filter(filled), trimmed.filter(filled), counts[~is_blank]
    proposal = propose_column("", values)
    proposed = proposal.proposed if proposal and proposal.proposed != "text" else None
    bad = proposal.exceptions if proposal and proposed else 0
    lengths = pc.utf8_length(words)
    ends = pc.min_max(words).as_py()
    patterns, pattern_count = _patterns(words, counts)
    made = ColumnProfile(
        type="text",
        proposed=proposed,
        rows=len(values),
        valid=len(values) - values.null_count - blank - bad,
        missing=values.null_count,
        blank=blank,
        problems=bad,
        problem_values=tuple(Counted(value=v[:CUT], count=n) for v, n in proposal.examples) if proposal and proposed else (),
        different=len(words),
        smallest=_cut(ends["min"]),
        largest=_cut(ends["max"]),
        top=_top(words, counts),
        patterns=patterns,
        pattern_count=pattern_count,
        shortest=pc.min(lengths).as_py(),
        longest=pc.max(lengths).as_py(),
    )
    said = [Remark(kind="almost" if proposed else "id", count=proposal.exceptions, text=proposal.evidence)] if proposal else []
    said = [] if proposal and proposal.confident else said
    return made.model_copy(update={"remarks": (*_remarks(made), *said, *_text_remarks(words, trimmed, counts, proposed))})


def _patterns(words: pa.Array, counts: np.ndarray) -> tuple[tuple[Counted, ...], int]:
    """The commonest shapes of the values, and how many shapes there are."""
    coded = shapes(words).dictionary_encode()
    summed = np.bincount(coded.indices.to_numpy(), weights=counts, minlength=len(coded.dictionary)).astype("int64")
    return _top(coded.dictionary, summed), len(summed)


def _top(words: pa.Array, counts: np.ndarray) -> tuple[Counted, ...]:
    """The commonest, the first met first among equals."""
    if len(counts) > 100 * TOP:  # the few that can be among them, in their order
        least = np.partition(counts, len(counts) - TOP)[len(counts) - TOP]
        at = np.concatenate([np.flatnonzero(counts > least), np.flatnonzero(counts == least)[:TOP]])
        at = at[np.lexsort((at, -counts[at]))][:TOP]
    else:
        at = np.argsort(-counts, kind="stable")[:TOP]
    values = words.take(pa.array(at)).to_pylist()
    return tuple(Counted(value=v if len(v) <= CUT else v[: CUT - 1] + "…", count=int(n)) for v, n in zip(values, counts[at], strict=True))


def _cut(value: str | None) -> str | None:
    return value if value is None or len(value) <= CUT else value[: CUT - 1] + "…"


@np.errstate(over="ignore", invalid="ignore")  # a mean or a range past the largest double is left out
def _numbers(values: pa.ChunkedArray) -> ColumnProfile:
    base = _base(values)
    if base.valid == 0:
        return base
    doubles = values.cast(pa.float64(), safe=False)
    found = doubles.drop_null().to_numpy()
    low, middle, high = (float(q) for q in np.quantile(found, [0.25, 0.5, 0.75]))
    far = int(((found < low - FAR * (high - low)) | (found > high + FAR * (high - low))).sum()) if len(found) >= 8 and high > low else 0
    said = f"{_count(far, 'value is', 'values are')} far from the rest: below {_short(low - FAR * (high - low))} or above "
    said += f"{_short(high + FAR * (high - low))}."
    few = base.different <= FEW
    return base.model_copy(
        update={
            "mean": _finite(found.mean()),
            "quartiles": (low, middle, high),
            "bins": () if few else _bins(found, base.type == "integer"),
            "remarks": (Remark(kind="far", count=far, text=said),) if far and not few else (),
        }
    )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _bins(found: np.ndarray, whole: bool) -> tuple[Bin, ...]:
    """Ranges of equal width between round numbers."""
    edges = nice_edges(float(found.min()), float(found.max()), BINS, whole)
    counts = np.histogram(found, edges)[0]
    return tuple(Bin(low=_short(a), high=_short(b), count=int(n)) for a, b, n in zip(edges, edges[1:], counts, strict=False))


def nice_edges(low: float, high: float, most: int, whole: bool = False) -> np.ndarray:
    """Up to ``most`` + 1 edges at multiples of 1, 2 or 5 times a power of ten, around both ends."""
    if high / 2 - low / 2 > 1e307:  # their distance is more than a double holds
        return np.array([low, 0.0, high])
    span = max(high - low, 1e-300)
    if span / max(abs(low), abs(high), 1e-300) < 1e-9:
        return np.linspace(low, high if high > low else low + 1, 2)
    power = 10.0 ** np.floor(np.log10(span / most))
    for width in (power * m for m in (1, 2, 5, 10, 20, 50, 100)):
        if whole and width < 1:
            continue
        first, last = np.floor(low / width), np.ceil(high / width)
        last += last == first
        if last - first <= most:
            return np.arange(first, last + 1) * width
    return np.linspace(low, high, most + 1)


def _short(value: float) -> str:
    return f"{value:.12g}"


def _dates(values: pa.ChunkedArray) -> ColumnProfile:
    base = _base(values)
    if base.valid == 0 or base.different <= FEW:
        return base
    days = values.cast(pa.timestamp("us", getattr(values.type, "tz", None))).drop_null().cast(pa.int64()).to_numpy()
    edges = np.unique(np.linspace(int(days.min()), int(days.max()), BINS + 1).astype("int64"))
    counts = np.histogram(days, edges)[0]
    of = pa.timestamp("us", getattr(values.type, "tz", None))
    marks = texts(pa.chunked_array([pa.array(edges, pa.int64()).cast(of)]))
    said = [t[:10] if pa.types.is_date(values.type) else t[:16] for t in marks.to_pylist()]
    return base.model_copy(
        update={"bins": tuple(Bin(low=a, high=b, count=int(n)) for a, b, n in zip(said, said[1:], counts, strict=False))}
    )


def _yes_no(values: pa.ChunkedArray) -> ColumnProfile:
    return _base(values)


def _base(values: pa.ChunkedArray) -> ColumnProfile:
    """What is told of every column that holds no text."""
    filled = values.drop_null()
    ends = texts(pa.chunked_array([pa.array([pc.min(filled).as_py(), pc.max(filled).as_py()], values.type)])).to_pylist()
    counted = pc.value_counts(filled)
    counts = counted.field(1).to_numpy()
    return ColumnProfile(
        type=type_name(values.type),
        rows=len(values),
        valid=len(filled),
        missing=values.null_count,
        different=len(counts),
        smallest=ends[0],
        largest=ends[1],
        top=_top_values(counted.field(0), counts),
    )


def _top_values(values: pa.Array, counts: np.ndarray) -> tuple[Counted, ...]:
    if not len(counts) or counts.max() == 1:  # all different: none is commoner
        return ()
    at = np.argsort(-counts, kind="stable")[:TOP]
    said = texts(pa.chunked_array([values.take(pa.array(at))])).to_pylist()
    return tuple(Counted(value=v, count=int(n)) for v, n in zip(said, counts[at], strict=True))


def _remarks(made: ColumnProfile) -> list[Remark]:
    """What the counts alone tell."""
    filled = made.valid + made.problems
    if not filled:
        return [Remark(kind="empty", count=made.rows, text="No value at all.")] if made.rows else []
    if made.different == 1 and made.rows > 1:
        rest = "" if filled == made.rows else f", in {_count(filled, 'row', 'rows')} of {made.rows:,}"
        return [Remark(kind="constant", count=filled, text=f"Only one value{rest}: {made.smallest}.")]
    if made.different == made.rows > 1 and made.type in ("text", "integer"):
        return [Remark(kind="key", count=made.rows, text="Every value is there and different: it can be a key.")]
    again = filled - made.different
    if made.type in ("text", "integer") and filled >= 50 and filled == made.rows and again <= made.rows // 50:
        said = "1 value repeats one above it" if again == 1 else f"{again:,} values repeat one above them"
        return [Remark(kind="nearly_key", count=again, text=f"Nearly every value is different; {said}.")]
    return []


def _text_remarks(words: pa.Array, trimmed: pa.Array, counts: np.ndarray, proposed: str | None) -> list[Remark]:
    """What the texts tell; each different text is looked at once."""

    def sum_of(mask: pa.Array) -> int:
        return int(counts[_flags(mask)].sum())

    plain = pc.utf8_lower(trimmed)
    found: list[tuple[Kind, int, str]] = [
        ("edge_spaces", sum_of(pc.not_equal(words, trimmed)), "{n} with spaces at the ends."),
        ("inner_spaces", sum_of(pc.match_substring_regex(trimmed, r"[\s\x{A0}]{2,}")), "{n} with doubled spaces inside."),
        ("hidden", sum_of(pc.match_substring_regex(words, HIDDEN)), "{n} with invisible signs."),
        ("broken", sum_of(pc.match_substring_regex(words, BROKEN)), '{n} with broken characters, such as "Ã¼" for "ü".'),
    ]
    missing = _flags(pc.is_in(plain, pa.array(COMMON, LARGE)))
    if missing.any():
        named = ", ".join(f"{w} ({n:,})" for w, n in zip(trimmed.filter(pa.array(missing)).to_pylist()[:3], counts[missing], strict=False))
        found.append(("missing_words", int(counts[missing].sum()), f"{{n}} may mean that there is no value: {named}."))
    if proposed is None and (mixed := _mixed(trimmed, counts)):
        found.append(("mixed", mixed, f"Mixed: {mixed:,} values look like numbers, {int(counts.sum()) - mixed:,} do not."))
    if 1 < len(words) <= CATEGORIES and (alike := _alike(plain, counts)):
        found.append(("spellings", alike, "{n} written like another one, but for capitals or spaces."))
    return [Remark(kind=k, count=n, text=t.replace("{n}", _count(n, "value", "values"))) for k, n, t in found if n]


def _mixed(trimmed: pa.Array, counts: np.ndarray) -> int:
    """How many values look like numbers, if that is neither nearly none nor nearly all."""
    number = int(counts[_flags(pc.match_substring_regex(trimmed, NUMBER))].sum())
    return number if 0.1 * counts.sum() <= number <= 0.9 * counts.sum() else 0


def _alike(plain: pa.Array, counts: np.ndarray) -> int:
    """How many values are not the commonest of those that are written alike."""
    coded = pc.replace_substring_regex(plain, r"[\s\x{A0}]+", " ").dictionary_encode()
    if len(coded.dictionary) == len(plain):
        return 0
    codes = coded.indices.to_numpy()
    most = np.zeros(len(coded.dictionary), "int64")
    np.maximum.at(most, codes, counts)
    return int(counts.sum() - most.sum())


def _flags(mask: pa.Array) -> np.ndarray:
    return mask.to_numpy(zero_copy_only=False)


def _count(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def in_words(made: ColumnProfile) -> str:
    """A column in one line of text, for those who do not see the chart."""
    parts = [SHOWN[made.type] if made.proposed is None else f"text, nearly all {SHOWN[made.proposed]}", f"{made.valid:,} valid"]
    parts += _unless_none([(made.missing, "missing"), (made.blank, "blank"), (made.problems, "with a problem")])
    parts.append(_count(made.different, "different value", "different values"))
    if made.smallest is not None and made.type != "text":
        parts.append(f"from {made.smallest} to {made.largest}")
    if made.top and made.top[0].count > 1:
        parts.append("most often " + ", ".join(f"{t.value} ({t.count:,})" for t in made.top[:3]))
    return "; ".join([*parts, *(r.text.rstrip(".") for r in made.remarks)])


def _unless_none(counted: Iterable[tuple[int, str]]) -> list[str]:
    return [f"{n:,} {what}" for n, what in counted if n]


__all__ = [
    "Bin", "ColumnProfile", "Counted", "Kept", "Kind", "Profile", "Remark", "in_words", "nice_edges", "profile", "profile_column",
    "type_name",
]  # fmt: skip
