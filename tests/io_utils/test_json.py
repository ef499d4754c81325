"""JSON in its shapes: what is a row, what stays exact, what is left out and listed, what is refused."""

import json
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from io_utils import Limits, Read, ReadError, ReadOptions, detect, raw_lines, read, sheets
from io_utils.bytes_in import FileBytes
from io_utils.json_text.plain import plain_rows

RECORDS = '[{"id": 1, "city": "York"}, {"id": 2, "city": null}]'


def opened(text: str | bytes, **changes: Any) -> Read:
    data = text.encode() if isinstance(text, str) else text
    options = detect(data, name="f.json")[0]
    return read(data, options.model_copy(update=changes), name="f.json")


def cells(found: Read) -> dict[str, list[object]]:
    return {str(name): found.table[name].astype(object).where(found.table[name].notna(), None).tolist() for name in found.table.columns}


def types(found: Read) -> dict[str, str]:
    return {str(name): str(pa.chunked_array(found.table[name]).type) for name in found.table.columns}


def left_out(found: Read) -> list[tuple[int, str, str]]:
    return [tuple(line) for line in found.set_aside[["line", "reason", "text"]].itertuples(index=False)]


def noted(found: Read) -> str:
    return "\n".join(n.text for n in found.notes)


SHAPES: dict[str, tuple[str, str, dict[str, list[object]], list[int]]] = {
    "records": (RECORDS, "records", {"id": [1, 2], "city": ["York", None]}, [2, 3]),
    "lines": ('{"id": 1}\n\n{"id": 2, "b": true}\n', "lines", {"id": [1, 2], "b": [None, True]}, [2, 3]),
    "values on several lines": ('{\n "id": 1\n}\n{\n "id": 2\n}', "lines", {"id": [1, 2]}, [2, 3]),
    "columns": ('{"id": [1, 2], "city": ["York", null]}', "columns", {"id": [1, 2], "city": ["York", None]}, [2, 3]),
    "columns of objects": ('{"id": {"0": 1, "1": 2}, "c": {"0": "x"}}', "columns", {"id": [1, 2], "c": ["x", None]}, [2, 3]),
    "columns with keys": ('{"n": {"7": 1, "9": 2}}', "columns", {"key": ["7", "9"], "n": [1, 2]}, [2, 3]),
    "objects by key": ('{"a": {"key": 0}, "b": {"key": 5}}', "by_key", {"key_2": ["a", "b"], "key": [0, 5]}, [2, 3]),
    "rows under a header": ('[["id", "c"], [1, "x"], [2]]', "rows", {"id": [1, 2], "c": ["x", None]}, [2, 3]),
    "rows of text": ('[["a", "b"], ["c", "d"]]', "rows", {"a": ["c"], "b": ["d"]}, [2]),
    "rows without a header": ('[[1, "x"], [2, "y"]]', "rows", {"column_1": [1, 2], "column_2": ["x", "y"]}, [1, 2]),
    "columns named beside the rows": ('{"columns": ["a", "b"], "data": [[1, 2], [3, 4]]}', "rows", {"a": [1, 3], "b": [2, 4]}, [2, 3]),
    "single values": ('["x", "y"]', "records", {"value": ["x", "y"]}, [2, 3]),
    "one object": ('{"id": 1, "at": {"x": 2}}', "one", {"id": [1], "at.x": [2]}, [2]),
    "a list inside": ('{"data": {"rows": [{"a": 1}, {"a": 2}]}}', "records", {"a": [1, 2]}, [2, 3]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "shape", "expected", "rows"), SHAPES.values(), ids=SHAPES)
def test_a_shape_is_found_and_read(text: str, shape: str, expected: dict[str, list[object]], rows: list[int]) -> None:
    found = opened(text)
    assert (found.options.format, found.options.shape) == ("json", shape)
    assert cells(found) == expected
    assert found.table.index.tolist() == rows
    assert left_out(found) == []


def test_the_list_with_most_rows_is_read_and_the_others_are_offered() -> None:
    text = '{"page": 1, "a": [{"x": 1}], "data": {"b": [{"y": 1}, {"y": 2}]}}'
    assert [o.records for o in detect(text.encode(), name="f.json")] == [("data", "b"), ("a",)]
    assert [s[:4] for s in sheets(text.encode(), name="f.json")] == [("a", 1, 1, False), ("data.b", 2, 1, False)]
    found = opened(text)
    assert cells(found) == {"y": [1, 2]}
    assert left_out(found) == [(1, 'beside the list of rows: "a"', '[{"x": 1}]'), (1, 'beside the list of rows: "page"', "1")]
    assert cells(opened(text, records=("a",))) == {"x": [1]}


