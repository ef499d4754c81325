"""The benchmark's contenders do the same work: two scripts written without the workbench give the table it gives."""

from pathlib import Path

import pytest

from benchmarks.data import make_file
from benchmarks.end_to_end import contenders, require_equal


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What each contender made of 5,000 rows."""
    folder = tmp_path_factory.mktemp("benchmark")
    make_file(folder / "in.csv", 5_000)
    for position, one in enumerate(contenders()):
        one.run(folder / "in.csv", folder / f"{position}.csv")
    return [folder / f"{position}.csv" for position in range(len(contenders()))]


@pytest.mark.parametrize("position", [1, 2, 3])
def test_all_contenders_write_the_same_table(written: list[Path], position: int) -> None:
    assert require_equal(written[0], written[position]) == 2455


def test_the_comparison_notices_a_cell_that_differs(written: list[Path], tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(written[0].read_text(encoding="utf-8").replace("Berlin", "Bern", 1), encoding="utf-8")
    with pytest.raises(AssertionError) as caught:
        require_equal(written[0], other)
    assert "differ" in str(caught.value)


def test_the_same_seed_makes_the_same_file(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        make_file(tmp_path / name, 1_000)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[0] == "id,name,city,amount,score,date,flag,note"
