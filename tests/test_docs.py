"""The documentation against the project: links, pictures, settings and commands are there."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from io_utils import Limits
from pipeline.__main__ import PASSWORD, app
from workspace import Settings

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_and_picture_is_there(page):
    targets = re.findall(r"\]\(([^)#]+)", page.read_text("utf-8"))
    missing = [t for t in targets if not t.startswith("http") and not (page.parent / t).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_settings_that_are_named_exist(page):
    named = set(re.findall(r"WORKBENCH_([A-Z_]+)", page.read_text("utf-8"))) - {"TEST_FILES", PASSWORD.removeprefix("WORKBENCH_")}
    limits = {f"LIMIT_{name.upper()}" for name in Limits.model_fields}
    assert named <= {name.upper() for name in Settings.model_fields} | limits


def test_the_command_of_the_guide_takes_the_options_it_names():
    guide = (ROOT / "docs/user-guide.md").read_text("utf-8")
    lines = [line for line in guide.splitlines() if line.startswith("python -m pipeline")]
    assert len(lines) == 1
    help_text = CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}).output
    options = [w for w in shlex.split(lines[0]) if w.startswith("--")]
    assert options == ["--out", "--report"]
    assert [o for o in [*options, "--refit", "--strict"] if o not in help_text] == []