def test_nested_objects_become_columns_or_stay_text() -> None:
    text = (
        '[{"to": {"city": "York", "at": {"lat": 1.50}}, "tags": ["a", 2.50, null]}, {"to": "none", "tags": []}, {"to": {}, "tags": null}]'
    )
    found = opened(text)
    assert cells(found) == {
        "to": [None, "none", "{}"],
        "to.city": ["York", None, None],
        "to.at.lat": [1.5, None, None],
        "tags": ['["a", 2.50, null]', "[]", None],
    }
    assert 'Column "to" holds text (1), objects (1); it is read as text.' in noted(found)
    assert 'Column "tags" holds lists (2); they are kept as JSON text.' in noted(found)
    kept = opened(text, nested="text")
    assert cells(kept)["to"] == ['{"city": "York", "at": {"lat": 1.50}}', "none", "{}"]


def test_names_that_meet_are_made_unique() -> None:
    assert cells(opened('[{"a.b": 1, "a": {"b": 2}}]')) == {"a.b": [1], "a.b_2": [2]}


EXACT: dict[str, tuple[str, str, object]] = {
    "whole": ("9007199254740993", "int64", 9007199254740993),
    "the largest": ("9223372036854775807", "int64", 9223372036854775807),
    "beyond it": ("9223372036854775808", "large_string", "9223372036854775808"),
    "very long": ("9" * 5000, "large_string", "9" * 5000),
    "decimal": ("0.1", "double", 0.1),
    "seventeen digits": ("0.30000000000000004", "double", 0.30000000000000004),
    "more digits than a double has": ("0.1234567890123456789", "large_string", "0.1234567890123456789"),
    "exponent": ("1E3", "double", 1000.0),
    "beyond doubles": ("1e400", "large_string", "1e400"),
    "below doubles": ("1e-400", "large_string", "1e-400"),
    "minus zero": ("-0.0", "double", 0.0),
}


@pytest.mark.parametrize(("text", "kind", "value"), EXACT.values(), ids=EXACT)
def test_numbers_stay_exact(text: str, kind: str, value: object) -> None:
    found = opened(f'[{{"n": {text}}}, {{"n": null}}]')
    assert types(found) == {"n": kind}
    assert cells(found) == {"n": [value, None]}


def test_a_long_whole_number_beside_decimals_stays_as_written() -> None:
    found = opened('[{"n": 9007199254740993}, {"n": 0.50}]')
    assert cells(found) == {"n": ["9007199254740993", "0.50"]}
    assert "more digits than a number keeps exactly, such as 9007199254740993" in noted(found)


def test_values_of_several_kinds_become_text_and_are_counted() -> None:
    found = opened('[{"a": 1}, {"a": 2.50}, {"a": "x"}, {"a": true}, {"a": null}]')
    assert cells(found) == {"a": ["1", "2.50", "x", "true", None]}
    assert 'Column "a" holds numbers (2), text (1), yes/no (1); it is read as text.' in noted(found)


def test_a_key_that_comes_again_loses_nothing() -> None:
    found = opened('[{"a": 1}, {"a": 1, "a": 2, "in": {"x": "p", "x": "q"}}]')
    assert cells(found) == {"a": [1, 2], "in.x": [None, "q"]}
    reason = 'the key "{}" comes again in the row; its last value is used'
    assert left_out(found) == [(3, reason.format("a"), "1"), (3, reason.format("x"), "p")]
    assert "Row 3: a key comes again in the object." in noted(found)


def test_null_and_an_absent_key_are_told_apart() -> None:
    assert 'Column "b": of 3 rows the key is absent from 1 and null in 1; both are missing.' in noted(
        opened('[{"a": 1}, {"a": 1, "b": null}, {"a": 2, "b": 3}]')
    )


def test_nan_and_infinity_are_said() -> None:
    found = opened('[{"a": NaN, "b": 1}, {"a": 1.5, "b": Infinity}, {"a": 2, "b": -Infinity}]')
    assert cells(found) == {"a": [None, 1.5, 2.0], "b": [1, None, None]}
    assert left_out(found) == [
        (3, 'a value of "b" that no table can hold', "Infinity"),
        (4, 'a value of "b" that no table can hold', "-Infinity"),
    ]
    assert 'Column "a", row 2: NaN is no number in JSON; the value is missing.' in noted(found)


def test_what_is_no_row_is_listed() -> None:
    found = opened('[{"a": 1}, 5, null, {"a": 2}, ["x"]]')
    assert found.table.index.tolist() == [2, 5]
    assert left_out(found) == [(3, "not an object", "5"), (4, "not an object", "null"), (6, "not an object", '["x"]')]


