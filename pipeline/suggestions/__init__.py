"""What could be cleaned: steps offered for a table, each tried on all its rows, so that its count is exact. One module a kind of rule."""

from collections.abc import Sequence

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
NEARLY_CLEAN = 0.05  # share of the rows to be mended
RULES: tuple[Rule, ...] = (
    headers, spaces, broken, empty, missing, dependencies, typos, formats, factors, centuries,
    types, duplicates, totals, spellings, capitals,
)  # fmt: skip


def suggest(table: pd.DataFrame, known: Profile | None = None, *, unsure: bool = False, rules: Sequence[Rule] = RULES) -> list[Suggestion]:
    """What could be cleaned; each step was tried on the whole table.

    The surest come first, among them columns that are nearly clean, then the most cells. What would lose values that can be mended
    comes after what mends them. Rules that are right too seldom (benchmarks/README.md) are left out unless ``unsure``.
    """
    look = Look(table, known or profile(table))
    found = [one for rule in rules for one in rule(look) if unsure or one.certainty]
    told = {name for one in found if one.step == "make_agree" for name in one.columns}
    found = [one for one in found if not (one.rule.startswith("typo") and told.issuperset(one.columns))]  # told is surer
    mended = {name for one in found if one.kind in ("repair", "writing") for name in one.columns}

    def place(one: Suggestion) -> tuple[bool, int, bool, int]:
        loses = one.kind == "type" and one.certainty < 3 and not mended.isdisjoint(one.columns)
        return loses, -one.certainty, not (one.unit == "cell" and one.count <= NEARLY_CLEAN * len(table)), -one.count

    return sorted(found, key=place)


__all__ = ["RULES", "SHOWN_AT_ONCE", "Suggestion", "suggest"]
