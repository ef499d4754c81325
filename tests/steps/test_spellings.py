"""Keys, distances and groups of spellings. The keys are those that OpenRefine's documentation states."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from steps.spellings import key_of, propose
from steps.spellings.near import Limit, close_pairs, pairs_between

KEYS = {
    "fingerprint, a comma": ("Cruise, Tom", "fingerprint", {}, "cruise tom"),
    "fingerprint, other order": ("Tom Cruise", "fingerprint", {}, "cruise tom"),
    "fingerprint, an umlaut": ("gödel", "fingerprint", {}, "godel"),
    "fingerprint, an accent": ("godél", "fingerprint", {}, "godel"),
    "fingerprint, a word twice": (" The  multi multi word\ttest ", "fingerprint", {}, "multi test the word"),
    "fingerprint, letters without an accent": ("Æø ß Łódź", "fingerprint", {}, "aeoe lodz ss"),
    "fingerprint, an accent of its own": ("e\u0301cole", "fingerprint", {}, "ecole"),
    "fingerprint, spaces that are none": ("A\u00a0B\u200b", "fingerprint", {}, "a b"),
    "fingerprint, a trade mark": ("Acme™ Inc.", "fingerprint", {}, "acme inc"),
    "fingerprint, another script keeps its marks": ("КИЙ", "fingerprint", {}, "кий"),
    "fingerprint, ae like ä": ("Müller & Söhne", "fingerprint", {"german": True}, "muller sohne"),
    "fingerprint, ä like ae": ("Mueller Soehne", "fingerprint", {"german": True}, "muller sohne"),
    "fingerprint, signs alone": ("...", "fingerprint", {}, ""),
    "2-gram": ("Paris", "ngram", {}, "arispari"),
    "1-gram": ("Paris", "ngram", {"ngram": 1}, "aiprs"),
    "1-gram, Krzysztof": ("Krzysztof", "ngram", {"ngram": 1}, "fkorstyz"),
    "1-gram, Kryzysztof": ("Kryzysztof", "ngram", {"ngram": 1}, "fkorstyz"),
    "1-gram, Krzystof": ("Krzystof", "ngram", {"ngram": 1}, "fkorstyz"),
    "2-gram of one letter": ("A", "ngram", {}, "a"),
    "metaphone": ("Reuben Gevorkiantz", "metaphone", {}, "RBN JFRKNTS"),
    "metaphone, sounds the same": ("Ruben Gevorkyants", "metaphone", {}, "RBN JFRKNTS"),
    "soundex": ("Robert", "soundex", {}, "R163"),
    "soundex, sounds the same": ("Rupert", "soundex", {}, "R163"),
    "nysiis": ("Knight", "nysiis", {}, "NAGT"),
    "sound of a number": ("Route 66", "soundex", {}, "R300 66"),
    "sound in another script": ("Иван", "metaphone", {}, "иван"),
    "cologne": ("Guten Morgen", "cologne", {}, "426746"),
    "cologne, the definition's example": ("Müller-Lüdenscheidt", "cologne", {}, "65752682"),
    "cologne, C before H": ("Breschnew", "cologne", {}, "17863"),
    "cologne, vowels": ("Wikipedia", "cologne", {}, "3412"),
    "cologne, C at the beginning": ("Clcl", "cologne", {}, "4585"),
    "cologne, C before R": ("Crcr", "cologne", {}, "4787"),
    "cologne, X": ("Xx", "cologne", {}, "4848"),
    "cologne, X after C": ("cx", "cologne", {}, "48"),
    "cologne, X after C after S": ("Scx", "cologne", {}, "8"),
    "cologne, T before Z": ("Tztz", "cologne", {}, "8"),
    "cologne, P before H": ("Pharma", "cologne", {}, "376"),
    "cologne, H alone": ("h", "cologne", {}, ""),
}


@pytest.mark.parametrize(("text", "method", "options", "key"), KEYS.values(), ids=KEYS)
def test_the_key_is_the_documented_one(text, method, options, key):
    assert key_of(text, method, **options) == key


def counted(values):
    return pc.value_counts(pa.chunked_array([pa.array(values, pa.large_string())]))


def groups(values, method="fingerprint", **options):
    return [dict(zip(g.values, g.counts, strict=True)) for g in propose(counted(values), method, **options)]


TOWNS = ["berlin ", "Berlin", "BERLIN", "Berlin", "Belrin", "München", "Munchen", "Muenchen", None, "", "!!", "Rom"]
GROUPS = {
    "most frequent first, then as seen": (TOWNS, "fingerprint", {}, [
        {"Berlin": 2, "berlin ": 1, "BERLIN": 1}, {"München": 1, "Munchen": 1}]),
    "ue like ü": (TOWNS, "fingerprint", {"german": True}, [
        {"Berlin": 2, "berlin ": 1, "BERLIN": 1}, {"München": 1, "Munchen": 1, "Muenchen": 1}]),
    "one edit": (TOWNS, "distance", {}, [
        {"Berlin": 2, "berlin ": 1, "BERLIN": 1, "Belrin": 1}, {"München": 1, "Munchen": 1, "Muenchen": 1}]),
    "no edit in three letters": (["cat", "car", "Cat"], "distance", {"distance": 2}, [{"cat": 1, "Cat": 1}]),
    "two edits in eight letters": (["Hannover", "Hanofer"], "distance", {"distance": 2}, []),
    "two edits in nine letters": (["Hannovers", "Hanovesr"], "distance", {"distance": 2}, [{"Hannovers": 1, "Hanovesr": 1}]),
    "similar, words in any order": (["Tom Cruise", "Tom Cruise", "Cruize, Tom"], "similarity", {}, [{"Tom Cruise": 2, "Cruize, Tom": 1}]),
    "not similar enough": (["Tom Cruise", "Cruize, Tom"], "similarity", {"similarity": 0.95}, []),
    "other numbers": (["INV-001", "INV-010", "inv 001"], "ngram", {"ngram": 1}, [{"INV-001": 1, "inv 001": 1}]),
    "numbers may differ": (["INV-001", "INV-010"], "ngram", {"ngram": 1, "numbers_apart": False}, [{"INV-001": 1, "INV-010": 1}]),
    "a decimal mark": (["1.5 kg", "15 kg", "15 KG"], "fingerprint", {}, [{"15 kg": 1, "15 KG": 1}]),
    "a minus": (["-5", "5", "5."], "fingerprint", {}, [{"5": 1, "5.": 1}]),
    "blood groups": (["AB+", "AB-", "ab+"], "fingerprint", {}, [{"AB+": 1, "ab+": 1}]),
    "languages": (["C", "C#", "C++", "c"], "fingerprint", {}, [{"C": 1, "c": 1}]),
    "units": (["5 €", "5 $", "5%", "5 %"], "fingerprint", {}, [{"5%": 1, "5 %": 1}]),
    "most cells first": (["a", "A", "b", "B", "B", "B", "b"], "fingerprint", {}, [{"B": 3, "b": 2}, {"a": 1, "A": 1}]),
    "all missing": ([None, None], "distance", {}, []),
    "no rows": ([], "similarity", {}, []),
    "blanks only": (["", " ", "\u200b"], "cologne", {}, []),
}  # fmt: skip


@pytest.mark.parametrize(("values", "method", "options", "expected"), GROUPS.values(), ids=GROUPS)
def test_proposes(values, method, options, expected):
    assert groups(values, method, **options) == expected


def test_no_chain_leads_from_one_value_to_quite_another():
    chain = ["Mannheim", "Mannheim", "Mannhein", "Mannhern", "Mannhern", "Manihern"]
    assert groups(chain, "distance") == [{"Mannheim": 2, "Mannhein": 1}, {"Mannhern": 2, "Manihern": 1}]


@st.composite
def typed_again(draw: st.DrawFn) -> list[str]:
    """Texts, and some of them with letters left out, put in, changed and swapped."""
    texts = draw(st.lists(st.text("abcdefghij ", max_size=26), min_size=1, max_size=4))
    for text in texts * 2:
        for _ in range(draw(st.integers(1, 3))):
            at, letter = draw(st.integers(0, len(text))), draw(st.sampled_from("abx"))
            rest = draw(
                st.sampled_from([text[at + 1 :], letter + text[at:], letter + text[at + 1 :], text[at : at + 2][::-1] + text[at + 2 :]])
            )
            text = text[:at] + rest
        texts.append(text)
    return list(dict.fromkeys(texts))


@given(typed_again(), st.sampled_from([1, 2, 0.9, 0.85]), st.data())
def test_finds_the_pairs_that_comparing_each_with_each_finds(forms, most, data):
    kinds = np.array(data.draw(st.lists(st.integers(0, 1), min_size=len(forms), max_size=len(forms))), "int64")
    limit = Limit(edits=most) if isinstance(most, int) else Limit(share=most)
    expected = {}
    for i, j in combinations(range(len(forms)), 2):
        a, b = sorted((len(forms[i]), len(forms[j])))
        allowed = min(most, a // 4) if isinstance(most, int) else int((1 - most) * b + 1e-9)
        edits = OSA.distance(forms[i], forms[j])
        if kinds[i] == kinds[j] and 0 < edits <= allowed:
            expected[i, j] = edits
    a, b, edits = close_pairs(forms, kinds, limit)
    assert dict(zip(zip(a.tolist(), b.tolist(), strict=True), edits.tolist(), strict=True)) == expected
    half = len(forms) // 2
    a, b, _ = pairs_between(forms[:half], kinds[:half], forms[half:], kinds[half:], limit)
    assert set(zip(a.tolist(), (b + half).tolist(), strict=True)) == {(i, j) for i, j in expected if i < half <= j}
