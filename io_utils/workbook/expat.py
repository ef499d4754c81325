"""XML read as it comes, without a tree: what begins, text, what ends. A document type is refused: it could hold entities."""

from collections.abc import Iterable, Mapping
from typing import Protocol
from xml.parsers.expat import ExpatError, ParserCreate

from defusedxml import DTDForbidden


class Handler(Protocol):
    """What is called for the parts of a document; names are as they are written, ``prefix:name``."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def characters(self, text: str) -> None:
        """Text."""

    def end(self, name: str) -> None:
        """An element ends."""


def parse(blocks: Iterable[bytes], handler: Handler, prefixes: Mapping[str, str] | None = None, whole: bool = True) -> None:
    """Calls the handler. Raises ValueError if it is no XML, or if it is cut short and should be ``whole``.

    With ``prefixes`` (by the end of a namespace), names have these whatever the document calls them: slower.
    """
    parser = ParserCreate(namespace_separator="|" if prefixes is not None else None)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = handler.start, handler.end, handler.characters
    parser.StartDoctypeDeclHandler = forbid
    if prefixes is not None:
        names = Names(prefixes)
        parser.StartElementHandler = lambda name, said: handler.start(names[name], {names[key]: value for key, value in said.items()})
        parser.EndElementHandler = lambda name: handler.end(names[name])
    try:
        for block in blocks:
            parser.Parse(block)
        if whole:
            parser.Parse(b"", True)
    except ExpatError as error:
        raise ValueError(str(error)) from error


class Names(dict[str, str]):
    """From ``namespace|name`` to ``prefix:name``."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__()
        self.prefixes = prefixes

    def __missing__(self, name: str) -> str:
        """The name with its prefix, kept."""
        space, _, local = name.rpartition("|")
        prefix = next((p for end, p in self.prefixes.items() if space.endswith(end)), "")
        self[name] = f"{prefix}:{local}" if prefix else local
        return self[name]


def forbid(name: str, system: str | None, public: str | None, internal: int) -> None:
    """Refuse a document type."""
    raise DTDForbidden(name, system, public)
