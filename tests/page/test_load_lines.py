"""Load: every line accounted for, lines left out put back, other ways to read, one undo for one change."""

import pytest

from tests.page.conftest import Tab

REPORT = b"Made by us,\n\nname,amount\nAna,1\nBo,2.5\nCy,3\nTotal,6.5\n"


@pytest.fixture
def loaded(tab: Tab) -> Tab:
    return tab.upload("report.csv", REPORT)


def test_every_line_is_accounted_for_and_the_files_own_total_is_checked(loaded: Tab) -> None:
    assert "7 lines in the file: 3 rows, 1 of the header, 3 left out." in loaded.said()
    assert "The file's own total of amount is 6.5. The 3 rows add up to the same." in loaded.said()


def test_lines_are_left_out_by_number_put_back_and_undone(loaded: Tab) -> None:
    loaded.put("text_input", "leave-rows-", "4-5")
    loaded.click("leave-go-")
    assert "1 row, 2 columns" in loaded.said()
    assert "7 lines in the file: 1 row, 1 of the header, 5 left out." in loaded.said()
    loaded.click("undo")
    assert "3 rows, 2 columns" in loaded.said()


def test_a_number_that_is_no_row_is_said(loaded: Tab) -> None:
    loaded.put("text_input", "leave-rows-", "2").click("leave-go-")
    assert "Line 2 is not a row of the table." in [e.value for e in loaded.at.error]


def test_reading_in_another_way_is_one_change(loaded: Tab) -> None:
    before = loaded.steps
    loaded.put("selectbox", "delimiter-", ";")
    assert "1 column" in loaded.said()
    loaded.click("undo")
    assert "3 rows, 2 columns" in loaded.said()
    assert loaded.steps == before
    assert loaded.at.button(key="undo").disabled


def test_another_way_to_read_is_one_click(tab: Tab) -> None:
    tab.upload("two.csv", b"a,b\n1,2\n3,4\n\nx,y,z\n5,6,7\n8,9,0\n")
    assert "2 rows, 2 columns" in tab.said()
    tab.click("way-read-0")
    assert "2 rows, 3 columns" in tab.said()


def test_the_files_own_total_becomes_a_check(loaded: Tab) -> None:
    loaded.click("check-total-0")
    rule = loaded.steps[-1].params["rules"][0]
    assert (loaded.steps[-1].step, rule["column"], rule["check"], rule["low"], rule["high"]) == (
        "validate",
        "amount",
        "total",
        "6.5",
        "6.5",
    )
    assert not [b for b in loaded.at.button if (b.key or "").startswith("check-total-")]


def test_what_the_header_says_beside_the_names_stands_with_the_column(tab: Tab) -> None:
    tab.upload("weights.csv", b"item,weight\n(text),(in kg)\na,1\nb,2\n")
    tab.put("number_input", "lines-", 2).put("selectbox", "header-names-", "first")
    tab.click("looks-right").put("selectbox", "column-list-", "weight")
    assert "The header says: (in kg)" in tab.said()
