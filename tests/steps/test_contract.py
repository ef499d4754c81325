"""What every step in the catalogue promises, held against drawn tables and drawn parameters."""

import typing
from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from steps import broken, catalogue
from steps.arrow import arrow, blank, flags, is_text
from steps.base import NO_REJECTED, NO_REMOVED, Columns, Outcome, Step, StepError
from tests.steps.strategies import fit, given_tables, runs

every_step = pytest.mark.parametrize("kind", catalogue.values(), ids=catalogue)
# A quarter of the profile's examples for each step and rule, which are many; `HYPOTHESIS_PROFILE=long` draws 250.
drawn = settings(max_examples=settings.default.max_examples // 4, suppress_health_check=list(HealthCheck))
REMAKES = {"pivot", "append"}  # new columns named by values, maybe like one that went; types that hold the values below, too
ALLOWED = ("large_string", "int64", "double", "bool", "date32", "timestamp[us", "decimal128")


def apply(step: Step, df: pd.DataFrame, fitted: typing.Any) -> Outcome:
    made = step.apply(df, fitted, *given_tables(step))
    return made if isinstance(made, Outcome) else Outcome(made)


def run(step: Step, df: pd.DataFrame) -> Outcome:
    """Fit and apply; an example that the step refuses says nothing here."""
    try:
        return apply(step, df, fit(step, df))
    except StepError:
        assume(False)
        raise


def lines(frames: list[pd.DataFrame | None], empty: pd.DataFrame) -> Counter:
    """The lines of rejected or removed frames, in any order."""
    return Counter(
        (row, *map(str, values))
        for f in frames
        for row, *values in (empty if f is None else f).astype(object).itertuples()
    )  # fmt: skip


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(a, b, rtol=0, atol=0, check_index_type=False)


def test_every_module_is_a_step():
    assert broken == {}
    assert {"set_types", "trim_whitespace", "dropna", "normalize", "filter", "edit_cells"} <= set(catalogue)


@every_step
def test_has_words_for_people(kind):
    assert kind.label[0].isupper()
    assert kind.help.endswith(".")
    for name, info in kind.model_fields.items():
        assert info.title, name
        assert info.description, name
        choices = [a for a in typing.get_args(info.annotation) if isinstance(a, str)]
        labels = (info.json_schema_extra or {}).get("labels", {})
        if typing.get_origin(info.annotation) is typing.Literal and choices:
            assert list(labels) == choices, name


@every_step
@drawn
@given(st.data())
def test_leaves_its_input_alone(kind, data):
    step, df = data.draw(runs(kind))
    columns = {n: arrow(df[n]).to_pylist() for n in df.columns}
    rows = df.index.to_numpy().copy()
    run(step, df)
    assert {n: arrow(df[n]).to_pylist() for n in df.columns} == columns
    np.testing.assert_array_equal(df.index.to_numpy(), rows)


@every_step
@drawn
@given(st.data())
def test_kept_and_removed_rows_make_the_whole(kind, data):
    step, df = data.draw(runs(kind))
    made = run(step, df)
    kept, gone = {r for r in made.table.index if r >= 0}, set() if made.removed is None else set(made.removed.index)
    assert kept | gone == set(df.index)
    assert not kept & gone
    order = made.table.index[~made.table.index.duplicated() & (made.table.index >= 0)]
    if not getattr(kind, "reorders", False):
        assert order.tolist() == [r for r in df.index if r in kept]
    if made.removed is not None:
        assert made.removed.index.is_unique
        assert arrow(made.removed["reason"]).null_count == 0
        assert "" not in made.removed["reason"].tolist()


@every_step
@drawn
@given(st.data())
def test_parameters_and_fitted_survive_json(kind, data):
    step, df = data.draw(runs(kind))
    assert type(step).model_validate_json(step.model_dump_json()) == step
    made = run(step, df)
    fitted = fit(step, df)
    if fitted is not None:
        adapter = TypeAdapter(typing.get_type_hints(step.fit)["return"])
        again = adapter.validate_json(adapter.dump_json(fitted))
        assert again == fitted
        same(apply(step, df, again).table, made.table)


@every_step
@drawn
@given(st.data())
def test_empty_and_all_missing_tables_pass(kind, data):
    step, df = data.draw(runs(kind))
    run(step, df)
    missing = df.assign(**{n: pd.Series(pa.nulls(len(df), t.pyarrow_dtype), dtype=t, index=df.index) for n, t in df.dtypes.items()})
    for bare in (df[:0], missing):
        result = apply(step, bare, fit(step, bare)).table
        assert {r for r in result.index if r >= 0} <= set(bare.index)


@pytest.mark.parametrize("kind", [k for k in catalogue.values() if not k.blanks], ids=[n for n, k in catalogue.items() if not k.blanks])
@drawn
@given(st.data())
def test_lists_every_value_it_loses(kind, data):
    step, df = data.draw(runs(kind))
    made = run(step, df)
    rejected = NO_REJECTED if made.rejected is None else made.rejected
    listed = set(zip(rejected.index, rejected["column"], strict=True))
    result = made.table[~made.table.index.duplicated() & (made.table.index >= 0)]
    for name in df.columns.intersection(result.columns).difference(made.renamed.values()):
        before = df[name].loc[result.index]
        had = flags(arrow(before).is_valid())
        if is_text(arrow(before).type):
            had &= ~flags(blank(arrow(before)))
        lost = had & flags(arrow(result[name]).is_null())
        assert {(row, name) for row in result.index[lost]} <= listed


@every_step
@drawn
@given(st.data())
def test_parts_equal_the_whole(kind, data):
    step, df = data.draw(runs(kind))
    if not step.rowwise:
        return
    whole = run(step, df)
    fitted = fit(step, df)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(df)), min_size=1, max_size=3)))
    parts = [apply(step, df[a:b], fitted) for a, b in zip([0, *cuts], [*cuts, len(df)], strict=True)]
    same(pd.concat([p.table for p in parts]), whole.table)
    assert lines([p.rejected for p in parts], NO_REJECTED) == lines([whole.rejected], NO_REJECTED)
    assert lines([p.removed for p in parts], NO_REMOVED) == lines([whole.removed], NO_REMOVED)
    counted = sum((Counter(p.noted) for p in parts), Counter())
    assert {k: n for k, n in counted.items() if "{n}" in k} == {k: n for k, n in whole.noted.items() if "{n}" in k}
    assert set(counted) == set(whole.noted)


