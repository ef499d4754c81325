"""Columns that belong together, by name and by what they hold."""

import pyarrow as pa
import pytest

from steps.matching import match_columns, match_names, propose_key, words
from tests.steps.strategies import table

TEXT, INT = pa.large_string(), pa.int64()
WORDS = {
    "Unit Price (€)": ("unit", "price"),
    "unitPrice": ("unit", "price"),
    "UNIT_PRICE": ("unit", "price"),
    "Größe": ("grosse",),
    "Élodie's n°": ("elodie", "s", "n"),
    "2024 Q1": ("2024", "q1"),
    "€": (),
    "Имя клиента": ("имя", "клиента"),
}
BUT = "same name but for capitals, signs or accents"
NAMES = {  # left, right, pairs with why, left over on either side
    "as written": (["a", "b"], ["b", "a"], ["a=a: same name", "b=b: same name"], [], []),
    "capitals, spaces, accents": (
        ["Unit Price", "größe"], ["GROSSE", "unit_price "],
        [f"Unit Price=unit_price : {BUT}", f"größe=GROSSE: {BUT}"],
        [], [],
    ),
    "word order": (["Date of order"], ["order of date"], ["Date of order=order of date: same words in another order"], [], []),
    "the same name goes before one alike": (["A", "a"], ["a", "b"], ["a=a: same name"], ["A"], ["b"]),
    "each column once": (["a "], ["A", "a"], [f"a =A: {BUT}"], [], ["a"]),
    "other words": (["Amount"], ["Amount due"], [], ["Amount"], ["Amount due"]),
    "signs only": (["€"], ["$"], [], ["€"], ["$"]),
    "nothing": ([], ["a"], [], [], ["a"]),
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), WORDS.items(), ids=WORDS)
def test_words_of_a_name(name, expected):
    assert words(name) == expected


@pytest.mark.parametrize(("left", "right", "pairs", "left_only", "right_only"), NAMES.values(), ids=NAMES)
def test_by_name(left, right, pairs, left_only, right_only):
    found = match_names(left, right)
    assert [f"{p.left}={p.right}: {p.why}" for p in found.pairs] == pairs
    assert (found.left_only, found.right_only) == (left_only, right_only)


CITIES = ["Lyon", "Rome", "Berlin", "York"]
CONTENT = {
    "the same values under another name": (
        {"city": (TEXT, CITIES), "n": (INT, [1, 2, 3, 4])}, {"town": (TEXT, ["rome ", "Lyon", "York", "Oslo"]), "m": (INT, [1, 2, 3, 4])},
        ["city=town: 75 % of its values stand there, too"],
    ),
    "a shorter name and the same pattern": (
        {"order date": (TEXT, ["2024-01-02", "2024-01-03"])}, {"date": (TEXT, ["2025-01-02", "2025-01-03"])},
        ["order date=date: called alike, and holds the same kind of values"],
    ),
    "a slip of the pen": ({"quantity": (INT, [1])}, {"quantitiy": (INT, [700])}, ["quantity=quantitiy: called alike"]),
    "numbers alone prove nothing": ({"qty": (INT, [1, 2, 3])}, {"day": (INT, [1, 2, 3])}, []),
    "nor do numbers written as text": ({"qty": (TEXT, ["1", "2", "3"])}, {"day": (TEXT, ["1", "2", "3"])}, []),
    "nor two values": ({"sex": (TEXT, ["yes", "no"])}, {"paid": (TEXT, ["no", "yes"])}, []),
    "empty tables": ({"a": (TEXT, [])}, {"b": (TEXT, [])}, []),
}  # fmt: skip


@pytest.mark.parametrize(("left", "right", "pairs"), CONTENT.values(), ids=CONTENT)
def test_by_content(left, right, pairs):
    found = match_columns(table(left), table(right))
    assert [f"{p.left}={p.right}: {p.why}" for p in found.pairs] == pairs
    assert not any(p.sure for p in found.pairs)


KEYS = {
    "codes": (
        {"code": (TEXT, ["a1", "b2", "a1"]), "n": (INT, [1, 1, 2])}, {"id": (TEXT, ["A1", "b2", "c3"]), "x": (INT, [1, 2, 3])},
        ("code", "id"),
    ),
    "the one that is unique there": (
        {"city": (TEXT, ["Lyon", "Rome"]), "name": (TEXT, ["Ana", "Bo"])},
        {"city": (TEXT, ["Lyon"] * 3 + ["Rome"]), "name": (TEXT, ["Ana", "Bo", "Cy", "Di"])},
        ("name", "name"),
    ),
    "not the number that is missing here and there": (
        {"id": (TEXT, ["a", "b", "c", "d"]), "n": (INT, [2, 3, None, 5])}, {"n": (INT, [2, 3, 1]), "id": (TEXT, ["a", "b", "x"])},
        ("id", "id"),
    ),
    "another kind": ({"id": (TEXT, ["1", "2"])}, {"id": (INT, [1, 2])}, None),
    "nothing in common": ({"a": (TEXT, ["x", "y"])}, {"b": (TEXT, ["p", "q"])}, None),
    "no rows": ({"a": (TEXT, [])}, {"a": (TEXT, ["p"])}, None),
}  # fmt: skip


@pytest.mark.parametrize(("left", "right", "expected"), KEYS.values(), ids=KEYS)
def test_a_key_is_proposed(left, right, expected):
    assert propose_key(table(left), table(right)) == expected


def test_a_key_for_a_comparison_stands_once_in_both():
    here = table({"n": (INT, [1, 2, 3, 1, 2, 3]), "id": (TEXT, ["a", "b", "c", "d", "e", "f"])})
    there = table({"n": (INT, [1, 2, 3]), "id": (TEXT, ["a", "b", "x"])})
    assert propose_key(here, there) == ("n", "n")
    assert propose_key(here, there, once_in_both=True) == ("id", "id")
