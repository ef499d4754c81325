"""Tokens made a tree, by Excel's precedence: sign, %, ^, * and /, + and -, &, comparisons, AND, OR; equal ones from the left."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches

from steps.expressions.elsewhere import instead
from steps.expressions.functions import COUNT_FROM_TODAY, FUNCTIONS, TABLE_FUNCTIONS
from steps.expressions.tokens import ExpressionError, Token, tokenize
from steps.values import DAY, read_day, read_moment

LEVELS: tuple[tuple[str, ...], ...] = (("=", "<>", "<", "<=", ">", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",))
JOINS = ("OR", "AND")  # between conditions; AND binds closer
DEEPEST = 100  # brackets inside brackets
WORDS = {"TRUE": True, "FALSE": False}
KNOWN = FUNCTIONS | TABLE_FUNCTIONS


@dataclass(frozen=True)
class Literal:
    """A value written in the expression; ``text`` is its writing, for numbers and dates."""

    value: int | float | str | bool | date | datetime
    at: int = field(default=0, compare=False)
    text: str = field(default="", compare=False)


@dataclass(frozen=True)
class Column:
    """A column by name."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Call:
    """A function of arguments; an operator is one whose name is its sign, "neg" and "%" have one argument."""

    name: str
    args: tuple["Node", ...]
    at: int = field(default=0, compare=False)


Node = Literal | Column | Call


def parse(text: str, wide: bool = False) -> Node:
    """The tree of an expression; with ``wide`` it may hold whole numbers of any size and times with an offset.

    Raises ExpressionError at the character where it goes wrong.
    """
    reader = _Reader(tokenize(text), wide)
    node = reader.level(0, 0)
    if reader.now.kind != "end":
        what = "a closing bracket without an opening one" if reader.now.text == ")" else f"{reader.shown} cannot follow here"
        raise ExpressionError(what, reader.now.at, "Put an operator such as + or & between two values.")
    return node


def asks_today(node: Node) -> bool:
    """Whether the answer depends on the day of the run."""
    return any(isinstance(n, Call) and n.name in COUNT_FROM_TODAY for n in each(node))


def columns(node: Node) -> list[str]:
    """The columns that an expression names, each once, in order."""
    return list(dict.fromkeys(n.name for n in each(node) if isinstance(n, Column)))


def each(node: Node) -> Iterator[Node]:
    """The node and all inside it."""
    yield node
    for part in node.args if isinstance(node, Call) else ():
        yield from each(part)


class _Reader:
    def __init__(self, tokens: list[Token], wide: bool) -> None:
        self.tokens, self.i, self.wide = tokens, 0, wide

    @property
    def now(self) -> Token:
        return self.tokens[self.i]

    @property
    def shown(self) -> str:
        token = self.now
        return {"text": f'"{token.text}"', "column": f"[{token.text}]", "end": "the end"}.get(token.kind, token.text)

    def take(self) -> Token:
        self.i += 1
        return self.tokens[self.i - 1]

    def is_sign(self, *signs: str) -> bool:
        return self.now.kind == "sign" and self.now.text in signs

    @property
    def rank(self) -> int:
        """How closely the operator that stands here binds; -1 if none does."""
        if self.now.kind == "name":
            return JOINS.index(self.now.text.upper()) if self.now.text.upper() in JOINS else -1
        return next((at for at, signs in enumerate(LEVELS, len(JOINS)) if self.is_sign(*signs)), -1)

    def level(self, least: int, depth: int) -> Node:
        """Values joined by operators that bind as closely as ``least`` or closer."""
        if depth > DEEPEST:
            raise ExpressionError("too many brackets inside each other", self.now.at, "Calculate a part in a column of its own.")
        node, joined = self.signed(depth), ""
        while (rank := self.rank) >= least:
            token = self.take()
            right, word = self.level(rank + 1, depth), token.text.upper()
            before = node.args if word == joined and isinstance(node, Call) else (node,)  # a AND b AND c is one AND of three
            node, joined = Call(word, (*before, right), token.at), word if word in JOINS else ""
        return node

    def signed(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise ExpressionError("too many signs in a row", self.now.at)
        if self.is_sign("-", "+"):
            sign = self.take()
            inner = self.signed(depth + 1)
            return inner if sign.text == "+" else Call("neg", (inner,), sign.at)
        node = self.atom(depth)
        while self.is_sign("%"):
            node = Call("%", (node,), self.take().at)
        return node

    def atom(self, depth: int) -> Node:
        token = self.now
        if token.kind == "number":
            return Literal(_number(self.take(), self.wide), token.at, token.text)
        if token.kind == "text":
            return Literal(self.take().text, token.at)
        if token.kind == "column":
            return Column(self.take().text, token.at)
        if token.kind == "date":
            return Literal(_moment(self.take(), self.wide), token.at, token.text)
        if token.kind == "name":
            return self.named(depth)
        if self.is_sign("("):
            self.take()
            node = self.level(0, depth + 1)
            self.close(token)
            return node
        remedy = "Write a number, a [Column], a text in quotes or a function."
        raise ExpressionError(f"a value is missing before {self.shown}", token.at, remedy)

    def close(self, opened: Token) -> None:
        if not self.is_sign(")"):
            where = f"the bracket opened at character {opened.at + 1} is not closed before {self.shown}"
            raise ExpressionError(where, self.now.at, "Write ) here, or a comma between two parts.")
        self.take()

    def named(self, depth: int) -> Node:
        token = self.take()
        name = token.text.upper()
        if not self.is_sign("("):
            if name in WORDS:
                return Literal(WORDS[name], token.at)
            hint = f"Write {name}( … )." if name in KNOWN else f"Write [{token.text}] for a column, or quotes around text."
            raise ExpressionError(f"{token.text} alone means nothing", token.at, hint)
        if name not in KNOWN:
            near = get_close_matches(name, KNOWN, n=1, cutoff=0.6)
            remedy = instead(name) or (f"Did you mean {near[0]}?" if near else 'The list "Functions" has them all.')
            raise ExpressionError(f"there is no function {token.text}", token.at, remedy)
        opened, args = self.take(), []
        if not self.is_sign(")"):
            args.append(self.level(0, depth + 1))
            while self.is_sign(","):
                self.take()
                args.append(self.level(0, depth + 1))
        self.close(opened)
        least, most = KNOWN[name].least, KNOWN[name].most
        if not least <= len(args) <= most:
            many = "no value" if not args else f"{len(args)} value{'s' if len(args) > 1 else ''}"
            raise ExpressionError(f"{name} is given {many}", token.at, f"Write it like {KNOWN[name].signature}.")
        return Call(name, tuple(args), token.at)


def _number(token: Token, wide: bool) -> int | float:
    text = token.text
    if text.isdigit():
        if int(text) >= 2**63 and not wide:
            raise ExpressionError(f"{text} is too large for a whole number", token.at, "The largest is 9223372036854775807.")
        return int(text)
    if float(text) == float("inf"):
        raise ExpressionError(f"{text} is too large for a number", token.at)
    return float(text)


def _moment(token: Token, wide: bool) -> date | datetime:
    try:
        if DAY.fullmatch(token.text):
            return read_day(token.text)
        offset = token.text.endswith("Z") or "+" in token.text or "-" in token.text[10:]
        return read_moment(token.text, "UTC" if wide and offset else None)
    except ValueError as error:
        raise ExpressionError(str(error).rstrip("."), token.at) from error
