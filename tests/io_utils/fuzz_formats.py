"""Mutated JSON, Parquet, Arrow, packed and drawn files: nothing but a ReadError may come out, within 10 seconds, nothing lost.

python -m tests.io_utils.fuzz_formats --minutes 10 --seed 1
"""

import argparse
import bz2
import gzip
import io
import json
import lzma
import math
import random
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from io_utils import Limits, ReadError, ReadOptions, detect, members, raw_lines, read, sheets
from tests.io_utils import fuzzing
from tests.io_utils.fuzz import SLOW

LIMITS = Limits(size=1 << 24, rows=1 << 18, columns=2_000, unpacked=1 << 24, members=500)
SIGNS = [
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\\",
    b"\\u",
    b"null",
    b"NaN",
    b"1e999",
    b"-",
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"|",
    b"---",
]


def value(pick: random.Random, depth: int = 0) -> Any:
    """A JSON value of any kind."""
    kind = pick.randrange(9 if depth < 4 else 7)
    if kind == 7:
        return [value(pick, depth + 1) for _ in range(pick.randrange(4))]
    if kind == 8:
        return {pick.choice("abcd"): value(pick, depth + 1) for _ in range(pick.randrange(4))}
    return [
        None,
        True,
        pick.randrange(-(10**20), 10**20),
        pick.random() * 10 ** pick.randrange(-9, 20),
        pick.choice(["", "ä", "\ud800", "x\n"]),
        7,
        "t",
    ][kind]


