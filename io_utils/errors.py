"""What can go wrong with a file, said for people: the file, what is wrong, what to do."""


class ReadError(Exception):
    """The file cannot be read. The message names the file and the place, what is wrong, and what to do."""


class PasswordNeeded(ReadError):
    """The workbook is protected by a password."""


class WrongPassword(PasswordNeeded):
    """The password given is not that of the workbook."""


class WriteError(Exception):
    """The table cannot be written in this format without losing something. The message says what and where."""
