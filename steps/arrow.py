"""Safe idioms on Arrow-backed columns, shared by the steps."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.arrays import ArrowExtensionArray

from steps.bits import as_mask, taken
from steps.bits import flags as flags

TEXT = pd.ArrowDtype(pa.large_string())
INT = pd.ArrowDtype(pa.int64())
FLOAT = pd.ArrowDtype(pa.float64())
BOOL = pd.ArrowDtype(pa.bool_())

# What Unicode calls white space, and the invisible signs people paste with it (zero-width space, byte order mark).
SPACES = "\t\n\x0b\x0c\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200C))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
SLICE = 50_000  # values that are worth a thread
SPACE_STARTS = np.isin(np.arange(256), [c.encode()[0] for c in SPACES])  # the bytes that one of them begins with
SPACE_ENDS = np.isin(np.arange(256), [c.encode()[-1] for c in SPACES])


def arrow(values: pd.Series) -> pa.ChunkedArray:
    """The column as Arrow data, without copying."""
    held = values.array
    return held.__arrow_array__() if isinstance(held, ArrowExtensionArray) else pa.chunked_array(values)  # ten times as fast


def whole(values: pa.ChunkedArray) -> pa.Array:
    """The column in one piece, without copying where it is in one already."""
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()


def column(values: pa.Array | pa.ChunkedArray, like: pd.DataFrame | pd.Series) -> pd.Series:
    """Arrow data as a column with the row numbers of ``like``."""
    return pd.Series(values, dtype=pd.ArrowDtype(values.type), index=like.index)


def constant(value: Any, like: pd.DataFrame | pd.Series, of: pa.DataType) -> pd.Series:
    """One value repeated, in a stated type."""
    return column(pa.repeat(pa.scalar(value, of), len(like)), like)


def repeated(text: str, times: int) -> pa.LargeStringArray:
    """A text so many times; laid out in memory, twice as fast as ``pa.repeat``."""
    written = text.encode()
    ends = np.arange(times + 1, dtype="int64") * len(written)
    return pa.LargeStringArray.from_buffers(times, pa.py_buffer(ends), pa.py_buffer(written * times))


def one_of_few(texts: Sequence[str], which: np.ndarray) -> pa.DictionaryArray:
    """For each row the text of that number, each text held once: for lists of many rows that say few different things."""
    return pa.DictionaryArray.from_arrays(pa.array(which), pa.array(texts, pa.large_string()), safe=False)


def known(mask: pd.Series) -> pd.Series:
    """A condition with missing taken as no; a missing condition is in neither ``df[m]`` nor ``df[~m]``."""
    return mask.fillna(False)


def no_nan(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """The values with NaN turned to null."""
    return pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)


def per_unique(values: pa.ChunkedArray, function: Callable[[Any], Any], of: pa.DataType) -> pa.Array:
    """A Python function applied once to each different value."""
    codes = values.combine_chunks().dictionary_encode()
    return pa.array([function(v) for v in codes.dictionary.to_pylist()], of).take(codes.indices)


def casefolded(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Text as ``str.casefold`` makes it, by which capitals do not matter."""
    plain = pc.string_is_ascii(values)
    if pc.all(plain, min_count=0).as_py():
        return pc.ascii_lower(values)
    if isinstance(values, pa.ChunkedArray):
        return pa.chunked_array([per_unique(values, _folded, values.type)])
    return per_unique(pa.chunked_array([values]), _folded, values.type)


