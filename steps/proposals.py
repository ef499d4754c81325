"""What the values of a text column say about its type, with the evidence in words."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from steps.arrow import SPACES, blank
from steps.types import PATTERNS, SHOWN, TypeName, prove

SAMPLE = 500  # values looked at before all are
NEARLY = 0.9  # share of the values that must fit for a suggestion
ID_WIDTH, ID_VALUES = 5, 10  # from so many digits, in so many values of one width, a number looks like an id
MANY = 100_000  # odd values above which only the first so many are searched for examples
LEADING, LONG = r"^-?0[0-9]+$", r"^-?[1-9][0-9]{15,}$"
LEADING_WHY, LONG_WHY = "start with a zero, which a number would lose", "have 16 or more digits, more than a number holds exactly"
ORDER = ("yes_no", "integer", "number", "date", "moment", "utc", "zoned")


class Proposal(BaseModel):
    """A type for a column: the evidence, how many values do not fit it, the commonest of them with their counts.

    ``confident``: every value converts and stays the same value. ``rewritten``: values written otherwise afterwards.
    Where ``proposed`` is "text" the column only looks like numbers, and the evidence says why it stays.
    """

    model_config = ConfigDict(frozen=True)

    column: str
    now: TypeName
    proposed: TypeName
    evidence: str
    exceptions: int = 0
    examples: tuple[tuple[str, int], ...] = ()
    confident: bool = False
    rewritten: int = 0


class _Found(NamedTuple):
    """The values of a column held against a pattern."""

    values: int  # neither missing nor blank
    bad: pa.ChunkedArray  # that do not fit, trimmed
    padded: int  # that fit once trimmed


def propose_column(name: str, values: pa.ChunkedArray) -> Proposal | None:
    """The proposal for a text column, or None if it is plain text."""
    candidate = _candidate(values)
    if candidate is None:
        return None
    if candidate == "digits":
        found = _held(values, "^-?[0-9]+$")
        return _id(name, values, found) if len(found.bad) <= (1 - NEARLY) * found.values else None
    found = _held(values, PATTERNS[candidate])
    if candidate == "integer" and len(found.bad):
        decimal = found.bad.filter(pc.invert(pc.match_substring_regex(found.bad, PATTERNS["number"])))
        if len(decimal) < len(found.bad):
            candidate, found = "number", found._replace(bad=decimal)
    if candidate == "integer" and len(found.bad) and (stays := _id(name, found.bad, found)):
        return stays
    if not found.values or len(found.bad) > (1 - NEARLY) * found.values:
        return None
    return _proposal(name, values, candidate, found)


def _candidate(values: pa.ChunkedArray) -> str | None:
    """The type that at least half of some values spread over the column suggest."""
    some = values.take(pa.array(np.unique(np.linspace(0, max(len(values) - 1, 0), min(SAMPLE, len(values))).astype("int64"))))
    some = some.filter(pc.invert(blank(some)))
    if not len(some):  # mostly missing: the few values there are
        some = values.filter(pc.invert(blank(values)))[:SAMPLE]
    some = pc.utf8_trim(some, SPACES)
    shares = {to: _share(some, PATTERNS[to]) for to in ORDER}
    best = max(shares, key=lambda to: shares[to])  # the first of equals: the narrowest type
    if _share(some, "^-?[0-9]+$") > max(shares[best], 0.5):
        return "digits"
    return best if shares[best] >= 0.5 else None


def _share(values: pa.ChunkedArray, pattern: str) -> float:
    return (pc.sum(pc.match_substring_regex(values, pattern)).as_py() or 0) / max(len(values), 1)


def _held(values: pa.ChunkedArray, pattern: str) -> _Found:
    proof = prove(values, pattern)
    bad = proof.odd.filter(proof.bad)
    blank, fits = (pc.sum(m).as_py() or 0 for m in (proof.odd_blank, proof.odd_fits))
    return _Found(len(values) - values.null_count - blank, bad, fits)


def _id(name: str, odd: pa.ChunkedArray, found: _Found) -> Proposal | None:
    """That the column stays text, if its digits are no quantity: leading zeros, or more than a number holds."""
    for pattern, why in ((LEADING, LEADING_WHY), (LONG, LONG_WHY)):
        such = odd.filter(pc.match_substring_regex(odd, pattern))
        if len(such):
            examples = _examples(such)
            evidence = f"{len(such):,} of {found.values:,} values {why}, e.g. {examples[0][0]}. It looks like an id and stays text."
            return Proposal(column=name, now="text", proposed="text", evidence=evidence, exceptions=len(such), examples=examples)
    return None


def _proposal(name: str, values: pa.ChunkedArray, candidate: str, found: _Found) -> Proposal:
    to: TypeName = "datetime" if candidate in ("moment", "utc", "zoned") else candidate  # type: ignore[assignment]  # a name of ORDER
    bad, rewritten = len(found.bad), found.padded + (_rewritten(values) if candidate == "number" else 0)
    if bad:
        examples = _examples(found.bad)
        listed = ", ".join(f"{value} ({count:,})" for value, count in examples) + (", …" if sum(c for _, c in examples) < bad else "")
        are = "is not" if bad == 1 else "are not"
        evidence = f"{found.values - bad:,} of {found.values:,} values are {SHOWN[to]}; {bad:,} {are}: {listed}"
        return Proposal(column=name, now="text", proposed=to, evidence=evidence, exceptions=bad, examples=examples, rewritten=rewritten)
    evidence = f"All {found.values:,} values are {SHOWN[to]}." if found.values > 1 else f"The only value is one of {SHOWN[to]}."
    evidence += f" {rewritten:,} will be written otherwise, with the same value." if rewritten else ""
    confident = True
    if candidate == "integer" and (width := _width(values, found)):
        confident, evidence = False, f"All {found.values:,} values have {width} digits, like an id or a postcode."
    if candidate == "zoned":
        confident, evidence = False, f"{evidence} Their offsets from UTC would be lost: all are shown in UTC."
    return Proposal(column=name, now="text", proposed=to, evidence=evidence, confident=confident, rewritten=rewritten)


def _width(values: pa.ChunkedArray, found: _Found) -> int:
    """The number of digits if all values have the same and it is long; else 0."""
    if found.padded or found.values < ID_VALUES:
        return 0
    ends = pc.min_max(pc.binary_length(values)).as_py()
    return ends["min"] if ends["min"] == ends["max"] >= ID_WIDTH else 0


def _rewritten(values: pa.ChunkedArray) -> int:
    """Numbers with a zero at the end of their decimals: 12.50 becomes 12.5."""
    return pc.sum(pc.match_substring_regex(values, r"^-?[0-9]+\.[0-9]*0$")).as_py() or 0


def _examples(odd: pa.ChunkedArray) -> tuple[tuple[str, int], ...]:
    """The three commonest values with their counts, the first met first among equals."""
    counts = pc.value_counts(odd[:MANY])
    order = np.argsort(-counts.field("counts").to_numpy(), kind="stable")[:3]
    values = counts.field("values").take(pa.array(order)).to_pylist()
    return tuple((v, pc.sum(pc.equal(odd, v)).as_py()) for v in values)
