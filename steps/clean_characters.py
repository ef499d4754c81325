"""Repair the characters of text."""

import html
import re
import unicodedata
from collections.abc import Callable
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, JsonValue

from steps.arrow import by_value, flags, per_unique, text_bytes
from steps.base import Columns
from steps.new_columns import ending, replacing
from steps.text_step import TextStep

LARGE = pa.large_string()
QUOTES = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "‹": "'", "›": "'", "′": "'",
    "″": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...",
}  # fmt: skip
PLAIN = {ord(sign): plain for sign, plain in QUOTES.items()}
# Signs without width or meaning in a table: control signs but tab and line breaks, soft hyphen, joiners, direction marks.
INVISIBLE = (
    r"[\x{00}-\x{08}\x{0B}\x{0C}\x{0E}-\x{1F}\x{7F}-\x{84}\x{86}-\x{9F}\x{AD}\x{200B}-\x{200F}\x{202A}-\x{202E}"
    r"\x{2060}-\x{2064}\x{2066}-\x{206F}\x{FEFF}]"
)
LETTERS = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i",
}  # fmt: skip
# Signs that neither join with the one before them nor lie between it and its marks: no marks, no parts of syllables.
ALONE = re.compile(
    "[\u0080-\u02ff\u0370-\u0482\u048a-\u058f\u1e00-\u200a\u2010-\u2027\u202f-\u205e\u2070-\u20cf\u2100-\u2bff"
    "\u3000-\u3029\u3030-\u3098\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]*"
)
MOST = 20  # passes over the column
REMOVE = {
    "nothing": "", "letters": r"[\pL\pM]", "digits": r"\p{Nd}", "punctuation": r"[\pP\pS]", "not_letters": r"[^\pL\pM\s\p{Z}]",
    "not_digits": r"[^\p{Nd}]", "not_letters_digits": r"[^\pL\pM\p{Nd}\s\p{Z}]",
}  # fmt: skip
REMOVE_LABELS: dict[str, JsonValue] = {
    "nothing": "Nothing", "letters": "Letters", "digits": "Digits", "punctuation": "Punctuation and symbols",
    "not_letters": "All but letters and spaces", "not_digits": "All but digits", "not_letters_digits": "All but letters, digits and spaces",
}  # fmt: skip


class CleanCharacters(TextStep):
    """Each chosen text column with its characters repaired; the others untouched. Missing values stay missing.

    In this order: text read in the wrong encoding is read again where that gives it back exactly ("MÃ¼ller" becomes
    "Müller"), HTML signs ("&amp;") become what they mean, typographic quotes and dashes plain ones, letters their composed
    form, invisible signs go, accents go, and what ``remove`` names goes. Text that is then empty stays empty text. A column
    that does not change stays the same memory.

    Raises StepError if a column is absent or holds no text.
    """

    name = "clean_characters"
    label = "Repair characters"
    help = 'Accents, smart quotes, invisible signs, "MÃ¼ller" → "Müller".'
    group = "Text"
    words = ("mojibake", "encoding", "unicode", "accents", "diacritics", "quotes", "html", "umlaut", "ascii", "normalize")

    columns: Columns = Field(Columns(kind="text"), title="Columns", description="The text columns to repair.")
    mojibake: bool = Field(True, title="Repair text read in the wrong encoding", description='"MÃ¼ller" becomes "Müller".')
    invisible: bool = Field(True, title="Remove invisible signs", description="Control signs, zero-width spaces, direction marks.")
    quotes: bool = Field(False, title="Plain quotes and dashes", description="“ ” ‘ ’ – … become \" \" ' ' - ... .")
    accents: bool = Field(False, title="Remove accents", description='"Zoë" becomes "Zoe", "ß" becomes "ss".')
    unescape: bool = Field(False, title="Read HTML signs", description='"&amp;" becomes "&".')
    form: Literal["nfc", "nfkc", "none"] = Field(
        "nfc",
        title="Unicode form",
        description="Letters with marks written as one sign.",
        json_schema_extra={
            "labels": {"nfc": "Composed (NFC)", "nfkc": "Composed, ½ → 1⁄2, ﬁ → fi (NFKC)", "none": "As it is"},
            "more": True,
        },
    )
    remove: Literal["nothing", "letters", "digits", "punctuation", "not_letters", "not_digits", "not_letters_digits"] = Field(
        "nothing", title="Take out", description="Signs of this kind.", json_schema_extra={"labels": REMOVE_LABELS, "more": True}
    )
    suffix: str = ending()
    overwrite: bool = replacing()

    def describe(self) -> str:
        """What is repaired, in words."""
        said = {"mojibake": "wrongly read text", "unescape": "HTML signs", "quotes": "quotes and dashes", "invisible": "invisible signs"}
        done = [words for field, words in said.items() if getattr(self, field)]
        done += ["accents"] if self.accents else []
        repaired = f"Repair {', '.join(done) or 'the Unicode form'} in {self.columns.describe()}"
        return repaired + (f"; take out {str(REMOVE_LABELS[self.remove]).lower()}" if self.remove != "nothing" else "")

    def changed(self, values: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """The text repaired."""
        after = by_value(values, self._all)
        return None if after.equals(values) else after

    def _all(self, given: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        values = given.combine_chunks() if isinstance(given, pa.ChunkedArray) else given
        if self.mojibake:
            values = _where(values, r"[À-ô][\x{80}-\x{BF}Œœ-žŸƒˆ˜–-›€™]", _read_again)
        if self.unescape:
            values = _where(values, r"&#?[0-9A-Za-z]+;", html.unescape)
        if self.quotes:
            values = _where(values, f"[{''.join(QUOTES)}]", lambda v: v.translate(PLAIN))
        if self.form != "none":
            values = _each_sign(values, _composed if self.form == "nfc" else _compatible)
        if self.invisible:
            values = pc.replace_substring_regex(values, INVISIBLE, "") if _has(values, INVISIBLE) else values
        if self.accents:
            values = _each_sign(values, _plain)
        if self.remove != "nothing":
            values = pc.replace_substring_regex(values, REMOVE[self.remove], "")
        return pa.chunked_array([values]) if isinstance(given, pa.ChunkedArray) else values


def _has(values: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern), min_count=0).as_py())


