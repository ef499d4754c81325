"""Texts of a workbook's XML: shared strings, entities, and Excel's ``_x000D_``.

Source: ECMA-376 part 1, 18.4 (shared strings) and 22.9.2.19 (ST_Xstring).
"""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import IO
from xml.etree.ElementTree import Element

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from defusedxml import ElementTree as SafeXml

from io_utils.workbook.xlsx_scan import GT, LT, PAD, SLASH, NotPlain, pieces

ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);")
HEX = re.compile(r"_x([0-9A-Fa-f]{4})_")


def shared_texts(xml: bytes) -> pa.Array:
    """The texts of a sharedStrings part, in order. Raises NotPlain if one has several parts or markup of another kind."""
    start = xml.find(b"<si")
    if start < 0:
        return pa.array([], pa.large_string())
    end = xml.rfind(b"</sst>")
    if end < 0 or not re.match(
        rb"""(?:<\?xml(?:(?!encoding=)[^>])*(?:encoding=["'](?i:utf-8)["'][^>]*)?>\s*)?<sst\s[^<>]*>\s*\Z""", xml[:start]
    ):
        raise NotPlain
    body = xml[start:end]
    b = np.frombuffer(body + PAD, np.uint8)
    lt, gt = np.flatnonzero(b == LT), np.flatnonzero(b == GT)
    if len(lt) != len(gt) or (lt > gt).any() or (gt[:-1] > lt[1:]).any() or len(lt) % 4:
        raise NotPlain
    first, second = b[lt + 1].reshape(-1, 4), b[lt + 2].reshape(-1, 4)
    bare = (second[:, 1] == GT) | (second[:, 1] == ord(" "))
    plain = (first == np.array([ord("s"), ord("t"), SLASH, SLASH])) & (second[:, 2:3] == ord("t")) & (second[:, 3:4] == ord("s"))
    if not (plain.all() and bare.all() and (b[gt.reshape(-1, 4)[:, 1] - 1] != SLASH).all() and (second[:, 0] == ord("i")).all()):
        raise NotPlain
    return unescaped(mended(pieces(body, gt[1::4] + 1, lt[2::4]).cast(pa.large_string())))


def mended(texts: pa.Array) -> pa.Array:
    """Texts as they stand in plain XML, entities and line ends put right. Raises NotPlain if they are no UTF-8."""
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid as error:
        raise NotPlain from error
    return changed(texts, r"[&\r]", lambda t: entities(t.replace("\r\n", "\n").replace("\r", "\n")))


def unescaped(texts: pa.Array) -> pa.Array:
    """Texts with Excel's own escapes put right."""
    return changed(texts, r"_x[0-9A-Fa-f]{4}_", meant)


def changed(texts: pa.Array, pattern: str, change: Callable[[str], str]) -> pa.Array:
    """The texts, those that the pattern is found in changed."""
    odd = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    at = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
    if not len(at):
        return texts
    return pc.replace_with_mask(texts, odd, pa.array([change(t) for t in texts.take(pa.array(at)).to_pylist()], texts.type))


def entities(text: str) -> str:
    """The text with XML's entities put right. Raises NotPlain for one that XML does not have by itself."""
    if text.count("&") != len(ENTITY.findall(text)):
        raise NotPlain
    return ENTITY.sub(lambda m: unescape(m[0]) if m[0][1] != "#" else numbered(m[0]), text)


def numbered(entity: str) -> str:
    """The character of ``&#13;`` or ``&#xD;``."""
    code = int(entity[3:-1], 16) if entity[2] == "x" else int(entity[2:-1])
    if code > 0x10FFFF or 0xD800 <= code < 0xE000 or code == 0:
        raise NotPlain
    return chr(code)


def meant(text: str) -> str:
    """A text with Excel's escapes put right: ``_x000D_`` is a line end, ``_x005F_`` an underscore before what is no escape."""
    if "_x" not in text:
        return text
    said = HEX.sub(lambda m: chr(int(m[1], 16)), text)
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if HEX.search(text) else said


def parsed_texts(xml: IO[bytes]) -> Iterator[str]:
    """The texts of a sharedStrings part by an XML parser: rich text joined, phonetic text left out."""
    root: Element | None = None
    for event, node in SafeXml.iterparse(xml, events=("start", "end")):
        if root is None:
            root = node
        if event == "end" and local(node) == "si":
            yield meant(rich_text(node))
            root.clear()


def rich_text(node: Element) -> str:
    """The text of an element of ``<t>`` and runs of it, without what is said of its pronunciation."""
    said = []
    for child in node:
        if local(child) == "t":
            said.append(child.text or "")
        elif local(child) == "r":
            said += [part.text or "" for part in child if local(part) == "t"]
    return "".join(said)


def local(node: Element) -> str:
    """An element's name without its namespace."""
    return str(node.tag).rpartition("}")[2]
