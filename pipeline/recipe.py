"""The recipe: tables and their steps as plain data, saved as JSON."""

import json
import secrets
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

import steps
from steps.base import Role, Step
from steps.conditions import Condition

VERSION = 1


class RecipeError(Exception):
    """A recipe cannot be used: which step or parameter, what is wrong, what to do."""


class Budget(BaseModel):
    """How much a step may take before it "needs a look" or stops the run; None means no limit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    removed_share: float | None = Field(None, ge=0, le=1)
    rejected: int | None = Field(None, ge=0)
    action: Literal["warn", "stop"] = "warn"


class Repair(BaseModel):
    """A value that the step could not use, mended by hand: put into the step's input while the old value stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    row: int
    column: str
    was: str | None
    value: str | None


class RecipeStep(BaseModel):
    """A step in its envelope; everything but ``params`` is the same for every step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    step: str
    step_version: int = 1
    on: bool = True
    note: str = ""
    params: dict[str, JsonValue] = Field(default_factory=dict)
    where: Condition | None = None
    if_missing_column: Literal["stop", "skip"] = "stop"
    budget: Budget | None = None
    fitted: JsonValue = None
    fitted_for: str | None = None
    use: Literal["frozen", "refit"] = "refit"
    repairs: tuple[Repair, ...] = ()

    def kind(self) -> type[Step]:
        """The step's class. Raises RecipeError if no such step is installed."""
        if found := steps.catalogue.get(self.step):
            return found
        why = next((f" Its module could not be loaded: {v}." for k, v in steps.broken.items() if k.endswith(f".{self.step}")), "")
        raise RecipeError(f'Step "{self.step}" is not known here.{why} Install it, or remove the step from the recipe.')

    def build(self) -> Step:
        """The step with its parameters. Raises RecipeError naming the parameter and its value."""
        kind = self.kind()
        if self.step_version > kind.version:
            known = f"this program knows version {kind.version}. Update the program."
            raise RecipeError(f'Step "{self.step}" is version {self.step_version} in the recipe; {known}')
        try:
            return kind.model_validate_json(json.dumps(self.params))
        except ValidationError as error:
            raise RecipeError(f"{kind.label}: {validation_message(error)}") from error


class TableRecipe(BaseModel):
    """One named table: how its file is read, what is expected of it, and its steps."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    read: dict[str, JsonValue] = Field(default_factory=dict)
    expects: dict[str, JsonValue] = Field(default_factory=dict)
    steps: tuple[RecipeStep, ...] = ()


class Recipe(BaseModel):
    """Named tables with their steps; ``result`` is the one that is downloaded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = VERSION
    result: str
    tables: tuple[TableRecipe, ...]

    @classmethod
    def parse(cls, data: str | bytes | dict[str, Any]) -> "Recipe":
        """A recipe from its JSON. Raises RecipeError naming what is wrong and where."""
        try:
            raw = json.loads(data) if isinstance(data, str | bytes) else data
        except (ValueError, RecursionError) as error:
            raise RecipeError(f"The recipe is not JSON: {error}.") from error
        if not isinstance(raw, dict) or "tables" not in raw:
            raise RecipeError("This file is not a recipe: it has no tables.")
        if isinstance(raw.get("version"), int) and raw["version"] > VERSION:
            raise RecipeError(f"The recipe has version {raw['version']}; this program reads up to version {VERSION}. Update the program.")
        try:
            recipe = cls.model_validate_json(json.dumps(raw))
        except ValidationError as error:
            raise RecipeError(f"The recipe cannot be read: {validation_message(error)}") from error
        recipe.check()
        return recipe

    def dump(self) -> str:
        """The recipe as indented JSON."""
        return self.model_dump_json(indent=2) + "\n"

    def table(self, name: str) -> TableRecipe:
        """The table of that name. Raises RecipeError if there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise RecipeError(f'The recipe has no table "{name}". It has: {", ".join(t.name for t in self.tables)}.')

    def with_steps(self, name: str, changed: tuple[RecipeStep, ...]) -> "Recipe":
        """The recipe with other steps for one table."""
        tables = tuple(t.model_copy(update={"steps": changed}) if t.name == name else t for t in self.tables)
        return self.model_copy(update={"tables": tables})

    def check(self) -> None:
        """Raises RecipeError for a missing result, repeated names or ids, unknown steps or parameters, and cycles."""
        names = [t.name for t in self.tables]
        if len(set(names)) < len(names):
            raise RecipeError("Two tables of the recipe have the same name.")
        self.table(self.result)
        ids = [s.id for t in self.tables for s in t.steps]
        if again := {i for i in ids if ids.count(i) > 1}:
            raise RecipeError(f'Two steps of the recipe have the id "{min(again)}".')
        for table in self.tables:
            for number, step in enumerate(table.steps, 1):
                try:
                    step.build()
                except RecipeError as error:
                    raise RecipeError(f"Step {number}: {error}") from error
        self.order()

    def order(self) -> list[str]:
        """Table names, each after the tables its steps read. Raises RecipeError for a cycle or an unknown table."""
        reads = {t.name: sorted({n for s in t.steps if s.on for n in tables_read(s)}) for t in self.tables}
        done: list[str] = []

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in done:
                return
            if name in path:
                raise RecipeError(f"Tables cannot look each other up in a circle: {' → '.join([*path, name])}.")
            self.table(name)
            for other in reads[name]:
                visit(other, (*path, name))
            done.append(name)

        for name in reads:
            visit(name, ())
        return done


def fields_of(step: type[Step], role: Literal["column", "table"]) -> list[str]:
    """Names of the step's parameters that name a column or a table."""
    return [n for n, f in step.model_fields.items() if any(isinstance(m, Role) and m.of == role for m in f.metadata)]


