"""What steps note, with its counts: names of columns as they are, one row in the singular."""

import pyarrow as pa
import pytest

from pipeline import Recipe, new_step, run
from pipeline.apply import counted
from pipeline.recipe import TableRecipe
from tests.steps.strategies import table

N = "{n}"
CASES = {  # step, parameters, values of the column {n}, what is noted
    "mark_missing": ({"tokens": ["-", N]}, ["-", "-", N], ('2 × "-" in "{n}" became missing.', '1 × "{n}" in "{n}" became missing.')),
    "extract": ({"column": N}, ["a", "1"], ('1 value of "{n}" holds no such part.',)),
    "multi_answer": ({"column": N, "options": ["a"]}, ["a,b", "c"], ('2 answers in "{n}" are none of the columns.',)),
    "concat_columns": (
        {"columns": {"names": [N]}, "output": "to {n}", "skip_missing": False},
        [None, "a"],
        ('1 row has no "to {n}": a value is missing.',),
    ),
    "find_replace": ({"find": N, "replace": "x"}, [N, "a"], ('1 cell of "{n}" holds "{n}".',)),
    "map_values": ({"columns": {"names": [N]}, "mapping": {"a": "b"}}, [N, N, "a"], ('2 × "{n}" in "{n}" is not in the list.',)),
    "validate": ({"rules": [{"column": N, "check": "unique"}]}, ["a", "b", "b"],
                 ("{n} is unique: 2 of 3 values fail (67 %), first in rows 3, 4.",)),
    "sort": ({"by": [{"column": N}]}, ["10", "9"], ('Column "{n}" holds numbers as text: 10 comes before 9. Make it a number first.',)),
}  # fmt: skip


@pytest.mark.parametrize(("step", "params", "values", "noted"), [(n, *c) for n, c in CASES.items()], ids=CASES)
def test_a_name_like_the_place_of_the_count_stays_a_name(step, params, values, noted):
    recipe = Recipe(result="t", tables=[TableRecipe(name="t", steps=[new_step(step, params)])])
    done = run({"t": table({N: (pa.large_string(), values)})}, recipe)
    assert done.result.steps[0].result.report.noted == noted


ONE = {
    "{n} rows are missing.": "1 row is missing.",
    '{n} values of "b are" are extreme.': '1 value of "b are" is extreme.',
    "{n} empty values between marks were left out.": "1 empty value between marks was left out.",
    '{n} values of "a" are longer than 5 and stay as they are.': '1 value of "a" is longer than 5 and stays as it is.',
    "{n} rows had no value in the condition; they are kept.": "1 row had no value in the condition; it is kept.",
    "{n} rows belong to groups that were not there before.": "1 row belongs to groups that were not there before.",
    "{n} of 3 values fail.": "1 of 3 values fails.",
    'Column "are" stays as it is: not every value could be used.': 'Column "are" stays as it is: not every value could be used.',
    "The columns hold different kinds of values.": "The columns hold different kinds of values.",
}


@pytest.mark.parametrize(("text", "said"), ONE.items())
def test_one_is_said_in_the_singular(text, said):
    assert counted(text, 1) == said


def test_many_are_counted():
    assert counted("{n} rows are missing.", 12345) == "12,345 rows are missing."
