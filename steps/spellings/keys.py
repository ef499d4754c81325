"""Key collision: values with the same key may be spellings of one.

Source: OpenRefine, Clustering methods in-depth (fingerprint, n-gram fingerprint, phonetic keys).
"""

import re
from collections.abc import Callable
from typing import Literal

import jellyfish
import pyarrow as pa

from steps.spellings.cologne import cologne
from steps.spellings.forms import LARGE, plain

KeyMethod = Literal["fingerprint", "ngram", "metaphone", "soundex", "nysiis", "cologne"]
NO_LETTER = re.compile("[^a-z]")


def keys(values: pa.LargeStringArray, method: KeyMethod, *, ngram: int = 2, german: bool = False) -> list[str]:
    """The key of each value; "" where nothing is left to compare."""
    forms = plain(values, german).to_pylist()
    if method == "fingerprint":
        return [fingerprint(form) for form in forms]
    if method == "ngram":
        return [_ngrams(form, ngram) for form in forms]
    if method == "cologne":
        return cologne(forms)
    return _phonetic(forms, SOUNDS[method])


def key_of(text: str, method: KeyMethod = "fingerprint", *, ngram: int = 2, german: bool = False) -> str:
    """The key of one value."""
    return keys(pa.array([text], LARGE), method, ngram=ngram, german=german)[0]


def fingerprint(form: str) -> str:
    """The different words of a value, sorted."""
    return " ".join(sorted(set(form.split())))


def _ngrams(form: str, size: int) -> str:
    """The different pieces of so many letters, sorted; a shorter value is its own key."""
    together = "".join(form.split())
    if len(together) <= size:
        return together
    return "".join(sorted({together[at : at + size] for at in range(len(together) - size + 1)}))


def _metaphone(word: str) -> str:
    """Metaphone with W and Y as vowels, which count at the beginning only, as in its third version."""
    key = jellyfish.metaphone(word)
    return key[:1] + key[1:].replace("W", "").replace("Y", "")


SOUNDS: dict[str, Callable[[str], str]] = {"metaphone": _metaphone, "soundex": jellyfish.soundex, "nysiis": jellyfish.nysiis}


def _phonetic(forms: list[str], sound: Callable[[str], str]) -> list[str]:
    """How each word sounds; one without western letters stands for itself."""
    known: dict[str, str] = {}

    def of(word: str) -> str:
        if word not in known:
            letters = NO_LETTER.sub("", word)
            known[word] = (sound(letters) if letters else "") or word
        return known[word]

    return [" ".join(of(word) for word in form.split()) for form in forms]
