"""Which encoding a file has: byte order marks, Unicode that is valid, and the legacy encodings as their letters tell."""

import codecs
import re
import unicodedata

import numpy as np

from io_utils.bytes_in import FileBytes, bytes_used
from io_utils.bytes_in import is_utf8 as is_utf8
from io_utils.delimited.charset import judge

SAMPLE = 1 << 16
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
ESCAPED = (("iso2022_jp_2", b"\x1b$"), ("iso2022_kr", b"\x1b$)C"), ("hz", b"~{"))  # 7-bit text that looks like ASCII
LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 little-endian",
    "utf-16-be": "UTF-16 big-endian",
    "utf-32": "UTF-32",
    "utf-32-le": "UTF-32 little-endian",
    "utf-32-be": "UTF-32 big-endian",
    "cp1252": "Western European (Windows-1252)",
    "latin-1": "Western European (ISO 8859-1)",
    "iso8859-15": "Western European (ISO 8859-15)",
    "mac-roman": "Western European (Mac)",
    "cp850": "Western European (DOS 850)",
    "cp437": "Western European (DOS 437)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859-2": "Central European (ISO 8859-2)",
    "cp852": "Central European (DOS 852)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "koi8-u": "Cyrillic (KOI8-U)",
    "iso8859-5": "Cyrillic (ISO 8859-5)",
    "cp866": "Cyrillic (DOS 866)",
    "cp855": "Cyrillic (DOS 855)",
    "mac-cyrillic": "Cyrillic (Mac)",
    "cp1253": "Greek (Windows-1253)",
    "iso8859-7": "Greek (ISO 8859-7)",
    "cp1254": "Turkish (Windows-1254)",
    "iso8859-9": "Turkish (ISO 8859-9)",
    "cp1255": "Hebrew (Windows-1255)",
    "iso8859-8": "Hebrew (ISO 8859-8)",
    "cp1256": "Arabic (Windows-1256)",
    "iso8859-6": "Arabic (ISO 8859-6)",
    "cp1257": "Baltic (Windows-1257)",
    "iso8859-13": "Baltic (ISO 8859-13)",
    "cp1258": "Vietnamese (Windows-1258)",
    "cp874": "Thai (Windows-874)",
    "tis-620": "Thai (TIS-620)",
    "cp932": "Japanese (Shift JIS)",
    "euc-jp": "Japanese (EUC-JP)",
    "iso2022_jp_2": "Japanese (ISO 2022)",
    "gb18030": "Chinese simplified (GB 18030)",
    "hz": "Chinese simplified (HZ)",
    "big5hkscs": "Chinese traditional (Big5)",
    "cp949": "Korean (EUC-KR, Windows-949)",
    "johab": "Korean (Johab)",
    "cp858": "Western European (DOS 858)",
    "cp860": "Portuguese (DOS 860)",
    "cp861": "Icelandic (DOS 861)",
    "cp863": "Canadian French (DOS 863)",
    "cp865": "Nordic (DOS 865)",
    "mac-latin2": "Central European (Mac)",
    "iso8859-16": "Romanian (ISO 8859-16)",
    "iso8859-4": "Baltic (ISO 8859-4)",
    "cp775": "Baltic (DOS 775)",
    "iso8859-10": "Nordic (ISO 8859-10)",
    "cp857": "Turkish (DOS 857)",
    "mac-turkish": "Turkish (Mac)",
    "kz1048": "Kazakh (KZ-1048)",
    "ptcp154": "Kazakh (PT154)",
    "cp737": "Greek (DOS 737)",
    "cp869": "Greek (DOS 869)",
    "mac-greek": "Greek (Mac)",
    "cp862": "Hebrew (DOS 862)",
    "cp864": "Arabic (DOS 864)",
    "cp720": "Arabic (DOS 720)",
    "iso8859-3": "South European (ISO 8859-3)",
    "iso8859-14": "Celtic (ISO 8859-14)",
    "iso2022_kr": "Korean (ISO 2022)",
}
LINE = 2000  # bytes of a line looked at
LINE_END = re.compile(rb"[\r\n]")
SAFE_CUT = re.compile(rb"[ -?]")  # bytes below 0x40 are never part of a character of several bytes
OTHERS = 4  # other legacy encodings offered
Found = tuple[str, float, str]


def detect_encodings(file: FileBytes) -> list[Found]:
    """Encodings the file may have, best first, each with confidence and evidence."""
    head = bytes(file.data[:SAMPLE])
    for mark, name in BOMS:
        if head.startswith(mark):
            return [(name, 1.0, f"The file begins with the byte order mark of {name.removesuffix('-sig').upper()}.")]
    wide = wide_encoding(head)
    if wide:
        return [(wide, 0.9, f"Read as {LABELS[wide]}, the bytes are letters, digits and line ends, zero bytes among them.")]
    if file.utf8:
        if bool(file.array().max(initial=0) < 128):
            return escaped(head) or [("utf-8", 1.0, "Every character is plain ASCII.")]
        return [("utf-8", 0.99, "Every byte sequence is valid UTF-8.")]
    return legacy(file)


def escaped(head: bytes) -> list[Found]:
    """East Asian text written in ASCII with escape sequences."""
    for codec, sign in ESCAPED:
        if sign in head:
            try:
                text = head.decode(codec)
            except UnicodeDecodeError:
                continue
            if not text.isascii():
                return [(codec, 0.95, f"The text changes between alphabets with the signs of {LABELS[codec]}.")]
    return []


