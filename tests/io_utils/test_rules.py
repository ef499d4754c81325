"""Next month's file: the options of last time are rules, and what differs is said."""

import pytest

from io_utils import ReadOptions, read
from io_utils.facts import Difference

LAST = ReadOptions(format="csv", columns=("name", "city"))
CP1252 = LAST.model_copy(update={"encoding": "cp1252"})
ROWS = "name,city\nJürgen,Köln\nGünther,Münster\nBjörn,Malmö\n"
FIRST = {"name": "Jürgen", "city": "Köln"}

FILES: dict[str, tuple[bytes, ReadOptions, list[Difference]]] = {
    "the same": (ROWS.encode(), LAST, []),
    "a mark before it": (b"\xef\xbb\xbf" + ROWS.encode(), LAST, []),
    "Windows-1252 instead of UTF-8": (
        ROWS.encode("cp1252"), LAST,
        [Difference(what="Characters are written in", was="UTF-8", now="Western European (Windows-1252)")],
    ),
    "UTF-8 instead of Windows-1252": (
        ROWS.encode(), CP1252, [Difference(what="Characters are written in", was="Western European (Windows-1252)", now="UTF-8")]
    ),
    "UTF-16": (ROWS.encode("utf-16"), LAST, [Difference(what="Characters are written in", was="UTF-8", now="UTF-16")]),
    "semicolons": (
        ROWS.replace(",", ";").encode(), LAST, [Difference(what="Columns are separated by", was="commas", now="semicolons")]
    ),
    "further down": (
        f"Report\n\n{ROWS}".encode(), LAST, [Difference(what="The header", was="on line 1", now="on line 3")]
    ),
    "a new column": (
        ROWS.replace("\n", ",x\n").replace("city,x", "city,age").encode(), LAST, [Difference(what="Columns", was="no other", now="age")]
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "options", "differences"), FILES.values(), ids=FILES)
def test_next_months_file(data: bytes, options: ReadOptions, differences: list[Difference]) -> None:
    found = read(data, options, name="t.csv")
    assert found.facts.differences == tuple(differences)
    assert found.table.iloc[0].to_dict() | FIRST == found.table.iloc[0].to_dict()
    assert read(data, found.options, name="t.csv").facts.differences == ()


def test_a_column_that_is_gone_is_said() -> None:
    found = read(b"name,town\nJo,York\n", LAST, name="t.csv")
    assert found.facts.differences == (Difference(what="Columns", was="city", now="town"),)
    assert found.facts.differences[0].sentence == "Columns: was city, is now town."


def test_without_names_of_last_time_the_options_are_choices() -> None:
    found = read(ROWS.replace(",", ";").encode(), ReadOptions(format="csv"), name="t.csv")
    assert (found.table.shape, found.facts.differences) == ((3, 1), ())
    garbled = read(ROWS.encode(), ReadOptions(format="csv", encoding="cp1252"), name="t.csv")
    assert garbled.table["name"].iloc[0] == "JÃ¼rgen"


def test_lines_chosen_by_hand_are_not_used_in_another_file() -> None:
    options = ReadOptions(format="csv", left_out=(2,), hand_lines=4)
    assert read(ROWS.encode(), options, name="t.csv").table["name"].tolist() == ["Günther", "Björn"]
    found = read(f"{ROWS}Jo,York\n".encode(), options, name="t.csv")
    assert found.table["name"].tolist() == ["Jürgen", "Günther", "Björn", "Jo"]
    said = "Lines put back or left out by hand: was in a file of 4 lines, is now not used: 5 lines."
    assert [d.sentence for d in found.facts.differences] == [said]
    assert (found.options.left_out, found.options.hand_lines) == ((), 0)
