"""A table as JSON records, built from whole columns by Arrow."""

import json

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from io_utils.delimited.write import SLICE, TEXT, in_order, join, joined_bytes, value_texts
from io_utils.errors import WriteError
from io_utils.tables import arrow
from io_utils.target import Share, Target, Written, opened

EXACT = 2**53  # JavaScript reads numbers as doubles
ESCAPED = r'["\\\x00-\x1f]'


def to_json(table: pd.DataFrame, target: Target, shape: str = "records", *, progress: Share | None = None) -> Written:
    """Write UTF-8 JSON: a list of one object a row, keys in column order, missing as null.

    Dates are ISO text; whole numbers beyond 2^53 and decimals are text, so that no reader rounds them. Raises WriteError.
    """
    if shape != "records":
        raise WriteError(f'JSON cannot be written as "{shape}". Use "records".')
    columns = [arrow(table[name]) for name in table.columns]
    keys = [json.dumps(str(name), ensure_ascii=False) + ": " for name in table.columns]
    say = progress or (lambda share: None)

    def text_of(start: int) -> pa.Buffer:
        size = min(SLICE, len(table) - start)
        pieces: list[pa.Array | str] = []
        for position, (key, column) in enumerate(zip(keys, columns, strict=True)):
            pieces.append(("{" if position == 0 else ", ") + key)
            pieces.append(json_texts(column.slice(start, SLICE).combine_chunks()))
        ends = ["},\n"] * size
        if start + size == len(table):
            ends[-1] = "}\n"
        return joined_bytes([*(pieces or ["{"]), pa.array(ends, TEXT)])

    with opened(target) as file:
        file.write(b"[\n" if len(table) else b"[")
        for done, text in enumerate(in_order(text_of, range(0, len(table), SLICE)), 1):
            file.write(text)
            say(min(1.0, done * SLICE / len(table)))
        file.write(b"]\n")
    return Written()


def json_texts(values: pa.Array) -> pa.Array:
    """Values as JSON."""
    of = values.type
    if pa.types.is_boolean(of):
        texts = pc.if_else(values, pa.scalar("true", TEXT), pa.scalar("false", TEXT))
    elif pa.types.is_floating(of):
        texts = values.cast(TEXT)  # large ones with an exponent: written out, readers would take them for exact whole numbers
    elif pa.types.is_timestamp(of):
        iso = pc.replace_substring_regex(pc.replace_substring(value_texts(values), " ", "T"), r"([+-]\d\d)(\d\d)$", r"\1:\2")
        texts = quoted(iso)
    elif pa.types.is_integer(of):
        texts = value_texts(values)
        far = pc.or_(pc.greater(values, EXACT), pc.less(values, -EXACT))
        texts = pc.if_else(far, quoted(texts), texts)
    else:
        texts = value_texts(values)
        texts = quoted(escaped(texts) if pa.types.is_large_string(of) else texts)
    return pc.fill_null(texts, "null") if texts.null_count else texts


def quoted(texts: pa.Array) -> pa.Array:
    """Texts between quotes."""
    return join('"', texts, '"')


def escaped(texts: pa.Array) -> pa.Array:
    """Texts with quotes, backslashes and control characters escaped as JSON asks."""
    odd = pc.fill_null(pc.match_substring_regex(texts, ESCAPED), False)
    if not odd.true_count:
        return texts
    changed = pa.array([json.dumps(t, ensure_ascii=False)[1:-1] for t in texts.filter(odd).to_pylist()], TEXT)
    return pc.replace_with_mask(texts, odd, changed)
