"""What every test gets: the same generated cases on each run, and no data folder, settings or browser of the person running them."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Two busy cores: a slow example says nothing about the code.
settings.register_profile("house", deadline=None, derandomize=True, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", parent=settings.get_profile("house"), derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that keeps data keeps it in its own folder."""
    monkeypatch.setenv("WORKBENCH_DATA_FOLDER", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def real_files() -> Path:
    """The folder of real files to try things on; without it the tests that need one are skipped."""
    named = os.environ.get("WORKBENCH_TEST_FILES")
    if not named:
        pytest.skip("WORKBENCH_TEST_FILES names no folder of real files")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"WORKBENCH_TEST_FILES names {folder}, which is not a folder")
    return folder
