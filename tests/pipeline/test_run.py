"""Runs of whole recipes: what each step's state is, what is known by its key, and what stays the same memory."""

import tracemalloc
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline import Budget, Recipe, RecipeError, RecipeStep, Results, Run, TableRecipe, freeze, run
from pipeline.results import Cached
from steps.arrow import arrow
from tests.pipeline.scratch import addresses, does, plain, recipe, same, step, table

CENTER, UPPER = step("t_center", columns={"names": ["n"]}), step("t_upper", column="name")
DROP = step("dropna", columns={"names": ["name"]})


def orders() -> pd.DataFrame:
    return table([2, 5, 6, 9], name=["a", "b", None, "d"], n=[1, 2, 3, 6])


def customers() -> pd.DataFrame:
    return table(name=["A", "B"], city=["Rome", "Oslo"])


def states(done: Run, name: str = "orders") -> list[str]:
    return [s.status for s in done.tables[name].steps]


class Counted:
    """A cache that counts what had to be worked out."""

    def __init__(self) -> None:
        self.kept: dict[str, Cached] = {}
        self.made = 0

    def __len__(self) -> int:
        return len(self.kept)

    def get(self, key: str) -> Cached | None:
        return self.kept.get(key)

    def put(self, key: str, result: Cached) -> Cached:
        self.made += 1
        self.kept[key] = result
        return result


def test_steps_run_in_their_order() -> None:
    said: list[tuple[float, str]] = []
    done = run(orders(), recipe(UPPER, DROP, CENTER), progress=lambda part, text: said.append((part, text)))
    assert done.ok
    assert states(done) == ["ok", "ok", "ok"]
    assert done.table.index.tolist() == [2, 5, 9]
    assert plain(done.table) == {"name": ["A", "B", "D"], "n": [-2.0, -1.0, 3.0]}
    assert [r.id for r in done.reports] == ["s1", "s2", "s3"]
    assert plain(done.removed) == {"step": [2], "reason": ["name is missing"], "into": [None]}
    assert plain(done.rejected) == {"step": [], "column": [], "value": [], "reason": []}
    assert done.removed.dtypes["step"] == done.rejected.dtypes["step"]
    assert said == [(0.0, "Upper case"), (1 / 3, "Remove rows with missing values"), (2 / 3, "Center")]


def test_other_orders_give_other_results() -> None:
    done = run(orders(), recipe(CENTER, DROP))
    assert plain(done.table)["n"] == [-2.0, -1.0, 3.0]
    assert plain(run(orders(), recipe(DROP, CENTER)).table)["n"] == [-2.0, -1.0, 3.0]
    filtered = step("filter", condition={"join": "all", "tests": [{"column": "n", "op": "greater", "value": 1}]})
    assert plain(run(orders(), recipe(CENTER, filtered)).table)["n"] == [3.0]
    assert plain(run(orders(), recipe(filtered, CENTER)).table)["n"] == [-1.6666666666666665, -0.6666666666666665, 2.3333333333333335]


def test_a_step_that_fails_is_marked_and_later_ones_wait() -> None:
    bad = step("t_upper", column="nmae")
    done = run(orders(), recipe(UPPER, bad, CENTER, CENTER.model_copy(update={"on": False})))
    assert not done.ok
    assert states(done) == ["ok", "failed", "waiting", "waiting"]
    assert done.result.steps[1].error == 'Column "nmae": is not in the table. Did you mean "name"?'
    assert done.result.steps[2].error == "Waits for step 2."
    assert plain(done.table)["name"] == ["A", "B", None, "D"]
    assert done.result.failed is done.result.steps[1]
    assert [r.step for r in done.reports] == ["t_upper"]


def test_unknown_steps_fail_by_themselves() -> None:
    done = run(orders(), recipe(UPPER, step("nowhere")), progress=lambda part, text: None)
    assert states(done) == ["ok", "failed"]
    assert done.result.steps[1].error == 'Step "nowhere" is not known here. Install it, or remove the step from the recipe.'


def test_skipped_and_off() -> None:
    absent = step("t_upper", column="city", if_missing_column="skip")
    done = run(orders(), recipe(absent, UPPER.model_copy(update={"on": False})))
    assert states(done) == ["skipped", "off"]
    assert done.ok
    same(done.table, orders())


