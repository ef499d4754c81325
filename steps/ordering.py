"""Orders and numbers of values by whole arrays: which comes first, which are equal. Sorting whole numbers is what NumPy does fastest."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from steps.arrow import flags, is_date, is_text, repeats

POSITION = np.int64((1 << 32) - 1)  # the bits of a row's position; a table has fewer rows
WINDOW = 8  # bytes of a text that are looked at together
MASKS = np.array([((1 << 8 * n) - 1) << 8 * (WINDOW - n) for n in range(WINDOW + 1)], "uint64")  # the first n bytes of a window


def in_order(codes: np.ndarray) -> np.ndarray:
    """The positions of whole numbers from 0 to 2^31 in the order of the numbers, equal ones in the order they stand.

    The number and the position are sorted as one whole number, several times as fast as a stable sort of positions, and
    as one of 32 bits where both go into that.
    """
    bits = len(codes).bit_length()
    if int(codes.max(initial=0)) >> (32 - bits):
        return np.sort((codes << 32) | np.arange(len(codes))) & POSITION
    both = (codes.astype("uint32") << np.uint32(bits)) | np.arange(len(codes), dtype="uint32")
    both.sort()
    return (both & np.uint32((1 << bits) - 1)).astype("int64")


def stable_order(values: np.ndarray) -> np.ndarray:
    """The positions of numbers in the order of the numbers, equal ones in the order they stand."""
    order = np.argsort(values)
    ordered = values[order]
    steps = ordered[1:] != ordered[:-1]
    if steps.all():
        return order
    return np.sort((np.r_[0, np.cumsum(steps)] << 32) | order) & POSITION


def ranks(values: np.ndarray) -> np.ndarray:
    """For each number how many different smaller ones there are."""
    order = np.argsort(values)
    ordered = values[order]
    made = np.empty(len(values), "int64")
    made[order] = np.cumsum(np.r_[False, ordered[1:] != ordered[:-1]][: len(values)])
    return made


def text_ranks(values: pa.LargeStringArray) -> np.ndarray:
    """For each text, none missing, how many smaller ones there are, by code point; equal texts have the same number."""
    _, offsets, data = values.buffers()
    ends = np.frombuffer(offsets, np.int64)[values.offset : values.offset + len(values) + 1]
    first, left = ends[:-1] - ends[0], np.diff(ends)
    text = np.zeros(int(ends[-1] - ends[0]) + WINDOW, np.uint8)
    text[:-WINDOW] = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]] if ends[-1] > ends[0] else 0
    windows = np.ndarray(len(text) - WINDOW + 1, "<u8", text, strides=(1,))
    made = np.zeros(len(values), "int64")
    rows = np.arange(len(values))  # those that are like another row as far as was looked
    while len(rows):
        some = np.minimum(left[rows], WINDOW)
        part = ranks(windows[first[rows]].byteswap() & MASKS[some])
        part = part * (WINDOW + 1) + some  # a text that ends is before one that goes on with a byte 0
        both = made[rows] * (len(values) * (WINDOW + 1)) + part
        order = np.argsort(both)
        rows, both = rows[order], both[order]
        group = made[rows]
        where = np.arange(len(rows))
        new, starts = np.r_[True, both[1:] != both[:-1]], np.r_[True, group[1:] != group[:-1]]
        made[rows] = group + np.maximum.accumulate(where * new) - np.maximum.accumulate(where * starts)
        first[rows] += WINDOW
        left[rows] = np.maximum(left[rows] - WINDOW, 0)
        runs = np.flatnonzero(new)
        size = np.diff(np.r_[runs, len(rows)])
        rows = rows[np.repeat((size > 1) & (np.maximum.reduceat(left[rows], runs) > 0), size)]
    return made


def places(values: pa.ChunkedArray, key: Callable[[pa.LargeStringArray], pa.LargeStringArray] | None = None) -> np.ndarray:
    """For each value a number that is larger where the value is larger, equal where it is equal, and -1 where it is missing.

    Text is compared by code point, or by the key that is made of it.
    """
    known, whole = flags(values.is_valid()), values.drop_null().combine_chunks()
    if is_text(values.type):
        coded = whole.dictionary_encode() if repeats(values) else None
        texts = whole if coded is None else coded.dictionary
        own = text_ranks(key(texts) if key else texts)
        own = own if coded is None else own[coded.indices.to_numpy()]
    elif pa.types.is_decimal(values.type):
        coded = whole.dictionary_encode()
        order = pc.array_sort_indices(coded.dictionary).to_numpy()
        own = np.argsort(order)[coded.indices.to_numpy()]
    else:
        own = _spread(plain(whole).to_numpy())
    if len(own) == len(values):
        return own
    made = np.full(len(values), -1)
    made[known] = own
    return made


def plain(values: pa.Array) -> pa.Array:
    """Numbers, dates, moments and yes/no values as numbers in the same order."""
    if pa.types.is_boolean(values.type):
        return values.cast(pa.int8())
    return values.view(pa.int32() if pa.types.is_date32(values.type) else pa.int64()) if is_date(values.type) else values


def _spread(values: np.ndarray) -> np.ndarray:
    """Numbers from 0 in the same order: whole numbers less the smallest, others by rank."""
    if values.dtype.kind != "f" and len(values) and int(values.max()) - int(values.min()) < 2**62:
        return values.astype("int64", copy=False) - int(values.min())
    return ranks(values)


def order_of(keys: list[np.ndarray]) -> np.ndarray:
    """The order of rows by several numbers each, none below 0, the first counting most; rows equal in all stay as they are."""
    first, *others = keys
    for key in others:
        if (int(first.max(initial=0)) + 1) * (int(key.max(initial=0)) + 1) >= 2**62:
            first, key = ranks(first), ranks(key)
        first = first * (int(key.max(initial=0)) + 1) + key
    return in_order(first) if first.max(initial=0) < 2**31 else stable_order(first)
