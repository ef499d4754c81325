"""What a column can become and by which step: exactly how many of its values do not fit, which, and how values look after."""

from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, JsonValue

from steps import catalogue
from steps.arrow import arrow, blank, is_text
from steps.base import Outcome, Step, StepError
from steps.date_text import DAY_NUMBER, orders
from steps.proposals import NEARLY, Proposal
from steps.types import SHOWN, TypeName
from steps.values import shortest

SOME = 500  # rows on which ways of writing are tried before one is counted on all
SHORT = 60  # characters of a value in an example
PLAIN_SIGNS = set("0123456789.-")
FEW = 8  # different values at most that are offered to count as missing
WORDS = 12  # different words at most in a column of yes and no

MARKS: tuple[dict[str, JsonValue], ...] = (
    {"decimal": ".", "thousands": "other"}, {"decimal": ",", "thousands": "other"}, {"decimal": ".", "thousands": "space"},
    {"decimal": ",", "thousands": "space"}, {"decimal": ".", "thousands": "apostrophe"}, {"decimal": ",", "thousands": "apostrophe"},
)  # fmt: skip
YES = ("yes", "y", "true", "t", "1", "ja", "j", "oui", "si", "sí", "sì", "sim", "tak", "wahr", "vrai", "x", "on")
NO = ("no", "n", "false", "f", "0", "nein", "non", "não", "nao", "nie", "nej", "nee", "falsch", "faux", "-", "off")
TRIED: dict[TypeName, str] = {"number": "parse_number", "yes_no": "parse_boolean", "date": "parse_date", "datetime": "parse_date"}
READS: dict[str, str] = {"parse_number": "numbers", "parse_date": "dates", "parse_boolean": "yes or no"}


class Way(BaseModel):
    """How a column becomes a type: the step with its settings, what does not fit, and values before and after.

    ``question``: the column cannot be read before the order of its dates is chosen; it holds such a date. ``serial``: among
    the values that do not fit are day numbers of Excel, such as this one.
    """

    model_config = ConfigDict(frozen=True)

    column: str
    to: TypeName
    step: Literal["set_types", "parse_number", "parse_date", "parse_boolean"] = "set_types"
    params: dict[str, JsonValue] = {}
    exceptions: int = 0
    examples: tuple[tuple[str, int], ...] = ()
    samples: tuple[tuple[str, str], ...] = ()
    question: str | None = None
    serial: str | None = None

    @property
    def unfit(self) -> str:
        """The values that do not fit, the commonest first."""
        listed = ", ".join(f"{v} ({n:,})" for v, n in self.examples)
        return listed + (", …" if sum(n for _, n in self.examples) < self.exceptions else "")

    @property
    def shown(self) -> str:
        """Values before and after."""
        return " · ".join(f"{a} → {b}" for a, b in self.samples)


def way(df: pd.DataFrame, name: str, to: TypeName, other_ways: bool = True, order: str | None = None, serial: str | None = None) -> Way:
    """How the column becomes the type: as it is written if every value fits, else by the step that leaves out the fewest values.

    ``order`` is that of day and month, where digits leave it open; ``serial`` says from which year day numbers of Excel count.
    """
    only = df[[name]]
    plain = _counted(only, Way(column=name, to=to))
    if not plain.exceptions or not other_ways or to not in TRIED or not is_text(df.dtypes[name].pyarrow_dtype):
        return plain
    question = None
    best: Way | None = None
    for params in _ways(only, to, order):
        params = {**params, "excel_serial": serial} if serial is not None and TRIED[to] == "parse_date" else params
        tried = _tried(only, TRIED[to], params)
        if tried is not None and (best is None or len(tried) < best.exceptions):
            best = Way(column=name, to=to, step=TRIED[to], params=params, exceptions=len(tried))
    if best is None and TRIED[to] == "parse_date" and order is None:
        question = _open_date(only)
    if best is None or best.exceptions >= plain.exceptions:
        return plain.model_copy(update={"question": question, "serial": _counted(only, best).serial if best else None})
    return _counted(only, best)


def propose(df: pd.DataFrame, known: Iterable[Proposal]) -> list[Way]:
    """For text columns without a type that all values have: the way in which nearly all become one, if there is one."""
    said = {p.column: p for p in known}
    names = [n for n in df.columns if is_text(df.dtypes[n].pyarrow_dtype)]
    return [found for n in names if (found := _proposed(df, n, said.get(n))) is not None]


