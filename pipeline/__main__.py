"""The command line: ``python -m pipeline run recipe.json in.csv --out out.xlsx``."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from io_utils import ReadError, ReadOptions, WriteError, write
from io_utils.errors import PasswordNeeded, WrongPassword
from io_utils.options import Read
from pipeline import Recipe, RecipeError, Run, run
from pipeline.recipe import validation_message
from pipeline.report import make_report
from pipeline.run import needed
from pipeline.stacking import StackRule, read_files
from steps.base import listing

FORMATS = ("csv", "xlsx", "json")
PASSWORD = "WORKBENCH_FILE_PASSWORD"  # of protected workbooks: not an option, which others on the computer could see
DONE, FAILED, USAGE, UNREADABLE = 0, 1, 2, 3

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Clean tables with a saved recipe.", pretty_exceptions_enable=False)
err = Console(stderr=True, highlight=False)


@app.callback()
def main() -> None:
    """Clean tables with a saved recipe. Exit codes: 0 done, 1 a step failed, 2 wrong usage, 3 a file cannot be read."""


@app.command("run")
def run_command(
    recipe: Annotated[Path, typer.Argument(help="The recipe saved by the page.")],
    inputs: Annotated[
        list[str], typer.Argument(help="The file to clean, or several to stack; NAME=FILE for each table of a recipe of several.")
    ],
    out: Annotated[Path | None, typer.Option(help="Where the result goes: .csv, .xlsx or .json.")] = None,
    report: Annotated[Path | None, typer.Option(help="Where the report goes, as JSON.")] = None,
    as_of: Annotated[str | None, typer.Option(help="The day that 'last 30 days' counts from, as 2024-01-31; otherwise today.")] = None,
    refit: Annotated[
        bool | None, typer.Option("--refit/--frozen", help="Work numbers out again, or keep those of the recipe.", show_default="as saved")
    ] = None,
    strict: Annotated[
        bool, typer.Option(help="Exit 1 also if a file is not as last time, a step needs a look, or values could not be used.")
    ] = False,
) -> None:
    """Run a recipe on new files. No result is written if a step fails; the report is.

    The password of a protected workbook is taken from the environment variable WORKBENCH_FILE_PASSWORD.
    """
    try:
        saved = Recipe.parse(recipe.read_bytes())
        files = named_inputs(saved, inputs)
        options = {name: reading_options(saved, name) for name in files}
        day = day_of(as_of)
        if out and out.suffix.lower().removeprefix(".") not in FORMATS:
            raise ValueError(f'--out: "{out.name}" does not end in {listing([f".{f}" for f in FORMATS])}.')
    except OSError as error:
        stop(USAGE, f"{recipe}: the recipe cannot be read ({error.strerror or error}).")
    except (RecipeError, ValueError) as error:
        stop(USAGE, str(error))
    try:
        password = os.environ.get(PASSWORD)
        readings = {name: read_files(paths, options[name], password=password) for name, paths in files.items()}
    except WrongPassword as error:
        stop(UNREADABLE, f"{error} It was taken from {PASSWORD}.")
    except PasswordNeeded as error:
        stop(UNREADABLE, f"{error} On the command line the password of a workbook is taken from {PASSWORD}.")
    except ReadError as error:
        stop(UNREADABLE, str(error))
    except OSError as error:
        stop(UNREADABLE, f"{error.filename}: the file cannot be read ({error.strerror or error}).")
    differing = [f"{found.sources[0].file}: {d.sentence}" for found in readings.values() for d in found.facts.differences]
    say(*differing)
    if strict and differing:
        stop(FAILED, "The file is not as it was when the recipe was saved (--strict). No result was written.")
    done = run_with_progress(saved, readings, day, refit)
    made = make_report(done, readings)
    say(*made.lines())
    try:
        if report:
            report.write_text(made.model_dump_json(indent=2) + "\n", "utf-8")
        if not (done.ok and made.accounted):
            stop(FAILED, "No result was written.")
        if out:
            say(*(f"  {note.text}" for note in write(done.table, out).notes), f"Wrote {out}")
    except WriteError as error:
        stop(FAILED, str(error))
    except OSError as error:
        stop(FAILED, f"{error.filename}: the file cannot be written ({error.strerror or error}).")
    if strict and not made.clean:
        stop(FAILED, "Not everything was clean (--strict).")


def named_inputs(recipe: Recipe, inputs: list[str]) -> dict[str, list[Path]]:
    """Table name to its files. Raises ValueError if a table that is needed has none or a name is not in the recipe."""
    names = [t.name for t in recipe.tables]
    wanted = needed(recipe)
    files: dict[str, list[Path]] = {}
    for given in inputs:
        name, found, path = given.partition("=")
        if not found or (name not in names and Path(given).exists()):
            if len(names) > 1:
                raise ValueError(f"The recipe has {len(names)} tables: name the file of each, as {names[0]}={given}.")
            name, path = recipe.result, given
        if name not in names:
            raise ValueError(f'The recipe has no table "{name}". It has: {", ".join(names)}.')
        if Path(path) in files.get(name, []):
            raise ValueError(f'The file {path} was given twice for the table "{name}".')
        files.setdefault(name, []).append(Path(path))
    if absent := [n for n in wanted if n not in files]:
        raise ValueError(f'No file was given for the table "{absent[0]}".')
    return {name: files[name] for name in names if name in files and name in wanted}


def reading_options(recipe: Recipe, name: str) -> ReadOptions | StackRule | None:
    """How the recipe says the table's files are read; None: as detected. Raises ValueError if it cannot be understood."""
    said = recipe.table(name).read
    try:
        if not said:
            return None
        return StackRule.model_validate(said) if "first" in said else ReadOptions.model_validate(said)
    except ValidationError as error:
        raise ValueError(f'How the file of the table "{name}" is read cannot be understood: {validation_message(error)}') from error


def day_of(text: str | None) -> date:
    """The day given, or today. Raises ValueError."""
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise ValueError(f'--as-of: "{text}" is not a day. Write it as 2024-01-31.') from error


def run_with_progress(recipe: Recipe, readings: dict[str, Read], day: date | None, refit: bool | None) -> Run:
    """The run, with a progress line on a terminal and none in a pipe."""
    tables, files = {n: r.table for n, r in readings.items()}, {n: r.digest for n, r in readings.items()}
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True, disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task("Running", total=1.0)

        def tell(part: float, text: str) -> None:
            shown.update(task, completed=part, description=text)

        sources = {n: r.sources for n, r in readings.items()}
        return run(tables, recipe, files=files, as_of=day, refit=refit, progress=tell, sources=sources)


def say(*lines: str) -> None:
    """Lines on standard error, not broken at the width of a terminal."""
    for line in lines:
        err.print(line, markup=False, soft_wrap=True)


def stop(code: int, message: str) -> NoReturn:
    """Say why, and exit."""
    err.print(message, markup=False, style="red", soft_wrap=True)
    raise typer.Exit(code)


if __name__ == "__main__":
    app()
