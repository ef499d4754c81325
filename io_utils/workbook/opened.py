"""Which kind of workbook a file is, by its content, and the workbook open."""

import io
import re
import zipfile

from io_utils.bytes_in import FileBytes
from io_utils.errors import ReadError
from io_utils.options import Limits
from io_utils.workbook.book import BROKEN, Book
from io_utils.workbook.html import Html
from io_utils.workbook.ods import Ods
from io_utils.workbook.xls import Xls
from io_utils.workbook.xlsb import Xlsb
from io_utils.workbook.xlsx import Xlsx
from io_utils.workbook.xml2003 import Xml2003

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|style|table|div|center|title)[\s>]",
    re.I | re.S,
)
XML_2003, FLAT_ODS = b"urn:schemas-microsoft-com:office:spreadsheet", b"urn:oasis:names:tc:opendocument:xmlns:office"
LOOKED_AT = 1 << 16


def zip_names(file: FileBytes) -> set[str]:
    """The members of a zip archive; none if it is damaged."""
    try:
        with zipfile.ZipFile(file.path if file.path else io.BytesIO(file.data)) as found:
            return set(found.namelist())
    except BROKEN:
        return set()


def is_xlsx(file: FileBytes, head: bytes) -> bool:
    """A zip archive with an Excel workbook in it, or in which nothing can be found."""
    names = zip_names(file) if head.startswith(ZIP) else {""}
    return "xl/workbook.xml" in names or not names


def is_xlsb(file: FileBytes, head: bytes) -> bool:
    """A zip archive with a binary workbook in it."""
    return head.startswith(ZIP) and "xl/workbook.bin" in zip_names(file)


def is_ods(file: FileBytes, head: bytes) -> bool:
    """A zip archive, or flat XML, with OpenDocument sheets in it."""
    if head.startswith(ZIP):
        names = zip_names(file)
        return "content.xml" in names and "META-INF/manifest.xml" in names
    return is_xml(head) and FLAT_ODS in head[:8192]


def is_xls(file: FileBytes, head: bytes) -> bool:
    """A compound file, as Office before 2007 has it."""
    return head.startswith(OLE)


def is_xml2003(file: FileBytes, head: bytes) -> bool:
    """XML with the namespace of Excel 2003."""
    return is_xml(head) and XML_2003 in head[:8192] and b"<html" not in head[:8192].lower()


def is_xml(head: bytes) -> bool:
    """Text that begins as XML does."""
    bare = head[:64].removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n").replace(b"\0", b"")
    return bare.startswith((b"<?xml", b"<Workbook", b"<office:"))


def is_html(file: FileBytes, head: bytes) -> bool:
    """A page that begins as HTML does."""
    plain = head.replace(b"\0", b"").lstrip(b"\xff\xfe") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
    return HTML.match(plain[:LOOKED_AT]) is not None


def open_book(file: FileBytes, limits: Limits) -> Book:
    """The workbook open. Raises ReadError if it is none, or is damaged."""
    head = bytes(file.data[:LOOKED_AT])
    kinds = ((is_xlsx, Xlsx), (is_xlsb, Xlsb), (is_ods, Ods), (is_xls, Xls), (is_xml2003, Xml2003), (is_html, Html))
    for is_it, opener in kinds:
        if is_it(file, head):
            return opener(file, limits)
    raise ReadError(f"{file.name}: this is no workbook. Choose a CSV file or an Excel workbook.")
