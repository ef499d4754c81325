"""A binary workbook made by hand, record by record, after [MS-XLSB]; no library writes them."""

import io
import struct
import zipfile

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROWS: list[list[object]] = [
    ["text", "n", "rk", "day", "yes", "error", "hidden"],
    ["007", 1.5, 0.25, 45292.0, True, "#N/A", 1.0],
    ["x", -2.0, 3.0, 45293.5, False, 2.0, 2.0],
]


def record(kind: int, data: bytes = b"") -> bytes:
    """A record: kind and size in 7 bits a byte, then its bytes."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(data)
    sizes = bytearray()
    while True:
        sizes.append(size & 0x7F | (0x80 if size > 0x7F else 0))
        size >>= 7
        if not size:
            return head + bytes(sizes) + data


def wide(text: str) -> bytes:
    """A text after its length."""
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def cell(column: int, kind: int, data: bytes, style: int = 0) -> bytes:
    """A cell's record."""
    return record(kind, struct.pack("<II", column, style) + data)


def cells(row: list[object], texts: list[str]) -> bytes:
    """The cells of a row, each kind of record once."""
    out = b""
    for column, value in enumerate(row):
        style = 1 if column == 3 else 0
        if isinstance(value, bool):
            out += cell(column, 4, bytes([value]))
        elif value == "#N/A":
            out += cell(column, 3, b"\x2a")
        elif isinstance(value, str):
            if value not in texts:
                texts.append(value)
            out += cell(column, 7, struct.pack("<I", texts.index(value)))
        elif isinstance(value, float) and column == 2:
            packed = int(value * 100) << 2 | 3 if value == 0.25 else int(value) << 2 | 2
            out += cell(column, 2, struct.pack("<I", packed & 0xFFFFFFFF))
        elif isinstance(value, float):
            out += cell(column, 5, struct.pack("<d", value), style)
    return out


def sheet(rows: list[list[object]], texts: list[str], hidden: tuple[int, ...], merges: tuple[tuple[int, int, int, int], ...]) -> bytes:
    """A worksheet's part: the last column hidden."""
    last = len(rows[0]) - 1
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, last)
    out = record(129) + record(148, size) + record(390) + record(60, struct.pack("<IIIIH", last, last, 2000, 0, 1)) + record(391)
    out += record(145)
    for number, row in enumerate(rows):
        flags = bytes([0, 0x10 if number in hidden else 0, 0])
        out += record(0, struct.pack("<IIH", number, 0, 300) + flags + struct.pack("<IIIH", 1, 0, last, 0)[:12]) + cells(row, texts)
    out += record(146)
    if merges:
        out += record(177, struct.pack("<I", len(merges))) + b"".join(record(176, struct.pack("<IIII", *m)) for m in merges) + record(178)
    return out + record(130)


def xlsb(hidden: tuple[int, ...] = (2,), merges: tuple[tuple[int, int, int, int], ...] = ((1, 2, 0, 0),)) -> bytes:
    """The workbook: the sheet "Dätä" with ROWS, and a very hidden empty one."""
    texts: list[str] = []
    first = sheet(ROWS, texts, hidden, merges)
    sheets = record(156, struct.pack("<II", 0, 1) + wide("r1") + wide("Dätä")) + record(
        156, struct.pack("<II", 2, 2) + wide("r2") + wide("Deep")
    )
    book = record(131) + record(153, struct.pack("<III", 0, 0, 0)) + record(143) + sheets + record(144) + record(132)
    formats = record(615, struct.pack("<I", 1)) + record(44, struct.pack("<H", 164) + wide("yyyy\\-mm\\-dd")) + record(616)
    plain, day = (struct.pack("<HHHHHBBHBB", 0xFFFF, number, 0, 0, 0, 0, 0, 0, 0, 0) for number in (0, 164))
    styles = record(278) + formats + record(617, struct.pack("<I", 2)) + record(47, plain) + record(47, day) + record(618) + record(279)
    shared = record(159, struct.pack("<II", len(texts), len(texts))) + b"".join(record(19, b"\0" + wide(t)) for t in texts) + record(160)
    kinds = {"r1": ("worksheet", "worksheets/sheet1.bin"), "r2": ("worksheet", "worksheets/sheet2.bin")}
    kinds |= {"r3": ("styles", "styles.bin"), "r4": ("sharedStrings", "sharedStrings.bin")}
    links = "".join(f'<Relationship Id="{i}" Type="{RELATIONS}/{kind}" Target="{target}"/>' for i, (kind, target) in kinds.items())
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{RELATIONS}">{links}</Relationships>'.encode(),
        "xl/workbook.bin": book,
        "xl/worksheets/sheet1.bin": first,
        "xl/worksheets/sheet2.bin": record(129) + record(145) + record(146) + record(130),
        "xl/styles.bin": styles,
        "xl/sharedStrings.bin": shared,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()
