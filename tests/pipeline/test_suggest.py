"""What is suggested for a table: the step, its exact count, the examples; and that nothing is suggested for a clean one."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline import new_step, run, suggest
from pipeline.recipe import Recipe, TableRecipe
from pipeline.suggestions import Suggestion
from steps.arrow import TEXT


def table(**columns: list[str | None]) -> pd.DataFrame:
    length = len(next(iter(columns.values())))
    return pd.DataFrame({n: pd.array(v, TEXT) for n, v in columns.items()}, index=pd.RangeIndex(2, length + 2))


def found(df: pd.DataFrame, step: str) -> list[Suggestion]:
    return [s for s in suggest(df, unsure=True) if s.step == step]


WORD = [f"word{n}" for n in range(10)]
CASES: dict[str, tuple[pd.DataFrame, str, int, str, dict[str, object], tuple[tuple[str, str], ...]]] = {
    "spaces": (
        table(a=[" x", "y  y", "z", *WORD[:3]], b=[*WORD[:5], "q\u00a0"]),
        "trim_whitespace", 3, "cell", {"columns": {"names": ["a", "b"]}}, (("·x", "x"), ("q⍽", "q")),
    ),
    "broken characters": (
        table(a=["MÃ¼ller", *WORD[:4]]), "clean_characters", 1, "cell", {"columns": {"names": ["a"]}}, (("MÃ¼ller", "Müller"),),
    ),
    "words for no value": (
        table(a=["n/a", "N/A", "-", *WORD[:5]]), "mark_missing", 3, "cell", {"columns": {"names": ["a"]}, "tokens": ["-", "N/A", "n/a"]},
        (("n/a", "(missing)"), ("N/A", "(missing)")),
    ),
    "nearly numbers": (
        table(a=[*(f"{n}.5" for n in range(1, 20)), "tbc"]), "set_types", 19, "value", {"types": {"a": "number"}},
        (("tbc", "listed under Problems"),),
    ),
    "numbers as text": (table(a=["1.5", "2.5", "7"]), "set_types", 3, "value", {"types": {"a": "number"}}, ()),
    "numbers as written": (
        table(a=["€1.234,50", "€2,00", "€3,00"]), "parse_number", 3, "value", {"columns": {"names": ["a"]}, "decimal": ","},
        (("€1.234,50", "1234.5"), ("€2,00", "2")),
    ),
    "dates as written": (
        table(a=["31.01.2024", "01.02.2024", "05.02.2024"]), "parse_date", 3, "value", {"columns": {"names": ["a"]}},
        (("31.01.2024", "2024-01-31"), ("01.02.2024", "2024-02-01")),
    ),
    "yes and no": (
        table(a=["yes", "No", "YES", None]), "parse_boolean", 3, "value", {"columns": {"names": ["a"]}},
        (("yes", "true"), ("No", "false")),
    ),
    "equal rows": (
        table(a=["x", "y", "x"], b=["1a", "2b", "1a"]), "drop_duplicates", 1, "row", {},
        (("row 4", "removed: equal to row 2, which is kept"),),
    ),
    "the header again": (
        table(a=["x", "a", "y"], b=["1a", "b", "2b"]), "select_rows", 1, "row", {"what": "headers"},
        (("row 3", "removed: repeats the header"),),
    ),
    "totals": (
        table(a=["x", "Total:", *WORD], b=["1a", "9z", *WORD]), "filter", 1, "row",
        {"action": "remove", "condition": {"tests": [{"column": "a", "op": "in", "values": ["Total:"]}]}},
        (("row 3", 'removed: a is one of "Total:"'),),
    ),
    "an empty column": (
        table(a=["x", "y"], b=[None, None]), "drop_columns_by_content", 1, "column", {"columns": {"names": ["b"]}},
        (("no value", "removed"),),
    ),
    "a column with one value": (
        table(a=["x", "y"], b=["EUR", "EUR"]), "drop_columns_by_content", 1, "column", {"columns": {"names": ["b"]}, "constant": True},
        (("b: EUR in every row", "removed"),),
    ),
    "capitals": (
        table(a=["paid", "Paid", "paid", "PAID ", "paid", "open", "open", "open"]), "map_values", 2, "cell",
        {"columns": {"names": ["a"]}, "mapping": {"Paid": "paid", "PAID": "paid"}, "case_insensitive": False},
        (("Paid", "paid"), ("PAID·", "paid")),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("df", "step", "count", "unit", "params", "examples"), CASES.values(), ids=CASES)
def test_suggests(
    df: pd.DataFrame, step: str, count: int, unit: str, params: dict[str, object], examples: tuple[tuple[str, str], ...]
) -> None:
    (one,) = found(df, step)
    assert (one.count, one.unit) == (count, unit)
    assert {**one.params, "tokens": sorted(one.params.get("tokens", []))} == {"tokens": [], **params}  # type: ignore[type-var, arg-type]
    assert one.examples == examples


@pytest.mark.parametrize(("df", "step", "count", "unit", "params", "examples"), CASES.values(), ids=CASES)
def test_the_count_is_what_the_step_then_does(
    df: pd.DataFrame, step: str, count: int, unit: str, params: dict[str, object], examples: tuple[tuple[str, str], ...]
) -> None:
    (one,) = found(df, step)
    done = run(df, Recipe(result="t", tables=(TableRecipe(name="t", steps=(new_step(one.step, one.params),)),)))
    (report,) = done.reports
    values = sum(len(df) - report.missing_before - report.rejected for _ in report.retyped)
    assert {"cell": report.changed, "row": report.removed, "column": len(report.columns_removed), "value": values}[unit] == count


SILENT = {
    "clean text": table(a=WORD, b=["x", "y"] * 5),
    "ids with leading zeros": table(a=[f"00{n}" for n in range(10)]),
    "day or month first cannot be told": table(a=["01/02/2024", "03/04/2024", "05/06/2024"]),
    "no rows": table(a=[None])[:0],
    "one row": table(a=["x"]),
    "spellings of things that are all different": table(a=["Ann", "ann", *WORD]),
}


@pytest.mark.parametrize("df", SILENT.values(), ids=SILENT)
def test_is_silent(df: pd.DataFrame) -> None:
    assert suggest(df) == []


def test_na_may_be_namibia() -> None:
    codes = table(a=["NA", "DE", "FR", "IT", "ES", "n/a"])
    (one,) = found(codes, "mark_missing")
    assert (one.params["tokens"], one.count) == (["n/a"], 1)


def test_numbers_as_written_win_over_plain_ones_where_they_read_more() -> None:
    df = table(a=[*(f"{n}.5" for n in range(1, 19)), "€7.00", "(3.00)"])
    assert [s.step for s in suggest(df)] == ["parse_number"]
    assert suggest(df)[0].count == 20


def test_the_surest_come_first_then_those_with_most_cells() -> None:
    df = table(
        a=[" x", "y", "n/a", "n/a", "-", "z"], b=["p", "P", "p", "p", "q", "q"], c=["€1.00", "€2.50", "€3.25", "€4.00", "€5.00", "€1.00"]
    )
    assert [(s.certainty, s.step) for s in suggest(df)] == [
        (3, "trim_whitespace"), (2, "parse_number"), (2, "mark_missing"), (1, "map_values"),
    ]  # fmt: skip


def test_a_suggestion_is_named_by_step_and_columns_not_by_counts() -> None:
    few, many = table(a=[" x", "y"]), table(a=[" x", " y", "z"])
    assert found(few, "trim_whitespace")[0].key == found(many, "trim_whitespace")[0].key
    assert found(table(b=[" x", "y"]), "trim_whitespace")[0].key != found(few, "trim_whitespace")[0].key


def test_row_numbers_out_of_order() -> None:
    df = table(a=["x", " y", "z"]).set_axis(pd.Index(np.array([9, 4, 7])), axis=0)
    assert found(df, "trim_whitespace")[0].examples == (("·y", "y"),)
    assert pa.types.is_large_string(df.dtypes["a"].pyarrow_dtype)