def as_json(pick: random.Random) -> bytes:
    """JSON in one of its shapes."""
    rows = [{pick.choice("abcd"): value(pick) for _ in range(pick.randrange(5))} for _ in range(pick.randrange(1, 30))]
    shape = pick.randrange(6)
    made: Any = [
        rows, {"x": {"y": rows}, "z": rows[:1]}, {str(i): r for i, r in enumerate(rows)}, {"a": [1, 2], "b": [value(pick)]},
        [list(r.values()) for r in rows], rows,
    ][shape]  # fmt: skip
    text = "\n".join(json.dumps(r) for r in rows) if shape == 5 else json.dumps(made, indent=pick.choice([None, 1]))
    return text.encode(pick.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32"]))


def arrow_table(pick: random.Random) -> pa.Table:
    """A table of several types."""
    size = pick.randrange(1, 40)
    numbers = [pick.choice([None, pick.randrange(-9, 9)]) for _ in range(size)]
    texts = pa.array([pick.choice(["x", "yy", "zzz"]) for _ in range(size)])
    moments = [pick.randrange(-(10**12), 10**12) for _ in range(size)]
    return pa.table({
        "n": pa.array(numbers, pick.choice([pa.int64(), pa.int8(), pa.float64()])),
        "t": texts.dictionary_encode() if pick.random() < 0.5 else texts,
        "w": pa.array(moments, pa.timestamp(pick.choice(["s", "ms", "us", "ns"]))),
        "l": pa.array([[1, None]] * size, pa.list_(pa.int64())),
        "s": pa.array([{"a": "q"}] * size),
    })  # fmt: skip


def as_parquet(pick: random.Random) -> bytes:
    """A Parquet file."""
    out = io.BytesIO()
    pq.write_table(arrow_table(pick), out, compression=pick.choice(["none", "snappy", "zstd"]))
    return out.getvalue()


def as_arrow(pick: random.Random) -> bytes:
    """An Arrow file or stream."""
    table, out = arrow_table(pick), io.BytesIO()
    with (pa.ipc.new_file if pick.random() < 0.5 else pa.ipc.new_stream)(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def as_drawn(pick: random.Random) -> bytes:
    """A table drawn with pipes."""
    rows = ["| a | b |", "|---|---|", *(f"| {pick.random()} | \\| |" for _ in range(pick.randrange(20)))]
    return "\n".join(rows).encode()


def packed(pick: random.Random, data: bytes) -> bytes:
    """A file compressed or in an archive."""
    how = pick.randrange(5)
    if how < 3:
        return gzip.compress(data) if how == 0 else bz2.compress(data) if how == 1 else lzma.compress(data)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(pick.randrange(1, 4)):
            archive.writestr(f"{pick.choice(['a', '../b', '.c'])}{number}.csv", data)
    return out.getvalue()


MAKERS: tuple[Callable[[random.Random], bytes], ...] = (as_json, as_json, as_parquet, as_arrow, as_drawn)


def data_for(seed: str) -> bytes:
    """A file with bytes changed, taken out, doubled or put in."""
    pick = random.Random(seed)
    data = bytearray(pick.choice(MAKERS)(pick))
    late = pick.random() < 0.5
    if pick.random() < 0.4:
        data = bytearray(packed(pick, bytes(data if late else damaged(pick, data))))
        return bytes(damaged(pick, data) if late else data)
    return bytes(damaged(pick, data))


def damaged(pick: random.Random, data: bytearray) -> bytearray:
    """The bytes with some damage."""
    for _ in range(pick.randrange(6)):
        at = pick.randrange(len(data)) if data else 0
        change = pick.randrange(5)
        if change == 0 and data:
            data[at] = pick.randrange(256)
        elif change == 1:
            del data[at : at + pick.randrange(1, 20)]
        elif change == 2:
            data[at:at] = pick.choice(SIGNS)
        elif change == 3:
            data[at:at] = data[at : at + pick.randrange(1, 200)]
        elif pick.random() < 0.3:
            del data[at:]
    return data


def one(seed: str) -> float:
    """Read one file as detected and in a wrong way; the seconds of computing it took. Raises whatever is not a ReadError."""
    data, pick = data_for(seed), random.Random(f"{seed} options")
    begun = time.process_time()
    if data:
        try:
            members(data, name="f.x")
            sheets(data, name="f.x")
            found = read(data, name="f.x", limits=LIMITS)
            check(data, found.options, len(found.table), len(found.set_aside))
            again = read(data, found.options, name="f.x", limits=LIMITS)
            assert again.table.equals(found.table), "read again with the options found, the table differs"
            for best in detect(data, name="f.x")[1:2]:
                read(data, best, name="f.x", limits=LIMITS)
        except ReadError as error:
            names_the_file(error)
        wrong = ReadOptions.model_validate({
            "format": pick.choice(["json", "parquet", "feather", "markdown", "csv"]),
            "encoding": pick.choice(["utf-8", "utf-16", "cp1252", "no-such"]),
            "shape": pick.choice(["records", "lines", "rows", "columns", "by_key", "one"]),
            "records": pick.choice([(), ("x", "y"), ("data",)]),
            "nested": pick.choice(["flatten", "text"]),
            "header_row": pick.choice([0, 1]),
            "bad_bytes": pick.choice(["refuse", "show"]),
            "member": pick.choice(["", "", "a0.csv"]),
        })  # fmt: skip
        try:
            read(data, wrong, name="f.x", limits=LIMITS)
        except ReadError as error:
            names_the_file(error)
    return time.process_time() - begun


def check(data: bytes, options: ReadOptions, rows: int, left_out: int) -> None:
    """Every entry of a list of JSON, and every line of a drawn table, is a row or listed."""
    lines = len(raw_lines(data, options, name="f.x", count=1 << 40))
    if options.format == "markdown":
        assert lines == rows + left_out + 2, f"{lines} lines, {rows} rows, {left_out} left out"
    elif options.format == "json":
        header = int(options.shape == "rows" and bool(options.header_row))
        assert lines <= rows + left_out + header, f"{lines} entries, {rows} rows, {left_out} left out"


def names_the_file(error: ReadError) -> None:
    """A message for people begins with the file."""
    if not str(error).startswith("f.x"):
        raise AssertionError(str(error))


def fuzz(seed: int, files: float = math.inf, seconds: float = math.inf) -> tuple[int, list[str]]:
    """How many files were read, and what went wrong, with the seed of each."""
    return fuzzing.fuzz(one, SLOW, seed, files, seconds)


def main() -> None:
    """The long form."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    count, wrong = fuzz(asked.seed, seconds=asked.minutes * 60)
    print(f"{count} files read, {len(wrong)} went wrong")
    print("\n".join(wrong))


if __name__ == "__main__":
    main()
