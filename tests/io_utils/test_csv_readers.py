"""Arrow's fast reader against our own: on all that the scan calls plain they give the same cells and row numbers."""

import contextlib
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from io_utils.delimited import columns, plain
from io_utils.delimited import scan as scanning
from io_utils.delimited.columns import each_record, parse, parse_any, parse_plain
from io_utils.delimited.own import Dialect, records
from io_utils.delimited.plain import Plain
from io_utils.delimited.scan import NOT_PLAIN, scan

# Own reader: text -> cells of each record. None is a missing cell.
RECORDS = {
    "plain": ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
    "no last line end": ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
    "CR LF, CR and LF": ("a\r\nb\rc\nd", [["a"], ["b"], ["c"], ["d"]]),
    "missing and empty text": ('1,,""\n', [["1", None, ""]]),
    "blank line": ("a\n\nb\n", [["a"], [], ["b"]]),
    "quoted newline and delimiter": ('"a\nb,c",d\n', [["a\nb,c", "d"]]),
    "doubled quote": ('"a ""b"" c",""""\n', [['a "b" c', '"']]),
    "quote inside a cell is text": ('5" pipe,6"\n', [['5" pipe', '6"']]),
    "text after a closing quote": ('"x"y,z\n', [['"x"y', "z"]]),
    "text after a closing quote, then a quoted cell": ('"x"y,"z"\n', [['"x"y', "z"]]),
    "quotes that are not doubled": ('"He said "hi" now",b\n', [['He said "hi" now', "b"]]),
    "unclosed quote": ('"a,b\n1,2\n', [['"a', "b"], ["1", "2"]]),
    "unclosed quote before a quoted cell": ('"5 pipe,a\n6,"b"\n', [['"5 pipe', "a"], ["6", "b"]]),
    "a lone quote": ('"\n1\n', [['"'], ["1"]]),
    "space before a quote": ('a, "b"\n', [["a", ' "b"']]),
    "NUL": ("a\0b,c\n", [["a\0b", "c"]]),
}


@pytest.mark.parametrize(("text", "expected"), RECORDS.values(), ids=RECORDS)
def test_own_reader(text: str, expected: list[list[str | None]]) -> None:
    assert [r.cells for r in records(text)] == expected


def test_own_reader_without_a_quote_sign() -> None:
    assert [r.cells for r in records('"a;b"\n', Dialect(";", ""))] == [['"a', 'b"']]


PLAIN = {
    "plain": (b"a,b\n1,2\n", True),
    "quoted": (b'"a","b"\r\n"1,\n2",""\r\n', True),
    "doubled": (b'"a""b"\n""""\n', True),
    "text after a quote": (b'"x"y\n', False),
    "quote inside a cell": (b'5" pipe\n', False),
    "unclosed": (b'"a\n1\n', False),
    "unclosed, then quoted": (b'"a\n"b"\n', False),
    "NUL": (b"a\0b\n", False),
}


@pytest.mark.parametrize(("data", "expected"), PLAIN.values(), ids=PLAIN)
def test_scan_says_whether_text_is_plain(data: bytes, expected: bool) -> None:
    assert scan(np.frombuffer(data, np.uint8), ord(","), ord('"')).plain is expected


def test_scan_counts_records_and_finds_blank_ones() -> None:
    facts = scan(np.frombuffer(b'a\r\n\r\n"x\n\ny"\n\n\rz', np.uint8), ord(","), ord('"'))
    assert (facts.records, facts.blank.tolist(), facts.quoted_newlines) == (6, [1, 3, 4], True)


def rows_of(parsed: columns.Parsed) -> tuple[list[tuple[str | None, ...]], list[int]]:
    cells = list(zip(*(c.to_pylist() for c in parsed.columns), strict=True))
    return cells, [int(r) for r in parsed.rows]