def test_a_line_that_is_no_json_is_listed() -> None:
    found = opened('{"a": 1}\n{"a": oops}\nhello\n{"a": 2} x\n{"a": 3},\n{"a": 4')
    assert cells(found) == {"a": [1, 3]}
    assert found.table.index.tolist() == [2, 6]
    assert [(line, text) for line, _, text in left_out(found)] == [(3, '{"a": oops}'), (4, "hello"), (5, '{"a": 2} x'), (7, '{"a": 4')]
    assert left_out(found)[0][1] == 'no valid JSON: "oops}" does not belong here'
    assert left_out(found)[3][1] == "no valid JSON: the file ends in the middle of a value; it seems to be cut off"


REFUSED: dict[str, tuple[str, str]] = {
    "cut off": (
        '[{"a": 1},\n {"a": 2},\n {"a"',
        "f.json, line 3, character 6: this is no valid JSON: the file ends in the middle of a value",
    ),
    "text without end": ('[{"a": "x},\n]', "f.json, line 1, character 8: this is no valid JSON: a text begins here that has no end"),
    "no comma": ('[{"a": 1} {"a": 2}]', "character 11: this is no valid JSON: after entry 1 of the list a comma or ] is missing"),
    "more after the end": ('[{"a": 1}] x', "character 12: this is no valid JSON: there is more after the end of the list"),
    "more after the object": (
        '{"a": 1} x',
        "f.json, line 1, character 10: this is no valid JSON: there is more after the end of the value",
    ),
    "nested without end": ('[{"a":' * 3000, "values lie deeper within one another than can be read"),
    "empty list": ("[]", "f.json: the file holds no columns: its list is empty."),
    "empty object": ("{}", "f.json: the file holds no columns: its objects are empty."),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_damaged_file_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        opened(text)
    assert message in str(caught.value)


def test_deep_objects_are_refused_unless_kept_as_text() -> None:
    text = '[{"a": ' + '{"b": ' * 150 + "1" + "}" * 150 + "}]"
    with pytest.raises(ReadError) as caught:
        opened(text)
    assert "objects are nested more than 100 levels deep. Keep nested values as text" in str(caught.value)
    assert cells(opened(text, nested="text"))["a"] == ['{"b": ' * 150 + "1" + "}" * 150]


def test_keys_that_are_data_are_refused() -> None:
    data = json.dumps([{f"k{i}": i} for i in range(30)]).encode()
    with pytest.raises(ReadError) as caught:
        read(data, name="f.json", limits=Limits(columns=20))
    assert "f.json: there are more than 20 keys, which is as many columns as can be read." in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_an_encoding_is_told_by_the_first_bytes(encoding: str) -> None:
    assert cells(opened('[{"ä": "Köln"}]'.encode(encoding))) == {"ä": ["Köln"]}


def test_half_a_character_is_shown() -> None:
    found = opened('[{"a": "x\\ud800y"}]')
    assert cells(found) == {"a": ["x\\ud800y"]}
    assert 'Column "a", row 2: half a character' in noted(found)


NO_JSON = ["[a],[b]\n1,2\n", '{"a":1};x\n{"b":2};y\n', "[2024-01-01] start,x\n[2024-01-02] stop,y\n", "{a},{b}\n1,2\n"]


@pytest.mark.parametrize("text", NO_JSON)
def test_delimited_text_that_begins_with_a_bracket_is_no_json(text: str) -> None:
    assert detect(text.encode(), name="f.csv")[0].format == "csv"


def test_the_content_outranks_the_name() -> None:
    assert detect(RECORDS.encode(), name="f.csv")[0].format == "json"
    assert detect(b"a,b\n1,2\n", name="f.json")[0].format == "csv"


def test_raw_lines_are_the_entries() -> None:
    data = b'[{"a": 1},\n  {"a" :2}, 5]'
    options = detect(data, name="f.json")[0]
    assert raw_lines(data, options, "f.json") == [(2, '{"a": 1}'), (3, '{"a" :2}'), (4, "5")]
    assert raw_lines(data, options, "f.json", 3, 1) == [(3, '{"a" :2}')]


def test_a_list_that_is_gone_is_said() -> None:
    with pytest.raises(ReadError) as caught:
        read(b'{"rows": [{"a": 1}]}', ReadOptions(format="json", records=("data",)), name="f.json")
    assert str(caught.value) == 'f.json: there is no list "data" in the file. Choose one of: "rows".'


def test_many_batches_make_one_table() -> None:
    rows = [{"n": i, **({"late": f"x{i}"} if i > 11_000 else {}), **({"odd": {"v": i / 4}} if i % 3 == 0 else {})} for i in range(12_001)]
    found = opened(json.dumps(rows))
    assert found.table["n"].tolist() == list(range(12_001))
    assert found.table["late"].dropna().tolist() == [f"x{i}" for i in range(11_001, 12_001)]
    assert found.table["odd.v"].dropna().to_dict() == {i + 2: i / 4 for i in range(0, 12_001, 3)}


SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.decimals(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), SCALARS, min_size=1), min_size=1, max_size=8), st.booleans())
def test_every_value_of_every_row_is_in_the_table(rows: list[dict[str, Any]], as_lines: bool) -> None:
    def text(value: object) -> str:
        return str(value) if isinstance(value, Decimal) else json.dumps(value)

    made = ["{" + ", ".join(f"{json.dumps(key)}: {text(value)}" for key, value in row.items()) + "}" for row in rows]
    found = opened("\n".join(made) if as_lines else f"[{','.join(made)}]")
    for position, row in enumerate(rows):
        for key, value in row.items():
            cell = found.table[key].iloc[position]
            if value is None:
                assert pd.isna(cell)
            elif isinstance(value, bool):
                assert str(cell).lower() == str(value).lower()
            elif isinstance(value, str):
                assert cell == value.encode("utf-8", "backslashreplace").decode()
            else:
                assert Decimal(str(cell)) == Decimal(str(value))
    assert len(found.table) == len(rows)