def _proposed(df: pd.DataFrame, name: str, known: Proposal | None) -> Way | None:
    if known is not None and (known.proposed == "text" or not known.exceptions):
        return None if known.proposed == "text" else way(df, name, known.proposed)
    values = arrow(df[name])
    some = _some(df[[name]])
    filled = len(values) - (pc.sum(pc.fill_null(blank(values), True)).as_py() or 0)
    kinds: list[TypeName] = [known.proposed] if known is not None else []
    for to in (*kinds, "yes_no", "number", "date") if len(some) else ():
        left = _least(some, to)
        if left is not None and left <= (1 - NEARLY) * len(some):
            found = way(df, name, to)
            if found.exceptions <= (1 - NEARLY) * filled or found.question:
                return _whole(df, found) if known is not None and known.proposed == "integer" else found
    return None


def _whole(df: pd.DataFrame, numbers: Way) -> Way:
    """Whole numbers rather than numbers, where no more values are left out."""
    whole = way(df, numbers.column, "integer")
    return whole if numbers.to == "number" and whole.exceptions <= numbers.exceptions else numbers


def planned(ways: Iterable[Way]) -> list[tuple[str, dict[str, JsonValue]]]:
    """The steps that the ways make, with their settings: one for all plain columns, then one for each way of writing."""
    types: dict[str, JsonValue] = {}
    parsed: dict[str, tuple[str, dict[str, JsonValue], list[JsonValue]]] = {}
    for one in ways:
        if one.step == "set_types":
            types[one.column] = one.to
        else:
            parsed.setdefault(f"{one.step}{sorted(one.params.items())}", (one.step, one.params, []))[2].append(one.column)
    made: list[tuple[str, dict[str, JsonValue]]] = [("set_types", {"types": types})] if types else []
    return made + [(step, {"columns": {"names": names}, **params}) for step, params, names in parsed.values()]


def chosen(steps: Iterable[tuple[str, Mapping[str, JsonValue]]]) -> dict[str, Way]:
    """The ways that steps stand for, by column: what ``planned`` made, also after its settings were changed by hand."""
    found: dict[str, Way] = {}
    for step, params in steps:
        if step == "set_types":
            types = params.get("types")
            found |= {n: Way(column=n, to=to) for n, to in types.items()} if isinstance(types, dict) else {}
        elif step in READS:
            columns = params.get("columns")
            names = columns.get("names") if isinstance(columns, dict) else None
            rest = {n: v for n, v in params.items() if n != "columns"}
            to: TypeName = "number" if step == "parse_number" else "yes_no" if step == "parse_boolean" else "date"
            to = "datetime" if rest.get("output") == "datetime" else to
            for n in names if isinstance(names, list) else []:
                found[str(n)] = Way(column=str(n), to=to, step=step, params=rest)
    return found


def counted(df: pd.DataFrame, one: Way) -> Way:
    """The way with its exceptions and samples in this table; as it is if the column is not there or the step cannot run."""
    if one.column not in df.columns:
        return one
    return _counted(df[[one.column]], one)


def built(one: Way) -> Step:
    """The step of a way, for its column alone."""
    params: dict[str, JsonValue] = {"types": {one.column: one.to}} if one.step == "set_types" else {"columns": {"names": [one.column]}}
    return catalogue[one.step].model_validate({**params, **one.params})


def _counted(df: pd.DataFrame, one: Way) -> Way:
    """The way with what it makes of the whole column."""
    step = built(one)
    try:
        made = step.apply(df, step.fit(df))
    except StepError:
        return one
    assert isinstance(made, Outcome)
    left = made.rejected
    examples: tuple[tuple[str, int], ...] = ()
    if left is not None and len(left):
        top = left["value"].value_counts(sort=False).sort_values(ascending=False, kind="stable").head(3)
        examples = tuple((_short(str(v)), int(n)) for v, n in top.items())
    samples = _samples(df[one.column], made[one.column]) if one.column in made.table.columns else ()
    counts = {"exceptions": 0 if left is None else len(left), "examples": examples, "samples": samples}
    return one.model_copy(update={**counts, "serial": None if left is None else _day_number(left)})


def _day_number(left: pd.DataFrame) -> str | None:
    """The first of the values left out that looks like a day number of Excel."""
    found = arrow(left["value"]).filter(pc.equal(arrow(left["reason"]), DAY_NUMBER))
    return found[0].as_py() if len(found) else None


def left_out(df: pd.DataFrame, one: Way) -> tuple[str, ...]:
    """The different values that do not fit, the commonest first, if they are few; none if there are many."""
    step = built(one)
    try:
        made = step.apply(df[[one.column]], step.fit(df[[one.column]]))
    except StepError:
        return ()
    if not isinstance(made, Outcome) or made.rejected is None:
        return ()
    values = made.rejected["value"].str.strip().value_counts(sort=False).sort_values(ascending=False, kind="stable")
    return tuple(str(v) for v in values.index) if 0 < len(values) <= FEW and values.index.str.len().max() <= SHORT else ()


