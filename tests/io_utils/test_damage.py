"""Damaged files of which the truth is known: cells right or listed, every record accounted for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from io_utils import read
from tests.io_utils.damage import DAMAGES, ENCODINGS, WRITINGS, Case, accounted, draw, score

CASES = st.builds(
    draw, st.integers(0, 10**9), st.sampled_from(sorted(DAMAGES)), st.sampled_from(WRITINGS), st.sampled_from(ENCODINGS)
)


def test_there_are_twelve_kinds_of_damage_thirty_dialects_and_thirty_encodings() -> None:
    assert len(DAMAGES) - 1 >= 12
    assert (len(WRITINGS), len(ENCODINGS)) == (30, 30)


@given(CASES)
@settings(max_examples=40, deadline=None)
def test_every_record_is_accounted_for(case: Case) -> None:
    found = read(case.data, name="t.csv")
    if case.damage == "multiline" and found.options.quote != case.writing.quote:
        return  # with another quote sign, lines in quotes are records of their own
    assert accounted(case, found)


@pytest.mark.parametrize("damage", sorted(DAMAGES))
def test_cells_are_right(damage: str) -> None:
    found = [score(draw(f"suite {damage} {i}", damage)) for i in range(8)]
    assert sum(s.cells for s in found) / 8 > 0.97
    assert all(s.encoding for s in found)
