"""Tables drawn with pipes and a ruling line: Markdown, and the output of database consoles."""

import pytest

from io_utils import Read, detect, raw_lines, read

MYSQL = "+----+-----+\n| id | n   |\n+----+-----+\n|  1 | x   |\n|  2 |     |\n+----+-----+\n2 rows in set\n"
TABLES: dict[str, tuple[str, dict[str, list[str | None]], list[int], list[tuple[int, str]]]] = {
    "markdown": (
        "| a | b |\n|---|:-:|\n| 1 | x \\| y |\n| 2 |  |\n", {"a": ["1", "2"], "b": ["x | y", None]}, [3, 4], [],
    ),
    "text around it": (
        "# Report\n\na | b\n--|--\n1 | 2\n\nThe end | really\n", {"a": ["1"], "b": ["2"]}, [5],
        [(1, "above the table"), (2, "blank line"), (6, "blank line"), (7, "below the table")],
    ),
    "a console of MySQL": (
        MYSQL, {"id": ["1", "2"], "n": ["x", None]}, [4, 5], [(1, "ruling line"), (6, "ruling line"), (7, "below the table")],
    ),
    "a console of PostgreSQL": (" id | n \n----+---\n  1 | x\n(1 row)\n", {"id": ["1"], "n": ["x"]}, [3], [(4, "below the table")]),
    "rows of other lengths": (
        "a|b\n-|-\n1|2|3\n1|2\n|1|\n", {"a": ["1"] * 3, "b": ["2", "2", None], "extra_1": ["3", None, None]}, [3, 4, 5], [],
    ),
}  # fmt: skip


def left_out(found: Read) -> list[tuple[int, str]]:
    return [(line, reason) for line, reason in found.set_aside[["line", "reason"]].itertuples(index=False)]


@pytest.mark.parametrize(("text", "cells", "rows", "gone"), TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_drawn_table_is_read(
    text: str, cells: dict[str, list[str | None]], rows: list[int], gone: list[tuple[int, str]], encoding: str
) -> None:
    data = text.encode(encoding)
    found = read(data, name="f.md")
    assert found.options.format == "markdown"
    assert {str(n): [v if isinstance(v, str) else None for v in found.table[n]] for n in found.table.columns} == cells
    assert found.table.index.tolist() == rows
    assert left_out(found) == gone
    lines = raw_lines(data, found.options, "f.md", 1, 100)
    assert len(lines) == len(rows) + len(gone) + 2  # the header and the ruling line under it
    assert lines[found.options.header_row - 1].text == text.splitlines()[found.options.header_row - 1]


def test_another_number_of_cells_is_said() -> None:
    found = read(b"a|b\n-|-\n1|2|3\n", name="f.md")
    assert found.notes[-1].text == (
        "Row 3: not as many cells as the header, which has 2. Extra cells are kept, absent ones are missing."
    )  # fmt: skip


NOT_DRAWN = {
    "pipes without a rule": "a|b\n1|2\n3|4\n",
    "a rule further down": "a|b\n1|2\n--|--\n",
    "a rule of other width": "a|b|c\n--|--\n1|2|3\n",
    "dashes as data": "a,b\n--,--\n",
}


@pytest.mark.parametrize("text", NOT_DRAWN.values(), ids=NOT_DRAWN)
def test_what_is_not_drawn_is_delimited_text(text: str) -> None:
    assert detect(text.encode(), name="f.md")[0].format == "csv"
