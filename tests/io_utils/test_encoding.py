"""Which encoding a text is written in: words of thirty encodings, typed by hand."""

import random

import pytest

from io_utils import ReadError, ReadOptions, detect, read
from io_utils.bytes_in import open_bytes
from io_utils.delimited.charset import SEVERAL, SINGLE
from io_utils.delimited.encoding import LABELS, detect_encodings, wide_encoding
from io_utils.delimited.mojibake import is_mojibake, mend
from io_utils.options import Note
from tests.io_utils.languages import WORDS

LEGACY = [(language, encoding) for language, (encodings, _) in WORDS.items() for encoding in encodings]
WIDE = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8", "utf-8-sig"]


def rows_in(language: str, encoding: str, count: int = 12) -> str:
    words = [w for w in WORDS[language][1].split() if can(w, encoding)]
    pick = random.Random(f"{language} {encoding}")
    return "id,name,place\n" + "".join(f"{n},{pick.choice(words)},{pick.choice(words)} {pick.choice(words)}\n" for n in range(count))


def can(word: str, encoding: str) -> bool:
    try:
        word.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize(("language", "encoding"), LEGACY)
def test_legacy_encodings(language: str, encoding: str) -> None:
    text = rows_in(language, encoding)
    data = text.encode(encoding)
    assert data.decode(detect(data, name="t.csv")[0].encoding) == text


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize("language", ["german", "russian", "greek", "japanese", "arabic"])
def test_unicode_with_and_without_a_mark(language: str, encoding: str) -> None:
    text = rows_in(language, encoding)
    found = read(text.encode(encoding), name="t.csv").table
    assert [",".join(row) for row in found.to_numpy().tolist()] == text.splitlines()[1:]


def test_a_zero_byte_in_ascii_is_no_utf_16() -> None:
    assert wide_encoding(b"a,b,c\n\x00,2,3\n") is None


def test_bytes_that_do_not_fit_are_shown_with_their_row() -> None:
    data = "a,b\n1,größer\n2,für\n3,höher\n4,schön\n5,Straße\n".encode() + b"6,M\xfcll\n"
    best = detect(data, name="t.csv")[0]
    assert (best.encoding, best.bad_bytes) == ("utf-8", "show")
    found = read(data, best, name="t.csv")
    assert found.table["b"].tolist()[-1] == "M\\xFCll"
    said = "Row 7: 1 byte is not valid in UTF-8 and shown as written, the first as \\xFC."
    assert Note(text=f"{said} Choose another encoding, or set the cells right.", row=7, kind="warning") in found.notes
    with pytest.raises(ReadError, match=r"t\.csv, row 7: byte 54 \(0xFC\) is not valid in UTF-8"):
        read(data, ReadOptions(format="csv"), name="t.csv")


def test_mojibake_is_set_right_when_asked() -> None:
    text = "a,b\n1,MÃ¼ller\n2,StraÃŸe â€“ 5â‚¬\n"
    assert is_mojibake(text)
    assert mend(text) == ("a,b\n1,Müller\n2,Straße – 5€\n", 4)
    assert not is_mojibake("a,b\n1,Müller\n2,Ãlvaro\n")
    first, *others = detect(text.encode(), name="t.csv")
    assert not first.mojibake
    assert any("UTF-8 read as Windows-1252" in line for line in first.evidence)
    other = next(o for o in others if o.mojibake)
    assert read(text.encode(), other, name="t.csv").table["b"].tolist() == ["Müller", "Straße – 5€"]


def test_the_first_legacy_byte_may_lie_far_down() -> None:
    data = b"a,b\n" + b"1,plain\n" * 20_000 + "2,größer\n3,Müller\n4,Straße\n".encode("cp1252")
    assert detect(data, name="t.csv")[0].encoding == "cp1252"


def test_an_encoding_says_why() -> None:
    data = rows_in("russian", "koi8-r").encode("koi8-r")
    name, sure, why = detect_encodings(open_bytes(data))[0]
    assert name == "koi8-r"
    assert sure > 0.7
    assert why.endswith("is not valid UTF-8; read so, the letters follow one another as in words.")


BAD = {
    "UTF-8": (b"a,b\n1,\xe4\n2,\xe4\xf6\n", "utf-8", ["\\xE4", "\\xE4\\xF6"], "Rows 2, 3: 3 bytes are not valid in UTF-8", 2),
    "Japanese": (
        "a,b\n1,東京\n".encode("cp932") + b"2,\x81\x20x\n", "cp932", ["東京", "\\x81 x"],
        "Row 3: 1 byte is not valid in Japanese (Shift JIS)", 3,
    ),
    "Windows-1252": (b"a,b\n1,x\n\n2,\x81\n", "cp1252", ["x", "\\x81"], "Row 4: 1 byte is not valid in Western European (Windows-1252)", 4),
}  # fmt: skip


@pytest.mark.parametrize(("data", "encoding", "cells", "said", "row"), BAD.values(), ids=BAD)
def test_bytes_without_a_meaning_are_shown_with_their_row(data: bytes, encoding: str, cells: list[str], said: str, row: int) -> None:
    found = read(data, ReadOptions(format="csv", encoding=encoding, bad_bytes="show"), name="t.csv")
    assert found.table["b"].tolist() == cells
    assert found.notes[0].text.startswith(said)
    assert (found.notes[0].row, found.notes[0].kind) == (row, "warning")


def test_every_encoding_that_may_be_found_has_a_name_for_people() -> None:
    assert [codec for codec in (*SINGLE, *SEVERAL, "cp1258") if codec not in LABELS] == []
