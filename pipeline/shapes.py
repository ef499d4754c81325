"""The shape of texts: capital letters as A, small ones as a, digits as 9, all else as it stands."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LONGEST = 40  # characters; the shape of longer texts says nothing
LONG = "longer text"
UNICODE = ((r"\p{Lu}|\p{Lt}", "A"), (r"\p{Ll}|\p{Lo}|\p{Lm}", "a"), (r"\p{Nd}", "9"))

_TABLE = np.arange(256, dtype=np.uint8)
_TABLE[ord("A") : ord("Z") + 1], _TABLE[ord("a") : ord("z") + 1], _TABLE[ord("0") : ord("9") + 1] = ord("A"), ord("a"), ord("9")


def shapes(words: pa.Array) -> pa.Array:
    """The shape of each text, e.g. "AA-999"; of those over 40 characters "longer text". No value may be missing."""
    size = pc.utf8_length(words)
    made = _bytewise(words)
    foreign = pc.not_equal(size, pc.binary_length(words))
    if pc.any(foreign, min_count=0).as_py():
        some = words.filter(foreign)
        for pattern, sign in UNICODE:
            some = pc.replace_substring_regex(some, pattern, sign)
        made = pc.replace_with_mask(made, foreign, some)
    return pc.if_else(pc.greater(size, LONGEST), pa.scalar(LONG, pa.large_string()), made)


def _bytewise(words: pa.Array) -> pa.Array:
    """The shapes of plain ASCII texts, all bytes at once; other signs stay as they are."""
    _, offsets, data = words.buffers()
    if data is None or not len(words):
        return words
    translated = _TABLE[np.frombuffer(data, np.uint8)]
    return pa.Array.from_buffers(pa.large_string(), len(words), [None, offsets, pa.py_buffer(translated)], offset=words.offset)
