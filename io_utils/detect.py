"""What a file is and how it is to be read, found from its content."""

from itertools import islice
from pathlib import Path

from io_utils.blocks import find_tables
from io_utils.bytes_in import FileBytes, open_bytes
from io_utils.csv_own import records
from io_utils.dialect import SEP, Guess, find_dialects
from io_utils.encoding import LABELS, SAMPLE, detect_encodings, wide_encoding
from io_utils.errors import PasswordNeeded, ReadError
from io_utils.header import find_header
from io_utils.mojibake import is_mojibake
from io_utils.options import ReadOptions
from io_utils.xlsx_read import detect_xlsx

SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF87a", "a picture (GIF)"),
    (b"GIF89a", "a picture (GIF)"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7-Zip)"),
    (b"Rar!\x1a\x07", "a compressed file (RAR)"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "an SQLite database"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
SHAPE_RECORDS = 500  # records in which headers and tables are looked for
CONTROL = bytes({*range(32)} - {9, 10, 11, 12, 13, 27})


def detect(source: Path | str | bytes, name: str | None = None) -> list[ReadOptions]:
    """Ways to read the file, best first, each with confidence and evidence. The content outranks the extension.

    Raises ReadError if the file is empty or is no table, PasswordNeeded if a workbook is protected.
    """
    return detect_file(open_bytes(source, name))


def detect_file(file: FileBytes) -> list[ReadOptions]:
    """Ways to read a file already open."""
    head = bytes(file.data[:SAMPLE])
    if head.startswith(ZIP):
        return detect_xlsx(file)
    refuse_other(file, head)
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
    if len(lines) > 1 and len(text) >= SAMPLE // 2:
        lines.pop()  # the sample may end inside it
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


def refuse_other(file: FileBytes, head: bytes) -> None:
    """Raise ReadError for what is no delimited text: pictures, documents, old or protected workbooks, binary."""
    if head.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in bytes(file.data):
            raise PasswordNeeded(
                f"{file.name}: the workbook is protected by a password. Open it in Excel, save a copy without a password, and load that."
            )
        raise ReadError(f"{file.name}: this is an old Excel workbook (.xls). Open it in Excel, save it as .xlsx, and load that.")
    for signature, what in SIGNATURES:
        if head.startswith(signature):
            raise ReadError(f"{file.name}: this is {what}, not a table. Choose a CSV file or an Excel workbook.")
    if Path(file.name).suffix.lower() in (".xlsx", ".xlsm") and b"\x00" in head:
        raise ReadError(f"{file.name}: this is not an Excel workbook, or it is damaged. Save it again in Excel and load that.")
    if not wide_encoding(head) and not head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        odd = len(head) - len(head.translate(None, CONTROL))
        if odd > 4 and odd > len(head) * 0.05:
            raise ReadError(f"{file.name}: this is not a text file. Choose a CSV file or an Excel workbook.")
