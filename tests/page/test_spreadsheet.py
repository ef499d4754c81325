"""What my spreadsheet uses is remembered with the project."""

from tests.page.conftest import ORDERS, Tab
from workspace import Workspace


def test_remembered_when_the_page_is_opened_again(workspace: Workspace) -> None:
    first = Tab(workspace).upload("orders.csv", ORDERS).click("looks-right").click("to-download")
    assert first.at.toggle(key="decimal-comma").value is False
    first.put("toggle", "decimal-comma", True)
    again = Tab(workspace, project=first.project, stage="download")
    assert again.at.toggle(key="decimal-comma").value is True
