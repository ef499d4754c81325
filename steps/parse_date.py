"""Read dates as people write them, the order of day and month never guessed."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.lib import string_to_tzinfo
from pydantic import BaseModel, Field, field_validator, model_validator

from steps.arrow import SPACES, arrow, column, flags
from steps.base import (
    ON_ERROR_LABELS,
    ColumnName,
    Columns,
    OnError,
    Outcome,
    Step,
    StepError,
    holds_already,
    in_note,
    rejects,
    require_kind,
)  # fmt: skip
from steps.date_text import Order, Read, Style, orders
from steps.new_columns import ending, listed, placed, replaced, replacing
from steps.types import PATTERNS

ORDERS: dict[str, Any] = {"dmy": "Day, month, year", "mdy": "Month, day, year", "ymd": "Year, month, day"}


class OrderOf(BaseModel):
    """The order of dates in the rows with one value."""

    value: str = Field(title="Value", description="A value of the column that tells the order.")
    order: Order = Field("dmy", title="Order", description="How dates are written there.", json_schema_extra={"labels": ORDERS})


class Found(BaseModel):
    """What the whole column decided: the order of digits, whether there are times or offsets, whether it stays text."""

    order: Order | None = None
    timed: bool = False
    zone: str | None = None
    stays: bool = False


class ParseDate(Step):
    """Each chosen text column as date (date32), or date and time (timestamp[us], with a zone if asked or written).

    Digits are read in one order for the whole column: the chosen one, or that which values above 12 prove; month names
    of the common European languages and ISO dates are always read. Days that do not exist are listed. A two-digit year
    up to ``pivot`` is in the 2000s. Blank text becomes missing; date columns stay as they are.

    Raises StepError if a column is absent, holds other values, or if nothing tells the order or the values disagree.
    """

    name = "parse_date"
    label = "Read dates as written"
    help = "Dates like 31.01.2024, 1/31/24 or 31 janvier 2024; day and month are never guessed."
    group = "Columns"
    words = ("parse", "convert", "day first", "month first", "american dates", "german dates", "timestamp", "datetime", "excel", "type")

    columns: Columns = Field(
        Columns(kind="text", names=()),
        title="Columns",
        description="The text columns to read as dates.",
        json_schema_extra={"some": True},
    )
    order: Literal["decide", "dmy", "mdy", "ymd"] = Field(
        "decide",
        title="Order of digits",
        description="How 03/04/24 is meant.",
        json_schema_extra={"labels": {"decide": "As the values of the column prove", **ORDERS}},
    )
    output: Literal["fitting", "date", "datetime"] = Field(
        "fitting",
        title="Result",
        description="Whether there is a time of day.",
        json_schema_extra={"labels": {"fitting": "With a time if a value has one", "date": "Date", "datetime": "Date and time"}},
    )
    formats: tuple[str, ...] = Field(
        (), title="Also written like", description="Tried first, in this order: %d.%m.%Y, for example.", json_schema_extra={"more": True}
    )
    pivot: int = Field(
        68, ge=0, le=99, title="Two-digit years up to", description="Are in the 2000s, later ones in the 1900s.",
        json_schema_extra={"more": True},
    )  # fmt: skip
    excel_serial: Literal["off", "1900", "1904"] = Field(
        "off",
        title="Day numbers of Excel",
        description="45292 is 1 January 2024 where days count from 1900.",
        json_schema_extra={
            "labels": {"off": "Cannot be used", "1900": "Count from 1900", "1904": "Count from 1904 (old Mac)"},
            "more": True,
        },
    )
    order_by_column: ColumnName | None = Field(
        None, title="Column that tells the order", description="Country or source, for example.", json_schema_extra={"more": True}
    )
    order_of: list[OrderOf] = Field(
        default_factory=list, title="Order for each value", description="Of the column that tells the order.",
        json_schema_extra={"more": True},
    )  # fmt: skip
    timezone: Literal["keep", "assume", "convert"] = Field(
        "keep",
        title="Time zone",
        description="What the times mean.",
        json_schema_extra={
            "labels": {
                "keep": "As written",
                "assume": "Times without offset are of this zone",
                "convert": "Show times with offset in this zone",
            },
            "more": True,
        },
    )
    zone: str = Field("UTC", title="Zone", description="Europe/Berlin, for example.", json_schema_extra={"more": True})
    on_error: OnError = Field(
        "missing",
        title="If a value cannot be used",
        description="What happens to a value that is no date.",
        json_schema_extra={"labels": ON_ERROR_LABELS},
    )
    suffix: str = ending()
    overwrite: bool = replacing()

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        """Refuse a zone that nobody knows."""
        try:
            string_to_tzinfo(zone)
        except Exception as error:  # the class depends on the library that knows zones
            raise ValueError(f'"{zone}" is no time zone. Write it like Europe/Berlin') from error
        return zone

    @model_validator(mode="after")
    def _rules(self) -> "ParseDate":
        """Refuse a column that tells the order without values, and values without a column."""
        if (self.order_by_column is None) != (not self.order_of):
            raise ValueError("a column that tells the order and the order for each value go together")
        return self

    def fit(self, df: pd.DataFrame) -> dict[str, Found]:
        """What each column's values decide together."""
        if self.order_by_column is not None:
            require_kind(df, self.order_by_column, "text")
        return {name: self._decide(df, name) for name in self.columns.resolve(df) if not holds_already(df, name, "date")}

    def apply(self, df: pd.DataFrame, fitted: dict[str, Found]) -> Outcome:
        """The table with its dates, and the values that could not be read."""
        made, lines, noted = {}, [], {}
        for name, found in fitted.items():
            if found.stays:
                noted[f'Column "{in_note(name)}" stays text: not every value is a date.'] = 1
            elif not holds_already(df, name, "date"):
                values, why = self._read(df, name, found)
                made[name] = column(values, df)
                bad = pd.notna(why)
                some = rejects(df, name, bad, "")
                lines.append(some.assign(reason=column(pa.array(why[bad], pa.large_string()), some)))
                if found.order and self.order == "decide" and not self.order_by_column:
                    noted[f'The values of "{in_note(name)}" prove the order {str(ORDERS[found.order]).lower()}.'] = 1
        lines = [x for x in lines if len(x)]
        table = placed(df, made, self.suffix, self.overwrite)
        lines += replaced(df, table, [n + self.suffix for n in made]) if self.suffix else []
        return Outcome(table, rejected=listed(lines), noted=noted)

    @property
    def rowwise(self) -> bool:
        """Each value is read by itself, once the order is decided."""
        return True

    def describe(self) -> str:
        """The reading in words."""
        order = "" if self.order == "decide" else f", {str(ORDERS[self.order]).lower()}"
        return f"Read {self.columns.describe()} as dates{order}"

    def _decide(self, df: pd.DataFrame, name: str) -> Found:
        alike = _alike(arrow(df[name]))
        texts = [t for t in alike.unique().drop_null().to_pylist() if t.strip(SPACES)]
        order: Order | None = None if self.order == "decide" else self.order
        if order is None and self.order_by_column is None and not self.formats:
            order = _proved(texts, lambda t: str(arrow(df[name])[pc.index(alike, t).as_py()]), name)
        style = self._style(order)
        read = [style.read(t) for t in texts]
        timed = self.output == "datetime" or (self.output == "fitting" and any(r.timed for r in read))
        zone = None
        if timed and self.timezone != "keep":
            zone = self.zone
        elif timed and any(r.offset is not None for r in read):
            zone = "UTC"
        found = Found(order=order, timed=timed, zone=zone)
        found.stays = self.on_error == "keep_text" and bool(pd.notna(self._read(df, name, found)[1]).any())
        return found

    def _style(self, order: Order | None) -> Style:
        return Style(order, self.formats, self.pivot, self.excel_serial)

    def _read(self, df: pd.DataFrame, name: str, found: Found) -> tuple[pa.Array, np.ndarray]:
        """The dates, and for each value why it is none."""
        target = pa.timestamp("us", found.zone) if found.timed else pa.date32()
        values = arrow(df[name]).combine_chunks()
        quick, made = self._quick(values, found, target)
        why = np.full(len(df), None, object)
        odd = np.flatnonzero(~quick & flags(values.is_valid()))
        style = self._style(found.order)
        groups: list[tuple[Order | None, np.ndarray]] = [(None, odd)]
        if self.order_by_column is not None:
            tells = arrow(df[self.order_by_column]).combine_chunks().take(pa.array(odd))
            rules = {o.value.strip(SPACES): o.order for o in self.order_of}
            given = pa.array([rules.get((t or "").strip(SPACES)) for t in tells.to_pylist()], pa.large_string())
            keys: list[Order | None] = [None, *dict.fromkeys(rules.values())]
            groups = [(k, odd[flags(given.is_null() if k is None else pc.equal(given, k))]) for k in keys]
        for order, at in groups:
            codes = values.take(pa.array(at)).dictionary_encode()
            read = [style.read(t, order) if t.strip(SPACES) else Read() for t in codes.dictionary.to_pylist()]
            cells = [self._cell(r, found) for r in read]
            mask = np.zeros(len(df), bool)
            mask[at] = True
            made = pc.replace_with_mask(made, pa.array(mask), pa.array([c for c, _ in cells], target).take(codes.indices))
            why[at] = np.array([w for _, w in cells], object)[codes.indices.to_numpy()]
        return made, why

    def _quick(self, values: pa.Array, found: Found, target: pa.DataType) -> tuple[np.ndarray, pa.Array]:
        """Where values are dates with two-digit days and months that exist, and these; nothing where that is not plain."""
        if self.formats or self.order_by_column is not None or found.zone is not None:
            return np.zeros(len(values), bool), pa.nulls(len(values), target)
        rewrite = {"dmy": r"\3-\2-\1\4", "mdy": r"\3-\1-\2\4"}.get(found.order or "")
        text = values
        if rewrite:
            text = pc.replace_substring_regex(text, r"^([0-9]{2})[./\-]([0-9]{2})[./\-]([0-9]{4})($|[ T])", rewrite)
        fits = pc.match_substring_regex(text, PATTERNS["datetime" if found.timed else "date"])
        return flags(fits), pc.if_else(fits, text, pa.scalar(None, pa.large_string())).cast(target)

    def _cell(self, read: Read, found: Found) -> tuple[Any, str | None]:
        """The value for the column, or why there is none."""
        moment = read.moment
        if moment is None:
            return None, read.problem
        if not found.timed:
            timed = (moment.hour, moment.minute, moment.second, moment.microsecond) != (0, 0, 0, 0)
            return (None, "has a time of day") if timed or read.offset is not None else (moment.date(), None)
        if found.zone is None:
            return (None, "has an offset, unlike the others") if read.offset is not None else (moment, None)
        if read.offset is not None:
            utc = pa.scalar(moment, pa.timestamp("us")).as_py() - read.offset
            return utc.replace(tzinfo=string_to_tzinfo("UTC")), None
        if self.timezone != "assume":
            return None, "has no offset to UTC"
        local = string_to_tzinfo(found.zone)
        first, second = moment.replace(tzinfo=local), moment.replace(tzinfo=local, fold=1)
        if first.utcoffset() != second.utcoffset():
            return None, f"is not one moment in {found.zone}: the clock was put forward or back"
        return first, None