def test_half_a_character_in_a_key_and_beside_the_rows_is_shown() -> None:
    found = opened('{"x\\ud800": "y\\udc00", "rows": [{"k\\ud800": 1}, "z\\ud800"]}')
    assert cells(found) == {"k\\ud800": [1]}
    assert [text for _, _, text in left_out(found)] == ["y\\udc00", "z\\ud800"]


FLAT = st.dictionaries(
    st.sampled_from(["a", "b", 'q"', "ä b", "d.e"]),
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["2024-01-01", "2024-01-01 10:00:00", "},{", ',"a":', "\n", "\ud83d\ude00"]),
)


@given(st.lists(FLAT, min_size=1, max_size=6), st.sampled_from(["lines", "list", "indented"]), st.booleans())
def test_reading_whole_gives_what_reading_one_by_one_gives(rows: list[dict[str, Any]], shape: str, escaped: bool) -> None:
    kinds: dict[str, type] = {}
    rows = [{k: v for k, v in row.items() if v is None or type(v) is kinds.setdefault(k, type(v))} for row in rows]
    made = [json.dumps(row, ensure_ascii=escaped) for row in rows]
    text = "\n".join(made) if shape == "lines" else f"[{','.join(made)}]" if shape == "list" else json.dumps(rows, indent=2)
    data = text.encode("utf-8", "backslashreplace")
    options = detect(data, name="f.json")[0]
    try:
        quick = read(data, options, name="f.json")
    except ReadError:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("io_utils.json_text.read.plain_rows", lambda *_: None)
        slow = read(data, options, name="f.json")
    assert quick.table.equals(slow.table)
    assert types(quick) == types(slow)
    assert quick.table.index.equals(slow.table.index)
    assert (quick.notes, left_out(quick)) == (slow.notes, left_out(slow))


TAKEN: dict[str, tuple[str, bool]] = {
    "flat rows": (RECORDS, True),
    "flat lines": ('{"a": 1.5}\n{"a": null}\n', True),
    "dates stay text": ('[{"d": "2024-01-01"}]', True),
    "a key twice": ('[{"a": 1, "a": 2}]', False),
    "two kinds": ('[{"a": 1}, {"a": "x"}]', False),
    "nested": ('[{"a": {"b": 1}}]', False),
    "a sign between objects in a text": ('[{"a": "x},{y"}]', False),
    "NaN": ('[{"a": 1.5}, {"a": NaN}]', False),
    "many digits": ('[{"a": 0.12345678901234567}]', False),
    "an exponent": ('[{"a": 1e400}]', False),
    "beyond int64": ('[{"a": 9223372036854775808}]', False),
}


@pytest.mark.parametrize(("text", "taken"), TAKEN.values(), ids=TAKEN)
def test_only_what_is_plain_is_read_whole(text: str, taken: bool) -> None:
    options = detect(text.encode(), name="f.json")[0]
    assert (plain_rows(FileBytes("f.json", text.encode()), options, Limits()) is not None) == taken


def test_dates_that_come_after_other_texts_are_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("io_utils.json_text.plain.BLOCK", 1 << 12)
    monkeypatch.setattr("io_utils.json_text.plain.SAMPLE", 1 << 10)
    days = [f"2024-01-{i % 28 + 1:02}" for i in range(400)]
    rows = [{"d": text, "n": 1} for text in [*days, "x", *(["2024-01-05T10:00:00Z"] * 400)]]
    found = opened("\n".join(json.dumps(row) for row in rows))
    assert found.table["d"].tolist() == [row["d"] for row in rows]
