"""A page with the form of a step that has every kind of parameter, for the tests of ui/form.py."""

import datetime
from typing import ClassVar, Literal

import pyarrow as pa
import streamlit as st
from pydantic import BaseModel, Field, FiniteFloat

from steps.base import ColumnName, Columns, OnError, Step, TableName
from steps.conditions import Condition
from ui import form, grid
from ui.fields import TableInfo


class Line(BaseModel):
    """One line of a list."""

    row: int = Field(title="Row")
    column: ColumnName = Field(title="Column")
    value: str | None = Field(None, title="New value")
    exact: bool = Field(False, title="Exact")


HOW = {"any": "any is missing", "all": "all are"}


class Everything(Step):
    """A step with every kind of parameter."""

    name: ClassVar[str] = "everything"
    label: ClassVar[str] = "Everything"

    columns: Columns = Field(Columns(), title="Columns", description="Which columns to look at.")
    numbers: Columns = Field(Columns(kind="number"), title="Number columns")
    column: ColumnName = Field(title="Key column")
    by: ColumnName | None = Field(None, title="Group by")
    table: TableName = Field(title="Look up in")
    how: Literal["any", "all"] = Field("any", title="Remove a row when", json_schema_extra={"labels": HOW})
    side: Literal["left", "right", "both", "start", "end"] = Field("both", title="Side")
    on_error: OnError = Field("missing", title="If a value cannot be used")
    blank: bool = Field(True, title="Blank counts as missing")
    least: int = Field(1, ge=1, title="At least")
    share: FiniteFloat | None = Field(None, le=1, title="Share", json_schema_extra={"more": True})
    since: datetime.date | None = Field(None, title="Since", json_schema_extra={"more": True})
    text: str = Field("", title="Text", json_schema_extra={"more": True})
    only_all: str | None = Field(None, title="Only with all", json_schema_extra={"when": {"how": ["all"]}})
    keep: Condition = Field(Condition(), title="Keep rows when")
    types: dict[str, Literal["text", "integer", "date"]] = Field({}, title="Column types")
    tokens: tuple[str, ...] = Field((), title="Words that mean missing")
    pairs: dict[str, str] = Field({}, title="Replace", json_schema_extra={"key": "Find", "value": "Replace with"})
    lines: list[Line] = Field([], title="Edits")


info = TableInfo(
    columns={
        "order_id": pa.large_string(),
        "amount": pa.float64(),
        "n": pa.int64(),
        "*day* :red[x] $y$": pa.date32(),
        "paid": pa.bool_(),
    },
    tables=["crm", "prices"],
)
if __name__ == "__main__":
    st.set_page_config(layout="wide")
    grid.style()
    left, right = st.columns([2, 1])
    with left:
        result = form.draw(Everything, {}, info, "form-1")
    with right:
        st.json({"params": result.params, "errors": result.errors})
