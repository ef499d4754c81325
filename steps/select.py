"""Keep, remove or move columns."""

from typing import Annotated, Literal

import pandas as pd
from pydantic import Field, model_validator

from steps.base import Chosen, Columns, Role, Step, StepError, columns_code, require


class Select(Step):
    """The table with only the chosen columns, without them, or with them at another place; no value changes.

    ``keep`` and ``move`` put columns chosen by name in the order in which they were chosen, or leave them in the order
    of the table with ``order`` "table". Columns chosen by kind or pattern stand in table order.

    Raises StepError if a column is absent, or no column would be left.
    """

    name = "select"
    label = "Choose columns"
    help = "Keep, remove or reorder columns."
    group = "Columns"
    kind = "structure"
    words = ("keep columns", "remove column", "drop columns", "delete column", "reorder", "move column", "order", "subset", "hide")

    action: Literal["keep", "remove", "move"] = Field(
        "keep",
        title="What to do",
        description="Whether the chosen columns are the only ones that stay, go, or stand elsewhere.",
        json_schema_extra={"labels": {"keep": "Keep only these", "remove": "Remove these", "move": "Move these"}},
    )
    columns: Columns = Field(Columns(), title="Columns", description="The columns to keep, remove or move.")
    order: Literal["chosen", "table"] = Field(
        "chosen",
        title="Order",
        description="The order of the columns kept or moved.",
        json_schema_extra={"labels": {"chosen": "As chosen here", "table": "As in the table"}, "when": {"action": ["keep", "move"]}},
    )
    place: Literal["start", "end", "before", "after"] = Field(
        "start",
        title="Move to",
        description="Where the moved columns stand.",
        json_schema_extra={
            "labels": {"start": "The start", "end": "The end", "before": "Before a column", "after": "After a column"},
            "when": {"action": ["move"]},
        },
    )
    beside: Annotated[str | None, Role("column")] = Field(
        None,
        title="Beside",
        description="The column before or after which they stand.",
        json_schema_extra={"when": {"action": ["move"], "place": ["before", "after"]}},
    )

    @model_validator(mode="after")
    def _some_place(self) -> "Select":
        """Refuse a move beside no column, or beside a column that moves itself."""
        if self.action == "move" and self.place in ("before", "after"):
            if self.beside is None:
                raise ValueError(f"choose the column {self.place} which the others stand")
            if self.columns.names is not None and self.beside in self.columns.names and self.beside not in self.columns.exclude:
                raise ValueError(f'"{self.beside}" is one of the columns that move. Choose another one beside which they stand')
        elif self.beside is not None:
            raise ValueError('a column beside which they stand goes only with "Before a column" or "After a column"')
        return self

    def fit(self, df: pd.DataFrame) -> Chosen:
        """The chosen columns."""
        chosen = self.columns.resolve(df)
        return Chosen(columns=[n for n in df.columns if n in set(chosen)] if self.order == "table" else chosen)

    def apply(self, df: pd.DataFrame, fitted: Chosen) -> pd.DataFrame:
        """The table with the columns as they are to be."""
        for name in fitted.columns:
            require(df, name)
        names = self._names(df, fitted.columns)
        if not names:
            raise StepError("no column would be left", remedy="Choose at least one column that stays.")
        return df if names == list(df.columns) else df[names]

    @property
    def rowwise(self) -> bool:
        """Rows are not looked at."""
        return True

    def describe(self) -> str:
        """The choice in words, e.g. "Move amount to the start"."""
        chosen = self.columns.describe()
        if self.action != "move":
            return f"Keep only {chosen}" if self.action == "keep" else f"Remove {chosen}"
        where = f"{self.place} {self.beside}" if self.beside is not None else f"to the {self.place}"
        return f"Move {chosen} {where}"

    def code(self) -> str:
        """The same by pandas."""
        lines = ["import re"] if self.columns.pattern is not None else []
        lines.append(f"names = {columns_code(self.columns)}")
        if self.action == "remove":
            return "\n".join([*lines, "df = df.drop(columns=names)"])
        if self.order == "table":
            lines.append("names = [n for n in df.columns if n in names]")
        if self.action == "keep":
            return "\n".join([*lines, "df = df[names]"])
        rest = "[n for n in df.columns if n not in names]"
        if self.place in ("start", "end"):
            return "\n".join([*lines, f"rest = {rest}", f"df = df[{'names + rest' if self.place == 'start' else 'rest + names'}]"])
        at = f"rest.index({self.beside!r})" + (" + 1" if self.place == "after" else "")
        return "\n".join([*lines, f"rest = {rest}", f"df = df[rest[:{at}] + names + rest[{at}:]]"])

    def _names(self, df: pd.DataFrame, chosen: list[str]) -> list[str]:
        """All columns of the result, in order."""
        if self.action == "keep":
            return chosen
        picked = set(chosen)
        rest = [n for n in df.columns if n not in picked]
        if self.action == "remove":
            return rest
        if self.beside is None:
            return chosen + rest if self.place == "start" else rest + chosen
        require(df, self.beside)
        if self.beside in picked:
            raise StepError("is one of the columns that move", column=self.beside, remedy="Choose another one beside which they stand.")
        at = rest.index(self.beside) + (self.place == "after")
        return rest[:at] + chosen + rest[at:]
