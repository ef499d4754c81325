"""Damaged text files of which the truth is known: 12 kinds of damage x 30 dialects x 30 encodings.

    python -m tests.io_utils.damage --n 300

prints how well the readers do: mean cell F1, record F1, encodings right, records not accounted for.
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import NamedTuple

from io_utils import Read, ReadError, read
from tests.io_utils.languages import WORDS

Rows = list[list[str]]


class Writing(NamedTuple):
    """How a file is written."""

    delimiter: str
    quote: str
    escape: str
    end: str
    quoting: str  # "needed" or "all"


class Case(NamedTuple):
    """A damaged file: its bytes, what kind of damage, the true table, and how many records the file has."""

    data: bytes
    damage: str
    writing: Writing
    encoding: str
    header: list[str]
    rows: Rows
    records: int
    text: str


WRITINGS = [
    Writing(d, q, e, end, quoting)
    for (d, end), (q, e, quoting) in product(
        [(",", "\n"), (";", "\r\n"), ("\t", "\n"), ("|", "\r\n"), (", ", "\n"), (",", "\r")],
        [('"', "", "needed"), ('"', "", "all"), ("'", "", "needed"), ('"', "\\", "needed"), ('"', "\\", "all")],
    )
]
ENCODINGS = [
    ("german", "utf-8"), ("russian", "utf-8-sig"), ("french", "utf-16"), ("greek", "utf-16-le"), ("czech", "utf-16-be"),
    ("german", "cp1252"), ("french", "latin-1"), ("spanish", "iso8859-15"), ("swedish", "mac-roman"), ("german", "cp850"),
    ("polish", "cp1250"), ("czech", "iso8859-2"), ("hungarian", "cp852"), ("romanian", "cp1250"), ("russian", "cp1251"),
    ("russian", "koi8-r"), ("bulgarian", "iso8859-5"), ("russian", "cp866"), ("russian", "mac-cyrillic"), ("ukrainian", "cp1251"),
    ("greek", "cp1253"), ("greek", "iso8859-7"), ("turkish", "cp1254"), ("hebrew", "cp1255"), ("arabic", "cp1256"),
    ("lithuanian", "cp1257"), ("japanese", "cp932"), ("japanese", "euc-jp"), ("chinese", "gb18030"), ("korean", "cp949"),
]  # fmt: skip


def table(pick: random.Random, language: str, encoding: str) -> tuple[list[str], Rows]:
    """A header and rows of every kind of value."""
    words = [w for w in WORDS[language][1].split() if can(w, encoding)]
    makers: list[tuple[str, Callable[[], str]]] = [
        ("id", lambda: str(pick.randint(1000, 99999))),
        ("name", lambda: pick.choice(words)),
        ("day", lambda: f"{pick.randint(2015, 2024)}-{pick.randint(1, 12):02}-{pick.randint(1, 28):02}"),
        ("price", lambda: f"{pick.randint(1, 900)}.{pick.randint(0, 99):02}"),
        ("place", lambda: f"{pick.choice(words)} {pick.choice(words)}"),
        ("qty", lambda: pick.choice(["", str(pick.randint(1, 50))])),
        ("note", lambda: note(pick, words)),
        ("code", lambda: pick.choice(["NA", "A-1", "B-22", "N/A"])),
    ]
    width = pick.randint(3, len(makers))
    chosen = makers[:width]
    return [n for n, _ in chosen], [[make() for _, make in chosen] for _ in range(pick.randint(6, 40))]


def note(pick: random.Random, words: list[str]) -> str:
    one, two = pick.choice(words), pick.choice(words)
    return pick.choice(["", f"{one}, {two}", f"{one}; 3|4", one])


def can(word: str, encoding: str) -> bool:
    try:
        word.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def cell(value: str, w: Writing, force: bool = False) -> str:
    bare = w.delimiter.strip(" ") or w.delimiter
    if not (force or w.quoting == "all" or any(s in value for s in (bare, w.quote, "\n", "\r"))):
        return value
    inner = value.replace("\\", "\\\\").replace(w.quote, "\\" + w.quote) if w.escape else value.replace(w.quote, w.quote * 2)
    return w.quote + inner + w.quote


def line(cells: list[str], w: Writing) -> str:
    return w.delimiter.join(cell(c, w) for c in cells)


def draw(seed: int | str, damage: str | None = None, writing: Writing | None = None, encoding: tuple[str, str] | None = None) -> Case:
    """One file, the same for the same seed."""
    pick = random.Random(seed)
    damage = damage or pick.choice(list(DAMAGES))
    w = writing or pick.choice(WRITINGS)
    language, code = encoding or pick.choice(ENCODINGS)
    header, rows = table(pick, language, code)
    header, rows, lines, records = DAMAGES[damage](pick, header, rows, w)
    text = w.end.join(lines) + w.end
    data = text.encode(code)
    return Case(data, damage, w, code, header, rows, records, text)


Damaged = tuple[list[str], Rows, list[str], int]


def plain(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    lines = [line(r, w) for r in (header, *rows)]
    return header, rows, lines, len(lines)


def long_row(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    at = pick.randrange(len(rows))
    lines = [line(r, w) for r in (header, *rows)]
    lines[at + 1] = line([*rows[at], "more"], w)
    wide = [[*r, ""] for r in rows]
    wide[at][-1] = "more"
    return [*header, "extra_1"], wide, lines, len(lines)


def short_row(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    at = pick.randrange(len(rows))
    rows[at][-1] = ""
    lines = [line(r, w) for r in (header, *rows)]
    lines[at + 1] = line(rows[at][:-1], w)
    return header, rows, lines, len(lines)


def stray_quote(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    at = pick.randrange(len(rows))
    lines = [line(r, w) for r in (header, *rows)]
    rows[at][1] = f"x{w.quote} {rows[at][1]}"
    cells = [cell(c, w) for c in rows[at]]
    cells[1] = rows[at][1]
    lines[at + 1] = w.delimiter.join(cells)
    return header, rows, lines, len(lines)


def unclosed_quote(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    at = pick.randrange(len(rows))
    rows[at][1] = w.quote + rows[at][0]
    cells = [cell(c, w) for c in rows[at]]
    cells[1] = rows[at][1]
    lines = [line(r, w) for r in (header, *rows)]
    lines[at + 1] = w.delimiter.join(cells)
    return header, rows, lines, len(lines)


def other_delimiter(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    at = pick.randrange(len(rows))
    other = w._replace(delimiter=pick.choice([d for d in ";\t|" if d != w.delimiter]))
    rows[at] = [c.split(",")[0].split(";")[0] for c in rows[at]]
    lines = [line(r, w) for r in (header, *rows)]
    lines[at + 1] = line(rows[at], other)
    return header, rows, lines, len(lines)


def preamble(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    _, _, lines, _ = plain(pick, header, rows, w)
    above = pick.choice([["Report of sales"], ["Report", ""], ["Made by us", "2024-01-01", ""], ["# export", "# of today"]])
    return header, rows, [*above, *lines], len(lines) + len(above)


def two_headers(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    _, _, lines, _ = plain(pick, header, rows, w)
    upper = ["key", *["main"] * (len(header) - 1)]
    units = [f"({n})" for n in header]
    top, names = (upper, [f"{a} {b}" for a, b in zip(upper, header, strict=True)])
    if pick.random() < 0.5:
        return [f"{a} {b}" for a, b in zip(header, units, strict=True)], rows, [lines[0], line(units, w), *lines[1:]], len(lines) + 1
    return names, rows, [line(top, w), *lines], len(lines) + 1


def again_and_total(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    _, _, lines, _ = plain(pick, header, rows, w)
    at = pick.randrange(3, len(lines))
    total = ["Total", *[""] * (len(header) - 2), "1234"] if len(header) > 2 else ["Total", "1234"]
    return header, rows, [*lines[:at], lines[0], *lines[at:], line(total, w)], len(lines) + 2


def blanks_and_nul(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    at = pick.randrange(len(rows))
    rows[at][1] = rows[at][1] + "\0x"
    _, _, lines, _ = plain(pick, header, rows, w)
    where = pick.randrange(2, len(lines))
    return header, rows, [*lines[:where], "", "", *lines[where:], ""], len(lines) + 3


def no_header(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    return [f"column_{i + 1}" for i in range(len(header))], rows, [line(r, w) for r in rows], len(rows)


def footer(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    _, _, lines, _ = plain(pick, header, rows, w)
    return header, rows, [*lines, "", "Source: our own counts"], len(lines) + 2


def multiline(pick: random.Random, header: list[str], rows: Rows, w: Writing) -> Damaged:
    at = pick.randrange(len(rows))
    rows[at][1] = f"first\nsecond {w.delimiter} third"
    return plain(pick, header, rows, w)


DAMAGES: dict[str, Callable[[random.Random, list[str], Rows, Writing], Damaged]] = {
    f.__name__: f
    for f in (
        plain, long_row, short_row, stray_quote, unclosed_quote, other_delimiter, preamble, two_headers, again_and_total, blanks_and_nul,
        no_header, footer, multiline,
    )
}  # fmt: skip


class Score(NamedTuple):
    """How a reading compares with the truth."""

    cells: float
    records: float
    encoding: bool
    accounted: bool


def f1(found: Counter, true: Counter) -> float:
    same = sum((found & true).values())
    return 2 * same / max(1, sum(found.values()) + sum(true.values()))


def cells_of(found: Read) -> Rows:
    filled = found.table.astype(object)
    return filled.where(filled.notna(), "").to_numpy().tolist()


def accounted(case: Case, found: Read) -> bool:
    """Whether records in the file = rows + header rows + records left out."""
    header = found.options.header_rows if found.options.header_row else 0
    return case.records == len(found.table) + header + len(found.set_aside)


def score(case: Case) -> Score:
    try:
        found = read(case.data, name="t.csv")
    except ReadError:
        return Score(0.0, 0.0, False, True)
    rows = cells_of(found)
    names = [str(n) for n in found.table.columns]
    mine = Counter((n, c) for row in rows for n, c in zip(range(99), row, strict=False)) + Counter(("name", n) for n in names)
    true = Counter((n, c) for row in case.rows for n, c in zip(range(99), row, strict=False)) + Counter(("name", n) for n in case.header)
    try:
        same = case.data.decode(found.options.encoding).lstrip("\ufeff") == case.text
    except UnicodeError:
        same = False
    return Score(f1(mine, true), f1(Counter(map(tuple, rows)), Counter(map(tuple, case.rows))), same, accounted(case, found))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print the files that are not read as they should be")
    asked = parser.parse_args()
    by: dict[str, list[Score]] = {}
    for i in range(asked.n):
        case = draw(f"{asked.seed} {i}")
        got = score(case)
        by.setdefault(case.damage, []).append(got)
        if asked.show and (got.cells < 1 or not got.encoding or not got.accounted):
            print(i, case.damage, case.writing, case.encoding, *(round(float(x), 3) for x in got))
    everything = [s for group in by.values() for s in group]
    for name, group in [*sorted(by.items()), ("all", everything)]:
        size = len(group)
        print(
            f"{name:16} {size:5} files  cell F1 {sum(s.cells for s in group) / size:.4f}  "
            f"record F1 {sum(s.records for s in group) / size:.4f}  "
            f"encodings {sum(s.encoding for s in group)}/{size}  not accounted for {sum(not s.accounted for s in group)}"
        )


if __name__ == "__main__":
    main()
