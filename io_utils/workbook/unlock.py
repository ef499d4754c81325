"""Workbooks protected by a password, opened with it. The password is used and forgotten.

Source of the formats: [MS-OFFCRYPTO], by msoffcrypto-tool.
"""

import io
import struct

import msoffcrypto
import olefile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
from msoffcrypto.format.base import BaseOfficeFile
from msoffcrypto.format.ooxml import OOXMLFile

from io_utils.bytes_in import FileBytes
from io_utils.errors import PasswordNeeded, ReadError, WrongPassword

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EXCELS_OWN = "VelvetSweatshop"  # what Excel protects with, and opens without asking, when only parts are locked
# What the tool raises on files that are damaged, or protected in a way it does not know.
ODD = (
    FileFormatError, ParseError, olefile.olefile.OleFileError, OSError, ValueError, KeyError, IndexError, TypeError, struct.error,
    AssertionError, AttributeError, NotImplementedError, UnicodeError, OverflowError,
)  # fmt: skip


def unlocked(file: FileBytes, password: str | None) -> FileBytes:
    """The workbook as it is without its password; any other file as it is.

    Raises PasswordNeeded if there is one and none is given, WrongPassword if it is another one.
    """
    if bytes(file.data[:8]) != OLE:
        return file
    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(file.data))
        if not locked.is_encrypted():
            return file
    except ODD:
        return file  # its reader says what is wrong
    for attempt in (password, EXCELS_OWN):
        if attempt is None:
            continue
        try:
            return FileBytes(file.name, opened(locked, attempt))
        except InvalidKeyError:
            continue
        except (DecryptionError, *ODD) as error:
            raise ReadError(
                f"{file.name}: the workbook is protected in a way that cannot be opened here. "
                "Open it in Excel, save a copy without a password, and load that."
            ) from error
    if password is None:
        raise PasswordNeeded(f"{file.name}: the workbook is protected by a password. Type the password to open it.")
    raise WrongPassword(f"{file.name}: this is not the password of the workbook. Check capital letters, and type it again.")


def opened(locked: BaseOfficeFile, password: str) -> bytes:
    """The bytes behind the password. Raises InvalidKeyError if it is another one."""
    found = io.BytesIO()
    if isinstance(locked, OOXMLFile):
        locked.load_key(password=password, verify_password=True)
    else:
        locked.load_key(password=password)
    locked.decrypt(found)
    return found.getvalue()
