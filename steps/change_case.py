"""Change the case of text."""

import re
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, JsonValue

from steps.arrow import by_value, flags, holds_one_of, in_slices, per_unique, text_bytes
from steps.base import Columns
from steps.new_columns import ending, replacing
from steps.text_step import TextStep

Case = Literal["lower", "upper", "title", "sentence", "casefold"]
LABELS: dict[str, JsonValue] = {
    "lower": "lower case", "upper": "UPPER CASE", "title": "Title Case", "sentence": "Sentence case",
    "casefold": "lower case to compare by",
}  # fmt: skip
LARGE = pa.large_string()
KERNELS = {
    "lower": pc.utf8_lower, "upper": pc.utf8_upper, "title": pc.utf8_title, "sentence": pc.utf8_capitalize, "casefold": pc.utf8_lower,
}  # fmt: skip
ASCII = {"lower": pc.ascii_lower, "upper": pc.ascii_upper, "casefold": pc.ascii_lower}
# Where Arrow's kernels do otherwise than a reader expects: ß -> SS, the last Σ -> ς, O'Neil and don't, 3rd, a. B, "(a".
SIGNS = {"lower": "İẞΣ", "upper": "ßŉǰΐΰևẖẗẘẙẚ" + "".join(map(chr, range(0xFB00, 0xFB18)))}
ODD = {
    **{case: f"[{signs}]" for case, signs in SIGNS.items()}, "casefold": r"[^\x00-\x7F]",
    "title": r"[^\pL\p{Nd}\s\p{Z},;:/&-]|\p{Nd}\pL|[ßİẞΣǄ-ǌﬀ-ﬗ]", "sentence": r"^[^\pL]|[.!?…:]\s|[ßİẞΣǄ-ǌﬀ-ﬗ]",
}  # fmt: skip
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
START = re.compile(r"(?:^|[.!?…]\s)[^\w]*\w")


class ChangeCase(TextStep):
    """Each chosen text column in another case; the others untouched.

    Title case begins each word with a capital letter: "o'neil" becomes "O'Neil" and "don't" "Don't", "3rd" stays. Sentence
    case has a capital at the start and after a full stop, exclamation or question mark. Words in ``exceptions`` are always
    written as they are there. In Turkish, i and İ, ı and I belong together. A column that does not change stays the same memory.

    Raises StepError if a column is absent or holds no text.
    """

    name = "change_case"
    label = "Change case"
    help = "lower, UPPER, Title, Sentence."
    group = "Text"
    words = ("upper", "lower", "capital", "proper", "title", "uppercase", "lowercase", "normalize", "casefold")

    columns: Columns = Field(Columns(kind="text"), title="Columns", description="The text columns to change.")
    case: Case = Field("lower", title="Change to", description="How the text is written afterwards.", json_schema_extra={"labels": LABELS})
    exceptions: tuple[str, ...] = Field(
        (), title="Words always written like this", description="For example GmbH, USA or McDonald.", json_schema_extra={"more": True}
    )
    language: Literal["any", "turkish"] = Field(
        "any",
        title="Language",
        description="In Turkish the capital of i has a dot.",
        json_schema_extra={"labels": {"any": "Any", "turkish": "Turkish or Azerbaijani"}, "more": True},
    )
    suffix: str = ending()
    overwrite: bool = replacing()

    def describe(self) -> str:
        """The case in words."""
        but = f", but {', '.join(self.exceptions[:3])}{' …' if len(self.exceptions) > 3 else ''}" if self.exceptions else ""
        return f"Change {self.columns.describe()} to {LABELS[self.case]}{but}"

    def changed(self, values: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """The text in the chosen case."""
        usual = self.case in ASCII and not self.exceptions and self.language == "any"
        top = max((int(b.max(initial=0)) for b in text_bytes(values)), default=0) if usual else 0
        if usual and top < 128:
            after = ASCII[self.case](values)
        elif usual and self.case in SIGNS and not holds_one_of(values, "".join(s for s in SIGNS[self.case] if s.encode()[0] <= top)):
            after = in_slices(values, KERNELS[self.case])
        else:
            after = in_slices(values, lambda part: by_value(part, self._all))
        return None if after.equals(values) else after

    def _all(self, values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """Written by Arrow; the few that it would write otherwise, one by one."""
        whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        made = KERNELS[self.case](whole)
        odd = pc.fill_null(pc.match_substring_regex(whole, self._odd()), False)
        if flags(odd).any():
            made = pc.replace_with_mask(made, odd, per_unique(pa.chunked_array([whole.filter(odd)]), self._one, LARGE))
        return pa.chunked_array([made]) if isinstance(values, pa.ChunkedArray) else made

    def _odd(self) -> str:
        if self.language == "turkish":
            return "[iIıİ]|" + ODD[self.case]
        kept = [re.escape(w) for w in self.exceptions if w]
        return ODD[self.case] + (f"|(?i:{'|'.join(kept)})" if kept else "")

    def _one(self, text: str) -> str:
        if self.case == "title":
            made = WORD.sub(self._word, text)
        elif self.case == "sentence":
            made = START.sub(lambda m: m.group()[:-1] + self._upper(m.group()[-1]), self._lower(text))
        else:
            made = self._upper(text) if self.case == "upper" else self._lower(text)
        return self._kept(made.casefold() if self.case == "casefold" else made)

    def _word(self, found: re.Match[str]) -> str:
        """One word with a capital; also after an apostrophe, if one letter stands before it."""
        word = self._lower(found.group())
        at = 2 if len(word) > 3 and word[1] in "'’" else 0
        return self._capital(word[:at]) + self._capital(word[at:])

    def _capital(self, text: str) -> str:
        return self._upper(text[:1]).title() + text[1:] if text[:1] not in "iı" else self._upper(text[:1]) + text[1:]

    def _upper(self, text: str) -> str:
        return (text.replace("i", "İ") if self.language == "turkish" else text).upper()

    def _lower(self, text: str) -> str:
        return (text.replace("I", "ı").replace("İ", "i") if self.language == "turkish" else text).lower()

    def _kept(self, text: str) -> str:
        """The exceptions written as they are to be, where they stand as words."""
        for word in self.exceptions:
            if word:
                text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _, w=word: w, text, flags=re.IGNORECASE)  # type: ignore[misc]
        return text
