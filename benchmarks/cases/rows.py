"""Rows: which there are and in which order."""

import numpy as np
import pandas as pd
import polars as pl

from benchmarks.cases.case import Case, only, step

WIDE = "id order city shop amount score flag day"
EDITED = 500
PRICE = {"column": "amount", "op": "greater", "value": 1000}
TOWN = {"column": "city", "op": "in", "values": ["Paris", "Berlin", "York"]}
PRIZE = {"column": "order", "op": "contains", "value": "77"}


def _ruled(df: pd.DataFrame) -> pd.DataFrame:
    fails = df["id"].isna() | df["id"].duplicated(keep=False) | ~(df["amount"].isna() | df["amount"].between(0, 100_000))
    return df[~fails]


def _by_rules(df: pl.DataFrame) -> pl.DataFrame:
    fails = pl.col("id").is_null() | pl.col("id").is_duplicated() | ~pl.col("amount").is_between(0, 100_000).fill_null(True)
    return df.filter(~fails)


def _edited(df: pd.DataFrame) -> pd.DataFrame:
    after = df.copy()
    after.loc[np.arange(EDITED), "constant"] = "UK"
    return after


def _typed_in(df: pl.DataFrame) -> pl.DataFrame:
    return df.with_columns(df["constant"].scatter(np.arange(EDITED), "UK"))


def _sections(df: pd.DataFrame) -> pd.DataFrame:
    heading = df["line"].notna() & df["value"].isna()
    return df.assign(section=df["line"].where(heading).ffill())[~heading]


def _headings(df: pl.DataFrame) -> pl.DataFrame:
    heading = pl.col("line").is_not_null() & pl.col("value").is_null()
    return df.with_columns(pl.when(heading).then(pl.col("line")).forward_fill().alias("section")).filter(~heading)


def _joined(df: pd.DataFrame) -> pd.DataFrame:
    return df.groupby(df["value"].notna().cumsum(), sort=False).agg({"line": " ".join, "value": "first"})


def _run_on(df: pl.DataFrame) -> pl.DataFrame:
    row = pl.col("value").is_not_null().cum_sum().alias("row")
    return df.group_by(row, maintain_order=True).agg(pl.col("line").str.join(" "), pl.col("value").first()).drop("row")


def _each_tenth(df: pd.DataFrame) -> pd.DataFrame:
    """What the step gives: a table of its own (``iloc`` alone is a view that keeps the whole one), and the rows left out."""
    df.index.delete(np.arange(0, len(df), 10))
    return df.iloc[::10].copy()


CASES = [
    Case(
        "filter: a number",
        step("filter", condition={"tests": [PRICE]}),
        WIDE,
        lambda df: df[df["amount"] > 1000],
        lambda df: df.filter(pl.col("amount") > 1000),
    ),
    Case(
        "filter: one of three texts",
        step("filter", condition={"tests": [TOWN]}),
        WIDE,
        lambda df: df[df["city"].isin(TOWN["values"])],
        lambda df: df.filter(pl.col("city").is_in(TOWN["values"])),
    ),
    Case(
        "filter: two conditions, one of them part of a text",
        step("filter", condition={"tests": [PRICE, PRIZE]}),
        WIDE,
        lambda df: df[(df["amount"] > 1000) & df["order"].str.contains("77", regex=False)],
        lambda df: df.filter((pl.col("amount") > 1000) & pl.col("order").str.contains("77", literal=True)),
    ),
    Case(
        "sort: by a number",
        step("sort", by=[{"column": "measure"}]),
        "measure city order",
        lambda df: df.sort_values("measure"),
        lambda df: df.sort("measure"),
    ),
    Case(
        "sort: by text that repeats and a number",
        step("sort", by=[{"column": "city"}, {"column": "amount", "order": "descending"}, {"column": "id"}], ignore_case=False),
        "city amount id",
        lambda df: df.sort_values(["city", "amount", "id"], ascending=[True, False, True]),
        lambda df: df.sort(["city", "amount", "id"], descending=[False, True, False], nulls_last=True),
    ),
    Case(
        "sort: by text, all different, any case",
        step("sort", by=[{"column": "order"}]),
        "order amount",
        lambda df: df.sort_values("order", key=lambda values: values.str.lower()),
        lambda df: df.sort(pl.col("order").str.to_lowercase()),
    ),
    Case(
        "drop_duplicates: by two columns",
        step("drop_duplicates", columns=only("shop", "day")),
        WIDE,
        lambda df: df.drop_duplicates(["shop", "day"]),
        lambda df: df.unique(["shop", "day"], keep="first", maintain_order=True),
    ),
    Case(
        "drop_duplicates: by all columns, none equal",
        step("drop_duplicates"),
        "order city amount",
        lambda df: df.drop_duplicates(),
        lambda df: df.unique(keep="first", maintain_order=True),
    ),
    Case(
        "drop_duplicates: the newest of each",
        step("drop_duplicates", columns=only("shop"), keep="largest", by="moment"),
        "id shop moment amount",
        lambda df: df.loc[df.groupby("shop", sort=False)["moment"].idxmax()],
        lambda df: df.sort("moment", descending=True, maintain_order=True).unique("shop", keep="first", maintain_order=True),
        any_order=True,
    ),
    Case(
        "select_rows: without the first 3",
        step("select_rows", what="skip_top", n=3),
        WIDE,
        lambda df: df.iloc[3:],
        lambda df: df.slice(3),
    ),
    Case(
        "select_rows: each 10th",
        step("select_rows", what="every", n=10),
        WIDE,
        _each_tenth,
        lambda df: df.gather_every(10),
    ),
    Case(
        "edit_cells: 500 cells",
        step("edit_cells", edits=[{"row": row, "column": "constant", "old": "EU", "new": "UK"} for row in range(2, 2 + EDITED)]),
        "id constant",
        _edited,
        _typed_in,
    ),
    Case(
        "fuzzy_duplicates: 500 pairs decided",
        step(
            "fuzzy_duplicates", decisions=[{"rows": (row, row + 1)} for row in range(2, 2 + 2 * EDITED, 2)], survivor="first",
            fill_gaps=False, new_pairs="leave",
        ),
        WIDE,
        lambda df: df.drop(df.index[1 : 2 * EDITED : 2]),
        lambda df: df.with_row_index("at").filter(~pl.col("at").is_in(range(1, 2 * EDITED, 2))).drop("at"),
    ),
    Case(
        "validate: three rules, failing rows removed",
        step(
            "validate",
            rules=[
                {"column": "id", "check": "not_missing"},
                {"column": "id", "check": "unique"},
                {"column": "amount", "check": "between", "low": "0", "high": "100000"},
            ],
            action="remove",
        ),
        "id amount city",
        _ruled,
        _by_rules,
    ),
    Case(
        "sections: headings",
        step("sections", heading="line"),
        "line value",
        _sections,
        _headings,
    ),
    Case(
        "sections: lines that run on",
        step("sections", continued="value"),
        "line value",
        _joined,
        _run_on,
        differs="the step keeps a first line that has no row above",
        checked=(),
    ),
]
