import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from steps.ordering import in_order, order_of, places, ranks, stable_order, text_ranks

TEXT = pa.large_string()


def test_equal_numbers_keep_their_order():
    assert stable_order(np.array([2.0, 1.0, 2.0, 1.0])).tolist() == [1, 3, 0, 2]
    assert in_order(np.array([2, 0, 2, 0, 1])).tolist() == [1, 3, 4, 0, 2]
    assert ranks(np.array([5.0, -0.0, 0.0, 7.0])).tolist() == [1, 0, 0, 2]


def test_texts_are_numbered_by_code_point_past_the_first_eight_bytes():
    texts = ["abcdefgh", "abcdefghz", "abcdefgha", "Z", "", "é", "abcdefgh", "a\0", "a"]
    assert text_ranks(pa.array(texts, TEXT)).tolist() == [4, 7, 6, 1, 0, 8, 4, 3, 2]
    assert text_ranks(pa.array(texts, TEXT)[3:6]).tolist() == [1, 0, 2]
    assert text_ranks(pa.array([], TEXT)).tolist() == []


def test_missing_values_and_every_type_have_a_place():
    assert places(pa.chunked_array([pa.array(["b", None, "a"], TEXT)])).tolist() == [1, -1, 0]
    assert places(pa.chunked_array([pa.array([True, False, None])])).tolist() == [1, 0, -1]
    assert places(pa.chunked_array([pa.array([3, 1], pa.int32()).cast(pa.date32())])).tolist() == [2, 0]
    assert places(pa.chunked_array([pa.array(["10.5", "9.0"]).cast(pa.decimal128(38, 2))])).tolist() == [1, 0]


def test_the_first_key_counts_most_however_large_the_keys_are():
    assert order_of([np.array([1, 0, 1]), np.array([0, 5, 3])]).tolist() == [1, 0, 2]
    large = 2**61
    assert order_of([np.array([large, 0, large]), np.array([large, 5, 3]), np.array([7, large, 1])]).tolist() == [1, 2, 0]


@given(st.lists(st.text("ab\0é日", max_size=20)))
def test_texts_stand_as_python_sorts_them(texts):
    found = text_ranks(pa.array(texts, TEXT))
    assert [texts[i] for i in stable_order(found)] == sorted(texts)
    assert [found[i] == found[i - 1] for i in range(1, len(texts))] == [texts[i] == texts[i - 1] for i in range(1, len(texts))]
