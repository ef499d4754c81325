"""Workbooks of every format with bytes changed: nothing but a ReadError may come out, within 10 seconds, no row lost.

python -m tests.io_utils.fuzz_workbooks --minutes 10 --seed 1
"""

import argparse
import io
import math
import random
import time
import zipfile
from pathlib import Path

from io_utils import Limits, ReadError, detect, raw_lines, read, sheets
from tests.io_utils import fuzzing
from tests.io_utils.xlsb_made import xlsb

FILES = Path(__file__).parent / "files"
SLOW = 10.0  # seconds of computing
LIMITS = Limits(unpacked=1 << 26, cells=1 << 21)
PIECES = (b"<", b">", b'"', b"&", b"</row>", b'r="', b"\0", b"\xff", b"<v>", b"</c>", b"1048576", b"XFD", b"<!--", b"]]>", b"\n")


def originals() -> dict[str, bytes]:
    """A small workbook of each format."""
    found = {path.name: path.read_bytes() for path in sorted(FILES.glob("kinds.*"))}
    return found | {"made.xlsb": xlsb()}


def mutated(data: bytes, pick: random.Random) -> bytes:
    """Some bytes changed, taken out, put in or doubled."""
    changed = bytearray(data)
    for _ in range(pick.randrange(1, 12)):
        at = pick.randrange(len(changed)) if changed else 0
        how = pick.randrange(5)
        if how == 0 and changed:
            changed[at] = pick.randrange(256)
        elif how == 1:
            del changed[at : at + pick.randrange(1, 30)]
        elif how == 2:
            changed[at:at] = pick.choice(PIECES)
        elif how == 3:
            changed[at:at] = changed[at : at + pick.randrange(1, 200)]
        else:
            del changed[at : len(changed) if pick.random() < 0.1 else at + 1]
    return bytes(changed)


def damaged(data: bytes, pick: random.Random) -> bytes:
    """The file damaged; in an archive one of its parts, so that the damage reaches what reads it."""
    if data[:2] != b"PK" or pick.random() < 0.2:
        return mutated(data, pick)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        chosen = pick.choice([n for n in names if n.endswith((".xml", ".bin", ".rels"))])
        for name in names:
            new.writestr(name, mutated(old.read(name), pick) if name == chosen else old.read(name))
    return out.getvalue()


def one(seed: str) -> float:
    """Read one file; the seconds of computing it took. Raises whatever is not a ReadError."""
    pick = random.Random(seed)
    name, data = pick.choice(sorted(originals().items()))
    data = damaged(data, pick)
    began = time.process_time()
    try:
        best = detect(data, name=name)[0]
        sheets(data, name)
        found = read(data, best, name=name, limits=LIMITS)
        last = len(raw_lines(data, found.options, name, count=1 << 21))
        rows = len(found.table) + len(found.set_aside) + (found.options.header_rows if found.options.header_row else 0)
        if best.format not in ("csv", "json", "markdown"):
            assert rows == last, f"{rows} rows accounted for, {last} in the sheet"
    except ReadError as error:
        if not str(error).startswith(name):  # a message for people begins with the file
            raise AssertionError(str(error)) from error
    return time.process_time() - began


def fuzz(seed: int, files: float = math.inf, seconds: float = math.inf) -> tuple[int, list[str]]:
    """How many files were read, and what went wrong, with the seed of each."""
    return fuzzing.fuzz(one, SLOW, seed, files, seconds)


def main() -> None:
    """Fuzz for some minutes and print what went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    count, wrong = fuzz(asked.seed, seconds=asked.minutes * 60)
    print(f"{count} files read, {len(wrong)} went wrong")
    print("\n".join(wrong))


if __name__ == "__main__":
    main()
