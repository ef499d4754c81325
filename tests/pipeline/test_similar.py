"""Similar rows: what was answered, kept as decisions; from where on the answers say that pairs are the same; kept on the shelf."""

import numpy as np
import pyarrow as pa
import pytest

from pipeline.shelf import Shelf
from pipeline.similar import Found, as_table, cut, decisions, find, find_similar, from_table
from steps.base import Columns
from steps.fuzzy_duplicates import Decision
from tests.steps.strategies import table
from tests.steps.test_linkage import people

TEXT = pa.large_string()
CERTAIN = {(2, 3): 0.99, (4, 5): 0.9, (6, 7): 0.8, (8, 9): 0.6}
CUTS = {  # answers, from where on pairs are the same
    "between the two kinds": ({(2, 3): "same", (4, 5): "same", (6, 7): "different", (8, 9): "different"}, 0.85),
    "an exception": ({(2, 3): "same", (4, 5): "different", (6, 7): "same", (8, 9): "different"}, 0.945),
    "only one kind": ({(2, 3): "same"}, None),
    "nothing": ({}, None),
    "the certain ones differ": ({(2, 3): "different", (4, 5): "same"}, None),
    "rows that are not among the pairs": ({(2, 3): "same", (90, 91): "different"}, None),
}


@pytest.mark.parametrize(("answers", "certainty"), CUTS.values(), ids=CUTS)
def test_the_answers_tell_from_where_on(answers, certainty):
    assert cut(CERTAIN, answers) == pytest.approx(certainty)


def test_answers_are_kept_by_number_or_key():
    df = table({"id": (TEXT, ["a", "b", None]), "n": (pa.int64(), [7, 8, 9])}, [2, 3, 5])
    answers = {(2, 5): "same", (3, 2): "different"}
    assert decisions(answers, df, ()) == [Decision(rows=(2, 5)), Decision(rows=(3, 2), same=False)]
    assert decisions(answers, df, ("id", "n")) == [
        Decision(keys=(("a", "7"), (None, "9"))), Decision(keys=(("b", "8"), ("a", "7")), same=False),
    ]  # fmt: skip
    assert decisions({}, df, ("id",)) == []


def test_a_job_finds_what_the_page_would(tmp_path):
    df, _ = people(2, 100)
    shelf = Shelf(tmp_path)
    shelf.write_note("table", shelf.save_table(df, "table"))
    columns = Columns(names=("first", "last", "street", "born"))
    said = []
    find_similar(
        {"shelf": str(tmp_path), "table": "table", "note": "pairs", "columns": columns.model_dump(mode="json")},
        lambda done, what: said.append((done, what)),
    )
    kept = from_table(shelf.load_table(shelf.read_note("pairs")))
    found = find(df, columns)
    assert len(found.pairs) > 20
    assert kept.pairs == found.pairs
    assert kept.certainty.tolist() == found.certainty.tolist()
    assert (0.2, 'Comparing rows by "first"') in said
    assert from_table(as_table(Found(*(np.empty(0, "int64"),) * 2, np.empty(0)))).pairs == []