def legacy(file: FileBytes) -> list[Found]:
    """Encodings for bytes that are no UTF-8 throughout: those whose letters fit, or UTF-8 with some bytes that do not fit."""
    at = bad_utf8(file)
    said = f"Byte {at + 1:,} (0x{file.data[at]:02X}) is not valid UTF-8"
    sample = telling_part(file)
    used = np.flatnonzero(bytes_used(file.array()))
    ranked = [j for j in judge(sample) if fits(file, j.encoding, used)]
    if not ranked:
        ranked = judge(sample)
    best = ranked[0].score
    found: list[Found] = []
    valid, broken = utf8_share(sample)
    if valid > 4 * broken:
        found.append(("utf-8", 0.8, f"{said}, but {valid:,} other characters are; {broken:,} places in the part looked at are not."))
    for judged in ranked[: OTHERS + 1]:
        sure = max(0.05, min(0.95, 0.6 + 0.3 * judged.score - 1.2 * (best - judged.score))) * (0.5 if found and valid > 4 * broken else 1)
        fit = "read so, the letters follow one another as in words" if judged.score > 0.3 else "no other encoding fits better"
        found.append((judged.encoding, round(sure, 3), f"{said}; {fit}."))
    if not any(name == "latin-1" for name, _, _ in found):
        found.append(("latin-1", 0.02, f"{said}, and every byte has a meaning in ISO 8859-1."))
    return found


def telling_part(file: FileBytes) -> bytes:
    """Lines that hold bytes that are not ASCII, up to SAMPLE bytes of them, from wherever in the file they are."""
    lines: list[bytes] = []
    size = done = 0
    for start in range(0, len(file), 1 << 20):
        high = np.flatnonzero(file.array()[start : start + (1 << 20)] >= 128) + start
        while len(high) and size < SAMPLE:
            line, done = line_around(file, int(high[0]), done)
            lines.append(line)
            size += len(line) + 1
            high = high[np.searchsorted(high, done) :]
        if size >= SAMPLE:
            break
    return b"\n".join(lines)


def line_around(file: FileBytes, at: int, begin: int) -> tuple[bytes, int]:
    """The line that a byte is in, not before ``begin``, cut at LINE bytes where no character can be cut; and where it ends."""
    before = bytes(file.data[max(begin, at - LINE) : at])
    start = at - len(before) + max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
    if start == at - len(before) and start > begin:
        start = at  # what comes before is ASCII, and too long to look at
    after = bytes(file.data[at : at + 2 * LINE])
    found = LINE_END.search(after, 0, LINE) or SAFE_CUT.search(after, LINE)
    end = at + (found.end() if found else len(after))
    return bytes(file.data[start:end]).strip(b"\r\n"), end


def fits(file: FileBytes, encoding: str, used: np.ndarray) -> bool:
    """Whether every byte of the file has a meaning in the encoding; texts of several bytes a character are tried as a whole."""
    try:
        bytes(used.astype("uint8")).decode(encoding)
        return True
    except UnicodeDecodeError:
        return encoding in ("gb18030", "big5hkscs", "cp932", "euc-jp", "cp949", "johab") and first_bad(file, encoding) < 0


def utf8_share(sample: bytes) -> tuple[int, int]:
    """How many characters of several bytes are valid UTF-8, and how many places are not."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(1 for c in text if ord(c) > 127) - broken, broken


def bad_utf8(file: FileBytes) -> int:
    """Where the first byte that is not UTF-8 lies."""
    return first_bad(file, "utf-8")


def first_bad(file: FileBytes, encoding: str) -> int:
    """The position of the first byte that does not fit the encoding, -1 if all fit."""
    decoder = codecs.getincrementaldecoder(encoding)()
    size = 1 << 20
    for start in range(0, len(file), size):
        held = held_bytes(decoder)
        try:
            decoder.decode(file.data[start : start + size], final=start + size >= len(file))
        except UnicodeDecodeError as error:
            return max(start - held + error.start, 0)
        except UnicodeError:
            return start
    return -1


def held_bytes(decoder: codecs.IncrementalDecoder) -> int:
    """How many bytes of the block before the decoder still holds."""
    state = decoder.getstate()[0]
    return len(state) if isinstance(state, bytes) else 0


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, if the bytes make sense in no other way."""
    if b"\0" not in head or len(head) < 4:
        return None
    scored = {codec: sense(head, codec) for codec in WIDE}
    best = max(scored, key=lambda codec: scored[codec])
    return best if scored[best] > 0.9 else None


def sense(head: bytes, codec: str) -> float:
    """The share of characters in use (0 to 1) when read so; 0 without line ends, spaces, digits or separators in ASCII."""
    unit = 4 if "32" in codec else 2
    if len(head) % unit and len(head) < SAMPLE:
        return 0.0
    try:
        text = head[: len(head) // unit * unit].decode(codec, "strict" if unit == 4 else "replace")
    except UnicodeDecodeError:
        return 0.0
    usual = sum(1 for c in text if c < "\x7f" and (c >= " " or c in "\t\r\n"))
    ends = head.count(b"\n") + head.count(b"\r")
    if usual < 0.05 * len(text) or 2 * (text.count("\n") + text.count("\r")) < ends:
        return 0.0
    odd = sum(1 for c in text if unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and c not in "\t\r\n\x0b\x0c") + text.count("\ufffd")
    scripts = {ord(c) >> 8 for c in text if ord(c) > 127}
    return 1 - (odd + 0.5 * max(0, len(scripts) - 80 if len(text) > 500 else 0)) / max(len(text), 1)