def _folded(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def decimal_to_float(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Exact decimals as doubles, through text: the direct cast is wrong in the last bit for one value in seven."""
    return values.cast(pa.large_string()).cast(pa.float64())


def blank(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """True where a text value is empty or only white space; null where it is missing."""
    if isinstance(values, pa.ChunkedArray):
        return pa.chunked_array([blank(c) for c in values.chunks], pa.bool_())
    if values.null_count == len(values):
        return pa.nulls(len(values), pa.bool_())
    known = flags(values.is_valid())
    made = known & _may_be_blank(values if pa.types.is_large_string(values.type) else values.cast(pa.large_string()))
    if 8 * np.count_nonzero(made) > len(values):
        return pc.equal(pc.binary_length(pc.utf8_trim(values, SPACES)), 0)
    at = np.flatnonzero(made)  # told from their first bytes: few values have to be trimmed
    made[at] = flags(pc.equal(pc.binary_length(pc.utf8_trim(values.take(pa.array(at)), SPACES)), 0))
    return as_mask(made, known)


def _may_be_blank(values: pa.LargeStringArray) -> np.ndarray:
    """Whether each value is empty or begins with a byte that white space begins with."""
    _, offsets, data = values.buffers()
    if not len(values) or data is None or not len(data):
        return np.ones(len(values), bool)
    ends = np.frombuffer(offsets, np.int64)[values.offset : values.offset + len(values) + 1]
    return SPACE_STARTS[np.frombuffer(data, np.uint8).take(ends[:-1], mode="clip")] | (ends[1:] == ends[:-1])


def without_spaces(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text without spaces around it; the same memory where the first and last bytes tell that there are none."""
    if any(_may_have_spaces(c) for c in values.chunks):
        return by_value(values, lambda some: pc.utf8_trim(some, SPACES))
    return values


def _may_have_spaces(values: pa.LargeStringArray) -> bool:
    _, offsets, data = values.buffers()
    if not len(values) or data is None or not len(data):
        return False
    ends = np.frombuffer(offsets, np.int64)[values.offset : values.offset + len(values) + 1]
    text = np.frombuffer(data, np.uint8)
    filled = ends[:-1] != ends[1:]
    first, last = text.take(ends[:-1], mode="clip"), text.take(ends[1:] - 1, mode="clip")
    return bool((filled & (SPACE_STARTS[first] | SPACE_ENDS[last])).any())


def buffers(values: pa.ChunkedArray) -> list[tuple[object, ...]]:
    """Where a column's chunks lie in memory: offset, length and buffer addresses of each."""
    return [(c.offset, len(c), *(None if b is None else b.address for b in c.buffers())) for c in values.chunks]


def same_memory(a: pa.ChunkedArray, b: pa.ChunkedArray) -> bool:
    """Whether two columns are the same memory, so that nothing can have changed."""
    return a.type == b.type and buffers(a) == buffers(b)


def is_text(of: pa.DataType) -> bool:
    """Whether a column of this type holds text."""
    return pa.types.is_large_string(of) or pa.types.is_string(of)


def is_number(of: pa.DataType) -> bool:
    """Whether a column of this type holds numbers: integer, double or exact decimal."""
    return pa.types.is_integer(of) or pa.types.is_floating(of) or pa.types.is_decimal(of)


def is_date(of: pa.DataType) -> bool:
    """Whether a column of this type holds dates or timestamps."""
    return pa.types.is_date(of) or pa.types.is_timestamp(of)


def text_rows(values: Iterable[str | None], like: pd.Index) -> pd.Series:
    """Python text as a column with the given row numbers."""
    return pd.Series(pa.array(list(values), pa.large_string()), dtype=TEXT, index=like)


def repeats(values: pa.ChunkedArray) -> bool:
    """Whether a column is long and a look at some of its rows shows few different values."""
    if len(values) < 50_000:
        return False
    some = values.take(pa.array(np.arange(0, len(values), max(1, len(values) // 10_000))))
    return 2 * pc.count_distinct(some).as_py() <= len(some)


def by_value(values: pa.ChunkedArray, function: Callable[[Any], Any]) -> pa.ChunkedArray:
    """A kernel applied to the column, or once to each different value where a look at some rows shows that they repeat."""
    if not repeats(values):
        return function(values)
    codes = values.combine_chunks().dictionary_encode()
    return pa.chunked_array([function(codes.dictionary).take(codes.indices)])


def side_by_side(function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """A function of columns, on all cores (Arrow kernels run free of Python's lock); results in the order of the items."""
    items = list(items)
    others = min(len(items), os.cpu_count() or 1) - 1
    if others < 1:
        return [function(i) for i in items]
    numbers = iter(range(len(items)))  # each is handed out once
    found: list[Any] = [None] * len(items)
    failed: dict[int, Exception] = {}

    def work() -> None:
        for at in numbers:
            try:
                found[at] = function(items[at])
            except Exception as error:
                failed[at] = error

    with ThreadPoolExecutor(max_workers=others) as pool:
        for _ in range(others):
            pool.submit(work)
        work()
    if failed:  # of several always the same one
        raise failed[min(failed)]
    return found


def slices(values: pa.ChunkedArray) -> list[pa.ChunkedArray]:
    """The column, or if it is long a slice of it for each core."""
    count = max(1, min(os.cpu_count() or 1, len(values) // SLICE))
    size = -(-len(values) // count)
    return [values.slice(at, size) for at in range(0, len(values), size)] if count > 1 else [values]


def in_slices(values: pa.ChunkedArray, kernel: Callable[[pa.ChunkedArray], Any]) -> pa.ChunkedArray:
    """A kernel of single values on a column; a long one is cut into a slice for each core, which are worked on side by side."""
    first, *more = map(_chunked, side_by_side(kernel, slices(values)))
    return pa.chunked_array([c for part in (first, *more) for c in part.chunks]) if more else first


def _chunked(values: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])


def keep_rows(df: pd.DataFrame, keep: np.ndarray) -> pd.DataFrame:
    """The rows where ``keep`` is true; the very same table if it is true everywhere."""
    at = np.flatnonzero(keep)
    if len(at) == len(df):
        return df
    if len(at) < 0.9 * len(df):
        return take_rows(df, at)
    mask, nearly_all = as_mask(keep), len(at) > 0.99 * len(df)  # where most rows stay, a mask is faster for text, and at last for all
    return _with_rows(df, rows_at(df, at), lambda values: values.filter(mask) if nearly_all or is_text(values.type) else taken(values, at))


def rows_where(df: pd.DataFrame, mask: np.ndarray) -> pd.Index:
    """The row numbers where a condition is true; faster than ``df.index[mask]``."""
    return _rows(df, np.flatnonzero(mask))


def rows_at(df: pd.DataFrame, positions: np.ndarray) -> pd.Index:
    """The row numbers at these positions."""
    return _rows(df, positions.astype("int64"))


def _rows(df: pd.DataFrame, own: np.ndarray) -> pd.Index:
    """The row numbers at positions that are written over."""
    if not isinstance(df.index, pd.RangeIndex) or not len(own):
        return df.index.take(own)
    if df.index.step != 1:
        own *= df.index.step
    own += df.index.start
    return pd.Index(own, copy=False)


def take_rows(df: pd.DataFrame, positions: np.ndarray) -> pd.DataFrame:
    """The rows at these positions, in that order, with their row numbers."""
    return _with_rows(df, rows_at(df, positions), lambda values: taken(values, positions))


def _with_rows(df: pd.DataFrame, index: pd.Index, pick: Callable[[pa.ChunkedArray], pa.ChunkedArray]) -> pd.DataFrame:
    kept = side_by_side(lambda name: pick(arrow(df[name])), df.columns)
    series = {n: pd.Series(v, dtype=pd.ArrowDtype(v.type), index=index) for n, v in zip(df.columns, kept, strict=True)}
    return pd.DataFrame(series, index=index, columns=df.columns)


def text_bytes(values: pa.ChunkedArray) -> list[np.ndarray]:
    """The bytes of a text column's values, one after the other, for each chunk."""
    found = []
    for chunk in values.chunks:
        _, offsets, data = chunk.buffers()
        if data is not None and len(chunk):
            first, last = np.frombuffer(offsets, np.int64)[[chunk.offset, chunk.offset + len(chunk)]]
            found.append(np.frombuffer(data, np.uint8)[first:last])
    return found


def ascii_only(values: pa.ChunkedArray) -> bool:
    """Whether a text column holds nothing but ASCII, told from its bytes at once."""
    return all(b.max(initial=0) < 128 for b in text_bytes(values))


def holds_one_of(values: pa.ChunkedArray, signs: str) -> bool:
    """Whether one of some signs, of two or three bytes each, stands anywhere in a text column, told from its bytes at once."""
    for part in text_bytes(values):
        for sign in {s.encode()[:2] for s in signs}:  # most bytes of a sign are in few others
            first = part[:-1] == sign[0]
            if first.any() and (first & (part[1:] == sign[1])).any():
                return True
    return False


def solid(values: pa.ChunkedArray) -> bool:
    """Whether each value of a text column is missing or printable ASCII without spaces, none empty, told from its bytes at once."""
    if any(b.min(initial=126) <= 32 or b.max(initial=33) > 126 for b in text_bytes(values)):
        return False
    return pc.min(pc.binary_length(values)).as_py() != 0


def printable(values: pa.ChunkedArray) -> bool:
    """Whether a text column holds nothing but printable ASCII, told from its bytes at once."""
    return all(b.min(initial=126) >= 32 and b.max(initial=32) <= 126 for b in text_bytes(values))


def plain_ascii(values: pa.ChunkedArray) -> bool:
    """Whether a text column holds nothing but printable ASCII and no two spaces in a row, told from its bytes at once."""
    return not any((b - np.uint8(32) > 94).any() or ((b[1:] == 32) & (b[:-1] == 32)).any() for b in text_bytes(values))
