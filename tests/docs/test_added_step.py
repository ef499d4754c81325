"""A step added by one file: on the page with its form, on the command line, in the reference, and held by the contract suite."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("steps", "pipeline", "io_utils", "workspace", "ui", "docs", "tests", "sample_data", ".streamlit")
STEP = '''"""Say a text louder."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from steps.arrow import arrow, column
from steps.base import Chosen, Columns, Example, Step, require_kind


class Shout(Step):
    """Each chosen text column in capitals with marks behind; missing stays missing.

    Raises StepError if a column is absent or holds no text.
    """

    name = "shout"
    label = "Shout"
    help = "Capitals and exclamation marks."
    group = "Text"

    columns: Columns = Field(Columns(kind="text"), title="Columns", description="The text columns.")
    marks: int = Field(1, ge=0, le=9, title="Exclamation marks", description="How many stand behind.")

    def fit(self, df: pd.DataFrame) -> Chosen:
        return Chosen(columns=self.columns.resolve(df))

    def apply(self, df: pd.DataFrame, fitted: Chosen) -> pd.DataFrame:
        for name in fitted.columns:
            require_kind(df, name, "text")
        end, nothing = (pa.scalar(v, pa.large_string()) for v in ("!" * self.marks, ""))
        loud = {n: pc.binary_join_element_wise(pc.utf8_upper(arrow(df[n])), end, nothing) for n in fitted.columns}
        return df.assign(**{n: column(v, df) for n, v in loud.items()})

    @property
    def rowwise(self) -> bool:
        return True

    @classmethod
    def example(cls) -> Example:
        return Example({"marks": 2}, {"word": ["stop", None]})
'''
PAGE = '''"""The added step through its form."""

from tests.page.conftest import Tab


def test_shout_is_added_through_its_form(orders: Tab) -> None:
    orders.add("shout")
    orders.put("text_input", "-marks", "3")
    assert "Changes **15 cells** in 4 columns." in orders.said()
    orders.click(next(k for k in orders.keys("button") if k.startswith("apply-")))
    assert orders.names()[-1] == "shout"
    assert orders.steps[-1].params["marks"] == 3
'''
RECIPE = '{"version": 1, "result": "t", "tables": [{"name": "t", "steps": [{"id": "a", "step": "shout", "params": {"marks": 2}}]}]}'


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project in a folder of its own, with one more file under steps."""
    folder = tmp_path_factory.mktemp("added") / "project"
    for room in ROOMS:
        if (ROOT / room).exists():
            shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
    for name in ("pyproject.toml", "workbench.py"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "steps" / "shout.py").write_text(STEP, "utf-8")
    (folder / "tests" / "page" / "test_shout.py").write_text(PAGE, "utf-8")
    return folder


def python(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(folder), "WORKBENCH_DATA_FOLDER": str(folder / "data")}
    return subprocess.run([sys.executable, *args], cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", check=False)


def test_it_runs_on_the_command_line(copy: Path) -> None:
    (copy / "in.csv").write_text("word,n\nstop,1\n,2\n", "utf-8")
    (copy / "recipe.json").write_text(RECIPE, "utf-8")
    done = python(copy, "-m", "pipeline", "run", "recipe.json", "in.csv", "--out", "out.csv")
    assert done.returncode == 0, done.stderr
    assert (copy / "out.csv").read_text("utf-8").splitlines() == ["word,n", "STOP!!,1!!", ",2!!"]


def test_it_is_in_the_reference(copy: Path) -> None:
    done = python(copy, "-m", "docs.steps")
    assert done.returncode == 0, done.stderr
    page = (copy / "docs" / "steps.md").read_text("utf-8")
    section = page[page.index('<a id="shout">') :].partition("\n### ")[0]
    assert "Shout <sub>`shout`</sub>\n\nCapitals and exclamation marks." in section
    assert "| Exclamation marks | `marks` | a whole number, from 0, up to 9 | `1` | How many stand behind. |" in section
    assert "| 2 | stop |\n| 3 | *missing* |" in section
    assert "| 2 | STOP!! |\n| 3 | *missing* |" in section


def test_it_keeps_the_contract_and_is_on_the_page(copy: Path) -> None:
    options = ("-q", "-p", "no:cacheprovider", "--basetemp", str(copy.parent / "temp"))
    contract = python(copy, "-m", "pytest", *options, "tests/steps/test_contract.py", "tests/page/test_shout.py", "-k", "shout")
    assert contract.returncode == 0, contract.stdout[-3000:]
    assert "\n12 passed" in f" {contract.stdout}"