def test_a_step_beyond_its_budget_needs_a_look_or_stops() -> None:
    looked = run(orders(), recipe(DROP.model_copy(update={"budget": Budget(removed_share=0.2)}), CENTER))
    assert states(looked) == ["look", "ok"]
    assert looked.reports[0].warnings == ("Removes 1 of 4 rows (25.0%); the warning is set at 20%.",)
    ended = run(orders(), recipe(DROP.model_copy(update={"budget": Budget(removed_share=0.125, action="stop")}), CENTER))
    assert states(ended) == ["failed", "waiting"]
    assert ended.result.steps[0].error == "Removes 1 of 4 rows (25.0%); it may not be more than 12.5%."
    same(ended.table, orders())
    allowed = run(orders(), recipe(DROP.model_copy(update={"budget": Budget(removed_share=0.25)})))
    assert states(allowed) == ["ok"]
    refused = step("t_number", column="name", budget=Budget(rejected=2))
    assert run(orders(), recipe(refused)).reports[0].warnings == ("3 values cannot be used; the warning is set at 2.",)


def test_until_ends_the_run_after_a_step() -> None:
    done = run(orders(), recipe(UPPER, DROP, CENTER), until="s2")
    assert states(done) == ["ok", "ok"]
    assert plain(done.table) == {"name": ["A", "B", "D"], "n": [1, 2, 6]}


def test_made_rows_are_numbered_on_from_the_last_row_and_never_again() -> None:
    @does
    def twice(df: pd.DataFrame) -> pd.DataFrame:
        return df.take([0, 0, *range(1, len(df))])

    @does
    def without_10(df: pd.DataFrame) -> pd.DataFrame:
        return df[df.index != 10]

    done = run(orders(), recipe(step("t_all", what="twice"), step("t_rows", what="without_10"), step("t_all", what="twice")))
    assert [s.table.index.tolist() for s in done.result.steps] == [[2, 10, 5, 6, 9], [2, 5, 6, 9], [2, 11, 5, 6, 9]]
    assert plain(done.parents) == {"step": [1, 3], "position": [1, 1], "table": ["", ""], "row": [2, 2]}
    assert run(table(x=[]), recipe()).result.next_row == 2


# Several tables

LOOKUP = step("t_lookup", "look", other="crm", key="name", value="city")


def both(*orders_steps: RecipeStep, crm: tuple[RecipeStep, ...] = ()) -> Recipe:
    crm = tuple(s.model_copy(update={"id": f"c{i}"}) for i, s in enumerate(crm, 1))
    first = recipe(*orders_steps).tables[0]
    return Recipe(result="orders", tables=(first, TableRecipe(name="crm", steps=crm)))


def given() -> dict[str, pd.DataFrame]:
    return {"orders": orders(), "crm": customers()}


def test_another_table_is_read_after_its_own_steps() -> None:
    lower = step("t_upper", column="city")
    done = run(given(), both(UPPER, LOOKUP, crm=(lower,)))
    assert plain(done.table)["city"] == ["ROME", "OSLO", None, None]
    assert list(done.tables) == ["crm", "orders"]
    assert plain(done.tables["crm"].table)["city"] == ["ROME", "OSLO"]


def test_a_table_that_is_not_read_is_not_run_and_need_not_be_given() -> None:
    done = run(orders(), both(UPPER, LOOKUP.model_copy(update={"on": False})))
    assert list(done.tables) == ["orders"]


def test_a_table_that_failed_fails_the_step_that_reads_it() -> None:
    done = run(given(), both(UPPER, LOOKUP, CENTER, crm=(UPPER, step("t_upper", column="town"))))
    assert states(done) == ["ok", "failed", "waiting"]
    assert done.result.steps[1].error == 'Table "crm" is not ready: its step 2 could not run.'
    assert states(done, "crm") == ["ok", "failed"]


def test_circles_and_absent_tables_are_refused() -> None:
    back = step("t_lookup", other="orders", key="name", value="n")
    with pytest.raises(RecipeError) as caught:
        run(given(), both(LOOKUP, crm=(back,)))
    assert str(caught.value) == "Tables cannot look each other up in a circle: orders → crm → orders."
    with pytest.raises(RecipeError) as caught:
        run(orders(), both(LOOKUP))
    assert str(caught.value) == 'The recipe needs a table "crm", which was not given.'
    with pytest.raises(RecipeError) as caught:
        run(given(), recipe(LOOKUP))
    assert str(caught.value) == 'The recipe has no table "crm". It has: orders.'


