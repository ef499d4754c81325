"""Similar spellings of a column: what is approved, what is proposed beside it, and the list of both that is worked through."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import JsonValue, TypeAdapter

from pipeline.shelf import Shelf
from steps.arrow import arrow, flags, is_text
from steps.conditions import Condition, evaluate, fit_condition
from steps.spellings import Group, propose

LARGE = pa.large_string()
GROUPS = TypeAdapter(list[Group])


@dataclass(frozen=True)
class Line:
    """A group to decide on: its values, how often each stands in the table, what they become, and whether that is approved."""

    values: tuple[str, ...]
    counts: tuple[int, ...]
    becomes: str
    merge: bool = False

    @property
    def cells(self) -> int:
        """How many cells another value gets if the line is approved."""
        return sum(n for value, n in zip(self.values, self.counts, strict=True) if value != self.becomes)


def counted(df: pd.DataFrame, names: Iterable[str], where: Condition | None = None, as_of: date | None = None) -> pa.StructArray:
    """The different values of some text columns together in the order first seen, each with its count, in the rows that match."""
    if where is not None:
        df = df[flags(evaluate(where, df, fit_condition(where, df), as_of))]
    held = [arrow(df[name]) for name in names if name in df.columns and is_text(df.dtypes[name].pyarrow_dtype)]
    whole = pa.chunked_array([chunk for column in held for chunk in column.chunks], LARGE)
    return pc.value_counts(whole.drop_null())


def after(found: pa.StructArray, mapping: Mapping[str, str]) -> pa.StructArray:
    """The different values with their counts once the approved ones are merged."""
    if not mapping:
        return found
    values = found.field(0)
    at = pc.index_in(values, pa.array(list(mapping), LARGE))
    merged = pc.coalesce(pa.array(list(mapping.values()), LARGE).take(at), values)
    table = pa.table({"values": merged, "counts": found.field(1)}).group_by("values", use_threads=False).aggregate([("counts", "sum")])
    return pa.StructArray.from_arrays(
        [table["values"].combine_chunks(), table["counts_sum"].combine_chunks()], ["values", "counts"]
    )  # fmt: skip


def lines(found: pa.StructArray, mapping: Mapping[str, str], proposed: Iterable[Group]) -> list[Line]:
    """What is approved, in the order of the list, then what is proposed for the values as they are after that."""
    times = dict(zip(found.field(0).to_pylist(), found.field(1).to_pylist(), strict=True))
    together: dict[str, list[str]] = {}
    for value, target in mapping.items():
        if value != target:
            together.setdefault(target, [target] if target in times else []).append(value)
    approved = [Line(tuple(v), tuple(times.get(one, 0) for one in v), target, merge=True) for target, v in together.items()]
    return approved + [Line(g.values, g.counts, g.values[0]) for g in proposed]


def mapping_of(made: Sequence[Line]) -> dict[str, str]:
    """The list that the approved lines make, each value to what it becomes in the end.

    Raises ValueError if a value stands in two approved lines that make other values of it, or lines lead round in a circle.
    """
    found: dict[str, str] = {}
    for line in made:
        for value in line.values if line.merge else ():
            if value == line.becomes:
                continue
            if found.get(value, line.becomes) != line.becomes:
                raise ValueError(f'"{value}" stands in two ticked groups: as "{found[value]}" and as "{line.becomes}". Take it out of one')
            found[value] = line.becomes
    return {value: _end(value, found) for value in found}


def _end(value: str, found: Mapping[str, str]) -> str:
    """Where a value ends if what it becomes is merged itself."""
    passed = [value]
    while (onward := found.get(passed[-1], passed[-1])) != passed[-1]:
        if onward in passed:
            raise ValueError(f'"{value}" and "{onward}" would become one another. Let both become the same')
        passed.append(onward)
    return passed[-1]


def without_repeats(line: Line) -> Line:
    """The line with each of its values once."""
    times = dict(zip(line.values, line.counts, strict=True))
    return replace(line, values=tuple(times), counts=tuple(times.values()))


def as_table(found: pa.StructArray) -> pd.DataFrame:
    """Values and counts as a table, to be handed to a job."""
    types = {"value": LARGE, "count": pa.int64()}
    made = {n: pd.Series(found.field(at).cast(of), dtype=pd.ArrowDtype(of)) for at, (n, of) in enumerate(types.items())}
    return pd.DataFrame(made, index=pd.RangeIndex(len(found)))


def group_spellings(args: dict[str, Any], progress: Callable[[float, str], None]) -> dict[str, JsonValue]:
    """The task of a worker: groups of the values noted on the ``shelf`` as ``table``, found as ``how`` says; kept as ``note``."""
    shelf = Shelf(Path(args["shelf"]))
    table = shelf.load_table(shelf.read_note(args["table"]))
    values = [arrow(table[n]).combine_chunks() for n in ("value", "count")]
    found = propose(pa.StructArray.from_arrays(values, ["values", "counts"]), **args["how"], progress=progress)
    shelf.write_note(args["note"], GROUPS.dump_python(found, mode="json"))
    return {}
