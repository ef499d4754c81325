"""What the binary formats of Excel share: numbers packed in 32 bits, error codes.

Source: [MS-XLS] 2.5.217 (RkNumber) and 2.5.10 (Bes); [MS-XLSB] 2.5.122.
"""

import struct

ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
STATES = ("visible", "hidden", "very hidden")


def rk_number(packed: int) -> float:
    """The number in 30 bits: a whole one or the upper half of a double, perhaps to be divided by 100."""
    if packed & 2:
        whole = packed >> 2
        number = float(whole - (1 << 30) if whole & (1 << 29) else whole)
    else:
        number = float(struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0])
    return number / 100 if packed & 1 else number


def error_code(code: int) -> str:
    """The name of an error."""
    return ERRORS.get(code, f"#ERROR {code}")