def _where(values: pa.Array, pattern: str, function: Callable[[str], str]) -> pa.Array:
    """A Python function on the values in which the pattern is found, each different one once."""
    found = pc.fill_null(pc.match_substring_regex(values, pattern), False)
    if not flags(found).any():
        return values
    return pc.replace_with_mask(values, found, per_unique(pa.chunked_array([values.filter(found)]), function, LARGE))


def _each_sign(values: pa.Array, function: Callable[[str], str]) -> pa.Array:
    """As ``_where`` for signs beyond ASCII; one sign after the other in all values, if few differ and none acts on its neighbours."""
    signs = _signs(values)
    if ALONE.fullmatch(signs):
        changed = [(sign, made) for sign in signs if (made := function(sign)) != sign]
        if len(changed) <= MOST and not any(old in new for _, new in changed for old, _ in changed):
            for sign, made in changed:
                values = pc.replace_substring(values, sign, made)
            return values
    return _where(values, r"[^\x00-\x7F]", function)


def _signs(values: pa.Array) -> str:
    """The different signs beyond ASCII, each once."""
    found: set[str] = set()
    for part in text_bytes(pa.chunked_array([values])):
        text = part[part > 127].tobytes().decode()  # the bytes of a sign stand together
        found.update(map(chr, np.unique(np.frombuffer(text.encode("utf-32-le"), "<u4")).tolist()))
    return "".join(sorted(found))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _read_again(text: str) -> str:
    """UTF-8 that was read as Windows-1252, read right; as often as it was read wrong. Other text as it is."""
    for _ in range(3):
        try:
            again = b"".join(_byte(sign) for sign in text).decode("utf-8")
        except UnicodeError:
            return text
        if again == text:
            return text
        text = again
    return text


def _byte(sign: str) -> bytes:
    try:
        return sign.encode("cp1252")
    except UnicodeEncodeError:
        return sign.encode("latin-1")  # the five bytes that Windows-1252 leaves open


def _plain(text: str) -> str:
    """Latin letters without their marks; other scripts keep theirs."""
    made, latin = [], False
    for sign in unicodedata.normalize("NFD", text):
        if unicodedata.combining(sign):
            made.append("" if latin else sign)
        else:
            latin = "LATIN" in unicodedata.name(sign, "")
            made.append(LETTERS.get(sign, sign))
    return unicodedata.normalize("NFC", "".join(made))
