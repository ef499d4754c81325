"""Rows that stand for the same thing: what is compared with what, how alike it is, and what follows."""

import random

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from steps.linkage import grouped, learn, likely, look
from steps.linkage.blocking import pairs_in, worth_comparing
from steps.linkage.compared import Compared
from steps.linkage.likeness import ALIKE, DIFFERENT, NEARLY, SAME, UNKNOWN, likeness
from tests.steps.strategies import table

TEXT = pa.large_string()
LEVELS = {  # two values, and how alike they are
    "the same": ("Anna", "Anna", SAME),
    "case, accents and punctuation do not count": ("MÜLLER-Lüdenscheidt, Jr.", "muller ludenscheidt jr", SAME),
    "one letter": ("Meier", "Meyer", NEARLY),
    "two letters swapped": ("Lehmann", "Lehamnn", NEARLY),
    "one letter of three": ("Ann", "Ana", ALIKE),
    "words in another order": ("Smith John", "John Smith", NEARLY),
    "part of a longer text": ("proceedings of the conference on data", "conference on data", ALIKE),
    "one digit of many": ("6988048", "6988049", NEARLY),
    "two digits of four": ("4011", "4930", DIFFERENT),
    "other numbers make it another thing": ("Flat 2 Main Road", "Flat 3 Main Road", DIFFERENT),
    "a number more does not": ("canon xk20 camera black", "canon xk20 camera black 2008", NEARLY),
    "nothing in common": ("Springfield", "Riverside", DIFFERENT),
    "missing": ("Anna", None, UNKNOWN),
    "only punctuation is missing": ("Anna", "--", UNKNOWN),
}
AMOUNTS = {"a hundredth": (100.5, 101.0, NEARLY), "a tenth": (100.5, 109.0, ALIKE), "more": (100.5, 150.25, DIFFERENT)}


def column(values, of=TEXT):
    return Compared.of(table({"x": (of, values)}), "x")


@pytest.mark.parametrize(("one", "other", "level"), LEVELS.values(), ids=LEVELS)
def test_how_alike(one, other, level):
    assert likeness(column([one, other, "Zebra"]), np.array([0]), np.array([1])).tolist() == [level]


@pytest.mark.parametrize(("one", "other", "level"), AMOUNTS.values(), ids=AMOUNTS)
def test_amounts_are_compared_by_size(one, other, level):
    for of, values in ((pa.float64(), [one, other]), (TEXT, [str(one), str(other)])):
        assert likeness(column(values, of), np.array([0]), np.array([1])).tolist() == [level]


TELLS = {
    "names": (["Ana", "Bo", "Ana"], True),
    "all different names": (["Ana Lee", "Bo Ruiz", "Cy Park"], True),
    "always the same": (["x", "x", "x"], False),
    "a running number": (["1", "2", "3"], False),
    "an id": (["INV-001", "INV-002", "INV-010"], False),
    "missing": ([None, None, None], False),
}


@pytest.mark.parametrize(("values", "tells"), TELLS.values(), ids=TELLS)
def test_columns_that_tell_rows_apart(values, tells):
    assert column(values).tells is tells


def test_pairs_within_groups():
    keys, at = np.array([7, 3, 7, 7, 3, 9]), np.array([0, 1, 2, 3, 4, 5])
    assert sorted(pairs_in(keys, at, 10, budget=100).tolist()) == [2, 3, 14, 23]  # rows 0-2, 0-3, 1-4, 2-3 as first * 10 + second
    assert pairs_in(keys, at, 10, budget=1).tolist() == [14]  # the group of three would be too many


def test_long_tables_compare_rows_that_share_something(monkeypatch):
    monkeypatch.setattr("steps.linkage.blocking.ALL", 0)
    first, second = worth_comparing([column(["Lehmann", "Lehamnn", "Springfield", "Riverside", "Lehman"])], 5)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 1), (0, 4)]


