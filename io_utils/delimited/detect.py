"""How a delimited text is to be read: encoding, dialect, tables and header together, from its beginning."""

from itertools import islice

from io_utils.bytes_in import FileBytes
from io_utils.delimited.blocks import find_tables
from io_utils.delimited.dialect import SEP, Guess, find_dialects
from io_utils.delimited.encoding import LABELS, SAMPLE, detect_encodings
from io_utils.delimited.header import find_header
from io_utils.delimited.mojibake import is_mojibake
from io_utils.delimited.own import records
from io_utils.options import ReadOptions

SHAPE_RECORDS = 500  # records in which headers and tables are looked for


def detect_text(file: FileBytes) -> list[ReadOptions]:
    """Ways to read a text file, best first."""
    head = bytes(file.data[:SAMPLE])
    found = []
    for place, (encoding, sure, why) in enumerate(detect_encodings(file)):
        text = sample(file, head, encoding)
        guesses = find_dialects(text, file.name)
        evidence = (f"{LABELS.get(encoding, encoding)}: {why}",)
        for guess in guesses[: 1 if place else 3]:
            others = [g.score for g in guesses if g is not guess]
            share = 0.5 + 0.5 * guess.score / (guess.score + max(others, default=0.0)) if guess is guesses[0] else 0.5 * guess.score
            for choice in shapes(text, guess, encoding, evidence):
                found.append(choice.model_copy(update={"confidence": round(sure * share * choice.confidence, 3)}))
    if bad_utf8_beside(found):
        found = [o.model_copy(update={"bad_bytes": "show"}) if o.encoding == "utf-8" else o for o in found]
    found = with_mojibake(found, head)
    return [found[0], *sorted(found[1:], key=lambda o: -o.confidence)]


def sample(file: FileBytes, head: bytes, encoding: str) -> str:
    """The beginning of the file as text."""
    size = len(head) // 4 * 4 if "32" in encoding or "16" in encoding else len(head)
    return head[:size].decode(encoding, "ignore").removeprefix("\ufeff")


def shapes(text: str, guess: Guess, encoding: str, evidence: tuple[str, ...]) -> list[ReadOptions]:
    """The options of a dialect: one for each table in the file, the first table first, or one for the file."""
    dialect = guess.dialect
    lines = [r.cells for r in islice(records(text, dialect), SHAPE_RECORDS)]
    if sum(map(bool, lines)) > 1 and len(text) >= SAMPLE // 2:
        lines.pop()  # the sample may end inside it; a header that is as long as the sample is better than none
    lead = sum(1 for cells in lines[:1] if SEP.match(text))
    tables = find_tables(lines)
    found = []
    for number, part in enumerate(tables, 1):
        shape = find_header([[] if i < lead else lines[i] for i in part])
        said = (f"There are {len(tables)} tables in the file; this is table {number}.",) if len(tables) > 1 else ()
        found.append(
            ReadOptions(
                format="csv",
                encoding=encoding,
                delimiter=dialect.delimiter,
                quote=dialect.quote,
                escape="\\" if dialect.escape else "",
                skip_space=dialect.skip_space,
                comment=dialect.comment,
                cuts=dialect.cuts,
                header_row=shape.header + part.start if shape.header else 0,
                header_rows=shape.lines,
                leave_out=("repeated_header", "total", "footer"),
                odd_rows="keep" if dialect.cuts else "split",
                table=number if len(tables) > 1 else 0,
                confidence=(1.0 if number == 1 else 0.4) * (0.7 + 0.3 * shape.sure),
                evidence=(*evidence, *guess.evidence, *shape.evidence, *said),
            )
        )
    return found


def bad_utf8_beside(found: list[ReadOptions]) -> bool:
    """Whether the file is UTF-8 but for some bytes: legacy encodings are offered beside it."""
    return bool(found) and found[0].encoding == "utf-8" and any(o.encoding not in ("utf-8", "utf-8-sig") for o in found)


def with_mojibake(found: list[ReadOptions], head: bytes) -> list[ReadOptions]:
    """The options, and the first of them with mojibake set right if the text is full of it."""
    best = found[0]
    if not is_mojibake(head.decode(best.encoding, "ignore")):
        return found
    said = "Letters look like UTF-8 read as Windows-1252 (Ã¤ for ä): they can be set right."
    best = best.model_copy(update={"evidence": (*best.evidence, said)})
    mended = best.model_copy(update={"mojibake": True, "confidence": round(best.confidence * 0.9, 3)})
    return [best, mended, *found[1:]]