# Keys


def keys_of(steps: Recipe, **given_: Any) -> list[str]:
    done = run(given(), steps, **{"keys": {"orders": "k1", "crm": "k2"}, **given_})
    return [s.key for s in done.result.steps]


BASE = both(UPPER, LOOKUP, DROP)
WHERE = {"join": "all", "tests": [{"column": "n", "op": "greater", "value": 1}]}
REPAIR = ({"row": 2, "column": "name", "was": "a", "value": "b"},)
OTHER_KEYS = {
    "settings": (both(step("t_upper", column="name", into="loud"), LOOKUP, DROP), {}),
    "condition": (both(step("t_upper", column="name", where=WHERE), LOOKUP, DROP), {}),
    "absent columns": (both(UPPER.model_copy(update={"if_missing_column": "skip"}), LOOKUP, DROP), {}),
    "repairs": (both(step("t_upper", column="name", repairs=REPAIR), LOOKUP, DROP), {}),
    "table": (BASE, {"keys": {"orders": "k3", "crm": "k2"}}),
    "file": (BASE, {"files": {"orders": "f"}}),
}


@pytest.mark.parametrize(("other", "how"), OTHER_KEYS.values(), ids=OTHER_KEYS)
def test_what_counts_gives_every_later_step_another_key(other: Recipe, how: dict[str, Any]) -> None:
    assert len(set(keys_of(BASE)) | set(keys_of(other, **how))) == 6


LATELY = {"join": "all", "tests": [{"column": "day", "op": "in_last", "n": 7, "unit": "days"}]}
DATED = {
    "a step that asks for it": (step("filter", condition=LATELY), 2),
    "a condition that asks for it": (step("t_upper", column="name", where=LATELY), 2),
    "a step that does not": (step("t_upper", column="name"), 1),
    "a step with a day of its own": (step("filter", condition=LATELY, as_of="2024-01-31"), 1),
}


@pytest.mark.parametrize(("one", "different"), DATED.values(), ids=DATED)
def test_the_day_counts_where_it_is_asked_for(one: RecipeStep, different: int) -> None:
    df = table(name=["a", "b"], day=[date(2024, 1, 1), date(2024, 1, 30)])
    days = (date(2024, 1, 31), date(2024, 2, 1))
    found = [run(df, recipe(one), keys={"t": "k"}, as_of=day).result.steps[0] for day in days]
    assert [s.error for s in found] == [None, None]
    assert len({s.key for s in found}) == different


def test_frozen_numbers_count() -> None:
    kept = freeze(recipe(CENTER), run(orders(), recipe(CENTER)))
    again = freeze(recipe(CENTER), run(table(name=["a"], n=[7]), recipe(CENTER)))
    keys = [keys_of(r, **how) for r in (recipe(CENTER), kept, again) for how in ({}, {"refit": True})]
    assert len({k[0] for k in keys}) == 3
    assert keys[0] == keys[1] == keys[3] == keys[5]


def test_another_table_s_key_counts_from_the_step_that_reads_it() -> None:
    for other, how in ((BASE, {"keys": {"orders": "k1", "crm": "k3"}}), (both(UPPER, LOOKUP, DROP, crm=(UPPER,)), {})):
        a, b = keys_of(BASE), keys_of(other, **how)
        assert [x == y for x, y in zip(a, b, strict=True)] == [True, False, False]


SAME_KEYS = {
    "id": {"id": "another"}, "note": {"note": "said"}, "budget": {"budget": Budget(removed_share=0.9)},
    "defaults written out": {"params": {"column": "name", "into": None}}, "numbers kept and not used": {"fitted": 1, "fitted_for": "x"},
}  # fmt: skip


@pytest.mark.parametrize("change", SAME_KEYS.values(), ids=SAME_KEYS)
def test_what_does_not_count_leaves_the_keys(change: dict[str, Any]) -> None:
    assert keys_of(BASE.with_steps("orders", (UPPER.model_copy(update={"id": "s1", **change}), *BASE.tables[0].steps[1:]))) == keys_of(BASE)


