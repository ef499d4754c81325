"""The whole page without a browser: one data folder and its workers for all tests here, emptied after each."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from pipeline import Recipe, RecipeStep
from ui import state
from workspace import Workspace

SCRIPT = Path(__file__).parents[2] / "ui" / "page.py"
ORDERS = b"""id,customer,city,quantity,price,status,ordered
007, Ana ,Lyon,2,10.5,paid,2025-01-02
008,Bo,,3,20,open,2025-01-03
009,Cy,Rome,,30.25,Paid,2025-01-04
010,Di  Mo,Lyon,5,40,refunded,2025-01-05
"""


class Tab:
    """One browser tab on the page. Every action runs the page until no job is left and asserts that it raised nothing."""

    def __init__(self, workspace: Workspace, **address: str) -> None:
        self.workspace = workspace
        self.at = AppTest.from_file(str(SCRIPT), default_timeout=30)
        for name, value in address.items():
            self.at.query_params[name] = value
        self.run()

    def run(self) -> "Tab":
        """Run the page, again after each job it waits for."""
        self.at.run()
        return self._settle()

    def _settle(self) -> "Tab":
        while jobs := self.workspace.jobs.current():
            for job in jobs:
                assert job.wait(30)
            self.at.run()
        if self.at.progress:  # the job ended between the run and the look at it
            self.at.run()
        assert [e.message for e in self.at.exception] == []
        return self

    def upload(self, name: str, content: bytes) -> "Tab":
        """Drop a file on the start page."""
        self.at.file_uploader(key="upload").upload(name, content, "application/octet-stream")
        return self.run()

    def click(self, key: str) -> "Tab":
        """Press the button whose key begins with ``key``."""
        (button,) = [b for b in self.at.button if b.key and b.key.startswith(key)]
        assert not button.disabled, key
        button.click()
        return self.run()

    def menu(self, step: str, entry: str) -> "Tab":
        """Choose an entry of a step card's menu."""
        self.at.menu_button(key=f"menu-{step}").click(entry)
        return self.run()

    def put(self, kind: str, ending: str, value: object) -> "Tab":
        """Set the one input of a kind (selectbox, toggle, …) whose key ends or begins so."""
        (widget,) = [w for w in getattr(self.at, kind) if w.key and (w.key.endswith(ending) or w.key.startswith(ending))]
        widget.set_value(value)
        return self.run()

    def type_in(self, beginning: str, edited: dict[str, dict[str, object]] | None = None, **more: object) -> "Tab":
        """Edit a grid as the browser does, so that its ``on_change`` runs."""
        states = self.at._tree.get_widget_states()
        (grid,) = [e for e in self.at.data_editor if e.key and e.key.startswith(beginning)]
        full = {"edited_rows": edited or {}, "added_rows": [], "deleted_rows": [], **more}
        states.widgets.append(WidgetState(id=grid.proto.id, string_value=json.dumps(full)))
        self.at._run(states)
        return self._settle()

    def errors(self) -> list[str]:
        """The errors on the page, as a person reads them."""
        return [e.value.replace("\\", "").replace("\u2060", "") for e in self.at.error]

    def keys(self, kind: str = "button") -> list[str]:
        """Keys of the inputs of a kind."""
        return [w.key for w in getattr(self.at, kind) if w.key]

    def said(self) -> str:
        """All sentences on the page, as a person reads them."""
        kinds = ("title", "subheader", "markdown", "caption", "info", "success", "warning", "error", "toast")
        found = [e.value for kind in kinds for e in getattr(self.at, kind)]
        return "\n".join(found).replace("\\", "").replace("\u2060", "")

    def view(self, name: str) -> "Tab":
        """Look at another view in Clean."""
        (views,) = [c for c in self.at.segmented_control if c.key and c.key.startswith("view-")]
        views.set_value(name)
        return self.run()

    def table(self) -> pd.DataFrame:
        """The grid on the page that comes first; in Clean the table is looked at, not the overview."""
        if any(c.key == "view-overview" for c in self.at.segmented_control):
            self.view("table")
        return self.at.dataframe[0].value

    def column(self, name: str) -> list[object]:
        """A column of the first grid, None where it is missing."""
        return [None if pd.isna(v) else v for v in self.table()[name]]

    @property
    def project(self) -> str:
        """The id of the open project, from the address."""
        found = self.at.query_params["project"]
        return found if isinstance(found, str) else found[0]

    @property
    def steps(self) -> tuple[RecipeStep, ...]:
        """The steps as they are on the disk."""
        saved = self.workspace.projects.get(self.project)
        assert saved is not None
        recipe = Recipe.parse(saved.recipe)
        return recipe.table(recipe.result).steps

    def names(self) -> list[str]:
        """The steps on the disk by name."""
        return [s.step for s in self.steps]

    def add(self, name: str) -> "Tab":
        """Open the form of a new step."""
        return self.click("add-step").click(f"choose-{name}")

    def badges(self) -> list[str]:
        """What the cards say the steps did, "Open file" first."""
        return [m.value.split("[")[1].split("]")[0] for m in self.at.sidebar.markdown if "-badge[" in m.value]


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page") / "data"


@pytest.fixture(scope="session")
def kept(data_folder: Path) -> Iterator[Workspace]:
    """The workspace that the page opens, too: started once, since its workers take a second."""
    before = os.environ.get("WORKBENCH_DATA_FOLDER")
    os.environ["WORKBENCH_DATA_FOLDER"] = str(data_folder)
    opened = state.workspace()
    yield opened
    opened.close()
    if before is not None:
        os.environ["WORKBENCH_DATA_FOLDER"] = before


@pytest.fixture(autouse=True)
def own_data_folder(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One folder for all tests here instead of one for each."""
    monkeypatch.setenv("WORKBENCH_DATA_FOLDER", str(data_folder))


@pytest.fixture
def workspace(kept: Workspace) -> Iterator[Workspace]:
    yield kept
    kept.delete_everything()


@pytest.fixture
def tab(workspace: Workspace) -> Tab:
    """The start page."""
    return Tab(workspace)


@pytest.fixture
def orders(tab: Tab) -> Tab:
    """Four orders, loaded, in Clean, looking at the table."""
    return tab.upload("orders.csv", ORDERS).click("looks-right").view("table")
