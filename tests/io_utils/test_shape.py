"""Dialects and shapes of text files, found and read: typed by hand."""

import pytest

from io_utils import Limits, Note, ReadError, ReadOptions, detect, read
from io_utils.delimited.dialect import find_dialects
from io_utils.delimited.header import joined
from io_utils.delimited.own import Dialect
from io_utils.facts import Lines, Total
from io_utils.options import Read

DIALECTS: dict[str, tuple[str, Dialect]] = {
    "apostrophes": ("name,say\nBob,'hi, there'\nAnn,'oh, no'\nEve,'x'\n", Dialect(",", "'")),
    "backslashes": ('a,b\n1,"x \\"y\\" z"\n2,"p, \\"q\\""\n', Dialect(",", '"', "\\")),
    "delimiter and space": ('a, b, c\n1, "x, y", 3\n4, "p", 6\n', Dialect(",", '"', "", True)),
    "spaces": ('id name qty\n1 "a b" 3\n2 c 4\n', Dialect(" ")),
    "one column of times": ("t\n12:30\n13:40\n14:10\n", Dialect(",")),
    "one column of timestamps": ("d\n2024-01-02 10:11\n2024-01-03 10:11\n", Dialect(",")),
    "one column of decimal commas": ("price\n1,5\n2,5\n3,5\n", Dialect("\t")),
    "comments": ("#made by x\na,b\n1,2\n#foo\n3,4\n", Dialect(",", comment="#")),
    "a header that begins with #": ("#a,b\n1,2\n3,4\n", Dialect(",")),
    "sep=": ("sep=;\na;b\n1,2;3,4\n", Dialect(";")),
    "carets": ("a^b^c\n1^2^3\n4^5^6\n", Dialect("^")),
    "fixed width": ("id  name      qty\n1   foo bar   3\n22  baz       14\n3   a         5\n", Dialect(cuts=(0, 4, 14))),
}


@pytest.mark.parametrize(("text", "expected"), DIALECTS.values(), ids=DIALECTS)
def test_dialects(text: str, expected: Dialect) -> None:
    assert find_dialects(text, "t.csv")[0].dialect == expected


def cells(found: Read) -> list[list[str | None]]:
    return [[None if c is None else str(c) for c in row] for row in found.table.astype(object).where(found.table.notna(), None).to_numpy()]


def aside(found: Read) -> list[list[object]]:
    return found.set_aside[["line", "reason", "text"]].to_numpy().tolist()


