"""The fuzz of the other readers in its short form."""

from tests.io_utils.fuzz_formats import fuzz, one


def test_nothing_but_a_read_error_comes_out() -> None:
    assert fuzz(20, files=800) == (800, [])


def test_what_the_fuzz_found_stays_right() -> None:
    assert one("1 141") < 10  # half a character in a key
    assert one("1 889") < 10  # half a character in what is left out
    assert one("5 529") < 10  # a column's name that is no UTF-8
