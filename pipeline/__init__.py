"""The recipe and the engine that runs it: exact reports, every result known by its key, every row accounted for."""

from pipeline.accounting import Accounting, account
from pipeline.recipe import Budget, Recipe, RecipeError, RecipeStep, Repair, TableRecipe, new_step, schema
from pipeline.results import Results, StepReport, StepResult
from pipeline.run import Run, StepState, TableRun, freeze, run

__all__ = [
    "Accounting", "Budget", "Recipe", "RecipeError", "RecipeStep", "Repair", "Results", "Run", "StepReport", "StepResult",
    "StepState", "TableRecipe", "TableRun", "account", "freeze", "new_step", "run", "schema",
]  # fmt: skip
