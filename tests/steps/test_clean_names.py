"""Make column names tidy."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steps.arrow import arrow, same_memory
from steps.base import Columns, Outcome, StepError
from steps.clean_names import CleanNames
from tests.steps.strategies import table

CASES = {  # parameters, names, tidy names
    "as in the help": ({}, ["Unit Price (€)"], ["unit_price"]),
    "changes of case": ({}, ["unitPrice", "IDNumber", "HTTPServer2", "Q1 2024"], ["unit_price", "id_number", "http_server2", "q1_2024"]),
    "camel": ({"case": "camel"}, ["Unit Price (€)", "ID", "row_number"], ["unitPrice", "id", "rowNumber"]),
    "case kept": ({"case": "keep"}, ["Unit Price (€)", "fooBar"], ["Unit_Price", "fooBar"]),
    "signs that mean something": ({}, ["VAT %", "# of items", "R&D"], ["vat_percent", "number_of_items", "r_and_d"]),
    "accents": ({}, ["Prénom", "Größe", "Łódź", "cafe\u0301"], ["prenom", "grosse", "lodz", "cafe"]),
    "accents kept": ({"strip_accents": False, "plain": False}, ["Prénom", "Größe"], ["prénom", "größe"]),
    "accents not stripped are no plain letters": ({"strip_accents": False}, ["Prénom x"], ["pr_nom_x"]),
    "other scripts stay where nothing else is left": ({}, ["Цена", "価格 (JPY)", "名前"], ["цена", "jpy", "名前"]),
    "nothing left": ({}, ["€", "--"], ["column", "column_2"]),
    "digits first": ({}, ["2024", "1st"], ["x2024", "x1st"]),
    "names that become alike": ({}, ["A b", "a_b", "a-b", "A B 2"], ["a_b", "a_b_2", "a_b_3", "a_b_2_2"]),
    "alike to one not chosen": ({"columns": Columns(names=("A b",))}, ["A b", "a_b"], ["a_b_2", "a_b"]),
    "cut": ({"max_length": 6}, ["Unit Price", "Unit Prices"], ["unit_p", "unit_2"]),
    "reserved": ({"avoid_reserved": True}, ["Order", "class", "Amount"], ["order_", "class_", "amount"]),
    "apostrophes": ({}, ["Customer's name", "l’heure"], ["customers_name", "lheure"]),
    "line breaks and invisible spaces": ({}, ["Unit\nprice", " a\u00a0\u200bb "], ["unit_price", "a_b"]),
}


def named(names):
    return table({n: (pa.int64(), [1, None]) for n in names})


def run(step, df):
    made = step.apply(df, step.fit(df))
    return made if isinstance(made, Outcome) else Outcome(made)


@pytest.mark.parametrize(("given", "names", "tidy"), CASES.values(), ids=CASES)
def test_tidies(given, names, tidy):
    df = named(names)
    made = run(CleanNames(**given), df)
    assert list(made.table.columns) == tidy
    assert made.renamed == {a: b for a, b in zip(names, tidy, strict=True) if a != b}
    assert all(same_memory(arrow(df[a]), arrow(made.table[b])) for a, b in zip(names, tidy, strict=True))


def test_tidy_names_are_the_same_table():
    df = named(["a", "unit_price"])
    assert CleanNames().apply(df, CleanNames().fit(df)) is df


def test_next_month_has_the_names_of_this_month():
    step = CleanNames()
    january = step.fit(named(["A b", "a-b"]))
    assert list(step.apply(named(["a-b", "New one", "A b"]), january).table.columns) == ["a_b_2", "New one", "a_b"]
    assert list(step.apply(named(["a_b", "A b", "a-b"]), january).table.columns) == ["a_b", "a_b_3", "a_b_2"]


def test_refuses_an_absent_column():
    with pytest.raises(StepError) as caught:
        CleanNames(columns=Columns(names=("z",))).fit(named(["a"]))
    assert str(caught.value) == 'Column "z": is not in the table. Choose one of: a.'


def test_describes():
    assert CleanNames().describe() == "Write the names of all columns like unit_price"


@given(st.lists(st.text(min_size=1, max_size=6), unique=True, min_size=1, max_size=5), st.sampled_from(["snake", "camel"]))
def test_names_are_unique_and_stay_tidy(names, case):
    step = CleanNames(case=case)
    once = run(step, named(names)).table
    assert once.columns.is_unique
    assert all(n and n.strip() == n and not n[0].isspace() and not set(" -().€%") & set(n) for n in once.columns)