def tables_read(step: RecipeStep) -> list[str]:
    """Names of the other tables a step reads; none if the step is not known."""
    kind = steps.catalogue.get(step.step)
    return [v for f in (fields_of(kind, "table") if kind else []) if isinstance(v := step.params.get(f), str)]


def renamed_table(recipe: Recipe, old: str, new: str) -> Recipe:
    """The recipe with another name for a table, in the steps that read it, too."""

    def step(one: RecipeStep) -> RecipeStep:
        kind = steps.catalogue.get(one.step)
        named = {f: new for f in (fields_of(kind, "table") if kind else []) if one.params.get(f) == old}
        return one.model_copy(update={"params": {**one.params, **named}}) if named else one

    tables = tuple(
        t.model_copy(update={"name": new if t.name == old else t.name, "steps": tuple(step(s) for s in t.steps)}) for t in recipe.tables
    )
    return recipe.model_copy(update={"result": new if recipe.result == old else recipe.result, "tables": tables})


def reads_of(recipe: Recipe, name: str) -> set[str]:
    """The tables that a table reads, directly or not, by steps that are on or off."""
    found: set[str] = set()
    left = [name]
    while left:
        one = left.pop()
        new = {n for s in recipe.table(one).steps for n in tables_read(s)} - found
        found |= new
        left += [n for n in new if n in {t.name for t in recipe.tables}]
    return found


def new_step(name: str, params: dict[str, JsonValue] | None = None, **envelope: Any) -> RecipeStep:
    """A step with a fresh id; one that may remove rows warns from 20 % on."""
    kind = steps.catalogue[name]
    budget = Budget(removed_share=0.2) if kind.may_remove else None
    fresh = {"id": secrets.token_hex(6), "step_version": kind.version, "budget": budget}
    return RecipeStep(step=name, params=params or {}, **{**fresh, **envelope})


def schema() -> dict[str, JsonValue]:
    """The JSON Schema of a recipe."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Recipe", **Recipe.model_json_schema()}


def validation_message(error: ValidationError) -> str:
    """The first problems of a validation in plain words: parameter, what is wrong, the value given."""
    said = []
    for e in error.errors()[:3]:
        place = ".".join(str(p) for p in e["loc"]) or "settings"
        if e["type"] == "extra_forbidden":
            said.append(f'parameter "{place}" is not known')
        elif e["type"] == "missing":
            said.append(f'parameter "{place}" is missing')
        else:
            message = str(e["ctx"]["error"]) if e["type"] == "value_error" and "error" in e.get("ctx", {}) else e["msg"]
            given = f" (given: {e['input']!r})" if isinstance(e["input"], str | int | float) and len(str(e["input"])) <= 80 else ""
            said.append(f'parameter "{place}": {message}{given}' if e["loc"] else message)
    return "; ".join(said).rstrip(".") + "."
