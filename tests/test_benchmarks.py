"""The benchmark's contenders do the same work: two scripts written without the workbench give the table it gives."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks import read_text, read_workbook, similar_rows, spellings
from benchmarks.cases import CASES, Case
from benchmarks.data import make_file
from benchmarks.end_to_end import contenders, require_equal
from benchmarks.steps import Measured, measure, report, require_same
from steps import catalogue


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


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_step_gives_what_pandas_and_polars_give(case: Case) -> None:
    found = measure(case, rows=1_000, runs=1)
    assert (found.case.name, found.ours > 0, found.pandas > 0, found.polars > 0) == (case.name, True, True, True)


def test_every_step_is_measured() -> None:
    assert set(catalogue) - {case.step.name for case in CASES} == set()


def test_what_differs_from_pandas_is_noticed() -> None:
    case = next(c for c in CASES if c.name == "fillna: a fixed text")
    with pytest.raises(AssertionError) as caught:
        require_same(
            case, pd.DataFrame({"id": [1, 2], "city": ["York", "x"]}), pd.DataFrame({"id": [1, 2], "city": ["York", "y"]}), "pandas"
        )
    assert str(caught.value) == "fillna: a fixed text: city differs with pandas"


def test_the_table_counts_the_slow_steps() -> None:
    case = CASES[0]
    text = report([Measured(case, 12.0, 4.0, 6.0, "NumPy"), Measured(case, 5.0, 5.0, 5.0, "Arrow")], 1_000, 5)
    assert "Of 2 cases 1 take more than 1.2 times the time of pandas (and more than 1 ms longer);" in text
    assert "the median case takes 1.50 times that of polars." in text
    assert "| dropna: two columns | 12.0 | 3.00 | 2.00 |" in text


def test_reading_is_measured_for_every_kind_of_file() -> None:
    text = read_text.measured(2_000, 1_000, 1)
    assert "2,000 rows by 8 columns" in text
    assert text.count("\n| pandas, ") == 4
    assert "| plain | " in text
    assert "| one row in 10 with a stray quote | " in text


def test_the_workbook_is_read_without_a_wrong_cell(tmp_path: Path) -> None:
    written = read_workbook.make_workbook(tmp_path / "in.xlsx", 500)
    found = {name.partition(":")[0]: wrong for name, _, wrong in read_workbook.measure(tmp_path / "in.xlsx", written, 1)}
    assert found == {"workbench": 0, "pandas with openpyxl": 500, "pandas with calamine": 500, "polars (fastexcel)": 0}


def test_spellings_are_found_as_by_a_script_and_by_comparing_all() -> None:
    text = spellings.measured(2_000, 400, 1)
    assert "2,000 different values" in text
    assert text.count("\n| ") == 8
    assert "by rapidfuzz" in text


def test_similar_rows_are_told_from_related_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar_rows, "ROWS", 150)
    lines = similar_rows.report(150, 1)
    assert [line.split(" | ")[0] for line in lines[4:11]] == [f"| {name}" for name in similar_rows.TABLES]
    assert all(" | 0 wrong | " in line for line in lines[9:11])
    pairs = similar_rows.TABLES["companies"](100, 150)
    assert similar_rows.measured(lambda df: pairs.same, [pairs])[0] == "1.000 · 1.000 · **1.000**"
