"""Flat JSON objects read whole by Arrow, where that is shown to give what reading them one by one gives.

Arrow's reader refuses keys that come again and values that change their kind; dates, NaN and numbers that a double would
change it takes in silence, so these are looked for here.
"""

import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from io_utils.bytes_in import FileBytes
from io_utils.json_text.columns import TEXT, Column, Columns, Part
from io_utils.json_text.rows import Rows
from io_utils.options import Limits, ReadOptions

BLOCK = 1 << 24
SAMPLE = 1 << 18  # bytes in which texts that look like dates are looked for first
BETWEEN = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*\{")
# A number of more digits than a double keeps for sure, or one with an exponent. In a text it does no harm.
LONG = r"[:,\[]\s*-?(?:[0-9][0-9.]{15}|[0-9.]+[eE])"
ESCAPED_KEY = r'\\.(?:[^"\\]|\\.)*"\s*:'
SIMPLE = (pa.int64(), pa.float64(), pa.bool_(), pa.string(), TEXT, pa.null())
KINDS = {pa.int64(): "whole", pa.float64(): "double", pa.bool_(): "yes/no", TEXT: "text"}


def plain_rows(file: FileBytes, options: ReadOptions, limits: Limits) -> Rows | None:
    """The rows of a file of flat objects; None where the objects have to be read one by one."""
    if options.records or options.shape not in ("records", "lines") or options.encoding not in ("utf-8", "utf-8-sig") or not file.utf8:
        return None
    data = bytes(file.data[:]).removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n")
    expected = None
    if options.shape == "records":
        if not (data.startswith(b"[") and data.endswith(b"]")):
            return None
        data, commas = BETWEEN.subn(b"}\n{", data[1:-1])
        expected = commas + 1  # a text that holds such a sign has been changed: it makes one more than there are rows
    table = read_whole(data, options.shape == "records")
    if (
        table is None
        or expected not in (None, table.num_rows)
        or not 0 < table.num_columns <= limits.columns
        or table.num_rows > limits.rows
    ):
        return None
    text = pa.LargeStringArray.from_buffers(1, pa.py_buffer(np.array([0, len(data)], "int64").tobytes()), pa.py_buffer(data))
    doubles = [c for c in table.columns if c.type == pa.float64()]
    if doubles and (pc.match_substring_regex(text, LONG)[0].as_py() or not all(map(finite, doubles))):
        return None
    if any(c.null_count for c in table.columns) and pc.match_substring_regex(text, ESCAPED_KEY)[0].as_py():
        return None  # keys cannot be counted by how they are written
    rows = Rows(Columns(False, limits.columns, limits.depth), numbers=range(2, table.num_rows + 2))
    for name, values in zip(table.column_names, table.columns, strict=True):
        filled = len(values) - values.null_count
        present = count_of(text, name) if values.null_count else filled
        if not filled <= present <= len(values):
            return None
        kept = values.cast(TEXT) if values.type in (pa.string(), pa.null()) else values
        kind = KINDS[kept.type]
        part = Part(range(table.num_rows), kind, kept.combine_chunks())
        rows.columns.top.inner[name] = Column((name,), parts=[part], counts=Counter({kind: filled}), present=present)
    return rows


def read_whole(data: bytes, several_lines: bool) -> pa.Table | None:
    """The objects as Arrow reads them, texts that look like dates as text; None if it refuses them or they are not flat."""
    start = data[: data.rfind(b"}\n", 0, SAMPLE) + 1] if len(data) > SAMPLE else b""
    texts: list[str] = []
    order: list[str] = []
    for part in (start, data, data) if start else (data, data):
        schema = pa.schema([(name, TEXT) for name in texts])
        parse = pj.ParseOptions(explicit_schema=schema if texts else None, newlines_in_values=several_lines)
        try:
            table = pj.read_json(pa.BufferReader(part), pj.ReadOptions(block_size=BLOCK), parse)
        except (pa.ArrowException, ValueError):
            return None
        if len(set(table.column_names)) < table.num_columns:
            return None
        dates = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
        texts += dates
        late = [name for name in table.column_names if name not in order]
        if late and part is data and len(data) > BLOCK:
            return None  # blocks are read side by side: which of the late columns came first is not known
        order += late  # the columns named in the schema would come first otherwise
        if part is data and not dates:
            return table.select(order) if all(field.type in SIMPLE for field in table.schema) else None
    return None


def finite(values: pa.ChunkedArray) -> bool:
    """Whether no number is NaN or infinite."""
    return pc.all(pc.is_finite(values)).as_py() is not False


def count_of(text: pa.LargeStringArray, key: str) -> int:
    """How many objects have the key, written without escapes."""
    return int(pc.count_substring_regex(text, rf'[{{,]\s*"\Q{key}\E"\s*:')[0].as_py())
