"""A shelf's folder within a limit."""

import os
import time
from pathlib import Path

import pandas as pd
import pytest

from pipeline.results import StepReport, StepResult
from pipeline.shelf import Shelf
from pipeline.tidy import tidy
from tests.pipeline.scratch import plain, table


def result(df: pd.DataFrame) -> StepResult:
    report = StepReport(step="x", label="X", sentence="X", rows_in=len(df), rows_out=len(df))
    return StepResult(table=df, report=report, next_row=99)


def aged(folder: Path, key: str, seconds: float) -> None:
    """As if the result had been used that long ago."""
    then = time.time() - seconds
    for file in [folder / "results" / f"{key}.json", *(folder / "columns").glob(f"{key}-*")]:
        os.utime(file, (then, then))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path)
    first = shelf.put("a", result(table(x=[1, 2, 3], y=["p", "q", "r"])))
    assert isinstance(first, StepResult)
    changed = first.table.assign(x=table(x=[4, 5, 6])["x"])
    shelf.put("b", result(changed))  # y is the same file as in a
    shelf.put("c", result(table(x=[7, 8, 9])))
    for key, seconds in (("a", 3000), ("b", 2000), ("c", 1000)):
        aged(tmp_path, key, seconds)
    return shelf


def sizes(folder: Path) -> dict[str, int]:
    return {f.name: f.stat().st_size for f in (folder / "columns").iterdir()}


def test_within_the_limit_nothing_goes(shelf: Shelf, tmp_path: Path) -> None:
    assert tidy(tmp_path, 10**9) == 0
    assert sorted(sizes(tmp_path)) == ["a-0.arrow", "a-1.arrow", "b-0.arrow", "c-0.arrow"]


def test_the_longest_unused_goes_first_and_what_others_need_stays(shelf: Shelf, tmp_path: Path) -> None:
    held = sizes(tmp_path)
    limit = held["c-0.arrow"] + held["b-0.arrow"] + held["a-1.arrow"]  # what b and c need
    assert tidy(tmp_path, limit) == held["a-0.arrow"]
    again = Shelf(tmp_path)
    assert again.get("a") is None
    found = again.get("b")
    assert isinstance(found, StepResult)
    assert plain(found.table) == {"x": [4, 5, 6], "y": ["p", "q", "r"]}


def test_what_is_young_stays_whatever_the_limit(shelf: Shelf, tmp_path: Path) -> None:
    aged(tmp_path, "c", 5)
    tidy(tmp_path, 0)
    again = Shelf(tmp_path)
    assert [again.get(key) is None for key in "abc"] == [True, True, False]


def test_a_result_that_is_used_is_young(shelf: Shelf, tmp_path: Path) -> None:
    assert Shelf(tmp_path).get("a") is not None
    tidy(tmp_path, 0)
    assert [Shelf(tmp_path).get(key) is None for key in "abc"] == [False, True, True]


def test_readings_stay_and_old_downloads_go(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write_note("k", {"table": shelf.save_table(table(z=[1]), "k")})
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "old.csv").write_text("x", "utf-8")
    (tmp_path / "downloads" / "new.csv").write_text("x", "utf-8")
    old = time.time() - 5000
    for file in (tmp_path / "downloads" / "old.csv", tmp_path / "columns" / "k-0.arrow", tmp_path / "results" / "note-k.json"):
        os.utime(file, (old, old))
    tidy(tmp_path, 0)
    assert sorted(f.name for f in (tmp_path / "downloads").iterdir()) == ["new.csv"]
    assert sorted(sizes(tmp_path)) == ["k-0.arrow"]


def test_what_was_noted_of_a_result_goes_with_it(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write_note("write-a", {"table": shelf.save_table(table(z=[1]), "w")})
    shelf.write_note("overview-a", {"n": 1})
    old = time.time() - 5000
    for file in [*(tmp_path / "results").glob("note-*"), *(tmp_path / "columns").glob("w-*")]:
        os.utime(file, (old, old))
    tidy(tmp_path, 0)
    assert "w-0.arrow" not in sizes(tmp_path)
    assert shelf.read_note("write-a") is None
