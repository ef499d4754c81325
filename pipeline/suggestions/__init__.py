"""What could be cleaned: steps offered for a table, each tried on all its rows, so that its count is exact. One module a kind of rule."""

import pandas as pd

from pipeline.profile import Profile, profile
from pipeline.suggestions.base import Look, Rule, Suggestion
from pipeline.suggestions.dependencies import dependencies
from pipeline.suggestions.formats import formats
from pipeline.suggestions.numbers import centuries, factors
from pipeline.suggestions.rows import duplicates, empty, headers, totals
from pipeline.suggestions.types import types
from pipeline.suggestions.typos import typos
from pipeline.suggestions.writing import broken, capitals, missing, spaces, spellings

SHOWN_AT_ONCE = 7
RULES: tuple[Rule, ...] = (
    headers, spaces, broken, empty, missing, dependencies, typos, formats, factors, centuries,
    types, duplicates, totals, spellings, capitals,
)  # fmt: skip


def suggest(table: pd.DataFrame, known: Profile | None = None, *, unsure: bool = False) -> list[Suggestion]:
    """What could be cleaned, the surest first and then the most cells; each step was tried on the whole table.

    Rules that are right too seldom (benchmarks/README.md) are left out unless ``unsure``.
    """
    look = Look(table, known or profile(table))
    found = [one for rule in RULES for one in rule(look) if unsure or one.certainty]
    return sorted(found, key=lambda s: (-s.certainty, -s.count))


__all__ = ["RULES", "SHOWN_AT_ONCE", "Suggestion", "suggest"]
