"""Compressed files and archives: the same table as without, one of several files, and what is refused."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from io_utils import Limits, PasswordNeeded, ReadError, content_hash, detect, digest, members, raw_lines, read, sheets
from io_utils.bytes_in import FileBytes
from io_utils.packed import unpack

CSV = b"a,b\n1,x\n2,y\n"
JSON = b'[{"a": 1}, {"a": 2}]'
BIG = b"a,b\n" + b"".join(b"%d,x%d\n" % (i, i * 7919 % 1_000_003) for i in range(40_000))
SAMPLES = Path(__file__).parents[2] / "sample_data"


def arrow_packed(codec: str) -> Callable[[bytes], bytes]:
    def pack(data: bytes) -> bytes:
        out = pa.BufferOutputStream()
        with pa.CompressedOutputStream(out, codec) as stream:
            stream.write(data)
            stream.close()
            return bytes(out.getvalue().to_pybytes())

    return pack


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": arrow_packed("zstd"), "lz4": arrow_packed("lz4"),
    "zip": lambda data: zipped(("table", data)),
}  # fmt: skip


def message(data: bytes, name: str = "f", limits: Limits | None = None) -> str:
    with pytest.raises(ReadError) as caught:
        read(data, name=name, limits=limits)
    return str(caught.value)


@pytest.mark.parametrize("ending", PACKERS)
@pytest.mark.parametrize("name", ["orders_demo.csv", "orders_demo.xlsx"])
def test_a_packed_file_is_the_same_table(ending: str, name: str) -> None:
    plain = (SAMPLES / name).read_bytes()
    packed = PACKERS[ending](plain)
    found, expected = read(packed, name="f"), read(plain, name=name)
    assert content_hash(found.table) == content_hash(expected.table)
    assert len(found.set_aside) == len(expected.set_aside)
    assert found.digest == digest(packed)
    assert found.options.member == ""
    assert raw_lines(packed, found.options, "f", 1, 2) == raw_lines(plain, expected.options, name, 1, 2)
    assert sheets(packed, "f") == sheets(plain, name)
    again = read(packed, found.options, name="f")
    assert content_hash(again.table) == content_hash(found.table)


@pytest.mark.parametrize("ending", [e for e in PACKERS if e != "zip"])
def test_streams_one_after_the_other_are_one_file(ending: str) -> None:
    packed = PACKERS[ending](CSV) + PACKERS[ending](b"3,z\n")
    assert read(packed, name="f").table["a"].tolist() == ["1", "2", "3"]


@pytest.mark.parametrize("ending", PACKERS)
def test_a_cut_off_file_is_refused(ending: str) -> None:
    packed = PACKERS[ending](BIG)
    for data in (packed[:-20], packed[: len(packed) // 2]):
        assert "damaged or cut off" in message(data)


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "zip"])
def test_a_changed_byte_is_noticed(ending: str) -> None:
    packed = bytearray(PACKERS[ending](BIG))
    packed[len(packed) // 2] ^= 0xFF
    assert "it is damaged or cut off; it could be unpacked as far as byte" in message(bytes(packed))


def test_one_of_several_files_is_read_and_the_others_are_said() -> None:
    data = zipped(("jan.csv", CSV), ("feb.csv", b"q\n1\n"), ("notes.pdf", b"%PDF"))
    assert members(data, "f.zip") == [("jan.csv", 12, 0), ("feb.csv", 4, 0), ("notes.pdf", 4, 2)]
    found = read(data, name="f.zip")
    assert found.options.member == "jan.csv"
    assert found.notes[0].text == 'The archive holds 3 files; "jan.csv" is read. Not read: "feb.csv", "notes.pdf".'
    assert found.sources[0].file == "f.zip/jan.csv"
    other = detect(data, name="f.zip", member="feb.csv")[0]
    assert other.member == "feb.csv"
    assert read(data, other, name="f.zip").table["q"].tolist() == ["1"]


def test_the_only_likely_table_needs_no_name_next_month() -> None:
    found = read(zipped(("readme.txt", b"hello"), ("2024/jan.csv", CSV)), name="jan.zip")
    assert found.options.member == ""
    again = read(zipped(("2024/feb.csv", CSV)), found.options, name="feb.zip")
    assert again.sources[0].file == "feb.zip/2024/feb.csv"


def test_hidden_files_and_folders_are_passed_over() -> None:
    data = zipped(
        ("d/", b""), ("__MACOSX/._a.csv", b"x"), (".hidden.csv", CSV), ("d/.git/x.csv", CSV), ("Thumbs.db", b"x"), ("d/a.csv", CSV)
    )
    assert members(data, "f.zip") == [("d/a.csv", 12, 0)]
    assert members(CSV, "f.csv") == []


def test_names_are_text_and_never_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = zipped(("../../out.csv", CSV), ("/etc/x\n.csv", CSV))
    assert [m.name for m in members(data, "f.zip")] == ["../../out.csv", "/etc/x\n.csv"]
    found = read(data, detect(data, name="f.zip", member="/etc/x\n.csv")[0], name="f.zip")
    assert found.sources[0].file == "f.zip//etc/x\N{REPLACEMENT CHARACTER}.csv"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_come_again_can_be_told_apart() -> None:
    data = zipped(("a.csv", CSV), ("a.csv", b"q\n1\n"))
    assert [m.name for m in members(data, "f.zip")] == ["a.csv", "a.csv (2)"]
    assert list(read(data, detect(data, name="f.zip", member="a.csv (2)")[0], name="f.zip").table.columns) == ["q"]


def test_packed_within_packed() -> None:
    inner = zipped(("jan.json.gz", gzip.compress(JSON)))
    found = read(inner, name="f.zip")
    assert (found.options.format, found.table["a"].tolist()) == ("json", [1, 2])
    five = CSV
    for _ in range(5):
        five = gzip.compress(five)
    assert message(five) == "f: it is packed more than 3 times over. Unpack it and load what is inside."


def with_entries(count: int, size: int) -> bytes:
    """An archive that says it has so many files in a directory of so many bytes."""
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, 100)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 100, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return b"PK\x03\x04" + b"\0" * 96 + record + locator + end


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty archive": (zipped(), "f: there is no file in the archive that could be a table."),
    "only folders": (zipped(("d/", b"")), "f: there is no file in the archive that could be a table."),
    "nothing inside": (gzip.compress(b""), "f: there is nothing in the compressed file (0 bytes)."),
    "bomb": (gzip.compress(b"0" * (80 << 20)), "bytes unpack to more than "),
    "bomb in an archive": (zipped(("a.csv", b"0" * (80 << 20))), "f/a.csv: "),
    "many files": (
        zipped(*((f"{i}.csv", b"x") for i in range(10_001))),
        "f: 10,001 files are in the archive, but at most 10,000 can be listed.",
    ),
    "a million files": (with_entries(1_000_000, 1 << 30), "f: 2,684,354 files are in the archive, but at most 10,000 can be listed."),
}


@pytest.mark.parametrize(("data", "said"), REFUSED.values(), ids=REFUSED)
def test_what_does_harm_is_refused(data: bytes, said: str) -> None:
    assert said in message(data)


def test_what_unpacks_to_more_than_the_limit_is_refused() -> None:
    limits = Limits(unpacked=100_000)
    assert "f: it unpacks to more than 100,000 bytes" in message(gzip.compress(BIG), limits=limits)
    assert f"f/a.csv: it unpacks to {len(BIG):,} bytes, but at most 100,000 can be read." in message(zipped(("a.csv", BIG)), limits=limits)


def test_an_archive_that_lies_about_its_sizes_is_stopped() -> None:
    data = bytearray(zipped(("a.csv", BIG)))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<L", 50)
    assert "f/a.csv: it is damaged or cut off" in message(bytes(data))


def test_a_protected_archive_is_said() -> None:
    data = bytearray(zipped(("a.csv", CSV)))
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(PasswordNeeded) as caught:
        read(bytes(data), name="f.zip")
    assert str(caught.value) == "f.zip/a.csv: the file is protected by a password. Unpack the archive with it, and load what is inside."


def test_a_tar_archive_is_said() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("a.csv")
        info.size = len(CSV)
        archive.addfile(info, io.BytesIO(CSV))
    assert message(out.getvalue()) == "f: this is a tar archive. Unpack it, and load the table inside or pack it as .zip."


def test_a_file_that_is_gone_from_the_archive_is_said() -> None:
    data = zipped(("a.csv", CSV))
    with pytest.raises(ReadError) as caught:
        detect(data, name="f.zip", member="b.csv")
    assert str(caught.value) == 'f.zip: there is no file "b.csv" in the archive. Choose one of: "a.csv".'


def test_a_file_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.csv.gz"
    path.write_bytes(gzip.compress(CSV))
    calls: list[str] = []
    real = unpack.inside

    def counted(file: FileBytes, member: str, limits: Limits) -> unpack.Unpacked:
        calls.append(file.name)
        return real(file, member, limits)

    monkeypatch.setattr(unpack, "inside", counted)
    found = read(path)
    raw_lines(path, found.options)
    sheets(path)
    assert calls == ["f.csv.gz"]
    path.write_bytes(gzip.compress(b"z\n9\n"))
    assert list(read(path).table.columns) == ["z"]
