"""What a worker does: read, run, write, all through the shelf."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from io_utils import ReadError
from pipeline import Recipe, TableRecipe, keys, new_step, run
from pipeline.keys import reading_key
from pipeline.shelf import Shelf
from pipeline.tasks import TASKS, Overview, load_reading
from tests.pipeline.scratch import plain, recipe, same, step

CSV = "name;n\n a ;1\nb;2\n;3\n".encode("utf-16")


def quiet(part: float, text: str) -> None:
    assert 0 <= part <= 1


@pytest.fixture
def read_in(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "upload").write_bytes(CSV)
    args = {"path": str(tmp_path / "upload"), "name": "in.csv", "options": None, "shelf": str(tmp_path / "shelf"), "key": "k"}
    assert TASKS["read"](args, quiet) == {"rows": 3, "columns": 2}
    return args


def test_a_file_is_read_onto_the_shelf(tmp_path: Path, read_in: dict[str, Any]) -> None:
    found = load_reading(Shelf(tmp_path / "shelf"), "k")
    assert found is not None
    assert plain(found.table) == {"name": [" a ", "b", None], "n": ["1", "2", "3"]}
    assert found.options.encoding.startswith("utf-16")
    assert [(p.column, p.proposed, p.confident) for p in found.proposals if p.confident] == [("n", "integer", True)]
    assert len(found.set_aside) == 0
    said = load_reading(Shelf(tmp_path / "shelf"), reading_key(hashlib.sha256(CSV).hexdigest(), "in.csv", found.options))
    assert said is not None
    same(said.table, found.table)


def test_files_are_stacked_onto_the_shelf_and_read_once(tmp_path: Path) -> None:
    contents = {"jan.csv": b"id,n\n1,2\n", "feb.csv": b"ID,x\n3,4\n"}
    parts = []
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        parts.append({"path": str(tmp_path / name), "name": name, "digest": digest, "options": None, "key": name})
    args = {"parts": parts, "stack": {"source": "file"}, "shelf": str(tmp_path / "shelf"), "key": "s"}
    assert TASKS["stack"](args, quiet) == {"rows": 2, "columns": 4}
    found = load_reading(Shelf(tmp_path / "shelf"), "s")
    assert found is not None
    assert plain(found.table) == {"id": ["1", "3"], "n": ["2", None], "x": [None, "4"], "file": ["jan.csv", "feb.csv"]}
    assert [(p.place, p.columns, p.examples, p.rows) for p in found.parts] == [
        ("jan.csv", ("id", "n"), ("1", "2"), 1), ("feb.csv", ("ID", "x"), ("3", "4"), 1),
    ]  # fmt: skip
    for name in contents:
        (tmp_path / name).unlink()
    again = {**args, "stack": {"matches": {"x": "n"}, "source": None}, "key": "t"}
    assert TASKS["stack"](again, quiet) == {"rows": 2, "columns": 2}


def test_a_damaged_reading_is_not_there(tmp_path: Path, read_in: dict[str, Any]) -> None:
    assert load_reading(Shelf(tmp_path / "shelf"), "other") is None
    next((tmp_path / "shelf" / "columns").glob("*-1.arrow")).write_bytes(b"ARROW1")
    assert load_reading(Shelf(tmp_path / "shelf"), "k") is None
    (tmp_path / "shelf" / "results" / "note-k.json").write_text("[1]")
    assert load_reading(Shelf(tmp_path / "shelf"), "k") is None


def test_a_recipe_runs_onto_the_shelf(tmp_path: Path, read_in: dict[str, Any]) -> None:
    steps = recipe(new_step("trim_whitespace"), step("t_upper", column="name"), step("t_upper", column="zip"), step("nowhere"))
    args = {"recipe": steps.dump(), "keys": {"orders": "k"}, "shelf": read_in["shelf"], "refit": True}
    assert TASKS["run"](args, quiet) == {"ok": False}
    found = load_reading(Shelf(tmp_path / "shelf"), "k")
    assert found is not None

    class Known(Shelf):
        def put(self, key: str, result: Any) -> Any:
            raise AssertionError("worked out again")

    done = run(found.table, steps, keys={"orders": "k"}, results=Known(tmp_path / "shelf"), refit=True)
    assert [s.status for s in done.result.steps] == ["ok", "ok", "failed", "waiting"]
    assert plain(done.table)["name"] == ["A", "B", None]


def test_a_recipe_without_its_reading_cannot_run(tmp_path: Path) -> None:
    args = {"recipe": Recipe(result="t", tables=(TableRecipe(name="t"),)).dump(), "keys": {"t": "k"}, "shelf": str(tmp_path)}
    with pytest.raises(FileNotFoundError) as caught:
        TASKS["run"](args, quiet)
    assert str(caught.value) == "reading k is not on the shelf"


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(b"")
    args = {"path": str(tmp_path / "upload"), "name": "in.csv", "options": None, "shelf": str(tmp_path / "shelf"), "key": "k"}
    with pytest.raises(ReadError) as caught:
        TASKS["read"](args, quiet)
    assert str(caught.value).startswith("in.csv")


def test_a_table_is_written_and_what_is_to_be_said_is_kept(tmp_path: Path, read_in: dict[str, Any]) -> None:
    shelf = Shelf(tmp_path / "shelf")
    found = load_reading(shelf, "k")
    assert found is not None
    shelf.write_note("w", shelf.save_table(found.table, "w"))
    assert not (tmp_path / "shelf" / "columns" / "w-0.arrow").exists()
    how = {"path": str(tmp_path / "out.csv"), "format": "csv", "options": {"delimiter": ";"}}
    args = {"shelf": read_in["shelf"], "table": "w", "note": "n", **how}
    TASKS["write"](args, quiet)
    assert shelf.read_note("n") == {"notes": []}
    assert (tmp_path / "out.csv").read_text("utf-8").splitlines() == ["name;n", " a ;1", "b;2", ";3"]


def test_another_reader_reads_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = reading_key("d", "in.csv", None)
    assert reading_key("d", "in.csv", None) == before
    monkeypatch.setattr(keys, "reader", lambda: "another program")
    assert reading_key("d", "in.csv", None) != before


def test_a_table_is_looked_at_and_its_columns_are_kept_by_content(tmp_path: Path, read_in: dict[str, Any]) -> None:
    shelf = Shelf(tmp_path / "shelf")
    found = load_reading(shelf, "k")
    assert found is not None
    shelf.write_note("write-k", shelf.save_table(found.table, "write-k"))
    args = {"shelf": read_in["shelf"], "table": "write-k", "note": "overview-k"}
    assert TASKS["look"](args, quiet) == {}
    seen = Overview.model_validate(shelf.read_note("overview-k"))
    assert [(c.name, c.different, c.missing) for c in seen.profile.columns] == [("name", 2, 1), ("n", 3, 0)]
    assert [(s.step, s.count) for s in seen.suggestions] == [("set_types", 3), ("trim_whitespace", 1)]
    kept = sorted((tmp_path / "shelf" / "results").glob("note-column-*"))
    assert len(kept) == 2
    for note in kept:  # what is kept is used: a changed note shows
        note.write_text(note.read_text("utf-8").replace('"different": 2', '"different": 77'), "utf-8")
    TASKS["look"](args, quiet)
    assert [c.different for c in Overview.model_validate(shelf.read_note("overview-k")).profile.columns] == [77, 3]
    for note in kept:  # what cannot be read counts as not there
        note.write_text("[1]", "utf-8")
    TASKS["look"](args, quiet)
    assert [c.different for c in Overview.model_validate(shelf.read_note("overview-k")).profile.columns] == [2, 3]
