from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline.changes import diff
from pipeline.view import as_text, changed_window, order, seen, take, window


def series(values, of):
    return pd.array(values, dtype=pd.ArrowDtype(of))


def table(**columns):
    made = pd.DataFrame({name: series(values, of) for name, (values, of) in columns.items()})
    made.index = pd.RangeIndex(2, 2 + len(made))
    return made


TOWNS = table(
    town=(["york", "Bath", None, "bath", "York", "10", "9"], pa.large_string()),
    n=([10, 9, None, 9007199254740993, 9007199254740992, 2, 10], pa.int64()),
)


@pytest.mark.parametrize(
    ("sort", "rows"),
    [
        (("town", False), [7, 8, 3, 5, 6, 2, 4]),
        (("town", True), [2, 6, 5, 3, 8, 7, 4]),
        (("n", False), [7, 3, 2, 8, 6, 5, 4]),
        (("n", True), [5, 6, 2, 8, 3, 7, 4]),
        (None, [2, 3, 4, 5, 6, 7, 8]),
        (("not there", False), [2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_sorts_the_whole_table_missing_last(sort, rows):
    assert window(TOWNS, sort=sort).rows.index.tolist() == rows


@pytest.mark.parametrize(
    ("search", "rows"),
    [
        ("YORK", [2, 6]),
        ("9", [3, 5, 6, 8]),
        ("740993", [5]),
        ("o.k", []),
        ("", [2, 3, 4, 5, 6, 7, 8]),
        ("none", []),
    ],
)
def test_searches_literal_text_in_any_column(search, rows):
    assert window(TOWNS, search=search).rows.index.tolist() == rows


def test_searches_dates_numbers_and_yes_no_as_they_are_shown():
    df = table(
        day=([date(2024, 5, 31), None], pa.date32()),
        at=([datetime(2024, 5, 31, 12), datetime(2024, 5, 31, 12, 0, 0, 5000)], pa.timestamp("us")),
        big=([12345678901.55, 0.1], pa.float64()),
        ok=([True, False], pa.bool_()),
    )
    assert window(df, search="05-31 12:00:00.005").rows.index.tolist() == [3]
    assert window(df, search="12345678901.55").rows.index.tolist() == [2]
    assert window(df, search="True").rows.index.tolist() == [2]


def test_umlauts_match_without_case_and_special_signs_are_literal():
    df = table(x=(["ÄPFEL (a)", "apfel", "a.c", "abc"], pa.large_string()))
    assert window(df, search="äpfel (A)").rows.index.tolist() == [2]
    assert window(df, search="a.c").rows.index.tolist() == [4]


def test_only_limits_the_rows_before_search_and_sort():
    found = window(TOWNS, only=[8, 2, 3, 99], search="1", sort=("town", False))
    assert found.rows.index.tolist() == [8, 2]
    assert found.total == 2


def test_pages_count_from_one_and_stay_in_range():
    df = table(x=(list(range(250)), pa.int64()))
    last = window(df, page=3)
    assert (last.total, last.page, last.pages, last.rows.index.tolist()[:1], len(last.rows)) == (250, 3, 3, [202], 50)
    assert window(df, page=99).page == 3
    assert window(df, page=0).page == 1
    empty = window(df.take([]), search="1")
    assert (empty.total, empty.page, empty.pages, len(empty.rows)) == (0, 1, 1, 0)


def test_order_and_take_are_the_window():
    positions = order(TOWNS, ("n", False), "10")
    assert positions.tolist() == [5, 0, 6]
    assert take(TOWNS, positions, 2, 2).rows.index.tolist() == [8]
    assert order(TOWNS) is None


def test_rows_out_of_order_keep_their_numbers():
    df = TOWNS.iloc[::-1]
    assert window(df, sort=("n", False)).rows.index.tolist() == [7, 3, 8, 2, 6, 5, 4]
    assert order(df, only=np.array([2, 8])).tolist() == [0, 6]


def test_a_page_holds_no_more_than_its_rows():
    df = table(x=([str(i) for i in range(10_000)], pa.large_string()))
    assert pa.chunked_array(window(df).rows["x"]).get_total_buffer_size() < 10_000


def test_every_type_is_written_exactly():
    df = table(
        i=([9007199254740993, None], pa.int64()),
        f=([0.1, 12345678901.55], pa.float64()),
        g=([1e22, 1e-7], pa.float64()),
        w=([2.0, 1e15], pa.float64()),
        b=([True, None], pa.bool_()),
        d=([date(2024, 2, 29), None], pa.date32()),
        t=([datetime(2024, 1, 31, 12, 0, 0, 5000), datetime(2024, 1, 31)], pa.timestamp("us")),
        z=([datetime(2024, 1, 31, 12, tzinfo=UTC), datetime(2024, 7, 31, 12, tzinfo=UTC)], pa.timestamp("us", "Europe/Paris")),
        k=([datetime(2024, 1, 31, 12, tzinfo=UTC), None], pa.timestamp("us", "America/St_Johns")),
        m=([Decimal("0.0000001000"), None], pa.decimal128(38, 10)),
        s=(["", None], pa.large_string()),
    )
    assert as_text(df).to_dict("list") == {
        "i": ["9007199254740993", None],
        "f": ["0.1", "12345678901.55"],
        "g": ["1e+22", "1e-7"],
        "w": ["2", "1000000000000000"],
        "b": ["true", None],
        "d": ["2024-02-29", None],
        "t": ["2024-01-31 12:00:00.005000", "2024-01-31 00:00:00"],
        "z": ["2024-01-31 13:00:00+01:00", "2024-07-31 14:00:00+02:00"],
        "k": ["2024-01-31 08:30:00-03:30", None],
        "m": ["0.0000001000", None],
        "s": ["", None],
    }
    assert as_text(df).index.tolist() == [2, 3]


def test_changed_cells_read_old_and_new():
    before = table(town=([" York", "Bath", None, "x"], pa.large_string()), n=(["1", "2", "n/a", "4"], pa.large_string()))
    after = table(town=(["York", "Bath", "", "x"], pa.large_string()), n=([1, 2, None, 4], pa.int64()))
    found = changed_window(before, after, diff(before, after))
    assert found.rows.index.tolist() == [2, 4]
    assert found.rows.to_numpy().tolist() == [["·York → York", "1"], ["(missing) → (empty text)", "n/a → (missing)"]]
    assert found.mask.to_numpy().tolist() == [[True, False], [True, True]]


def test_changes_follow_a_renamed_column_and_other_order():
    before = table(old=(["a", "b", "c"], pa.large_string()))
    after = table(new=(["a", "B", "C"], pa.large_string())).iloc[::-1]
    changes = diff(before, after, {"old": "new"})
    found = changed_window(before, after, changes, renamed={"old": "new"}, positions=order(after, only=changes.rows), size=1, page=2)
    assert (found.total, found.pages, found.page) == (2, 2, 2)
    assert found.rows["new"].to_dict() == {3: "b → B"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u200bb\n", "a⟨ZWSP⟩b↵"),
        ("  a  b ", "··a··b·"),
        ("   ", "···"),
        ("\u202eabc", "⟨U+202E⟩abc"),
        (None, "(missing)"),
        ("", "(empty text)"),
    ],
)
def test_what_cannot_be_seen_is_shown(text, expected):
    assert seen(text) == expected
