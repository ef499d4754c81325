"""Remove spaces at the ends of text and doubled spaces inside."""

from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from steps.arrow import SPACES, plain_ascii, printable, repeats, text_bytes
from steps.base import Columns, columns_code
from steps.new_columns import ending, replacing
from steps.text_step import TextStep


class TrimWhitespace(TextStep):
    """Each chosen text column without spaces at its ends, and with single spaces inside; the others untouched.

    White space is what Unicode calls so, with the zero-width space and the byte order mark at the ends; or only ASCII's
    if ``unicode_spaces`` is false. Inside, each run of spaces and tabs, also a single no-break space, becomes one space;
    line breaks stay unless ``line_breaks`` is "space". Text that is then empty becomes missing. A column without
    anything to trim stays the same memory.

    Raises StepError if a column is absent or holds no text.
    """

    name = "trim_whitespace"
    label = "Trim spaces"
    help = "Remove spaces at the ends and doubled spaces inside."
    group = "Text"
    words = ("strip", "whitespace", "clean", "tidy", "normalize", "blanks", "nbsp", "padding")

    columns: Columns = Field(Columns(kind="text"), title="Columns", description="The text columns to trim.")
    sides: Literal["both", "left", "right"] = Field(
        "both",
        title="Trim",
        description="The ends at which spaces are removed.",
        json_schema_extra={"labels": {"both": "Both ends", "left": "The start", "right": "The end"}},
    )
    collapse_inner: bool = Field(True, title="Make doubled spaces one", description='"New  York" becomes "New York".')
    empty_to_missing: bool = Field(True, title="Treat empty text as missing", description="Text of spaces only has no value afterwards.")
    unicode_spaces: bool = Field(
        True,
        title="Also invisible and no-break spaces",
        description="Those that come from web pages and PDF files; otherwise only spaces, tabs and line breaks.",
        json_schema_extra={"more": True},
    )
    line_breaks: Literal["keep", "space"] = Field(
        "keep",
        title="Line breaks inside",
        description="What becomes of line breaks inside a text.",
        json_schema_extra={"labels": {"keep": "Keep", "space": "Make each a space"}, "more": True},
    )
    suffix: str = ending()
    overwrite: bool = replacing()

    def describe(self) -> str:
        """The trimming in words."""
        where = {"both": "at both ends", "left": "at the start", "right": "at the end"}[self.sides]
        return f"Trim spaces {where}{' and inside' if self.collapse_inner else ''} of {self.columns.describe()}"

    def code(self) -> str | None:
        """The same by pandas' text methods on Arrow."""
        if self.suffix:
            return None
        edges, inner = self._patterns()
        lines = [*(["import re"] if self.columns.pattern is not None else []), f"for n in {columns_code(self.columns)}:"]
        made = f'df[n].str.replace(r"{edges}", "", regex=True)' + (f'.str.replace(r"{inner}", " ", regex=True)' if inner else "")
        lines.append(f"    df = df.assign(**{{n: {made}}})")
        if self.empty_to_missing:
            lines.append('    df = df.assign(**{n: df[n].where((df[n] != "").fillna(False))})')
        return "\n".join(lines)

    def _spaces(self) -> tuple[str, str, str]:
        """Insides of character classes: spaces, line breaks, signs without width."""
        if self.unicode_spaces:
            wide = r"\x{A0}\x{1680}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}"
            return rf" \t\x{{0B}}\x{{0C}}{wide}", r"\n\r\x{85}\x{2028}\x{2029}", r"\x{200B}\x{FEFF}"
        return r" \t\x{0B}\x{0C}", r"\n\r", ""

    def _patterns(self) -> tuple[str, str | None]:
        """What is removed, and what becomes one space."""
        spaces, breaks, empty = self._spaces()
        every = f"[{spaces}{breaks}{empty}]"
        edges = {"both": f"^{every}+|{every}+$", "left": f"^{every}+", "right": f"{every}+$"}[self.sides]
        if self.collapse_inner:
            real = spaces + (breaks if self.line_breaks == "space" else "")
            return edges, f"[{empty}]*[{real}][{real}{empty}]*" if empty else f"[{real}]+"
        return edges, rf"\r\n|[{breaks}]" if self.line_breaks == "space" else None

    def changed(self, values: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """The same as ``_trim``; where values repeat, each different one is trimmed once."""
        if not repeats(values):
            return self._trim(values)
        codes = values.combine_chunks().dictionary_encode()
        made = self._trim(pa.chunked_array([codes.dictionary]))
        return None if made is None else pa.chunked_array([made.combine_chunks().take(codes.indices)])

    def _trim(self, values: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """The column trimmed, or None if nothing in it changes."""
        if self._is_tidy(values):
            return None
        edges, inner = self._patterns()
        after = self._edges(values, edges)
        if inner is not None and not plain_ascii(after):
            after = self._inside(after, inner)
        if self.empty_to_missing:
            after = pc.if_else(pc.equal(after, ""), pa.scalar(None, pa.large_string()), after)
        return None if after.equals(values) else after

    def _inside(self, values: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
        """The pattern as one space, looked for again only in the values that have more than single plain spaces."""
        if printable(values):
            while not plain_ascii(values):
                values = pc.replace_substring(values, "  ", " ")
            return values
        spaces, breaks, empty = self._spaces()
        beside = f"|[{empty}] | [{empty}]" if empty else ""
        odd = pc.fill_null(pc.match_substring_regex(values, f"  |[{spaces[1:]}{breaks}]{beside}"), False).combine_chunks()
        after = pc.replace_substring_regex(values.filter(odd), pattern, " ")
        return pa.chunked_array([pc.replace_with_mask(values.combine_chunks(), odd, after.combine_chunks())])

    def _is_tidy(self, values: pa.ChunkedArray) -> bool:
        """Whether a cheap look shows that there is nothing to trim."""
        if not plain_ascii(values) or (self.empty_to_missing and pc.any(pc.equal(values, "")).as_py()):
            return False
        size = sum(len(b) for b in text_bytes(values))
        return size == sum(len(b) for b in text_bytes(pc.utf8_trim(values, " ")))

    def _edges(self, values: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
        if not self.unicode_spaces:
            return pc.replace_substring_regex(values, pattern, "")
        return {"both": pc.utf8_trim, "left": pc.utf8_ltrim, "right": pc.utf8_rtrim}[self.sides](values, SPACES)
