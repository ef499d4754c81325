"""The fuzz of the text readers in its short form."""

from tests.io_utils.fuzz import fuzz, one


def test_nothing_but_a_read_error_comes_out() -> None:
    assert fuzz(20, files=50) == (50, [])


def test_what_the_fuzz_found_stays_right() -> None:
    assert one("1 4") < 10  # an escape without a quote
    assert one("20 41") < 10  # bytes that are no UTF-32: lines are counted in the text
    assert one("3 211") < 10  # a header that is a comment
    assert one("3 667") < 10  # lines shown that a quote would swallow
    assert one("1 299") < 10  # a header whose last line is blank
