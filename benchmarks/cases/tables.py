"""Several tables, and tables of another shape."""

import pandas as pd
import polars as pl

from benchmarks.cases.case import Case, only, step

KEY = [{"column": "id"}]


def _summed(df: pd.DataFrame) -> pd.DataFrame:
    return (
        df.groupby("shop", sort=False, dropna=False)
        .agg(total=("measure", "sum"), average=("score", "mean"), n=("id", "size"))
        .reset_index()
    )


def _sums(df: pl.DataFrame) -> pl.DataFrame:
    made = [pl.col("measure").sum().alias("total"), pl.col("score").mean().alias("average"), pl.len().alias("n")]
    return df.group_by("shop", maintain_order=True).agg(made)


def _compared(df: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    both = df.merge(other, on="id", how="outer", suffixes=("", "_old"), indicator=True)
    for name in ("order", "city", "amount"):
        old = both[f"{name}_old"]
        both[f"{name}_changed"] = (both["_merge"] == "both") & (both[name] != old) & ~(both[name].isna() & old.isna())
    return both


def _versions(df: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    both = df.join(other, on="id", how="full", suffix="_old", coalesce=True)
    return both.with_columns(pl.col(n).ne_missing(pl.col(f"{n}_old")).alias(f"{n}_changed") for n in ("order", "city", "amount"))


def _melted(df: pd.DataFrame) -> pd.DataFrame:
    """The rows of each row one after the other, as the step gives them; ``melt`` alone puts column below column."""
    return df.melt(["id", "shop"], ["q1", "q2", "q3", "q4"], "column", "value", ignore_index=False).sort_index(kind="stable")


CASES = [
    Case(
        "group_aggregate: sum, average and count",
        step(
            "group_aggregate",
            by=["shop"],
            aggregates=[
                {"function": "sum", "column": "measure", "name": "total"},
                {"function": "mean", "column": "score", "name": "average"},
                {"function": "rows", "name": "n"},
            ],
        ),
        "shop measure score id",
        _summed,
        _sums,
    ),
    Case(
        "group_aggregate: median and different values",
        step(
            "group_aggregate",
            by=["shop"],
            aggregates=[
                {"function": "median", "column": "measure", "name": "middle"},
                {"function": "nunique", "column": "city", "name": "cities"},
            ],
        ),
        "shop measure city",
        lambda df: df.groupby("shop", sort=False, dropna=False).agg(middle=("measure", "median"), cities=("city", "nunique")).reset_index(),
        lambda df: df.group_by("shop", maintain_order=True).agg(
            pl.col("measure").median().alias("middle"), pl.col("city").drop_nulls().n_unique().alias("cities")
        ),
    ),
    Case(
        "join: a small table",
        step("join", other="shops", keys=[{"column": "shop"}]),
        "id shop amount city",
        lambda df, other: df.merge(other, on="shop", how="left"),
        lambda df, other: df.join(other, on="shop", how="left", maintain_order="left"),
        other="shops",
    ),
    Case(
        "join: a large table, only matches",
        step("join", other="earlier", keys=KEY, how="inner"),
        "id shop quantity",
        lambda df, other: df.merge(other, on="id"),
        lambda df, other: df.join(other, on="id", maintain_order="left"),
        other="earlier",
    ),
    Case(
        "append: a table of the same columns, with the name of the table",
        step("append", other="more", source="from", own_name="now"),
        "id city amount day",
        lambda df, other: pd.concat([df.assign(**{"from": "now"}), other.assign(**{"from": "more"})], ignore_index=True),
        lambda df, other: pl.concat([df.with_columns(pl.lit("now").alias("from")), other.with_columns(pl.lit("more").alias("from"))]),
        other="more",
    ),
    Case(
        "compare: with the table of last month",
        step("compare", other="earlier", keys=KEY),
        "id order city amount",
        _compared,
        _versions,
        other="earlier",
        checked=(),
        differs="the step says each change in words, the scripts mark the cells",
    ),
    Case(
        "unpivot: four columns",
        step("unpivot", columns=only("q1", "q2", "q3", "q4")),
        "id shop q1 q2 q3 q4",
        _melted,
        lambda df: df.unpivot(["q1", "q2", "q3", "q4"], index=["id", "shop"], variable_name="column", value_name="value"),
        any_order=True,
    ),
    Case(
        "pivot: sums by shop and city",
        step("pivot", rows=["shop"], columns="region", values="measure", how="sum"),
        "shop region measure",
        lambda df: df.pivot_table(index="shop", columns="region", values="measure", aggfunc="sum").reset_index(),
        lambda df: df.pivot("region", index="shop", values="measure", aggregate_function="sum"),
        any_order=True,
    ),
]
