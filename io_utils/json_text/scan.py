"""JSON text to Python values, value by value, with what the standard reading would change or hide.

Source of the format: RFC 8259; NDJSON and JSON Lines for one value a line.
"""

import json
import re
from json.encoder import encode_basestring
from typing import Any

from io_utils.bytes_in import FileBytes
from io_utils.delimited.encoding import LABELS, detect_encodings
from io_utils.errors import ReadError

Value = Any  # what a JSON text holds: dict, list, str, int, Number, Constant, bool or None
SPACE = re.compile(r"[ \t\r\n\x1e]*")  # \x1e begins a text of RFC 7464

HALF = re.compile(r"\\u[dD][89a-fA-F]")  # half a character by its escape; two of them are one
DEEP = "values lie deeper within one another than can be read"


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class Constant(str):
    """NaN, Infinity or -Infinity, which some programs write and JSON does not know."""

    __slots__ = ()


class Broken(Exception):
    """The text is no JSON at a position."""

    def __init__(self, at: int, why: str) -> None:
        super().__init__(why)
        self.at = at
        self.why = why


class Scanner:
    """Reads one value after the other; ``repeated`` takes the values of keys that come again in an object."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.repeated: list[tuple[str, Value]] = []
        self._halves = HALF.search(text) is not None
        hooks: dict[str, Any] = {"parse_float": Number, "parse_constant": Constant, "object_pairs_hook": self._object, "strict": False}
        self._scan = json.JSONDecoder(**hooks).scan_once  # type: ignore[attr-defined]  # what raw_decode calls
        self._slow = json.JSONDecoder(**hooks, parse_int=Number).scan_once  # type: ignore[attr-defined]

    def value(self, at: int) -> tuple[Value, int]:
        """The value that begins at a position, and where it ends. Raises Broken."""
        try:
            return self._scan(self.text, at)
        except StopIteration as error:
            raise Broken(error.value, self._why(error.value)) from error
        except json.JSONDecodeError as error:
            raise Broken(error.pos, self._why(error.pos, error.msg)) from error
        except RecursionError as error:
            raise Broken(at, DEEP) from error
        except ValueError:  # a whole number of more digits than Python takes at once
            return self._slow(self.text, at)

    def skip(self, at: int) -> int:
        """The position of the next sign that is no space."""
        return SPACE.match(self.text, at).end()  # type: ignore[union-attr]  # it matches nothing, too

    def _object(self, pairs: list[tuple[str, Value]]) -> dict[str, Value]:
        if self._halves:
            pairs = [(whole_characters(key), value) for key, value in pairs]
        found = dict(pairs)
        if len(found) != len(pairs):
            found = {}
            for key, value in pairs:
                if key in found:
                    self.repeated.append((key, found[key]))
                found[key] = value
        return found

    def _why(self, at: int, message: str = "") -> str:
        if message.startswith("Unterminated string"):
            return "a text begins here that has no end"
        if at >= len(self.text) or not self.text[at:].strip():
            return "the file ends in the middle of a value; it seems to be cut off"
        if message.startswith("Invalid \\"):
            return "a backslash is followed by a sign that has no meaning there"
        return f'"{self.text[at : at + 20].splitlines()[0]}" does not belong here'


def place(text: str, at: int) -> str:
    """A position as line and character, both from 1."""
    line = text.count("\n", 0, at) + 1
    return f"line {line:,}, character {at - text.rfind(chr(10), 0, at):,}"


def refusal(name: str, text: str, broken: Broken) -> ReadError:
    """What to say of a file that is no JSON at some place."""
    where = f"{name}, {place(text, broken.at)}"
    if broken.why == DEEP:
        return ReadError(f"{where}: {DEEP}. Load a simpler file.")
    return ReadError(f"{where}: this is no valid JSON: {broken.why}. Get or export the file again, or correct it there.")


def json_encoding(file: FileBytes) -> tuple[str, str, bool]:
    """The encoding of a JSON file, why, and whether all its bytes fit: UTF-8, 16 or 32 by the first bytes, else another one."""
    wide = json.detect_encoding(bytes(file.data[:8]))  # JSON begins with ASCII: where the zeros are tells it
    if wide not in ("utf-8", "utf-8-sig"):
        return wide, f"{LABELS.get(wide, wide)}: told by the first bytes", True
    try:
        bytes(file.data[:]).decode()
    except UnicodeDecodeError:
        pass
    else:
        return wide, LABELS[wide], True
    encoding, _, why = detect_encodings(file)[0]
    return encoding, f"{LABELS.get(encoding, encoding)}: {why}", encoding != "utf-8"


def decoded(file: FileBytes, encoding: str, show: bool) -> tuple[str, int]:
    """The file as text, without a byte order mark, and how many bytes had no meaning and are shown (``\\xe4``).

    Raises ReadError naming the first such byte unless they are to be shown.
    """
    data = bytes(file.data[:])
    try:
        return data.decode(encoding).removeprefix("\ufeff"), 0
    except UnicodeDecodeError as error:
        if show:
            bad = data.decode(encoding, "replace").count("\ufffd") - data.decode(encoding, "ignore").count("\ufffd")
            return data.decode(encoding, "backslashreplace").replace("\\x", "\\\\x").removeprefix("\ufeff"), max(bad, 1)
        line = data.count(b"\n", 0, error.start) + 1
        raise ReadError(
            f"{file.name}, line {line:,}: byte {error.start + 1:,} (0x{data[error.start]:02X}) is not valid in "
            f"{LABELS.get(encoding, encoding)}. Choose the encoding the file was written in."
        ) from error
    except LookupError as error:
        raise ReadError(f'{file.name}: "{encoding}" is no encoding. Choose another one.') from error


def written(value: Value) -> str:
    """A value as JSON text, its numbers as they were written."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Number() | Constant():
            return str(value)
        case str():
            return encode_basestring(value)
        case int():
            return str(value)
        case dict():
            return "{" + ", ".join(f"{encode_basestring(k)}: {written(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(written(v) for v in value) + "]"


def plain_text(value: Value) -> str:
    """A value as the text of a cell: a text as it is, anything else as JSON."""
    return whole_characters(value if type(value) is str else written(value))


def whole_characters(text: str) -> str:
    """The text; half a character (a lone surrogate, which no file can hold) is shown as it was escaped."""
    return text.encode("utf-8", "backslashreplace").decode()
