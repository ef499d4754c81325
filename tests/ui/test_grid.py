import pandas as pd
import pyarrow as pa

from ui.grid import Edit, Picked, Refused, changes_of, picked

ROWS = pd.DataFrame(
    {
        "town": pd.array(["York", None, ""], dtype=pd.ArrowDtype(pa.large_string())),
        "n": pd.array([9007199254740993, None, 3], dtype=pd.ArrowDtype(pa.int64())),
        "_index": pd.array([1.5, 2.0, None], dtype=pd.ArrowDtype(pa.float64())),
    },
    index=[12, 7, 40],
)


def test_every_cell_is_shown_as_text_exactly(page):
    at = page("grid_page")
    shown = at.dataframe[0].value
    assert shown["big"].tolist()[:2] == ["9007199254740993", "12"]
    assert shown["order_id"].tolist()[:2] == ["0009078", "0001666"]
    assert shown["*day* :red[x] $y$"].tolist()[0] == "2024-05-31"
    assert shown["_index (column)"].tolist()[0] == "a"
    assert shown.index.tolist()[:2] == [2, 3]


def test_changed_cells_are_shown_with_old_and_new(page):
    at = page("grid_page")
    at.radio(key="view").set_value("What changed").run()
    assert not at.exception
    assert at.dataframe[0].value["customer"].tolist()[0] == "Eli Roth → ELI ROTH"


def test_entries_are_parsed_by_type_and_refused_ones_are_said(page, type_in):
    at = page("grid_page")
    at.radio(key="view").set_value("Edit").run()
    edits = {"0": {"big": "9007199254740995", "amount": "2,5"}, "1": {"order_id": None, "customer": ""}}
    type_in(at, "t-1-edit-1-0", {"edited_rows": edits})
    assert at.text[0].value == (
        "accepted [(2, 'big', '9007199254740993', '9007199254740995'), "
        "(3, 'order_id', '0001666', None), (3, 'customer', '**Chen** Wei', '')]"
    )
    assert [e.value.replace("\\", "").replace("\u2060", "") for e in at.error] == ["Row 2, amount: '2,5' is not a number here. Write 2.5."]
    assert at.session_state["t-1-edit-1-0"]["edited_rows"][0]["amount"] == "2,5"


def test_what_the_browser_says_is_checked():
    state = {
        "edited_rows": {
            "-1": {"n": "1"},
            "3": {"n": "1"},
            "1": {"nope": "1", "town": 5, "n": "004"},
            "2": {"n": "3", "_index (column)": "x"},
        },
        "added_rows": [{"n": "1"}],
        "deleted_rows": [0],
    }
    accepted, refused = changes_of(state, ROWS)
    assert accepted == [Edit(7, "n", None, "4")]
    assert refused == [Refused(40, "_index", "x", "'x' is not a number here. Write digits only, for example 1204 or 2.5.")]


def test_missing_and_empty_text_differ():
    accepted, _ = changes_of({"edited_rows": {"0": {"town": ""}, "1": {"town": ""}, "2": {"town": None}}}, ROWS)
    assert accepted == [Edit(12, "town", "York", ""), Edit(7, "town", None, ""), Edit(40, "town", "", None)]


def test_a_selection_names_row_numbers_and_real_columns():
    chosen = {"rows": [1, 9], "columns": ["_index (column)"], "cells": [(2, "n")]}
    assert picked({"selection": chosen}, ROWS) == Picked((7,), "_index", (40, "n"))
    assert picked({"selection": {"rows": [], "columns": ["x"], "cells": [(5, "n")]}}, ROWS) == Picked()
