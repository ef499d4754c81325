"""The recipe and the engine that runs it: exact reports, every result known by its key, every row accounted for."""

import pyarrow as pa

from pipeline.accounting import Accounting, account
from pipeline.profile import Profile, profile
from pipeline.recipe import Budget, Recipe, RecipeError, RecipeStep, Repair, TableRecipe, new_step, schema
from pipeline.results import Results, StepReport, StepResult
from pipeline.run import Run, StepState, TableRun, freeze, run
from pipeline.suggestions import Suggestion, suggest

# Arrow's own allocator asks for whole columns page by page; the system's took a third less processor time for a whole run.
pa.set_memory_pool(pa.system_memory_pool())

__all__ = [
    "Accounting", "Budget", "Profile", "Recipe", "RecipeError", "RecipeStep", "Repair", "Results", "Run", "StepReport", "StepResult",
    "StepState", "Suggestion", "TableRecipe", "TableRun", "account", "freeze", "new_step", "profile", "run", "schema", "suggest",
]  # fmt: skip
