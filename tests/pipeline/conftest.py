"""The scratch steps are in the catalogue while the engine's tests run."""

import pytest

import steps
from tests.pipeline.scratch import STEPS


@pytest.fixture(autouse=True)
def scratch_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in STEPS.items():
        monkeypatch.setitem(steps.catalogue, name, kind)
