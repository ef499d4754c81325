"""Mojibake: UTF-8 that was once read as Windows-1252 and saved again, as in ``MÃ¼nchen`` for ``München``."""

import re


def as_1252(byte: int) -> str:
    """The character that Windows-1252 gives a byte; for the five it leaves open the control character, as browsers do."""
    return bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)


BYTES = {as_1252(b): b for b in range(0x80, 0x100)}
TAIL = "".join(re.escape(as_1252(b)) for b in range(0x80, 0xC0))
BROKEN = re.compile(
    f"[{as_1252(0xC2)}-{as_1252(0xDF)}][{TAIL}]|[{as_1252(0xE0)}-{as_1252(0xEF)}][{TAIL}]{{2}}|[{as_1252(0xF0)}-{as_1252(0xF4)}][{TAIL}]{{3}}"
)
OTHER = re.compile("[^\x00-\x7f]+")


def mended(broken: str) -> str:
    """What one broken character was; itself if it is not valid after all."""
    try:
        return bytes(BYTES[c] for c in broken).decode("utf-8")
    except UnicodeDecodeError:
        return broken


def mend(text: str) -> tuple[str, int]:
    """The text with every broken character set right, and how many there were."""
    return BROKEN.subn(lambda m: mended(m[0]), text)


def is_mojibake(text: str) -> bool:
    """Whether nearly all that is not ASCII in the text is UTF-8 read as Windows-1252."""
    runs = OTHER.findall(text)
    broken = sum(1 for run in runs if BROKEN.sub("", run) == "")
    return broken >= 2 and broken > 0.8 * len(runs)