def _alike(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column with years and times made equal where dates are plain digits: few different values tell what all do."""
    text = pc.replace_substring_regex(values, r"^([0-9]{1,2}[./\-][0-9]{1,2}[./\-])[0-9]{4}($|[ T])", r"\1YYYY\2")
    text = pc.replace_substring(text, "YYYY", "2000")  # a digit behind a group's number would belong to it
    text = pc.replace_substring_regex(text, r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])($|[ T])", r"2000-01-01\1")
    return pc.replace_substring_regex(text, r"([ T])[01][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?$", r"\1 01:01")


def _proved(texts: list[str], written: Callable[[str], str], name: str) -> Order | None:
    """The order of day and month that the values prove; StepError if none does or they disagree."""
    proofs: dict[Order, str] = {}
    doubtful = None
    for text in texts:
        can = orders(text)
        if len(can) == 1:
            proofs.setdefault(can[0], text)
        elif can:
            doubtful = doubtful or text
    if len(proofs) == 2:
        problem = f'"{written(proofs["dmy"])}" is day first, "{written(proofs["mdy"])}" is month first'
        raise StepError(problem, column=name, remedy="Choose the order, or the column that tells it.")
    if doubtful and not proofs:
        problem = f'"{written(doubtful)}" may be day first or month first, and no value tells'
        raise StepError(problem, column=name, remedy="Choose the order of digits.")
    return next(iter(proofs), None)
