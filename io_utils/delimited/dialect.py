"""How delimited text is written: delimiter, quote, escape, spaces and comments, chosen together.

Each dialect that the text could be written in reads a sample; the best gives records of one length whose cells look like
something: numbers, dates, words. Source: van den Burg, Nazábal and Sutton, Wrangling messy CSV files by detecting row and
type patterns (2019): consistency = pattern score x type score. Here a pattern counts by the square of its share, so that a
few damaged records among many do not halve the score.
"""

import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from io_utils.delimited.fixed import find_cuts
from io_utils.delimited.own import Dialect, records

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", " ": "spaces", ":": "colons"}
RARE = {"^": "carets", "~": "tildes", "\x1f": "unit separators", "\x01": "control characters 1", "§": "section signs", "¦": "broken bars"}
TRUST = {" ": 0.75, ":": 0.6, "^": 0.8, "~": 0.8, "§": 0.8, "¦": 0.9}
LOOKED_AT = 100  # records of the sample that each dialect reads
SAMPLE = 1 << 16  # characters
LONG = 500  # characters of a cell that is not looked at more closely
ONE_COLUMN, ONE_KIND = 0.1, 0.6  # scores of no delimiter at all; of whole lines that are each a number, a date or an address
SEP = re.compile(r'\A\ufeff?"?sep=(\\t|[^\r\n"])"?[ \t]*(?=[\r\n])', re.IGNORECASE)

NUMBER = r"[-+(]?\s?[$€£¥]?\s?(?:\d{1,3}(?:[ ,.'’\u00a0]\d{3})+|\d+)(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s?[%€$£¥)]?"
DAY = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4}"
TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?|Z|[-+]\d{2}:?\d{2})?"
ADDRESS = r"https?://[^\s\"<>]+|www\.[^\s\"<>]+|[^\s@,;\"]+@[^\s@,;\"]+\.[A-Za-z]{2,}"
TYPED = re.compile(rf"(?:{NUMBER}|(?:{DAY})(?:[T ]+{TIME})?|{TIME}|{ADDRESS}|[-+]?\.\d+)\Z")
WORDS = re.compile(r"[^\W_][\w .\-'’/&()+%°!?#*@$€£:=ºª№]*\Z|N/A|n/a|-|\?|#\w+|\([\w .\-]+\)|_+\w[\w ]*\Z|[-+]?inf")
PROSE = re.compile(r"[^\t|\"]*\Z")


class Guess(NamedTuple):
    """A dialect, how well it explains the sample (0 to 1), and what was seen."""

    dialect: Dialect
    score: float
    evidence: tuple[str, ...]


def find_dialects(text: str, name: str) -> list[Guess]:
    """Dialects that may be right, best first, at most one a delimiter."""
    cut = len(text) > SAMPLE
    text = text[:SAMPLE]
    said = SEP.match(text)
    if said:
        delimiter = "\t" if said[1] == "\\t" else said[1]
        text = text[said.end() :].lstrip("\r\n")
        best = max((judged(text, d, cut) for d in variants(text, delimiter)), key=lambda g: g.score)
        return [best._replace(score=1.0, evidence=(f"The first line says that the delimiter is {delimiter!r}.", *best.evidence))]
    hint = "\t" if Path(name).suffix.lower() in (".tsv", ".tab") else ""
    found = []
    for delimiter in [d for d in (*DELIMITERS, *RARE) if d in text]:
        best = max((judged(text, d, cut) for d in variants(text, delimiter)), key=lambda g: g.score)
        trust = TRUST.get(delimiter, 1.0) * (1.05 if delimiter == hint else 1.0)
        if best.score > 0:
            found.append(best._replace(score=min(1.0, best.score * trust)))
    found.append(one_column(text, hint or ","))
    fixed = fixed_width(text)
    if fixed:
        found.append(fixed)
    found.sort(key=lambda g: -g.score)
    return [with_comment(text, found[0]), *found[1:]]


def variants(text: str, delimiter: str) -> list[Dialect]:
    """The dialects with this delimiter that the sample has signs of."""
    d = re.escape(delimiter)
    quotes = ['"']
    if re.search(rf"(?:^|{d}) ?'", text, re.MULTILINE) and re.search(rf"' ?(?:{d}|[\r\n]|\Z)", text):
        quotes.append("'")
    spaces = [False]
    if delimiter not in " \t" and 2 < text.count(delimiter) <= 1.1 * text.count(delimiter + " "):
        spaces = [True]
    elif delimiter not in " \t" and re.search(rf"{d} +[\"'][^\"'\r\n]*{d}", text):
        spaces = [False, True]
    found = []
    for quote in quotes:
        escapes = ["", "\\"] if re.search(rf"\\(?:{quote}|{d})", text) else [""]
        found += [Dialect(delimiter, quote, escape, space) for escape in escapes for space in spaces]
    return found