PIECES = st.sampled_from(
    ["a", "ä", "1", " ", ",", ",", '"', '"', '""', '"b"', '"c\n"', "\n", "\n", "\r\n", "\r", "\t", ",\n", "\n\n", "\0"]
)


@given(st.lists(PIECES, max_size=40).map("".join), st.integers(1, 4), st.sampled_from([1, 2, 3, 5, 1 << 20]))
@example("a,b\r\n,\r\n", 2, 3)
@example(',"",', 3, 1)
def test_arrow_and_own_reader_agree_on_plain_text(text: str, width: int, block: int) -> None:
    data = text.encode()
    with patch.object(scanning, "BLOCK", block):
        facts = scan(np.frombuffer(data, np.uint8), ord(","), ord('"'))
    assume(data)
    whole = scan(np.frombuffer(data, np.uint8), ord(","), ord('"'))
    assert (facts.plain, facts.records, facts.blank.tolist(), facts.quoted_newlines, facts.longest) == (
        whole.plain,
        whole.records,
        whole.blank.tolist(),
        whole.quoted_newlines,
        whole.longest,
    )
    own = parse_any(pa.py_buffer(data), width, 2, Dialect())
    if not facts.plain:
        return
    assert facts.records == len(list(records(text)))
    fast = parse_plain(Plain(pa.py_buffer(data), Dialect(), {}, {}), width, 2, Dialect(), facts)
    assert fast is not None
    assert (rows_of(fast), fast.blank, fast.ragged) == (rows_of(own), own.blank, own.ragged)


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(1, 4), st.sampled_from([1, 2, 3, 5, 64]), st.sampled_from([3, 16, 4096]))
@example('"a,b\n1,"\n2,3', 2, 5, 16)
@example("\r\0\n\n", 1, 1, 3)
@example('\r\r"\n\n', 1, 1, 3)
@example('x,"y\n1,2\n3,4\n5,6\n"', 2, 64, 16)
def test_damaged_records_amid_plain_ones_are_read_as_by_the_own_reader(text: str, width: int, block: int, window: int) -> None:
    assume(text)
    own = parse_any(pa.py_buffer(text.encode()), width, 2, Dialect())
    with patch.object(scanning, "BLOCK", block), patch.object(columns, "WINDOW", window), patch.object(columns, "parse_any", None):
        parted = parse(pa.py_buffer(text.encode()), width, 2, Dialect())
    assert (rows_of(parted), parted.blank, parted.ragged) == (rows_of(own), own.blank, own.ragged)


OTHER_PIECES = st.sampled_from(
    ["a", "ä", "1", " ", "  ", ",", ",", ", ", '"', '"', '""', '"b"', ' "c, d" ', '"c\n"', "\n", "\n", "\r\n", "\r", "||", "|", "#", "\n#",
     "\\", "\\\\", "\\\r\n", '\\"', "\\,", "\\\n", "\n\n", "\n  \n", "\0", "\x01"]
)  # fmt: skip
DIALECTS = st.builds(
    Dialect,
    st.sampled_from([",", "||", "·"]),
    st.sampled_from(['"', '"', ""]),
    st.sampled_from(["", "\\"]),
    st.booleans(),
    st.sampled_from(["", "#"]),
    st.sampled_from([(), (), (), (0, 2, 5)]),
)