SHAPES: dict[str, tuple[str, list[str], list[list[str | None]], list[list[object]]]] = {
    "preamble": ("Report\nMade 2024\n\na,b,c\n1,x,3\n4,y,6\n", ["a", "b", "c"], [["1", "x", "3"], ["4", "y", "6"]],
        [[1, "above the header", "Report"], [2, "above the header", "Made 2024"], [3, "blank line", ""]]),
    "preamble as long as the table": ("Report,,\na,b,c\n1,x,3\n4,y,6\n", ["a", "b", "c"], [["1", "x", "3"], ["4", "y", "6"]],
        [[1, "above the header", "Report,,"]]),
    "no header": ("1,x,2024-01-01\n2,y,2024-01-02\n", ["column_1", "column_2", "column_3"],
        [["1", "x", "2024-01-01"], ["2", "y", "2024-01-02"]], []),
    "all text: the first line is the header": ("a,b\nx,y\n", ["a", "b"], [["x", "y"]], []),
    "merged parents": ("key,2023,,2024,\n,sold,left,sold,left\na,1,2,3,4\nb,5,6,7,8\nc,1,1,1,1\n",
        ["key", "2023 sold", "2023 left", "2024 sold", "2024 left"],
        [["a", "1", "2", "3", "4"], ["b", "5", "6", "7", "8"], ["c", "1", "1", "1", "1"]], []),
    "units below": ("item,weight,price\n,(kg),(EUR)\na,1,2\nb,3,4\nc,5,6\n", ["item", "weight (kg)", "price (EUR)"],
        [["a", "1", "2"], ["b", "3", "4"], ["c", "5", "6"]], []),
    "header again": ("a,b\n1,2\na,b\n3,4\n", ["a", "b"], [["1", "2"], ["3", "4"]], [[3, "the header again", "a,b"]]),
    "footer": ("a,b,c\n1,2,3\n4,5,6\n\nSource: us\n", ["a", "b", "c"], [["1", "2", "3"], ["4", "5", "6"]],
        [[4, "blank line", ""], [5, "below the table", "Source: us"]]),
    "a short last row is a row": ("a,b,c\n1,2,3\n4\n", ["a", "b", "c"], [["1", "2", "3"], ["4", None, None]], []),
    "a row with another delimiter": ("a,b,c\n1,2,3\n4;5;6\n7,8,9\n", ["a", "b", "c"],
        [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]], []),
    "a row with spaces behind its delimiters": ('a,b,c\n1,"x, y",3\n4, "y, z", 6\n7,p,9\n', ["a", "b", "c"],
        [["1", "x, y", "3"], ["4", "y, z", "6"], ["7", "p", "9"]], []),
    "two tables": ("a,b\n1,2\n3,4\n\nx,y,z\n5,6,7\n8,9,0\n", ["a", "b"], [["1", "2"], ["3", "4"]],
        [[4, "blank line", ""], [5, "another table of the file", "x,y,z"], [6, "another table of the file", "5,6,7"],
         [7, "another table of the file", "8,9,0"]]),
    "sep=": ("sep=;\na;b\n1;2\n3;4\n", ["a", "b"], [["1", "2"], ["3", "4"]], [[1, "above the header", "sep=;"]]),
    "comment": ("a,b\n1,2\n# note\n3,4\n", ["a", "b"], [["1", "2"], ["3", "4"]], [[3, "comment", "# note"]]),
    "fixed width": ("id  name      qty\n1   foo bar   3\n22  baz       14\n3             5\n", ["id", "name", "qty"],
        [["1", "foo bar", "3"], ["22", "baz", "14"], ["3", None, "5"]], []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "names", "expected", "left"), SHAPES.values(), ids=SHAPES)
def test_shapes(text: str, names: list[str], expected: list[list[str | None]], left: list[list[object]]) -> None:
    found = read(text.encode(), name="t.csv")
    assert (list(found.table.columns), cells(found), aside(found)) == (names, expected, left)


def test_other_tables_are_offered() -> None:
    data = b"a,b\n1,2\n3,4\n\nx,y,z\n5,6,7\n8,9,0\n"
    second = next(o for o in detect(data, name="t.csv") if o.table == 2)
    found = read(data, second, name="t.csv")
    assert (list(found.table.columns), cells(found)) == (["x", "y", "z"], [["5", "6", "7"], ["8", "9", "0"]])
    assert found.table.index.tolist() == [6, 7]
    assert [line for line, _, _ in aside(found)] == [1, 2, 3, 4]
    with pytest.raises(ReadError, match="table 3 was chosen, but there are 2 in the file"):
        read(data, second.model_copy(update={"table": 3}), name="t.csv")


TOTALS = {
    "the same": (
        "a,b\nx,1\ny,2\nTotal,3\n",
        "Row 4 is a total and is left out. The file's own total of b is 3. The 2 rows add up to the same.",
        Total(column="b", row=4, said="3", found="3", same=True, rows=2),
    ),
    "differs": (
        "a,b\nx,1\ny,2.5\nTotal,4\n",
        "Row 4 is a total and is left out. The file's own total of b is 4. The 2 rows add up to 3.5.",
        Total(column="b", row=4, said="4", found="3.5", same=False, rows=2),
    ),
    "thousands, gaps, the header again": (
        'a,b\nx,"1,000.25"\na,b\ny,\nz,-0.5\nTotal,999.75\n',
        "Row 6 is a total and is left out. The file's own total of b is 999.75. The 3 rows add up to the same.",
        Total(column="b", row=6, said="999.75", found="999.75", same=True, rows=3),
    ),
}


@pytest.mark.parametrize(("text", "said", "total"), TOTALS.values(), ids=TOTALS)
def test_a_total_is_left_out_and_checked(text: str, said: str, total: Total) -> None:
    found = read(text.encode(), name="t.csv")
    assert total.row in [line for line, _, _ in aside(found)]
    assert found.facts.totals == (total,)
    assert Note(text=said, column="b", row=total.row, kind="info" if total.same else "warning") in found.notes


