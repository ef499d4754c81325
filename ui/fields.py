"""What kind of input a parameter of a step needs, read from its type; and what a form must know of the table."""

import types as builtin
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal, Protocol, Union, get_args, get_origin

import pandas as pd
import pyarrow as pa
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, to_jsonable_python

from steps.arrow import is_number, is_text
from steps.base import ON_ERROR_LABELS, Columns, Role
from steps.conditions import Condition

Json = Any  # a parameter as plain JSON data; its shape is the step's own
Kind = Literal[
    "columns", "column", "table", "choice", "yes_no", "whole", "number", "text", "date", "condition", "column_list", "column_choices",
    "list", "pairs", "other_column", "other_columns", "key_pairs", "matching",
]  # fmt: skip


class FormError(TypeError):
    """A step has a parameter that the form cannot draw; for the developer of the step."""


class Proposed(Protocol):
    """What is proposed for a column: the type, why, and how many values do not fit."""

    @property
    def proposed(self) -> str:
        """The type by name; "text" if it only looks like another."""

    @property
    def evidence(self) -> str:
        """The reason in words."""

    @property
    def exceptions(self) -> int:
        """How many values do not fit."""


@dataclass(frozen=True)
class TableInfo:
    """The table before the step: its columns with Arrow types, the project's other tables, and proposed column types.

    ``table`` is it itself, ``other`` the table that is chosen for a step that reads one, called ``other_name``;
    ``tables_key`` names the content of both.
    """

    columns: Mapping[str, pa.DataType]
    tables: Sequence[str] | Mapping[str, object] = ()
    proposals: Mapping[str, Proposed] = field(default_factory=dict)
    table: pd.DataFrame | None = None
    other: pd.DataFrame | None = None
    other_name: str = ""
    tables_key: str = ""


@dataclass(frozen=True)
class Shape:
    """A type taken apart: what is drawn for it, whether it may be not set, its choices, and what a list holds."""

    kind: Kind
    optional: bool = False
    choices: tuple[str, ...] = ()
    item: Any = None  # the model or type a list or mapping holds
    key: Any = None  # the type of a mapping's keys


@dataclass(frozen=True)
class Entry:
    """What was typed for one parameter: its JSON value, or what is wrong. ``hint`` marks what was not filled in yet."""

    value: Json = None
    problem: str | None = None
    hint: bool = False


def shape(of: Any, metadata: Sequence[object] = ()) -> Shape:
    """What to draw for a type; FormError if nothing is known."""
    of, roles, optional = _bare(of, list(metadata))
    role = next((m.of for m in roles if isinstance(m, Role)), None)
    if role is not None and of is str:
        kinds: dict[str, Kind] = {"column": "column", "table": "table", "other column": "other_column"}
        return Shape(kinds[role], optional)
    if isinstance(of, type) and issubclass(of, BaseModel):
        if of in (Columns, Condition):
            return Shape("columns" if of is Columns else "condition", optional)
        raise FormError(f"no input for the model {of.__name__}")
    if get_origin(of) is Literal:
        return Shape("choice", optional, tuple(get_args(of)))
    simple: dict[Any, Kind] = {bool: "yes_no", int: "whole", float: "number", str: "text", date: "date"}
    if of in simple:
        return Shape(simple[of], optional)
    return _holding(of, optional)


def _holding(of: Any, optional: bool) -> Shape:
    """The shape of a list, a tuple of any length, or a mapping."""
    origin, args = get_origin(of), get_args(of)
    if origin is dict:
        if _names_other(args[0]):
            return Shape("matching", optional)
        value, _, _ = _bare(args[1], [])
        if get_origin(value) is Literal:
            return Shape("column_choices", optional, tuple(get_args(value)))
        return Shape("pairs", optional, item=args[1], key=args[0])
    if origin is list or (origin is tuple and len(args) == 2 and args[1] is Ellipsis):
        item, roles, _ = _bare(args[0], [])
        if any(isinstance(m, Role) and m.of == "column" for m in roles):
            return Shape("column_list", optional)
        if _names_other(args[0]):
            return Shape("other_columns", optional)
        if isinstance(item, type) and issubclass(item, BaseModel) and any(OTHER in f.metadata for f in item.model_fields.values()):
            return Shape("key_pairs", optional, item=args[0])
        if item in (str, int, float, date) or (isinstance(item, type) and issubclass(item, BaseModel)):
            return Shape("list", optional, item=args[0])
    raise FormError(f"no input for the type {of}")


OTHER = Role("other column")


def _names_other(of: Any) -> bool:
    """Whether a type names a column of the table that the step reads."""
    return OTHER in _bare(of, [])[1]


def _bare(of: Any, metadata: list[object]) -> tuple[Any, list[object], bool]:
    """A type without Annotated and None, what was annotated, and whether None is allowed."""
    optional = False
    while True:
        if get_origin(of) is Annotated:
            of, *more = get_args(of)
            metadata = [*metadata, *more]
        elif get_origin(of) in (Union, builtin.UnionType):
            parts = [p for p in get_args(of) if p is not type(None)]
            optional = optional or len(parts) < len(get_args(of))
            if {_bare(p, [])[0] for p in parts} == {int, float}:
                parts = [float]
            if len(parts) != 1:
                raise FormError(f"no input for the choice of types {of}")
            of = parts[0]
        else:
            return of, metadata, optional


def extra(info: FieldInfo) -> dict[str, Any]:
    """What the step says about drawing the field: ``labels``, ``more``, ``when``, ``lines``, ``key``, ``value``."""
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def default(info: FieldInfo) -> Json:
    """The field's default as JSON data, None if it has none."""
    value = info.get_default(call_default_factory=True)
    return None if value is PydanticUndefined else to_jsonable_python(value)


def title(name: str, info: FieldInfo) -> str:
    """The label of a field."""
    return info.title or name.replace("_", " ").capitalize()


WORDS = {
    "text": "text", "integer": "whole number", "exact": "exact decimal", "number": "number", "yes_no": "yes/no", "date": "date",
    "datetime": "date and time",
}  # fmt: skip


def choice_labels(choices: Sequence[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Plain words for the values of a choice: those the step gives, the usual ones, else the value itself."""
    usual: Mapping[str, object] = ON_ERROR_LABELS if set(choices) == set(ON_ERROR_LABELS) else WORDS
    return {c: str((given or {}).get(c) or usual.get(c) or str(c).replace("_", " ")) for c in choices}


def type_words(of: pa.DataType | None) -> str:
    """What a column holds, in the words of the choices of types."""
    if of is None:
        return "not in the table"
    checks: dict[str, Callable[[pa.DataType], bool]] = {
        "text": is_text, "integer": pa.types.is_integer, "exact": pa.types.is_decimal, "number": is_number, "yes_no": pa.types.is_boolean,
        "date": pa.types.is_date, "datetime": pa.types.is_timestamp,
    }  # fmt: skip
    return next((WORDS[name] for name, check in checks.items() if check(of)), str(of))
