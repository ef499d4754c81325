"""What a worker process can be asked to do: read a file, run a recipe, write a download."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, JsonValue, ValidationError

from io_utils import Note, Read, ReadOptions, Source, detect, read, write
from io_utils.facts import Facts
from pipeline.keys import reading_key, stack_key
from pipeline.profile import ColumnProfile, Profile, profile
from pipeline.recipe import Recipe
from pipeline.run import run
from pipeline.shelf import Shelf
from pipeline.similar import find_similar
from pipeline.spellings import group_spellings
from pipeline.stacking import StackOptions, stacked
from pipeline.suggestions import Suggestion, suggest
from pipeline.view import seen, texts
from steps.arrow import arrow
from steps.set_types import Proposal, propose

Progress = Callable[[float, str], None]


class PartNote(BaseModel):
    """What is known of one of the files or sheets that were stacked: how it was read, its own columns, rows and lines left out."""

    file: str
    options: ReadOptions
    columns: tuple[str, ...]
    examples: tuple[str, ...]
    rows: int
    left_out: int

    @property
    def place(self) -> str:
        """The file, with the sheet if there is one."""
        sheet = self.options.sheet
        return f'{self.file} sheet "{sheet.name}"' if sheet is not None else self.file


class ReadNote(BaseModel):
    """What is kept of a reading besides the table."""

    options: ReadOptions
    notes: list[Note]
    sources: list[Source]
    proposals: list[Proposal]
    table: JsonValue
    set_aside: JsonValue
    parts: list[PartNote] = []
    facts: Facts = Facts()


class Overview(BaseModel):
    """A table looked at: what its columns hold, and the steps that could clean it."""

    profile: Profile
    suggestions: list[Suggestion]


class WriteNote(BaseModel):
    """What is to be said about a written file."""

    notes: tuple[str, ...]


@dataclass(frozen=True)
class Loaded:
    """A file as read, from the shelf: the table, the lines left out, and the types proposed; ``parts`` if several were stacked."""

    key: str
    table: pd.DataFrame
    set_aside: pd.DataFrame
    options: ReadOptions
    notes: list[Note]
    sources: list[Source]
    proposals: list[Proposal]
    parts: tuple[PartNote, ...] = ()
    facts: Facts = field(default_factory=Facts)


def read_file(args: dict[str, Any], progress: Progress) -> dict[str, JsonValue]:
    """Read ``path`` (called ``name``) with ``options``, or as detected, onto the ``shelf`` under ``key``."""
    path, name = Path(args["path"]), args["name"]
    progress(0.02, "Looking at the file")
    options = _options(args)
    found = read(
        path, options, name=name, digest=args.get("digest"), password=args.get("password"),
        progress=lambda done, text: progress(0.05 + 0.6 * done, text),
    )  # fmt: skip
    progress(0.7, "Looking for numbers and dates")
    proposals = propose(found.table)
    progress(0.85, "Keeping the table")
    keep_reading(Shelf(Path(args["shelf"])), args["key"], reading_key(found.digest, name, found.options), found, proposals)
    return {"rows": len(found.table), "columns": found.table.shape[1]}


def _options(args: dict[str, Any]) -> ReadOptions:
    """How a file is to be read: as asked, or as detected."""
    if args.get("options"):
        return ReadOptions.model_validate(args["options"])
    return detect(Path(args["path"]), name=args["name"], password=args.get("password"))[0]


def read_stacked(args: dict[str, Any], progress: Progress) -> dict[str, JsonValue]:
    """Read each of ``parts`` (path, name, digest, options, key) and stack them as ``stack`` says, onto the ``shelf`` under ``key``.

    A part that was read before is taken from the shelf, so that another way to stack reads nothing again.
    """
    shelf = Shelf(Path(args["shelf"]))
    parts = args["parts"]
    reads = [_part(shelf, part, _share(progress, 0.7 * at / len(parts), 0.7 / len(parts))) for at, part in enumerate(parts)]
    progress(0.72, "Stacking")
    options = StackOptions.model_validate(args["stack"])
    found = stacked(reads, options)
    found.facts = Facts.together([r.facts for r in reads])
    progress(0.8, "Looking for numbers and dates")
    proposals = propose(found.table)
    progress(0.9, "Keeping the table")
    read_as = [reading_key(part["digest"], part["name"], r.options) for part, r in zip(parts, reads, strict=True)]
    keep_reading(shelf, args["key"], stack_key(read_as, options), found, proposals, [_part_note(r) for r in reads])
    return {"rows": len(found.table), "columns": found.table.shape[1]}


def _share(progress: Progress, start: float, size: float) -> Progress:
    """The progress of one part as a share of the whole."""
    return lambda done, text: progress(start + size * done, text)


def part_key(key: str) -> str:
    """The key under which a file is kept that was read to be stacked: no types are proposed for it."""
    return f"part-{key}"


def _part(shelf: Shelf, args: dict[str, Any], progress: Progress) -> Read:
    """One of the files or sheets to stack, read or from the shelf."""
    key = part_key(args["key"])
    known = load_reading(shelf, key)
    if known is None:
        path, name = Path(args["path"]), args["name"]
        options = _options(args)
        found = read(path, options, name=name, digest=args["digest"], progress=progress, password=args.get("password"))
        keep_reading(shelf, key, part_key(reading_key(found.digest, name, found.options)), found, [])
        return found
    return Read(known.table, known.options, known.set_aside, known.notes, known.sources, args["digest"], known.facts)


def _part_note(found: Read) -> PartNote:
    table = found.table
    examples = tuple(_example(table[name]) for name in table.columns)
    return PartNote(
        file=found.sources[0].file, options=found.options, columns=tuple(table.columns), examples=examples, rows=len(table),
        left_out=len(found.set_aside),
    )  # fmt: skip


def _example(values: pd.Series, most: int = 3, longest: int = 24) -> str:
    """The first few different values of a column, as a cell shows them."""
    some = texts(arrow(values.iloc[:200])).to_pylist()
    different = list(dict.fromkeys(seen(v) for v in some if v is not None))[:most]
    return ", ".join(v if len(v) <= longest else v[: longest - 1] + "…" for v in different)


def keep_reading(
    shelf: Shelf, asked: str, found_as: str, found: Read, proposals: list[Proposal], parts: Sequence[PartNote] = ()
) -> None:
    """Put a reading on the shelf under the key it was asked for by, and under that of the options it was found to be read with.

    What differs from the options asked for is said under the first alone: read as found, nothing differs.
    """
    keys = sorted({asked, found_as})
    note = ReadNote(
        options=found.options,
        notes=found.notes,
        sources=found.sources,
        proposals=proposals,
        table=shelf.save_table(found.table, keys[0]),
        set_aside=shelf.save_table(found.set_aside, f"{keys[0]}-left"),
        facts=found.facts,
        parts=list(parts),
    )
    same = note.model_copy(update={"facts": found.facts.model_copy(update={"differences": ()})})
    for key in keys:
        shelf.write_note(key, (note if key == asked else same).model_dump(mode="json"))


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
    return Loaded(key, table, set_aside, note.options, note.notes, note.sources, note.proposals, tuple(note.parts), note.facts)


def run_recipe(args: dict[str, Any], progress: Progress) -> dict[str, JsonValue]:
    """Run ``recipe`` over the readings ``keys`` (table name to key); every step's result goes onto the ``shelf``."""
    shelf = Shelf(Path(args["shelf"]))
    recipe = Recipe.model_validate_json(args["recipe"])  # not `parse`: a step that cannot run is marked, the others are shown
    tables, sources = {}, {}
    for name, key in args["keys"].items():
        loaded = load_reading(shelf, key)
        if loaded is None:
            raise FileNotFoundError(f"reading {key} is not on the shelf")
        tables[name], sources[name] = loaded.table, loaded.sources
    as_of = date.fromisoformat(args["as_of"]) if args.get("as_of") else None
    done = run(
        tables, recipe, keys=args["keys"], files=args.get("files"), as_of=as_of, results=shelf, refit=args.get("refit"),
        until=args.get("until"), progress=progress, unreadable=args.get("unreadable"), sources=sources,
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


class ShelfProfiles:
    """Profiles of columns kept on a shelf under the digest of their content."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def get(self, key: str) -> ColumnProfile | None:
        """The profile kept under the key; one that cannot be read any more counts as not there."""
        said = self.shelf.read_note(f"column-{key}")
        try:
            return None if said is None else ColumnProfile.model_validate(said)
        except ValidationError:
            return None

    def put(self, key: str, made: ColumnProfile) -> None:
        """Keep a profile under the key."""
        self.shelf.write_note(f"column-{key}", made.model_dump(mode="json"))


def look_at(args: dict[str, Any], progress: Progress) -> dict[str, JsonValue]:
    """Profile the table noted on the ``shelf`` as ``table`` and try what could clean it; kept there as ``note``."""
    shelf = Shelf(Path(args["shelf"]))
    table = shelf.load_table(shelf.read_note(args["table"]))
    progress(0.05, "Looking at every column")
    known = profile(table, ShelfProfiles(shelf))
    progress(0.6, "Looking for what could be cleaned")
    shelf.write_note(args["note"], Overview(profile=known, suggestions=suggest(table, known)).model_dump(mode="json"))
    return {}


TASKS = {
    "read": read_file, "stack": read_stacked, "run": run_recipe, "write": write_table, "look": look_at, "spellings": group_spellings,
    "similar": find_similar,
}  # fmt: skip
