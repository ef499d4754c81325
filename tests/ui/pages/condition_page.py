"""A page with the form of a filter and a list of types, for the tests of the editing grids."""

import datetime
from types import SimpleNamespace
from typing import ClassVar, Literal

import pyarrow as pa
import streamlit as st
from pydantic import Field

from steps.base import Step
from steps.conditions import Condition
from ui import form, grid
from ui.fields import TableInfo

COLUMNS = {"town": pa.large_string(), "amount": pa.float64(), "day": pa.date32()}
NOTED = SimpleNamespace(proposed="date", evidence="1,198 of 1,204 are ISO dates", exceptions=6)


class Filter(Step):
    """Rows by a condition."""

    name: ClassVar[str] = "keep_rows"
    label: ClassVar[str] = "Keep rows"

    action: Literal["keep", "remove"] = Field("keep", title="What to do with matching rows")
    condition: Condition = Field(Condition(), title="Rows match when")


class Types(Step):
    """Types of columns."""

    name: ClassVar[str] = "types"
    label: ClassVar[str] = "Types"

    types: dict[str, Literal["text", "integer", "decimal", "boolean", "date", "datetime"]] = Field({}, title="Column types")


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    grid.style()
    hide = st.toggle("Hide", key="hide")
    if not hide:
        left, right = st.columns([2, 1])
        with left:
            found = form.draw(Filter, {}, TableInfo(COLUMNS), "f-1")
            types = form.draw(Types, {"types": {"day": "date"}}, TableInfo(COLUMNS, proposals={"day": NOTED}), "t-1")
        with right:
            st.json({"params": found.params, "errors": found.errors, "types": types.params})
    st.caption(f"{datetime.date.min}")
