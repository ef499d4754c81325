"""Random and mutated bytes over the text readers: nothing but a ReadError may come out, within 10 seconds, nothing lost.

    python -m tests.io_utils.fuzz --minutes 10 --seed 1
"""

import argparse
import math
import random
import time
from pathlib import Path

from io_utils import Limits, ReadError, ReadOptions, detect, raw_lines, read
from tests.io_utils import fuzzing
from tests.io_utils.damage import WRITINGS, draw

SLOW = 10.0  # seconds of computing
PIECES = [
    b'"', b"'", b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\\", b"\0", b" ", b'""', b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b$B", b"#",
    b"sep=",
]  # fmt: skip
LIMITS = Limits(size=1 << 24, rows=1 << 20, columns=5_000)


def data_for(pick: random.Random) -> bytes:
    """A file: random bytes, random pieces, or a damaged file with bytes changed, taken out, doubled or moved."""
    how = pick.randrange(5)
    if how == 0:
        return pick.randbytes(pick.randrange(1, 3000))
    if how == 1:
        return b"".join(pick.choice([*PIECES, b"a", b"1", "ä".encode(), b"\xe4"]) for _ in range(pick.randrange(1, 2000)))
    if how == 2:
        unit = b"".join(pick.choice(PIECES) for _ in range(pick.randrange(1, 5))) + pick.choice([b"", b"a", b"12"])
        return (unit * pick.randrange(1, 60_000))[: 1 << 20]
    data = bytearray(draw(pick.random().hex()).data)
    for _ in range(pick.randrange(1, 40)):
        at = pick.randrange(len(data)) if data else 0
        change = pick.randrange(4)
        if change == 0 and data:
            data[at] = pick.randrange(256)
        elif change == 1:
            del data[at : at + pick.randrange(1, 20)]
        elif change == 2:
            data[at:at] = pick.choice(PIECES)
        else:
            data[at:at] = data[at : at + pick.randrange(1, 400)]
    return bytes(data)


def options_for(pick: random.Random) -> ReadOptions:
    """Options that do not fit the file."""
    writing = pick.choice(WRITINGS)
    return ReadOptions.model_validate({
        "format": "csv",
        "encoding": pick.choice(["utf-8", "cp1252", "utf-16", "utf-16-le", "utf-32", "gb18030", "cp932", "iso2022_jp_2", "hz", "utf-7"]),
        "delimiter": pick.choice([writing.delimiter, "||", "·"]),
        "quote": pick.choice(['"', "'", ""]),
        "escape": pick.choice(["", "\\"]),
        "skip_space": pick.random() < 0.3,
        "comment": pick.choice(["", "#"]),
        "header_row": pick.choice([0, 1, 1, 2, 7]),
        "header_rows": pick.choice([1, 1, 3]),
        "header_names": pick.choice(["joined", "first", "last"]),
        "leave_out": pick.choice([(), ("repeated_header", "total", "footer")]),
        "odd_rows": pick.choice(["keep", "split"]),
        "extra_cells": pick.choice(["keep", "leave_out"]),
        "table": pick.choice([0, 0, 1, 2]),
        "cuts": pick.choice([(), (), (0, 3, 9)]),
        "bad_bytes": pick.choice(["refuse", "show"]),
        "mojibake": pick.random() < 0.2,
    })  # fmt: skip


def names_the_file(error: ReadError) -> None:
    """A message for people begins with the file."""
    if not str(error).startswith("f.csv"):
        raise AssertionError(str(error))


def one(seed: str) -> float:
    """Read one file as detected and in a wrong way; the seconds of computing it took. Raises whatever is not a ReadError."""
    pick = random.Random(seed)
    data = data_for(pick)
    wrong = options_for(pick)
    begun = time.process_time()
    try:
        best = detect(data, name="f.csv")[0]
        found = read(data, best, name="f.csv", limits=LIMITS)
        raw_lines(data, best, name="f.csv")
        total = len(raw_lines(data, best, name="f.csv", count=1 << 40))
        header = found.options.header_rows if found.options.header_row else 0
        said = f"{total} records, {len(found.table)} rows, {len(found.set_aside)} left out"
        assert found.options.table or total == len(found.table) + len(found.set_aside) + header, said
        assert found.facts.lines is None or found.facts.lines.missing == 0, f"{found.facts.lines}"
        again = read(data, found.options, name="f.csv", limits=LIMITS)
        assert again.table.equals(found.table), "read again with the options found, the table differs"
    except ReadError as error:
        names_the_file(error)
    try:
        lines = read(data, wrong, name="f.csv", limits=LIMITS).facts.lines
        assert lines is None or lines.missing == 0, f"{lines} with {wrong}"
    except ReadError as error:
        names_the_file(error)
    return time.process_time() - begun


def fuzz(seed: int, files: float = math.inf, seconds: float = math.inf) -> tuple[int, list[str]]:
    """How many files were read, and what went wrong, with the seed of each."""
    return fuzzing.fuzz(one, SLOW, seed, files, seconds)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder for the files that went wrong")
    asked = parser.parse_args()
    count, wrong = fuzz(asked.seed, seconds=asked.minutes * 60)
    print(f"{count} files read, {len(wrong)} went wrong")
    for line in wrong:
        print(line)
        if asked.keep:
            seed = line.split(":")[0]
            (asked.keep / f"{seed.replace(' ', '-')}.csv").write_bytes(data_for(random.Random(seed)))


if __name__ == "__main__":
    main()
