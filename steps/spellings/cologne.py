"""Cologne phonetics, made for German names.

Source: Hans Joachim Postel, Die Kölner Phonetik, IBM-Nachrichten 19 (1969), pages 925-931.
"""

import re

LINE = "\n"  # stands between two values; no letter, so that no rule reaches over it
# In this order; small letters stand for codes whose letters no later rule may take for context.
RULES = [
    (re.compile("(?<=[CKQ])X"), "x"),
    (re.compile("X"), "y"),
    (re.compile("[DT](?=[CSZ])"), "8"),
    (re.compile("[DT]"), "2"),
    (re.compile("P(?=H)"), "3"),
    (re.compile("(?<=[SZ])C"), "8"),
    (re.compile("^C(?=[AHKLOQRUxy])", re.MULTILINE), "4"),
    (re.compile("^C", re.MULTILINE), "8"),
    (re.compile("C(?=[AHKOQUxy])"), "4"),
    (re.compile("C"), "8"),
    (re.compile("H"), ""),
    (re.compile("x"), "8"),
    (re.compile("y"), "48"),
]
PLAIN = str.maketrans("AEIJOUYBPFVWGKQLMNRSZ", "000000011333444566788")
REPEATED = re.compile(r"(\d)\1+")
INNER_ZERO = re.compile("(?<=[0-9])0")
NO_LETTER = re.compile("[^A-Z\n]")


def cologne(forms: list[str]) -> list[str]:
    """The code of each text (without accents); what is no letter from A to Z does not count, spaces neither.

    The rules run over all texts at once.
    """
    if not forms:
        return []
    whole = NO_LETTER.sub("", LINE.join(form.replace(LINE, "") for form in forms).upper())
    for pattern, code in RULES:
        whole = pattern.sub(code, whole)
    whole = REPEATED.sub(r"\1", whole.translate(PLAIN))
    return INNER_ZERO.sub("", whole).split(LINE)