def test_a_column_with_a_word_among_its_numbers_has_no_total_to_check() -> None:
    found = read(b"a,b\nx,1\ny,n/a\nTotal,3\n", name="t.csv")
    assert (found.facts.totals, found.notes[-1].text) == ((), "Row 4 is a total and is left out.")


LINES = {
    "plain": (b"a,b\n1,2\n3,4", {}, Lines(file=3, rows=2, header=1, left_out=0)),
    "lines within cells": (b'a,b\r\n"1\r\n\r\nx",2\r\n"\n",4\r\n', {}, Lines(file=6, rows=2, header=1, left_out=0, inside=3)),
    "a header of several lines": (b'"a\nb",c\n1,2\n', {}, Lines(file=3, rows=1, header=1, left_out=0, inside=1)),
    "left out": (
        b"Report\n\na,b\n1,2\n3,4\n\n5,6\nTotal,12\n", {"header_row": 3, "leave_out": ("total",)},
        Lines(file=8, rows=3, header=1, left_out=4),
    ),
    "extra cells": (b'a,b\n1,2,"x\ny"\n', {"extra_cells": "leave_out"}, Lines(file=3, rows=1, header=1, left_out=0, inside=1)),
    "CR": (b"a,b\r1,2\r\r", {}, Lines(file=3, rows=1, header=1, left_out=1)),
    "UTF-16": ("\ufeffa,b\n1,\u0a0d\n".encode("utf-16-be"), {"encoding": "utf-16"}, Lines(file=2, rows=1, header=1, left_out=0)),
    "no header": (b"1,2\n3,4\n", {"header_row": 0}, Lines(file=2, rows=2, header=0, left_out=0)),
}  # fmt: skip


@pytest.mark.parametrize(("data", "choices", "lines"), LINES.values(), ids=LINES)
def test_lines_are_counted_on_the_bytes(data: bytes, choices: dict[str, object], lines: Lines) -> None:
    found = read(data, ReadOptions.model_validate({"format": "csv", **choices}), name="t.csv")
    assert found.facts.lines == lines
    assert lines.missing == 0


def test_lines_of_several_files_are_added() -> None:
    one, two = Lines(file=3, rows=2, header=1, left_out=0), Lines(file=9, rows=5, header=1, left_out=2, inside=1)
    assert Lines.together([one, two]) == Lines(file=12, rows=7, header=2, left_out=2, inside=1)
    assert Lines.together([one, None]) is None


def test_a_lost_line_is_seen() -> None:
    lines = Lines(file=10, rows=5, header=1, left_out=2, inside=1)
    assert lines.missing == 1
    assert lines.sentence == "10 lines in the file: 5 rows, 1 of the header, 2 left out, 1 within cells of several lines."


def test_lines_are_put_back_and_rows_left_out_by_number() -> None:
    data = b"Made by us\na,b\n1,2\n# x,y\n3,4\n\nTotal,6\n"
    choices = {"format": "csv", "header_row": 2, "comment": "#", "leave_out": ("total",)}
    first = read(data, ReadOptions.model_validate(choices), name="t.csv")
    assert [line for line, _, _ in aside(first)] == [1, 4, 6, 7]
    found = read(data, ReadOptions.model_validate({**choices, "put_back": (1, 4, 6, 7), "left_out": (3,)}), name="t.csv")
    assert cells(found) == [["Made by us", None], ["# x", "y"], ["3", "4"], [None, None], ["Total", "6"]]
    assert found.table.index.tolist() == [1, 4, 5, 6, 7]
    assert aside(found) == [[3, "left out by hand", "1,2"]]
    assert found.facts.lines == Lines(file=7, rows=5, header=1, left_out=1)
    assert cells(read(data, found.options, name="t.csv")) == cells(found)


def test_a_line_put_back_with_more_cells_widens_the_table() -> None:
    data = b"x,y,z\na,b\n1,2\n"
    options = ReadOptions(format="csv", header_row=2, put_back=(1,))
    found = read(data, options, name="t.csv")
    assert (list(found.table.columns), cells(found)) == (["a", "b", "extra_1"], [["x", "y", "z"], ["1", "2", None]])


