"""Results on disk: the same again, in another process too, each column once, and what is damaged is not there."""

import gc
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline import Results, new_step, run
from pipeline.changes import Changes
from pipeline.results import Failed, StepReport, StepResult
from pipeline.shelf import Layered, Shelf
from steps.arrow import arrow
from steps.base import NO_PARENTS, NO_REJECTED, NO_REMOVED, rejects, removed_rows
from tests.pipeline.scratch import BOOL, DAY, FLOAT, INT, MOMENT, MONEY, TEXT, ZONED, addresses, recipe, same, step, table

WIDE, UTC = pa.decimal128(38, 0), pa.timestamp("us", "UTC")
TYPES = {
    "text": TEXT, "whole": INT, "double": FLOAT, "yes": BOOL, "day": DAY, "moment": MOMENT, "zoned": ZONED, "utc": UTC, "money": MONEY,
    "wide": WIDE, "": TEXT, "a/b\\c: *?\"<>|\n😀": INT, "cells x": INT, "../up": INT,
}  # fmt: skip
NOON = datetime(2024, 1, 5, 12)


def everything(rows: pd.Index | None = None) -> pd.DataFrame:
    values = {
        "text": ["a", None, "😀\n\x00"], "whole": [2**63 - 1, None, -1], "double": [0.1, None, -0.0], "yes": [True, None, False],
        "day": [date(1500, 1, 1), None, date(2024, 1, 5)], "moment": [NOON, None, NOON], "zoned": [NOON, None, NOON],
        "utc": [NOON, None, NOON],
        "money": [Decimal("1.50"), None, Decimal("-2.00")], "wide": [Decimal(10**37), None, Decimal(0)],
    }  # fmt: skip
    return table(rows, TYPES, **{name: values.get(name, ["", None, "x"] if of == TEXT else [1, None, 3]) for name, of in TYPES.items()})


def result(df: pd.DataFrame) -> StepResult:
    changes = Changes(
        removed=np.array([7, 3]), added=np.array([100]), moved=np.array([5]), cells={"text": np.array([2, 9]), "removed": np.array([4])},
        retyped={n: (TEXT, of) for n, of in TYPES.items()},
    )  # fmt: skip
    counts = {"rows_in": 3, "rows_out": 3, "cells": {"text": 2}, "retyped": {"text": ("a", "b")}}
    report = StepReport(step="s", label="S", sentence="S", noted=("n",), **counts)
    rejected = rejects(df, "text", np.array([True, False, True]), "odd")
    removed = removed_rows(pd.Index([7, 3]), "gone", [None, 2])
    parents = table([0], position=[1], table=[""], row=[2])
    return StepResult(df, report, 101, {"x": [1.5, None]}, "for", changes, rejected, removed, parents, "skipped")


def equal(a: StepResult, b: StepResult) -> None:
    for part in ("table", "rejected", "removed", "parents"):
        same(getattr(a, part), getattr(b, part))
    assert (a.report, a.next_row, a.fitted, a.fitted_for, a.skipped) == (b.report, b.next_row, b.fitted, b.fitted_for, b.skipped)
    x, y = a.changes, b.changes
    assert [v.tolist() for v in (x.removed, x.added, x.moved)] == [v.tolist() for v in (y.removed, y.added, y.moved)]
    assert {n: r.tolist() for n, r in x.cells.items()} == {n: r.tolist() for n, r in y.cells.items()}
    assert x.retyped == y.retyped


def files(folder: Path) -> list[str]:
    return sorted(f.name for f in (folder / "columns").iterdir())


@pytest.mark.parametrize("rows", [None, pd.Index([9, 2, 100])], ids=["rows in a range", "other rows"])
def test_a_result_comes_back_whole_in_another_process_too(tmp_path: Path, rows: pd.Index | None) -> None:
    given = result(everything(rows))
    kept = Shelf(tmp_path).put("k", given)
    for found in (kept, Shelf(tmp_path).get("k")):
        assert isinstance(found, StepResult)
        equal(found, given)
        assert isinstance(found.table.index, pd.RangeIndex) == (rows is None)
    lists = {"rejected": NO_REJECTED, "removed": NO_REMOVED, "parents": NO_PARENTS}
    empty = replace(given, table=everything()[:0], changes=Changes(), **lists)
    Shelf(tmp_path).put("e", empty)
    found = Shelf(tmp_path).get("e")
    assert isinstance(found, StepResult)
    equal(found, empty)
    assert all(f.parent.name == "columns" for f in tmp_path.rglob("*.arrow"))