def test_known_results_are_not_worked_out_again() -> None:
    cache, keys = Counted(), {"orders": "k1"}
    first = run(orders(), recipe(UPPER, DROP, CENTER), keys=keys, results=cache)
    assert cache.made == 3
    again = run(orders(), recipe(UPPER, DROP, CENTER), keys=keys, results=cache)
    assert cache.made == 3
    assert again.table is first.table
    assert [r.id for r in again.reports] == ["s1", "s2", "s3"]
    changed = recipe(UPPER, DROP, step("t_center", columns={"kind": "number"}))
    run(orders(), changed, keys=keys, results=cache)
    assert cache.made == 4
    run(orders(), recipe(DROP, UPPER, CENTER), keys=keys, results=cache)
    assert cache.made == 7
    off = UPPER.model_copy(update={"on": False})
    run(orders(), recipe(off, DROP, off), keys=keys, results=cache)
    assert cache.made == 7


def test_a_failure_is_known_too_and_without_a_key_nothing_is_kept() -> None:
    cache = Counted()
    for _ in range(2):
        done = run(orders(), recipe(step("t_upper", column="zip")), keys={"orders": "k1"}, results=cache)
        assert done.result.steps[0].error == 'Column "zip": is not in the table. Choose one of: name, n.'
    assert cache.made == 1
    run(orders(), recipe(UPPER), results=cache)
    run(given(), both(UPPER, LOOKUP), keys={"orders": "k1"}, results=cache)
    run({"orders": orders(), "crm": customers()[:1]}, both(UPPER, LOOKUP), keys={"orders": "k1"}, results=cache)
    assert cache.made == 2  # the lookup's other table has no key


def test_results_in_memory_serve_as_cache() -> None:
    results = Results(10**8)
    first = run(orders(), recipe(UPPER), keys={"orders": "k1"}, results=results)
    assert run(orders(), recipe(UPPER), keys={"orders": "k1"}, results=results).table is first.table


# Frozen numbers


def test_frozen_numbers_go_with_the_recipe_to_the_next_file() -> None:
    january = run(orders(), recipe(UPPER, CENTER))
    kept = Recipe.parse(freeze(january.recipe, january).dump())
    assert kept.tables[0].steps[1].fitted == {"n": {"mean": 3.0}}
    assert [s.use for s in kept.tables[0].steps] == ["refit", "frozen"]
    february = table(name=["x", "y"], n=[13, 23])
    assert plain(run(february, kept).table)["n"] == [10.0, 20.0]
    assert plain(run(february, kept, refit=True).table)["n"] == [-5.0, 5.0]
    same(run(orders(), kept).table, january.table)


def test_a_run_that_ended_early_freezes_what_it_can() -> None:
    failing = run(orders(), recipe(CENTER, step("t_upper", column="zip"), CENTER))
    assert [s.use for s in freeze(failing.recipe, failing).tables[0].steps] == ["frozen", "refit", "refit"]


# Memory


def test_a_step_on_one_column_makes_one_column() -> None:
    rows = 1_000_000
    numbers = np.arange(rows, dtype="float64")
    columns = {f"n{i}": pa.array(numbers + i) for i in range(4)} | {"text": pa.array(["name"] * rows, pa.large_string())}
    index = pd.RangeIndex(2, rows + 2)
    df = pd.DataFrame({n: pd.Series(v, dtype=pd.ArrowDtype(v.type), index=index) for n, v in columns.items()})
    steps = recipe(step("normalize", columns={"names": ["n1"]}))
    tracemalloc.start()  # what NumPy holds; Arrow counts for itself
    before = pa.total_allocated_bytes()
    done = run(df, steps)
    grown = pa.total_allocated_bytes() - before + tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert done.ok
    assert 1 <= grown / arrow(df["n1"]).nbytes < 2.5  # the column, and the numbers of the changed rows
    assert addresses(done.table, "n1") != addresses(df, "n1")
    assert all(addresses(done.table, n) == addresses(df, n) for n in ("n0", "n2", "n3", "text"))
    assert done.table.index is df.index or done.table.index.equals(df.index)
    assert done.reports[0].cells == {"n1": rows}
