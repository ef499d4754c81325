"""Which legacy encoding a text is written in: every candidate decodes it, and the letters it gives are judged.

A candidate scores by its letter pairs: frequent ones of a language it is used for count for it; unlikely pairs, a capital
after a small letter, two scripts in one word, line drawing and control characters count against it. Texts of several
bytes a character must decode without an error and give characters that are in use.
"""

import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from io_utils.delimited.letter_pairs import CHARACTERS, PAIRS

WEST = ("fr", "de", "es", "pt", "it", "nl", "sv", "da", "nb", "fi", "is", "ca")
EAST = ("pl", "cs", "sk", "hu", "ro", "hr", "sl", "sr_Latn", "sq", "de")
BALTIC, TURKISH, GREEK = ("lt", "lv", "et"), ("tr", "az"), ("el",)
CYRILLIC = ("ru", "uk", "bg", "sr", "mk", "be")
# codec: languages it is used for, and how much it is preferred where letters do not decide
SINGLE: dict[str, tuple[tuple[str, ...], float]] = {
    "cp1252": (WEST, 0.09), "latin-1": (WEST, 0.06), "iso8859-15": (WEST, 0.05), "mac-roman": (WEST, 0.0),
    "cp850": (WEST, 0.02), "cp437": (WEST, 0.015), "cp858": (WEST, 0.01), "cp865": (("da", "nb"), 0.0), "cp863": (("fr",), 0.0),
    "cp860": (("pt",), 0.0), "cp861": (("is",), 0.0),
    "cp1250": (EAST, 0.05), "iso8859-2": (EAST, 0.04), "cp852": (EAST, 0.0), "mac-latin2": (EAST, 0.0), "iso8859-16": (("ro",), -0.3),
    "cp1257": (BALTIC, 0.03), "iso8859-13": (BALTIC, 0.02), "iso8859-4": (BALTIC, 0.0), "cp775": (BALTIC, 0.0),
    "iso8859-10": (("et", "is"), -0.05),
    "cp1254": (TURKISH, 0.03), "iso8859-9": (TURKISH, 0.02), "cp857": (TURKISH, 0.0), "mac-turkish": (TURKISH, 0.0),
    "cp1251": (CYRILLIC, 0.05), "koi8-r": (("ru", "bg"), 0.03), "koi8-u": (("uk", "ru"), 0.025), "iso8859-5": (CYRILLIC, 0.0),
    "cp866": (("ru", "uk", "be", "bg"), 0.02), "cp855": (CYRILLIC, 0.0), "mac-cyrillic": (CYRILLIC, 0.0),
    "kz1048": (("kk",), 0.0), "ptcp154": (("kk",), -0.02),
    "cp1253": (GREEK, 0.03), "iso8859-7": (GREEK, 0.02), "cp737": (GREEK, 0.0), "cp869": (GREEK, -0.01), "mac-greek": (GREEK, -0.01),
    "cp1255": (("he",), 0.03), "iso8859-8": (("he",), 0.02), "cp862": (("he",), 0.0),
    "cp1256": (("ar", "fa", "ur"), 0.03), "iso8859-6": (("ar",), 0.02), "cp864": (("ar",), -0.05), "cp720": (("ar",), 0.0),
    "cp874": (("th",), 0.03), "tis-620": (("th",), 0.02),
    "iso8859-3": (("eo", "mt"), 0.0), "iso8859-14": (("cy", "ga"), 0.0),
}  # fmt: skip
SEVERAL: dict[str, tuple[str, float]] = {
    "gb18030": ("zh_Hans", 0.12), "big5hkscs": ("zh_Hant", 0.1), "cp932": ("ja", 0.12), "euc-jp": ("ja", 0.12),
    "cp949": ("ko", 0.12), "johab": ("ko", 0.0),
}  # fmt: skip
SIGNS = frozenset("°€£§©®–—‘’“”„«»…•·×±²³½¼ªº¿¡№¢¥´™†\u00a0")
UNLIKELY, MIXED, CONTROL, DRAWING = -0.6, -1.5, -2.5, -1.2
SHORT = 40.0  # the fewer pairs there are, the more the usual encodings are preferred


class Judged(NamedTuple):
    """An encoding, how well its letters fit (about -3 to 1), the language they fit best, and bytes it has no meaning for."""

    encoding: str
    score: float
    language: str
    unknown: int


def judge(sample: bytes) -> list[Judged]:
    """The legacy encodings a text may be in, best first."""
    pairs = byte_pairs(sample)
    found = [judge_single(codec, languages, prior, pairs) for codec, (languages, prior) in SINGLE.items()]
    found += judge_vietnamese(sample)
    found += [j for codec, (language, prior) in SEVERAL.items() if (j := judge_several(codec, language, prior, sample))]
    return sorted(found, key=lambda j: (j.unknown > 0, -j.score))


def byte_pairs(sample: bytes) -> dict[tuple[int, int], float]:
    """The pairs of neighbouring bytes of which at least one is not ASCII, with a weight that grows slowly with their count."""
    data = np.frombuffer(b"\n" + sample + b"\n", np.uint8)
    high = data >= 128
    at = np.flatnonzero(high[:-1] | high[1:])
    codes, counts = np.unique(data[at].astype("int64") * 256 + data[at + 1], return_counts=True)
    weights = 1 + np.log(counts)
    return {divmod(int(c), 256): float(w) for c, w in zip(codes, weights, strict=True)}


@lru_cache(maxsize=64)
def table(codec: str) -> tuple[str, ...]:
    """The character of every byte; U+FFFE where the codec has none."""
    return tuple(bytes([b]).decode(codec, "replace").replace("\ufffd", "\ufffe") for b in range(256))


