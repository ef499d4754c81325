"""What the tests of the page's parts share."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

PAGES = Path(__file__).parent / "pages"


@pytest.fixture
def page() -> Callable[[str], AppTest]:
    """Open a page of tests/ui/pages by name; it must run without an exception."""

    def open_page(name: str) -> AppTest:
        at = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=20).run()
        assert not at.exception
        return at

    return open_page


@pytest.fixture
def type_in() -> Callable[[AppTest, str, dict[str, object]], AppTest]:
    """Edit a grid as the browser does, so that its ``on_change`` runs."""

    def edit(at: AppTest, key: str, state: dict[str, object]) -> AppTest:
        states = at._tree.get_widget_states()
        full = {"edited_rows": {}, "added_rows": [], "deleted_rows": [], **state}
        states.widgets.append(WidgetState(id=at.data_editor(key=key).proto.id, string_value=json.dumps(full)))
        at._run(states)
        assert not at.exception
        return at

    return edit
