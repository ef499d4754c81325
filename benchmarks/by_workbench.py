"""The same work as the workbench does it: ``python -m benchmarks.by_workbench in.csv out.csv [accounted | bare]``.

The file is hashed, the types are proposed by looking at every value, and every step reports exactly what it did. With
``accounted`` the result is compared with the file afresh and hashed, as the command line does; ``bare`` leaves all of that
out: types as told, each step applied to the table of the one before.
"""

import sys
from pathlib import Path

import pandas as pd
from pydantic import JsonValue

from io_utils import detect, read, to_csv
from pipeline import Recipe, TableRecipe, new_step, run
from pipeline.recipe import RecipeStep
from pipeline.report import make_report
from steps.set_types import propose

TYPES: dict[str, JsonValue] = {"amount": "number", "score": "integer", "date": "date", "flag": "yes_no"}
KEEP: dict[str, JsonValue] = {
    "join": "all",
    "tests": [
        {"column": "amount", "op": "greater", "value": 50},
        {"join": "any", "tests": [{"column": "city", "op": "not_equals", "value": "Paris"}, {"column": "flag", "op": "is_true"}]},
    ],
}


def steps(types: dict[str, JsonValue]) -> list[RecipeStep]:
    """The recipe's steps."""
    return [
        new_step("set_types", {"types": types}),
        new_step("trim_whitespace"),
        new_step("dropna", {"columns": {"names": ["amount"]}}),
        new_step("normalize", {"columns": {"names": ["score"]}, "method": "z_score"}),
        new_step("filter", {"condition": KEEP}),
    ]


def full(source: Path, accounted: bool = False) -> pd.DataFrame:
    """With hash, type proof and exact reports; with the account of every row if asked for."""
    reading = read(source, detect(source)[0])
    proposed = [p for p in propose(reading.table) if p.confident and p.proposed != p.now]
    recipe = Recipe(result="orders", tables=[TableRecipe(name="orders", steps=steps({p.column: p.proposed for p in proposed}))])
    done = run(reading.table, recipe, files={"orders": reading.digest})
    assert done.ok, [state.error for state in done.result.steps]
    assert len(done.reports) == len(recipe.tables[0].steps)
    if accounted:
        make_report(done, {"orders": reading})
    return done.table


def bare(source: Path) -> pd.DataFrame:
    """Reading and the steps alone."""
    table = read(source, detect(source)[0], digest="not asked for").table
    for envelope in steps(TYPES):
        step = envelope.build()
        outcome = step.apply(table, step.fit(table))
        table = outcome if isinstance(outcome, pd.DataFrame) else outcome.table
    return table


if __name__ == "__main__":
    found = bare(Path(sys.argv[1])) if "bare" in sys.argv[3:] else full(Path(sys.argv[1]), "accounted" in sys.argv[3:])
    to_csv(found, Path(sys.argv[2]))
