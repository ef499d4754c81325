"""What a file is and how it is to be read, found from its content."""

import re
from pathlib import Path

from io_utils.bytes_in import FileBytes, open_bytes
from io_utils.csv_own import records
from io_utils.encoding import LABELS, SAMPLE, detect_encodings, wide_encoding
from io_utils.errors import PasswordNeeded, ReadError
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
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
SAMPLE_RECORDS = 300
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
    for encoding, sure, why in detect_encodings(file):
        text = head.decode(encoding, "ignore").removeprefix("\ufeff")
        for delimiter, score, said in rank_delimiters(text, file.name):
            found.append(
                ReadOptions(
                    format="csv",
                    encoding=encoding,
                    delimiter=delimiter,
                    header_row=first_filled(text),
                    confidence=round(sure * score, 3),
                    evidence=(f"{LABELS.get(encoding, encoding)}: {why}", said),
                )
            )
    return sorted(found, key=lambda o: -o.confidence)


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


def first_filled(text: str) -> int:
    """The number of the first record that is not blank, 1 if there is none."""
    for number, record in enumerate(records(text, "\n", ""), 1):
        if text[record.start : record.end].strip():
            return number
    return 1


def rank_delimiters(text: str, name: str) -> list[tuple[str, float, str]]:
    """Delimiters that split the sample into more than one column, best first, each with a score and what was seen."""
    ranked = [(d, *score_delimiter(text, d)) for d in DELIMITERS]
    hint = "\t" if Path(name).suffix.lower() in (".tsv", ".tab") else None
    found = sorted(((d, min(1.0, s + 0.03 * (d == hint)), said) for d, s, said in ranked if s > 0), key=lambda r: -r[1])
    return found or [(hint or ",", 0.5, "No delimiter was found: the file has one column.")]


def score_delimiter(text: str, delimiter: str) -> tuple[float, str]:
    """How well a delimiter explains the sample (0 to 1): records of equal length, header included, without other delimiters in cells."""
    rows = []
    for record in records(text, delimiter):
        if text[record.start : record.end].strip():
            rows.append(record.cells)
        if len(rows) == SAMPLE_RECORDS:
            break
    if len(rows) > 1 and len(text) >= SAMPLE // 2:
        rows.pop()  # the sample may end inside it
    lengths = [len(cells) for cells in rows]
    counts = {n: lengths.count(n) for n in set(lengths) if n > 1}
    if not counts:
        return 0.0, ""
    width = max(counts, key=lambda n: (counts[n], n))
    same = counts[width] / len(rows)
    others = re.compile("[" + "".join(d for d in ";\t|" if d != delimiter) + "]")
    cells = [c for cells in rows for c in cells if c]
    clean = 1 - 0.5 * sum(1 for c in cells if others.search(c)) / max(len(cells), 1)
    score = same * clean * (1.0 if lengths[0] == width else 0.8) * (0.97 + 0.03 * min(width, 30) / 30)
    return score, f"{counts[width]:,} of {len(rows):,} rows looked at have {width} cells when split at {DELIMITERS[delimiter]}."