def _samples(before: pd.Series, after: pd.Series) -> tuple[tuple[str, str], ...]:
    """Up to two values that are written otherwise afterwards, else one that is not; different ones."""
    was, now = arrow(before[:SOME]), arrow(after[:SOME])
    pairs = list(dict.fromkeys(zip(shortest(was).to_pylist(), shortest(now).to_pylist(), strict=True)))
    usable = [(_short(a), _short(b)) for a, b in pairs if a is not None and b is not None]
    other = sorted(((a, b) for a, b in usable if a != b), key=lambda pair: set(pair[0]) <= PLAIN_SIGNS)
    return tuple(other[:2] or usable[:1])


def _short(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def _some(df: pd.DataFrame) -> pd.DataFrame:
    """Some rows with values, spread over the table."""
    values = arrow(df.iloc[:, 0])
    at = np.flatnonzero(pc.fill_null(pc.invert(blank(values)), False).to_numpy())
    return df.iloc[at[np.unique(np.linspace(0, max(len(at) - 1, 0), min(SOME, len(at))).astype("int64"))]]


def _least(some: pd.DataFrame, to: TypeName) -> int | None:
    """How many of some values the best way of writing leaves out; None if none can be tried."""
    digits = pc.sum(pc.match_substring_regex(arrow(some.iloc[:, 0]), "[0-9]")).as_py() or 0
    if to != "yes_no" and digits < NEARLY * len(some):
        return None
    left = [len(bad) for params in _ways(some, to, None) if (bad := _tried(some, TRIED[to], params)) is not None] if to in TRIED else []
    return 0 if not left and to == "date" and _open_date(some) is not None else min(left, default=None)


def _ways(df: pd.DataFrame, to: TypeName, order: str | None) -> list[dict[str, JsonValue]]:
    """The settings worth trying, the best on some rows alone where they differ much."""
    some = _some(df)
    if to == "number":
        tried = [(len(bad), at, p) for at, p in enumerate(MARKS) if (bad := _tried(some, "parse_number", p)) is not None]
        if not tried or min(tried)[0] > (1 - NEARLY) * len(some):
            units: list[dict[str, JsonValue]] = [{**p, "unit": "column"} for p in MARKS[:2]]
            tried += [(len(bad), 9 + at, p) for at, p in enumerate(units) if (bad := _tried(some, "parse_number", p)) is not None]
        tried.sort(key=lambda one: one[:2])
        return [p for left, _, p in tried if left == tried[0][0]][:2]
    if to == "yes_no":
        words = [w.strip().casefold() for w in pc.unique(arrow(some.iloc[:, 0])).to_pylist() if w is not None]
        yes, no = [w for w in YES if w in words], [w for w in NO if w in words]
        return [{"true_words": [*yes], "false_words": [*no]}] if yes and no and len({*words}) <= WORDS else []
    base: dict[str, JsonValue] = {"output": "datetime"} if to == "datetime" else {"output": "date"}
    return [{**base, "order": order}] if order else [base]


def _tried(df: pd.DataFrame, name: str, params: Mapping[str, JsonValue]) -> pd.DataFrame | None:
    """The values that a way of writing leaves out; None if it cannot be used for the column."""
    try:
        step = catalogue[name].model_validate({"columns": {"names": list(df.columns)}, **params})
        made = step.apply(df, step.fit(df))
    except StepError:
        return None
    assert isinstance(made, Outcome)
    assert made.rejected is not None
    return made.rejected


def _open_date(df: pd.DataFrame) -> str | None:
    """A date of the column that may be day first or month first, if nearly all are dates with either order."""
    some = _some(df)
    left = _tried(some, "parse_date", {"order": "dmy"})
    if left is None or len(left) > (1 - NEARLY) * len(some):
        return None
    return next((v for v in arrow(some.iloc[:, 0]).to_pylist() if len(orders(v)) == 2), None)


def evidence(one: Way) -> str:
    """Why the column would become the type, in words."""
    if one.question:
        return f"Dates, but {one.question} may be day first or month first: choose below."
    if one.step == "parse_number":
        marks = {".": "a point", ",": "a comma"}[str(one.params.get("decimal", "."))]
        unit = ", units in a column of their own" if one.params.get("unit") == "column" else ""
        return f"Numbers with decimals after {marks}{unit}."
    if one.step == "parse_boolean":
        yes, no = (", ".join(str(w) for w in one.params.get(n) or []) for n in ("true_words", "false_words"))  # type: ignore[union-attr]
        return f"Words for yes ({yes}) and no ({no})."
    if one.step == "parse_date":
        order = {"dmy": ", day first", "mdy": ", month first"}.get(str(one.params.get("order")), "")
        return f"Dates as people write them{order}."
    return f"Written plainly as {SHOWN[one.to]}."
