"""The command line: ``python -m pipeline run recipe.json in.csv --out out.xlsx``."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from io_utils import ReadError, ReadOptions, WriteError, detect, read, write
from io_utils.options import Read
from pipeline import Recipe, RecipeError, Run, run
from pipeline.report import RunReport, make_report

DONE, FAILED, USAGE, UNREADABLE = 0, 1, 2, 3

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Clean tables with a saved recipe.", pretty_exceptions_enable=False)
err = Console(stderr=True, highlight=False)


@app.callback()
def main() -> None:
    """Clean tables with a saved recipe. Exit codes: 0 done, 1 a step failed, 2 wrong usage, 3 a file cannot be read."""


@app.command("run")
def run_command(
    recipe: Annotated[Path, typer.Argument(help="The recipe saved by the page.")],
    inputs: Annotated[list[str], typer.Argument(help="The file to clean, or NAME=FILE for each table of the recipe.")],
    out: Annotated[Path | None, typer.Option(help="Where the result goes: .csv, .xlsx or .json.")] = None,
    report: Annotated[Path | None, typer.Option(help="Where the report goes, as JSON.")] = None,
    as_of: Annotated[str | None, typer.Option(help="The day that 'last 30 days' counts from, as 2024-01-31.")] = None,
    refit: Annotated[bool | None, typer.Option("--refit/--frozen", help="Work numbers out again, or keep those of the recipe.", show_default="as saved")] = None,
    strict: Annotated[bool, typer.Option(help="Exit 1 also if a step needs a look or values could not be used.")] = False,
) -> None:
    """Run a recipe on new files. Nothing is written if a step fails."""
    try:
        saved = Recipe.parse(recipe.read_bytes())
        files = named_inputs(saved, inputs)
        day = date.fromisoformat(as_of) if as_of else None
    except (OSError, RecipeError, ValueError) as error:
        stop(USAGE, str(error))
    try:
        readings = {name: read_input(saved, name, path) for name, path in files.items()}
    except (ReadError, OSError) as error:
        stop(UNREADABLE, str(error))
    done = run_with_progress(saved, readings, day, refit)
    made = make_report(done, readings)
    if report:
        report.write_text(made.model_dump_json(indent=2) + "\n", "utf-8")
    tell(made)
    if not done.ok:
        stop(FAILED, "Nothing was written.")
    if out:
        try:
            for note in write(done.table, out).notes:
                err.print(f"  {note.text}", markup=False)
        except (WriteError, OSError, ValueError) as error:
            stop(FAILED, str(error))
        err.print(f"Wrote {out}", markup=False)
    if strict and not made.clean:
        stop(FAILED, "Not everything was clean (--strict).")


def named_inputs(recipe: Recipe, inputs: list[str]) -> dict[str, Path]:
    """Table name to file. Raises ValueError if a table has no file or a name is not in the recipe."""
    names = [t.name for t in recipe.tables]
    files = {}
    for given in inputs:
        name, found, path = given.partition("=")
        if not found or (name not in names and Path(given).exists()):
            if len(names) > 1:
                raise ValueError(f"The recipe has {len(names)} tables: name the file of each, as {names[0]}={given}.")
            name, path = names[0], given
        if name not in names:
            raise ValueError(f'The recipe has no table "{name}". It has: {", ".join(names)}.')
        files[name] = Path(path)
    if absent := [n for n in names if n not in files]:
        raise ValueError(f'No file was given for the table "{absent[0]}".')
    return files


def read_input(recipe: Recipe, name: str, path: Path) -> Read:
    """The table's file, read as the recipe says, or as detected."""
    said = recipe.table(name).read
    options = ReadOptions.model_validate(said) if said else detect(path)[0]
    return read(path, options)


def run_with_progress(recipe: Recipe, readings: dict[str, Read], day: date | None, refit: bool | None) -> Run:
    """The run, with a progress line on a terminal and none in a pipe."""
    tables, files = {n: r.table for n, r in readings.items()}, {n: r.digest for n, r in readings.items()}
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True, disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task("Running", total=1.0)
        return run(tables, recipe, files=files, as_of=day, refit=refit, progress=lambda part, text: shown.update(task, completed=part, description=text))


def tell(report: RunReport) -> None:
    """The report in a few lines on standard error."""
    for line in report.lines():
        err.print(line, markup=False)


def stop(code: int, message: str) -> None:
    """Say why, and exit."""
    err.print(message, markup=False, style="red")
    raise typer.Exit(code)


if __name__ == "__main__":
    app()
