"""How steps are found: a file in the folder, an installed package's entry point; what fails is named and takes nothing down."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import steps

SHOUT = """
from steps.base import Step

class Shout(Step):
    \"\"\"Nothing but a name.\"\"\"

    name = "{name}"
    label = "Shout"
"""
SIX = {"set_types", "trim_whitespace", "dropna", "normalize", "filter", "edit_cells"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files count as files of ``steps``; afterwards everything is as it was."""
    before = set(sys.modules)
    with monkeypatch.context() as patch:
        patch.setattr(steps, "__path__", [*steps.__path__, str(tmp_path)])
        patch.syspath_prepend(str(tmp_path))
        yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]
    steps.discover()


def test_the_six_first_steps_are_there_and_none_is_broken() -> None:
    assert set(steps.catalogue) >= SIX
    assert steps.broken == {}


def test_a_file_added_to_the_folder_is_a_step(folder: Path) -> None:
    (folder / "shout.py").write_text(SHOUT.format(name="shout"), "utf-8")
    steps.discover()
    assert steps.catalogue["shout"].label == "Shout"
    assert set(steps.catalogue) >= SIX


def test_an_installed_package_brings_a_step(folder: Path) -> None:
    (folder / "loud_steps.py").write_text(SHOUT.format(name="loud"), "utf-8")
    info = folder / "loud-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: loud\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[workbench.steps]\nloud = loud_steps:Shout\n", "utf-8")
    steps.discover()
    assert steps.catalogue["loud"].label == "Shout"


BROKEN = {
    "raises": ("raise RuntimeError('no glitter')", "RuntimeError: no glitter"),
    "not Python": ("def (", "SyntaxError: "),
    "two steps": (
        SHOUT.format(name="a") + SHOUT.format(name="b").replace("Shout", "Cry"),
        "holds one Step class, this one holds 2",
    ),
    "a name taken": (SHOUT.format(name="dropna"), 'another step is already called "dropna"'),
    "no name": (SHOUT.replace('    name = "{name}"\n', ""), "Shout has no name"),
}


@pytest.mark.parametrize(("source", "why"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_loaded_is_named_and_takes_nothing_down(folder: Path, source: str, why: str) -> None:
    (folder / "zz_odd.py").write_text(source, "utf-8")
    steps.discover()
    assert why in steps.broken["steps.zz_odd"]
    assert set(steps.catalogue) >= SIX
    assert steps.catalogue["dropna"].__module__ == "steps.dropna"


def test_what_steps_share_is_no_step_and_not_broken(folder: Path) -> None:
    (folder / "shared_words.py").write_text("WORDS = ['a']\n", "utf-8")
    steps.discover()
    assert not any(name.endswith("shared_words") for name in steps.broken)