@pytest.mark.parametrize(
    ("names", "kept"), [("first", {"a": "in kg", "b": "whole"}), ("last", {"in kg": "a", "whole": "b"}), ("joined", {})]
)
def test_header_lines_that_are_no_names_describe_the_columns(names: str, kept: dict[str, str]) -> None:
    options = ReadOptions.model_validate({"format": "csv", "header_rows": 2, "header_names": names})
    assert read(b"a,b\nin kg,whole\n1,2\n", options, name="t.csv").facts.descriptions == kept


def test_without_the_rules_all_lines_are_rows() -> None:
    found = read(b"a,b\nx,1\na,b\nTotal,1\n", ReadOptions(format="csv"), name="t.csv")
    assert cells(found) == [["x", "1"], ["a", "b"], ["Total", "1"]]


def test_extra_cells_may_be_left_out_and_listed() -> None:
    found = read(b"a,b\n1,2,3,4\n5,6\n", ReadOptions(format="csv", extra_cells="leave_out"), name="t.csv")
    assert cells(found) == [["1", "2"], ["5", "6"]]
    assert aside(found) == [[2, "cells beyond the header", "3 | 4"]]
    assert found.notes[0].text == "Row 2: the cells beyond the header are left out and listed."


@pytest.mark.parametrize(("names", "expected"), [("joined", ["a x", "b y"]), ("first", ["a", "b"]), ("last", ["x", "y"])])
def test_names_from_several_lines(names: str, expected: list[str]) -> None:
    options = ReadOptions.model_validate({"format": "csv", "header_rows": 2, "header_names": names})
    found = read(b"a,b\nx,y\n1,2\n", options, name="t.csv")
    assert (list(found.table.columns), found.table.index.tolist()) == (expected, [3])
    again = read(b"top\na,b\nx,y\n1,2\n", found.options, name="t.csv")
    assert (list(again.table.columns), again.options.header_row) == (expected, 2)


def test_parents_are_filled_forward() -> None:
    assert joined([["2023", None, None], ["in", "out", None]]) == ["2023 in", "2023 out", None]


def test_several_characters_as_delimiter() -> None:
    found = read(b'a||b\n1||"x||y"\n', ReadOptions(format="csv", delimiter="||"), name="t.csv")
    assert cells(found) == [["1", "x||y"]]


def test_old_options_still_read() -> None:
    old = '{"format":"csv","encoding":"utf-8","delimiter":";","quote":"\\"","header_row":1,"sheet":null,"columns":null}'
    assert cells(read(b"a;b\n1;2\n", ReadOptions.model_validate_json(old), name="t.csv")) == [["1", "2"]]


LIMITS = {
    "size": (Limits(size=5), "t.csv: the file has 12 bytes, but at most 5 can be read. Load it in parts."),
    "rows": (Limits(rows=1), "t.csv: 2 rows, but at most 1 can be read. Load the file in parts."),
    "cell": (Limits(cell_length=2), "t.csv, row 3: the cell in column 2 has 3 characters, but at most 2 can be read."),
}


@pytest.mark.parametrize(("limits", "message"), LIMITS.values(), ids=LIMITS)
def test_limits(limits: Limits, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(b"a,b\n1,2\n3,xyz"[:12] if limits.size == 5 else b"a,b\n1,2\n3,xyz\n", ReadOptions(format="csv"), name="t.csv", limits=limits)
    assert str(caught.value).startswith(message)


def test_a_limit_is_set_by_the_environment_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_LIMIT_ROWS", "1")
    with pytest.raises(ReadError) as caught:
        read(b"a,b\n1,2\n3,4\n", name="t.csv")
    said = "t.csv: 2 rows, but at most 1 can be read. Load the file in parts. The limit is the setting WORKBENCH_LIMIT_ROWS."
    assert str(caught.value) == said


def test_a_header_longer_than_what_is_looked_at_below_a_comment() -> None:
    names = ",".join(f"column {n} {'x' * 60}" for n in range(1_000))
    found = detect(f"# a note\n\n{names}\n{','.join(['1'] * 1_000)}\n".encode())[0]
    assert (found.header_row, found.comment) == (3, "#")