FIRST = ["Ada", "Ben", "Carla", "David", "Elsa", "Frank", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Luis", "Mona", "Nils", "Olga", "Paul"]
LAST = ["Abel", "Brandt", "Conti", "Duval", "Egger", "Ferrari", "Grau", "Hansen", "Ibarra", "Jansen", "Keller", "Lopez", "Moreau", "Novak"]


def people(seed, families):
    """People of whom some are in the table twice, with two mistakes; brothers and sisters share all but what is theirs."""
    chance = random.Random(seed)
    first, last = FIRST, LAST
    rows, who = [], []
    for family in range(families):
        home = [chance.choice(last), f"{chance.randint(1, 99)} {chance.choice(last)} Street", str(chance.randint(10_000, 99_999))]
        for name in chance.sample(first, chance.choice([1, 2, 3])):
            born = f"{chance.randint(1940, 2010)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
            rows.append([name, *home, born])
            who.append((family, name))
            if chance.random() < 0.2:
                again = list(rows[-1])
                at = chance.randrange(3)
                again[at] = again[at][:1] + again[at][2:]
                again[chance.choice([3, 4])] = None
                rows.append(again)
                who.append((family, name))
    names = ["first", "last", "street", "zip", "born"]
    same = {(i, j) for i in range(len(who)) for j in range(i + 1, min(i + 2, len(who))) if who[i] == who[j]}
    return table({n: (TEXT, [row[i] for row in rows]) for i, n in enumerate(names)}), same


@pytest.mark.parametrize(("seed", "families"), [(5, 300), (2, 600)])
def test_the_same_people_are_found_and_their_families_are_not(seed, families):
    df, same = people(seed, families)
    seen = look(df)
    found = likely(seen, learn(seen))
    pairs = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert len(pairs - same) <= 0.05 * len(pairs)
    assert len(same - pairs) <= 0.3 * len(same)  # where the birthday is gone and two letters tell brothers apart, nobody knows
    assert found.certainty.tolist() == sorted(found.certainty.tolist(), reverse=True)


def test_names_in_each_others_column():
    df, _ = people(3, 80)
    swapped = df.iloc[[0]].assign(first=df["last"].iloc[[0]], last=df["first"].iloc[[0]])
    both = pd.concat([df, swapped.set_axis([900])])
    seen = look(both)
    found = likely(seen, learn(seen))
    assert (0, len(df)) in set(zip(found.first.tolist(), found.second.tolist(), strict=True))


def test_nothing_is_the_same_where_all_rows_are_different_things():
    measures = ["ami-1", "ami-2", "hf-1", "hf-2", "pn-1", "pn-2", "scip-1", "scip-2"]
    trees = ["Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Maple"]
    places = [(f"{n} Hospital", f"{n} Road", str(90_000 + 7 * i)) for i, n in enumerate(trees)]
    rows = [(*place, measure, f"{(11 * i + 7 * j) % 100} %") for i, place in enumerate(places) for j, measure in enumerate(measures)]
    df = table({n: (TEXT, [row[i] for row in rows]) for i, n in enumerate(["name", "street", "zip", "measure", "score"])})
    seen = look(df)
    assert len(likely(seen, learn(seen)).first) == 0


def test_groups_and_what_contradicts_them():
    made = grouped(6, [(0, 1), (1, 2), (4, 5), (2, 4)], [(0, 4)])
    assert made.first.tolist() == [0, 0, 0, 3, 4, 4]
    assert made.contradicting == [(2, 4)]


def test_groups_inherit_what_they_differ_from():
    made = grouped(5, [(3, 4), (0, 3), (1, 4)], [(1, 0)])
    assert made.first.tolist() == [0, 1, 2, 0, 0]
    assert made.contradicting == [(1, 4)]


@pytest.mark.parametrize("values", [[], ["x"], [None, None], ["x", "x"]])
def test_tables_with_nothing_to_compare(values):
    seen = look(table({"a": (TEXT, values)}))
    assert len(likely(seen, learn(seen)).first) == 0
