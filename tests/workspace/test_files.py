import hashlib
import os
import time
from pathlib import Path

import pytest

from workspace.files import Files, StoreError

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # sha256 of "abc", from FIPS 180-2
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


def test_bytes_come_back_under_their_sha256(files: Files) -> None:
    assert files.put(b"abc") == ABC
    assert files.path(ABC).read_bytes() == b"abc"
    assert files.put(b"") == NOTHING
    assert files.path(NOTHING).read_bytes() == b""
    assert files.size() == 3


def test_a_file_is_copied_and_hashed_on_the_way(files: Files, tmp_path: Path) -> None:
    source = tmp_path / "upload.csv"
    source.write_bytes(b"abc")
    assert files.put(source) == ABC
    source.write_bytes(b"other")
    assert files.path(ABC).read_bytes() == b"abc"


def test_a_known_digest_is_not_computed_again(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "upload.csv"
    source.write_bytes(b"abc")

    def refuse(*_: bytes) -> None:
        raise AssertionError("hashed again")

    monkeypatch.setattr(hashlib, "sha256", lambda *_: type("Hash", (), {"update": refuse})())
    files.put(b"abc", ABC)
    files.path(ABC)
    files.remove(ABC)
    files.put(source, ABC)
    assert files.path(ABC).read_bytes() == b"abc"


def test_the_same_bytes_are_written_once(files: Files) -> None:
    files.put(b"abc")
    before = files.path(ABC).stat().st_ino
    files.put(b"abc")
    assert files.path(ABC).stat().st_ino == before


def test_the_same_bytes_repair_a_cut_file(files: Files) -> None:
    files.put(b"abc")
    files.path(ABC).write_bytes(b"a")
    files.put(b"abc")
    assert files.path(ABC).read_bytes() == b"abc"


@pytest.mark.parametrize("now", [b"ab", b"abd", b""])
def test_damage_is_noticed_when_a_new_process_reads(files: Files, now: bytes) -> None:
    files.put(b"abc")
    files.path(ABC).write_bytes(now)
    with pytest.raises(StoreError) as caught:
        Files(files.folder).path(ABC)
    assert str(caught.value) == "The file of this project is damaged: its bytes are not those that were loaded. Load it again."


def test_a_cut_is_noticed_by_the_process_that_wrote(files: Files) -> None:
    files.put(b"abc")
    files.path(ABC).write_bytes(b"ab")
    with pytest.raises(StoreError, match="is damaged"):
        files.path(ABC)


def test_a_file_that_is_not_there(files: Files) -> None:
    with pytest.raises(StoreError) as caught:
        files.path(ABC)
    assert str(caught.value) == "The file of this project is no longer kept here. Load it again."
    files.remove(ABC)


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "AB" * 32, "a" * 63, "/" + "a" * 63])
def test_only_a_digest_is_a_name(files: Files, digest: str) -> None:
    for use in (files.path, files.remove, lambda name: files.put(b"abc", name)):
        with pytest.raises(StoreError, match="not the digest"):
            use(digest)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_write_that_fails_leaves_nothing(files: Files, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(StoreError) as caught:
        files.put(b"abc")
    assert str(caught.value) == f"The file could not be kept in {files.folder}: No space left on device. Free some space and try again."
    assert [place for place in files.folder.rglob("*") if place.is_file()] == []


def test_cleaning_takes_old_files_nobody_needs(files: Files) -> None:
    kept, old, new = files.put(b"kept"), files.put(b"old"), files.put(b"new")
    left_over = files.folder / "0123.part"
    left_over.write_bytes(b"half a fi")
    two_days_ago = time.time() - 2 * 24 * 3600
    for place in (files.path(kept), files.path(old), left_over):
        os.utime(place, (two_days_ago, two_days_ago))
    assert files.clean(keep={kept}) == 2
    assert {place.name for place in files.folder.rglob("*") if place.is_file()} == {kept, new}


def test_loading_a_file_again_protects_it_from_cleaning(files: Files) -> None:
    old = files.put(b"old")
    os.utime(files.path(old), (0, 0))
    files.put(b"old")
    assert files.clean(keep=()) == 0