@given(st.lists(OTHER_PIECES, max_size=50).map("".join), DIALECTS, st.integers(1, 4), st.sampled_from([1, 3, 7, 64]))
@example('a, "b, c" ,d\n   \n', Dialect(skip_space=True), 3, 64)
def test_other_dialects_are_read_as_by_the_own_reader(text: str, dialect: Dialect, width: int, block: int) -> None:
    assume(text and "\\\\\\" not in text)  # among lone quotes the own reader looks back at no more than two escapes
    own = parse_any(pa.py_buffer(text.encode()), width, 2, dialect)
    small = [(scanning, "BLOCK", block), (scanning, "LINES", block), (plain, "PART", block), (columns, "WINDOW", 16)]
    with contextlib.ExitStack() as patches:
        for module, name, size in small:
            patches.enter_context(patch.object(module, name, size))
        found = parse(pa.py_buffer(text.encode()), width, 2, dialect)
    if dialect.cuts:
        assert (rows_of(found), found.blank) == (rows_of(own), own.blank)
        return
    assert (rows_of(found), found.blank, found.ragged) == (rows_of(own), own.blank, own.ragged)


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(1, 4), st.sampled_from([1, 3, 7, 64]))
def test_text_scanned_line_by_line_gives_the_same(text: str, width: int, block: int) -> None:
    assume(text)
    own = parse_any(pa.py_buffer(text.encode()), width, 2, Dialect())
    with patch.object(scanning, "LINES", block), patch.object(columns, "WINDOW", 16), patch.object(columns, "scan", lambda *a: NOT_PLAIN):
        found = parse(pa.py_buffer(text.encode()), width, 2, Dialect())
    assert (rows_of(found), found.blank, found.ragged) == (rows_of(own), own.blank, own.ragged)


@given(st.lists(OTHER_PIECES, max_size=60).map("".join), DIALECTS, st.integers(1, 4), st.sampled_from([4, 9, 30]))
@example('"\r\n\\\\"', Dialect(escape="\\"), 1, 4)
def test_parts_of_the_text_are_read_as_the_whole(text: str, dialect: Dialect, width: int, part: int) -> None:
    with patch.object(columns, "PART", part):
        found = [(cells, raw) for cells, raw, _ in each_record(pa.py_buffer(text.encode()), dialect, width)]
    assert found == [(r.cells, text[r.start : r.end]) for r in records(text, dialect, width)]


def test_a_quote_that_would_swallow_records_is_text() -> None:
    text = 'a,b,c\n1,"x,2\n3,y,4\n5,z,6\n7,w",8\n9,"two\nlines",10\n'
    parsed = parse(pa.py_buffer(text.encode()), 3, 1, Dialect())
    assert rows_of(parsed)[0] == [
        ("a", "b", "c"), ("1", '"x', "2"), ("3", "y", "4"), ("5", "z", "6"), ("7", 'w"', "8"), ("9", "two\nlines", "10")
    ]  # fmt: skip


@given(st.lists(st.lists(st.none() | st.text('ab,"\n\r ', max_size=4), min_size=3, max_size=3), min_size=1, max_size=30))
def test_records_that_cross_arrows_blocks_are_whole(cells: list[list[str | None]]) -> None:
    def written(cell: str | None) -> str:
        return "" if cell is None else '"' + cell.replace('"', '""') + '"'

    data = "".join(",".join(map(written, row)) + "\r\n" for row in cells).encode()
    facts = scan(np.frombuffer(data, np.uint8), ord(","), ord('"'))
    with patch.object(columns, "BLOCK", 8):
        fast = parse_plain(Plain(pa.py_buffer(data), Dialect(), {}, {}), 3, 1, Dialect(), facts)
    assert fast is not None
    assert rows_of(fast) == ([tuple(row) for row in cells], list(range(1, len(cells) + 1)))


def test_a_quoted_line_end_that_arrows_blocks_part_stays_whole() -> None:
    for pad in range(80):
        data = ("z" * 20 + "\n" + "p\n" * 10 + "q" * (pad % 20) + "\n" * (pad >= 20) + "r" * 9 + '\n"a\r\nb"\n' * 9).encode()
        facts = scan(np.frombuffer(data, np.uint8), ord(","), ord('"'))
        with patch.object(columns, "BLOCK", 40 + pad):
            fast = parse_plain(Plain(pa.py_buffer(data), Dialect(), {}, {}), 1, 1, Dialect(), facts)
        assert fast is not None
        assert fast.columns[0].to_pylist()[-9:] == ["a\r\nb"] * 9