def test_failures_and_notes_are_kept(tmp_path: Path) -> None:
    Shelf(tmp_path).put("k", Failed("It did not run: ü."))
    Shelf(tmp_path).write_note("n", {"a": ["\ud800", 1]})
    assert Shelf(tmp_path).get("k") == Failed("It did not run: ü.")
    assert Shelf(tmp_path).read_note("n") == {"a": ["\ud800", 1]}
    assert Shelf(tmp_path).read_note("m") is None
    assert Shelf(tmp_path).get("n") is None


def test_columns_a_step_left_alone_are_the_same_file_and_memory(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    one = shelf.put("a", result(everything(pd.Index([9, 2, 100]))))
    assert isinstance(one, StepResult)
    before = files(tmp_path)
    changed = one.table.assign(text=everything(one.table.index)["text"])
    two = shelf.put("b", replace(one, table=changed, changes=Changes()))
    assert isinstance(two, StepResult)
    assert sorted(set(files(tmp_path)) - set(before)) == ["b-0.arrow"]
    assert all(addresses(two.table, n) == addresses(one.table, n) for n in TYPES if n != "text")
    again = shelf.get("a")
    assert isinstance(again, StepResult)
    assert all(addresses(again.table, n) == addresses(one.table, n) for n in TYPES)
    assert Shelf(tmp_path).get("a") is not None


def test_what_is_loaded_lies_in_the_file_and_not_on_the_heap(tmp_path: Path) -> None:
    rows = 200_000
    Shelf(tmp_path).put("k", result_of(table(x=list(range(rows)))))
    before = pa.total_allocated_bytes()
    found = Shelf(tmp_path).get("k")
    assert isinstance(found, StepResult)
    assert arrow(found.table["x"])[rows - 1].as_py() == rows - 1
    assert pa.total_allocated_bytes() - before < 10_000


def result_of(df: pd.DataFrame) -> StepResult:
    return StepResult(df, StepReport(step="s", label="S", sentence="S", rows_in=len(df), rows_out=len(df)), next_row=9)


def test_memory_that_is_used_again_is_not_taken_for_a_file(tmp_path: Path) -> None:
    """A column let go of and another one at the same address: only a mapping that still stands names a file."""
    shelf = Shelf(tmp_path)
    for i in range(12):
        shelf.put(str(i), result_of(table(x=[i, i + 1])))
        gc.collect()
    for i in range(12):
        found = Shelf(tmp_path).get(str(i))
        assert isinstance(found, StepResult)
        assert arrow(found.table["x"]).to_pylist() == [i, i + 1]


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def shorter_column(file: Path) -> None:
    other = file.parent.parent.parent / "other"
    Shelf(other).put("k", result_of(table(x=["one"])))
    file.write_bytes((other / "columns" / "k-0.arrow").read_bytes())


DAMAGE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "gone": ("columns/k-3.arrow", Path.unlink), "cut short": ("columns/k-3.arrow", cut_short),
    "empty": ("columns/k-0.arrow", lambda f: f.write_bytes(b"")),
    "of another length": ("columns/k-0.arrow", shorter_column), "row numbers gone": ("columns/k-rows.arrow", Path.unlink),
    "changes gone": ("columns/k-changes.arrow", Path.unlink), "list gone": ("columns/k-removed-0.arrow", Path.unlink),
    "no JSON": ("results/k.json", lambda f: f.write_text("{")), "other JSON": ("results/k.json", lambda f: f.write_text("[1]")),
    "JSON without a table": ("results/k.json", lambda f: f.write_text("{}")), "JSON cut": ("results/k.json", cut_short),
    "null": ("results/k.json", lambda f: f.write_text("null")),
    "a type unknown": ("results/k.json", lambda f: f.write_text(f.read_text().replace("decimal128(12, 2)", "decimal(12)"))),
}  # fmt: skip