@every_step
@drawn
@given(st.data())
def test_code_gives_the_same_table(kind, data):
    step, df = data.draw(runs(kind))
    code = step.code()
    if code is None:
        return
    made = run(step, df)
    assert len(code.splitlines()) <= 5
    names = {"df": df.copy(), "pd": pd}
    exec(code, names)
    same(names["df"], made.table)


@every_step
@drawn
@given(st.data())
def test_changes_only_chosen_columns(kind, data):
    step, df = data.draw(runs(kind))
    made = run(step, df)
    chosen = set(step.needs()) if kind.kind != "rows" else set()
    for name, info in kind.model_fields.items():
        value = getattr(step, name)
        if isinstance(value, Columns) and kind.kind == "cells":
            chosen |= set(value.resolve(df))
        elif isinstance(value, dict):
            chosen |= set(value)
        elif typing.get_origin(info.annotation) is list:
            chosen |= {part.column for part in value if hasattr(part, "column")}
    result = made.table[~made.table.index.duplicated() & (made.table.index >= 0)]
    if getattr(step, "overwrite", False):  # a new column in the place of one that has its name
        told = set(strings(step.model_dump(mode="json")))
        chosen |= told | {name + getattr(step, "suffix", "") for name in chosen}
    untouched = set(df.columns) - chosen
    if kind.kind == "structure":  # columns may go, be renamed, or be made anew under a name that the settings hold
        untouched &= set(result.columns) - set(made.renamed.values()) - set(strings(step.model_dump(mode="json")))
    for name in untouched if kind.name not in REMAKES else ():
        pd.testing.assert_series_equal(result[name], df[name].loc[result.index], rtol=0, atol=0, check_index_type=False)
        if made.table.index.equals(df.index):
            assert arrow(made.table[name]).chunk(0).buffers()[-1] == arrow(df[name]).chunk(0).buffers()[-1]


@every_step
@drawn
@given(st.data())
def test_holds_only_types_of_a_table(kind, data):
    step, df = data.draw(runs(kind))
    result = run(step, df).table
    for name, dtype in result.dtypes.items():
        assert isinstance(dtype, pd.ArrowDtype), name
        assert str(dtype.pyarrow_dtype).startswith(ALLOWED), name
        if pa.types.is_floating(dtype.pyarrow_dtype):
            values = arrow(result[name]).drop_null().to_numpy()
            assert np.isfinite(values).all(), name
    assert result.columns.is_unique


@every_step
@drawn
@given(st.data())
def test_says_what_it_does(kind, data):
    step, _ = data.draw(runs(kind))
    said = step.describe()
    assert said[0].isupper()
    assert not said.endswith(".")
    if not any("{" in text for text in strings(step.model_dump(mode="json"))):
        assert "{" not in said


def strings(value: typing.Any) -> list[str]:
    """All text in JSON data."""
    if isinstance(value, dict):
        return [s for k, v in value.items() for s in [k, *strings(v)]]
    if isinstance(value, list):
        return [s for v in value for s in strings(v)]
    return [value] if isinstance(value, str) else []
