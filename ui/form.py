"""The form of a step, drawn from the types of its parameters. Nothing typed here changes the project: the values come back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import streamlit as st
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from pipeline.parse import ParseError, parse_cell
from steps.base import Columns, Step
from ui import condition_grid, functions, list_grid, lookup, named_like, types_grid
from ui.fields import Entry, FormError, Json, Shape, TableInfo, choice_labels, default, extra, shape, title, type_words
from ui.words import plain

FEW = 4  # choices up to here stand side by side
SHORT = 36  # characters of choices that fit on one line
NOT_SET = "not set"
LAST = ""  # where what concerns no single field is said: below the fields that are in sight
THESE, MATCHING = "these", "matching"
CHOICES = {
    THESE: "These columns", "all": "All columns", "text": "All text columns", "number": "All number columns", "date": "All date columns",
    "boolean": "All yes/no columns", MATCHING: "Columns with names like…",
}  # fmt: skip


@dataclass(frozen=True)
class FormResult:
    """The parameters as JSON data, or None and what is wrong (first the field's label)."""

    params: dict[str, Json] | None
    errors: list[str]
    gap: str | None = None  # key of the first widget that is still to be filled in


@dataclass(frozen=True)
class Input:
    """One parameter to draw: its label and help, its type, the value it starts with, and its widget's key."""

    label: str
    help: str | None
    shape: Shape
    value: Json
    key: str
    says: Mapping[str, Any]
    start: Json  # the field's own default

    @property
    def labels(self) -> dict[str, str]:
        """Plain words for the choices."""
        return choice_labels(self.shape.choices, self.says.get("labels"))


def draw(step_class: type[Step], params: dict[str, Json], info: TableInfo, key: str) -> FormResult:
    """The form of a step; the parameters as they stand in it, checked by the step.

    ``params`` (missing ones take their default) fill the form when it is first drawn under ``key``; widgets are keyed
    ``{key}-{field}``. A field's ``json_schema_extra`` may hold: ``labels`` of its choices; ``more``: folded away;
    ``when``: {other field: values} in which alone it is drawn; ``lines``: long text; ``key``, ``value``: heads of pairs,
    ``paste``: these may be pasted or loaded;
    ``functions``: a list of functions is offered; ``example`` stands in an empty text; ``some``: columns of which at least one
    is to be chosen; ``first``: how many choices come first, the others behind "More methods"; ``elsewhere``: it is chosen
    outside the form.
    Raises FormError if a parameter has a type that nothing is known for.
    """
    fields = step_class.model_fields
    inputs = {name: _input(name, field, params, key) for name, field in fields.items()}
    folded = [name for name in fields if inputs[name].says.get("more")]
    entries: dict[str, Entry] = {}
    slots: dict[str, Any] = {}
    for name in fields:
        if name not in folded:
            _draw_one(name, inputs[name], info, entries, slots)
    slots[LAST] = st.container()
    if folded:
        with st.expander("More options", key=f"{key}-more"):
            for name in folded:
                _draw_one(name, inputs[name], info, entries, slots)
    start = st.session_state.setdefault(f"wb_start-{key}", entries)
    return _checked(step_class, inputs, entries, slots if entries != start else {})  # nothing is wrong before anything is typed


def _input(name: str, field: FieldInfo, params: Mapping[str, Json], key: str) -> Input:
    start = default(field)
    return Input(
        label=title(name, field),
        help=field.description,
        shape=shape(field.annotation, field.metadata),
        value=params.get(name, start),
        key=f"{key}-{name}",
        says=extra(field),
        start=start,
    )


def _draw_one(name: str, of: Input, info: TableInfo, entries: dict[str, Entry], slots: dict[str, Any]) -> None:
    wanted: Mapping[str, list[Json]] = of.says.get("when", {})
    if any(other in entries and entries[other].value not in values for other, values in wanted.items()):
        entries[name] = Entry(of.start)
        return
    if of.says.get("elsewhere"):
        entries[name] = Entry(of.value)
        return
    entries[name] = DRAW[of.shape.kind](of, info)
    slots[name] = st.container()


def _checked(step_class: type[Step], inputs: Mapping[str, Input], entries: Mapping[str, Entry], slots: Mapping[str, Any]) -> FormResult:
    """The step's own word on the values, each problem shown beside its field."""
    errors = []
    for name, entry in entries.items():
        if entry.problem is not None:
            errors.append(f"{inputs[name].label}: {entry.problem}")
            _beside(slots.get(name), inputs[name], entry)
    if errors:
        return FormResult(None, errors, _widget(next(inputs[n] for n, entry in entries.items() if entry.problem is not None)))
    params = {name: entry.value for name, entry in entries.items()}
    try:
        return FormResult(step_class.model_validate(params).model_dump(mode="json"), [])
    except ValidationError as error:
        gaps = []
        for one in error.errors():
            name = str(one["loc"][0]) if one["loc"] else ""
            gaps += [name] if name in inputs else []
            words = in_words(one)
            errors.append(f"{inputs[name].label}: {words}" if name in inputs else words)
            _beside(slots.get(name) or slots.get(LAST), inputs.get(name), Entry(problem=words, hint=error_is_gap(one)))
    return FormResult(None, errors, _widget(inputs[gaps[0]]) if gaps else None)


def _widget(of: Input) -> str:
    return f"{of.key}-names" if of.shape.kind == "columns" else of.key


def _beside(slot: Any, of: Input | None, entry: Entry) -> None:
    """A problem below its field. A condition shows its own; what is only not filled in yet, the empty field says."""
    if entry.hint or slot is None or (of is not None and of.shape.kind == "condition"):
        return
    slot.markdown(f":red[:small[{plain(entry.problem, 600)}]]")


PROBLEMS = {
    "greater_than_equal": "Write {ge} or more.", "greater_than": "Write a number above {gt}.", "less_than_equal": "Write {le} or less.",
    "less_than": "Write a number below {lt}.", "string_too_short": "Fill this in.", "too_short": "Add at least {min_length}.",
    "string_too_long": "At most {max_length} characters.", "too_long": "At most {max_length}.", "missing": "Fill this in.",
    "finite_number": "Write a finite number.", "string_type": "Fill this in.", "int_type": "Fill this in.", "float_type": "Fill this in.",
    "literal_error": "Choose one of: {expected}.", "string_pattern_mismatch": "This is not written as it must be.",
}  # fmt: skip


def error_is_gap(error: Mapping[str, Any]) -> bool:
    """Whether something is only not filled in yet."""
    return error["type"] in GAPS and error.get("input") in (None, "", [], {}, ())


GAPS = {"missing", "string_too_short", "too_short", "string_type", "int_type", "float_type"}


def in_words(error: Mapping[str, Any]) -> str:
    """One validation error in plain words."""
    if error["type"] == "value_error":
        said = str(error["ctx"]["error"]).rstrip(".")
        return said[:1].upper() + said[1:] + "."
    template = PROBLEMS.get(error["type"])
    ctx = {name: _plain_number(value) for name, value in error.get("ctx", {}).items()}
    return template.format(**ctx) if template else f"{error['msg'].rstrip('.')}."


def _columns(of: Input, info: TableInfo) -> Entry:
    value, start = Columns.model_validate(of.value or {}), Columns.model_validate(of.start or {})
    offered = [THESE, *(CHOICES if start.kind == "all" else {start.kind: "", MATCHING: ""})]
    chosen = THESE if value.names is not None else value.kind if value.pattern is None else MATCHING
    offered = list(dict.fromkeys([*offered, chosen]))
    may_be_none = of.shape.optional or (start.names == () and not of.says.get("some"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key=f"wide-{of.key}"):
        picked = st.selectbox(
            of.label, offered, index=offered.index(chosen), format_func=CHOICES.__getitem__, key=f"{of.key}-kind", help=of.help
        )
        named = picked == THESE
        typed = named_like.ask(value.pattern, f"{of.key}-pattern") if picked == MATCHING else None
        held = list((value.names if named else value.exclude) or ())
        names = st.multiselect(
            "Columns" if named else "Except",
            [*info.columns, *(n for n in held if n not in info.columns)],
            default=held,
            format_func=lambda n: column_label(n, info),
            key=f"{of.key}-{'names' if named else 'except'}",
            placeholder="Choose columns" if named and not may_be_none else "none",
            select_all=False,  # "All columns" stands in the list beside
            wrap=True,
            label_visibility="collapsed" if named else "visible",
        )
    if named:
        if not names and not may_be_none:
            return Entry(problem="Choose at least one column.", hint=True)
        return Entry({"names": names})
    if typed is None:
        return Entry({"kind": picked, "exclude": names})
    return named_like.draw(typed, value.kind if value.names is None else start.kind, names, info)


def column_label(name: str, info: TableInfo) -> str:
    """A column with what it holds, for a list of choices."""
    return f"{name} · {type_words(info.columns.get(name))}"


def _column(of: Input, info: TableInfo) -> Entry:
    return _one_of(of, list(info.columns), lambda n: column_label(n, info), "a column")


def _table(of: Input, info: TableInfo) -> Entry:
    return _one_of(of, list(info.tables), str, "a table")


def _one_of(of: Input, options: list[str], label: Callable[[str], str], noun: str) -> Entry:
    options = options if of.value in (None, "") or of.value in options else [*options, of.value]
    index = options.index(of.value) if of.value in options else None
    empty = NOT_SET if of.shape.optional else f"Choose {noun}"
    picked = st.selectbox(of.label, options, index=index, format_func=label, key=of.key, help=of.help, placeholder=empty)
    if picked is None and not of.shape.optional:
        return Entry(problem=f"Choose {noun}.", hint=True)
    return Entry(picked)


def _choice(of: Input, info: TableInfo) -> Entry:
    words = of.labels
    options: list[Json] = [*([None] if of.shape.optional else []), *of.shape.choices]
    index = options.index(of.value) if of.value in options else None
    if of.says.get("first"):
        picked = _usual_first(of)
    elif len(options) <= FEW:
        flat = sum(len(words.get(c, NOT_SET)) for c in options) <= SHORT
        picked = st.radio(
            of.label, options, index=index, format_func=lambda c: words.get(c, NOT_SET), key=of.key, help=of.help, horizontal=flat
        )
    else:
        picked = st.selectbox(of.label, options, index=index, format_func=lambda c: words.get(c, NOT_SET), key=of.key, help=of.help)
    if picked is None and not of.shape.optional:
        return Entry(problem="Choose one.", hint=True)
    return Entry(picked)


def _usual_first(of: Input) -> Json:
    """The usual choices; all of them once asked for."""
    every = f"wb_every-{of.key}"
    usual = [*of.shape.choices[: of.says["first"]], of.value, st.session_state.get(of.key)]
    options = [c for c in of.shape.choices if c in usual or st.session_state.get(every)]
    with st.container(key=f"usual-{of.key}", gap=None):
        picked = st.selectbox(
            of.label, options, index=options.index(of.value) if of.value in options else None, key=of.key, help=of.help,
            format_func=lambda c: of.labels.get(c, NOT_SET),
        )  # fmt: skip
        if len(options) < len(of.shape.choices):
            st.button("More methods", key=f"{of.key}-every", type="tertiary", on_click=st.session_state.__setitem__, args=(every, True))
    return picked


def _yes_no(of: Input, info: TableInfo) -> Entry:
    if not of.shape.optional:
        return Entry(st.toggle(of.label, value=bool(of.value), key=of.key, help=of.help))
    options = [None, True, False]
    words = {None: NOT_SET, True: "yes", False: "no"}
    index = options.index(of.value)
    return Entry(st.radio(of.label, options, index=index, format_func=words.__getitem__, key=of.key, help=of.help, horizontal=True))


NUMBERS = {"whole": pa.int64(), "number": pa.float64(), "date": pa.date32()}


def _typed(of: Input, info: TableInfo) -> Entry:
    """A number or a date: typed as text, so that no browser's language changes it, and read strictly."""
    example = "year-month-day, e.g. 2024-05-31" if of.shape.kind == "date" else None
    start = "" if of.value is None else _plain_number(of.value)
    placeholder = NOT_SET if of.shape.optional else example
    text = st.text_input(of.label, value=start, key=of.key, help=of.help, placeholder=placeholder)
    try:
        value = parse_cell(text, NUMBERS[of.shape.kind])
    except ParseError as error:
        return Entry(problem=str(error))
    if value is None:
        return Entry(None) if of.shape.optional else Entry(problem="Fill this in.", hint=True)
    return Entry(value.isoformat() if of.shape.kind == "date" else value)  # type: ignore[union-attr]


def _plain_number(value: Json) -> str:
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _text(of: Input, info: TableInfo) -> Entry:
    start = "" if of.value is None else str(of.value)
    placeholder = of.says.get("example", NOT_SET if of.shape.optional else None)
    if of.says.get("functions"):  # its value may be set by what is put in
        st.session_state.setdefault(of.key, start)
        return functions.calculation(st.text_area(of.label, key=of.key, help=of.help, placeholder=placeholder), info.columns, of.key)
    draw_it = st.text_area if of.says.get("lines") else st.text_input
    text = draw_it(of.label, value=start, key=of.key, help=of.help, placeholder=placeholder)
    return Entry(None if of.shape.optional and not text else text)


def _condition(of: Input, info: TableInfo) -> Entry:
    entry = condition_grid.draw(of.value, info.columns, key=of.key, label=of.label)
    return Entry(None) if of.shape.optional and entry.problem in condition_grid.NOTHING else entry


def _column_list(of: Input, info: TableInfo) -> Entry:
    held = list(of.value or ())
    options = [*info.columns, *(n for n in held if n not in info.columns)]
    names = st.multiselect(
        of.label, options, default=held, format_func=lambda n: column_label(n, info), key=of.key, help=of.help, select_all=False,
        placeholder="Choose columns", wrap=True,
    )  # fmt: skip
    return Entry(None if of.shape.optional and not names else names)


def _column_choices(of: Input, info: TableInfo) -> Entry:
    _head(of)
    return types_grid.draw(of.value, of.shape, info, key=of.key, label=of.label, labels=of.says.get("labels"))


def _list(of: Input, info: TableInfo) -> Entry:
    with st.container(key=f"half-{of.key}" if list_grid.narrow(of.shape) else f"wide-{of.key}", gap="xsmall"):
        _head(of)
        entry = list_grid.draw(of.value, of.shape, info, key=of.key, label=of.label, says=of.says)
    return Entry(None) if of.shape.optional and entry.problem is None and not entry.value else entry


def _head(of: Input) -> None:
    """The label above a grid, which has none of its own."""
    st.markdown(f":small[{of.label}]", help=of.help)


def _other(draw_it: Callable[..., Entry]) -> Callable[[Input, TableInfo], Entry]:
    """An input that needs the table that the step reads."""
    return lambda of, info: draw_it(of.value, info, key=of.key, label=of.label, help=of.help, says=of.says)


DRAW: dict[str, Callable[[Input, TableInfo], Entry]] = {
    "columns": _columns, "column": _column, "table": _table, "choice": _choice, "yes_no": _yes_no, "whole": _typed, "number": _typed,
    "date": _typed, "text": _text, "condition": _condition, "column_list": _column_list, "column_choices": _column_choices,
    "list": _list, "pairs": _list, "other_column": _other(lookup.other_column), "other_columns": _other(lookup.other_columns),
    "key_pairs": _other(lookup.key_pairs), "matching": _other(lookup.match),
}  # fmt: skip

__all__ = ["FormError", "FormResult", "TableInfo", "column_label", "draw", "in_words"]