@pytest.mark.parametrize(("file", "damage"), DAMAGE.values(), ids=DAMAGE)
def test_what_is_damaged_is_not_there_and_can_be_put_again(tmp_path: Path, file: str, damage: Callable[[Path], object]) -> None:
    given = result(everything(pd.Index([9, 2, 100])))
    Shelf(tmp_path).put("k", given)
    damage(tmp_path / file)
    assert Shelf(tmp_path).get("k") is None
    shelf = Shelf(tmp_path)
    kept = shelf.put("k", given)
    assert isinstance(kept, StepResult)
    equal(kept, given)


def test_a_file_removed_under_a_shelf_is_written_again(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    one = shelf.put("a", result_of(table(x=[1, 2])))
    assert isinstance(one, StepResult)
    (tmp_path / "columns" / "a-0.arrow").unlink()
    assert shelf.get("a") is None
    two = shelf.put("b", result_of(one.table))
    assert isinstance(two, StepResult)
    found = Shelf(tmp_path).get("b")
    assert isinstance(found, StepResult)
    assert arrow(found.table["x"]).to_pylist() == [1, 2]


def test_several_writers_of_the_same_results(tmp_path: Path) -> None:
    given = [result_of(table(x=[i] * 1000, y=[str(i)] * 1000)) for i in range(4)]

    def work(n: int) -> None:
        shelf = Shelf(tmp_path)
        for i in range(20):
            shelf.put(str((i + n) % 4), given[(i + n) % 4])
            found = shelf.get(str(i % 4))
            assert found is None or (isinstance(found, StepResult) and arrow(found.table["x"])[999].as_py() == i % 4)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert not [f.name for f in tmp_path.rglob("*") if f.name.endswith((".tmp", ".part"))]
    for i in range(4):
        found = Shelf(tmp_path).get(str(i))
        assert isinstance(found, StepResult)
        same(found.table, given[i].table)


def test_clear_leaves_nothing_but_what_is_shown(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shown = shelf.put("a", result_of(table(x=[1, 2])))
    assert isinstance(shown, StepResult)
    assert shelf.size() > 0
    shelf.clear()
    assert shelf.size() == 0
    assert shelf.get("a") is None
    assert arrow(shown.table["x"]).to_pylist() == [1, 2]
    again = shelf.put("b", result_of(shown.table))
    assert isinstance(again, StepResult)
    assert files(tmp_path) == ["b-0.arrow"]


def test_a_run_on_a_shelf_writes_only_what_steps_changed(tmp_path: Path) -> None:
    df = table(name=["a", "b", None], n=[1, 2, 3], m=[4, 5, 6])
    shelf = Shelf(tmp_path)
    source = shelf.load_table(shelf.save_table(df, "source"))
    steps = recipe(step("t_upper", column="name"), step("t_center", columns={"names": ["n"]}), new_step("dropna"))
    done = run(source, steps, keys={"orders": "k"}, results=shelf)
    keys = [s.key for s in done.result.steps]
    tables = [json.loads((tmp_path / "results" / f"{k}.json").read_text())["table"]["columns"] for k in keys]
    assert tables[0] == [["name", f"{keys[0]}-0.arrow"], ["n", "source-1.arrow"], ["m", "source-2.arrow"]]
    assert tables[1] == [["name", f"{keys[0]}-0.arrow"], ["n", f"{keys[1]}-1.arrow"], ["m", "source-2.arrow"]]
    known = run(source, steps, keys={"orders": "k"}, results=Layered(Results(10**8), Shelf(tmp_path)))
    same(known.table, done.table)
    assert known.reports == done.reports


def test_memory_comes_before_the_shelf(tmp_path: Path) -> None:
    memory, shelf = Results(10**8), Shelf(tmp_path)
    shelf.put("a", result_of(table(x=[1])))
    both = Layered(memory, shelf)
    first = both.get("a")
    assert first is not None
    assert both.get("a") is first
    assert both.get("b") is None
    fresh = result_of(table(x=[2]))
    assert both.put("b", fresh) is fresh
    assert shelf.get("b") is None


def test_a_result_put_again_is_the_new_one(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put("a", result_of(table(x=[1, 2])))
    shelf.put("a", result_of(table(x=[3, 4])))
    found = shelf.get("a")
    assert isinstance(found, StepResult)
    assert arrow(found.table["x"]).to_pylist() == [3, 4]
