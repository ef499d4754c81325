"""What a worker process can be asked to do: read a file, run a recipe, write a download."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, JsonValue

from io_utils import Note, Read, ReadOptions, Source, detect, read, write
from pipeline.keys import reading_key
from pipeline.recipe import Recipe
from pipeline.run import run
from pipeline.shelf import Shelf
from steps.set_types import Proposal, propose

Progress = Callable[[float, str], None]


class ReadNote(BaseModel):
    """What is kept of a reading besides the table."""

    options: ReadOptions
    notes: list[Note]
    sources: list[Source]
    proposals: list[Proposal]
    table: JsonValue
    set_aside: JsonValue


class WriteNote(BaseModel):
    """What is to be said about a written file."""

    notes: tuple[str, ...]


@dataclass(frozen=True)
class Loaded:
    """A file as read, from the shelf: the table, the lines left out, and the types proposed."""

    key: str
    table: pd.DataFrame
    set_aside: pd.DataFrame
    options: ReadOptions
    notes: list[Note]
    sources: list[Source]
    proposals: list[Proposal]


def read_file(args: dict[str, Any], progress: Progress) -> dict[str, JsonValue]:
    """Read ``path`` (called ``name``) with ``options``, or as detected, onto the ``shelf`` under ``key``."""
    path, name = Path(args["path"]), args["name"]
    progress(0.02, "Looking at the file")
    options = ReadOptions.model_validate(args["options"]) if args.get("options") else detect(path, name=name)[0]
    found = read(path, options, name=name, digest=args.get("digest"), progress=lambda done, text: progress(0.05 + 0.6 * done, text))
    progress(0.7, "Looking for numbers and dates")
    proposals = propose(found.table)
    progress(0.85, "Keeping the table")
    keys = {args["key"], reading_key(found.digest, name, found.options)}  # the same when asked for with these options in so many words
    keep_reading(Shelf(Path(args["shelf"])), sorted(keys), found, proposals)
    return {"rows": len(found.table), "columns": found.table.shape[1]}


def keep_reading(shelf: Shelf, keys: list[str], found: Read, proposals: list[Proposal]) -> None:
    """Put a reading on the shelf under each of the keys."""
    note = ReadNote(
        options=found.options,
        notes=found.notes,
        sources=found.sources,
        proposals=proposals,
        table=shelf.save_table(found.table, keys[0]),
        set_aside=shelf.save_table(found.set_aside, f"{keys[0]}-left"),
    )
    for key in keys:
        shelf.write_note(key, note.model_dump(mode="json"))


def load_reading(shelf: Shelf, key: str) -> Loaded | None:
    """A reading from the shelf, mapped; None if it is not there."""
    said = shelf.read_note(key)
    if said is None:
        return None
    try:
        note = ReadNote.model_validate(said)
        table, set_aside = shelf.load_table(note.table), shelf.load_table(note.set_aside)
    except (OSError, ValueError, KeyError, TypeError):  # gone, or damaged
        return None
    return Loaded(key, table, set_aside, note.options, note.notes, note.sources, note.proposals)


def run_recipe(args: dict[str, Any], progress: Progress) -> dict[str, JsonValue]:
    """Run ``recipe`` over the readings ``keys`` (table name to key); every step's result goes onto the ``shelf``."""
    shelf = Shelf(Path(args["shelf"]))
    recipe = Recipe.model_validate_json(args["recipe"])  # not `parse`: a step that cannot run is marked, the others are shown
    tables = {}
    for name, key in args["keys"].items():
        loaded = load_reading(shelf, key)
        if loaded is None:
            raise FileNotFoundError(f"reading {key} is not on the shelf")
        tables[name] = loaded.table
    as_of = date.fromisoformat(args["as_of"]) if args.get("as_of") else None
    done = run(
        tables, recipe, keys=args["keys"], files=args.get("files"), as_of=as_of, results=shelf, refit=args.get("refit"),
        until=args.get("until"), progress=progress, unreadable=args.get("unreadable"),
    )  # fmt: skip
    return {"ok": done.ok}


def write_table(args: dict[str, Any], progress: Progress) -> dict[str, JsonValue]:
    """Write the table noted on the ``shelf`` as ``table`` to ``path`` in ``format``; what to say about it is kept as ``note``."""
    shelf = Shelf(Path(args["shelf"]))
    table = shelf.load_table(shelf.read_note(args["table"]))
    written = write(table, Path(args["path"]), format=args["format"], progress=lambda done: progress(done, "Writing"), **args["options"])
    note = WriteNote(notes=tuple(n.text for n in written.notes))
    shelf.write_note(args["note"], note.model_dump(mode="json"))
    return {}


TASKS = {"read": read_file, "run": run_recipe, "write": write_table}
