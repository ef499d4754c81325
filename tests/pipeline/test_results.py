"""Results in memory: what they hold, counted once, and what goes first."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.changes import Changes
from pipeline.results import Failed, Results, StepReport, StepResult, held, memory
from tests.pipeline.scratch import INT, table


def result(df: pd.DataFrame) -> StepResult:
    return StepResult(df, StepReport(step="s", label="S", sentence="S", rows_in=len(df), rows_out=len(df)), next_row=9)


def column(size: int = 1000) -> pd.DataFrame:
    return table(None, {"x": INT}, x=list(range(size)))


def test_a_shared_column_counts_once() -> None:
    one = column()
    size = sum(memory(one).values())
    assert size >= 8000
    both = one.assign(y=column()["x"])
    results = Results(10**9)
    results.put("a", result(one))
    results.put("b", result(both))
    results.put("b", result(both))
    assert results.used == 2 * size
    results.clear()
    assert results.used == 0
    assert results.get("a") is None


def test_a_slice_keeps_its_parent_and_row_numbers_count() -> None:
    one = column()
    assert memory(one[:1]) == memory(one)
    moved = one.set_axis(pd.Index(np.arange(1000)[::-1].copy()), axis=0)
    assert sum(memory(moved).values()) == sum(memory(one).values()) + 8000


def test_lists_and_changed_rows_count_too() -> None:
    plain = result(column())
    listed = replace(plain, rejected=column(), changes=Changes(cells={"x": np.arange(500)}))
    assert sum(held(listed).values()) == 2 * sum(held(plain).values()) + 4000
    assert held(Failed("no")) == {}


def test_the_least_recently_used_goes_first_and_the_newest_stays() -> None:
    size = sum(memory(column()).values())
    results = Results(2 * size)
    kept = {key: results.put(key, result(column())) for key in "ab"}
    assert results.get("a") is kept["a"]
    results.put("c", result(column()))
    assert [results.get(k) is not None for k in "abc"] == [True, False, True]
    results.put("big", result(column(10_000)))
    assert [results.get(k) is not None for k in ("a", "b", "c", "big")] == [False, False, False, True]
    results.put("failed", Failed("no"))
    assert results.get("failed") == Failed("no")


def test_several_threads_may_use_it() -> None:
    results = Results(50_000)
    tables = [column() for _ in range(20)]

    def work(i: int) -> None:
        for n in range(100):
            key = str((i * 7 + n) % 20)
            results.put(key, result(tables[int(key)]))
            results.get(str(n % 20))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    left = [r for k in range(20) if isinstance(r := results.get(str(k)), StepResult)]
    assert results.used == sum(sum(held(r).values()) for r in left)
    assert results.used <= 50_000