@lru_cache(maxsize=64)
def ranks(language: str) -> dict[str, float]:
    """The frequent pairs (or single characters, for East Asian languages) with 1.0 for the first to 0.3 for the last."""
    if language in CHARACTERS:
        listed = list(CHARACTERS[language])
    else:
        text = PAIRS[language]
        listed = [text[i : i + 2] for i in range(0, len(text), 2)]
    return {pair: 1.0 - 0.7 * place / len(listed) for place, pair in enumerate(listed)}


def judge_single(codec: str, languages: tuple[str, ...], prior: float, pairs: dict[tuple[int, int], float]) -> Judged:
    """How a single-byte encoding fits."""
    characters = table(codec)
    fixed = unknown = 0
    total = sum(pairs.values()) or 1.0
    base = 0.0
    asked: Counter[str] = Counter()
    for (a, b), weight in pairs.items():
        one, two = characters[a], characters[b]
        if one == "\ufffe" or two == "\ufffe":
            unknown += 1
        known = judge_pair(one, two)
        if isinstance(known, float):
            base += known * weight
            fixed += 1
        else:
            asked[known] += weight  # type: ignore[assignment]  # a Counter of floats
    best, language = max((sum(w * ranks(of).get(p, UNLIKELY) for p, w in asked.items()), of) for of in languages)
    anywhere = sum(w * max(ranks(of).get(p, UNLIKELY) for of in languages) for p, w in asked.items())
    return Judged(codec, (base + 0.7 * best + 0.3 * anywhere) / total + prior * (1 + SHORT / total**1.5), language, unknown)


def judge_vietnamese(sample: bytes) -> list[Judged]:
    """How Windows-1258 fits, which writes accents as characters of their own: the letters are put together first."""
    try:
        text = unicodedata.normalize("NFC", sample.decode("cp1258"))
    except UnicodeDecodeError:
        return []
    counts = Counter(a + b for a, b in pairwise(f"\n{text}\n") if ord(a) > 127 or ord(b) > 127)
    if not counts:
        return []
    common = ranks("vi")
    total = score = 0.0
    for pair, count in counts.items():
        weight = 1 + float(np.log(count))
        known = judge_pair(pair[0], pair[1])
        total += weight
        score += weight * (known if isinstance(known, float) else common.get(known, UNLIKELY))
    return [Judged("cp1258", score / total, "vi", 0)]


@lru_cache(maxsize=1 << 16)
def judge_pair(one: str, two: str) -> float | str:
    """The score of a pair that no language decides, or the pair to look up: small letters, a space for what is no letter."""
    kinds = kind(one), kind(two)
    if "control" in kinds:
        return CONTROL
    if "drawing" in kinds:
        return DRAWING
    if "odd" in kinds:
        return UNLIKELY
    if "sign" in kinds and (ord(one) < 128 or ord(two) < 128 or kinds == ("sign", "sign")):
        return 0.3
    if kinds[0] == kinds[1] == "letter":
        if one.islower() and two.isupper():
            return MIXED
        if script(one) != script(two):
            return MIXED
    a, b = (c.lower() if k == "letter" else " " for c, k in zip((one, two), kinds, strict=True))
    return 0.0 if a == b == " " else (a + b)[:2] if len(a) == len(b) == 1 else UNLIKELY


@lru_cache(maxsize=4096)
def kind(character: str) -> str:
    """What a character is: letter, space, sign (usual in texts), drawing, odd, control."""
    category = unicodedata.category(character[0])
    if category[0] in "LM" and character not in "ªº":
        return "letter"
    if character in SIGNS:
        return "sign"
    if category in ("Cc", "Cn", "Co") and character not in "\t\n\r\x0b\x0c":
        return "control"
    if ord(character[0]) < 128:
        return "space"
    return "drawing" if 0x2500 <= ord(character[0]) < 0x2600 else "odd"


@lru_cache(maxsize=4096)
def script(letter: str) -> str:
    """The script of a letter, as its Unicode name begins; a combining mark goes with any."""
    return unicodedata.name(letter[0], "?").split()[0]


def judge_several(codec: str, language: str, prior: float, sample: bytes) -> Judged | None:
    """How an encoding of several bytes a character fits; None if the sample is not valid in it."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 3 or error.start == 0:
            return None
        text = sample[: error.start].decode(codec)
    counts = Counter(c for c in text if ord(c) > 127)
    if not counts:
        return None
    common = ranks(language)
    total = score = 0.0
    for character, count in counts.items():
        weight = 1 + float(np.log(count))
        total += weight
        score += weight * (common.get(character) or judge_rare(character, language))
    return Judged(codec, score / total + prior, language, 0)


@lru_cache(maxsize=1 << 15)
def judge_rare(character: str, language: str) -> float:
    """The score of an East Asian character that is not among the most frequent of the language."""
    code = ord(character)
    if 0x3000 <= code < 0x3040 or 0xFF01 <= code < 0xFF5F:
        return 0.4  # full-width signs
    if 0x3040 <= code < 0x3100:
        return 0.6 if language == "ja" else -0.3
    if 0xFF61 <= code < 0xFFA0:
        return -0.5  # half-width katakana: what wrongly decoded text is full of
    if 0x4E00 <= code < 0xA000 or 0xAC00 <= code < 0xD7A4:
        codec, low, high = LEVEL[language]
        first = character.encode(codec, "replace")[0]
        return 0.3 if low <= first <= high else -0.4
    return CONTROL if unicodedata.category(character) in ("Cc", "Cn", "Co") else -0.6


# The national character sets put characters in use first: codec and first bytes of that part.
LEVEL = {"zh_Hans": ("gb2312", 0xB0, 0xD7), "zh_Hant": ("big5", 0xA4, 0xC6), "ja": ("euc-jp", 0xB0, 0xCF), "ko": ("euc-kr", 0xB0, 0xC8)}
