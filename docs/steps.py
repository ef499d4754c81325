"""Writes the reference of the steps, docs/steps.md, from their classes: ``python -m docs.steps``."""

import inspect
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import steps
from docs.examples import EXAMPLES
from pipeline import Recipe, StepState, new_step, run
from pipeline.recipe import TableRecipe
from steps.arrow import arrow
from steps.base import Columns, Example, Step
from steps.values import shortest
from ui.fields import choice_labels, default, extra, shape, title

PAGE = Path(__file__).with_name("steps.md")
GROUPS = ("Missing values", "Text", "Numbers", "Dates", "Rows", "Columns", "Tables", "Checks")
KINDS = {
    "columns": "columns", "column": "a column", "table": "a table", "choice": "a choice", "yes_no": "yes or no", "whole": "a whole number",
    "number": "a number", "text": "text", "date": "a date", "condition": "a condition", "column_list": "columns",
    "column_choices": "a choice for each column", "list": "a list", "pairs": "pairs", "other_column": "a column of the other table",
    "other_columns": "columns of the other table", "key_pairs": "pairs of columns", "matching": "pairs of columns",
}  # fmt: skip
DAY = date(2024, 5, 1)  # of the runs in the examples
OPENING = """# The steps

Every step with its settings, and what it does to a small table. The name in grey is its name in a recipe. Every step also takes
what a recipe may say of any step: only for some rows, what happens if a column is not in the file, and a warning if it removes
many rows. This page is written by `python -m docs.steps` from the steps themselves.
"""


def reference(catalogue: Mapping[str, type[Step]]) -> str:
    """The page: an index by group, then every step."""
    groups: dict[str, list[type[Step]]] = {}
    for kind in sorted(catalogue.values(), key=lambda k: k.label.lower()):
        groups.setdefault(kind.group, []).append(kind)
    ordered = [g for g in GROUPS if g in groups] + sorted(set(groups) - set(GROUPS))
    lines = [OPENING]
    for group in ordered:
        lines.append(f"- {group}: " + ", ".join(f"[{k.label}](#{anchor(k)})" for k in groups[group]))
    for group in ordered:
        lines.append(f"\n## {group}")
        lines += [section(kind) for kind in groups[group]]
    return "\n".join(lines) + "\n"


def anchor(kind: type[Step]) -> str:
    """Where the step's section is found on the page."""
    return kind.name


def section(kind: type[Step]) -> str:
    """One step: label, name, what it does, its settings and an example that was really run."""
    parts = [f'\n### <a id="{anchor(kind)}"></a>{kind.label} <sub>`{kind.name}`</sub>', text(kind.help)]
    said = inspect.cleandoc(kind.__doc__ or "").replace("``", "`")
    said = said.replace("Raises StepError ", "It stops ")
    parts.append("\n\n".join(" ".join(block.split()) for block in said.split("\n\n")))
    if kind.model_fields:
        parts.append(settings(kind))
    if kind.code is not Step.code:
        parts.append("Its menu shows the same as pandas code where it is that short.")
    shown = example_of(kind)
    if shown is not None:
        parts.append(run_of(kind, shown))
    return "\n\n".join(part for part in parts if part)


def example_of(kind: type[Step]) -> Example | None:
    """The example of a step: its own, or that of the project."""
    return kind.example() or EXAMPLES.get(kind.name)


def settings(kind: type[Step]) -> str:
    """The settings as a table."""
    lines = ["| Setting | Name | Takes | Unless said | Meaning |", "|---|---|---|---|---|"]
    for name, field in kind.model_fields.items():
        lines.append(
            "| " + " | ".join([cell(title(name, field)), f"`{name}`", takes(field), unless(field), cell(meaning(kind, field))]) + " |"
        )
    return "\n".join(lines)


def meaning(kind: type[Step], field: FieldInfo) -> str:
    """What a setting means, and when it counts."""
    only = []
    for name, values in extra(field).get("when", {}).items():
        other = kind.model_fields[name]
        words = choice_labels([str(v) for v in values], extra(other).get("labels"))
        said = [{"true": "yes", "false": "no"}.get(str(v).lower(), words[str(v)]) for v in values]
        only.append(f"{title(name, other)}: {' or '.join(said)}")
    return " ".join([field.description or "", *([f"Only with {'; '.join(only)}."] if only else [])]).strip()


