"""Which steps are meant by what a person types."""

import re
from collections.abc import Iterable, Sequence

from steps.base import Step

WORD = re.compile(r"[^\W_](?:[^\W_]|/)*|[€$%]")
WORDS_OF_NO_STEP = (
    "a all an and are as at be by do e for from how i in into is it make my of on or same so some that the their them these this to two "
    "want with without"
)
SMALL = frozenset(WORDS_OF_NO_STEP.split())
ENDS = ("s", "es", "ed", "d", "ing", "ings")  # of words that mean the same without
SAID_FOR = {
    "typo": "spelling", "typos": "spelling", "misspelled": "spelling", "messy": "written", "erase": "remove", "cells": "values",
    "blank": "missing", "blanks": "missing", "€": "currency", "$": "currency", "euro": "currency", "dollar": "currency",
    "vlookup": "xlookup", "mail": "email",
}  # fmt: skip


def search(offered: Sequence[type[Step]], typed: str, columns: Iterable[str] = ()) -> tuple[list[type[Step]], bool]:
    """The steps known by what is typed, best first, and whether they are known by all of it; otherwise by most of its words.

    Small words and names of columns tell no step from another and are passed over, unless nothing else is typed.
    """
    words = WORD.findall(typed.lower())
    names = {word for name in columns for word in WORD.findall(name.lower())}
    telling = [w for w in words if w not in SMALL and w not in names] or [w for w in words if w not in SMALL] or words
    marks = {kind: [_mark(kind, word) for word in telling] for kind in offered}
    known = {kind: [mark > 0 for mark in found] for kind, found in marks.items()}
    most = max((sum(words_known) for words_known in known.values()), default=0)
    if telling and not most:
        return [], False
    rare = [1 / max(1, sum(one[at] for one in known.values())) for at in range(len(telling))]  # what few steps are known by tells more
    best = [kind for kind in offered if sum(known[kind]) == most]
    worth = {kind: sum(mark * tells for mark, tells in zip(marks[kind], rare, strict=True)) for kind in best}
    return sorted(best, key=lambda kind: (-worth[kind], kind.label)), most == len(telling)


def _mark(kind: type[Step], word: str) -> int:
    """How well a step is known by a word, however it ends: by its label 3, by another name of it 2, by its help 1, or 0."""
    stems = tuple({word, SAID_FOR.get(word, word), *(word.removesuffix(end) for end in ENDS if len(word) - len(end) > 2)})
    known = ((kind.label, 3), (" ".join([kind.name.replace("_", " "), *kind.words]), 2), (f"{kind.help} {kind.group}", 1))
    return max((mark for text, mark in known if any(w.startswith(stems) for w in WORD.findall(text.lower()))), default=0)
