"""An expression cut into tokens; what cannot be read is refused at its character."""

import re
from dataclasses import dataclass
from typing import Literal

TokenKind = Literal["number", "text", "column", "date", "name", "sign", "end"]
SIGNS = ("<>", "<=", ">=", "+", "-", "*", "/", "^", "&", "=", "<", ">", "(", ")", ",", "%")
_PATTERN = re.compile(
    r'(?P<space>\s+)|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)|(?P<text>"(?:[^"]|"")*")'
    r"|(?P<column>\[(?:[^\]]|\]\])*\](?!\]))|(?P<date>#[^#]*#)|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)"
    r"|(?P<sign><>|<=|>=|[-+*/^&=<>(),%])"
)
INSTEAD = {
    ";": "Write a comma between the parts.", "'": 'Write text in double quotes, e.g. "open".',
    '"': "The text has no closing quote. Write a quote inside text twice.",
    "[": "The column has no closing ]. Write a ] inside its name twice.", "#": "Write a date like #2024-01-31#.",
    "{": "Write column names in [ and ].", "!": "Write <> for is not.", "“": 'Write text in straight quotes, e.g. "open".',
    "”": 'Write text in straight quotes, e.g. "open".', "×": "Write *.", "÷": "Write /.", "−": "Write the minus sign of the keyboard.",
    "–": "Write the minus sign of the keyboard.", "≠": "Write <>.", "≤": "Write <=.", "≥": "Write >=.",
}  # fmt: skip


class ExpressionError(ValueError):
    """An expression cannot be used; ``at`` is the character, from 0 on."""

    def __init__(self, problem: str, at: int, remedy: str = "") -> None:
        self.problem, self.at, self.remedy = problem, at, remedy
        super().__init__(f"character {at + 1}: {problem}." + (f" {remedy}" if remedy else ""))


@dataclass(frozen=True)
class Token:
    """A piece of the text: its kind, what it says (quotes and brackets taken off), and where it stands."""

    kind: TokenKind
    text: str
    at: int


def tokenize(text: str) -> list[Token]:
    """The tokens of an expression, ending with one of kind "end"; an = at the start is left out.

    Raises ExpressionError at the first character that nothing can be made of.
    """
    found: list[Token] = []
    at = len(text) - len(text.lstrip())
    at += text[at : at + 1] == "="
    while at < len(text):
        m = _PATTERN.match(text, at)
        if m is None:
            raise ExpressionError(f"{text[at]} cannot be used here", at, INSTEAD.get(text[at], ""))
        kind, said = str(m.lastgroup), m.group()
        if kind == "text":
            said = said[1:-1].replace('""', '"')
        elif kind == "column":
            said = said[1:-1].replace("]]", "]")
            if not said:
                raise ExpressionError("the column has no name", at, "Write it in brackets, e.g. [Unit Price].")
        elif kind == "date":
            said = said[1:-1]
        if kind != "space":
            found.append(Token(kind, said, at))  # type: ignore[arg-type]  # the pattern's groups are the kinds
        at = m.end()
    return [*found, Token("end", "", len(text))]