def takes(field: FieldInfo) -> str:
    """What a setting takes: its kind, its choices, what each line of a list holds, its bounds."""
    of = shape(field.annotation, field.metadata)
    if of.kind in ("choice", "column_choices"):
        words = choice_labels([str(c) for c in of.choices], extra(field).get("labels"))
        said = ", ".join(f"`{value}` {cell(words[str(value)])}" for value in of.choices)
    elif isinstance(of.item, type) and issubclass(of.item, BaseModel):
        said = f"{KINDS[of.kind]} of " + ", ".join(f"`{n}`" for n in of.item.model_fields)
    else:
        said = KINDS[of.kind]
    bounds = {name: getattr(m, name) for m in field.metadata for name in ("ge", "gt", "le", "lt") if hasattr(m, name)}
    words_of = {"ge": "from {}", "gt": "above {}", "le": "up to {}", "lt": "below {}"}
    return ", ".join([said, *(words_of[name].format(f"{value:,}") for name, value in bounds.items())])


def unless(field: FieldInfo) -> str:
    """The default."""
    if field.is_required():
        return "must be given"
    value = default(field)
    if isinstance(field.get_default(call_default_factory=True), Columns):
        return cell(Columns.model_validate(value).describe())
    if value in (None, "", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"`{cell(', '.join(map(str, value)) if isinstance(value, list) else str(value))}`"


def run_of(kind: type[Step], shown: Example) -> str:
    """The example: its settings, the table before and after, what was removed, could not be used, and what the step noted."""
    made = done(kind, shown)
    assert made.result is not None, made.error
    result = made.result
    before = frame(shown.table)
    parts = [f"For example `{made.step.build().describe()}`:", "Before:", grid(before)]
    if shown.other is not None:
        parts += ["The other table:", grid(frame(shown.other))]
    parts += ["After:", grid(result.table)]
    notes = [f"Row {row} is removed: {line.reason}." for row, line in zip(result.removed.index, result.removed.itertuples(), strict=True)]
    notes += [
        f"Row {row}, {line.column}: \"{line.value}\" {line.reason}."
        for row, line in zip(result.rejected.index, result.rejected.itertuples(), strict=True)
    ]  # fmt: skip
    parts += ["\n".join(f"- {text(note)}" for note in [*notes, *result.report.noted])] if notes or result.report.noted else []
    return "\n\n".join(parts)


def done(kind: type[Step], shown: Example) -> StepState:
    """The step of an example, run."""
    step = new_step(kind.name, dict(shown.params), id="example")
    tables = {"table": frame(shown.table)} | ({"other": frame(shown.other)} if shown.other is not None else {})
    recipes = [TableRecipe(name=name, steps=(step,) if name == "table" else ()) for name in tables]
    return run(tables, Recipe(result="table", tables=tuple(recipes)), as_of=DAY).result.steps[0]


def frame(columns: Mapping[str, list[Any]]) -> pd.DataFrame:
    """Plain values as a table as it is read from a file: row numbers from 2 on, all missing is text."""
    types = {str: pa.large_string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), date: pa.date32()}
    size = max((len(v) for v in columns.values()), default=0)
    made = {}
    for name, values in columns.items():
        of = types[next((type(v) for v in values if v is not None), str)]
        made[name] = pd.Series(pa.array(values, of), dtype=pd.ArrowDtype(of), index=range(2, 2 + size))
    return pd.DataFrame(made, index=pd.RangeIndex(2, 2 + size), columns=list(columns))


def grid(df: pd.DataFrame) -> str:
    """A table in Markdown, with its row numbers."""
    if not len(df.columns):
        return "No column is left."
    columns = [shortest(arrow(df[n])).to_pylist() for n in df.columns]
    lines = ["| row | " + " | ".join(cell(n) for n in df.columns) + " |", "|---" * (len(df.columns) + 1) + "|"]
    for row, *values in zip(df.index, *columns, strict=True):
        lines.append(f"| {row} | " + " | ".join("*missing*" if v is None else cell(v) for v in values) + " |")
    return "\n".join(lines)


def cell(said: str) -> str:
    """Text that is safe inside a Markdown table."""
    return text(said).replace("|", "\\|").replace("\n", " ")


def text(said: str) -> str:
    """Text that is no Markdown and no HTML, apart from code."""
    return said.replace("\\", "\\\\").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


if __name__ == "__main__":
    PAGE.write_text(reference(steps.catalogue), "utf-8")