def sample_of(text: str, dialect: Dialect, cut: bool) -> list[list[str | None]]:
    """The cells of the first records that are not blank; the last is left out if the sample may end inside it."""
    found = [r for r in islice(records(text, dialect), 3 * LOOKED_AT) if text[r.start : r.end].strip()]
    if cut and len(found) > 1 and found[-1].end >= len(text) - 2:
        found.pop()
    return [r.cells for r in found[:LOOKED_AT] if r.cells]


def judged(text: str, dialect: Dialect, cut: bool) -> Guess:
    """How well a dialect explains the sample."""
    rows = sample_of(text, dialect, cut)
    counts = Counter(map(len, rows))
    if not rows or max(counts) == 1:
        return Guess(dialect, 0.0, ())
    pattern = sum((n / len(rows)) ** 2 * (width - 1) / width for width, n in counts.items())
    cells = [c for row in rows if len(row) > 1 for c in row]
    kinds = sum(look(c, dialect) for c in cells) / max(len(cells), 1)
    width = max((w for w in counts if w > 1), key=lambda w: (counts[w], w))
    spare = 0.9 if dialect.skip_space and text.count(dialect.delimiter) > 1.1 * text.count(dialect.delimiter + " ") else 1.0
    return Guess(dialect, pattern * kinds * spare, (told(counts[width], len(rows), width, dialect), *extras(dialect)))


def told(same: int, rows: int, width: int, dialect: Dialect) -> str:
    """What was seen of the records' lengths."""
    sign = {**DELIMITERS, **RARE}.get(dialect.delimiter, repr(dialect.delimiter))
    return f"{same:,} of {rows:,} rows looked at have {width} cells when split at {sign}."


def extras(dialect: Dialect) -> list[str]:
    """What is unusual about a dialect."""
    return [
        *(["Cells are quoted with apostrophes."] if dialect.quote == "'" else []),
        *(["A backslash stands before quotes or delimiters that are text."] if dialect.escape else []),
        *(["Delimiters are followed by a space, which is left out."] if dialect.skip_space else []),
    ]


def look(cell: str | None, dialect: Dialect) -> float:
    """How much a cell looks like a value of its own (0 to 1)."""
    if cell is None or cell == "":
        return 0.2 if dialect.delimiter == " " else 0.75
    if len(cell) > LONG:
        return 0.6
    if '\\"' in cell or "\\'" in cell:
        return 0.1
    if cell[0] == "'" == cell[-1]:
        return 0.3
    if cell[0] == '"' or cell[-1] == '"':
        return 0.2
    if TYPED.match(cell):
        return 1.0
    bare = cell.strip()
    edge = 0.85 if bare != cell else 1.0
    if not bare:
        return 0.5
    if TYPED.match(bare) or WORDS.match(bare):
        return 0.95 * edge
    inner = re.sub(r"[,;:|](?= )", "", bare)
    if re.search(r"[\t|;]|,(?=\S)", inner):
        return 0.3
    return (0.75 if PROSE.match(bare) else 0.5) * edge


def one_column(text: str, delimiter: str) -> Guess:
    """No delimiter: the lines are the cells."""
    lines = [line for line in islice(text.splitlines(), LOOKED_AT) if line.strip()]
    kind = sum(1 for line in lines[1:] if TYPED.match(line.strip())) / max(len(lines) - 1, 1)
    header = not lines or (not re.search(r"[,;\t|]", lines[0]) and len(lines) > 1)
    score = ONE_KIND if kind > 0.9 and header else ONE_COLUMN
    unused = delimiter if delimiter not in text or score == ONE_COLUMN else next((d for d in "\t|;" if d not in text), delimiter)
    return Guess(Dialect(unused), score, ("No delimiter was found: the file has one column.",))


def fixed_width(text: str) -> Guess | None:
    """Columns of fixed width, if the same positions are blank in all lines."""
    lines = [line for line in islice(text.splitlines(), LOOKED_AT) if line.strip()]
    cuts = find_cuts(lines)
    if not cuts:
        return None
    said = f"In {len(lines):,} lines looked at, {len(cuts)} columns begin at the same places."
    return Guess(Dialect(cuts=cuts), 0.9, (said,))


def with_comment(text: str, guess: Guess) -> Guess:
    """The guess, with the sign that begins comment lines if there are such: lines of another length than the table's."""
    rows = sample_of(text, guess.dialect, cut=False)
    for sign in ("#", "//"):
        marked = [r for r in rows if (r[0] or "").startswith(sign)]
        others = Counter(len(r) for r in rows if not (r[0] or "").startswith(sign))
        if marked and others and all(len(r) != max(others, key=lambda w: others[w]) for r in marked) and max(others) > 1:
            seen = f"{len(marked):,} lines begin with {sign} and are no rows: comments."
            return guess._replace(dialect=guess.dialect._replace(comment=sign), evidence=(*guess.evidence, seen))
    return guess
