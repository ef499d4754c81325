"""Text as spellings are compared: without capitals, punctuation and accents."""

import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import ascii_only

LARGE = pa.large_string()
SIGNS = r"[\p{Sk}ʼ™®©℠]"  # go before the compatible forms are taken: ´ would become a space, ™ the letters TM
PUNCTUATION = r"[\x00-\x08\x0E-\x1F\x7F-\x{84}\x{86}-\x{9F}\p{Cf}\p{P}$+<=>^`|~]"
# Letters that have no accent to lose, as they are written with plain ones.
PLAIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ŀ": "l", "ħ": "h", "ı": "i", "ĸ": "k", "ŋ": "n",
    "ŧ": "t", "ſ": "s", "ƿ": "w", "ς": "σ", "ё": "е",
}  # fmt: skip
MARKS_ABOVE = range(0x300, 0x370)  # accents as signs of their own


def _table() -> dict[int, str | None]:
    """Western and Greek letters to those without accents. In other scripts the marks make another letter."""
    found: dict[int, str | None] = {}
    for at in (*range(0xC0, 0x250), *range(0x370, 0x400), *range(0x1E00, 0x2000)):
        parts = unicodedata.normalize("NFD", chr(at))
        base = "".join(c for c in parts if not unicodedata.combining(c))
        if len(parts) > 1 and base:
            found[at] = base
    return {**found, **{ord(c): written for c, written in PLAIN.items()}, **dict.fromkeys(MARKS_ABOVE)}


FOLDED = _table()


def plain(values: pa.LargeStringArray, german: bool = False) -> pa.LargeStringArray:
    """The values in lower case, without punctuation, control signs and accents; with ``german`` ä, ö and ü are ae, oe and ue, too.

    White space stays as it is. Source of the order of the operations: OpenRefine, Clustering methods in-depth, Fingerprint.
    """
    if ascii_only(pa.chunked_array([values])):
        made = pc.replace_substring_regex(pc.ascii_lower(values), PUNCTUATION, "")
    else:
        made = pc.utf8_normalize(pc.replace_substring_regex(values, SIGNS, ""), "NFKC")
        made = pc.replace_substring_regex(pc.utf8_lower(made), PUNCTUATION, "")
        odd = pc.invert(pc.string_is_ascii(made))
        folded = [text.translate(FOLDED) for text in made.filter(odd).to_pylist()]
        made = pc.replace_with_mask(made, odd, pa.array(folded, LARGE))
    return pc.replace_substring_regex(made, "([aou])e", r"\1") if german else made


# What makes another value of it, although no key tells it apart: numbers (1.5 is not 15), a minus before one, A+ and A-,
# C and C#, and signs of units and comparisons.
TELLING = re.compile(r"\d+|(?<!\S)[-\u2212](?=\d)|\b[^\W\d_]{1,3}[+\-\u2212]+(?!\w)|(?<=\w)#(?!\w)|[<>=≤≥±%‰°$€£¥]")


def numbers_in(text: str) -> str:
    """The numbers of a text and the signs that make another value of it, in their order."""
    return " ".join(TELLING.findall(text)).casefold()
