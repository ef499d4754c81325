"""Whether a file is JSON, told by its beginning."""

import json
import re
from pathlib import PurePath

from io_utils.bytes_in import FileBytes
from io_utils.json_text.document import Document
from io_utils.json_text.scan import Broken, Scanner

BEGINS = re.compile(r"""[ \t\r\n\x1e]*(?:\{[ \t\r\n]*["}]|\[[ \t\r\n]*(?:[\[{"\]]|-?[0-9]|true|false|null|NaN|-?Infinity))""")
ENDINGS = {".json", ".ndjson", ".jsonl", ".geojson", ".har", ".topojson"}


def is_json(file: FileBytes, head: bytes) -> bool:
    """Whether the file begins as JSON does and goes on so; named so, it may begin with a damaged line."""
    try:
        text = head.decode(json.detect_encoding(head[:8]), "ignore").removeprefix("\ufeff")
    except LookupError:
        return False
    if not BEGINS.match(text):
        return named_json(file) and any(BEGINS.match(line) and Document("", line).one_value() for line in text.splitlines()[1:20])
    scanner = Scanner(text)
    begin = scanner.skip(0)
    try:
        _, end = scanner.value(begin)
    except Broken:  # longer than the sample, cut off or damaged; text that begins so is hardly a row of delimited text
        return named_json(file) or text[begin] == "{" or bool(re.match(r"\[\s*[{\[]", text[begin:]))
    rest = text[end:].lstrip(" \t")
    return named_json(file) or rest == "" or rest[0] in "\r\n\x1e{[" or (rest[0] == "," and rest[1:].lstrip()[:1] in ("{", "["))


def named_json(file: FileBytes) -> bool:
    """Whether the name ends as those of JSON files do."""
    endings = [s.lower() for s in PurePath(file.name).suffixes[-2:]]
    return any(e in ENDINGS for e in endings)
